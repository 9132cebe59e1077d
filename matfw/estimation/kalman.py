"""The arithmetic of a bank of Kalman filters that see load and hip moment. Pure numpy, no state.

All functions work on a bank at once: states (k, 5) as in `noise`, spreads (k, 5, 5).
"""

from __future__ import annotations

import numpy as np

from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import PUSH

INNOVATION_LIMIT = 12.0  # squared distance beyond which a step counts like an outlier
OUTLIER_GROWTH = 0.3  # with 0 a kick passes for restlessness, with 1 one bad step outweighs a lift

Innovation = tuple[Array, Array, Array, Array]
"""P H', S = H P H' + R, S's determinant, and the squared distance of what was seen."""


OF_THE_REST = np.array(
    [[0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, PUSH_LEVER_M, 1.0]]
)  # push, base
ADJUGATE = np.array([[1.0, -1.0], [-1.0, 1.0]])  # of a (2, 2) whose rows and columns are reversed


def doubled(transition: Array) -> Array:
    """Return what a spread, as 25 numbers in a row, is multiplied with for A P A'."""
    return np.asarray(np.kron(transition, transition).T, dtype=np.float64, order="C")


class Predictor:
    """What one leg does to load and moment, and by how much: sums of the same few terms."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg."""
        self._terms = model.terms
        self._coefficients = model.coefficients()

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """Return F and M predicted by each state, (k, 2), and their derivatives, (k, 2, 5)."""
        sums = self._coefficients @ self._terms(x)
        h = np.empty((len(x), 2, 5))
        h[:] = OF_THE_REST
        h[:, :, :PUSH] = sums[2:].reshape(2, 3, -1).transpose(2, 0, 1)
        return sums[:2].T, h


def innovation(p: Array, h: Array, miss: Array, sensing: Array) -> Innovation:
    """Return how far off each prediction was; miss: seen minus predicted, (k, 2)."""
    ph = p @ h.transpose(0, 2, 1)
    s = h @ ph + sensing
    s00, s01, s11 = s[:, 0, 0], s[:, 0, 1], s[:, 1, 1]
    det = s00 * s11 - s01 * s01
    y0, y1 = miss[:, 0], miss[:, 1]
    distance = (s11 * (y0 * y0) - 2.0 * (s01 * (y0 * y1)) + s00 * (y1 * y1)) / det
    return ph, s, det, distance


def updated(
    x: Array, p: Array, miss: Array, innovations: Innovation, sensing: Array
) -> tuple[Array, Array, Array]:
    """Return states and spreads after the step was seen, and what it costs in log weight.

    An outlier costs little more than INNOVATION_LIMIT, and counts less.
    """
    ph, s, det, distance = innovations
    cost, widened, widened_det = distance, s, det
    if distance.max() > INNOVATION_LIMIT:
        excess = np.maximum(1.0, distance / INNOVATION_LIMIT)
        cost = np.minimum(distance, INNOVATION_LIMIT * (1.0 + OUTLIER_GROWTH * np.log(excess)))
        widened = s + (excess - 1.0)[:, None, None] * sensing
        widened_det = widened[:, 0, 0] * widened[:, 1, 1] - widened[:, 0, 1] * widened[:, 0, 1]
    ph_t = ph.transpose(0, 2, 1)
    gain = ph @ (widened[:, ::-1, ::-1] * ADJUGATE / widened_det[:, None, None])
    x = x + (gain @ miss[:, :, None])[:, :, 0]
    p = p - gain @ ph_t
    return x, 0.5 * (p + p.transpose(0, 2, 1)), 0.5 * (cost + np.log(det))
