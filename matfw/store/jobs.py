"""What the writer is asked to keep. Each job says all that its rows need: nothing has to be there.

So a database that was lost, set aside or had its person deleted in mid-session costs what it held,
and the next repetition is kept all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from matfw.history.rows import (
    LiveRep,
    SessionInfo,
    SessionState,
    SetInfo,
    SetOutcome,
    WallTime,
)
from matfw.messages import Rep


@dataclass(slots=True, kw_only=True)
class KeepRep:
    """A repetition is over. number: within its set.

    now: the wall's, for a session that began before the clock was set. is_announced: its sound has
    been given although it is not kept yet; set by the main thread, read by the writer.
    """

    session: SessionInfo
    set_info: SetInfo
    number: int
    rep: Rep
    live: LiveRep
    now: WallTime
    is_announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSet:
    """A set is over; one without a kept repetition is none."""

    session: SessionInfo
    number: int
    outcome: SetOutcome
    fatigue_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """A session is over, or (DONE -> OPEN) goes on; one without a kept repetition is none."""

    session: SessionInfo
    state: SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRawFile:
    """A raw recording belongs to a session."""

    session: SessionInfo
    name: str


Job: TypeAlias = KeepRep | EndSet | EndSession | KeepRawFile
