"""Frames into a recording: what `matfw record` does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from matfw.errors import MatCellsError
from matfw.messages import RawFrame
from matfw.service.acquisition import START_LIMIT_S


class Frames(Protocol):
    """Where frames come from."""

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        """Return the next frame, or None if none comes within timeout_s."""
        ...


class Writer(Protocol):
    """Where they go."""

    def write(self, frame: RawFrame) -> None:
        """Keep one frame."""
        ...


def record(
    source: Frames, open_writer: Callable[[], AbstractContextManager[Writer]], seconds: float | None
) -> int:
    """Write frames for that long, until Ctrl-C if None; return how many.

    open_writer: called with the first frame at hand, so that no empty file is left behind where
    no cell can be read. Raises MatCellsError when no frame comes at all.
    """
    count = 0
    try:
        frame = _next(source)
        first_s = frame.t_s
        with open_writer() as writer:
            while seconds is None or frame.t_s - first_s < seconds:
                writer.write(frame)
                count += 1
                frame = _next(source)
    except KeyboardInterrupt:
        pass
    return count


def _next(source: Frames) -> RawFrame:
    frame = source.next_frame(START_LIMIT_S)
    if frame is None:
        raise MatCellsError(
            f"no frame for {START_LIMIT_S:g} s: the acquisition process hangs; stop whatever else"
            " uses the pins and start again"
        )
    return frame
