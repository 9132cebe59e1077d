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
from dataclasses import dataclass
from operator import attrgetter

from matfw.estimation.descent import NOT_TRACKED, Descent, DescentDetector
from matfw.estimation.kalman import (
    Predictor,
    Spread,
    State,
    innovation,
    innovation_at_rest,
    moved,
    moved_at_rest,
    updated,
    updated_at_rest,
    widened,
)
from matfw.estimation.leg_model import PUSH_LEVER_M, LegModel
from matfw.estimation.noise import (
    ACCEL,
    ANGLE,
    BASE,
    BASE_SD_NM,
    JUMP_AT,
    JUMP_COST,
    JUMPS,
    LIFT_SD,
    LIFTING,
    PUSH,
    PUSH_SD_N,
    RATE,
    RESTING,
    RESTLESS,
    RESTLESS_N,
    RESTLESS_NM,
    STEP_S,
    STOP_BASE_NM,
    Noise,
    Sensing,
    process_noises,
    sensing_of,
    stop_noise,
)
from matfw.estimation.onset import NOTHING, OnsetFeatures, Rise
from matfw.estimation.tremor import Tremor

LIFTS_PER_S = 0.12  # how often a rest ends in a lift
STOPS_PER_S = 0.2  # how often a slow leg is put down
RESTLESS_PER_S = 0.05  # how often a resting body begins to move about ...
LIFTS_BROKEN_PER_S = 1e-12  # ... a lifting one gives up its lift to do so: next to never ...
CALMS_PER_S = 1.0  # ... and lies still again
STOP_SLOW_RADPS = 0.5  # only a leg this slow may come to rest ...
STOP_AFTER_S = 0.3  # ... and only after this long
STOP_BEHIND = 8.0  # log weight behind the best from which on it is not worth the arithmetic
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
LANDED_SD_RAD = math.radians(2.5)  # of a leg that plates have seen land, about its rest
REOPENED_SD = (math.radians(20.0), 0.6, 3.0)  # rad, rad/s, rad/s^2: of a leg lost sight of ...
REOPENED_N, REOPENED_NM = 3.0, 4.0  # ... and of a body's rest
LANDED_COST = 20.0  # squared distance at most: what plates see may not have been the leg
NOISE_SCALE_TAU_S = 8.0  # how fast a body's own noise is learned
NOISE_SCALE_AT_FIRST = 1.2  # somebody who has just lain down is still settling
NOISE_SCALE_RANGE = (0.4, 6.0)  # variance against the usual
NOISE_SCALE_EXPECTED = 1.7  # squared distance of a calm step (2 if the noises were exact)
NOISE_SCALE_OUTLIER = 8.0


@dataclass(frozen=True, slots=True)
class LegEstimate:
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


# What a lift begins with, and a body that begins to move about.
_LIFTS_OFF = Noise(0.0, 0.0, aa=LIFT_SD[ANGLE] ** 2, rr=LIFT_SD[RATE] ** 2, cc=LIFT_SD[ACCEL] ** 2)
_MOVES_ABOUT = RESTLESS_N**2, RESTLESS_NM**2
_OPENS_AGAIN = Noise(
    REOPENED_N**2, REOPENED_NM**2,
    aa=REOPENED_SD[ANGLE] ** 2, rr=REOPENED_SD[RATE] ** 2, cc=REOPENED_SD[ACCEL] ** 2,
)  # fmt: skip


REST_SIZE = 3  # numbers of a spread of push and base alone


@dataclass(slots=True)
class _Hypothesis:
    """One hypothesis; of a leg that rests (RESTING, RESTLESS) the spread is of push and base."""

    kind: int
    x: State
    p: Spread
    weight: float  # log, the best is 0
    age_s: float = 0.0  # since it became of this kind
    top_rad: float = 0.0  # highest angle since then

    def rest(self) -> tuple[State, Spread]:
        """Return state and spread of push and base alone."""
        _, _, _, u, b = self.x
        return (0.0, 0.0, 0.0, u, b), self.p[-REST_SIZE:]


class LegTracker:
    """Follow the leg from load and hip moment over rest, one 50 ms mean at a time."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; it is assumed to rest."""
        self.model = model
        self._predicted = Predictor(model)
        self.reset()

    def reset(self) -> None:
        """Assume that the leg rests, and nothing else."""
        nothing = (0.0, 0.0, 0.0, 0.0, 0.0)
        # All that are carried on, the best first.
        self._now = [_Hypothesis(RESTING, nothing, (PUSH_SD_N**2, 0.0, BASE_SD_NM**2), 0.0)]
        self.noise_scale = NOISE_SCALE_AT_FIRST  # of this body, variance against the usual
        self._noises = process_noises(self.noise_scale)
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._onset = NOTHING
        self._tremor = Tremor(self.model)

    def reopen(self) -> None:
        """Note that nothing was seen for so long that the leg may be anywhere: up, or down."""
        best = self._now[0]
        a, _, _, u, b = best.x
        p = widened(_of_leg(best.p), _OPENS_AGAIN)
        up = _Hypothesis(LIFTING, (a, 0.0, 0.0, u, b), p, 0.0, best.age_s, best.top_rad)
        self._now = [_Hypothesis(RESTING, *up.rest(), 0.0), up]
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
            self._move(one)
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
                _see_landed(one)

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
        for one in bank:
            self._move(one)
        distances = [self._see(one, force_n, moment_nm, sensing) for one in bank]
        self._learn_noise_scale(distances[0])
        self._now = _best_of(bank)
        descent = self._watch.update(
            self._lifted(), (force_n, moment_nm), self.noise_scale, shaking, seen_share
        )
        evidence = self._evidence()
        self._onset = self._rise.update(force_n, moment_nm, evidence)
        return self._estimate(evidence, self._onset, descent)

    def _move(self, one: _Hypothesis) -> None:
        """Carry a hypothesis on to the end of this step."""
        carry = moved if one.kind == LIFTING else moved_at_rest
        one.x, one.p = carry(one.x, one.p, self._noises[one.kind])

    def _see(self, one: _Hypothesis, force_n: float, moment_nm: float, sensing: Sensing) -> float:
        """Let a hypothesis see a step; return the squared distance of what it had predicted."""
        x, p = one.x, one.p
        if one.kind == LIFTING:
            expected_n, expected_nm, slopes = self._predicted(x)
            miss = force_n - expected_n, moment_nm - expected_nm
            found = innovation(p, slopes, miss, sensing)
            jumps = found[-1] > JUMP_AT
            if jumps:
                p = widened(p, JUMPS[LIFTING])
                found = innovation(p, slopes, miss, sensing)
            one.x, one.p, cost = updated(x, p, miss, found, sensing)
        else:
            miss = force_n - x[PUSH], moment_nm - PUSH_LEVER_M * x[PUSH] - x[BASE]
            found = innovation_at_rest(p, miss, sensing)
            jumps = found[-1] > JUMP_AT
            if jumps:
                uu, ub, bb = p
                p = uu + JUMPS[one.kind].uu, ub, bb + JUMPS[one.kind].bb
                found = innovation_at_rest(p, miss, sensing)
            one.x, one.p, cost = updated_at_rest(x, p, miss, found, sensing)
        one.weight -= cost + JUMP_COST if jumps else cost
        return found[-1]

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
        low, high = NOISE_SCALE_RANGE
        self.noise_scale = min(max(self.noise_scale * math.exp(step), low), high)
        self._noises = process_noises(self.noise_scale)

    def _branch(self, lifts_per_s: float, stops_per_s: float) -> list[_Hypothesis]:
        """Return all hypotheses, and what the best of each kind may have become in this step."""
        resting, lifting, restless = map(self._best, (RESTING, LIFTING, RESTLESS))
        stopped = _stopped(self._now, stops_per_s)
        bank = list(self._now)
        for one in bank:
            one.age_s += STEP_S
        if resting is not None:
            p = widened(_of_leg(resting.p), _LIFTS_OFF)
            weight = resting.weight + _log_chance(lifts_per_s)
            bank.append(_Hypothesis(LIFTING, resting.x, p, weight))
            bank.append(_moves_about(resting, RESTLESS_PER_S))
        if lifting is not None:
            bank.append(_moves_about(lifting, LIFTS_BROKEN_PER_S))
        if restless is not None:
            weight = restless.weight + _log_chance(CALMS_PER_S)
            bank.append(_Hypothesis(RESTING, restless.x, restless.p, weight))
        if stopped is not None:
            bank.append(stopped)
        return bank

    def _best(self, kind: int) -> _Hypothesis | None:
        """Return the best hypothesis of a kind; they stand in order of weight."""
        for one in self._now:
            if one.kind == kind and one.weight > -HOPELESS:
                return one
        return None


def _log_chance(per_s: float) -> float:
    return math.log(per_s * STEP_S)


def _of_leg(p: Spread) -> Spread:
    """Return a spread as that of a leg that may be lifted; one at rest has none of its own."""
    if len(p) > REST_SIZE:
        return p
    none = 0.0
    return none, none, none, none, none, none, none, none, none, none, none, none, *p


def _moves_about(one: _Hypothesis, per_s: float) -> _Hypothesis:
    """Return what becomes of a hypothesis whose body begins to move about."""
    x, (uu, ub, bb) = one.rest()
    more_uu, more_bb = _MOVES_ABOUT
    p = uu + more_uu, ub, bb + more_bb
    return _Hypothesis(RESTLESS, x, p, one.weight + _log_chance(per_s))


def _see_landed(one: _Hypothesis) -> None:
    """Let a lifted leg lie about its rest, at a cost."""
    a, r, c, u, b = one.x
    aa, ar, ac, au, ab, rr, rc, ru, rb, cc, cu, cb, uu, ub, bb = one.p
    spread = aa + LANDED_SD_RAD**2
    ga, gr, gc, gu, gb = aa / spread, ar / spread, ac / spread, au / spread, ab / spread
    one.x = a - ga * a, r - gr * a, c - gc * a, u - gu * a, b - gb * a
    one.p = (
        aa - ga * aa, ar - ga * ar, ac - ga * ac, au - ga * au, ab - ga * ab,
        rr - gr * ar, rc - gr * ac, ru - gr * au, rb - gr * ab,
        cc - gc * ac, cu - gc * au, cb - gc * ab,
        uu - gu * au, ub - gu * ab, bb - gb * ab,
    )  # fmt: skip
    widening = math.log(spread / LANDED_SD_RAD**2)
    one.weight -= 0.5 * min(a**2 / spread + widening, LANDED_COST)


def _stopped(now: Sequence[_Hypothesis], stops_per_s: float) -> _Hypothesis | None:
    """Return what the likeliest hypothesis that has just stopped has become."""
    best, best_weight = None, -math.inf
    for one in now:
        if (
            one.kind != LIFTING
            or one.weight <= -STOP_BEHIND
            or one.age_s <= STOP_AFTER_S
            or abs(one.x[RATE]) >= STOP_SLOW_RADPS
        ):
            continue
        noise = stop_noise(one.top_rad)
        cofactors, det = _cofactors(one.p, noise)
        distance = _quadratic(cofactors, one.x) / det
        widening = math.log(det / (noise[0] * noise[1] * noise[2]))
        weight = one.weight - 0.5 * (distance + widening)
        if weight > best_weight:
            best, best_weight, best_cofactors, best_det = one, weight, cofactors, det
    if best is None:
        return None
    x, p = _stood_still(best, best_cofactors, best_det)
    return _Hypothesis(RESTING, x, p, best_weight + _log_chance(stops_per_s))


def _stood_still(one: _Hypothesis, cofactors: _Six, det: float) -> tuple[State, Spread]:
    """Return push and base of a lifted leg, given that angle, rate and acceleration are 0."""
    a, r, c, u, b = one.x
    _, _, _, au, ab, _, _, ru, rb, _, cu, cb, uu, ub, bb = one.p
    c00, c01, c02, c11, c12, c22 = cofactors
    ga = (c00 * au + c01 * ru + c02 * cu) / det, (c00 * ab + c01 * rb + c02 * cb) / det
    gr = (c01 * au + c11 * ru + c12 * cu) / det, (c01 * ab + c11 * rb + c12 * cb) / det
    gc = (c02 * au + c12 * ru + c22 * cu) / det, (c02 * ab + c12 * rb + c22 * cb) / det
    u -= ga[0] * a + gr[0] * r + gc[0] * c
    b -= ga[1] * a + gr[1] * r + gc[1] * c
    uu -= ga[0] * au + gr[0] * ru + gc[0] * cu
    ub -= ga[0] * ab + gr[0] * rb + gc[0] * cb
    bb -= ga[1] * ab + gr[1] * rb + gc[1] * cb
    return (0.0, 0.0, 0.0, u, b), (uu, ub, bb + STOP_BASE_NM**2)


_Six = tuple[float, float, float, float, float, float]


def _cofactors(p: Spread, noise: tuple[float, float, float]) -> tuple[_Six, float]:
    """Return the cofactors (00, 01, 02, 11, 12, 22) and determinant of the leg's own spread."""
    a, b, c, _, _, d, e, _, _, f, *_ = p
    a, d, f = a + noise[0], d + noise[1], f + noise[2]
    c00, c01, c02 = d * f - e * e, c * e - b * f, b * e - c * d
    return (c00, c01, c02, a * f - c * c, b * c - a * e, a * d - b * b), a * c00 + b * c01 + c * c02


def _quadratic(cofactors: _Six, state: State) -> float:
    c00, c01, c02, c11, c12, c22 = cofactors
    x, y, z, _, _ = state
    return c00 * x * x + c11 * y * y + c22 * z * z + 2.0 * (c01 * x * y + c02 * x * z + c12 * y * z)


def _best_of(bank: Sequence[_Hypothesis]) -> list[_Hypothesis]:
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


def _prune(bank: Sequence[_Hypothesis]) -> list[_Hypothesis]:
    """Return the hypotheses to keep, best first, without the hopeless and those that repeat."""
    kept: list[_Hypothesis] = []
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
