"""How well a leg explains a stretch of load and moment, in absolute terms.

The smoother compares "the leg moved" with "it rested" and takes the better one. A body that rolls
over or reaches for a glass did neither, and some leg always fits best. So the fit is done once more
over one movement alone, with the leg's first and second moment (S, I) free, and shows what leg it
would take: a real one has the S and I of its body, never goes below its rest, needs no hand, and
leaves load and moment as they were. `plausibility` weighs that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.messages import RefinedRep
from matfw.refinement.hands import Hand
from matfw.refinement.segment import Segment
from matfw.refinement.smoother import (
    ABOVE_DEG,
    ABOVE_SD_DEG,
    BLOCK_STEPS,
    FORCE_SD_N,
    JERK_SD,
    JERK_TAIL,
    LOAD_WANDERS_N,
    MOMENT_SD_NM,
    MOMENT_WANDERS_MM,
    PUSH_RATE_NPS,
    REST_SD_DEG,
    REST_SHARE,
    ROBUST,
    SIZE,
    in_blocks,
    joined,
    spline_rows,
)

AROUND_S = 1.0  # before and after the movement, that is fitted with it
LONGEST_S = 16.0  # of a stretch; what lasts longer is looked at from its beginning
ITERATIONS = 7  # from the smoother's own curve; the eighth moves the angle by less than 0.1 deg
FREE_SD = 0.10  # of the logarithms of S and I: bodies of one height and weight differ by 7 %
FREE_LIMIT = 1.5  # of those logarithms, either way
BELOW_SD_DEG = 3.0  # softer than the smoother's: whether it must go below its rest is the question
STEP_LIMIT_RAD = 0.3
RIDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Explanation:
    """A leg of free S and I fitted to one movement; rows of 50 ms, (n,) each.

    log_s, log_i: natural logarithms of S and I over what sex, height and weight say. left_n,
    left_nm: what nothing explains, in standard deviations of this body's noise.
    """

    t_s: Array
    load_n: Array  # what was not measured is as the fit has it, here and below
    moment_nm: Array
    angle_rad: Array
    push_n: Array
    base_n: Array
    base_nm: Array
    left_n: Array
    left_nm: Array
    log_s: float
    log_i: float


def explain(segment: Segment, rep: RefinedRep) -> Explanation:
    """Fit a leg of free S and I, a hand and resting levels to one movement and what is around."""
    from_s = rep.start_s - AROUND_S
    to_s = min(rep.end_s + AROUND_S, from_s + LONGEST_S)
    rows = np.flatnonzero(segment.between(from_s, to_s))
    curve = segment.curve
    fit = _Fit(
        segment.load_n[rows], segment.moment_nm[rows], seen=segment.seen[rows],
        model=segment.model, noise=math.sqrt(segment.noise_scale), weight_n=segment.weight_n,
        hand=segment.hand,
    )  # fmt: skip
    x = fit.solved(
        (curve.angle_rad[rows], curve.push_n[rows], curve.base_n[rows], curve.base_nm[rows])
    )
    left_n, left_nm = (left.ravel()[: len(rows)] for left in fit.left(x)[:2])
    unseen = segment.seen[rows] == 0.0
    load_n = segment.load_n[rows] - unseen * left_n
    moment_nm = segment.moment_nm[rows] - unseen * left_nm
    left_n, left_nm = left_n * ~unseen, left_nm * ~unseen
    return Explanation(
        t_s=segment.t_s[rows],
        load_n=load_n,
        moment_nm=moment_nm,
        angle_rad=fit.angle @ x[:-2],
        push_n=fit.push @ x[:-2],
        base_n=fit.base_n @ x[:-2],
        base_nm=fit.base_nm @ x[:-2],
        left_n=left_n / fit.force_sd_n,
        left_nm=left_nm / fit.moment_sd_nm,
        log_s=float(x[-2]),
        log_i=float(x[-1]),
    )


class _Fit:
    """One movement's load and moment, and the steps toward what explains them.

    The unknowns: those of the smoother's blocks, then the logarithms of S and I. Series are in
    those blocks too, (blocks, steps): what a block's rows do not touch need not be multiplied.
    """

    def __init__(
        self,
        load_n: Array,
        moment_nm: Array,
        *,
        seen: Array,
        model: LegModel,
        noise: float,
        weight_n: float,
        hand: Hand,
    ) -> None:
        self._hand = hand
        self._load_n, self._moment_nm = in_blocks(load_n), in_blocks(moment_nm)
        self._trust = in_blocks(np.sqrt(seen), fill=0.0)
        self._is_there = in_blocks(np.ones(len(seen)), fill=0.0)  # not so what fills the last block
        self.force_sd_n, self.moment_sd_nm = FORCE_SD_N * noise, MOMENT_SD_NM * noise
        self._model = model
        steps = len(load_n)
        (self._angle, *_), (self._push, *_), (self._base_n,), (self._base_nm,) = spline_rows()
        self.angle, self.push, self.base_n, self.base_nm = (
            _spread(rows, steps) for rows in (self._angle, self._push, self._base_n, self._base_nm)
        )
        self._wander = _wander(self.angle.shape[1], MOMENT_WANDERS_MM * 1e-3 * weight_n * noise)

    def solved(self, curves: tuple[Array, Array, Array, Array]) -> Array:
        """Return the unknowns; curves: the smoother's angle, push and levels to begin with."""
        x = np.zeros(self.angle.shape[1] + 2)
        of_curves = (self.angle, self.push, self.base_n, self.base_nm)
        for rows, series in zip(of_curves, curves, strict=True):
            used = np.flatnonzero(np.abs(rows).sum(axis=0))
            part = rows[:, used]
            lhs = part.T @ part + RIDGE * np.eye(len(used))
            x[used] = np.linalg.solve(lhs, part.T @ series)
        for _ in range(ITERATIONS):
            step = self._step(x)
            moved_rad = float(np.abs(self.angle @ step[:-2]).max())
            x = x + step * min(1.0, STEP_LIMIT_RAD / max(moved_rad, RIDGE))
            x[-2:] = np.clip(x[-2:], -FREE_LIMIT, FREE_LIMIT)
        return x

    def left(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return what load and moment leave unexplained, and the leg's part of both."""
        both = joined(x[:-2].reshape(-1, SIZE))
        return self._left(x, both, self._leg(both))

    def _left(
        self, x: Array, both: Array, leg: tuple[Array, Array, Array]
    ) -> tuple[Array, Array, Array, Array]:
        d, w, a = leg
        u = both @ self._push.T
        by_s = math.exp(x[-2])
        swing_nm = self._model.inertia_kgm2 * a
        force_n, moment_nm = self._model.force_and_moment(d, w, a)
        leg_n = by_s * force_n
        leg_nm = by_s * (moment_nm - swing_nm) + math.exp(x[-1]) * swing_nm
        left_n = self._load_n - leg_n - u - both @ self._base_n.T
        left_nm = self._moment_nm - leg_nm - PUSH_LEVER_M * u - both @ self._base_nm.T
        return left_n, left_nm, leg_n, leg_nm

    def _leg(self, both: Array) -> tuple[Array, Array, Array]:
        """Return angle, rate and acceleration."""
        (angle, rate, accel, _), *_ = spline_rows()
        return both @ angle.T, both @ rate.T, both @ accel.T

    def _step(self, x: Array) -> Array:
        """Return the Gauss-Newton step from here."""
        both = joined(x[:-2].reshape(-1, SIZE))
        leg = self._leg(both)
        left_n, left_nm, leg_n, leg_nm = self._left(x, both, leg)
        load_rows, moment_rows, load_free, moment_free = self._slopes(x, leg, leg_n, leg_nm)
        of_load = 1.0 / np.hypot(1.0, left_n / (ROBUST * self.force_sd_n)) / self.force_sd_n
        of_moment = 1.0 / np.hypot(1.0, left_nm / (ROBUST * self.moment_sd_nm))
        of_load, of_moment = self._trust * of_load, self._trust * of_moment / self.moment_sd_nm
        rows = [of_load[..., None] * load_rows, of_moment[..., None] * moment_rows]
        left = [of_load * left_n, of_moment * left_nm]
        free = np.concatenate(
            [of_load[..., None] * load_free, of_moment[..., None] * moment_free], axis=1
        )
        for weight, of, over in self._priors(both, leg[0]):
            there = self._is_there * weight
            rows.append(there[..., None] * of)
            left.append(-there * over)
        lhs, rhs = _normal_equations(np.concatenate(rows, axis=1), np.concatenate(left, 1), free)
        lhs += self._wander + RIDGE * np.eye(len(x))
        rhs -= self._wander @ x
        lhs[[-2, -1], [-2, -1]] += 1.0 / FREE_SD**2
        rhs[-2:] -= x[-2:] / FREE_SD**2
        return np.asarray(np.linalg.solve(lhs, rhs))

    def _slopes(
        self, x: Array, leg: tuple[Array, Array, Array], leg_n: Array, leg_nm: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Return the derivatives of load and of moment by each block's unknowns and the next
        one's, (blocks, steps, 2 SIZE), then those by the logarithms of S and I, (..., 2).
        """
        by_s, by_i = math.exp(x[-2]), math.exp(x[-1])
        inertia = self._model.inertia_kgm2
        force, moment = self._model.slopes(*leg)
        swing_nm = by_i * inertia * leg[2]
        (angle, rate, accel, _), *_ = spline_rows()
        turned = (angle, rate, accel)
        by_force = sum(slope[..., None] * rows for slope, rows in zip(force, turned, strict=True))
        of_swing = by_i * inertia - by_s * inertia
        by_moment = sum(slope[..., None] * rows for slope, rows in zip(moment, turned, strict=True))
        load_rows = by_s * by_force + self._push + self._base_n
        moment_rows = by_s * by_moment + of_swing * accel
        moment_rows = moment_rows + PUSH_LEVER_M * self._push + self._base_nm
        return (
            load_rows,
            moment_rows,
            np.stack([leg_n, np.zeros_like(leg_n)], axis=-1),
            np.stack([leg_nm - swing_nm, swing_nm], axis=-1),
        )

    def _priors(self, both: Array, d: Array) -> list[tuple[Array, Array, Array]]:
        """Return (weights, rows, what is there too much) of what is likely beforehand."""
        (angle, _, _, of_jerk), (push, of_push_rate), *_ = spline_rows()
        u, jerk, push_rate = both @ push.T, both @ of_jerk.T, both @ of_push_rate.T
        degrees = np.degrees(d)
        rests = np.where(
            degrees > 0.0, 1.0 / np.hypot(REST_SD_DEG, REST_SHARE * degrees), 1.0 / BELOW_SD_DEG
        )
        above = np.where(degrees > ABOVE_DEG, 1.0 / ABOVE_SD_DEG, 0.0)
        return [
            (1.0 / np.hypot(JERK_SD, jerk / JERK_TAIL), of_jerk, jerk),
            (math.degrees(1.0) * rests, angle, d),
            (math.degrees(1.0) * above, angle, d - math.radians(ABOVE_DEG)),
            (self._hand.weights(u), push, u),
            (1.0 / np.hypot(PUSH_RATE_NPS, push_rate), of_push_rate, push_rate),
        ]


def _normal_equations(jacobian: Array, residual: Array, free: Array) -> tuple[Array, Array]:
    """Return both sides of the Gauss-Newton step over all blocks.

    jacobian: (blocks, rows, 2 SIZE). residual: (blocks, rows). free: (blocks, first rows, 2), by
    the two unknowns that no block has.
    """
    measured = free.shape[1]
    turned = jacobian.transpose(0, 2, 1)
    own, right = turned @ jacobian, (turned @ residual[..., None])[..., 0]
    with_free = turned[..., :measured] @ free
    unknowns = (len(jacobian) + 1) * SIZE
    lhs, rhs = np.zeros((unknowns + 2, unknowns + 2)), np.zeros(unknowns + 2)
    for block in range(len(jacobian)):
        at = slice(block * SIZE, (block + 2) * SIZE)
        lhs[at, at] += own[block]
        lhs[at, -2:] += with_free[block]
        rhs[at] += right[block]
    lhs[-2:, :-2] = lhs[:-2, -2:].T
    flat = free.reshape(-1, 2)
    lhs[-2:, -2:] = flat.T @ flat
    rhs[-2:] = flat.T @ residual[:, :measured].ravel()
    return lhs, rhs


def _spread(rows: Array, steps: int) -> Array:
    """Return one block's rows laid out over all blocks of a stretch, (steps, unknowns)."""
    blocks = -(-steps // BLOCK_STEPS)
    out = np.zeros((blocks * BLOCK_STEPS, (blocks + 1) * SIZE))
    for block in range(blocks):
        first = block * BLOCK_STEPS
        out[first : first + BLOCK_STEPS, block * SIZE : (block + 2) * SIZE] = rows
    return out[:steps]


def _wander(unknowns: int, moment_sd_nm: float) -> Array:
    """Return the information of resting levels that wander from block to block."""
    rows = []
    for column, sd in ((SIZE - 2, LOAD_WANDERS_N), (SIZE - 1, moment_sd_nm)):
        for at in range(column, unknowns - SIZE, SIZE):
            row = np.zeros(unknowns + 2)
            row[at], row[at + SIZE] = -1.0 / sd, 1.0 / sd
            rows.append(row)
    stacked = np.array(rows)
    return np.asarray(stacked.T @ stacked)
