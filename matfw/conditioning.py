"""Kilograms per cell -> clean kilograms, and each cell's state of health.

Per cell: a median of three takes out single-sample spikes (bogde/HX711#216), two equal one-pole
low-passes take out mains and impacts above the body's band. Both delay; the delay is the same for
every cell, is stated by `delay_s` and is taken off the outgoing time, so that everything
downstream speaks of when things happened. A sample that was not read is not made up: that frame's
load is None. Over RESEED_PERIODS the filters stand still; after a longer hole they begin with what
comes then, because what they held belongs to another time.

Who is to blame decides when a cell is `lost`: soon if it is silent although the computer was on
time, later if the computer seems late for this cell alone or all cells are silent at once, and
never by what a computer takes that is late for most of them: that is `reader_health`'s to report.
One that comes and goes is `unreliable` instead, which is reported once.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads, Loads

CORNER_HZ = 14.0  # each of two poles; the leg raise lives below 6 Hz, a landing below 12 Hz
LOST_OWN_S = 0.1  # of a cell's own silence: eight conversions at 80 SPS, two settlings
LOST_S = 0.5  # of silence for whatever reason
LOST_PERIODS = 2.5  # at least, for slow converters: one missing sample is a slip, not a loss
RESEED_PERIODS = 2.5  # of silence after which the filters start again: nothing is smeared across
COMES_AND_GOES = 3  # times that a cell fails within ...
WITHIN_S = 10.0  # ... and after so long without it has recovered
FIRST_PERIODS = 8.0  # until the first sample: a converter settles for 4; HX711 datasheet p. 3
SATURATED_SAMPLES = 2  # in a row at a rail; one may be a spike
STUCK_CHANCE = 1e-8  # a run of equal counts less likely than this is a stuck converter
STUCK_MIN_RUN = 3  # equal successors; the third sample period after it stuck
MAX_REPEAT = 40  # repeats learnt from one run: a stuck cell must not pass for a coarse one
REPEAT_MEMORY = 4000.0  # samples after which old repeats are forgotten: 50 s at 80 SPS
BACK_SAMPLES = 8  # good in a row before a cell is trusted again: two settlings


class _Channel:
    """One cell's filters and health."""

    __slots__ = ("a", "b", "failures", "failures_s", "good_run", "is_plain", "last_count",
                 "last_good_s", "low1", "low2", "own_silence_s", "problem", "repeats", "reported",
                 "run", "samples", "saturated_run", "taken_s")  # fmt: skip

    def __init__(self) -> None:
        self.is_plain = False  # there is nothing to remember of it but its filters
        self.a: float | None = None  # the sample before the last
        self.b = 0.0  # the last sample
        self.low1 = 0.0
        self.low2 = 0.0
        self.last_good_s = -math.inf
        self.last_count: int | None = None
        self.run = 0
        self.saturated_run = 0
        self.good_run = 0
        self.samples = 2.0  # one that repeated and one that did not: nothing is known yet
        self.repeats = 1.0
        self.problem = CellProblem.OK
        self.reported = CellProblem.OK
        self.own_silence_s = 0.0  # since its last sample, while the computer was on time
        self.taken_s = 0.0  # of its silence: by a computer that is late for all
        self.failures = 0  # in this spell of coming and going
        self.failures_s: deque[float] = deque(maxlen=COMES_AND_GOES)

    def goes_on(
        self, t_s: float, count: int | None, load: float | None, gain: float, since_s: float
    ) -> float | None:
        """Return the clean load of what nearly every sample is: a well cell's next, another one.

        None: it is not. since_s: when it must have spoken last. The same as what `Conditioning`
        does with all others, without asking what is wrong: a quarter of the time.
        """
        if load is None or count is None or not self.is_plain:
            return None
        if count == self.last_count or self.last_good_s < since_s:
            return None
        self.last_good_s, self.last_count = t_s, count
        self.good_run += 1
        self.samples += 1.0
        if self.samples > REPEAT_MEMORY:
            self.forget_repeats()
        return self.filter(load, gain)

    def note_plain(self) -> None:
        """Note whether nothing is to be remembered of it but its filters."""
        is_well = self.problem is CellProblem.OK and not self.failures and self.a is not None
        has_run = self.run or self.saturated_run or self.own_silence_s or self.taken_s
        self.is_plain = is_well and not has_run

    def hear(self, t_s: float) -> None:
        """Take that it spoke: its silence is over."""
        self.last_good_s = t_s
        self.own_silence_s = self.taken_s = 0.0

    def learn_repeats(self) -> None:
        """Note an ended run of equal counts: coarse or quiet cells repeat themselves honestly."""
        repeats = min(self.run, MAX_REPEAT)
        self.samples += 1 + repeats
        self.repeats += repeats
        if self.samples > REPEAT_MEMORY:
            self.forget_repeats()

    def forget_repeats(self) -> None:
        """Let what was learnt count half."""
        self.samples *= 0.5
        self.repeats *= 0.5

    def filter(self, load: float, gain: float) -> float:
        """Take a load into the filters, which have begun; return what comes out."""
        a, b = self.a, self.b
        assert a is not None
        # The median of three, without a sort.
        low, high = (a, b) if a < b else (b, a)
        middle = low if load < low else min(load, high)
        self.a, self.b = b, load
        low1 = self.low1 = self.low1 + gain * (middle - self.low1)
        low2 = self.low2 = self.low2 + gain * (low1 - self.low2)
        return low2

    def report(self, t_s: float, name: str, problem: CellProblem) -> CellEvent | None:
        """Take the cell's state as of now; return what is to be reported of it."""
        if problem is not self.problem and self.problem is CellProblem.OK:
            self.failures += 1
            self.failures_s.append(t_s)
        self.problem = problem
        is_calm = not self.failures_s or t_s - self.failures_s[-1] > WITHIN_S
        is_often = len(self.failures_s) == COMES_AND_GOES and t_s - self.failures_s[0] <= WITHIN_S
        if is_often or (self.reported is CellProblem.UNRELIABLE and not is_calm):
            problem = CellProblem.UNRELIABLE
        if problem is self.reported:
            if is_calm and problem is CellProblem.OK:
                self.failures = 0
            return None
        is_counted = CellProblem.UNRELIABLE in (problem, self.reported)
        self.reported = problem
        return CellEvent(t_s, name, problem, count=self.failures if is_counted else 0)


class Conditioning:
    """Clean every cell's load and say which cells cannot be trusted."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        self._names = tuple(cell.name for cell in cells)
        self._period_s = 1.0 / rate_hz
        self._lost_own_s = max(LOST_OWN_S, LOST_PERIODS * self._period_s)
        self._lost_s = max(LOST_S, LOST_PERIODS * self._period_s)
        # On slow converters the corner is out of reach: the filter then steps aside, not the data.
        self._corner_hz = min(CORNER_HZ, 0.25 * rate_hz)
        self.reset()

    def reset(self) -> None:
        """Start as if no frame had ever come."""
        self._channels = tuple(_Channel() for _ in self._names)
        self._last_t_s: float | None = None
        self._gain = 1.0 - math.exp(-2.0 * math.pi * self._corner_hz * self._period_s)
        # Group delay at 0 Hz of y += gain * (x - y), in seconds.
        lag_s = self._period_s * (1.0 - self._gain) / self._gain
        self.delay_s = self._period_s + 2.0 * lag_s  # of median and low-passes together

    def update(self, loads: Loads, *, is_computer_late: bool = False) -> CleanLoads:
        """Return the frame's clean loads, stamped with the time they belong to.

        is_computer_late: for most cells, in this frame (`ReaderHealth.is_losing`).
        """
        t_s = loads.t_s
        step_s = 0.0 if self._last_t_s is None else t_s - self._last_t_s
        self._last_t_s = t_s
        # All silent at once is no cell's own fault.
        is_silent = None in loads.counts and not any(count is not None for count in loads.counts)
        own_step_s = 0.0 if is_silent else step_s
        gain, reseed_s = self._gain, RESEED_PERIODS * self._period_s
        since_s = t_s - reseed_s
        clean: list[float | None] = []
        events: list[CellEvent] = []
        is_reliable = not loads.unreliable_mask
        for i, (channel, count, load) in enumerate(
            zip(self._channels, loads.counts, loads.loads_kg, strict=True)
        ):
            clean_kg = channel.goes_on(t_s, count, load, gain, since_s) if is_reliable else None
            if clean_kg is not None:
                clean.append(clean_kg)
                continue
            silence_s = t_s - channel.last_good_s
            is_new = channel.last_count is None
            if count is None:
                if not loads.excused_mask >> i & 1:
                    channel.own_silence_s += own_step_s
                elif is_computer_late:
                    channel.taken_s += step_s
            is_withheld = load is None and bool(loads.excused_mask >> i & 1)
            problem = self._examine(channel, count, load, t_s, is_withheld)
            if problem is CellProblem.OK and loads.unreliable_mask >> i & 1:
                problem = CellProblem.UNRELIABLE
            if problem is not channel.problem or channel.failures:
                event = channel.report(t_s, self._names[i], problem)
                if event is not None:
                    events.append(event)
            has_begun = True
            if load is not None:
                if channel.a is None or silence_s > reseed_s:
                    # Not delayed like all others, it would belong to another time than stated.
                    has_begun = is_new
                    channel.a = channel.b = channel.low1 = channel.low2 = load
                else:
                    channel.filter(load, gain)
            elif problem is not CellProblem.OK:
                channel.a = None
            channel.note_plain()
            is_clean = load is not None and has_begun and problem is CellProblem.OK
            clean.append(channel.low2 if is_clean else None)
        return CleanLoads(t_s - self.delay_s, tuple(clean), tuple(events))

    def _examine(
        self,
        channel: _Channel,
        count: int | None,
        load: float | None,
        t_s: float,
        is_withheld: bool,
    ) -> CellProblem:
        """Return the cell's state after this sample."""
        if load is None and (count is None or not is_withheld):
            channel.good_run = 0
            if count is not None:  # it spoke, but from a rail
                channel.hear(t_s)
                channel.saturated_run += 1
                if channel.saturated_run >= SATURATED_SAMPLES:
                    return CellProblem.SATURATED
            else:
                if channel.last_good_s == -math.inf:
                    channel.last_good_s = t_s
                    channel.own_silence_s = self._lost_own_s - FIRST_PERIODS * self._period_s
                is_own = channel.own_silence_s > self._lost_own_s
                if is_own or t_s - channel.last_good_s - channel.taken_s > self._lost_s:
                    return CellProblem.LOST
            return channel.problem
        channel.hear(t_s)
        channel.saturated_run = 0
        if count == channel.last_count:
            channel.run += 1
        else:
            channel.learn_repeats()
            channel.run = 0
            channel.last_count = count
        if channel.run >= STUCK_MIN_RUN and self._is_stuck(channel):
            channel.good_run = 0
            return CellProblem.STUCK
        channel.good_run = channel.good_run + 1 if channel.run == 0 else channel.good_run
        if channel.problem is CellProblem.OK or channel.good_run >= BACK_SAMPLES:
            return CellProblem.OK
        return channel.problem

    @staticmethod
    def _is_stuck(channel: _Channel) -> bool:
        chance = channel.repeats / channel.samples
        return channel.run * math.log(chance) < math.log(STUCK_CHANCE)
