"""A firmware that goes on for months of virtual time, and what hangs on it."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace

from matfw.messages import Pace, RawFrame, Side
from matfw.virtual.clock import VirtualClock

BREAKS_S = 0.0125  # between two sessions, one frame
NOT_HELD = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)


def held(root: object) -> int:
    """Return how many objects hang on one."""
    seen: set[int] = set()
    to_see = [root]
    while to_see:
        each = to_see.pop()
        if id(each) not in seen and not isinstance(each, NOT_HELD):
            seen.add(id(each))
            to_see += gc.get_referents(each)
    return len(seen)


def rounds(frames: Sequence[RawFrame], count: int) -> Iterator[tuple[int, RawFrame]]:
    """Give the same session over and over, each frame with its round."""
    length_s = frames[-1].t_s + BREAKS_S
    for k in range(count):
        for frame in frames:
            yield k, replace(frame, t_s=frame.t_s + k * length_s)


class Paced:
    """Frames in their own time, nothing kept of those that were given."""

    silence_limit_s = 1.0

    def __init__(self, frames: Iterator[tuple[int, RawFrame]], clock: VirtualClock) -> None:
        self.round = 0
        self._frames = frames
        self._clock = clock

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        assert timeout_s > 0.0
        self.round, frame = next(self._frames)
        self._clock.sleep_s(max(0.0, frame.t_s - self._clock.now_s()))
        return frame


class Silent:
    """Outputs that keep nothing."""

    def show(self, cue: str, t_s: float) -> None:
        pass

    def pace(self, pace: Pace | None) -> None:
        pass

    def face(self, side: Side) -> None:
        pass

    def tick(self, t_s: float) -> None:
        pass

    def off(self) -> None:
        pass

    def close(self) -> None:
        pass
