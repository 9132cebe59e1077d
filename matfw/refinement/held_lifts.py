"""Where lifts with a long hold begin and end: by the two ways, over a whole stretch.

While a leg is held for ten or thirty seconds the body settles, breathes and leans on a hand, and
the moment wanders by as much as the leg lowered it. So each place is asked how much an ascent, and
how much a descent, would explain of load and moment there, whatever hands do (`way_filters`); and
of all ascents followed by a descent, with the moment lower between them, those are taken that
together explain the most, short holds as well, lest two quick lifts be taken for the two ends of a
slow one. How much is much, a calm body tells by what else its moment does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import Tempo
from matfw.refinement.segment import Segment
from matfw.refinement.way_filters import ROW_S, ROW_STEPS, TOP_RAD, Way, laid, means

AFTER_S, AFTER_LEFT_S = 0.6, 0.2  # of rest after a lift that must have been seen; of one who leaves
WAYS = (0.6, 0.85, 1.2)  # times what is asked for
MIN_HOLD_S = 0.2
SHORT_SHARE = 0.75  # of the hold asked for: a shorter one is less likely ...
SHORT_COST = 3.0  # ... by so much log likelihood: a body that settles meanwhile is no landing
OVERLAP_S = 0.5  # that a lift may begin before what is finished ends
# Log likelihood that a lift must explain more than rest does, and either way. Where nobody lifted
# a way of restless people had 3 at most, true ones 4 to 18 (tuning people, 3-30-3).
MIN_GAIN, MIN_WAY_GAIN = 6.0, 1.2
SURE_WAY_GAIN = 3.0  # a weaker descent may be a body that settles, and the true one is to come
HEIGHTS = (0.45, 2.6)  # times the usual top: legs are heavier than the table's, and go higher
MIN_EVEN = 0.35  # of one way's height, that the other one's must be at least
# Of what its ways say that a held leg lowers the moment by, at least: hands that come and go, and
# bodies that settle and come back, push as ways do.
MIN_HELD_SHARE = 0.3
BESIDE_S = 1.0  # of rest on either side that the hold's moment is compared with
# The filters' own noise, of 1 in a restless body: what it is in this one shows in the quiet part of
# what they find, which lifts are not.
QUIET_SHARE, QUIET_SD = 0.25, 0.3186  # quantile of the sizes, and a normal one's, in sd
MIN_SD, MAX_SD = 0.7, 1.0


@dataclass(frozen=True, slots=True)
class HeldLift:
    """One lift. share: of the usual top that its ways are best explained with.

    is_sure: whether its end needs no more to be seen.
    """

    begin_s: float
    tempo: Tempo
    share: float
    gain: float
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Search:
    """What lifts are looked for in. level_nm: the moment without hands, (rows,)."""

    level_nm: Array
    usual_nm: float  # that a leg at the usual top lowers the moment by
    asked_hold_s: float
    longest_hold_s: float
    after_s: float


def held_lifts(
    segment: Segment, asked: Tempo, longest_hold_s: float, *, is_left: bool = False
) -> list[HeldLift]:
    """Return the lifts that together explain load and moment best, oldest first.

    is_left: the body began to leave at the segment's end: no more of its rest will be seen.
    """
    if len(segment.t_s) * STEP_S < WAYS[-1] * (asked.up_s + asked.down_s) + 1.0:
        return []
    data = means(segment)
    search = _Search(
        data[0] - PUSH_LEVER_M * data[1],
        usual_nm(segment.model),
        asked.hold_s,
        longest_hold_s,
        AFTER_LEFT_S if is_left else AFTER_S,
    )
    ups = [laid(data, segment.model, share * asked.up_s, is_up=True) for share in WAYS]
    downs = [laid(data, segment.model, share * asked.down_s, is_up=False) for share in WAYS]
    sd = _noise_sd([*ups, *downs])
    ups, downs = [x.in_sd(sd) for x in ups], [x.in_sd(sd) for x in downs]
    rows = data.shape[1]
    gains = np.full((rows + 1, rows + 1), -math.inf)  # [begin, end]
    choice = np.zeros((rows + 1, rows + 1), int)
    for number, (up, down) in enumerate((up, down) for up in ups for down in downs):
        gain = _gains(up, down, search)
        is_better = gain > gains
        gains[is_better] = gain[is_better]
        choice[is_better] = number
    first_s = float(segment.t_s[len(segment.t_s) - rows * ROW_STEPS]) - 0.5 * STEP_S
    # What is finished ends with a landing, which pushes as an ascent does.
    gains[: math.ceil(max(0.0, segment.finished_s - OVERLAP_S - first_s) / ROW_S)] = -math.inf
    found = []
    for begin, end in _best_spans(gains):
        up, down = ups[choice[begin, end] // len(downs)], downs[choice[begin, end] % len(downs)]
        hold_s = (end - begin - up.rows - down.rows) * ROW_S
        descent = down.match[end - down.rows]
        found.append(
            HeldLift(
                first_s + begin * ROW_S,
                Tempo(up.rows * ROW_S, hold_s, down.rows * ROW_S),
                float((up.match[begin] + descent) / (up.energy + down.energy)),
                float(gains[begin, end]),
                is_left or bool(0.5 * descent**2 / down.energy > SURE_WAY_GAIN),
            )
        )
    return found


def usual_nm(model: LegModel) -> float:
    """Return by how much a leg that stands at the usual top lowers the moment."""
    angle_rad, zero = np.array([0.0, TOP_RAD]), np.zeros(2)
    rest_nm, up_nm = model.moment_nm(angle_rad, zero, zero)
    return float(rest_nm - up_nm)


def _noise_sd(ways: Sequence[Way]) -> float:
    sizes = np.concatenate([np.abs(way.match) / math.sqrt(way.energy) for way in ways])
    return min(MAX_SD, max(MIN_SD, float(np.quantile(sizes, QUIET_SHARE)) / QUIET_SD))


def _gains(up: Way, down: Way, search: _Search) -> Array:
    """Return what a lift from, to explains more than rest, log likelihood; -inf: none."""
    rows = len(search.level_nm)
    ascent, descent = up.match[:, None], np.zeros((1, rows + 1))
    last = rows + 1 - round(search.after_s / ROW_S)  # of which the rest after it has been seen
    descent[0, down.rows : last] = down.match[: last - down.rows]
    match, energy = ascent + descent, up.energy + down.energy
    at = np.arange(rows + 1)
    hold_s = ROW_S * (at[None, :] - at[:, None] - up.rows - down.rows)
    share = match / energy
    low, high = HEIGHTS
    up_share, down_share = ascent / up.energy, descent / down.energy
    is_one = (hold_s > MIN_HOLD_S) & (hold_s < search.longest_hold_s)
    is_one &= (share > low) & (share < high)
    is_one &= np.minimum(up_share, down_share) > MIN_EVEN * share
    is_one &= np.minimum(ascent**2 / up.energy, descent**2 / down.energy) > 2.0 * MIN_WAY_GAIN
    lowered_nm = _lowered_nm(search.level_nm, up.rows, down.rows)
    is_one &= lowered_nm > MIN_HELD_SHARE * share * search.usual_nm
    cost = np.where(hold_s < SHORT_SHARE * search.asked_hold_s, SHORT_COST, 0.0)
    return np.where(is_one, 0.5 * match**2 / energy - cost, -math.inf)


def _lowered_nm(level_nm: Array, up_rows: int, down_rows: int) -> Array:
    """Return by how much the moment is lower in the hold of a lift from, to than beside it."""
    rows, beside = len(level_nm), round(BESIDE_S / ROW_S)
    at = np.arange(rows + 1)
    padded = np.concatenate([[0.0], np.cumsum(np.pad(level_nm, beside, mode="edge"))])
    means_nm = (padded[beside:] - padded[:-beside]) / beside
    before_nm, after_nm = means_nm[at], means_nm[at + beside]
    sums = np.concatenate([[0.0], np.cumsum(level_nm)])
    tops, lowers = np.minimum(at + up_rows, rows), np.maximum(at - down_rows, 0)
    held = np.maximum(lowers[None, :] - tops[:, None], 1)
    held_nm = (sums[lowers][None, :] - sums[tops][:, None]) / held
    return np.asarray(0.5 * (before_nm[:, None] + after_nm[None, :]) - held_nm)


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
