"""GPIO lines with virtual converters at their ends: the `GpioGroup` of the bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from random import Random

from matfw.virtual.chip import Hx711Chip


class Moment(StrEnum):
    """Where in a call to the kernel a program may be held up: before or after the lines move."""

    BEFORE_RISE = "before_rise"
    AFTER_RISE = "after_rise"  # SCK is high: these two are what a converter can feel
    BEFORE_FALL = "before_fall"
    AFTER_FALL = "after_fall"
    BEFORE_LOOK = "before_look"
    AFTER_LOOK = "after_look"


class StallSchedule:
    """Stalls of SCK-highs, from a seed: what another program does to a burst.

    probability: per rising edge. duration_s: how long the line stays high for it.
    Called with the number of the rising write, counted from 0; returns seconds.
    """

    def __init__(self, probability: float, duration_s: float, seed: int) -> None:
        self._probability = probability
        self._duration_s = duration_s
        self._rng = Random(seed)

    def __call__(self, rise: int) -> float:  # noqa: ARG002
        """Return how long this SCK-high is stalled."""
        return self._duration_s if self._rng.random() < self._probability else 0.0


class VirtualGpio:
    """Clock and data lines of some chips; fits `ports.GpioGroup`.

    Bit i is chip i, on the clock side too unless is_sck_shared: then bit 0 clocks all chips.
    advance_s: lets time pass, or None on a real clock. call_cost_s: what one call to the kernel
    takes; half of it passes before the lines move and half after, as on a real one.
    stall_s: called at every write that raises a line; returns seconds to add while it is high.
    delay_s: called at each `Moment` of each call; returns seconds to add there.
    data_chips, clock_chips: which chip is at the end of each line, where wires are crossed; one may
    be on several data lines.
    """

    def __init__(
        self,
        chips: Sequence[Hx711Chip],
        now_s: Callable[[], float],
        advance_s: Callable[[float], None] | None,
        *,
        call_cost_s: float,
        is_sck_shared: bool = False,
        stall_s: Callable[[int], float] | None = None,
        delay_s: Callable[[Moment], float] | None = None,
        data_chips: Sequence[Hx711Chip] | None = None,
        clock_chips: Sequence[Hx711Chip] | None = None,
    ) -> None:
        self.calls = 0
        self.rises = 0
        self.levels = 0  # of the clock lines
        self.is_closed = False
        self._data_chips = tuple(chips if data_chips is None else data_chips)
        self._clock_chips = tuple(chips if clock_chips is None else clock_chips)
        self._now_s = now_s
        self._advance_s = advance_s
        self._half_cost_s = call_cost_s / 2.0
        self._stall_s = stall_s
        self._delay_s = delay_s
        bits = [1 if is_sck_shared else 1 << i for i in range(len(chips))]
        self._clocked = tuple(zip(self._clock_chips, bits, strict=True))

    def write(self, levels: int, mask: int) -> None:
        """Drive the clock lines in mask to the given levels."""
        self.calls += 1
        is_rise = levels & mask != 0
        if self._advance_s is not None:  # written out: a hundred times a frame
            self._advance_s(self._half_cost_s)
            if self._delay_s is not None:
                self._advance_s(
                    self._delay_s(Moment.BEFORE_RISE if is_rise else Moment.BEFORE_FALL)
                )
        t_s = self._now_s()
        for chip, bit in self._clocked:
            if mask & bit:
                chip.set_sck(levels & bit != 0, t_s)
        self.levels = self.levels & ~mask | levels & mask
        if self._advance_s is not None:
            self._advance_s(self._half_cost_s)
            if self._delay_s is not None:
                self._advance_s(self._delay_s(Moment.AFTER_RISE if is_rise else Moment.AFTER_FALL))
            if is_rise and self._stall_s is not None:
                self._advance_s(self._stall_s(self.rises))
        self.rises += is_rise

    def read(self) -> int:
        """Return the levels of all data lines."""
        self.calls += 1
        if self._advance_s is not None:
            self._advance_s(self._half_cost_s)
            if self._delay_s is not None:
                self._advance_s(self._delay_s(Moment.BEFORE_LOOK))
        t_s = self._now_s()
        levels, bit = 0, 1
        for chip in self._data_chips:
            if chip.dout(t_s):
                levels |= bit
            bit <<= 1
        if self._advance_s is not None:
            self._advance_s(self._half_cost_s)
            if self._delay_s is not None:
                self._advance_s(self._delay_s(Moment.AFTER_LOOK))
        return levels

    def close(self) -> None:
        """Give the lines back, clocks low."""
        if not self.is_closed:
            self.write(0, (1 << len(self._clock_chips)) - 1)
            self.is_closed = True
