"""Adafruit's CircuitPython HX711 driver, imported without Blinka and with pins that measure.

The driver (1.1.2) is made for microcontrollers and is adapted from outside:

- It calls three functions of `microcontroller` that Blinka does not have. Its modules
  `microcontroller` and `digitalio` are stood in for while it is imported, so that only the driver
  sees the stand-ins and Blinka, which wants a known board, is not loaded at all.
- Its ready wait has no end: its data pin raises after more looks than a frame needs.
- It watches no time: its clock pin measures every SCK-high, its data pin keeps the 25th level.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Protocol

from matfw.errors import MatError
from matfw.ports import Clock

PACKAGE = "adafruit-circuitpython-hx711"
MODULE = "adafruit_hx711.hx711"
TRIED_VERSION = "1.1.2"


class Line(Protocol):
    """A pin as digitalio, and gpiozero's devices, have it."""

    value: Any  # bool or int, by library


class BusyError(Exception):
    """DOUT rose between our look and the driver's own."""


class TimedClock:
    """The clock pin that the driver gets: measures how long SCK is high."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._now = clock.now_s
        self._level = False
        self._rise_s = 0.0
        self.longest_high_s = 0.0

    @property
    def value(self) -> bool:
        """Return the level last set, without asking the pin: the driver asks before each frame."""
        return self._level

    @value.setter
    def value(self, level: bool) -> None:
        if level:
            self._rise_s = self._now()
            self._line.value = True
        else:
            self._line.value = False
            if self._level:
                self.longest_high_s = max(self.longest_high_s, self._now() - self._rise_s)
        self._level = level


class CountedData:
    """The data pin that the driver gets: keeps the last level and ends an endless wait."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.looks_left = 0
        self.level = True

    @property
    def value(self) -> bool:
        """Return the level; raise BusyError when there have been too many looks."""
        self.looks_left -= 1
        if self.looks_left < 0:
            raise BusyError
        self.level = bool(self._line.value)
        return self.level


def open_lines(
    factory: Any,  # a gpiozero pin factory, untyped
    data_pins: Sequence[int],
    clock_pins: Sequence[int],
) -> tuple[list[Line], list[Line]]:
    """Open GPIO numbers as inputs and low outputs on a gpiozero pin factory."""
    from gpiozero import InputDevice, OutputDevice  # noqa: PLC0415  # slow; only where needed

    data = [
        InputDevice(pin, pull_up=None, active_state=True, pin_factory=factory) for pin in data_pins
    ]
    return data, [OutputDevice(pin, pin_factory=factory) for pin in clock_pins]


def load_driver() -> ModuleType:
    """Return the driver's module; raise MatError if it is absent or not as it was."""
    try:
        with _blinka_stood_in_for():
            driver = importlib.import_module(MODULE)
    except ImportError as error:
        raise MatError(f"{PACKAGE} cannot be imported ({error}): pip install {PACKAGE}") from error
    hx711 = getattr(driver, "HX711", None)
    if not callable(getattr(hx711, "_read_channel_raw", None)):
        raise MatError(
            f"{PACKAGE} {importlib.metadata.version(PACKAGE)} has no HX711._read_channel_raw: "
            f"install version {TRIED_VERSION}, or use the parallel reader"
        )
    driver.microcontroller = _microcontroller()  # type: ignore[attr-defined]
    return driver


def _microcontroller() -> ModuleType:
    """Return what the driver wants of `microcontroller`.

    Nothing can forbid interrupts here; the SCK-highs are measured instead. A call from Python to
    a pin takes longer than the 0.2 us that the chip needs, so that no delay is needed either.
    """
    module = ModuleType("microcontroller")
    module.disable_interrupts = lambda: None  # type: ignore[attr-defined]
    module.enable_interrupts = lambda: None  # type: ignore[attr-defined]
    module.delay_us = lambda _duration_us: None  # type: ignore[attr-defined]
    return module


@contextmanager
def _blinka_stood_in_for() -> Iterator[None]:
    """Let the driver's imports of Blinka find stand-ins, unless Blinka is loaded already."""
    digitalio = ModuleType("digitalio")
    digitalio.DigitalInOut = object  # type: ignore[attr-defined]  # an annotation only
    ours = {"microcontroller": _microcontroller(), "digitalio": digitalio}
    ours = {name: module for name, module in ours.items() if name not in sys.modules}
    sys.modules.update(ours)
    try:
        yield
    finally:
        for name, module in ours.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
