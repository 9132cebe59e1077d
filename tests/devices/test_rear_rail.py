"""What is particular to the rail: one address for three, each lost and found on its own."""

from __future__ import annotations

import pytest

from matfw.devices.i2c import Bus
from matfw.devices.rear_rail import RearRail
from matfw.errors import MatSettingsError
from matfw.ports import HIP_READ_S
from matfw.virtual.clock import VirtualClock
from tests.i2c_wire import FakeVl53l1x, FakeWire, needs_drivers

pytestmark = needs_drivers

Row = tuple[float | None, ...]


class Rail:
    """A rail on a faked wire, read 50 times a second; distances can be set."""

    def __init__(self, *distances_mm: float | None) -> None:
        self.clock = VirtualClock()
        self.distances_mm = list(distances_mm)
        self.chips = [self.chip(i) for i in range(len(distances_mm))]
        self.wire = FakeWire(self.clock, *self.chips)
        self.sensor = RearRail(Bus(self.wire, self.clock), self.chips, self.clock)
        self.rows: list[Row] = []
        self.longest_read_s = 0.0

    def chip(self, index: int) -> FakeVl53l1x:
        return FakeVl53l1x(self.clock, lambda _t_s: self.distances_mm[index])

    def run(self, duration_s: float) -> Row:
        self.rows = []
        end_s = self.clock.now_s() + duration_s
        while self.clock.now_s() < end_s:
            before_s = self.clock.now_s()
            self.rows.append(self.sensor.read())
            self.longest_read_s = max(self.longest_read_s, self.clock.now_s() - before_s)
            self.clock.sleep_s(0.02)
        return self.rows[-1]


def test_each_has_its_own_address_and_value() -> None:
    rail = Rail(151.0, 148.0, 160.0)
    assert rail.run(1.0) == (151.0, 148.0, 160.0)
    assert [chip.address for chip in rail.chips] == [0x30, 0x31, 0x32]


def test_they_are_in_the_short_mode_with_50_ms_for_a_measurement() -> None:
    rail = Rail(150.0, 150.0, 150.0)
    rail.run(1.0)
    for chip in rail.chips:
        assert chip.registers[0x4B] == 0x14
        assert chip.registers[0x5E:0x60] == b"\x01\xae"


@pytest.mark.parametrize("distance_mm", [None, 39.0, 1301.0])
def test_out_of_range_is_none_and_ends_at_once(distance_mm: float | None) -> None:
    rail = Rail(150.0, 150.0, 150.0)
    rail.run(1.0)
    rail.distances_mm[1] = distance_mm
    assert rail.run(0.3) == (150.0, None, 150.0)
    assert [chip.starts for chip in rail.chips] == [1, 1, 1]
    rail.run(5.0)
    assert [chip.starts for chip in rail.chips] == [1, 1, 1]  # nobody there is no fault of theirs
    rail.distances_mm[1] = 140.0
    assert rail.run(0.3) == (150.0, 140.0, 150.0)


def test_one_that_is_lost_comes_back_while_the_others_go_on() -> None:
    rail = Rail(150.0, 151.0, 152.0)
    rail.run(1.0)
    rail.chips[0].plugged = False
    assert rail.sensor.read() == (None, 151.0, 152.0)  # at once
    assert rail.run(4.0) == (None, 151.0, 152.0)
    assert {row[1:] for row in rail.rows} == {(151.0, 152.0)}
    rail.chips[0].power_up()
    rail.chips[0].plugged = True
    assert rail.run(1.5) == (150.0, 151.0, 152.0)
    assert {row[1:] for row in rail.rows} == {(151.0, 152.0)}


def test_one_that_is_never_ready_is_held_off_and_in_nobodys_way() -> None:
    rail = Rail(150.0, 151.0, 152.0)
    rail.chips[0].never_ready = True
    assert rail.run(3.0) == (None, 151.0, 152.0)
    assert rail.chips[0].is_held_off
    assert rail.longest_read_s < HIP_READ_S


def test_a_wire_that_hangs_costs_a_call_no_more_than_its_limit() -> None:
    rail = Rail(150.0, 151.0, 152.0)
    rail.run(1.0)
    rail.wire.hangs = True
    assert rail.run(4.0) == (None, None, None)
    assert rail.longest_read_s < HIP_READ_S
    rail.wire.hangs = False
    assert rail.run(2.0) == (150.0, 151.0, 152.0)


def test_after_a_dip_of_the_supply_they_get_their_own_addresses_again() -> None:
    rail = Rail(150.0, 151.0, 152.0)
    rail.run(1.0)
    for chip in rail.chips:
        chip.power_up()  # all at the first address; two that answer fail the test
    assert rail.run(1.0) == (None, None, None)
    assert rail.run(2.0) == (150.0, 151.0, 152.0)


def test_after_a_warm_start_the_old_addresses_do_no_harm() -> None:
    rail = Rail(150.0, 151.0, 152.0)
    for chip in rail.chips:  # as an earlier run has left them, powered all the time
        chip.on()
        chip.address = 0x31
    assert rail.run(1.0) == (150.0, 151.0, 152.0)


def test_a_sensor_without_its_xshut_pin_is_refused() -> None:
    clock = VirtualClock()
    chips = [FakeVl53l1x(clock, lambda _t_s: 150.0)] * 2
    with pytest.raises(MatSettingsError, match=r"one XSHUT pin for each of its 3 .*\(got 2\)"):
        RearRail(Bus(FakeWire(clock), clock), chips, clock)
