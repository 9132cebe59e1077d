"""Whoever is on the mat and is never still is asked to be, at each side of every limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matfw.estimation.lying import LYING_MIN_KG
from matfw.estimation.unweighed import ASK_AFTER_S, ASK_AGAIN_S, Unweighed
from matfw.messages import Presence

STEP_S = 0.05
HEAVY_KG = 60.0


def asked_s(
    until_s: float,
    presence: Callable[[float], Presence] = lambda _: Presence.UNSETTLED,
    *,
    load_kg: float = HEAVY_KG,
    can_judge: Callable[[float], bool] = lambda _: True,
) -> list[float]:
    """Return when somebody is asked to lie still, who got on at 0 s."""
    unweighed = Unweighed()
    times_s = [STEP_S * step for step in range(round(until_s / STEP_S) + 1)]
    return [
        t_s
        for t_s in times_s
        if unweighed.update(t_s, presence(t_s), load_kg, can_judge=can_judge(t_s))
    ]


def test_who_goes_on_moving_is_asked_once_and_reminded() -> None:
    assert asked_s(ASK_AFTER_S - STEP_S) == []
    assert asked_s(ASK_AFTER_S + 2 * ASK_AGAIN_S) == pytest.approx(
        [ASK_AFTER_S, ASK_AFTER_S + ASK_AGAIN_S, ASK_AFTER_S + 2 * ASK_AGAIN_S]
    )


@pytest.mark.parametrize("presence", [Presence.LYING, Presence.EMPTY])
def test_who_was_weighed_or_has_gone_meanwhile_has_time_anew(presence: Presence) -> None:
    def was(t_s: float) -> Presence:
        return presence if abs(t_s - 8.0) < 0.5 * STEP_S else Presence.UNSETTLED

    asked = asked_s(8.0 + ASK_AFTER_S + 1.0, was)
    assert asked == pytest.approx([8.0 + ASK_AFTER_S + STEP_S])


@pytest.mark.parametrize(("share", "is_asked"), [(0.99, False), (1.0, True)])
def test_nothing_is_asked_of_a_bag_or_a_cat(share: float, is_asked: bool) -> None:
    assert bool(asked_s(60.0, load_kg=share * LYING_MIN_KG)) is is_asked


def test_nothing_is_asked_while_lying_still_is_of_no_use() -> None:
    back_s = 40.0
    assert asked_s(back_s, can_judge=lambda _: False) == []
    asked = asked_s(back_s + ASK_AFTER_S + 1.0, can_judge=lambda t_s: t_s >= back_s)
    assert asked == pytest.approx([back_s + ASK_AFTER_S])
