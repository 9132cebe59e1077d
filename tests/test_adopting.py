"""What changes between two frames: another mat, plan, workout or set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from matfw.messages import (
    Announcement,
    Presence,
    RawFrame,
    Side,
    Verdict,
)
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.settings.plans import PlanSettings
from matfw.workout.plan import Plan
from matfw.workout.states import State
from tests.demo_line import EXCURSION, reps_of, session, usual


def resting(line: Pipeline, frames: Sequence[RawFrame]) -> float:
    """Let somebody lie down and be weighed; return when."""
    for frame in frames:
        if line.update(frame).motion.weight_kg is not None:
            return frame.t_s
    raise AssertionError("nobody was weighed")


def test_after_a_rest_whoever_lies_there_is_called() -> None:
    mat, frames = session()
    line = Pipeline(mat, Plan(reps=1, sets=2, rest_s=3.2))  # `ready` is not announced twice in 3 s
    t_s = resting(line, frames)
    line.finish_reps(t_s, [replace(EXCURSION, start_s=t_s - 5.0, end_s=t_s)])
    later = [frame for frame in frames if t_s < frame.t_s < t_s + 4.0]
    ready_s = [f.t_s - t_s for f in later if line.update(f).cue is Announcement.READY]
    assert [at_s for at_s in ready_s if 3.2 <= at_s < 3.5], ready_s


def test_nobody_is_called_after_a_rest_from_an_empty_mat() -> None:
    line = Pipeline(session()[0], Plan(reps=1, sets=2, rest_s=2.0))
    line.finish_reps(15.0, [EXCURSION])
    cues = [line.update(f).cue for f in session()[1][:240]]
    assert Announcement.READY not in cues


@pytest.mark.parametrize("changed", ["limits", "tempo"])
def test_other_limits_or_tempo_leave_whoever_lies_there_in_peace(changed: str) -> None:
    mat, frames = session()
    line = Pipeline(mat)
    t_s = resting(line, frames)
    if changed == "limits":
        mat = replace(mat, limits=replace(mat.limits, too_high_deg=1.0))
    else:
        mat = replace(mat, tempo=replace(mat.tempo, up_s=9.0))
    line.adopt(mat, Plan())
    after = next(frame for frame in frames if frame.t_s > t_s)
    assert line.update(after).motion.presence is Presence.LYING


def test_another_calibration_weighs_again_and_keeps_the_count() -> None:
    mat, frames = session()
    line = Pipeline(mat, Plan(reps=15))
    t_s = resting(line, frames)
    line.finish_reps(t_s, [replace(EXCURSION, start_s=t_s - 5.0, end_s=t_s)])
    was_kg = next(line.update(f) for f in frames if f.t_s > t_s).motion.weight_kg
    assert was_kg is not None
    half = tuple(replace(each, counts_per_kg=2.0 * each.counts_per_kg) for each in mat.calibration)
    line.adopt(replace(mat, calibration=half), Plan(reps=15))
    weighed = [line.update(f).motion for f in frames if t_s + 0.1 < f.t_s < t_s + 4.0]
    assert weighed[0].presence is not Presence.LYING
    now_kg = next(m.weight_kg for m in weighed if m.weight_kg is not None)
    assert now_kg == pytest.approx(was_kg / 2.0, rel=0.02)
    assert line.progress.rep == 1


@pytest.mark.parametrize("begins_again", [True, False], ids=["another workout", "another side"])
def test_what_had_ended_counts_for_no_other_workout_and_by_no_other_side(
    begins_again: bool,
) -> None:
    mat, frames = session()
    rep = reps_of(usual()[1])[0]
    until_s = rep.t_s + 0.1
    line = Pipeline(mat)
    for frame in frames:
        if frame.t_s <= until_s:
            line.update(frame)
    if begins_again:
        line.begin_workout()
    else:
        side = Side.RIGHT if mat.side is Side.LEFT else Side.LEFT
        line.adopt(mat.on(side), Plan())
    steps = [line.update(frame) for frame in frames if until_s < frame.t_s < until_s + 1.0]
    windows = [step.window for step in steps if step.window is not None]
    assert [rep for window in windows for rep in Refinement().refine(window)] == []


@pytest.mark.parametrize(("under_way", "found"), [(False, 1), (True, 0)])
def test_another_calibration_loses_no_repetition_that_has_ended(
    under_way: bool, found: int
) -> None:
    """One that was looked at may still wait for what follows it; that will not be known."""
    mat, frames = session()
    rep = reps_of(usual()[1])[0]
    until_s = rep.lower_s if under_way else rep.t_s + 0.1
    line = Pipeline(mat)
    for frame in frames:
        if frame.t_s <= until_s:
            line.update(frame)
    half = tuple(replace(each, counts_per_kg=2.0 * each.counts_per_kg) for each in mat.calibration)
    line.adopt(replace(mat, calibration=half), Plan())
    steps = [line.update(frame) for frame in frames if until_s < frame.t_s < until_s + 1.0]
    [window] = [step.window for step in steps if step.window is not None]
    assert window.is_left
    assert steps[0].window is window
    assert len(Refinement().refine(window)) == found


def test_a_limit_that_was_adopted_judges_the_next_rep() -> None:
    mat = session()[0]
    line = Pipeline(mat)
    [before] = line.finish_reps(16.0, [EXCURSION])
    line.adopt(replace(mat, limits=replace(mat.limits, too_small_deg=45.0)), Plan())
    [after] = line.finish_reps(24.0, [replace(EXCURSION, start_s=18.0, end_s=23.0)])
    assert (before.verdict, after.verdict) == (Verdict.CLEAN, Verdict.FAULT)


def test_a_workout_can_begin_again() -> None:
    line = Pipeline(session()[0])
    line.finish_reps(16.0, [EXCURSION])
    line.begin_workout()
    assert (line.progress.rep, line.progress.clean, line.progress.set_number) == (0, 0, 1)


def test_limits_that_were_learned_on_a_side_follow_the_coachs_side() -> None:
    mat, frames = session()
    learned = replace(mat.limits, roll_back_mm=mat.limits.roll_back_mm + 5.0)
    both = ((Side.LEFT, mat.limits), (Side.RIGHT, learned))
    plan = PlanSettings(name="p", sets_a_side=1, first_side=Side.RIGHT).plan()
    line = Pipeline(replace(mat, side=Side.LEFT, side_limits=both), plan)
    for frame in frames:
        line.update(frame)
        if line.progress.state == State.ASK:
            break
    assert (line.mat.side, line.mat.limits) == (Side.RIGHT, learned)
    line.adopt(replace(line.mat, side=Side.LEFT), plan)
    assert line.mat.limits == mat.limits, "nothing is confirmed yet: as the settings say"
