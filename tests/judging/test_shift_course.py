"""The course of the shift over the leg: straight in a good repetition, curved where hips cancel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.leg_model import Array
from matfw.judging.shift_course import (
    USUALLY_LEFT_MM,
    ShiftCourse,
    cancellation_score_mm,
    shift_course,
)

T_S = np.arange(0.0, 6.0, 0.05)
HEIGHT = np.clip(np.minimum((T_S - 0.3) / 1.8, (5.7 - T_S) / 2.4), 0.0, 1.0)
ANGLE_DEG = 38.0 * HEIGHT
MIDDLE_S = 2.7  # of the hold


def curvature_mm(course: Array) -> float:
    return shift_course(T_S, ANGLE_DEG, course, MIDDLE_S).curvature_mm


@given(st.floats(-15.0, 15.0), st.floats(-3.0, 3.0), st.floats(-1.0, 1.0))
def test_a_straight_course_has_no_bow_whatever_drifts(
    shift_mm: float, rest_mm: float, drift_mm_per_s: float
) -> None:
    course = rest_mm + drift_mm_per_s * T_S + shift_mm * HEIGHT
    assert curvature_mm(course) == pytest.approx(0.0, abs=1e-6)


@given(st.floats(-5.0, 5.0), st.floats(-15.0, 15.0))
def test_a_bow_is_what_the_middle_of_the_way_has_more(curvature: float, shift_mm: float) -> None:
    course = shift_mm * HEIGHT + curvature * 4.0 * HEIGHT * (1.0 - HEIGHT)
    assert curvature_mm(course) == pytest.approx(curvature, abs=1e-6)


def test_a_leg_that_comes_forward_as_the_hips_roll_bows_to_the_front() -> None:
    elevation = np.radians(ANGLE_DEG - 7.5)
    leg_mm = 60.0 * np.sin(np.radians(18.0) * HEIGHT) * np.cos(elevation)
    hips_mm = -leg_mm[HEIGHT == 1.0].mean() * HEIGHT  # nothing is left of it at the top
    assert np.abs((leg_mm + hips_mm)[HEIGHT == 1.0]).max() < 0.1
    assert curvature_mm(leg_mm + hips_mm) > 0.5


@given(st.floats(-15.0, 15.0), st.floats(-5.0, 5.0))
def test_an_arm_that_is_put_elsewhere_at_the_top_is_no_bow(step_mm: float, shift_mm: float) -> None:
    course = shift_mm * HEIGHT + step_mm * (T_S > MIDDLE_S)
    found = shift_course(T_S, ANGLE_DEG, course, MIDDLE_S)
    assert found.curvature_mm == pytest.approx(0.0, abs=1e-6)
    assert found.left_mm == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("at_s", [1.2, 2.0, 3.4, 4.2])
def test_one_that_is_put_elsewhere_on_the_way_bows_but_leaves_more(at_s: float) -> None:
    course = 12.0 * np.asarray(at_s < T_S, float)
    found = shift_course(T_S, ANGLE_DEG, course, MIDDLE_S)
    assert score(found) < 0.6 * score(ShiftCourse(found.curvature_mm, USUALLY_LEFT_MM))


def score(course: ShiftCourse, noise_scale: float = 1.0, *, is_side_known: bool = True) -> float:
    return cancellation_score_mm(course, noise_scale, is_side_known=is_side_known)


def test_a_body_that_sways_or_stirs_is_suspected_less_and_a_bow_to_the_back_too() -> None:
    usual, stirring = ShiftCourse(2.0, USUALLY_LEFT_MM), ShiftCourse(2.0, 4.0 * USUALLY_LEFT_MM)
    assert score(usual) == pytest.approx(2.0)
    assert score(usual, 4.0) < 0.6 * score(usual)
    assert score(stirring) < 0.6 * score(usual)
    backward = ShiftCourse(-2.0, USUALLY_LEFT_MM)
    assert 0.0 < score(backward) < score(usual)
    assert score(backward, is_side_known=False) == score(usual)
