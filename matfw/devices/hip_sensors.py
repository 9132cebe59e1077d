"""The hip sensors that the settings ask for, opened on their bus and pins."""

from __future__ import annotations

from contextlib import ExitStack

from gpiozero import Factory, OutputDevice

from matfw.devices.i2c import Bus, LinuxWire
from matfw.devices.rear_rail import RearRail
from matfw.devices.sacrum_imu import SacrumImu
from matfw.errors import MatGpioError
from matfw.ports import Clock, HipSensor
from matfw.settings.wiring import HipSensors


def open_hip_sensors(settings: HipSensors, factory: Factory, clock: Clock) -> list[HipSensor]:
    """Return the sensors that are on, in the order of `settings.channels()`.

    factory: not closed here. Raises MatError without a driver, MatGpioError without the bus or a
    pin; what is open by then is closed again. A sensor that does not answer is no error.
    """
    sensors: list[HipSensor] = []
    with ExitStack() as opened:

        def bus() -> Bus:
            wire = LinuxWire(settings.i2c_bus)
            opened.callback(wire.close)
            return Bus(wire, clock)

        if settings.imu != "off":
            imu = SacrumImu(
                bus(), clock, back_axis=settings.imu_axis, head_axis=settings.imu_head_axis,
                address=settings.imu_address,
            )  # fmt: skip
            opened.callback(imu.close)
            sensors.append(imu)
        if settings.rail != "off":
            xshuts = []
            pins = settings.xshut_pins
            for pin in (pins.shoulder, pins.hip, pins.heel):
                xshuts.append(_xshut(pin, factory))
                opened.callback(xshuts[-1].close)
            sensors.append(RearRail(bus(), xshuts, clock))
        opened.pop_all()  # all are open: theirs who asked for them
    return sensors


def _xshut(pin: int, factory: Factory) -> OutputDevice:
    try:
        return OutputDevice(pin, pin_factory=factory)
    # Exception: lgpio.error is no GPIOZeroError.
    except Exception as error:
        raise MatGpioError(
            f"rear rail: cannot use GPIO{pin} for XSHUT ({error}): see which process holds the pin"
            " with `gpioinfo`, and set hip_sensors.xshut_pins to pins that are free"
        ) from error
