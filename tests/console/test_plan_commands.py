"""`plan` and `workout` at the console: on a real line, led by made frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.workout.coach import Coach
from matfw.workout.states import State
from tests.control.fake_control import Talk


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    yield talk
    talk.close()


def led(talk: Talk, state: State) -> Coach:
    """Set a plan and put its workout into a state."""
    assert talk.ask("plan short")[-1] == "ok"
    talk.control.play(0.1)
    coach = talk.control.firmware.line._workout
    assert isinstance(coach, Coach)
    coach.state = state
    talk.control.play(0.1)
    return coach


def test_plans_are_listed_and_one_is_set_and_taken_back(talk: Talk) -> None:
    assert "  three_by_fifteen: 3 x 15 a side at 2-1-3, 45 s rest, left first, alternate" in (
        talk.ask("plan")
    )
    assert talk.ask("plan three_by_fifteen")[0].startswith("workout.plan = three_by_fifteen")
    talk.control.play(0.1)
    assert talk.control.firmware.line.progress.sets == 6
    assert talk.ask("plan none")[-1] == "ok"
    talk.control.play(0.1)
    assert talk.control.firmware.line.progress.state == ""


def test_a_plan_that_there_is_not_is_refused_with_the_nearest(talk: Talk) -> None:
    [answer] = talk.ask("plan three_by_fiften")
    assert answer.startswith("error E202")
    assert "did you mean three_by_fifteen?" in answer


def test_without_a_plan_there_is_no_workout_to_ask(talk: Talk) -> None:
    assert talk.ask("workout")[0].startswith("error E309")
    assert talk.ask("workout skip")[0].startswith("error E309")


@pytest.mark.parametrize(
    ("state", "what", "asked"),
    [
        (State.SET, "pause", "hold"),
        (State.STOPPED, "go", "go_on"),
        (State.REST, "skip", "skip_rest"),
        (State.SET, "end", "end_set"),
    ],
)
def test_what_is_asked_reaches_the_coach(state: State, what: str, asked: str, talk: Talk) -> None:
    coach = led(talk, state)
    assert talk.ask(f"workout {what}") == [f"{what}: asked", "ok"]
    assert coach.ask == asked


@pytest.mark.parametrize("what", ["pause", "go", "skip", "end"])
def test_what_makes_no_sense_now_is_refused(what: str, talk: Talk) -> None:
    coach = led(talk, State.PARKED if what == "pause" else State.ASK)
    assert talk.ask(f"workout {what}")[0].startswith("error E310")
    assert coach.ask is None


def test_workout_says_where_it_is(talk: Talk) -> None:
    led(talk, State.SET)
    assert talk.ask("workout") == ["set 1 of 2, rep 0 of 5: it counts", "ok"]


def test_stop_and_start_hold_the_workout_and_let_it_go_on(talk: Talk) -> None:
    coach = led(talk, State.SET)
    talk.ask("stop")
    assert coach.ask == "hold"
    talk.ask("start")
    assert coach.ask == "go_on"
