"""Between two repetitions that are far apart, a set lacks one: it is looked for there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from matfw.messages import RefinedRep
from matfw.refinement.gap_lifts import (
    GAP_S,
    LAST_GAP_S,
    MIN_LOG_ODDS,
    RESTED_LOG_ODDS,
    RESTED_S,
    SURE_LOG_ODDS,
    gap_lifts,
    with_gaps_filled,
)
from matfw.refinement.missed_lifts import IN_SET_S
from matfw.refinement.refine import refine
from matfw.refinement.refinement import Refinement
from matfw.refinement.segment import Segment
from tests.estimation.leg_forces import Lift, legs, noise_scale, window_of
from tests.refinement.test_plausibility import EDGE, rep_at

FIRST, SMALL, LAST = Lift(2.0), Lift(11.0, top_deg=15.0), Lift(20.0)
SPAN_S = LAST.end_s + 3.0
# How far apart the ends are of the lifts that explain one: the widest and the narrowest.
WIDER_S = 0.4
Weigh = Callable[[RefinedRep], RefinedRep]


def segment_with(*lifts: Lift, span_s: float = SPAN_S) -> Segment:
    forces = legs(span_s, *lifts) + noise_scale(span_s, 5, 0.8)
    segment = Segment.of(window_of(forces), -math.inf)
    assert segment is not None
    return segment


def of(lift: Lift, log_odds: float = 5.0) -> RefinedRep:
    """Return a lift as it was found."""
    return replace(
        rep_at(lift.begin_s + 0.3, log_odds), end_s=lift.end_s - 0.4, angle_deg=lift.top_deg
    )


def weigh(log_odds: float) -> Weigh:
    return lambda x: replace(x, plausibility=log_odds)


def lifts_of(
    segment: Segment,
    found: Sequence[RefinedRep],
    weighed: Weigh,
    *,
    finished_s: float = -math.inf,
    is_left: bool = False,
) -> list[RefinedRep]:
    return gap_lifts(segment, found, weighed, finished_s=finished_s, is_left=is_left)


THREE, TWO = segment_with(FIRST, SMALL, LAST), segment_with(FIRST, LAST)
NEIGHBOURS = of(FIRST), of(LAST)


def test_the_lift_that_a_set_lacks_is_found_where_it_was() -> None:
    (found,) = lifts_of(THREE, NEIGHBOURS, weigh(MIN_LOG_ODDS))
    assert found.start_s == pytest.approx(SMALL.begin_s + 0.3, abs=0.5)
    assert found.end_s == pytest.approx(SMALL.end_s - 0.5, abs=0.7)
    assert found.angle_deg == pytest.approx(SMALL.top_deg, abs=4.0)


def test_where_a_body_only_rests_there_is_none() -> None:
    assert lifts_of(TWO, NEIGHBOURS, weigh(9.0)) == []


@pytest.mark.parametrize(
    ("rest_s", "log_odds", "is_found"),
    [
        (RESTED_S + 0.1, RESTED_LOG_ODDS, True),
        (RESTED_S + 0.1, RESTED_LOG_ODDS - EDGE, False),
        (RESTED_S - WIDER_S, MIN_LOG_ODDS, True),
        (RESTED_S - WIDER_S, MIN_LOG_ODDS - EDGE, False),
    ],
)
@pytest.mark.parametrize("is_before", [True, False], ids=["before it", "after it"])
def test_it_must_look_like_a_leg_raise_and_more_so_without_rests(
    rest_s: float, log_odds: float, is_found: bool, is_before: bool
) -> None:
    before, after = NEIGHBOURS
    (lift,) = lifts_of(THREE, NEIGHBOURS, weigh(9.0))
    if is_before:
        before = replace(before, end_s=lift.start_s - rest_s)
    else:
        after = replace(after, start_s=lift.end_s + rest_s)
    assert bool(lifts_of(THREE, (before, after), weigh(log_odds))) is is_found


@pytest.mark.parametrize(
    ("is_left", "log_odds", "is_found"),
    [(True, RESTED_LOG_ODDS, True), (True, RESTED_LOG_ODDS - EDGE, False), (False, 9.0, False)],
)
def test_after_the_last_one_it_is_looked_for_once_somebody_gets_up(
    is_left: bool, log_odds: float, is_found: bool
) -> None:
    segment = segment_with(FIRST, SMALL, span_s=SMALL.end_s + 0.5)
    found = lifts_of(segment, NEIGHBOURS[:1], weigh(log_odds), is_left=is_left)
    assert bool(found) is is_found


@pytest.mark.parametrize(("more_s", "is_tried"), [(0.1, True), (-0.1, False)])
def test_after_the_last_one_there_must_be_room_for_it(more_s: float, is_tried: bool) -> None:
    quick = Lift(11.0, top_deg=15.0, up_s=1.2, hold_s=0.8, down_s=1.4)
    segment = segment_with(FIRST, quick, span_s=quick.end_s + 0.4)
    last = replace(NEIGHBOURS[0], end_s=float(segment.t_s[-1]) - LAST_GAP_S - more_s)
    assert bool(lifts_of(segment, [last], weigh(9.0), is_left=True)) is is_tried


@pytest.mark.parametrize(("more_s", "is_tried"), [(0.0, True), (-0.01, False)])
def test_there_must_be_room_for_it_and_two_rests(more_s: float, is_tried: bool) -> None:
    after = replace(NEIGHBOURS[1], start_s=SMALL.end_s + 1.5)
    before = replace(NEIGHBOURS[0], end_s=after.start_s - GAP_S - more_s)
    assert bool(lifts_of(THREE, (before, after), weigh(9.0))) is is_tried


@pytest.mark.parametrize(("log_odds", "is_tried"), [(0.0, True), (-EDGE, False)])
def test_both_beside_it_must_be_repetitions(log_odds: float, is_tried: bool) -> None:
    doubted = of(LAST, SURE_LOG_ODDS + log_odds)
    assert bool(lifts_of(THREE, (NEIGHBOURS[0], doubted), weigh(9.0))) is is_tried


def test_before_the_first_of_all_nothing_is_lacking() -> None:
    assert lifts_of(THREE, NEIGHBOURS[1:], weigh(9.0)) == []


@pytest.mark.parametrize(
    ("ago_s", "log_odds", "is_found"),
    [
        (IN_SET_S - 0.1, MIN_LOG_ODDS, True),
        (IN_SET_S - 0.1, MIN_LOG_ODDS - EDGE, False),
        (IN_SET_S + 0.1, MIN_LOG_ODDS, False),
    ],
)
def test_a_gap_may_begin_before_what_is_here_to_be_seen(
    ago_s: float, log_odds: float, is_found: bool
) -> None:
    """The rest before a lift is not known then."""
    cut = segment_with(SMALL, LAST)
    finished_s = float(cut.t_s[0]) - ago_s
    found = lifts_of(cut, NEIGHBOURS[1:], weigh(log_odds), finished_s=finished_s)
    assert [x.start_s for x in found] == pytest.approx([SMALL.begin_s + 0.3] * is_found, abs=0.5)


def test_where_nothing_was_done_at_all_nothing_is_lacking() -> None:
    assert lifts_of(THREE, (), weigh(9.0), is_left=True) == []


def test_a_gap_may_lack_two() -> None:
    """The likeliest one is put there, and what is left beside it is a gap again."""
    other = replace(SMALL, begin_s=20.0, top_deg=36.0)
    segment = segment_with(FIRST, SMALL, other, Lift(29.0), span_s=38.0)
    found = lifts_of(segment, (NEIGHBOURS[0], of(Lift(29.0))), weigh(MIN_LOG_ODDS))
    starts_s = [SMALL.begin_s + 0.3, other.begin_s + 0.3]
    assert [x.start_s for x in found] == pytest.approx(starts_s, abs=0.5)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_high_one_of_a_body_that_shakes_is_not_taken_for_a_lower_one(seed: int) -> None:
    """A fit that begins with a small lift stays at 29 degrees."""
    lift, noise = replace(SMALL, top_deg=36.0), 4.0
    forces = legs(SPAN_S, FIRST, lift, LAST) + noise_scale(SPAN_S, seed, noise)
    segment = Segment.of(replace(window_of(forces), noise_scale=noise), -math.inf)
    assert segment is not None
    (found,) = lifts_of(segment, NEIGHBOURS, weigh(MIN_LOG_ODDS))
    assert found.angle_deg == pytest.approx(lift.top_deg, abs=4.0)


def test_what_explains_most_but_is_no_leg_raise_hides_none_that_is() -> None:
    """A body that sways has places where a shape explains more than at the lift."""
    swayed_s = 18.0
    segment = segment_with(FIRST, SMALL, Lift(20.0), Lift(29.0), span_s=38.0)

    def weigh_by_place(x: RefinedRep) -> RefinedRep:
        return replace(x, plausibility=MIN_LOG_ODDS if x.end_s < swayed_s else -2.0)

    (found,) = lifts_of(segment, (NEIGHBOURS[0], of(Lift(29.0))), weigh_by_place)
    assert found.start_s == pytest.approx(SMALL.begin_s + 0.3, abs=0.5)


def test_what_was_finished_is_a_neighbour_too() -> None:
    found = lifts_of(THREE, NEIGHBOURS[1:], weigh(9.0), finished_s=NEIGHBOURS[0].end_s)
    assert len(found) == 1


@pytest.mark.parametrize("room_s", [3.0, 4.0, 5.0])
def test_it_never_reaches_into_its_neighbours(room_s: float) -> None:
    """Else it would take their place."""
    near = replace(NEIGHBOURS[1], start_s=SMALL.begin_s + room_s)
    before = replace(NEIGHBOURS[0], end_s=near.start_s - GAP_S)
    for x in lifts_of(THREE, (before, near), weigh(9.0)):
        assert before.end_s <= x.start_s
        assert x.end_s <= near.start_s


def test_it_takes_the_place_of_what_hardly_was_one() -> None:
    lift, doubted = of(SMALL), of(Lift(13.0), -2.0)
    found = with_gaps_filled([NEIGHBOURS[0], doubted, NEIGHBOURS[1]], [lift])
    assert found == [NEIGHBOURS[0], lift, NEIGHBOURS[1]]


@pytest.mark.parametrize(("lifts", "count"), [((FIRST, SMALL), 1), ((FIRST,), 0)])
def test_who_gets_up_after_all_was_looked_at_may_have_done_one_more(
    lifts: Sequence[Lift], count: int
) -> None:
    """A lift that no filter noticed."""
    span_s = SMALL.end_s + 0.5
    forces = legs(span_s, *lifts) + noise_scale(span_s, 5, 0.8)
    window = replace(window_of(forces), is_left=True, ended_s=FIRST.end_s)
    found = refine(window, FIRST.end_s - 0.4)
    assert [x.start_s for x in found] == pytest.approx([SMALL.begin_s + 0.3] * count, abs=0.5)


@pytest.mark.parametrize("is_left", [True, False])
def test_a_movement_that_was_over_is_looked_at_again_only_as_somebody_gets_up(
    is_left: bool,
) -> None:
    first, last = of(FIRST), of(SMALL)
    looks = iter([[first], [last]])
    refinement = Refinement(lambda *_: next(looks))
    window = window_of(legs(SMALL.end_s + 4.0, FIRST, SMALL))
    assert refinement.refine(window) == [first]
    again = replace(window, ended_s=FIRST.end_s, is_left=is_left)
    assert refinement.refine(again) == ([last] if is_left else [])


@pytest.mark.parametrize("top_deg", [12.0, 18.0])
def test_before_a_lift_that_is_news_a_gap_is_looked_into_as_well(top_deg: float) -> None:
    """What a look finishes is the last that is known of what came before it."""
    quick = Lift(18.9, top_deg=top_deg, up_s=0.8, hold_s=0.6, down_s=0.8)
    span_s = quick.end_s + 0.65
    forces = legs(span_s, FIRST, SMALL, quick) + noise_scale(span_s, 5, 0.8)
    window = replace(window_of(forces), is_early=True, is_news=True, ended_s=quick.end_s)
    found = refine(window, FIRST.end_s - 0.4)
    starts_s = [SMALL.begin_s + 0.3, quick.begin_s + 0.2]
    assert [x.start_s for x in found] == pytest.approx(starts_s, abs=0.5)
