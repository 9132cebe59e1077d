"""The leg's physics: its derivatives are right, and its forces have the sense the tracker needs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.anthropometry import GRAVITY_M_S2, leg_constants
from matfw.estimation.leg_model import PUSH_LEVER_M, LegModel

STATE = (st.floats(-0.05, 1.3), st.floats(-4.0, 4.0), st.floats(-30.0, 30.0))  # rad, rad/s, rad/s^2
STEP = 1e-5


def model(weight_kg: float = 64.0, height_m: float = 1.68, sex: str | None = "female") -> LegModel:
    return LegModel.of(leg_constants(sex, height_m, weight_kg))


def at(function: str, *state: float) -> float:
    return float(getattr(model(), function)(*(np.array([value]) for value in state))[0])


@given(*STATE)
def test_slopes_are_those_of_finite_differences(d: float, w: float, a: float) -> None:
    by_force, by_moment = model().slopes(np.array([d]), np.array([w]), np.array([a]))
    for name, slopes in (("force_n", by_force), ("moment_nm", by_moment)):
        for i, slope in enumerate(slopes):
            low, high = [d, w, a], [d, w, a]
            low[i] -= STEP
            high[i] += STEP
            measured = (at(name, *high) - at(name, *low)) / (2.0 * STEP)
            assert float(slope[0]) == pytest.approx(measured, rel=1e-4, abs=1e-3)


def test_a_leg_at_rest_adds_nothing() -> None:
    assert at("force_n", 0.0, 0.0, 0.0) == pytest.approx(0.0, abs=1e-9)
    assert at("moment_nm", 0.0, 0.0, 0.0) == pytest.approx(0.0, abs=1e-9)


def test_a_leg_held_up_weighs_the_same_and_its_moment_goes_headward() -> None:
    angles = [math.radians(deg) for deg in (20.0, 30.0, 45.0)]
    assert [at("force_n", angle, 0.0, 0.0) for angle in angles] == pytest.approx([0.0] * 3)
    moments = [at("moment_nm", angle, 0.0, 0.0) for angle in angles]
    assert 0.0 > moments[0] > moments[1] > moments[2]


def test_a_lift_starts_with_force_and_moment_both_up_and_a_hand_moves_the_moment_headward() -> None:
    """What tells a leg from a hand."""
    assert at("force_n", 0.0, 0.0, 2.0) > 0.0
    assert at("moment_nm", 0.0, 0.0, 2.0) > 0.0
    assert PUSH_LEVER_M < 0.0


def test_an_angle_over_rest_of_a_whole_swing_comes_back_to_the_same_force_on_average() -> None:
    """Over a cycle the mat bears the leg's weight: what goes up comes down (Newton)."""
    t_s = np.linspace(0.0, 4.0, 4001)
    d = 0.3 * (1.0 - np.cos(2.0 * np.pi * t_s / 4.0))
    w = np.gradient(d, t_s)
    force_n = model().force_n(d, w, np.gradient(w, t_s))
    assert float(np.mean(force_n)) == pytest.approx(0.0, abs=0.02)


@given(st.floats(40.0, 120.0))
def test_a_heavier_leg_gives_larger_forces(weight_kg: float) -> None:
    light, heavy = model(weight_kg), model(1.2 * weight_kg)
    one = np.array([0.1]), np.array([0.2]), np.array([2.0])
    assert float(heavy.force_n(*one)[0]) > float(light.force_n(*one)[0])
    leg_share = light.moment_kgm * GRAVITY_M_S2 / (weight_kg * GRAVITY_M_S2)
    assert 0.03 < leg_share < 0.12  # m; a leg is a sixth of the body, its middle 0.4 m from the hip
