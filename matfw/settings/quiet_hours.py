"""Hours in which only the lights speak: from HH:MM to HH:MM of the local day, over midnight too."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the day; from_min is in it, until_min no more. The same twice: the whole day."""

    from_min: int
    until_min: int

    def holds(self, minute: int) -> bool:
        """Return whether a minute of the day, 0 to 1439, is quiet."""
        return (minute - self.from_min) % DAY_MIN < self._length_min

    @property
    def _length_min(self) -> int:
        return (self.until_min - self.from_min) % DAY_MIN or DAY_MIN

    @property
    def until(self) -> str:
        """Return when they end, as people write it."""
        return f"{self.until_min // 60:02d}:{self.until_min % 60:02d}"


def quiet_hours(text: str) -> QuietHours | None:
    """Return the hours that a text like 22:00-07:00 names; None if it names none."""
    minutes = []
    for part in text.split("-"):
        hour, _, minute = part.partition(":")
        if not (hour.isascii() and minute.isascii() and hour.isdigit() and minute.isdigit()):
            return None
        if int(hour) > 23 or int(minute) > 59 or len(minute) != 2:
            return None
        minutes.append(60 * int(hour) + int(minute))
    return QuietHours(*minutes) if len(minutes) == 2 else None
