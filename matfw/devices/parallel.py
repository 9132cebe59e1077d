"""All converters read in one burst: the firmware's own reader (`ports.LoadCells`).

When to read is `watch.py`'s business, how a converter keeps time `converter.py`'s, and the 25
pulses are `burst.py`'s; here a burst becomes counts, or None.

No silent errors:
1. DOUT must be high after the 25th pulse;
2. a burst must be over before any result in it can have been replaced;
3. an SCK-high over 50 us, overestimated, may have reset a converter, or not: on a busy computer
   nearly always not. The converter is the witness. One that was switched off in mid-word gives
   only ones from there on, so a 0 read after the last such pulse proves its value. Without one
   this value is lost, and until the converter's next result tells whether it was reset it is in
   doubt (`Converter.doubt`): no longer than a period, and nothing else is lost if it was not;
4. a converter not ready half a period after it was due has been reset: by a pulse in doubt, or by
   something this process could not see (a spike on SCK, a dip of the supply). Then its last
   result has gone out already: holding every frame back for that would cost 12.5 ms of every
   cue's delay. So it is counted as torn one frame late, not hidden.
After 1, 2 and 4 the converter is distrusted until it has settled (`Converter.distrust`). After 2
it is not asked whether it was reset: what it gives then may be the rest of a frame.

Each None has a reason (`RawFrame.computer_mask`): the computer's after 2 and 3 and the resets that
it caused, at the start, and for the others when one of them is power-cycled on a shared clock.

A converter that gives no whole frame for long is power-cycled: its SCK stays high for 10 ms while
the others are read on. After each attempt it gets twice as long before the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from matfw.devices.burst import LANE_BITS, MAX_CELLS, Burst, clock_out, spread_table
from matfw.devices.converter import Converter
from matfw.devices.hx711 import (
    RESET_HOLD_S,
    SCK_HIGH_LIMIT_S,
    SIGN,
    WORD,
    check_rate_hz,
    signed_counts,
)
from matfw.devices.watch import ReadyWatch
from matfw.errors import MatSettingsError
from matfw.messages import RawFrame
from matfw.ports import Clock, GpioGroup, ReaderStats

SILENT_FRAMES = 6  # without an answer: no longer waited for, only looked at
REGAIN_FRAMES = 5  # in a row, whole, from one no longer waited for; a floating wire seldom has them
RATE_FRAMES = 128  # over which the frames' rate is measured


class ParallelReader:
    """Reads all converters together; see the module's text.

    names: in the order of the GPIO group's lines. is_sck_shared: one clock line (bit 0) goes to
    all converters. That saves pins, but frames come at the slowest converter's rate, a power cycle
    hits all, and one that comes back costs the others some frames.
    Raises MatSettingsError for a rate other than 10 or 80, no cells or more than 12.
    """

    def __init__(
        self,
        names: Sequence[str],
        gpio: GpioGroup,
        clock: Clock,
        *,
        rate_hz: float = 80.0,
        is_sck_shared: bool = False,
    ) -> None:
        if not 1 <= len(names) <= MAX_CELLS or len(set(names)) != len(names):
            raise MatSettingsError(f"cells must be 1 to {MAX_CELLS}, each named once: {names!r}")
        check_rate_hz(rate_hz)
        self._names = tuple(names)
        self._converters = tuple(Converter(i, name, rate_hz) for i, name in enumerate(names))
        self._gpio = gpio
        self._clock = clock
        self._now = clock.now_s
        self._is_sck_shared = is_sck_shared
        self._all = (1 << len(names)) - 1
        self._clocks = 1 if is_sck_shared else self._all
        self._spread = spread_table(len(names))
        self._watch = ReadyWatch(
            self._converters, gpio.read, clock, rate_hz, is_sck_shared=is_sck_shared
        )
        self._held = 0  # SCK is high, for a power cycle
        self._doubted = 0  # may have been reset
        self._blamed = 0  # this frame's computer_mask
        self._stats = ReaderStats(cells={c.name: c.counters for c in self._converters})
        self._times: deque[float] = deque(maxlen=RATE_FRAMES + 1)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the cells' names in the order of a frame's counts."""
        return self._names

    @property
    def stats(self) -> ReaderStats:
        """Return the live counters."""
        return self._stats

    @property
    def rates_hz(self) -> tuple[float | None, ...]:
        """Return each converter's own measured rate, None where it is not known (yet)."""
        return tuple(1.0 / c.period_s if c.is_locked else None for c in self._converters)

    def start(self) -> None:
        """Power-cycle all converters, together, so that they begin in step. Takes 10 ms."""
        self._gpio.write(self._clocks, self._clocks)
        self._clock.sleep_s(RESET_HOLD_S)
        self._gpio.write(0, self._clocks)
        self._held = self._doubted = 0
        now_s = self._now()
        self._watch.begin(now_s)
        for converter in self._converters:
            converter.restart(now_s)
            converter.excuse(now_s)
            converter.answered()

    def read(self) -> RawFrame:
        """Wait for the next frame and return it, within 3 periods whatever happens."""
        if self._held:
            self._release()
        self._blamed = 0
        watch = self._watch
        ready = watch.wait(self._held, self._doubted)
        counts: list[int | None] = [None] * len(self._names)
        t_s = self._read_out(ready, counts) if ready else self._now()
        if ready != self._all:
            for converter in watch.members(self._all & ~ready):
                self._account_silent(converter)
        stats, times = self._stats, self._times
        stats.frames += 1
        times.append(t_s)
        if t_s > times[0]:
            stats.measured_rate_hz = (len(times) - 1) / (t_s - times[0])
        return RawFrame(t_s, tuple(counts), (), self._blamed)

    def close(self) -> None:
        """Leave the clocks low and give the pins back."""
        self._gpio.close()

    def _read_out(self, ready: int, counts: list[int | None]) -> float:
        """Read the ready converters into counts; return when the burst began."""
        watch = self._watch
        clocks = self._clocks if self._is_sck_shared else ready
        burst = clock_out(self._gpio.write, self._gpio.read, self._now, clocks, self._spread)
        watch.burst_over(burst, ready)
        stats = self._stats
        stats.longest_sck_high_s = max(stats.longest_sck_high_s, burst.longest_high_s)
        if self._is_sck_shared and ready != self._all:
            self._bar_half_read(burst, self._all & ~ready)
        began_s, lanes = burst.began_s, burst.lanes
        if (
            burst.longest_high_s > SCK_HIGH_LIMIT_S
            or burst.after & ready != ready
            or burst.ended_s > watch.expiry_s
            or watch.expected & ready != ready
            or self._doubted & ready
        ):
            for converter in watch.members(ready):
                word = lanes >> (LANE_BITS * converter.index)
                counts[converter.index] = self._judged(converter, word, burst)
            return began_s
        for converter in watch.members(ready):  # as _judged, for frames with nothing wrong
            converter.silent_frames = 0
            converter.due_s += converter.period_s  # move_on, without the call
            converter.error_s += converter.period_error_s
            if began_s < converter.settled_s:
                self._account_settling(converter, began_s)
                continue
            converter.counters.good += 1
            index = converter.index
            counts[index] = (lanes >> (LANE_BITS * index) & WORD ^ SIGN) - SIGN
        return began_s

    def _judged(self, converter: Converter, word: int, burst: Burst) -> int | None:
        """Return the counts of one converter's frame, or None and the reason in its counters."""
        counters = converter.counters
        is_answer = burst.after & converter.bit != 0
        if not is_answer and not burst.is_long:  # dead wire, or out of step: no answer
            counters.held_low += 1
            counters.stray_ones += word & WORD != 0
            self._distrust(converter, burst.ended_s)
            self._watch.bar(converter, burst.ended_s)
            self._watch.expected &= ~converter.bit
            self._account_silent(converter)
            return None
        if is_answer:
            self._account_answer(converter)
        if not is_answer or burst.ended_s > converter.expires_s:
            counters.torn += 1
            converter.excuse(burst.ended_s)
            self._blamed |= converter.bit
            self._distrust(converter, burst.ended_s)
            return None
        self._settle_doubt(converter)
        converter.move_on()
        if burst.is_long and not self._is_proved(converter, word, burst):
            counters.torn += 1
            self._blamed |= converter.bit
            return None
        if burst.began_s < converter.settled_s:
            self._account_settling(converter, burst.began_s)
            return None
        counters.good += 1
        counters.kept += burst.is_long
        return signed_counts(word)

    def _is_proved(self, converter: Converter, word: int, burst: Burst) -> bool:
        """Return whether a word is the converter's in spite of a long SCK-high; doubt it if not.

        After the 25th pulse alone the word is whole, but the converter may have been reset.
        """
        is_proved = word & burst.witnesses != burst.witnesses or burst.witnesses == WORD
        if burst.long_s is not None and (burst.is_last_long or not is_proved):
            converter.doubt(burst.long_s, burst.ended_s)
            self._doubted |= converter.bit
        return is_proved

    def _settle_doubt(self, converter: Converter) -> None:
        """Take that a converter in doubt is ready: in time for one that was not reset?"""
        if not self._doubted & converter.bit:
            return
        if converter.seen_s > converter.doubt_limit_s:
            converter.unsettle(converter.doubt_ended_s)
            converter.excuse(converter.doubt_ended_s)
        self._doubted &= ~converter.bit
        converter.doubt_s = None

    def _distrust(self, converter: Converter, since_s: float) -> None:
        """Throw away what a converter gives until it has settled, whatever was in doubt before."""
        converter.distrust(since_s)
        converter.doubt_s = None
        self._doubted &= ~converter.bit

    def _account_settling(self, converter: Converter, began_s: float) -> None:
        converter.counters.settling += 1
        if began_s < converter.excused_s:
            self._blamed |= converter.bit

    def _account_answer(self, converter: Converter) -> None:
        """Wait for a converter again that has answered often enough; else find its rhythm."""
        converter.answered()
        if converter.whole_frames >= REGAIN_FRAMES:
            self._watch.expected |= converter.bit
        self._watch.sought |= converter.bit
        self._watch.sought &= ~self._watch.expected

    def _account_silent(self, converter: Converter) -> None:
        """Count a frame without an answer; power-cycle a converter that has been silent long."""
        watch = self._watch
        if watch.expected or watch.looked_s >= converter.expires_s:
            self._account_missed(converter)
        else:
            # Nobody is waited for, so this frame came before its next result was due: no silence.
            converter.counters.missing += 1
        if watch.looked_s < converter.excused_s:
            self._blamed |= converter.bit
        if converter.silent_frames >= SILENT_FRAMES:
            watch.expected &= ~converter.bit
        if converter.silent_frames >= converter.patience_frames and not self._held & converter.bit:
            self._hold(converter)

    def _account_missed(self, converter: Converter) -> None:
        """Take that a result which was due has not come; one that is late has been reset."""
        watch = self._watch
        converter.on_timeout()
        watch.sought &= ~converter.bit
        if (
            converter.is_late(watch.looked_s)
            and not (watch.barred | watch.unwatched) & converter.bit
        ):
            self._account_reset(converter)

    def _account_reset(self, converter: Converter) -> None:
        """Take that a converter is late, so that it has been reset."""
        converter.counters.reset += 1
        if converter.doubt_s is None:
            converter.counters.torn += 1
            self._distrust(converter, self._watch.looked_s)
            return
        converter.excuse(converter.doubt_ended_s)
        converter.restarted_s = converter.doubt_s
        self._distrust(converter, converter.doubt_ended_s)

    def _hold(self, converter: Converter) -> None:
        """Begin a converter's power cycle, or on a shared clock everybody's for its sake."""
        now_s = self._now()
        clocks = self._clocks if self._is_sck_shared else converter.bit
        self._gpio.write(clocks, clocks)
        if self._is_sck_shared:
            for other in self._converters:
                if other.silent_frames < SILENT_FRAMES:
                    other.excuse(now_s + RESET_HOLD_S)
        self._held |= self._all if self._is_sck_shared else converter.bit
        self._stats.resets += 1
        converter.hold(now_s)

    def _release(self) -> None:
        """Lower the SCK of converters that were held high for long enough."""
        now_s = self._now()
        due = 0
        for converter in self._watch.members(self._held):
            if now_s >= converter.release_s:
                due |= converter.bit
        if self._is_sck_shared and due != self._all:
            return
        if due:
            self._gpio.write(0, self._clocks if self._is_sck_shared else due)
            self._held &= ~due
            for converter in self._watch.members(due):
                self._doubted &= ~converter.bit
                converter.restart(self._now())

    def _bar_half_read(self, burst: Burst, others: int) -> None:
        """Distrust those that got the burst's clock without being ready.

        They may be left half read, or at another gain: 26 and 27 pulses select one.
        """
        for converter in self._watch.members(others):
            self._distrust(converter, burst.ended_s)
            if not self._watch.barred & converter.bit:
                self._watch.bar(converter, burst.ended_s)
