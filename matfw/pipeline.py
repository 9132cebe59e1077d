"""THE LINE: raw counts in, one cue out. Every stage is pure; time enters only as t_s.

    RawFrame -> Calibration -> Conditioning -> Balances -> MotionStage -> Phases -> Faults
        -> Workout -> Cues

Each frame passes through the first three; every 50 ms a motion comes out of the fourth and passes
through the next two (`_follow`). When a movement is over, the Step carries a `window`: what
`refine` needs to find, outside the frame path, what the repetition really was. `finish_reps` takes
the answer back between two frames. The same frames give the same cues, live, replayed or tested.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from matfw.balance import Balances
from matfw.calibration import Calibration
from matfw.conditioning import Conditioning
from matfw.cues import Cues, RepCue
from matfw.disturbances.below_zero import BelowZero
from matfw.disturbances.drift import Drift
from matfw.disturbances.impulses import Impulses
from matfw.disturbances.interference import Interference
from matfw.disturbances.reader_health import ReaderHealth
from matfw.disturbances.supply import Supply
from matfw.disturbances.zero_jumps import ZeroJumps
from matfw.hips import HipStage
from matfw.judging.live import Faults
from matfw.judging.live_faults import LiveFaults
from matfw.judging.verdicts import Conditions, judge
from matfw.messages import (
    Balance,
    CleanLoads,
    Cue,
    CueGiven,
    Event,
    FaultSeen,
    Mat,
    Motion,
    Pace,
    PhaseStep,
    Presence,
    RawFrame,
    RefinedRep,
    Rep,
    Side,
)
from matfw.motion import MotionStage
from matfw.notices import Notices
from matfw.phases import Phases
from matfw.refinement.windows import RepWindow, RepWindows, foremost
from matfw.taps import Taps
from matfw.workout.coach import Coach
from matfw.workout.counting import COUNTING
from matfw.workout.plan import Plan
from matfw.workout.sets import NOTHING_DONE, Progress
from matfw.workout.stage import Ask, FreeSets, WorkoutMoment, WorkoutStage


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """What the line made of one frame; the one tap that console, store and picture read.

    motion and phase are those of the last 50 ms step; faults, cue and events are this frame's;
    progress is that before what a window of this frame will show. pace: to be moved at now. taps:
    on the mat or the button, that have just been found. side: lain on right now; UNKNOWN on doubt.
    is_blind: the computer has lately taken all of a cell's samples for long.
    """

    raw: RawFrame
    clean: CleanLoads
    balance: Balance
    motion: Motion
    phase: PhaseStep | None
    faults: tuple[FaultSeen, ...]
    cue: Cue | None
    events: tuple[Event, ...]
    window: RepWindow | None
    progress: Progress = NOTHING_DONE
    pace: Pace | None = None
    taps: int = 0
    side: Side = Side.UNKNOWN
    is_blind: bool = False


class Pipeline:
    """One mat's line."""

    def __init__(self, mat: Mat, plan: Plan | None = None) -> None:
        """Take the mat and what is asked for."""
        self._mat = mat
        self._stated_side = mat.side
        self._calibration = Calibration(mat.calibration)
        self._supply = Supply(len(mat.cells), mat.rate_hz)
        self._zero_jumps = ZeroJumps(len(mat.cells), mat.rate_hz)
        self._impulses = Impulses(len(mat.cells), mat.rate_hz)
        self._conditioning = Conditioning(mat.cells, mat.rate_hz)
        self._reader_health = ReaderHealth(len(mat.cells), mat.rate_hz)
        self._interference = Interference(mat.cells, mat.rate_hz)
        self._balances = Balances(mat.cells)
        self._motion = MotionStage(mat.cells, mat.person, mat.side, mat.rate_hz)
        self._phases = Phases()
        self._hips = HipStage(mat.channels, mat.hip_repeatability)
        self._drift = Drift(mat.cells)
        self._below_zero = BelowZero(mat.cells)
        self._faults = Faults(mat.limits, mat.tempo, mat.side)
        self._taps = Taps(mat.cells, mat.rate_hz)
        self._pressed = 0
        self._windows = RepWindows(mat.tempo)
        self._cut_off: RepWindow | None = None  # by a change of the mat
        self._cues = Cues()
        self._workout = self._workout_of(plan or Plan())
        self._motion_now = Motion(t_s=0.0, presence=Presence.EMPTY)
        self._phase_now: PhaseStep | None = None
        self._live_faults = LiveFaults()
        self._notices = Notices()
        self._cue_requests: list[Cue] = []
        self._rep_cues: list[RepCue] = []
        self._released_rep: float = math.inf
        self._last_cue: Cue | None = None
        self._pace: Pace | None = None
        self._reps = 0

    @property
    def mat(self) -> Mat:
        """Return the mat as it is now."""
        return self._mat

    @property
    def progress(self) -> Progress:
        """Return where in the workout the person is."""
        return self._workout.progress

    def adopt(self, mat: Mat, plan: Plan) -> None:
        """Go on with another calibration, person, side, tempo, limits or plan; between two frames.

        Cells, channels and rate must be the same. Where what was measured so far no longer holds
        (calibration, person, side), whoever lies there must lie still and is weighed again; a
        repetition under way then gets no verdict; one that has ended does, unless it would be
        judged by another side than it was measured by. The place in the set is kept.
        """
        self._stated_side = mat.side
        mat = mat.on(self._workout.side or mat.side)
        before, self._mat = self._mat, mat
        if (plan.guide is None) is (self._workout.plan.guide is None):
            self._workout.change(plan)
        else:
            self._workout = self._workout_of(plan)
        # A repetition under way is judged by the new limits alone, and may be reported twice.
        self._faults = Faults(mat.limits, mat.tempo, mat.side)
        self._windows.ask(mat.tempo)
        if mat.calibration != before.calibration:
            self._below_zero.calibrate()
        if (mat.calibration, mat.person, mat.side) != (
            before.calibration, before.person, before.side,
        ):  # fmt: skip
            self._cut_off = self.finish() if mat.side is before.side else None
            self._calibration = Calibration(mat.calibration)
            self._supply.reset()
            self._zero_jumps.reset()
            self._impulses.reset()
            self._motion = MotionStage(mat.cells, mat.person, mat.side, mat.rate_hz)
            self._phases.reset()
            self._windows.reset()
            self._motion_now = Motion(t_s=self._motion_now.t_s, presence=Presence.EMPTY)

    def tell_workout(self, ask: Ask) -> None:
        """Ask the workout for something; where nobody leads one, nothing happens."""
        self._workout.tell(ask)

    def press(self, taps: int) -> None:
        """Take presses of the button for as many taps, with the next frame."""
        self._pressed = taps

    def begin_workout(self) -> None:
        """Begin with the first repetition of the first set; what was done before is over."""
        self._workout.reset()
        self.discard_history()

    def resume_workout(self, sets: Sequence[Sequence[Rep]]) -> None:
        """Go on after sets that were done before this line began; times as if it had seen them."""
        self._workout.resume(sets)

    def release_cues(self, rep: float) -> None:
        """Let what verdicts announce sound up to this repetition; later ones wait for their call.

        Until the first call none waits. For a record, so that what is announced is kept.
        """
        self._released_rep = rep

    def discard_history(self) -> None:
        """Leave what was done until now unjudged."""
        self._cut_off = None
        self._motion.forget_earlier()
        self._windows.reset()

    def update(self, raw: RawFrame) -> Step:
        """Take one frame through the line."""
        loads = self._calibration.update(raw)
        reader, late = self._reader_health, self._reader_health.update(raw)
        real = self._impulses.update(self._zero_jumps.update(self._supply.update(loads)))
        clean = self._conditioning.update(real, is_computer_late=reader.is_losing)
        balance = self._balances.update(clean)
        hips = self._hips.update(raw)
        notices = self._notices
        found = (
            clean.events,
            self._drift.update(clean, self._motion_now),
            self._below_zero.update(clean),
            self._interference.update(raw, real, clean),
        )
        events: list[Event] = []
        if any(found):  # of hardly any frame
            for stage, cells in enumerate(found):
                if cells:
                    notices.of_cells(cells, stage)
                    events += cells
        events += hips.events
        events += late
        notices.of_reader(is_blind=reader.is_blinding)
        self._cue_requests += notices.of_state(clean.loads_kg, self._last_cue)
        if hips.events:
            self._cue_requests += notices.of_hip_sensors(hips.events)
        faults: list[FaultSeen] = []
        cuts = [] if self._cut_off is None else [self._cut_off]
        self._cut_off = None
        for motion in self._motion.update(balance, hips):
            phase, seen, noted = self._follow(raw.t_s, motion)
            cut = self._windows.update(motion, phase, self._motion.tracker, self._motion.earlier)
            # Early looks are for what sounds at once, and on a blind mat nothing of it does: each
            # swing of a hum would be a landing, and 30 s of computing a minute (measured).
            if cut is not None and (notices.can_judge or not cut.is_early):
                cuts.append(cut)
            faults += seen
            events += noted
        taps = self._taps.update(loads, self._phase_now) or self._pressed
        events += self._lead(raw.t_s, taps, hips.side)
        self._pressed = 0
        rep_cues = self._take_rep_cues() if self._rep_cues else ()
        cue = self._cues.update(
            raw.t_s,
            self._cue_requests,
            rep_cues,
            self._phases.last_top_s,
            can_judge=notices.can_judge,
        )
        self._cue_requests.clear()
        self._last_cue = cue
        if cue is not None:
            events.append(CueGiven(raw.t_s, cue))
        return Step(
            raw=raw,
            clean=clean,
            balance=balance,
            motion=self._motion_now,
            phase=self._phase_now,
            faults=tuple(faults),
            cue=cue,
            events=tuple(events),
            window=foremost(cuts) if cuts else None,
            progress=self._workout.progress,
            pace=self._pace,
            taps=taps,
            side=self._lain_on(),
            is_blind=reader.is_blind,
        )

    def finish_reps(self, t_s: float, refined_reps: Iterable[RefinedRep]) -> Sequence[Rep]:
        """Judge what a window's refinement found; return the repetitions."""
        return [self._finish_rep(t_s, refined_rep) for refined_rep in refined_reps]

    def finish(self) -> RepWindow | None:
        """Return the window of a movement that the last frames cut off, if there was one."""
        return self._windows.finish(self._motion.tracker) or self._cut_off

    def _follow(
        self, t_s: float, motion: Motion
    ) -> tuple[PhaseStep, Sequence[FaultSeen], Sequence[Event]]:
        """Take one motion through phases and live faults."""
        phase = self._phases.update(motion)
        faults = self._faults.update(motion, phase)
        self._live_faults.add(motion.t_s, faults)
        events, announcements = self._notices.of_motion(t_s, motion, phase)
        self._cue_requests += announcements
        self._cue_requests += [seen.fault for seen in faults]
        self._motion_now, self._phase_now = motion, phase
        return phase, faults, events

    def _lead(self, t_s: float, taps: int, sensed: Side) -> Sequence[Event]:
        """Let the workout take this frame: it says what may be cued, and by which side to judge."""
        coached = self._workout.update(
            WorkoutMoment(
                t_s=t_s,
                motion=self._motion_now,
                phase=self._phase_now,
                requests=self._cue_requests,
                taps=taps,
                heard=self._last_cue,
                can_judge=self._notices.can_judge,
                sensed=sensed,
            )
        )
        requests, self._pace = coached.requests, coached.pace
        self._live_faults.withhold(coached.withheld)
        if self._reps > self._released_rep:  # what counts is asked for until it is heard
            requests = [cue for cue in requests if cue not in COUNTING]
        self._cue_requests = list(requests)
        if coached.side is not None:
            is_told = coached.side is not Side.UNKNOWN
            self._turn(coached.side if is_told else self._stated_side)
        return coached.events

    def _lain_on(self) -> Side:
        """Return the side that whoever lies there surely lies on."""
        if self._motion_now.presence is not Presence.LYING:
            return Side.UNKNOWN
        side = self._workout.lain_on
        return self._mat.side if side is None else side

    def _take_rep_cues(self) -> Sequence[RepCue]:
        """Return what verdicts ask for that is released; what is not goes on waiting."""
        released = [cue for cue in self._rep_cues if cue.rep <= self._released_rep]
        self._rep_cues = [cue for cue in self._rep_cues if cue.rep > self._released_rep]
        return released

    def _turn(self, side: Side) -> None:
        """Judge by another side from now on; the leg rests."""
        if side is not self._mat.side:
            self._mat = self._mat.on(side)
            self._faults = Faults(self._mat.limits, self._mat.tempo, side)
            self._motion.turn(side)

    def _workout_of(self, plan: Plan) -> WorkoutStage:
        return FreeSets(plan) if plan.guide is None else Coach(plan, self._mat.limits)

    def _finish_rep(self, t_s: float, x: RefinedRep) -> Rep:
        withheld = self._live_faults.withheld(x)
        judgement = judge(x, self._live_faults.take(x), self._conditions())
        self._reps += 1
        rep = judgement.rep(self._reps, t_s, x)
        rep, cues = self._workout.finish_rep(rep, judgement.unheard(withheld))
        self._rep_cues += [RepCue(cue, rep.end_s, rep.rep) for cue in cues]
        return rep

    def _conditions(self) -> Conditions:
        return Conditions(
            limits=self._mat.limits,
            tempo=self._mat.tempo,
            side=self._mat.side,
            bend_deg=self._motion_now.bend_deg,
            broken=self._notices.broken,
            is_reader_late=self._reader_health.is_late,
        )
