"""Tare and the wizard in a conversation: asked, refused, left."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.console.conversation import PROMPT
from matfw.messages import CellEvent, CellProblem, Presence
from tests.control.fake_control import LINES, Talk, is_answer


def test_tare_takes_an_empty_mat_and_answers_when_it_is_done(talk: Talk) -> None:
    before = dict(talk.control.settings.state.calibration)
    assert talk.ask("tare")[0].startswith("// ")
    assert talk.conversation.is_busy
    assert talk.conversation.prompt == ""
    lines = talk.wait(20.0, load_kg=0.4)
    assert lines[-1] == "ok"
    after = talk.control.settings.state.calibration
    for name, line in before.items():
        assert after[name].counts_per_kg == line.counts_per_kg
        moved_kg = (after[name].tare_counts - line.tare_counts) / line.counts_per_kg
        assert moved_kg == pytest.approx(0.1, abs=0.002)
    assert talk.control.measuring is None


@pytest.mark.parametrize(
    ("presence", "load_kg", "words"),
    [
        (Presence.LYING, 64.1, "somebody lies on the mat (64.1 kg"),
        (Presence.UNSETTLED, 31.0, "somebody or something is on the mat (31.0 kg"),
        (Presence.EMPTY, -9.0, "does not read as empty (-9.0 kg"),
    ],
)
def test_tare_is_refused_with_reason_and_weight(
    talk: Talk, presence: Presence, load_kg: float, words: str
) -> None:
    talk.control.put(presence, load_kg)
    before = talk.control.state()
    (answer,) = talk.ask("tare")
    assert answer.startswith("error E301: tare: ")
    assert words in answer
    assert talk.control.state() == before


def test_tare_does_not_wait_until_the_mat_is_known_to_be_empty(talk: Talk) -> None:
    talk.control.put(Presence.LYING, 0.3)  # in the half second after somebody has got off
    talk.ask("tare")
    assert talk.wait(20.0, load_kg=0.3)[-1] == "ok"


def test_tare_is_refused_when_somebody_gets_on_meanwhile(talk: Talk) -> None:
    before = talk.control.state()
    talk.ask("tare")
    talk.wait(1.0)
    talk.control.presence = Presence.UNSETTLED
    lines = talk.wait(1.0, load_kg=30.0)
    assert lines[-1].startswith("error E301: tare: somebody or something is on the mat (30.0 kg")
    assert talk.control.state() == before
    assert talk.control.measuring is None


def test_tare_needs_a_calibration(tmp_path: Path) -> None:
    (answer,) = Talk(tmp_path).ask("tare")
    assert answer.startswith("error E402: ")
    assert "calibrate" in answer


def test_tare_does_not_trust_a_mat_with_a_cell_lost_but_one_missing_sample_is_none(
    talk: Talk,
) -> None:
    name = talk.control.mat().cells[0].name
    talk.control.put(Presence.EMPTY, None)
    assert talk.control.status().load_kg is not None
    talk.control.events([CellEvent(1.0, name, CellProblem.LOST)])
    (answer,) = talk.ask("tare")
    assert answer.startswith("error E303: tare: a cell gives nothing")


def test_the_wizard_asks_takes_lines_for_itself_and_can_be_left(talk: Talk) -> None:
    before = talk.control.state()
    assert not any(map(is_answer, talk.ask("calibrate corners 10 kg")))
    assert talk.conversation.is_asking
    assert talk.conversation.prompt == "calibrate> "
    assert talk.control.measuring == "calibrate"
    assert not any(map(is_answer, talk.ask("nonsense")))
    assert not any(map(is_answer, talk.ask("go")))
    assert any("Measured" in line for line in talk.wait(30.0))
    lines = talk.ask("leave")
    assert lines[-1].startswith("error E302: calibrate: left")
    assert sum(map(is_answer, talk.lines)) == 1
    assert talk.control.state() == before
    assert talk.control.measuring is None
    assert talk.conversation.prompt == PROMPT


def test_on_an_empty_virtual_mat_the_weight_is_laid_inside_the_wizard(talk: Talk) -> None:
    assert any("VIRTUAL mat" in line for line in talk.ask("calibrate corners 10 kg"))
    assert talk.ask("lay 10 head_left") == ["10 kg lie on the virtual mat at x -900, y 275 mm"]
    assert talk.control.place_mm == (-900.0, 275.0)
    assert "WEIGHT must be" in talk.ask("lay 1000")[0]
    assert talk.conversation.prompt == "calibrate> "


def test_a_weight_is_laid_on_no_other_mat(talk: Talk) -> None:
    talk.control.lay = None
    (answer,) = talk.ask("lay 10 head_left")
    assert answer.startswith("error E306: lay: only where matfw runs on an empty virtual mat")
    assert not any("VIRTUAL mat" in line for line in talk.ask("calibrate corners 10 kg"))


@pytest.mark.parametrize("line", ["calibrate", "calibrate trim", "tare", "menu", "diagnose"])
def test_ctrl_c_leaves_anything_with_one_answer(talk: Talk, line: str) -> None:
    before = talk.control.state()
    subscriptions = talk.control.subscriptions
    talk.ask(line)
    talk.wait(0.5)
    talk.conversation.interrupt()
    assert len(talk.answers()) == 1
    assert talk.control.state() == before
    assert talk.control.subscriptions == subscriptions
    assert talk.ask("version")[-1] == "ok"


def test_one_link_at_a_time_measures(talk: Talk) -> None:
    talk.control.take_mat("calibrate", "another")
    (answer,) = talk.ask("tare")
    assert answer.startswith("error E305: tare: calibrate is under way")


def test_the_first_calibration_can_be_put_back(talk: Talk) -> None:
    changed = {n: type(line)(tare_counts=5.0, counts_per_kg=9999.0) for n, line in LINES.items()}
    talk.control.save_calibration(changed, "another")
    assert talk.ask("calibrate factory")[-1] == "ok"
    assert dict(talk.control.settings.state.calibration) == LINES
    assert talk.ask("calibrate previous")[-1] == "ok"
    assert dict(talk.control.settings.state.calibration) == changed
