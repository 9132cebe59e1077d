"""Between sets: how a rest ends, is skipped, or is left."""

from __future__ import annotations

import pytest

from matfw.messages import Announcement, Presence, SetState, Side
from matfw.settings.plans import PlanSettings
from matfw.workout.plan import SideOrder
from matfw.workout.stage import Ask
from matfw.workout.states import GIVE_UP_S, State
from tests.workout.played import STEP_S, Played
from tests.workout.workouts import SHORT, cues, in_set, sets, state, states


def test_a_rest_says_ten_seconds_and_counts_in_on_the_same_side() -> None:
    plan = PlanSettings(
        name="r", reps=1, sets_a_side=2, rest_s=20.0, order=SideOrder.ONE_SIDE_FIRST
    )
    person = in_set(plan)
    rep = person.rep()
    person.wait(21.0)
    at_s = {cue.value: t_s - rep.end_s for t_s, cue in person.heard}
    assert at_s["rest_ten"] == pytest.approx(10.0, abs=0.2)
    assert at_s["get_ready"] == pytest.approx(17.0, abs=0.2)
    assert [e.t_s - rep.end_s for e in sets(person, SetState.STARTED)][1] == pytest.approx(
        20.0, abs=4 * STEP_S
    )


@pytest.mark.parametrize("how", ["tap", "console"])
def test_a_rest_can_be_skipped(how: str) -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait(3.0)
    assert state(person) is State.REST
    person.tap(2) if how == "tap" else person.ask(Ask.SKIP_REST)
    person.wait(1.0)
    assert state(person) is State.ASK


def test_the_end_of_a_rest_is_heard_from_beside_the_mat() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.get_off()
    assert person.wait_for(Announcement.REST_OVER, max_s=30.0)


def test_to_lie_still_is_asked_of_whoever_is_waited_for_and_not_of_who_rests() -> None:
    person = Played(SHORT)
    person.does_not_lie_still()
    assert cues(person) == ["lie_still"]
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait(3.0)
    assert state(person) is State.REST
    person.does_not_lie_still()
    assert "lie_still" not in cues(person)
    person.wait(20.0)
    assert state(person) is State.AWAY
    person.does_not_lie_still()
    assert cues(person)[-1] == "lie_still"


def test_a_workout_that_nobody_goes_on_with_is_over() -> None:
    person = in_set()
    person.rep()
    person.get_off()
    person.wait(GIVE_UP_S + 5.0)
    assert states(person)[-1] == "done"
    assert [e.reps for e in sets(person, SetState.DONE)] == [1]
    person.lie(Side.LEFT)
    person.wait(3.0)
    assert states(person)[-1] == "started"


def test_rolling_over_counts_nothing() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.presence = Presence.UNSETTLED
    person.rep()  # what a body that rolls over may look like
    person.wait(2.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]
    assert len(sets(person, SetState.STARTED)) == 1
