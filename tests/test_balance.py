"""Load and centre of pressure: the deck's equilibrium, and no value where there can be none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.balance import MIN_LOAD_KG, Balances, centre_of_pressure
from matfw.layouts import PRESETS
from matfw.messages import Balance, Cell, CleanLoads

MATS = st.sampled_from([layout.cells for layout in PRESETS.values()])
LOADS = st.lists(st.floats(0.0, 150.0), min_size=8, max_size=8)
CORE4 = PRESETS["core4"].cells
HEX6 = PRESETS["hex6"].cells


def balanced(cells: tuple[Cell, ...], *loads_kg: float | None) -> Balance:
    return Balances(cells).update(CleanLoads(1.0, loads_kg))


@given(MATS, LOADS)
def test_the_centre_of_pressure_is_between_the_cells(
    cells: tuple[Cell, ...], loads: list[float]
) -> None:
    balance = balanced(cells, *loads[: len(cells)])
    if balance.x_mm is None or balance.y_mm is None:
        assert sum(loads[: len(cells)]) < MIN_LOAD_KG * (1.0 + 1e-9)
        return
    slack = 1e-6
    assert min(c.x_mm for c in cells) - slack <= balance.x_mm <= max(c.x_mm for c in cells) + slack
    assert min(c.y_mm for c in cells) - slack <= balance.y_mm <= max(c.y_mm for c in cells) + slack


@given(MATS, LOADS)
def test_the_plates_together_are_the_whole(cells: tuple[Cell, ...], loads: list[float]) -> None:
    balance = balanced(cells, *loads[: len(cells)])
    assert balance.load_kg == pytest.approx(sum(loads[: len(cells)]))
    assert sum(plate.load_kg for plate in balance.plates) == pytest.approx(balance.load_kg)
    assert {plate.plate for plate in balance.plates} == {cell.plate for cell in cells}


@given(MATS, LOADS, st.floats(0.5, 2.0))
def test_twice_the_load_is_at_the_same_place(
    cells: tuple[Cell, ...], loads: list[float], factor: float
) -> None:
    once = balanced(cells, *loads[: len(cells)])
    more = balanced(cells, *(factor * load for load in loads[: len(cells)]))
    if once.x_mm is not None and more.x_mm is not None:
        assert (more.x_mm, more.y_mm) == pytest.approx((once.x_mm, once.y_mm), abs=1e-6)


def test_all_weight_on_one_cell_is_at_that_cell() -> None:
    for number, cell in enumerate(CORE4):
        loads = [0.0] * len(CORE4)
        loads[number] = 60.0
        balance = balanced(CORE4, *loads)
        assert (balance.x_mm, balance.y_mm) == (cell.x_mm, cell.y_mm)


@pytest.mark.parametrize(
    ("load_kg", "is_somewhere"),
    [(MIN_LOAD_KG - 1e-9, False), (MIN_LOAD_KG, True), (MIN_LOAD_KG + 1e-9, True)],
)
def test_below_the_minimum_load_there_is_no_centre(load_kg: float, is_somewhere: bool) -> None:
    assert (centre_of_pressure(load_kg, 1.0, 1.0)[0] is not None) is is_somewhere


def test_without_a_cell_there_is_no_sum_but_whole_plates_still_weigh() -> None:
    balance = balanced(HEX6, None, 10.0, 5.0, 5.0, 20.0, 0.0)
    assert (balance.load_kg, balance.x_mm, balance.y_mm) == (None, None, None)
    assert [plate.plate for plate in balance.plates] == ["hinge", "foot_panel"]
    assert [plate.load_kg for plate in balance.plates] == [10.0, 20.0]


def test_reset_changes_nothing() -> None:
    stage = Balances(CORE4)
    loads = CleanLoads(0.0, (1.0, 2.0, 3.0, 4.0))
    before = stage.update(loads)
    stage.reset()
    assert stage.update(loads) == before
