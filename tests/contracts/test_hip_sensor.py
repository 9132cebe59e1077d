"""What every hip sensor must do: real ones on a faked wire, and their virtual twins."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from matfw.devices.i2c import Bus
from matfw.devices.rear_rail import RearRail
from matfw.devices.sacrum_imu import SacrumImu
from matfw.layouts import PRESETS
from matfw.ports import HIP_READ_S, HIP_SILENCE_S, RAIL_CHANNELS, SACRUM_CHANNELS, HipSensor
from matfw.service.hips import READ_PERIOD_S
from matfw.virtual.clock import VirtualClock
from matfw.virtual.deck import Array
from matfw.virtual.hips import Outage, VirtualImu, VirtualRail
from matfw.virtual.person import generate
from matfw.virtual.sampling import HipErrors
from matfw.virtual.sessions import demo_session
from matfw.virtual.trace import Trace
from tests.i2c_wire import FakeLsm6ds, FakeVl53l1x, FakeWire, needs_drivers

EXACT = HipErrors(0.0, (1.0, 1.0), 0.0, 0.0, 0.0, 0.0, 0.0)
LATEST_S = 0.2  # how old what a value tells may be
COME_BACK_S = 1.8  # a lost sensor is looked for once a second
USUAL_READ_S = 0.02  # three sensors with a new value each, at 100 kHz
OUTAGES = (Outage(6.0, 9.0), Outage(14.0, 17.0, is_frozen=True))


@dataclass
class Rig:
    """A sensor, read 50 times a second of virtual time, and the truth."""

    sensor: HipSensor
    clock: VirtualClock
    truth: Callable[[float], tuple[float, ...]]
    resolution: float
    apply: Callable[[float], None] = lambda _t_s: None  # what outages do to a faked wire
    is_released: Callable[[], bool] = lambda: True
    rows: list[tuple[float, tuple[float | None, ...]]] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)

    def run(self, until_s: float) -> None:
        while self.clock.now_s() < until_s:
            before_s = self.clock.now_s()
            self.apply(before_s)
            values = self.sensor.read()
            self.took_s.append(self.clock.now_s() - before_s)
            self.rows.append((self.clock.now_s(), values))
            self.clock.sleep_s(READ_PERIOD_S)

    def between(self, from_s: float, to_s: float) -> list[tuple[float | None, ...]]:
        return [values for t_s, values in self.rows if from_s <= t_s < to_s]


@pytest.fixture(scope="module")
def trace() -> Trace:
    return generate(demo_session(), PRESETS["core4"].cells, 1)


def virtual_imu(trace: Trace) -> Rig:
    clock = VirtualClock()
    sensor = VirtualImu(trace, clock, seed=1, errors=EXACT, outages=OUTAGES)
    return Rig(sensor, clock, lambda t_s: (roll_deg(trace, t_s),), 0.02)


def virtual_rail(trace: Trace) -> Rig:
    clock = VirtualClock()
    sensor = VirtualRail(trace, clock, seed=1, errors=EXACT, outages=OUTAGES)
    return Rig(sensor, clock, lambda t_s: backs_mm(trace, t_s), 0.02)


def sacrum_imu(trace: Trace) -> Rig:
    clock = VirtualClock()

    def accel_g(t_s: float) -> tuple[float, float, float]:
        roll = math.radians(roll_deg(trace, t_s))
        return 0.0, math.cos(roll), -math.sin(roll)

    chip = FakeLsm6ds(clock, accel_g)
    wire = FakeWire(clock, chip)

    def apply(t_s: float) -> None:
        was_plugged = chip.plugged
        chip.plugged = not OUTAGES[0].from_s <= t_s < OUTAGES[0].to_s
        if chip.plugged and not was_plugged:
            chip.power_up()
        chip.is_frozen = OUTAGES[1].from_s <= t_s < OUTAGES[1].to_s

    sensor = SacrumImu(Bus(wire, clock), clock)
    return Rig(
        sensor, clock, lambda t_s: (roll_deg(trace, t_s),), 0.15, apply,
        lambda: wire.is_closed and chip.registers[chip.CTRL1] >> 4 == 0,
    )  # fmt: skip


def rear_rail(trace: Trace) -> Rig:
    clock = VirtualClock()
    chips = [
        FakeVl53l1x(clock, lambda t_s, i=i: backs_mm(trace, t_s)[i])  # type: ignore[misc]
        for i in range(3)
    ]
    wire = FakeWire(clock, *chips)

    def apply(t_s: float) -> None:
        for chip in chips:
            was_plugged = chip.plugged
            chip.plugged = not OUTAGES[0].from_s <= t_s < OUTAGES[0].to_s
            if chip.plugged and not was_plugged:
                chip.power_up()
            chip.is_frozen = OUTAGES[1].from_s <= t_s < OUTAGES[1].to_s

    sensor = RearRail(Bus(wire, clock), chips, clock)
    return Rig(
        sensor, clock, lambda t_s: backs_mm(trace, t_s), 0.51, apply,
        lambda: wire.is_closed and all(c.is_held_off and c.is_released for c in chips),
    )  # fmt: skip


def roll_deg(trace: Trace, t_s: float) -> float:
    return float(np.interp(t_s, trace.t_s, trace.hip_roll_deg))


def backs_mm(trace: Trace, t_s: float) -> tuple[float, ...]:
    return tuple(float(np.interp(t_s, trace.t_s, back)) for back in rail_backs_mm(trace))


@functools.cache
def rail_backs_mm(trace: Trace) -> list[Array]:
    return [trace.back_mm(channel.x_mm or 0.0) for channel in RAIL_CHANNELS]


KINDS = [
    pytest.param(virtual_imu, id="virtual_imu"),
    pytest.param(virtual_rail, id="virtual_rail"),
    pytest.param(sacrum_imu, id="sacrum_imu", marks=needs_drivers),
    pytest.param(rear_rail, id="rear_rail", marks=needs_drivers),
]
pytestmark = pytest.mark.parametrize("kind", KINDS)
Build = Callable[[Trace], Rig]


def test_values_are_right_within_the_resolution(kind: Build, trace: Trace) -> None:
    rig = kind(trace)
    rolled = next(rep for rep in trace.truth if rep.roll_deg > 10.0)
    rig.run(rolled.end_s + 1.0)
    seen = 0
    for t_s, values in rig.rows:
        lately = np.array([rig.truth(t_s - age_s) for age_s in np.linspace(0.0, 0.6, 13)])
        if np.ptp(lately, axis=0).max() > 0.02 or None in values:
            continue  # moving: the value is a mixture of the times before
        seen += 1
        assert values == pytest.approx(lately[0], abs=rig.resolution)
    assert seen > 300


def test_a_roll_back_is_seen_with_its_sign_and_soon(kind: Build, trace: Trace) -> None:
    rig = kind(trace)
    rolled = next(rep for rep in trace.truth if rep.roll_deg > 10.0)
    rig.run(rolled.end_s)
    hip = [channel.name for channel in rig.sensor.channels].index(
        "hip_roll_deg" if len(rig.sensor.channels) == 1 else "back_hip_mm"
    )
    half_way = 0.5 * (rig.truth(rolled.onset_s - 1.0)[hip] + rig.truth(rolled.top_s)[hip])
    side = math.copysign(1.0, rig.truth(rolled.top_s)[hip] - half_way)
    times = np.arange(rolled.onset_s, rolled.top_s, 0.001)
    true_s = next(t for t in times if side * (rig.truth(t)[hip] - half_way) > 0.0)
    seen_s = next(
        t_s
        for t_s, values in rig.rows
        if t_s > rolled.onset_s
        and (value := values[hip]) is not None
        and side * (value - half_way) > 0.0
    )
    assert 0.0 <= seen_s - true_s < LATEST_S


def test_columns_are_those_of_a_recording(kind: Build, trace: Trace) -> None:
    sensor = kind(trace).sensor
    assert sensor.channels in (SACRUM_CHANNELS, RAIL_CHANNELS)
    assert len(sensor.read()) == len(sensor.channels)


@pytest.mark.parametrize("outage", OUTAGES, ids=["lost", "frozen"])
def test_a_loss_is_none_in_time_and_it_comes_back(
    kind: Build, trace: Trace, outage: Outage
) -> None:
    rig = kind(trace)
    rig.run(outage.to_s + COME_BACK_S + 2.0)
    nothing = (None,) * len(rig.sensor.channels)
    assert all(None not in values for values in rig.between(4.0, OUTAGES[0].from_s))
    lost_s = outage.from_s + HIP_SILENCE_S + 2 * READ_PERIOD_S
    lost = rig.between(lost_s, outage.to_s)
    assert lost
    assert set(lost) == {nothing}
    back = rig.between(outage.to_s + COME_BACK_S, math.inf)
    assert len(back) > 50
    assert all(None not in values for values in back)


def test_a_call_never_takes_long(kind: Build, trace: Trace) -> None:
    rig = kind(trace)
    rig.run(20.0)
    assert max(rig.took_s) < HIP_READ_S
    assert np.percentile(rig.took_s, 95) < USUAL_READ_S


def test_close_lets_go_twice_over(kind: Build, trace: Trace) -> None:
    rig = kind(trace)
    rig.run(3.0)
    rig.sensor.close()
    rig.sensor.close()
    assert rig.is_released()
    assert set(rig.sensor.read()) == {None}
