"""A trembling leg is detected as one, and a lift, a kick or a hand is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.estimation.tremor import CALM_N2, MAX_N2, Tremor
from matfw.refinement.rep_shape import shape_rad
from tests.estimation.leg_forces import MODEL
from tests.refinement.test_rep_shape import params

T_S = np.arange(0.0, 12.0, STEP_S)


def powers(force_n: Array) -> Array:
    tremor = Tremor(MODEL)
    return np.array([tremor.update(float(n), 1.0)[0] for n in force_n])


def lift_n(up_s: float) -> Array:
    d = shape_rad(params(begin_s=3.0, up_s=up_s), T_S)
    w = np.gradient(d, STEP_S)
    return MODEL.force_n(d, w, np.gradient(w, STEP_S))


def test_a_tremor_of_6_hz_is_detected_with_its_power_less_what_is_calm() -> None:
    segment = powers(2.0 * np.sin(2.0 * np.pi * 6.0 * T_S))[-20:].mean()
    assert segment == pytest.approx(2.0 - CALM_N2, abs=0.3)


@pytest.mark.parametrize("hertz", [5.0, 7.0, 8.0])
def test_faster_and_slower_ones_are_detected_too(hertz: float) -> None:
    assert powers(2.0 * np.sin(2.0 * np.pi * hertz * T_S))[-20:].mean() > 0.25


@given(st.floats(1.5, 5.0))
def test_a_lift_is_no_tremor(up_s: float) -> None:
    assert powers(lift_n(up_s)).max() == 0.0


def test_a_kick_is_soon_forgotten() -> None:
    segment = powers(lift_n(0.5))
    assert segment.max() < 0.6 * MAX_N2
    assert segment[T_S > 3.0 + 0.5 + 2.5].max() < 0.25


def test_a_hand_that_becomes_the_new_rest_is_no_tremor() -> None:
    tremor = Tremor(MODEL)
    for _ in range(20):
        tremor.update(20.0, 1.0)
    tremor.shift(20.0)
    assert tremor.update(0.0, 1.0)[0] == 0.0


def test_load_and_moment_shake_together() -> None:
    tremor = Tremor(MODEL)
    for t_s in T_S:
        load, both, moment = tremor.update(3.0 * math.sin(2.0 * np.pi * 6.0 * t_s), 1.0)
    lever_m = MODEL.inertia_kgm2 / MODEL.moment_kgm
    assert both == pytest.approx(lever_m * load)
    assert load * moment > both**2
