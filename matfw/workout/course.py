"""Where a workout is, what its guards ask of it, and what goes out of it: cues and events.

A repetition counts if its lift began while a set was open; it may be reported later, since it is
measured again after its end. So a set that is ended by hand stays open for ENDING_S.
"""

from __future__ import annotations

from collections.abc import Sequence

from matfw.messages import (
    Announcement,
    Cue,
    Event,
    Limits,
    Rep,
    SetChanged,
    SetState,
    Side,
    Verdict,
    WorkoutChanged,
    WorkoutState,
)
from matfw.workout.counting import OpenTimes
from matfw.workout.fading import Fading
from matfw.workout.plan import Guide, Plan
from matfw.workout.situation import Situation
from matfw.workout.stage import Ask
from matfw.workout.states import COUNTED, State


class Course:
    """A workout under way. What the rows do to it: asking, open_set, rests, start_end.

    due: to be heard, one after the other. reps: of this set; done: those of the sets before.
    has_offer: a session before it could be gone on with. last_rep_s: when a repetition ended;
    busy_s: when a leg was up.
    """

    def __init__(self, plan: Plan, limits: Limits) -> None:
        """Take the plan, which has a guide, and the limits that a body's bend is compared with."""
        self.limits = limits
        self.plan = plan
        self.reset()

    def reset(self) -> None:
        """Begin with the first repetition of the first set, when somebody lies still."""
        self.state = State.AWAY
        self.here = Situation()
        self.since_s = 0.0
        self.ask: Ask | None = None
        self.taps = 0
        self.asked_times = 0
        self.is_started = self.has_offer = False
        self.has_said_mark = self.has_said_wrong = False
        self.side: Side | None = None  # as confirmed, or taken
        self.sensed_side = Side.UNKNOWN  # by a hip sensor, right now
        self.is_overruled = False  # the sensor: they said by hand that it is wrong
        self.set_index = 0
        self.rest_from_s: float | None = None
        self.reps: list[Rep] = []
        self.done: list[tuple[Rep, ...]] = []
        self.open_times = OpenTimes()
        self.last_rep_s = self.busy_s = 0.0  # a repetition's end; a leg that is up
        self.events: list[Event] = []
        self.due: list[Cue] = []  # to be heard, one after the other
        self.heard_ready_s: float | None = None
        self.is_paused = False
        self.asked_side: Side | None = None
        self.fading = Fading()

    def resume(self, sets: Sequence[Sequence[Rep]]) -> None:
        """Go on after sets that were done before, when somebody lies still on the next one's side.

        The last of them goes on where it is not whole; one more than the plan has is none.
        """
        self.reset()
        done = [tuple(each) for each in sets[: self.sets] if each]
        if done and len(done[-1]) < self.plan.reps:
            self.reps = list(done.pop())
        self.done, self.set_index, self.is_started = done, len(done), True
        if self.set_index >= self.sets:
            self.state = State.DONE

    @property
    def guide(self) -> Guide:
        """Return what is led through."""
        assert self.plan.guide is not None
        return self.plan.guide

    # --- what the guards ask

    @property
    def t_s(self) -> float:
        """Return the time of this frame."""
        return self.here.t_s

    @property
    def dwelt_s(self) -> float:
        """Return for how long this state has lasted."""
        return self.t_s - self.since_s

    @property
    def sets(self) -> int:
        """Return how many sets there are, both sides together."""
        return len(self.guide.sides)

    @property
    def requested_side(self) -> Side:
        """Return the side of this set, or of the next one."""
        return self.guide.sides[min(self.set_index, self.sets - 1)]

    @property
    def is_full(self) -> bool:
        """Return whether all of the set's repetitions are there."""
        return len(self.reps) >= self.plan.reps

    @property
    def is_last_set(self) -> bool:
        """Return whether no set comes after this one."""
        return self.set_index + 1 >= self.sets

    @property
    def idle_s(self) -> float:
        """Return how long nothing has been done in a set."""
        return self.t_s - max(self.since_s, self.last_rep_s, self.busy_s)

    @property
    def rest_until_s(self) -> float | None:
        """Return when the rest is over; None outside of one."""
        return None if self.rest_from_s is None else self.rest_from_s + self.plan.rest_s

    @property
    def rest_left_s(self) -> float:
        """Return how much of the rest is left."""
        return (self.rest_until_s or self.t_s) - self.t_s

    @property
    def is_on_its_side(self) -> bool:
        """Return whether the side of the set is known to be lain on."""
        if self.sensed is not Side.UNKNOWN:
            return self.sensed is self.requested_side
        return self.side is self.requested_side and self.here.empty_s == 0.0

    @property
    def sensed(self) -> Side:
        """Return the side lain on, as a hip sensor tells it; UNKNOWN where none is believed."""
        return Side.UNKNOWN if self.is_overruled else self.sensed_side

    @property
    def lain_on(self) -> Side:
        """Return the side lain on: as sensed, or as it is counted by; UNKNOWN between sets."""
        if self.sensed is Side.UNKNOWN and self.state in COUNTED and self.side is not None:
            return self.side
        return self.sensed

    @property
    def is_sensed_wrong(self) -> bool:
        """Return whether a hip sensor sees them on the other side than the set's."""
        return self.sensed not in (Side.UNKNOWN, self.requested_side)

    # --- what goes out

    def say(self, cue: Cue) -> None:
        """Have a cue heard after those before it."""
        self.due.append(cue)

    def drop(self, *cues: Cue) -> None:
        """Leave unsaid what is no longer true."""
        self.due = [cue for cue in self.due if cue not in cues]

    def tell_workout(self, state: WorkoutState) -> None:
        """Tell where the workout is."""
        self.events.append(WorkoutChanged(t_s=self.t_s, state=state))

    def tell_set(self, state: SetState) -> None:
        """Tell where its set is."""
        is_done = state is SetState.DONE
        self.events.append(
            SetChanged(
                t_s=self.t_s,
                state=state,
                set=self.set_index + 1,
                of=self.sets,
                side=self.requested_side,
                reps=len(self.reps) if is_done else self.plan.reps,
                clean=sum(rep.verdict is Verdict.CLEAN for rep in self.reps) if is_done else 0,
            )
        )


def ask_cue(side: Side) -> Cue:
    """Return what asks for a side."""
    return Announcement.LIE_LEFT if side is Side.LEFT else Announcement.LIE_RIGHT
