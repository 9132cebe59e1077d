"""gpiozero mock pins with virtual converters at their ends.

For programs that go through gpiozero instead of through a `GpioGroup`. Both pins are of the
factory's own PWM class, because a `MockFactory` refuses to mix classes. Unlike gpiozero's they
keep no list of past states: at 80 samples a second it would grow by 16 000 entries a second.
Edges of DOUT are gpiozero's events, `when_deactivated` and the like (edges.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin
from gpiozero.pins.pi import PiPin

from matfw.ports import Clock
from matfw.virtual.chip import Hx711Chip
from matfw.virtual.edges import Edges


class BenchFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Mock pins whose ticks, and so `active_time` and the like, are a bench's own seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        super().__init__(pin_class=MockPWMPin)

    def ticks(self) -> float:
        """Return seconds."""
        return self._clock.now_s()

    @staticmethod
    def ticks_diff(later: float, earlier: float) -> float:
        """Return the seconds between two ticks."""
        return later - earlier


class PinCalls:
    """Counts pin accesses and lets each take its time."""

    __slots__ = ("_advance_s", "_cost_s", "calls", "now_s")

    def __init__(
        self,
        now_s: Callable[[], float],
        advance_s: Callable[[float], None] | None,
        cost_s: float,
    ) -> None:
        self.calls = 0
        self.now_s = now_s
        self._advance_s = advance_s
        self._cost_s = cost_s

    def call_s(self) -> float:
        """Count one access; return the time in its middle, which is when the line moves."""
        self.calls += 1
        if self._advance_s is None:
            return self.now_s()
        self._advance_s(self._cost_s / 2.0)
        t_s = self.now_s()
        self._advance_s(self._cost_s / 2.0)
        return t_s


class UnwiredPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that nothing is connected to, for outputs that nobody hears or sees."""

    def _change_state(self, value: float) -> bool:
        is_change: bool = super()._change_state(value)
        del self.states[:-1]
        return is_change


class SckPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """An output whose edges clock some chips."""

    _state: float

    def __init__(
        self,
        factory: MockFactory,
        info: Any,  # gpiozero's PinInfo, untyped
        *,
        chips: Sequence[Hx711Chip],
        calls: PinCalls,
        edges: Edges,
        stall_s: Callable[[int], float] | None = None,
        stall: Callable[[float], None] | None = None,
    ) -> None:
        self._chips = tuple(chips)
        self._calls = calls
        self._watch = edges
        self._stall_s = stall_s
        self._stall = stall
        self._rises = 0
        super().__init__(factory, info)

    def _change_state(self, value: float) -> bool:
        is_high = bool(value)
        t_s = self._calls.call_s()
        with self._watch.lock:
            for chip in self._chips:
                chip.set_sck(is_high, t_s)
                self._watch.touched(chip, t_s)
        is_change = bool(self._state) != is_high
        self._state = value
        if is_high and self._stall is not None and self._stall_s is not None:
            self._stall(self._stall_s(self._rises))
            self._rises += 1
        return is_change


class DoutPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """An input that shows one chip's DOUT."""

    _edges: str  # gpiozero's: which of them are asked for

    def __init__(
        self,
        factory: MockFactory,
        info: Any,  # gpiozero's PinInfo, untyped
        *,
        chip: Hx711Chip,
        calls: PinCalls,
        edges: Edges,
    ) -> None:
        self.chip = chip
        self._calls = calls
        self._watch = edges
        super().__init__(factory, info)

    def edge(self, t_s: float, level: bool) -> None:
        """Call gpiozero's handler, if it wants this edge. By the time the line may have moved."""
        if self._edges in ("both", "rising" if level else "falling") and self._when_changed:
            PiPin._call_when_changed(self, t_s, level)

    def _enable_event_detect(self) -> None:
        self._watch.watch(self)

    def _disable_event_detect(self) -> None:
        self._watch.unwatch(self)

    def _get_state(self) -> bool:
        t_s = self._calls.call_s()
        with self._watch.lock:
            return self.chip.dout(t_s)

    def _change_state(self, value: float) -> bool:  # noqa: ARG002
        return False  # the chip drives the line; a pull resistor does not win against it
