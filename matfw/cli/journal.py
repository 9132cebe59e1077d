"""Levels for systemd's journal: `<N>` before a line, as sd-daemon(3) has it.

So `journalctl -u matfw -p err` shows what ended the firmware, `-p warning` also what is wrong with
mat or computer. Only where the stream is the journal's own: a pipe or a terminal gets bare lines.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from enum import IntEnum
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from matfw.messages import Event

CrashHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


class Level(IntEnum):
    """How bad it is, by syslog(3)."""

    ERROR = 3
    WARNING = 4
    INFO = 6


def is_journal(stream: TextIO | None) -> bool:
    """Return whether a stream goes to the journal: systemd names its device and inode."""
    said = os.environ.get("JOURNAL_STREAM", "")
    if stream is None or not said:
        return False
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or no descriptor
        return False
    return said == f"{found.st_dev}:{found.st_ino}"


def with_level(text: str, level: Level, stream: TextIO | None) -> str:
    """Return text, each of its lines with its level where the stream is the journal."""
    if not is_journal(stream):
        return text
    return "\n".join(f"<{level.value}>{line}" for line in text.splitlines())


def level_of(event: Event) -> Level:
    """Return a warning for what is wrong with mat or computer, else what is just to know."""
    from matfw.messages import (  # noqa: PLC0415  nothing heavy before a verb needs it
        CellEvent,
        CellProblem,
        ReaderEvent,
        ReaderProblem,
    )

    match event:
        case CellEvent(problem=problem) if problem is not CellProblem.OK:
            return Level.WARNING
        case ReaderEvent(problem=trouble) if trouble is not ReaderProblem.OK:
            return Level.WARNING
    return Level.INFO


def tell_of_crashes() -> CrashHook:
    """Return what writes an uncaught exception as an error, a line each; for sys.excepthook."""

    def write(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(kind, error, trace)).rstrip("\n")
        sys.stderr.write(with_level(text, Level.ERROR, sys.stderr) + "\n")
        sys.stderr.flush()

    return write
