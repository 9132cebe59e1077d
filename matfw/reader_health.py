"""Stage 2b: does the computer read the converters in time? A share of samples lost to it.

What a late computer costs looks like a bad wire from afar, and is none: nothing on the mat cures
it. So it is counted apart, from what the reader marks as the computer's doing and from frames that
never came, and reported once, not for every burst.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise

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


def pause_s(last_s: float | None, t_s: float, period_s: float) -> float:
    """Return for how long no frame came between two, in s, where that was the computer's doing."""
    if last_s is None or t_s - last_s <= PAUSE_PERIODS * period_s:
        return 0.0
    return t_s - last_s - period_s


def usual(torn: Sequence[float]) -> float:
    """Return what the computer has cost a cell, of each cell's share or number: the lower median.

    It costs all cells alike; what one alone lacks, or two, is their wires' doing, as of a DOUT that
    nobody drives, which seems to be read too late.
    """
    return sorted(torn)[(len(torn) - 1) // 2]


def lost_share(frames: Sequence[RawFrame], cells: int, rate_hz: float) -> float:
    """Return which share of the samples of some frames the computer has cost.

    Nothing counts before the first value: converters settle at the start.
    """
    seen = list(dropwhile(lambda frame: not any(c is not None for c in frame.counts), frames))
    if not seen:
        return 0.0
    missed = rate_hz * sum(pause_s(a.t_s, b.t_s, 1.0 / rate_hz) for a, b in pairwise(seen))
    torn = [sum(frame.computer_mask >> i & 1 for frame in seen) for i in range(cells)]
    return (usual(torn) + missed) / (len(seen) + missed)


@dataclass(slots=True)
class _Second:
    """One second's samples. torn: of each cell, those that the computer has cost."""

    begin_s: float
    torn: list[float]
    samples: float = 0.0  # that were to come


class ReaderHealth:
    """Follow the share of samples that the computer costs."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate."""
        self._cells, self._period_s = cells, 1.0 / rate_hz
        self.reset()

    def reset(self) -> None:
        """Begin with a computer that is on time."""
        self._seconds: deque[_Second] = deque()
        self._last_s: float | None = None
        self._reported_s = -math.inf
        self._problem = ReaderProblem.OK

    def update(self, frame: RawFrame) -> Sequence[ReaderEvent]:
        """Take a frame; return what is to be reported of the reader now: one event or none."""
        t_s = frame.t_s
        missed = pause_s(self._last_s, t_s, self._period_s) / self._period_s
        self._last_s = t_s
        event: Sequence[ReaderEvent] = ()
        if not self._seconds or t_s - self._seconds[-1].begin_s >= 1.0:
            event = self._judge(t_s)
            self._seconds.append(_Second(t_s, [0.0] * self._cells))
        second = self._seconds[-1]
        if missed or frame.computer_mask:
            for i in range(self._cells):
                second.torn[i] += missed + (frame.computer_mask >> i & 1)
        second.samples += 1.0 + missed
        return event

    def _judge(self, t_s: float) -> Sequence[ReaderEvent]:
        """Return what is to be reported of the last WITHIN_S, once a second."""
        while self._seconds and t_s - self._seconds[0].begin_s > WITHIN_S:
            self._seconds.popleft()
        if not self._seconds or t_s - self._seconds[0].begin_s < 0.5 * WITHIN_S:
            return ()  # too little to judge by
        samples = sum(second.samples for second in self._seconds)
        columns = zip(*(second.torn for second in self._seconds), strict=True)
        share = usual([sum(column) for column in columns]) / samples
        limit = LATE_SHARE if self._problem is ReaderProblem.OK else OK_SHARE
        problem = ReaderProblem.LATE if share > limit else ReaderProblem.OK
        if problem is self._problem or t_s - self._reported_s < QUIET_S:
            return ()
        self._problem, self._reported_s = problem, t_s
        return (ReaderEvent(t_s, problem, share),)
