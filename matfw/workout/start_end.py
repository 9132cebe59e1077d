"""How a workout begins and ends."""

from __future__ import annotations

from matfw.messages import Announcement, SetState, WorkoutState
from matfw.workout.counting import OpenTimes
from matfw.workout.course import Course
from matfw.workout.rests import close_rest
from matfw.workout.variations import hides_something


def give_up(c: Course) -> None:
    """End the workout: nobody goes on with it."""
    close_rest(c)
    if c.open_times.has_begun:
        c.open_times.end(c.t_s)
        c.tell_set(SetState.DONE)
        c.done.append(tuple(c.reps))
        c.reps = []
        c.open_times = OpenTimes()
    end_workout(c)


def end_workout(c: Course) -> None:
    """Say that the workout is over."""
    c.say(Announcement.WORKOUT_DONE)
    c.tell_workout(WorkoutState.DONE)


def restart(c: Course) -> None:
    """Arm another workout."""
    here, events, due = c.here, c.events, c.due
    c.reset()
    c.here, c.events, c.due = here, events, due


def do_nothing(c: Course) -> None:
    """Only change the state."""


def start_workout(c: Course) -> None:
    """Tell that it begins, once, and what the variation hides."""
    if c.is_started:
        return
    c.is_started = True
    if c.has_offer:
        c.has_offer = False
        c.say(Announcement.UNFINISHED)
    c.tell_workout(WorkoutState.STARTED)
    if hides_something(c.guide.variation):
        c.say(Announcement.PARTLY_JUDGED)
