"""What a long SCK-high costs: the chip is asked whether it was reset. And whose fault a None is."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.devices.burst import clock_out, spread_table
from matfw.devices.hx711 import WORD
from matfw.devices.parallel import ParallelReader
from matfw.messages import RawFrame
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import Line, StuckDout, silent
from matfw.virtual.lines import Moment, VirtualGpio
from tests.rigs import Rig, build

ZEROS_LAST, ONES = 123_456, -1  # 0x01E240, whose last bit is 0, and 0xFFFFFF
WANT = (ZEROS_LAST, ONES, ZEROS_LAST, ZEROS_LAST)
HARMLESS_S = 52e-6  # measured as over 50 us, and the chip lives up to 60
DEADLY_S = 100e-6
PERIOD_S = 1.0 / 80.0
ALL = 0b1111
PARALLEL = pytest.mark.parametrize("kind", ["own_sck", "shared_sck"])


class StallOnce:
    """Holds one pulse of the next burst up, SCK high, when armed."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._stall_s = 0.0

    def arm(self, pulse: int, stall_s: float) -> None:
        """Stall the pulse (1 to 25) of the next burst."""
        self._left, self._stall_s = pulse, stall_s

    def __call__(self, rise: int) -> float:  # noqa: ARG002
        """Return how long this SCK-high is stalled."""
        if self._left is None:
            return 0.0
        self._left -= 1
        if self._left:
            return 0.0
        self._left = None
        return self._stall_s


def stalled(
    kind: str, pulse: int, stall_s: float, *, is_chatty: bool = False, in_step: bool = True
) -> tuple[Rig, list[RawFrame]]:
    """Return a rig after a quiet second, one stall and twelve more frames, and these."""
    stall = StallOnce()
    rig = build(
        kind,
        WANT,
        stall_s=stall,
        oscillator_error=(0.0,) * 4 if in_step else 0.003,
        is_ready_while_settling=is_chatty,
    )
    rig.run(80)
    stall.arm(pulse, stall_s)
    frames = [rig.reader.read() for _ in range(12)]
    return rig, frames


@pytest.mark.parametrize("pulse", [1, 7, 23, 24, 25])
def test_the_burst_names_the_bits_after_the_last_long_pulse(pulse: int) -> None:
    clock = VirtualClock()
    stall = StallOnce()
    stall.arm(pulse, DEADLY_S)
    lines = VirtualGpio((), clock.now_s, clock.advance_s, call_cost_s=1e-6, stall_s=stall)
    burst = clock_out(lines.write, lines.read, clock.now_s, 1, spread_table(1))
    assert burst.is_long
    assert burst.witnesses == (WORD if pulse == 25 else WORD >> pulse)
    assert burst.is_last_long == (pulse == 25)
    assert burst.long_s == pytest.approx((pulse - 1) * 3e-6, abs=1e-9)


def test_a_quiet_burst_is_not_in_doubt() -> None:
    clock = VirtualClock()
    lines = VirtualGpio((), clock.now_s, clock.advance_s, call_cost_s=1e-6)
    burst = clock_out(lines.write, lines.read, clock.now_s, 1, spread_table(1))
    assert not burst.is_long
    assert burst.witnesses == WORD


@PARALLEL
@pytest.mark.parametrize("is_chatty", [False, True])
@pytest.mark.parametrize("pulse", [1, 12, 23])
def test_a_long_pulse_costs_nothing_where_a_0_follows_and_one_value_where_none_does(
    kind: str, pulse: int, is_chatty: bool
) -> None:
    rig, frames = stalled(kind, pulse, HARMLESS_S, is_chatty=is_chatty)
    for i in (0, 2, 3):
        assert all(frame.counts[i] == WANT[i] for frame in frames)
        assert rig.reader.stats.cells[f"cell_{'abcd'[i]}"].kept == 1
    assert [frame.counts[1] for frame in frames].count(None) == 1
    assert frames[1].counts[1] == ONES
    assert all(c.reset == 0 for c in rig.reader.stats.cells.values())


@PARALLEL
def test_the_pulse_s_own_bit_proves_nothing(kind: str) -> None:
    """DOUT may not have risen yet when it is read, so a 0 there may be of a chip that is off."""
    rig, frames = stalled(kind, 24, HARMLESS_S)
    assert frames[0].counts == (None,) * 4
    assert frames[0].computer_mask == ALL
    assert all(frame.counts == WANT for frame in frames[1:])
    assert rig.wrong(WANT) == 0


@PARALLEL
def test_the_25th_pulse_takes_nothing_from_a_word_that_was_out(kind: str) -> None:
    rig, frames = stalled(kind, 25, HARMLESS_S)
    assert all(frame.counts == WANT for frame in frames)
    assert all((c.kept, c.reset) == (1, 0) for c in rig.reader.stats.cells.values())


@PARALLEL
@pytest.mark.parametrize("is_chatty", [False, True])
@pytest.mark.parametrize("pulse", [1, 12, 25])
def test_a_reset_is_proved_and_costs_the_settling(kind: str, pulse: int, is_chatty: bool) -> None:
    rig, frames = stalled(kind, pulse, DEADLY_S, is_chatty=is_chatty)
    values = [frame.counts for frame in frames]
    assert all(value in (None, WANT[i]) for counts in values for i, value in enumerate(counts))
    assert all(counts == (None,) * 4 for counts in values[1:3])  # two periods each
    assert values[-1] == WANT
    if not is_chatty:  # one that answers after a period as ever is not late, but not believed
        assert all(c.reset == 1 for c in rig.reader.stats.cells.values())
    for frame in frames:
        lost = sum(1 << i for i, value in enumerate(frame.counts) if value is None)
        assert frame.computer_mask == lost  # all of it the computer's


def test_only_the_chip_that_was_reset_settles() -> None:
    """The long pulse goes to those that were ready; the one that drifts away was not."""
    rig = build("own_sck", WANT, oscillator_error=(0.0, 0.0, 0.0, 0.0))
    rig.run(80)
    chip = rig.bench.chips["cell_c"]
    chip.set_sck(True, rig.clock.now_s())
    rig.clock.sleep_s(DEADLY_S)
    chip.set_sck(False, rig.clock.now_s())
    frames = [rig.reader.read() for _ in range(12)]
    for i in (0, 1, 3):
        assert all(frame.counts[i] == WANT[i] for frame in frames)
    assert rig.reader.stats.cells["cell_c"].reset == 1
    # No pulse of the computer's was long, so nothing of it is put on the computer.
    assert {frame.computer_mask for frame in frames} == {0}


def test_what_is_silent_by_itself_is_not_the_computers() -> None:
    rig = build("own_sck", WANT, defects={"cell_b": (StuckDout(line=Line.HIGH),)})
    frames = [rig.reader.read() for _ in range(400)]
    assert frames[0].computer_mask == ALL  # all settle after the start
    assert rig.reader.stats.resets > 2
    assert {frame.computer_mask & 0b10 for frame in frames[12:]} == {0}  # power cycles included


def test_a_power_cycle_on_a_shared_clock_is_the_computers_for_the_others() -> None:
    rig = build("shared_sck", WANT, defects={"cell_b": (silent(1001.0),)})
    frames = [rig.reader.read() for _ in range(200)]
    assert rig.reader.stats.resets >= 1
    for frame in frames[12:]:
        for i in (0, 2, 3):
            assert (frame.counts[i] is None) == bool(frame.computer_mask >> i & 1)


def test_what_a_late_computer_lost_is_its_own() -> None:
    rig = build("own_sck", WANT)
    rig.run(80)
    frames = []
    for _ in range(40):
        rig.clock.sleep_s(7.37 * PERIOD_S)
        frames += [rig.reader.read(), rig.reader.read()]
    lost = [frame for frame in frames if None in frame.counts]
    assert lost
    for frame in lost:
        for i, value in enumerate(frame.counts):
            assert (value is None) == bool(frame.computer_mask >> i & 1)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_what_a_computer_that_is_always_late_loses_is_its_own(share: float) -> None:
    """Beside a program of higher priority: then no converter is waited for any more."""
    rng = np.random.default_rng(5)
    rig = build("own_sck", WANT, stall_s=lambda _rise: DEADLY_S * float(rng.random() < share))
    frames = [rig.reader.read() for _ in range(600)][12:]
    lost = [(frame, i) for frame in frames for i in range(4) if frame.counts[i] is None]
    assert len(lost) > 4 * len(frames) / 4
    blamed = sum(frame.computer_mask >> i & 1 for frame, i in lost)
    assert blamed > 0.95 * len(lost)


def test_a_chip_silent_through_two_restarts_is_known_to_be_and_trusted_at_once() -> None:
    rig = build("own_sck", WANT)
    rig.run(40)
    reader = rig.reader
    assert isinstance(reader, ParallelReader)
    assert {c.mute_cycles for c in reader._converters} == {1}
    reader.start()
    rig.run(40)
    assert {c.mute_cycles for c in reader._converters} == {2}


def test_a_chip_that_answers_while_it_settles_is_never_taken_for_a_silent_one() -> None:
    rig = build("own_sck", WANT, is_ready_while_settling=True)
    for _ in range(3):
        rig.run(40)
        rig.reader.start()
    assert isinstance(rig.reader, ParallelReader)
    assert {c.mute_cycles for c in rig.reader._converters} == {0}


def test_moments_are_where_time_passes() -> None:
    clock = VirtualClock()
    seen: list[Moment] = []

    def delay(moment: Moment) -> float:
        seen.append(moment)
        return 1e-6

    lines = VirtualGpio((), clock.now_s, clock.advance_s, call_cost_s=0.0, delay_s=delay)
    lines.write(1, 1)
    lines.write(0, 1)
    lines.read()
    assert seen == list(Moment)
    assert clock.now_s() == pytest.approx(6e-6)
