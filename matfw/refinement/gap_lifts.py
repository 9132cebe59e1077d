"""Lifts that a set lacks: between two of its repetitions there was time for one more.

A small slow lift of a restless body changes load and moment by less than its sway does, and the
curve takes it for that. But few rest for as long as a repetition and two rests take: mostly there
was one, and what is looked for is known well: its shape, and where it must lie. So the shape is
tried at each place that has room, and counts if it clearly looks like a leg raise: some do take a
break, and sway in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from matfw.messages import RefinedRep
from matfw.refinement.lift_trial import try_lift
from matfw.refinement.missed_lifts import WEAK_LIFT_PUSH_N, overlap
from matfw.refinement.rep_shape import HOLD_S
from matfw.refinement.segment import Segment

# Between two repetitions; 48 tuning people of six kinds who take no breaks rested 6.9 s at most.
GAP_S = 8.5
SURE_LOG_ODDS = 1.0  # of the two that the gap lies between
TIMES_S = (2.0, 1.0, 2.5)  # up, hold, down
TOP_RAD = (0.20, 0.12)  # a small lift, and its spread: a larger one is seen in any case
PLACE_S = 1.0  # from one place to the next; the fit moves it by more
BESIDE_S, REST_S = 0.2, 0.3  # of its neighbours, and of rest next to them
AROUND_S = 0.8  # of rest around it, that the shape is fitted over
MIN_STEPS = 30  # that it is fitted over
MIN_DEG = 5.0
# Twice the log likelihood over no lift, what it leaves unexplained a step, its hold and its odds of
# being a leg raise. 96 tuning people of four restless kinds, half of whom take breaks of 8 to 14 s:
# of 31 gaps that had a repetition 9 pass, of 115 others two. Restless bodies sway as one does.
MIN_LOG_LIKELIHOOD_RATIO, MAX_STEP_COST, MIN_HOLD_S, MIN_LOG_ODDS = 30.0, 6.0, 0.5, 3.5


def gap_lifts(
    segment: Segment, found: Sequence[RefinedRep], weighed: Callable[[RefinedRep], RefinedRep]
) -> list[RefinedRep]:
    """Return one lift at most for each gap between two repetitions.

    found: weighed, oldest first. weighed: returns a lift with its odds of being a leg raise.
    """
    lifts = []
    for from_s, to_s in _gaps(segment, found):
        lift = _likeliest(segment, from_s, to_s)
        if lift is not None and (x := weighed(lift)).plausibility >= MIN_LOG_ODDS:
            lifts.append(x)
    return lifts


def with_gaps_filled(found: Sequence[RefinedRep], lifts: Sequence[RefinedRep]) -> list[RefinedRep]:
    """Return what was found, and in the gaps the lifts instead of what hardly was one."""
    return sorted(
        [*(x for x in found if not any(overlap(x, y) for y in lifts)), *lifts],
        key=lambda x: x.start_s,
    )


def _gaps(segment: Segment, found: Sequence[RefinedRep]) -> Iterator[tuple[float, float]]:
    """Yield from when to when nothing happened between two repetitions that has room for one."""
    sure = [x for x in found if x.plausibility >= SURE_LOG_ODDS]
    ends_s = [segment.finished_s, *(x.end_s for x in sure)]
    for from_s, x in zip(ends_s, sure, strict=False):
        if from_s > -math.inf and x.start_s - from_s >= GAP_S:
            yield from_s + BESIDE_S, x.start_s - BESIDE_S


def _likeliest(segment: Segment, from_s: float, to_s: float) -> RefinedRep | None:
    """Return the lift that explains load and moment the best, if it explains them well."""
    best: tuple[float, RefinedRep] | None = None
    latest_s = to_s - sum(TIMES_S) - REST_S
    for begin_s in np.arange(from_s + REST_S, latest_s + PLACE_S, PLACE_S).tolist():
        rows = segment.between(
            max(begin_s - AROUND_S, from_s), min(begin_s + sum(TIMES_S) + AROUND_S, to_s)
        )
        if rows.sum() < MIN_STEPS:
            continue
        lift = try_lift(
            segment.t_s[rows], *segment.forces(rows, WEAK_LIFT_PUSH_N), (begin_s, *TIMES_S),
            (TOP_RAD,), model=segment.model, noise_scale=segment.noise_scale,
            tempo=segment.tempo, seen=segment.seen[rows],
        )  # fmt: skip
        if lift.cost_per_step > MAX_STEP_COST or lift.params[HOLD_S] < MIN_HOLD_S:
            continue
        x = segment.refined_rep(lift.params)
        has_room = x.start_s >= from_s - BESIDE_S and x.end_s <= to_s + BESIDE_S
        if not has_room or x.angle_deg < MIN_DEG:
            continue
        if best is None or lift.log_likelihood_ratio > best[0]:
            best = lift.log_likelihood_ratio, x
    return best[1] if best and best[0] >= MIN_LOG_LIKELIHOOD_RATIO else None
