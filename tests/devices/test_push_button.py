"""Presses are counted, bouncing contacts are not; a hold steps the loudness."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from gpiozero.pins.mock import MockFactory

from matfw.devices.push_button import HELD_S, LOUDNESS, Presses, PushButton, next_loudness
from matfw.errors import MatGpioError

FRAME_S = 1 / 80


def reported(presses: Sequence[tuple[float, float]], until_s: float = 5.0) -> list[object]:
    """Return what was reported of a button that is down in these spans."""
    heard: list[object] = []
    button = Presses(heard.append, lambda: heard.append("held"))
    for frame in range(round(until_s / FRAME_S)):
        t_s = frame * FRAME_S
        button.update(t_s, any(from_s <= t_s < to_s for from_s, to_s in presses))
    return heard


def presses(number: int, every_s: float = 0.3, for_s: float = 0.1) -> list[tuple[float, float]]:
    return [(1.0 + k * every_s, 1.0 + k * every_s + for_s) for k in range(number)]


@pytest.mark.parametrize(("number", "heard"), [(1, []), (2, [2]), (3, [3]), (4, [])])
def test_two_or_three_presses_are_as_many_taps(number: int, heard: list[object]) -> None:
    assert reported(presses(number)) == heard


def test_two_slow_presses_are_two_times_one() -> None:
    assert reported(presses(2, every_s=0.8)) == []


def test_bouncing_contacts_are_one_press() -> None:
    bouncing = [(1.0, 1.004), (1.0125, 1.1), (1.3, 1.304), (1.3125, 1.4)]
    assert reported(bouncing) == [2]


@pytest.mark.parametrize(("for_s", "heard"), [(HELD_S - 0.1, []), (HELD_S + 0.1, ["held"])])
def test_a_hold_is_no_press(for_s: float, heard: list[object]) -> None:
    assert reported([(1.0, 1.0 + for_s)]) == heard


def test_loudness_goes_down_and_round() -> None:
    steps = [LOUDNESS[0]]
    for _ in LOUDNESS:
        steps.append(next_loudness(steps[-1]))
    assert steps[-1] == LOUDNESS[0]
    assert all(a > b for a, b in pairwise(steps[:-1]))


def test_a_real_pin_is_looked_at_and_given_back() -> None:
    with MockFactory() as factory:
        heard: list[int] = []
        button = PushButton(factory, 7, heard.append, lambda: None)
        pin = factory.pin(7)
        for frame in range(120):
            is_down = frame in range(8, 16) or frame in range(32, 40)
            pin.drive_low() if is_down else pin.drive_high()
            button.look(frame * FRAME_S)
        assert heard == [2]
        with pytest.raises(MatGpioError, match="GPIO7"):
            PushButton(factory, 7, heard.append, lambda: None)
        button.close()
