"""Times, durations and figures as people read them; shared by lines and pages."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from matfw.history.measures import Estimate
from matfw.history.rows import SessionRow, SessionState, WallTime
from matfw.messages import Side

DOUBT_S = 60.0  # of wall time that a person would notice


def when(began: WallTime, zone: tzinfo | None = None, *, is_short: bool = False) -> str:
    """Return a wall time in words, with its doubt where there is some.

    zone: None: the computer's own.
    """
    at = datetime.fromtimestamp(began.unix_s, UTC).astimezone(zone)
    text = f"{at:%a} {at.day} {at:%b %Y, %H:%M}"
    if began.doubt_s is None:
        return f"{text} ?" if is_short else f"{text}? (the clock was not set)"
    if began.doubt_s > DOUBT_S:
        return f"{text} ±{began.doubt_s / 60.0:.0f} min"
    return text


def duration(seconds: float) -> str:
    """Return a duration: 12 s, 4 min 5 s, 1 h 2 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def who(session: SessionRow) -> str:
    """Return whose session it is."""
    name = session.person or "nobody named"
    return f"{name} (VIRTUAL: no person lay there)" if session.is_virtual else name


def ending(session: SessionRow) -> str:
    """Return how a session ended, or "" where it did in the usual way."""
    return {
        SessionState.OPEN: "under way",
        SessionState.INTERRUPTED: "interrupted: the power, or matfw, was cut",
        SessionState.DONE: "",
    }[session.state]


def side_words(side: Side) -> str:
    """Return the side lain on in words."""
    return "side not set" if side is Side.UNKNOWN else f"lying on the {side}"


def tired_words(fatigue_percent: float) -> str:
    """Return what a tired set lost; where that is nothing, what it was known by: it trembled."""
    if round(fatigue_percent) == 0:
        return "trembling more at its end"
    return f"{fatigue_percent:.0f} % slower, smaller or shorter at its end"


def figure(estimate: Estimate | None, unit: str, *, digits: int = 1) -> str:
    """Return a value with its interval: 2.1 s (1.9 to 2.3)."""
    if estimate is None:
        return "-"
    scale = 100.0 if unit == "%" else 1.0
    text = f"{scale * estimate.value:z.{digits}f}{'' if unit in '%°' else ' '}{unit}"
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} ({scale * estimate.low:z.{digits}f} to {scale * estimate.high:z.{digits}f})"
