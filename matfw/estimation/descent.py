"""Has a leg that stood at the top begun its descent? A second, smaller bank, for the live line.

The tracker lets a leg accelerate at any time, so what a body's sway does to the moment passes for
a slow lowering. Here one hypothesis says that the leg still stands, and every 50 ms another is
started that says it begins to go down now, from standstill. Standing leaves no acceleration, so the
dip in the load decides: 1-2 N over half a second, where the moment shows 1 N m among 2 of sway.
How likely a hold is to end grows with its length; that is worth a factor of 200 at most, so a leg
that stays up is not taken to come down, and one that comes down at once is reported later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.kalman import Predictor, doubled, innovation, updated
from matfw.estimation.leg_model import Array, LegModel
from matfw.estimation.noise import (
    ACCEL,
    ANGLE,
    BASE,
    LIFTING,
    PUSH,
    RATE,
    SENSING,
    STEP_S,
    TRANSITION,
    USUAL,
)

# All sizes were chosen on tuning people (simulated): the sharpest hold that a good one still fits.
MIN_STAND_RAD = math.radians(8.0)  # a leg lower than this is not watched
STAND_RADPS = math.radians(9.0)  # a leg this slow stands ...
STAND_SHARE = 0.2  # ... or with this share of its lift's fastest
AGAIN_RADPS = math.radians(18.0)  # a leg that rises so fast does not stand after all
OVER_SHARE = 0.5  # of the height held: lower than this the descent is half done
SETTLE_TAU_S = 0.25  # how a leg that reaches the top slows down
TREMOR_RADPS = 0.06  # how much a leg that stands still moves
BEGIN_ACCEL = (-0.2, 0.2)  # rad/s^2, mean and sd: a 3 s descent of 35 deg has 0.4 at most
BEGIN_RATE_SD = 0.02  # rad/s
LOWER_DIFFUSION = 0.3  # times a lift's: lowering is the smoother movement
BASE_DIFFUSION = 8.0  # times a resting body's: trunk and hips work while the leg is up
SENSING_GROWTH = 1.5  # times a resting body's variance
SHAKING_SHARE = 0.25  # a tremor swings to and fro: over half a second little of it is left
ENDS_PER_S = 3.0  # how often a hold ends once it has lasted TYPICAL_S ...
TYPICAL_S = 1.7  # ... watched from before the upper crossing; less by the square before ...
MIN_ENDS = 0.005  # ... but never below this share
PREDICT_S = 0.3  # looked ahead, so that a crossing is reported as it happens and not after it
KEPT = 6  # lowering hypotheses that are carried on
# Who was never taught overshoots and lets the leg sag by a fifth before it is held. So a leg that
# goes down more likely than not, but that slowly for so long, stands again; the watch restarts.
SAGS_RADPS, SAGS_S = math.radians(6.0), 0.25
STANDING, LOWERING = range(2)

Hypothesis = tuple[Array, Array]
"""State (5,) and spread (5, 5), as in `noise`."""


@dataclass(frozen=True, slots=True)
class Descent:
    """What speaks for the descent. evidence: log weight of lowering over standing.

    held_rad: height of the leg if it still stands. soon_lost_rad: how far below it is PREDICT_S
    from now if it goes down.
    """

    evidence: float = 0.0
    held_rad: float = 0.0
    soon_lost_rad: float = 0.0


NOT_WATCHED = Descent()


def _transitions() -> Array:
    stand = TRANSITION.copy()
    slows = math.exp(-STEP_S / SETTLE_TAU_S)
    stand[ANGLE, ACCEL] = 0.0
    stand[RATE] = stand[ACCEL] = 0.0
    stand[RATE, RATE] = slows
    stand[ACCEL, RATE] = -slows / SETTLE_TAU_S
    return np.array([stand, TRANSITION])


def _noises() -> Array:
    noise = np.zeros((2, 5, 5))
    tremor = TREMOR_RADPS**2 * (1.0 - math.exp(-2.0 * STEP_S / SETTLE_TAU_S))
    along = np.array([1.0, -1.0 / SETTLE_TAU_S])
    noise[STANDING, RATE : ACCEL + 1, RATE : ACCEL + 1] = tremor * np.outer(along, along)
    noise[LOWERING, :PUSH, :PUSH] = USUAL[LIFTING, :PUSH, :PUSH] * LOWER_DIFFUSION
    noise[:, PUSH, PUSH] = USUAL[LIFTING, PUSH, PUSH]
    noise[:, BASE, BASE] = USUAL[LIFTING, BASE, BASE] * BASE_DIFFUSION
    return noise


TRANSITIONS, NOISES = _transitions(), _noises()
DOUBLED = [doubled(transition) for transition in TRANSITIONS]
SCALED_NOISES = np.zeros((2, 5, 5))
SCALED_NOISES[:, PUSH:, PUSH:] = NOISES[:, PUSH:, PUSH:]
# A descent begins with the state of the leg that stands, but for rate and acceleration.
KEPT_X = np.ones(5)
KEPT_X[[RATE, ACCEL]] = 0.0
BEGINS_X = np.zeros(5)
BEGINS_X[ACCEL] = BEGIN_ACCEL[0]
KEPT_P = np.outer(KEPT_X, KEPT_X)
BEGINS_P = np.zeros((5, 5))
BEGINS_P[RATE, RATE], BEGINS_P[ACCEL, ACCEL] = BEGIN_RATE_SD**2, BEGIN_ACCEL[1] ** 2


class Sag:
    """Whether a leg that was taken to go down stands again, lower."""

    def __init__(self) -> None:
        """Begin with a leg that stands."""
        self._slow_s = 0.0

    def update(self, evidence: float, lowering_radps: float) -> bool:
        """Take the evidence that it goes down, and how fast if it does; return if it stands."""
        is_slow = evidence > 0.0 and abs(lowering_radps) < SAGS_RADPS
        self._slow_s = self._slow_s + STEP_S if is_slow else 0.0
        return self._slow_s >= SAGS_S - 0.5 * STEP_S


class DescentDetector:
    """Watch a leg from when it has reached the top until it is half-way down."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; it is down."""
        self._predicted = Predictor(model)
        self._fastest_radps = 0.0
        self._sag = Sag()
        self._lowering_radps = 0.0
        self._x: Array | None = None

    def update(
        self,
        lifted: Hypothesis | None,
        seen: tuple[float, float] | None,
        noise_scale: float,
        shaking: Array,
        seen_share: float = 1.0,
    ) -> Descent:
        """Take the tracker's hypothesis of a lifted leg, None if it rests, and what it saw.

        seen: force (N) and moment (N m), None for a step of which nothing was seen. noise_scale: of
        this body, variance against the usual. shaking: covariance of a tremor, (2, 2). seen_share:
        of its samples that `seen` is of.
        """
        if lifted is None:
            self._x = None
            self._fastest_radps = 0.0
            return NOT_WATCHED
        angle, rate = float(lifted[0][ANGLE]), float(lifted[0][RATE])
        if self._x is None:
            self._fastest_radps = max(self._fastest_radps, rate)
            slow = max(STAND_RADPS, STAND_SHARE * self._fastest_radps)
            if angle > MIN_STAND_RAD and abs(rate) < slow < self._fastest_radps:
                self._begin(lifted)
            return NOT_WATCHED
        sensing = (SENSING * (noise_scale * SENSING_GROWTH) + SHAKING_SHARE * shaking) / seen_share
        descent = self._step(
            self._x, None if seen is None else np.array(seen), noise_scale, sensing
        )
        stands_again = self._sag.update(descent.evidence, self._lowering_radps)
        if stands_again and angle > MIN_STAND_RAD:
            self._begin(lifted, self._watched_s)
        if rate > AGAIN_RADPS or angle < OVER_SHARE * descent.held_rad:
            self._x = None
            self._fastest_radps = 0.0
        return descent

    def _begin(self, hypothesis: Hypothesis, watched_s: float = 0.0) -> None:
        self._x, self._p = hypothesis[0][None], hypothesis[1][None]
        self._weight = [0.0]
        self._watched_s = watched_s
        self._sag = Sag()

    def _step(self, x: Array, seen: Array | None, noise_scale: float, sensing: Array) -> Descent:
        self._watched_s += STEP_S
        share = min(1.0, max(MIN_ENDS, (self._watched_s / TYPICAL_S) ** 2))
        chance = math.log(ENDS_PER_S * STEP_S * share)
        x = np.concatenate([x, x[:1] * KEPT_X + BEGINS_X])
        p = np.concatenate([self._p, self._p[:1] * KEPT_P + BEGINS_P])
        weight = np.array([*self._weight, self._weight[0] + chance])
        noise = NOISES + (noise_scale - 1.0) * SCALED_NOISES
        carried = np.empty_like(x)  # the first stands
        carried[0] = TRANSITIONS[STANDING] @ x[0]
        carried[1:] = x[1:] @ TRANSITIONS[LOWERING].T
        spread = p.reshape(-1, 25)
        p = np.empty_like(p)
        p[0] = (spread[0] @ DOUBLED[STANDING]).reshape(5, 5) + noise[STANDING]
        p[1:] = (spread[1:] @ DOUBLED[LOWERING]).reshape(-1, 5, 5) + noise[LOWERING]
        if seen is not None:
            y, h = self._predicted(carried)
            miss = seen - y
            carried, p, cost = updated(carried, p, miss, innovation(p, h, miss, sensing), sensing)
            weight = weight - cost
        weights = weight.tolist()
        order = sorted(range(1, len(weights)), key=weights.__getitem__, reverse=True)
        kept = [0, *order[:KEPT]]
        best = max(weights)
        self._x, self._p = carried[kept], p[kept]
        self._weight = [weights[i] - best for i in kept]
        return self._answer(self._x, self._weight)

    def _answer(self, x: Array, weight: list[float]) -> Descent:
        best = max(weight[1:])
        total = soon = rate = 0.0
        for row, logged in zip(x[1:].tolist(), weight[1:], strict=True):
            share = math.exp(logged - best)
            total += share
            soon += share * (row[ANGLE] + PREDICT_S * row[RATE])
            rate += share * row[RATE]
        self._lowering_radps = rate / total
        held = float(x[0, ANGLE])
        return Descent(best + math.log(total) - weight[0], held, held - soon / total)
