"""How the verbs end: by a signal, or because a process of theirs has."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from matfw.cli.exit_codes import EXIT_HUNG_UP, EXIT_INTERRUPTED
from matfw.cli.hardware import virtual_trace
from matfw.messages import Side
from matfw.recording.writer import RecordingWriter
from matfw.settings.model import Settings
from matfw.virtual.sampling import record
from tests.cli.calls import (
    LIMIT_S,
    STOP_LIMIT_S,
    acquisition_of,
    is_gone,
    wait_for,
)


@pytest.mark.parametrize(
    ("number", "to_all", "words"),
    [(signal.SIGINT, True, "person"), (signal.SIGTERM, False, "VIRTUAL")],
)
def test_a_signal_ends_the_run_soon_cleanly_and_completely(
    live: Callable[..., subprocess.Popen[str]], number: signal.Signals, to_all: bool, words: str
) -> None:
    """As Ctrl-C does, to all of a terminal's processes, and as `kill` does."""
    process = live("run", "--virtual")
    wait_for(process, words)
    begin_s = time.monotonic()
    (os.killpg if to_all else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert time.monotonic() - begin_s < STOP_LIMIT_S
    assert process.returncode == 0
    first, *others = errors.splitlines()
    assert "VIRTUAL" in first
    # A busy machine is late, and says so.
    assert [line for line in others if "computer" not in line] == []
    assert is_gone(process.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_ends_it_too(
    live: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = live("run", "--virtual")
    assert process.stderr is not None
    assert "VIRTUAL" in process.stderr.readline()
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, errors) == (0, "")
    assert is_gone(process.pid)


def test_ctrl_c_in_the_demo_ends_with_the_report_so_far(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    process = live("demo", "--speed", "8", "--hips", "both", "--side", "right")
    wait_for(process, "rep   1 ")
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == EXIT_INTERRUPTED
    assert "named rightly (simulated)" in out
    assert re.search(r"interrupted at \d+ of \d+ s", errors)
    counted = re.search(r"(\d+) reps?\b", out)
    assert counted is not None, out
    assert 1 <= int(counted[1]) <= 6


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_interrupted_replay_tells_its_tally(
    live: Callable[..., subprocess.Popen[str]], tmp_path: Path, options: tuple[str, ...]
) -> None:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = Settings().mat()
    with RecordingWriter(tmp_path / "long.csv", mat, "a test") as writer:
        for frame in record(trace, mat, seed=3):
            writer.write(frame)
    process = live("replay", tmp_path / "long.csv", *options)
    wait_for(process, "person")
    os.kill(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == EXIT_INTERRUPTED
    assert '"event":"summary"' in out if options else re.search(r"^ \d+ reps?", out, re.M)
    assert "interrupted after" in errors


def test_sighup_ends_the_service_so_that_systemd_starts_it_again(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    """Restart=on-failure: any exit code but 0 and 2."""
    process = live("run", "--virtual")
    wait_for(process, "VIRTUAL")
    os.kill(process.pid, signal.SIGHUP)
    process.communicate(timeout=LIMIT_S)
    assert process.returncode == EXIT_HUNG_UP
    assert is_gone(process.pid)


def test_a_killed_acquisition_is_reported_in_one_line(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    process = live("run", "--virtual")
    wait_for(process, "VIRTUAL")
    os.kill(acquisition_of(process.pid), signal.SIGKILL)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1
    virtual, line = errors.splitlines()
    assert "VIRTUAL" in virtual
    assert "acquisition process has ended" in line
    assert is_gone(process.pid)


def test_the_acquisition_ends_when_the_firmware_is_killed(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    process = live("run", "--virtual")
    wait_for(process, "VIRTUAL")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=LIMIT_S)  # its ends of the pipes are closed by the last of them
    assert is_gone(process.pid)
