"""A whole workout led by ear: sets on both sides, rests, pauses. What can happen: `transitions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matfw.messages import OF_JUDGING, Announcement, Cue, Fault, Pace, Rep, Tapped, Verdict
from matfw.workout.counting import count_cue
from matfw.workout.course import Course
from matfw.workout.plan import Plan
from matfw.workout.sets import Progress
from matfw.workout.stage import Ask, WorkoutMoment, WorkoutStep
from matfw.workout.states import WAITS_FOR_LYING, State
from matfw.workout.transitions import ROWS
from matfw.workout.variations import as_seen, may_be_cued

FOLLOWED_HOLD_S = 4.0  # of a hold that the live line follows mostly; later it takes it for rest


class Coach(Course):
    """Leads through a plan. Fits `stage.WorkoutStage`."""

    def reset(self) -> None:
        """Begin with the first repetition of the first set, when somebody lies still."""
        super().reset()
        self._known: tuple[object, Progress] | None = None
        self._pace: Pace | None = None
        self._was_sure = False  # the lift that the pace was begun with

    @property
    def progress(self) -> Progress:
        """Return where the person is; counts of verdicts are of the whole workout."""
        key = (self.state, len(self.reps), self.set_index, self.rest_from_s, self.plan)
        if self._known is None or self._known[0] != key:  # asked for with every frame
            self._known = key, self._progress()
        return self._known[1]

    def _progress(self) -> Progress:
        is_over = self.state in (State.REST, State.DONE)
        reps = self.done[-1] if is_over and self.done else self.reps
        every = [rep for each in (*self.done, self.reps) for rep in each]
        return Progress(
            rep=len(reps),
            reps_per_set=self.plan.reps,
            set_number=min(self.set_index + (not is_over), self.sets) or 1,
            clean=sum(rep.verdict is Verdict.CLEAN for rep in every),
            faulty=sum(rep.verdict is Verdict.FAULT for rep in every),
            unsure=sum(rep.verdict is Verdict.UNSURE for rep in every),
            is_set_done=is_over and bool(self.done),
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
        if ask is Ask.OFFER:
            self.has_offer = not self.is_started
        else:
            self.ask = ask

    def update(self, moment: WorkoutMoment) -> WorkoutStep:
        """Take one frame."""
        self.here.follow(moment.t_s, moment.motion, moment.phase)
        self.sensed_side = moment.sensed
        if self.here.lift_s is not None or self._pace is not None:
            self.busy_s = moment.t_s
        self.taps = moment.taps
        if self.due and moment.heard is self.due[0]:
            self.due.pop(0)
        if not moment.can_judge:  # it would never be heard, and all that comes after it waits
            self.due = [cue for cue in self.due if cue not in OF_JUDGING]
        if moment.heard is Announcement.GET_READY:
            self.heard_ready_s = moment.t_s
        if moment.taps:
            self.events.append(Tapped(t_s=moment.t_s, taps=moment.taps))
        is_ending = self.state is State.ENDING
        for row in ROWS:
            if self.state in row.sources and row.guard(self):
                row.action(self)
                if row.target is not self.state:
                    self.state, self.since_s = row.target, moment.t_s
                break
        if not (is_ending and self.ask is Ask.HOLD):
            self.ask = None  # a set that is ending stands once it has ended
        # One at a time and until it is heard: what is announced here comes in its order, and once.
        requests = [cue for cue in moment.requests if self._lets_through(cue)] + self.due[:1]
        events, side = self.events, self.asked_side
        self.events, self.asked_side = [], None
        self._follow_pace()
        return WorkoutStep(events=events, requests=requests, side=side, pace=self._pace)

    def finish_rep(self, rep: Rep, unreported: Sequence[Fault]) -> tuple[Rep, Sequence[Cue]]:
        """Count a repetition that began while a set was open; say nothing of any other."""
        guide, weight_kg = self.guide, self.here.motion.weight_kg
        rep = as_seen(rep, guide.variation, guide.added_kg, weight_kg, self.limits)
        if not self.open_times.holds(rep.start_s) or self.is_full:
            return rep, ()
        self.reps.append(rep)
        self.fading.update(rep.verdict)
        self.last_rep_s = rep.end_s
        named = {seen.fault for seen in rep.faults}
        cues: list[Cue] = [fault for fault in unreported if fault in named]
        if rep.verdict is Verdict.UNSURE:
            cues.append(Announcement.UNSURE)
        # The count is not of the verdict alone: it is due even if the next lift has begun.
        self.due.append(count_cue(len(self.reps), self.plan.reps))
        return rep, cues

    def _follow_pace(self) -> None:
        """Give the tempo with each lift of an open set.

        A leg that is held for long, the live line takes for one that rests: the tempo that was
        begun with a sure lift then goes on to its end, or until the next lift.
        """
        lift_s = self.here.lift_s
        self._was_sure = self.here.is_lift_sure if lift_s is not None else self._was_sure
        if self.state is not State.SET:
            self._pace = None
        elif lift_s is None:
            self._pace = self._pace if self._is_held_unseen() else None
        elif self._pace is None or self._pace.start_s != lift_s:
            guidance = self.fading.guidance
            self._pace = Pace(start_s=lift_s, tempo=self.guide.tempo, guidance=guidance)

    def _is_held_unseen(self) -> bool:
        """Return whether the hold asked for is a long one and goes on though it is not seen."""
        if self._pace is None or not self._was_sure or not self.here.is_lying:
            return False
        tempo, since_s = self._pace.tempo, self.here.t_s - self._pace.start_s
        is_long = tempo.hold_s > FOLLOWED_HOLD_S
        return is_long and since_s < tempo.up_s + tempo.hold_s + tempo.down_s

    def _lets_through(self, cue: Cue) -> bool:
        """Return whether a cue of the stages before may be asked for now."""
        if isinstance(cue, Fault):
            is_open = self.state in (State.SET, State.OFFERED)
            return is_open and may_be_cued(cue, self.guide.variation)
        if cue is Announcement.LIE_STILL:
            return self.state in WAITS_FOR_LYING
        return cue is not Announcement.READY
