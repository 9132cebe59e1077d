"""A growing wait before a start that follows failed ones, as a service.

Cells without supply end the firmware after seconds, and systemd starts it again, for ever: whoever
plugs the supply in later finds a mat that works. What must not happen is a start every five seconds
for days, so each failed start in a row doubles the wait, up to MAX_DELAY_S. systemd has that itself
from 254 on (RestartSteps); Debian 12 has 252. The count is a file in the runtime folder, which is
memory and not the card; the first cell that answers ends it. Nobody but a service waits.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from matfw.messages import Event
from matfw.pipeline import Step

FILE = "failed_starts"
SERVICE_VARIABLE = "NOTIFY_SOCKET"  # sd_notify(3)
FREE_STARTS = 3  # at RestartSec alone: a cable that is being plugged in, a crash
FIRST_DELAY_S = 5.0
MAX_DELAY_S = 120.0

Say = Callable[[str], None]


class StartDelay:
    """Waits as long as the failed starts before this one ask for; a tap that sees a good one."""

    def __init__(
        self,
        say: Say,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Take where the wait is reported, the environment, and what waits; nothing happens yet."""
        folder = environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
        is_service = bool(folder) and SERVICE_VARIABLE in environ
        self._file = Path(folder) / FILE if is_service else None
        self._say = say
        self._sleep = sleep

    def wait(self) -> None:
        """Count this start as failed, until `succeeded`, and wait for those before it."""
        if self._file is None:
            return
        failed = self._count(self._file)
        with suppress(OSError):
            self._file.write_text(f"{failed + 1}\n")
        seconds = delay_s(failed)
        if seconds:
            self._say(
                f"the last {failed} starts have failed, the messages above say why: the next is in"
                f" {seconds:.0f} s; `systemctl stop matfw`, then `start`, does not wait"
            )
            self._sleep(seconds)

    def step(self, step: Step) -> None:
        """See a frame: where a cell answers, the failed starts are forgotten."""
        if self._file is not None and any(count is not None for count in step.raw.counts):
            with suppress(OSError):
                self._file.unlink()
            self._file = None

    def events(self, events: Sequence[Event]) -> None:
        """See what happened: nothing of it matters here."""

    @staticmethod
    def _count(file: Path) -> int:
        try:
            return max(0, int(file.read_text()))
        except (OSError, ValueError):
            return 0


def delay_s(failed: int) -> float:
    """Return the wait after so many failed starts in a row, seconds."""
    beyond = failed - FREE_STARTS
    return min(MAX_DELAY_S, FIRST_DELAY_S * 2.0 ** min(beyond, 16)) if beyond >= 0 else 0.0
