"""Lifts of which the curve keeps too little: small ones, quick ones, long holds.

A leg that goes up by 7 degrees within a second pushes with 5 N and stands still again; held for
seconds, it changes load and moment no more than a body that settles. The curve lets it rest in
between, or loses it wholly. But up pushes and then pulls, down pulls and then pushes: so each place
is asked how much an ascent, and how much a descent, would explain of load and of the moment's
changes there (matched filters), and of all ascents followed by a descent as high as they are those
are taken that together explain the most. One way alone says little, as a landing pushes like the
next ascent. Found on people who were never asked for a tempo.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.messages import RefinedRep
from matfw.refinement.missed_lifts import Plausibility, overlap
from matfw.refinement.moment_levels import NEAR_S, levels
from matfw.refinement.rep_shape import rest_nm, usual_shape
from matfw.refinement.segment import Segment
from matfw.refinement.shape_fit import fit_shape
from matfw.refinement.ways import Grid, Way, laid, seen_in_sd

WAYS_S = (0.6, 0.8, 1.1, 1.5, 2.0, 2.7)
ALIKE = 2.6  # times as long as the other one a way may be
# What a low leg pushes is nearly in proportion to its height.
GRID = Grid(2, 2, math.radians(10.0), load_sd_n=0.7, change_sd_nm=0.55, most_sd=8.0)
LONGEST_HOLD_ROWS = 60  # 6 s; longer ones are asked for, see `held_lifts`
MIN_GAIN, SURE_GAIN = 30.0, 60.0  # log likelihood that a lift must explain more than rest does ...
MIN_WAY_GAIN = 10.0  # ... and either way
MIN_EVEN = 0.35  # of the whole lift's height, that either way's must be at least
LOWEST_RAD = math.radians(3.5)  # by the filters, which read low
MIN_DEG = 5.0
BESIDE_FOUND_S = (0.2, 0.4)  # before and after what is found already, that is its own
AROUND_S = 0.8  # of rest before and after, that a shape is fitted over
PUSH_N = 1.5  # smaller hand pushes may be the lift itself
# A body that shakes goes up and down all the time. Real people's small lifts had 0.4 to 1.6.
MAX_NOISE_SCALE = 3.0
MAX_TRIALS = 3  # of a look, the latest: one takes as long as a repetition's own fit
# Of plausibility: where it gains little, and where it surely is something.
PLAUSIBLE_LOG_ODDS = (3.0, 1.0)
AFTER_S = 1.0  # of what is known after its end: a leg that sags in its hold goes on
# Of one that has just landed less is enough, as `refine.SURE_AFTER_S`, where by either way's own
# pushes it came down by most of what it went up: a sag takes a fifth of the height at most, and of
# 29 small lifts of a real person, reported late, seven had 0.63-0.72, the rest up to 1.6 ...
SURE_AFTER_S, EVEN_SHARE = 0.45, 0.6
# ... the moment is back where it was (a leg that is still up lowers it by 4 to 12 N m; true small
# lifts of tuning people were within 1.8), and at the top it was about what this height makes of it.
# Without these, ascents of 27-58 deg with the sag after them were lifts of 5-24 deg.
BACK_NM, AGREE_NM = 2.0, 5.0
NEWS_S = 1.0  # after its end it is no news: full looks have seen it


@dataclass(frozen=True, slots=True)
class _Lift:
    begin_s: float
    up_s: float
    hold_s: float
    down_s: float
    top_rad: float
    gain: float
    down_share: float


def whole_lifts(
    segment: Segment,
    found: Sequence[RefinedRep],
    plausible: Plausibility,
    *,
    has_landed: bool = False,
) -> list[RefinedRep]:
    """Return the lifts besides those found, oldest first.

    plausible: the log-odds that a movement is a leg raise. has_landed: only if one has just ended.
    """
    lifts: list[RefinedRep] = []
    tried = _lifts(segment, found)[-MAX_TRIALS:]
    if has_landed and not (tried and _may_be_over(segment, tried[-1])):
        return []
    for lift in tried:
        rep = _fitted(segment, lift)
        if rep is None or any(overlap(rep, x) for x in (*found, *lifts)):
            continue
        if plausible(rep) >= PLAUSIBLE_LOG_ODDS[lift.gain >= SURE_GAIN]:
            lifts.append(rep)
    return lifts


def _may_be_over(segment: Segment, lift: _Lift) -> bool:
    """Return whether a lift may be one that has surely just ended, before it is fitted."""
    end_s = lift.begin_s + lift.up_s + lift.hold_s + lift.down_s
    return lift.down_share > EVEN_SHARE and segment.t_s[-1] - end_s < NEWS_S


def is_surely_over(segment: Segment, rep: RefinedRep, down_share: float) -> bool:
    """Return whether a lift that has just ended was no sag in a hold that goes on.

    down_share: how far it came down of what it went up, by its own push and pull.
    """
    found = levels(
        segment, rep.start_s, rep.top_s, rep.lower_s, rep.end_s, min_after_s=SURE_AFTER_S - NEAR_S
    )
    if found is None or segment.t_s[-1] - rep.end_s >= NEWS_S:
        return False
    lift_nm = -float(segment.model.moment_nm(*np.radians([rep.angle_deg, 0.0, 0.0])))
    return (
        down_share > EVEN_SHARE
        and abs(found.after_nm - found.before_nm) < BACK_NM
        and abs(found.lift_nm - lift_nm) < AGREE_NM
    )


def _fitted(segment: Segment, lift: _Lift) -> RefinedRep | None:
    begin_s = max(lift.begin_s, float(segment.t_s[0]) + AROUND_S)
    end_s = lift.begin_s + lift.up_s + lift.hold_s + lift.down_s
    rows = segment.between(begin_s - AROUND_S, end_s + AROUND_S)
    force_n, moment_nm = segment.forces(rows, PUSH_N)
    start = usual_shape(
        (begin_s, lift.up_s, max(0.05, lift.hold_s), lift.down_s), lift.top_rad,
        moment_nm=rest_nm(segment.t_s[rows], moment_nm, begin_s),
    )  # fmt: skip
    fitted = fit_shape(
        segment.t_s[rows], force_n, moment_nm, start,
        model=segment.model, noise_scale=segment.noise_scale, tempo=segment.tempo,
        seen=segment.seen[rows],
    )  # fmt: skip
    rep = segment.refined_rep(fitted.params)
    is_over = rep.end_s <= segment.t_s[-1] - AFTER_S or is_surely_over(
        segment, rep, lift.down_share
    )
    return rep if is_over and rep.angle_deg >= MIN_DEG else None


def _lifts(segment: Segment, found: Sequence[RefinedRep]) -> list[_Lift]:
    """Return the lifts that together explain load and moment best, oldest first."""
    if len(segment.t_s) * STEP_S < 2.0 * WAYS_S[0] or segment.noise_scale > MAX_NOISE_SCALE:
        return []
    data, first_s = _data(segment, found)
    rows = data.shape[1]
    way = partial(laid, data, GRID, model=segment.model, noise_scale=segment.noise_scale)
    ups = [way(way_s, is_up=True) for way_s in WAYS_S]
    downs = [way(way_s, is_up=False) for way_s in WAYS_S]
    if not (any(map(_is_anywhere, ups)) and any(map(_is_anywhere, downs))):
        return []  # mostly so where all is found: the rest is not asked for
    pairs = [
        (up, down)
        for up in ups
        for down in downs
        if max(up.rows, down.rows) <= ALIKE * min(up.rows, down.rows)
    ]
    longest = max(up.rows + down.rows for up, down in pairs) + LONGEST_HOLD_ROWS
    gains = np.full((rows, longest + 1), -math.inf)
    heights, choice = np.zeros(gains.shape), np.zeros(gains.shape, int)
    for number, (up, down) in enumerate(pairs):
        shortest = up.rows + down.rows
        some = np.s_[:, shortest : shortest + LONGEST_HOLD_ROWS + 1]
        gain, height = _gain(up, down, rows)
        is_better = gain > gains[some]
        gains[some] = np.where(is_better, gain, gains[some])
        heights[some] = np.where(is_better, height, heights[some])
        choice[some] = np.where(is_better, number, choice[some])
    lifts = []
    for begin, length in _best(gains, ups, downs):
        up, down = pairs[choice[begin, length]]
        lifts.append(
            _Lift(
                begin_s=first_s + begin * GRID.row_s,
                up_s=up.rows * GRID.row_s,
                hold_s=(length - up.rows - down.rows) * GRID.row_s,
                down_s=down.rows * GRID.row_s,
                top_rad=float(heights[begin, length]) * GRID.top_rad,
                gain=float(gains[begin, length]),
                down_share=_down_share(up, down, begin, begin + length - down.rows),
            )
        )
    return lifts


def _down_share(up: Way, down: Way, ascent: int, descent: int) -> float:
    """Return how far it came down of what it went up, each by its own push and pull."""
    up_height = float(up.match[ascent]) / up.energy
    return float(down.match[descent]) / down.energy / up_height


def _gain(up: Way, down: Way, rows: int) -> tuple[Array, Array]:
    """Return what lifts of these ways gain, and their height in nominal ones.

    Both (rows, holds): for each row that one may begin at and each length of its hold.
    """
    holds = np.arange(LONGEST_HOLD_ROWS + 1)
    landings = np.arange(rows)[:, None] + up.rows + holds[None, :]
    fits = landings + down.rows <= rows
    descent = np.where(fits, down.match[np.minimum(landings, rows)], 0.0)
    ascent = up.match[:rows, None]
    energy = up.energy + down.energy
    height = (ascent + descent) / energy
    is_one = (
        (height > LOWEST_RAD / GRID.top_rad)
        & (ascent > np.maximum(MIN_EVEN * height * up.energy, up.least(MIN_WAY_GAIN)))
        & (descent > np.maximum(MIN_EVEN * height * down.energy, down.least(MIN_WAY_GAIN)))
    )
    return np.where(is_one, 0.5 * energy * height * height, -math.inf), height


def _is_anywhere(way: Way) -> bool:
    return bool(way.match.max() > way.least(MIN_WAY_GAIN))


def _data(segment: Segment, found: Sequence[RefinedRep]) -> tuple[Array, float]:
    """Return what is seen, 0 where all is finished and in what is found, and when it begins, s."""
    data = seen_in_sd(
        segment.load_n, segment.moment_nm, segment.seen, GRID, noise_scale=segment.noise_scale
    )
    t_s = GRID.means(segment.t_s)
    is_other = t_s <= segment.finished_s
    for x in found:
        is_other |= (t_s > x.start_s - BESIDE_FOUND_S[0]) & (t_s < x.end_s + BESIDE_FOUND_S[1])
    data[:, is_other] = 0.0
    return data, float(t_s[0]) - 0.5 * GRID.row_s


def _best(gains: Array, ups: Sequence[Way], downs: Sequence[Way]) -> list[tuple[int, int]]:
    """Return which spans (begin, length) together gain the most and do not overlap.

    The last ascent may belong to a lift that is still up, and the first descent to one that began
    before: they compete, and are no spans.
    """
    count, longest = gains.shape[0], gains.shape[1] - 1
    best, last = np.zeros(count + 1), np.zeros(count + 1, int)
    came_down = _lone(downs, count, from_end=False)
    came_down[longest:] = -math.inf
    for end in range(1, count + 1):
        best[end] = max(best[end - 1], came_down[end] - MIN_GAIN)
        first = max(0, end - longest)
        begins = np.arange(first, end)
        totals = best[first:end] + gains[begins, end - begins] - MIN_GAIN
        at = int(np.argmax(totals))
        if totals[at] > best[end]:
            best[end], last[end] = totals[at], end - first - at
    first = max(0, count - longest)
    still_up = best[first:count] + _lone(ups, count, from_end=True)[first:count] - MIN_GAIN
    at = int(np.argmax(still_up))
    end = first + at if still_up[at] > best[count] else count
    spans = []
    while end > 0:
        length = int(last[end])
        end -= length or 1
        if length:
            spans.append((end, length))
    return spans[::-1]


def _lone(ways: Sequence[Way], count: int, *, from_end: bool) -> Array:
    """Return what the best way alone gains that begins, or ends, at each row, (count + 1,)."""
    gains = np.full(count + 1, -math.inf)
    for way in ways:
        places = count + 1 - way.rows  # at which it may begin
        if places < 1:
            continue
        gain = np.maximum(way.match[:places], 0.0) ** 2 / (2.0 * way.energy)
        some = np.s_[:places] if from_end else np.s_[way.rows :]
        gains[some] = np.maximum(gains[some], gain)
    return gains
