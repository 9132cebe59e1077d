"""Verbs to call, and a recording to give them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.cli.verbs import main
from matfw.messages import Mat, RawFrame, Side
from matfw.recording.writer import RecordingWriter
from matfw.settings.model import Settings
from matfw.virtual.sampling import record
from tests.cli.calls import (
    LIMIT_S,
    Call,
    environment,
    group,
)

FIRST_REPS_S = 35.0  # of the demo's session: getting on, and two repetitions or three


@pytest.fixture
def matfw(tmp_path: Path) -> Call:
    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "matfw", *map(str, arguments)],
            capture_output=True, text=True, timeout=LIMIT_S, check=False,
            cwd=tmp_path, env=environment(tmp_path),
        )  # fmt: skip

    return call


@pytest.fixture
def verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Call `main` here: for what does not depend on a process of its own, which takes 0.3 s."""
    for name in set(os.environ) - set(environment(tmp_path)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in arguments]
        try:
            code = main(words)
        except SystemExit as ended:  # argparse's
            code = int(ended.code or 0)
        written = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, written.out, written.err)

    return call


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a verb in a group of processes of its own; nothing of it outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "matfw", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            cwd=tmp_path, env=environment(tmp_path),
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        for child in group(process.pid):
            os.kill(child, signal.SIGKILL)
        process.communicate(timeout=LIMIT_S)


@pytest.fixture(scope="module")
def session() -> tuple[Mat, list[RawFrame]]:
    """Return the first repetitions of the demo's person, with two samples that were not read."""
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    frames = [f for f in record(trace, mat, 7) if f.t_s < FIRST_REPS_S]
    for k in (500, 700):
        frames[k] = replace(frames[k], counts=(None, *frames[k].counts[1:]))
    return mat, frames


@pytest.fixture(scope="module")
def recording(
    session: tuple[Mat, list[RawFrame]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("recording") / "session.csv"
    mat, frames = session
    with RecordingWriter(path, mat, "a virtual person") as writer:
        for frame in frames:
            writer.write(frame)
    return path
