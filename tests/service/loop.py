"""The firmware's loop with nothing but memory about it, on virtual time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from matfw.messages import (
    Event,
    Mat,
    Pace,
    RawFrame,
    Rep,
    Side,
)
from matfw.pipeline import Pipeline, Step
from matfw.service.firmware import Firmware, Refiner, Tap
from matfw.service.refiner import InlineRefiner
from matfw.settings.model import Settings
from matfw.virtual.clock import VirtualClock

MAT = replace(Settings().mat(), side=Side.LEFT)


class Outputs:
    """An indicator that writes down what is asked of it, and is on until it is off."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []
        self.ticks_s: list[float] = []
        self.is_on = False

    def show(self, cue: str, t_s: float) -> None:
        self.shown.append((t_s, cue))
        self.is_on = True

    def pace(self, pace: Pace | None) -> None:
        pass

    def face(self, side: Side) -> None:
        pass

    def tick(self, t_s: float) -> None:
        self.ticks_s.append(t_s)

    def off(self) -> None:
        self.is_on = False

    def close(self) -> None:
        self.off()


class Frames:
    """Gives frames as their time comes on a virtual clock; then none, or an end."""

    silence_limit_s = 1.0

    def __init__(
        self,
        frames: Sequence[RawFrame],
        clock: VirtualClock,
        end: BaseException | None = None,
        stalls: Mapping[float, float] = MappingProxyType({}),
    ) -> None:
        """Take frames; an error to end with; how long the computer stands still after which."""
        self._frames: Iterator[RawFrame] = iter(frames)
        self._next = next(self._frames, None)
        self._clock = clock
        self._end = end
        self._stalls = dict(stalls)
        self._last_s = -math.inf

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        if self._next is None and self._end is not None:
            raise self._end
        now_s = self._clock.now_s()
        if self._last_s in self._stalls:
            self._clock.sleep_s(self._stalls.pop(self._last_s))
            return None
        if self._next is None or self._next.t_s > now_s + timeout_s:
            self._clock.sleep_s(timeout_s)
            return None
        frame = self._next
        self._clock.sleep_s(frame.t_s - now_s)
        self._last_s = frame.t_s
        self._next = next(self._frames, None)
        return frame


class Keeper:
    """A tap that keeps everything."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.seen: list[Event] = []

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def events(self, events: Sequence[Event]) -> None:
        self.seen += events

    @property
    def reps(self) -> list[Rep]:
        return [event for event in self.seen if isinstance(event, Rep)]


def firmware(
    frames: Sequence[RawFrame],
    *,
    mat: Mat = MAT,
    outputs: Outputs | None = None,
    taps: Sequence[Tap] = (),
    end: BaseException | None = None,
    stalls: Mapping[float, float] = MappingProxyType({}),
    refiner: Callable[[], Refiner] = InlineRefiner,
    on_first_frame: Callable[[], object] = lambda: None,
    on_frame: Callable[[], object] = lambda: None,
) -> Firmware:
    clock = VirtualClock()
    source = Frames(frames, clock, end, stalls)
    return Firmware(
        Pipeline(mat), source, outputs or Outputs(), clock, taps,
        refiner=refiner, on_first_frame=on_first_frame, on_frame=on_frame,
    )  # fmt: skip


def nothing(seconds: float, rate_hz: float = 80.0) -> list[RawFrame]:
    silent = (None,) * len(MAT.cells)
    return [RawFrame(k / rate_hz, silent) for k in range(round(seconds * rate_hz))]


def empty_mat(seconds: float, rate_hz: float = 80.0) -> list[RawFrame]:
    frames = round(seconds * rate_hz)
    return [RawFrame(k / rate_hz, (k % 7, k % 5, k % 3, -k % 7)) for k in range(frames)]
