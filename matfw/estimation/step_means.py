"""Frames of loads -> load and moments over each step of the estimation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matfw.messages import Balance, Cell


@dataclass(frozen=True, slots=True)
class StepMean:
    """Mean load of a step, kg, and its moments along and across the mat, kg mm."""

    load_kg: float
    x_kgmm: float
    y_kgmm: float


class StepMeans:
    """The means of the frames that fall into each step.

    Of frames that lack some cells each cell is averaged over the samples it has: a step of which
    every cell has one is measured.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the cells, in the order of a balance's loads."""
        self._x_mm = tuple(cell.x_mm for cell in cells)
        self._y_mm = tuple(cell.y_mm for cell in cells)
        self._last = StepMean(0.0, 0.0, 0.0)
        self.begin()

    @property
    def last(self) -> StepMean:
        """Return the means of the last step that was measured; zeros before the first."""
        return self._last

    def begin(self) -> None:
        """Begin a step, without the frames since the last one ended."""
        self._sums = [0.0, 0.0, 0.0]  # kg, kg mm, kg mm of the whole frames
        self._whole: list[tuple[float | None, ...]] = []
        self._broken: list[tuple[float | None, ...]] = []

    def add(self, balance: Balance) -> None:
        """Take the step's next frame; without a load if a cell's value is missing."""
        if balance.load_kg is None:
            self._broken.append(balance.loads_kg)
            return
        self._whole.append(balance.loads_kg)
        sums = self._sums
        sums[0] += balance.load_kg
        sums[1] += balance.x_kgmm
        sums[2] += balance.y_kgmm

    def end(self) -> int | None:
        """Return how many samples each cell has of the step that ends now, and begin the next.

        None: no frame came. 0: a cell has none, so nothing was measured, and `last` stays.
        """
        whole, broken = self._whole, self._broken
        if not whole and not broken:
            return None
        if broken:
            samples = self._measure_each(whole + broken)
        else:
            samples = len(whole)
            kg, x_kgmm, y_kgmm = self._sums
            self._last = StepMean(kg / samples, x_kgmm / samples, y_kgmm / samples)
        self.begin()
        return samples

    def _measure_each(self, frames: Sequence[tuple[float | None, ...]]) -> int:
        """Measure by each cell's own mean; return how many samples the one with the fewest has."""
        means: list[float] = []
        fewest = len(frames)
        for loads in zip(*frames, strict=True):
            there = [load for load in loads if load is not None]
            if not there:
                return 0
            fewest = min(fewest, len(there))
            means.append(sum(there) / len(there))
        self._last = StepMean(
            sum(means),
            sum(load * x for load, x in zip(means, self._x_mm, strict=True)),
            sum(load * y for load, y in zip(means, self._y_mm, strict=True)),
        )
        return fewest
