"""What somebody did before they were known counts if they go on; settling does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.judging.verdicts import PLAUSIBLE_LOG_ODDS
from matfw.messages import RefinedRep
from matfw.refinement.missed_lifts import IN_SET_S
from matfw.refinement.refine import OVERLAP_S
from matfw.refinement.refinement import (
    ALIKE_HEIGHTS,
    ALIKE_TIME,
    KNOWN_LEAD_S,
    UNWEIGHED_LOG_ODDS,
    Refinement,
)
from matfw.refinement.windows import AGAIN_S
from tests.refinement.test_plausibility import EDGE, rep_at, settled

KNOWN_S = 13.0
FIRST, SECOND = rep_at(10.0, 4.0), rep_at(18.0, 4.0)
Look = tuple[RefinedRep, ...]


def reported(
    *looks: Look, known_s: float = KNOWN_S, rest_s: float = AGAIN_S, is_left: bool = False
) -> list[list[float]]:
    """Return the starts of what is reported of looks, each so long after the last it finds."""
    windows = [
        replace(settled(rest_s, *look)[0], known_s=known_s, is_left=is_left) for look in looks
    ]
    found = iter(looks)
    refinement = Refinement(lambda _window, _finished_s: list(next(found)))
    return [[x.start_s for x in refinement.refine(window)] for window in windows]


def test_who_settles_and_then_lies_still_has_done_nothing() -> None:
    assert reported((FIRST,), (FIRST,), rest_s=IN_SET_S) == [[], []]


def test_who_settles_and_gets_up_has_done_nothing() -> None:
    """Of a known person a lone lift is a repetition once they leave."""
    assert reported((FIRST,), is_left=True) == [[]]
    assert reported((FIRST,), is_left=True, known_s=5.0) == [[10.0]]


def test_who_goes_on_has_begun_with_the_first() -> None:
    assert reported((FIRST,), (FIRST, SECOND)) == [[], [10.0, 18.0]]


def test_all_count_that_were_begun_before_somebody_was_known() -> None:
    hurried = tuple(rep_at(start_s, 4.0) for start_s in (10.0, 15.5, 21.0))
    assert reported(hurried, known_s=20.0) == [[10.0, 15.5, 21.0]]


def test_what_was_begun_before_somebody_was_known_speaks_for_no_other() -> None:
    early = tuple(rep_at(start_s, 4.0) for start_s in (10.0, 15.5))
    assert reported(early, known_s=20.0) == [[]]


@pytest.mark.parametrize(("later_s", "starts_s"), [(-0.1, [10.0]), (0.1, [])])
def test_what_begins_as_somebody_becomes_known_is_none_of_settling(
    later_s: float, starts_s: list[float]
) -> None:
    known_s = FIRST.start_s + KNOWN_LEAD_S + later_s
    assert reported((FIRST,), known_s=known_s) == [starts_s]


@pytest.mark.parametrize(("log_odds", "is_counted"), [(0.0, True), (-EDGE, False)])
def test_it_must_look_like_one_by_itself(log_odds: float, is_counted: bool) -> None:
    first = rep_at(10.0, UNWEIGHED_LOG_ODDS + log_odds)
    assert reported((first, SECOND)) == [[10.0] * is_counted + [18.0]]


@pytest.mark.parametrize(
    ("share", "is_counted"),
    [
        (ALIKE_HEIGHTS[0] - EDGE, False),
        (ALIKE_HEIGHTS[0] + EDGE, True),
        (ALIKE_HEIGHTS[1] - EDGE, True),
        (ALIKE_HEIGHTS[1] + EDGE, False),
    ],
)
def test_it_must_be_about_as_high_as_the_next_one(share: float, is_counted: bool) -> None:
    first = replace(FIRST, angle_deg=share * SECOND.angle_deg)
    assert reported((first, SECOND)) == [[10.0] * is_counted + [18.0]]


@pytest.mark.parametrize(("longer_s", "is_counted"), [(-EDGE, False), (EDGE, True)])
def test_it_must_last_about_as_long_as_the_next_one(longer_s: float, is_counted: bool) -> None:
    lasts_s = ALIKE_TIME * (SECOND.end_s - SECOND.start_s) + longer_s
    first = replace(FIRST, end_s=FIRST.start_s + lasts_s)
    assert reported((first, SECOND)) == [[10.0] * is_counted + [18.0]]


def test_a_low_movement_in_between_hides_no_next_one() -> None:
    fidget = replace(rep_at(15.5, 1.0), angle_deg=5.0)
    assert reported((FIRST, fidget, rep_at(21.0, 4.0)))[0][0] == 10.0


@pytest.mark.parametrize(("log_odds", "is_counted"), [(0.0, True), (-EDGE, False)])
def test_the_next_one_must_be_one_by_itself(log_odds: float, is_counted: bool) -> None:
    second = rep_at(18.0, PLAUSIBLE_LOG_ODDS + log_odds)
    assert (10.0 in reported((FIRST, second))[0]) is is_counted


@pytest.mark.parametrize(
    ("rest_s", "is_counted"),
    [(-0.9 * OVERLAP_S, True), (IN_SET_S - 0.1, True), (IN_SET_S + 0.1, False)],
)
def test_the_next_one_must_follow_it(rest_s: float, is_counted: bool) -> None:
    second = rep_at(FIRST.end_s + rest_s, 4.0)
    assert reported((FIRST, second)) == [[10.0] * is_counted + [second.start_s]]


def test_a_movement_that_is_refused_makes_the_next_one_no_other_than_a_first_one() -> None:
    """Somebody who only settled has not begun: the next one needs what a first one needs."""
    settling = rep_at(10.0, UNWEIGHED_LOG_ODDS - EDGE)
    lone = rep_at(18.0, PLAUSIBLE_LOG_ODDS)
    assert reported((settling, lone), (settling, lone), rest_s=IN_SET_S) == [[], []]
