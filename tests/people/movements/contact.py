"""A load that must be carried -> forces at the contacts that there are; none of them pulls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.virtual.deck import Array

STEP_S = 0.005  # of every series: 200 Hz, as in `person`
ROUNDS = 12  # contacts that would pull are let go this many times at most
LET_GO = 1e-7  # compliance left to a contact that was let go: keeps the equations solvable
NO_PULL_N = 1e-6


@dataclass(slots=True)
class Movement:
    """What a movement puts on the mat: (n, contacts) each, n steps of STEP_S.

    Body axes in metres: x to the feet from the hip line, y to the front of who lies there; newtons
    downwards. The first and the last row are at rest.
    """

    x_m: Array
    y_m: Array
    force_n: Array

    @property
    def duration_s(self) -> float:
        """Return the time from the first to the last row."""
        return (len(self.force_n) - 1) * STEP_S


def carry(x_m: Array, y_m: Array, share: Array, load: Array) -> Array:
    """Return the contacts' forces, (n, contacts), whose sum and moments are the load's.

    share: (n, contacts), of the load, which also says how readily each takes more; load: (n, 3),
    N, N m along x, N m along y. Where only pulling would do, a pull is left: see `pull_n`.
    """
    force = _nearest(x_m, y_m, share * load[:, :1], share, load)
    free = np.ones(share.shape, dtype=bool)
    for _ in range(ROUNDS):
        rows = np.flatnonzero((force < -NO_PULL_N).any(axis=1))
        if len(rows) == 0:
            break
        free[rows] &= force[rows] >= 0.0
        weight = np.where(free[rows], share[rows], LET_GO)
        start = np.where(free[rows], share[rows] * load[rows, :1], 0.0)
        force[rows] = _nearest(x_m[rows], y_m[rows], start, weight, load[rows])
    return force


def pull_n(force_n: Array) -> float:
    """Return the largest pull among these forces: 0 if the load can be carried by pressing."""
    return float(max(-force_n.min(), 0.0))


def _nearest(x_m: Array, y_m: Array, start: Array, weight: Array, load: Array) -> Array:
    # The smallest change of the start, weighted, with which force and both moments are exact.
    levers = np.stack([np.ones_like(x_m), x_m, y_m], axis=1)
    missing = load - (levers @ start[..., None])[..., 0]
    weighted = levers * np.maximum(weight, LET_GO)[:, None, :]
    matrix = weighted @ levers.transpose(0, 2, 1)
    multipliers = np.linalg.solve(matrix, missing[..., None])[..., 0]
    result: Array = start + (multipliers[:, None, :] @ weighted)[:, 0, :]
    return result


def grid_s(until_s: float) -> Array:
    """Return the times from 0 to until_s in steps of STEP_S."""
    result: Array = STEP_S * np.arange(round(until_s / STEP_S) + 1, dtype=np.float64)
    return result


def smooth(share: Array) -> Array:
    """Return a minimum-jerk way from 0 to 1: speed and acceleration begin and end at 0."""
    held = np.clip(share, 0.0, 1.0)
    result: Array = held**3 * (10.0 - 15.0 * held + 6.0 * held**2)
    return result


def load_of(kilograms: Array, place: Array, gravity_m_s2: float) -> Array:
    """Return force and moments, (n, 3), of point masses (points,) on paths (n, points, 3) in m.

    d'Alembert: F = sum m (g + z''), Mx = sum m x (g + z'') - sum m z x''; as in `inertia`.
    """
    acceleration = np.zeros_like(place)
    acceleration[1:-1] = (place[2:] - 2.0 * place[1:-1] + place[:-2]) / STEP_S**2
    pressing = kilograms * (gravity_m_s2 + acceleration[..., 2])
    swinging = kilograms * place[..., 2]
    moments = [
        (pressing * place[..., axis] - swinging * acceleration[..., axis]).sum(axis=1)
        for axis in (0, 1)
    ]
    return np.stack([pressing.sum(axis=1), *moments], axis=1)
