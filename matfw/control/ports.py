"""What `Control` needs of the running service, as Protocols; service/ and recording/ fit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from matfw.control.status import RecordingStatus
from matfw.history.rows import SessionRecord
from matfw.messages import Cue, RawFrame, Rep
from matfw.pipeline import Pipeline
from matfw.ports import ReaderStats


class RunningFirmware(Protocol):
    """The firmware between two frames, in the main thread; `service.firmware.Firmware`."""

    @property
    def line(self) -> Pipeline:
        """Return the line."""
        ...

    @property
    def is_judging(self) -> bool:
        """Return whether reps are counted and cues given."""
        ...

    def pause(self, why: str) -> None:
        """Count no rep and give no cue until `resume` for every reason given."""
        ...

    def resume(self, why: str) -> None:
        """Take back one reason to pause."""
        ...

    def try_cue(self, cue: Cue) -> None:
        """Show a cue once."""
        ...


class ReaderAccount(Protocol):
    """What became of the reader's frames; `service.acquisition.Account`."""

    stats: ReaderStats
    dropped: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """A session that goes on: its number, and its sets' repetitions, on the frames' clock.

    The time between is left out: the last of them ended just now.
    """

    session_id: int
    sets: tuple[tuple[Rep, ...], ...]


class Record(Protocol):
    """What is kept of sessions; `store.record.Record`.

    `resume` is for the main thread, all else for any other.
    """

    @property
    def trouble(self) -> str:
        """Return why nothing can be kept now; empty while all is kept."""
        ...

    def interrupted(self) -> SessionRecord | None:
        """Return the session that was interrupted lately and can go on. Raises MatError."""
        ...

    def resume(self, record: SessionRecord) -> Resumed:
        """Go on with it, in its last set."""
        ...

    def sessions(self, which: str = "all", person: str | None = None) -> Sequence[SessionRecord]:
        """Return kept sessions, oldest first; which: all, last or a number. Raises MatError."""
        ...

    def people(self) -> Sequence[tuple[str, int]]:
        """Return the people of whom sessions are kept, and how many. Raises MatError."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Keep a person's sessions under another name. Raises MatError."""
        ...

    def forget(self, name: str) -> int:
        """Delete all sessions of a person; return how many there were. Raises MatError."""
        ...


class Recordings(Protocol):
    """Raw frames into files, one recording at a time; `recording.background.Recordings`."""

    @property
    def status(self) -> RecordingStatus | None:
        """Return the recording under way."""
        ...

    def start(self, name: str) -> RecordingStatus:
        """Begin a new recording of that name. Raises ConsoleError."""
        ...

    def stop(self) -> RecordingStatus:
        """End the recording and return its result. Raises ConsoleError."""
        ...

    def put(self, frame: RawFrame) -> None:
        """Take a frame, for the recording under way; never waits."""
        ...

    def close(self) -> None:
        """End whatever is under way. Calling it twice is allowed."""
        ...
