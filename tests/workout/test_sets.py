"""Sets are counted, and fatigue is reported of a set that lost time or range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.messages import Fault, Rep, Side, Verdict
from matfw.workout.plan import Plan
from matfw.workout.sets import LOOK_S, MISSED_REPS, REST_S, SET_PAUSE_S, Progress, Workout

REP = Rep(
    rep=1,
    t_s=17.0,
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
    verdict=Verdict.CLEAN,
    faults=(),
    side=Side.LEFT,
)
EVERY_S = 8.0


def reps(count: int, first_s: float = 10.0) -> list[Rep]:
    return [
        replace(REP, start_s=first_s + k * EVERY_S, end_s=first_s + k * EVERY_S + 5.0)
        for k in range(count)
    ]


def counted(all_reps: Sequence[Rep], reps_per_set: int) -> list[Progress]:
    workout = Workout(Plan(reps_per_set))
    return [workout.update(rep) for rep in all_reps]


@given(st.integers(1, 20), st.integers(1, 60))
def test_reps_are_counted_into_full_sets(per_set: int, count: int) -> None:
    progress = counted(reps(count), per_set)
    for number, each in enumerate(progress):
        assert each.rep == number % per_set + 1
        assert each.set_number == number // per_set + 1
        assert each.is_set_done is ((number + 1) % per_set == 0)
    assert progress[-1].clean == count


@pytest.mark.parametrize(("pause_s", "set_number"), [(SET_PAUSE_S, 1), (SET_PAUSE_S + 0.001, 2)])
def test_a_long_pause_begins_a_new_set(pause_s: float, set_number: int) -> None:
    first = REP
    second = replace(REP, start_s=REP.end_s + pause_s, end_s=REP.end_s + pause_s + 5.0)
    assert counted([first, second], 15)[-1].set_number == set_number


@pytest.mark.parametrize(("share", "set_number"), [(0.99, 1), (1.01, 2)])
def test_a_set_of_slow_repetitions_is_not_over_because_some_were_missed(
    share: float, set_number: int
) -> None:
    first = replace(REP, end_s=REP.start_s + 36.0)
    start_s = first.end_s + share * MISSED_REPS * (36.0 + REST_S)
    second = replace(REP, start_s=start_s, end_s=start_s + 36.0)
    assert counted([first, second], 15)[-1].set_number == set_number


def test_verdicts_are_counted_apart() -> None:
    verdicts = [Verdict.CLEAN, Verdict.FAULT, Verdict.UNSURE, Verdict.UNSURE]
    reported = [replace(rep, verdict=v) for rep, v in zip(reps(4), verdicts, strict=True)]
    last = counted(reported, 15)[-1]
    assert (last.clean, last.faulty, last.unsure) == (1, 1, 2)


def tired_reps(count: int) -> list[Rep]:
    return [
        replace(rep, down_s=3.0 - 0.2 * k, angle_deg=38.0 - k) for k, rep in enumerate(reps(count))
    ]


def test_fatigue_is_only_reported_when_the_set_is_done() -> None:
    progress = counted(tired_reps(12), 12)
    assert [each.fatigue is not None for each in progress] == [False] * 11 + [True]


WAIT_S = SET_PAUSE_S + 5.0 + LOOK_S  # a lift may begin at the pause's end, and is to be judged


@pytest.mark.parametrize(("late_s", "is_gone"), [(1.0, True), (WAIT_S + 0.01, False)])
def test_fatigue_is_reported_once_of_a_set_that_they_break_off(
    late_s: float, is_gone: bool
) -> None:
    workout = Workout(Plan(15))
    for rep in tired_reps(11):
        last = workout.update(rep)
    ends_s = tired_reps(11)[-1].end_s
    assert last.fatigue is None
    assert workout.ended_early(ends_s + WAIT_S - 0.1, is_gone=False) is None, "they may go on"
    tired = workout.ended_early(ends_s + late_s, is_gone=is_gone)
    assert tired is not None
    assert tired.fault is Fault.FATIGUE
    assert workout.progress.fatigue == tired
    assert not workout.progress.is_set_done
    assert workout.ended_early(ends_s + 90.0, is_gone=True) is None, "reported once"


@pytest.mark.parametrize("is_fresh_again", [False, True])
def test_what_was_reported_of_a_set_stays_though_they_finish_it(is_fresh_again: bool) -> None:
    workout, all_reps = Workout(Plan(12)), tired_reps(12)
    for rep in all_reps[:10]:
        workout.update(rep)
    tired = workout.ended_early(all_reps[9].end_s + 1.0, is_gone=True)
    assert tired is not None
    for rep in reps(12)[10:] if is_fresh_again else all_reps[10:]:
        assert workout.update(rep).fatigue == tired
    assert workout.progress.is_set_done


def test_a_set_that_is_resumed_was_looked_at_before() -> None:
    workout, all_reps = Workout(Plan(15)), tired_reps(12)
    workout.resume(all_reps[:11])
    assert workout.progress.rep == 11
    assert workout.ended_early(900.0, is_gone=True) is None, "nobody has come yet"
    workout.update(all_reps[11])
    assert workout.ended_early(901.0, is_gone=True) is not None


def test_the_last_repetition_counts_though_it_is_judged_when_they_have_gone() -> None:
    workout, all_reps = Workout(Plan(15)), tired_reps(12)
    workout.update(all_reps[0])
    assert workout.ended_early(60.0, is_gone=True) is None, "one says nothing"
    for rep in all_reps[1:]:
        workout.update(rep)
    assert workout.ended_early(61.0, is_gone=True) is not None


def test_the_next_set_is_fresh_again() -> None:
    workout = Workout(Plan(15))
    for rep in tired_reps(11):
        workout.update(rep)
    assert workout.ended_early(500.0, is_gone=False) is not None
    assert workout.update(replace(REP, start_s=900.0, end_s=905.0)).fatigue is None
    assert workout.ended_early(990.0, is_gone=True) is None


def test_after_a_reset_the_first_set_begins() -> None:
    workout = Workout(Plan(15))
    first = [workout.update(rep) for rep in reps(20)]
    workout.reset()
    assert [workout.update(rep) for rep in reps(20)] == first


def test_a_rest_is_between_two_sets_and_its_end_is_reported_once() -> None:
    workout = Workout(Plan(reps=2, sets=2, rest_s=40.0))
    first, second, third, last = (workout.update(rep) for rep in reps(4))
    done_s = reps(4)[1].end_s
    assert (first.rest_until_s, second.rest_until_s) == (None, done_s + 40.0)
    assert third.rest_until_s is None, "begun early: the rest is over"
    assert (second.is_workout_done, last.is_workout_done) == (False, True)
    assert last.rest_until_s is None, "nothing comes after the last set"


@pytest.mark.parametrize(("early_s", "is_over"), [(0.001, False), (0.0, True)])
def test_a_rest_lasts_as_long_as_asked(early_s: float, is_over: bool) -> None:
    workout = Workout(Plan(reps=1, sets=2, rest_s=40.0))
    end_s = workout.update(REP).rest_until_s
    assert end_s == REP.end_s + 40.0
    assert workout.is_rest_over(end_s - early_s) is is_over
    assert workout.is_rest_over(end_s) is not is_over
    assert not workout.is_rest_over(end_s + 1.0)
    assert workout.progress.rest_until_s is None


def test_another_plan_keeps_the_place_in_the_set() -> None:
    workout = Workout(Plan(reps=15))
    for rep in reps(3):
        workout.update(rep)
    workout.change(Plan(reps=4, sets=1))
    last = workout.update(reps(4)[-1])
    assert (last.rep, last.is_set_done, last.is_workout_done) == (4, True, True)
