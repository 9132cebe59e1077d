"""A finished movement seen from its end: its times, its height, and nothing that was not there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matfw.estimation.noise import STEP_S
from matfw.messages import RefinedRep
from matfw.refinement.peaks import MIN_PEAK_DEG
from matfw.refinement.refine import OVERLAP_S, refine
from tests.estimation.leg_forces import (
    Forces,
    Lift,
    hand,
    judged,
    legs,
    middles_s,
    noise_scale,
    window_of,
)

REST_S = 4.0
TOP_DEG = 36.0
ROUNDING_S = 1e-6
HIGHEST_DEG = 85.0  # a body that rocks is read as a leg up to here; none is lifted higher
MIN_JERK_5_PCT = 0.19  # of a minimum-jerk way's length; the other crossing is as far from its end


@cache
def found_in(
    *lifts: Lift, seed: int | None = None, shift_mm: float = 0.0
) -> tuple[RefinedRep, ...]:
    """Return what is found in lifts, in windows as live; the hips shift with the leg."""
    span_s = (lifts[-1].end_s if lifts else 0.0) + REST_S
    segment = legs(span_s, *lifts)
    shifts = shift_mm * segment.angle_rad / math.radians(TOP_DEG)
    noisy = segment if seed is None else segment + noise_scale(span_s, seed)
    return tuple(judged(noisy, shifts).refined_reps)


def starts_s(found: Iterable[RefinedRep]) -> list[float]:
    return [x.start_s for x in found]


def assert_timed(found: RefinedRep, lift: Lift, within_s: float) -> None:
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
@pytest.mark.parametrize("top_deg", [36.0, 50.0])
def test_a_rep_of_a_body_that_is_not_quite_still_is_found_all_the_same(
    top_deg: float, seed: int
) -> None:
    [found] = found_in(Lift(REST_S, top_deg), seed=seed)
    assert found.angle_deg == pytest.approx(top_deg, rel=0.15)
    assert_timed(found, Lift(REST_S), 0.4)


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
@pytest.mark.parametrize("pause_s", [0.3, 0.6])
def test_a_leg_raised_in_two_steps_is_timed_by_both(pause_s: float, seed: int | None) -> None:
    step_s, second_s = 1.0, REST_S + 1.0 + pause_s
    first = Lift(REST_S, 0.5 * TOP_DEG, up_s=step_s, hold_s=pause_s + step_s + 1.0)
    second = Lift(second_s, 0.5 * TOP_DEG, up_s=step_s, hold_s=1.0)
    [found] = found_in(first, second, seed=seed)
    assert found.paused_up_s > 0.0
    assert not found.paused_down_s
    # A step's 10 and 90 % are the whole one's 5 and 95 %.
    assert found.start_s == pytest.approx(REST_S + 0.25 * step_s, abs=0.2)
    assert found.top_s == pytest.approx(second_s + 0.75 * step_s, abs=0.2)
    assert found.up_s > 2.0 * step_s


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
@pytest.mark.parametrize("pause_s", [0.4, 0.8])
def test_a_leg_lowered_in_two_parts_is_timed_by_both(pause_s: float, seed: int | None) -> None:
    """The first look is offered while it stands midway, where its moment is that of rest."""
    part_s, lower_s = 1.2, REST_S + 3.0
    first = Lift(REST_S, 0.6 * TOP_DEG, down_s=part_s)
    second = Lift(REST_S, 0.4 * TOP_DEG, hold_s=1.0 + part_s + pause_s, down_s=part_s)
    found = max(found_in(first, second, seed=seed), key=lambda x: x.angle_deg)
    assert found.paused_down_s > 0.0
    assert not found.paused_up_s
    assert found.lower_s == pytest.approx(lower_s + 0.25 * part_s, abs=0.2)
    assert found.end_s == pytest.approx(second.end_s - 0.25 * part_s, abs=0.2)
    assert found.down_s > 2.1


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_a_leg_raised_in_one_has_no_pause(seed: int | None) -> None:
    for lift in (Lift(REST_S), Lift(REST_S, up_s=0.8), Lift(REST_S, up_s=3.0, hold_s=2.0)):
        for x in found_in(lift, seed=seed):
            assert (x.paused_up_s, x.paused_down_s) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(2))
def test_a_rep_too_weak_alone_is_reported_beside_another_one(seed: int) -> None:
    lone, near, far = Lift(REST_S, 27.0), Lift(14.0), Lift(24.0)
    assert not found_in(lone, seed=seed)
    assert starts_s(found_in(far, replace(lone, begin_s=34.0), seed=seed)) == pytest.approx(
        [24.4, 34.4], abs=0.4
    )
    assert starts_s(found_in(lone, near, seed=seed)) == pytest.approx([4.4, 14.4], abs=0.4)


@pytest.mark.parametrize("top_deg", [30.0, 36.0, 55.0])
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


def test_a_lift_too_small_to_be_detected_is_none() -> None:
    assert not found_in(Lift(REST_S, 0.4 * MIN_PEAK_DEG))
    assert not found_in()


@pytest.mark.parametrize("seed", range(8))
def test_a_body_that_only_lies_there_makes_no_rep(seed: int) -> None:
    assert judged(noise_scale(60.0, seed)).refined_reps == []


@pytest.mark.parametrize("push_n", [2.0, 4.0, 8.0, 14.0])
@pytest.mark.parametrize("ramp_s", [0.35, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_hand_that_pushes_makes_no_rep(push_n: float, ramp_s: float, seed: int) -> None:
    segment = noise_scale(12.0, seed) + hand(12.0, REST_S, push_n, ramp_s, held_s=2.0)
    assert judged(segment).refined_reps == []


def test_a_hand_put_down_during_a_rep_of_a_set_is_not_taken_for_a_part_of_it() -> None:
    lifts = tuple(Lift(REST_S + 9.0 * k) for k in range(4))
    span_s = lifts[-1].end_s + REST_S
    push = hand(span_s, lifts[2].begin_s + 1.8, 6.0, ramp_s=0.4, held_s=1.5)
    found = judged(legs(span_s, *lifts) + push + noise_scale(span_s, 1)).refined_reps
    assert len(found) == len(lifts)
    assert_timed(found[2], lifts[2], within_s=0.5)
    assert found[2].plausibility < min(x.plausibility for x in (*found[:2], found[3]))


@pytest.mark.parametrize("shift_mm", [-20.0, 8.0])
def test_the_hips_are_read_at_the_top_against_the_rest_before(shift_mm: float) -> None:
    [found] = found_in(Lift(REST_S), shift_mm=shift_mm)
    assert found.front_shift_mm == pytest.approx(shift_mm, rel=0.15)


def test_hips_that_lay_elsewhere_all_the_time_have_not_moved() -> None:
    segment = legs(Lift(REST_S).end_s + REST_S, Lift(REST_S))
    [found] = judged(segment, np.full(len(segment), 30.0)).refined_reps
    assert found.front_shift_mm == pytest.approx(0.0, abs=1.0)


def test_a_movement_that_the_frames_end_cuts_off_is_refined_from_what_is_there() -> None:
    lift = Lift(REST_S)
    result = judged(legs(lift.end_s - 0.3, lift))
    [window] = result.windows
    assert window.motions[-1].t_s == pytest.approx(lift.end_s - 0.3, abs=0.1)
    [found] = result.refined_reps
    assert found.top_s == pytest.approx(lift.begin_s + 0.81 * lift.up_s, abs=0.3)


@pytest.mark.parametrize("hold_s", [2.0, 3.0])
def test_a_leg_held_up_for_long_is_reported_once_and_after_it_has_come_down(hold_s: float) -> None:
    lift = Lift(REST_S, hold_s=hold_s)
    [found] = found_in(lift)
    assert_timed(found, lift, 0.5)


def test_the_same_window_gives_the_same_reps() -> None:
    lift = Lift(REST_S)
    segment = legs(lift.end_s + REST_S, lift) + noise_scale(lift.end_s + REST_S, 1)
    window = judged(segment).windows[0]
    assert refine(window) == refine(window) != []


def small_steps(*levels: tuple[int, float, float]) -> Forces:
    """Return load and moment that stand for some steps each."""
    force_n = np.concatenate([np.full(steps, n) for steps, n, _ in levels])
    moment_nm = np.concatenate([np.full(steps, nm) for steps, _, nm in levels])
    return Forces(np.zeros_like(force_n), force_n, moment_nm)


@pytest.mark.parametrize(("finished_s", "found"), [
    (-math.inf, 1), (0.0, 1), (3.5, 1), (9.5, 0), (13.9, 0), (14.0, 0), (14.1, 0), (25.0, 0),
])  # fmt: skip
def test_only_what_comes_after_what_is_finished_is_found(finished_s: float, found: int) -> None:
    assert len(refine(window_of(legs(14.0, Lift(REST_S))), finished_s)) == found


@pytest.mark.parametrize("steps", [1, 2, 11, 12, 13, 25])
def test_a_window_of_next_to_no_length_has_no_rep(steps: int) -> None:
    assert refine(window_of(legs(steps * STEP_S))) == []


FORCES = st.sampled_from([0.0, 5.0, -5.0, 40.0, -640.0, 1e4, -1e4])
LEVELS = st.lists(st.tuples(st.integers(1, 60), FORCES, FORCES), min_size=1, max_size=8)
SEEN = st.none() | st.tuples(st.floats(0.1, 6.0), st.floats(6.0, 12.0))


@given(LEVELS, st.floats(-5.0, 15.0), st.floats(0.4, 6.0), SEEN, st.integers(0, 99))
@example([(1, 0.0, 0.0), (15, 0.0, 0.0), (39, 40.0, 0.0)], 0.0, 3.0, None, 0)
@settings(max_examples=25, deadline=None)
@example(  # two shapes that reach into each other
    levels=[
        *((1, 0.0, 0.0), (47, 0.0, 40.0), (50, -10000.0, 0.0), (33, 10000.0, -640.0)),
        *((27, -5.0, 5.0), (27, 40.0, 0.0), (46, 0.0, 40.0), (1, 0.0, 0.0)),
    ],
    finished_s=0.0,
    noise=5.109187573554244,
    seen_s=None,
    seed=0,
)
def test_whatever_was_measured_times_are_in_order_and_of_the_window(
    levels: list[tuple[int, float, float]],
    finished_s: float,
    noise: float,
    seen_s: tuple[float, float] | None,
    seed: int,
) -> None:
    """Somebody stands up, lies down, falls: no error, no excursion from elsewhere."""
    segment = small_steps(*levels)
    segment = segment + noise_scale(len(segment) * STEP_S, seed)
    window = window_of(segment, noise_scale=noise, seen_s=seen_s)
    found = refine(window, finished_s)
    begin_s, end_s = window.motions[0].t_s, window.motions[-1].t_s
    for x in found:
        assert begin_s - STEP_S <= x.start_s <= x.top_s <= x.lower_s <= x.end_s <= end_s + STEP_S
        assert min(x.up_s, x.hold_s, x.down_s) >= 0.0
        assert all(math.isfinite(size) for size in (x.angle_deg, x.front_shift_mm, x.curvature_mm))
    assert all(a.end_s < b.start_s + OVERLAP_S for a, b in pairwise(found))


@pytest.mark.parametrize("hz", [2.0, 5.0])
def test_a_body_that_shakes_makes_no_rep(hz: float) -> None:
    t_s = middles_s(25.0)
    shaken = np.sin(2.0 * math.pi * hz * t_s)
    segment = Forces(np.zeros_like(t_s), 10.0 * shaken, 10.0 * shaken) + noise_scale(25.0, 1)
    assert refine(window_of(segment, noise_scale=6.0)) == []


@pytest.mark.parametrize(("top_deg", "count"), [(HIGHEST_DEG - 3.0, 1), (HIGHEST_DEG + 5.0, 0)])
def test_no_repetition_is_higher_than_a_leg_goes(top_deg: float, count: int) -> None:
    assert len(found_in(Lift(REST_S, top_deg))) == count


def test_a_body_that_shakes_once_a_second_makes_no_rep() -> None:
    t_s = middles_s(25.0)
    shaken = 10.0 * np.sin(2.0 * math.pi * t_s)
    segment = Forces(np.zeros_like(t_s), shaken, shaken) + noise_scale(25.0, 1)
    assert refine(window_of(segment, noise_scale=6.0)) == []


@pytest.mark.parametrize(("top_deg", "size", "seed"), [
    (18.0, 0.5, 0), (22.0, 0.5, 1), (26.0, 1.0, 0),
])  # fmt: skip
def test_a_set_that_is_too_small_throughout_is_counted(
    top_deg: float, size: float, seed: int
) -> None:
    """Who lifts to 20 degrees each time is to hear so, not to hear nothing.

    The somewhat higher ones are no exception: too strong for a weak peak, too weak for a lone one.
    """
    lifts = [Lift(REST_S + 8.0 * k, top_deg) for k in range(4)]
    span_s = lifts[-1].end_s + REST_S
    segment = legs(span_s, *lifts) + noise_scale(span_s, seed, size)
    assert len(judged(segment).refined_reps) >= len(lifts) - 1


@pytest.mark.parametrize("up_s", [0.5, 0.7])
@pytest.mark.parametrize("seed", range(2))
def test_a_kick_is_never_reported_as_a_slow_ascent(up_s: float, seed: int) -> None:
    lift = Lift(REST_S, up_s=up_s)
    [found] = found_in(lift, seed=seed)
    assert found.start_s == pytest.approx(lift.begin_s, abs=0.5)
    assert found.up_s < 1.0


@pytest.mark.parametrize("seed", range(4))
def test_breath_and_a_slow_drift_make_no_rep(seed: int) -> None:
    t_s = middles_s(30.0)
    breath_n = 0.4 * np.sin(2.0 * math.pi * 0.25 * t_s)
    segment = Forces(np.zeros_like(t_s), breath_n, 0.1 * t_s) + noise_scale(30.0, seed)
    assert refine(window_of(segment)) == []
    assert judged(segment).refined_reps == []
