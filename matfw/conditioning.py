"""Stage 2: kilograms per cell -> clean kilograms, and each cell's state of health.

Per cell: a median of three takes out single-sample spikes (bogde/HX711#216), two equal one-pole
low-passes take out mains and impacts above the body's band. Both delay; the delay is the same for
every cell, is stated by `delay_s` and is taken off the outgoing time, so that everything
downstream speaks of when things happened. A sample that was not read is not made up: that frame's
load is None. Over RESEED_PERIODS the filters stand still; after a longer hole they begin with what
comes then, because what they held belongs to another time.

Who is to blame decides when a cell is `lost`: soon if it is silent although the computer was on
time, later if the computer was late or all cells are silent at once. One that comes and goes is
`unreliable` instead, which is told once.

A wrong value is no load either: what one cell reads jumps alone, or farther than any landing, and
is back within three samples, which no leg's mass allows. Such samples are withheld until the next
ones tell; what stays is taken as true. A single cell that jumps alone and stays has lost its zero:
it is `unreliable` until the body has been weighed again.
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
RESEED_PERIODS = 2.5  # of silence after which the filters begin anew: nothing is smeared across
COMES_AND_GOES = 3  # times that a cell fails within ...
WITHIN_S = 10.0  # ... and after so long without it is well again
FIRST_PERIODS = 8.0  # until the first sample: a converter settles for 4; HX711 datasheet p. 3
SATURATED_SAMPLES = 2  # in a row at a rail; one may be a spike
STUCK_CHANCE = 1e-8  # a run of equal counts less likely than this is a stuck converter
STUCK_MIN_RUN = 3  # equal successors; the third sample period after it stuck
MAX_REPEAT = 40  # repeats learnt from one run: a stuck cell must not pass for a coarse one
REPEAT_MEMORY = 4000.0  # samples after which old repeats are forgotten: 50 s at 80 SPS
IMPULSE_SAMPLES = 3  # that an impulse lasts at most
IMPULSE_S = 0.05  # ... and not longer than this: on slow converters a leg is down and up in three
# From sample to sample at 80 SPS a lift moves a cell by up to 0.4 kg, a kick by 1.1, a leg that is
# dropped by 3.0, then also its neighbour by as much (own scenarios).
ALONE_KG = 0.8
ALONE_SHARE = 0.4  # of its jump that some other cell would make with it
FARTHEST_KG = 4.5
IMPULSE_SHARES = (0.02, 0.08)  # of a cell's samples: well again below, unreliable above
IMPULSE_MEMORY_S = 5.0  # that the share is taken over
ZERO_JUMP_KG = 1.5  # 2 % of a body; less changes no verdict
REWEIGH_S = 3.2  # longer than `motion.KNOWN_S`: who lies there is then weighed on the new zero
BACK_SAMPLES = 8  # good in a row before a cell is trusted again: two settlings


class _Channel:
    """One cell's filters and health."""

    __slots__ = ("a", "b", "before_kg", "failures", "failures_s", "good_run", "impulse_share",
                 "is_spiky", "last_count", "last_good_s", "low1", "low2", "own_silence_s",
                 "problem", "repeats", "reported", "run", "samples", "saturated_run", "steady_kg",
                 "unsure_until_s", "withheld")  # fmt: skip

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
        self.reported = CellProblem.OK
        self.own_silence_s = 0.0  # since its last sample, while the computer was on time
        self.steady_kg: float | None = None  # the last sample that was believed
        self.before_kg: float | None = None  # the one before: should the last have been wrong
        self.withheld = 0  # samples since then
        self.impulse_share = 0.0
        self.is_spiky = False
        self.unsure_until_s = -math.inf  # after its zero has jumped
        self.failures = 0  # in this spell of coming and going
        self.failures_s: deque[float] = deque(maxlen=COMES_AND_GOES)

    def report(self, t_s: float, name: str, problem: CellProblem) -> CellEvent | None:
        """Take the cell's state as of now; return what is to be told of it."""
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
        self._sees_impulses = IMPULSE_SAMPLES * self._period_s <= IMPULSE_S
        self._impulse_gain = self._period_s / IMPULSE_MEMORY_S
        self._lost_own_s = max(LOST_OWN_S, LOST_PERIODS * self._period_s)
        self._lost_s = max(LOST_S, LOST_PERIODS * self._period_s)
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
        self.impulses = 0  # samples withheld that were none of the load's
        self._last_t_s: float | None = None
        self._gain = 1.0 - math.exp(-2.0 * math.pi * self._corner_hz * self._period_s)
        # Group delay at 0 Hz of y += gain * (x - y), in seconds.
        self._lag_s = self._period_s * (1.0 - self._gain) / self._gain

    def update(self, loads: Loads) -> CleanLoads:
        """Return the frame's clean loads, stamped with the time they belong to."""
        t_s = loads.t_s
        step_s = 0.0 if self._last_t_s is None else t_s - self._last_t_s
        self._last_t_s = t_s
        # All silent at once is no cell's own fault.
        own_step_s = step_s if any(count is not None for count in loads.counts) else 0.0
        gain, reseed_s = self._gain, RESEED_PERIODS * self._period_s
        withheld = self._withhold(loads, step_s > reseed_s) if self._sees_impulses else 0
        clean: list[float | None] = []
        events: list[CellEvent] = []
        for i, channel in enumerate(self._channels):
            load = loads.loads_kg[i]
            is_new = channel.last_count is None
            silence_s = t_s - channel.last_good_s
            if loads.counts[i] is None and not loads.computer_mask >> i & 1:
                channel.own_silence_s += own_step_s
            problem = self._examine(channel, loads.counts[i], load, t_s)
            if problem is CellProblem.OK and (channel.is_spiky or t_s < channel.unsure_until_s):
                problem = CellProblem.UNRELIABLE
            if withheld >> i & 1:
                load = None
            if problem is not channel.problem or channel.failures:
                event = channel.report(t_s, self._names[i], problem)
                if event is not None:
                    events.append(event)
            has_begun = True
            if load is not None:
                a, b = channel.a, channel.b
                if a is None or silence_s > reseed_s:
                    # Not delayed like all others, it would belong to another time than stated.
                    has_begun = is_new
                    channel.a = channel.b = channel.low1 = channel.low2 = load
                else:
                    # The median of three, without a sort.
                    middle = max(min(a, b), min(max(a, b), load))
                    channel.a, channel.b = b, load
                    channel.low1 += gain * (middle - channel.low1)
                    channel.low2 += gain * (channel.low1 - channel.low2)
            elif problem is not CellProblem.OK and not withheld >> i & 1:
                channel.a = None
            is_clean = load is not None and has_begun and problem is CellProblem.OK
            clean.append(channel.low2 if is_clean else None)
        return CleanLoads(t_s - self.delay_s, tuple(clean), tuple(events))

    def _withhold(self, loads: Loads, is_after_hole: bool) -> int:
        """Return which cells' samples are no load until later ones tell; bit i is cell i."""
        if is_after_hole:
            for channel in self._channels:
                channel.steady_kg, channel.before_kg, channel.withheld = None, None, 0
        jumps = [
            0.0 if load is None or channel.steady_kg is None else load - channel.steady_kg
            for channel, load in zip(self._channels, loads.loads_kg, strict=True)
        ]
        mask = 0
        for i, channel in enumerate(self._channels):
            load = loads.loads_kg[i]
            if load is None:
                if loads.counts[i] is None:
                    channel.steady_kg, channel.before_kg, channel.withheld = None, None, 0
                continue
            before_kg = channel.before_kg
            jump_kg = abs(jumps[i])
            is_jump = (
                jump_kg > ALONE_KG
                and (jump_kg > FARTHEST_KG or _is_alone(jumps, i))
                and (before_kg is None or abs(load - before_kg) > ALONE_KG)
            )
            if is_jump and channel.withheld < IMPULSE_SAMPLES:
                channel.withheld += 1
                mask |= 1 << i
                continue
            self._believe(channel, loads.t_s, is_jump and jump_kg > ZERO_JUMP_KG)
            channel.before_kg, channel.steady_kg = channel.steady_kg, load
        return mask

    def _believe(self, channel: _Channel, t_s: float, has_jumped: bool) -> None:
        """Take a cell's sample as its load, and what was withheld before it as what it was."""
        wrong = 0 if has_jumped else channel.withheld
        self.impulses += wrong
        channel.withheld = 0
        channel.impulse_share += self._impulse_gain * (wrong - channel.impulse_share)
        low, high = IMPULSE_SHARES
        channel.is_spiky = channel.impulse_share > (low if channel.is_spiky else high)
        if has_jumped:
            channel.unsure_until_s = t_s + REWEIGH_S

    def _examine(
        self, channel: _Channel, count: int | None, load: float | None, t_s: float
    ) -> CellProblem:
        """Return the cell's state after this sample."""
        if load is None:
            channel.good_run = 0
            if count is not None:  # it spoke, but from a rail
                channel.last_good_s = t_s
                channel.own_silence_s = 0.0
                channel.saturated_run += 1
                if channel.saturated_run >= SATURATED_SAMPLES:
                    return CellProblem.SATURATED
            else:
                if channel.last_good_s == -math.inf:
                    channel.last_good_s = t_s
                    channel.own_silence_s = self._lost_own_s - FIRST_PERIODS * self._period_s
                is_own = channel.own_silence_s > self._lost_own_s
                if is_own or t_s - channel.last_good_s > self._lost_s:
                    return CellProblem.LOST
            return channel.problem
        channel.last_good_s = t_s
        channel.own_silence_s = 0.0
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


def _is_alone(jumps_kg: Sequence[float], i: int) -> bool:
    """Return whether no other cell jumped with this one; a body rests on several."""
    if len(jumps_kg) == 1:
        return False
    most = ALONE_SHARE * abs(jumps_kg[i])
    return all(abs(jump) < most for k, jump in enumerate(jumps_kg) if k != i)
