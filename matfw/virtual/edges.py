"""Edges of DOUT for gpiozero's events: `when_deactivated`, `wait_for_inactive`.

Nothing on the bench runs by itself, so somebody must look when a line moves. `Edges` looks at the
lines that are watched, and only at them: at every moment at which a chip may move its line by
itself (`Hx711Chip.next_change_s`), and after every edge of its clock.

Noticed is not delivered. As on a Pi, where lgpio's thread calls back by and by, an edge waits
while the program has the processor: data bits that a read moves come as edges too, after the read.
On virtual time edges are delivered while somebody sleeps on the clock, at their own times; on a
real clock by a thread, as lgpio does.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import Protocol

from matfw.ports import Clock
from matfw.virtual.chip import Hx711Chip
from matfw.virtual.clock import VirtualClock

THREAD_LOOK_S = 0.0005  # at most between two looks of the thread; lgpio's alerts tick like this
WAITING_EDGES = 4096  # nobody waits on the clock for that long; the oldest go, as in the kernel


class WatchedPin(Protocol):
    """A data pin whose edges somebody wants."""

    @property
    def chip(self) -> Hx711Chip:
        """Return the chip at its end."""
        ...

    def edge(self, t_s: float, level: bool) -> None:
        """Tell whoever watches the pin."""
        ...


class Edges:
    """What the watched lines of one bench have done.

    clock: a `VirtualClock`, which is then followed, or a real one: then there is a thread from the
    first watched pin on, until `close`. lock: to be held around every use of a chip.
    """

    def __init__(self, clock: Clock) -> None:
        self.lock = threading.RLock()
        self._clock = clock
        self._levels: dict[WatchedPin, bool] = {}
        self._noticed: deque[tuple[float, WatchedPin, bool]] = deque(maxlen=WAITING_EDGES)
        self._is_delivering = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if isinstance(clock, VirtualClock):
            clock.follow(self)

    def watch(self, pin: WatchedPin) -> None:
        """Notice this pin's edges from now on."""
        with self.lock:
            self._levels[pin] = pin.chip.dout(self._clock.now_s())
        if self._thread is None and not isinstance(self._clock, VirtualClock):
            self._thread = threading.Thread(
                target=self._run, name="matfw-virtual-edges", daemon=True
            )
            self._thread.start()

    def unwatch(self, pin: WatchedPin) -> None:
        """Forget this pin, and its edges that were not reported."""
        with self.lock:
            self._levels.pop(pin, None)
            kept = [each for each in self._noticed if each[1] is not pin]
            self._noticed.clear()
            self._noticed.extend(kept)

    def next_s(self, t_s: float) -> float:
        """Return when something is to be delivered or noticed: at most t_s, if at once."""
        if not self._levels:
            return math.inf
        if self._noticed and not self._is_delivering:
            return t_s
        return min([pin.chip.next_change_s(t_s) for pin in self._levels])

    def notice(self, from_s: float, until_s: float) -> None:
        """Look at the watched lines at all moments up to this one at which they may move."""
        at_s = from_s
        while self._levels:
            at_s = min([pin.chip.next_change_s(at_s) for pin in self._levels])
            if at_s > until_s:
                return
            self._look(at_s)

    def touched(self, chip: Hx711Chip, t_s: float) -> None:
        """Look at a chip's line after an edge of its clock, or after its wires have changed."""
        for pin, before in self._levels.items():
            if pin.chip is chip and (level := chip.dout(t_s)) != before:
                self._levels[pin] = level
                self._noticed.append((t_s, pin, level))

    def deliver(self) -> None:
        """Report the first edge noticed and not reported; within such a call nothing is reported.

        One at a time: a callback may take longer than the chips take for the next.
        """
        if self._is_delivering:
            return
        with self.lock:
            if not self._noticed:
                return
            t_s, pin, level = self._noticed.popleft()
        self._is_delivering = True
        try:
            pin.edge(t_s, level)  # without the lock: a callback waits for others
        finally:
            self._is_delivering = False

    def close(self) -> None:
        """End the thread, if there is one. Calling it twice is allowed."""
        self._stop.set()
        self._levels.clear()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _look(self, t_s: float) -> None:
        for pin, before in self._levels.items():
            if (level := pin.chip.dout(t_s)) != before:
                self._levels[pin] = level
                self._noticed.append((t_s, pin, level))

    def _run(self) -> None:
        looked_s = self._clock.now_s()
        while not self._stop.is_set():
            with self.lock:
                now_s = self._clock.now_s()
                self.notice(looked_s, now_s)
                looked_s = now_s
                next_s = self.next_s(now_s)
            self.deliver()
            self._stop.wait(min(max(next_s - self._clock.now_s(), 0.0), THREAD_LOOK_S))
