"""The truth of angles that people made: overshoot, sag and slow ends do not move its moments."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.virtual.deck import Array
from matfw.virtual.truth import reps_in_spans, reps_of_angle, way_crossings_s

STEP_S = 0.005


def smooth(share: Array) -> Array:
    held = np.clip(share, 0.0, 1.0)
    result: Array = held**3 * (10.0 - 15.0 * held + 6.0 * held**2)
    return result


def test_sag_while_held_is_not_the_way_down() -> None:
    t_s = np.arange(0.0, 8.0, STEP_S)
    sag = 0.2 * np.clip((t_s - 2.0) / 3.0, 0.0, 1.0)
    angle = (smooth(t_s - 1.0) - sag) * (1.0 - smooth((t_s - 5.0) / 0.6))
    start_s, top_s, lower_s, end_s = way_crossings_s(t_s, angle)
    assert start_s == pytest.approx(1.19, abs=0.02)
    assert top_s == pytest.approx(1.78, abs=0.05)
    assert lower_s == pytest.approx(5.12, abs=0.03)
    assert end_s == pytest.approx(5.48, abs=0.03)


def test_one_repetition_in_each_span_however_small() -> None:
    t_s = np.arange(0.0, 20.0, STEP_S)
    angle = sum(
        np.radians(height) * (smooth((t_s - at) / 0.7) - smooth((t_s - at - 2.0) / 0.5))
        for at, height in ((2.0, 60.0), (12.0, 8.0))
    )
    assert len(reps_of_angle(t_s, angle, -0.13)) == 1  # the small one is below the usual height
    large, small = reps_in_spans(t_s, angle, -0.13, [(0.5, 8.0), (9.0, 18.0)])
    assert (large.angle_deg, small.angle_deg) == pytest.approx((60.0, 8.0), abs=0.1)
    assert small.elevation_deg == pytest.approx(8.0 - np.degrees(0.13), abs=0.1)
    for rep, at in ((large, 2.0), (small, 12.0)):
        assert rep.onset_s == pytest.approx(at, abs=0.08)
        assert rep.up_s == pytest.approx(0.7, abs=0.16)  # to 5 % of the fastest, at both ends
        assert rep.hold_s == pytest.approx(1.3, abs=0.2)
        assert rep.down_s == pytest.approx(0.5, abs=0.12)
