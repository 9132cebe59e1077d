"""How a set begins: the side is asked for, confirmed and counted in."""

from __future__ import annotations

import pytest

from matfw.messages import Announcement, SetState, Side
from matfw.workout.states import ARM_S, ASK_AGAIN_S, ASK_TIMES, COUNT_IN_S, State
from tests.workout.played import STEP_S, Played
from tests.workout.workouts import SHORT, cues, in_set, sets, state, states


def test_two_seconds_of_stillness_arm_it() -> None:
    person = Played(SHORT)
    person.wait(30.0)
    assert person.heard == []
    person.lie(Side.LEFT)  # known after 1.5 s of stillness
    lay_s = person.t_s
    person.wait_for(Announcement.LIE_LEFT)
    assert person.heard[-1][0] - lay_s == pytest.approx(ARM_S, abs=2 * STEP_S)
    assert states(person) == ["started"]


@pytest.mark.parametrize("confirms", ["wiggle", "tap"])
def test_a_side_is_confirmed_and_counted_in(confirms: str) -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait_for(Announcement.LIE_LEFT)
    person.wiggle() if confirms == "wiggle" else person.tap(2)
    person.wait(0.1)
    assert state(person) is State.READY
    assert person.judged_side is Side.LEFT
    person.wait_for(Announcement.GET_READY)
    began_s = person.heard[-1][0]
    person.wait(COUNT_IN_S + 0.5)
    assert state(person) is State.SET
    assert person.coach.since_s - began_s == pytest.approx(COUNT_IN_S, abs=2.1 * STEP_S)


def test_the_other_side_is_noticed_by_a_wiggle() -> None:
    person = Played(SHORT)
    person.lie(Side.RIGHT)
    person.wait_for(Announcement.LIE_LEFT)
    person.wiggle()
    assert person.wait_for(Announcement.WRONG_SIDE, max_s=2.0)
    assert state(person) is State.ASK
    person.lie(Side.LEFT)
    person.wait(1.0)
    person.wiggle()
    assert person.wait_for(Announcement.GET_READY, max_s=2.0)


def test_the_wrong_side_is_announced_and_nothing_counts() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait(SHORT.rest_s + 12.0)
    assert cues(person)[-3:] == ["lie_right", "wrong_side", "lie_right"] or "wrong_side" in cues(
        person
    )
    person.rep()
    person.wait(3.0)
    assert state(person) is State.ASK
    assert len(sets(person, SetState.STARTED)) == 1


def test_who_is_asked_and_says_nothing_is_taken_at_the_plans_word() -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait(ARM_S + ASK_AGAIN_S * ASK_TIMES + COUNT_IN_S + 1.0)
    assert cues(person) == ["lie_left"] * ASK_TIMES + ["get_ready"]
    assert state(person) is State.SET


def test_an_eager_lift_begins_the_set_and_counts() -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait_for(Announcement.LIE_LEFT)
    person.wait(2.0)
    person.rep(rest_s=2.0)
    assert len(sets(person, SetState.STARTED)) == 1
    assert person.coach.progress.rep == 1
