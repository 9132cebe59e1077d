"""Without a plan nobody is led: cues go through, and a rest's end calls whoever lies there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.messages import Announcement, Fault, Motion, Phase, PhaseStep, Presence, Side, Verdict
from matfw.workout.plan import Plan
from matfw.workout.stage import FreeSets, WorkoutMoment
from matfw.workout.states import NOT_LYING_S
from tests.workout.test_sets import REP, tired_reps


def moment(t_s: float, presence: Presence, phase: Phase) -> WorkoutMoment:
    return WorkoutMoment(
        t_s=t_s,
        motion=Motion(t_s=t_s, presence=presence),
        phase=PhaseStep(t_s=t_s, phase=phase, changed=False, since_s=0.0),
        requests=[Fault.KICK],
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
    assert asks.requests == ((Fault.KICK, Announcement.READY) if is_called else [Fault.KICK])
    assert (asks.side, tuple(asks.events)) == (None, ())


def test_the_side_that_a_belt_tells_holds_until_they_are_gone() -> None:
    free = FreeSets(Plan())
    lying = (Presence.LYING, Phase.REST)

    def asked(t_s: float, sensed: Side, presence: Presence, phase: Phase) -> Side | None:
        return free.update(replace(moment(t_s, presence, phase), sensed=sensed)).side

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
    ("presence", "late_s", "is_told"),
    [
        (Presence.EMPTY, 1.0, True),
        (Presence.LYING, 1.0, False),
        (Presence.UNSETTLED, 1.0, False),
        (Presence.LYING, 26.0, True),
    ],
)
def test_whoever_breaks_a_set_off_tired_is_told_once(
    presence: Presence, late_s: float, is_told: bool
) -> None:
    free, reps = FreeSets(Plan(15)), tired_reps(11)
    for rep in reps:
        assert Fault.FATIGUE not in free.finish_rep(rep, ())[1]
    asked = [
        free.update(moment(reps[-1].end_s + late_s + after_s, presence, Phase.REST)).requests
        for after_s in (0.0, 0.05)
    ]
    told = (Fault.KICK, Fault.FATIGUE) if is_told else [Fault.KICK]
    assert asked == [told, [Fault.KICK]]
