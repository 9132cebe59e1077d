"""What can be wrong with a cell, its converter or its wires, as data.

Each defect may change one or more of four things: the bridge's signal in counts, the level the
computer sees on DOUT, whether SCK edges reach the converter, and its rate. Wires that are on
another converter's pins are `Crossing`s, of the lines. Several may be put on one cell;
they apply in order. Every defect lasts from `from_s` (inclusive) to `until_s` (exclusive),
virtual seconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

FOREVER_S = math.inf
RAIL_COUNTS = float(1 << 24)  # beyond full scale at gain 128: the converter clamps it
SUPPLY_WAVES_HZ = (0.43, 0.97, 2.1, 3.7, 6.7)  # Wi-Fi, a display, a charger: no two related


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

    def result(self, counts: float) -> float:
        """Return what the chip puts out where it would put out counts, its own noise included."""
        return counts

    def dout(self, level: bool, rng: Random) -> bool:  # noqa: ARG002
        """Return the level that the computer sees in place of the converter's."""
        return level

    @property
    def is_clock_cut(self) -> bool:
        """Return whether SCK edges are kept from the converter."""
        return False

    @property
    def resets(self) -> bool:
        """Return whether the converter begins again, with its settling, at until_s."""
        return False

    @property
    def rate_hz(self) -> float | None:
        """Return the rate that a RATE pin at the wrong level gives, from the start."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckValue(Defect):
    """The bridge always says the same, and the converter adds its noise: a cell jammed solid."""

    value: float = 0.0

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the stuck value."""
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenResult(Defect):
    """A chip that gives the same result again and again: not even its noise shows."""

    value: float = 0.0

    def result(self, counts: float) -> float:  # noqa: ARG002
        """Return the same counts for any."""
        return self.value


@dataclass(frozen=True, slots=True)
class Crossing:
    """Wires that go to another cell's converter: by cell name, whose converter is at its end.

    dout: {"head_left": "foot_left"} lets the pin of head_left's DOUT see foot_left's converter.
    sck: the same of clocks. What is not named is where it belongs. A pair of cells exchanged as a
    whole is named both ways in both.
    """

    dout: Mapping[str, str] = field(default_factory=dict)
    sck: Mapping[str, str] = field(default_factory=dict)


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
class BrownOut(Defect):
    """The supply is too low to run on: DOUT is high, as after any reset (datasheet p. 5).

    From `until_s` on the converter settles as after power-on. Put on all of them it also starts
    their conversions together, which free-running converters never do by themselves.
    """

    def dout(self, level: bool, rng: Random) -> bool:  # noqa: ARG002
        """Return high."""
        return True

    @property
    def resets(self) -> bool:
        """Return True."""
        return True


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed(Defect):
    """A+ and A- exchanged: the bridge's signal has the other sign."""

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the signal's negative."""
        return -counts


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongGain(Defect):
    """One clock pulse too few or too many arrives, every time: gain 64, or channel B with nothing.

    share: of the counts at gain 128; 0.5 for gain 64, 0 for channel B.
    """

    share: float = 0.5

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the signal at the wrong gain."""
        return self.share * counts


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRate(Defect):
    """RATE (pin 15) at the other level: 10 conversions a second where it is tied to ground."""

    hz: float = 10.0

    @property
    def rate_hz(self) -> float | None:
        """Return the converter's own rate."""
        return self.hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise(Defect):
    """A long unshielded cable, a phone beside it: more noise on this cell alone."""

    rms_counts: float = 0.0

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the signal with noise on it."""
        return counts + rng.gauss(0.0, self.rms_counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisySupply(Defect):
    """A poor supply, or AGND not joined to GND: the same slow noise on every cell that has it.

    Five waves between 0.4 and 7 Hz, by the time alone, so that all cells have the same.
    """

    rms_counts: float = 0.0

    def counts(self, t_s: float, counts: float, rng: Random) -> float:  # noqa: ARG002
        """Return the signal with the supply's noise on it."""
        waves = sum([math.sin(math.tau * hz * t_s + 2.0 * hz) for hz in SUPPLY_WAVES_HZ])
        return counts + self.rms_counts * math.sqrt(2.0 / len(SUPPLY_WAVES_HZ)) * waves


def silent(from_s: float, back_s: float = FOREVER_S) -> StuckDout:
    """Return the defect of a cell that falls silent at from_s and is back at back_s."""
    return StuckDout(line=Line.HIGH, from_s=from_s, until_s=back_s)
