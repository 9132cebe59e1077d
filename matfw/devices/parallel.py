"""All converters read in one burst: the firmware's own reader (`ports.LoadCells`).

When to read is `watch.py`'s business, how a converter keeps time `converter.py`'s, and the 25
pulses are `burst.py`'s; here a burst becomes counts, or None.

No silent errors:
1. an SCK-high over 50 us, overestimated, tears the frame for all converters in it;
2. DOUT must be high after the 25th pulse;
3. a burst must be over before any result in it can have been replaced;
4. a converter not ready half a period after it was due has been reset by something this process
   could not see (a spike on SCK, a dip of the supply). Its last result has gone out already:
   holding every frame back for that would cost 12.5 ms of every cue's delay, to catch what 1
   catches by itself. So it is counted as torn one frame late, not hidden.
After each of the four the converter is distrusted until it has settled (`Converter.distrust`).

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
        self._held = 0
        now_s = self._now()
        self._watch.begin(now_s)
        for converter in self._converters:
            converter.distrust(now_s)
            converter.answered()

    def read(self) -> RawFrame:
        """Wait for the next frame and return it, within 3 periods whatever happens."""
        if self._held:
            self._release()
        watch = self._watch
        ready = watch.wait(self._held)
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
        return RawFrame(t_s, tuple(counts))

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
                converter.counters.settling += 1
                continue
            converter.counters.good += 1
            index = converter.index
            counts[index] = (lanes >> (LANE_BITS * index) & WORD ^ SIGN) - SIGN
        return began_s

    def _judged(self, converter: Converter, word: int, burst: Burst) -> int | None:
        """Return the counts of one converter's frame, or None and the reason in its counters."""
        counters = converter.counters
        is_torn = burst.longest_high_s > SCK_HIGH_LIMIT_S
        if not is_torn and not burst.after & converter.bit:  # dead wire, or out of step: no answer
            counters.held_low += 1
            counters.stray_ones += word & WORD != 0
            converter.distrust(burst.ended_s)
            self._watch.bar(converter, burst.ended_s)
            self._watch.expected &= ~converter.bit
            self._account_silent(converter)
            return None
        if not is_torn:
            self._account_answer(converter)
        if is_torn or burst.ended_s > converter.expires_s:
            counters.torn += 1
            converter.distrust(burst.ended_s)
            return None
        converter.move_on()
        if burst.began_s < converter.settled_s:
            counters.settling += 1
            return None
        counters.good += 1
        return signed_counts(word)

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
        converter.on_timeout()
        watch.sought &= ~converter.bit
        if (
            converter.is_late(watch.looked_s)
            and not (watch.barred | watch.unwatched) & converter.bit
        ):
            converter.counters.torn += 1
            converter.distrust(watch.looked_s)
        if converter.silent_frames >= SILENT_FRAMES:
            watch.expected &= ~converter.bit
        if converter.silent_frames >= converter.patience_frames and not self._held & converter.bit:
            clocks = self._clocks if self._is_sck_shared else converter.bit
            self._gpio.write(clocks, clocks)
            self._held |= self._all if self._is_sck_shared else converter.bit
            self._stats.resets += 1
            converter.hold(self._now())

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
                converter.distrust(self._now())

    def _bar_half_read(self, burst: Burst, others: int) -> None:
        """Distrust those that got the burst's clock without being ready.

        They may be left half read, or at another gain: 26 and 27 pulses select one.
        """
        for converter in self._watch.members(others):
            converter.distrust(burst.ended_s)
            if not self._watch.barred & converter.bit:
                self._watch.bar(converter, burst.ended_s)
