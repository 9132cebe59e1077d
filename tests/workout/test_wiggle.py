"""A wiggle goes to a side and comes back."""

from __future__ import annotations

import pytest

from matfw.workout.situation import Wiggle


@pytest.mark.parametrize(
    ("course_mm", "found"),
    [
        ([0, 4, 9, 15, 15, 15, 9, 3, 0], [1]),
        ([0, -4, -9, -15, -15, -15, -9, -3, 0], [-1]),
        ([0, 2, 5, 7, 7, 7, 5, 2, 0], []),  # a breath, a clean lift
        ([0, 9, 0], []),  # a jerk
        ([0, 9, *[20] * 60, 0], []),  # they have moved over
    ],
)
def test_a_wiggle_goes_to_a_side_and_comes_back(course_mm: list[float], found: list[int]) -> None:
    wiggle = Wiggle()
    signs = [wiggle.update(0.1 * k, float(mm)) for k, mm in enumerate(course_mm)]
    assert [sign for sign in signs if sign] == found
