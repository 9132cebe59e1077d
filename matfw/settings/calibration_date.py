"""The date in a calibration's note: written, and read as an age that can be believed.

A Pi has no clock that runs on without power: before it has asked a network, it may be in 1970 or
at the day its system was made. Such a date is no age; whoever reads it gets that instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # there was no matfw that could calibrate before
SLACK = timedelta(days=1)  # a clock that was corrected meanwhile is not a wrong one
UNSET_CLOCK = "on an unknown day, as the clock was not set"
_FORM = "%Y-%m-%d %H:%M"
_DATE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")


@dataclass(frozen=True, slots=True)
class Age:
    """How long ago a calibration was; days is None where that is unknown, and doubt says why.

    doubt is empty where nothing of a date was ever written.
    """

    days: float | None
    doubt: str = ""

    @property
    def words(self) -> str:
        """Return it as it follows the word "calibrated"."""
        if self.days is None:
            return self.doubt or "on a day that is not written down"
        days = round(self.days)
        return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} ago"


def dated(note: str, now: datetime) -> str:
    """Return a note with the day of it, as far as the clock is to be believed."""
    if now < EARLIEST:
        return f"{note}, {UNSET_CLOCK}"
    return f"{note}, {now.astimezone(UTC):{_FORM}} UTC"


def age(note: str | None, now: datetime) -> Age:
    """Return how long ago a calibration was, by its note."""
    if note and UNSET_CLOCK in note:
        return Age(None, UNSET_CLOCK)
    match = _DATE.search(note or "")
    if match is None:
        return Age(None)
    try:
        then = datetime.strptime(match[1], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return Age(None, f"on {match[1]}, which is no date")
    doubt = _doubt(then, now)
    return Age(None, doubt) if doubt else Age(max(0.0, (now - then).total_seconds() / 86400.0))


def _doubt(then: datetime, now: datetime) -> str:
    """Return why a date is no age, empty where it is one."""
    day = f"on {then:%Y-%m-%d}"
    if then < EARLIEST:
        return f"{day} by a clock that was wrong"
    if now < EARLIEST:
        return f"{day}, but the clock is wrong now ({now:%Y-%m-%d})"
    if then > now + SLACK:
        return f"{day}, yet to come by this clock ({now:%Y-%m-%d}): it was wrong then, or is now"
    return ""
