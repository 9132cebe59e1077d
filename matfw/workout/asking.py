"""Before a set: the side is asked for and taken, and the set is counted in."""

from __future__ import annotations

from matfw.messages import Announcement, SetState
from matfw.workout.course import Course, ask_cue
from matfw.workout.rests import close_rest
from matfw.workout.start_end import start_workout


def begin_asking(c: Course) -> None:
    """Ask for the side, by its own sound, and judge by it from now on."""
    start_workout(c)
    close_rest(c)
    c.asked_times = 0
    c.has_said_wrong = False
    ask_side(c)
    c.asked_side = c.requested_side


def ask_instead(c: Course) -> None:
    """Ask for the side of somebody who turned over while they were counted in."""
    c.drop(Announcement.GET_READY)
    begin_asking(c)


def ask_side(c: Course) -> None:
    """Ask once more."""
    c.asked_times += 1
    c.since_s = c.t_s
    c.say(ask_cue(c.requested_side))


def say_wrong(c: Course) -> None:
    """Say that they seem to lie on the other side."""
    c.has_said_wrong = True
    c.since_s = c.t_s
    c.say(Announcement.WRONG_SIDE)


def overrule(c: Course) -> None:
    """Believe whoever lies there, not the belt: it sits otherwise than the settings say."""
    c.is_overruled = c.is_overruled or c.is_sensed_wrong


def confirm(c: Course) -> None:
    """Count in: they said themselves that they lie on the side asked for."""
    overrule(c)
    get_ready(c)


def get_ready(c: Course) -> None:
    """Count in; the side is known now, or taken."""
    start_workout(c)
    c.side = c.asked_side = c.requested_side
    c.drop(Announcement.LIE_LEFT, Announcement.LIE_RIGHT, Announcement.WRONG_SIDE)
    c.heard_ready_s = None
    c.say(Announcement.GET_READY)
    c.tell_set(SetState.READY)


def leave(c: Course) -> None:
    """Wait for them to come back."""
    close_rest(c)
    c.drop(Announcement.GET_READY)
