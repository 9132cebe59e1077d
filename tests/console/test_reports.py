"""What a link gets unasked: nothing before somebody types, and events whole or not at all."""

from __future__ import annotations

from matfw.messages import CellEvent, CellProblem, PersonWeighed
from tests.control.fake_control import Talk

DRIFTING, OK, LOST = CellProblem.DRIFTING, CellProblem.OK, CellProblem.LOST


def happens(talk: Talk, problem: CellProblem) -> list[str]:
    talk.control.events([CellEvent(talk.control.t_s, "head_left", problem)])
    return talk.wait(0.1)


def test_nothing_is_written_before_anybody_has_typed(talk: Talk) -> None:
    talk.control.events([PersonWeighed(1.0, 64.0)])
    assert happens(talk, LOST) == []
    talk.ask("")
    talk.control.events([PersonWeighed(2.0, 64.0)])
    assert len(talk.wait(0.1)) == 1


def test_trouble_that_was_not_reported_on_this_link_does_not_end_for_it(talk: Talk) -> None:
    happens(talk, LOST)
    talk.ask("version")
    assert happens(talk, OK) == []
    assert len(happens(talk, LOST)) == 1
    assert len(happens(talk, OK)) == 1


def test_trouble_that_status_named_ends_for_whoever_asked(talk: Talk) -> None:
    happens(talk, LOST)
    talk.ask("status")
    assert len(happens(talk, OK)) == 1


def test_a_drift_hidden_by_a_measurement_is_not_followed_by_its_end(talk: Talk) -> None:
    talk.ask("version")
    talk.ask("calibrate")
    assert happens(talk, DRIFTING) == []
    talk.ask("leave")
    assert happens(talk, OK) == []


def test_a_drift_reported_before_a_measurement_ends_within_it(talk: Talk) -> None:
    talk.ask("version")
    assert len(happens(talk, DRIFTING)) == 1
    talk.ask("calibrate")
    assert len(happens(talk, OK)) == 1
    assert talk.control.status().cells[0].problem is OK


def test_what_tell_none_left_out_does_not_end_afterwards(talk: Talk) -> None:
    talk.ask("tell none")
    assert happens(talk, LOST) == []
    talk.ask("tell reps")
    assert happens(talk, OK) == []
