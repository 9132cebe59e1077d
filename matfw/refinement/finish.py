"""What a repetition's crossings say of it: its lengths, its hips' way, what was not measured."""

from __future__ import annotations

import math
from dataclasses import replace

from matfw.judging.shift_course import shift_course
from matfw.messages import RefinedRep
from matfw.refinement.curve_lifts import AROUND_S
from matfw.refinement.rep_shape import SPAN_SHARE
from matfw.refinement.segment import Segment

HOLD_TAILS = 0.225  # of both spans together that lies between the upper crossings but is no hold
SEEN_NEAR_S = 3.0  # before a curve's start, or after its end, to be of this repetition


def finished(segment: Segment, x: RefinedRep) -> RefinedRep:
    """Return it with what its crossings and its hips' way say."""
    near = segment.between(x.start_s - AROUND_S, x.end_s + AROUND_S) & (segment.seen > 0.0)
    course = shift_course(
        segment.t_s[near],
        segment.angle_deg[near],
        segment.shift_mm[near],
        0.5 * (x.top_s + x.lower_s),
    )
    return replace(
        _with_lengths(x),
        hole_s=segment.hole_s(x.start_s - AROUND_S, x.end_s + AROUND_S),
        tremor_n=segment.tremor_n(x.top_s, x.lower_s),
        curvature_mm=course.curvature_mm,
        shift_left_mm=course.left_mm,
    )


def _with_lengths(x: RefinedRep) -> RefinedRep:
    """Add the movement's own lengths, standstill to standstill, to its crossings.

    How long a leg stood still is known to some 0.2 s at best: a slow start of the descent looks
    like the hold's end (measured with perfect crossings over many speed profiles, simulated).
    """
    up_s, down_s = x.top_s - x.start_s, x.end_s - x.lower_s
    hold_s = max(0.0, x.lower_s - x.top_s - HOLD_TAILS * (up_s + down_s))
    return replace(x, up_s=up_s / SPAN_SHARE, hold_s=hold_s, down_s=down_s / SPAN_SHARE)


def contact_s(segment: Segment, x: RefinedRep) -> tuple[float | None, float | None]:
    """Return when plates saw the leg leave before its top and land after it, None if not."""
    left = max((at_s for at_s in segment.lift_off_s if at_s < x.top_s), default=-math.inf)
    landed = min((at_s for at_s in segment.touch_down_s if at_s > x.lower_s), default=math.inf)
    is_left = x.start_s - left < SEEN_NEAR_S and not any(
        left < at_s < x.top_s for at_s in segment.touch_down_s
    )
    is_landed = landed - x.end_s < SEEN_NEAR_S and not any(
        x.lower_s < at_s < landed for at_s in segment.lift_off_s
    )
    return left if is_left else None, landed if is_landed else None
