"""The leg's angle over a whole stretch at once, as seen from its end.

The live bank has to choose a hypothesis while things happen, and a wrong choice hides the rest of a
repetition. Here nothing is chosen: angle, hand push and both resting levels are smooth curves, and
one least-squares fit finds all of them from load and moment. Two things help it to converge. The
first steps replace the cosine by its secant, which has one branch; and large residuals
count in full at first, and only then by their logarithm, or a fast repetition is an outlier.

The unknowns of a block of 0.6 s touch those of the next one only, so a step of the fit costs the
same for every second: 25 s take 28 ms on a PC.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.estimation.leg_model import HIKE_PER_ANGLE, PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.refinement.hands import PUSHING, Hand

BLOCK_STEPS = 12
ANGLES, PUSHES = 4, 3  # unknowns a block: a cubic every 0.15 s, a quadratic every 0.2 s
SIZE = ANGLES + PUSHES + 2  # and the two resting levels, straight lines between blocks
MAX_ITERATIONS, MIN_ITERATIONS = 18, 10
SECANT_ITERATIONS = 2
SECANT_RAD = math.radians(32.0)  # a lift of usual height
STEP_LIMIT_RAD = 0.35
STOP_RAD = 0.002  # a step that moves the angle less is the last

# Found by random search on tuning people of two simulations, one of them independent of the
# firmware's: repetitions found and missed, false ones, and how far off the crossings were.
# Rounded; the first trust is larger than found there, for kicks of half a second.
FORCE_SD_N, MOMENT_SD_NM = 0.47, 1.0
# All that is of people of USUAL_N or more. A lighter body's sway and breath move less, as its leg
# does: a leg's moment goes with weight times height, so with the weight's power of 4/3. Against a
# grown-up's noise 54 of 60 lifts of children of 28-36 kg (contact physics) were found, all with it;
# of 28 held-out people of 48-63 kg, eight kinds, 308 and 315 of 321 (made up 19 and 21), and 32 and
# 26 of 246-251 good ones called faulty, since a part of a lift was taken for all of it. With less
# noise for everybody the same was gained, and 27 made up by those of more than 62 kg, 21 before.
USUAL_N, LIGHT_POWER, LIGHTEST = 620.0, 4.0 / 3.0, 0.3
TRUST = 0.7  # of a residual of zero: neighbours are alike
# In standard deviations: at last, at first, and the share it falls to in each iteration.
ROBUST, ROBUST_FIRST, ROBUST_SHARE = 4.5, 200.0, 0.47
JERK_SD, JERK_TAIL = 9.0, 6.0  # rad/s^3; kicks and drops are beyond the tail
REST_SD_DEG, REST_SHARE = 9.0, 3.0  # the leg would rather rest; the higher it is, the less so
REST_FIRST_DEG, REST_FALLS = 80.0, 0.4
BELOW_SD_DEG = 0.5  # the other leg is in the way
ABOVE_DEG, ABOVE_SD_DEG = 75.0, 5.0  # no leg goes there
PUSH_RATE_NPS = 6.0
LOAD_WANDERS_N = 0.067  # from block to block
MOMENT_WANDERS_MM = 0.18  # from block to block, of the weight
RIDGE = 1e-6
GROUP = 4  # blocks solved as one: a quarter of the calls of numpy, 0.4 ms for 25 s instead of 1.0


@dataclass(frozen=True, slots=True)
class LegCurve:
    """One row a 50 ms step, (n,) each.

    base_n, base_nm: levels of load and moment with leg and hand taken out. left_n, left_nm: what
    none of it explains.
    """

    angle_rad: Array
    rate_radps: Array
    accel_radps2: Array
    push_n: Array
    base_n: Array
    base_nm: Array
    left_n: Array
    left_nm: Array


def leg_curve(
    load_n: Array,
    moment_nm: Array,
    *,
    model: LegModel,
    weight_n: float,
    noise_scale: float,
    seen: Array | None = None,
    hand: Hand = PUSHING,
) -> LegCurve:
    """Return the curves that explain load over rest (n,) and hip moment (n,) of successive steps.

    weight_n: of the person. noise_scale: variance of this body against the usual. seen: (n,) share
    of its samples that each step has; what has none weighs nothing. None: all have all. hand: what
    one may do.
    """
    seen = np.ones(len(load_n)) if seen is None else seen
    fit = _Fit(
        load_n, moment_nm,
        seen=seen, model=model, weight_n=weight_n,
        noise=noise_share(weight_n) * math.sqrt(noise_scale), hand=hand,
    )  # fmt: skip
    return fit.solved()


def noise_share(weight_n: float) -> float:
    """Return how large a body's noise is against that of USUAL_N; 1 for whoever weighs more."""
    return min(1.0, max(LIGHTEST, math.pow(weight_n / USUAL_N, LIGHT_POWER)))


def _cardinal(degree: int, x: Array, order: int = 0) -> Array:
    """Return the uniform B-spline over 0..degree+1, or a derivative of it, at x in knots."""
    if order:
        lower = degree - 1
        return _cardinal(lower, x, order - 1) - _cardinal(lower, x - 1.0, order - 1)
    if degree == 0:
        return np.asarray((x >= 0.0) & (x < 1.0), float)
    left, right = _cardinal(degree - 1, x), _cardinal(degree - 1, x - 1.0)
    return np.asarray((x * left + (degree + 1 - x) * right) / degree)


def _rows(degree: int, first: int, knots: int, order: int = 0) -> Array:
    """Return what a block's steps are made of: its own unknowns, then the next one's."""
    knot_s = BLOCK_STEPS * STEP_S / knots
    x = np.asarray((np.arange(BLOCK_STEPS) + 0.5) * STEP_S / knot_s, float)
    rows = np.zeros((BLOCK_STEPS, 2 * SIZE))
    for j in range(knots + degree):
        column = first + j if j < knots else SIZE + first + j - knots
        rows[:, column] = _cardinal(degree, x - j + degree, order) / knot_s**order
    return rows


_ANGLE, _RATE, _ACCEL, _JERK = (_rows(3, 0, ANGLES, order) for order in range(4))
_PUSH, _PUSH_RATE = (_rows(2, ANGLES, PUSHES, order) for order in range(2))
_BASE_N, _BASE_NM = _rows(1, ANGLES + PUSHES, 1), _rows(1, ANGLES + PUSHES + 1, 1)


def spline_rows() -> tuple[list[Array], list[Array], list[Array], list[Array]]:
    """Return a block's rows of the angle and its derivatives, the push's, and both levels'."""
    return [_ANGLE, _RATE, _ACCEL, _JERK], [_PUSH, _PUSH_RATE], [_BASE_N], [_BASE_NM]


class _Fit:
    """Load and moment in blocks, and the steps toward their curves."""

    def __init__(
        self,
        load_n: Array,
        moment_nm: Array,
        *,
        seen: Array,
        model: LegModel,
        weight_n: float,
        noise: float,
        hand: Hand,
    ) -> None:
        self._hand = hand
        self._steps = len(load_n)
        self._load_n, self._moment_nm = in_blocks(load_n), in_blocks(moment_nm)
        self._is_there = in_blocks(np.sqrt(seen), fill=0.0)  # a mean of fewer is less sure
        self._model = model
        self._force_sd_n, self._moment_sd_nm = FORCE_SD_N * noise, MOMENT_SD_NM * noise
        wander = np.zeros((2, 2 * SIZE))
        for row, (column, sd) in enumerate(
            [
                (ANGLES + PUSHES, LOAD_WANDERS_N),
                (ANGLES + PUSHES + 1, MOMENT_WANDERS_MM * 1e-3 * weight_n * noise),
            ]
        ):
            wander[row, column], wander[row, SIZE + column] = -1.0 / sd, 1.0 / sd
        self._wander = wander.T @ wander

    def solved(self) -> LegCurve:
        """Return the curves; with a hand's forces only if one has acted."""
        unknowns = np.zeros((len(self._load_n) + 1, SIZE))
        unknowns = self._descended(unknowns, range(MAX_ITERATIONS), with_push=True)
        if not self._hand.has_acted(joined(unknowns) @ _PUSH.T):
            unknowns[:, ANGLES : ANGLES + PUSHES] = 0.0
            late = range(MIN_ITERATIONS, MAX_ITERATIONS)
            unknowns = self._descended(unknowns, late, with_push=False)
        both = joined(unknowns)
        d, w, a, u, base_n, base_nm, left_n, left_nm = (
            series.ravel()[: self._steps]
            for series in (
                *(both @ rows.T for rows in (_ANGLE, _RATE, _ACCEL, _PUSH, _BASE_N, _BASE_NM)),
                *self._left(both, self._leg(both)),
            )
        )
        return LegCurve(d, w, a, u, base_n, base_nm, left_n, left_nm)

    def _descended(self, unknowns: Array, iterations: range, *, with_push: bool) -> Array:
        """Return the unknowns after the steps of some iterations, fewer if they stop moving it."""
        for iteration in iterations:
            step = self._step(unknowns, iteration, with_push=with_push)
            moved_rad = float(np.abs(joined(step) @ _ANGLE.T).max())
            if iteration >= SECANT_ITERATIONS and moved_rad > STEP_LIMIT_RAD:
                step *= STEP_LIMIT_RAD / moved_rad
            unknowns = unknowns + step
            if iteration > MIN_ITERATIONS and moved_rad < STOP_RAD:
                break
        return unknowns

    @staticmethod
    def _leg(both: Array) -> tuple[Array, Array, Array]:
        """Return angle, rate and acceleration."""
        return both @ _ANGLE.T, both @ _RATE.T, both @ _ACCEL.T

    def _left(self, both: Array, leg: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        force_n, moment_nm = self._model.force_and_moment(*leg)
        u = both @ _PUSH.T
        return (
            self._load_n - force_n - u - both @ _BASE_N.T,
            self._moment_nm - moment_nm - PUSH_LEVER_M * u - both @ _BASE_NM.T,
        )

    def _step(self, unknowns: Array, iteration: int, *, with_push: bool) -> Array:
        """Return the Gauss-Newton step from here, (blocks + 1, SIZE)."""
        both = joined(unknowns)
        leg = self._leg(both)
        if iteration < SECANT_ITERATIONS:
            left_n, left_nm, by_force, by_moment = self._along_the_secant(both, leg)
        else:
            left_n, left_nm = self._left(both, leg)
            by_force, by_moment = self._model.slopes(*leg)
        robust = max(ROBUST, ROBUST_FIRST * ROBUST_SHARE**iteration)
        of_load = self._is_there * _trust(left_n / self._force_sd_n, robust) / self._force_sd_n
        of_moment = self._is_there * _trust(left_nm / self._moment_sd_nm, robust)
        of_moment /= self._moment_sd_nm
        load_rows = _turned(by_force) + _BASE_N + (_PUSH if with_push else 0.0)
        moment_rows = _turned(by_moment) + _BASE_NM + (PUSH_LEVER_M * _PUSH if with_push else 0.0)
        rows = [of_load[..., None] * load_rows, of_moment[..., None] * moment_rows]
        left = [of_load * left_n, of_moment * left_nm]
        for weight, of, over in self._priors(both, leg[0], iteration, with_push=with_push):
            rows.append(weight[..., None] * of)
            left.append(-weight * over)
        jacobian, residual = np.concatenate(rows, axis=1), np.concatenate(left, axis=1)
        turned = jacobian.transpose(0, 2, 1)
        lhs = turned @ jacobian + self._wander
        rhs = (turned @ residual[..., None])[..., 0] - both @ self._wander
        return _solved(lhs, rhs)

    def _along_the_secant(
        self, both: Array, leg: tuple[Array, Array, Array]
    ) -> tuple[Array, Array, tuple[Array, ...], tuple[Array, ...]]:
        """Return what a leg leaves whose moment is a straight line from rest to a usual top."""
        model = self._model
        d, _, a = leg
        u = both @ _PUSH.T
        rest_rad = model.rest_angle_rad
        fall = (math.cos(rest_rad + SECANT_RAD) - math.cos(rest_rad)) / SECANT_RAD
        by_angle = GRAVITY_M_S2 * model.moment_kgm * fall - model.hike_nm * HIKE_PER_ANGLE
        left_n = self._load_n - model.moment_kgm * a - u - both @ _BASE_N.T
        left_nm = self._moment_nm - by_angle * d - model.inertia_kgm2 * a
        left_nm -= PUSH_LEVER_M * u + both @ _BASE_NM.T
        none, one = np.zeros_like(d), np.ones_like(d)
        return (
            left_n, left_nm,
            (none, none, model.moment_kgm * one),
            (by_angle * one, none, model.inertia_kgm2 * one),
        )  # fmt: skip

    def _priors(
        self, both: Array, d: Array, iteration: int, *, with_push: bool
    ) -> list[tuple[Array, Array, Array]]:
        """Return (weights, rows, what is there too much) of what is likely beforehand."""
        degrees, u, jerk = np.degrees(d), both @ _PUSH.T, both @ _JERK.T
        push_rate = both @ _PUSH_RATE.T
        above = np.where(degrees > ABOVE_DEG, 1.0 / ABOVE_SD_DEG, 0.0)
        rest_sd = max(REST_SD_DEG, REST_FIRST_DEG * REST_FALLS**iteration)
        rests = np.where(
            degrees > 0.0, 1.0 / np.hypot(rest_sd, REST_SHARE * degrees), 1.0 / BELOW_SD_DEG
        )
        hand = self._hand.weights(u)
        return [
            (1.0 / np.hypot(JERK_SD, jerk / JERK_TAIL), _JERK, jerk),
            (math.degrees(1.0) * rests, _ANGLE, d),
            (math.degrees(1.0) * above, _ANGLE, d - math.radians(ABOVE_DEG)),
            (hand if with_push else np.full_like(u, 1.0 / RIDGE), _PUSH, u),
            (1.0 / np.hypot(PUSH_RATE_NPS, push_rate), _PUSH_RATE, push_rate),
        ]


def in_blocks(series: Array, fill: float | None = None) -> Array:
    """Return a series as (blocks, steps); the last block is filled up."""
    missing = -len(series) % BLOCK_STEPS
    tail = np.full(missing, series[-1] if fill is None else fill)
    return np.concatenate([series, tail]).reshape(-1, BLOCK_STEPS)


def joined(unknowns: Array) -> Array:
    """Return each block's unknowns and the next one's, (blocks, 2 SIZE)."""
    return np.concatenate([unknowns[:-1], unknowns[1:]], axis=1)


def _trust(left: Array, robust: float) -> Array:
    return np.asarray(TRUST / np.hypot(1.0, left / robust))


def _turned(slopes: tuple[Array, ...]) -> Array:
    """Return slopes by angle, rate and acceleration as slopes by the unknowns."""
    by_angle, by_rate, by_accel = (slope[..., None] for slope in slopes)
    return np.asarray(by_angle * _ANGLE + by_rate * _RATE + by_accel * _ACCEL)


def _solved(lhs: Array, rhs: Array) -> Array:
    """Return the solution of overlapping blocks' normal equations: a block-tridiagonal system.

    lhs: (blocks, 2 SIZE, 2 SIZE), rhs: (blocks, 2 SIZE).
    """
    count = len(lhs) + 1
    groups = -(-count // GROUP)
    own = np.zeros((groups * GROUP, SIZE, SIZE)) + RIDGE * np.eye(SIZE)
    own[: count - 1] += lhs[:, :SIZE, :SIZE]
    own[1:count] += lhs[:, SIZE:, SIZE:]
    next_one = np.zeros_like(own)
    next_one[: count - 1] = lhs[:, :SIZE, SIZE:]
    right = np.zeros((groups * GROUP, SIZE))
    right[: count - 1] += rhs[:, :SIZE]
    right[1:count] += rhs[:, SIZE:]
    return _swept(_grouped(own, next_one), next_one[GROUP - 1 :: GROUP], right)[:count]


def _grouped(own: Array, next_one: Array) -> Array:
    """Return blocks and what ties each to the next one as matrices of GROUP blocks."""
    own, next_one = (x.reshape(-1, GROUP, SIZE, SIZE) for x in (own, next_one))
    out = np.zeros((len(own), GROUP, SIZE, GROUP, SIZE))
    for j in range(GROUP):
        out[:, j, :, j] = own[:, j]
    for j in range(GROUP - 1):
        out[:, j, :, j + 1] = next_one[:, j]
        out[:, j + 1, :, j] = next_one[:, j].transpose(0, 2, 1)
    return out.reshape(len(own), GROUP * SIZE, GROUP * SIZE)


def _swept(diagonal: Array, ties: Array, right: Array) -> Array:
    """Return the solution, (blocks, SIZE): each group without those before it, then backwards.

    ties: (groups, SIZE, SIZE), of a group's last block to the next group's first one.
    """
    groups, size = diagonal.shape[:2]
    sides = np.zeros((groups, size, SIZE + 1))
    sides[:, -SIZE:, :SIZE] = ties
    sides[..., SIZE] = right.reshape(groups, size)
    for g in range(groups):
        sides[g] = np.linalg.solve(diagonal[g], sides[g])
        if g + 1 < groups:
            through = ties[g].T @ sides[g, -SIZE:]
            diagonal[g + 1, :SIZE, :SIZE] -= through[:, :SIZE]
            sides[g + 1, :SIZE, SIZE] -= through[:, SIZE]
    out = np.asarray(sides[..., SIZE])
    for g in range(groups - 2, -1, -1):
        out[g] -= sides[g, :, :SIZE] @ out[g + 1, :SIZE]
    return out.reshape(-1, SIZE)
