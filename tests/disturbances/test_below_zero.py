"""A cell that reads less than nothing under somebody is named; one that is lifted is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from matfw.disturbances.below_zero import (
    BELOW_KG,
    BELOW_S,
    LOADED_KG,
    OVER_KG,
    BelowZero,
)
from matfw.disturbances.deck_edge import BESIDE_SHARE, LIFTS_SHARE, OVERHANG_MM
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.messages import CellEvent, CellProblem, CleanLoads
from matfw.virtual.deck import Deck

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


HALF_WIDTH_MM, HALF_CELLS_MM = 325.0, 275.0  # of the deck and its cells (hardware/deck.md)
# Where a side-lying body of 1.7 m presses, mm from the hips, and its share there: facts on bodies.
TOUCHES_MM, SHARES = (-731.0, -493.0, -34.0, 340.0, 782.0), (0.07, 0.34, 0.41, 0.09, 0.09)


def named(layout: str, loads_kg: Sequence[float]) -> list[str]:
    """Return the cells that are called wrong while these loads stay for 5 s."""
    stage = BelowZero(PRESETS[layout].cells)
    frames = [CleanLoads(k * PERIOD_S, tuple(loads_kg)) for k in range(400)]
    return [event.cell for frame in frames for event in stage.update(frame)]


def standing_at(
    layout: str, x_mm: Sequence[float], y_mm: Sequence[float], kg: Sequence[float]
) -> list[float]:
    force_n = GRAVITY_M_S2 * np.array([kg])
    deck = Deck.for_layout(PRESETS[layout].cells)
    return list(map(float, deck.loads_kg(np.array([x_mm]), np.array([y_mm]), force_n)[0]))


@pytest.mark.parametrize("kg", [30.0, 75.0, 110.0, 150.0])
@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_whoever_sits_on_the_deck_s_edge_does_no_cell_wrong(layout: str, kg: float) -> None:
    far_mm = max(abs(cell.x_mm) for cell in PRESETS[layout].cells)
    lowest_kg = 0.0
    for x_mm in np.linspace(-far_mm - 40.0, far_mm + 40.0, 13).tolist():
        for y_mm in np.linspace(-HALF_WIDTH_MM, HALF_WIDTH_MM, 14).tolist():
            loads_kg = standing_at(layout, [x_mm], [y_mm], [kg])
            lowest_kg = min(lowest_kg, *loads_kg)
            assert named(layout, loads_kg) == [], (x_mm, y_mm, loads_kg)
    assert lowest_kg < -BELOW_KG or kg < 60.0  # so this says something


@pytest.mark.parametrize("kg", [45.0, 75.0, 140.0])
@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_a_cell_with_its_wires_exchanged_is_named_under_whoever_lies_there(
    layout: str, kg: float
) -> None:
    for y_mm in (-120.0, 0.0, 120.0):
        real_kg = standing_at(
            layout, TOUCHES_MM, [y_mm] * len(SHARES), [kg * share for share in SHARES]
        )
        for i, cell in enumerate(PRESETS[layout].cells):
            if real_kg[i] < 1.1 * BELOW_KG:
                continue
            loads_kg = [*real_kg[:i], -real_kg[i], *real_kg[i + 1 :]]
            assert named(layout, loads_kg) == [cell.name]


@pytest.mark.parametrize("pair", [("head", 0), ("foot", 0), ("left", 1), ("right", 1)])
def test_two_cells_with_their_wires_exchanged_are_named(pair: tuple[str, int]) -> None:
    end, part = pair
    real_kg = standing_at("core4", TOUCHES_MM, [30.0] * len(SHARES), [75.0 * x for x in SHARES])
    exchanged = [cell.name.split("_")[part] == end for cell in CELLS]
    loads_kg = [-kg if is_so else kg for kg, is_so in zip(real_kg, exchanged, strict=True)]
    loads_kg = [2.5 * kg if kg > 0.0 else kg for kg in loads_kg]  # else they weigh no body
    assert set(named("core4", loads_kg)) == {
        cell.name for cell, is_so in zip(CELLS, exchanged, strict=True) if is_so
    }


def over_the_edge(off_mm: float, lowest_share: float = 0.5) -> list[float]:
    """Return loads of core4, 60 kg, that lie so far off its middle, away from its first cell.

    lowest_share: of what the first cell's side has, below zero, that the first cell has.
    """
    side_kg = 30.0 * (1.0 - off_mm / HALF_CELLS_MM)
    is_far = [cell.y_mm * CELLS[0].y_mm > 0.0 for cell in CELLS]
    loads_kg = [0.5 * side_kg if far else 0.5 * (60.0 - side_kg) for far in is_far]
    other = next(i for i, far in enumerate(is_far) if far and i)
    loads_kg[0], loads_kg[other] = lowest_share * side_kg, (1.0 - lowest_share) * side_kg
    return loads_kg


def with_lowest(off_mm: float, kg: float) -> list[float]:
    """Return the same with the first cell at kg."""
    return over_the_edge(off_mm, kg / (30.0 * (1.0 - off_mm / HALF_CELLS_MM)))


@pytest.mark.parametrize(("share", "is_named"), [(0.98, True), (1.02, False)])
def test_only_what_lies_beside_the_cells_lifts_one(share: float, is_named: bool) -> None:
    loads_kg = with_lowest(share * BESIDE_SHARE * HALF_CELLS_MM, -1.5 * BELOW_KG)
    assert bool(named("core4", loads_kg)) is is_named


@pytest.mark.parametrize(("share", "is_named"), [(0.95, False), (1.05, True)])
def test_and_by_no_more_than_a_deck_gives(share: float, is_named: bool) -> None:
    loads_kg = with_lowest(0.99 * HALF_CELLS_MM, -share * LIFTS_SHARE * 60.0)
    assert bool(named("core4", loads_kg)) is is_named


@pytest.mark.parametrize(("share", "is_named"), [(0.98, False), (1.02, True)])
def test_and_nothing_lies_beyond_the_deck(share: float, is_named: bool) -> None:
    loads_kg = over_the_edge(HALF_CELLS_MM + share * OVERHANG_MM)
    assert bool(named("core4", loads_kg)) is is_named
