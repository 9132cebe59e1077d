"""A cell that reads less than nothing under somebody is named; one that is lifted is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matfw.disturbances.below_zero import BELOW_KG, BELOW_S, LOADED_KG, OVER_KG, BelowZero
from matfw.layouts import PRESETS
from matfw.messages import CellEvent, CellProblem, CleanLoads

CELLS = PRESETS["core4"].cells
NAME = CELLS[0].name
PERIOD_S = 1 / 80
FROM_S = 5.0
BODY_KG = 20.0  # on each other cell

Course = Callable[[float], float]


def reported(
    cell_0: Course, others_kg: Course = lambda _: BODY_KG, seconds: float = 20.0
) -> list[CellEvent]:
    stage = BelowZero(CELLS)
    events: list[CellEvent] = []
    for k in range(round(seconds / PERIOD_S)):
        t_s = k * PERIOD_S
        others = (others_kg(t_s),) * (len(CELLS) - 1)
        events += stage.update(CleanLoads(t_s, (cell_0(t_s), *others)))
    return events


def from_then(kg: float, seconds: float = 100.0) -> Course:
    return lambda t_s: kg if FROM_S <= t_s < FROM_S + seconds else 5.0


@pytest.mark.parametrize("kg", [-1.05 * BELOW_KG, -18.0])
def test_a_cell_below_zero_under_a_body_is_named_in_time(kg: float) -> None:
    [event] = reported(from_then(kg))
    assert (event.cell, event.problem) == (NAME, CellProblem.UNRELIABLE)
    assert FROM_S + BELOW_S < event.t_s < FROM_S + 5.0


@pytest.mark.parametrize(
    "cell_0",
    [from_then(-0.95 * BELOW_KG), from_then(-8.0, 0.9 * BELOW_S)],
    ids=["a corner that rises a little", "a jolt"],
)
def test_a_corner_that_rises_is_not(cell_0: Course) -> None:
    assert reported(cell_0) == []


@pytest.mark.parametrize(("share", "is_named"), [(0.95, False), (1.05, True)])
def test_the_others_must_carry_a_body(share: float, is_named: bool) -> None:
    others_kg = share * LOADED_KG / (len(CELLS) - 1)
    assert bool(reported(from_then(-5.0), lambda _: others_kg)) == is_named


@pytest.mark.parametrize(("kg", "is_over"), [(-1.05 * OVER_KG, False), (-0.95 * OVER_KG, True)])
def test_it_is_over_when_the_cell_is_right_again_under_a_body(kg: float, is_over: bool) -> None:
    events = reported(lambda t_s: -5.0 if t_s < 10.0 else kg)
    assert len(events) == 1 + is_over
    if is_over:
        assert events[-1].problem is CellProblem.OK


def test_an_empty_mat_neither_names_nor_clears_it() -> None:
    def body(t_s: float) -> float:
        return 0.0 if 8.0 < t_s < 14.0 else BODY_KG

    assert len(reported(lambda t_s: -0.4 * body(t_s), body)) == 1


def test_it_is_still_wrong_when_it_has_recovered_from_something_else() -> None:
    stage = BelowZero(CELLS)
    loads = (-5.0, *[BODY_KG] * (len(CELLS) - 1))
    frames = [CleanLoads(k * PERIOD_S, loads) for k in range(400)]
    assert [event for frame in frames for event in stage.update(frame)]
    back = CleanLoads(6.0, loads, (CellEvent(6.0, NAME, CellProblem.OK),))
    [event] = stage.update(back)
    assert (event.cell, event.problem) == (NAME, CellProblem.UNRELIABLE)


def test_reset_forgets_everything() -> None:
    stage = BelowZero(CELLS)
    loads = (-5.0, *[BODY_KG] * (len(CELLS) - 1))
    frames = [CleanLoads(k * PERIOD_S, loads) for k in range(400)]
    first = [stage.update(frame) for frame in frames]
    stage.reset()
    assert [stage.update(frame) for frame in frames] == first


def test_new_zeros_mend_it_at_once_and_what_is_still_wrong_is_seen_again() -> None:
    stage = BelowZero(CELLS)

    def frames(seconds: float, from_s: float) -> list[CellProblem]:
        times_s = [from_s + k * PERIOD_S for k in range(round(seconds / PERIOD_S))]
        loads = (-6.0, *[BODY_KG] * (len(CELLS) - 1))
        return [event.problem for t in times_s for event in stage.update(CleanLoads(t, loads))]

    assert frames(5.0, 0.0) == [CellProblem.UNRELIABLE]
    stage.calibrate()
    assert frames(5.0, 5.0) == [CellProblem.OK, CellProblem.UNRELIABLE]
