"""Does the computer read the converters in time? A share of samples lost to it.

What a late computer costs looks like a bad wire from afar, and is none: nothing on the mat cures
it. So it is counted apart, from what the reader marks as the computer's doing and from frames that
never came, and reported once, not for every burst.

A computer that takes every sample blinds the mat: that is reported at once, and again when it has
been well for a minute in between. What one cell alone lacks may look like late reads and be its
wire's doing, so the computer is believed to be late only where most cells lack samples by it.
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
# That a cell gives nothing, all of it the computer's: as long as is waited for a wire; at least the
# periods in which converters settle after a start, which is no lateness.
BLIND_S, START_PERIODS = 0.5, 8.0
BLINDING_S = 1.0  # after it: what was judged of the time before is over
LOSING_SHARE = 0.1  # of most cells' samples, over LOSING_TAU_S: the computer is late right now
BLIND_SHARE = 0.5  # ... of one cell's, for BLIND_S: four in ten steps of 50 ms then lack a cell
LOSING_TAU_S = 0.5
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

    Nothing counts before the first value: converters settle at the start. Where none ever comes, it
    counts from when it should have.
    """
    seen = list(dropwhile(lambda frame: not any(c is not None for c in frame.counts), frames))
    if not seen:
        began_s = frames[0].t_s + START_PERIODS / rate_hz
        seen = [frame for frame in frames if frame.t_s > began_s]
    if not seen:
        return 0.0
    missed = rate_hz * sum(pause_s(a.t_s, b.t_s, 1.0 / rate_hz) for a, b in pairwise(seen))
    torn = [sum(frame.computer_mask >> i & 1 for frame in seen) for i in range(cells)]
    return (usual(torn) + missed) / (len(seen) + missed)


def taken(frames: Sequence[RawFrame], cells: int) -> frozenset[int]:
    """Return the cells that lack samples by a computer that is late for most, and hardly else."""
    torn = [sum(frame.computer_mask >> i & 1 for frame in frames) for i in range(cells)]
    if usual(torn) <= LOSING_SHARE * len(frames):
        return frozenset()
    lacking = [sum(frame.counts[i] is None for frame in frames) for i in range(cells)]
    return frozenset(i for i in range(cells) if torn[i] > 0.5 * lacking[i])


@dataclass(slots=True)
class _Second:
    """One second's samples. torn: of each cell, those that the computer has cost."""

    begin_s: float
    torn: list[float]
    samples: float = 0.0  # that were to come


class ReaderHealth:
    """Follow the share of samples that the computer costs.

    is_losing: it costs most cells samples in this very frame, so what a cell lacks by it is no
    wire's. is_blind: a cell, or the whole reader, has given nothing or next to it for BLIND_S by
    the computer's doing, not long ago. is_blinding: right now; one pause that is over hides nothing
    of what comes after it.
    """

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate."""
        self._cells, self._period_s = cells, 1.0 / rate_hz
        self._blind_s = max(BLIND_S, START_PERIODS * self._period_s)
        self.reset()

    @property
    def is_late(self) -> bool:
        """Return whether it was last reported that the computer is late."""
        return self._problem is ReaderProblem.LATE

    def reset(self) -> None:
        """Begin with a computer that is on time."""
        self.is_losing = self.is_blind = self.is_blinding = False
        self._seconds: deque[_Second] = deque()
        self._last_s: float | None = None
        self._reported_s = -math.inf
        self._problem = ReaderProblem.OK
        self._shares = [0.0] * self._cells  # of each cell's samples, lately
        self._shares_s = -math.inf  # as of then
        self._heavy_since_s = math.inf  # that a cell's is over BLIND_SHARE
        self._silent_since_s: dict[int, float] = {}  # of the cells that give nothing by its doing
        self._blinded_s = -math.inf  # when one was last silent for so long

    def update(self, frame: RawFrame) -> Sequence[ReaderEvent]:
        """Take a frame; return what is to be reported of the reader now: one event or none."""
        t_s = frame.t_s
        last_s = t_s if self._last_s is None else self._last_s
        missed = pause_s(self._last_s, t_s, self._period_s) / self._period_s
        self._last_s = t_s
        events: Sequence[ReaderEvent] = ()
        if not self._seconds or t_s - self._seconds[-1].begin_s >= 1.0:
            events = self._judge(t_s)
            self._seconds.append(_Second(t_s, [0.0] * self._cells))
        second = self._seconds[-1]
        second.samples += 1.0 + missed
        self.is_losing = False
        if missed or frame.computer_mask:
            for i in range(self._cells):
                second.torn[i] += missed + (frame.computer_mask >> i & 1)
            self._follow_losses(frame, last_s, missed)
        if frame.computer_mask or self._silent_since_s:
            self._follow_silence(frame, last_s)
        if (missed or self.is_losing) and self._blinds(t_s, missed * self._period_s):
            events = (*events, *self._blinded(t_s))
        if self.is_blind:
            self.is_blind = t_s - self._blinded_s <= WITHIN_S
            self.is_blinding = t_s - self._blinded_s <= BLINDING_S
        return events

    def _follow_losses(self, frame: RawFrame, last_s: float, missed: float) -> None:
        """Take what this frame lacks into each cell's share, and see whether most have one."""
        t_s = frame.t_s
        kept = math.exp(-max(0.0, last_s - self._shares_s) / LOSING_TAU_S)
        new = 1.0 - math.exp(-max(self._period_s, t_s - last_s) / LOSING_TAU_S)
        self._shares_s = t_s
        for i, share in enumerate(self._shares):
            is_lost = missed > 0.0 or frame.computer_mask >> i & 1
            self._shares[i] = share * kept * (1.0 - new) + (new if is_lost else 0.0)
        self.is_losing = bool(frame.computer_mask) and usual(self._shares) > LOSING_SHARE
        is_heavy = max(self._shares) > BLIND_SHARE
        self._heavy_since_s = min(self._heavy_since_s, t_s) if is_heavy else math.inf

    def _follow_silence(self, frame: RawFrame, last_s: float) -> None:
        """Follow since when each cell has given nothing by the computer's doing alone."""
        since_s = self._silent_since_s
        for i in range(self._cells):
            if frame.computer_mask >> i & 1:
                since_s.setdefault(i, last_s)
            else:
                since_s.pop(i, None)

    def _blinds(self, t_s: float, pause_s: float) -> bool:
        """Return whether the computer takes too much to judge by, as of this frame."""
        if pause_s > self._blind_s:
            return True
        if not self.is_losing:
            return False
        since_s = min(self._heavy_since_s, *self._silent_since_s.values())
        return t_s - since_s > self._blind_s

    def _blinded(self, t_s: float) -> Sequence[ReaderEvent]:
        """Take that it is so; return what is to be reported now."""
        self.is_blind = self.is_blinding = True
        self._blinded_s = t_s
        if self.is_late:
            return ()
        self._problem, self._reported_s = ReaderProblem.LATE, t_s
        return (ReaderEvent(t_s, self._problem, self._share()),)

    def _share(self) -> float:
        """Return what the computer has cost of the samples of the last WITHIN_S."""
        samples = sum(second.samples for second in self._seconds)
        columns = zip(*(second.torn for second in self._seconds), strict=True)
        return usual([sum(column) for column in columns]) / samples

    def _judge(self, t_s: float) -> Sequence[ReaderEvent]:
        """Return what is to be reported of the last WITHIN_S, once a second."""
        while self._seconds and t_s - self._seconds[0].begin_s > WITHIN_S:
            self._seconds.popleft()
        if not self._seconds or t_s - self._seconds[0].begin_s < 0.5 * WITHIN_S:
            return ()  # too little to judge by
        share = self._share()
        limit = LATE_SHARE if self._problem is ReaderProblem.OK else OK_SHARE
        problem = ReaderProblem.LATE if share > limit else ReaderProblem.OK
        if problem is self._problem or t_s - self._reported_s < QUIET_S:
            return ()
        self._problem, self._reported_s = problem, t_s
        return (ReaderEvent(t_s, problem, share),)
