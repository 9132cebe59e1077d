"""What a console lays on the empty virtual mat reaches its cells, in full and where it lies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.layouts import PRESETS
from matfw.settings.model import Settings
from matfw.virtual.weights import GAIN_SHARE, TARE_COUNTS, Weights, as_bought


@given(
    st.sampled_from(sorted(PRESETS)), st.floats(0.0, 150.0), st.floats(-950.0, 950.0),
    st.floats(-270.0, 270.0),
)  # fmt: skip
def test_its_weight_and_its_place_are_measured(
    layout: str, weight_kg: float, x_mm: float, y_mm: float
) -> None:
    cells = PRESETS[layout].cells
    weights = Weights()
    weights.lay(weight_kg, x_mm, y_mm)
    carried = weights.loads_kg(cells)(0.0)
    assert sum(carried) == pytest.approx(weight_kg, abs=1e-6)
    moment = sum(load * cell.x_mm for load, cell in zip(carried, cells, strict=True))
    assert moment == pytest.approx(weight_kg * x_mm, abs=1e-3)


def test_nothing_lies_there_at_first_nor_after_it_was_taken_away() -> None:
    cells = PRESETS["core4"].cells
    weights = Weights()
    loads = weights.loads_kg(cells)
    assert loads(0.0) == [0.0] * 4
    weights.lay(10.0, 0.0, 0.0)
    assert sum(loads(1.0)) == pytest.approx(10.0)
    weights.lay(0.0, 0.0, 0.0)
    assert sum(loads(2.0)) == pytest.approx(0.0)


def test_bought_cells_are_unlike_and_the_same_ones_each_time() -> None:
    mat = Settings().mat()
    one, again, other = as_bought(mat, 1), as_bought(mat, 1), as_bought(mat, 2)
    assert one == again != other
    for line, nominal in zip(one.calibration, mat.calibration, strict=True):
        assert abs(line.tare_counts) <= TARE_COUNTS
        assert GAIN_SHARE[0] <= line.counts_per_kg / nominal.counts_per_kg <= GAIN_SHARE[1]
    assert len({line.counts_per_kg for line in one.calibration}) == 4
