"""One mat, and what is asked on it: what the line is made for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from matfw.messages.limits import Limits, Tempo


class Side(StrEnum):
    """The side lain on."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"

    @property
    def front_sign(self) -> int:
        """Return +1 where the body's front is the deck's +y (left), -1 (right), 0 (unknown)."""
        return {Side.LEFT: 1, Side.RIGHT: -1, Side.UNKNOWN: 0}[self]


@dataclass(frozen=True, slots=True)
class Cell:
    """A load cell: its name, where it stands and the panel it stands under."""

    name: str
    x_mm: float
    y_mm: float
    plate: str = "deck"


@dataclass(frozen=True, slots=True)
class Channel:
    """A hip sensor's column: `sacrum_imu` in degrees of roll, `rear_rail` in mm of distance.

    `sacrum_side`: how far the body's left points up, degrees: -90 on the left side, +90 on the
    right one.
    """

    name: str
    kind: str
    x_mm: float | None = None


@dataclass(frozen=True, slots=True)
class CellCalibration:
    """A cell's straight line from counts to kilograms: (counts - tare_counts) / counts_per_kg."""

    tare_counts: float
    counts_per_kg: float


@dataclass(frozen=True, slots=True)
class Person:
    """Who lies on the mat, as far as they stated it; the mat weighs them itself."""

    sex: str | None = None  # "female", "male" or None: not stated
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class HipRepeatability:
    """What a hip sensor repeats within on this body and these clothes, standard deviations.

    Not its noise: the same roll again, after a repetition. Source: hardware/hip_sensors.md.
    """

    imu_deg: float = 1.5
    rail_mm: float = 5.0


@dataclass(frozen=True, slots=True)
class Mat:
    """Everything about one mat and what is asked on it that the line needs to know.

    The cells' order is the order of every per-cell tuple in every message. side_limits: those of a
    side, where they are not `limits`.
    """

    layout: str
    cells: tuple[Cell, ...]
    calibration: tuple[CellCalibration, ...]
    rate_hz: float = 80.0
    channels: tuple[Channel, ...] = ()
    person: Person = Person()
    side: Side = Side.UNKNOWN
    tempo: Tempo = Tempo()
    limits: Limits = Limits()
    side_limits: tuple[tuple[Side, Limits], ...] = ()
    hip_repeatability: HipRepeatability = HipRepeatability()

    def on(self, side: Side) -> Mat:
        """Return it with somebody lying on this side, and the limits of it."""
        limits = dict(self.side_limits).get(side, self.limits)
        return replace(self, side=side, limits=limits)
