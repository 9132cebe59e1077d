"""The bank's arithmetic: what is written out in numbers is what the textbook's matrices say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.estimation.anthropometry import leg_constants
from matfw.estimation.kalman import (
    Predictor,
    Spread,
    State,
    corrected,
    corrected_at_rest,
    moved,
    moved_at_rest,
    widened,
)
from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import (
    ACCEL_KEPT,
    BASE_KEPT,
    JUMP_AT,
    JUMP_COST,
    JUMPS,
    LIFTING,
    PUSH_KEPT,
    RESTING,
    STEP_S,
    Noise,
    process_noises,
    sensing_of,
)

K = 12
RNG = np.random.default_rng(5)
MODEL = LegModel.of(leg_constants("female", 1.7, 65.0))
X = RNG.normal(size=(K, 5)) * (0.5, 1.0, 3.0, 5.0, 3.0)
ROOTS = RNG.normal(size=(K, 5, 5))
P = ROOTS @ ROOTS.transpose(0, 2, 1)
SENSED = sensing_of(1.3, (0.4, 0.2, 0.5), 0.8)
SENSING = np.array([SENSED[:2], SENSED[1:]])
UPPER = np.triu_indices(5)
TRANSITION = np.array(
    [
        [1.0, STEP_S, 0.5 * STEP_S**2, 0.0, 0.0],
        [0.0, 1.0, STEP_S, 0.0, 0.0],
        [0.0, 0.0, ACCEL_KEPT, 0.0, 0.0],
        [0.0, 0.0, 0.0, PUSH_KEPT, 0.0],
        [0.0, 0.0, 0.0, 0.0, BASE_KEPT],
    ]
)
AT_REST = np.array([[1.0, 0.0], [PUSH_LEVER_M, 1.0]])  # slopes by push and base


def state(x: Array) -> State:
    a, r, c, u, b = x.tolist()
    return a, r, c, u, b


def spread(p: Array) -> Spread:
    return tuple(p[np.triu_indices(len(p))].tolist())


def matrix(p: Spread) -> Array:
    size = {15: 5, 3: 2}[len(p)]
    out = np.zeros((size, size))
    out[np.triu_indices(size)] = p
    return np.asarray(out + np.triu(out, 1).T)


def noise_matrix(noise: Noise) -> Array:
    out = np.diag([noise.aa, noise.rr, noise.cc, noise.uu, noise.bb])
    out[0, 1] = out[1, 0] = noise.ar
    out[0, 2] = out[2, 0] = noise.ac
    out[1, 2] = out[2, 1] = noise.rc
    return out


def slopes_of(x: State) -> Array:
    _, _, slopes = Predictor(MODEL)(x)
    return np.array([[*slopes[:3], 1.0, 0.0], [*slopes[3:], PUSH_LEVER_M, 1.0]])


def test_predictions_and_slopes_are_the_leg_model_s() -> None:
    for x in X:
        force_n, moment_nm, slopes = Predictor(MODEL)(state(x))
        d, w, a, push, base = x
        assert force_n == pytest.approx(MODEL.force_n(d, w, a) + push, rel=1e-12)
        expected_nm = MODEL.moment_nm(d, w, a) + PUSH_LEVER_M * push + base
        assert moment_nm == pytest.approx(expected_nm, rel=1e-12)
        expected = [float(slope) for of in MODEL.slopes(d, w, a) for slope in of]
        assert slopes == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("scale", [0.4, 1.0, 6.0])
def test_states_and_spreads_are_carried_on_like_matrices(scale: float) -> None:
    noise = process_noises(scale)[LIFTING]
    for x, p in zip(X, P, strict=True):
        carried, wider = moved(state(x), spread(p), noise)
        assert carried == pytest.approx(TRANSITION @ x, rel=1e-12)
        expected = TRANSITION @ p @ TRANSITION.T + noise_matrix(noise)
        assert matrix(wider) == pytest.approx(expected, rel=1e-12)


def test_a_leg_at_rest_is_carried_on_by_push_and_base_alone() -> None:
    noise = process_noises(1.0)[RESTING]
    for x, p in zip(X, P, strict=True):
        carried, wider = moved_at_rest(state(x), spread(p[3:, 3:]), noise)
        assert carried == pytest.approx(TRANSITION @ (0.0, 0.0, 0.0, *x[3:]), rel=1e-12)
        of_rest = TRANSITION[3:, 3:]
        expected = of_rest @ p[3:, 3:] @ of_rest.T + np.diag([noise.uu, noise.bb])
        assert matrix(wider) == pytest.approx(expected, rel=1e-12)


def test_a_jump_widens_a_spread_by_its_noise() -> None:
    wider = matrix(widened(spread(P[0]), JUMPS[LIFTING]))
    assert wider == pytest.approx(P[0] + noise_matrix(JUMPS[LIFTING]), rel=1e-12)


def test_a_leg_s_own_noise_is_of_its_acceleration_alone() -> None:
    noise = noise_matrix(process_noises(1.0)[LIFTING])
    assert np.linalg.matrix_rank(noise[:3, :3]) == 1
    assert np.all(np.diag(noise) > 0.0)


@pytest.mark.parametrize("off", [0.1, 30.0], ids=["usual", "outliers"])
def test_an_update_is_the_textbook_s_with_wider_noise_for_outliers(off: float) -> None:
    for x, p, miss in zip(X, P, off * RNG.normal(size=(K, 2)), strict=True):
        _, _, slopes = Predictor(MODEL)(state(x))
        found = corrected(state(x), spread(p), slopes, (miss[0], miss[1]), SENSED)
        assert_updated(slopes_of(state(x)), x, p, miss, found)


@pytest.mark.parametrize("off", [0.1, 30.0], ids=["usual", "outliers"])
def test_so_is_that_of_a_leg_at_rest(off: float) -> None:
    for x, p, miss in zip(X, P[:, 3:, 3:], off * RNG.normal(size=(K, 2)), strict=True):
        found = corrected_at_rest(state(x), spread(p), (miss[0], miss[1]), SENSED)
        assert found[0][:3] == (0.0, 0.0, 0.0)
        assert_updated(AT_REST, x[3:], p, miss, (found[0][3:], *found[1:]))


FAR = [(0.98 * JUMP_AT, False), (1.02 * JUMP_AT, True)]


@pytest.mark.parametrize(("distance", "may_jump"), FAR)
def test_only_a_step_beyond_its_limit_may_have_been_a_jump(distance: float, may_jump: bool) -> None:
    for x, p in zip(X, P, strict=True):
        _, _, slopes = Predictor(MODEL)(state(x))
        miss = miss_of(distance, slopes_of(state(x)), p)
        found = corrected(state(x), spread(p), slopes, miss, SENSED, jump=JUMPS[LIFTING])
        plain = corrected(state(x), spread(p), slopes, miss, SENSED)
        wider = widened(spread(p), JUMPS[LIFTING])
        y, q, cost, off = corrected(state(x), wider, slopes, miss, SENSED)
        assert plain[-1] == pytest.approx(distance)
        assert found == ((y, q, cost + JUMP_COST, off) if may_jump else plain)


@pytest.mark.parametrize(("distance", "may_jump"), FAR)
def test_so_may_that_of_a_leg_at_rest(distance: float, may_jump: bool) -> None:
    jump = JUMPS[RESTING]
    for x, p in zip(X, P[:, 3:, 3:], strict=True):
        miss = miss_of(distance, AT_REST, p)
        found = corrected_at_rest(state(x), spread(p), miss, SENSED, jump=jump)
        plain = corrected_at_rest(state(x), spread(p), miss, SENSED)
        wider = spread(p + np.diag([jump.uu, jump.bb]))
        y, q, cost, off = corrected_at_rest(state(x), wider, miss, SENSED)
        assert plain[-1] == pytest.approx(distance)
        assert found == ((y, q, cost + JUMP_COST, off) if may_jump else plain)


def miss_of(distance: float, h: Array, p: Array) -> tuple[float, float]:
    """Return how far off a load must be, and no moment, for this squared distance."""
    return math.sqrt(distance / np.linalg.inv(h @ p @ h.T + SENSING)[0, 0].item()), 0.0


def assert_updated(
    h: Array, x: Array, p: Array, miss: Array, seen: tuple[tuple[float, ...], Spread, float, float]
) -> None:
    """An outlier's sensing is widened by its squared distance over 12 (module's own limit)."""
    s = h @ p @ h.T + SENSING
    distance = float(miss @ np.linalg.inv(s) @ miss)
    assert seen[3] == pytest.approx(distance, rel=1e-9)
    excess = max(1.0, distance / 12.0)
    gain = p @ h.T @ np.linalg.inv(s + (excess - 1.0) * SENSING)
    assert seen[0] == pytest.approx(x + gain @ miss, rel=1e-9, abs=1e-9)
    assert matrix(seen[1]) == pytest.approx(p - gain @ h @ p, rel=1e-9, abs=1e-9)
    paid = min(distance, 12.0 * (1.0 + 0.3 * math.log(excess)))
    assert seen[2] == pytest.approx(0.5 * (paid + math.log(np.linalg.det(s))), rel=1e-9)
