"""A whole workout led by ear: sets on both sides, rests, pauses. Everything it can do is ROWS.

A row is a sentence: in `source`, if `guard` holds, do `action` and go to `target`. Rows are tried
in order and at most one is taken a frame. Every state has a row that leaves it by time or by what
the person does, so that nobody has to get up and press something.

A repetition counts if its lift began while a set was open; it may be reported later, since it is
measured again after its end. So a set that is ended by hand stays open for ENDING_S.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from matfw.estimation.plates import contradicts_side
from matfw.messages import (
    Announcement,
    Cue,
    Event,
    Fault,
    Limits,
    Pace,
    Rep,
    RestChanged,
    RestState,
    SetChanged,
    SetState,
    Side,
    Tapped,
    Verdict,
    WorkoutChanged,
    WorkoutState,
)
from matfw.workout.counting import OpenTimes, count_cue
from matfw.workout.fading import Fading
from matfw.workout.fatigue import fatigue
from matfw.workout.plan import Guide, Plan
from matfw.workout.sets import Progress
from matfw.workout.situation import Situation
from matfw.workout.stage import Ask, WorkoutMoment, WorkoutStep
from matfw.workout.variations import as_seen, hides_something, may_be_cued

ARM_S = 0.5  # of lying; it begins after 1.5 s of stillness, so that 2 s of stillness arm it
LEFT_S = 3.0  # not lying for so long: they have got up, or roll over; shorter is shifting about
EMPTY_S = 1.0
COUNT_IN_S = 3.0  # 3, 2, 1
ASK_AGAIN_S = 8.0
ASK_TIMES = 3  # then the plan's side is taken for theirs, as a setting would be
IDLE_S = 25.0  # in a set without a repetition: they may have had enough, and are asked
OFFER_S = 30.0  # to go on with it; then it is over
ENDING_S = 2.5  # after a set was ended by hand: the last repetition may still be measured
REST_MARK_S = 10.0
GIVE_UP_S = 600.0  # of nobody going on: the workout is over


class State(StrEnum):
    """Where the workout is."""

    AWAY = "away"  # waits for somebody to lie still
    ASK = "ask"  # ... on the side that the set is for
    READY = "ready"  # 3, 2, 1
    SET = "set"
    OFFERED = "offered"  # nothing came for a while: finish the set, or end it?
    HELD = "held"  # got off in a set; goes on by itself
    STOPPED = "stopped"  # paused on purpose; goes on when told to
    ENDING = "ending"  # the set was ended by hand
    REST = "rest"
    DONE = "done"


class Coach:
    """Leads through a plan. Fits `stage.WorkoutStage`."""

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
        self.is_started = False
        self.has_said_mark = self.has_said_wrong = False
        self.side: Side | None = None  # as confirmed, or taken
        self.set_index = 0
        self.rest_from_s: float | None = None
        self._reps: list[Rep] = []
        self._done: list[tuple[Rep, ...]] = []
        self._known: tuple[object, Progress] | None = None
        self._open = OpenTimes()
        self._last_rep_s = self._busy_s = 0.0  # a repetition's end; a leg that is up
        self._events: list[Event] = []
        self._due: list[Cue] = []  # to be heard, one after the other
        self.heard_ready_s: float | None = None
        self._is_paused = False
        self._asked_side: Side | None = None
        self._pace: Pace | None = None
        self._fading = Fading()

    def resume(self, sets: Sequence[Sequence[Rep]]) -> None:
        """Go on after sets that were done before, when somebody lies still on the next one's side.

        The last of them goes on where it is not whole; one more than the plan has is none.
        """
        self.reset()
        done = [tuple(each) for each in sets[: self.sets] if each]
        if done and len(done[-1]) < self.plan.reps:
            self._reps = list(done.pop())
        self._done, self.set_index, self.is_started = done, len(done), True
        if self.set_index >= self.sets:
            self.state = State.DONE

    # --- the line's side

    @property
    def guide(self) -> Guide:
        """Return what is led through."""
        assert self.plan.guide is not None
        return self.plan.guide

    @property
    def progress(self) -> Progress:
        """Return where the person is; counts of verdicts are of the whole workout."""
        key = (self.state, len(self._reps), self.set_index, self.rest_from_s, self.plan)
        if self._known is None or self._known[0] != key:  # asked for with every frame
            self._known = key, self._progress()
        return self._known[1]

    def _progress(self) -> Progress:
        is_over = self.state in (State.REST, State.DONE)
        reps = self._done[-1] if is_over and self._done else self._reps
        every = [rep for each in (*self._done, self._reps) for rep in each]
        return Progress(
            rep=len(reps),
            reps_per_set=self.plan.reps,
            set_number=min(self.set_index + (not is_over), self.sets) or 1,
            clean=sum(rep.verdict is Verdict.CLEAN for rep in every),
            faulty=sum(rep.verdict is Verdict.FAULT for rep in every),
            unsure=sum(rep.verdict is Verdict.UNSURE for rep in every),
            is_set_done=is_over and bool(self._done),
            sets=self.sets,
            rest_until_s=self.rest_until_s,
            state=self.state.value,
        )

    def change(self, plan: Plan) -> None:
        """Ask for another number of repetitions, rest or tempo; else another guide restarts."""
        assert plan.guide is not None
        is_other = replace(plan.guide, tempo=self.guide.tempo) != self.guide
        self.plan = plan
        if is_other:
            self.reset()

    def tell(self, ask: Ask) -> None:
        """Ask for something with the next frame; nothing happens where it makes no sense."""
        self.ask = ask

    def update(self, moment: WorkoutMoment) -> WorkoutStep:
        """Take one frame."""
        self.here.follow(moment.t_s, moment.motion, moment.phase)
        if self.here.lift_s is not None:
            self._busy_s = moment.t_s
        self.taps = moment.taps
        if self._due and moment.heard is self._due[0]:
            self._due.pop(0)
        if moment.heard is Announcement.GET_READY:
            self.heard_ready_s = moment.t_s
        if moment.taps:
            self._events.append(Tapped(t_s=moment.t_s, taps=moment.taps))
        for row in ROWS:
            if self.state in row.sources and row.guard(self):
                row.action(self)
                if row.target is not self.state:
                    self.state, self.since_s = row.target, moment.t_s
                break
        self.ask = None
        # One at a time and until it is heard: what is said here comes in its order, and once.
        requests = [cue for cue in moment.requests if self._lets_through(cue)] + self._due[:1]
        events, side = self._events, self._asked_side
        self._events, self._asked_side = [], None
        self._follow_pace()
        return WorkoutStep(events=events, requests=requests, side=side, pace=self._pace)

    def finish_rep(self, rep: Rep, unreported: Sequence[Fault]) -> tuple[Rep, Sequence[Cue]]:
        """Count a repetition that began while a set was open; say nothing of any other."""
        guide, weight_kg = self.guide, self.here.motion.weight_kg
        rep = as_seen(rep, guide.variation, guide.added_kg, weight_kg, self.limits)
        if not self._open.holds(rep.start_s) or self.is_full:
            return rep, ()
        self._reps.append(rep)
        self._fading.update(rep.verdict)
        self._last_rep_s = rep.end_s
        named = {seen.fault for seen in rep.faults}
        cues: list[Cue] = [fault for fault in unreported if fault in named]
        if rep.verdict is Verdict.UNSURE:
            cues.append(Announcement.UNSURE)
        # The count is not of the verdict alone: it is due even if the next lift has begun.
        self._due.append(count_cue(len(self._reps), self.plan.reps))
        return rep, cues

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
    def wanted_side(self) -> Side:
        """Return the side of this set, or of the next one."""
        return self.guide.sides[min(self.set_index, self.sets - 1)]

    @property
    def is_full(self) -> bool:
        """Return whether all of the set's repetitions are there."""
        return len(self._reps) >= self.plan.reps

    @property
    def is_last_set(self) -> bool:
        """Return whether no set comes after this one."""
        return self.set_index + 1 >= self.sets

    @property
    def idle_s(self) -> float:
        """Return how long nothing has been done in a set."""
        return self.t_s - max(self.since_s, self._last_rep_s, self._busy_s)

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
        return self.side is self.wanted_side and self.here.empty_s == 0.0

    # --- what the rows do

    def begin_asking(self) -> None:
        """Ask for the side, by its own sound, and judge by it from now on."""
        self._start_workout()
        self.close_rest()
        self.asked_times = 0
        self.has_said_wrong = False
        self.ask_side()
        self._asked_side = self.wanted_side

    def ask_side(self) -> None:
        """Ask once more."""
        self.asked_times += 1
        self.since_s = self.t_s
        self._due.append(ask_cue(self.wanted_side))

    def say_wrong(self) -> None:
        """Say that they seem to lie on the other side."""
        self.has_said_wrong = True
        self.since_s = self.t_s
        self._due.append(Announcement.WRONG_SIDE)

    def get_ready(self) -> None:
        """Count in; the side is known now, or taken."""
        self._start_workout()
        self.side = self._asked_side = self.wanted_side
        self._drop(Announcement.LIE_LEFT, Announcement.LIE_RIGHT, Announcement.WRONG_SIDE)
        self.heard_ready_s = None
        self._due.append(Announcement.GET_READY)
        self._tell_set(SetState.READY)

    def leave(self) -> None:
        """Wait for them to come back."""
        self.close_rest()
        self._drop(Announcement.GET_READY)

    def begin_set(self) -> None:
        """Open the set, from the lift that may be under way."""
        self.close_rest()
        self._drop(Announcement.GET_READY)
        if self.state is State.ASK:
            self.side = self.wanted_side
            self._tell_set(SetState.READY)
        self._open.begin(self.t_s if self.here.lift_s is None else self.here.lift_s)
        self._last_rep_s = self.t_s
        self._tell_set(SetState.STARTED)

    def offer(self) -> None:
        """Ask whether the set is to be finished."""
        self._due.append(Announcement.UNFINISHED)

    def pause(self) -> None:
        """Close the set for now."""
        self._open.end(self.t_s)
        self._is_paused = True
        self._tell_workout(WorkoutState.PAUSED)
        self._due.append(Announcement.PAUSED)

    def go_on(self) -> None:
        """Open the set again."""
        self._open.begin(self.t_s)
        self._last_rep_s = self.t_s
        self._end_pause()
        self._due.append(Announcement.RESUMED)

    def close_set(self) -> None:
        """Let no new repetition count."""
        self._open.end(self.t_s)

    def end_set(self) -> None:
        """Say that the set is over, and begin the rest or end the workout."""
        self._open.end(self.t_s)
        self._end_pause()
        self._tell_set(SetState.DONE)
        tired = fatigue(self._reps)
        if tired is not None:
            self._due.append(tired.fault)
        self._done.append(tuple(self._reps))
        is_last = self.is_last_set
        self.set_index += 1
        if is_last:
            self._due.append(Announcement.LAST_SET_DONE)
            self.end_workout()
        else:
            self._due.append(Announcement.SET_DONE)
            self._begin_rest()
        self._reps = []
        self._open = OpenTimes()

    def say_mark(self) -> None:
        """Say that ten seconds of the rest are left."""
        self.has_said_mark = True
        self._due.append(Announcement.REST_TEN)

    def end_rest(self) -> None:
        """Say that the rest is over."""
        self.close_rest()
        self._due.append(Announcement.REST_OVER)

    def close_rest(self) -> None:
        """End the rest, if there is one."""
        if self.rest_from_s is not None:
            rest_s = self.t_s - self.rest_from_s
            self._events.append(RestChanged(t_s=self.t_s, state=RestState.OVER, rest_s=rest_s))
        self.rest_from_s = None
        self._drop(Announcement.REST_TEN)

    def give_up(self) -> None:
        """End the workout: nobody goes on with it."""
        self.close_rest()
        if self._open.has_begun:
            self._open.end(self.t_s)
            self._tell_set(SetState.DONE)
            self._done.append(tuple(self._reps))
            self._reps = []
            self._open = OpenTimes()
        self.end_workout()

    def end_workout(self) -> None:
        """Say that the workout is over."""
        self._due.append(Announcement.WORKOUT_DONE)
        self._tell_workout(WorkoutState.DONE)

    def restart(self) -> None:
        """Arm another workout."""
        here, events, due = self.here, self._events, self._due
        self.reset()
        self.here, self._events, self._due = here, events, due

    def do_nothing(self) -> None:
        """Only change the state."""

    # --- inside

    def _follow_pace(self) -> None:
        """Give the tempo with each lift of an open set."""
        lift_s = self.here.lift_s
        if lift_s is None or self.state is not State.SET:
            self._pace = None
        elif self._pace is None or self._pace.start_s != lift_s:
            guidance = self._fading.guidance
            self._pace = Pace(start_s=lift_s, tempo=self.guide.tempo, guidance=guidance)

    def _drop(self, *cues: Cue) -> None:
        """Leave unsaid what is no longer true."""
        self._due = [cue for cue in self._due if cue not in cues]

    def _start_workout(self) -> None:
        if self.is_started:
            return
        self.is_started = True
        self._tell_workout(WorkoutState.STARTED)
        if hides_something(self.guide.variation):
            self._due.append(Announcement.PARTLY_JUDGED)

    def _begin_rest(self) -> None:
        self.rest_from_s = max(self._last_rep_s, self.t_s - ENDING_S)
        self.has_said_mark = False
        self._events.append(
            RestChanged(t_s=self.t_s, state=RestState.STARTED, rest_s=self.plan.rest_s)
        )
        if self.side is not self.wanted_side:
            self.here.mark()
            self._due.append(ask_cue(self.wanted_side))

    def _end_pause(self) -> None:
        """Tell that a pause is over, if there is one; a set may end in it."""
        if self._is_paused:
            self._is_paused = False
            self._tell_workout(WorkoutState.RESUMED)

    def _tell_workout(self, state: WorkoutState) -> None:
        self._events.append(WorkoutChanged(t_s=self.t_s, state=state))

    def _tell_set(self, state: SetState) -> None:
        is_done = state is SetState.DONE
        self._events.append(
            SetChanged(
                t_s=self.t_s,
                state=state,
                set=self.set_index + 1,
                of=self.sets,
                side=self.wanted_side,
                reps=len(self._reps) if is_done else self.plan.reps,
                clean=sum(rep.verdict is Verdict.CLEAN for rep in self._reps) if is_done else 0,
            )
        )

    def _lets_through(self, cue: Cue) -> bool:
        """Return whether a cue of the stages before may be asked for now."""
        if isinstance(cue, Fault):
            is_open = self.state in (State.SET, State.OFFERED)
            return is_open and may_be_cued(cue, self.guide.variation)
        return cue is not Announcement.READY


def ask_cue(side: Side) -> Cue:
    """Return what asks for a side."""
    return Announcement.LIE_LEFT if side is Side.LEFT else Announcement.LIE_RIGHT


# --- the table ------------------------------------------------------------------------------------


def _lies_still(c: Coach) -> bool:
    return c.here.lying_s >= ARM_S and c.here.lift_s is None


def _needs_asking(c: Coach) -> bool:
    return _lies_still(c) and not c.is_on_its_side


def _has_left(c: Coach) -> bool:
    return c.here.off_s >= LEFT_S or c.here.empty_s >= EMPTY_S


def _has_got_off(c: Coach) -> bool:
    return c.here.empty_s >= EMPTY_S


def _lifts(c: Coach) -> bool:
    return c.here.lift_s is not None


def _surely_lifts(c: Coach) -> bool:
    return c.here.is_lift_sure and c.here.has_turned


def _confirms(c: Coach) -> bool:
    return c.taps == 2 or c.here.wiggle > 0


def _contradicts(c: Coach) -> bool:
    """Return whether they wiggle to the other side, have not turned over, or lie bent to it."""
    if c.has_said_wrong:
        return c.here.wiggle < 0
    has_not_turned = not c.here.has_turned and c.dwelt_s >= ASK_AGAIN_S
    is_bent = c.here.lying_s >= LEFT_S and contradicts_side(c.here.motion.bend_deg, c.limits)
    return c.here.wiggle < 0 or has_not_turned or is_bent


def _may_ask_again(c: Coach) -> bool:
    """Return whether to ask again: seldom where they are surely on the other side."""
    if c.here.has_turned:
        return c.dwelt_s >= ASK_AGAIN_S and c.asked_times < ASK_TIMES
    return c.dwelt_s >= ASK_AGAIN_S * min(c.asked_times, ASK_TIMES)


def _has_asked_enough(c: Coach) -> bool:
    return c.here.has_turned and c.dwelt_s >= ASK_AGAIN_S and c.here.lying_s >= ARM_S


def _asks_in_vain(c: Coach) -> bool:
    return c.asked_times * ASK_AGAIN_S * ASK_TIMES >= GIVE_UP_S


def _is_counted_in(c: Coach) -> bool:
    is_heard = c.heard_ready_s is not None and c.t_s - c.heard_ready_s >= COUNT_IN_S
    return is_heard and c.here.is_lying


def _is_full(c: Coach) -> bool:
    return c.is_full and not c.is_last_set


def _is_whole(c: Coach) -> bool:
    return c.is_full and c.is_last_set


def _is_toggled(c: Coach) -> bool:
    return c.taps == 2 or c.ask is Ask.HOLD


def _is_held(c: Coach) -> bool:
    return c.ask is Ask.HOLD


def _is_ended(c: Coach) -> bool:
    return c.taps == 3 or c.ask is Ask.END_SET


def _goes_on(c: Coach) -> bool:
    return c.taps == 2 or c.ask is Ask.GO_ON


def _idles(c: Coach) -> bool:
    return c.idle_s >= IDLE_S


def _offer_is_over(c: Coach) -> bool:
    return c.dwelt_s >= OFFER_S


def _has_settled(c: Coach) -> bool:
    return c.dwelt_s >= ENDING_S and not c.is_last_set


def _has_settled_last(c: Coach) -> bool:
    return c.dwelt_s >= ENDING_S and c.is_last_set


def _is_skipped(c: Coach) -> bool:
    return c.taps == 2 or c.ask is Ask.SKIP_REST


def _is_ten_left(c: Coach) -> bool:
    return not c.has_said_mark and c.rest_left_s <= REST_MARK_S < c.plan.rest_s


def _can_count_in(c: Coach) -> bool:
    return c.rest_left_s <= COUNT_IN_S and _lies_still(c) and c.is_on_its_side


def _is_rest_over(c: Coach) -> bool:
    return c.rest_left_s <= 0.0


def _is_given_up(c: Coach) -> bool:
    return c.is_started and c.dwelt_s >= GIVE_UP_S


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the machine."""

    sources: tuple[State, ...]
    guard: Callable[[Coach], bool]
    target: State
    action: Callable[[Coach], None] = Coach.do_nothing


_S = State
ROWS = (
    Row((_S.AWAY,), _needs_asking, _S.ASK, Coach.begin_asking),
    Row((_S.AWAY,), _lies_still, _S.READY, Coach.get_ready),
    Row((_S.ASK, _S.READY), _has_left, _S.AWAY, Coach.leave),
    Row((_S.ASK,), _confirms, _S.READY, Coach.get_ready),
    Row((_S.ASK,), _contradicts, _S.ASK, Coach.say_wrong),
    Row((_S.ASK,), _surely_lifts, _S.SET, Coach.begin_set),
    Row((_S.ASK,), _asks_in_vain, _S.DONE, Coach.give_up),
    Row((_S.ASK,), _may_ask_again, _S.ASK, Coach.ask_side),
    Row((_S.ASK,), _has_asked_enough, _S.READY, Coach.get_ready),
    Row((_S.READY,), _lifts, _S.SET, Coach.begin_set),
    Row((_S.READY,), _is_counted_in, _S.SET, Coach.begin_set),
    Row((_S.SET, _S.OFFERED, _S.HELD, _S.STOPPED, _S.ENDING), _is_whole, _S.DONE, Coach.end_set),
    Row((_S.SET, _S.OFFERED, _S.HELD, _S.STOPPED, _S.ENDING), _is_full, _S.REST, Coach.end_set),
    Row((_S.SET, _S.OFFERED), _is_ended, _S.ENDING, Coach.close_set),
    Row((_S.HELD, _S.STOPPED), _is_ended, _S.ENDING),
    Row((_S.OFFERED,), _goes_on, _S.SET),
    Row((_S.SET, _S.OFFERED), _is_toggled, _S.STOPPED, Coach.pause),
    Row((_S.SET, _S.OFFERED), _has_left, _S.HELD, Coach.pause),
    Row((_S.OFFERED,), _lifts, _S.SET),
    Row((_S.SET,), _idles, _S.OFFERED, Coach.offer),
    Row((_S.OFFERED,), _offer_is_over, _S.ENDING, Coach.close_set),
    Row((_S.HELD,), _is_held, _S.STOPPED),
    Row((_S.HELD,), _lies_still, _S.SET, Coach.go_on),
    Row((_S.STOPPED,), _goes_on, _S.SET, Coach.go_on),
    Row((_S.ENDING,), _has_settled_last, _S.DONE, Coach.end_set),
    Row((_S.ENDING,), _has_settled, _S.REST, Coach.end_set),
    Row((_S.REST,), _is_skipped, _S.AWAY, Coach.close_rest),
    Row((_S.REST,), _is_ten_left, _S.REST, Coach.say_mark),
    Row((_S.REST,), _can_count_in, _S.READY, Coach.get_ready),
    Row((_S.REST,), _is_rest_over, _S.AWAY, Coach.end_rest),
    Row((_S.AWAY, _S.HELD, _S.STOPPED), _is_given_up, _S.DONE, Coach.give_up),
    Row((_S.DONE,), _goes_on, _S.AWAY, Coach.restart),
    Row((_S.DONE,), _has_got_off, _S.AWAY, Coach.restart),
)
