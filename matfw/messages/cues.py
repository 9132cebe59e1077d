"""What the buzzer and the lights can say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matfw.messages.limits import Fault, Tempo


class Announcement(StrEnum):
    """What the buzzer and the lights can say besides the faults."""

    NOT_JUDGING = "not_judging"  # the mat cannot judge now, or not all: cells, computer, hum
    HIPS_LOST = "hips_lost"  # a hip sensor is lost: hips are judged as well as it goes without
    HIPS_BACK = "hips_back"  # ... and it answers again
    UNSURE = "unsure"  # the rep is over and could not be judged
    SET_DONE = "set_done"
    READY = "ready"  # lying still and weighed: begin when you like
    REP = "rep"  # a clean rep is over
    SEE_CONSOLE = "see_console"  # at the start: not calibrated, or its state is damaged
    # Of a workout that is led: workout/coach.py.
    COUNT = "count"  # a repetition of a set, whatever its verdict
    REP_FIVE = "rep_five"  # the fifth, tenth ... repetition of a set
    THREE_LEFT = "three_left"  # that repetition is over, and so many are left in the set
    TWO_LEFT = "two_left"
    ONE_LEFT = "one_left"
    LIE_LEFT = "lie_left"  # lie on the left side; there: bring the top knee forward once
    LIE_RIGHT = "lie_right"
    WRONG_SIDE = "wrong_side"  # it seems to be the other side
    GET_READY = "get_ready"  # three, two, one
    PAUSED = "paused"
    RESUMED = "resumed"
    UNFINISHED = "unfinished"  # nothing came for a while: go on, or end the set
    REST_TEN = "rest_ten"  # ten seconds of the rest are left
    REST_OVER = "rest_over"  # and nobody lies there ready for the next set
    LAST_SET_DONE = "last_set_done"
    WORKOUT_DONE = "workout_done"
    PARTLY_JUDGED = "partly_judged"  # this variation hides things from the cells


# What the buzzer and the lights can say. A fault's cue is the fault itself.
Cue: TypeAlias = Fault | Announcement

CUES: tuple[Cue, ...] = (*Fault, *Announcement)

# What says how somebody moves, or that it will be: not while the mat cannot judge.
OF_JUDGING: frozenset[Cue] = frozenset(
    {
        *Fault,
        Announcement.UNSURE,
        Announcement.REP,
        Announcement.COUNT,
        Announcement.REP_FIVE,
        Announcement.THREE_LEFT,
        Announcement.TWO_LEFT,
        Announcement.ONE_LEFT,
        Announcement.READY,
    }
)


def cue_named(name: str) -> Cue:
    """Return the cue of this name. Raises ValueError if there is none."""
    return Fault(name) if name in set(Fault) else Announcement(name)


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
