"""What can be wrong with a cell, its converter or its wires, as data.

Each defect may change one or more of three things: the bridge's signal in counts, the level the
computer sees on DOUT, and whether SCK edges reach the converter. Several may be put on one cell;
they apply in order. Every defect lasts from `from_s` (inclusive) to `until_s` (exclusive),
virtual seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

FOREVER_S = math.inf
RAIL_COUNTS = float(1 << 24)  # beyond full scale at gain 128: the converter clamps it


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A healthy cell: nothing changed. Base of all defects."""

    from_s: float = -FOREVER_S
    until_s: float = FOREVER_S

    def is_active(self, t_s: float) -> bool:
        """Return whether the defect lasts at t_s."""
        return self.from_s <= t_s < self.until_s

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return what the bridge gives in place of `counts`."""
        return counts

    def dout(self, level: bool, rng: Random) -> bool:  # noqa: ARG002
        """Return the level that the computer sees in place of the converter's."""
        return level

    @property
    def is_clock_cut(self) -> bool:
        """Return whether SCK edges are kept from the converter."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckValue(Defect):
    """The converter works and always says the same: a frozen amplifier, a cell jammed solid."""

    value: float = 0.0

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the stuck value."""
        return self.value


class Line(StrEnum):
    """What the DOUT wire does instead of following the converter."""

    LOW = "low"  # shorted to ground
    HIGH = "high"  # torn off, pull-up; also a converter without power
    FLOATING = "floating"  # torn off, no pull: random bits


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckDout(Defect):
    """DOUT does not follow the converter."""

    line: Line = Line.HIGH

    def dout(self, level: bool, rng: Random) -> bool:  # noqa: ARG002
        """Return the wire's own level."""
        if self.line is Line.FLOATING:
            return rng.random() < 0.5
        return self.line is Line.HIGH


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSck(Defect):
    """The clock wire is off: the first conversion stays on DOUT and is never fetched."""

    @property
    def is_clock_cut(self) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class SwappedPins(Defect):
    """DOUT and SCK exchanged: the computer clocks an output and reads a clock input's pull-down."""

    def dout(self, level: bool, rng: Random) -> bool:  # noqa: ARG002
        """Return low."""
        return False

    @property
    def is_clock_cut(self) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBridge(Defect):
    """One wire of the bridge is off: the amplifier sits at a rail."""

    is_positive: bool = True

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return far beyond full scale."""
        return RAIL_COUNTS if self.is_positive else -RAIL_COUNTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift(Defect):
    """Creep or warming up: the zero wanders at a steady rate from `from_s` (must be finite)."""

    counts_per_s: float = 0.0

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the drifted signal."""
        return counts + self.counts_per_s * (t_s - max(self.from_s, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spikes(Defect):
    """Single samples far off, either way: a loose contact, a phone beside the cable."""

    size_counts: float = 0.0
    probability: float = 0.01  # per conversion

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the signal, now and then with a spike on it."""
        if rng.random() >= self.probability:
            return counts
        return counts + rng.choice((-1.0, 1.0)) * self.size_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class MainsHum(Defect):
    """Mains picked up by the bridge's wires; aliased by the sampling, as on a real board."""

    amplitude_counts: float = 0.0
    mains_hz: float = 50.0  # 50 or 60

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the signal with the hum on it."""
        return counts + self.amplitude_counts * math.sin(math.tau * self.mains_hz * t_s)


def silent(from_s: float, back_s: float = FOREVER_S) -> StuckDout:
    """Return the defect of a cell that falls silent at from_s and is back at back_s."""
    return StuckDout(line=Line.HIGH, from_s=from_s, until_s=back_s)
