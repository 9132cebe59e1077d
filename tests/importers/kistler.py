"""Kistler 9287CA force plate (BioWare text export) -> a four-cell recording and the maker's CoP.

From the test data of biomdp 0.11.2 (PyPI, MIT). Corner n is at (x, y) = (+a, +b), (-a, +b),
(-a, -b), (+a, -b) for n = 1..4, which the export's own moments confirm: My = a(-F1+F2+F3-F4),
Mx = b(F1+F2-F3-F4), Ax = -My/Fz, Ay = Mx/Fz, the last two but for shear times plate height. a and b
are fitted to the export: the maker's CoP has a correction of its own in it, and the nominal
a = 210 mm, b = 350 mm of the data sheet leave up to 2 % of the distance from the centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.messages import Cell, CellCalibration, Mat, RawFrame
from tests.importers.files import lines

Array = npt.NDArray[np.float64]

RECORDINGS = ("kistler_COP", "kistler_CMJ_1plate")
CORNERS = ("Fz1", "Fz2", "Fz3", "Fz4")
SIGNS = np.array([[1, -1, -1, 1], [1, 1, -1, -1]])  # of x and y, corner by corner
G_M_S2 = 9.80665
COUNTS_PER_KG = 20_000.0  # 0.05 g a count; 24 bits reach 419 kg, a landing gives 105 on a corner
LOADED_N = 300.0  # below it the maker's CoP is mostly shear and noise


@dataclass(frozen=True, slots=True)
class Plate:
    """A force plate's recording; the arrays have one entry, or row, a frame."""

    mat: Mat
    frames: tuple[RawFrame, ...]
    corners_n: Array  # (frames, 4)
    force_n: Array  # the export's own Fz
    cop_mm: Array  # (frames, 2), the maker's


def load(name: str) -> Plate:
    """Return a recording by its file's name without .txt.gz; skips the test where absent."""
    text = lines(f"kistler/{name}.txt.gz")
    head = next(index for index, line in enumerate(text) if line.startswith("abs time"))
    names = text[head].split("\t")
    table = np.array([line.split("\t") for line in text[head + 2 :] if line], dtype=np.float64)
    column = dict(zip(names, table.T, strict=True))
    corners_n = np.column_stack([column[corner] for corner in CORNERS])
    cop_mm = 1000.0 * np.column_stack([column["Ax"], column["Ay"]])
    half_mm = fit_geometry(corners_n, cop_mm)
    cells = tuple(
        Cell(corner.lower(), float(x_mm), float(y_mm))
        for corner, (x_mm, y_mm) in zip(CORNERS, (SIGNS.T * half_mm), strict=True)
    )
    counts = np.rint(corners_n / G_M_S2 * COUNTS_PER_KG).astype(int).tolist()
    t_s = column["abs time"]
    return Plate(
        mat=Mat(
            layout=name,
            cells=cells,
            calibration=(CellCalibration(0.0, COUNTS_PER_KG),) * 4,
            rate_hz=round(1.0 / float(np.median(np.diff(t_s)))),
        ),
        frames=tuple(RawFrame(float(t), tuple(row)) for t, row in zip(t_s, counts, strict=True)),
        corners_n=corners_n,
        force_n=column["Fz"],
        cop_mm=cop_mm,
    )


def fit_geometry(corners_n: Array, cop_mm: Array) -> Array:
    """Return (a, b) in mm: least squares of the maker's CoP on the corners' unit moments."""
    force_n = corners_n.sum(axis=1)
    is_loaded = force_n > LOADED_N
    unit = (corners_n @ SIGNS.T)[is_loaded] / force_n[is_loaded, None]
    return np.asarray((unit * cop_mm[is_loaded]).sum(axis=0) / (unit**2).sum(axis=0))
