"""The last repetition is reported however soon the person gets up; one broken off is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Event, Mat, Rep, Side
from matfw.service.replay import replay
from matfw.virtual.body import make_body
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sampling import record
from matfw.virtual.sessions import random_session

REPS = 3


def reps_of(plan: SessionPlan, seed: int, layout: str) -> list[Rep]:
    trace = generate(plan, PRESETS[layout].cells, seed)
    calibration = (CellCalibration(8_000.0, 42_900.0),) * len(trace.cells)
    mat = Mat(layout, trace.cells, calibration, person=trace.person, side=trace.side)
    events: list[Event] = []
    replay(mat, record(trace, mat, seed), events.append)
    return [event for event in events if isinstance(event, Rep)]


def session(seed: int, still_s: float) -> SessionPlan:
    """Return a short set after whose last repetition the person gets up so much later."""
    plan = random_session(np.random.default_rng(seed), "clean")
    short = replace(plan, reps=plan.reps[:REPS], rests_s=plan.rests_s[:REPS], still_s=still_s)
    last_s = short.lying_s - 4.0
    return replace(
        short,
        pushes=tuple(event for event in plan.pushes if event.at_s < last_s),
        fidgets=tuple(event for event in plan.fidgets if event.at_s < last_s),
        scratches=tuple(event for event in plan.scratches if event.at_s < last_s),
    )


@pytest.mark.parametrize(
    ("seed", "layout"), [(0, "core4"), (1, "core4"), (2, "core4"), (1, "hex6")]
)
def test_the_last_repetition_is_reported_when_the_person_gets_up_at_once(
    seed: int, layout: str
) -> None:
    assert len(reps_of(session(seed, 0.3), seed, layout)) == REPS


@pytest.mark.parametrize("seed", range(3))
def test_a_repetition_broken_off_by_getting_up_is_not_reported(seed: int) -> None:
    """The body leaves while the leg is still at the top."""
    assert len(reps_of(session(seed, -3.0), seed, "core4")) == REPS - 1


def test_a_heavy_man_who_throws_his_leg_is_not_taken_for_getting_up() -> None:
    thrown = RepPlan(up_s=0.5, hold_s=0.8, down_s=0.6, excursion_deg=75.0)
    plan = SessionPlan(
        Side.LEFT, make_body("male", 1.85, 98.0), (thrown,) * 4, (4.0, 3.0, 3.0, 3.0)
    )
    assert sum(rep.angle_deg > 60.0 for rep in reps_of(plan, 1, "core4")) == 4
