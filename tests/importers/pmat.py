"""In-bed pressure maps (PmatData, PhysioNet, ODC-BY 1.0) -> what hex6's six cells would weigh.

A map is 64 rows from head to feet by 32 columns, raw 0..1000, one a second. The row and column
pitch is not stated; 30 x 23.8 mm fits a body 1.8 m long. Each frame is scaled to the person's
known weight, since the raw sum drifts by a third while nobody moves.

x: the row with the most load between shoulders and knees, the pelvis, is put on the hip mark x = 0.
y: column 0 is at +y. The maps do not say from which side they are seen; but someone lying on their
right faces -y in our axes, and in `right_fetal` the knees come out at the high columns.

A panel hinged at x = 0 weighs on its far pair in proportion to the distance from the hinge (lever
rule), and the rest on the hip pair; across, a load is shared by the two cells of a pair likewise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.layouts import CELL_Y_MM, PRESETS
from matfw.messages import CellCalibration, Mat, Person, RawFrame, Side
from tests.importers.files import require

Array = npt.NDArray[np.float64]

PEOPLE = {  # height m, weight kg; the data set's own table
    "S01": (1.75, 87.0),
    "S02": (1.83, 85.0),
    "S03": (1.83, 100.0),
    "S04": (1.77, 70.0),
    "S05": (1.72, 66.0),
    "S06": (1.69, 83.0),
}
SIDES = {
    "right": Side.RIGHT,
    "left": Side.LEFT,
    "right_fetal": Side.RIGHT,
    "left_fetal": Side.LEFT,
    "supine": Side.UNKNOWN,
}
ROW_MM = 30.0
COLUMN_MM = 23.8
PELVIS_ROWS = slice(20, 36)  # 0.6 to 1.1 m from the head end
COUNTS_PER_KG = 40_000.0


@dataclass(frozen=True, slots=True)
class Lying:
    """One person lying still; the arrays have one row a frame (1 Hz)."""

    mat: Mat
    frames: tuple[RawFrame, ...]
    loads_kg: Array  # (frames, 6) in hex6's order
    cop_mm: Array  # (frames, 2), of the map itself
    weight_kg: float


def load(person: str, posture: str) -> Lying:
    """Return a recording, as ("S01", "right"); skips the test where it is absent."""
    with np.load(require(f"pmat/{person}.npz")) as archive:
        maps = archive[posture].astype(np.float64)
    height_m, weight_kg = PEOPLE[person]
    maps *= weight_kg / maps.sum(axis=(1, 2), keepdims=True)
    rows_kg = maps.mean(axis=0).sum(axis=1)
    pelvis = PELVIS_ROWS.start + int(np.argmax(rows_kg[PELVIS_ROWS]))
    x_mm = (np.arange(maps.shape[1]) - pelvis) * ROW_MM
    y_mm = ((maps.shape[2] - 1) / 2 - np.arange(maps.shape[2])) * COLUMN_MM
    loads_kg = weigh(maps, x_mm, y_mm)
    layout = PRESETS["hex6"]
    counts = np.rint(loads_kg * COUNTS_PER_KG).astype(int).tolist()
    return Lying(
        mat=Mat(
            layout=layout.name,
            cells=layout.cells,
            calibration=(CellCalibration(0.0, COUNTS_PER_KG),) * len(layout.cells),
            rate_hz=1.0,
            person=Person(height_m=height_m),
            side=SIDES[posture],
        ),
        frames=tuple(RawFrame(float(t), tuple(row)) for t, row in enumerate(counts)),
        loads_kg=loads_kg,
        cop_mm=np.column_stack([maps.sum(axis=2) @ x_mm, maps.sum(axis=1) @ y_mm]) / weight_kg,
        weight_kg=weight_kg,
    )


def weigh(maps_kg: Array, x_mm: Array, y_mm: Array) -> Array:
    """Return each hex6 cell's load, (frames, 6), for maps of kilograms at rows x and columns y."""
    far_mm = next(cell.x_mm for cell in PRESETS["hex6"].cells if cell.plate == "foot_panel")
    head, foot = np.maximum(-x_mm, 0) / far_mm, np.maximum(x_mm, 0) / far_mm
    left = 0.5 + y_mm / (2 * CELL_Y_MM)
    lines_ = (head, 1 - head - foot, foot)
    shares = [np.outer(line, across) for line in lines_ for across in (left, 1 - left)]
    return np.asarray(np.einsum("frc,krc->fk", maps_kg, np.array(shares)))
