"""Stage 2b: does the computer read the converters in time? A share of samples lost to it.

What a late computer costs looks like a bad wire from afar, and is none: nothing on the mat mends
it. So it is counted apart, from what the reader marks as the computer's doing and from frames that
never came, and told once, not for every burst.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from matfw.messages import RawFrame, ReaderEvent, ReaderProblem

WITHIN_S = 10.0
LATE_SHARE = (
    0.02  # of the samples: bins of 50 ms begin to lack a cell often enough to cost verdicts
)
OK_SHARE = 0.005
QUIET_S = 60.0  # between two reports
# A reader that waits for a silent converter gives a frame within 3 periods; a longer pause was the
# computer's.
PAUSE_PERIODS = 4.0


class ReaderHealth:
    """Follow the share of samples that the computer costs."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate."""
        self._cells, self._period_s = cells, 1.0 / rate_hz
        self.reset()

    def reset(self) -> None:
        """Begin with a computer that is on time."""
        self._seconds: deque[tuple[float, float, float]] = deque()  # begin, torn, all samples
        self._last_s: float | None = None
        self._told_s = -math.inf
        self._problem = ReaderProblem.OK

    def update(self, frame: RawFrame) -> Sequence[ReaderEvent]:
        """Take a frame; return what is to be told of the reader now: one event or none."""
        t_s = frame.t_s
        torn = float(frame.computer_mask.bit_count())
        samples = float(self._cells)
        if self._last_s is not None and t_s - self._last_s > PAUSE_PERIODS * self._period_s:
            missed = self._cells * ((t_s - self._last_s) / self._period_s - 1.0)
            torn, samples = torn + missed, samples + missed
        self._last_s = t_s
        begin_s, before_torn, before = self._seconds[-1] if self._seconds else (t_s, 0.0, 0.0)
        if self._seconds and t_s - begin_s < 1.0:
            self._seconds[-1] = begin_s, before_torn + torn, before + samples
            return ()
        event = self._judge(t_s)
        self._seconds.append((t_s, torn, samples))
        return event

    def _judge(self, t_s: float) -> Sequence[ReaderEvent]:
        """Return what is to be told of the last WITHIN_S, once a second."""
        while self._seconds and t_s - self._seconds[0][0] > WITHIN_S:
            self._seconds.popleft()
        samples = sum(all_ for _, _, all_ in self._seconds)
        if samples < 0.5 * WITHIN_S / self._period_s * self._cells:
            return ()  # too little to judge by
        share = sum(torn for _, torn, _ in self._seconds) / samples
        limit = LATE_SHARE if self._problem is ReaderProblem.OK else OK_SHARE
        problem = ReaderProblem.LATE if share > limit else ReaderProblem.OK
        if problem is self._problem or t_s - self._told_s < QUIET_S:
            return ()
        self._problem, self._told_s = problem, t_s
        return (ReaderEvent(t_s, problem, share),)
