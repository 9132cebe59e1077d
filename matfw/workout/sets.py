"""What is asked of the person now: repetitions, sets, and whether a set is running out of form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matfw.messages import FaultSeen, Rep, Tempo, Verdict
from matfw.workout.fatigue import fatigue
from matfw.workout.plan import Plan

SET_PAUSE_S = 25.0  # without a rep, at least: the set is over, however many there were
MISSED_REPS, REST_S = 2, 3.0  # a slow set is not over because so many like its last were missed
LOOK_S = 4.0  # of rest after a lift in which it may yet be found: looked at until 2.5 s of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where in the workout the person is.

    sets: asked for; set_number goes beyond it if the person does. rest_until_s: when the rest after
    this set ends; None within a set and after the last one. state: of a workout that is led
    (`coach.State`), empty where nobody leads.
    """

    rep: int = 0
    reps_per_set: int = 1
    set_number: int = 1
    clean: int = 0
    faulty: int = 0
    unsure: int = 0
    is_set_done: bool = False
    fatigue: FaultSeen | None = None
    sets: int = 1
    rest_until_s: float | None = None
    state: str = ""

    @property
    def is_workout_done(self) -> bool:
        """Return whether the last set asked for is done."""
        return self.is_set_done and self.set_number >= self.sets


NOTHING_DONE = Progress()


class Workout:
    """Count repetitions into sets, and time the rests between them."""

    def __init__(self, plan: Plan | None = None) -> None:
        """Take what is asked for; reps and sets must be >= 1."""
        self.plan = plan or Plan()
        self.reset()

    def reset(self) -> None:
        """Begin the first set."""
        self._progress: Progress | None = None  # until it changes: asked for with every frame
        self._set: list[Rep] = []
        self._set_number = 1
        self._counts = dict.fromkeys(Verdict, 0)
        self._is_done = False
        self._fatigue: FaultSeen | None = None
        self._looked_reps = 0  # of this set: how many there were when it had last ended
        self._rest_until_s: float | None = None

    def resume(self, reps: Iterable[Rep]) -> None:
        """Count what was done before; a set that was broken off then has been looked at."""
        self.reset()
        for rep in reps:
            self.update(rep)
        self._looked_reps = len(self._set)

    def change(self, plan: Plan) -> None:
        """Ask for another plan; the place in the set is kept."""
        self.plan = plan
        self._progress = None

    @property
    def progress(self) -> Progress:
        """Return where the person is."""
        if self._progress is None:
            self._progress = Progress(
                rep=len(self._set),
                reps_per_set=self.plan.reps,
                set_number=self._set_number,
                clean=self._counts[Verdict.CLEAN],
                faulty=self._counts[Verdict.FAULT],
                unsure=self._counts[Verdict.UNSURE],
                is_set_done=self._is_done,
                fatigue=self._fatigue,
                sets=self.plan.sets,
                rest_until_s=self._rest_until_s,
            )
        return self._progress

    def update(self, rep: Rep) -> Progress:
        """Count a repetition and say where that leaves the set."""
        if self._set and (
            len(self._set) >= self.plan.reps
            or rep.start_s - self._set[-1].end_s > pause_s(self._set[-1])
        ):
            self._set, self._fatigue, self._looked_reps = [], None, 0
            self._set_number += 1
        self._set.append(rep)
        self._counts[rep.verdict] += 1
        self._is_done = len(self._set) == self.plan.reps
        if self._is_done and self._fatigue is None:  # what was reported of a set stays
            self._fatigue = fatigue(self._set)
        is_rest_next = self._is_done and self._set_number < self.plan.sets
        self._rest_until_s = rep.end_s + self.plan.rest_s if is_rest_next else None
        self._progress = None
        return self.progress

    def is_going_on(self, t_s: float) -> bool:
        """Return whether a set has begun, with a repetition, and no pause has followed its last.

        A set that is done goes on in this sense: its next repetition may begin the next one.
        """
        return bool(self._set) and t_s - self._set[-1].end_s <= pause_s(self._set[-1])

    @property
    def is_resting(self) -> bool:
        """Return whether a set is done, and the rest after it, or the last one for good."""
        return self._is_done and (
            self._rest_until_s is not None or self._set_number >= self.plan.sets
        )

    @property
    def may_have_ended(self) -> bool:
        """Return whether the set was not looked at since its last repetition, and goes on."""
        return not (self._fatigue or self._is_done or len(self._set) == self._looked_reps)

    def ended_early(self, t_s: float, *, is_gone: bool) -> FaultSeen | None:
        """Return, once, the fatigue of a set that its last repetition asked for did not end.

        Who tires stops before it: they leave, or lie there for longer than a set's pause. Who lies
        there may have begun another lift of this set at the pause's end: it is waited for, and to
        be asked only while they rest.
        """
        if not self.may_have_ended:
            return None
        last = self._set[-1]
        wait_s = pause_s(last) + last.end_s - last.start_s + LOOK_S
        if not is_gone and t_s - last.end_s <= wait_s:
            return None
        self._looked_reps, self._progress = len(self._set), None
        self._fatigue = fatigue(self._set)
        return self._fatigue

    def is_rest_over(self, t_s: float) -> bool:
        """Return, once after each rest, that it is over."""
        if self._rest_until_s is None or t_s < self._rest_until_s:
            return False
        self._rest_until_s = self._progress = None
        return True


def pause_s(last: Rep) -> float:
    """Return after how long without a repetition a set is over, by the length of its last one."""
    return _pause_s(last.end_s - last.start_s)


def pause_at_s(tempo: Tempo) -> float:
    """Return after how long without a repetition a set is over that is asked for at a tempo."""
    return _pause_s(tempo.up_s + tempo.hold_s + tempo.down_s)


def _pause_s(rep_s: float) -> float:
    return max(SET_PAUSE_S, MISSED_REPS * (rep_s + REST_S))
