"""What systemd is notified of: ready, and alive as long as frames come.

The library's own `ping` measures its periods by the wall clock. A Pi has none that runs while it
is off: when the network sets it back, `ping` would be silent until that time has passed again, and
systemd would kill a firmware that is well. So the periods are measured here, monotonically.

A systemd that does not listen or does not read costs nothing: if that lasts it acts by itself.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

from systemd_watchdog.systemd_watchdog import WatchDog

from matfw.ports import Clock


class Watchdog:
    """Tells systemd, where it listens; silent elsewhere. To be used in a `with`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._channel.setblocking(False)  # it is called in the frame path
        self._systemd = WatchDog(self._channel)
        self._period_s = self._systemd.timeout_td.total_seconds() / 2.0  # sd_watchdog_enabled(3)
        self._reported_s = float("-inf")

    def ready(self) -> None:
        """Say that the start has worked."""
        with suppress(OSError):
            self._systemd.ready()

    def alive(self) -> None:
        """Say so if half of systemd's limit has passed; call it with every frame."""
        now_s = self._clock.now_s()
        if now_s - self._reported_s >= self._period_s:
            self._reported_s = now_s
            with suppress(OSError):
                self._systemd.notify()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._channel.close()
