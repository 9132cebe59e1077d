"""A scene: the movements' own force around and in a lying session, and its truth in its place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.sessions import random_session
from tests.people.movements.contact import STEP_S
from tests.people.movements.forms import FORMS
from tests.people.movements.scene import Planned, Scene, play_scene

FORM = {form.name: form for form in FORMS}
CELLS = PRESETS["core4"].cells
KG_SLACK = 0.01
TURN_OVER_AT_S = 6.0


def plan(*reps: RepPlan, still_s: float = 8.0) -> SessionPlan:
    drawn = random_session(np.random.default_rng(5), "still")
    return replace(
        drawn, reps=reps, rests_s=(3.0,) * len(reps), still_s=still_s,
        fidgets=(), pushes=(), scratches=(), hover_deg=0.0,
    )  # fmt: skip


def played(
    of: SessionPlan,
    *,
    on: str = "sit_then_lie",
    up: str = "up_by_sitting",
    planned: tuple[Planned, ...] = (),
    leave_s: float | None = None,
    noise: float = 0.0,
) -> Scene:
    return play_scene(
        of, CELLS, 9, on=FORM[on], up=FORM[up], planned=planned, leave_s=leave_s, body_noise=noise
    )


@pytest.mark.parametrize(
    ("on", "up"),
    [
        ("sit_then_lie", "up_by_sitting"),
        ("crawl_on", "up_over_hands"),
        ("come_on_by_pulses", "go_off_by_pulses"),
    ],
)
def test_the_load_is_nothing_then_the_movements_then_the_weight(on: str, up: str) -> None:
    of = plan()
    scene = played(of, on=on, up=up)
    trace, total = scene.trace, scene.trace.loads_kg.sum(axis=1)
    mass_kg = of.body.mass_kg
    before, after = scene.spans[0].start_s, scene.spans[-1].end_s
    assert np.abs(total[trace.t_s < before]).max() < KG_SLACK
    assert np.abs(total[trace.t_s > after]).max() < KG_SLACK
    lying = (trace.t_s > trace.lying_from_s) & (trace.t_s < trace.lying_to_s)
    assert total[lying] == pytest.approx(mass_kg, abs=KG_SLACK)
    # The way on: momentum is that of a body that comes from standing and ends lying.
    rng = np.random.default_rng([9, 1])
    own = FORM[on].make(of.body, rng).force_n.sum(axis=1) / GRAVITY_M_S2
    first = round(before / STEP_S)
    assert total[first : first + len(own)] == pytest.approx(own, abs=KG_SLACK)


def test_where_the_body_comes_to_lie_nothing_jumps() -> None:
    scene = played(plan(), on="roll_on", up="up_slowly")
    trace = scene.trace
    x = trace.loads_kg @ np.array([cell.x_mm for cell in CELLS])
    near = np.abs(trace.t_s - trace.lying_from_s) < 0.3
    assert np.abs(np.diff(x[near])).max() < 0.05 * np.abs(x).max()


def test_what_stays_over_the_last_movement_stays() -> None:
    of = plan()
    movement = FORM["turn_over"].make(of.body, np.random.default_rng(1))
    planned = (Planned("turn_over", movement, TURN_OVER_AT_S),)
    with_it, without = played(of, planned=planned).trace, played(of).trace
    change = with_it.loads_kg - without.loads_kg
    begin_s = with_it.lying_from_s + TURN_OVER_AT_S
    assert np.abs(change[with_it.t_s <= begin_s]).max() < KG_SLACK
    after = (with_it.t_s > begin_s + movement.duration_s) & (with_it.t_s < with_it.lying_to_s)
    assert np.ptp(change[after], axis=0).max() < KG_SLACK
    assert np.abs(change[after]).max() > 0.5
    assert change.sum(axis=1)[after] == pytest.approx(0.0, abs=KG_SLACK)


def test_repetitions_are_where_the_truth_says() -> None:
    scene = played(plan(RepPlan(), RepPlan()))
    trace = scene.trace
    assert len(trace.truth) == 2
    for rep in trace.truth:
        height = np.interp([rep.start_s, rep.top_s, rep.end_s], trace.t_s, trace.excursion_deg)
        assert height / rep.angle_deg == pytest.approx([0.05, 0.95, 0.05], abs=0.01)
    assert scene.broken == ()


@pytest.mark.parametrize(("into_s", "whole", "broken"), [(6.3, 1, 0), (2.5, 0, 1)])
def test_who_leaves_in_the_middle_breaks_the_repetition_off(
    into_s: float, whole: int, broken: int
) -> None:
    of = plan(RepPlan())
    scene = played(of, leave_s=of.settle_s + 3.0 + into_s)
    assert (len(scene.trace.truth), len(scene.broken)) == (whole, broken)
    for rep in (*scene.trace.truth, *scene.broken):
        assert rep.onset_s == pytest.approx(scene.trace.lying_from_s + of.settle_s + 3.0, abs=0.02)
    assert scene.spans[-1].start_s == pytest.approx(scene.trace.lying_to_s)


def test_the_same_seed_gives_the_same_scene() -> None:
    first, second = (played(plan(RepPlan()), noise=1.0).trace for _ in range(2))
    assert np.array_equal(first.loads_kg, second.loads_kg)
