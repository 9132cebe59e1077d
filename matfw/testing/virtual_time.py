"""Python's own waiting, on virtual time: for drivers that know nothing of the bench's clock.

A driver that calls `time.sleep` waits for real, while virtual time stands still and no converter
is ever ready. Within `on_virtual_time` the clock functions of `time`, `threading.Event.wait` and
`queue.Queue.get` are the bench's, for the code under test and in the thread of the test alone:

- Python's own library, pytest and its plugins, and matfw itself keep the real ones;
- so does every other thread. A driver with a thread of its own belongs on real time.

Names that modules have taken out of `time` before (`from time import sleep`) are followed. As on
a Pi a sleep takes longer than asked (SLEEP_SLACK_S): `sleep(1e-6)` while SCK is high powers a
converter down there, and here.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from matfw.virtual.clock import VirtualClock

# time.sleep(1e-6) took 75 us (median) on Linux, more than 60 in every case: the timer slack is 50.
SLEEP_SLACK_S = 70e-6
POLL_S = 0.001  # of virtual time, between two looks whether what is waited for has come
LOOK_S = 3e-7  # of virtual time, for a look at the clock: a loop that only looks must end too
REAL_POLL_S = 0.0005  # real time for threads of the driver's own, each time
ENDLESS_S = 60.0  # virtual; who waits without a limit for so long waits for nothing
EXEMPT = frozenset(
    {*sys.stdlib_module_names, "_pytest", "pytest", "pluggy", "xdist", "execnet", "hypothesis"}
    | {"matfw"}
)
CLOCKS = ("monotonic", "perf_counter", "time")


def is_under_test(frame: FrameType | None) -> bool:
    """Return whether the code of a frame is the tester's, or of a driver they use."""
    name = frame.f_globals.get("__name__") if frame is not None else None
    root = str(name).partition(".")[0]
    if root == "__main__" or name is None:
        return name is not None
    return root not in EXEMPT and not root.startswith("pytest")


class VirtualWaiting:
    """What the replaced functions do, in the thread that made it."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._thread = threading.get_ident()
        self._others = set(threading.enumerate())
        self._began_s = clock.now_s()
        self._real = {name: getattr(time, name) for name in (*CLOCKS, "sleep")}
        self._start_s = {name: self._real[name]() for name in CLOCKS}
        self._event_wait, self._queue_get = threading.Event.wait, queue.Queue.get

    def functions(self) -> Mapping[str, Callable[..., Any]]:  # Any: as time's own
        """Return a stand-in for each function of `time`."""
        stand_ins: dict[str, Callable[..., Any]] = {"sleep": self._sleep}
        for name in CLOCKS:
            seconds = self._clock_named(name)
            stand_ins[name] = seconds
            stand_ins[f"{name}_ns"] = self._in_ns(getattr(time, f"{name}_ns"), name)
        return stand_ins

    def _is_here(self, frame: FrameType) -> bool:
        return threading.get_ident() == self._thread and is_under_test(frame)

    def _clock_named(self, name: str) -> Callable[[], float]:
        real = self._real[name]

        def now_s() -> float:
            return self._now_s(name) if self._is_here(sys._getframe(1)) else float(real())

        return now_s

    def _in_ns(self, real_ns: Callable[[], int], name: str) -> Callable[[], int]:
        def now_ns() -> int:
            is_here = self._is_here(sys._getframe(1))
            return round(self._now_s(name) * 1e9) if is_here else real_ns()

        return now_ns

    def _now_s(self, name: str) -> float:
        self._clock.advance_s(LOOK_S)
        return float(self._start_s[name]) + self._clock.now_s() - self._began_s

    def _sleep(self, duration_s: float) -> None:
        if not self._is_here(sys._getframe(1)):
            self._real["sleep"](duration_s)
        elif duration_s < 0.0:
            raise ValueError("sleep length must be non-negative")
        else:
            self._clock.sleep_s(duration_s + SLEEP_SLACK_S)

    def event_wait(self, caller: FrameType, event: threading.Event, timeout: float | None) -> bool:
        """Stand in for `threading.Event.wait`."""
        if not self._is_here(caller):
            return self._event_wait(event, timeout)
        return self._until(event.is_set, timeout, "Event.wait()")

    def queue_get(
        self, caller: FrameType, waiting: queue.Queue[Any], block: bool, timeout: float | None
    ) -> Any:  # whatever was put in
        """Stand in for `queue.Queue.get`."""
        if block and self._is_here(caller):
            self._until(lambda: not waiting.empty(), timeout, "Queue.get()")
            block = False
        return self._queue_get(waiting, block, timeout)

    def _until(self, is_done: Callable[[], bool], timeout_s: float | None, what: str) -> bool:
        """Let virtual time pass until something is done; return whether it was, within the time."""
        end_s = self._clock.now_s() + (ENDLESS_S if timeout_s is None else timeout_s)
        self._clock.sleep_s(LOOK_S)  # so that edges noticed before come before the first look
        while not is_done():
            remaining_s = end_s - self._clock.now_s()
            if remaining_s <= 0.0 and timeout_s is None:
                raise TimeoutError(
                    f"{what} without a timeout has waited for {ENDLESS_S:g} s of virtual time:"
                    " nothing on this bench will end it"
                )
            if remaining_s <= 0.0:
                return False
            if set(threading.enumerate()) - self._others:
                self._real["sleep"](REAL_POLL_S)
            self._clock.sleep_s(min(POLL_S, remaining_s))
        return True


@contextmanager
def on_virtual_time(clock: VirtualClock) -> Iterator[None]:
    """Let the code under test wait on this clock, in this thread, until the end of the block."""
    waiting = VirtualWaiting(clock)
    stand_ins = waiting.functions()
    by_id = {id(getattr(time, name)): stand_in for name, stand_in in stand_ins.items()}
    undo: list[tuple[object, str, object]] = []

    def replace(owner: object, name: str, new: object) -> None:
        undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, new)

    def event_wait(self: threading.Event, timeout: float | None = None) -> bool:
        return waiting.event_wait(sys._getframe(1), self, timeout)

    def queue_get(
        self: queue.Queue[Any], block: bool = True, timeout: float | None = None
    ) -> Any:  # whatever was put in
        return waiting.queue_get(sys._getframe(1), self, block, timeout)

    try:
        for module in tuple(sys.modules.values()):
            names = getattr(module, "__dict__", None)
            if not isinstance(names, dict) or module is time or not _is_followed(names):
                continue
            for name, value in tuple(names.items()):
                if id(value) in by_id:
                    replace(module, name, by_id[id(value)])
        for name, stand_in in stand_ins.items():
            replace(time, name, stand_in)
        replace(threading.Event, "wait", event_wait)
        replace(queue.Queue, "get", queue_get)
        yield
    finally:
        for owner, name, old in reversed(undo):
            setattr(owner, name, old)


def _is_followed(names: Mapping[str, object]) -> bool:
    root = str(names.get("__name__")).partition(".")[0]
    return root not in EXEMPT and not root.startswith("pytest")
