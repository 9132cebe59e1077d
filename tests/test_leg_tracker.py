"""The tracker on forces made by the leg's own model, and on forces that no leg made."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.anthropometry import leg_constants
from matfw.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.leg_noise import FORCE_SD_N, MOMENT_SD_NM, STEP_S
from matfw.leg_tracker import LegEstimate, LegTracker

MODEL = LegModel.of(leg_constants("female", 1.68, 64.0))
REST_S = 4.0


def min_jerk(share: Array) -> Array:
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


def lift(top_deg: float, up_s: float, hold_s: float, down_s: float) -> tuple[Array, Array, Array]:
    """Return angle (rad), force and moment of one repetition, rest before and after; per step."""
    fine_s = np.arange(0.0, 2 * REST_S + up_s + hold_s + down_s, STEP_S / 10.0)
    t_s = fine_s - REST_S
    d = math.radians(top_deg) * (
        min_jerk(t_s / up_s) - min_jerk((t_s - up_s - hold_s) / down_s)
    )  # fmt: skip
    w = np.gradient(d, fine_s)
    a = np.gradient(w, fine_s)
    steps = len(d) // 10 * 10
    means = [
        np.asarray(series[:steps].reshape(-1, 10).mean(axis=1))
        for series in (d, MODEL.force_n(d, w, a), MODEL.moment_nm(d, w, a))
    ]
    return means[0], means[1], means[2]


def follow(force_n: Array, moment_nm: Array) -> list[LegEstimate]:
    tracker = LegTracker(MODEL)
    return [tracker.update(f, m) for f, m in zip(force_n.tolist(), moment_nm.tolist(), strict=True)]


def noise(steps: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return FORCE_SD_N * rng.standard_normal(steps), MOMENT_SD_NM * rng.standard_normal(steps)


@pytest.mark.parametrize("top_deg", [25.0, 36.0, 50.0])
@pytest.mark.parametrize(("up_s", "down_s"), [(2.0, 3.0), (1.2, 1.6)])
def test_a_lift_without_noise_is_followed(top_deg: float, up_s: float, down_s: float) -> None:
    d, force_n, moment_nm = lift(top_deg, up_s, 1.0, down_s)
    estimates = follow(force_n, moment_nm)
    error_deg = [
        abs(math.degrees(e.angle_rad - true)) for e, true in zip(estimates, d.tolist(), strict=True)
    ]
    assert max(math.degrees(e.angle_rad) for e in estimates) == pytest.approx(top_deg, rel=0.12)
    hold = round((REST_S + up_s + 0.5) / STEP_S)
    assert error_deg[hold] < 0.12 * top_deg
    assert not estimates[-1].is_moving
    assert estimates[hold].is_moving


def test_the_evidence_rises_with_a_lift_and_falls_after_it() -> None:
    _, force_n, moment_nm = lift(36.0, 2.0, 1.0, 3.0)
    estimates = follow(force_n, moment_nm)
    assert estimates[round((REST_S - 0.2) / STEP_S)].evidence < 0.0
    assert estimates[round((REST_S + 2.5) / STEP_S)].evidence > 0.0
    assert estimates[-1].evidence < 0.0


@pytest.mark.parametrize("seed", range(4))
def test_pure_noise_is_never_a_lift(seed: int) -> None:
    force_n, moment_nm = noise(1200, seed)
    estimates = follow(force_n, moment_nm)
    assert max(e.evidence for e in estimates) < 0.0
    assert not any(e.is_moving for e in estimates)


@pytest.mark.parametrize("push_n", [4.0, 8.0, 14.0])
def test_a_hand_that_pushes_is_not_a_lift(push_n: float) -> None:
    """F up and M toward the head."""
    force_n, moment_nm = noise(200, 5)
    t_s: Array = STEP_S * np.arange(200, dtype=float) - 4.0
    hand_n = push_n * (min_jerk(t_s / 0.35) - min_jerk((t_s - 2.0) / 0.35))
    estimates = follow(force_n + hand_n, moment_nm + PUSH_LEVER_M * hand_n)
    assert not any(e.is_moving for e in estimates)
    assert max(e.push_n for e in estimates) == pytest.approx(push_n, rel=0.4)


def test_a_shifted_base_keeps_every_estimate() -> None:
    """Telling it that moments are now measured from elsewhere changes nothing but the base."""
    _, force_n, moment_nm = lift(36.0, 2.0, 1.0, 3.0)
    shift_nm, at, top = 1.5, round((REST_S - 0.2) / STEP_S), round((REST_S + 2.0) / STEP_S)
    plain, shifted = LegTracker(MODEL), LegTracker(MODEL)
    for k, (f, m) in enumerate(zip(force_n.tolist(), moment_nm.tolist(), strict=True)):
        if k == at:
            shifted.shift_base(shift_nm)
        one = plain.update(f, m)
        two = shifted.update(f, m - (shift_nm if k >= at else 0.0))
        if k <= top:
            assert two.angle_rad == pytest.approx(one.angle_rad, abs=math.radians(1.0))
            assert two.is_moving is one.is_moving
        if k == at:
            assert two.base_nm == pytest.approx(one.base_nm - shift_nm, abs=0.1)


def test_a_leg_held_up_is_believed_up_for_the_whole_hold() -> None:
    _, force_n, moment_nm = lift(36.0, 2.0, 1.0, 3.0)
    held = follow(force_n, moment_nm)[
        round((REST_S + 2.0) / STEP_S) : round((REST_S + 3.5) / STEP_S)
    ]
    assert all(e.is_moving for e in held)
    assert min(e.evidence for e in held) > 0.0


def test_the_trace_is_as_long_as_asked_and_ends_now() -> None:
    _, force_n, moment_nm = lift(36.0, 2.0, 1.0, 3.0)
    tracker = LegTracker(MODEL)
    for f, m in zip(force_n.tolist(), moment_nm.tolist(), strict=True):
        last = tracker.update(f, m)
    trace = tracker.trace(100)
    assert len(trace.x) == 100
    assert float(trace.x[-1][0]) == last.angle_rad
    assert len(tracker.trace(10**6).x) == len(force_n)


def test_seen_from_its_end_a_lift_is_followed_at_least_as_well() -> None:
    d, force_n, moment_nm = lift(36.0, 2.0, 1.0, 3.0)
    noise_f, noise_m = noise(len(d), 3)
    tracker = LegTracker(MODEL)
    live = [
        tracker.update(f, m).angle_rad
        for f, m in zip((force_n + noise_f).tolist(), (moment_nm + noise_m).tolist(), strict=True)
    ]
    smoothed = tracker.trace(len(d)).smoothed()[:, 0]
    error_live = np.sqrt(np.mean((np.array(live) - d) ** 2))
    error_smoothed = np.sqrt(np.mean((smoothed - d) ** 2))
    assert error_smoothed <= error_live
    assert math.degrees(error_smoothed) < 3.0


def test_after_a_reset_the_same_forces_give_the_same_estimates() -> None:
    _, force_n, moment_nm = lift(36.0, 2.0, 1.0, 3.0)
    tracker = LegTracker(MODEL)
    steps = list(zip(force_n.tolist(), moment_nm.tolist(), strict=True))
    first = [tracker.update(f, m) for f, m in steps]
    tracker.reset()
    assert [tracker.update(f, m) for f, m in steps] == first
