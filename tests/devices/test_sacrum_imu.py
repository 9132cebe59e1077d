"""What is particular to the belt: its axes, its filter, what it does not believe."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from matfw.devices.i2c import Bus
from matfw.devices.sacrum_imu import AXES, CHIPS, SacrumImu
from matfw.errors import MatSettingsError
from matfw.ports import HIP_READ_S, SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.virtual.clock import VirtualClock
from tests.i2c_wire import FakeLsm6ds, FakeWire, needs_drivers

Vector = tuple[float, float, float]
LEVEL: Vector = (0.0, 1.0, 0.0)


def tilted(degrees: float) -> Vector:
    """Return 1 g for a board whose +z looks out of a back rolled back by so much."""
    return 0.0, math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))


class Belt:
    """A belt on a faked wire, read 50 times a second."""

    def __init__(self, accel_g: Callable[[float], Vector] | Vector, **imu: str) -> None:
        self.clock = VirtualClock()
        signal = accel_g if callable(accel_g) else lambda _t_s: accel_g
        self.chip = FakeLsm6ds(self.clock, signal)
        self.wire = FakeWire(self.clock, self.chip)
        self.sensor = SacrumImu(Bus(self.wire, self.clock), self.clock, **imu)  # type: ignore[arg-type]
        self.longest_read_s = 0.0

    def run(self, duration_s: float) -> float | None:
        value: float | None = None
        end_s = self.clock.now_s() + duration_s
        while self.clock.now_s() < end_s:
            before_s = self.clock.now_s()
            value = self.sensor.read()[0]
            self.longest_read_s = max(self.longest_read_s, self.clock.now_s() - before_s)
            self.clock.sleep_s(0.02)
        return value


pytestmark = needs_drivers


@pytest.mark.parametrize(
    ("back_axis", "accel_g", "roll_deg"),
    [
        ("+z", tilted(10.0), 10.0),
        ("-z", tilted(10.0), -10.0),
        ("+x", (-0.5, 0.0, math.sqrt(0.75)), 30.0),
        ("-x", (-0.5, math.sqrt(0.75), 0.0), -30.0),
        ("+y", (1.0, 0.0, 0.0), 0.0),
        ("-y", (0.0, 1.0, 0.0), 90.0),  # lying on the back
        ("+z", (0.0, -math.cos(0.2), -math.sin(0.2)), math.degrees(0.2)),  # the other side
    ],
)
def test_the_axis_out_of_the_back_goes_to_the_floor(
    back_axis: str, accel_g: Vector, roll_deg: float
) -> None:
    assert Belt(accel_g, back_axis=back_axis).run(1.0) == pytest.approx(roll_deg, abs=0.1)


# A board flat on the back, its parts outwards, by how it is turned: which axis points to the head.
# Seen from behind +x is then to the right of +y.
@pytest.mark.parametrize(
    ("back_axis", "head_axis", "left"),
    [
        ("+z", "+y", (-1, 0, 0)),
        ("+z", "-y", (1, 0, 0)),
        ("+z", "+x", (0, 1, 0)),
        ("-z", "+y", (1, 0, 0)),
        ("+x", "+z", (0, -1, 0)),
        ("-y", "-x", (0, 0, -1)),
    ],
)
@pytest.mark.parametrize("roll_deg", [0.0, 30.0])
def test_the_body_s_left_points_up_on_the_right_side_and_down_on_the_left(
    back_axis: str, head_axis: str, left: Vector, roll_deg: float
) -> None:
    index, sign = AXES[back_axis]
    for up in (-1.0, 1.0):
        accel_g = [up * math.cos(math.radians(roll_deg)) * x for x in left]
        accel_g[index] -= sign * math.sin(math.radians(roll_deg))
        belt = Belt((accel_g[0], accel_g[1], accel_g[2]), back_axis=back_axis, head_axis=head_axis)
        belt.run(1.0)
        want = (roll_deg, up * (90.0 - roll_deg))
        assert belt.sensor.read() == pytest.approx(want, abs=1.0)
        assert belt.sensor.channels == SACRUM_CHANNELS + SIDE_CHANNELS


def test_who_stands_or_lies_on_the_back_is_on_no_side() -> None:
    for accel_g in ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)):
        belt = Belt(accel_g, head_axis="+y")
        belt.run(1.0)
        assert belt.sensor.read()[1] == pytest.approx(0.0, abs=1.0)
    belt.chip.plugged = False
    assert belt.sensor.read() == (None, None)


@pytest.mark.parametrize("head_axis", ["+z", "-z", "up"])
def test_a_head_axis_that_cannot_be_is_refused(head_axis: str) -> None:
    with pytest.raises(MatSettingsError, match=r"head_axis must be \+x, -x, \+y, -y while"):
        Belt(LEVEL, head_axis=head_axis)


def test_another_axis_is_refused() -> None:
    with pytest.raises(MatSettingsError, match=r"back_axis must be \+x, .* \(got 'z'\)"):
        Belt(LEVEL, back_axis="z")


@pytest.mark.parametrize("identity", CHIPS)
def test_every_chip_of_the_family_is_known_by_its_identity(identity: int) -> None:
    belt = Belt(tilted(5.0))
    belt.chip._identity = identity
    belt.chip.power_up()
    assert belt.run(1.0) == pytest.approx(5.0, abs=0.1)


def test_another_chip_is_not_believed() -> None:
    belt = Belt(LEVEL)
    belt.chip._identity = 0x68  # an MPU-6050
    belt.chip.power_up()
    assert belt.run(3.0) is None


@pytest.mark.parametrize("accel_g", [(0.0, 0.0, 0.05), (0.0, 1.6, 0.0)], ids=["falls", "blow"])
def test_what_is_not_gravity_is_none(accel_g: Vector) -> None:
    belt = Belt(lambda t_s: accel_g if 2.0 < t_s < 2.4 else tilted(8.0))
    assert belt.run(1.9) == pytest.approx(8.0, abs=0.1)
    assert belt.run(0.3) is None
    assert belt.run(0.5) == pytest.approx(8.0, abs=0.1)


def test_the_filter_is_late_by_its_stated_delay() -> None:
    belt = Belt(lambda t_s: tilted(10.0 * (t_s - 1.0)))  # 10 degrees a second
    seen = belt.run(3.0)
    assert seen is not None
    assert 10.0 * (belt.clock.now_s() - 1.0) - seen == pytest.approx(10.0 * 0.11, abs=0.3)


def test_a_chip_that_has_just_been_started_is_not_believed() -> None:
    belt = Belt(LEVEL)
    assert belt.run(0.09) is None
    assert belt.run(0.06) is not None


def test_a_wire_that_hangs_costs_a_call_no_more_than_its_limit() -> None:
    belt = Belt(LEVEL)
    belt.run(1.0)
    belt.wire.hangs = True
    assert belt.run(4.0) is None
    assert belt.longest_read_s < HIP_READ_S
    belt.wire.hangs = False
    assert belt.run(2.0) == pytest.approx(0.0, abs=0.1)


def test_a_chip_that_never_ends_its_reset_is_given_up() -> None:
    belt = Belt(LEVEL)
    belt.chip.never_resets = True
    assert belt.run(3.0) is None
    assert belt.longest_read_s < HIP_READ_S


def test_a_belt_that_is_put_on_later_is_found() -> None:
    belt = Belt(tilted(3.0))
    belt.chip.plugged = False
    assert belt.run(3.0) is None
    belt.chip.plugged = True
    assert belt.run(1.5) == pytest.approx(3.0, abs=0.1)
