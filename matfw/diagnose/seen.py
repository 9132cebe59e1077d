"""What the rules of a diagnosis go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matfw.diagnose.numbers import CellNumbers, MatNumbers
from matfw.messages import Mat, RawFrame

FEW_ONES = 0.25  # of the held-low frames: more is a wire that nobody drives
TORN_SHARE = 0.02  # of the frames; a busy PC tears 0.05 % (hardware/wiring.md "Reading")
SCK_LIMIT_US = 50.0
SLOW_HZ = (7.0, 13.0)  # a converter at 10 SPS
MIN_TARE_COUNTS = 20_000.0  # a tare nearer to zero says nothing about the gain


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules go by."""

    mat: Mat
    frames: Sequence[RawFrame]
    numbers: MatNumbers
    cells: tuple[CellNumbers, ...]
    uncalibrated: frozenset[str]
    is_pressed: bool = False

    @property
    def is_quiet(self) -> bool:
        """Return whether no cell moves more than its own noise and a steady drift explain."""
        return not self.is_pressed and not any(cell.wanders for cell in self.cells)

    def others_kg(self, cell: CellNumbers) -> float | None:
        """Return the sum of the other cells' loads; None where one is not calibrated."""
        if self.uncalibrated:
            return None
        return sum(other.load_kg for other in self.cells if other is not cell)
