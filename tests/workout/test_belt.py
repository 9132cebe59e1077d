"""The side lain on where a belt tells it: nothing is asked, and who turns over is told."""

from __future__ import annotations

import pytest
from msgspec import structs

from matfw.messages import Announcement, RestChanged, SetState, Side
from matfw.settings.plans import PlanSettings
from matfw.workout.states import ARM_S, ASK_AGAIN_S, ASK_TIMES, COUNT_IN_S, State
from tests.workout.by_ear import follow
from tests.workout.played import OTHER, STEP_S, Done, Played
from tests.workout.workouts import SHORT, cues, in_set, sets, state


def replace_side(plan: PlanSettings, side: Side) -> PlanSettings:
    return structs.replace(plan, first_side=side)


def belted(side: Side, plan: PlanSettings = SHORT) -> Played:
    """Return somebody with a belt who has just lain down on this side."""
    person = Played(plan, has_belt=True)
    person.lie(side)
    return person


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_who_is_seen_on_the_side_of_the_plan_is_asked_nothing(side: Side) -> None:
    person = belted(side, replace_side(SHORT, side))
    person.wait(ARM_S + COUNT_IN_S + 5 * STEP_S)
    assert cues(person) == ["get_ready"]
    assert (state(person), person.judged_side) == (State.SET, side)


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_who_is_seen_on_the_other_side_is_told_and_counted_in_once_they_turn(side: Side) -> None:
    person = belted(OTHER[side], replace_side(SHORT, side))
    person.wait_for(Announcement.WRONG_SIDE, max_s=5.0)
    person.wait(3 * ASK_AGAIN_S * ASK_TIMES)
    person.rep(rest_s=2.0)
    person.shift_mm = -15.0  # to their back: the other side's front
    person.wait(1.0)
    person.shift_mm = 0.0
    person.wait(1.0)
    assert state(person) is State.ASK, "not at the plan's word, nor by a lift or a wiggle"
    assert cues(person).count("wrong_side") == 1
    person.lie(side)
    person.wait_for(Announcement.GET_READY, max_s=2.0)
    assert person.judged_side is side


def test_after_a_turn_in_the_rest_the_next_set_comes_by_itself() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    person.rep()
    person.rep()
    person.wait_for(Announcement.LIE_RIGHT)
    person.lie(Side.RIGHT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    rest = [e for e in person.events if isinstance(e, RestChanged)][-1]
    assert rest.rest_s == pytest.approx(SHORT.rest_s, abs=1.0)
    assert (state(person), person.judged_side) == (State.SET, Side.RIGHT)
    assert "wrong_side" not in cues(person)


def test_who_turns_over_while_counted_in_is_told() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.lies_on = Side.RIGHT  # so quickly that they hardly stop lying
    person.wait_for(Announcement.WRONG_SIDE, max_s=8.0)  # after the count-in's sound
    assert state(person) is State.ASK


def test_who_turns_over_in_a_set_is_told_each_time_and_nothing_counts_until_they_are_back() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    person.rep()
    for _ in range(2):
        person.lie(Side.RIGHT)
        person.wait_for(Announcement.WRONG_SIDE, max_s=5.0)
        person.rep(rest_s=2.0)
        assert (state(person), person.coach.progress.rep) == (State.HELD, 1)
        person.get_off()
    person.lie(Side.LEFT)
    person.wait(2.0)
    assert state(person) is State.SET
    person.rep(rest_s=2.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]


@pytest.mark.parametrize("at", ["begin", "set"])
def test_two_taps_overrule_a_belt_that_is_on_upside_down(at: str) -> None:
    person = in_set() if at == "set" else Played(SHORT)
    person.has_belt = person.is_belt_turned = True
    person.lie(Side.LEFT)
    person.wait_for(Announcement.WRONG_SIDE, max_s=5.0)
    person.wait(2.0)
    person.tap(2)
    person.wait(COUNT_IN_S + 3.0)
    assert (state(person), person.judged_side) == (State.SET, Side.LEFT)
    person.rep()
    person.rep(rest_s=3.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]


def test_the_side_is_known_without_a_belt_while_a_set_is_open_and_no_longer() -> None:
    person, known = Played(SHORT), dict[State, set[Side]]()
    person.on_step = lambda: known.setdefault(state(person), set()).add(person.coach.lain_on)
    follow(person, lambda *_: Done())
    sides = {Side.LEFT, Side.RIGHT}
    assert {each: known[each] for each in (State.SET, State.READY)} == {
        State.SET: sides, State.READY: sides
    }  # fmt: skip
    assert known[State.ASK] == known[State.REST] == known[State.AWAY] == {Side.UNKNOWN}


def test_when_the_belt_dies_the_set_goes_on_and_the_next_side_is_asked_for() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    person.rep()
    person.has_belt = False
    person.rep()
    person.lie(Side.RIGHT)
    person.wait(SHORT.rest_s + 2.0)
    assert state(person) is State.ASK
    person.wiggle()
    person.wait_for(Announcement.GET_READY, max_s=2.0)
