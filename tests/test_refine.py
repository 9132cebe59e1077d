"""A finished movement seen from its end: its times, its height, and nothing that was not there."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from matfw.messages import Excursion
from matfw.refine import refine
from matfw.rep_windows import MIN_PEAK_DEG
from tests.leg_forces import Lift, hand, judged, legs, unrest

REST_S = 4.0
TOP_DEG = 36.0
ROUNDING_S = 1e-6
MIN_JERK_5_PCT = 0.19  # of a minimum-jerk way's length; the other crossing is as far from its end


def found_in(*lifts: Lift, seed: int | None = None, shift_mm: float = 0.0) -> list[Excursion]:
    """Return what is found in lifts, in windows as live; the hips shift with the leg."""
    span_s = (lifts[-1].end_s if lifts else 0.0) + REST_S
    felt = legs(span_s, *lifts)
    shifts = shift_mm * felt.angle_rad / math.radians(TOP_DEG)
    return judged(felt if seed is None else felt + unrest(span_s, seed), shifts).excursions


def assert_timed(found: Excursion, lift: Lift, within_s: float) -> None:
    lower_s = lift.begin_s + lift.up_s + lift.hold_s
    assert [found.start_s, found.top_s, found.lower_s, found.end_s] == pytest.approx(
        [
            lift.begin_s + MIN_JERK_5_PCT * lift.up_s,
            lift.begin_s + (1.0 - MIN_JERK_5_PCT) * lift.up_s,
            lower_s + MIN_JERK_5_PCT * lift.down_s,
            lower_s + (1.0 - MIN_JERK_5_PCT) * lift.down_s,
        ],
        abs=within_s,
    )


@pytest.mark.parametrize("lift", [
    Lift(REST_S),
    Lift(REST_S, up_s=1.2, hold_s=0.6, down_s=1.6),
    Lift(REST_S, top_deg=50.0, hold_s=2.0),
])  # fmt: skip
def test_a_rep_is_found_once_with_its_times_and_its_height(lift: Lift) -> None:
    [found] = found_in(lift)
    assert found.angle_deg == pytest.approx(lift.top_deg, rel=0.1)
    assert_timed(found, lift, 0.25)
    assert found.up_s == pytest.approx(lift.up_s, abs=0.3)
    assert found.hold_s == pytest.approx(lift.hold_s, abs=0.35)
    assert found.down_s == pytest.approx(lift.down_s, abs=0.5)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("top_deg", [25.0, 36.0, 50.0])
def test_a_rep_of_a_body_that_is_not_quite_still_is_found_all_the_same(
    top_deg: float, seed: int
) -> None:
    [found] = found_in(Lift(REST_S, top_deg), seed=seed)
    assert found.angle_deg == pytest.approx(top_deg, rel=0.15)
    assert_timed(found, Lift(REST_S), 0.4)


@pytest.mark.parametrize("top_deg", [15.0, 25.0, 36.0, 55.0])
def test_times_are_ordered_and_the_movement_is_longer_than_its_crossings(top_deg: float) -> None:
    [found] = found_in(Lift(REST_S, top_deg))
    assert found.start_s < found.top_s <= found.lower_s < found.end_s
    assert found.up_s >= found.top_s - found.start_s - ROUNDING_S
    assert found.down_s >= found.end_s - found.lower_s - ROUNDING_S
    assert found.hold_s >= 0.0


@pytest.mark.parametrize("rest_s", [0.3, 1.0, 3.0, 8.0])
def test_reps_one_after_the_other_are_all_found_and_none_twice(rest_s: float) -> None:
    lifts = [Lift(REST_S + k * (6.0 + rest_s)) for k in range(3)]
    found = found_in(*lifts)
    assert len(found) == len(lifts)
    for one, lift in zip(found, lifts, strict=True):
        assert_timed(one, lift, 0.4)
    assert all(a.end_s < b.start_s for a, b in pairwise(found))


def test_a_lift_too_small_to_be_told_is_none() -> None:
    assert found_in(Lift(REST_S, 0.4 * MIN_PEAK_DEG)) == []
    assert found_in() == []


@pytest.mark.parametrize("seed", range(8))
def test_a_body_that_only_lies_there_makes_no_rep(seed: int) -> None:
    assert judged(unrest(60.0, seed)).excursions == []


@pytest.mark.parametrize("push_n", [2.0, 4.0, 8.0, 14.0])
@pytest.mark.parametrize("ramp_s", [0.35, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_hand_that_pushes_makes_no_rep(push_n: float, ramp_s: float, seed: int) -> None:
    felt = unrest(12.0, seed) + hand(12.0, REST_S, push_n, ramp_s, held_s=2.0)
    assert judged(felt).excursions == []


def test_a_hand_put_down_during_a_rep_is_not_taken_for_a_part_of_it() -> None:
    lift = Lift(REST_S)
    span_s = lift.end_s + REST_S
    push = hand(span_s, lift.begin_s + 1.8, 6.0, ramp_s=0.4, held_s=1.5)
    [found] = judged(legs(span_s, lift) + push).excursions
    assert_timed(found, lift, 0.5)
    assert found.angle_deg == pytest.approx(TOP_DEG, rel=0.2)


@pytest.mark.parametrize("shift_mm", [-20.0, 8.0])
def test_the_hips_are_read_at_the_top_against_the_rest_before(shift_mm: float) -> None:
    [found] = found_in(Lift(REST_S), shift_mm=shift_mm)
    assert found.front_shift_mm == pytest.approx(shift_mm, rel=0.15)


def test_hips_that_lay_elsewhere_all_the_time_have_not_moved() -> None:
    felt = legs(Lift(REST_S).end_s + REST_S, Lift(REST_S))
    [found] = judged(felt, np.full(len(felt), 30.0)).excursions
    assert found.front_shift_mm == pytest.approx(0.0, abs=1.0)


def test_a_movement_that_the_frames_end_cuts_off_is_refined_from_what_is_there() -> None:
    lift = Lift(REST_S)
    result = judged(legs(lift.end_s - 0.3, lift))
    assert list(result.windows) == []
    [found] = result.excursions
    assert found.top_s == pytest.approx(lift.begin_s + 0.81 * lift.up_s, abs=0.3)


def test_the_same_window_gives_the_same_reps() -> None:
    lift = Lift(REST_S)
    felt = legs(lift.end_s + REST_S, lift) + unrest(lift.end_s + REST_S, 1)
    [window] = judged(felt).windows
    assert refine(window) == refine(window) != []
