"""An empty virtual mat on which a console lays a weight: `matfw run --virtual empty`.

For learning to calibrate, and trying a console, without a mat. Its cells and converters are as
unlike as bought ones, and what they are is not shown: that is what `calibrate` finds.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import Cell, CellCalibration, Mat
from matfw.virtual.deck import Deck

TARE_COUNTS = 150_000.0  # either way: a half bridge's zero is off by some kilograms
GAIN_SHARE = (0.75, 1.15)  # of nominal; cells of this kind give 0.5 to 1 mV/V


class Weights:
    """One weight, laid by one process and measured in another."""

    def __init__(self) -> None:
        """Begin with nothing on the mat."""
        self._laid = multiprocessing.get_context("spawn").Array("d", 3)  # kg, mm, mm

    def lay(self, weight_kg: float, x_mm: float, y_mm: float) -> None:
        """Let this lie on the mat and nothing else; 0 kg: nothing."""
        with self._laid.get_lock():
            self._laid[:] = [weight_kg, x_mm, y_mm]

    def loads_kg(self, cells: Sequence[Cell]) -> Callable[[float], Sequence[float]]:
        """Return what each of these cells carries of it, at any time."""
        deck = Deck.for_layout(cells)
        carried: dict[tuple[float, ...], list[float]] = {(0.0, 0.0, 0.0): [0.0] * len(cells)}

        def loads(_t_s: float) -> Sequence[float]:
            laid = tuple(self._laid[:])
            if laid not in carried:
                carried.clear()
                weight_kg, x_mm, y_mm = laid
                force_n = np.array([[weight_kg * GRAVITY_M_S2]])
                found = deck.loads_kg(np.array([x_mm]), np.array([y_mm]), force_n)
                carried[laid] = found[0].tolist()
            return carried[laid]

        return loads


def as_bought(mat: Mat, seed: int) -> Mat:
    """Return the mat with the calibration that its cells really have, drawn from the seed."""
    rng = np.random.default_rng(seed)
    return replace(
        mat,
        calibration=tuple(
            CellCalibration(
                float(rng.uniform(-TARE_COUNTS, TARE_COUNTS)),
                line.counts_per_kg * float(rng.uniform(*GAIN_SHARE)),
            )
            for line in mat.calibration
        ),
    )
