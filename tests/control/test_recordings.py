"""Recordings that consoles ask for: named, refused, ended, kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from matfw.control.errors import Code, ConsoleError
from matfw.control.status import Notice
from matfw.recording.file import read_recording
from tests.control.running import Running, wait_until


def test_frames_reach_a_recording_that_can_be_read(running: Running) -> None:
    status = running.control.recordings.start("one")
    with pytest.raises(ConsoleError, match="record stop"):
        running.control.recordings.start("two")
    wait_until(lambda: (now := running.control.status().recording) is not None and now.frames > 200)
    done = running.control.recordings.stop()
    frames = list(read_recording(Path(status.path)).frames())
    assert len(frames) == done.frames > 200
    assert done.dropped == 0
    with pytest.raises(ConsoleError, match="exists and is not overwritten") as refused:
        running.control.recordings.start("one")
    assert refused.value.code is Code.FILE_EXISTS
    with pytest.raises(ConsoleError, match="nothing is being recorded"):
        running.control.recordings.stop()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "-x", "a b", "x" * 61, "ü"])
def test_a_recordings_name_is_no_path(running: Running, name: str) -> None:
    with pytest.raises(ConsoleError, match="NAME must be") as refused:
        running.control.recordings.start(name)
    assert refused.value.code is Code.ARGUMENT_WRONG


def test_a_recording_that_cannot_be_made_says_why(running: Running, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file where the folder is to be")
    with pytest.raises(ConsoleError, match="cannot write the recording") as refused:
        running.control.recordings.start("one")
    assert refused.value.code is Code.FILE_REFUSED


def test_a_recording_that_ends_by_itself_is_reported_and_kept(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matfw.recording.background.LIMIT_S", 0.5)
    subscription = running.control.notifications.open()
    others = set(threading.enumerate())
    path = Path(running.control.recordings.start("one").path)
    reported: list[Notice] = []

    def is_reported() -> bool:
        reported.extend(event for event in subscription.drain() if isinstance(event, Notice))
        return bool(reported)

    wait_until(is_reported)
    assert running.control.status().recording is None
    assert [event.event for event in reported] == ["recording"]
    assert "are the longest there is" in reported[0].text
    with pytest.raises(ConsoleError, match="it had ended at"):
        running.control.recordings.stop()
    wait_until(lambda: set(threading.enumerate()) <= others)
    assert len(list(read_recording(path).frames())) >= 40
    assert running.control.recordings.start("two").name == "two.csv.gz"


def test_a_full_disk_refuses_a_recording(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matfw.recording.background.FREE_BYTES", 10**18)
    with pytest.raises(ConsoleError, match="must be left over") as refused:
        running.control.recordings.start("one")
    assert refused.value.code is Code.FILE_REFUSED
