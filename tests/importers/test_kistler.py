"""The force plate's import: its forces and its maker's CoP agree with the corners."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matfw.recording.file import read_recording
from matfw.recording.writer import RecordingWriter
from tests.importers import kistler


@pytest.mark.parametrize("name", kistler.RECORDINGS)
def test_corners_sum_to_the_vertical_force(name: str) -> None:
    plate = kistler.load(name)
    assert np.abs(plate.corners_n.sum(axis=1) - plate.force_n).max() < 0.001


@pytest.mark.parametrize("name", kistler.RECORDINGS)
def test_fitted_geometry_is_a_9287ca(name: str) -> None:
    cells = kistler.load(name).mat.cells
    assert 204 < cells[0].x_mm < 211
    assert 336 < cells[0].y_mm < 352
    assert [(cell.x_mm > 0, cell.y_mm > 0) for cell in cells] == [
        (True, True),
        (False, True),
        (False, False),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("name", "sd_mm"), [("kistler_COP", (0.6, 1.4)), ("kistler_CMJ_1plate", (1.8, 0.6))]
)
def test_cop_of_the_counts_agrees_with_the_maker(name: str, sd_mm: tuple[float, float]) -> None:
    plate = kistler.load(name)
    counts = np.array([frame.counts for frame in plate.frames], dtype=float)
    places_mm = np.array([(cell.x_mm, cell.y_mm) for cell in plate.mat.cells])
    is_loaded = plate.force_n > kistler.LOADED_N
    cop_mm = (counts @ places_mm)[is_loaded] / counts.sum(axis=1)[is_loaded, None]
    sd = np.std(cop_mm - plate.cop_mm[is_loaded], axis=0)
    assert (sd < sd_mm).all(), sd


def test_jump_empties_the_plate_and_lands_hard() -> None:
    plate = kistler.load("kistler_CMJ_1plate")
    assert plate.mat.rate_hz == 1000
    assert plate.force_n.min() < 5
    assert plate.force_n.max() > 3000


@pytest.mark.parametrize("name", kistler.RECORDINGS)
def test_it_is_a_recording(name: str, tmp_path: Path) -> None:
    plate = kistler.load(name)
    with RecordingWriter(tmp_path / "plate.csv.gz", plate.mat, "kistler") as writer:
        for frame in plate.frames:
            writer.write(frame)
    recording = read_recording(tmp_path / "plate.csv.gz")
    assert recording.mat == plate.mat
    assert tuple(recording.frames()) == plate.frames
