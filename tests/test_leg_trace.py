"""The best belief seen from its end: nearer the truth than live, and at rest where it rested."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.leg_model import Array
from matfw.leg_noise import ACCEL, ANGLE, LIFTING, STEP_S
from matfw.leg_trace import LegTrace
from matfw.leg_tracker import LegTracker
from tests.leg_forces import MODEL, Forces, Lift, followed, legs, unrest

LIFT = Lift(4.0)
SPAN_S = LIFT.end_s + 4.0


def traced(felt: Forces) -> LegTrace:
    tracker = LegTracker(MODEL)
    followed(felt, tracker)
    return tracker.trace(len(felt))


def rms_deg(error_rad: Array) -> float:
    return math.degrees(float(np.sqrt(np.mean(error_rad**2))))


@pytest.mark.parametrize("seed", range(4))
def test_seen_from_its_end_a_lift_is_followed_better_than_live(seed: int) -> None:
    felt = legs(SPAN_S, LIFT) + unrest(SPAN_S, seed)
    tracker = LegTracker(MODEL)
    live = np.array([leg.angle_rad for leg in followed(felt, tracker)])
    smoothed = tracker.trace(len(felt)).smoothed()[:, ANGLE]
    error_deg = rms_deg(smoothed - felt.angle_rad)
    assert error_deg <= rms_deg(live - felt.angle_rad)
    assert error_deg < 3.0


def test_the_end_is_what_it_was_live() -> None:
    trace = traced(legs(SPAN_S, LIFT) + unrest(SPAN_S, 1))
    assert trace.smoothed()[-1] == pytest.approx(trace.x[-1])
    assert trace.smoothed().shape == trace.x.shape


def test_a_trace_of_one_step_is_that_step() -> None:
    tracker = LegTracker(MODEL)
    followed(legs(2.0), tracker)
    trace = tracker.trace(1)
    assert trace.smoothed() == pytest.approx(trace.x)


def test_where_the_leg_did_not_lift_it_neither_stands_nor_moves() -> None:
    trace = traced(legs(SPAN_S, LIFT) + unrest(SPAN_S, 1))
    is_down = trace.kind[:-1] != LIFTING
    assert is_down.any()
    assert not is_down.all()
    assert not trace.smoothed()[:-1][is_down][:, : ACCEL + 1].any()


def test_a_lift_ends_near_its_rest_whatever_was_believed_on_the_way() -> None:
    trace = traced(legs(SPAN_S, LIFT) + unrest(SPAN_S, 1))
    lifted = np.flatnonzero(trace.kind == LIFTING)
    last = int(lifted[-1])
    assert last * STEP_S == pytest.approx(LIFT.end_s, abs=1.0)
    assert abs(math.degrees(trace.smoothed()[last, ANGLE])) < 3.0


def test_smoothing_changes_nothing_of_the_trace() -> None:
    trace = traced(legs(SPAN_S, LIFT))
    before = trace.x.copy(), trace.p.copy()
    assert (trace.smoothed() == trace.smoothed()).all()
    assert (trace.x == before[0]).all()
    assert (trace.p == before[1]).all()
