"""What a calibration has found out so far, as one frozen value a step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matfw.calibrate.checks import tare_at
from matfw.calibrate.solve import Fit, Placement, weighed
from matfw.calibrate.stillness import Measured
from matfw.messages import CellCalibration, Mat
from matfw.settings.state import CellLine


class Kind(StrEnum):
    """What the wizard is for."""

    TARE = "tare"  # the zero alone
    CALIBRATE = "calibrate"  # zero and gains, with a known weight
    TRIM = "trim"  # the same reading at every place, with any steady weight


class Step(StrEnum):
    """What is asked of the person now."""

    WEIGHT = "weight"
    EMPTY = "empty"
    PLACE = "place"
    CLEAR = "clear"
    CHECK = "check"
    ACCEPT = "accept"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Taken:
    """One placement: what was measured, and where the weight lay."""

    measured: Measured
    cell: str | None  # over which it was asked to be, None: anywhere
    place_mm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """All that has been found out so far; one of these a step, so that `back` is the one before."""

    step: Step
    weight_kg: float = 0.0
    empty: Measured | None = None
    taken: tuple[Taken, ...] = ()
    extra: tuple[str, ...] = ()  # cells near which one more place was asked for
    after: Measured | None = None
    fit: Fit | None = None
    check_text: str = ""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What is to be saved: each cell's line; and what to say about it."""

    kind: Kind
    lines: Mapping[str, CellLine]
    note: str
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What stays the same from the first step to the last.

    rough: each cell's line before this calibration, nominal where it is not in `known`.
    anywhere: the person lays the weight wherever they like.
    """

    mat: Mat
    kind: Kind
    known: Collection[str]
    rough: tuple[CellCalibration, ...]
    anywhere: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the cells' names."""
        return tuple(cell.name for cell in self.mat.cells)

    @property
    def gains(self) -> tuple[float, ...]:
        """Return each cell's counts a kilogram before this calibration."""
        return tuple(line.counts_per_kg for line in self.rough)

    def places(self, now: Progress) -> int:
        """Return how many placements are needed, as far as is known now."""
        return 0 if self.kind is Kind.TARE else len(self.mat.cells) + len(now.extra)

    def asked_cell(self, now: Progress) -> str | None:
        """Return the cell over which the weight is to be laid now; None: anywhere, or nowhere."""
        number = len(now.taken)
        if now.step is not Step.PLACE or self.anywhere or number >= len(self.mat.cells):
            return None  # an extra place is nearer to a cell, not right over it
        return self.names[number]

    def change(self, now: Progress, measured: Measured) -> tuple[float, ...]:
        """Return what changed against the empty mat, in counts. Needs now.empty."""
        assert now.empty is not None
        tare = tare_at(now.empty, now.after, measured.t_s)
        return tuple(m - t for m, t in zip(measured.mean_counts, tare, strict=True))

    def steady_kg(self, now: Progress) -> float:
        """Return what the weight weighs: as stated, or on average as calibrated before."""
        if now.weight_kg:
            return now.weight_kg
        totals = [
            weighed(self.mat.cells, self.gains, self.change(now, taken.measured))[0]
            for taken in now.taken
        ]
        return sum(totals) / len(totals)

    def placements(self, now: Progress) -> list[Placement]:
        """Return what the solver takes. Needs now.empty and at least one placement."""
        assert now.empty is not None
        zero = now.empty.sigma_counts
        return [
            Placement(
                self.steady_kg(now),
                self.change(now, taken.measured),
                tuple(
                    (a * a + b * b) ** 0.5
                    for a, b in zip(taken.measured.sigma_counts, zero, strict=True)
                ),
                taken.place_mm,
            )
            for taken in now.taken
        ]
