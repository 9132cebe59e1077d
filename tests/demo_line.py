"""The demo's session through the line, once for all tests of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache

from matfw.layouts import PRESETS
from matfw.messages import (
    Event,
    Mat,
    RawFrame,
    RefinedRep,
    Rep,
    Side,
)
from matfw.pipeline import Pipeline, Step
from matfw.refinement.refinement import Refinement
from matfw.settings.model import Settings
from matfw.virtual.person import generate
from matfw.virtual.sampling import CellErrors, record
from matfw.virtual.sessions import demo_session

SPAN_S = 50.0  # of the demo's session: getting on and some repetitions


@cache
def session(side: Side = Side.LEFT, rate_hz: float = 80.0) -> tuple[Mat, tuple[RawFrame, ...]]:
    trace = generate(demo_session(side), PRESETS["core4"].cells, 7)
    mat = replace(Settings().mat(), side=side, person=trace.person, rate_hz=rate_hz)
    return mat, tuple(f for f in record(trace, mat, 7, CellErrors()) if f.t_s < SPAN_S)


def through(
    line: Pipeline, frames: Sequence[RawFrame], refinement: Refinement
) -> tuple[list[Step], list[Event]]:
    steps: list[Step] = []
    events: list[Event] = []
    for frame in frames:
        step = line.update(frame)
        steps.append(step)
        events += step.events
        if step.window is not None:
            events += line.finish_reps(frame.t_s, refinement.refine(step.window))
    return steps, events


def run(mat: Mat, frames: Sequence[RawFrame]) -> tuple[list[Step], list[Event]]:
    return through(Pipeline(mat), frames, Refinement())


EXCURSION = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
)
CUT_S = 30.0  # of the usual session: a repetition has been done, the next one is under way


@cache
def begun() -> tuple[Pipeline, Refinement, list[Event]]:
    """Return what goes through the usual session until CUT_S, and what it has said."""
    mat, frames = session()
    line, refinement = Pipeline(mat), Refinement()
    frames = tuple(frame for frame in frames if frame.t_s < CUT_S)
    return line, refinement, through(line, frames, refinement)[1]


def run_on(change: Callable[[RawFrame], RawFrame]) -> list[Event]:
    """Return what the line says of the usual session whose frames are others from CUT_S on."""
    line, refinement, events = deepcopy(begun())
    left = [change(frame) for frame in session()[1] if frame.t_s >= CUT_S]
    return events + through(line, left, refinement)[1]


@cache
def usual() -> tuple[tuple[Step, ...], tuple[Event, ...]]:
    """Return what the line makes of the usual session."""
    steps, events = run(*session())
    return tuple(steps), tuple(events)


def reps_of(events: Sequence[Event]) -> list[Rep]:
    return [event for event in events if isinstance(event, Rep)]
