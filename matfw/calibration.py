"""Counts -> kilograms per cell."""

from __future__ import annotations

from collections.abc import Sequence

from matfw.messages import CellCalibration, Loads, RawFrame

RAIL_MAX_COUNTS = 0x7FFFFF  # the converter's upper rail; HX711 datasheet p. 4
RAIL_MIN_COUNTS = -0x800000  # and its lower one: a value at a rail is not a load


class Calibration:
    """Apply each cell's straight line; a count at a rail is no load at all."""

    def __init__(self, cells: Sequence[CellCalibration]) -> None:
        """Take one calibration per cell, in the frame's order; counts_per_kg must not be 0."""
        self._lines = tuple((cell.tare_counts, 1.0 / cell.counts_per_kg) for cell in cells)

    def update(self, frame: RawFrame) -> Loads:
        """Return the frame in kilograms per cell; None stays None."""
        counts, low, high = frame.counts, RAIL_MIN_COUNTS, RAIL_MAX_COUNTS
        loads_kg = [
            (count - tare) * kg_per_count if count is not None and low < count < high else None
            for count, (tare, kg_per_count) in zip(counts, self._lines, strict=True)
        ]
        return Loads(frame.t_s, tuple(loads_kg), counts, frame.computer_mask)

    def reset(self) -> None:
        """Forget nothing: this stage has no memory."""
