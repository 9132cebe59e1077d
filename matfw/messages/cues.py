"""What the buzzer and the lights can say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeAlias

from matfw.messages.limits import Fault, Tempo


class Announcement(StrEnum):
    """What the buzzer and the lights can say besides the faults.

    is_of_judging: it says how somebody moves, or that it will be: not while the mat cannot judge.
    Of each it must be said; nothing is taken for granted.
    """

    is_of_judging: bool

    def __new__(cls, name: str, is_of_judging: bool) -> Self:
        """Return the member of this name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.is_of_judging = is_of_judging
        return member

    NOT_JUDGING = "not_judging", False  # the mat cannot judge now, or not all: cells, computer, hum
    HIPS_LOST = "hips_lost", False  # a hip sensor is lost: hips are judged as well as it goes
    HIPS_BACK = "hips_back", False  # ... and it answers again
    UNSURE = "unsure", True  # the rep is over and could not be judged
    SET_DONE = "set_done", False
    READY = "ready", True  # lying still and weighed: begin when you like
    LIE_STILL = "lie_still", True  # on the mat for long, never still: not weighed, nothing counts
    REP = "rep", True  # a clean rep is over
    SEE_CONSOLE = "see_console", False  # at the start: not calibrated, or its state is damaged
    # Of a workout that is led: workout/coach.py.
    COUNT = "count", True  # a repetition of a set, whatever its verdict
    REP_FIVE = "rep_five", True  # the fifth, tenth ... repetition of a set
    THREE_LEFT = "three_left", True  # that repetition is over, and so many are left in the set
    TWO_LEFT = "two_left", True
    ONE_LEFT = "one_left", True
    LIE_LEFT = "lie_left", False  # lie on the left side; there: bring the top knee forward once
    LIE_RIGHT = "lie_right", False
    WRONG_SIDE = "wrong_side", False  # it seems to be the other side
    GET_READY = "get_ready", False  # three, two, one
    PAUSED = "paused", False
    RESUMED = "resumed", False
    UNFINISHED = "unfinished", False  # nothing came for a while: go on, or end the set
    REST_TEN = "rest_ten", False  # ten seconds of the rest are left
    REST_OVER = "rest_over", False  # and nobody lies there ready for the next set
    LAST_SET_DONE = "last_set_done", False
    WORKOUT_DONE = "workout_done", False
    PARTLY_JUDGED = "partly_judged", False  # this variation hides things from the cells


# What the buzzer and the lights can say. A fault's cue is the fault itself.
Cue: TypeAlias = Fault | Announcement

CUES: tuple[Cue, ...] = (*Fault, *Announcement)

# What says how somebody moves, or that it will be: not while the mat cannot judge.
OF_JUDGING: frozenset[Cue] = frozenset(
    {*Fault, *(each for each in Announcement if each.is_of_judging)}
)


def cue_named(name: str) -> Cue:
    """Return the cue of this name. Raises ValueError if there is none."""
    for cue in CUES:
        if cue == name:
            return cue
    raise ValueError(f"{name!r} is no cue")


class Guidance(StrEnum):
    """How much of the tempo is given: all of it, where its parts begin, nothing."""

    FULL = "full"
    MARKS = "marks"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The tempo that a repetition is to be done at, from the moment at which its lift began."""

    start_s: float
    tempo: Tempo
    guidance: Guidance = Guidance.FULL
