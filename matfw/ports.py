"""What the firmware needs from outside, as Protocols; devices/ and virtual/ fit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from matfw.messages import Channel, Pace, RawFrame, Side

# What hip sensors call their columns, in a frame's order; a belt's place has no x_mm.
SACRUM_CHANNELS = (Channel("hip_roll_deg", "sacrum_imu"),)
SIDE_CHANNELS = (Channel("hip_left_up_deg", "sacrum_side"),)  # of a belt that knows its head end
RAIL_CHANNELS = (
    Channel("back_shoulder_mm", "rear_rail", -450.0),
    Channel("back_hip_mm", "rear_rail", 0.0),
    Channel("back_heel_mm", "rear_rail", 800.0),
)
HIP_SILENCE_S = (
    0.35  # a hip sensor without anything new for so long is lost; a rail sends 10 a second
)
HIP_READ_S = 0.3  # the longest that a hip sensor's `read` takes, whatever its wire does


class Clock(Protocol):
    """Monotonic time. Real on a Pi, virtual on the bench."""

    def now_s(self) -> float:
        """Return monotonic seconds."""
        ...

    def sleep_s(self, duration_s: float) -> None:
        """Wait; a duration <= 0 returns at once."""
        ...


class GpioGroup(Protocol):
    """All clock and data lines of the converters, each direction moved by one call.

    Bit i of a mask or level word is the i-th line of the order given at claim time.
    """

    def write(self, levels: int, mask: int) -> None:
        """Drive the clock lines in mask to the given levels, by one call to the kernel."""
        ...

    def read(self) -> int:
        """Return the levels of all data lines, by one call to the kernel."""
        ...

    def close(self) -> None:
        """Give the lines back, clocks low. Calling it twice is allowed."""
        ...


@dataclass(slots=True)
class CellCounters:
    """What one cell's wire has done since the start; shown, never hidden."""

    good: int = 0
    torn: int = 0  # discarded: read too late or in doubt of a reset; or spoilt by an unseen one
    reset: int = 0  # resets proved that nobody ordered: by a long SCK-high, the supply, a spike
    kept: int = 0  # good although an SCK-high seemed too long: the converter proved otherwise
    missing: int = 0  # frames in which it gave nothing
    settling: int = 0  # discarded after a reset
    held_low: int = 0  # of the missing: DOUT was still low after the last pulse
    stray_ones: int = 0  # of those: some bit was 1 all the same


@dataclass(slots=True)
class ReaderStats:
    """A reader's own account of itself."""

    frames: int = 0
    resets: int = 0
    measured_rate_hz: float = 0.0
    longest_sck_high_s: float = 0.0
    cells: Mapping[str, CellCounters] = field(default_factory=dict)


class LoadCells(Protocol):
    """A set of converters that are read together."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the cells' names in the order of a frame's counts."""
        ...

    @property
    def stats(self) -> ReaderStats:
        """Return the live counters (the same object every time)."""
        ...

    def start(self) -> None:
        """Power-cycle the converters; samples during settling are discarded by `read`."""
        ...

    def read(self) -> RawFrame:
        """Wait for the next frame and return it.

        Always returns within 3 sample periods: a cell that gave nothing valid is None in it.
        """
        ...

    def close(self) -> None:
        """Leave the converters' clocks low and give the pins back."""
        ...


class HipSensor(Protocol):
    """A sensor that sees the hips: on a belt or behind the back. It may be absent at any time.

    Read by a thread of its own (service/hips.py): a bus may hang, a frame may not.
    """

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return its columns, in the order of `read`'s values."""
        ...

    def read(self) -> tuple[float | None, ...]:
        """Return the latest values, a column each, in degrees or mm; never waits for new ones.

        None where there is nothing valid: not connected, no answer, nothing new for HIP_SILENCE_S,
        out of range. A lost sensor is started again by and by, inside this call. Returns within
        HIP_READ_S, usually in a few ms, and raises nothing for a sensor that fails.
        """
        ...

    def close(self) -> None:
        """Switch the sensor off and give bus and pins back. Calling it twice is allowed."""
        ...


class Indicator(Protocol):
    """The buzzer and the lights. Never blocks: patterns advance when `tick` is called."""

    def show(self, cue: str, t_s: float) -> None:
        """Start a cue's sound and light pattern at t_s, ending the one before."""
        ...

    def pace(self, pace: Pace | None) -> None:
        """Give this repetition's tempo while no cue is given; None: of none."""
        ...

    def face(self, side: Side) -> None:
        """Light the edge that somebody on this side looks at, from the next tick on.

        All there are where the side is UNKNOWN.
        """
        ...

    def tick(self, t_s: float) -> None:
        """Bring pins to where the running pattern says they are at t_s."""
        ...

    def off(self) -> None:
        """Silence and darkness, now."""
        ...

    def close(self) -> None:
        """Turn everything off and give the pins back. Calling it twice is allowed."""
        ...


class Link(Protocol):
    """Bytes to and from somebody at a console: a serial port, a socket. Nothing in it waits long.

    `read` and `write` raise MatLinkError when the far end, or the device itself, has gone.
    """

    @property
    def descriptor(self) -> int | None:
        """Return the file descriptor to wait on, or None where the system has none for it."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Return what has come, at most 4096 bytes; nothing if nothing comes within timeout_s."""
        ...

    def write(self, data: bytes) -> int:
        """Hand over what goes without waiting; return how many bytes that were, often fewer."""
        ...

    def close(self) -> None:
        """Give the device back. Calling it twice is allowed."""
        ...
