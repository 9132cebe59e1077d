"""A disk that is full when something is to be saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.calibrate.wizard import Calibrated, Kind, Wizard
from matfw.errors import MatStateError
from matfw.settings.store import SettingsStore
from tests.control.fake_control import LINES, Talk


def test_a_calibration_is_not_thrown_away_for_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = Calibrated(Kind.CALIBRATE, LINES, "10 kg, four places")

    def answer(wizard: Wizard, _: str) -> list[str]:
        wizard.result = measured
        return []

    monkeypatch.setattr(Wizard, "answer", answer)
    talk = Talk(tmp_path)
    assert talk.ask("calibrate 10 kg")

    def full(*_: object, **__: object) -> None:
        raise MatStateError("the disk is full")

    with monkeypatch.context() as on_disk:
        on_disk.setattr(SettingsStore, "save_calibration", full)
        assert talk.ask("accept") == [
            "Not saved: the disk is full.", "Say accept to try again, or leave.",
        ]  # fmt: skip
        assert not talk.control.settings.state.calibration
    assert talk.ask("accept")[-1] == "ok"
    assert dict(talk.control.settings.state.calibration) == LINES
    talk.close()
