"""Sums of the circuit: currents, powers, voltages, from hardware/mat.toml."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.scripts.source import Electrical

BANK_WH = 37.0  # 10,000 mAh at 3.7 V
BANK_SHARE = 0.85  # of it that arrives, an estimate
LIGHTS = 3


@dataclass(frozen=True, slots=True)
class Load:
    """What the mat's own circuit takes."""

    led_ma: float
    led_mw: float  # in its resistor
    base_ma: float
    piezo_ma: float
    piezo_mw: float  # in the resistor across it, at a duty of one half
    piezo_discharge_us: float  # time constant
    half_period_us: float  # of the highest tone
    cell_ma: float  # a bridge and its converter
    pull_up_mw: float
    hold_v: float  # at a driver's input when the pin floats: what 1 uA of leakage makes

    def five_volt_ma(self, cells: int) -> float:
        """Return the current through the fuse with all lights on and the buzzer sounding."""
        return cells * self.cell_ma + LIGHTS * self.led_ma + self.piezo_ma

    def gpio_ma(self) -> float:
        """Return the current out of the Pi's pins with all outputs on."""
        return (LIGHTS + 1) * self.base_ma


def load(e: Electrical) -> Load:
    """Return the circuit's currents and powers."""
    led_a = (e.supply_v - e.led_v - e.saturation_v) / e.led_ohm
    piezo_a = (e.supply_v - e.saturation_v) / e.piezo_ohm
    return Load(
        led_ma=1e3 * led_a,
        led_mw=1e3 * led_a**2 * e.led_ohm,
        base_ma=1e3 * (e.logic_v - e.base_v) / e.base_ohm,
        piezo_ma=1e3 * piezo_a,
        piezo_mw=1e3 * piezo_a**2 * e.piezo_ohm / 2,
        piezo_discharge_us=1e-3 * e.piezo_ohm * e.piezo_nf,
        half_period_us=1e6 / e.highest_hz / 2,
        cell_ma=1e3 * e.avdd_v / e.bridge_ohm + e.converter_ma,
        pull_up_mw=1e3 * e.logic_v**2 / e.pull_up_ohm,
        hold_v=1e-6 * e.hold_ohm,
    )


def supply_drop_mv(e: Electrical, cells: int) -> float:
    """Return what fuse and wires to the board take off the 5 V, there and back."""
    amperes = load(e).five_volt_ma(cells) / 1e3
    return 1e3 * amperes * (e.fuse_ohm + 2 * e.wire_ohm_m * e.supply_wire_m)


def cell_drop_share(e: Electrical) -> float:
    """Return how much less a bridge sees than the converter gives: a constant, so calibrated."""
    return 2 * e.wire_ohm_m * e.cell_wire_m / e.bridge_ohm


def bank_hours(amperes: float, own_ma: float, volts: float) -> float:
    """Return how long a power bank of 10,000 mAh lasts."""
    return BANK_WH * BANK_SHARE / (volts * (amperes + own_ma / 1e3))
