"""The rows of a recording as far as they are whole, for who would rather have those than none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matfw.errors import MatRecordingError
from matfw.messages import RawFrame
from matfw.recording.file import Recording

HOLE_S = 60.0  # nobody lies so long between two rows without a reason: it is reported


class WholeRows:
    """Gives a recording's frames up to the first bad row, and says where minutes are missing."""

    def __init__(self, recording: Recording, say: Callable[[str], None]) -> None:
        """Take an open recording, and where to say what a person should know of it."""
        self._recording = recording
        self._say = say
        self._rows = 0
        self._error: MatRecordingError | None = None

    def __iter__(self) -> Iterator[RawFrame]:
        """Give the frames."""
        before_s: float | None = None
        try:
            for frame in self._recording.frames():
                if before_s is not None and frame.t_s - before_s > HOLE_S:
                    self._say(_hole_words(before_s, frame.t_s))
                before_s = frame.t_s
                self._rows += 1
                yield frame
        except MatRecordingError as error:
            self._error = error

    def check(self) -> None:
        """Raise the MatRecordingError at which the rows ended, if they did not end by themselves.

        Say before it how many came.
        """
        if self._error is not None:
            if self._rows:
                self._say(f"the {self._rows} rows before the bad one were whole, and are in this")
            raise self._error


def _hole_words(before_s: float, after_s: float) -> str:
    seconds = after_s - before_s
    length = f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
    return (
        f"the recording has a hole: nothing for {length} between {before_s:.1f} s and"
        f" {after_s:.1f} s"
    )
