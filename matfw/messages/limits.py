"""What can be wrong with a repetition, and beyond which limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated


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
    """What a repetition is called; `unsure` is reported, never rounded to `clean`."""

    CLEAN = "clean"
    FAULT = "fault"
    UNSURE = "unsure"


# A way that takes longer shows next to nothing in the load. What the curve sees of clean virtual
# people: sets with 4 s ways in part.
SLOW_UP_S, SLOW_DOWN_S = 3.0, 4.5


@dataclass(frozen=True, slots=True)
class Tempo:
    """The tempo asked for, seconds, each standstill to standstill."""

    up_s: float = 2.0
    hold_s: float = 1.0
    down_s: float = 3.0

    @property
    def has_slow_ways(self) -> bool:
        """Return whether a way is so slow that the moment alone shows it."""
        return self.up_s > SLOW_UP_S or self.down_s > SLOW_DOWN_S


@dataclass(frozen=True, slots=True)
class Range:
    """What a limit may be, ends included, and what it means; its setting is made from this.

    not_above: another limit, that this one must not be above, or one of two faults is never seen.
    """

    minimum: float
    maximum: float
    words: str
    not_above: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a repetition has a fault. Durations are standstill to standstill.

    A new limit is one field here: its name ends in its unit, its default lies within its range.
    Limits of time are for the tempo 2-1-3 and go with the tempo asked for (`at`).
    Source: JUDGING.md "Limits"; sizes of good and faulty reps in hardware-free simulation.
    """

    # 45 deg over the horizontal: a resting leg lies 7 below.
    too_high_deg: Annotated[float, Range(1, 120, "over its rest, a higher leg is too high")] = 52.0
    too_small_deg: Annotated[
        float, Range(1, 120, "over its rest, a lower top is too small", "too_high_deg")
    ] = 24.0
    kick_up_s: Annotated[float, Range(0, 10, "a faster ascent is a kick", "rushed_up_s")] = 1.0
    rushed_up_s: Annotated[float, Range(0, 10, "a faster ascent is rushed, at tempo 2-1-3")] = 1.5
    drop_down_s: Annotated[float, Range(0, 10, "a faster descent is a drop", "rushed_down_s")] = (
        1.15
    )
    rushed_down_s: Annotated[float, Range(0, 10, "a faster descent is rushed, at tempo 2-1-3")] = (
        2.1
    )
    short_hold_s: Annotated[float, Range(0, 10, "a shorter hold is short, at tempo 2-1-3")] = 0.5
    roll_back_mm: Annotated[float, Range(1, 200, "the weight moves back by more")] = 13.0
    # Of a hip sensor that repeats within 1.5 deg; judging/hip_rules.py.
    roll_back_deg: Annotated[
        float, Range(1, 120, "a hip sensor sees the hips roll back by more")
    ] = 5.8
    leg_forward_mm: Annotated[float, Range(1, 200, "the weight moves forward by more")] = 6.2
    curvature_mm: Annotated[
        float,
        Range(0, 20, "the shift's course is curved by more: unsure without a hip sensor; 0: never"),
    ] = 1.6
    # Estimated; its error has 2-3 deg sd, so that 10 deg are found.
    bent_body_deg: Annotated[float, Range(1, 120, "hips bent by more; not seen by core4")] = 7.5
    off_mat_n: Annotated[float, Range(3, 200, "more weight missing: a hand is off the mat")] = 14.0

    def at(self, tempo: Tempo) -> Limits:
        """Return the limits of times for the tempo asked for; a quick one is no kick and no drop.

        The others stay.
        """
        usual = Tempo()
        up, down = tempo.up_s / usual.up_s, tempo.down_s / usual.down_s
        return replace(
            self,
            kick_up_s=self.kick_up_s * min(1.0, up),
            rushed_up_s=self.rushed_up_s * up,
            drop_down_s=self.drop_down_s * min(1.0, down),
            rushed_down_s=self.rushed_down_s * down,
            short_hold_s=self.short_hold_s * tempo.hold_s / usual.hold_s,
        )


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault and how large it was, in that unit."""

    fault: Fault
    value: float
    unit: str
