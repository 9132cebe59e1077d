"""What every reader of load cells must do, on every reader there is."""

from __future__ import annotations

import pytest

from matfw.virtual.defects import (
    BrownOut,
    CutSck,
    Defect,
    Line,
    OpenBridge,
    StuckDout,
    SwappedPins,
    silent,
)
from tests.rigs import READERS, build

WANT = (123_456, -1, -8_388_608, 8_388_607)
PERIOD_S = 1.0 / 80.0
BACK_S = 0.3  # after the supply is back: settling, and five whole frames of each
DEAD: dict[str, Defect] = {
    "missing": StuckDout(line=Line.HIGH),
    "stuck_low": StuckDout(line=Line.LOW),
    "cut_sck": CutSck(),
    "swapped_pins": SwappedPins(),
}

pytestmark = pytest.mark.parametrize("kind", READERS)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_values_are_right_with_their_signs_and_at_both_ends(kind: str, rate_hz: float) -> None:
    rig = build(kind, WANT, rate_hz=rate_hz)
    frames = rig.run(60)
    assert WANT in frames
    assert rig.wrong(WANT) == 0
    assert sum(frame == WANT for frame in frames) >= 50


@pytest.mark.parametrize("is_ready_while_settling", [False, True])
def test_settling_is_discarded_and_counted(kind: str, is_ready_while_settling: bool) -> None:
    rig = build(kind, WANT, is_ready_while_settling=is_ready_while_settling)
    rig.run(20)
    assert rig.wrong(WANT) == 0  # the chip's first four results are 25, 50, 75 % of the way
    for counters in rig.reader.stats.cells.values():
        assert counters.settling == (4 if is_ready_while_settling else 1)


def test_a_second_start_settles_again(kind: str) -> None:
    rig = build(kind, WANT, is_ready_while_settling=True)
    rig.run(20)
    rig.reader.start()
    rig.run(20)
    assert rig.wrong(WANT) == 0
    assert {c.settling for c in rig.reader.stats.cells.values()} == {8}


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
@pytest.mark.parametrize("defect", DEAD)
def test_nothing_answers_and_read_returns_within_three_periods(
    kind: str, defect: str, rate_hz: float
) -> None:
    names = ("cell_a", "cell_b", "cell_c", "cell_d")
    rig = build(kind, WANT, rate_hz=rate_hz, defects=dict.fromkeys(names, (DEAD[defect],)))
    frames = rig.run(60)
    assert set(frames) == {(None,) * 4}
    assert rig.longest_read_s < 3.0 / rate_hz
    assert rig.reader.stats.resets >= 1


@pytest.mark.parametrize("defect", DEAD)
def test_a_dead_cell_costs_the_others_nothing_but_its_first_frames(kind: str, defect: str) -> None:
    rig = build(kind, WANT, defects={"cell_b": (DEAD[defect],)})
    frames = rig.run(400)
    assert {frame[1] for frame in frames} == {None}
    assert rig.wrong(WANT) == 0
    # A power cycle on a shared clock hits the living too: that is the price of sharing it.
    share = 0.8 if kind == "shared_sck" else 0.97
    for i in (0, 2, 3):
        assert sum(frame[i] is not None for frame in frames) >= share * len(frames)
    assert rig.longest_read_s < 3.0 * PERIOD_S


def test_a_cell_that_falls_silent_and_comes_back_is_read_again(kind: str) -> None:
    # A wire that comes off during a burst leaves ones in place of the bits to come: physics allows
    # no more than to count that frame as torn afterwards. Here it comes off between two bursts.
    rig = build(kind, WANT, defects={"cell_c": (silent(1001.0, 1003.0),)})
    frames = rig.run(480)
    assert rig.wrong(WANT) == 0
    assert all(frame[2] is None for frame in frames[100:150])
    assert sum(frame[2] is not None for frame in frames[-60:]) >= 58


@pytest.mark.parametrize("defect", [StuckDout, BrownOut], ids=["wire", "supply"])
@pytest.mark.parametrize("lasts_s", [0.02, 0.12, 1.0])
def test_cells_that_fall_silent_together_are_read_together_again(
    kind: str, defect: type[Defect], lasts_s: float
) -> None:
    """As all of them do when their supply fails; at 1 s nobody is waited for any more."""
    names = ("cell_a", "cell_b", "cell_c", "cell_d")
    fails_s, back_s = 1001.0, 1001.0 + lasts_s
    rig = build(kind, WANT, defects=dict.fromkeys(names, (defect(from_s=fails_s, until_s=back_s),)))
    while rig.clock.now_s() < back_s + BACK_S:
        rig.run(1)
    whole = rig.run(80)
    assert rig.wrong(WANT) == 0
    assert sum(frame == WANT for frame in whole) >= 76


def test_an_open_bridge_is_read_as_the_rail_it_is(kind: str) -> None:
    rig = build(kind, WANT, defects={"cell_a": (OpenBridge(is_positive=False),)})
    assert rig.run(20)[-1][0] == -8_388_608


def test_a_power_down_behind_the_readers_back_is_seen_and_recovered_from(kind: str) -> None:
    rig = build(kind, lambda t_s: (t_s,) * 4, is_ready_while_settling=False)
    rig.run(60)
    chip = rig.bench.chips["cell_b"]
    chip.set_sck(True, rig.clock.now_s())  # a spike on the wire, no doing of this process
    chip.set_sck(False, rig.clock.now_s() + 100e-6)
    rig.run(60)
    counters = rig.reader.stats.cells["cell_b"]
    # On a shared clock the others' bursts go on while it settles, and it may be met in mid-read.
    assert 1 <= counters.torn <= (4 if kind == "shared_sck" else 1)
    assert counters.good > 100 - 15
    assert rig.frames[-1][1] is not None


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_the_rate_is_measured_within_one_percent(kind: str, rate_hz: float) -> None:
    errors = (0.021, 0.02, 0.019, 0.02)
    rig = build(kind, WANT, rate_hz=rate_hz, oscillator_error=errors)
    rig.run(300)
    assert rig.reader.stats.measured_rate_hz == pytest.approx(rate_hz * 1.02, rel=0.01)
    assert rig.reader.stats.frames == 300


@pytest.mark.parametrize("pause_periods", [0.5, 0.93, 1.5, 7.3, 1000.0])
def test_a_late_caller_gets_no_wrong_value(kind: str, pause_periods: float) -> None:
    rig = build(kind, WANT, tears=True)
    rig.run(60)
    for _ in range(30):
        rig.clock.sleep_s(pause_periods * PERIOD_S)
        rig.run(2)
    assert rig.wrong(WANT) == 0
    assert rig.longest_read_s < 3.0 * PERIOD_S


def test_names_keep_their_order_and_stats_are_one_object(kind: str) -> None:
    rig = build(kind, WANT)
    assert rig.reader.names == ("cell_a", "cell_b", "cell_c", "cell_d")
    assert rig.reader.stats is rig.reader.stats
    assert tuple(rig.reader.stats.cells) == rig.reader.names


def test_times_increase(kind: str) -> None:
    rig = build(kind, WANT, defects={"cell_a": (silent(1001.0, 1001.5),)})
    times = [rig.reader.read().t_s for _ in range(200)]
    assert times == sorted(set(times))


def test_close_leaves_the_clocks_low_twice_over(kind: str) -> None:
    rig = build(kind, WANT)
    rig.run(3)
    rig.reader.close()
    rig.reader.close()
    later_s = rig.clock.now_s() + 1.0
    assert not any(chip.dout(later_s) for chip in rig.bench.chips.values())  # none powered down
    if rig.lines is not None:
        assert rig.lines.levels == 0
        assert rig.lines.is_closed
