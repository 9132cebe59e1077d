"""Small lifts, and long holds of which only the two movements show.

A leg that is held for seconds at 20 degrees changes load and moment by no more than a body that
settles, so the curve lets it rest in between: what is left are two weak peaks, the ascent's and the
descent's. Here two such neighbours are tried as one held lift, against being two lifts; and what is
weak but has all the features of a leg raise (`plausibility`) is one, beside another. Found on
people who were never asked for a tempo: up in a second, held for four, 15 to 22 degrees.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matfw.estimation.leg_model import Array
from matfw.messages import RefinedRep
from matfw.refinement.lift_trial import LiftTrial, try_lift
from matfw.refinement.missed_lifts import overlap
from matfw.refinement.rep_shape import DOWN_S, HOLD_S, SPAN_SHARE, UP_S
from matfw.refinement.segment import Segment

WEAK_LOG_ODDS = 2.0  # of plausibility; of what stands out clearly 0.7 is enough
MIN_DEG = 6.0
MIN_LOG_LIKELIHOOD_RATIO = 20.0  # over no lift at all
# What it leaves unexplained: so much a step, or less than this many times what it explains. A quick
# lift's neighbours are within what it is fitted over, and large.
MAX_COST_PER_STEP, MAX_LEFT = 4.0, 2.0
HELD_S = (0.8, 8.0)  # of a hold that the curve loses; a shorter one keeps its peak whole
ALIKE = 3.0  # times: the two movements of one lift are as high as each other
AROUND_S = 0.8  # of rest before and after, that a shape is fitted over
WEAK_LIFT_PUSH_N = 1.5  # smaller hand pushes may be the lift itself
MIN_WAY_S = 0.3
# A breath swings load and moment as a lift of 15 to 40 degrees in two or three seconds does, but
# turns at once: who lifts so slowly stands at the top. And two breaths with a pause between them
# are no long hold, which those have who lift quickly.
BREATH_WAYS_S, BREATH_PAIR_WAY_S, MIN_HOLD_S = (1.5, 4.0), 2.0, 0.3
MAX_TRIALS = 6  # weak peaks of a look, the latest
AFTER_S = 0.3  # of what is known after its end

Plausibility = Callable[[RefinedRep], float]


@dataclass(frozen=True, slots=True)
class _Tried:
    rep: RefinedRep
    log_likelihood_ratio: float
    is_plausible: bool


def weak_lifts(
    segment: Segment, weak_peaks: Sequence[RefinedRep], plausible: Plausibility
) -> list[RefinedRep]:
    """Return the lifts that weak peaks were, alone or two and two, oldest first.

    plausible: the log-odds that a movement is a leg raise.
    """
    worth = [x for x in weak_peaks if x.angle_deg >= MIN_DEG][-MAX_TRIALS:]
    alone = [_tried(segment, x, x, plausible) for x in worth]
    lifts: list[RefinedRep] = []
    skip = False
    for k, first in enumerate(worth):
        if skip:
            skip = False
            continue
        held = None
        if k + 1 < len(worth) and _may_be_one(first, worth[k + 1]):
            held = _tried(segment, first, worth[k + 1], plausible)
        if held and held.is_plausible and held.log_likelihood_ratio > _worth(alone[k : k + 2]):
            lifts.append(held.rep)
            skip = True
        elif (
            (single := alone[k]) is not None
            and single.is_plausible
            and not any(overlap(single.rep, x) for x in lifts)
        ):
            lifts.append(single.rep)
    return lifts


def _worth(tried: Sequence[_Tried | None]) -> float:
    """Return what speaks for two lifts; two that overlap would explain the same thing twice."""
    lifts = [x for x in tried if x is not None]
    ratios = [x.log_likelihood_ratio for x in lifts]
    are_two = not any(overlap(x.rep, y.rep) for x, y in pairwise(lifts))
    return sum(ratios) if are_two else max(ratios)


def _may_be_one(first: RefinedRep, second: RefinedRep) -> bool:
    held_s = second.lower_s - first.top_s
    ratio = first.angle_deg / second.angle_deg
    return HELD_S[0] < held_s < HELD_S[1] and 1.0 / ALIKE < ratio < ALIKE


def may_be_breath(params: Array, *, is_pair: bool) -> bool:
    """Return whether a shape goes up and comes down as slowly as somebody breathes.

    is_pair: the two movements of a lift that was held, and else one that does not stay up.
    """
    quicker_s, slower_s = sorted(params[[UP_S, DOWN_S]].tolist())
    if is_pair:
        return bool(quicker_s > BREATH_PAIR_WAY_S)
    is_slow = BREATH_WAYS_S[0] < quicker_s and slower_s < BREATH_WAYS_S[1]
    return bool(is_slow and params[HOLD_S] < MIN_HOLD_S)


def _tried(
    segment: Segment, first: RefinedRep, last: RefinedRep, plausible: Plausibility
) -> _Tried | None:
    """Return the lift that goes up as the first peak does and comes down as the last one does."""
    up_s = max(MIN_WAY_S, (first.top_s - first.start_s) / SPAN_SHARE)
    down_s = max(MIN_WAY_S, (last.end_s - last.lower_s) / SPAN_SHARE)
    begin_s = max(0.5 * (first.start_s + first.top_s - up_s), float(segment.t_s[0]) + AROUND_S)
    end_s = 0.5 * (last.lower_s + last.end_s + down_s)
    hold_s = max(0.05, end_s - begin_s - up_s - down_s)
    rows = segment.between(begin_s - AROUND_S, end_s + AROUND_S)
    top_rad = math.radians(max(first.angle_deg, last.angle_deg))
    lift: LiftTrial = try_lift(
        segment.t_s[rows], *segment.forces(rows, WEAK_LIFT_PUSH_N),
        (begin_s, up_s, hold_s, down_s), ((top_rad, 0.12), (1.5 * top_rad, 0.12)),
        model=segment.model, noise_scale=segment.noise_scale, seen=segment.seen[rows],
    )  # fmt: skip
    found = segment.refined_rep(lift.params)
    left = lift.cost_per_step * int(rows.sum())
    if (
        lift.log_likelihood_ratio < MIN_LOG_LIKELIHOOD_RATIO
        or (lift.cost_per_step > MAX_COST_PER_STEP and left > MAX_LEFT * lift.log_likelihood_ratio)
        or (first is not last and lift.params[HOLD_S] < HELD_S[0])
        or may_be_breath(lift.params, is_pair=first is not last)
        or found.angle_deg < MIN_DEG
        or found.end_s > segment.t_s[-1] - AFTER_S
    ):
        return None
    return _Tried(found, lift.log_likelihood_ratio, plausible(found) >= WEAK_LOG_ODDS)
