"""Where the leg is now: a bank of Kalman filters, each believing it left rest at another moment.

One filter cannot do this. At rest the moment does not depend on the angle, so a filter that once
mistakes a hand for a leg stays lost. Here every 50 ms a new filter is started from the best belief
that the leg rests, every lifting one that is slow may come to rest, and a restless one explains
whatever is neither. All are weighed by how well they foretell load and moment; the heaviest one
speaks, and by how much the best lifting belief outweighs all others is the evidence that a leg is
up at all. What a belief is: `noise`. What the leg does to the mat: `leg_model`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.estimation.descent import NOT_WATCHED, Descent, DescentDetector
from matfw.estimation.kalman import innovation, predicted, updated
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
    USUAL,
    stop_noise,
    unrest_scale,
)
from matfw.estimation.onset import NOTHING, OnsetFeatures, Rise
from matfw.estimation.tremor import Tremor

LIFTS_PER_S = 0.12  # how often a rest ends in a lift
STOPS_PER_S = 0.2  # how often a slow leg is put down
UNRESTS_PER_S = 0.05  # how often a resting body begins to move about ...
LIFTS_BROKEN_PER_S = 1e-12  # ... a lifting one gives up its lift to do so: next to never ...
CALMS_PER_S = 1.0  # ... and lies still again
STOP_SLOW_RADPS = 0.5  # only a leg this slow may come to rest ...
STOP_AFTER_S = 0.3  # ... and only after this long
STOP_BEHIND = 8.0  # log weight behind the best from which on it is not worth the arithmetic
NOT_SHAKING = np.zeros((2, 2))
HOPELESS = 40.0  # log weight behind the best that nothing comes back from
BELOW_REST_RAD = math.radians(2.0)  # the other leg is in the way
ABOVE_ALL_RAD = math.radians(75.0)
KEPT = (4, 10, 2)  # beliefs of each kind that are carried on
LANDED_SD_RAD = math.radians(2.5)  # of a leg that plates have seen land, about its rest
REOPENED_SD = (math.radians(20.0), 0.6, 3.0)  # rad, rad/s, rad/s^2: of a leg lost sight of ...
REOPENED_N, REOPENED_NM = 3.0, 4.0  # ... and of a body's rest
LANDED_COST = 20.0  # squared distance at most: what plates see may not have been the leg
UNREST_TAU_S = 8.0  # how fast a body's own unrest is learned
UNREST_AT_FIRST = 1.2  # somebody who has just lain down is still settling
UNREST_RANGE = (0.4, 6.0)  # variance against the usual
UNREST_EXPECTED = 1.7  # squared distance of a calm step (2 if the noises were just what they are)
UNREST_OUTLIER = 8.0


@dataclass(frozen=True, slots=True)
class LegEstimate:
    """Where the leg is believed to be.

    evidence: log weight of lifting over all other beliefs. age_s: how long the best belief has been
    of its kind; of a lift, since it left rest. angle_sd_rad: the best belief's own spread.
    risen: what the last moments brought. lowering: of a leg that has stood at the top.
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
        """Return whether the best belief has the leg off its rest."""
        return self.kind == LIFTING

    @property
    def is_restless(self) -> bool:
        """Return whether the body moves about and nothing can be said of the leg."""
        return self.kind == RESTLESS


@dataclass(frozen=True, slots=True)
class _Beliefs:
    """All beliefs of one step, the best first."""

    x: Array  # (k, 5)
    p: Array  # (k, 5, 5)
    weight: Array  # (k,) log, the best is 0
    kind: Array  # (k,) RESTING, LIFTING or RESTLESS
    age_s: Array  # (k,) since it became of this kind
    top_rad: Array  # (k,) highest angle since then


class LegTracker:
    """Follow the leg from load and hip moment over rest, one 50 ms mean at a time."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; it is believed to rest."""
        self.model = model
        self.reset()

    def reset(self) -> None:
        """Believe that the leg rests, and nothing else."""
        p = np.zeros((1, 5, 5))
        p[0, PUSH, PUSH] = PUSH_SD_N**2
        p[0, BASE, BASE] = BASE_SD_NM**2
        x, one = np.zeros((1, 5)), np.zeros(1)
        kind = np.array([RESTING])
        self._now = _Beliefs(x, p, one, kind, one, one)
        self.noise_scale = UNREST_AT_FIRST  # of this body, variance against the usual
        self._scale = unrest_scale(self.noise_scale)
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._onset = NOTHING
        self._tremor = Tremor(self.model)

    def reopen(self) -> None:
        """Tell that nothing was seen for so long that the leg may be anywhere: up, or down."""
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
        one = np.zeros(2)
        self._now = _Beliefs(
            np.array([down_x, x[0]]), np.array([down_p, p[0]]), one.copy(),
            np.array([RESTING, LIFTING]), np.array([0.0, float(now.age_s[0])]),
            np.array([0.0, float(now.top_rad[0])]),
        )  # fmt: skip
        self._watch = DescentDetector(self.model)
        self._rise = Rise()
        self._tremor.skip()

    def predict(
        self, lifts_per_s: float = LIFTS_PER_S, stops_per_s: float = STOPS_PER_S
    ) -> LegEstimate:
        """Return what is believed after a step of which nothing was seen."""
        x, p, weight, kind, age_s, top_rad = self._branch(lifts_per_s, stops_per_s)
        self._tremor.skip()
        x, p = self._moved(x, p, kind)
        self._keep(_Beliefs(x, p, weight, kind, age_s, top_rad))
        descent = self._watch.update(self._lifted(), None, self.noise_scale, NOT_SHAKING)
        return self._estimate(self._evidence(), self._onset, descent)

    def shift_base(self, moment_nm: float) -> None:
        """Tell that moments will from now on be measured from moment_nm higher."""
        self._now.x[:, BASE] -= moment_nm
        self._rise.shift(0.0, moment_nm)

    def shift_push(self, force_n: float) -> None:
        """Tell that forces will from now on be measured from force_n higher: a hand has settled."""
        self._now.x[:, PUSH] -= force_n
        self._now.x[:, BASE] += PUSH_LEVER_M * force_n
        self._rise.shift(force_n, 0.0)
        self._tremor.shift(force_n)

    def see_landed(self) -> None:
        """Tell that the leg has been seen to lie on the other one again."""
        now = self._now
        for i in np.flatnonzero(now.kind == LIFTING).tolist():
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
        """Take one step's mean of F - W and M - M0 and return what is believed now.

        lifts_per_s, stops_per_s: how often a resting leg lifts and a slow one stops just now.
        seen_share: of a step's samples that the means are of, over 0.
        """
        x, p, weight, kind, age_s, top_rad = self._branch(lifts_per_s, stops_per_s)
        shaking = self._tremor.update(force_n, self.noise_scale)
        sensing = (SENSING * self.noise_scale + shaking) / seen_share
        x, p = self._moved(x, p, kind)
        y, h = predicted(self.model, x)
        y = np.array([force_n, moment_nm]) - y
        ph, s, det, distance = innovation(p, h, y, sensing)
        jumps = distance > JUMP_AT
        if jumps.any():
            p = p + np.where(jumps[:, None, None], JUMP[kind], 0.0)
            weight = weight - JUMP_COST * jumps
            ph, s, det, distance = innovation(p, h, y, sensing)
        self._learn_noise_scale(float(distance[0]))
        x, p, cost = updated(x, p, y, (ph, s, det, distance), sensing)
        self._keep(_Beliefs(x, p, weight - cost, kind, age_s, top_rad))
        descent = self._watch.update(
            self._lifted(), (force_n, moment_nm), self.noise_scale, shaking, seen_share
        )
        evidence = self._evidence()
        self._onset = self._rise.update(force_n, moment_nm, evidence)
        return self._estimate(evidence, self._onset, descent)

    def _moved(self, x: Array, p: Array, kind: Array) -> tuple[Array, Array]:
        """Return states and spreads a step later."""
        return x @ TRANSITION.T, TRANSITION @ p @ TRANSITION.T + (USUAL * self._scale)[kind]

    def _lifted(self) -> tuple[Array, Array] | None:
        """Return the best belief's state and spread if its leg is lifted."""
        now = self._now
        return (now.x[0], now.p[0]) if now.kind[0] == LIFTING else None

    def _keep(self, now: _Beliefs) -> None:
        """Carry on the beliefs that are worth it, of legs where a leg can be."""
        x, p, weight, kind = now.x, now.p, now.weight, now.kind
        below = np.minimum(x[:, ANGLE] + BELOW_REST_RAD, 0.0) / BELOW_REST_RAD
        above = np.maximum(x[:, ANGLE] - ABOVE_ALL_RAD, 0.0) / BELOW_REST_RAD
        weight = weight - 0.5 * below**2 - 0.5 * above**2
        top_rad = np.maximum(now.top_rad, x[:, ANGLE])
        kept = _prune(x, weight, kind)
        self._now = _Beliefs(
            x[kept], p[kept], weight[kept] - weight[kept[0]], kind[kept],
            now.age_s[kept], top_rad[kept],
        )  # fmt: skip

    def _evidence(self) -> float:
        now = self._now
        lifting = now.kind == LIFTING
        best_lift = float(now.weight[lifting].max()) if lifting.any() else -HOPELESS
        best_other = float(now.weight[~lifting].max()) if not lifting.all() else -HOPELESS
        return best_lift - best_other

    def _estimate(self, evidence: float, onset: OnsetFeatures, descent: Descent) -> LegEstimate:
        now = self._now
        best = now.x[0].tolist()
        return LegEstimate(
            best[ANGLE], best[RATE], best[ACCEL], best[PUSH], best[BASE],
            evidence, int(now.kind[0]), float(now.age_s[0]),
            math.sqrt(max(float(now.p[0, ANGLE, ANGLE]), 0.0)), onset, descent,
        )  # fmt: skip

    def _learn_noise_scale(self, distance: float) -> None:
        """Follow how restless this body is, by the best belief's surprises while it rests."""
        if self._now.kind[0] != RESTING:
            return
        step = STEP_S / UNREST_TAU_S * (min(distance, UNREST_OUTLIER) / UNREST_EXPECTED - 1.0)
        low, high = UNREST_RANGE
        self.noise_scale = min(max(self.noise_scale * math.exp(step), low), high)
        self._scale = unrest_scale(self.noise_scale)

    def _branch(self, lifts_per_s: float, stops_per_s: float) -> tuple[Array, ...]:
        """Return all beliefs, and what the best of each kind may have become in this step."""
        now = self._now
        rows = [(now.x, now.p, now.weight, now.kind, now.age_s + STEP_S, now.top_rad)]

        def add(x: Array, p: Array, weight: float, kind: int) -> None:
            none = np.zeros(1)
            rows.append((x[None], p[None], np.array([weight]), np.array([kind]), none, none))

        resting = self._best(RESTING)
        if resting is not None:
            x, p, weight = now.x[resting], now.p[resting], float(now.weight[resting])
            lifted = p.copy()
            lifted[range(3), range(3)] = np.square(LIFT_SD)
            add(x, lifted, weight + _log_chance(lifts_per_s), LIFTING)
            add(*_shaken(x, p), weight + _log_chance(UNRESTS_PER_S), RESTLESS)
        lifting = self._best(LIFTING)
        if lifting is not None:
            weight = float(now.weight[lifting]) + _log_chance(LIFTS_BROKEN_PER_S)
            add(*_shaken(now.x[lifting], now.p[lifting]), weight, RESTLESS)
        restless = self._best(RESTLESS)
        if restless is not None:
            weight = float(now.weight[restless]) + _log_chance(CALMS_PER_S)
            add(now.x[restless], now.p[restless], weight, RESTING)
        slow = np.flatnonzero(
            (now.kind == LIFTING)
            & (now.weight > -STOP_BEHIND)
            & (np.abs(now.x[:, RATE]) < STOP_SLOW_RADPS)
            & (now.age_s > STOP_AFTER_S)
        )
        if len(slow):
            add(*_stopped(now, slow, stops_per_s), RESTING)
        return tuple(np.concatenate(column) for column in zip(*rows, strict=True))

    def _best(self, kind: int) -> int | None:
        """Return the row of the best belief of a kind; they stand in order of weight."""
        rows = np.flatnonzero((self._now.kind == kind) & (self._now.weight > -HOPELESS))
        return int(rows[0]) if len(rows) else None


def _log_chance(per_s: float) -> float:
    return math.log(per_s * STEP_S)


def _shaken(x: Array, p: Array) -> tuple[Array, Array]:
    """Return a belief whose body has begun to move about: the leg down, the rest uncertain."""
    x = x.copy()
    x[:3] = 0.0
    p = p.copy()
    p[:3, :] = 0.0
    p[:, :3] = 0.0
    p[PUSH, PUSH] += RESTLESS_N**2
    p[BASE, BASE] += RESTLESS_NM**2
    return x, p


def _stopped(
    now: _Beliefs, slow: npt.NDArray[np.intp], stops_per_s: float
) -> tuple[Array, Array, float]:
    """Return (state, spread, log weight) of the likeliest belief that has just stopped."""
    noise = stop_noise(now.top_rad[slow])
    spread = now.p[slow][:, :3, :3] + noise
    inverse = np.linalg.inv(spread)
    miss = -now.x[slow][:, :3]
    distance = np.einsum("ki,kij,kj->k", miss, inverse, miss)
    widening = np.log(np.linalg.det(spread)) - np.log(np.linalg.det(noise))
    weight = now.weight[slow] - 0.5 * (distance + widening) + _log_chance(stops_per_s)
    j = int(np.argmax(weight))
    i = int(slow[j])
    gain = now.p[i][:, :3] @ inverse[j]
    x = now.x[i] + gain @ miss[j]
    p = now.p[i] - gain @ now.p[i][:3, :]
    x[:3] = 0.0
    p[:3, :] = 0.0
    p[:, :3] = 0.0
    p[BASE, BASE] += STOP_BASE_NM**2
    return x, p, float(weight[j])


def _prune(x: Array, weight: Array, kind: Array) -> Array:
    """Return the rows to keep, best first, without beliefs that say the same."""
    kept: list[int] = []
    rooms = list(KEPT)
    states, kinds = x.tolist(), kind.tolist()
    for i in np.argsort(-weight, kind="stable").tolist():
        if rooms[kinds[i]] and not any(
            kinds[j] == kinds[i] and _says_the_same(states[i], states[j], kinds[i]) for j in kept
        ):
            kept.append(i)
            rooms[kinds[i]] -= 1
    return np.array(kept)


def _says_the_same(a: list[float], b: list[float], kind: int) -> bool:
    if kind == LIFTING:
        return (
            abs(a[ANGLE] - b[ANGLE]) < 0.012
            and abs(a[RATE] - b[RATE]) < 0.03
            and abs(a[ACCEL] - b[ACCEL]) < 0.2
        )
    return abs(a[PUSH] - b[PUSH]) < 0.1 and abs(a[BASE] - b[BASE]) < 0.1
