"""Where the leg is now: a bank of Kalman filters, each for another moment of leaving rest.

One filter cannot do this. At rest the moment does not depend on the angle, so a filter that once
mistakes a hand for a leg stays lost. Here every 50 ms a new filter is started from the best
hypothesis that the leg rests, every lifting one that is slow may come to rest, and a restless one
explains whatever is neither. All are weighed by how well they predict load and moment; the heaviest
one speaks, and by how much the best lifting hypothesis outweighs all others is the evidence that a
leg is up at all. What a hypothesis is: `noise`. What the leg does to the mat: `leg_model`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from matfw.estimation.descent import NOT_TRACKED, Descent, DescentDetector
from matfw.estimation.hypothesis import (
    Hypothesis,
    calms,
    lifts_off,
    moves_about,
    reopened,
    see_landed,
    stopped,
)
from matfw.estimation.kalman import (
    Predictor,
    Spread,
    State,
    corrected,
    corrected_at_rest,
    moved,
    moved_at_rest,
)
from matfw.estimation.leg_model import PUSH_LEVER_M, LegModel
from matfw.estimation.noise import (
    ANGLE,
    BASE,
    BASE_SD_NM,
    JUMPS,
    LIFTING,
    PUSH,
    PUSH_SD_N,
    RESTING,
    RESTLESS,
    STEP_S,
    Sensing,
    process_noises,
    sensing_of,
)
from matfw.estimation.onset import NOTHING, OnsetFeatures, Rise
from matfw.estimation.tremor import Tremor

LIFTS_PER_S = 0.12  # how often a rest ends in a lift
STOPS_PER_S = 0.2  # how often a slow leg is put down
RESTLESS_PER_S = 0.05  # how often a resting body begins to move about ...
LIFTS_BROKEN_PER_S = 1e-12  # ... a lifting one gives up its lift to do so: next to never ...
CALMS_PER_S = 1.0  # ... and lies still again
NOT_SHAKING = 0.0, 0.0, 0.0
HOPELESS = 40.0  # log weight behind the best that nothing comes back from
# Beyond this only the best of a kind is carried on: from 40 behind some came back, from 60 none
# (simulated: 40,000 frames of four mats, whole and torn, same estimates to the last bit).
FORGOTTEN = 60.0  # log weight behind the best
BELOW_REST_RAD = math.radians(2.0)  # the other leg is in the way
ABOVE_ALL_RAD = math.radians(75.0)
KEPT = (4, 10, 2)  # hypotheses of each kind that are carried on
SAME_RAD, SAME_RADPS, SAME_RADPS2 = 0.012, 0.03, 0.2  # lifts closer than this say the same ...
SAME_N, SAME_NM = 0.1, 0.1  # ... and so do others
NOISE_SCALE_TAU_S = 8.0  # how fast a body's own noise is learned
NOISE_SCALE_AT_FIRST = 1.2  # somebody who has just lain down is still settling
# Variance against the usual, of a leg of USUAL_KGM and more. A lift that is taken for rest is
# learned as noise, and in more noise fewer lifts are seen; the smaller the leg's own moment, the
# sooner. So what is believed ends with its cube, but not below what any light body had whose lifts
# were seen (1.3). Of a light, restless body of contact physics (48 kg, four draws of the cells'
# noise) 10 of 40 lifts were found with an end of 6, 29 at 2.0, 39 at 1.6.
NOISE_SCALE_RANGE = (0.4, 4.0)
USUAL_KGM, LEAST_NOISE_END = 3.6, 1.6
NOISE_SCALE_EXPECTED = 1.7  # squared distance of a calm step (2 if the noises were exact)
NOISE_SCALE_OUTLIER = 8.0


class LegEstimate(Struct, frozen=True, gc=False):
    """Where the leg is estimated to be.

    evidence: log weight of lifting over all other hypotheses. age_s: how long the best hypothesis
    has been of its kind; of a lift, since it left rest. angle_sd_rad: the best hypothesis's own
    spread. onset: what the last moments brought. descent: of a leg that has stood at the top.
    """

    angle_rad: float
    rate_radps: float
    accel_radps2: float
    push_n: float
    base_nm: float
    evidence: float
    kind: int
    age_s: float
    angle_sd_rad: float = 0.0
    onset: OnsetFeatures = NOTHING
    descent: Descent = NOT_TRACKED

    @property
    def is_moving(self) -> bool:
        """Return whether the best hypothesis has the leg off its rest."""
        return self.kind == LIFTING

    @property
    def is_restless(self) -> bool:
        """Return whether the body moves about and nothing is known of the leg."""
        return self.kind == RESTLESS


class LegTracker:
    """Follow the leg from load and hip moment over rest, one 50 ms mean at a time."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; it is assumed to rest."""
        self.model = model
        self._predicted = Predictor(model)
        low, high = NOISE_SCALE_RANGE
        high *= min(1.0, (model.moment_kgm / USUAL_KGM) ** 3)
        self._noise_scale_range = low, max(LEAST_NOISE_END, high)
        self.reset()

    def reset(self) -> None:
        """Assume that the leg rests, and nothing else."""
        nothing = (0.0, 0.0, 0.0, 0.0, 0.0)
        # All that are carried on, the best first.
        self._now = [Hypothesis(RESTING, nothing, (PUSH_SD_N**2, 0.0, BASE_SD_NM**2), 0.0)]
        self.noise_scale = NOISE_SCALE_AT_FIRST  # of this body, variance against the usual
        self._noises = process_noises(self.noise_scale)
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._onset = NOTHING
        self._tremor = Tremor(self.model)

    def reopen(self) -> None:
        """Note that nothing was seen for so long that the leg may be anywhere: up, or down."""
        up = reopened(self._now[0])
        self._now = [Hypothesis(RESTING, *up.rest(), 0.0), up]
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._tremor.skip()

    def predict(
        self, lifts_per_s: float = LIFTS_PER_S, stops_per_s: float = STOPS_PER_S
    ) -> LegEstimate:
        """Return what is estimated after a step of which nothing was seen."""
        bank = self._branch(lifts_per_s, stops_per_s)
        self._tremor.skip()
        for one in bank:
            carry = moved if one.kind == LIFTING else moved_at_rest
            one.x, one.p = carry(one.x, one.p, self._noises[one.kind])
        self._now = _best_of(bank)
        descent = self._watch.update(self._lifted(), None, self.noise_scale, NOT_SHAKING)
        return self._estimate(self._evidence(), self._onset, descent)

    def shift_base(self, moment_nm: float) -> None:
        """Note that moments will from now on be measured from moment_nm higher."""
        for one in self._now:
            a, r, c, u, b = one.x
            one.x = a, r, c, u, b - moment_nm
        self._rise.shift(0.0, moment_nm)

    def shift_push(self, force_n: float) -> None:
        """Note that forces will be measured from force_n higher: a hand has settled."""
        for one in self._now:
            a, r, c, u, b = one.x
            one.x = a, r, c, u - force_n, b + PUSH_LEVER_M * force_n
        self._rise.shift(force_n, 0.0)
        self._tremor.shift(force_n)

    def see_landed(self) -> None:
        """Note that the leg has been seen to lie on the other one again."""
        for one in self._now:
            if one.kind == LIFTING:
                see_landed(one)

    def update(
        self,
        force_n: float,
        moment_nm: float,
        lifts_per_s: float = LIFTS_PER_S,
        stops_per_s: float = STOPS_PER_S,
        seen_share: float = 1.0,
    ) -> LegEstimate:
        """Take one step's mean of F - W and M - M0 and return what is estimated now.

        lifts_per_s, stops_per_s: how often a resting leg lifts and a slow one stops just now.
        seen_share: of a step's samples that the means are of, over 0.
        """
        bank = self._branch(lifts_per_s, stops_per_s)
        shaking = self._tremor.update(force_n, self.noise_scale)
        sensing = sensing_of(self.noise_scale, shaking, seen_share)
        distances = [self._see(one, force_n, moment_nm, sensing) for one in bank]
        self._learn_noise_scale(distances[0])
        self._now = _best_of(bank)
        descent = self._watch.update(
            self._lifted(), (force_n, moment_nm), self.noise_scale, shaking, seen_share
        )
        evidence = self._evidence()
        self._onset = self._rise.update(force_n, moment_nm, evidence)
        return self._estimate(evidence, self._onset, descent)

    def _see(self, one: Hypothesis, force_n: float, moment_nm: float, sensing: Sensing) -> float:
        """Carry a hypothesis on and let it see the step; return the squared distance."""
        kind = one.kind
        if kind == LIFTING:
            x, p = moved(one.x, one.p, self._noises[LIFTING])
            expected_n, expected_nm, slopes = self._predicted(x)
            miss = force_n - expected_n, moment_nm - expected_nm
            found = corrected(x, p, slopes, miss, sensing, jump=JUMPS[LIFTING])
        else:
            x, p = moved_at_rest(one.x, one.p, self._noises[kind])
            miss = force_n - x[PUSH], moment_nm - PUSH_LEVER_M * x[PUSH] - x[BASE]
            found = corrected_at_rest(x, p, miss, sensing, jump=JUMPS[kind])
        one.x, one.p, cost, distance = found
        one.weight -= cost
        return distance

    def _lifted(self) -> tuple[State, Spread] | None:
        """Return the best hypothesis's state and spread if its leg is lifted."""
        best = self._now[0]
        return (best.x, best.p) if best.kind == LIFTING else None

    def _evidence(self) -> float:
        """Return by how much the best lifting hypothesis outweighs the best other one."""
        lift, other = -math.inf, -math.inf
        for one in reversed(self._now):  # the best last
            if one.kind == LIFTING:
                lift = one.weight
            else:
                other = one.weight
        return (-HOPELESS if lift == -math.inf else lift) - (
            -HOPELESS if other == -math.inf else other
        )

    def _estimate(self, evidence: float, onset: OnsetFeatures, descent: Descent) -> LegEstimate:
        best = self._now[0]
        a, r, c, u, b = best.x
        sd_rad = math.sqrt(max(best.p[0], 0.0)) if best.kind == LIFTING else 0.0
        return LegEstimate(a, r, c, u, b, evidence, best.kind, best.age_s, sd_rad, onset, descent)

    def _learn_noise_scale(self, distance: float) -> None:
        """Follow how restless this body is, by the innovations while it rests."""
        if self._now[0].kind != RESTING:
            return
        excess = min(distance, NOISE_SCALE_OUTLIER) / NOISE_SCALE_EXPECTED - 1.0
        step = STEP_S / NOISE_SCALE_TAU_S * excess
        low, high = self._noise_scale_range
        self.noise_scale = min(max(self.noise_scale * math.exp(step), low), high)
        self._noises = process_noises(self.noise_scale)

    def _branch(self, lifts_per_s: float, stops_per_s: float) -> list[Hypothesis]:
        """Return all hypotheses, and what the best of each kind may have become in this step."""
        resting, lifting, restless = map(self._best, (RESTING, LIFTING, RESTLESS))
        at_rest = stopped(self._now, stops_per_s)
        bank = list(self._now)
        for one in bank:
            one.age_s += STEP_S
        if resting is not None:
            bank.append(lifts_off(resting, lifts_per_s))
            bank.append(moves_about(resting, RESTLESS_PER_S))
        if lifting is not None:
            bank.append(moves_about(lifting, LIFTS_BROKEN_PER_S))
        if restless is not None:
            bank.append(calms(restless, CALMS_PER_S))
        if at_rest is not None:
            bank.append(at_rest)
        return bank

    def _best(self, kind: int) -> Hypothesis | None:
        """Return the best hypothesis of a kind; they stand in order of weight."""
        for one in self._now:
            if one.kind == kind and one.weight > -HOPELESS:
                return one
        return None


def _best_of(bank: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Return what is carried on of hypotheses that have seen a step, the best first."""
    for one in bank:
        if one.kind != LIFTING:
            continue  # its angle is 0
        angle = one.x[ANGLE]
        if angle < -BELOW_REST_RAD:
            one.weight -= 0.5 * ((angle + BELOW_REST_RAD) / BELOW_REST_RAD) ** 2
        elif angle > ABOVE_ALL_RAD:
            one.weight -= 0.5 * ((angle - ABOVE_ALL_RAD) / BELOW_REST_RAD) ** 2
        one.top_rad = max(one.top_rad, angle)
    kept = _prune(bank)
    best = kept[0].weight
    for one in kept:
        one.weight -= best
    return kept


def _prune(bank: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Return the hypotheses to keep, best first, without the hopeless and those that repeat."""
    kept: list[Hypothesis] = []
    of_kind: tuple[list[State], ...] = ([], [], [])
    bank = sorted(bank, key=attrgetter("weight"), reverse=True)
    worst = bank[0].weight - FORGOTTEN
    for one in bank:
        alike = of_kind[one.kind]
        # The best of each kind is kept however far behind it is: `evidence` compares the kinds.
        if len(alike) == KEPT[one.kind] or (alike and one.weight < worst):
            continue
        says_so_too = _lifts_alike if one.kind == LIFTING else _rests_alike
        if not says_so_too(one.x, alike):
            kept.append(one)
            alike.append(one.x)
    return kept


def _lifts_alike(x: State, others: Sequence[State]) -> bool:
    angle, rate, accel, _, _ = x
    for a, r, c, _, _ in others:
        if (
            -SAME_RAD < angle - a < SAME_RAD
            and -SAME_RADPS < rate - r < SAME_RADPS
            and -SAME_RADPS2 < accel - c < SAME_RADPS2
        ):
            return True
    return False


def _rests_alike(x: State, others: Sequence[State]) -> bool:
    _, _, _, push, base = x
    for _, _, _, u, b in others:
        if -SAME_N < push - u < SAME_N and -SAME_NM < base - b < SAME_NM:
            return True
    return False
