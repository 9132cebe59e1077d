"""Small lifts and long holds, of which only the two movements show."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from matfw.messages import RefinedRep
from matfw.refinement.rep_shape import DOWN_S, HOLD_S, SIZE, UP_S
from matfw.refinement.segment import Segment
from matfw.refinement.weak_lifts import WEAK_LOG_ODDS, may_be_breath, weak_lifts
from tests.estimation.leg_forces import (
    Forces,
    Judged,
    Lift,
    judged,
    legs,
    middles_s,
    noise_scale,
)

REST_S, SET = 4.0, 4
HELD = Lift(REST_S, top_deg=20.0, up_s=1.6, hold_s=3.6, down_s=1.5)
LIFTS = tuple(replace(HELD, begin_s=HELD.begin_s + 9.0 * k) for k in range(SET))
SPAN_S = LIFTS[-1].end_s + REST_S


@cache
def held(seed: int) -> Judged:
    """Return what is made of the set by a slightly restless body."""
    return judged(legs(SPAN_S, *LIFTS) + noise_scale(SPAN_S, seed))


@pytest.mark.parametrize("seed", [1, 2])
def test_long_holds_at_twenty_degrees_are_found_and_none_twice(seed: int) -> None:
    found = held(seed).refined_reps
    assert SET - 1 <= len(found) <= SET  # the first may lack one beside it
    assert all(before.end_s < after.start_s for before, after in pairwise(found))
    held_s = [rep.lower_s - rep.top_s for rep in found]
    assert median(held_s) == pytest.approx(HELD.hold_s, abs=1.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_body_without_lifts_has_no_weak_ones(seed: int) -> None:
    assert list(judged(legs(40.0) + noise_scale(40.0, seed)).refined_reps) == []


@pytest.mark.parametrize(("log_odds", "are_lifts"), [(0.01, True), (0.0, True), (-0.01, False)])
def test_two_weak_peaks_are_a_held_lift_only_if_it_is_plausible(
    log_odds: float, are_lifts: bool
) -> None:
    segment = Segment.of(held(1).windows[-1], -math.inf)
    assert segment is not None
    ends = [peak_at(LIFTS[2].begin_s, 1.6), peak_at(LIFTS[2].begin_s + 1.6 + 3.6, 1.5)]
    found = weak_lifts(segment, ends, lambda _: WEAK_LOG_ODDS + log_odds)
    assert bool(found) is are_lifts


def peak_at(start_s: float, length_s: float) -> RefinedRep:
    """Return a weak peak as long as one of the lift's two movements."""
    return RefinedRep(
        start_s=start_s, top_s=start_s + 0.5 * length_s, lower_s=start_s + 0.6 * length_s,
        end_s=start_s + length_s, up_s=0.0, hold_s=0.0, down_s=0.0, angle_deg=12.0,
        front_shift_mm=0.0,
    )  # fmt: skip


def test_neighbours_half_a_second_away_do_not_hide_a_quick_lift() -> None:
    quick = Lift(20.0, top_deg=16.0, up_s=1.1, hold_s=0.2, down_s=1.2)
    before, after = (
        Lift(begin_s, top_deg=16.0, up_s=1.1, hold_s=0.4, down_s=1.1)
        for begin_s in (quick.begin_s - 3.0, quick.end_s + 0.4)
    )
    span_s = after.end_s + REST_S
    lying = judged(legs(span_s, before, quick, after) + noise_scale(span_s, 1))
    segment = Segment.of(lying.windows[-1], -math.inf)
    assert segment is not None
    peak = replace(peak_at(quick.begin_s + 0.1, quick.end_s - quick.begin_s - 0.2), angle_deg=14.0)
    found = weak_lifts(segment, [peak], lambda _: WEAK_LOG_ODDS)
    assert [rep.start_s for rep in found] == [pytest.approx(quick.begin_s + 0.2, abs=0.3)]


def test_two_fits_of_the_same_are_no_two_lifts() -> None:
    """Each peak of a held lift, fitted alone, takes some of the other one's signal."""
    segment = Segment.of(held(1).windows[-1], -math.inf)
    assert segment is not None
    lift = LIFTS[2]
    early = peak_at(lift.begin_s, 3.0)
    late = replace(peak_at(lift.begin_s + 2.0, lift.end_s - lift.begin_s - 2.0), angle_deg=12.0)
    found = weak_lifts(segment, [early, late], lambda _: WEAK_LOG_ODDS)
    assert all(before.end_s <= after.start_s for before, after in pairwise(found))
    assert len(found) <= 1


def test_what_explains_little_of_what_is_there_is_no_weak_lift() -> None:
    segment = Segment.of(held(1).windows[-1], -math.inf)
    assert segment is not None
    rocks = replace(segment, load_n=segment.load_n + 25.0 * np.sin(7.0 * segment.t_s))
    ends = [peak_at(LIFTS[2].begin_s, 1.6), peak_at(LIFTS[2].begin_s + 1.6 + 3.6, 1.5)]
    assert weak_lifts(segment, ends, lambda _: WEAK_LOG_ODDS)
    assert weak_lifts(rocks, ends, lambda _: WEAK_LOG_ODDS) == []


@pytest.mark.parametrize("size_n", [1.0, 1.6])
def test_breaths_between_lifts_are_no_lifts(size_n: float) -> None:
    lifts = tuple(Lift(5.0 + 12.0 * k) for k in range(3))
    span_s = lifts[-1].end_s + 6.0
    breath_n = size_n * np.sin(2.0 * np.pi * middles_s(span_s) / 4.4)
    breathing = Forces(np.zeros_like(breath_n), breath_n, 1.0 * breath_n)
    lying = judged(legs(span_s, *lifts) + breathing + noise_scale(span_s, 1))
    found = lying.refined_reps
    assert len(found) == len(lifts)
    assert all(
        rep.start_s < lift.begin_s + 3.0 < rep.end_s for rep, lift in zip(found, lifts, strict=True)
    )


@pytest.mark.parametrize(
    ("up_s", "hold_s", "down_s", "is_pair", "is_breath"),
    [
        (1.55, 0.25, 1.55, False, True),
        (1.45, 0.25, 2.5, False, False),
        (2.0, 0.25, 3.95, False, True),
        (2.0, 0.25, 4.05, False, False),
        (1.55, 0.35, 1.55, False, False),
        (2.05, 3.0, 2.05, True, True),
        (1.95, 3.0, 2.5, True, False),
    ],
)
def test_slow_ways_without_a_hold_and_slow_pairs_may_be_breaths(
    up_s: float, hold_s: float, down_s: float, is_pair: bool, is_breath: bool
) -> None:
    params = np.zeros(SIZE)
    params[[UP_S, HOLD_S, DOWN_S]] = up_s, hold_s, down_s
    assert may_be_breath(params, is_pair=is_pair) is is_breath
