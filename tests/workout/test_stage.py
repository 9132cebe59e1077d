"""Without a plan nobody is led: cues go through, and a rest's end calls whoever lies there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from matfw.judging.faults import FAULTS
from matfw.judging.row import About
from matfw.messages import (
    Announcement,
    Cue,
    Fault,
    Motion,
    Phase,
    PhaseStep,
    Presence,
    Side,
    Verdict,
)
from matfw.workout.plan import Plan
from matfw.workout.sets import SET_PAUSE_S
from matfw.workout.stage import FreeSets, WorkoutMoment
from matfw.workout.states import NOT_LYING_S
from tests.workout.test_sets import REP, tired_reps

SOUNDED = Fault.OFF_MAT  # how somebody lies is to be heard at any time


def moment(t_s: float, presence: Presence, phase: Phase) -> WorkoutMoment:
    return WorkoutMoment(
        t_s=t_s,
        motion=Motion(t_s=t_s, presence=presence),
        phase=PhaseStep(t_s=t_s, phase=phase, changed=False, since_s=0.0),
        requests=[SOUNDED],
    )


@pytest.mark.parametrize(
    ("late_s", "presence", "phase", "is_called"),
    [
        (0.0, Presence.LYING, Phase.REST, True),
        (0.0, Presence.LYING, Phase.UP, False),
        (0.0, Presence.EMPTY, Phase.REST, False),
        (-0.01, Presence.LYING, Phase.REST, False),
    ],
)
def test_the_end_of_a_rest_calls_whoever_lies_there_and_does_nothing(
    late_s: float, presence: Presence, phase: Phase, is_called: bool
) -> None:
    free = FreeSets(Plan(reps=1, sets=2, rest_s=40.0))
    free.finish_rep(REP, ())
    asks = free.update(moment(REP.end_s + 40.0 + late_s, presence, phase))
    assert asks.requests == ((SOUNDED, Announcement.READY) if is_called else [SOUNDED])
    assert (asks.side, tuple(asks.events)) == (None, ())


@pytest.mark.parametrize(
    ("reps", "sets", "after_s", "is_asked"),
    [
        (2, 2, 1.0, True),  # a set has begun, and goes on
        (1, 2, 1.0, False),  # its rest: they may sit up
        (1, 2, 40.1, True),
        (1, 1, 90.0, False),  # the last one is done
    ],
)
def test_nobody_is_asked_to_lie_still_between_sets_or_after_the_last(
    reps: int, sets: int, after_s: float, is_asked: bool
) -> None:
    free = FreeSets(Plan(reps=reps, sets=sets, rest_s=40.0))
    free.finish_rep(REP, ())
    moving = moment(REP.end_s + after_s, Presence.UNSETTLED, Phase.REST)
    free.update(moving)
    asked = free.update(structs.replace(moving, requests=[Announcement.LIE_STILL])).requests
    assert list(asked) == ([Announcement.LIE_STILL] if is_asked else [])


def test_the_side_that_a_belt_tells_holds_until_they_are_gone() -> None:
    free = FreeSets(Plan())
    lying = (Presence.LYING, Phase.REST)

    def asked(t_s: float, sensed: Side, presence: Presence, phase: Phase) -> Side | None:
        return free.update(structs.replace(moment(t_s, presence, phase), sensed=sensed)).side

    assert asked(1.0, Side.UNKNOWN, *lying) is None
    assert asked(2.0, Side.LEFT, Presence.UNSETTLED, Phase.REST) is None
    assert asked(3.0, Side.LEFT, *lying) is Side.LEFT
    assert asked(4.0, Side.LEFT, *lying) is None, "reported once"
    assert asked(5.0, Side.RIGHT, Presence.LYING, Phase.UP) is None, "not while a leg is up"
    assert asked(6.0, Side.UNKNOWN, *lying) is None, "the belt is dead, they still lie there"
    assert free.side is Side.LEFT
    assert asked(6.0 + NOT_LYING_S - 0.01, Side.UNKNOWN, Presence.EMPTY, Phase.REST) is None
    assert asked(6.0 + NOT_LYING_S, Side.UNKNOWN, Presence.EMPTY, Phase.REST) is Side.UNKNOWN
    assert free.side is None


LIVE = [row.fault for row in FAULTS if row.live is not None]
AT_ANY_TIME = {row.fault for row in FAULTS if row.about is About.POSTURE}


def asked_at(free: FreeSets, t_s: float, *cues: Cue) -> tuple[list[Cue], list[Fault]]:
    """Return which of these are let through then, and which are withheld."""
    lifting = moment(t_s, Presence.LYING, Phase.UP)
    asked = free.update(structs.replace(lifting, requests=list(cues)))
    return list(asked.requests), list(asked.withheld)


@pytest.mark.parametrize("fault", LIVE)
def test_a_live_fault_of_a_lift_sounds_at_once_from_the_first_repetition_on(fault: Fault) -> None:
    free = FreeSets(Plan())
    before = asked_at(free, 9.0, fault, Announcement.READY)
    free.finish_rep(REP, ())
    after = asked_at(free, REP.end_s + 3.0, fault)
    assert after == ([fault], [])
    if fault in AT_ANY_TIME:
        assert before == ([fault, Announcement.READY], [])
    else:
        assert before == ([Announcement.READY], [fault])


@pytest.mark.parametrize(("more_s", "is_heard"), [(0.0, True), (0.01, False)])
@pytest.mark.parametrize("reps", [1, 15])
def test_after_a_sets_pause_no_live_fault_of_a_lift_sounds_at_once(
    reps: int, more_s: float, is_heard: bool
) -> None:
    free = FreeSets(Plan(reps=reps))
    free.finish_rep(REP, ())
    heard, withheld = asked_at(free, REP.end_s + SET_PAUSE_S + more_s, Fault.KICK, SOUNDED)
    assert heard == [Fault.KICK, SOUNDED] * is_heard + [SOUNDED] * (not is_heard)
    assert withheld == [Fault.KICK] * (not is_heard)


def test_at_a_slow_tempo_a_set_goes_on_for_longer() -> None:
    free = FreeSets(Plan())
    slow = replace(REP, end_s=REP.start_s + 36.0)
    free.finish_rep(slow, ())
    assert asked_at(free, slow.end_s + SET_PAUSE_S + 10.0, Fault.DROP) == ([Fault.DROP], [])


def test_a_workout_that_begins_again_has_no_repetition_yet() -> None:
    free = FreeSets(Plan())
    free.finish_rep(REP, ())
    free.reset()
    assert asked_at(free, REP.end_s + 1.0, Fault.KICK) == ([], [Fault.KICK])


@pytest.mark.parametrize(
    ("verdict", "cues"),
    [
        (Verdict.CLEAN, [Announcement.REP]),
        (Verdict.UNSURE, [Announcement.UNSURE]),
        (Verdict.FAULT, [Fault.DROP]),
    ],
)
def test_a_repetition_is_passed_on_as_it_is(verdict: Verdict, cues: list[object]) -> None:
    rep = replace(REP, verdict=verdict)
    unreported = [Fault.DROP] if verdict is Verdict.FAULT else []
    assert FreeSets(Plan()).finish_rep(rep, unreported) == (rep, cues)


@pytest.mark.parametrize(
    ("presence", "late_s", "is_reported"),
    [
        (Presence.EMPTY, 1.0, True),
        (Presence.LYING, 1.0, False),
        (Presence.UNSETTLED, 1.0, False),
        (Presence.LYING, 26.0, False),
        (Presence.LYING, 35.0, True),
        (Presence.UNSETTLED, 35.0, False),
    ],
)
def test_whoever_breaks_a_set_off_tired_is_reported_once(
    presence: Presence, late_s: float, is_reported: bool
) -> None:
    free, reps = FreeSets(Plan(15)), tired_reps(11)
    for rep in reps:
        assert Fault.FATIGUE not in free.finish_rep(rep, ())[1]
    asked = [
        free.update(moment(reps[-1].end_s + late_s + after_s, presence, Phase.REST)).requests
        for after_s in (0.0, 0.05)
    ]
    cues = (SOUNDED, Fault.FATIGUE) if is_reported else [SOUNDED]
    assert asked == [cues, [SOUNDED]]


def after_tiring(plan_reps: int, done: int) -> tuple[FreeSets, float]:
    """Return a set of which so many are done, tiring, and when the last of them ended."""
    free, reps = FreeSets(Plan(plan_reps)), tired_reps(done)
    for rep in reps:
        free.finish_rep(rep, ())
    return free, reps[-1].end_s


def is_reported(free: FreeSets, at: WorkoutMoment) -> bool:
    return Fault.FATIGUE in free.update(at).requests


def test_a_lift_that_may_still_count_into_the_set_is_waited_for() -> None:
    """It starts 24 s after the last one's end, and takes twice as long."""
    free, end_s = after_tiring(12, 10)
    for late_s in np.arange(0.0, 24.0, 0.5):
        assert not is_reported(free, moment(end_s + late_s, Presence.LYING, Phase.REST))
    for late_s in np.arange(24.0, 34.0, 0.5):
        assert not is_reported(free, moment(end_s + late_s, Presence.LYING, Phase.UP))
    for late_s in np.arange(34.0, 36.5, 0.5):
        resting = moment(end_s + late_s, Presence.LYING, Phase.REST)
        phase = structs.replace(resting.phase, since_s=end_s + 34.0) if resting.phase else None
        assert not is_reported(free, structs.replace(resting, phase=phase)), "it is still looked at"
    late = replace(REP, start_s=end_s + 24.0, end_s=end_s + 34.0)
    free.finish_rep(late, ())
    assert (free.progress.rep, free.progress.set_number) == (11, 1)


def test_whoever_comes_back_and_finishes_hears_it_once() -> None:
    free, end_s = after_tiring(12, 10)
    assert is_reported(free, moment(end_s + 1.0, Presence.EMPTY, Phase.REST))
    cues = [cue for rep in tired_reps(12)[10:] for cue in free.finish_rep(rep, ())[1]]
    assert Announcement.SET_DONE in cues
    assert Fault.FATIGUE not in cues
    assert free.progress.fatigue is not None


def test_nothing_is_reported_of_a_set_that_is_resumed_before_anybody_came() -> None:
    free = FreeSets(Plan(15))
    free.resume([tired_reps(11)])
    assert not is_reported(free, moment(900.0, Presence.EMPTY, Phase.REST))


def test_what_could_not_be_heard_is_reported_once_the_mat_can_judge() -> None:
    free, end_s = after_tiring(15, 11)
    gone = moment(end_s + 1.0, Presence.EMPTY, Phase.REST)
    assert not is_reported(free, structs.replace(gone, can_judge=False))
    assert is_reported(free, gone)
    assert not is_reported(free, gone)
