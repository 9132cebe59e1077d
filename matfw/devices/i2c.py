"""An I2C bus as Adafruit's CircuitPython drivers want it, without Blinka and with an end to waits.

The drivers are made for microcontrollers and are adapted from outside, like `adafruit_driver.py`:

- At import they want `busio`, `digitalio` and `micropython`, mostly for annotations. Stand-ins
  spare them Blinka's board detection, which would also claim GPIO.
- They wait for their chip without an end. `Bus` ends that: every transfer after the time allowed
  raises TimeoutError, an OSError, as a chip that does not answer does.
- They sleep for up to 0.2 s while they set the chip up. The sleeps are cut to POLL_S; the sensor's
  own reader discards what it says before it has settled.

The wire is `Adafruit_PureIO`, plain Python on /dev/i2c-N: no compiler and no root needed.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

from matfw.errors import MatError, MatGpioError
from matfw.ports import Clock

EXTRA = "pip install 'matfw[hips]'"
POLL_S = 0.002  # between two looks of a driver that waits for its chip
I2C_TIMEOUT = 0x0702  # linux/i2c-dev.h, in units of 10 ms; the kernel's own default is 1 s
TRANSFER_LIMIT = 2  # of those units: the longest transfer, 137 bytes, takes 13 ms at 100 kHz


class Wire(Protocol):
    """What moves bytes; raises OSError when nobody answers."""

    def write(self, address: int, data: bytes) -> None:
        """Send bytes to the chip at this address."""
        ...

    def read(self, address: int, count: int) -> bytes:
        """Return that many bytes from the chip."""
        ...

    def write_then_read(self, address: int, data: bytes, count: int) -> bytes:
        """Send bytes, then read without letting go of the bus in between."""
        ...

    def close(self) -> None:
        """Give the bus back."""
        ...


class LinuxWire:
    """/dev/i2c-N. Raises MatError without Adafruit_PureIO, MatGpioError without the bus."""

    def __init__(self, number: int) -> None:
        path = f"/dev/i2c-{number}"
        smbus = _import("Adafruit_PureIO.smbus")
        try:
            device = os.open(path, os.O_RDWR)
            try:
                fcntl.ioctl(device, I2C_TIMEOUT, TRANSFER_LIMIT)
            finally:
                os.close(device)
            self._smbus = smbus.SMBus(number)
        except FileNotFoundError:
            raise MatGpioError(
                f"no I2C bus: {path} is not there: switch I2C on (sudo raspi-config nonint do_i2c"
                " 0) and start again, or set the hip sensors off"
            ) from None
        except PermissionError:
            raise MatGpioError(
                f"no permission for {path}: add the user to the group i2c (sudo usermod -aG i2c"
                " NAME), then log in again"
            ) from None
        except OSError as error:
            raise MatGpioError(f"{path} cannot be used ({error}): see dmesg") from None

    def write(self, address: int, data: bytes) -> None:
        """Send bytes to the chip at this address."""
        self._smbus.write_bytes(address, data)

    def read(self, address: int, count: int) -> bytes:
        """Return that many bytes from the chip."""
        return bytes(self._smbus.read_bytes(address, count))

    def write_then_read(self, address: int, data: bytes, count: int) -> bytes:
        """Send bytes, then read without letting go of the bus in between."""
        return bytes(self._smbus.read_i2c_block_data(address, data, count))

    def close(self) -> None:
        """Close the device file."""
        self._smbus.close()


class Bus:
    """A wire with the methods of `busio.I2C`, for one thread, and a limit to each job."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._end_s = float("inf")

    def allow_s(self, duration_s: float) -> None:
        """Let transfers raise TimeoutError after this time from now."""
        self._end_s = self._clock.now_s() + duration_s

    def pause_s(self, duration_s: float) -> None:
        """Stand in for a driver's `sleep`: never longer than POLL_S."""
        self._clock.sleep_s(min(duration_s, POLL_S))

    def try_lock(self) -> bool:
        """Return True: the bus has one user."""
        return True

    def unlock(self) -> None:
        """Do nothing."""

    def writeto(self, address: int, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        """Send a part of the buffer."""
        self._check(address)
        self._wire.write(address, bytes(buffer[start:end]))

    def readfrom_into(
        self, address: int, buffer: Any, *, start: int = 0, end: int | None = None
    ) -> None:
        """Fill a part of the buffer."""
        self._check(address)
        end = len(buffer) if end is None else end
        buffer[start:end] = self._wire.read(address, end - start)

    def writeto_then_readfrom(
        self,
        address: int,
        buffer_out: Any,
        buffer_in: Any,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
    ) -> None:
        """Send a part of one buffer, then fill a part of the other (which may be the same)."""
        self._check(address)
        in_end = len(buffer_in) if in_end is None else in_end
        data = bytes(buffer_out[out_start:out_end])
        buffer_in[in_start:in_end] = self._wire.write_then_read(address, data, in_end - in_start)

    def close(self) -> None:
        """Give the wire back. Calling it twice is allowed."""
        self._wire.close()

    def _check(self, address: int) -> None:
        if self._clock.now_s() > self._end_s:
            raise TimeoutError(f"the I2C chip at 0x{address:02x} is never ready")


def load_driver(name: str) -> ModuleType:
    """Return a CircuitPython I2C driver's module; raise MatError where it is not installed."""
    with _blinka_stood_in_for():
        return _import(name)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MatError(f"{name} cannot be imported ({error}): {EXTRA}") from error


@contextmanager
def _blinka_stood_in_for() -> Iterator[None]:
    """Let the drivers' imports of Blinka find stand-ins, unless Blinka is loaded already."""
    expected: dict[str, dict[str, type]] = {
        "busio": {"I2C": object, "SPI": object, "UART": object},  # annotations only
        "digitalio": {"DigitalInOut": object},  # likewise
        "micropython": {"const": int},
    }
    ours: dict[str, Any] = {
        name: SimpleNamespace(**members)
        for name, members in expected.items()
        if name not in sys.modules
    }
    sys.modules.update(ours)
    try:
        yield
    finally:
        for name, module in ours.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
