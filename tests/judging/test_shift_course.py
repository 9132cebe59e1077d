"""The course of the shift over the leg: straight in a good repetition, curved where hips cancel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.judging.shift_course import cancellation_score_mm, curvature_mm

T_S = np.arange(0.0, 6.0, 0.05)
HEIGHT = np.clip(np.minimum((T_S - 0.3) / 1.8, (5.7 - T_S) / 2.4), 0.0, 1.0)
ANGLE_DEG = 38.0 * HEIGHT


@given(st.floats(-15.0, 15.0), st.floats(-3.0, 3.0), st.floats(-1.0, 1.0))
def test_a_straight_course_has_no_bow_whatever_drifts(
    shift_mm: float, rest_mm: float, drift_mm_per_s: float
) -> None:
    course = rest_mm + drift_mm_per_s * T_S + shift_mm * HEIGHT
    assert curvature_mm(T_S, ANGLE_DEG, course) == pytest.approx(0.0, abs=1e-6)


@given(st.floats(-5.0, 5.0), st.floats(-15.0, 15.0))
def test_a_bow_is_what_the_middle_of_the_way_has_more(curvature: float, shift_mm: float) -> None:
    course = shift_mm * HEIGHT + curvature * 4.0 * HEIGHT * (1.0 - HEIGHT)
    assert curvature_mm(T_S, ANGLE_DEG, course) == pytest.approx(curvature, abs=1e-6)


def test_a_leg_that_comes_forward_as_the_hips_roll_bows_to_the_front() -> None:
    elevation = np.radians(ANGLE_DEG - 7.5)
    leg_mm = 60.0 * np.sin(np.radians(18.0) * HEIGHT) * np.cos(elevation)
    hips_mm = -leg_mm[HEIGHT == 1.0].mean() * HEIGHT  # nothing is left of it at the top
    assert np.abs((leg_mm + hips_mm)[HEIGHT == 1.0]).max() < 0.1
    assert curvature_mm(T_S, ANGLE_DEG, leg_mm + hips_mm) > 0.5


def test_a_body_that_sways_is_suspected_less_and_a_bow_to_the_back_too() -> None:
    calm, swaying = (
        cancellation_score_mm(2.0, noise_scale, is_side_known=True) for noise_scale in (1.0, 4.0)
    )
    assert (calm, swaying) == (2.0, 1.0)
    assert 0.0 < cancellation_score_mm(-2.0, 1.0, is_side_known=True) < calm
    assert cancellation_score_mm(-2.0, 1.0, is_side_known=False) == calm
