"""Small lifts, quick ones and long holds, of which the curve keeps too little."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from matfw.messages import RefinedRep
from matfw.refinement.segment import Segment
from matfw.refinement.whole_lifts import (
    AFTER_S,
    AGREE_NM,
    BACK_NM,
    EVEN_SHARE,
    NEWS_S,
    PLAUSIBLE_LOG_ODDS,
    SURE_AFTER_S,
    is_surely_over,
    whole_lifts,
)
from tests.estimation.leg_forces import Judged, Lift, judged, legs, noise_scale

REST_S, SET = 4.0, 4
HELD = Lift(REST_S, top_deg=20.0, up_s=1.6, hold_s=3.6, down_s=1.5)
LIFTS = tuple(replace(HELD, begin_s=HELD.begin_s + 9.0 * k) for k in range(SET))
SPAN_S = LIFTS[-1].end_s + REST_S
# As a real person lifted who was asked to lift too low.
SMALL = Lift(6.0, top_deg=7.5, up_s=0.8, hold_s=3.9, down_s=0.95)


@cache
def held() -> Judged:
    """Return what is made of the set by a slightly restless body."""
    return judged(legs(SPAN_S, *LIFTS) + noise_scale(SPAN_S, 1))


@cache
def segment_of(*lifts: Lift, span_s: float, seed: int = 1) -> Segment:
    """Return the last stretch of somebody who lies from 0 s on, nothing of it finished."""
    lying = judged(legs(span_s, *lifts) + noise_scale(span_s, seed))
    segment = Segment.of(lying.windows[-1], -math.inf)
    assert segment is not None
    return segment


def lifts_in(segment: Segment, *found: RefinedRep, log_odds: float = 4.0) -> list[RefinedRep]:
    return whole_lifts(segment, found, lambda _: log_odds)


def rep(start_s: float, end_s: float) -> RefinedRep:
    """Return a repetition that was found."""
    return RefinedRep(
        start_s=start_s, top_s=start_s + 0.5, lower_s=end_s - 0.5, end_s=end_s,
        up_s=0.0, hold_s=0.0, down_s=0.0, angle_deg=30.0, front_shift_mm=0.0,
    )  # fmt: skip


def test_long_holds_at_twenty_degrees_are_found_and_none_twice() -> None:
    found = held().refined_reps
    assert SET - 1 <= len(found) <= SET  # the first may lack one beside it
    assert all(before.end_s < after.start_s for before, after in pairwise(found))
    held_s = [rep.lower_s - rep.top_s for rep in found]
    assert median(held_s) == pytest.approx(HELD.hold_s, abs=1.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_quick_lifts_of_seven_degrees_held_for_seconds_are_found(seed: int) -> None:
    small = [replace(SMALL, begin_s=SMALL.begin_s + 6.8 * k) for k in range(3)]
    found = judged(
        legs(small[-1].end_s + REST_S, *small) + noise_scale(small[-1].end_s + REST_S, seed)
    ).refined_reps
    assert [x.start_s for x in found] == pytest.approx([x.begin_s for x in small], abs=0.5)
    assert [x.end_s for x in found] == pytest.approx([x.end_s for x in small], abs=0.5)
    assert all(4.0 < x.angle_deg < 11.0 for x in found)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_body_without_lifts_has_none(seed: int) -> None:
    assert list(judged(legs(40.0) + noise_scale(40.0, seed)).refined_reps) == []
    large = Lift(4.0)
    segment = segment_of(large, span_s=20.0, seed=seed)
    assert lifts_in(segment, rep(large.begin_s, large.end_s)) == []


@pytest.mark.parametrize(("log_odds", "are_lifts"), [(0.01, True), (0.0, True), (-0.01, False)])
def test_what_stands_out_is_a_lift_only_if_it_is_plausible(
    log_odds: float, are_lifts: bool
) -> None:
    segment = Segment.of(held().windows[-1], -math.inf)
    assert segment is not None
    found = lifts_in(segment, log_odds=PLAUSIBLE_LOG_ODDS[True] + log_odds)
    assert bool(found) is are_lifts


def test_what_is_found_already_is_not_found_again() -> None:
    segment = Segment.of(held().windows[-1], -math.inf)
    assert segment is not None
    (first, *_) = lifts_in(segment)
    others = lifts_in(segment, rep(first.start_s, first.end_s))
    assert all(x.start_s > first.end_s or x.end_s < first.start_s for x in others)


def test_neighbours_half_a_second_away_do_not_hide_a_quick_lift() -> None:
    quick = Lift(20.0, top_deg=16.0, up_s=1.1, hold_s=0.2, down_s=1.2)
    before, after = (
        Lift(begin_s, top_deg=16.0, up_s=1.1, hold_s=0.4, down_s=1.1)
        for begin_s in (quick.begin_s - 3.0, quick.end_s + 0.4)
    )
    segment = segment_of(before, quick, after, span_s=after.end_s + REST_S)
    assert [x.start_s for x in lifts_in(segment)] == pytest.approx(
        [x.begin_s + 0.2 for x in (before, quick, after)], abs=0.3
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_leg_that_is_still_up_has_done_no_short_lift(seed: int) -> None:
    up = replace(SMALL, begin_s=16.0, hold_s=30.0)
    segment = segment_of(SMALL, up, span_s=up.begin_s + 3.0, seed=seed)
    assert [x.start_s for x in lifts_in(segment)] == [pytest.approx(SMALL.begin_s, abs=0.5)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_landing_is_not_the_next_ascent(seed: int) -> None:
    """Of what is finished too early a landing is left, and it pushes as an ascent does."""
    next_one = replace(SMALL, begin_s=SMALL.end_s + 0.7)
    segment = segment_of(SMALL, next_one, span_s=next_one.end_s + REST_S, seed=seed)
    first = int((segment.t_s < SMALL.end_s - SMALL.down_s).sum())
    found = lifts_in(replace(segment, first=first))
    assert [x.start_s for x in found] == [pytest.approx(next_one.begin_s, abs=0.5)]


@pytest.mark.parametrize(("noise", "are_lifts"), [(2.9, True), (3.1, False)])
def test_a_body_that_shakes_has_no_small_lifts(noise: float, are_lifts: bool) -> None:
    high = replace(HELD, top_deg=30.0, up_s=1.0, down_s=1.0)
    segment = segment_of(high, span_s=high.end_s + REST_S)
    assert bool(lifts_in(replace(segment, noise_scale=noise))) is are_lifts


END_SHARE = 0.19  # of a minimum-jerk way that its last crossing is before its end


@pytest.mark.parametrize(("after_s", "is_known"), [(-0.2, False), (0.3, True)])
def test_the_end_of_a_lift_that_came_all_the_way_down_is_known_at_once(
    after_s: float, is_known: bool
) -> None:
    end_s = SMALL.end_s - END_SHARE * SMALL.down_s
    segment = segment_of(SMALL, span_s=end_s + SURE_AFTER_S + after_s, seed=2)
    assert bool(lifts_in(segment)) is is_known


@pytest.mark.parametrize(("after_s", "is_known"), [(-0.2, False), (0.3, True)])
def test_the_end_of_one_whose_moment_has_not_come_back_is_known_after_more_rest(
    after_s: float, is_known: bool
) -> None:
    end_s = SMALL.end_s - END_SHARE * SMALL.down_s
    segment = segment_of(SMALL, span_s=end_s + AFTER_S + after_s)
    away_nm = np.where(segment.t_s > SMALL.end_s - 0.5 * SMALL.down_s, 1.5 * BACK_NM, 0.0)
    assert bool(lifts_in(replace(segment, moment_nm=segment.moment_nm - away_nm))) is is_known


def ended(after_nm: float = 0.0, held_nm: float = 0.0) -> tuple[Segment, RefinedRep]:
    """Return a lift that has ended, its moment otherwise after it or at its top."""
    segment = segment_of(SMALL, span_s=SMALL.end_s + 0.6)
    x = RefinedRep(
        start_s=SMALL.begin_s, top_s=SMALL.begin_s + SMALL.up_s,
        lower_s=SMALL.end_s - SMALL.down_s, end_s=SMALL.end_s,
        up_s=0.0, hold_s=0.0, down_s=0.0, angle_deg=SMALL.top_deg, front_shift_mm=0.0,
    )  # fmt: skip
    t_s = segment.t_s
    leg = segment.model.moment_nm(*np.radians([SMALL.top_deg, 0.0, 0.0]))
    is_up = (t_s > x.top_s - 0.5) & (t_s < x.lower_s + 0.5)
    moment_nm = np.where(is_up, leg - held_nm, 0.0) + np.where(t_s > x.end_s, after_nm, 0.0)
    return replace(segment, moment_nm=moment_nm), x


@pytest.mark.parametrize(
    ("share", "is_over"), [(0.2, False), (EVEN_SHARE - 0.05, False), (0.63, True), (1.0, True)]
)
def test_a_leg_that_came_down_by_less_than_it_went_up_may_have_sagged(
    share: float, is_over: bool
) -> None:
    assert is_surely_over(*ended(), share) is is_over
    assert is_surely_over(*ended(), EVEN_SHARE + 0.05)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize(("share", "is_over"), [(0.95, True), (1.05, False)])
def test_a_leg_is_not_surely_down_while_its_moment_is_elsewhere(
    share: float, is_over: bool, sign: float
) -> None:
    assert is_surely_over(*ended(after_nm=sign * share * BACK_NM), 1.0) is is_over


@pytest.mark.parametrize(("share", "is_over"), [(0.95, True), (1.05, False)])
def test_a_leg_that_stood_higher_than_it_is_read_did_not_come_down_from_there(
    share: float, is_over: bool
) -> None:
    assert is_surely_over(*ended(held_nm=share * AGREE_NM), 1.0) is is_over


@pytest.mark.parametrize(("ago_s", "is_over"), [(0.95, True), (1.05, False)])
def test_what_ended_longer_ago_full_looks_have_seen(ago_s: float, is_over: bool) -> None:
    segment, x = ended()
    x = replace(x, end_s=float(segment.t_s[-1]) - ago_s * NEWS_S)
    assert is_surely_over(segment, x, 1.0) is is_over
