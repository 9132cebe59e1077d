"""The deck keeps total load and centre of pressure, whatever panels it is made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.messages import Cell
from matfw.virtual.deck import Array, Deck


def grid(plate: str, xs_mm: tuple[float, ...], y_mm: float = 275.0) -> tuple[Cell, ...]:
    return tuple(Cell(f"{plate}{x}{y}", x, y, plate) for x in xs_mm for y in (y_mm, -y_mm))


LAYOUTS: dict[str, tuple[Cell, ...]] = {
    **{name: layout.cells for name, layout in PRESETS.items()},
    "study_core4": grid("deck", (-525.0, 525.0)),
    "tri12": grid("a", (-935.0, -290.0)) + grid("b", (-160.0, 160.0)) + grid("c", (290.0, 935.0)),
    "duo8": grid("a", (-925.0, -180.0)) + grid("b", (-80.0, 975.0)),
    "pairs_without_hinge": grid("a", (-900.0,)) + grid("b", (0.0,)) + grid("c", (900.0,)),
    "tripod": (Cell("a", -900.0, 0.0), Cell("b", 800.0, 250.0), Cell("c", 800.0, -300.0)),
}
coordinates = st.tuples(
    st.floats(-1000.0, 1000.0), st.floats(-325.0, 325.0), st.floats(0.0, 2000.0)
)


def totals(cells: tuple[Cell, ...], loads_kg: Array) -> Array:
    x, y = np.array([c.x_mm for c in cells]), np.array([c.y_mm for c in cells])
    return GRAVITY_M_S2 * np.stack([loads_kg.sum(axis=1), loads_kg @ x, loads_kg @ y])


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=30, deadline=None)
@given(loads=st.lists(coordinates, min_size=1, max_size=6))
def test_force_and_moments_are_exact(name: str, loads: list[tuple[float, float, float]]) -> None:
    cells = LAYOUTS[name]
    x, y, force = (np.array([load]) for load in zip(*loads, strict=True))
    seen = totals(cells, Deck.for_layout(cells).loads_kg(x, y, force))[:, 0]
    expected = [force.sum(), (force * x).sum(), (force * y).sum()]
    assert np.abs(seen - expected).max() < 1e-6 * max(1.0, force.sum())


@pytest.mark.parametrize("name", LAYOUTS)
def test_still_and_moving_contacts_are_the_same_map(name: str) -> None:
    rng = np.random.default_rng(3)
    deck = Deck.for_layout(LAYOUTS[name])
    x, y = rng.uniform(-900.0, 900.0, 5), rng.uniform(-300.0, 300.0, 5)
    force = rng.uniform(0.0, 200.0, (4, 5))
    repeated = np.tile(x, (4, 1)), np.tile(y, (4, 1))
    still = deck.loads_kg(x, y, force)
    assert np.allclose(still, deck.loads_kg(*repeated, force))
    assert np.allclose(still, deck.loads_kg(x, repeated[1], force))


def test_a_hinged_panel_weighs_linearly_with_distance() -> None:
    cells = PRESETS["hex6"].cells
    deck = Deck.for_layout(cells)
    loads = deck.loads_kg(np.array([-480.0]), np.array([0.0]), np.array([[100.0]]))[0]
    assert loads[:2].sum() == pytest.approx(0.5 * 100.0 / GRAVITY_M_S2)
    assert loads[4:].sum() == pytest.approx(0.0, abs=1e-9)


def test_free_plates_carry_only_what_stands_on_them() -> None:
    cells = LAYOUTS["tri12"]
    loads = Deck.for_layout(cells).loads_kg(np.array([0.0]), np.array([80.0]), np.array([[300.0]]))
    assert np.abs(loads[0, :4]).max() == 0.0
    assert np.abs(loads[0, 8:]).max() == 0.0


def test_soft_leaves_keep_most_of_a_roll_moment_where_it_acts() -> None:
    # The study: 30 Nm at x = -450 goes .34/.66/.00 by 18 mm ply on a hard floor.
    cells = PRESETS["trio8"].cells
    pair = np.array([100.0, -100.0])
    force = np.array([[150.0, -150.0]])
    loads = Deck.for_layout(cells).loads_kg(np.full(2, -450.0), pair, force)[0]
    roll = (loads * [c.y_mm for c in cells]).reshape(4, 2).sum(axis=1) * GRAVITY_M_S2 / 30000.0
    assert roll[0] == pytest.approx(0.34, abs=0.04)
    assert roll[1:3].sum() == pytest.approx(0.66, abs=0.04)
    assert abs(roll[3]) < 0.02


def test_cells_in_one_line_are_refused() -> None:
    with pytest.raises(ValueError, match="3 cells"):
        Deck.for_layout(tuple(Cell(f"c{x}", float(x), 0.0) for x in range(4)))
