"""Reading a curve: its peaks, and when it crosses what shares of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.refinement.rep_shape import HIGH_SHARE, LOW_SHARE

MIN_PEAK_DEG = 3.5  # smaller peaks are ignored
PROMINENCE_SHARE = 0.35  # of its height a peak must stand out to be a rep of its own
LANDED_SHARE = 0.3  # of its height that a leg must have come below, or it is not down yet ...
RISES_AGAIN_DEG = 3.0  # ... unless it rises again by this
# Of a way's two parts: the slower one's speed as a share of the other's at least, and of its own
# that a pause is slower than.
WAY_SHARE, PAUSE_SHARE = 0.35, 0.3
MID_LOW, MID_HIGH = 0.15, 0.85  # the middle of a way

Peak = tuple[int, int, int]
"""Rows of the valley before, of the top, and of the valley after."""


def peaks(angle_deg: Array, first: int) -> list[Peak]:
    """Return every peak over the rest that stands out on both sides, from row first on."""
    tops: list[int] = []
    low, top, is_rising = first, first, False
    for i in range(first, len(angle_deg)):
        if is_rising:
            if angle_deg[i] > angle_deg[top]:
                top = i
            elif angle_deg[i] < angle_deg[top] - _prominence_deg(angle_deg[top]):
                if angle_deg[top] > 0.0:  # a curve that comes back from below its rest is no lift
                    tops.append(top)
                low, is_rising = i, False
        elif angle_deg[i] < angle_deg[low]:
            low = i
        elif angle_deg[i] - angle_deg[low] >= MIN_PEAK_DEG:
            top, is_rising = i, True
    if not tops:
        return []
    edges = [first, *tops, len(angle_deg) - 1]
    valleys = [begin + int(np.argmin(angle_deg[begin : end + 1])) for begin, end in pairwise(edges)]
    peaks = [(valleys[i], top, valleys[i + 1]) for i, top in enumerate(tops)]
    return peaks if _is_down(angle_deg, peaks[-1]) else peaks[:-1]


def _is_down(angle_deg: Array, peak: Peak) -> bool:
    """Return whether the leg has come down from the last peak, or gone up again."""
    _, top, valley = peak
    lowest = angle_deg[valley]
    rises_again = float(angle_deg[valley:].max()) > lowest + RISES_AGAIN_DEG
    return rises_again or bool(lowest < LANDED_SHARE * angle_deg[top])


def have_pauses(rate: Array, peak: Peak) -> tuple[bool, bool]:
    """Return whether a curve's rate, (n,) in any unit, stands midway to a peak, and from it."""
    left, top, right = peak
    return _has_pause(rate[left : top + 1]), _has_pause(-rate[top : right + 1])


def _has_pause(rate: Array) -> bool:
    before, after = np.maximum.accumulate(rate), np.maximum.accumulate(rate[::-1])[::-1]
    slower = np.minimum(before, after)
    is_way = slower > WAY_SHARE * rate.max()
    return bool((is_way & (rate < PAUSE_SHARE * slower)).any())


def crossings_s(
    t_s: Array, angle_deg: Array, peak: Peak, tail: float
) -> tuple[float, float, float, float]:
    """Return start, top, lower and end of a curve about a peak.

    tail: how far off the crossings may be from the middle of their way, a share of it. A curve that
    hovers near either end crosses them anywhere.
    """
    left, top, right = peak
    rise = angle_deg[left : top + 1] - max(0.0, float(angle_deg[left]))
    fall = angle_deg[top : right + 1] - max(0.0, float(angle_deg[right]))
    start_s, top_s = _way_s(t_s[left : top + 1], rise, tail)
    end_s, lower_s = _way_s(-t_s[top : right + 1][::-1], fall[::-1], tail)
    return start_s, top_s, -lower_s, -end_s


def _way_s(t_s: Array, rise: Array, tail: float) -> tuple[float, float]:
    """Return when a rising curve crosses the low and the high share of its height."""
    from_s, to_s = _rising(t_s, rise, MID_LOW, last=True), _rising(t_s, rise, MID_HIGH, last=False)
    low_s = _rising(t_s, rise, LOW_SHARE, last=True)
    high_s = _rising(t_s, rise, HIGH_SHARE, last=False)
    furthest_s = tail * max(0.0, to_s - from_s)
    return max(low_s, from_s - furthest_s), min(high_s, to_s + furthest_s)


def _rising(t_s: Array, angle: Array, share: float, *, last: bool) -> float:
    """Return when a rising curve crosses a share of its end value; last: for the last time."""
    above = angle >= share * angle[-1]
    k = len(above) - int(np.argmin(above[::-1])) if last else int(np.argmax(above))
    k = min(max(k, 1), len(above) - 1) if len(above) > 1 else 0
    step = angle[k] - angle[k - 1]
    way = min(max(float((share * angle[-1] - angle[k - 1]) / step), 0.0), 1.0) if step else 0.0
    return float(t_s[k - 1] + way * (t_s[k] - t_s[k - 1]))


def _prominence_deg(height_deg: float) -> float:
    return max(MIN_PEAK_DEG, PROMINENCE_SHARE * height_deg)
