"""A finished movement seen from its end: its times, its height, and nothing that was not there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Presence, RefinedRep
from matfw.refinement.peaks import MIN_PEAK_DEG
from matfw.refinement.refine import AGREE_DEG, OVERLAP_S, SURE_AFTER_S, refine
from matfw.refinement.refinement import (
    NEXT_LOOK_S,
    SAME_END_S,
    SHORTEST_REP_S,
    SLOW_LOOK_S,
    Refinement,
)
from matfw.refinement.windows import AGAIN_S, RepWindow
from tests.estimation.leg_forces import (
    MODEL,
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


# --- what was reported is not reported again------------------------------------------------------


@cache
def played(span_s: float, *lifts: Lift) -> tuple[RepWindow, ...]:
    """Return the looks of a slightly restless body's lifts; without the many early ones."""
    windows = judged(legs(span_s, *lifts) + noise_scale(span_s, 1)).windows
    return tuple(window for window in windows if not window.is_early)


FEW = tuple(Lift(REST_S + 9.0 * k) for k in range(4))
WHOLE_S = FEW[-1].end_s + REST_S


def reported(windows: Iterable[RepWindow]) -> list[RefinedRep]:
    refinement = Refinement()
    return [x for window in windows for x in refinement.refine(window)]


EXPECTED_S = [lift.begin_s + MIN_JERK_5_PCT * lift.up_s for lift in FEW]


def test_a_rep_that_the_next_look_finds_again_is_reported_once() -> None:
    windows = played(WHOLE_S, *FEW)
    assert sum(len(refine(window)) for window in windows) > len(FEW)
    assert starts_s(reported(windows)) == pytest.approx(EXPECTED_S, abs=0.4)


def test_the_same_look_twice_tells_nothing_the_second_time() -> None:
    for window in played(WHOLE_S, *FEW):
        refinement = Refinement()
        refinement.refine(window)
        assert refinement.refine(window) == []


@pytest.mark.parametrize("dropped", [0, 1, 2, 3])
def test_a_look_that_was_dropped_is_made_up_for_by_the_next_one(dropped: int) -> None:
    """What a look would have found lies in the later ones as well, as they go back further."""
    windows = played(WHOLE_S, *FEW)
    left = windows[:dropped] + windows[dropped + 1 :]
    assert starts_s(reported(left)) == pytest.approx(EXPECTED_S, abs=0.4)


def test_one_look_may_tell_several_reps() -> None:
    [window] = [w for w in played(WHOLE_S, *FEW) if w.motions[-1].t_s > FEW[1].end_s][:1]
    assert starts_s(Refinement().refine(window)) == pytest.approx(EXPECTED_S[:2], abs=0.4)


def test_a_false_start_finishes_nothing() -> None:
    lift, refinement = Lift(REST_S), Refinement()
    assert refinement.refine(window_of(noise_scale(REST_S, 1))) == []
    segment = legs(lift.end_s + REST_S, lift) + noise_scale(lift.end_s + REST_S, 1)
    [found] = refinement.refine(window_of(segment))
    assert_timed(found, lift, 0.4)


def test_a_look_with_no_room_for_another_repetition_is_not_made() -> None:
    """What is looked at once more after a rest had its one repetition reported the first time."""
    windows = played(FEW[0].end_s + REST_S, FEW[0])
    assert len(windows) > 1
    refinement = Refinement()
    counts = [len(refinement.refine(window)) for window in windows]
    assert sorted(counts, reverse=True) == [1] + [0] * (len(windows) - 1)


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_two_reps_whose_crossings_overlap_a_little_are_both_reported(
    share: float,
) -> None:
    one = at(4.0, 9.0)
    two = at(9.0 - share * OVERLAP_S, 14.0)
    assert reported_of([one], [one, two]) == [one, two]


@pytest.mark.parametrize("off_s", [-0.3, 0.0, 0.3])
def test_a_rep_read_a_little_otherwise_by_the_next_look_is_reported_once(
    off_s: float,
) -> None:
    one, again, two = at(4.0, 9.0), at(4.0 + off_s, 9.0 + off_s), at(12.0, 17.0)
    assert reported_of([one], [again, two]) == [one, two]


def test_a_kick_shorter_than_what_reps_may_share_is_reported_once() -> None:
    kick = at(10.0, 10.0 + 0.9 * OVERLAP_S)
    assert reported_of([kick], [kick]) == [kick]


def at(start_s: float, end_s: float) -> RefinedRep:
    third_s = (end_s - start_s) / 3.0
    return RefinedRep(
        start_s=start_s,
        top_s=start_s + third_s,
        lower_s=end_s - third_s,
        end_s=end_s,
        up_s=2.0,
        hold_s=1.0,
        down_s=3.0,
        angle_deg=38.0,
        front_shift_mm=0.0,
    )


LATE = RepWindow((), MODEL, 1.0, 1e9)


def reported_of(*looks: list[RefinedRep], window: RepWindow = LATE) -> list[RefinedRep]:
    """Return what is reported if these are what successive looks find."""
    answers = iter(looks)
    refinement = Refinement(lambda *_: next(answers))
    return [found for _ in looks for found in refinement.refine(window)]


def early(now_s: float) -> RepWindow:
    last = Motion(t_s=now_s, presence=Presence.LYING)
    return RepWindow((last,), MODEL, 1.0, 1e9, is_early=True)


@pytest.mark.parametrize(("rest_s", "is_reported"), [(0.99, False), (1.01, True)])
def test_an_early_look_reports_only_what_has_rested_for_long_enough(
    rest_s: float, is_reported: bool
) -> None:
    window = early(9.0 + rest_s * SURE_AFTER_S)
    assert bool(reported_of([at(4.0, 9.0)], window=window)) is is_reported


def resting(rest_s: float, now_s: float) -> RepWindow:
    last = Motion(t_s=now_s, presence=Presence.LYING)
    return RepWindow((last,), MODEL, 1.0, now_s - rest_s)


@pytest.mark.parametrize(("down_s", "is_reported"), [(0.99, False), (1.01, True)])
def test_a_rest_that_has_just_begun_reports_only_what_has_been_down_for_long_enough(
    down_s: float, is_reported: bool
) -> None:
    window = resting(0.5, 9.0 + down_s * SURE_AFTER_S)
    assert bool(reported_of([at(4.0, 9.0)], window=window)) is is_reported


def test_what_waits_for_more_rest_is_reported_after_it() -> None:
    looks = iter([[at(4.0, 9.0)], [at(4.0, 9.6)]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(resting(0.5, 9.1)) == []
    assert refinement.refine(resting(AGAIN_S, 11.1)) == [at(4.0, 9.6)]


@pytest.mark.parametrize("is_left", [False, True])
def test_where_nothing_more_will_be_known_nothing_waits(is_left: bool) -> None:
    last = replace(resting(0.5 if is_left else AGAIN_S, 9.1), is_left=is_left)
    assert reported_of([at(4.0, 9.0)], window=last) == [at(4.0, 9.0)]


@pytest.mark.parametrize(("off_s", "count"), [(0.9 * SAME_END_S, 1), (1.1 * SAME_END_S, 0)])
def test_what_no_shape_fits_is_reported_early_once_two_looks_see_the_same_end(
    off_s: float, count: int
) -> None:
    first = replace(at(4.0, 9.0), fit_error_deg=2.0 * AGREE_DEG, plausibility=3.0)
    again = replace(first, end_s=9.0 + off_s)
    looks = iter([[first], [again]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(11.0)) == []
    assert refinement.refine(early(11.0 + NEXT_LOOK_S)) == [again][:count]


def test_the_same_end_may_have_been_seen_before_there_was_enough_rest() -> None:
    rep = replace(at(4.0, 9.0), fit_error_deg=2.0 * AGREE_DEG, plausibility=3.0)
    refinement = Refinement(lambda *_: [rep])
    assert refinement.refine(early(9.0 + 0.5 * SURE_AFTER_S)) == []
    assert refinement.refine(early(9.0 + 1.5 * SURE_AFTER_S)) == [rep]


def computed_s(
    answer: Callable[[float], list[RefinedRep]], *before: RepWindow, is_followed: bool = False
) -> list[float]:
    """Return when looks are computed if after others an early one is offered at each step, 2 s."""
    looks_s: list[float] = []

    def look(window: RepWindow, _known_s: float) -> list[RefinedRep]:
        looks_s.append(window.motions[-1].t_s)
        return answer(looks_s[-1])

    refinement = Refinement(look)
    offered = [early(9.0 + k * STEP_S) for k in range(round(2.0 / STEP_S))]
    for window in (*before, *(replace(x, is_followed=is_followed) for x in offered)):
        refinement.refine(window)
    return looks_s[len(before) :]


def test_the_next_early_look_is_when_the_end_that_was_found_is_sure() -> None:
    assert computed_s(lambda _: [at(4.0, 8.9)])[:2] == pytest.approx([9.0, 8.9 + SURE_AFTER_S])
    coming_down = computed_s(lambda now_s: [at(4.0, now_s)])
    assert coming_down == pytest.approx([9.0, 9.45, 9.9, 10.35, 10.8])


def test_looks_that_find_nothing_follow_each_other_and_then_are_fewer() -> None:
    looks_s = computed_s(lambda _: [])
    assert [b - a for a, b in pairwise(looks_s)] == pytest.approx([NEXT_LOOK_S] * 9)
    settled = replace(resting(0.5, 8.9), ended_s=1e9)
    looks_s = computed_s(lambda _: [], settled)
    assert [b - a for a, b in pairwise(looks_s)] == pytest.approx(
        [SLOW_LOOK_S] * len(looks_s[1:]), abs=STEP_S
    )


def test_after_the_next_movement_began_only_what_was_found_before_is_finished() -> None:
    """What its ascent looks like from its beginning is a lift of its own now and then."""
    before, other = at(4.0, 9.0), at(9.1, 10.4)
    looks = iter([[before], [before, other]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(9.1)) == []
    followed = replace(early(9.1 + 2.0 * SURE_AFTER_S), is_followed=True)
    assert refinement.refine(followed) == [before]


@pytest.mark.parametrize(
    ("is_followed", "since_s"), [(True, 1e9), (False, 9.0 + 0.99 * SHORTEST_REP_S)]
)
def test_where_all_is_known_of_what_looks_are_offered_for_only_a_landing_is_asked_for(
    is_followed: bool, since_s: float
) -> None:
    """Filters may believe in one movement all through the next lift of a low leg."""
    asked: list[RepWindow] = []

    def look(window: RepWindow, _known_s: float) -> list[RefinedRep]:
        asked.append(window)
        return [at(4.0, 9.0)] if len(asked) == 1 else [at(9.9, 12.0)] if window.is_news else []

    refinement = Refinement(look)
    assert refinement.refine(resting(AGAIN_S, 11.5)) == [at(4.0, 9.0)]
    found = [
        (window.motions[-1].t_s, x)
        for k in range(round(4.0 / STEP_S))
        for window in [replace(early(9.5 + k * STEP_S), ended_s=since_s, is_followed=is_followed)]
        for x in refinement.refine(window)
    ]
    looks_s = [window.motions[-1].t_s for window in asked[1:]]
    assert all(x.is_news and not x.is_followed for x in asked[1:])
    assert looks_s[0] == pytest.approx(9.0 + SHORTEST_REP_S + SURE_AFTER_S, abs=STEP_S)
    assert [b - a for a, b in pairwise(looks_s)] == pytest.approx([NEXT_LOOK_S] * len(looks_s[1:]))
    assert [x for _, x in found] == [at(9.9, 12.0)]
    assert found[0][0] == pytest.approx(12.0 + SURE_AFTER_S, abs=NEXT_LOOK_S)


def test_what_a_look_for_a_landing_does_not_find_sure_changes_no_other_look() -> None:
    before, other = at(4.0, 8.9), at(8.0, 10.4)
    found: dict[bool, list[RefinedRep]] = {False: [before], True: [other]}
    looks: list[float] = []

    def look(window: RepWindow, _known_s: float) -> list[RefinedRep]:
        looks.append(window.motions[-1].t_s)
        return found[window.is_news]

    refinement = Refinement(look)
    assert refinement.refine(early(9.0)) == []
    assert refinement.refine(replace(early(9.05), is_news=True)) == []
    sure_s = 8.9 + 1.01 * SURE_AFTER_S
    assert refinement.refine(early(sure_s)) == [before]
    assert looks == pytest.approx([9.0, 9.05, sure_s])


def test_what_is_not_believed_of_an_ascent_says_nothing_against_its_lift() -> None:
    before = at(4.0, 9.0)
    ghost = replace(at(9.2, 10.4), plausibility=-4.0)
    lift = replace(at(9.2, 14.2), plausibility=1.5)
    looks = iter([[before], [before, ghost], [lift]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(9.1)) == []
    followed = replace(early(9.1 + 2.0 * SURE_AFTER_S), is_followed=True)
    assert refinement.refine(followed) == [before]
    assert refinement.refine(resting(AGAIN_S, 14.3)) == [lift]


@pytest.mark.parametrize("after_s", [0.0, 0.7])
def test_an_early_look_reports_no_leg_that_has_just_come_down_or_not_yet(after_s: float) -> None:
    lift = Lift(REST_S)
    whole = window_of(legs(lift.end_s + REST_S, lift) + noise_scale(lift.end_s + REST_S, 1))
    end_s = lift.end_s - MIN_JERK_5_PCT * lift.down_s
    motions = tuple(m for m in whole.motions if m.t_s < end_s + after_s)
    found = Refinement().refine(replace(whole, motions=motions, is_early=True))
    assert len(found) == (1 if after_s else 0)


def test_after_getting_up_and_lying_down_again_nothing_is_reported_twice() -> None:
    """The clock goes on: of what was reported before nothing is left in a window after it."""
    [*_, last] = windows = played(FEW[0].end_s + REST_S, FEW[0])
    refinement = Refinement()
    for window in windows:
        refinement.refine(window)
    after_s = last.motions[-1].t_s + 5.0
    again = window_of(legs(FEW[0].end_s + REST_S, FEW[0]) + noise_scale(FEW[0].end_s + REST_S, 1))
    later = replace(
        again,
        motions=tuple(structs.replace(m, t_s=m.t_s + after_s) for m in again.motions),
        ended_s=again.ended_s + after_s,
    )
    [found] = refinement.refine(later)
    assert found.start_s == pytest.approx(EXPECTED_S[0] + after_s, abs=0.4)
    assert refinement.refine(last) == []
