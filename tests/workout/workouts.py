"""Somebody in the midst of a short workout, and what is heard and reported of it."""

from __future__ import annotations

from matfw.messages import Announcement, SetChanged, SetState, WorkoutChanged
from matfw.settings.plans import PlanSettings
from matfw.workout.states import COUNT_IN_S, State
from tests.workout.played import Played

SHORT = PlanSettings(name="short", reps=2, sets_a_side=1, rest_s=20.0)


def states(person: Played) -> list[str]:
    return [e.state.value for e in person.events if isinstance(e, WorkoutChanged)]


def sets(person: Played, state: SetState) -> list[SetChanged]:
    return [e for e in person.events if isinstance(e, SetChanged) and e.state is state]


def state(person: Played) -> State:
    return person.coach.state


def in_set(plan: PlanSettings = SHORT) -> Played:
    """Return somebody whose first set has begun."""
    person = Played(plan)
    person.lie(plan.first_side)
    person.wait_for(Announcement.LIE_LEFT)
    person.wiggle()
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.2)
    assert state(person) is State.SET
    return person


def cues(person: Played) -> list[str]:
    return [cue.value for _, cue in person.heard]
