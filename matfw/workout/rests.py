"""Rests between sets: counted down, and the next side asked for at once."""

from __future__ import annotations

from matfw.messages import Announcement, RestChanged, RestState
from matfw.workout.course import Course, ask_cue
from matfw.workout.states import ENDING_S


def say_mark(c: Course) -> None:
    """Say that ten seconds of the rest are left."""
    c.has_said_mark = True
    c.say(Announcement.REST_TEN)


def end_rest(c: Course) -> None:
    """Say that the rest is over."""
    close_rest(c)
    c.say(Announcement.REST_OVER)


def close_rest(c: Course) -> None:
    """End the rest, if there is one."""
    if c.rest_from_s is not None:
        rest_s = c.t_s - c.rest_from_s
        c.events.append(RestChanged(t_s=c.t_s, state=RestState.OVER, rest_s=rest_s))
    c.rest_from_s = None
    c.drop(Announcement.REST_TEN)


def begin_rest(c: Course) -> None:
    """Time the rest from the last repetition on; ask for the next side where it is another."""
    c.rest_from_s = max(c.last_rep_s, c.t_s - ENDING_S)
    c.has_said_mark = False
    c.events.append(RestChanged(t_s=c.t_s, state=RestState.STARTED, rest_s=c.plan.rest_s))
    if c.side is not c.requested_side:
        c.here.mark()
        c.say(ask_cue(c.requested_side))
