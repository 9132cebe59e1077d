"""Somebody with closed eyes who does what the sounds say, and a scribe who hears no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matfw.messages import Announcement, Cue, Fault, Side, Verdict
from tests.workout.played import Done, Played

COUNTS = (
    Announcement.COUNT,
    Announcement.REP_FIVE,
    Announcement.THREE_LEFT,
    Announcement.TWO_LEFT,
    Announcement.ONE_LEFT,
)
SIDES: dict[Cue, Side] = {Announcement.LIE_LEFT: Side.LEFT, Announcement.LIE_RIGHT: Side.RIGHT}
SET_ENDS = (Announcement.SET_DONE, Announcement.LAST_SET_DONE)


@dataclass
class SetHeard:
    """A set as it was heard: the side, and each repetition's verdict and faults."""

    side: Side
    reps: list[tuple[Verdict, frozenset[Fault]]] = field(default_factory=list)
    is_done: bool = False


@dataclass
class Log:
    """What somebody wrote down who only heard the cues."""

    sets: list[SetHeard] = field(default_factory=list)
    is_done: bool = False


def written_down(cues: Sequence[Cue]) -> Log:
    """Return the log of a workout from what was heard, in its order, and nothing else."""
    log, side = Log(), Side.UNKNOWN
    faults: set[Fault] = set()
    is_unsure = False
    for cue in cues:
        if isinstance(cue, Fault):
            if cue is not Fault.FATIGUE:
                faults.add(cue)
        elif cue in SIDES:
            side = SIDES[cue]
        elif cue is Announcement.GET_READY:
            if not log.sets or log.sets[-1].is_done:
                log.sets.append(SetHeard(side))
            faults, is_unsure = set(), False
        elif cue is Announcement.UNSURE:
            is_unsure = True
        elif cue in COUNTS:
            verdict = Verdict.FAULT if faults else Verdict.CLEAN
            rep = Verdict.UNSURE if is_unsure else verdict
            log.sets[-1].reps.append((rep, frozenset() if is_unsure else frozenset(faults)))
            faults, is_unsure = set(), False
        elif cue in SET_ENDS:
            log.sets[-1].is_done = True
        elif cue is Announcement.WORKOUT_DONE:
            log.is_done = True
    return log


def follow(person: Played, does: Callable[[int, int], Done], *, max_sets: int = 20) -> None:
    """Do a whole workout by ear. does: what repetition they do, by set and number, from 0."""
    person.lie(person.settings.first_side)
    for at in range(max_sets):
        call = person.wait_for(*SIDES, Announcement.GET_READY)
        while call is not Announcement.GET_READY:
            person.lie(SIDES[call])
            person.wait(1.0)
            person.wiggle()
            call = person.wait_for(*SIDES, Announcement.GET_READY)
        person.wait(3.4)
        number = 0
        while True:
            heard = len(person.heard)
            person.rep(does(at, number), rest_s=0.5)
            person.wait_for(*COUNTS, max_s=6.0)
            person.wait(1.0)
            number += 1
            since = [cue for _, cue in person.heard[heard:]]
            if any(cue in SET_ENDS for cue in since):
                break
            assert number < 40, "the set does not end"
        if Announcement.LAST_SET_DONE in since:
            person.wait(8.0)
            return
    raise AssertionError("the workout does not end")
