"""Calibrate, tare and save over the cable; kept through a restart of the service."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from matfw.errors import MatUsageError
from tests.virtual_pi.far_end import Line
from tests.virtual_pi.pi import GAINS, STATE, TARES, UNIT, VirtualPi

WEIGHT_KG = 10.0
GAIN_ERROR = 0.002  # of what a calibration finds; 5 counts in 42,000 when it was tried
TARE_ERROR_COUNTS = 40.0  # 1 g


def test_a_calibration_finds_what_the_cells_are_and_is_kept(pi: VirtualPi) -> None:
    console = pi.console
    number = console.begin("calibrate", "corners", f"{WEIGHT_KG:g}")
    while True:
        line = console.wait(lambda each: each.get("id") == number, "calibrate")
        if "ok" in line:
            break
        for words in line.get("lines", []):
            answer = _do(pi, words)
            if answer is not None:
                console.send({"answer": answer})
    assert line["ok"], line
    _check(line["result"]["cells"])

    pi.machine.out("systemctl", "restart", UNIT)
    pi.wait_ready()
    assert pi.console.ask("status")["uncalibrated"] == []
    _check(tomllib.loads(pi.machine.read(STATE).decode())["calibration"])
    pi.lay((25.0, 300.0, 50.0))
    pi.wait_load(25.0, within_kg=0.05)


def test_a_mat_whose_zero_has_moved_is_tared(pi: VirtualPi) -> None:
    if pi.console.ask("status")["uncalibrated"]:
        pytest.skip("the calibration before it has failed")
    pi.lay((0.4, 0.0, 0.0))  # a towel that stays there from now on
    pi.wait_load(0.4, within_kg=0.05)
    assert pi.console.ask("tare")["cells"].keys() == set(pi.names)
    pi.wait_load(0.0, within_kg=0.02)
    pi.clear()
    pi.wait_load(-0.4, within_kg=0.05)
    pi.console.ask("tare")


def test_a_saved_setting_is_kept_and_one_not_saved_is_not(pi: VirtualPi) -> None:
    pi.console.ask("set", "roll_back_mm", "17")
    pi.console.ask("save")
    pi.console.ask("set", "roll_back_mm", "19")
    pi.machine.out("systemctl", "restart", UNIT)
    pi.wait_ready()
    assert pi.console.ask("status")["limits"]["roll_back_mm"] == 17.0
    pi.console.ask("factory", "roll_back_mm")
    pi.console.ask("save")


def _do(pi: VirtualPi, words: str) -> str | None:
    """Do what the wizard says, as a person would; return what is typed then."""
    if "Then say go" in words:  # everything off the mat, or the weight
        pi.lay((0.0, 0.0, 0.0))
        return "go"
    if "right over" in words:
        (cell,) = (each for each in pi.mat.cells if f"over {each.name} " in words)
        pi.lay((WEIGHT_KG, cell.x_mm, cell.y_mm))
        return "go"
    if "in the very middle" in words:
        pi.lay((WEIGHT_KG, 0.0, 0.0))
        return "go"
    if "Say accept" in words:
        return "accept"
    if "Say go" in words or "say go" in words:
        raise MatUsageError(f"the wizard asks for what nobody here can do: {words}")
    return None


def _check(cells: Mapping[str, Any] | Line) -> None:
    for found, tare, gain in zip(cells.values(), TARES, GAINS, strict=True):
        assert found["counts_per_kg"] == pytest.approx(gain, rel=GAIN_ERROR)
        assert found["tare_counts"] == pytest.approx(tare, abs=TARE_ERROR_COUNTS)
