"""Lifts too small for the curve, where plates saw the leg leave and land: fitted from there.

That a leg was off the other one says nothing of whether it rose: made light is not lifted. So it
was a lift if load and moment are explained so much better with one (`lift_trial`).
"""

from __future__ import annotations

from collections.abc import Collection

from matfw.messages import RefinedRep
from matfw.refinement.lift_trial import try_lifts
from matfw.refinement.rep_shape import TOP_RAD
from matfw.refinement.segment import Segment

SHORTEST_S, LONGEST_S = 1.2, 12.0  # between leaving and landing
REST_BEFORE_S, REST_AFTER_S = 0.8, 0.6  # of rest around it that the shape is fitted over
START_RAD, START_SD_RAD = 0.20, 0.12  # a small lift, as far as is known before
MIN_LOG_LIKELIHOOD_RATIO = 12.0  # twice the log likelihood
MIN_RAD = 0.10
SCRAP_SHARE = 0.4  # of the time between leaving and landing; a shorter repetition is a scrap of it
CONTACT_LIFT_PUSH_N = 4.0  # smaller hand pushes may be the lift itself
UP_SHARE, HOLD_SHARE, DOWN_SHARE = 0.33, 0.17, 0.5


def contact_lifts(segment: Segment, found: Collection[RefinedRep]) -> list[RefinedRep]:
    """Return the lifts between a leaving and its landing of which none was found, or a scrap."""
    lifts = []
    for lift_off_s in sorted(segment.lift_off_s):
        touch_down_s = min(
            (at_s for at_s in segment.touch_down_s if at_s > lift_off_s), default=None
        )
        is_lift = (
            touch_down_s is not None
            and SHORTEST_S < touch_down_s - lift_off_s < LONGEST_S
            and not any(lift_off_s < again_s < touch_down_s for again_s in segment.lift_off_s)
            and not any(
                x.start_s < touch_down_s
                and x.end_s > lift_off_s
                and x.end_s - x.start_s > SCRAP_SHARE * (touch_down_s - lift_off_s)
                for x in found
            )
            and lift_off_s >= segment.t_s[min(segment.first, len(segment.t_s) - 1)]
        )
        if is_lift and touch_down_s is not None:
            lifts += _fitted(segment, lift_off_s, touch_down_s)
    return lifts


def _fitted(segment: Segment, lift_off_s: float, touch_down_s: float) -> list[RefinedRep]:
    rows = segment.between(lift_off_s - REST_BEFORE_S, touch_down_s + REST_AFTER_S)
    length_s = touch_down_s - lift_off_s
    highest_rad = float(segment.curve.angle_rad[segment.between(lift_off_s, touch_down_s)].max())
    (lift,) = try_lifts(
        segment.t_s[rows], *segment.forces(rows, CONTACT_LIFT_PUSH_N),
        (lift_off_s, UP_SHARE * length_s, HOLD_SHARE * length_s, DOWN_SHARE * length_s),
        ((max(START_RAD, highest_rad), START_SD_RAD),),
        model=segment.model, noise_scale=segment.noise_scale, seen_s=(lift_off_s, touch_down_s),
        tempo=segment.tempo, seen=segment.seen[rows],
    )  # fmt: skip
    if lift.params[TOP_RAD] < MIN_RAD or lift.log_likelihood_ratio < MIN_LOG_LIKELIHOOD_RATIO:
        return []
    return [segment.refined_rep(lift.params)]
