"""Drivers as testers write them, none of which knows matfw: each waits in another way."""

from __future__ import annotations

import queue
import threading
import time
from time import sleep as pause
from typing import Any

from gpiozero import DigitalInputDevice, Factory, OutputDevice


def shifted_in(dout: Any, sck: OutputDevice) -> int:
    """Clock one result out, gain 128."""
    word = 0
    for _ in range(24):
        sck.on()
        word = word << 1 | int(dout.value)
        sck.off()
    sck.on()
    sck.off()
    return word - (1 << 24) if word >> 23 else word


class BusyDriver:
    """Looks at DOUT until it is low."""

    def __init__(self, factory: Factory, dout: int, sck: int) -> None:
        self.dout = DigitalInputDevice(dout, pin_factory=factory)
        self.sck = OutputDevice(sck, pin_factory=factory)

    def read(self) -> int:
        while self.dout.value:
            pass
        return shifted_in(self.dout, self.sck)


class SleepingDriver(BusyDriver):
    """Sleeps between two looks, and gives up by the clock."""

    def read(self) -> int:
        end_s = time.monotonic() + 5.0
        while self.dout.value:
            if time.monotonic() > end_s:
                raise TimeoutError("the converter is not ready")
            pause(0.002)
        return shifted_in(self.dout, self.sck)


class WaitingDriver(BusyDriver):
    """Lets gpiozero wait for the edge."""

    def read(self) -> int:
        while self.dout.value:  # the edges of the read before may still be on their way
            if not self.dout.wait_for_inactive(timeout=5.0):
                raise TimeoutError("the converter is not ready")
        return shifted_in(self.dout, self.sck)


class InterruptDriver:
    """Reads in gpiozero's callback, in whatever thread that comes."""

    def __init__(self, factory: Factory, dout: int, sck: int) -> None:
        self.results: queue.Queue[int] = queue.Queue()
        self.called = 0
        self.threads: set[str] = set()
        self.sck = OutputDevice(sck, pin_factory=factory)
        self.dout = DigitalInputDevice(dout, pin_factory=factory)
        self.dout.when_deactivated = self._ready

    def _ready(self) -> None:
        self.called += 1
        self.threads.add(threading.current_thread().name)
        if not self.dout.value:  # else a data bit of the read before: these are edges too
            self.results.put(shifted_in(self.dout, self.sck))

    def read(self) -> int:
        return self.results.get(timeout=5.0)


def slow_clock(sck: OutputDevice) -> None:
    """Hold SCK high for a "microsecond", as drivers made for microcontrollers do."""
    sck.on()
    time.sleep(1e-6)
    sck.off()
