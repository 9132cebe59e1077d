"""The virtual mat's wiring and clock."""

from __future__ import annotations

import math
import time

import pytest
from gpiozero import PWMLED, OutputDevice

from matfw.cli.arguments import DEMO_SPEED
from matfw.cli.demo import LEAD_S
from matfw.cli.hardware import virtual_trace
from matfw.cli.live import pace_of
from matfw.devices.clock import RealClock
from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Mat, Side
from matfw.testing import VirtualCell, VirtualMat
from matfw.virtual.bench import VirtualBench
from matfw.virtual.clock import QUICK, VirtualClock
from matfw.virtual.defects import StuckValue
from matfw.virtual.lines import StallSchedule
from matfw.virtual.workouts import FIRST_REP_S, WIGGLE_S

CELLS = PRESETS["core4"].cells
MAT = Mat("core4", CELLS, tuple(CellCalibration(1000.0 * i, 42_900.0) for i in range(4)))


def bench(clock: VirtualClock, **options: object) -> VirtualBench:
    return VirtualBench(MAT, lambda t_s: (t_s, 0.0, 1.0, -2.0), clock, **options)  # type: ignore[arg-type]


def test_counts_are_tare_plus_kilograms() -> None:
    clock = VirtualClock()
    mat = bench(clock, noise_counts=0.0, oscillator_error=0.0, phase_spread=0.0)
    clock.advance_s(1.0001)
    assert mat.lines().read() == 0
    assert [chip.last_counts for chip in mat.chips.values()] == [42_900, 1000, 44_900, -82_800]


def test_the_same_seed_gives_the_same_bench() -> None:
    def periods(seed: int) -> list[float]:
        return [chip.period_s for chip in bench(VirtualClock(), seed=seed).chips.values()]

    assert periods(1) == periods(1)
    assert periods(1) != periods(2)
    assert all(abs(p * 80.0 - 1.0) < 0.0102 for p in periods(1))


def test_calls_are_counted_and_cost_time() -> None:
    clock = VirtualClock()
    lines = bench(clock, call_cost_s=5e-6).lines(stall_s=lambda rise: 1e-3 if rise == 1 else 0.0)
    lines.write(1, 1)
    lines.read()
    lines.write(0, 1)
    assert lines.calls == 3
    assert clock.now_s() == pytest.approx(15e-6)
    lines.write(1, 1)
    assert clock.now_s() == pytest.approx(1.02e-3)


def test_own_clocks_reach_one_chip_and_a_shared_clock_all() -> None:
    for is_shared, pulses in ((False, [0, 1, 0, 0]), (True, [1, 1, 1, 1])):
        mat = bench(VirtualClock())
        line = 1 if is_shared else 2
        lines = mat.lines(is_sck_shared=is_shared)
        lines.write(line, line)
        assert [chip.counters.pulses for chip in mat.chips.values()] == pulses


def test_a_defect_of_an_unknown_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="knee"):
        bench(VirtualClock(), defects={"knee": (StuckValue(),)})


@pytest.mark.mat(needs="virtual")
def test_mock_pins_keep_no_history_and_share_the_factory_with_lights(mat: VirtualMat) -> None:
    light = PWMLED(mat.output_pins["hip"], pin_factory=mat.factory)
    cell = mat.cells["head_left"]
    assert isinstance(cell, VirtualCell)
    sck = OutputDevice(cell.sck, pin_factory=mat.factory)
    for _ in range(100):
        sck.on()
        sck.off()
        light.toggle()
    assert len(sck.pin.states) <= 2
    assert len(light.pin.states) <= 2
    assert cell.counters.pulses == 100


def test_stalls_come_from_the_seed() -> None:
    stalls = StallSchedule(0.1, 2.0, seed=3)
    first = [stalls(i) for i in range(1000)]
    again = StallSchedule(0.1, 2.0, seed=3)
    assert first == [again(i) for i in range(1000)]
    assert 60 <= sum(s > 0.0 for s in first) <= 140


def test_virtual_time_moves_only_when_advanced() -> None:
    clock = VirtualClock(5.0)
    clock.sleep_s(-1.0)
    assert clock.now_s() == 5.0
    clock.sleep_s(2.0)
    clock.advance_s(0.5)
    assert clock.now_s() == 7.5


def test_a_paced_clock_waits_for_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real_s = 100.0
    slept: list[float] = []

    def sleep(duration_s: float) -> None:
        nonlocal real_s
        slept.append(duration_s)
        real_s += duration_s

    monkeypatch.setattr(time, "monotonic", lambda: real_s)
    monkeypatch.setattr(time, "sleep", sleep)
    clock = VirtualClock(speed=4.0)
    clock.sleep_s(2.0)
    clock.advance_s(1.0)
    clock.sleep_s(1.0)
    assert slept == [pytest.approx(0.5), pytest.approx(0.5)]
    real_s += 10.0  # the computer was late: no waiting until virtual time has caught up
    clock.sleep_s(1.0)
    assert len(slept) == 2


def test_what_is_only_waited_for_is_quick_and_nothing_is_caught_up_with_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real_s = 100.0

    def sleep(duration_s: float) -> None:
        nonlocal real_s
        real_s += duration_s

    monkeypatch.setattr(time, "monotonic", lambda: real_s)
    monkeypatch.setattr(time, "sleep", sleep)
    clock = VirtualClock(speed=4.0, quick_until_s=10.0)
    for _ in range(9):
        clock.sleep_s(1.0)
    assert real_s == pytest.approx(100.0 + 9.0 / QUICK)
    real_s += 5.0  # a slow computer: 14 virtual seconds behind, were they not quick
    clock.sleep_s(1.0)
    before_s = real_s
    clock.sleep_s(4.0)
    assert real_s - before_s == pytest.approx(1.0), "at its own speed from the first moment on"


def test_the_demo_begins_within_two_seconds_and_lifts_two_seconds_later_at_its_usual_speed() -> (
    None
):
    """What is shown first is the side and the counting in; then the leg rises."""
    first_s = virtual_trace("workout", "core4", Side.LEFT).truth[0].start_s
    quick_s = first_s - LEAD_S
    pace = pace_of(DEMO_SPEED, quick_s)
    assert pace is not None
    assert (pace(quick_s - 0.1), pace(quick_s)) == (QUICK, DEMO_SPEED), "the picture says how fast"
    assert quick_s / QUICK < 2.0
    assert LEAD_S / DEMO_SPEED < 2.0
    knee_s = first_s - (FIRST_REP_S - WIGGLE_S)  # which says the side, before the first lift
    assert knee_s > quick_s
    assert quick_s / QUICK + (knee_s - quick_s) / DEMO_SPEED < 2.0


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
def test_a_speed_must_be_positive(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        VirtualClock(speed=speed)


def test_the_real_clock_is_monotonic() -> None:
    clock = RealClock()
    before_s = clock.now_s()
    clock.sleep_s(0.0)
    assert clock.now_s() >= before_s
