"""What flows along the line: frozen messages, units in their names.

Axes, said once: origin at the deck's centre, x to the foot end, y to the left edge as seen by
someone lying on their back with the head at -x, z up; millimetres. Lying on the left side one
faces +y, on the right side -y. "counts" are raw HX711 units and nothing else; repetitions are
"reps". None means "no value"; NaN never appears; a bad sample is marked, never invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Side(StrEnum):
    """The side lain on."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"

    @property
    def front_sign(self) -> int:
        """Return +1 where the body's front is the deck's +y (left), -1 (right), 0 (unknown)."""
        return {Side.LEFT: 1, Side.RIGHT: -1, Side.UNKNOWN: 0}[self]


class Phase(StrEnum):
    """A repetition's phases; `rest` also covers an empty mat."""

    REST = "rest"
    UP = "up"
    HOLD = "hold"
    DOWN = "down"


class Fault(StrEnum):
    """What can break in a repetition, or in a set (`fatigue`)."""

    ROLL_BACK = "roll_back"
    LEG_FORWARD = "leg_forward"
    KICK = "kick"
    DROP = "drop"
    TOO_HIGH = "too_high"
    TOO_SMALL = "too_small"
    RUSHED_UP = "rushed_up"
    RUSHED_DOWN = "rushed_down"
    SHORT_HOLD = "short_hold"
    BENT_BODY = "bent_body"
    OFF_MAT = "off_mat"
    FATIGUE = "fatigue"


class Verdict(StrEnum):
    """What a repetition is called; `unsure` is said, never rounded to `clean`."""

    CLEAN = "clean"
    FAULT = "fault"
    UNSURE = "unsure"


class Cue(StrEnum):
    """What the buzzer and the lights can say: every fault, and what is not a fault."""

    NOT_JUDGING = "not_judging"  # a cell is lost or stuck: reps are not judged now
    ROLL_BACK = "roll_back"
    LEG_FORWARD = "leg_forward"
    KICK = "kick"
    DROP = "drop"
    TOO_HIGH = "too_high"
    TOO_SMALL = "too_small"
    RUSHED_UP = "rushed_up"
    RUSHED_DOWN = "rushed_down"
    SHORT_HOLD = "short_hold"
    BENT_BODY = "bent_body"
    OFF_MAT = "off_mat"
    FATIGUE = "fatigue"
    UNSURE = "unsure"  # the rep is over and could not be judged
    SET_DONE = "set_done"
    READY = "ready"  # lying still and weighed: begin when you like
    REP = "rep"  # a clean rep is over


class CellProblem(StrEnum):
    """What is wrong with a cell; `ok` says that it is over."""

    LOST = "lost"
    STUCK = "stuck"
    SATURATED = "saturated"
    DRIFTING = "drifting"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Cell:
    """A load cell: its name, where it stands and the panel it stands under."""

    name: str
    x_mm: float
    y_mm: float
    plate: str = "deck"


@dataclass(frozen=True, slots=True)
class Channel:
    """A hip sensor's column: `sacrum_imu` in degrees of roll, `rear_rail` in mm of distance."""

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
    """Who lies on the mat, as far as they said; the mat weighs them itself."""

    sex: str | None = None  # "female", "male" or None: not said
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class Tempo:
    """The tempo asked for, seconds, each standstill to standstill."""

    up_s: float = 2.0
    hold_s: float = 1.0
    down_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Mat:
    """Everything about one mat and what is asked on it that the line needs to know.

    The cells' order is the order of every per-cell tuple in every message.
    """

    layout: str
    cells: tuple[Cell, ...]
    calibration: tuple[CellCalibration, ...]
    rate_hz: float = 80.0
    channels: tuple[Channel, ...] = ()
    person: Person = Person()
    side: Side = Side.UNKNOWN
    tempo: Tempo = Tempo()


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One reading of all cells.

    t_s: monotonic seconds at the source. counts: signed 24-bit, one per cell, None where a cell
    gave no valid sample. channels: one value per hip-sensor column, None where it gave none.
    """

    t_s: float
    counts: tuple[int | None, ...]
    channels: tuple[float | None, ...] = ()
