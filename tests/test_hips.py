"""Hip sensors' columns become one roll, lost ones are named, and the rules use both."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.hips import LOST_S, RAIL_DEG_PER_MM, HipStage
from matfw.judging.hip_rules import SHIFT_MM_PER_DEG, leg_forward, roll_back
from matfw.messages import CellEvent, CellProblem, Fault, HipRepeatability, Limits, RawFrame
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS

LIMITS = Limits()
REPEAT = HipRepeatability()
PERIOD_S = 1 / 80


def frame(t_s: float, *channels: float | None) -> RawFrame:
    return RawFrame(t_s, (0,), channels)


def test_a_belt_alone_gives_its_own_angle() -> None:
    hips = HipStage(SACRUM_CHANNELS, REPEAT).update(frame(0.0, 7.5))
    assert hips.roll_deg == pytest.approx(7.5)
    assert hips.sources == ("hip_roll_deg",)


def test_a_rail_reads_a_nearer_back_as_rolled_back() -> None:
    stage = HipStage(RAIL_CHANNELS, REPEAT)
    far = stage.update(frame(0.0, 150.0, 150.0, 150.0)).roll_deg
    near = stage.update(frame(0.1, 150.0, 119.0, 150.0)).roll_deg
    assert far is not None
    assert near is not None
    assert near - far == pytest.approx(31.0 * -RAIL_DEG_PER_MM)


def test_only_the_rail_s_sensor_at_the_hip_counts() -> None:
    hips = HipStage(RAIL_CHANNELS, REPEAT).update(frame(0.0, 1.0, 150.0, 2.0))
    assert hips.sources == ("back_hip_mm",)


def test_a_silent_sensor_is_lost_once_and_back_once() -> None:
    stage = HipStage(SACRUM_CHANNELS, REPEAT)
    found: list[CellEvent] = []
    for k in range(round(3.0 / PERIOD_S)):
        t_s = k * PERIOD_S
        value = None if 1.0 <= t_s < 2.0 else 0.0
        found += stage.update(frame(t_s, value)).events
    assert [event.problem for event in found] == [CellProblem.LOST, CellProblem.OK]
    assert found[0].t_s == pytest.approx(1.0 + LOST_S, abs=3 * PERIOD_S)


def test_two_sensors_repeat_better_than_either_and_the_poorer_counts_for_less() -> None:
    stage = HipStage(SACRUM_CHANNELS + RAIL_CHANNELS, HipRepeatability(imu_deg=3.0, rail_mm=3.1))
    stage.update(frame(0.0, 0.0, None, 0.0, None))
    both = stage.update(frame(0.1, 10.0, None, 0.0, None))
    assert both.roll_deg == pytest.approx(1.0)  # the belt's 10 deg weigh a tenth
    assert both.sd_deg == pytest.approx(1.0 / math.sqrt(1.0 + 1.0 / 9.0))
    belt = HipStage(SACRUM_CHANNELS, HipRepeatability(imu_deg=3.0)).update(frame(0.0, 0.0))
    assert belt.sd_deg == pytest.approx(3.0)


def test_a_mat_without_hip_sensors_has_no_roll() -> None:
    hips = HipStage((), REPEAT).update(frame(0.0))
    assert (hips.roll_deg, hips.sources, hips.events) == (None, (), ())


def named(shift_mm: float, roll_deg: float | None, sd_deg: float = REPEAT.imu_deg) -> list[Fault]:
    rules = {Fault.ROLL_BACK: roll_back, Fault.LEG_FORWARD: leg_forward}
    return [fault for fault, rule in rules.items() if rule(shift_mm, roll_deg, sd_deg, LIMITS)]


def test_roll_and_forward_together_hide_from_cells_and_not_from_a_belt() -> None:
    roll_deg = 12.0
    assert named(0.0, None) == []
    assert named(0.0, roll_deg) == [Fault.ROLL_BACK, Fault.LEG_FORWARD]


def test_a_roll_alone_is_no_leg_forward() -> None:
    assert named(-SHIFT_MM_PER_DEG * 12.0, 12.0) == [Fault.ROLL_BACK]


@pytest.mark.parametrize(("off_mm", "reported"), [(-0.1, False), (0.1, True)])
def test_the_cells_own_limits_hold_without_a_sensor(off_mm: float, reported: bool) -> None:
    assert bool(named(-LIMITS.roll_back_mm - off_mm, None)) is reported
    assert bool(named(LIMITS.leg_forward_mm + off_mm, None)) is reported


@given(st.floats(-5.0, 5.0), st.floats(-2.0, 2.0))
def test_small_movements_are_nobody_s_fault(shift_mm: float, roll_deg: float) -> None:
    assert named(shift_mm, None) == []
    assert named(min(shift_mm, 2.0), roll_deg) == []


def test_the_settings_limit_is_that_of_the_usual_sensor() -> None:
    limit_deg = LIMITS.roll_back_deg
    assert named(-SHIFT_MM_PER_DEG * limit_deg, limit_deg - 0.01) == []
    assert named(-SHIFT_MM_PER_DEG * limit_deg, limit_deg + 0.01) == [Fault.ROLL_BACK]


@given(st.floats(-60.0, 40.0), st.floats(-10.0, 30.0), st.floats(0.3, 10.0), st.floats(0.0, 5.0))
def test_a_poorer_sensor_never_names_what_a_better_one_does_not(
    shift_mm: float, roll_deg: float, sd_deg: float, worse_deg: float
) -> None:
    assert set(named(shift_mm, roll_deg, sd_deg + worse_deg)) <= set(
        named(shift_mm, roll_deg, sd_deg)
    )
