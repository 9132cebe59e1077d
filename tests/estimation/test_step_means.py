"""A step's load and moments: the mean of its frames, and what it is worth if cells are missing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from matfw.balance import Balances
from matfw.estimation.step_means import StepMean, StepMeans
from matfw.layouts import PRESETS
from matfw.messages import Balance, CleanLoads

CELLS = PRESETS["core4"].cells
Loads = Sequence[float | None]


def frame(loads_kg: Loads) -> Balance:
    return Balances(CELLS).update(CleanLoads(0.0, tuple(loads_kg)))


def of(*frames: Loads) -> StepMeans:
    """Return the means before the step of these frames ends."""
    means = StepMeans(CELLS)
    for loads_kg in frames:
        means.add(frame(loads_kg))
    return means


def test_a_step_is_the_mean_of_its_frames() -> None:
    means = of((10.0, 12.0, 14.0, 16.0), (12.0, 12.0, 14.0, 20.0))
    assert means.end() == 2
    loads_kg = (11.0, 12.0, 14.0, 18.0)
    assert means.last.load_kg == pytest.approx(55.0)
    assert means.last.x_kgmm == pytest.approx(
        sum(kg * cell.x_mm for kg, cell in zip(loads_kg, CELLS, strict=True))
    )
    assert means.last.y_kgmm == pytest.approx(
        sum(kg * cell.y_mm for kg, cell in zip(loads_kg, CELLS, strict=True))
    )


def test_of_a_broken_frame_the_cells_that_are_there_count() -> None:
    means = of((10.0, 10.0, 10.0, 10.0), (None, 14.0, 10.0, 10.0), (13.0, 12.0, None, 10.0))
    assert means.end() == 2
    assert means.last.load_kg == pytest.approx(11.5 + 12.0 + 10.0 + 10.0)


def test_a_step_of_which_a_cell_has_nothing_leaves_the_last_one() -> None:
    means = of((10.0, 10.0, 10.0, 10.0))
    assert means.end() == 1
    before = means.last
    means.add(frame((None, 90.0, 90.0, 90.0)))
    assert means.end() == 0
    assert means.last == before


def test_a_step_without_frames_is_known_as_such() -> None:
    means = of()
    assert means.end() is None
    assert means.last == StepMean(0.0, 0.0, 0.0)


def test_the_frames_of_one_step_are_no_part_of_the_next() -> None:
    means = of((10.0, 10.0, 10.0, 10.0), (None, 1.0, 1.0, 1.0))
    assert means.end() == 1
    means.add(frame((20.0, 20.0, 20.0, 20.0)))
    assert means.end() == 1
    assert means.last.load_kg == pytest.approx(80.0)
    means.add(frame((50.0, 50.0, 50.0, 50.0)))
    means.begin()
    assert means.end() is None
