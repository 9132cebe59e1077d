"""What happened: what consoles and programs are sent, as JSON by control/events.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matfw.messages.cues import Cue
from matfw.messages.mat import Side
from matfw.messages.reps import Phase, Rep


class CellProblem(StrEnum):
    """What is wrong with a cell; `ok` says that it is over."""

    LOST = "lost"
    STUCK = "stuck"
    SATURATED = "saturated"
    DRIFTING = "drifting"
    UNRELIABLE = "unreliable"  # comes and goes, or reads what no body weighs; also of all cells
    OK = "ok"


class ReaderProblem(StrEnum):
    """Whether the computer reads the converters in time; `ok` says that it does so again."""

    LATE = "late"
    OK = "ok"


class WorkoutState(StrEnum):
    """What became of the workout; `done` also where it was ended early."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    DONE = "done"


class SetState(StrEnum):
    """Where a set is: `ready` says which side and how many, `started` that it counts from now."""

    READY = "ready"
    STARTED = "started"
    DONE = "done"


class RestState(StrEnum):
    """Where a rest between two sets is."""

    STARTED = "started"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class CellEvent:
    """The state of a cell, of `all` cells, or of a hip sensor's column, has changed.

    count: of an `unreliable` cell, and of the `ok` that ends it, how often it was gone; else 0.
    """

    t_s: float
    cell: str
    problem: CellProblem
    count: int = 0


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """The computer costs samples, or has stopped to. torn_share: of all samples, lately."""

    t_s: float
    problem: ReaderProblem
    torn_share: float


@dataclass(frozen=True, slots=True)
class PersonWeighed:
    """Somebody lies still and has been weighed."""

    t_s: float
    weight_kg: float


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """A phase began, as decided live."""

    t_s: float
    phase: Phase


@dataclass(frozen=True, slots=True)
class CueGiven:
    """The buzzer and the lights began to say this."""

    t_s: float
    cue: Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutChanged:
    """The workout began, stands, goes on or is over."""

    t_s: float
    state: WorkoutState


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChanged:
    """A set of the workout is ready, counts, or is over.

    set: from 1 to `of`, both sides together. side: to be lain on. reps: asked for, and when done
    how many there were. clean: of those; 0 before.
    """

    t_s: float
    state: SetState
    set: int
    of: int
    side: Side
    reps: int
    clean: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestChanged:
    """A rest between two sets began or is over. rest_s: how long it is to be, or has been."""

    t_s: float
    state: RestState
    rest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """Somebody tapped the mat on purpose, or pressed the button as often. taps: 2 or 3."""

    t_s: float
    taps: int


Event: TypeAlias = (
    PersonWeighed
    | PhaseChanged
    | CueGiven
    | Rep
    | CellEvent
    | ReaderEvent
    | WorkoutChanged
    | SetChanged
    | RestChanged
    | Tapped
)
