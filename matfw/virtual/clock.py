"""Virtual time: moved by sleeping and by the bench's own GPIO calls, never by itself."""

from __future__ import annotations

import time
from typing import Protocol

QUICK = 20.0  # times real time: what is only waited for


class Follower(Protocol):
    """Something that is to see every moment of virtual time: `edges.Edges`."""

    def next_s(self, t_s: float) -> float:
        """Return when it has to be called next; t_s: at once."""
        ...

    def notice(self, from_s: float, until_s: float) -> None:
        """See what happens after from_s, up to until_s, without being heard."""
        ...

    def deliver(self) -> None:
        """Say what was seen; may let time pass itself."""
        ...


class VirtualClock:
    """A `Clock` whose time only moves when somebody sleeps on it or advances it.

    speed: virtual seconds per real second; sleeping then waits for the real clock, so that a
    demo can be watched. None (tests): as fast as the computer can. quick_until_s: up to this moment
    QUICK times as fast as the real clock, or as speed if that is more.
    """

    __slots__ = ("_follower", "_now_s", "_quick_until_s", "_real_start_s", "_speed", "_start_s")

    def __init__(
        self, start_s: float = 0.0, *, speed: float | None = None, quick_until_s: float = 0.0
    ) -> None:
        if speed is not None and not speed > 0.0:
            raise ValueError(f"speed must be > 0 virtual seconds per second (got {speed})")
        self._quick_until_s = quick_until_s
        self._follower: Follower | None = None
        self._now_s = start_s
        self._start_s = start_s
        self._speed = speed
        self._real_start_s: float | None = None  # set by the first sleep: set-up is not paced

    def now_s(self) -> float:
        """Return virtual seconds."""
        return self._now_s

    def advance_s(self, duration_s: float) -> None:
        """Let time pass without waiting: what a GPIO call or a stall costs."""
        until_s = self._now_s + duration_s
        if self._follower is not None:
            self._follower.notice(self._now_s, until_s)
        self._now_s = until_s

    def follow(self, follower: Follower) -> None:
        """Let one bench see every moment, and be heard whenever somebody sleeps.

        Raises ValueError where another follows already: a bench has a clock of its own.
        """
        if self._follower is not None:
            raise ValueError("this clock has a bench already: give each bench a clock of its own")
        self._follower = follower

    def sleep_s(self, duration_s: float) -> None:
        """Let time pass; with a speed, wait until the real clock has caught up."""
        if duration_s <= 0.0:
            return
        self._pass_until(self._now_s + duration_s)
        if self._speed is None:
            return
        real_s = time.monotonic()
        if self._quick_until_s and self._now_s >= self._quick_until_s:
            # A computer that was too slow for it has nothing to catch up with.
            self._quick_until_s, self._start_s, self._real_start_s = 0.0, self._now_s, real_s
        speed = max(self._speed, QUICK) if self._quick_until_s else self._speed
        if self._real_start_s is None:
            self._real_start_s = real_s - (self._now_s - duration_s - self._start_s) / speed
        ahead_s = self._real_start_s + (self._now_s - self._start_s) / speed - real_s
        if ahead_s > 0.0:
            time.sleep(ahead_s)

    def _pass_until(self, until_s: float) -> None:
        """Let time pass, and the follower be heard at its own moments; these may take longer."""
        follower = self._follower
        while follower is not None and (at_s := follower.next_s(self._now_s)) <= until_s:
            before_s, self._now_s = self._now_s, max(self._now_s, at_s)
            follower.notice(before_s, self._now_s)
            follower.deliver()
        self._now_s = max(self._now_s, until_s)
