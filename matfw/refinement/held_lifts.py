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
from matfw.refinement.segment import Segment
from matfw.refinement.ways import Grid, Way, laid, seen_in_sd

GRID = Grid(4, 2, math.radians(38.0), load_sd_n=0.5, change_sd_nm=0.7, most_sd=4.0)
AFTER_S = 0.6  # of rest after a lift that must have been seen
WAYS = (0.6, 0.85, 1.2)  # times what is asked for
MIN_HOLD_S = 0.2
OVERLAP_S = 0.5  # that a lift may begin before what is finished ends
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


def held_lifts(segment: Segment, asked: Tempo, longest_hold_s: float) -> list[HeldLift]:
    """Return the lifts that together explain load and moment best, oldest first."""
    if len(segment.t_s) * STEP_S < WAYS[-1] * (asked.up_s + asked.down_s) + 1.0:
        return []
    data = seen_in_sd(segment, GRID)
    rows = data.shape[1]
    ups = [laid(segment, data, GRID, share * asked.up_s, is_up=True) for share in WAYS]
    downs = [laid(segment, data, GRID, share * asked.down_s, is_up=False) for share in WAYS]
    gains = np.full((rows + 1, rows + 1), -math.inf)  # [begin, end]
    choice = np.zeros((rows + 1, rows + 1), int)
    for number, (up, down) in enumerate((up, down) for up in ups for down in downs):
        gain = _gains(up, down, rows, longest_hold_s)
        is_better = gain > gains
        gains[is_better] = gain[is_better]
        choice[is_better] = number
    first_s = float(segment.t_s[len(segment.t_s) - rows * GRID.row_steps]) - 0.5 * STEP_S
    # What is finished ends with a landing, which pushes as an ascent does.
    gains[: math.ceil(max(0.0, segment.finished_s - OVERLAP_S - first_s) / GRID.row_s)] = -math.inf
    found = []
    for begin, end in _best_spans(gains):
        up, down = ups[choice[begin, end] // len(downs)], downs[choice[begin, end] % len(downs)]
        hold_s = (end - begin - up.rows - down.rows) * GRID.row_s
        match = up.match[begin] + down.match[end - down.rows]
        found.append(
            HeldLift(
                first_s + begin * GRID.row_s,
                Tempo(up.rows * GRID.row_s, hold_s, down.rows * GRID.row_s),
                float(match / (up.energy + down.energy)),
                float(gains[begin, end]),
            )
        )
    return found


def _gains(up: Way, down: Way, rows: int, longest_hold_s: float) -> Array:
    """Return what a lift from, to explains more than rest, log likelihood; -inf: none."""
    ascent, descent = up.match[:, None], np.zeros((1, rows + 1))
    last = rows + 1 - round(AFTER_S / GRID.row_s)  # of which the rest after it has been seen
    descent[0, down.rows : last] = down.match[: last - down.rows]
    match, energy = ascent + descent, up.energy + down.energy
    hold_s = GRID.row_s * (
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
