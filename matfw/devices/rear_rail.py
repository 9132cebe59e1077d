"""Three distance sensors on a rail behind the back: shoulder, hip and heel, mm.

VL53L1X, laser time of flight, at x = -450, 0 and +800 mm, 150 mm behind the back, looking at it.
They all start at the same address. So each has a wire to XSHUT, which holds it off: they are let
go one by one and given addresses of their own. One that is lost is switched off and started again
the same way while the others go on; only one in a call of `read`, since that takes some 130 ms.

Mode "short" (to 1300 mm, not disturbed by daylight), 50 ms a measurement. The driver leaves the
chip's period between measurements at 100 ms, whatever the budget (its issue 10): 10 values a
second, each the mean over 50 ms, and so some 25 to 150 ms old.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

from matfw.devices.i2c import Bus, load_driver
from matfw.errors import MatSettingsError
from matfw.messages import Channel
from matfw.ports import HIP_SILENCE_S, RAIL_CHANNELS, Clock

MODULE = "adafruit_vl53l1x"
FIRST_ADDRESS = 0x29  # of every chip that has just been let go
ADDRESSES = 0x30  # and the next ones: where they are moved to
SHORT_MODE = 1
BUDGET_MS = 50
RANGE_MM = (40.0, 1300.0)  # ST UM2133 (STEBCN2V1) p. 21: nearer is not accurate, farther not seen
BOOT_S = 0.002  # after XSHUT has risen; the chip needs 1.2 ms
OPEN_LIMIT_S = 0.2  # set up and first measurement: some 130 ms at 100 kHz
RETRY_S = 1.0


class Switch(Protocol):
    """The pin at XSHUT; gpiozero's OutputDevice is one."""

    def on(self) -> None:
        """Let the chip go."""
        ...

    def off(self) -> None:
        """Hold the chip off."""
        ...

    def close(self) -> None:
        """Give the pin back."""
        ...


class RearRail:
    """Distances by VL53L1X chips on one I2C bus; fits `ports.HipSensor`.

    bus: for this sensor alone; closed with it. xshuts: one for each channel. Raises
    MatSettingsError for another number, MatError where the driver is not installed. A chip that
    does not answer is no error: it is None until it does.
    """

    def __init__(
        self,
        bus: Bus,
        xshuts: Sequence[Switch],
        clock: Clock,
        channels: tuple[Channel, ...] = RAIL_CHANNELS,
    ) -> None:
        if not xshuts or len(xshuts) != len(channels):
            raise MatSettingsError(
                f"a rear rail needs one XSHUT pin for each of its {len(channels)} sensors"
                f" (got {len(xshuts)})"
            )
        self.channels = channels
        driver = load_driver(MODULE)
        self._bus = bus
        self._rangers = tuple(
            Ranger(driver, bus, xshut, clock, ADDRESSES + i) for i, xshut in enumerate(xshuts)
        )
        self._is_closed = False

    def read(self) -> tuple[float | None, ...]:
        """Return the distances in mm, None for a sensor without a valid one."""
        if self._is_closed:
            return (None,) * len(self._rangers)
        due = [ranger for ranger in self._rangers if ranger.is_due]
        if due:
            for ranger in self._rangers:
                if ranger.is_silent:  # after a loss of power all are at FIRST_ADDRESS again
                    ranger.hold_off()
            min(due, key=lambda ranger: ranger.tried_s).start()
        return tuple(ranger.read() for ranger in self._rangers)

    def close(self) -> None:
        """Hold all sensors off; give pins and bus back."""
        if self._is_closed:
            return
        self._is_closed = True
        for ranger in self._rangers:
            ranger.close()
        self._bus.close()


class Ranger:
    """One sensor; its rail holds it off until it starts it."""

    def __init__(
        self, driver: ModuleType, bus: Bus, xshut: Switch, clock: Clock, address: int
    ) -> None:
        self._driver = driver
        self._bus = bus
        self._xshut = xshut
        self._clock = clock
        self._address = address
        self._chip: Any = None
        self._value_mm: float | None = None
        self._new_s = -math.inf
        self.tried_s = -math.inf

    @property
    def is_due(self) -> bool:
        """Return whether it is to be started (again): nothing new for RETRY_S."""
        return self._clock.now_s() - max(self.tried_s, self._new_s) >= RETRY_S

    @property
    def is_silent(self) -> bool:
        """Return whether it has given nothing new for too long."""
        return self._clock.now_s() - max(self.tried_s, self._new_s) >= HIP_SILENCE_S

    def hold_off(self) -> None:
        """Keep it from answering until it is started."""
        self._chip = None
        self._value_mm = None
        self._xshut.off()

    def start(self) -> None:
        """Switch it off and on, move it to its address and let it measure; or leave it off."""
        self.hold_off()
        self._bus.allow_s(OPEN_LIMIT_S)
        try:
            self._clock.sleep_s(BOOT_S)
            self._xshut.on()
            self._clock.sleep_s(BOOT_S)
            self._driver.time = SimpleNamespace(sleep=self._bus.pause_s)  # type: ignore[attr-defined]
            chip = self._driver.VL53L1X(self._bus, FIRST_ADDRESS)
            chip.set_address(self._address)
            chip.distance_mode = SHORT_MODE
            chip.timing_budget = BUDGET_MS
            chip.start_ranging()
            self._chip = chip
        except (OSError, ValueError, RuntimeError):  # no answer, no such chip
            self._xshut.off()  # or it would be in the others' way at FIRST_ADDRESS
        finally:
            self.tried_s = self._clock.now_s()

    def read(self) -> float | None:
        """Return the last distance, mm, or None if it is not valid or too old."""
        if self._chip is None:
            return None
        self._bus.allow_s(OPEN_LIMIT_S)
        try:
            if self._chip.data_ready:
                distance_cm = self._chip.distance  # None: its own status is not "valid"
                self._chip.clear_interrupt()
                self._new_s = self._clock.now_s()
                self._value_mm = _valid_mm(distance_cm)
        except OSError:
            self._value_mm = None
        if self._clock.now_s() - self._new_s >= HIP_SILENCE_S:
            self._value_mm = None
        return self._value_mm

    def close(self) -> None:
        """Hold it off and give its pin back."""
        self.hold_off()
        self._xshut.close()


def _valid_mm(distance_cm: float | None) -> float | None:
    if distance_cm is None:
        return None
    distance_mm = round(10.0 * distance_cm, 1)
    return distance_mm if RANGE_MM[0] <= distance_mm <= RANGE_MM[1] else None
