"""The truth: when the simulated thigh left its rest, stood, and was down again.

A muscle lags and errs, so what was wanted is not what was done. Of each lift the actual ways are
found where they cross 10 and 85 % of their height, and the wanted standstills, which noise hides in
the actual course, carried over from the same crossings of the wanted one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tests.accuracy.contact.doings import Manner, Wanted
from tests.accuracy.others.plans import Array

Flags = npt.NDArray[np.bool_]

ANGLE_HZ, SLOW_HZ = 25.0, 5.0  # the true angle is passed up to, and what times are found in
LOW, HIGH = 0.10, 0.85  # of a way
SHORTEST_WAY_S = 0.02
STILL = 0.05  # of the fastest: a dropped leg leaves its hold


def excursion_deg(t_s: Array, elevation_deg: Array, lifts: Sequence[Wanted], lies: Flags) -> Array:
    """Return the angle over rest: the rest before each lift, carried through it and led over.

    lies: where somebody lies, for who lifts nothing.
    """
    at_s, rest_deg = [], []
    for number, lift in enumerate(lifts):
        from_s = max(lift.at_s - 0.5, lifts[number - 1].end_s + 0.1 if number else 0)
        before = (t_s >= min(from_s, lift.at_s - 0.15)) & (t_s <= lift.at_s - 0.05)
        at_s += [lift.at_s - 0.1, lift.end_s]
        rest_deg += [float(np.median(elevation_deg[before]))] * 2
    if not lifts:
        return elevation_deg - float(np.median(elevation_deg[lies]))
    return np.asarray(elevation_deg - np.interp(t_s, at_s, rest_deg))


def times_s(t_s: Array, done_deg: Array, wanted_deg: Array, lift: Wanted) -> Array:
    """Return a lift's onset, top, lowering and end; angles over rest, about that lift alone.

    Both are to be passed up to SLOW_HZ: a trembling leg has no standstill.
    """
    up_s, down_s = _ways_s(t_s, done_deg, lift)
    wanted_up_s, wanted_down_s = _ways_s(t_s, wanted_deg, lift)
    stretch = (up_s[1] - up_s[0]) / max(wanted_up_s[1] - wanted_up_s[0], SHORTEST_WAY_S)
    onset_s = up_s[0] - stretch * (wanted_up_s[0] - lift.at_s)
    top_s = up_s[1] + stretch * (lift.at_s + lift.up_s - wanted_up_s[1])
    if lift.manner is Manner.DROP:
        speed = np.gradient(done_deg, t_s)
        fastest = index = int(np.argmin(speed))
        while index > 0 and speed[index] < STILL * speed[fastest]:
            index -= 1
        lower_s = t_s[index]
        end_s = down_s[1] + 0.08 * (down_s[1] - lower_s)  # it lands at speed
    else:
        stretch = (down_s[1] - down_s[0]) / max(wanted_down_s[1] - wanted_down_s[0], SHORTEST_WAY_S)
        lower_s = down_s[0] - stretch * (wanted_down_s[0] - (lift.end_s - lift.down_s))
        end_s = down_s[1] + stretch * (lift.end_s - wanted_down_s[1])
    return np.array([onset_s, top_s, lower_s, end_s])


def _ways_s(t_s: Array, angle_deg: Array, lift: Wanted) -> tuple[Array, Array]:
    """Return the crossings of the way up and of the way down, of the levels these end at."""
    last = len(t_s) - 2
    top = min(int(np.searchsorted(t_s, lift.at_s + lift.up_s)), last)
    lowers = min(int(np.searchsorted(t_s, lift.lowers_s)), last)
    top_deg = float(np.median(angle_deg[top : max(lowers, top + 3)]))
    held_deg = float(np.median(angle_deg[max(lowers - 100, top) : lowers + 2]))
    highest = top + int(np.argmax(angle_deg[top : top + max((lowers - top) // 2, 3)]))
    end_deg = float(np.median(angle_deg[-100:])) if len(angle_deg) > 150 else float(angle_deg[-1])
    end_deg = min(end_deg, 0.3 * held_deg)
    low, high = LOW * top_deg, HIGH * top_deg
    up_s = [
        _crossing_s(t_s, angle_deg, low, highest, -1),
        _crossing_s(t_s, angle_deg, high, int(np.argmax(angle_deg > high)) + 1, -1),
    ]
    low, high = (end_deg + share * (held_deg - end_deg) for share in (LOW, HIGH))
    over = len(angle_deg) - 1 - int(np.argmax((angle_deg > high)[::-1]))
    down_s = [_crossing_s(t_s, angle_deg, level, over - 1, 1) for level in (high, low)]
    return np.array(up_s), np.array(down_s)


def _crossing_s(t_s: Array, angle_deg: Array, level: float, start: int, step: int) -> float:
    """Return when the angle passes a level, walked outwards from an index that is over it."""
    index = start
    while 0 < index + step < len(angle_deg) - 1 and angle_deg[index] > level:
        index += step
    inner = index - step
    if angle_deg[index] == angle_deg[inner]:
        return float(t_s[index])
    share = (level - angle_deg[index]) / (angle_deg[inner] - angle_deg[index])
    return float(t_s[index] + (t_s[inner] - t_s[index]) * np.clip(share, 0, 1))
