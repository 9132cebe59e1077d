"""Stage 2: kilograms per cell -> clean kilograms, and each cell's state of health.

Per cell: a median of three takes out single-sample spikes (bogde/HX711#216), two equal one-pole
low-passes take out mains and impacts above the body's band. Both delay; the delay is the same for
every cell, is stated by `delay_s` and is taken off the outgoing time, so that everything
downstream speaks of when things happened. A sample that was not read is not made up: for up to
LOST_PERIODS the filters stand still, after that the cell is `lost` and its load None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads, Loads

CORNER_HZ = 14.0  # each of two poles; the leg raise lives below 6 Hz, a landing below 12 Hz
LOST_PERIODS = 2.5  # named within 3 sample periods; one missing sample is a slip, not a loss
FIRST_PERIODS = 8.0  # until the first sample: a converter settles for 4; HX711 datasheet p. 3
SATURATED_SAMPLES = 2  # in a row at a rail; one may be a spike
STUCK_CHANCE = 1e-8  # a run of equal counts less likely than this is a stuck converter
STUCK_MIN_RUN = 3  # equal successors; the third sample period after it stuck
MAX_REPEAT = 40  # repeats learnt from one run: a stuck cell must not pass for a coarse one
REPEAT_MEMORY = 4000.0  # samples after which old repeats are forgotten: 50 s at 80 SPS
BACK_SAMPLES = 8  # good in a row before a cell is trusted again: two settlings
GAP_PERIODS = 8.0  # a longer hole in time restarts the filters: nothing is smeared across it


class _Channel:
    """One cell's filters and health."""

    __slots__ = ("a", "b", "good_run", "last_count", "last_good_s", "low1", "low2", "problem",
                 "repeats", "run", "samples", "saturated_run")  # fmt: skip

    def __init__(self) -> None:
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


class Conditioning:
    """Clean every cell's load and say which cells cannot be trusted."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        self._names = tuple(cell.name for cell in cells)
        self._period_s = 1.0 / rate_hz
        # On slow converters the corner is out of reach: the filter then steps aside, not the data.
        self._corner_hz = min(CORNER_HZ, 0.25 * rate_hz)
        self.reset()

    @property
    def delay_s(self) -> float:
        """Return the delay of median and low-passes together, seconds."""
        return self._period_s + 2.0 * self._lag_s

    def reset(self) -> None:
        """Start as if no frame had ever come."""
        self._channels = tuple(_Channel() for _ in self._names)
        self._last_t_s: float | None = None
        self._gain = 1.0 - math.exp(-2.0 * math.pi * self._corner_hz * self._period_s)
        # Group delay at 0 Hz of y += gain * (x - y), in seconds.
        self._lag_s = self._period_s * (1.0 - self._gain) / self._gain

    def update(self, loads: Loads) -> CleanLoads:
        """Return the frame's clean loads, stamped with the time they belong to."""
        t_s = loads.t_s
        last = self._last_t_s
        if last is not None and t_s - last > GAP_PERIODS * self._period_s:
            for channel in self._channels:
                channel.a = None
        self._last_t_s = t_s
        gain = self._gain
        clean: list[float | None] = []
        events: list[CellEvent] = []
        for i, channel in enumerate(self._channels):
            load = loads.loads_kg[i]
            problem = self._examine(channel, loads.counts[i], load, t_s)
            if problem is not channel.problem:
                channel.problem = problem
                events.append(CellEvent(t_s, self._names[i], problem))
            if load is not None:
                a, b = channel.a, channel.b
                if a is None:
                    channel.a = channel.b = channel.low1 = channel.low2 = load
                else:
                    # The median of three, without a sort.
                    middle = max(min(a, b), min(max(a, b), load))
                    channel.a, channel.b = b, load
                    channel.low1 += gain * (middle - channel.low1)
                    channel.low2 += gain * (channel.low1 - channel.low2)
            if problem is not CellProblem.OK:
                channel.a = None
                clean.append(None)
            else:
                clean.append(channel.low2 if channel.a is not None else None)
        return CleanLoads(t_s - self.delay_s, tuple(clean), tuple(events))

    def _examine(
        self, channel: _Channel, count: int | None, load: float | None, t_s: float
    ) -> CellProblem:
        """Return the cell's state after this sample."""
        if load is None:
            channel.good_run = 0
            if count is not None:  # it spoke, but from a rail
                channel.last_good_s = t_s
                channel.saturated_run += 1
                if channel.saturated_run >= SATURATED_SAMPLES:
                    return CellProblem.SATURATED
            else:
                if channel.last_good_s == -math.inf:
                    channel.last_good_s = t_s + (FIRST_PERIODS - LOST_PERIODS) * self._period_s
                if t_s - channel.last_good_s > LOST_PERIODS * self._period_s:
                    return CellProblem.LOST
            return channel.problem
        channel.last_good_s = t_s
        channel.saturated_run = 0
        if count == channel.last_count:
            channel.run += 1
        else:
            self._learn_repeats(channel)
            channel.run = 0
            channel.last_count = count
        if channel.run >= STUCK_MIN_RUN and self._is_stuck(channel):
            channel.good_run = 0
            return CellProblem.STUCK
        channel.good_run = channel.good_run + 1 if channel.run == 0 else channel.good_run
        if channel.problem is CellProblem.OK or channel.good_run >= BACK_SAMPLES:
            return CellProblem.OK
        return channel.problem

    def _learn_repeats(self, channel: _Channel) -> None:
        """Note an ended run of equal counts: coarse or quiet cells repeat themselves honestly."""
        repeats = min(channel.run, MAX_REPEAT)
        channel.samples += 1 + repeats
        channel.repeats += repeats
        if channel.samples > REPEAT_MEMORY:
            channel.samples *= 0.5
            channel.repeats *= 0.5

    @staticmethod
    def _is_stuck(channel: _Channel) -> bool:
        chance = channel.repeats / channel.samples
        return channel.run * math.log(chance) < math.log(STUCK_CHANCE)
