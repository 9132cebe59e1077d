"""What comes beside a person's repetitions is judged by what those were like."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from msgspec import structs

from matfw.judging.verdicts import PLAUSIBLE_LOG_ODDS
from matfw.messages import RefinedRep
from matfw.refinement.missed_lifts import IN_SET_S
from matfw.refinement.own_lifts import (
    FORGOTTEN_S,
    MIN_OWN,
    MIN_REST_S,
    MIN_RESTS,
    MOST_FILLED,
    MOST_LOG_ODDS,
    NO_REST_LOG_ODDS,
    NO_REST_SHARE,
    NO_RESTS_LOG_ODDS,
    REMEMBERED,
    OwnLifts,
)
from matfw.refinement.refine import SURE_AFTER_S
from matfw.refinement.refinement import IN_SET_LOG_ODDS, Refinement
from matfw.refinement.windows import AGAIN_S, SETTLE_S, RepWindow
from tests.refinement.test_refinement import FEW, WHOLE_S, played

LASTS_S, REST_S = 5.0, 2.5
ODDS = 4.0  # that most true repetitions have
EDGE_S = 0.02


def rep_at(start_s: float, *, plates_agree: bool = False, log_odds: float = ODDS) -> RefinedRep:
    return RefinedRep(
        start_s=start_s, top_s=start_s + 1.2, lower_s=start_s + 3.0, end_s=start_s + LASTS_S,
        up_s=2.0, hold_s=1.0, down_s=3.0, angle_deg=38.0, front_shift_mm=0.0,
        plausibility=log_odds, plates_agree=plates_agree,
    )  # fmt: skip


def one_after_the_other(
    count: int, rest_s: float = REST_S, *, plates_agree: bool = False
) -> list[RefinedRep]:
    return [
        rep_at(10.0 + number * (LASTS_S + rest_s), plates_agree=plates_agree)
        for number in range(count)
    ]


def own(reps: list[RefinedRep]) -> OwnLifts:
    lifts = OwnLifts()
    for rep in reps:
        lifts.add(rep)
    return lifts


def changed_by(reps: list[RefinedRep], rep: RefinedRep, *after: RefinedRep) -> float:
    return own(reps).judged(rep, after).plausibility - rep.plausibility


def later(reps: list[RefinedRep], by_s: float) -> list[RefinedRep]:
    return [replace(x, start_s=x.start_s + by_s, end_s=x.end_s + by_s) for x in reps]


@pytest.mark.parametrize(("more_s", "log_odds"), [(-EDGE_S, NO_REST_LOG_ODDS), (EDGE_S, 0.0)])
def test_what_begins_as_soon_as_the_leg_is_down_is_doubted(more_s: float, log_odds: float) -> None:
    reps = one_after_the_other(MIN_OWN)
    rep = rep_at(reps[-1].end_s + NO_REST_SHARE * REST_S + more_s)
    assert changed_by(reps, rep) == pytest.approx(log_odds)


@pytest.mark.parametrize(
    ("more_s", "log_odds"), [(-EDGE_S, NO_RESTS_LOG_ODDS), (EDGE_S, NO_REST_LOG_ODDS)]
)
def test_what_fills_the_rest_until_the_next_lift_is_none(more_s: float, log_odds: float) -> None:
    reps = one_after_the_other(MIN_OWN)
    rep = rep_at(reps[-1].end_s)
    after = rep_at(rep.end_s + NO_REST_SHARE * REST_S + more_s)
    assert changed_by(reps, rep, after) == pytest.approx(log_odds)
    assert ODDS + NO_RESTS_LOG_ODDS < 0.0


def test_what_rested_before_is_not_doubted_for_what_comes_at_once_after_it() -> None:
    reps = one_after_the_other(MIN_OWN)
    rep = rep_at(reps[-1].end_s + REST_S)
    assert changed_by(reps, rep, rep_at(rep.end_s)) == 0.0


@pytest.mark.parametrize(
    ("log_odds", "next_log_odds", "is_none"),
    [
        (3.0, 3.0, True),
        (3.0, 2.9, False),
        (MOST_LOG_ODDS + 4.0, MOST_LOG_ODDS, True),
        (MOST_LOG_ODDS + 4.0, MOST_LOG_ODDS - 0.1, False),
    ],
)
def test_of_two_that_follow_at_once_the_less_likely_fills_the_rest(
    log_odds: float, next_log_odds: float, is_none: bool
) -> None:
    reps = one_after_the_other(MIN_OWN)
    rep = rep_at(reps[-1].end_s, log_odds=log_odds)
    after = rep_at(rep.end_s, log_odds=next_log_odds)
    assert changed_by(reps, rep, after) == pytest.approx(
        NO_RESTS_LOG_ODDS if is_none else NO_REST_LOG_ODDS
    )


@pytest.mark.parametrize(("rests", "is_doubted"), [(MIN_RESTS, True), (MIN_RESTS - 1, False)])
def test_who_has_not_rested_yet_may_go_on_at_once(rests: int, is_doubted: bool) -> None:
    reps = one_after_the_other(rests + 1)
    assert (changed_by(reps, rep_at(reps[-1].end_s)) < 0.0) is is_doubted


@pytest.mark.parametrize(
    ("rest_s", "is_doubted"), [(MIN_REST_S - EDGE_S, False), (MIN_REST_S + EDGE_S, True)]
)
def test_who_hardly_rests_may_go_on_at_once(rest_s: float, is_doubted: bool) -> None:
    reps = one_after_the_other(MIN_OWN, rest_s)
    assert (changed_by(reps, rep_at(reps[-1].end_s)) < 0.0) is is_doubted


@pytest.mark.parametrize(("more_s", "is_doubted"), [(-EDGE_S, True), (EDGE_S, False)])
def test_the_time_between_two_sets_is_no_rest_of_a_set(more_s: float, is_doubted: bool) -> None:
    reps = one_after_the_other(MIN_OWN, IN_SET_S + more_s)
    assert (changed_by(reps, rep_at(reps[-1].end_s)) < 0.0) is is_doubted


@pytest.mark.parametrize(("more_s", "is_doubted"), [(-EDGE_S, True), (EDGE_S, False)])
def test_after_a_long_pause_somebody_else_may_lie_there(more_s: float, is_doubted: bool) -> None:
    reps = one_after_the_other(MIN_OWN, plates_agree=True)
    again = rep_at(reps[-1].end_s + FORGOTTEN_S + more_s, plates_agree=True)
    rep = rep_at(again.end_s)
    assert (changed_by([*reps, again], rep) < 0.0) is is_doubted
    assert (changed_by([*reps, again], rep_at(rep.start_s + REST_S)) < 0.0) is is_doubted
    reps += later(reps, again.start_s - reps[0].start_s)
    assert changed_by(reps, rep_at(reps[-1].end_s)) < 0.0


@pytest.mark.parametrize(("log_odds", "is_counted"), [(2.1, True), (1.9, False)])
def test_a_usual_lift_outweighs_one_missing_rest_and_a_sway_does_not(
    log_odds: float, is_counted: bool
) -> None:
    """Sways that began so and rested after it had 0.6 to 2.0; lifts, 4 (tuning people)."""
    looks, end_s = set_of_three()
    rep = rep_at(end_s, log_odds=log_odds)
    looks.append((window_at(rep.end_s + 9.0, ended_s=rep.end_s, is_left=True), [rep]))
    assert bool(told(looks)[-1]) is is_counted


@pytest.mark.parametrize(("seen", "is_counted"), [(8, False), (4, True)])
def test_plates_weigh_as_often_as_they_saw_this_persons_lifts(seen: int, is_counted: bool) -> None:
    """Log-odds of 2.9, the most that one had which such plates did not see (tuning people)."""
    reps = one_after_the_other(8)
    reps = [replace(x, plates_agree=number < seen) for number, x in enumerate(reps)]
    odds = 2.9 + changed_by(reps, rep_at(reps[-1].end_s + REST_S))
    assert (odds >= IN_SET_LOG_ODDS) is is_counted


def test_plates_that_saw_each_lift_and_not_this_one_speak_against_it() -> None:
    few, many = (
        changed_by(reps, rep_at(reps[-1].end_s + REST_S))
        for reps in (one_after_the_other(n, plates_agree=True) for n in (MIN_OWN, REMEMBERED))
    )
    assert many < few < 0.0
    assert ODDS + many > PLAUSIBLE_LOG_ODDS  # what all else speaks for is counted


@pytest.mark.parametrize("count", [MIN_OWN, REMEMBERED])
def test_plates_that_see_nobody_leave_say_nothing(count: int) -> None:
    reps = one_after_the_other(count)
    assert changed_by(reps, rep_at(reps[-1].end_s + REST_S)) == 0.0


def test_plates_that_saw_this_one_say_nothing_more_of_it() -> None:
    seen = one_after_the_other(REMEMBERED, plates_agree=True)
    assert changed_by(seen, rep_at(seen[-1].end_s + REST_S, plates_agree=True)) == 0.0
    unseen = one_after_the_other(MIN_OWN - 1, plates_agree=True)
    assert changed_by(unseen, rep_at(unseen[-1].end_s + REST_S)) == 0.0


@pytest.mark.parametrize(("more_s", "is_doubted"), [(-EDGE_S, True), (EDGE_S, False)])
def test_the_first_one_after_a_long_pause_is_not_compared(more_s: float, is_doubted: bool) -> None:
    reps = one_after_the_other(REMEMBERED, plates_agree=True)
    first = rep_at(reps[-1].end_s + FORGOTTEN_S + more_s)
    assert (changed_by(reps, first) < 0.0) is is_doubted


def test_slow_lifts_say_nothing_of_the_plates() -> None:
    slow = [replace(x, plausibility=math.inf) for x in one_after_the_other(REMEMBERED)]
    seen = later(one_after_the_other(MIN_OWN, plates_agree=True), slow[-1].end_s)
    rep = rep_at(seen[-1].end_s + REST_S)
    assert changed_by([*slow, *seen], rep) == changed_by(seen, rep)


@pytest.mark.parametrize(("count", "usual_s"), [(MIN_OWN - 1, 0.0), (MIN_OWN, LASTS_S)])
def test_how_long_this_persons_lifts_take_is_known_from_some_on(count: int, usual_s: float) -> None:
    assert own(one_after_the_other(count)).usual_s == pytest.approx(usual_s)


def test_one_that_took_longer_or_less_does_not_change_what_is_usual() -> None:
    reps = one_after_the_other(4)
    brief = replace(reps[-1], end_s=reps[-1].start_s + 1.0)
    lifts = own([*reps[:-1], brief])
    assert lifts.usual_s == lifts.copy().usual_s == pytest.approx(LASTS_S)


def test_after_a_long_pause_it_is_not_known_how_long_a_lift_takes() -> None:
    reps = one_after_the_other(MIN_OWN)
    assert own([*reps, rep_at(reps[-1].end_s + FORGOTTEN_S + 1.0)]).usual_s == 0.0


def test_each_is_reported_with_what_those_before_it_took() -> None:
    reps = one_after_the_other(MIN_OWN + 1)
    window = played(WHOLE_S, *FEW)[0]
    at_s = reps[-1].end_s + AGAIN_S
    motions = (structs.replace(window.motions[-1], t_s=at_s),)
    window = replace(window, motions=motions, ended_s=reps[-1].end_s)
    found = Refinement(lambda _window, _finished_s: reps).refine(window)
    assert [x.usual_s for x in found] == pytest.approx([0.0] * MIN_OWN + [LASTS_S])


def test_what_is_tried_on_a_copy_is_not_remembered() -> None:
    reps = one_after_the_other(MIN_OWN, plates_agree=True)
    lifts = own(reps[:-1])
    lifts.copy().add(reps[-1])
    rep = rep_at(reps[-1].end_s)
    assert lifts.judged(rep, ()) == rep
    assert own(reps).copy().judged(rep, ()) == own(reps).judged(rep, ())


def told(looks: list[tuple[RepWindow, list[RefinedRep]]]) -> list[list[float]]:
    """Return the starts of what each look reports."""
    found = iter(x for _, x in looks)
    refinement = Refinement(lambda _window, _known_s: next(found))
    return [[x.start_s for x in refinement.refine(window)] for window, _ in looks]


def window_at(now_s: float, *, ended_s: float, is_left: bool = False) -> RepWindow:
    window = played(WHOLE_S, *FEW)[0]
    return replace(
        window,
        motions=(structs.replace(window.motions[-1], t_s=now_s),), ended_s=ended_s, is_left=is_left,
    )  # fmt: skip


def set_of_three() -> tuple[list[tuple[RepWindow, list[RefinedRep]]], float]:
    reps = one_after_the_other(MIN_OWN)
    looks = [(window_at(x.end_s + 1e-3, ended_s=x.end_s, is_left=True), [x]) for x in reps]
    return looks, reps[-1].end_s


@pytest.mark.parametrize("is_settled", [True, False])
def test_without_a_rest_before_it_a_movement_waits_for_the_rest_after_it(is_settled: bool) -> None:
    looks, end_s = set_of_three()
    rep = rep_at(end_s)
    now_s = rep.end_s + SURE_AFTER_S + 0.1
    soon = window_at(now_s, ended_s=now_s - SETTLE_S)
    looks.append((soon, [rep]))
    if is_settled:
        looks.append((window_at(now_s + 2.0, ended_s=now_s - SETTLE_S), [rep]))
    assert told(looks)[MIN_OWN:] == ([[], [rep.start_s]] if is_settled else [[]])


def test_what_fills_a_rest_is_left_out_and_the_next_lift_is_counted() -> None:
    looks, end_s = set_of_three()
    ghost = rep_at(end_s)
    after = rep_at(ghost.end_s)
    now_s = after.end_s + SURE_AFTER_S + 0.1
    looks.append((window_at(now_s, ended_s=now_s - SETTLE_S), [ghost, after]))
    assert told(looks)[MIN_OWN:] == [[after.start_s]]


def test_who_ceases_to_rest_loses_no_more_than_a_sway_could_fill() -> None:
    """Each of them is as likely as the next one; a look sees all that is not reported yet."""
    looks, end_s = set_of_three()
    reps = []
    for _ in range(8):
        reps.append(rep_at(end_s + 0.1))
        end_s = reps[-1].end_s
    for number, rep in enumerate(reps):
        now_s = rep.end_s + SURE_AFTER_S + 0.1
        looks.append((window_at(now_s, ended_s=now_s - SETTLE_S), reps[: number + 1]))
    starts = [start_s for each in told(looks) for start_s in each]
    assert len(starts) == MIN_OWN + len(reps) - MOST_FILLED


@pytest.mark.parametrize(("share", "is_told"), [(0.98, False), (1.02, True)])
def test_none_waits_for_longer_than_a_settled_look_would(share: float, is_told: bool) -> None:
    """Somebody who fidgets never rests for so long: each fidget is a movement that ends."""
    looks, end_s = set_of_three()
    rep = rep_at(end_s)
    now_s = rep.end_s + share * AGAIN_S
    looks.append((window_at(now_s, ended_s=now_s - SETTLE_S), [rep]))
    assert told(looks)[-1] == ([rep.start_s] if is_told else [])


@pytest.mark.parametrize(("ago_s", "is_told"), [(0.0, False), (SURE_AFTER_S + 0.01, True)])
def test_an_early_look_finishes_nothing_before_a_movement_that_goes_on(
    ago_s: float, is_told: bool
) -> None:
    """A leg that sags in its hold and rises again is no repetition and the next."""
    looks, end_s = set_of_three()
    rep = rep_at(end_s + REST_S)
    waits = rep_at(rep.end_s + 0.1)
    window = replace(window_at(waits.end_s + ago_s, ended_s=waits.end_s), is_early=True)
    looks.append((window, [rep, waits]))
    assert told(looks)[-1] == ([rep.start_s] if is_told else [])


def test_what_is_none_keeps_nothing_waiting() -> None:
    looks, end_s = set_of_three()
    none = rep_at(end_s, log_odds=-5.0)
    rep = rep_at(none.end_s + REST_S, log_odds=IN_SET_LOG_ODDS + 0.1)
    now_s = rep.end_s + SURE_AFTER_S + 0.1
    looks.append((window_at(now_s, ended_s=now_s - SETTLE_S), [none, rep]))
    assert told(looks)[-1] == [rep.start_s]


def test_of_whoever_is_weighed_anew_nothing_is_known() -> None:
    looks, end_s = set_of_three()
    rep = rep_at(end_s)
    now_s = rep.end_s + SURE_AFTER_S + 0.1
    window = window_at(now_s, ended_s=now_s - SETTLE_S)
    other = replace(window, model=replace(window.model, moment_kgm=1.1 * window.model.moment_kgm))
    assert told([*looks, (window, [rep])])[-1] == []
    assert told([*looks, (other, [rep])])[-1] == [rep.start_s]
