"""What interrupts a set: getting off, taps, and an end that is offered."""

from __future__ import annotations

from matfw.messages import Announcement, SetState, Side
from matfw.settings.plans import PlanSettings
from matfw.workout.states import IDLE_S, OFFER_S, State
from tests.workout.played import Done, made_rep
from tests.workout.workouts import cues, in_set, sets, state, states


def test_getting_off_pauses_and_lying_down_goes_on() -> None:
    person = in_set()
    person.rep()
    person.get_off()
    person.wait(5.0)
    person.lie(Side.LEFT)
    person.wait(2.0)
    person.rep(rest_s=3.0)
    assert states(person) == ["started", "paused", "resumed"]
    assert [c for c in cues(person) if c in ("paused", "resumed")] == ["paused", "resumed"]
    assert sets(person, SetState.DONE)[0].reps == 2


def test_the_last_repetition_before_getting_off_counts() -> None:
    person = in_set()
    person.rep()
    person.rep(rest_s=0.0)
    person.get_off()
    person.wait(2.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]


def test_two_taps_pause_and_go_on_and_what_is_done_between_does_not_count() -> None:
    person = in_set()
    person.tap(2)
    assert state(person) is State.STOPPED
    person.wait(0.5)
    person.rep(rest_s=2.0)
    person.tap(2)
    person.wait(1.5)
    assert person.coach.progress.rep == 0
    person.rep(rest_s=2.0)
    assert person.coach.progress.rep == 1


def test_three_taps_end_the_set_after_the_repetition_that_is_being_measured() -> None:
    person = in_set(PlanSettings(name="long", reps=9, sets_a_side=1, rest_s=20.0))
    person.rep()
    person.rep(rest_s=0.1)
    person.tap(3)
    person.wait(3.0)
    assert [(e.reps, e.clean) for e in sets(person, SetState.DONE)] == [(2, 2)]
    assert state(person) is State.REST


def test_a_set_that_stops_early_is_offered_and_may_be_finished() -> None:
    person = in_set()
    person.rep()
    assert person.wait_for(Announcement.UNFINISHED, max_s=40.0)
    person.rep(rest_s=3.0)
    assert sets(person, SetState.DONE)[0].reps == 2


def test_an_offer_that_nobody_takes_ends_the_set() -> None:
    person = in_set()
    person.rep()
    person.wait(IDLE_S + OFFER_S + 5.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [1]


def test_a_repetition_that_ends_takes_an_offer_even_if_its_lift_was_not_seen() -> None:
    person = in_set()
    person.rep()
    assert person.wait_for(Announcement.UNFINISHED, max_s=40.0)
    assert state(person) is State.OFFERED
    done = made_rep(2, person.t_s, person.t_s + 6.0, Done(), Side.LEFT)
    person.wait(6.7)
    person.coach.finish_rep(done, ())
    person.wait(0.3)
    assert state(person) is not State.OFFERED
