"""A workout that is stopped outside of a set, changed, or was interrupted."""

from __future__ import annotations

import pytest
from msgspec import structs

from matfw.messages import Announcement, RestChanged, RestState, SetState, Side
from matfw.settings.plans import PlanSettings
from matfw.workout.stage import Ask
from matfw.workout.states import State
from tests.workout.played import Played
from tests.workout.workouts import SHORT, cues, in_set, sets, state, states


def test_another_tempo_or_number_keeps_the_place_and_another_side_begins_again() -> None:
    person = in_set(PlanSettings(name="p", reps=5, sets_a_side=1))
    person.rep()
    person.wait(2.0)
    slower = structs.replace(person.settings, reps=4, tempo_s=(3.0, 1.0, 3.0))
    person.coach.change(slower.plan())
    person.wait(1.0)
    assert person.coach.progress.rep == 1
    assert (person.coach.state, person.coach.progress.reps_per_set) == (State.SET, 4)
    assert person.coach.guide.tempo.up_s == 3.0
    person.coach.change(structs.replace(slower, first_side=Side.RIGHT).plan())
    assert person.coach.progress.rep == 0


def test_a_rest_that_is_stopped_does_not_run_out_until_it_goes_on() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait_for(Announcement.LIE_RIGHT)
    person.wait(2.0)
    heard = len(person.heard)
    person.ask(Ask.HOLD)
    assert state(person) is State.PARKED
    person.wait(60.0)
    assert [cue.value for _, cue in person.heard[heard:]] == ["paused"]
    assert states(person) == ["started", "paused"]
    person.ask(Ask.GO_ON)
    assert person.wait_for(Announcement.LIE_RIGHT, Announcement.GET_READY)
    assert states(person) == ["started", "paused", "resumed"]
    rests = [e.state for e in person.events if isinstance(e, RestChanged)]
    assert rests == [RestState.STARTED, RestState.OVER]


@pytest.mark.parametrize("before_s", [0.0, 3.0])
def test_asking_and_counting_in_stand_when_stopped(before_s: float) -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait_for(Announcement.LIE_LEFT)
    if before_s:
        person.wiggle()
        person.wait_for(Announcement.GET_READY)
    person.ask(Ask.HOLD)
    assert state(person) is State.PARKED
    person.rep()
    person.wait(30.0)
    assert not sets(person, SetState.STARTED), "nothing is counted, and nothing counted in"
    person.tap(2)
    person.wait_for(Announcement.RESUMED)
    person.wait_for(Announcement.GET_READY, Announcement.LIE_LEFT)


def test_a_stop_while_the_last_repetition_is_measured_stands_once_it_is() -> None:
    person = in_set()
    person.rep()
    person.wait(2.0)
    person.tap(3)
    assert state(person) is State.ENDING
    person.ask(Ask.HOLD)
    person.wait(5.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [1]
    assert state(person) is State.PARKED


def test_an_interrupted_session_is_offered_by_its_cue_to_who_lies_down() -> None:
    person = Played(SHORT)
    person.ask(Ask.OFFER)
    person.wait(5.0)
    assert cues(person) == [], "nobody is there to hear it"
    person.lie(Side.LEFT)
    person.wait_for(Announcement.UNFINISHED)
    person.wait_for(Announcement.LIE_LEFT)
    person.wait(40.0)
    assert cues(person).count("unfinished") == 1
    person = in_set()
    person.ask(Ask.OFFER)
    person.wait(5.0)
    assert "unfinished" not in cues(person), "too late"
