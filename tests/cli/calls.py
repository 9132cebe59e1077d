"""`python -m matfw` called as people and services do, and what its processes are."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

LIMIT_S = 120.0  # of any call; far more than a slow computer needs
STOP_LIMIT_S = 3.0  # from a signal to the end


def environment(home: Path) -> dict[str, str]:
    ours = ("XDG_", "MATFW", "GPIO", "PYTHONUNBUFFERED")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    root = str(Path(__file__).parents[2])
    return {**kept, "HOME": str(home), "PYTHONPATH": root, "PYTHONWARNINGS": "error"}


Call = Callable[..., subprocess.CompletedProcess[str]]


def group(leader: int) -> list[int]:
    """Return the living processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def is_gone(leader: int) -> bool:
    """Return whether a process group ends; Python's own helper takes some ms more than matfw."""
    end_s = time.monotonic() + STOP_LIMIT_S
    while group(leader) and time.monotonic() < end_s:
        os.sched_yield()
    return not group(leader)


def children(parent: int) -> list[int]:
    names = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(name) for name in names]


def acquisition_of(parent: int) -> int:
    """Return matfw's acquisition process: one that is just starting has no command line yet."""
    end_s = time.monotonic() + LIMIT_S
    while time.monotonic() < end_s:
        for child in children(parent):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        os.sched_yield()
    pytest.fail(f"no acquisition process within {LIMIT_S:g} s")


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"ended without {words!r}: {process.communicate()}")


def one_error(done: subprocess.CompletedProcess[str], *words: str) -> str:
    """Return the only line on stderr; it has all the words."""
    [line] = done.stderr.splitlines()
    assert line.startswith("matfw: ")
    for word in words:
        assert word in line
    assert "VIRTUAL" not in done.stdout + done.stderr
    return line
