"""A movement that several looks saw clearly, and the last one does not, is not lost."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from msgspec import structs

from matfw.messages import RefinedRep
from matfw.refinement.refine import AGREE_DEG, SURE_AFTER_S
from matfw.refinement.refinement import (
    IN_SET_LOG_ODDS,
    LOST_LOG_ODDS,
    SAME_END_S,
    Refinement,
)
from matfw.refinement.windows import AGAIN_S, RepWindow
from tests.estimation.leg_forces import noise_scale, window_of
from tests.refinement.test_plausibility import EDGE, rep_at

BEFORE = rep_at(2.0, 5.0)  # a set has begun
# No shape fits it, and no two looks see the same end: so no early look finishes it.
SEEN = replace(rep_at(10.0, LOST_LOG_ODDS), fit_error_deg=2.0 * AGREE_DEG)
ENDS_S = SEEN.end_s, SEEN.end_s + 2.0 * SAME_END_S
LEFT_S, LATE_S = ENDS_S[1] + SURE_AFTER_S + 0.1, ENDS_S[1] + AGAIN_S

Look = tuple[RepWindow, list[RefinedRep]]


def look(now_s: float, *found: RefinedRep, is_early: bool = False, is_left: bool = False) -> Look:
    motion = structs.replace(window_of(noise_scale(1.0, 1)).motions[-1], t_s=now_s)
    window = window_of(noise_scale(1.0, 1))
    window = replace(
        window, motions=(motion,), ended_s=now_s, is_early=is_early, is_left=is_left
    )  # fmt: skip
    return window, list(found)


def seen(*found: RefinedRep) -> list[Look]:
    """Return early looks that see something each, and each another end of it."""
    return [
        look(end_s + SURE_AFTER_S, replace(x, end_s=end_s), is_early=True)
        for x, end_s in zip(found, ENDS_S, strict=False)
    ]


def last_reported(*looks: Look) -> list[float]:
    """Return the starts of what the last look reports, of a set that has begun."""
    looks = look(BEFORE.end_s + AGAIN_S, BEFORE), *looks
    left = iter(found for _, found in looks)
    refinement = Refinement(lambda _window, _known_s: next(left))
    return [[x.start_s for x in refinement.refine(window)] for window, _ in looks][-1]


@pytest.mark.parametrize(("log_odds", "is_reported"), [(0.0, True), (-EDGE, False)])
def test_what_two_looks_saw_is_reported_when_its_person_leaves(
    log_odds: float, is_reported: bool
) -> None:
    """A repetition that has ended is reported, however soon the person gets up."""
    clear = replace(SEEN, plausibility=LOST_LOG_ODDS + log_odds)
    left = look(LEFT_S, is_left=True)
    assert last_reported(*seen(clear, clear), left) == [SEEN.start_s] * is_reported


def test_what_one_look_alone_saw_is_not() -> None:
    clear = replace(SEEN, plausibility=9.0)
    assert last_reported(*seen(clear), look(LEFT_S, is_left=True)) == []


@pytest.mark.parametrize(("more_s", "is_reported"), [(0.0, True), (-0.1, False)])
def test_it_is_reported_once_all_of_its_rest_is_known(more_s: float, is_reported: bool) -> None:
    assert last_reported(*seen(SEEN, SEEN), look(LATE_S + more_s)) == [SEEN.start_s] * is_reported


def test_an_early_look_that_does_not_see_it_reports_nothing() -> None:
    assert last_reported(*seen(SEEN, SEEN), look(LATE_S, is_early=True)) == []


@pytest.mark.parametrize("is_news", [False, True], ids=["early", "a landing's"])
def test_a_look_that_finishes_the_next_one_reports_it_too(is_news: bool) -> None:
    """Until then alone there is a time at which it could be."""
    following = rep_at(LATE_S, 5.0)
    window, found = look(following.end_s + SURE_AFTER_S, following, is_early=True)
    last = replace(window, is_news=is_news), found
    assert last_reported(*seen(SEEN, SEEN), last) == [SEEN.start_s, following.start_s]


@pytest.mark.parametrize(("rest_s", "is_reported"), [(0.9, True), (0.1, False)])
def test_what_began_as_the_leg_landed_is_not_brought_back(rest_s: float, is_reported: bool) -> None:
    """A body sways then, and nobody else saw it."""
    first = rep_at(2.0, 5.0)
    second = rep_at(first.end_s + 3.0, 5.0)
    swayed = replace(rep_at(second.end_s + rest_s, 5.0), fit_error_deg=2.0 * AGREE_DEG)
    later = replace(swayed, end_s=swayed.end_s + 2.0 * SAME_END_S)
    found = last_reported(
        look(second.end_s + AGAIN_S, first, second),
        look(swayed.end_s + SURE_AFTER_S, swayed, is_early=True),
        look(later.end_s + SURE_AFTER_S, later, is_early=True),
        look(later.end_s + AGAIN_S),
    )
    assert found == [swayed.start_s] * is_reported


def test_where_the_last_look_sees_something_else_that_counts_alone() -> None:
    longer = replace(rep_at(9.0, 5.0), end_s=ENDS_S[1] + 1.0)
    found = last_reported(*seen(SEEN, SEEN), look(longer.end_s + AGAIN_S, longer))
    assert found == [longer.start_s]


@pytest.mark.parametrize("part_of", ["beginning", "end"])
def test_a_part_of_it_that_is_hardly_a_leg_raise_neither_speaks_against_it_nor_hides_it(
    part_of: str,
) -> None:
    """A sway parts a lift in two, and each part is looked at by itself then."""
    half_s = 0.5 * (SEEN.start_s + SEEN.end_s)
    doubted = replace(SEEN, plausibility=IN_SET_LOG_ODDS - EDGE)
    is_first = part_of == "beginning"
    part = replace(doubted, end_s=half_s) if is_first else replace(doubted, start_s=half_s)
    assert last_reported(*seen(SEEN, SEEN), look(LATE_S, part)) == [SEEN.start_s]


def test_looks_that_saw_parts_of_it_say_nothing_for_it() -> None:
    half_s = 0.5 * (SEEN.start_s + SEEN.end_s)
    part = replace(SEEN, start_s=half_s + 0.1)
    assert last_reported(*seen(SEEN, part), look(LATE_S)) == []


def test_it_is_reported_once() -> None:
    assert last_reported(*seen(SEEN, SEEN), look(LATE_S), look(LATE_S + 3.0)) == []


def test_a_slow_lift_that_was_not_weighed_is_not_taken_for_a_clear_one() -> None:
    slow = replace(SEEN, plausibility=math.inf)
    assert last_reported(*seen(slow, slow), look(LATE_S)) == []
