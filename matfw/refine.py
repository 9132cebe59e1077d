"""After the rep: what it really was, seen from its end. Outside the frame path.

The live line has to speak while things happen. Here its beliefs are smoothed backwards over the
whole movement, with the rest after it known; peaks that stand out are repetitions; and each one's
times come from a shape fitted to it (`rep_shape`), as long as that agrees with the smoothed curve.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from matfw.contact_lifts import contact_lifts
from matfw.leg_model import PUSH_LEVER_M, Array
from matfw.leg_noise import ACCEL, ANGLE, PUSH, RATE
from matfw.messages import Excursion
from matfw.rep_shape import (
    BEGIN_S,
    DOWN_S,
    HIGH_SHARE,
    HOLD_S,
    LOW_SHARE,
    SIZE,
    TOP_RAD,
    UP_S,
    crossings_s,
    fit_shape,
    top_rad,
)
from matfw.rep_windows import MIN_PEAK_DEG, RepWindow
from matfw.shift_course import bow_mm

PROMINENCE_SHARE = 0.35  # of its height a peak must stand out to be a rep of its own
SPAN_SHARE = 0.655  # of a way's own length between those crossings, mean over speed profiles
HOLD_TAILS = 0.225  # of both spans together that lies between the upper crossings but is no hold
TOP_SHARE = 0.85  # of the height from which on the hips are read
ZERO_S = 2.0  # before a rep that its sideways zero is taken from, ...
REST_DEG = 1.0  # ... as far as the leg rests there
AGREE_DEG = 6.0  # a shape whose top is further from the smoothed curve's is fitted again, ...
TOP_HELD_RAD = 0.012  # ... its top held to the curve's
# A shape's cost a step above which this leg follows none and the smoothed curve's times count:
# 95 % of paced reps cost less than 5.9, half of those without a pace (clams) more than 15.
FREE_MISFIT = 7.0
PUSH_LEAST_N = 1.5  # smaller hand pushes are left to the shape's own noise
AROUND_S = 0.2  # around a repetition that its shift's course is followed over
EVIDENCE_LEAD_S = 0.2  # around a repetition that its evidence is taken from
# Shares of load's and moment's energy, added. On tuning people 1.7 % of true reps fall below both,
# and half of the false ones, among them all of those made by arms while lying still.
EXPLAINED_LEAST, EXPLAINED_WITHOUT_HAND = 0.2, 1.0
LEAD_S, TRAIL_S = 0.8, 0.6  # of rest before and after a repetition that its shape is fitted over
SEEN_NEAR_S = 3.0  # before a smoothed curve's start, or after its end, to be of this repetition
TYPICAL_EXPONENT, TYPICAL_SAG = 2.6, 0.01


Rows = np.ndarray[tuple[int, ...], np.dtype[np.intp]]
"""Row numbers."""


def refine(window: RepWindow) -> list[Excursion]:
    """Return the excursions in a window, oldest first; often one, none for a false start."""
    states = window.trace.smoothed()
    t_s = np.array([m.t_s for m in window.motions])
    shift_mm = np.array([m.front_shift_mm for m in window.motions])
    roll_deg = np.array(
        [math.nan if m.hip_roll_deg is None else m.hip_roll_deg for m in window.motions]
    )
    angle_deg = np.degrees(states[:, ANGLE])
    found = []
    for valley, top, next_valley in _peaks(angle_deg, window.first):
        rough = replace(
            _measure(
                t_s, angle_deg, (shift_mm, roll_deg), (valley, top, next_valley), window.first
            ),
            hip_sd_deg=window.motions[top].hip_sd_deg,
            unrest=window.unrest,
        )
        if not _is_borne_out(window, states, t_s, rough):
            continue
        found.append(_with_lengths(_shaped(window, states, t_s, rough)))
    lifts = [_with_lengths(x) for x in contact_lifts(window, states, t_s, found)]
    whole = [
        x for x in found if not any(x.start_s < y.end_s and y.start_s < x.end_s for y in lifts)
    ]
    return [
        replace(x, bow_mm=_bow_mm(x, t_s, angle_deg, shift_mm))
        for x in sorted([*whole, *lifts], key=lambda x: x.start_s)
    ]


def _bow_mm(x: Excursion, t_s: Array, angle_deg: Array, shift_mm: Array) -> float:
    near = (t_s >= x.start_s - AROUND_S) & (t_s <= x.end_s + AROUND_S)
    return bow_mm(t_s[near], angle_deg[near], shift_mm[near])


def _peaks(angle_deg: Array, first: int) -> list[tuple[int, int, int]]:
    """Return (valley, peak, valley) rows of every peak that stands out on both sides."""
    tops: list[int] = []
    low, top, is_rising = first, first, False
    for i in range(first, len(angle_deg)):
        if is_rising:
            if angle_deg[i] > angle_deg[top]:
                top = i
            elif angle_deg[i] < angle_deg[top] - _prominence_deg(angle_deg[top]):
                tops.append(top)
                low, is_rising = i, False
        elif angle_deg[i] < angle_deg[low]:
            low = i
        elif angle_deg[i] - angle_deg[low] >= MIN_PEAK_DEG:
            top, is_rising = i, True
    edges = [first, *tops, len(angle_deg) - 1]
    valleys = [begin + int(np.argmin(angle_deg[begin : end + 1])) for begin, end in pairwise(edges)]
    return [(valleys[i], top, valleys[i + 1]) for i, top in enumerate(tops)]


def _prominence_deg(height_deg: float) -> float:
    return max(MIN_PEAK_DEG, PROMINENCE_SHARE * height_deg)


def _measure(
    t_s: Array,
    angle_deg: Array,
    hips: tuple[Array, Array],
    rows: tuple[int, int, int],
    first: int,
) -> Excursion:
    """Return the excursion over (valley, peak, valley) rows, read off the smoothed curve.

    hips: sideways shift (mm) and a hip sensor's roll (deg, NaN where it gave none). first: the row
    after the movement before; what lies before it is no rest to compare with.
    """
    left, top, right = rows
    height = float(angle_deg[top])
    rise = angle_deg[left : top + 1] - max(0.0, float(angle_deg[left]))
    fall = angle_deg[top : right + 1] - max(0.0, float(angle_deg[right]))
    up_s, down_s = t_s[left : top + 1], t_s[top : right + 1]
    start_s = _rising(up_s, rise, LOW_SHARE, last=True)
    high = left + np.flatnonzero(angle_deg[left : right + 1] > TOP_SHARE * height)
    rest = np.flatnonzero((t_s > start_s - ZERO_S) & (t_s < start_s) & (angle_deg < REST_DEG))
    shift_mm, roll_deg = (_change(series, high, rest[rest >= first]) for series in hips)
    return Excursion(
        start_s=start_s,
        top_s=_rising(up_s, rise, HIGH_SHARE, last=False),
        lower_s=-_rising(-down_s[::-1], fall[::-1], HIGH_SHARE, last=False),
        end_s=-_rising(-down_s[::-1], fall[::-1], LOW_SHARE, last=True),
        up_s=0.0,
        hold_s=0.0,
        down_s=0.0,
        angle_deg=height,
        front_shift_mm=shift_mm,
        hip_roll_deg=None if math.isnan(roll_deg) else roll_deg,
    )


def _change(series: Array, high: Rows, zero: Rows) -> float:
    """Return by how much a series' mean at the top differs from that before; NaN if unknown."""
    return float(np.mean(series[high])) - (float(np.mean(series[zero])) if len(zero) else 0.0)


def _rising(t_s: Array, angle: Array, share: float, *, last: bool) -> float:
    """Return when a rising curve crosses a share of its end value; last: for the last time."""
    above = angle >= share * angle[-1]
    k = len(above) - int(np.argmin(above[::-1])) if last else int(np.argmax(above))
    k = min(max(k, 1), len(above) - 1) if len(above) > 1 else 0
    step = angle[k] - angle[k - 1]
    way = min(max(float((share * angle[-1] - angle[k - 1]) / step), 0.0), 1.0) if step else 0.0
    return float(t_s[k - 1] + way * (t_s[k] - t_s[k - 1]))


def _is_borne_out(window: RepWindow, states: Array, t_s: Array, x: Excursion) -> bool:
    """Return whether a leg explains load and moment, or does so with a hand's push taken out.

    A hand alone can look like a leg for a while; it does not leave load and moment both smaller.
    """
    rows = (t_s >= x.start_s - EVIDENCE_LEAD_S) & (t_s <= x.end_s + EVIDENCE_LEAD_S)
    near = states[rows]
    motion = near[:, ANGLE], near[:, RATE], near[:, ACCEL]
    leg_n, leg_nm = window.model.force_n(*motion), _level(window.model.moment_nm(*motion))
    force_n = np.array([m.force_n for m in window.motions])[rows]
    moment_nm = np.array([m.moment_nm for m in window.motions])[rows]
    push_n = near[:, PUSH]

    def explained(force_n: Array, moment_nm: Array) -> float:
        return _explained(force_n, leg_n) + _explained(_level(moment_nm), leg_nm)

    return (
        explained(force_n, moment_nm) > EXPLAINED_LEAST
        or explained(force_n - push_n, moment_nm - PUSH_LEVER_M * push_n) > EXPLAINED_WITHOUT_HAND
    )


def _level(series: Array) -> Array:
    """Return a series with the line between its ends taken off."""
    return np.asarray(series - np.linspace(series[0], series[-1], len(series)))


def _explained(series: Array, part: Array) -> float:
    """Return the share of a series' energy that a part explains, 1 at best, -1 at worst."""
    left = float(((series - part) ** 2).sum()) / max(float((series**2).sum()), 1e-9)
    return max(1.0 - left, -1.0)


def _shaped(window: RepWindow, states: Array, t_s: Array, rough: Excursion) -> Excursion:
    """Return the excursion with its times from a fitted shape, or as it is if they disagree."""
    up_s = max(0.3, (rough.top_s - rough.start_s) / SPAN_SHARE)
    down_s = max(0.3, (rough.end_s - rough.lower_s) / SPAN_SHARE)
    begin_s = rough.start_s - 0.17 * up_s
    end_s = rough.end_s + 0.17 * down_s
    left_s, landed_s = _seen_s(window, rough)
    if left_s is not None:
        begin_s, up_s = left_s, max(0.3, up_s + begin_s - left_s)
    if landed_s is not None:
        end_s, down_s = landed_s, max(0.3, down_s + landed_s - end_s)
    hold_s = max(0.05, end_s - down_s - begin_s - up_s)
    rows = (t_s >= begin_s - LEAD_S) & (t_s <= begin_s + up_s + hold_s + down_s + TRAIL_S)
    near = states[rows]
    push_n = np.where(np.abs(near[:, PUSH]) > PUSH_LEAST_N, near[:, PUSH], 0.0)
    force_n = np.array([m.force_n for m in window.motions])[rows] - push_n
    moment_nm = np.array([m.moment_nm for m in window.motions])[rows] - PUSH_LEVER_M * push_n
    left_nm = moment_nm - window.model.moment_nm(near[:, ANGLE], near[:, RATE], near[:, ACCEL])
    start = np.full(SIZE, TYPICAL_EXPONENT)
    start[[BEGIN_S, UP_S, HOLD_S, DOWN_S]] = begin_s, up_s, hold_s, down_s
    start[TOP_RAD] = math.radians(rough.angle_deg)
    start[9:] = TYPICAL_SAG, float(np.median(left_nm)), 0.0
    fit = partial(
        fit_shape, t_s[rows], force_n, moment_nm, start, model=window.model, unrest=window.unrest,
        seen_s=(left_s, landed_s),
    )  # fmt: skip
    fitted = fit()
    if abs(math.degrees(fitted.numbers[TOP_RAD]) - rough.angle_deg) > AGREE_DEG:
        fitted = fit(top_sd_rad=TOP_HELD_RAD)
    numbers = fitted.numbers
    top = top_rad(numbers)
    misfit_deg = abs(math.degrees(top) - rough.angle_deg)
    if misfit_deg > AGREE_DEG or fitted.misfit > FREE_MISFIT:
        return replace(rough, misfit_deg=misfit_deg)
    start_s, top_s, lower_s, end_s = crossings_s(numbers)
    return replace(
        rough,
        start_s=start_s,
        top_s=top_s,
        lower_s=lower_s,
        end_s=end_s,
        misfit_deg=misfit_deg,
    )


def _seen_s(window: RepWindow, rough: Excursion) -> tuple[float | None, float | None]:
    """Return when plates saw the leg leave before its top and land after it, None if not."""
    left_s = {m.left_s for m in window.motions if m.left_s is not None}
    landed_s = {m.landed_s for m in window.motions if m.landed_s is not None}
    left = max((at_s for at_s in left_s if at_s < rough.top_s), default=None)
    landed = min((at_s for at_s in landed_s if at_s > rough.lower_s), default=None)
    if left is not None and (
        rough.start_s - left > SEEN_NEAR_S or any(left < at_s < rough.top_s for at_s in landed_s)
    ):
        left = None
    if landed is not None and (
        landed - rough.end_s > SEEN_NEAR_S or any(rough.lower_s < at_s < landed for at_s in left_s)
    ):
        landed = None
    return left, landed


def _with_lengths(x: Excursion) -> Excursion:
    """Add the movement's own lengths, standstill to standstill, to its crossings.

    How long a leg stood still is known to some 0.2 s at best: a slow start of the way down looks
    like the hold's end (measured with perfect crossings over many speed profiles, simulated).
    """
    up_s, down_s = x.top_s - x.start_s, x.end_s - x.lower_s
    hold_s = max(0.0, x.lower_s - x.top_s - HOLD_TAILS * (up_s + down_s))
    return replace(x, up_s=up_s / SPAN_SHARE, hold_s=hold_s, down_s=down_s / SPAN_SHARE)
