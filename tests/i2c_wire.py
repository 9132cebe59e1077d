"""Chips on a faked I2C wire, register by register, as Adafruit's drivers see them."""

from __future__ import annotations

import importlib.util
import math
import struct
from collections.abc import Callable
from typing import Protocol

import pytest

from matfw.virtual.clock import VirtualClock

BIT_S = 1.0 / 100_000  # the Pi's own speed
HANG_S = 0.02  # what the kernel waits for a bus that is held down
G = 9.80665

needs_drivers = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("adafruit_lsm6ds", "adafruit_vl53l1x")),
    reason="the drivers are not installed: pip install 'matfw[hips]'",
)


class Chip(Protocol):
    """Something that answers at an address."""

    address: int

    def is_there(self) -> bool: ...

    def write(self, data: bytes) -> None: ...

    def read(self, count: int) -> bytes: ...


class FakeWire:
    """Takes the time that the bits take; raises OSError where nobody answers."""

    def __init__(self, clock: VirtualClock, *chips: Chip) -> None:
        self._clock = clock
        self._chips = chips
        self.hangs = False
        self.is_closed = False

    def write(self, address: int, data: bytes) -> None:
        self._chip(address, len(data)).write(data)

    def read(self, address: int, count: int) -> bytes:
        return self._chip(address, count).read(count)

    def write_then_read(self, address: int, data: bytes, count: int) -> bytes:
        chip = self._chip(address, 1 + len(data) + count)
        chip.write(data)
        return chip.read(count)

    def close(self) -> None:
        self.is_closed = True

    def _chip(self, address: int, count: int) -> Chip:
        assert not self.is_closed
        if self.hangs:
            self._clock.advance_s(HANG_S)
            raise TimeoutError(110, "Connection timed out")
        self._clock.advance_s((1 + count) * 9 * BIT_S)
        there = [chip for chip in self._chips if chip.address == address and chip.is_there()]
        assert len(there) < 2, f"two chips answer at 0x{address:02x}"
        if not there:
            raise OSError(121, "Remote I/O error")
        return there[0]


class FakeLsm6ds:
    """An LSM6DS: acceleration in g of the time, without its gyroscope."""

    CTRL1, CTRL2, CTRL3, OUT = 0x10, 0x11, 0x12, 0x28
    G_PER_LSB = (0.061e-3, 0.488e-3, 0.122e-3, 0.244e-3)  # by the range bits

    def __init__(
        self,
        clock: VirtualClock,
        accel_g: Callable[[float], tuple[float, float, float]],
        *,
        address: int = 0x6A,
        identity: int = 0x6C,
        noise_g: float = 0.0007,
    ) -> None:
        self.address = address
        self.plugged = True
        self.is_frozen = False
        self.never_resets = False
        self._clock = clock
        self._accel_g = accel_g
        self._identity = identity
        self._noise_g = noise_g
        self._pointer = 0
        self._last = bytes(6)
        self.starts = 0
        self.power_up()

    def power_up(self) -> None:
        """Forget all settings: measuring is off."""
        self.registers = bytearray(256)
        self.registers[0x0F] = self._identity

    def is_there(self) -> bool:
        return self.plugged

    def write(self, data: bytes) -> None:
        if not data:
            return
        self._pointer = data[0]
        for value in data[1:]:
            if (
                self._pointer == self.CTRL3 and value & 1 and not self.never_resets
            ):  # reset, done at once
                self.power_up()
                self.starts += 1
            else:
                self.registers[self._pointer] = value
            self._pointer += 1

    def read(self, count: int) -> bytes:
        if self._pointer == self.OUT:
            return self._acceleration()[:count]
        return bytes(self.registers[self._pointer : self._pointer + count])

    def _acceleration(self) -> bytes:
        control = self.registers[self.CTRL1]
        if control >> 4 == 0:
            return bytes(6)
        if not self.is_frozen:
            now_s = self._clock.now_s()
            lsb_g = self.G_PER_LSB[control >> 2 & 3]
            wobble = [self._noise_g * math.sin(now_s * 1e4 * (i + 1)) for i in range(3)]
            words = [
                max(-32768, min(32767, round((value + error) / lsb_g)))
                for value, error in zip(self._accel_g(now_s), wobble, strict=True)
            ]
            self._last = struct.pack("<hhh", *words)
        return self._last


class FakeVl53l1x:
    """A VL53L1X and its XSHUT pin: a distance in mm of the time, None where it sees nothing."""

    PERIOD_S = 0.1  # what the driver leaves it at

    def __init__(self, clock: VirtualClock, distance_mm: Callable[[float], float | None]) -> None:
        self.plugged = True
        self.is_frozen = False
        self.never_ready = False
        self.is_released = False
        self.starts = 0
        self._clock = clock
        self._distance_mm = distance_mm
        self._on = True  # boards pull XSHUT up
        self._awake_s = 0.0
        self._pointer = 0
        self.power_up()

    def power_up(self) -> None:
        """Forget settings and address."""
        self.registers = bytearray(0x200)
        self.registers[0x10F:0x112] = b"\xea\xcc\x10"
        self.registers[0x4B] = 0x0A  # long mode
        self.address = 0x29
        self._from_s: float | None = None
        self._cleared = -1

    def on(self) -> None:
        if not self._on:
            self.starts += 1
            self.power_up()
        self._on = True

    def off(self) -> None:
        self._on = False

    def close(self) -> None:
        self.is_released = True

    @property
    def is_held_off(self) -> bool:
        return not self._on

    def is_there(self) -> bool:
        return self.plugged and self._on

    def write(self, data: bytes) -> None:
        if len(data) < 2:
            return
        self._pointer = struct.unpack(">H", data[:2])[0]
        values = data[2:]
        self.registers[self._pointer : self._pointer + len(values)] = values
        touched = range(self._pointer, self._pointer + len(values))
        if 0x01 in touched:
            self.address = self.registers[0x01]
        if 0x86 in touched and self.registers[0x86] & 1:
            self._cleared = self._count()
        if 0x87 in touched:
            self._from_s = self._clock.now_s() if self.registers[0x87] == 0x40 else None
            self._cleared = 0

    def read(self, count: int) -> bytes:
        is_new = self._count() > max(self._cleared, 0)
        is_active_high = not self.registers[0x30] & 0x10
        self.registers[0x31] = int(is_new is is_active_high)
        distance = self._distance_mm(self._clock.now_s())
        self.registers[0x89] = 0x09 if distance is not None else 0x04
        self.registers[0x96:0x98] = struct.pack(">H", round(distance or 0.0))
        return bytes(self.registers[self._pointer : self._pointer + count])

    def _count(self) -> int:
        """Return how many measurements there have been since it was started."""
        if self._from_s is None or self.never_ready:
            return 0
        if not self.is_frozen:
            self._awake_s = self._clock.now_s()
        return int((self._awake_s - self._from_s) / self.PERIOD_S)
