"""Lines for systemd's journal carry their level; lines for anybody else do not."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import pytest

from matfw.cli.environment import say
from matfw.cli.journal import Level, is_journal, level_of, tell_of_crashes
from matfw.display.lines import EventLines
from matfw.messages import (
    CellEvent,
    CellProblem,
    Event,
    Phase,
    PhaseChanged,
    ReaderEvent,
    ReaderProblem,
)


@contextmanager
def journal(path: Path) -> Iterator[None]:
    """Make stderr a file that the environment calls the journal, as systemd.exec(5) does."""
    with path.open("w") as stream, pytest.MonkeyPatch.context() as patch:
        found = os.fstat(stream.fileno())
        patch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        with redirect_stderr(stream):
            yield


def test_only_the_stream_that_systemd_names_is_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log").open("w") as stream:
        found = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        assert is_journal(stream)
        for other in (f"{found.st_dev}:{found.st_ino + 1}", "", "nonsense"):
            monkeypatch.setenv("JOURNAL_STREAM", other)
            assert not is_journal(stream)
    assert not is_journal(io.StringIO()), "no descriptor"
    assert not is_journal(None)


def test_each_line_of_what_is_said_has_its_level(tmp_path: Path) -> None:
    with journal(tmp_path / "log"):
        say("the disk is full\nso nothing is kept")
        say("no cell answers", Level.ERROR)
    assert (tmp_path / "log").read_text() == (
        "<4>matfw: the disk is full\n<4>so nothing is kept\n<3>matfw: no cell answers\n"
    )


def test_elsewhere_nothing_stands_before_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    say("no cell answers", Level.ERROR)
    assert capsys.readouterr().err == "matfw: no cell answers\n"


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (CellEvent(t_s=1.0, cell="head_left", problem=CellProblem.LOST), Level.WARNING),
        (CellEvent(t_s=1.0, cell="head_left", problem=CellProblem.OK), Level.INFO),
        (ReaderEvent(t_s=1.0, problem=ReaderProblem.LATE, torn_share=0.1), Level.WARNING),
        (ReaderEvent(t_s=1.0, problem=ReaderProblem.OK, torn_share=0.0), Level.INFO),
        (PhaseChanged(t_s=1.0, phase=Phase.UP), Level.INFO),
    ],
)
def test_what_is_wrong_with_mat_or_computer_is_a_warning(event: Event, level: Level) -> None:
    assert level_of(event) is level


def test_events_are_written_with_their_level() -> None:
    stream = io.StringIO()
    lines = EventLines(stream, "matfw run", prefix=lambda event: f"<{level_of(event)}>")
    lines.events([CellEvent(t_s=1.0, cell="head_left", problem=CellProblem.LOST)])
    title, event = stream.getvalue().splitlines()
    assert title == "matfw run"
    assert event.startswith("<4> ")
    assert "head_left" in event


def test_a_crash_is_an_error_in_each_of_its_lines(tmp_path: Path) -> None:
    hook = tell_of_crashes()
    error = RuntimeError("first\nsecond")
    with journal(tmp_path / "log"):
        hook(type(error), error, None)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines == ["<3>RuntimeError: first", "<3>second"]
