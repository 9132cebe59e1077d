"""A wizard that was left behind does not silence the mat; on virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.control.status import Notice
from matfw.messages import CellEvent, CellProblem
from tests.control.fake_control import LINES, Talk

TIMEOUT_S = 120.0


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    talk.control.settings.save_calibration(LINES, note="a test")
    yield talk
    talk.close()


def is_judging(talk: Talk) -> bool:
    return talk.control.firmware.is_judging


@pytest.mark.parametrize("wizard", ["calibrate", "calibrate 10", "calibrate trim", "menu"])
def test_a_wizard_that_nobody_answers_gives_the_mat_back(talk: Talk, wizard: str) -> None:
    talk.ask(wizard)
    if wizard == "menu":
        talk.ask("6")
        talk.ask("2")
    assert not is_judging(talk)
    talk.wait(TIMEOUT_S - 1.0)
    assert not is_judging(talk), "a weight takes its time"
    lines = talk.wait(2.0)
    assert is_judging(talk)
    assert any("nothing was typed for 120 s: nothing has changed" in line for line in lines), lines
    assert talk.control.measuring is None
    talk.conversation.interrupt()
    assert talk.ask("start")[-1] == "ok"


def test_a_line_keeps_the_wizard(talk: Talk) -> None:
    talk.ask("calibrate")
    for _ in range(3):
        talk.wait(TIMEOUT_S - 1.0)
        talk.ask("again")
    assert not is_judging(talk)


def test_a_link_whose_thread_is_stuck_loses_the_mat_too(talk: Talk) -> None:
    """It is not polled: a far end that holds its line up must not keep the mat."""
    watcher = talk.control.notifications.open()
    talk.ask("calibrate")
    talk.control.play(TIMEOUT_S + 1.0)
    assert is_judging(talk)
    notices = [each for each in watcher.drain() if isinstance(each, Notice)]
    assert ["calibrate on link first was ended" in each.text for each in notices] == [True]
    assert talk.ask("accept")[-1].startswith("error E302: calibrate: ended")
    assert dict(talk.control.settings.state.calibration) == LINES


def test_the_time_is_a_setting(talk: Talk) -> None:
    assert talk.ask("set wizard_timeout_s 30")[-1] == "ok"
    talk.ask("calibrate")
    talk.wait(31.0)
    assert is_judging(talk)


@pytest.mark.parametrize("command", ["calibrate", "tare"])
def test_another_link_may_end_it(talk: Talk, command: str) -> None:
    talk.ask(command)
    other, lines = talk.another()
    other.line("calibrate stop")
    assert lines[-2:] == [f"{command} on link first is ended: nothing of it was saved", "ok"]
    assert is_judging(talk)
    assert (
        talk.wait(0.1)[-1] == f"error E302: {command}: ended from link second: nothing has changed"
    )
    other.line("calibrate stop")
    assert lines[-1].startswith("error E305: calibrate stop: nobody measures")
    other.close()


def test_at_its_own_prompt_it_may_be_ended_likewise(talk: Talk) -> None:
    talk.ask("calibrate")
    assert talk.ask("calibrate stop")[-1].startswith("error E302: calibrate: left")
    assert is_judging(talk)


def test_a_link_that_goes_gives_the_mat_back(talk: Talk) -> None:
    for command in ("calibrate", "tare", "diagnose"):
        other, _ = talk.another()
        other.line(command)
        other.close()
        assert is_judging(talk)
        assert talk.control.measuring is None
    assert talk.control.subscriptions == 1


@pytest.mark.parametrize("start", ["start", "start restart"])
def test_start_says_who_keeps_the_mat_and_what_to_do(talk: Talk, start: str) -> None:
    talk.ask("stop")
    other, _ = talk.another()
    other.line("calibrate")
    (answer,) = talk.ask(start)
    assert answer.startswith("error E305: start: calibrate is under way on link second")
    assert "`calibrate stop` ends it" in answer
    assert any("calibrate is under way on link second" in line for line in talk.ask("status"))
    other.close()
    assert not is_judging(talk), "what is refused changes nothing"
    assert talk.ask(start)[-1] == "ok"
    assert is_judging(talk)


@pytest.mark.parametrize("problem", [CellProblem.LOST, CellProblem.STUCK, CellProblem.SATURATED])
def test_start_names_a_cell_that_keeps_the_mat_from_judging(
    talk: Talk, problem: CellProblem
) -> None:
    talk.control.events([CellEvent(1.0, "head_left", problem)])
    assert talk.ask("start")[-1].startswith("error E303: start: head_left ")
    talk.control.events([CellEvent(2.0, "head_left", CellProblem.OK)])
    assert talk.ask("start")[-1] == "ok"


def test_a_cell_that_drifts_is_no_hindrance(talk: Talk) -> None:
    talk.control.events([CellEvent(1.0, "head_left", CellProblem.DRIFTING)])
    assert talk.ask("start")[-1] == "ok"
