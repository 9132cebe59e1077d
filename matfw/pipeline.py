"""THE LINE: raw counts in, one cue out. Every stage is pure; time enters only as t_s.

    RawFrame -> Calibration -> Conditioning -> Balances -> MotionStage -> Phases -> Faults -> Cues

Each frame passes through the first three; every 50 ms a motion comes out of the fourth and passes
through the rest. When a movement is over, the Step carries a `window`: what `refine` needs to find,
outside the frame path, what the repetition really was. `finish_reps` takes the answer back between
two frames. The same frames give the same cues, live, replayed or tested.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matfw.balance import Balances
from matfw.calibration import Calibration
from matfw.conditioning import Conditioning
from matfw.cues import Cues, RepCue
from matfw.drift import Drift
from matfw.hips import HipStage
from matfw.judging.live import Faults
from matfw.judging.live_faults import LiveFaults
from matfw.judging.verdicts import Conditions, judge
from matfw.messages import (
    Announcement,
    Balance,
    CellEvent,
    CellProblem,
    CleanLoads,
    Cue,
    CueGiven,
    Event,
    FaultSeen,
    Mat,
    Motion,
    PersonWeighed,
    Phase,
    PhaseChanged,
    PhaseStep,
    Presence,
    RawFrame,
    RefinedRep,
    Rep,
    Verdict,
)
from matfw.motion import MotionStage
from matfw.phases import Phases
from matfw.reader_health import ReaderHealth
from matfw.refinement.windows import RepWindow, RepWindows
from matfw.workout.sets import NOTHING_DONE, Plan, Progress, Workout

WEIGHED_AGAIN_KG = 1.0  # a change of weight worth reporting


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the line made of one frame; the one tap that console, store and picture read.

    motion and phase are those of the last 50 ms step; faults, cue and events are this frame's;
    progress is that before what a window of this frame will show.
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


class Pipeline:
    """One mat's line."""

    def __init__(self, mat: Mat, plan: Plan | None = None) -> None:
        """Take the mat and what is asked for."""
        self._mat = mat
        self._calibration = Calibration(mat.calibration)
        self._conditioning = Conditioning(mat.cells, mat.rate_hz)
        self._reader_health = ReaderHealth(len(mat.cells), mat.rate_hz)
        self._balances = Balances(mat.cells)
        self._motion = MotionStage(mat.cells, mat.person, mat.side, mat.rate_hz)
        self._phases = Phases()
        self._hips = HipStage(mat.channels, mat.hip_repeatability)
        self._drift = Drift(mat.cells)
        self._faults = Faults(mat.limits, mat.tempo, mat.side)
        self._windows = RepWindows(mat.tempo)
        self._cues = Cues()
        self._workout = Workout(plan)
        self._last_motion = Motion(t_s=0.0, presence=Presence.EMPTY)
        self._last_phase: PhaseStep | None = None
        self._live_faults = LiveFaults()
        self._cue_requests: list[Cue] = []
        self._rep_cues: list[RepCue] = []
        self._released_rep: float = math.inf
        self._last_top_s = -math.inf
        self._weighed_kg: float | None = None
        self._broken: dict[str, CellProblem] = {}
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
        repetition under way then gets no verdict. The place in the set is kept.
        """
        before, self._mat = self._mat, mat
        self._workout.plan = plan
        # A repetition under way is judged by the new limits alone, and may be reported twice.
        self._faults = Faults(mat.limits, mat.tempo, mat.side)
        self._windows.ask(mat.tempo)
        if (mat.calibration, mat.person, mat.side) != (
            before.calibration, before.person, before.side,
        ):  # fmt: skip
            self._calibration = Calibration(mat.calibration)
            self._motion = MotionStage(mat.cells, mat.person, mat.side, mat.rate_hz)
            self._phases.reset()
            self._windows.reset()
            self._last_motion = Motion(t_s=self._last_motion.t_s, presence=Presence.EMPTY)

    def begin_workout(self) -> None:
        """Begin with the first repetition of the first set."""
        self._workout.reset()

    def release_cues(self, rep: float) -> None:
        """Let what verdicts announce sound up to this repetition; later ones wait for their call.

        Until the first call none waits. For a record, so that what is announced is kept.
        """
        self._released_rep = rep

    def discard_history(self) -> None:
        """Leave what was done until now unjudged."""
        self._windows.reset()

    def update(self, raw: RawFrame) -> Step:
        """Take one frame through the line."""
        clean = self._conditioning.update(self._calibration.update(raw))
        balance = self._balances.update(clean)
        hips = self._hips.update(raw)
        reader = self._reader_health.update(raw)
        drifts = self._drift.update(clean, self._last_motion)
        events: list[Event] = [*clean.events, *hips.events]
        events += () if reader is None else (reader,)
        events += drifts
        self._note_cells((*clean.events, *drifts))
        self._note_hip_sensors(hips.events)
        faults: list[FaultSeen] = []
        window = None
        for motion in self._motion.update(balance, hips):
            phase = self._phases.update(motion)
            seen = self._faults.update(motion, phase)
            self._live_faults.add(motion.t_s, seen)
            window = self._windows.update(motion, phase, self._motion.tracker) or window
            events += self._note_motion(raw.t_s, motion, phase)
            self._cue_requests += [fault.fault for fault in seen]
            faults += seen
            if phase.changed and phase.phase in {Phase.HOLD, Phase.DOWN} and self._was_rising():
                self._last_top_s = motion.t_s
            self._last_motion, self._last_phase = motion, phase
        if self._workout.is_rest_over(raw.t_s) and self._is_resting():
            self._cue_requests.append(Announcement.READY)
        rep_cues = [cue for cue in self._rep_cues if cue.rep <= self._released_rep]
        cue = self._cues.update(raw.t_s, self._cue_requests, rep_cues, self._last_top_s)
        self._cue_requests.clear()
        self._rep_cues = [cue for cue in self._rep_cues if cue.rep > self._released_rep]
        if cue is not None:
            events.append(CueGiven(raw.t_s, cue))
        return Step(
            raw=raw,
            clean=clean,
            balance=balance,
            motion=self._last_motion,
            phase=self._last_phase,
            faults=tuple(faults),
            cue=cue,
            events=tuple(events),
            window=window,
            progress=self._workout.progress,
        )

    def finish_reps(self, t_s: float, refined_reps: Iterable[RefinedRep]) -> Sequence[Rep]:
        """Judge what a window's refinement found; return the repetitions."""
        return [self._finish_rep(t_s, refined_rep) for refined_rep in refined_reps]

    def finish(self) -> RepWindow | None:
        """Return the window of a movement that the last frames cut off, if there was one."""
        return self._windows.finish(self._motion.tracker)

    def _finish_rep(self, t_s: float, x: RefinedRep) -> Rep:
        judgement = judge(x, self._live_faults.take(x), self._conditions())
        self._reps += 1
        rep = judgement.rep(self._reps, t_s, x)
        cues: list[Cue] = [*judgement.unreported]
        if rep.verdict is not Verdict.FAULT:
            is_clean = rep.verdict is Verdict.CLEAN
            cues.append(Announcement.REP if is_clean else Announcement.UNSURE)
        progress = self._workout.update(rep)
        if progress.is_set_done:
            cues.append(Announcement.SET_DONE)
        if progress.fatigue:
            cues.append(progress.fatigue.fault)
        self._rep_cues += [RepCue(cue, rep.end_s, rep.rep) for cue in cues]
        return rep

    def _conditions(self) -> Conditions:
        return Conditions(
            limits=self._mat.limits,
            tempo=self._mat.tempo,
            side=self._mat.side,
            bend_deg=self._last_motion.bend_deg,
            broken=self._broken,
        )

    def _was_rising(self) -> bool:
        """Return whether the phase before was on the way to a top; a lift may be noticed there."""
        return self._last_phase is None or self._last_phase.phase in {Phase.REST, Phase.UP}

    def _is_resting(self) -> bool:
        """Return whether somebody lies there and does nothing: who else is to be called?"""
        is_rest = self._last_phase is None or self._last_phase.phase is Phase.REST
        return is_rest and self._last_motion.presence is Presence.LYING

    def _note_cells(self, events: Sequence[CellEvent]) -> None:
        was_broken = bool(self._broken)
        for event in events:
            if event.problem is CellProblem.OK:
                self._broken.pop(event.cell, None)
            else:
                self._broken[event.cell] = event.problem
        if self._broken and not was_broken:
            self._cue_requests.append(Announcement.NOT_JUDGING)

    def _note_hip_sensors(self, events: Sequence[CellEvent]) -> None:
        for event in events:
            is_back = event.problem is CellProblem.OK
            self._cue_requests.append(Announcement.HIPS_BACK if is_back else Announcement.HIPS_LOST)

    def _note_motion(self, t_s: float, motion: Motion, phase: PhaseStep) -> list[Event]:
        events: list[Event] = []
        weight_kg = motion.weight_kg
        if weight_kg is not None and self._last_motion.weight_kg is None:
            self._cue_requests.append(Announcement.READY)
            if self._weighed_kg is None or abs(weight_kg - self._weighed_kg) > WEIGHED_AGAIN_KG:
                events.append(PersonWeighed(t_s, weight_kg))
                self._weighed_kg = weight_kg
        if phase.changed:
            events.append(PhaseChanged(t_s, phase.phase))
        return events
