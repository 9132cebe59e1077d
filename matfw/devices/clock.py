"""The computer's monotonic clock as a `Clock`."""

from __future__ import annotations

import time


class RealClock:
    """Monotonic seconds since boot. `now_s` is the C function itself: a frame asks it 50 times."""

    now_s = staticmethod(time.monotonic)

    def sleep_s(self, duration_s: float) -> None:
        """Wait; a duration <= 0 returns at once."""
        if duration_s > 0.0:
            time.sleep(duration_s)
