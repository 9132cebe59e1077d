"""Lifts that the curve lost half-way, or that were too small for it: looked at once more.

A sway or a hand against the hold makes the curve land early, and what is left of a good lift looks
like a weak peak. But a weak peak in the midst of a set is most likely a lift in its tempo. So such
a lift is tried, a high one and a small one, and reported if load and moment ask for it
(`lift_trial`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

import numpy as np

from matfw.messages import RefinedRep
from matfw.refinement.lift_trial import LiftTrial, likeliest, try_lifts
from matfw.refinement.rep_shape import HOLD_S
from matfw.refinement.segment import Segment

IN_SET_S = 12.0  # between two repetitions of one set
EARLIER_S = 0.3  # than the curve's start that a lift begins
TYPICAL_S = (2.0, 1.0, 3.0)  # up, hold, down
TOPS = ((0.62, 0.12), (0.20, 0.12))  # rad: a usual lift, a small one
REST_BEFORE_S, REST_AFTER_S = 0.8, 0.8  # of rest around it that the shape is fitted over, ...
BEYOND_S, LEAST_BEFORE_S = 0.2, 0.3  # ... short of what its neighbours move, but for so much before
WEAK_LIFT_PUSH_N = 1.5  # smaller hand pushes may be the lift itself
# Twice the log likelihood that is asked for: restless bodies make shapes too. On 24 tuning people
# nothing in calm sets passes that is not a lift, under stress one weak peak for ten missed lifts.
# Where there are only weak peaks the most is asked for, however calm.
NOISE_SCALES, MIN_LOG_LIKELIHOOD_RATIO = (1.0, 1.5), (60.0, 130.0)  # straight in between
# What it leaves unexplained: so much a step, or less than this many times what it explains; a short
# stretch between two others is mostly lift, and has little rest to be well explained.
MAX_STEP_COST, MAX_LEFT = 3.0, 1.5
# Where it looks like a leg raise in all else besides (`plausibility`), so much is enough: a small
# slow lift of a restless body explains no more. What else was tried so far there, of 41 tuning
# people of eight kinds, had no hold (breaths), or lower odds.
LIKE_LOG_LIKELIHOOD_RATIO, LIKE_LOG_ODDS = 40.0, 2.0
MIN_HOLD_S = 0.5  # sways and breaths have none
MIN_DEG = 5.0
EASED_N = 1.2  # for a body of usual noise scale
MAX_TRIALS = 4  # of a look, the latest: a trial takes as long as a repetition's own fit
WEAK_PEAK_DEG_PER_NOISE_SCALE, MAX_WEAK_PEAK_DEG = 5.0, 4.5  # a smaller one is not worth the trial
AFTER_S = 0.3  # of what is known after its end


Plausibility = Callable[[RefinedRep], float]


def missed_lifts(
    segment: Segment,
    weak_peaks: Sequence[RefinedRep],
    found: Collection[RefinedRep],
    plausible: Plausibility,
) -> list[RefinedRep]:
    """Return the lifts that some of the weak peaks were.

    plausible: the log-odds that a movement is a leg raise.
    """
    worth = [
        x
        for x in weak_peaks
        if x.angle_deg > min(WEAK_PEAK_DEG_PER_NOISE_SCALE * segment.noise_scale, MAX_WEAK_PEAK_DEG)
        and is_in_set(x, [*found, *(y for y in weak_peaks if y is not x)], segment.finished_s)
        and not any(overlap(x, y) for y in found)
    ]
    lifts: list[RefinedRep] = []
    for weak_peak in worth[-MAX_TRIALS:]:
        is_sure_set = is_in_set(weak_peak, found, segment.finished_s)
        lift = _tried(
            segment,
            weak_peak,
            _free_of(weak_peak, found),
            plausible,
            MIN_LOG_LIKELIHOOD_RATIO
            if is_sure_set
            else (MIN_LOG_LIKELIHOOD_RATIO[1], MIN_LOG_LIKELIHOOD_RATIO[1]),
        )
        if lift is not None and not any(overlap(lift, x) for x in (*found, *lifts)):
            lifts.append(lift)
    return [
        x
        for x in lifts
        if is_in_set(x, [*found, *(y for y in lifts if y is not x)], segment.finished_s)
    ]


def _free_of(x: RefinedRep, found: Collection[RefinedRep]) -> tuple[float, float]:
    """Return from when to when no other repetition moves the leg: a quick lift's next one is near.

    They begin before their 5 % crossing and end after it.
    """
    from_s = max((y.end_s for y in found if y.end_s <= x.start_s), default=-math.inf)
    to_s = min((y.start_s for y in found if y.start_s >= x.end_s), default=math.inf)
    return from_s + BEYOND_S, to_s - BEYOND_S


def _tried(
    segment: Segment,
    weak_peak: RefinedRep,
    free_s: tuple[float, float],
    plausible: Plausibility,
    log_likelihood_ratio: tuple[float, float],
) -> RefinedRep | None:
    begin_s = max(weak_peak.start_s - EARLIER_S, float(segment.t_s[0]) + REST_BEFORE_S)
    rows = segment.between(
        max(begin_s - REST_BEFORE_S, min(free_s[0], begin_s - LEAST_BEFORE_S)),
        min(begin_s + sum(TYPICAL_S) + REST_AFTER_S, max(free_s[1], weak_peak.end_s)),
    )
    trials = try_lifts(
        segment.t_s[rows], *segment.forces(rows, WEAK_LIFT_PUSH_N), (begin_s, *TYPICAL_S), TOPS,
        model=segment.model, noise_scale=segment.noise_scale, tempo=segment.tempo,
        seen=segment.seen[rows],
    )  # fmt: skip
    lift = likeliest(trials)
    if lift.params[HOLD_S] <= MIN_HOLD_S:
        return None
    found = segment.refined_rep(lift.params)
    if found.end_s > segment.t_s[-1] - AFTER_S or found.angle_deg < MIN_DEG:
        return None
    asked_for = float(np.interp(segment.noise_scale, NOISE_SCALES, log_likelihood_ratio))
    is_sure = lift.log_likelihood_ratio > asked_for and _explains(lift, int(rows.sum()))
    if not (is_sure or _may_be_one(lift)):
        return None
    if not is_sure and plausible(found) < LIKE_LOG_ODDS:
        return None
    before_n = segment.load_n[segment.between(begin_s - REST_BEFORE_S, begin_s)]
    held_n = segment.load_n[segment.between(found.top_s, found.end_s)]
    # A leg that stands weighs what it weighed; a hand that lay there has eased off for good.
    has_eased = np.median(held_n) - np.median(before_n) < -EASED_N * math.sqrt(segment.noise_scale)
    return None if has_eased else found


def _explains(lift: LiftTrial, steps: int) -> bool:
    """Return whether a lift leaves little enough of so many steps unexplained."""
    left = lift.cost_per_step * steps
    return lift.cost_per_step < MAX_STEP_COST or left < MAX_LEFT * lift.log_likelihood_ratio


def _may_be_one(lift: LiftTrial) -> bool:
    """Return whether load and moment ask for enough of a lift that is like a leg raise besides."""
    return (
        lift.log_likelihood_ratio > LIKE_LOG_LIKELIHOOD_RATIO and lift.cost_per_step < MAX_STEP_COST
    )


def is_in_set(x: RefinedRep, others: Collection[RefinedRep], finished_s: float) -> bool:
    """Return whether another repetition is near, or what was finished last was one."""
    return x.start_s - finished_s < IN_SET_S or any(
        max(x.start_s - y.end_s, y.start_s - x.end_s) < IN_SET_S for y in others
    )


def overlap(x: RefinedRep, y: RefinedRep) -> bool:
    """Return whether two repetitions share some time."""
    return x.start_s < y.end_s and y.start_s < x.end_s
