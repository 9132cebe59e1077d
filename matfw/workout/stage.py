"""The line's stage between judging and cues: what is asked of the person, and what they hear of it.

Two fit it. `FreeSets` only counts: whoever lies there begins when they like. `coach.Coach` leads
through a plan. Both are pure: time enters only as a moment's t_s.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from matfw.judging.faults import OF_A_LIFT
from matfw.messages import (
    Announcement,
    Cue,
    Event,
    Fault,
    FaultSeen,
    Motion,
    Pace,
    Phase,
    PhaseStep,
    Presence,
    Rep,
    Side,
    Verdict,
)
from matfw.workout.plan import Plan
from matfw.workout.sets import LOOK_S, Progress, Workout
from matfw.workout.states import NOT_LYING_S


class Ask(StrEnum):
    """What may be asked of it from outside, as by taps."""

    HOLD = "hold"
    GO_ON = "go_on"
    SKIP_REST = "skip_rest"
    END_SET = "end_set"
    OFFER = "offer"  # say that a session was interrupted, once somebody lies there


class WorkoutMoment(Struct, frozen=True, kw_only=True, gc=False):
    """What a frame brings. requests: the cues that the stages before ask for.

    motion, phase: the last ones, of 50 ms steps. taps: that somebody has just tapped, 0 if not.
    heard: the cue that began with the frame before, if one did. can_judge: whether the mat can;
    what is OF_JUDGING is not sounded otherwise. sensed: the side lain on, as a hip
    sensor tells it; UNKNOWN where none does.
    """

    t_s: float
    motion: Motion
    phase: PhaseStep | None
    requests: Sequence[Cue] = ()
    taps: int = 0
    heard: Cue | None = None
    can_judge: bool = True
    sensed: Side = Side.UNKNOWN


class WorkoutStep(Struct, frozen=True, kw_only=True, gc=False):
    """What the workout makes of a frame.

    requests: the cues to ask for, its own and those let through. withheld: faults that are to sound
    with their repetition's verdict instead. side: to judge by from now on, None: no other than
    until now, UNKNOWN: what the settings say. pace: of the repetition under way, None without one.
    """

    events: Sequence[Event] = ()
    requests: Sequence[Cue] = ()
    withheld: Sequence[Fault] = ()
    side: Side | None = None
    pace: Pace | None = None


class WorkoutStage(Protocol):
    """A workout as the line sees it."""

    @property
    def plan(self) -> Plan:
        """Return what is asked for."""
        ...

    @property
    def progress(self) -> Progress:
        """Return where the person is."""
        ...

    @property
    def side(self) -> Side | None:
        """Return the side that it knows to be lain on; None where others must know."""
        ...

    @property
    def lain_on(self) -> Side | None:
        """Return the side that whoever lies there surely lies on; None where others must know."""
        ...

    def reset(self) -> None:
        """Begin with the first repetition of the first set."""
        ...

    def resume(self, sets: Sequence[Sequence[Rep]]) -> None:
        """Go on after sets that were done before; the last of them may not be whole."""
        ...

    def change(self, plan: Plan) -> None:
        """Ask for another plan of the same kind from now on; the place in the set is kept."""
        ...

    def tell(self, ask: Ask) -> None:
        """Ask for something with the next frame; nothing happens where it makes no sense."""
        ...

    def update(self, moment: WorkoutMoment) -> WorkoutStep:
        """Take one frame."""
        ...

    def finish_rep(self, rep: Rep, unreported: Sequence[Fault]) -> tuple[Rep, Sequence[Cue]]:
        """Take a judged repetition; return it as it is passed on, and the cues about it.

        unreported: its faults that were not cued while they happened.
        """
        ...


class FreeSets:
    """Counts repetitions into sets, times rests, and asks nothing of anybody.

    A live fault of a lift sounds at once within a set only; a set's first repetition, which alone
    tells that there is one, hears its faults with its verdict, if that is in time.
    """

    def __init__(self, plan: Plan) -> None:
        """Take what is asked for."""
        self._sets = Workout(plan)
        self._has_offer = False
        self._side = FreeSide()

    @property
    def plan(self) -> Plan:
        """Return what is asked for."""
        return self._sets.plan

    @property
    def progress(self) -> Progress:
        """Return where the person is."""
        return self._sets.progress

    @property
    def side(self) -> Side | None:
        """Return the side that a hip sensor showed; it asks for none."""
        return self._side.side

    @property
    def lain_on(self) -> Side | None:
        """Return the side that a hip sensor showed."""
        return self._side.side

    def reset(self) -> None:
        """Begin with the first repetition of the first set."""
        self._sets.reset()

    def resume(self, sets: Sequence[Sequence[Rep]]) -> None:
        """Count what was done before."""
        self._sets.resume(rep for each in sets for rep in each)

    def change(self, plan: Plan) -> None:
        """Ask for another plan; the place in the set is kept."""
        self._sets.change(plan)

    def tell(self, ask: Ask) -> None:
        """Take an offer; nobody leads here: there is nothing to pause or to skip."""
        self._has_offer = self._has_offer or ask is Ask.OFFER

    def update(self, moment: WorkoutMoment) -> WorkoutStep:
        """Let cues through; call whoever lies there when a rest is over.

        Whether somebody exercises shows with their first repetition: before it, and after a pause
        that ends a set, whoever rolls over or reaches would hear what their lift was like.
        """
        side = self._side.update(moment)
        requests = moment.requests
        withheld: Sequence[Fault] = ()
        if requests and not self._sets.is_going_on(moment.t_s):
            withheld = [x for x in requests if isinstance(x, Fault) and x in OF_A_LIFT]
            requests = [x for x in requests if x not in withheld]
        if self._has_offer and _is_resting(moment):
            self._has_offer = False
            requests = (*requests, Announcement.UNFINISHED)
        elif self._sets.is_rest_over(moment.t_s) and _is_resting(moment):
            requests = (*requests, Announcement.READY)
        if requests and self._sets.is_resting:  # they may sit up until the next set is due
            requests = [x for x in requests if x is not Announcement.LIE_STILL]
        tired = self._broken_off(moment)
        if tired is not None:
            requests = (*requests, tired.fault)
        return WorkoutStep(requests=requests, withheld=withheld, side=side)

    def _broken_off(self, moment: WorkoutMoment) -> FaultSeen | None:
        """Return the fatigue of a set that they broke off, once it can be heard."""
        if not self._sets.may_have_ended:  # as nearly always
            return None
        is_gone = moment.motion.presence is Presence.EMPTY
        if not (moment.can_judge and (is_gone or _has_rested(moment))):
            return None
        return self._sets.ended_early(moment.t_s, is_gone=is_gone)

    def finish_rep(self, rep: Rep, unreported: Sequence[Fault]) -> tuple[Rep, Sequence[Cue]]:
        """Count it."""
        cues: list[Cue] = [*unreported]
        if rep.verdict is not Verdict.FAULT:
            is_clean = rep.verdict is Verdict.CLEAN
            cues.append(Announcement.REP if is_clean else Announcement.UNSURE)
        reported = self._sets.progress.fatigue  # of this set, by somebody who left and came back
        progress = self._sets.update(rep)
        if progress.is_set_done:
            cues.append(Announcement.SET_DONE)
            if progress.fatigue and progress.fatigue is not reported:
                cues.append(progress.fatigue.fault)
        return rep, cues


class FreeSide:
    """Follows the side that a hip sensor tells while nobody asks for one."""

    def __init__(self) -> None:
        self.side: Side | None = None
        self._lay_s = 0.0

    def update(self, moment: WorkoutMoment) -> Side | None:
        """Return the side to judge by from now on, as in WorkoutStep.

        One that was shown stays while they lie there, though the sensor should die.
        """
        if moment.motion.presence is Presence.LYING:
            self._lay_s = moment.t_s
        before = self.side
        if moment.sensed is not Side.UNKNOWN and _is_resting(moment):
            self.side = moment.sensed
        elif moment.t_s - self._lay_s >= NOT_LYING_S:
            self.side = None
        if self.side is before:
            return None
        return Side.UNKNOWN if self.side is None else self.side


def _is_resting(moment: WorkoutMoment) -> bool:
    """Return whether somebody lies there and does nothing: who else is to be called?"""
    is_rest = moment.phase is None or moment.phase.phase is Phase.REST
    return is_rest and moment.motion.presence is Presence.LYING


def _has_rested(moment: WorkoutMoment) -> bool:
    """Return whether somebody rests there, and has for so long that no lift is still looked at."""
    phase = moment.phase
    return _is_resting(moment) and (phase is None or moment.t_s - phase.since_s >= LOOK_S)
