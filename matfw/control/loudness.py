"""How loud the buzzer is now: its settings, and the quiet hours of the local day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from matfw.control.live_settings import LiveSettings
from matfw.control.status import Notice
from matfw.sounds.modes import SoundMode


def local_minute() -> int:
    """Return the minute of the local day, 0 to 1439. Without a clock it is that of the boot."""
    now = datetime.now().astimezone()
    return 60 * now.hour + now.minute


class Loudness:
    """Sets the buzzer by it. The main thread's, but for `is_quiet`."""

    def __init__(
        self,
        set_volume: Callable[[float], object],
        set_sound: Callable[[SoundMode], object],
        minute_of_day: Callable[[], int],
        report: Callable[[Notice], object],
    ) -> None:
        """set_volume: 0 to 1. report: takes the notice that quiet hours begin, or are over."""
        self.is_quiet = False
        self._set_volume = set_volume
        self._set_sound = set_sound
        self._minute_of_day = minute_of_day
        self._report = report

    def adopt(self, live: LiveSettings) -> None:
        """Take over changed settings."""
        self._set(live)
        self._set_sound(live.sound)

    def follow(self, live: LiveSettings) -> None:
        """Fall silent and sound again by the local time of day, and say so."""
        hours = live.quiet
        if hours is None and not self.is_quiet:
            return
        is_quiet = hours is not None and hours.holds(self._minute_of_day())
        if is_quiet is self.is_quiet:
            return
        self.is_quiet = is_quiet
        self._set(live)
        until = f" until {hours.until}" if hours else ""
        text = (
            f"quiet hours: lights only{until}" if is_quiet else "quiet hours are over: sound is on"
        )
        self._report(Notice("quiet", text, {"text": text, "quiet": is_quiet}))

    def _set(self, live: LiveSettings) -> None:
        self._set_volume(0.0 if self.is_quiet else live.volume)
