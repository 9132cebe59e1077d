"""A set from its first lift to its end, and what may come between."""

from __future__ import annotations

from matfw.messages import Announcement, Cue, SetState, WorkoutState
from matfw.workout.asking import overrule, say_wrong
from matfw.workout.counting import OpenTimes
from matfw.workout.course import Course
from matfw.workout.fatigue import fatigue
from matfw.workout.rests import begin_rest, close_rest
from matfw.workout.start_end import end_workout
from matfw.workout.states import State

BEFORE_A_SET: tuple[Cue, ...] = (
    Announcement.LIE_LEFT,
    Announcement.LIE_RIGHT,
    Announcement.WRONG_SIDE,
    Announcement.GET_READY,
    Announcement.REST_OVER,
)


def begin_set(c: Course) -> None:
    """Open the set, from the lift that may be under way."""
    close_rest(c)
    c.drop(Announcement.GET_READY)
    if c.state is State.ASK:
        c.side = c.requested_side
        c.tell_set(SetState.READY)
    c.open_times.begin(c.t_s if c.here.lift_s is None else c.here.lift_s)
    c.last_rep_s = c.t_s
    c.tell_set(SetState.STARTED)


def offer(c: Course) -> None:
    """Ask whether the set is to be finished."""
    c.say(Announcement.UNFINISHED)


def pause(c: Course) -> None:
    """Close the set for now."""
    c.open_times.end(c.t_s)
    c.is_paused = True
    c.tell_workout(WorkoutState.PAUSED)
    c.say(Announcement.PAUSED)


def park(c: Course) -> None:
    """Stand where no set is open: no rest runs out, nothing is asked or counted in."""
    close_rest(c)
    c.drop(*BEFORE_A_SET)
    if c.is_started:
        c.is_paused = True
        c.tell_workout(WorkoutState.PAUSED)
    c.say(Announcement.PAUSED)


def unpark(c: Course) -> None:
    """Begin the next set as after any rest."""
    end_pause(c)
    c.say(Announcement.RESUMED)


def go_on(c: Course) -> None:
    """Open the set again."""
    c.open_times.begin(c.t_s)
    c.last_rep_s = c.t_s
    end_pause(c)
    c.say(Announcement.RESUMED)


def hold_wrong(c: Course) -> None:
    """Close the set for now, and say that they lie on the other side."""
    pause(c)
    say_wrong_again(c)


def say_wrong_again(c: Course) -> None:
    """Say so once for each time that they lie down."""
    c.here.mark()
    say_wrong(c)


def insist(c: Course) -> None:
    """Open the set again for somebody who says by hand that the belt is wrong."""
    overrule(c)
    go_on(c)


def close_set(c: Course) -> None:
    """Let no new repetition count."""
    c.open_times.end(c.t_s)


def end_set(c: Course) -> None:
    """Say that the set is over, and begin the rest or end the workout."""
    c.open_times.end(c.t_s)
    end_pause(c)
    c.tell_set(SetState.DONE)
    tired = fatigue(c.reps)
    if tired is not None:
        c.say(tired.fault)
    c.done.append(tuple(c.reps))
    is_last = c.is_last_set
    c.set_index += 1
    if is_last:
        c.say(Announcement.LAST_SET_DONE)
        end_workout(c)
    else:
        c.say(Announcement.SET_DONE)
        begin_rest(c)
    c.reps = []
    c.open_times = OpenTimes()


def end_pause(c: Course) -> None:
    """Tell that a pause is over, if there is one; a set may end in it."""
    if c.is_paused:
        c.is_paused = False
        c.tell_workout(WorkoutState.RESUMED)
