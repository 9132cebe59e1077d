"""Whether a leg has just come down, by load and moment alone: what an early look asks first.

A leg that is let down pulls and then pushes. Where that was half a second ago, the end of a small
or quick lift may have become known: the curve keeps too little of those, the live filters go on
believing in a movement for a second or more, and the search that finds them (`whole_lifts`) is too
dear for every early look.
"""

from __future__ import annotations

import numpy as np

from matfw.refinement.ways import laid, seen_in_sd
from matfw.refinement.whole_lifts import GRID, MAX_NOISE_SCALE, WAYS_S
from matfw.refinement.windows import RepWindow

TAIL_ROWS = 90  # of 50 ms that it is looked for in: longer than the longest way and what follows
# That a descent's end, standstill, is before now: its end has become known, and full looks will not
# have seen it. Looks come every 0.2 s, so at least two fall into it.
LANDED_S = (0.3, 0.9)
# Log likelihood that it must explain more than rest does: between that of a way and of a lift in
# `whole_lifts`, since a look that finds nothing costs little and one left out costs the tick.
LANDED_GAIN = 15.0


def has_just_landed(window: RepWindow) -> bool:
    """Return whether a leg came down just so long ago that its end has become known."""
    motions = window.motions[-TAIL_ROWS:]
    if len(motions) < TAIL_ROWS or window.noise_scale > MAX_NOISE_SCALE:
        return False
    load_n, moment_nm, seen = np.array([(m.load_n, m.moment_nm, m.seen_share) for m in motions]).T
    data = seen_in_sd(load_n, moment_nm, seen, GRID, noise_scale=window.noise_scale)
    first, last = (data.shape[1] - round(ago_s / GRID.row_s) for ago_s in reversed(LANDED_S))
    for way_s in WAYS_S:
        down = laid(
            data, GRID, way_s, model=window.model, noise_scale=window.noise_scale, is_up=False
        )
        match = down.match[max(0, first - down.rows) : max(0, last - down.rows + 1)]
        if len(match) and match.max() > down.least(LANDED_GAIN):
            return True
    return False
