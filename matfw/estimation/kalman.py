"""The arithmetic of a bank of Kalman filters that see load and hip moment. Pure numpy, no state.

All functions work on a bank at once: states (k, 5) as in `noise`, spreads (k, 5, 5).
"""

from __future__ import annotations

import numpy as np

from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import ACCEL, ANGLE, BASE, PUSH, RATE

INNOVATION_LIMIT = 12.0  # squared distance beyond which a step counts like an outlier
OUTLIER_GROWTH = 0.3  # with 0 a kick passes for restlessness, with 1 one bad step outweighs a lift

Innovation = tuple[Array, Array, Array, Array]
"""P H', S = H P H' + R, S's determinant, and the squared distance of what was seen."""


def predicted(model: LegModel, x: Array) -> tuple[Array, Array]:
    """Return F and M predicted by each state, (k, 2), and their derivatives, (k, 2, 5)."""
    d, w, a = x[:, ANGLE], x[:, RATE], x[:, ACCEL]
    y = np.empty((len(x), 2))
    y[:, 0] = model.force_n(d, w, a) + x[:, PUSH]
    y[:, 1] = model.moment_nm(d, w, a) + PUSH_LEVER_M * x[:, PUSH] + x[:, BASE]
    h = np.zeros((len(x), 2, 5))
    for row, slopes in enumerate(model.slopes(d, w, a)):
        for column, slope in enumerate(slopes):
            h[:, row, column] = slope
    h[:, 0, PUSH] = 1.0
    h[:, 1, PUSH] = PUSH_LEVER_M
    h[:, 1, BASE] = 1.0
    return y, h


def innovation(p: Array, h: Array, miss: Array, sensing: Array) -> Innovation:
    """Return how far off each prediction was; miss: seen minus predicted, (k, 2)."""
    ph = p @ h.transpose(0, 2, 1)
    s = h @ ph + sensing
    det = _determinant(s)
    y0, y1 = miss[:, 0], miss[:, 1]
    distance = (s[:, 1, 1] * y0**2 - 2.0 * s[:, 0, 1] * y0 * y1 + s[:, 0, 0] * y1**2) / det
    return ph, s, det, distance


def updated(
    x: Array, p: Array, miss: Array, innovations: Innovation, sensing: Array
) -> tuple[Array, Array, Array]:
    """Return states and spreads after the step was seen, and what it costs in log weight.

    An outlier costs little more than INNOVATION_LIMIT, and counts less.
    """
    ph, s, det, distance = innovations
    excess = np.maximum(1.0, distance / INNOVATION_LIMIT)
    cost = np.minimum(distance, INNOVATION_LIMIT * (1.0 + OUTLIER_GROWTH * np.log(excess)))
    gain = ph @ _inverse(s + (excess - 1.0)[:, None, None] * sensing)
    x = x + (gain @ miss[:, :, None])[:, :, 0]
    p = p - gain @ ph.transpose(0, 2, 1)
    return x, 0.5 * (p + p.transpose(0, 2, 1)), 0.5 * (cost + np.log(det))


def _determinant(s: Array) -> Array:
    return np.asarray(s[:, 0, 0] * s[:, 1, 1] - s[:, 0, 1] ** 2)


def _inverse(s: Array) -> Array:
    out = np.empty_like(s)
    det = _determinant(s)
    out[:, 0, 0] = s[:, 1, 1] / det
    out[:, 1, 1] = s[:, 0, 0] / det
    out[:, 0, 1] = out[:, 1, 0] = -s[:, 0, 1] / det
    return out
