"""Where lifts with a long hold begin and end: by the two ways alone, over a whole stretch.

While a leg is held for ten or thirty seconds the body settles, breathes and moves an arm, and the
moment wanders by as much as the leg lowered it: what lies between the ways says little. The ways
themselves push and pull as those of any lift. So each place is asked how much an ascent, and how
much a descent, would explain of load and of the moment's changes there (matched filters); and of
all ascents followed by a descent those are taken that together explain the most, short holds as
well, lest two quick lifts be taken for the two ends of a slow one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.messages import Tempo
from matfw.refinement.rep_shape import (
    AR1,
    BEGIN_S,
    DOWN_S,
    HOLD_S,
    SIZE,
    TOP_RAD,
    TYPICAL_EXPONENT,
    UP_S,
    shape_rad,
)
from matfw.refinement.segment import Segment

COARSE_STEPS = 4  # of 50 ms that a way is laid by
COARSE_S = COARSE_STEPS * STEP_S
USUAL_TOP_RAD = math.radians(38.0)
BESIDE_S = 0.4  # before and after a way
AFTER_S = 0.6  # of rest after a lift that must have been seen
STANDS_S = 5.0  # anything longer than BESIDE_S: the other way is not to be seen
WAYS = (0.6, 0.85, 1.2)  # times what is asked for
MIN_HOLD_S = 0.2
OVERLAP_S = 0.5  # that a lift may begin before what is finished ends
LOAD_SD_N = 0.5  # of a coarse step, for a body of usual noise scale
CHANGE_SD_NM = 0.7  # of the whitened moment's coarse step
MOST_SD = 4.0  # what stands out further counts as this: a hand, a fidget
MIN_GAIN = 30.0  # log likelihood that a lift must explain more than rest does ...
MIN_WAY_GAIN = 10.0  # ... and either way: 16 and more in true ones, up to 5 in an ascent alone
HEIGHTS = (0.3, 1.8)  # times the usual top
MIN_EVEN = 0.35  # of one way's height, that the other one's must be at least


@dataclass(frozen=True, slots=True)
class HeldLift:
    """One lift. share: of the usual top that its ways are best explained with."""

    begin_s: float
    tempo: Tempo
    share: float
    gain: float


@dataclass(frozen=True, slots=True)
class _Way:
    """A way at each coarse row it may begin at. match: with the data; energy: with itself."""

    way_s: float
    rows: int
    match: Array
    energy: float


def held_lifts(segment: Segment, asked: Tempo, longest_hold_s: float) -> list[HeldLift]:
    """Return the lifts that together explain load and moment best, oldest first."""
    if len(segment.t_s) * STEP_S < WAYS[-1] * (asked.up_s + asked.down_s) + 1.0:
        return []
    data = _coarse(segment)
    rows = data.shape[1]
    ups = [_way(segment, data, share * asked.up_s, is_up=True) for share in WAYS]
    downs = [_way(segment, data, share * asked.down_s, is_up=False) for share in WAYS]
    gains = np.full((rows + 1, rows + 1), -math.inf)  # [begin, end]
    choice = np.zeros((rows + 1, rows + 1), int)
    for number, (up, down) in enumerate((up, down) for up in ups for down in downs):
        gain = _gains(up, down, rows, longest_hold_s)
        is_better = gain > gains
        gains[is_better] = gain[is_better]
        choice[is_better] = number
    first_s = float(segment.t_s[len(segment.t_s) - rows * COARSE_STEPS]) - 0.5 * STEP_S
    # What is finished ends with a landing, which pushes as an ascent does.
    gains[: math.ceil(max(0.0, segment.finished_s - OVERLAP_S - first_s) / COARSE_S)] = -math.inf
    found = []
    for begin, end in _best_spans(gains):
        up, down = ups[choice[begin, end] // len(downs)], downs[choice[begin, end] % len(downs)]
        hold_s = (end - begin - up.rows - down.rows) * COARSE_S
        match = up.match[begin] + down.match[end - down.rows]
        found.append(
            HeldLift(
                first_s + begin * COARSE_S,
                Tempo(up.rows * COARSE_S, hold_s, down.rows * COARSE_S),
                float(match / (up.energy + down.energy)),
                float(gains[begin, end]),
            )
        )
    return found


def _coarse(segment: Segment) -> Array:
    """Return load and the moment's whitened changes in standard deviations, (2, rows)."""
    rows = len(segment.t_s) // COARSE_STEPS
    sd = math.sqrt(segment.noise_scale)

    def means(series: Array) -> Array:
        last = series[-rows * COARSE_STEPS :]
        return np.asarray(last.reshape(rows, COARSE_STEPS).mean(axis=1))

    load = means(segment.load_n - np.median(segment.load_n)) / (LOAD_SD_N * sd)
    changes = _whitened(means(segment.moment_nm)) / (CHANGE_SD_NM * sd)
    data = np.clip(np.stack([load, changes]), -MOST_SD, MOST_SD)
    data[:, means(segment.seen) == 0.0] = 0.0
    return data


def _whitened(series: Array) -> Array:
    """Return what is new in each step of a moment that wanders."""
    before = np.concatenate([series[:1], series[:-1]])
    return np.asarray(series - AR1**COARSE_STEPS * before)


def _way(segment: Segment, data: Array, way_s: float, *, is_up: bool) -> _Way:
    """Return how well a way of this length fits wherever it may begin."""
    rows, beside = max(2, round(way_s / COARSE_S)), round(BESIDE_S / COARSE_S)
    template = _template(segment, rows * COARSE_S, rows + 2 * beside, is_up=is_up)
    padded = np.pad(data, ((0, 0), (beside, beside + rows)))
    spans = np.lib.stride_tricks.sliding_window_view(padded, template.shape[1], axis=1)
    match = np.einsum("ijk,ik->j", spans, template)
    count = data.shape[1] + 1
    return _Way(way_s, rows, np.asarray(match[:count]), float((template**2).sum()))


def _template(segment: Segment, way_s: float, rows: int, *, is_up: bool) -> Array:
    """Return what a way to or from the usual top does to load and changes, (2, rows)."""
    params = np.full(SIZE, TYPICAL_EXPONENT)
    params[[BEGIN_S, UP_S, HOLD_S, DOWN_S]] = 0.0, way_s, STANDS_S, way_s
    params[TOP_RAD] = USUAL_TOP_RAD
    params[9:] = 0.0
    from_s = -BESIDE_S if is_up else way_s + STANDS_S - BESIDE_S
    # A row more before: changes are against it.
    at_s = from_s + (np.arange(-COARSE_STEPS, rows * COARSE_STEPS) + 0.5) * STEP_S
    angle = shape_rad(params, np.asarray(at_s, np.float64))
    rate = np.gradient(angle, STEP_S)
    force_n, moment_nm = segment.model.force_and_moment(angle, rate, np.gradient(rate, STEP_S))
    means = np.stack([force_n, moment_nm]).reshape(2, rows + 1, COARSE_STEPS).mean(axis=2)
    sd = math.sqrt(segment.noise_scale)
    changes = _whitened(means[1] - means[1, 0])[1:]
    changes -= changes.mean()
    return np.stack([means[0, 1:] / (LOAD_SD_N * sd), changes / (CHANGE_SD_NM * sd)])


def _gains(up: _Way, down: _Way, rows: int, longest_hold_s: float) -> Array:
    """Return what a lift from, to explains more than rest, log likelihood; -inf: none."""
    ascent, descent = up.match[:, None], np.zeros((1, rows + 1))
    last = rows + 1 - round(AFTER_S / COARSE_S)  # of which the rest after it has been seen
    descent[0, down.rows : last] = down.match[: last - down.rows]
    match, energy = ascent + descent, up.energy + down.energy
    hold_s = COARSE_S * (
        np.arange(rows + 1)[None, :] - np.arange(rows + 1)[:, None] - up.rows - down.rows
    )
    share = match / energy
    low, high = HEIGHTS
    up_share, down_share = ascent / up.energy, descent / down.energy
    is_one = (hold_s > MIN_HOLD_S) & (hold_s < longest_hold_s) & (share > low) & (share < high)
    is_one &= np.minimum(up_share, down_share) > MIN_EVEN * share
    is_one &= np.minimum(ascent**2 / up.energy, descent**2 / down.energy) > 2.0 * MIN_WAY_GAIN
    gain = np.full_like(match, -math.inf)
    gain[is_one] = 0.5 * match[is_one] ** 2 / energy
    return gain


def _best_spans(gains: Array) -> Sequence[tuple[int, int]]:
    """Return which spans together gain the most and do not overlap, oldest first."""
    count = len(gains)
    best, last = np.zeros(count), np.full(count, -1)
    for end in range(1, count):
        best[end] = best[end - 1]
        totals = best[:end] + gains[:end, end] - MIN_GAIN
        begin = int(np.argmax(totals))
        if totals[begin] > best[end]:
            best[end], last[end] = totals[begin], begin
    spans, end = [], count - 1
    while end > 0:
        if last[end] >= 0:
            spans.append((int(last[end]), end))
            end = int(last[end])
        else:
            end -= 1
    return spans[::-1]
