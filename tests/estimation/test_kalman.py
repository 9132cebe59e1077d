"""The bank's arithmetic: what is fast is the same as what is plain."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.estimation.anthropometry import leg_constants
from matfw.estimation.kalman import Predictor, doubled, innovation, updated
from matfw.estimation.leg_model import PUSH_LEVER_M, LegModel
from matfw.estimation.noise import SENSING, TRANSITION

K = 12
RNG = np.random.default_rng(5)
MODEL = LegModel.of(leg_constants("female", 1.7, 65.0))
X = RNG.normal(size=(K, 5)) * (0.5, 1.0, 3.0, 5.0, 3.0)
ROOTS = RNG.normal(size=(K, 5, 5))
P = ROOTS @ ROOTS.transpose(0, 2, 1)


def test_predictions_and_slopes_are_the_leg_model_s() -> None:
    y, h = Predictor(MODEL)(X)
    d, w, a, push, base = X.T
    assert y[:, 0] == pytest.approx(MODEL.force_n(d, w, a) + push, rel=1e-12)
    assert y[:, 1] == pytest.approx(
        MODEL.moment_nm(d, w, a) + PUSH_LEVER_M * push + base, rel=1e-12
    )
    for row, slopes in enumerate(MODEL.slopes(d, w, a)):
        for column, slope in enumerate(slopes):
            assert h[:, row, column] == pytest.approx(slope, rel=1e-12, abs=1e-12)
    assert np.all(h[:, 0, 3:] == (1.0, 0.0))
    assert np.all(h[:, 1, 3:] == (PUSH_LEVER_M, 1.0))


def test_spreads_in_a_row_are_carried_on_like_matrices() -> None:
    rows = (P.reshape(K, 25) @ doubled(TRANSITION)).reshape(K, 5, 5)
    assert rows == pytest.approx(TRANSITION @ P @ TRANSITION.T, rel=1e-12)


@pytest.mark.parametrize("off", [0.1, 30.0], ids=["usual", "outliers"])
def test_an_update_is_the_textbook_s_with_wider_noise_for_outliers(off: float) -> None:
    """An outlier's sensing is widened by its squared distance over 12 (module's own limit)."""
    _, h = Predictor(MODEL)(X)
    miss = off * RNG.normal(size=(K, 2))
    found = innovation(P, h, miss, SENSING)
    x, p, cost = updated(X, P, miss, found, SENSING)
    for k in range(K):
        s = h[k] @ P[k] @ h[k].T + SENSING
        distance = miss[k] @ np.linalg.inv(s) @ miss[k]
        excess = max(1.0, distance / 12.0)
        gain = P[k] @ h[k].T @ np.linalg.inv(s + (excess - 1.0) * SENSING)
        assert x[k] == pytest.approx(X[k] + gain @ miss[k], rel=1e-9, abs=1e-9)
        assert p[k] == pytest.approx(P[k] - gain @ h[k] @ P[k], rel=1e-9, abs=1e-9)
        paid = min(distance, 12.0 * (1.0 + 0.3 * np.log(excess)))
        assert cost[k] == pytest.approx(0.5 * (paid + np.log(np.linalg.det(s))), rel=1e-9)
    assert np.array_equal(p, p.transpose(0, 2, 1))
