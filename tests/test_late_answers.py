"""Answers of the refiner that come late, several at once or never."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from matfw.messages import (
    RefinedRep,
    Rep,
)
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.refinement.windows import RepWindow
from tests.demo_line import EXCURSION, SPAN_S, reps_of, session, usual


def test_one_answer_may_hold_several_reps() -> None:
    line = Pipeline(session()[0])
    answer = [replace(EXCURSION, start_s=at_s, end_s=at_s + 5.0) for at_s in (10.0, 18.0, 27.0)]
    reps = line.finish_reps(40.0, answer)
    assert [(rep.rep, rep.start_s) for rep in reps] == [(1, 10.0), (2, 18.0), (3, 27.0)]
    assert line.progress.rep == 3


def test_an_empty_answer_counts_nothing() -> None:
    line = Pipeline(session()[0])
    assert line.finish_reps(16.0, []) == []
    [rep] = line.finish_reps(16.5, [EXCURSION])
    assert (rep.rep, line.progress.rep) == (1, 1)


def usual_windows() -> list[RepWindow]:
    return [step.window for step in usual()[0] if step.window is not None]


@cache
def answers() -> tuple[list[RefinedRep], ...]:
    """Return what the refinement finds in the usual session's windows, in their order."""
    refinement = Refinement()
    return tuple(refinement.refine(window) for window in usual_windows())


@cache
def late(late_s: float) -> tuple[list[Rep], list[RepWindow]]:
    """Return the reps and the windows of a session whose answers come so late.

    The windows are the same ones: that is tested below. So the answers are.
    """
    mat, frames = session()
    line, left = Pipeline(mat), iter(answers())
    reps: list[Rep] = []
    windows: list[RepWindow] = []
    waiting: deque[float] = deque()
    for frame in frames:
        step = line.update(frame)
        if step.window is not None:
            windows.append(step.window)
            waiting.append(frame.t_s + late_s)
        while waiting and waiting[0] <= frame.t_s:
            waiting.popleft()
            reps += line.finish_reps(frame.t_s, next(left))
    for _ in waiting:
        reps += line.finish_reps(SPAN_S, next(left))
    return reps, windows


LATE_S = pytest.mark.parametrize("late_s", [0.3, 12.0])


def ignoring_report_time(reps: Sequence[Rep]) -> list[Rep]:
    """Return reps as they are whenever they are reported."""
    return [replace(rep, t_s=0.0) for rep in reps]


@LATE_S
def test_a_refiner_that_is_behind_finds_exactly_the_same_reps(late_s: float) -> None:
    soon, behind = reps_of(usual()[1]), late(late_s)[0]
    assert soon
    assert ignoring_report_time(behind) == ignoring_report_time(soon)


@LATE_S
def test_when_answers_come_changes_no_window(late_s: float) -> None:
    assert late(late_s)[1] == usual_windows()


def test_windows_are_the_same_if_no_answer_ever_comes() -> None:
    mat, frames = session()
    line = Pipeline(mat)
    windows = [step.window for step in map(line.update, frames) if step.window is not None]
    assert windows == usual_windows()
