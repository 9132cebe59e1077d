"""What is kept, one object a row: people, sessions, sets, repetitions; and how one came to be.

Seconds of a set or repetition are since its session began, by the monotonic clock. Wall time is one
number a session, with its doubt: a Raspberry Pi has no battery-backed clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matfw.messages import FaultSeen, Limits, Rep, Side, Tempo, Verdict


class SessionState(StrEnum):
    """How far a session is; a power cut leaves it `open`, and the next start `interrupted`."""

    OPEN = "open"
    DONE = "done"
    INTERRUPTED = "interrupted"


class SetOutcome(StrEnum):
    """How far a set is: all repetitions that were asked for are `done`, or it `ended` before."""

    OPEN = "open"
    DONE = "done"
    ENDED = "ended"


class Announced(StrEnum):
    """Whether the sound of a repetition waited until it was kept."""

    AFTER_COMMIT = "after_commit"
    BEFORE_COMMIT = "before_commit"  # the disk was too slow, full or read-only


@dataclass(frozen=True, slots=True)
class WallTime:
    """Seconds since 1970 and by how much that may be wrong; None: nobody has set the clock."""

    unix_s: float
    doubt_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo:
    """A session as it begins.

    boot and began_s, on the frames' clock, tell it from all others. origin_s: what its seconds
    count from; began_s itself, but for one that goes on after the computer was started again.
    person: the profile in use, None where there is none. is_virtual: nobody of flesh lies there.
    """

    boot: str
    began_s: float
    origin_s: float
    began: WallTime
    person: str | None
    is_virtual: bool
    layout: str
    firmware: str
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInfo:
    """A set as it is asked for.

    variation: as in `workout.plan`; load_kg: of a weight on the thigh.
    """

    number: int
    side: Side
    reps_asked: int
    rest_asked_s: float
    tempo: Tempo
    limits: Limits
    variation: str = "plain"
    load_kg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRep:
    """What the live line made of a repetition, before it was refined; None: not seen.

    Seconds as in Rep, when it decided on each phase. faults: in the order in which they were seen.
    """

    up_from_s: float | None = None
    hold_from_s: float | None = None
    down_from_s: float | None = None
    rest_from_s: float | None = None
    faults: tuple[FaultSeen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A kept session. length_s: until its last repetition's end.

    boot, began_monotonic_s: which one it is, as in SessionInfo.
    """

    session_id: int
    boot: str
    began_monotonic_s: float
    state: SessionState
    person: str | None
    is_virtual: bool
    layout: str
    firmware: str
    began: WallTime
    length_s: float
    weight_kg: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """A kept set with its repetitions, in order. fatigue_percent: None without fatigue."""

    number: int
    side: Side
    outcome: SetOutcome
    reps_asked: int
    rest_asked_s: float
    tempo: Tempo
    too_small_deg: float
    too_high_deg: float
    variation: str
    load_kg: float
    fatigue_percent: float | None
    reps: tuple[RepRow, ...]

    @property
    def began_s(self) -> float:
        """Return when its first repetition began; a kept set has one."""
        return self.reps[0].rep.start_s

    @property
    def length_s(self) -> float:
        """Return how long it lasted, from the first repetition's start to the last one's end."""
        return self.reps[-1].rep.end_s - self.began_s

    def count(self, verdict: Verdict) -> int:
        """Return how many of its repetitions were judged so."""
        return sum(kept.rep.verdict is verdict for kept in self.reps)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepRow:
    """A kept repetition: as refined (its times are the session's), and as it was live."""

    number: int
    rep: Rep
    live: LiveRep
    announced: Announced


@dataclass(frozen=True, slots=True)
class RawFile:
    """A raw recording in the folder `recordings`.

    origin_s: on its frames' clock, what the session's seconds count from.
    """

    name: str
    origin_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A whole session, with its raw recordings."""

    session: SessionRow
    sets: tuple[SetRow, ...]
    raw_files: tuple[RawFile, ...] = ()

    @property
    def reps(self) -> tuple[Rep, ...]:
        """Return all repetitions in order."""
        return tuple(kept.rep for each in self.sets for kept in each.reps)
