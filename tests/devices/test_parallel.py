"""What only the parallel reader can do: few calls, no silent errors, drift without harm."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.devices.burst import LANE_BITS, clock_out, spread_table
from matfw.devices.hx711 import signed_counts
from matfw.devices.parallel import ParallelReader
from matfw.errors import MatSettingsError
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import Line, StuckDout
from matfw.virtual.lines import StallSchedule
from tests.rigs import build

SIGNED_24 = st.integers(-(1 << 23), (1 << 23) - 1)
WANT = (123_456, -1, -8_388_608, 8_388_607)
DRIFTING = (0.01, -0.01, 0.004, 0.0)
PARALLEL = pytest.mark.parametrize("kind", ["own_sck", "shared_sck"])


@given(word=st.integers(0, (1 << 24) - 1))
def test_a_word_is_its_twos_complement(word: int) -> None:
    assert signed_counts(word) == int.from_bytes(word.to_bytes(3, "big"), "big", signed=True)


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(["own_sck", "shared_sck"]),
    counts=st.lists(SIGNED_24, min_size=1, max_size=8),
)
def test_any_value_of_any_number_of_cells_comes_through(kind: str, counts: list[int]) -> None:
    rig = build(kind, counts)
    assert rig.run(8)[-1] == tuple(counts)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["own_sck", "shared_sck", "adafruit"]),
    stalls=st.dictionaries(
        st.integers(0, 25 * 40), st.floats(1e-6, 0.03, allow_nan=False), max_size=12
    ),
    is_ready_while_settling=st.booleans(),
    tears=st.booleans(),
)
def test_no_stall_of_the_clock_gives_a_wrong_value(
    kind: str, stalls: dict[int, float], is_ready_while_settling: bool, tears: bool
) -> None:
    rig = build(
        kind,
        WANT,
        stall_s=lambda rise: stalls.get(rise, 0.0),
        is_ready_while_settling=is_ready_while_settling,
        tears=tears,
    )
    rig.run(40)
    assert rig.wrong(WANT) == 0


@PARALLEL
@pytest.mark.parametrize("is_ready_while_settling", [False, True])
def test_stalls_at_random_lose_frames_and_never_falsify_them(
    kind: str, is_ready_while_settling: bool
) -> None:
    rig = build(
        kind,
        WANT,
        stall_s=StallSchedule(1e-3, 100e-6, seed=7),
        is_ready_while_settling=is_ready_while_settling,
    )
    frames = rig.run(2000)
    assert rig.wrong(WANT) == 0
    assert rig.reader.stats.longest_sck_high_s == pytest.approx(100e-6, rel=0.1)
    torn = rig.reader.stats.cells["cell_a"].torn
    assert 25 <= torn <= 80  # 2.5 % of the frames have a stall, and fewer are read after one
    assert sum(frame == WANT for frame in frames) > 0.75 * len(frames)


@PARALLEL
@pytest.mark.parametrize("cells", [4, 8])
def test_a_frame_takes_no_more_than_80_calls_however_many_cells(kind: str, cells: int) -> None:
    rig = build(kind, (100.0,) * cells, oscillator_error=0.01)
    rig.run(200)
    calls = []
    for _ in range(400):
        before = rig.calls
        rig.run(1)
        calls.append(rig.calls - before)
    assert min(calls) >= 76
    assert statistics.median(calls) <= 80
    assert statistics.fmean(calls) <= 80


def test_own_clocks_follow_the_fastest_and_lose_only_what_drifts_past() -> None:
    rig = build("own_sck", WANT, oscillator_error=DRIFTING)
    frames = rig.run(2000)
    assert rig.reader.stats.measured_rate_hz == pytest.approx(80.8, rel=0.01)
    share = [sum(f[i] is not None for f in frames) / len(frames) for i in range(4)]
    for i, error in enumerate(DRIFTING):
        assert share[i] == pytest.approx((1.0 + error) / 1.01, abs=0.01)
    gaps = [
        i
        for cell in range(4)
        for i in range(20, len(frames) - 1)
        if frames[i][cell] is None and frames[i + 1][cell] is None
    ]
    assert not gaps  # missed once, back in the next


def test_a_shared_clock_follows_the_slowest_and_loses_nothing() -> None:
    rig = build("shared_sck", WANT, oscillator_error=DRIFTING, tears=True)
    frames = rig.run(2000)
    assert rig.reader.stats.measured_rate_hz == pytest.approx(79.2, rel=0.01)
    assert sum(frame == WANT for frame in frames) >= 0.995 * len(frames)
    assert rig.wrong(WANT) == 0
    assert all(chip.counters.torn == 0 for chip in rig.bench.chips.values())


def test_each_converters_rate_is_known_to_a_thousandth() -> None:
    rig = build("own_sck", WANT, oscillator_error=DRIFTING)
    assert isinstance(rig.reader, ParallelReader)
    assert rig.reader.rates_hz == (None,) * 4
    rig.run(300)
    for rate_hz, error in zip(rig.reader.rates_hz, DRIFTING, strict=True):
        assert rate_hz == pytest.approx(80.0 * (1.0 + error), rel=1e-3)


def test_the_chips_never_see_a_frame_of_the_wrong_length() -> None:
    rig = build("own_sck", WANT, oscillator_error=DRIFTING)
    rig.run(2000)
    for chip in rig.bench.chips.values():
        assert chip.counters.bad_pulse_counts == 0
        assert chip.counters.power_downs == 1  # start's own


def test_a_floating_wire_rarely_passes_and_never_harms_the_others() -> None:
    rig = build("own_sck", WANT, defects={"cell_b": (StuckDout(line=Line.FLOATING),)})
    frames = rig.run(2000)
    # Random bits can look like a frame; the 25th level and settling leave few of them.
    assert sum(frame[1] is not None for frame in frames) < 0.05 * len(frames)
    for i in (0, 2, 3):
        assert {frame[i] for frame in frames} <= {WANT[i], None}
        assert sum(frame[i] is not None for frame in frames) > 0.95 * len(frames)


def test_power_cycles_of_a_dead_cell_become_rare() -> None:
    rig = build("own_sck", WANT, defects={"cell_a": (StuckDout(line=Line.HIGH),)})
    rig.run(100)
    early = rig.reader.stats.resets
    rig.run(2000)
    assert early >= 2
    assert rig.reader.stats.resets <= early + 6


def test_slow_lines_still_give_whole_frames() -> None:
    rig = build("own_sck", WANT, call_cost_s=20e-6, oscillator_error=0.005)  # a Zero at its slowest
    rig.run(1000)
    assert rig.wrong(WANT) == 0
    assert all(c.good > 950 for c in rig.reader.stats.cells.values())


def test_lines_too_slow_for_the_chip_give_nothing_rather_than_wrong_values() -> None:
    rig = build("own_sck", WANT, call_cost_s=40e-6)
    assert set(rig.run(50)) == {(None,) * 4}
    assert all(c.torn > 0 for c in rig.reader.stats.cells.values())


@pytest.mark.parametrize(("stall_s", "is_long"), [(43e-6, False), (47e-6, True)])
def test_an_sck_high_is_never_underestimated(stall_s: float, is_long: bool) -> None:
    rig = build("own_sck", WANT, stall_s=lambda rise: stall_s if rise == 150 else 0.0)
    rig.run(20)
    true_s = max(chip.counters.longest_sck_high_s for chip in rig.bench.chips.values())
    assert rig.reader.stats.longest_sck_high_s > stall_s + 3e-6
    assert true_s >= 0.010  # start's own power-down, not part of a frame
    # It is a burst's 25th pulse: the words were out, and the chips were not reset.
    assert all(c.kept == is_long for c in rig.reader.stats.cells.values())
    assert all(c.torn == 0 for c in rig.reader.stats.cells.values())


def test_a_burst_is_25_pulses_and_one_read_each() -> None:
    log: list[str] = []
    clock = VirtualClock()

    def look() -> int:
        log.append("read")
        return 0b01

    burst = clock_out(
        lambda levels, mask: log.append(f"{levels:b}/{mask:b}"),
        look,
        clock.now_s,
        0b11,
        spread_table(2),
    )
    assert log == ["11/11", "0/11", "read"] * 25
    assert burst.lanes & 0xFFFFFF == 0xFFFFFF
    assert burst.lanes >> LANE_BITS == 0
    assert burst.after == 0b01


@pytest.mark.parametrize(
    ("names", "rate_hz"),
    [((), 80.0), (("a", "a"), 80.0), (("a",), 40.0), (tuple("abcdefghijklm"), 80.0)],
)
def test_wrong_arguments_are_refused(names: tuple[str, ...], rate_hz: float) -> None:
    lines = build("own_sck", WANT).lines
    assert lines is not None
    with pytest.raises(MatSettingsError):
        ParallelReader(names, lines, VirtualClock(), rate_hz=rate_hz)
