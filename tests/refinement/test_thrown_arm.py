"""An arm thrown up in the midst of a lift pushes, then pulls: a hand's doing, and not the leg's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.estimation.leg_model import PUSH_LEVER_M
from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Event, Mat, Rep, Verdict
from matfw.refinement.smoother import NO_HAND_BELOW_N, LegCurve, hand_weights, leg_curve
from matfw.service.replay import replay
from matfw.testing.lifter import Lifter
from matfw.virtual.sampling import record
from tests.estimation.leg_forces import (
    MODEL,
    WEIGHT_KG,
    Forces,
    Lift,
    judged,
    legs,
    noise_scale,
    thrown,
)

LIFT = Lift(5.0)
SPAN_S = LIFT.end_s + 5.0
AT_UP_S, HELD_S, AT_DOWN_S = 5.8, 7.3, 9.0
PEAKS_N = (10.0, 12.0, 14.0)


def curve_of(forces: Forces) -> LegCurve:
    return leg_curve(
        forces.force_n, forces.moment_nm,
        model=MODEL, weight_n=WEIGHT_KG * GRAVITY_M_S2, noise_scale=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("at_s", [AT_UP_S, HELD_S, AT_DOWN_S])
@pytest.mark.parametrize("peak_n", PEAKS_N)
def test_the_leg_stays_where_it_was(peak_n: float, at_s: float) -> None:
    forces = legs(SPAN_S, LIFT) + thrown(SPAN_S, at_s, peak_n, 0.9) + noise_scale(SPAN_S, 2, 0.6)
    curve = curve_of(forces)
    off_deg = np.degrees(np.abs(curve.angle_rad - forces.angle_rad))
    assert np.percentile(off_deg, 95.0) < 3.0
    assert curve.push_n.max() > NO_HAND_BELOW_N
    assert curve.push_n.min() < -NO_HAND_BELOW_N


@pytest.mark.parametrize("at_s", [AT_UP_S, HELD_S, AT_DOWN_S])
@pytest.mark.parametrize("peak_n", PEAKS_N)
def test_the_repetition_is_found(peak_n: float, at_s: float) -> None:
    forces = legs(SPAN_S, LIFT) + thrown(SPAN_S, at_s, peak_n, 0.9) + noise_scale(SPAN_S, 3, 0.6)
    (rep,) = judged(forces).refined_reps
    assert rep.start_s == pytest.approx(LIFT.begin_s + 0.3, abs=0.4)
    assert rep.angle_deg == pytest.approx(LIFT.top_deg, abs=6.0)


@pytest.mark.parametrize("peak_n", PEAKS_N)
def test_an_arm_alone_is_no_repetition(peak_n: float) -> None:
    forces = thrown(20.0, 8.0, peak_n, 0.9) + noise_scale(20.0, 4, 0.6)
    assert not judged(forces).refined_reps
    assert math.degrees(curve_of(forces).angle_rad.max()) < 6.0


def test_a_hand_rather_pushes_than_pulls_and_no_force_costs_without_end() -> None:
    forces_n = np.array([0.2, 1.0, 5.0, 20.0, 80.0])
    pushed, pulled = (hand_weights(sign * forces_n) * forces_n for sign in (1.0, -1.0))
    assert (pushed < pulled).all()
    assert (np.diff(pushed) > 0.0).all()
    assert (np.diff(pulled) > 0.0).all()
    assert pulled[-1] < 1.0
    assert pushed[-1] < 0.6


@pytest.mark.parametrize("seed", [0, 3, 12, 15])
def test_a_leg_that_is_let_go_is_no_arm(seed: int) -> None:
    """Its fall takes fifty newtons off the mat: a hand that might pull as much would hide it."""
    drop = Lifter().lift().lift(fault="drop").trace(PRESETS["core4"].cells)
    calibration = (CellCalibration(8_000.0, 42_900.0),) * len(drop.cells)
    mat = Mat("core4", drop.cells, calibration, person=drop.person, side=drop.side)
    reps: list[Rep] = []

    def keep(event: Event) -> None:
        if isinstance(event, Rep):
            reps.append(event)

    replay(mat, record(drop, mat, seed), keep)
    assert [rep.verdict for rep in reps] == [Verdict.CLEAN, Verdict.FAULT]
    assert reps[1].end_s == pytest.approx(drop.truth[1].end_s, abs=0.3)


def test_what_of_load_and_moment_a_hand_makes_lies_at_its_lever() -> None:
    """So `thrown` is what the fit knows as a hand, and the tests above ask for nothing else."""
    forces = thrown(10.0, 4.0, 12.0, 0.9)
    assert forces.moment_nm == pytest.approx(PUSH_LEVER_M * forces.force_n)
    assert forces.force_n.sum() == pytest.approx(0.0, abs=1e-9)
    assert forces.force_n.min() < -6.0
