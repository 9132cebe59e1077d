"""A leg raise is distinguished from what else people do on a mat, by one score."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from matfw.judging.reasons import HARDLY_ONE
from matfw.judging.verdicts import CLEAN_LOG_ODDS, PLAUSIBLE_LOG_ODDS, Conditions, judge
from matfw.messages import (
    Event,
    FaultSeen,
    Limits,
    Presence,
    RefinedRep,
    Rep,
    Side,
    Tempo,
    Verdict,
)
from matfw.refinement.missed_lifts import IN_SET_S
from matfw.refinement.own_lifts import FORGOTTEN_S
from matfw.refinement.plausibility import (
    NAMES,
    features,
)
from matfw.refinement.refine import SURE_AFTER_S, refine
from matfw.refinement.refinement import (
    FIRST_LOG_ODDS,
    IN_SET_LOG_ODDS,
    ONCE_LOG_ODDS,
    Refinement,
)
from matfw.refinement.segment import Segment
from matfw.refinement.windows import AGAIN_S, SETTLE_S, RepWindow
from matfw.service.replay import replay
from tests.accuracy.matching import match
from tests.accuracy.populations import FIRST_SEED, Job, play
from tests.estimation.leg_forces import Lift, legs, noise_scale, window_of
from tests.refinement.test_refinement import FEW, WHOLE_S, played
from tests.refinement.test_windows import BEGIN_S, REST, UP, lain

EDGE = 0.01  # log-odds to either side of a limit
SEED = FIRST_SEED["tuning"] + 90


def rep_at(start_s: float, plausibility: float) -> RefinedRep:
    return RefinedRep(
        start_s=start_s, top_s=start_s + 1.2, lower_s=start_s + 3.0, end_s=start_s + 5.0,
        up_s=2.0, hold_s=1.0, down_s=3.0, angle_deg=38.0, front_shift_mm=0.0,
        plausibility=plausibility,
    )  # fmt: skip


def reported(*looks: list[RefinedRep]) -> list[float]:
    """Return the starts of what is reported of successive looks that find this."""
    window = played(WHOLE_S, *FEW)[0]
    left = iter(looks)
    refinement = Refinement(lambda _window, _known_s: next(left))
    found: list[RefinedRep] = []
    for look in looks:
        last_s = max([rep.end_s for rep in look], default=0.0)
        found += refinement.refine(replace(window, ended_s=last_s + 1e3, is_left=True))
    return [rep.start_s for rep in found]


@pytest.mark.parametrize(("log_odds", "is_reported"), [(EDGE, True), (0.0, True), (-EDGE, False)])
def test_a_lone_movement_of_whoever_leaves_is_reported_from_plausible_odds_on(
    log_odds: float, is_reported: bool
) -> None:
    assert bool(reported([rep_at(10.0, PLAUSIBLE_LOG_ODDS + log_odds)])) is is_reported


@pytest.mark.parametrize(("log_odds", "is_reported"), [(EDGE, True), (0.0, True), (-EDGE, False)])
def test_in_a_set_less_is_enough(log_odds: float, is_reported: bool) -> None:
    sure = [[rep_at(10.0, 5.0)], [rep_at(18.0, 5.0)]]
    last = [rep_at(26.0, IN_SET_LOG_ODDS + log_odds)]
    assert (26.0 in reported(*sure, last)) is is_reported


@pytest.mark.parametrize(("rest_s", "is_reported"), [(-0.1, True), (0.1, False)])
def test_a_first_movement_is_reported_with_the_plausible_one_after_it(
    rest_s: float, is_reported: bool
) -> None:
    second = rep_at(15.0 + IN_SET_S + rest_s, 5.0)
    assert (10.0 in reported([rep_at(10.0, IN_SET_LOG_ODDS), second])) is is_reported


@pytest.mark.parametrize(("rest_s", "starts_s"), [(0.9, []), (1.1, [10.0, 18.0])])
def test_what_is_not_reported_yet_speaks_for_no_other_one(
    rest_s: float, starts_s: list[float]
) -> None:
    """The plausible one's end is not known yet, and it may turn out to be none."""
    doubted, plausible = rep_at(10.0, IN_SET_LOG_ODDS), rep_at(18.0, 5.0)
    window = played(WHOLE_S, *FEW)[0]
    now_s = plausible.end_s + rest_s * SURE_AFTER_S
    window = replace(
        window, motions=(structs.replace(window.motions[-1], t_s=now_s),), ended_s=now_s - SETTLE_S
    )
    found = Refinement(lambda _window, _known_s: [doubted, plausible]).refine(window)
    assert [x.start_s for x in found] == starts_s


FEW_ODDS = 0.8  # of a movement that more must speak for, if it is the first


def settled(rest_s: float, *found: RefinedRep) -> tuple[RepWindow, list[RefinedRep]]:
    """Return a settled look so long after the last movement it finds, and what it finds."""
    last = played(WHOLE_S, *FEW)[0]
    now_s = found[-1].end_s + rest_s
    motions = (structs.replace(last.motions[-1], t_s=now_s),)
    return replace(last, motions=motions, ended_s=found[-1].end_s), list(found)


def early(rest_s: float, *found: RefinedRep) -> tuple[RepWindow, list[RefinedRep]]:
    """Return an early look so long after the last movement it finds, and what it finds."""
    window, same = settled(rest_s, *found)
    return replace(window, is_early=True), same


def each_reported(*looks: tuple[RepWindow, list[RefinedRep]]) -> list[list[float]]:
    """Return the starts of what is reported of each look."""
    left = iter(found for _, found in looks)
    refinement = Refinement(lambda _window, _known_s: next(left))
    return [[x.start_s for x in refinement.refine(window)] for window, _ in looks]


@pytest.mark.parametrize(("log_odds", "is_reported"), [(EDGE, True), (0.0, True), (-EDGE, False)])
def test_the_first_movement_after_a_pause_needs_more_than_one_in_a_set(
    log_odds: float, is_reported: bool
) -> None:
    first = rep_at(10.0, FIRST_LOG_ODDS + log_odds)
    assert each_reported(settled(AGAIN_S, first)) == [[10.0] * is_reported]


@pytest.mark.parametrize(("pause_s", "is_reported"), [(-0.1, True), (0.1, False)])
def test_what_comes_after_a_pause_is_a_first_one_again(pause_s: float, is_reported: bool) -> None:
    before = rep_at(10.0, 5.0)
    again = rep_at(before.end_s + FORGOTTEN_S + pause_s, FEW_ODDS)
    looks = settled(AGAIN_S, before), settled(AGAIN_S, again)
    assert each_reported(*looks)[1] == [again.start_s] * is_reported


@pytest.mark.parametrize(("log_odds", "is_reported"), [(EDGE, True), (0.0, True), (-EDGE, False)])
def test_a_first_movement_waits_and_is_reported_with_what_follows_it(
    log_odds: float, is_reported: bool
) -> None:
    first, second = rep_at(10.0, FEW_ODDS), rep_at(17.0, FIRST_LOG_ODDS - FEW_ODDS + log_odds)
    looks = settled(AGAIN_S, first), settled(AGAIN_S, first, second)
    assert each_reported(*looks) == [[], [10.0, 17.0] if is_reported else []]


@pytest.mark.parametrize(("log_odds", "is_reported"), [(0.0, True), (-EDGE, False)])
def test_what_is_hardly_one_itself_speaks_for_no_first_one(
    log_odds: float, is_reported: bool
) -> None:
    many = [rep_at(17.0 + 0.1 * k, IN_SET_LOG_ODDS + log_odds) for k in range(2)]
    first = rep_at(10.0, FIRST_LOG_ODDS - 2 * IN_SET_LOG_ODDS)
    assert (10.0 in each_reported(settled(AGAIN_S, first, *many))[0]) is is_reported


@pytest.mark.parametrize(("rest_s", "is_reported"), [(-0.1, True), (0.1, False)])
def test_what_follows_too_late_speaks_for_no_first_one(rest_s: float, is_reported: bool) -> None:
    first = rep_at(10.0, FEW_ODDS)
    second = rep_at(first.end_s + IN_SET_S + rest_s, 5.0)
    assert each_reported(settled(AGAIN_S, first, second)) == [
        [10.0] * is_reported + [second.start_s]
    ]


@pytest.mark.parametrize(("rest_s", "is_reported"), [(-0.1, True), (0.1, False)])
def test_a_first_movement_that_waits_is_reported_if_nothing_more_will_be_known(
    rest_s: float, is_reported: bool
) -> None:
    """A repetition that has ended is reported, however soon the person gets up."""
    looks = [settled(more_s, rep_at(10.0, FEW_ODDS)) for more_s in (AGAIN_S, IN_SET_S + rest_s)]
    left = replace(looks[1][0], is_left=True)
    assert each_reported(looks[0], (left, looks[1][1])) == [[], [10.0] * is_reported]


@pytest.mark.parametrize(
    ("rest_s", "is_reported"),
    [(AGAIN_S + 1.0, True), (IN_SET_S - 0.5, True), (IN_SET_S + 0.5, False)],
)
@pytest.mark.parametrize("is_gone", [True, False], ids=["getting up", "the frames' end"])
def test_what_waits_is_offered_once_more_when_nothing_more_will_be_known(
    rest_s: float, is_reported: bool, is_gone: bool
) -> None:
    """Though all of it was looked at, and the body has rested since."""
    first = rep_at(BEGIN_S, FEW_ODDS)
    refinement = Refinement(
        lambda window, _: [first] if window.motions[-1].t_s > first.end_s else []
    )
    lay = lain().play(UP, first.end_s - first.start_s).play(REST, rest_s)
    assert lay.found
    assert not [x for _, window in lay.found for x in refinement.refine(window)]
    left = [lay.cutter.finish(lay.tracker)]
    if is_gone:
        before = len(lay.found)
        lay.play(structs.replace(REST, presence=Presence.EMPTY), 1.0)
        left = [window for _, window in lay.found[before:]]
    found = [x for window in left if window is not None for x in refinement.refine(window)]
    assert found == [first] * is_reported


def test_a_first_movement_that_was_none_keeps_none_after_it_waiting() -> None:
    first, sure = rep_at(10.0, FEW_ODDS), rep_at(35.0, 5.0)
    looks = settled(AGAIN_S, first), settled(AGAIN_S, first, sure)
    assert each_reported(*looks) == [[], [35.0]]


def test_who_rests_for_long_between_two_is_counted_from_the_second_on() -> None:
    rare = [rep_at(10.0 + 18.0 * k, FEW_ODDS) for k in range(5)]
    assert rare[1].start_s - rare[0].end_s > IN_SET_S
    looks = [settled(AGAIN_S, *rare[: k + 1]) for k in range(len(rare))]
    found_s = [start_s for found in each_reported(*looks) for start_s in found]
    assert found_s == [rep.start_s for rep in rare[1:]]


def test_one_that_waited_in_vain_is_not_reported_by_a_later_look_either() -> None:
    first, none = rep_at(10.0, FEW_ODDS), rep_at(28.0, -3.0)
    looks = [settled(rest_s, first, none) for rest_s in (AGAIN_S, AGAIN_S + 3.0)]
    assert looks[0][0].motions[-1].t_s - first.end_s > IN_SET_S
    assert each_reported(settled(AGAIN_S, first), *looks) == [[], [], []]


def test_what_was_no_leg_raise_makes_the_next_one_no_less_a_first_one() -> None:
    doubted, few = rep_at(10.0, PLAUSIBLE_LOG_ODDS - EDGE), rep_at(28.0, FEW_ODDS)
    looks = settled(AGAIN_S, doubted), settled(AGAIN_S, doubted, few)
    assert each_reported(*looks) == [[], []]


@pytest.mark.parametrize(("log_odds", "is_reported"), [(2.3, False), (2.7, True)])
def test_what_a_first_movement_needs_to_be_reported_at_once(
    log_odds: float, is_reported: bool
) -> None:
    assert each_reported(settled(AGAIN_S, rep_at(10.0, log_odds))) == [[10.0] * is_reported]


def test_one_lucky_look_of_many_is_not_believed() -> None:
    doubted = [[rep_at(10.0, -3.0)]] * 3
    assert reported(*doubted, [rep_at(10.0, 3.0)]) == []


def test_one_unlucky_look_only_delays() -> None:
    unlucky, good = [rep_at(10.0, -20.0)], [rep_at(10.0, 8.0)]
    assert reported(unlucky, good, good, good) == [10.0]


def test_what_was_doubted_does_not_count_against_the_next_movement() -> None:
    assert reported([rep_at(10.0, -20.0)], [rep_at(15.5, 3.0)]) == [15.5]


def test_what_is_refused_does_not_hide_what_comes_after() -> None:
    assert reported([rep_at(10.0, -5.0)], [rep_at(10.0, -5.0), rep_at(18.0, 5.0)]) == [18.0]


@pytest.mark.parametrize(
    ("log_odds", "verdict"), [(EDGE, Verdict.CLEAN), (0.0, Verdict.CLEAN), (-EDGE, Verdict.UNSURE)]
)
def test_what_hardly_fits_a_leg_raise_is_unsure(log_odds: float, verdict: Verdict) -> None:
    rep = rep_at(10.0, CLEAN_LOG_ODDS + log_odds)
    now = Conditions(limits=Limits(), tempo=Tempo(), side=Side.LEFT)
    judgement = judge(rep, (), now)
    assert judgement.verdict is verdict
    assert judgement.reason == (HARDLY_ONE if verdict is Verdict.UNSURE else "")


@pytest.mark.parametrize(("log_odds", "is_named"), [(EDGE, True), (0.0, True), (-EDGE, False)])
def test_a_fault_is_named_of_a_plausible_leg_raise_only(log_odds: float, is_named: bool) -> None:
    rep = replace(rep_at(10.0, PLAUSIBLE_LOG_ODDS + log_odds), up_s=0.4)
    now = Conditions(limits=Limits(), tempo=Tempo(), side=Side.LEFT)
    no_live_faults: tuple[FaultSeen, ...] = ()
    assert bool(judge(rep, no_live_faults, now).faults) is is_named


def test_what_is_counted_alone_is_not_yet_sure_enough_to_be_clean() -> None:
    assert IN_SET_LOG_ODDS < PLAUSIBLE_LOG_ODDS < CLEAN_LOG_ODDS


def test_a_shape_that_is_as_high_as_the_curve_differs_in_that_alone_from_one_that_is_not() -> None:
    window = played(WHOLE_S, *FEW)[0]
    segment = Segment.of(window, -math.inf)
    assert segment is not None
    [rep, *_] = refine(window)
    same, other, far = (
        features(segment, replace(rep, fit_error_deg=error_deg))
        for error_deg in (0.0, 15.0, math.inf)
    )
    at = NAMES.index("log_fit_error")
    assert same[at] < other[at] < far[at] < 4.0
    assert np.array_equal(np.delete(same, at), np.delete(far, at))


@pytest.mark.parametrize(("log_odds", "is_reported"), [(0.0, True), (-EDGE, False)])
def test_what_is_hardly_one_waits_for_a_second_early_look(
    log_odds: float, is_reported: bool
) -> None:
    before, x = rep_at(10.0, 5.0), rep_at(17.0, ONCE_LOG_ODDS + log_odds)
    looks = [settled(AGAIN_S, before), *(early(rest_s, x) for rest_s in (0.6, 0.9))]
    first, second = [17.0] * is_reported, [] if is_reported else [17.0]
    assert each_reported(*looks) == [[10.0], first, second]


def test_what_is_hardly_one_and_one_early_look_alone_saw_is_none() -> None:
    before, x, after = rep_at(10.0, 5.0), rep_at(17.0, 1.0), rep_at(24.0, 5.0)
    looks = settled(AGAIN_S, before), early(0.6, x, after), early(0.9, after)
    assert each_reported(*looks) == [[10.0], [], [24.0]]


def test_a_settled_look_does_not_wait_for_another() -> None:
    before, x = rep_at(10.0, 5.0), rep_at(17.0, 1.0)
    assert each_reported(settled(AGAIN_S, before), settled(AGAIN_S, x)) == [[10.0], [17.0]]


@pytest.mark.parametrize("size", [0.5, 1.0])
def test_small_lifts_of_a_body_that_does_not_shake_are_found(size: float) -> None:
    lifts = [Lift(4.0 + 8.0 * k, 18.0) for k in range(4)]
    span_s = lifts[-1].end_s + 4.0
    found = refine(window_of(legs(span_s, *lifts) + noise_scale(span_s, 77, size)))
    assert len(found) == len(lifts)
    assert min(x.plausibility for x in found) > PLAUSIBLE_LOG_ODDS


@pytest.mark.parametrize("number", [0, 8, 10])
def test_who_only_sways_in_a_break_did_no_repetition(number: int) -> None:
    """One sway of each passed: before such people were among the examples, or of one early look."""
    played = play(Job("other_b_resting", "core4", FIRST_SEED["tuning"] + number, number))
    reps: list[Rep] = []

    def keep(event: Event) -> None:
        if isinstance(event, Rep):
            reps.append(event)

    replay(played.mat, played.frames, keep)
    found = [at for at in match(played.truth, reps) if at is not None]
    assert len(found) == len(reps) >= len(played.truth) - 1
