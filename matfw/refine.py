"""After the rep: what it really was, seen from its end. Outside the frame path.

The live line has to speak while things happen; here the same beliefs are smoothed backwards over
the whole rep, with the rest after it known, and the times are read off that curve.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matfw.leg_tracker import ANGLE, RATE, LegTrace, LegTracker
from matfw.messages import Excursion, Motion, Phase, PhaseStep, Presence

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SETTLE_S = 0.5  # of rest after a rep before it is refined: what comes after fixes its end
LONGEST_S = 20.0  # a leg up longer than this is refined as it is
LEAD_S = 2.5  # of what was before the rep: its own sideways zero
MIN_PEAK_DEG = 6.0  # smaller excursions are not looked at; below 8 deg forces cannot tell
PROMINENCE_SHARE = 0.35  # of its height a peak must stand out to be a rep of its own
MIN_APART_S = 0.7
LOW_SHARE, HIGH_SHARE = 0.05, 0.95
TAIL_ORDER = 2.7  # a movement that starts like t^2.7: from its 5 % crossing back to standstill
TOP_SHARE = 0.85  # of the height from which on the hips are read


@dataclass(frozen=True, slots=True)
class RepWindow:
    """Everything known about the last movement and the rest around it; one row a 50 ms step."""

    motions: tuple[Motion, ...]
    trace: LegTrace
    first: int  # the row after the last rep already reported


class RepWindows:
    """Notice that a movement is over and cut out what its refinement needs."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._motions: deque[Motion] = deque(maxlen=1200)
        self.reset()

    def reset(self) -> None:
        """Forget the movement under way."""
        self._motions.clear()
        self._first_s = -math.inf
        self._peak_deg = 0.0
        self._moved_s: float | None = None
        self._rested_s: float | None = None

    def update(
        self, motion: Motion, phase: PhaseStep, tracker: LegTracker | None
    ) -> RepWindow | None:
        """Return a window when a movement has just ended (or the person has got up in it)."""
        if motion.presence is not Presence.LYING or tracker is None:
            self.reset()
            return None
        self._motions.append(motion)
        if motion.is_moving:
            self._peak_deg = max(self._peak_deg, motion.angle_deg)
            if self._moved_s is None:
                self._moved_s = motion.t_s
            self._rested_s = None
        elif self._rested_s is None:
            self._rested_s = motion.t_s
        if self._moved_s is None:
            return None
        if self._peak_deg < MIN_PEAK_DEG:
            if self._rested_s is not None and motion.t_s - self._rested_s > SETTLE_S:
                self._moved_s = None
                self._peak_deg = 0.0
            return None
        is_settled = self._rested_s is not None and motion.t_s - self._rested_s >= SETTLE_S
        is_again = phase.changed and phase.phase is Phase.UP and motion.t_s - self._moved_s > 1.0
        if not (is_settled or is_again or motion.t_s - self._moved_s > LONGEST_S):
            return None
        window = self._cut(tracker)
        self._first_s = self._rested_s or motion.t_s
        self._moved_s = None if is_settled else motion.t_s
        self._peak_deg = 0.0
        return window

    def finish(self, tracker: LegTracker | None) -> RepWindow | None:
        """Return what has been gathered of a movement that the frames' end cuts off."""
        if tracker is None or self._moved_s is None or self._peak_deg < MIN_PEAK_DEG:
            return None
        return self._cut(tracker)

    def _cut(self, tracker: LegTracker) -> RepWindow:
        begin_s = (self._moved_s or 0.0) - LEAD_S
        motions = tuple(m for m in self._motions if m.t_s >= begin_s)
        trace = tracker.trace(len(motions))
        motions = motions[len(motions) - len(trace.x) :]
        first = sum(1 for m in motions if m.t_s <= self._first_s)
        return RepWindow(motions, trace, first)


def refine(window: RepWindow) -> list[Excursion]:
    """Return the excursions in a window, oldest first; often one, none for a false start."""
    states = window.trace.smoothed()
    t_s = np.array([m.t_s for m in window.motions])
    angle = np.degrees(states[:, ANGLE])
    rate = np.degrees(states[:, RATE])
    shift = np.array([m.front_shift_mm for m in window.motions])
    found = []
    for left, top, right in _peaks(angle, window.first):
        found.append(_measure(t_s, angle, rate, shift, left, top, right))
    return found


def _peaks(angle: Array, first: int) -> list[tuple[int, int, int]]:
    """Return (valley, peak, valley) rows of every peak that stands out on both sides."""
    tops: list[int] = []
    low, top, is_rising = first, first, False
    for i in range(first, len(angle)):
        if is_rising:
            if angle[i] > angle[top]:
                top = i
            elif angle[i] < angle[top] - _prominence(angle[top]):
                tops.append(top)
                low, is_rising = i, False
        elif angle[i] < angle[low]:
            low = i
        elif angle[i] - angle[low] >= MIN_PEAK_DEG:
            top, is_rising = i, True
    edges = [first, *tops, len(angle) - 1]
    valleys = [
        begin + int(np.argmin(angle[begin : end + 1]))
        for begin, end in pairwise(edges)
    ]
    return [(valleys[i], top, valleys[i + 1]) for i, top in enumerate(tops)]


def _prominence(height_deg: float) -> float:
    return max(MIN_PEAK_DEG, PROMINENCE_SHARE * height_deg)


def _measure(
    t_s: Array, angle: Array, rate: Array, shift: Array, left: int, top: int, right: int
) -> Excursion:
    base_up = max(0.0, float(angle[left]))
    base_down = max(0.0, float(angle[right]))
    height = float(angle[top])
    up_low = base_up + LOW_SHARE * (height - base_up)
    up_high = base_up + HIGH_SHARE * (height - base_up)
    down_high = base_down + HIGH_SHARE * (height - base_down)
    down_low = base_down + LOW_SHARE * (height - base_down)
    start_s, start_rate = _crossing(t_s, angle, rate, up_low, left, top, last=True)
    top_s, top_rate = _crossing(t_s, angle, rate, up_high, left, top, last=False)
    lower_s, lower_rate = _crossing(t_s, angle, rate, down_high, top, right, last=True)
    end_s, end_rate = _crossing(t_s, angle, rate, down_low, top, right, last=False)
    tail_up = LOW_SHARE * (height - base_up) * TAIL_ORDER
    tail_down = LOW_SHARE * (height - base_down) * TAIL_ORDER
    begin_s = start_s - _tail_s(tail_up, start_rate, top_s - start_s)
    stand_s = top_s + _tail_s(tail_up, top_rate, top_s - start_s)
    leave_s = lower_s - _tail_s(tail_down, lower_rate, end_s - lower_s)
    landed_s = end_s + _tail_s(tail_down, end_rate, end_s - lower_s)
    if leave_s < stand_s:
        leave_s = stand_s = 0.5 * (leave_s + stand_s)
    high = slice(left, right + 1)
    is_high = angle[high] > TOP_SHARE * height
    before = shift[max(0, left - 40) : max(1, left)]
    zero = float(np.mean(before)) if len(before) else 0.0
    return Excursion(
        start_s, top_s, lower_s, end_s, stand_s - begin_s, leave_s - stand_s, landed_s - leave_s,
        height, float(np.mean(shift[high][is_high])) - zero,
    )  # fmt: skip


def _crossing(
    t_s: Array, angle: Array, rate: Array, level: float, begin: int, end: int, *, last: bool
) -> tuple[float, float]:
    """Return the time (s) and the rate (deg/s) at which the angle crosses a level.

    last: the last crossing upward or downward in the range, otherwise the first one.
    """
    part = angle[begin : end + 1] - level
    signs = np.flatnonzero(part[:-1] * part[1:] <= 0)
    if not len(signs):
        k = begin if last else end
        return float(t_s[k]), float(rate[k])
    k = int(signs[-1] if last else signs[0])
    step = part[k + 1] - part[k]
    share = float(-part[k] / step) if step else 0.0
    k += begin
    return (
        float(t_s[k] + share * (t_s[k + 1] - t_s[k])),
        float(rate[k] + share * (rate[k + 1] - rate[k])),
    )


def _tail_s(travel_deg: float, rate_dps: float, span_s: float) -> float:
    """Return how long the last 5 % take; at most a third of the way between the crossings."""
    speed = abs(rate_dps)
    limit = span_s / 3.0
    return limit if speed * limit <= travel_deg else travel_deg / speed
