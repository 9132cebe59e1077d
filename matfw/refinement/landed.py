"""Whether a leg has just come down, by load and moment alone: what an early look asks first.

A leg that is let down pulls and then pushes. Where that was half a second ago, the end of a small
or quick lift may have become known: the curve keeps too little of those, the live filters go on
believing in a movement for a second or more, and the search that finds them (`whole_lifts`) is too
dear for every early look.
"""

from __future__ import annotations

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.refinement.ways import Way, laid, seen_in_sd
from matfw.refinement.whole_lifts import GRID, MAX_NOISE_SCALE, WAYS_S
from matfw.refinement.windows import RepWindow

TAIL_ROWS = 90  # of 50 ms that it is looked for in: longer than the longest way and what follows
# That a descent's end, standstill, is before now: its end has become known, and full looks will not
# have seen it. Looks come every 0.2 s, so at least two fall into it.
LANDED_S = (0.3, 0.9)
# Log likelihood that it must explain more than rest does: between that of a way and of a lift in
# `whole_lifts`, since a look that finds nothing costs little and one left out costs the tick.
LANDED_GAIN = 15.0
# Where nothing but this speaks for a landing, so much is asked for, and that share of what load and
# moment did meanwhile: parts of a larger movement look like a descent now and then. Of 2760 asks
# about tuning people more than 1549 have the lower gain, 364 both of these. A sway that became a
# lift of 6 degrees had 30 and 0.25, most landings of real small lifts 50 and more, and 0.32.
NEWS_GAIN, NEWS_SHARE = 40.0, 0.3


def has_just_landed(window: RepWindow) -> bool:
    """Return whether a leg came down just so long ago that its end has become known."""
    motions = window.motions[-TAIL_ROWS:]
    if len(motions) < TAIL_ROWS or window.noise_scale > MAX_NOISE_SCALE:
        return False
    load_n, moment_nm, seen = np.array([(m.load_n, m.moment_nm, m.seen_share) for m in motions]).T
    data = seen_in_sd(load_n, moment_nm, seen, GRID, noise_scale=window.noise_scale)
    least_gain, least_share = (NEWS_GAIN, NEWS_SHARE) if window.is_news else (LANDED_GAIN, 0.0)
    for way_s in WAYS_S:
        down = laid(
            data, GRID, way_s, model=window.model, noise_scale=window.noise_scale, is_up=False
        )
        match, power = _just_ended(down, data)
        may_be_one = (match > down.least(least_gain)) & (
            match**2 > least_share * down.energy * power
        )
        if may_be_one.any():
            return True
    return False


def _just_ended(down: Way, data: Array) -> tuple[Array, Array]:
    """Return how well descents match that ended so long ago, and the squares of what was seen."""
    first, last = (data.shape[1] - round(ago_s / GRID.row_s) for ago_s in reversed(LANDED_S))
    begins = np.arange(max(0, first - down.rows), max(0, last - down.rows + 1))
    sums = np.concatenate([[0.0], np.cumsum((data**2).sum(axis=0))])
    ends = np.minimum(begins + down.rows + GRID.beside_rows, data.shape[1])
    return down.match[begins], sums[ends] - sums[np.maximum(0, begins - GRID.beside_rows)]
