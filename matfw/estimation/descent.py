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

from msgspec import Struct

from matfw.estimation.kalman import Predictor, Spread, State, corrected, moved
from matfw.estimation.leg_model import LegModel
from matfw.estimation.noise import (
    ACCEL_DIFFUSION,
    ANGLE,
    BASE_KEPT,
    PUSH_KEPT,
    RATE,
    STEP_S,
    USUAL_BASE_NM2,
    USUAL_PUSH_N2,
    Noise,
    Sensing,
    of_leg,
    sensing_of,
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
Hypothesis = tuple[State, Spread]
"""As in `kalman`, of a leg that is up."""


class Descent(Struct, frozen=True, gc=False):
    """What speaks for the descent. evidence: log weight of lowering over standing.

    held_rad: height of the leg if it still stands. soon_lost_rad: how far below it is PREDICT_S
    from now if it goes down.
    """

    evidence: float = 0.0
    held_rad: float = 0.0
    soon_lost_rad: float = 0.0


NOT_TRACKED = Descent()


_SLOWS = math.exp(-STEP_S / SETTLE_TAU_S)  # share of its rate that a leg that stands keeps
_BRAKES = -_SLOWS / SETTLE_TAU_S  # its acceleration, of its rate
_TREMOR2 = TREMOR_RADPS**2 * (1.0 - math.exp(-2.0 * STEP_S / SETTLE_TAU_S))


def _noises(noise_scale: float) -> tuple[Noise, Noise]:
    """Return what a step adds to the spread of a leg that stands, and of one that goes down."""
    uu, bb = noise_scale * USUAL_PUSH_N2, noise_scale * USUAL_BASE_NM2 * BASE_DIFFUSION
    along = -1.0 / SETTLE_TAU_S  # of the acceleration that goes with a tremor of the rate
    stands = Noise(uu, bb, rr=_TREMOR2, rc=_TREMOR2 * along, cc=_TREMOR2 * along * along)
    return stands, of_leg(ACCEL_DIFFUSION * LOWER_DIFFUSION, uu, bb)


def _stood(x: State, p: Spread, noise: Noise) -> Hypothesis:
    """Return a standing leg's state and spread a step later, as `kalman.moved` a moving one's.

    Its rate dies away and its acceleration is what that takes, whatever either was.
    """
    a, r, _, u, b = x
    aa, ar, _, au, ab, rr, _, ru, rb, _, _, _, uu, ub, bb = p
    ar += STEP_S * rr
    aa += STEP_S * (2.0 * ar - STEP_S * rr)
    au += STEP_S * ru
    ab += STEP_S * rb
    return (a + STEP_S * r, _SLOWS * r, _BRAKES * r, PUSH_KEPT * u, BASE_KEPT * b), (
        aa + noise.aa, _SLOWS * ar, _BRAKES * ar, PUSH_KEPT * au, BASE_KEPT * ab,
        _SLOWS * _SLOWS * rr + noise.rr, _SLOWS * _BRAKES * rr + noise.rc,
        _SLOWS * PUSH_KEPT * ru, _SLOWS * BASE_KEPT * rb,
        _BRAKES * _BRAKES * rr + noise.cc, _BRAKES * PUSH_KEPT * ru, _BRAKES * BASE_KEPT * rb,
        PUSH_KEPT * PUSH_KEPT * uu + noise.uu, PUSH_KEPT * BASE_KEPT * ub,
        BASE_KEPT * BASE_KEPT * bb + noise.bb,
    )  # fmt: skip


def _begun(standing: Hypothesis) -> Hypothesis:
    """Return the descent that begins now: where the leg stands, from standstill."""
    (a, _, _, u, b), p = standing
    aa, _, _, au, ab, _, _, _, _, _, _, _, uu, ub, bb = p
    rr, cc = BEGIN_RATE_SD**2, BEGIN_ACCEL[1] ** 2
    return (a, 0.0, BEGIN_ACCEL[0], u, b), (
        aa, 0.0, 0.0, au, ab, rr, 0.0, 0.0, 0.0, cc, 0.0, 0.0, uu, ub, bb,
    )  # fmt: skip


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
        self._bank: list[Hypothesis] = []  # the first stands; empty while nothing is watched

    def update(
        self,
        lifted: Hypothesis | None,
        seen: tuple[float, float] | None,
        noise_scale: float,
        shaking: Sensing,
        seen_share: float = 1.0,
    ) -> Descent:
        """Take the tracker's hypothesis of a lifted leg, None if it rests, and what it saw.

        seen: force (N) and moment (N m), None for a step of which nothing was seen. noise_scale: of
        this body, variance against the usual. shaking: covariance of a tremor. seen_share: of its
        samples that `seen` is of.
        """
        if lifted is None:
            self._bank = []
            self._fastest_radps = 0.0
            return NOT_TRACKED
        angle, rate = lifted[0][ANGLE], lifted[0][RATE]
        if not self._bank:
            self._fastest_radps = max(self._fastest_radps, rate)
            slow = max(STAND_RADPS, STAND_SHARE * self._fastest_radps)
            if angle > MIN_STAND_RAD and abs(rate) < slow < self._fastest_radps:
                self._begin(lifted)
            return NOT_TRACKED
        ff, fm, mm = shaking
        shakes = SHAKING_SHARE * ff, SHAKING_SHARE * fm, SHAKING_SHARE * mm
        descent = self._step(
            seen, noise_scale, sensing_of(noise_scale * SENSING_GROWTH, shakes, seen_share)
        )
        stands_again = self._sag.update(descent.evidence, self._lowering_radps)
        if stands_again and angle > MIN_STAND_RAD:
            self._begin(lifted, self._tracked_s)
        if rate > AGAIN_RADPS or angle < OVER_SHARE * descent.held_rad:
            self._bank = []
            self._fastest_radps = 0.0
        return descent

    def _begin(self, hypothesis: Hypothesis, tracked_s: float = 0.0) -> None:
        self._bank = [hypothesis]
        self._weights = [0.0]
        self._tracked_s = tracked_s
        self._sag = Sag()

    def _step(
        self, seen: tuple[float, float] | None, noise_scale: float, sensing: Sensing
    ) -> Descent:
        self._tracked_s += STEP_S
        share = min(1.0, max(MIN_ENDS, (self._tracked_s / TYPICAL_S) ** 2))
        chance = math.log(ENDS_PER_S * STEP_S * share)
        standing, *lowering = self._bank
        stands, lowers = _noises(noise_scale)
        bank = [
            _stood(*standing, stands),
            *(moved(*one, lowers) for one in (*lowering, _begun(standing))),
        ]
        weights = [*self._weights, self._weights[0] + chance]
        if seen is not None:
            for i, (x, p) in enumerate(bank):
                force_n, moment_nm, slopes = self._predicted(x)
                miss = seen[0] - force_n, seen[1] - moment_nm
                x_seen, p_seen, cost, _ = corrected(x, p, slopes, miss, sensing)
                bank[i] = x_seen, p_seen
                weights[i] -= cost
        order = sorted(range(1, len(weights)), key=weights.__getitem__, reverse=True)
        kept = [0, *order[:KEPT]]
        best = max(weights)
        self._bank = [bank[i] for i in kept]
        self._weights = [weights[i] - best for i in kept]
        return self._answer()

    def _answer(self) -> Descent:
        (standing, _), *lowering = self._bank
        weights = self._weights
        best = max(weights[1:])
        total = soon = rate = 0.0
        for (x, _), logged in zip(lowering, weights[1:], strict=True):
            share = math.exp(logged - best)
            total += share
            soon += share * (x[ANGLE] + PREDICT_S * x[RATE])
            rate += share * x[RATE]
        self._lowering_radps = rate / total
        held = standing[ANGLE]
        return Descent(best + math.log(total) - weights[0], held, held - soon / total)
