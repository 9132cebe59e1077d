"""Hip sensors' columns become one roll, lost ones are named, and the rules use both."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.hips import KEPT_DEG, LOST_S, RAIL_DEG_PER_MM, SIDE_DEG, SIDE_S, HipStage
from matfw.judging.hip_rules import SHIFT_MM_PER_DEG, leg_forward, roll_back
from matfw.messages import (
    CellEvent,
    CellProblem,
    Fault,
    HipRepeatability,
    Limits,
    RawFrame,
    Side,
)
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS, SIDE_CHANNELS

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


def reported(*spans: tuple[float, float | None]) -> list[tuple[float, Side]]:
    """Return the sides reported, and when, of what a belt shows for so long each."""
    stage, t_s = HipStage(SACRUM_CHANNELS + SIDE_CHANNELS, REPEAT), 0.0
    found: list[tuple[float, Side]] = []
    for lasts_s, left_up_deg in spans:
        for _ in range(round(lasts_s / PERIOD_S)):
            roll_deg = None if left_up_deg is None else 0.0
            side = stage.update(frame(t_s, roll_deg, left_up_deg)).side
            if side is not (found[-1][1] if found else Side.UNKNOWN):
                found.append((round(t_s, 1), side))
            t_s += PERIOD_S
    return found


@pytest.mark.parametrize(("sign", "side"), [(-1.0, Side.LEFT), (1.0, Side.RIGHT)])
def test_the_hip_that_points_up_tells_the_side(sign: float, side: Side) -> None:
    assert reported((3.0, sign * 88.0)) == [(SIDE_S, side)]
    assert reported((3.0, sign * (SIDE_DEG + 0.1))) == [(SIDE_S, side)]
    assert reported((3.0, sign * (SIDE_DEG - 0.1))) == []
    rolls = (2.0, sign * 88.0), (2.0, sign * (KEPT_DEG + 0.1)), (1.0, sign * (KEPT_DEG - 0.1))
    assert reported(*rolls) == [(SIDE_S, side), (4.0, Side.UNKNOWN)]


def test_who_turns_over_is_on_no_side_until_they_lie() -> None:
    turning = ((0.5, -60.0), (1.0, 0.0), (0.5, 60.0))
    assert reported((2.0, -88.0), *turning, (2.0, 88.0)) == [
        (1.0, Side.LEFT), (2.5, Side.UNKNOWN), (4.5, Side.RIGHT)
    ]  # fmt: skip
    assert reported((2.0, -88.0), (SIDE_S - 0.1, 88.0), (0.5, 0.0))[1:] == [(2.0, Side.UNKNOWN)]


def test_a_belt_that_dies_tells_no_side_after_a_moment_and_is_named_lost_once() -> None:
    assert reported((2.0, -88.0), (LOST_S - 0.1, None), (1.0, -88.0)) == [(1.0, Side.LEFT)]
    dies = reported((2.0, -88.0), (2.0, None), (2.0, -88.0))
    assert [side for _, side in dies] == [Side.LEFT, Side.UNKNOWN, Side.LEFT]
    assert dies[1][0] == pytest.approx(2.0 + LOST_S, abs=0.1)
    assert dies[2][0] == pytest.approx(4.0 + SIDE_S, abs=0.1)
    stage = HipStage(SACRUM_CHANNELS + SIDE_CHANNELS, REPEAT)
    stage.update(frame(0.0, 0.0, -88.0))
    assert [event.cell for event in stage.update(frame(2.0, None, None)).events] == ["hip_roll_deg"]


def test_a_rail_or_a_belt_without_its_head_end_tells_no_side() -> None:
    stage = HipStage(SACRUM_CHANNELS + RAIL_CHANNELS, REPEAT)
    sides = {stage.update(frame(k * 0.1, 0.0, 150.0, 150.0, 150.0)).side for k in range(50)}
    assert sides == {Side.UNKNOWN}


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
