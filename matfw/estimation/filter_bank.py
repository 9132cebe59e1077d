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
from dataclasses import dataclass

import numpy as np

from matfw.estimation.descent import NOT_WATCHED, Descent, DescentDetector
from matfw.estimation.kalman import Predictor, doubled, innovation, updated
from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import (
    ACCEL,
    ANGLE,
    BASE,
    BASE_SD_NM,
    JUMP,
    JUMP_AT,
    JUMP_COST,
    LIFT_SD,
    LIFTING,
    PUSH,
    PUSH_SD_N,
    RATE,
    RESTING,
    RESTLESS,
    RESTLESS_N,
    RESTLESS_NM,
    SENSING,
    STEP_S,
    STOP_BASE_NM,
    TRANSITION,
    process_noise,
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
NOT_SHAKING = np.zeros((2, 2))
HOPELESS = 40.0  # log weight behind the best that nothing comes back from
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
    spread. risen: what the last moments brought. lowering: of a leg that has stood at the top.
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
    descent: Descent = NOT_WATCHED

    @property
    def is_moving(self) -> bool:
        """Return whether the best hypothesis has the leg off its rest."""
        return self.kind == LIFTING

    @property
    def is_restless(self) -> bool:
        """Return whether the body moves about and nothing can be said of the leg."""
        return self.kind == RESTLESS


# What the best of a kind may become: its kind, and what of its state and spread is kept and added.
_LEG_DOWN = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
_MOVES_ABOUT = np.diag([0.0, 0.0, 0.0, RESTLESS_N**2, RESTLESS_NM**2])
LIFTS, MOVES, CALMS = range(3)
_KIND = (LIFTING, RESTLESS, RESTING)
_KEPT_X = np.array([np.ones(5), _LEG_DOWN, np.ones(5)])
_KEPT_P = np.array([np.ones((5, 5)), np.outer(_LEG_DOWN, _LEG_DOWN), np.ones((5, 5))])
_ADDED_P = np.array([np.diag([*np.square(LIFT_SD), 0.0, 0.0]), _MOVES_ABOUT, np.zeros((5, 5))])
_TRANSITION_T, _DOUBLED = TRANSITION.T.copy(), doubled(TRANSITION)


@dataclass(frozen=True, slots=True)
class _Hypotheses:
    """All hypotheses of one step, the best first; of so few, lists of numbers are the faster."""

    x: Array  # (k, 5)
    p: Array  # (k, 5, 5)
    weight: list[float]  # log, the best is 0
    kind: list[int]  # RESTING, LIFTING or RESTLESS
    age_s: list[float]  # since it became of this kind
    top_rad: list[float]  # highest angle since then


class LegTracker:
    """Follow the leg from load and hip moment over rest, one 50 ms mean at a time."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; it is assumed to rest."""
        self.model = model
        self._predicted = Predictor(model)
        self.reset()

    def reset(self) -> None:
        """Assume that the leg rests, and nothing else."""
        p = np.zeros((1, 5, 5))
        p[0, PUSH, PUSH] = PUSH_SD_N**2
        p[0, BASE, BASE] = BASE_SD_NM**2
        self._now = _Hypotheses(np.zeros((1, 5)), p, [0.0], [RESTING], [0.0], [0.0])
        self.noise_scale = NOISE_SCALE_AT_FIRST  # of this body, variance against the usual
        self._noise = process_noise(self.noise_scale)
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._onset = NOTHING
        self._tremor = Tremor(self.model)

    def reopen(self) -> None:
        """Note that nothing was seen for so long that the leg may be anywhere: up, or down."""
        now = self._now
        x, p = now.x[:1].copy(), now.p[:1].copy()
        x[:, RATE] = x[:, ACCEL] = 0.0
        p[:, range(3), range(3)] += np.square(REOPENED_SD)
        p[:, PUSH, PUSH] += REOPENED_N**2
        p[:, BASE, BASE] += REOPENED_NM**2
        down_x, down_p = x[0].copy(), p[0].copy()
        down_x[:3] = 0.0
        down_p[:3, :] = 0.0
        down_p[:, :3] = 0.0
        self._now = _Hypotheses(
            np.array([down_x, x[0]]), np.array([down_p, p[0]]), [0.0, 0.0], [RESTING, LIFTING],
            [0.0, now.age_s[0]], [0.0, now.top_rad[0]],
        )  # fmt: skip
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._tremor.skip()

    def predict(
        self, lifts_per_s: float = LIFTS_PER_S, stops_per_s: float = STOPS_PER_S
    ) -> LegEstimate:
        """Return what is estimated after a step of which nothing was seen."""
        now = self._branch(lifts_per_s, stops_per_s)
        self._tremor.skip()
        x, p = self._moved(now, np.array(now.kind))
        self._now = _best_of(now, x, p, np.zeros(len(x)))
        descent = self._watch.update(self._lifted(), None, self.noise_scale, NOT_SHAKING)
        return self._estimate(self._evidence(), self._onset, descent)

    def shift_base(self, moment_nm: float) -> None:
        """Note that moments will from now on be measured from moment_nm higher."""
        self._now.x[:, BASE] -= moment_nm
        self._rise.shift(0.0, moment_nm)

    def shift_push(self, force_n: float) -> None:
        """Note that forces will be measured from force_n higher: a hand has settled."""
        self._now.x[:, PUSH] -= force_n
        self._now.x[:, BASE] += PUSH_LEVER_M * force_n
        self._rise.shift(force_n, 0.0)
        self._tremor.shift(force_n)

    def see_landed(self) -> None:
        """Note that the leg has been seen to lie on the other one again."""
        now = self._now
        for i in [i for i, kind in enumerate(now.kind) if kind == LIFTING]:
            spread = float(now.p[i, ANGLE, ANGLE]) + LANDED_SD_RAD**2
            miss = -float(now.x[i, ANGLE])
            gain = now.p[i, :, ANGLE] / spread
            now.x[i] += gain * miss
            now.p[i] -= np.outer(gain, now.p[i, ANGLE, :])
            widening = math.log(spread / LANDED_SD_RAD**2)
            now.weight[i] -= 0.5 * min(miss**2 / spread + widening, LANDED_COST)

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
        now = self._branch(lifts_per_s, stops_per_s)
        kind = np.array(now.kind)
        shaking = self._tremor.update(force_n, self.noise_scale)
        sensing = (SENSING * self.noise_scale + shaking) / seen_share
        x, p = self._moved(now, kind)
        y, h = self._predicted(x)
        y = np.array([force_n, moment_nm]) - y
        innovations = innovation(p, h, y, sensing)
        jumps = innovations[3] > JUMP_AT
        has_jumped = jumps.any()
        if has_jumped:
            p = p + jumps[:, None, None] * JUMP[kind]
            innovations = innovation(p, h, y, sensing)
        self._learn_noise_scale(float(innovations[3][0]))
        x, p, cost = updated(x, p, y, innovations, sensing)
        if has_jumped:
            cost = cost + JUMP_COST * jumps
        self._now = _best_of(now, x, p, cost)
        descent = self._watch.update(
            self._lifted(), (force_n, moment_nm), self.noise_scale, shaking, seen_share
        )
        evidence = self._evidence()
        self._onset = self._rise.update(force_n, moment_nm, evidence)
        return self._estimate(evidence, self._onset, descent)

    def _moved(self, now: _Hypotheses, kind: Array) -> tuple[Array, Array]:
        """Return states and spreads a step later."""
        p = (now.p.reshape(-1, 25) @ _DOUBLED).reshape(-1, 5, 5) + self._noise[kind]
        return now.x @ _TRANSITION_T, p

    def _lifted(self) -> tuple[Array, Array] | None:
        """Return the best hypothesis's state and spread if its leg is lifted."""
        now = self._now
        return (now.x[0], now.p[0]) if now.kind[0] == LIFTING else None

    def _evidence(self) -> float:
        now = self._now
        lift, other = -math.inf, -math.inf
        for weight, kind in zip(now.weight, now.kind, strict=True):
            if kind == LIFTING:
                lift = max(lift, weight)
            else:
                other = max(other, weight)
        return (-HOPELESS if lift == -math.inf else lift) - (
            -HOPELESS if other == -math.inf else other
        )

    def _estimate(self, evidence: float, onset: OnsetFeatures, descent: Descent) -> LegEstimate:
        now = self._now
        best = now.x[0].tolist()
        return LegEstimate(
            best[ANGLE], best[RATE], best[ACCEL], best[PUSH], best[BASE],
            evidence, now.kind[0], now.age_s[0],
            math.sqrt(max(float(now.p[0, ANGLE, ANGLE]), 0.0)), onset, descent,
        )  # fmt: skip

    def _learn_noise_scale(self, distance: float) -> None:
        """Follow how restless this body is, by the innovations while it rests."""
        if self._now.kind[0] != RESTING:
            return
        excess = min(distance, NOISE_SCALE_OUTLIER) / NOISE_SCALE_EXPECTED - 1.0
        step = STEP_S / NOISE_SCALE_TAU_S * excess
        low, high = NOISE_SCALE_RANGE
        self.noise_scale = min(max(self.noise_scale * math.exp(step), low), high)
        self._noise = process_noise(self.noise_scale)

    def _branch(self, lifts_per_s: float, stops_per_s: float) -> _Hypotheses:
        """Return all hypotheses, and what the best of each kind may have become in this step."""
        now = self._now
        weight, kind = list(now.weight), list(now.kind)
        sources: list[int] = []
        changes: list[int] = []

        def add(source: int, change: int, per_s: float) -> None:
            sources.append(source)
            changes.append(change)
            kind.append(_KIND[change])
            weight.append(now.weight[source] + _log_chance(per_s))

        resting, lifting, restless = map(self._best, (RESTING, LIFTING, RESTLESS))
        if resting is not None:
            add(resting, LIFTS, lifts_per_s)
            add(resting, MOVES, RESTLESS_PER_S)
        if lifting is not None:
            add(lifting, MOVES, LIFTS_BROKEN_PER_S)
        if restless is not None:
            add(restless, CALMS, CALMS_PER_S)
        xs = [now.x, now.x[sources] * _KEPT_X[changes]]
        ps = [now.p, now.p[sources] * _KEPT_P[changes] + _ADDED_P[changes]]
        stopped = _stopped(now, stops_per_s)
        if stopped is not None:
            xs.append(stopped[0][None])
            ps.append(stopped[1][None])
            weight.append(stopped[2])
            kind.append(RESTING)
        none = [0.0] * (len(kind) - len(now.kind))
        ages_s = [age_s + STEP_S for age_s in now.age_s]
        return _Hypotheses(
            np.concatenate(xs), np.concatenate(ps), weight, kind, ages_s + none, now.top_rad + none
        )

    def _best(self, kind: int) -> int | None:
        """Return the row of the best hypothesis of a kind; they stand in order of weight."""
        now = self._now
        for i, weight in enumerate(now.weight):
            if now.kind[i] == kind and weight > -HOPELESS:
                return i
        return None


def _log_chance(per_s: float) -> float:
    return math.log(per_s * STEP_S)


def _stopped(now: _Hypotheses, stops_per_s: float) -> tuple[Array, Array, float] | None:
    """Return (state, spread, log weight) of the likeliest hypothesis that has just stopped."""
    slow = [
        i
        for i, kind in enumerate(now.kind)
        if kind == LIFTING
        and now.weight[i] > -STOP_BEHIND
        and now.age_s[i] > STOP_AFTER_S
        and abs(float(now.x[i, RATE])) < STOP_SLOW_RADPS
    ]
    best, best_weight, best_cofactors, best_det = -1, -math.inf, ((0.0,) * 6), 1.0
    states, spreads = now.x[slow, :3].tolist(), now.p[slow, :3, :3].tolist()
    for i, state, spread in zip(slow, states, spreads, strict=True):
        noise = stop_noise(now.top_rad[i])
        cofactors, det = _cofactors(spread, noise)
        distance = _quadratic(cofactors, state) / det
        widening = math.log(det / (noise[0] * noise[1] * noise[2]))
        weight = now.weight[i] - 0.5 * (distance + widening)
        if weight > best_weight:
            best, best_weight, best_cofactors, best_det = i, weight, cofactors, det
    if best < 0:
        return None
    c00, c01, c02, c11, c12, c22 = best_cofactors
    inverse = np.array([[c00, c01, c02], [c01, c11, c12], [c02, c12, c22]]) / best_det
    gain = now.p[best, :, :3] @ inverse
    x = (now.x[best] - gain @ now.x[best, :3]) * _KEPT_X[MOVES]
    p = (now.p[best] - gain @ now.p[best, :3]) * _KEPT_P[MOVES]
    p[BASE, BASE] += STOP_BASE_NM**2
    return x, p, best_weight + _log_chance(stops_per_s)


_Six = tuple[float, float, float, float, float, float]


def _cofactors(spread: list[list[float]], noise: tuple[float, float, float]) -> tuple[_Six, float]:
    """Return the cofactors (00, 01, 02, 11, 12, 22) and determinant of a symmetric (3, 3)."""
    (a, b, c), (_, d, e), (_, _, f) = spread
    a, d, f = a + noise[0], d + noise[1], f + noise[2]
    c00, c01, c02 = d * f - e * e, c * e - b * f, b * e - c * d
    return (c00, c01, c02, a * f - c * c, b * c - a * e, a * d - b * b), a * c00 + b * c01 + c * c02


def _quadratic(cofactors: _Six, state: list[float]) -> float:
    c00, c01, c02, c11, c12, c22 = cofactors
    x, y, z = state
    return c00 * x * x + c11 * y * y + c22 * z * z + 2.0 * (c01 * x * y + c02 * x * z + c12 * y * z)


def _best_of(now: _Hypotheses, x: Array, p: Array, cost: Array) -> _Hypotheses:
    """Return what is carried on of hypotheses that have seen a step, at this cost."""
    states, weights, tops_rad = x.tolist(), [], []
    for state, before, paid, top_rad in zip(
        states, now.weight, cost.tolist(), now.top_rad, strict=True
    ):
        angle = state[ANGLE]
        weight = before - paid
        if angle < -BELOW_REST_RAD:
            weight -= 0.5 * ((angle + BELOW_REST_RAD) / BELOW_REST_RAD) ** 2
        elif angle > ABOVE_ALL_RAD:
            weight -= 0.5 * ((angle - ABOVE_ALL_RAD) / BELOW_REST_RAD) ** 2
        weights.append(weight)
        tops_rad.append(max(top_rad, angle))
    kept = _prune(states, weights, now.kind)
    best = weights[kept[0]]
    return _Hypotheses(
        x[kept], p[kept],
        [weights[i] - best for i in kept],
        [now.kind[i] for i in kept],
        [now.age_s[i] for i in kept],
        [tops_rad[i] for i in kept],
    )  # fmt: skip


def _prune(states: list[list[float]], weights: list[float], kinds: list[int]) -> list[int]:
    """Return the rows to keep, best first, without hypotheses that say the same."""
    kept: list[int] = []
    of_kind: tuple[list[list[float]], ...] = ([], [], [])
    for i in sorted(range(len(weights)), key=weights.__getitem__, reverse=True):
        kind, state = kinds[i], states[i]
        alike = of_kind[kind]
        if len(alike) == KEPT[kind]:
            continue
        for other in alike:
            if kind == LIFTING:
                if (
                    abs(state[ANGLE] - other[ANGLE]) < SAME_RAD
                    and abs(state[RATE] - other[RATE]) < SAME_RADPS
                    and abs(state[ACCEL] - other[ACCEL]) < SAME_RADPS2
                ):
                    break
            elif (
                abs(state[PUSH] - other[PUSH]) < SAME_N and abs(state[BASE] - other[BASE]) < SAME_NM
            ):
                break
        else:
            kept.append(i)
            alike.append(state)
    return kept
