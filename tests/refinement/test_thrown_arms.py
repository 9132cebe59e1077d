"""An arm thrown up in the midst of a lift pushes, then pulls: a hand's doing, and not the leg's."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Event, Mat, RefinedRep, Rep, Verdict
from matfw.refinement.hands import NO_HAND_BELOW_N, PUSHING, THROWN, Hand
from matfw.refinement.refine import refine
from matfw.refinement.refinement import LOST_LOG_ODDS
from matfw.refinement.segment import Segment
from matfw.refinement.smoother import LegCurve, leg_curve
from matfw.refinement.thrown_arms import GAIN, LEFT_N, LOG_ODDS, may_have_arms, with_arms
from matfw.service.replay import replay
from matfw.testing.lifter import Lifter
from matfw.virtual.sampling import record
from tests.accuracy.matching import match
from tests.accuracy.populations import FIRST_SEED, Job, play
from tests.estimation.leg_forces import (
    MODEL,
    WEIGHT_KG,
    Forces,
    Lift,
    judged,
    legs,
    noise_scale,
    thrown,
    window_of,
)
from tests.refinement.test_lost_movements import LATE_S, last_reported, look, seen
from tests.refinement.test_plausibility import EDGE, rep_at

LIFT = Lift(5.0)
SPAN_S = LIFT.end_s + 5.0
AT_UP_S, HELD_S, AT_DOWN_S = 5.8, 7.3, 9.0
PEAKS_N = (10.0, 12.0, 14.0)
FIRST = rep_at(10.0, 0.0)


def lifted_with_an_arm(at_s: float) -> Forces:
    """Return a lift in whose midst an arm is raised slowly: it fits a leg with its pull alone."""
    return legs(SPAN_S, LIFT) + thrown(SPAN_S, at_s, 8.0, 1.3) + noise_scale(SPAN_S, 3, 0.4)


def keep(event: Event, reps: list[Rep]) -> None:
    if isinstance(event, Rep):
        reps.append(event)


def curve_of(forces: Forces, hand: Hand) -> LegCurve:
    return leg_curve(
        forces.force_n, forces.moment_nm,
        model=MODEL, weight_n=WEIGHT_KG * 9.81, noise_scale=1.0, hand=hand,
    )  # fmt: skip


@pytest.mark.parametrize("at_s", [AT_UP_S, HELD_S, AT_DOWN_S])
@pytest.mark.parametrize("peak_n", PEAKS_N)
def test_with_an_arm_that_may_pull_the_leg_stays_where_it_was(peak_n: float, at_s: float) -> None:
    forces = legs(SPAN_S, LIFT) + thrown(SPAN_S, at_s, peak_n, 0.9) + noise_scale(SPAN_S, 2, 0.6)
    curve = curve_of(forces, THROWN)
    off_deg = np.degrees(np.abs(curve.angle_rad - forces.angle_rad))
    assert np.percentile(off_deg, 95.0) < 3.0
    assert curve.push_n.max() > NO_HAND_BELOW_N
    assert curve.push_n.min() < -NO_HAND_BELOW_N


@pytest.mark.parametrize("at_s", [AT_UP_S, HELD_S])
def test_the_repetition_is_found(at_s: float) -> None:
    """Looks that were early saw it too, and found no leg raise."""
    (rep,) = judged(lifted_with_an_arm(at_s)).refined_reps
    assert rep.has_arm
    assert rep.start_s == pytest.approx(LIFT.begin_s + 0.3, abs=0.4)
    assert rep.angle_deg == pytest.approx(LIFT.top_deg, abs=6.0)


@pytest.mark.parametrize("number", [4, 5])
def test_of_a_restless_person_whose_arm_flies_up_each_repetition_is_found(number: int) -> None:
    """Two of the people by whom the limits were found; without the second hypothesis 3 are lost."""
    played = play(Job("fidgeting", "core4", FIRST_SEED["tuning"] + number, number))
    reps: list[Rep] = []
    replay(played.mat, played.frames, lambda event: keep(event, reps))
    assert None not in match(played.truth, reps)
    assert len(reps) == len(played.truth)


@pytest.mark.parametrize("peak_n", PEAKS_N)
def test_an_arm_alone_is_no_repetition(peak_n: float) -> None:
    forces = thrown(20.0, 8.0, peak_n, 0.9) + noise_scale(20.0, 4, 0.6)
    assert not judged(forces).refined_reps
    assert math.degrees(curve_of(forces, THROWN).angle_rad.max()) < 6.0


@pytest.mark.parametrize("seed", [0, 3, 12, 15])
def test_a_leg_that_is_let_go_is_no_arm(seed: int) -> None:
    """Its fall takes fifty newtons off the mat: a hand that might pull as much would hide it."""
    drop = Lifter().lift().lift(fault="drop").trace(PRESETS["core4"].cells)
    calibration = (CellCalibration(8_000.0, 42_900.0),) * len(drop.cells)
    mat = Mat("core4", drop.cells, calibration, person=drop.person, side=drop.side)
    reps: list[Rep] = []
    replay(mat, record(drop, mat, seed), lambda event: keep(event, reps))
    assert [rep.verdict for rep in reps] == [Verdict.CLEAN, Verdict.FAULT]
    assert reps[1].end_s == pytest.approx(drop.truth[1].end_s, abs=0.3)


def test_an_arm_is_tried_by_settled_looks_alone() -> None:
    """It costs as much again: what is reported at once waits for no second hypothesis."""
    window = window_of(lifted_with_an_arm(HELD_S))
    assert [x.has_arm for x in refine(window)] == [True]
    assert not any(x.has_arm for x in refine(replace(window, is_early=True)))


@pytest.mark.parametrize(("log_odds", "is_suspected"), [(0.0, False), (-EDGE, True)])
def test_what_is_hardly_a_leg_raise_may_have_an_arm(log_odds: float, is_suspected: bool) -> None:
    calm = Segment.of(window_of(legs(SPAN_S, LIFT) + noise_scale(SPAN_S, 3, 0.6)), -math.inf)
    assert calm is not None
    assert not may_have_arms(calm, [])
    found = replace(FIRST, plausibility=LOG_ODDS - GAIN + log_odds)
    assert may_have_arms(calm, [found]) is is_suspected


@pytest.mark.parametrize(("more_n", "is_suspected"), [(0.1, True), (-0.1, False)])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_how_much_load_must_be_missing(more_n: float, is_suspected: bool, scale: float) -> None:
    segment = Segment.of(window_of(noise_scale(SPAN_S, 3, 0.6)), -math.inf)
    assert segment is not None
    left_n = np.zeros_like(segment.load_n)
    left_n[50] = -math.sqrt(scale) * (LEFT_N + more_n)
    segment = replace(segment, curve=replace(segment.curve, left_n=left_n), noise_scale=scale)
    assert may_have_arms(segment, []) is is_suspected


def starts_of(found: list[RefinedRep], thrown_found: list[RefinedRep]) -> list[tuple[float, bool]]:
    return [(x.start_s, x.has_arm) for x in with_arms(found, thrown_found)]


@pytest.mark.parametrize(("log_odds", "counts"), [(0.0, True), (-EDGE, False)])
def test_what_an_arm_leaves_must_be_clearly_a_leg_raise(log_odds: float, counts: bool) -> None:
    assert starts_of([], [replace(FIRST, plausibility=LOG_ODDS + log_odds)]) == (
        [(10.0, True)] if counts else []
    )


def test_a_slow_lift_that_was_not_weighed_is_not_clearly_one() -> None:
    assert starts_of([], [replace(FIRST, plausibility=math.inf)]) == []


@pytest.mark.parametrize(("log_odds", "counts"), [(0.0, True), (-EDGE, False)])
def test_it_must_be_clearly_more_so_than_without_an_arm(log_odds: float, counts: bool) -> None:
    likely, other = rep_at(10.2, 5.0), rep_at(20.0, 1.0)
    better = replace(FIRST, plausibility=5.0 + GAIN + log_odds)
    expected = [(10.0, True)] if counts else [(10.2, False)]
    assert starts_of([other, likely], [better]) == [*expected, (20.0, False)]


def test_looks_without_an_arm_say_nothing_of_what_only_an_arm_explains() -> None:
    """They did not see that movement, though they saw one there."""
    refused = rep_at(10.0, -LOST_LOG_ODDS)
    clear = replace(refused, plausibility=LOG_ODDS, has_arm=True)
    assert last_reported(*seen(refused, refused), look(LATE_S, clear)) == [clear.start_s]
    unlike = replace(clear, has_arm=False)
    assert last_reported(*seen(refused, refused), look(LATE_S, unlike)) == []


def test_a_hand_that_pushes_never_pulls_and_no_other_force_costs_without_end() -> None:
    forces_n = np.array([0.2, 1.0, 5.0, 20.0, 80.0])
    never = PUSHING.weights(-forces_n) * forces_n
    assert never == pytest.approx(never[0] * forces_n / forces_n[0])
    pushed, pulled = (THROWN.weights(sign * forces_n) * forces_n for sign in (1.0, -1.0))
    assert (pushed < pulled).all()
    assert (np.diff(pushed) > 0.0).all()
    assert (np.diff(pulled) > 0.0).all()
    assert pulled[-1] < 1.0
    assert pushed[-1] < 0.6


def test_what_of_load_and_moment_a_hand_makes_lies_at_its_lever() -> None:
    """So `thrown` is what the fit knows as a hand, and the tests above ask for nothing else."""
    forces = thrown(10.0, 4.0, 12.0, 0.9)
    assert forces.force_n.sum() == pytest.approx(0.0, abs=1e-9)
    assert forces.force_n.min() < -6.0
