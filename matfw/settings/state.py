"""What the machine keeps in state.toml: calibration, and what was saved at the console."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import asdict

from matfw.judging.habits import Habits, own_limits
from matfw.messages import Limits, Side
from matfw.settings.schema import (
    CountsPerKg,
    MismatchError,
    TareCounts,
    check_counts_per_kg,
    did_you_mean,
)

# What a profile may hold: settings of one person, not of the mat.
PROFILE_TABLES = ("person", "workout", "limits")
PROFILE_NAME_WORDS = "a name of 1 to 40 letters, digits, _ or - that begins with a letter"
NO_PROFILE = "none"  # what people call it to use none
STATE_SCHEMA = 1


def is_profile_name(name: str) -> bool:
    """Return whether a profile may have this name."""
    return name != NO_PROFILE and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", name) is not None


Habit: TypeAlias = Annotated[float, Meta(ge=-30, le=30)]


class CellLine(Struct, frozen=True, kw_only=True):
    """A cell's calibration as kept by the machine."""

    tare_counts: TareCounts
    counts_per_kg: CountsPerKg


class HabitLine(Struct, frozen=True, kw_only=True):
    """What three good repetitions on one side showed; see habits.Habits."""

    reps: Annotated[int, Meta(ge=3, le=1000)]
    shift_mm: Habit
    sd_mm: Annotated[float, Meta(ge=0, le=30)]
    angle_bias_deg: Habit = 0.0

    def habits(self) -> Habits:
        """Return them as the limits take them."""
        return Habits(**asdict(self))


class MachineState(Struct, frozen=True, kw_only=True):
    """What the machine keeps in state.toml: calibration, and what was saved at the console.

    Cells that calibration does not name are nominal. habits are a profile's, by the side lain on;
    under NO_PROFILE they are of people without one. saved and profiles hold settings as the
    person's TOML would, partly; `Settings` checks them together with that file.
    """

    schema: Annotated[int, Meta(ge=0, le=1_000_000)] = STATE_SCHEMA
    profile: str | None = None  # the one in use
    pin_hash: str | None = None  # a PIN's hash, as control/lock.py makes it
    wrong_pins: Annotated[int, Meta(ge=0, le=1_000_000)] = 0  # in a row, since the right one
    calibration: dict[str, CellLine] = {}
    previous_calibration: dict[str, CellLine] = {}
    factory_calibration: dict[str, CellLine] = {}
    habits: dict[str, dict[Literal["left", "right"], HabitLine]] = {}
    notes: dict[str, str] = {}  # of each of the three, when and how it was found
    saved: dict[str, Any] = {}  # Any: checked as Settings
    profiles: dict[str, dict[str, Any]] = {}

    def limits(self, limits: Limits, side: Side) -> Limits:
        """Return the limits as they are for the profile in use, as learned on the side lain on."""
        learned = self.habits.get(self.profile or NO_PROFILE, {})
        for known, line in learned.items():
            if known == side:
                return own_limits(limits, line.habits())
        return limits

    def side_limits(self, limits: Limits) -> tuple[tuple[Side, Limits], ...]:
        """Return them for each side that something was learned on, and the other one."""
        if not self.habits.get(self.profile or NO_PROFILE):
            return ()
        return tuple((side, self.limits(limits, side)) for side in (Side.LEFT, Side.RIGHT))

    def check(self) -> None:
        """Check what no range can say. Raises MismatchError."""
        for table in ("calibration", "previous_calibration", "factory_calibration"):
            for name, line in getattr(self, table).items():
                check_counts_per_kg(line.counts_per_kg, (table, name, "counts_per_kg"))
        if self.profile is not None and self.profile not in self.profiles:
            raise MismatchError(("profile",), f"{self.profile} is not in [profiles]", ("profiles",))
        for name, kept in self.profiles.items():
            if not is_profile_name(name):
                raise MismatchError(("profiles", name), f"must be {PROFILE_NAME_WORDS}")
            for table in kept:
                if table not in PROFILE_TABLES:
                    raise MismatchError(
                        ("profiles", name, table),
                        "cannot be in a profile",
                        advice=did_you_mean(table, PROFILE_TABLES),
                    )
