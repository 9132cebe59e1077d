"""From a blank state to a calibrated, saved, diagnosed mat, over one serial line."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.layouts import PRESETS
from matfw.settings.model import NOMINAL, Settings
from matfw.settings.store import SettingsStore
from matfw.virtual.weights import as_bought

WAIT_S = 60.0  # a busy computer takes its time; nothing here waits so long on an idle one
AGAIN_S = 1.0
CELLS = [cell.name for cell in PRESETS["core4"].cells]
DEMO_SEED = 7


class Line:
    """A person at a terminal on the far end of a serial line."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.heard = ""

    def type(self, text: str) -> None:
        os.write(self._master, f"{text}\r".encode())

    def wake(self) -> None:
        """Type until it answers, as whoever waits for it would: an open port forgets what came."""
        end_s = time.monotonic() + WAIT_S
        while "ok" not in self.heard:
            assert time.monotonic() < end_s
            self.type("echo off")
            self._read(AGAIN_S)
        self.type("*IDN?")
        self.hear(r"matfw,core4[^\n]*\nok\r?\n")

    def hear(self, pattern: str) -> str:
        """Wait for a pattern in what has come since the last one; return all up to its end."""
        end_s = time.monotonic() + WAIT_S
        while (found := re.search(pattern, self.heard)) is None:
            assert time.monotonic() < end_s, self.heard[-2000:]
            self._read(0.1)
        before, self.heard = self.heard[: found.end()], self.heard[found.end() :]
        return before

    def _read(self, timeout_s: float) -> None:
        if select.select([self._master], [], [], timeout_s)[0]:
            self.heard += os.read(self._master, 4096).decode(errors="replace")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    (tmp_path / "empty.toml").touch()
    firmware = subprocess.Popen(
        [
            sys.executable, "-m", "matfw", "run", "--virtual", "empty", "--console",
            os.ttyname(slave), "--state", str(tmp_path), "--config", str(tmp_path / "empty.toml"),
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Line(master)
    finally:
        firmware.terminate()
        firmware.wait(WAIT_S)
        os.close(master)
        os.close(slave)


@pytest.mark.timeout(180)
def test_a_blank_mat_is_calibrated_saved_and_diagnosed_over_one_line(
    line: Line, tmp_path: Path
) -> None:
    line.wake()
    line.type("help")
    assert "calibrate" in line.hear(r"\nok\r?\n")
    line.type("calibrate 10 kg")
    assert "lay 10 head_left" in line.hear(r"Step 1 of 7.*say go")
    line.type("go")
    for step, cell in enumerate(CELLS, start=2):
        line.hear(rf"Step {step} of 7[^\n]*{cell}[^\n]*say go")
        line.type(f"lay 10 {cell}")
        line.hear("10 kg lie")
        line.type("go")
    line.hear(r"Step 6 of 7[^\n]*say go")
    line.type("lay 0")
    line.hear("is empty")
    line.type("go")
    line.hear(r"Step 7 of 7[^\n]*say go")
    line.type("lay 10")
    line.hear("10 kg lie")
    line.type("go")
    assert "Check: 10.0" in line.hear("Say accept")
    line.type("accept")
    line.hear(r"saved, and in use from now on\r?\nok\r?\n")
    line.type("lay 0")
    line.hear(r"is empty\r?\nok\r?\n")
    line.type("diagnose")
    assert "Nothing wrong was found" in line.hear(r"\nok\r?\n")
    true = as_bought(Settings().mat(), DEMO_SEED).calibration
    kept = SettingsStore(None, tmp_path).state.calibration
    for cell, bought in zip(CELLS, true, strict=True):
        assert kept[cell].counts_per_kg == pytest.approx(bought.counts_per_kg, rel=1e-3)
        assert kept[cell].counts_per_kg != NOMINAL.counts_per_kg
