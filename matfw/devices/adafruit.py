"""The second reader: each cell through Adafruit's HX711 driver, one after the other.

For boards and pins on which the driver is at home; everywhere else `parallel.py` is the better
one. `adafruit_driver.py` says how the driver is adapted. Besides: it is only called once DOUT is
low; its negative numbers, a C idiom that comes out above 2 ** 31, are reduced to their 24 bits; and
of its two conversions per reading, the first thrown away, only its own one-conversion path is
used, which leaves the chip at channel A, gain 128.

Measured on a PC, medians (`python -m tests.bench.reading`): a frame of four cells takes 332 calls
to the pins where the parallel reader takes 79 (eight cells: 678 and 79), and its own CPU is 4 to 6
times as much. The cells are read when each is ready, so that a frame's values are up to 0.8
periods apart instead of one burst (1 ms on slow pins). The rate is the same, 80 frames a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from matfw.devices.adafruit_driver import BusyError, CountedData, Line, TimedClock, load_driver
from matfw.devices.converter import Converter
from matfw.devices.hx711 import (
    FRAME_PULSES,
    RESET_HOLD_S,
    SCK_HIGH_LIMIT_S,
    WORD,
    check_rate_hz,
    signed_counts,
)
from matfw.errors import MatSettingsError
from matfw.messages import RawFrame
from matfw.ports import Clock, ReaderStats

GIVE_UP_PERIODS = 2.0  # nothing ready: the frame is empty
LINGER_PERIODS = 0.8  # after the first cell of a frame, for the others
POLL_S = 0.0005
LOOKS_A_FRAME = FRAME_PULSES + 4  # of the data pin; more means that DOUT rose in the ready wait
SILENT_FRAMES = 6  # without an answer: no longer waited for, only looked at
REGAIN_FRAMES = 5  # in a row, whole, from one no longer waited for
RATE_FRAMES = 128  # over which the frames' rate is measured


class AdafruitReader:
    """Reads the cells one after the other as they become ready; fits `ports.LoadCells`.

    data_lines, clock_lines: one each per name, directions set (`adafruit_driver.open_lines`).
    Raises MatSettingsError for wrong arguments, MatError if the driver is absent or has changed.
    """

    def __init__(
        self,
        names: Sequence[str],
        data_lines: Sequence[Line],
        clock_lines: Sequence[Line],
        clock: Clock,
        *,
        rate_hz: float = 80.0,
    ) -> None:
        if not names or not len(names) == len(data_lines) == len(clock_lines):
            raise MatSettingsError("every cell needs a name, a data line and a clock line")
        check_rate_hz(rate_hz)
        driver = load_driver()
        self._names = tuple(names)
        self._converters = tuple(Converter(i, name, rate_hz) for i, name in enumerate(names))
        self._data = tuple(CountedData(line) for line in data_lines)
        self._clocks = tuple(TimedClock(line, clock) for line in clock_lines)
        self._drivers = tuple(
            driver.HX711(data, sck) for data, sck in zip(self._data, self._clocks, strict=True)
        )
        self._data_lines = tuple(data_lines)
        self._lines = (*data_lines, *clock_lines)
        self._clock = clock
        self._now = clock.now_s
        self._period_s = 1.0 / rate_hz
        self._expected = set(self._converters)
        self._held: set[Converter] = set()
        self._high_s = [0.0] * len(names)  # when each DOUT was last seen high
        self._stats = ReaderStats(cells={c.name: c.counters for c in self._converters})
        self._times: deque[float] = deque(maxlen=RATE_FRAMES + 1)
        self._is_closed = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the cells' names in the order of a frame's counts."""
        return self._names

    @property
    def stats(self) -> ReaderStats:
        """Return the live counters."""
        return self._stats

    def start(self) -> None:
        """Power-cycle all converters. Takes 10 ms."""
        for driver in self._drivers:
            driver.power_down(True)
        self._clock.sleep_s(RESET_HOLD_S)
        self._expected = set(self._converters)
        self._held.clear()
        for converter in self._converters:
            self._let_go(converter)
            converter.answered()

    def read(self) -> RawFrame:
        """Read every cell that becomes ready in time, within 3 periods whatever happens."""
        start_s = self._now()
        end_s = start_s + GIVE_UP_PERIODS * self._period_s
        for converter in [c for c in self._held if start_s >= c.release_s]:
            self._let_go(converter)
        waiting = [c for c in self._converters if c not in self._held]
        counts: list[int | None] = [None] * len(self._names)
        t_s: float | None = None
        while True:
            for converter in waiting.copy():
                if self._is_ready(converter):
                    waiting.remove(converter)
                    began_s = self._now()
                    counts[converter.index] = self._convert(converter)
                    if t_s is None and converter in self._expected:
                        t_s = began_s
                        end_s = min(end_s, t_s + LINGER_PERIODS * self._period_s)
            awaited = [c for c in waiting if c in self._expected]
            now_s = self._now()
            if now_s >= end_s or (t_s is not None and not awaited):
                break
            self._clock.sleep_s(min(self._next_look_s(awaited, now_s), end_s) - now_s)
        for converter in self._converters:
            if converter in waiting or converter in self._held:
                self._account_silent(converter)
        return RawFrame(self._account_frame(start_s if t_s is None else t_s), tuple(counts))

    def close(self) -> None:
        """Leave the clocks low and give the pins back."""
        if self._is_closed:
            return
        self._is_closed = True
        for sck in self._clocks:
            sck.value = False
        for line in self._lines:
            close = getattr(line, "close", None) or getattr(line, "deinit", None)
            if close is not None:
                close()

    def _is_ready(self, converter: Converter) -> bool:
        now_s = self._now()
        if now_s < converter.not_before_s:
            return False
        if self._data_lines[converter.index].value:
            self._high_s[converter.index] = now_s
            return False
        converter.seen_ready(self._high_s[converter.index], self._now())
        return True

    def _convert(self, converter: Converter) -> int | None:
        """Have the driver read one frame; return its counts, or None and the reason counted."""
        data, sck = self._data[converter.index], self._clocks[converter.index]
        data.looks_left = LOOKS_A_FRAME
        sck.longest_high_s = 0.0
        began_s = self._now()
        try:
            word = self._drivers[converter.index]._read_channel_raw(FRAME_PULSES)
        except BusyError:
            self._account_silent(converter)
            return None
        ended_s = self._high_s[converter.index] = self._now()
        stats, counters = self._stats, converter.counters
        stats.longest_sck_high_s = max(stats.longest_sck_high_s, sck.longest_high_s)
        is_torn = sck.longest_high_s > SCK_HIGH_LIMIT_S
        if not is_torn and not data.level:  # DOUT must be high after the 25th pulse: no answer
            counters.held_low += 1
            counters.stray_ones += word & WORD != 0
            converter.distrust(ended_s)
            converter.not_before_s = ended_s + self._period_s
            self._expected.discard(converter)
            self._account_silent(converter)
            return None
        if not is_torn:
            converter.answered()
            if converter.whole_frames >= REGAIN_FRAMES:
                self._expected.add(converter)
        if is_torn or ended_s > converter.expires_s:
            counters.torn += 1
            converter.distrust(ended_s)
            return None
        converter.move_on()
        if began_s < converter.settled_s:
            counters.settling += 1
            return None
        counters.good += 1
        return signed_counts(word)

    def _next_look_s(self, awaited: Sequence[Converter], now_s: float) -> float:
        known = [c.due_s - c.guard_s if c.is_due_known else now_s for c in awaited]
        return max(min(known, default=now_s), now_s + POLL_S)

    def _account_silent(self, converter: Converter) -> None:
        """Count a frame without an answer; power-cycle a converter that has been silent long."""
        converter.on_timeout()
        if converter.is_late(self._high_s[converter.index]):
            converter.counters.torn += 1
            converter.distrust(self._now())
        if converter.silent_frames >= SILENT_FRAMES:
            self._expected.discard(converter)
        if converter.silent_frames >= converter.patience_frames and converter not in self._held:
            self._drivers[converter.index].power_down(True)
            self._held.add(converter)
            self._stats.resets += 1
            converter.hold(self._now())

    def _let_go(self, converter: Converter) -> None:
        self._drivers[converter.index].power_down(False)
        self._held.discard(converter)
        now_s = self._high_s[converter.index] = self._now()
        converter.distrust(now_s)

    def _account_frame(self, t_s: float) -> float:
        stats, times = self._stats, self._times
        stats.frames += 1
        times.append(t_s)
        if t_s > times[0]:
            stats.measured_rate_hz = (len(times) - 1) / (t_s - times[0])
        return t_s
