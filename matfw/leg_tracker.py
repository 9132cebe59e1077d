"""Where the leg is now: a bank of Kalman filters, each believing it left rest at another moment.

One filter cannot do this: at rest dM/dd vanishes, so a filter that once mistakes a hand for a leg
stays lost (half of all lifts missed, measured). Here every 50 ms a new filter is started from the
best belief that the leg rests, and every moving filter that comes near rest may come to rest.
All are weighed by how well they foretell F and M; the heaviest one speaks, and by how much the
best moving belief outweighs the best resting one is the evidence that a leg is up at all.

A belief's state: angle over rest (rad), rate, acceleration, hand push (N), slow moment (N m).
A resting belief is the same filter with its first three fixed at zero.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from matfw.leg_model import PUSH_LEVER_M, Array, LegModel

STEP_S = 0.05  # 20 Hz: the leg raise lives below 6 Hz, and block means take the heart's 4-8 Hz out
HISTORY_STEPS = 1200  # one minute can be traced back

ACCEL_DIFFUSION = 3.0  # (rad/s^2)^2/s; a 2 s lift; faster ones come through JUMP_GAIN
ACCEL_TAU_S = 1.0  # a leg does not accelerate for long
PUSH_SD_N = 1.2  # of small unrest in F at rest: breath, trunk
PUSH_TAU_S = 0.6
BASE_DIFFUSION_NM = 0.5  # N m per root s: 0.7 mm of 75 kg
BASE_SD_NM = 2.5  # at first
BASE_TAU_S = 30.0
FORCE_SD_N = 0.7  # of a 50 ms mean; lying person, heart included (0.55-0.64 N rms measured)
MOMENT_SD_NM = 0.9
JUMP_GAIN = 40.0  # process noise is raised so far when a step surprises ...
JUMP_AT = 9.0  # ... by this squared distance: kicks, drops, pushes are rare and sudden
SURPRISE_LIMIT = 12.0  # squared distance beyond which a step counts like an outlier
LIFTS_PER_S = 0.12  # how often a rest ends in a lift
STOPS_PER_S = 0.5  # how often a leg near rest comes to rest
LIFT_ACCEL_SD = 0.35  # rad/s^2: what a lift may begin with
LIFT_RATE_SD = 0.02  # rad/s
LIFT_ANGLE_SD = math.radians(0.5)
STOP_ANGLE_SD = math.radians(3.0)  # how exactly a leg comes back to where it lay ...
STOP_ANGLE_SHARE = 0.2  # ... and how far off it may be believed, of its top: S is off by 10-20 %
STOP_BASE_SD_NM = 1.0  # a body that settles anew as the leg comes down
STOP_RATE_SD = 0.12  # rad/s
STOP_ACCEL_SD = 0.6  # rad/s^2
STOP_SLOW_RADPS = 0.5  # only a leg this slow may come to rest
STOP_AFTER_S = 0.3
BELOW_REST_RAD = math.radians(2.0)  # the other leg is in the way
ABOVE_ALL_RAD = math.radians(75.0)
MOVING_KEPT = 10
RESTING_KEPT = 4
HOPELESS = 40.0  # log weight behind the best

ANGLE, RATE, ACCEL, PUSH, BASE = range(5)


@dataclass(frozen=True, slots=True)
class LegEstimate:
    """Where the leg is believed to be. evidence: log weight of moving over resting beliefs."""

    angle_rad: float
    rate_radps: float
    accel_radps2: float
    push_n: float
    base_nm: float
    evidence: float
    is_moving: bool


@dataclass(frozen=True, slots=True)
class _Beliefs:
    """All beliefs of one step. before_*: as foretold, before the step was seen."""

    x: Array  # (k, 5)
    p: Array  # (k, 5, 5)
    weight: Array  # (k,) log, the best is 0
    moving: Array  # (k,) 0 or 1
    age_s: Array  # (k,) since it last began to move or to rest
    top_rad: Array  # (k,) highest angle since then
    parent: Array  # (k,) index in the step before
    before_x: Array
    before_p: Array


def _transition() -> Array:
    a = np.eye(5)
    a[ANGLE, RATE] = a[RATE, ACCEL] = STEP_S
    a[ANGLE, ACCEL] = 0.5 * STEP_S**2
    a[ACCEL, ACCEL] = math.exp(-STEP_S / ACCEL_TAU_S)
    a[PUSH, PUSH] = math.exp(-STEP_S / PUSH_TAU_S)
    a[BASE, BASE] = math.exp(-STEP_S / BASE_TAU_S)
    return a


def _process_noise() -> tuple[Array, Array]:
    """Return (usual, added on a jump), each (2, 5, 5): resting, moving."""
    kick = np.array([STEP_S**2 / 6, STEP_S / 2, 1.0])
    usual = np.zeros((2, 5, 5))
    usual[1, :3, :3] = np.outer(kick, kick) * ACCEL_DIFFUSION * STEP_S
    usual[:, PUSH, PUSH] = PUSH_SD_N**2 * (1.0 - math.exp(-2.0 * STEP_S / PUSH_TAU_S))
    usual[:, BASE, BASE] = BASE_DIFFUSION_NM**2 * STEP_S
    jump = usual * JUMP_GAIN
    jump[1, BASE, BASE] = 0.0  # a posture that jumps while the leg moves is left to the refinement
    return usual, jump


_A = _transition()
_USUAL, _JUMP = _process_noise()
_RTS_RIDGE = np.diag([1e-9, 1e-9, 1e-9, 1e-6, 1e-6])  # a resting belief's spread is singular
_R = np.diag([FORCE_SD_N**2, MOMENT_SD_NM**2])


class LegTracker:
    """Follow the leg from force and hip moment over rest, one 50 ms mean at a time."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; the leg is believed to rest."""
        self._model = model
        self.reset()

    def reset(self) -> None:
        """Believe that the leg rests, and nothing else."""
        p = np.zeros((1, 5, 5))
        p[0, PUSH, PUSH] = PUSH_SD_N**2
        p[0, BASE, BASE] = BASE_SD_NM**2
        zero = np.zeros((1, 5))
        self._now = _Beliefs(
            zero, p, np.zeros(1), np.zeros(1, int), np.zeros(1), np.zeros(1), np.zeros(1, int), zero, p
        )
        self._history: deque[_Beliefs] = deque(maxlen=HISTORY_STEPS)

    def shift_base(self, moment_nm: float) -> None:
        """Tell that moments will from now on be measured from moment_nm higher."""
        self._now.x[:, BASE] -= moment_nm

    def update(self, force_n: float, moment_nm: float) -> LegEstimate:
        """Take one step's mean of F - W and M - M0 and return what is believed now."""
        x, p, weight, moving, age_s, top_rad, parent = self._branch()
        x = x @ _A.T
        p = _A @ p @ _A.T + _USUAL[moving]
        foretold_x, foretold_p = x, p
        y, h = self._foretell(x)
        y = np.array([force_n, moment_nm]) - y
        ph, s, det, distance = _surprise(p, h, y)
        jumps = distance > JUMP_AT
        if jumps.any():
            p = p + np.where(jumps[:, None, None], _JUMP[moving], 0.0)
            foretold_p = p
            ph, s, det, distance = _surprise(p, h, y)
        excess = np.maximum(1.0, distance / SURPRISE_LIMIT)
        weight = weight - 0.5 * (
            np.minimum(distance, SURPRISE_LIMIT * (1.0 + np.log(excess))) + np.log(det)
        )
        # An outlier is also believed less: its measurement noise grows with its distance.
        s = s + (excess - 1.0)[:, None, None] * _R
        gain = ph @ _inverse2(s)
        x = x + (gain @ y[:, :, None])[:, :, 0]
        p = p - gain @ ph.transpose(0, 2, 1)
        p = 0.5 * (p + p.transpose(0, 2, 1))
        below = np.minimum(x[:, ANGLE] + BELOW_REST_RAD, 0.0) / BELOW_REST_RAD
        above = np.maximum(x[:, ANGLE] - ABOVE_ALL_RAD, 0.0) / BELOW_REST_RAD
        weight = weight - 0.5 * below**2 - 0.5 * above**2
        kept = _prune(x, weight, moving)
        self._history.append(self._now)
        self._now = _Beliefs(
            x[kept], p[kept], weight[kept] - weight[kept[0]], moving[kept], age_s[kept],
            np.maximum(top_rad, x[:, ANGLE])[kept], parent[kept], foretold_x[kept], foretold_p[kept],
        )  # fmt: skip
        return self._estimate()

    def trace(self, steps: int) -> LegTrace:
        """Follow the best belief back over the last steps (fewer if there were fewer)."""
        rows: list[tuple[_Beliefs, int]] = []
        beliefs, i = self._now, 0
        for older in reversed(self._history):
            rows.append((beliefs, i))
            if len(rows) == steps:
                break
            i = int(beliefs.parent[i])
            beliefs = older
        rows.reverse()
        return LegTrace(
            np.array([b.x[i] for b, i in rows]), np.array([b.p[i] for b, i in rows]),
            np.array([b.before_x[i] for b, i in rows]), np.array([b.before_p[i] for b, i in rows]),
            np.array([b.moving[i] for b, i in rows]),
            np.array([b.top_rad[i] for b, i in rows]),
        )  # fmt: skip

    def _estimate(self) -> LegEstimate:
        now = self._now
        lifted = now.weight[now.moving == 1]
        rested = now.weight[now.moving == 0]
        evidence = (lifted.max() if len(lifted) else -HOPELESS) - (
            rested.max() if len(rested) else -HOPELESS
        )
        best = now.x[0]
        return LegEstimate(
            float(best[ANGLE]), float(best[RATE]), float(best[ACCEL]), float(best[PUSH]),
            float(best[BASE]), float(evidence), bool(now.moving[0]),
        )  # fmt: skip

    def _branch(self) -> tuple[Array, ...]:
        """Return all beliefs with one new lift from rest and one new stop near rest added."""
        now = self._now
        x, p, weight, moving = [now.x], [now.p], [now.weight], [now.moving]
        age_s, top_rad = [now.age_s + STEP_S], [now.top_rad]
        parent = [np.arange(len(now.weight))]

        def add(index: int, state: Array, spread: Array, log_weight: float, moves: int) -> None:
            x.append(state[None])
            p.append(spread[None])
            weight.append(np.array([log_weight]))
            moving.append(np.array([moves]))
            age_s.append(np.zeros(1))
            top_rad.append(np.zeros(1))
            parent.append(np.array([index]))

        resting = np.flatnonzero((now.moving == 0) & (now.weight > -HOPELESS))
        if len(resting):
            i = int(resting[np.argmax(now.weight[resting])])
            spread = now.p[i].copy()
            spread[ANGLE, ANGLE] = LIFT_ANGLE_SD**2
            spread[RATE, RATE] = LIFT_RATE_SD**2
            spread[ACCEL, ACCEL] = LIFT_ACCEL_SD**2
            add(i, now.x[i], spread, now.weight[i] + math.log(LIFTS_PER_S * STEP_S), 1)
        near = np.flatnonzero(
            (now.moving == 1)
            & (now.weight > -8.0)
            & (np.abs(now.x[:, RATE]) < STOP_SLOW_RADPS)
            & (now.age_s > STOP_AFTER_S)
        )
        if len(near):
            i, state, spread, log_weight = _stop(now, near)
            add(i, state, spread, log_weight, 0)
        return (
            np.concatenate(x), np.concatenate(p), np.concatenate(weight),
            np.concatenate(moving), np.concatenate(age_s), np.concatenate(top_rad),
            np.concatenate(parent),
        )  # fmt: skip

    def _foretell(self, x: Array) -> tuple[Array, Array]:
        """Return F and M foretold by each state, (k, 2), and their derivatives, (k, 2, 5)."""
        model = self._model
        d, w, a = x[:, ANGLE], x[:, RATE], x[:, ACCEL]
        y = np.empty((len(x), 2))
        y[:, 0] = model.force_n(d, w, a) + x[:, PUSH]
        y[:, 1] = model.moment_nm(d, w, a) + PUSH_LEVER_M * x[:, PUSH] + x[:, BASE]
        by_force, by_moment = model.slopes(d, w, a)
        h = np.zeros((len(x), 2, 5))
        for i in range(3):
            h[:, 0, i] = by_force[i]
            h[:, 1, i] = by_moment[i]
        h[:, 0, PUSH] = 1.0
        h[:, 1, PUSH] = PUSH_LEVER_M
        h[:, 1, BASE] = 1.0
        return y, h


def _stop(now: _Beliefs, near: Array) -> tuple[int, Array, Array, float]:
    """Return (parent, state, spread, log weight) of the likeliest belief that has just stopped."""
    r = _stop_noise(now.top_rad[near])
    spread = now.p[near][:, :3, :3] + r
    inverse = np.linalg.inv(spread)
    miss = -now.x[near][:, :3]
    distance = np.einsum("ki,kij,kj->k", miss, inverse, miss)
    weight = now.weight[near] - 0.5 * (
        distance + np.log(np.linalg.det(spread)) - np.log(np.linalg.det(r))
    ) + math.log(STOPS_PER_S * STEP_S)  # fmt: skip
    j = int(np.argmax(weight))
    i = int(near[j])
    gain = now.p[i][:, :3] @ inverse[j]
    state = now.x[i] + gain @ miss[j]
    p = now.p[i] - gain @ now.p[i][:3, :]
    state[:3] = 0.0
    p[:3, :] = 0.0
    p[:, :3] = 0.0
    p[BASE, BASE] += STOP_BASE_SD_NM**2
    return i, state, p, float(weight[j])


def _stop_noise(top_rad: Array) -> Array:
    """Return how exactly stopping fixes angle, rate and acceleration, (k, 3, 3)."""
    r = np.zeros((len(top_rad), 3, 3))
    r[:, 0, 0] = STOP_ANGLE_SD**2 + (STOP_ANGLE_SHARE * top_rad) ** 2
    r[:, 1, 1] = STOP_RATE_SD**2
    r[:, 2, 2] = STOP_ACCEL_SD**2
    return r


def _surprise(p: Array, h: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """Return P H', S = H P H' + R, its determinant and the squared distance of y."""
    ph = p @ h.transpose(0, 2, 1)
    s = h @ ph + _R
    det = s[:, 0, 0] * s[:, 1, 1] - s[:, 0, 1] ** 2
    distance = (
        s[:, 1, 1] * y[:, 0] ** 2
        - 2.0 * s[:, 0, 1] * y[:, 0] * y[:, 1]
        + s[:, 0, 0] * y[:, 1] ** 2
    ) / det
    return ph, s, det, distance


def _inverse2(s: Array) -> Array:
    det = s[:, 0, 0] * s[:, 1, 1] - s[:, 0, 1] ** 2
    out = np.empty_like(s)
    out[:, 0, 0] = s[:, 1, 1] / det
    out[:, 1, 1] = s[:, 0, 0] / det
    out[:, 0, 1] = out[:, 1, 0] = -s[:, 0, 1] / det
    return out


def _prune(x: Array, weight: Array, moving: Array) -> Array:
    """Return the indices to keep, best first, without beliefs that say the same."""
    kept: list[int] = []
    rooms = [RESTING_KEPT, MOVING_KEPT]
    states = x.tolist()
    flags = moving.tolist()
    for i in np.argsort(-weight).tolist():
        flag = flags[i]
        if not rooms[flag]:
            continue
        a = states[i]
        for j in kept:
            if flags[j] != flag:
                continue
            b = states[j]
            if flag:
                if abs(a[0] - b[0]) < 0.012 and abs(a[1] - b[1]) < 0.03 and abs(a[2] - b[2]) < 0.2:
                    break
            elif abs(a[3] - b[3]) < 0.1 and abs(a[4] - b[4]) < 0.1:
                break
        else:
            kept.append(i)
            rooms[flag] -= 1
    return np.array(kept)


@dataclass(frozen=True, slots=True)
class LegTrace:
    """The best belief followed back in time. Arrays of one row a step, oldest first."""

    x: Array  # (n, 5)
    p: Array  # (n, 5, 5)
    before_x: Array  # (n, 5), as foretold
    before_p: Array
    moving: Array  # (n,)
    top_rad: Array  # (n,)

    def smoothed(self) -> Array:
        """Return the states as seen from the end, (n, 5): a Rauch-Tung-Striebel pass."""
        n = len(self.x)
        out = self.x.copy()
        state = self.x[-1]
        for k in range(n - 2, -1, -1):
            x, p = self.x[k], self.p[k]
            if self.moving[k] and not self.moving[k + 1]:
                # It stopped here: what stopping says about the moving state comes first.
                gain = p[:, :3] @ np.linalg.inv(p[:3, :3] + _stop_noise(self.top_rad[k : k + 1])[0])
                x = x - gain @ x[:3]
                p = p - gain @ p[:3, :]
            gap = self.before_p[k + 1] + _RTS_RIDGE
            gain = np.linalg.solve(gap, _A @ p).T
            if not self.moving[k + 1]:
                gain[:, :3] = 0.0
            state = x + gain @ (state - self.before_x[k + 1])
            if not self.moving[k]:
                state[:3] = 0.0
            out[k] = state
        return out
