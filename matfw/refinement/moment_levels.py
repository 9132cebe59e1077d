"""Whether a leg has come down, by the moment alone: where it lay before, at the top, and after.

A leg that stands lowers the moment by 4 to 12 N m for as long as it stands, whatever the curve and
its wandering levels make of a long hold. What sways between the levels is 0.4 to 0.9 N m (virtual
people).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.messages import RefinedRep
from matfw.refinement.segment import Segment

NEAR_S, FAR_S = 0.2, 1.2  # before and after a repetition that its levels are taken from
BY_TOP_S = 0.2  # about what is above 95 % of the top: as good as the top, of the quickest too
MIN_AFTER_S = 0.4  # of it that must have been seen
# Of the lift over the mean of both rests that these may differ by; 2 if the leg never came back.
RETURNED_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Levels:
    """Medians of the moment before a lift, at its top and after it, N m."""

    before_nm: float
    held_nm: float
    after_nm: float

    @property
    def lift_nm(self) -> float:
        """Return by how much the moment was lower at the top than in the mean of both rests."""
        return 0.5 * (self.before_nm + self.after_nm) - self.held_nm

    @property
    def has_returned(self) -> bool:
        """Return whether the moment is back where it was, as far as that can be said."""
        return abs(self.after_nm - self.before_nm) < RETURNED_SHARE * self.lift_nm


def levels(
    segment: Segment,
    begin_s: float,
    top_s: float,
    lower_s: float,
    end_s: float,
    *,
    min_after_s: float = MIN_AFTER_S,
) -> Levels | None:
    """Return the moment about a lift from, to; None where too little of the rest was seen."""
    if segment.t_s[-1] < end_s + NEAR_S + min_after_s:
        return None
    spans_s = (
        (begin_s - FAR_S, begin_s - NEAR_S),
        (top_s - BY_TOP_S, lower_s + BY_TOP_S),
        (end_s + NEAR_S, end_s + FAR_S),
    )
    rows = [segment.between(*span_s) & (segment.seen > 0.0) for span_s in spans_s]
    parts: list[Array] = [segment.moment_nm[each] for each in rows]
    if not all(len(part) for part in parts):
        return None
    return Levels(*(float(np.median(part)) for part in parts))


def has_come_down(segment: Segment, x: RefinedRep) -> bool:
    """Return whether the leg of a movement has been seen to come back to where it had lain."""
    found = levels(segment, x.start_s, x.top_s, x.lower_s, x.end_s)
    return found is not None and found.has_returned
