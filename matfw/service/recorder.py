"""Frames into a recording: what `matfw record` does."""

from __future__ import annotations

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


def record(source: Frames, writer: Writer, seconds: float | None) -> int:
    """Write frames for that long, until Ctrl-C if None; return how many.

    Raises MatCellsError when no frame comes at all.
    """
    count = 0
    first_s: float | None = None
    try:
        while True:
            frame = source.next_frame(START_LIMIT_S)
            if frame is None:
                raise MatCellsError(
                    f"no frame for {START_LIMIT_S:g} s: the acquisition process hangs; stop"
                    " whatever else uses the pins and start again"
                )
            if first_s is None:
                first_s = frame.t_s
            if seconds is not None and frame.t_s - first_s >= seconds:
                return count
            writer.write(frame)
            count += 1
    except KeyboardInterrupt:
        return count
