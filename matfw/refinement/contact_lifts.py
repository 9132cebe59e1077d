"""Lifts too small for the curve, where plates saw the leg leave and land: fitted from there.

That a leg was off the other one says nothing of whether it rose: made light is not lifted. So it
was a lift if load and moment are explained so much better with one (`lift_trial`).
"""

from __future__ import annotations

from collections.abc import Collection

from matfw.messages import Excursion
from matfw.refinement.lift_trial import try_lift
from matfw.refinement.rep_shape import TOP_RAD
from matfw.refinement.segment import Felt

SHORTEST_S, LONGEST_S = 1.2, 12.0  # between leaving and landing
LEAD_S, TRAIL_S = 0.8, 0.6  # of rest around it that the shape is fitted over
START_RAD, START_SD_RAD = 0.20, 0.12  # a small lift, as far as is known before
BETTER_BY = 12.0  # twice the log likelihood
LEAST_RAD = 0.10
SCRAP_SHARE = 0.4  # of the time between leaving and landing; a shorter excursion is a scrap of it
PUSH_LEAST_N = 4.0  # smaller hand pushes may be the lift itself
UP_SHARE, HOLD_SHARE, DOWN_SHARE = 0.33, 0.17, 0.5


def contact_lifts(felt: Felt, found: Collection[Excursion]) -> list[Excursion]:
    """Return the lifts between a leaving and its landing of which none was found, or a scrap."""
    lifts = []
    for left_s in sorted(felt.left_s):
        landed_s = min((at_s for at_s in felt.landed_s if at_s > left_s), default=None)
        is_lift = (
            landed_s is not None
            and SHORTEST_S < landed_s - left_s < LONGEST_S
            and not any(left_s < again_s < landed_s for again_s in felt.left_s)
            and not any(
                x.start_s < landed_s
                and x.end_s > left_s
                and x.end_s - x.start_s > SCRAP_SHARE * (landed_s - left_s)
                for x in found
            )
            and left_s >= felt.t_s[min(felt.first, len(felt.t_s) - 1)]
        )
        if is_lift and landed_s is not None:
            lifts += _fitted(felt, left_s, landed_s)
    return lifts


def _fitted(felt: Felt, left_s: float, landed_s: float) -> list[Excursion]:
    rows = felt.between(left_s - LEAD_S, landed_s + TRAIL_S)
    length_s = landed_s - left_s
    highest_rad = float(felt.curve.angle_rad[felt.between(left_s, landed_s)].max())
    lift = try_lift(
        felt.t_s[rows], *felt.forces(rows, PUSH_LEAST_N),
        (left_s, UP_SHARE * length_s, HOLD_SHARE * length_s, DOWN_SHARE * length_s),
        ((max(START_RAD, highest_rad), START_SD_RAD),),
        model=felt.model, unrest=felt.unrest, seen_s=(left_s, landed_s),
    )  # fmt: skip
    if lift.numbers[TOP_RAD] < LEAST_RAD or lift.better_by < BETTER_BY:
        return []
    return [felt.excursion(lift.numbers)]
