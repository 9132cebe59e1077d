"""The truth about repetitions, read from the leg's real angle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.messages import Fault
from matfw.virtual.deck import Array
from matfw.virtual.motion_script import RepPlan

LOW_SHARE, HIGH_SHARE = 0.05, 0.95  # of the excursion: the crossings that are a repetition's times
STILL_SHARE = 0.05  # of a phase's peak speed: slower is standing still
LIFTED_RAD = math.radians(3.0)  # below this a driven leg is at rest
HUMP_HIGH, HUMP_LOW = 0.40, 0.25  # of the usual height: a hump begins over, and ends below
SHOULDER_SHARE = 0.2  # of a way's fastest: slower beside it is holding or sagging, not the way


@dataclass(frozen=True, slots=True)
class TrueRep:
    """What really happened. start, top, lower, end: 5 % and 95 % crossings of the excursion.

    onset_s: first movement. up, hold, down: standstill to standstill. angle_deg: peak over rest;
    elevation_deg: the same peak over the horizontal.
    """

    start_s: float
    top_s: float
    lower_s: float
    end_s: float
    onset_s: float
    up_s: float
    hold_s: float
    down_s: float
    angle_deg: float
    elevation_deg: float
    roll_deg: float
    forward_deg: float
    hike_deg: float
    faults: tuple[Fault, ...]


def reps_of_angle(t_s: Array, excursion_rad: Array, rest_rad: float) -> list[TrueRep]:
    """Return the humps of an angle as repetitions without faults.

    A hump rises over 40 % of the usual height (the 90th percentile of what is over 3 degrees) and
    ends below 25 % of it. Standstill times are where its speed leaves and reaches 5 % of its peak.
    """
    lifted = excursion_rad[excursion_rad > LIFTED_RAD]
    if len(lifted) == 0:
        return []
    usual = float(np.quantile(lifted, 0.9))
    marks = np.where(
        excursion_rad > HUMP_HIGH * usual, 1, np.where(excursion_rad < HUMP_LOW * usual, -1, 0)
    )
    state, spans, begin = -1, [], 0
    for index in np.flatnonzero(marks):
        if marks[index] != state:
            if state == 1:
                spans.append((begin, int(index)))
            begin, state = int(index), int(marks[index])
    reps = []
    for number, (first, last) in enumerate(spans):
        before = spans[number - 1][1] if number else 0
        after = spans[number + 1][0] if number + 1 < len(spans) else len(t_s) - 1
        low = before + int(np.argmin(excursion_rad[before : first + 1]))
        high = last + int(np.argmin(excursion_rad[last : after + 1]))
        reps.append(_hump(t_s[low : high + 1], excursion_rad[low : high + 1], rest_rad))
    return reps


def reps_in_spans(
    t_s: Array,
    excursion_rad: Array,
    rest_rad: float,
    spans_s: Sequence[tuple[float, float]],
) -> list[TrueRep]:
    """Return the one repetition of each span of time, as `reps_of_angle` does, but sags aside.

    Real legs overshoot and sag by more than 5 % of their height while they are held, so that 95 %
    of the peak says nothing of when the descent begins: see `way_crossings_s`.
    """
    reps = []
    for from_s, to_s in spans_s:
        inside = slice(*np.searchsorted(t_s, [from_s, to_s]))
        t, angle = t_s[inside], excursion_rad[inside]
        whole = _hump(t, angle, rest_rad)
        start_s, top_s, lower_s, end_s = way_crossings_s(t, angle)
        (rise, stop), (fall, bottom) = ([t[i] for i in way] for way in _ways(t, angle, STILL_SHARE))
        reps.append(
            replace(
                whole,
                start_s=start_s, top_s=top_s, lower_s=lower_s, end_s=end_s,
                onset_s=float(rise), up_s=float(stop - rise),
                hold_s=max(float(fall - stop), 0.0), down_s=float(bottom - fall),
            )
        )  # fmt: skip
    return reps


def _hump(t_s: Array, angle: Array, rest_rad: float) -> TrueRep:
    crossings = crossings_s(t_s, angle)
    speed = np.gradient(angle, t_s)
    rising = np.flatnonzero(speed > STILL_SHARE * speed.max())
    falling = np.flatnonzero(speed < STILL_SHARE * speed.min())
    onset, up_end = float(t_s[rising[0]]), min(crossings[1] + 0.2, crossings[2])
    up_end = float(t_s[rising[t_s[rising] <= up_end][-1]])
    down_at = float(t_s[falling[t_s[falling] >= crossings[1]][0]])
    down_at = max(down_at, up_end)
    peak = math.degrees(float(angle.max()))
    return TrueRep(
        *crossings,
        onset_s=onset,
        up_s=up_end - onset,
        hold_s=down_at - up_end,
        down_s=float(t_s[falling[-1]]) - down_at,
        angle_deg=peak,
        elevation_deg=peak + math.degrees(rest_rad),
        roll_deg=0.0,
        forward_deg=0.0,
        hike_deg=0.0,
        faults=(),
    )


def true_rep(
    t_s: Array, excursion_rad: Array, onset_s: float, rep: RepPlan, rest_rad: float
) -> TrueRep:
    """Return the truth of one planned repetition, its crossings read from the real angle."""
    window = (t_s >= onset_s - 0.1) & (t_s <= onset_s + rep.total_s + 0.15)
    # Who overshoots or sags by more than the 5 % of a crossing is not in the descent yet.
    is_level = rep.sag_deg + rep.overshoot_deg <= LOW_SHARE * rep.excursion_deg
    moments = crossings_s if is_level else way_crossings_s
    crossings = moments(t_s[window], excursion_rad[window])
    peak = float(np.degrees(excursion_rad[window].max()))
    return TrueRep(
        *crossings,
        onset_s=onset_s,
        up_s=rep.up_s,
        hold_s=rep.hold_s,
        down_s=rep.down_s,
        angle_deg=peak,
        elevation_deg=peak + math.degrees(rest_rad),
        roll_deg=rep.roll_deg,
        forward_deg=rep.forward_deg,
        hike_deg=rep.hike_deg,
        faults=rep.faults,
    )


def with_faults(rep: TrueRep, faults: Sequence[Fault]) -> TrueRep:
    """Return the repetition with more faults, none twice."""
    return replace(rep, faults=tuple(dict.fromkeys((*rep.faults, *faults))))


def crossings_s(t_s: Array, angle: Array) -> tuple[float, float, float, float]:
    """Return start, top, lower, end: first 5 and 95 %, last 95 and 5 % of one hump.

    The ascent is measured from the lowest angle before the peak, the descent to the lowest after
    it: someone who lets the leg hover starts and ends a repetition at different levels.
    """
    peak = int(np.argmax(angle))
    rising, falling = angle[: peak + 1], angle[peak:]

    def cross(level_share: float, up: bool) -> float:
        part = rising if up else falling[::-1]
        low, high = float(part.min()), float(angle[peak])
        level = low + level_share * (high - low)
        # Up: the first sample at the level after the last one below the start level.
        index = _first_above(part, level, low + LOW_SHARE * (high - low))
        if index == 0:
            share = 0.0
        else:
            share = (level - part[index - 1]) / max(part[index] - part[index - 1], 1e-12)
        place = max(index - 1 + share, 0.0)
        at = place if up else len(angle) - 1 - place
        return float(np.interp(at, np.arange(len(t_s)), t_s))

    return (
        cross(LOW_SHARE, True),
        cross(HIGH_SHARE, True),
        cross(HIGH_SHARE, False),
        cross(LOW_SHARE, False),
    )


def way_crossings_s(t_s: Array, angle: Array) -> tuple[float, float, float, float]:
    """Return start, top, lower, end: 5 and 95 % of the ascent and of the descent of one hump.

    A way is what lies around its fastest moment until the leg is slower than SHOULDER_SHARE of
    that, or at its lowest. The fastest fall is sought after the fastest rise.
    """
    (_, top), (lower, _) = _ways(t_s, angle, SHOULDER_SHARE)
    start_s, top_s, _, _ = crossings_s(t_s[: top + 1], angle[: top + 1])
    _, _, lower_s, end_s = crossings_s(t_s[lower:], angle[lower:])
    return start_s, top_s, max(lower_s, top_s), end_s


def _ways(t_s: Array, angle: Array, share: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the samples from, to around the fastest rise, and the fastest fall after it.

    A way ends where the leg is slower than this share of its fastest.
    """
    speed = np.gradient(angle, t_s)
    rise = int(np.argmax(speed[: int(np.argmax(angle)) + 1]))
    fall = rise + int(np.argmin(speed[rise:]))

    def ends(at: int) -> tuple[int, int]:
        slow = np.flatnonzero(speed * np.sign(speed[at]) < share * abs(speed[at]))
        before, after = slow[slow < at], slow[slow > at]
        return (
            int(before[-1]) if len(before) else 0,
            int(after[0]) if len(after) else len(angle) - 1,
        )

    return ends(rise), ends(fall)


def _first_above(part: Array, level: float, floor: float) -> int:
    below = np.flatnonzero(part < floor)
    after = int(below[-1]) if len(below) else 0
    return after + int(np.argmax(part[after:] >= level))
