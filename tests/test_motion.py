"""Who lies there: nobody, somebody moving, somebody still; and what may never be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest

from matfw.layouts import PRESETS
from matfw.leg_noise import STEP_S
from matfw.messages import Balance, Cell, Motion, Person, Presence, Side
from matfw.motion import (
    EMPTY_KG,
    GONE_S,
    GONE_SHARE,
    HOLE_S,
    LYING_MIN_KG,
    LYING_MIN_SPAN_MM,
    MOVED_MM,
    STILL_LOAD_SHARE,
    STILL_S,
    STILL_X_MM,
    STILL_Y_MM,
    MotionStage,
)

CELLS = PRESETS["core4"].cells
PERIOD_S = 1.0 / 80.0
Place = tuple[float, float, float]  # kg, x mm, y mm
LYING: Place = (64.0, -120.0, 15.0)


def balance(t_s: float, load_kg: float | None, x_mm: float = 0.0, y_mm: float = 0.0) -> Balance:
    if load_kg is None:
        return Balance(t_s, None, 0.0, 0.0, None, None)
    return Balance(t_s, load_kg, load_kg * x_mm, load_kg * y_mm, x_mm, y_mm)


def stage(cells: tuple[Cell, ...] = CELLS, side: Side = Side.LEFT) -> MotionStage:
    return MotionStage(cells, Person("female", 1.68), side)


def moved(
    motion: MotionStage,
    place: Callable[[float], Place] | Place,
    span_s: float,
    from_s: float = 0.0,
    period_s: float = PERIOD_S,
) -> list[Motion]:
    """Return the motions of a span in which load and centre of pressure are as told."""
    at = place if callable(place) else lambda _: place
    frames = (from_s + k * period_s for k in range(round(span_s / period_s)))
    found: Iterable[Motion | None] = [motion.update(balance(t_s, *at(t_s))) for t_s in frames]
    return [each for each in found if each is not None]


def lying(side: Side = Side.LEFT) -> tuple[MotionStage, float]:
    """Return a stage on which somebody has just been weighed, and the time."""
    motion = stage(side=side)
    assert moved(motion, LYING, STILL_S + 1.0)[-1].presence is Presence.LYING
    return motion, STILL_S + 1.0


def wave(size: float) -> Callable[[float], float]:
    """Return a series that goes to +size/2 and -size/2 by turns, ten steps each."""
    return lambda t_s: 0.5 * size * (1.0 if int(0.1 * t_s / STEP_S) % 2 else -1.0)


@pytest.mark.parametrize("rate_hz", [10.0, 20.0, 80.0, 93.0])
def test_motions_come_in_whole_steps_whatever_the_frame_rate(rate_hz: float) -> None:
    times = [m.t_s for m in moved(stage(), LYING, 10.0, period_s=1.0 / rate_hz)]
    spans = [(b - a) / STEP_S for a, b in pairwise(times)]
    assert spans == pytest.approx([round(span) for span in spans])
    assert min(spans) > 0.9
    assert max(spans) < 1.1 + 1.0 / rate_hz / STEP_S


@pytest.mark.parametrize(
    ("load_kg", "presence"),
    [
        (0.0, Presence.EMPTY),
        (EMPTY_KG - 0.01, Presence.EMPTY),
        (EMPTY_KG + 0.01, Presence.UNSETTLED),
        (LYING_MIN_KG - 0.01, Presence.UNSETTLED),
        (LYING_MIN_KG + 0.01, Presence.LYING),
    ],
)
def test_presence_goes_by_the_load(load_kg: float, presence: Presence) -> None:
    assert moved(stage(), (load_kg, -100.0, 0.0), 5.0)[-1].presence is presence


def test_somebody_still_is_weighed_and_only_after_standing_still_long_enough() -> None:
    motions = moved(stage(), LYING, STILL_S + 2.0)
    weighed = [m for m in motions if m.weight_kg is not None]
    assert weighed[0].weight_kg == pytest.approx(LYING[0])
    assert weighed[0].t_s >= STILL_S - 2.0 * STEP_S
    assert all(m.presence is Presence.LYING for m in weighed)


@pytest.mark.parametrize(
    ("size", "axis"),
    [(STILL_LOAD_SHARE * LYING[0], 0), (STILL_X_MM, 1), (STILL_Y_MM, 2)],
)
@pytest.mark.parametrize(("share", "is_still"), [(0.9, True), (1.1, False)])
def test_only_a_still_body_is_weighed(size: float, axis: int, share: float, is_still: bool) -> None:
    swing = wave(share * size)

    def place(t_s: float) -> Place:
        values = list(LYING)
        values[axis] += swing(t_s)
        return values[0], values[1], values[2]

    assert any(m.weight_kg is not None for m in moved(stage(), place, 6.0)) is is_still


@pytest.mark.parametrize(("half_mm", "may_lie"), [(-0.5, False), (0.5, True)])
def test_nobody_lies_on_a_mat_that_is_too_short(half_mm: float, may_lie: bool) -> None:
    x_mm = 0.5 * (LYING_MIN_SPAN_MM + half_mm)
    cells = (Cell("a", -x_mm, 200.0), Cell("b", -x_mm, -200.0), Cell("c", x_mm, 0.0))
    motions = moved(stage(cells), LYING, 6.0)
    assert any(m.presence is Presence.LYING for m in motions) is may_lie


@pytest.mark.parametrize(("share", "is_gone"), [(0.8, False), (1.2, True)])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_load_far_from_the_weight_is_nobody_lying(
    share: float, is_gone: bool, sign: float
) -> None:
    motion, t_s = lying()
    load_kg = LYING[0] * (1.0 + sign * share * GONE_SHARE)
    after = moved(motion, (load_kg, *LYING[1:]), 2.0 * GONE_S, t_s)
    assert any(m.presence is not Presence.LYING for m in after) is is_gone


@pytest.mark.parametrize(("share", "is_gone"), [(0.9, False), (1.1, True)])
def test_a_body_that_moved_to_another_place_is_not_judged(share: float, is_gone: bool) -> None:
    motion, t_s = lying()
    place = (LYING[0], LYING[1] + share * MOVED_MM, LYING[2])
    after = moved(motion, place, 2.0 * GONE_S, t_s)
    assert any(m.presence is not Presence.LYING for m in after) is is_gone


def test_without_a_cell_nobody_is_judged_and_the_weight_is_unknown_again() -> None:
    motion, t_s = lying()
    without = motion.update(balance(t_s, None))
    assert without is not None
    assert without.presence is Presence.UNSETTLED
    assert without.weight_kg is None
    assert (without.angle_deg, without.evidence) == (0.0, 0.0)
    again = moved(motion, LYING, STILL_S + 0.5, t_s + PERIOD_S)
    assert again[0].presence is not Presence.LYING
    assert again[-1].presence is Presence.LYING


def test_what_was_known_before_a_hole_is_not_known_after_it() -> None:
    motion, t_s = lying()
    after = moved(motion, LYING, 0.5, t_s + HOLE_S + 0.1)
    assert all(m.presence is not Presence.LYING for m in after)


@pytest.mark.parametrize(
    ("side", "sign"), [(Side.LEFT, 1.0), (Side.RIGHT, -1.0), (Side.UNKNOWN, 1.0)]
)
def test_a_shift_to_the_body_s_front_is_positive_on_either_side(side: Side, sign: float) -> None:
    motion, t_s = lying(side)
    after = moved(motion, (LYING[0], LYING[1], LYING[2] + 5.0), 0.25, t_s)
    assert after[2].front_shift_mm * sign > 3.0


def test_a_body_at_rest_is_never_tared_away() -> None:
    """Half an hour of lying with slow drift: the weight is followed, the person stays."""
    drifting = lambda t_s: (LYING[0] + 0.05 * t_s / 60.0, *LYING[1:])  # noqa: E731
    motions = moved(stage(), drifting, 600.0, period_s=0.05)
    settled = [m for m in motions if m.t_s > STILL_S + 0.1]
    assert all(m.presence is Presence.LYING for m in settled)
    assert settled[-1].weight_kg == pytest.approx(LYING[0], abs=0.6)
    assert max(abs(m.angle_deg) for m in settled) < 3.0


def test_after_a_reset_the_same_balances_give_the_same_motions() -> None:
    motion = stage()
    first = moved(motion, LYING, 4.0)
    motion.reset()
    assert moved(motion, LYING, 4.0) == first
