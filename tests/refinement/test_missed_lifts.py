"""A lift that something hid is reported in the midst of a set, and nothing else is made one."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pytest

from matfw.messages import RefinedRep
from matfw.refinement.missed_lifts import (
    EASED_N,
    IN_SET_S,
    LIKE_LOG_ODDS,
    MAX_TRIALS,
    MAX_WEAK_PEAK_DEG,
    MIN_DEG,
    WEAK_PEAK_DEG_PER_NOISE_SCALE,
    missed_lifts,
)
from matfw.refinement.refine import refine
from matfw.refinement.segment import Segment
from tests.estimation.leg_forces import (
    Forces,
    Lift,
    hand,
    legs,
    middles_s,
    min_jerk,
    noise_scale,
    segment_from,
    window_of,
)

FIRST, SECOND = Lift(4.0), Lift(13.0)
SPAN_S = SECOND.end_s + 4.0
CALM = 0.5  # noise scale, variance against the usual


def sway(begin_s: float, size_nm: float, held_s: float) -> Forces:
    """Return a body that leans toward the feet for a moment; the load knows nothing of it."""
    t_s = middles_s(SPAN_S) - begin_s
    course = min_jerk(t_s / 0.8) - min_jerk((t_s - held_s) / 0.8)
    return Forces(np.zeros_like(t_s), np.zeros_like(t_s), size_nm * course)


HIDING = [
    sway(SECOND.begin_s + 1.5, size_nm, held_s) for size_nm in (10.0, 12.0) for held_s in (1.6, 2.2)
]


def refined_rep(lift: Lift, angle_deg: float = 12.0) -> RefinedRep:
    """Return what the curve may have read of a lift."""
    return RefinedRep(
        start_s=lift.begin_s + 0.4,
        top_s=lift.begin_s + 1.5,
        lower_s=lift.end_s - 2.5,
        end_s=lift.end_s - 0.6,
        up_s=0.0,
        hold_s=0.0,
        down_s=0.0,
        angle_deg=angle_deg,
        front_shift_mm=0.0,
    )


def assert_is(found: RefinedRep, lift: Lift, within_s: float = 0.4) -> None:
    assert found.start_s == pytest.approx(lift.begin_s + 0.4, abs=within_s)
    assert found.end_s == pytest.approx(lift.end_s - 0.6, abs=within_s)


# --- seen from outside ----------------------------------------------------------------------------


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("seed", [None, 1])
def test_a_lift_whose_hold_a_sway_hides_is_found_in_a_set(hiding: Forces, seed: int | None) -> None:
    segment = legs(SPAN_S, FIRST, SECOND) + hiding
    one, two = refine(window_of(segment if seed is None else segment + noise_scale(SPAN_S, seed)))
    assert_is(one, FIRST)
    assert_is(two, SECOND)


@pytest.mark.parametrize("hiding", HIDING[:2])
def test_a_rep_that_was_finished_shortly_before_makes_it_a_set_as_well(hiding: Forces) -> None:
    segment = legs(SPAN_S, FIRST, SECOND) + hiding + noise_scale(SPAN_S, 1)
    [found] = refine(window_of(segment), FIRST.end_s)
    assert_is(found, SECOND)


@pytest.mark.parametrize("hiding", HIDING[:2])
@pytest.mark.parametrize("seed", [None, 1])
def test_such_a_lift_alone_is_none(hiding: Forces, seed: int | None) -> None:
    segment = legs(SPAN_S, SECOND) + hiding
    assert refine(window_of(segment if seed is None else segment + noise_scale(SPAN_S, seed))) == []


@pytest.mark.parametrize("height_deg", [16.0, 18.0, 20.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_small_lift_in_a_calm_set_is_found(height_deg: float, seed: int) -> None:
    small = replace(SECOND, top_deg=height_deg)
    segment = legs(SPAN_S, FIRST, small) + noise_scale(SPAN_S, seed, CALM**0.5)
    one, two = refine(window_of(segment, noise_scale=CALM))
    assert_is(one, FIRST)
    assert_is(two, SECOND)
    assert two.angle_deg == pytest.approx(height_deg, rel=0.25)


@pytest.mark.parametrize("size_nm", [-3.0, 3.0, 5.0, 8.0])
@pytest.mark.parametrize(("held_s", "noise"), [(1.5, CALM), (2.5, 1.0)])
def test_a_sway_alone_never_is_one(size_nm: float, held_s: float, noise: float) -> None:
    segment = legs(SPAN_S, FIRST) + sway(SECOND.begin_s, size_nm, held_s)
    [found] = refine(window_of(segment + noise_scale(SPAN_S, 1, noise**0.5), noise_scale=noise))
    assert_is(found, FIRST)


@pytest.mark.parametrize("push_n", [2.0, 4.0, 8.0, 14.0])
@pytest.mark.parametrize(("ramp_s", "held_s"), [(0.35, 4.0), (1.0, 1.0)])
def test_a_hand_alone_never_is_one(push_n: float, ramp_s: float, held_s: float) -> None:
    segment = legs(SPAN_S, FIRST) + hand(SPAN_S, SECOND.begin_s, push_n, ramp_s, held_s)
    [found] = refine(window_of(segment + noise_scale(SPAN_S, 1)))
    assert_is(found, FIRST)


@pytest.mark.parametrize("seed", range(4))
def test_a_rest_in_a_set_never_is_one(seed: int) -> None:
    [found] = refine(window_of(legs(SPAN_S, FIRST) + noise_scale(SPAN_S, seed)))
    assert_is(found, FIRST)


# --- what is tried --------------------------------------------------------------------------------


def segment_of(*lifts: Lift, span_s: float = SPAN_S) -> Segment:
    return segment_from(window_of(legs(span_s, *lifts), noise_scale=CALM))


def missed(
    segment: Segment,
    weak_peaks: Sequence[RefinedRep],
    found: Collection[RefinedRep],
    log_odds: float = -math.inf,
) -> list[RefinedRep]:
    """Return the missed lifts where each has these log-odds; usually load and moment alone say."""
    return missed_lifts(segment, weak_peaks, found, lambda _: log_odds)


def test_a_weak_peak_that_was_a_lift_is_reported_as_its_shape() -> None:
    [lift] = missed(segment_of(FIRST, SECOND), [refined_rep(SECOND)], [refined_rep(FIRST)])
    assert_is(lift, SECOND, within_s=0.15)
    assert lift.angle_deg == pytest.approx(SECOND.top_deg, abs=2.0)


def test_a_weak_peak_that_was_no_lift_is_not_reported() -> None:
    assert missed(segment_of(FIRST), [refined_rep(SECOND)], [refined_rep(FIRST)]) == []


def test_a_weak_peak_long_after_the_repetition_before_is_not_tried() -> None:
    late = Lift(FIRST.end_s + IN_SET_S + 1.0)
    segment = segment_of(FIRST, late, span_s=late.end_s + 2.0)
    assert missed(segment, [refined_rep(late)], [refined_rep(FIRST)]) == []
    near = replace(refined_rep(FIRST), start_s=FIRST.begin_s + 2.0, end_s=FIRST.end_s + 3.0)
    assert len(missed(segment, [refined_rep(late)], [near])) == 1


def test_a_weak_peak_before_the_set_s_first_known_repetition_is_tried_as_well() -> None:
    [lift] = missed(segment_of(FIRST, SECOND), [refined_rep(FIRST)], [refined_rep(SECOND)])
    assert_is(lift, FIRST, within_s=0.15)


def test_two_weak_peaks_make_each_other_a_set_if_both_were_lifts() -> None:
    both = [refined_rep(FIRST), refined_rep(SECOND)]
    assert len(missed(segment_of(FIRST, SECOND), both, [])) == 2
    assert missed(segment_of(FIRST), both, []) == []
    assert missed(segment_of(FIRST), both[:1], []) == []


def test_a_look_tries_no_more_than_the_latest_few() -> None:
    """A trial takes as long as a repetition's own fit, and the next look is soon."""
    lifts = [Lift(4.0 + 8.0 * k) for k in range(MAX_TRIALS + 1)]
    segment = segment_of(*lifts, span_s=lifts[-1].end_s + 2.0)
    found = missed(segment, [refined_rep(lift) for lift in lifts], [])
    assert len(found) == MAX_TRIALS
    for x, lift in zip(found, lifts[1:], strict=True):
        assert_is(x, lift)


def test_a_weak_peak_too_small_for_a_body_as_restless_is_not_tried() -> None:
    segment = segment_of(FIRST, SECOND)
    worth_deg = WEAK_PEAK_DEG_PER_NOISE_SCALE * CALM
    for share, lifts in ((0.9, 0), (1.1, 1)):
        weak_peak = refined_rep(SECOND, share * worth_deg)
        assert len(missed(segment, [weak_peak], [refined_rep(FIRST)])) == lifts


def test_no_body_is_so_restless_that_a_peak_of_4_5_degrees_is_not_tried() -> None:
    segment = replace(segment_of(FIRST, SECOND), noise_scale=2.0)
    for share, lifts in ((0.9, 0), (1.1, 1)):
        weak_peak = refined_rep(SECOND, share * MAX_WEAK_PEAK_DEG)
        assert len(missed(segment, [weak_peak], [refined_rep(FIRST)])) == lifts


RESTLESS = 1.6  # noise scale
SMALL = replace(SECOND, top_deg=22.0, up_s=2.4, hold_s=1.2, down_s=3.2)


def restless_segment(*lifts: Lift, seed: int) -> Segment:
    forces = legs(SPAN_S, *lifts) + noise_scale(SPAN_S, seed, RESTLESS**0.5)
    return segment_from(window_of(forces, noise_scale=RESTLESS))


@pytest.mark.parametrize("seed", [0, 1, 3])
@pytest.mark.parametrize(("over", "lifts"), [(-0.1, 0), (0.0, 1), (0.1, 1)])
def test_a_small_slow_lift_of_a_restless_body_is_one_if_it_is_like_a_leg_raise(
    seed: int, over: float, lifts: int
) -> None:
    segment = restless_segment(FIRST, SMALL, seed=seed)
    log_odds = LIKE_LOG_ODDS + over
    found = missed(segment, [refined_rep(SMALL)], [refined_rep(FIRST)], log_odds)
    assert len(found) == lifts
    for x in found:
        assert_is(x, SMALL, within_s=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_where_nobody_lifted_likeness_alone_makes_none(seed: int) -> None:
    segment = restless_segment(FIRST, seed=seed)
    assert missed(segment, [refined_rep(SMALL)], [refined_rep(FIRST)], math.inf) == []


@pytest.mark.parametrize("period_s", [3.5, 4.5])
def test_a_deep_breath_has_no_hold_however_like_a_leg_raise(period_s: float) -> None:
    """As of the other simulators' restless people: 1.4 N, and 1.4 N m the same way."""
    t_s = middles_s(SPAN_S) - SMALL.begin_s
    breath = np.where((t_s > 0.0) & (t_s < period_s), np.sin(2.0 * math.pi * t_s / period_s), 0.0)
    forces = legs(SPAN_S, FIRST) + Forces(np.zeros_like(t_s), 1.4 * breath, 1.4 * breath)
    segment = segment_from(window_of(forces + noise_scale(SPAN_S, 1)))
    weak_peak = replace(refined_rep(SMALL), end_s=SMALL.begin_s + period_s)
    assert missed(segment, [weak_peak], [refined_rep(FIRST)], math.inf) == []


def test_the_load_that_makes_a_hand_of_a_lift_is_as_tuned() -> None:
    assert EASED_N == 1.2


@pytest.mark.parametrize(("eased_n", "lifts"), [(0.5, 1), (0.9, 1), (1.1, 0), (1.5, 0)])
def test_a_lift_during_which_the_load_falls_for_good_was_a_hand(eased_n: float, lifts: int) -> None:
    segment = segment_of(FIRST, SECOND)
    held = segment.t_s > SECOND.begin_s + SECOND.up_s
    eased = replace(segment, load_n=segment.load_n - eased_n * EASED_N * CALM**0.5 * held)
    # The curve has the fall as its level: the shape alone would be a lift.
    eased.curve.base_n[held] -= eased_n * EASED_N * CALM**0.5
    assert len(missed(eased, [refined_rep(SECOND)], [refined_rep(FIRST)])) == lifts


def test_a_lift_that_was_just_found_makes_the_next_weak_peak_part_of_the_set() -> None:
    third = Lift(SECOND.end_s + 4.0)
    segment = segment_of(FIRST, SECOND, third, span_s=third.end_s + 2.0)
    found = missed(segment, [refined_rep(SECOND), refined_rep(third)], [refined_rep(FIRST)])
    assert third.begin_s - FIRST.end_s > IN_SET_S
    assert len(found) == 2


def test_what_overlaps_a_repetition_is_a_part_of_it() -> None:
    segment = segment_of(FIRST, SECOND)
    inside = replace(refined_rep(SECOND), start_s=SECOND.begin_s + 1.0, end_s=SECOND.end_s - 1.0)
    assert missed(segment, [inside], [refined_rep(FIRST), refined_rep(SECOND)]) == []


def test_two_halves_of_one_lift_make_one() -> None:
    segment = segment_of(FIRST, SECOND)
    up = replace(refined_rep(SECOND), end_s=SECOND.begin_s + 2.2)
    down = replace(refined_rep(SECOND), start_s=SECOND.end_s - 3.4)
    assert len(missed(segment, [up, down], [refined_rep(FIRST)])) == 1


def test_a_lift_that_is_not_over_yet_is_left_to_the_next_look() -> None:
    segment = segment_of(FIRST, SECOND, span_s=SECOND.end_s - 0.6)
    assert missed(segment, [refined_rep(SECOND)], [refined_rep(FIRST)]) == []


def test_a_lift_of_next_to_no_height_is_none() -> None:
    low = replace(SECOND, top_deg=0.7 * MIN_DEG)
    assert missed(segment_of(FIRST, low), [refined_rep(low)], [refined_rep(FIRST)]) == []


def test_without_weak_peaks_no_lift_is_missed() -> None:
    assert missed(segment_of(FIRST, SECOND), [], [refined_rep(FIRST)]) == []


@pytest.mark.parametrize("eased_n", [4.0, 5.0, 6.0])
@pytest.mark.parametrize("held_s", [1.0, 2.0])
def test_a_hand_that_eases_off_the_mat_at_once_is_no_lift_s_shape(
    eased_n: float, held_s: float
) -> None:
    push = hand(SPAN_S, SECOND.begin_s, eased_n, ramp_s=0.4, held_s=held_s)
    eased = Forces(push.angle_rad, -push.force_n, -push.moment_nm)
    segment = legs(SPAN_S, FIRST) + eased + noise_scale(SPAN_S, 1, CALM**0.5)
    window = window_of(segment, noise_scale=CALM)
    assert missed(segment_from(window), [refined_rep(SECOND)], [refined_rep(FIRST)]) == []


def test_up_and_down_without_any_hold_is_a_sway() -> None:
    through = replace(SECOND, top_deg=20.0, hold_s=0.0)
    segment = segment_of(FIRST, through)
    assert missed(segment, [refined_rep(through)], [refined_rep(FIRST)]) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_small_quick_lift_half_a_second_before_the_next_one_is_found(seed: int) -> None:
    before = Lift(4.0)
    quick = Lift(before.end_s + 0.7, top_deg=16.0, up_s=1.2, hold_s=1.4, down_s=1.6)
    after = Lift(quick.end_s + 0.5)
    span_s = after.end_s + 4.0
    lying = window_of(legs(span_s, before, quick, after) + noise_scale(span_s, seed))
    segment = segment_from(lying)
    weak_peak = replace(refined_rep(quick, 15.0), lower_s=quick.end_s - 1.4)
    found = [replace(refined_rep(x), top_s=x.begin_s + 1.6) for x in (before, after)]
    (lift,) = missed(segment, [weak_peak], found)
    assert lift.start_s == pytest.approx(quick.begin_s + 0.2, abs=0.2)
    assert lift.end_s == pytest.approx(quick.end_s - 0.3, abs=0.3)
    assert lift.angle_deg == pytest.approx(quick.top_deg, abs=4.0)
