"""Lifts that a set lacks: between two of its repetitions, or after the last, was time for one more.

A small slow lift of a restless body changes load and moment by less than its sway does, and the
curve takes it for that. But few rest for as long as a repetition and two rests take: mostly there
was one, and what is looked for is known well: its shape, and where it must lie. So the shape is
tried at each place that has room, and counts if it clearly looks like a leg raise: some do take a
break, and sway in it. A sway may come at any time, also right after a repetition or right before
the next; who lifts the leg rests before it and after it. Where both rests are there, less is asked
for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matfw.messages import RefinedRep
from matfw.refinement.lift_trial import try_lift
from matfw.refinement.missed_lifts import WEAK_LIFT_PUSH_N, overlap
from matfw.refinement.rep_shape import HOLD_S
from matfw.refinement.segment import Segment

# Between two repetitions; 48 tuning people of six kinds who take no breaks rested 6.9 s at most.
GAP_S = 8.5
LAST_GAP_S = 5.5  # after the last one, until somebody gets up
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
# Of one with a rest before it and after it. 126 other tuning people of 14 kinds: of ten gaps that
# had a repetition and were not filled by the above 7 pass, of 124 others none.
RESTED_S, RESTED_LOG_LIKELIHOOD_RATIO, RESTED_LOG_ODDS = 1.2, 20.0, 0.7
LEAVES_S = 0.3  # of rest after the last one, whose next thing is to get up


@dataclass(frozen=True, slots=True)
class _Gap:
    """From when to when nothing happened; whether somebody gets up then, and does none any more."""

    from_s: float
    to_s: float
    is_last: bool = False

    def is_rested(self, x: RefinedRep) -> bool:
        """Return whether there is a rest before it and after it."""
        after_s = LEAVES_S if self.is_last else RESTED_S
        return x.start_s - self.from_s >= RESTED_S and self.to_s - x.end_s >= after_s


def gap_lifts(
    segment: Segment,
    found: Sequence[RefinedRep],
    weighed: Callable[[RefinedRep], RefinedRep],
    *,
    is_left: bool = False,
) -> list[RefinedRep]:
    """Return one lift at most for each gap between two repetitions, or after the last.

    found: weighed, oldest first. weighed: returns a lift with its odds of being a leg raise.
    is_left: after the segment's end somebody gets up.
    """
    lifts = []
    for gap in _gaps(segment, found, is_left=is_left):
        best = _likeliest(segment, gap)
        if best is None:
            continue
        ratio, x = best[0], weighed(best[1])
        is_one = ratio >= MIN_LOG_LIKELIHOOD_RATIO and x.plausibility >= MIN_LOG_ODDS
        is_rested_one = (
            ratio >= RESTED_LOG_LIKELIHOOD_RATIO
            and x.plausibility >= RESTED_LOG_ODDS
            and gap.is_rested(x)
        )
        if is_one or is_rested_one:
            lifts.append(x)
    return lifts


def with_gaps_filled(found: Sequence[RefinedRep], lifts: Sequence[RefinedRep]) -> list[RefinedRep]:
    """Return what was found, and in the gaps the lifts instead of what hardly was one."""
    return sorted(
        [*(x for x in found if not any(overlap(x, y) for y in lifts)), *lifts],
        key=lambda x: x.start_s,
    )


def _gaps(segment: Segment, found: Sequence[RefinedRep], *, is_left: bool) -> Iterator[_Gap]:
    """Yield where nothing happened beside a repetition, and there is room for one."""
    sure = [x for x in found if x.plausibility >= SURE_LOG_ODDS]
    ends_s = [segment.finished_s, *(x.end_s for x in sure)]
    for from_s, x in zip(ends_s, sure, strict=False):
        if from_s > -math.inf and x.start_s - from_s >= GAP_S:
            yield _Gap(from_s, x.start_s)
    now_s = float(segment.t_s[-1])
    if is_left and ends_s[-1] > -math.inf and now_s - ends_s[-1] >= LAST_GAP_S:
        yield _Gap(ends_s[-1], now_s, is_last=True)


def _likeliest(segment: Segment, gap: _Gap) -> tuple[float, RefinedRep] | None:
    """Return the lift that explains load and moment the best, after by how much it does so."""
    best: tuple[float, RefinedRep] | None = None
    from_s, to_s = gap.from_s + BESIDE_S, gap.to_s - (0.0 if gap.is_last else BESIDE_S)
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
        has_room = x.start_s >= gap.from_s and x.end_s <= gap.to_s
        if not has_room or x.angle_deg < MIN_DEG:
            continue
        if best is None or lift.log_likelihood_ratio > best[0]:
            best = lift.log_likelihood_ratio, x
    return best
