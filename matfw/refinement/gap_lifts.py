"""Lifts that a set lacks: between two of its repetitions, or after the last, was time for one more.

A small slow lift of a restless body changes load and moment by less than its sway does, and the
curve takes it for that; of a high one a body that sways leaves only parts. But few rest for as long
as a repetition and two rests take: mostly there was one, and what is looked for is known well: its
shape, and where it must lie. So the shape is tried at each place that has room, and counts if it
clearly looks like a leg raise: some do take a break, and sway in it. A sway may come at any time,
also right after a repetition or right before the next; who lifts the leg rests before it and after
it. Where both rests are there, less is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.messages import RefinedRep
from matfw.refinement.lift_trial import LiftTrial, try_lifts
from matfw.refinement.missed_lifts import IN_SET_S, WEAK_LIFT_PUSH_N, overlap
from matfw.refinement.rep_shape import HOLD_S
from matfw.refinement.segment import Segment

# Between two repetitions; 48 tuning people of six kinds who take no breaks rested 6.9 s at most.
GAP_S = 8.5
LAST_GAP_S = 5.5  # after the last one, until somebody gets up
SURE_LOG_ODDS = 1.0  # of the two that the gap lies between
TIMES_S = (2.0, 1.0, 2.5)  # up, hold, down
# rad: a usual lift's, and its spread. A fit to a small one finds down from there: of 35 lifts that
# gaps of 60 tuning people lacked 22 are found so; from a small start too 23, and one is made up.
TOP = (0.62, 0.12)
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
RATIO_PER_LOG_ODDS = 30.0  # of twice the log likelihood, among those that are believed
LEAVES_S = 0.3  # of rest after the last one, whose next thing is to get up


@dataclass(frozen=True, slots=True)
class _Gap:
    """From when to when nothing happened.

    is_cut: it began before what is here to be seen.
    is_last: somebody gets up then, and does none any more.
    """

    from_s: float
    to_s: float
    is_cut: bool = False
    is_last: bool = False

    @property
    def has_room(self) -> bool:
        """Return whether a repetition and its rests fit in."""
        return self.to_s - self.from_s >= (LAST_GAP_S if self.is_last else GAP_S)

    def holds(self, x: RefinedRep) -> bool:
        """Return whether it lies in here."""
        return x.start_s >= self.from_s and x.end_s <= self.to_s

    def is_rested(self, x: RefinedRep) -> bool:
        """Return whether there is a rest before it and after it."""
        after_s = LEAVES_S if self.is_last else RESTED_S
        is_rested_before = not self.is_cut and x.start_s - self.from_s >= RESTED_S
        return is_rested_before and self.to_s - x.end_s >= after_s


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A lift that may fill a gap, and twice the log likelihood by which it explains it."""

    lift: RefinedRep
    ratio: float

    @property
    def strength(self) -> float:
        """Return what speaks for it in all, log-odds."""
        return self.lift.plausibility + self.ratio / RATIO_PER_LOG_ODDS

    def is_one(self, gap: _Gap) -> bool:
        """Return whether it is believed."""
        ratio, log_odds = self.ratio, self.lift.plausibility
        if ratio >= MIN_LOG_LIKELIHOOD_RATIO and log_odds >= MIN_LOG_ODDS:
            return True
        return (
            ratio >= RESTED_LOG_LIKELIHOOD_RATIO
            and log_odds >= RESTED_LOG_ODDS
            and gap.is_rested(self.lift)
        )


def gap_lifts(
    segment: Segment,
    found: Sequence[RefinedRep],
    weighed: Callable[[RefinedRep], RefinedRep],
    *,
    finished_s: float,
    is_left: bool = False,
) -> list[RefinedRep]:
    """Return the lifts that gaps between two repetitions, or after the last, are filled by.

    found: weighed, oldest first. weighed: returns a lift with its odds of being a leg raise.
    finished_s: until when all is known. is_left: after the segment's end somebody gets up.
    """
    return [
        lift
        for gap in _gaps(segment, found, finished_s, is_left=is_left)
        for lift in _filling(gap, list(_candidates(segment, gap, weighed)))
    ]


def with_gaps_filled(found: Sequence[RefinedRep], lifts: Sequence[RefinedRep]) -> list[RefinedRep]:
    """Return what was found, and in the gaps the lifts instead of what hardly was one."""
    return sorted(
        [*(x for x in found if not any(overlap(x, y) for y in lifts)), *lifts],
        key=lambda x: x.start_s,
    )


def _gaps(
    segment: Segment, found: Sequence[RefinedRep], finished_s: float, *, is_left: bool
) -> list[_Gap]:
    """Return where nothing happened beside a repetition, and there is room for one.

    Of a set that has long begun what was finished last may have left the segment: then a gap begins
    with it.
    """
    begin_s = float(segment.t_s[0])
    from_s, is_cut = max(finished_s, begin_s), finished_s < begin_s
    has_begun = begin_s - finished_s < IN_SET_S
    gaps = []
    for x in found:
        if x.plausibility < SURE_LOG_ODDS:
            continue
        if has_begun:
            gaps.append(_Gap(from_s, x.start_s, is_cut=is_cut))
        from_s, is_cut, has_begun = x.end_s, False, True
    if is_left and has_begun and not is_cut:
        gaps.append(_Gap(from_s, float(segment.t_s[-1]), is_last=True))
    return [gap for gap in gaps if gap.has_room]


def _filling(gap: _Gap, candidates: Sequence[_Candidate]) -> list[RefinedRep]:
    """Return the likeliest lift that is believed, and those that what is left of the gap holds."""
    believed = [x for x in candidates if gap.holds(x.lift) and x.is_one(gap)]
    if not gap.has_room or not believed:
        return []
    best = max(believed, key=lambda x: x.strength).lift
    before = replace(gap, to_s=best.start_s, is_last=False)
    after = replace(gap, from_s=best.end_s, is_cut=False)
    return [*_filling(before, candidates), best, *_filling(after, candidates)]


def _candidates(
    segment: Segment, gap: _Gap, weighed: Callable[[RefinedRep], RefinedRep]
) -> Iterator[_Candidate]:
    """Yield the lifts that explain load and moment somewhere in a gap."""
    for trial in _trials(segment, gap):
        if trial.cost_per_step > MAX_STEP_COST or trial.params[HOLD_S] < MIN_HOLD_S:
            continue
        lift = segment.refined_rep(trial.params)
        if not gap.holds(lift) or lift.angle_deg < MIN_DEG:
            continue
        ratio = trial.log_likelihood_ratio
        if ratio >= RESTED_LOG_LIKELIHOOD_RATIO:  # the least that is asked for
            yield _Candidate(weighed(lift), ratio)


def _trials(segment: Segment, gap: _Gap) -> Iterator[LiftTrial]:
    """Yield the likeliest lift about each place of a gap."""
    from_s, to_s = gap.from_s + BESIDE_S, gap.to_s - (0.0 if gap.is_last else BESIDE_S)
    latest_s = to_s - sum(TIMES_S) - REST_S
    for begin_s in np.arange(from_s + REST_S, latest_s + PLACE_S, PLACE_S).tolist():
        rows = segment.between(
            max(begin_s - AROUND_S, from_s), min(begin_s + sum(TIMES_S) + AROUND_S, to_s)
        )
        if rows.sum() < MIN_STEPS:
            continue
        yield from try_lifts(
            segment.t_s[rows], *segment.forces(rows, WEAK_LIFT_PUSH_N), (begin_s, *TIMES_S),
            (TOP,), model=segment.model, noise_scale=segment.noise_scale,
            tempo=segment.tempo, seen=segment.seen[rows],
        )  # fmt: skip
