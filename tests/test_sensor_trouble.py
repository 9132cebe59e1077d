"""A cell that fails in the middle of a set, through pins, reader and line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest

from matfw.layouts import PRESETS
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    CueGiven,
    Event,
    Mat,
    RawFrame,
    Rep,
    Side,
)
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.settings.model import NOMINAL
from matfw.testing import VirtualMat
from matfw.virtual.defects import (
    CutSck,
    Defect,
    FrozenResult,
    Line,
    OpenBridge,
    StuckDout,
)
from matfw.virtual.person import generate
from matfw.virtual.sampling import record
from matfw.virtual.sessions import demo_session

BREAKS_S = 7.0  # by then a cell's own rate of honest repeats is known
ENDS_S = 7.3
# From the first sample that is missing, or wrong ...
LOST_PERIODS, NAMED_PERIODS = 9.0, 3.0
UNDERWAY_PERIODS = 1.5  # ... after the conversion under way, and the wait for the others' frame
BACK_S = 12.0  # after a cell is back somebody has been weighed again and a rep been judged


def mat_of(layout: str) -> Mat:
    cells = PRESETS[layout].cells
    return Mat(layout, cells, (NOMINAL,) * len(cells), side=Side.LEFT)


def weighed(mat: VirtualMat, seconds: float) -> list[Event]:
    """Return the events of some seconds of a heart's load, read through the pins."""
    line, reader = Pipeline(replace(mat.config, side=Side.LEFT)), mat.reader()
    end_s = mat.clock.now_s() + seconds
    events: list[Event] = []
    reader.start()
    while mat.clock.now_s() < end_s:
        events += line.update(reader.read()).events
    return events


def heart_kg(t_s: float) -> list[float]:
    alive_kg = 0.03 * math.sin(2.0 * math.pi * 5.5 * t_s) + 0.02 * math.sin(1.8 * t_s)
    return [12.0 + k + alive_kg for k in range(6)]


@pytest.mark.parametrize(
    ("defect", "problem"),
    [
        (StuckDout(line=Line.HIGH), CellProblem.LOST),
        (StuckDout(line=Line.LOW), CellProblem.LOST),
        (CutSck(), CellProblem.LOST),
        (FrozenResult(value=515_432.0), CellProblem.STUCK),
        (OpenBridge(), CellProblem.SATURATED),
    ],
    ids=["torn off", "shorted", "clock cut", "frozen", "open bridge"],
)
@pytest.mark.mat(layout="hex6", seed=3, needs="virtual")
def test_a_failing_cell_is_named_in_time(
    mat: VirtualMat, defect: Defect, problem: CellProblem
) -> None:
    breaks_s, period_s = mat.clock.now_s() + BREAKS_S, 1.0 / mat.config.rate_hz
    mat.carry(heart_kg)
    mat.cells["head_right"].put(replace(defect, from_s=breaks_s))
    events = weighed(mat, ENDS_S)
    named = [e for e in events if isinstance(e, CellEvent) and e.t_s > breaks_s]
    assert [(e.cell, e.problem) for e in named] == [("head_right", problem)]
    periods = LOST_PERIODS if problem is CellProblem.LOST else NAMED_PERIODS
    assert named[0].t_s - breaks_s <= (periods + UNDERWAY_PERIODS) * period_s
    cues = [e for e in events if isinstance(e, CueGiven) and e.cue is Announcement.NOT_JUDGING]
    assert [cue.t_s for cue in cues] == [named[0].t_s]


# --- after it ------------------------------------------------------------------------------------


@cache
def demo(layout: str) -> tuple[Mat, tuple[RawFrame, ...]]:
    trace = generate(demo_session(Side.LEFT), PRESETS[layout].cells, 7)
    mat = replace(mat_of(layout), person=trace.person)
    return mat, tuple(f for f in record(trace, mat, 7) if f.t_s < 66.0)


def without(frame: RawFrame, name: str, mat: Mat) -> RawFrame:
    counts = [
        None if cell.name == name else count
        for cell, count in zip(mat.cells, frame.counts, strict=True)
    ]
    return replace(frame, counts=tuple(counts))


class Judge:
    """A line and its refinement; a copy goes on by itself."""

    def __init__(self, mat: Mat) -> None:
        self._line, self._refinement = Pipeline(mat), Refinement()

    def events(self, frames: Iterable[RawFrame]) -> list[Event]:
        events: list[Event] = []
        for frame in frames:
            step = self._line.update(frame)
            events += step.events
            if step.window is not None:
                found = self._refinement.refine(step.window)
                events += self._line.finish_reps(frame.t_s, found)
        return events


@pytest.mark.parametrize("layout", ["core4", "hex6"])
def test_judging_resumes_once_the_cell_is_back(layout: str) -> None:
    """Lost while the leg is up for a second and a half, then recovered."""
    mat, frames = demo(layout)
    from_s, back_s = 27.0, 28.5
    name = "hip_left" if layout == "hex6" else "head_left"
    judge = Judge(mat)
    assert not any(
        isinstance(e, CellEvent) for e in judge.events(f for f in frames if f.t_s < from_s)
    )
    left = [f for f in frames if f.t_s >= from_s]
    broken = deepcopy(judge).events(without(f, name, mat) if f.t_s < back_s else f for f in left)
    events = judge.events(left)
    problems = [e.problem for e in broken if isinstance(e, CellEvent)]
    assert problems == [CellProblem.LOST, CellProblem.OK]
    later = [e for e in broken if isinstance(e, Rep) and e.start_s > back_s + BACK_S]
    whole = [e for e in events if isinstance(e, Rep) and e.start_s > back_s + BACK_S]
    assert len(later) == len(whole) >= 2
    assert [rep.verdict for rep in later] == [rep.verdict for rep in whole]
