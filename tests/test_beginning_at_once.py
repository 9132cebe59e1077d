"""Whoever begins as soon as they lie is counted from their first repetition on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matfw.judging.reasons import UNWEIGHED
from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Event, Mat, PersonWeighed, Rep, Verdict
from matfw.service.replay import replay
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sampling import record
from matfw.virtual.sessions import STRESS_NOISE, random_session
from matfw.virtual.truth import TrueRep

REPS = 4
SETTLES_S, RESTS_S = 0.4, 0.3  # and lifts


def begun_at_once(seed: int, kind: str) -> SessionPlan:
    """Return a short set of somebody who begins 0.7 s after lying down."""
    plan = random_session(np.random.default_rng(seed), kind)
    return replace(
        plan,
        reps=plan.reps[:REPS],
        rests_s=(RESTS_S, *plan.rests_s[1:REPS]),
        settle_s=SETTLES_S,
        pushes=(),
        fidgets=(),
        scratches=(),
    )


def events_of(plan: SessionPlan, seed: int, layout: str) -> tuple[list[Event], list[TrueRep]]:
    trace = generate(plan, PRESETS[layout].cells, seed, STRESS_NOISE)
    calibration = (CellCalibration(8_000.0, 42_900.0),) * len(trace.cells)
    mat = Mat(layout, trace.cells, calibration, person=trace.person, side=trace.side)
    events: list[Event] = []
    replay(mat, record(trace, mat, seed), events.append)
    return events, list(trace.truth)


@pytest.mark.parametrize("layout", ["core4", "hex6"])
@pytest.mark.parametrize("seed", range(4))
def test_repetitions_that_began_before_somebody_was_weighed_are_counted(
    seed: int, layout: str
) -> None:
    events, truth = events_of(begun_at_once(seed, "stress"), seed, layout)
    weighed_s = next(event.t_s for event in events if isinstance(event, PersonWeighed))
    reps = [event for event in events if isinstance(event, Rep)]
    assert truth[0].start_s < weighed_s
    assert (reps[0].verdict, reps[0].reason) == (Verdict.UNSURE, UNWEIGHED)
    assert all(rep.reason != UNWEIGHED for rep in reps[1:])
    assert [x.start_s for x in reps] == pytest.approx([x.start_s for x in truth], abs=0.15)
