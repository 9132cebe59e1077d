"""THE LINE: raw counts in, one cue out. Every stage is pure; time enters only as t_s.

    RawFrame -> Calibration -> Conditioning -> Balances -> MotionStage -> Phases -> Faults -> Cues

Each frame passes through the first three; every 50 ms a motion comes out of the fourth and passes
through the rest. When a movement is over, the Step carries a `window`: what `refine` needs to say,
outside the frame path, what the repetition really was. `conclude` takes the answer back in between
two frames. The same frames give the same cues, live, replayed or tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matfw.balance import Balances
from matfw.calibration import Calibration
from matfw.conditioning import Conditioning
from matfw.cues import Cues
from matfw.drift import Drift
from matfw.estimation.plates import contradicts_side
from matfw.hips import HipStage
from matfw.judging.live import Faults, bent_body
from matfw.judging.verdicts import cancellation_score_of, judge
from matfw.messages import (
    Balance,
    CellEvent,
    CellProblem,
    CleanLoads,
    Cue,
    CueGiven,
    Event,
    Fault,
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
    Side,
    Verdict,
)
from matfw.motion import MotionStage
from matfw.phases import Phases
from matfw.reader_health import ReaderHealth
from matfw.refinement.windows import RepWindow, RepWindows
from matfw.workout.sets import Plan, Progress, Workout

WEIGHED_AGAIN_KG = 1.0  # a change of weight worth telling
LIVE_TRAIL_S = 0.4  # how long after its end the last one may come
SIDE_DOUBTED = "lies arched, or not on the {} side: hips not judged"
MAX_HOLE_S = 0.25  # of a repetition that is judged in spite of it
HOLE = "nothing was measured for {:.2f} s of it"
LIVE_LEAD_S = 0.6  # how long before a rep's start its first live fault may have been told


@dataclass(frozen=True, slots=True)
class Step:
    """What the line made of one frame; the one tap that console, store and picture read.

    motion and phase are those of the last 50 ms step; faults, cue and events are this frame's.
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
        self._windows = RepWindows()
        self._cues = Cues()
        self._workout = Workout(plan)
        self._last_motion = Motion(0.0, Presence.EMPTY)
        self._last_phase: PhaseStep | None = None
        self._live_faults: list[tuple[float, FaultSeen]] = []
        self._cue_requests: list[Cue] = []
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
        # A repetition under way is judged by the new limits alone, and may be told twice.
        self._faults = Faults(mat.limits, mat.tempo, mat.side)
        if (mat.calibration, mat.person, mat.side) != (
            before.calibration, before.person, before.side,
        ):  # fmt: skip
            self._calibration = Calibration(mat.calibration)
            self._motion = MotionStage(mat.cells, mat.person, mat.side, mat.rate_hz)
            self._phases.reset()
            self._windows.reset()
            self._last_motion = Motion(self._last_motion.t_s, Presence.EMPTY)

    def begin_workout(self) -> None:
        """Begin with the first repetition of the first set."""
        self._workout.reset()

    def discard_history(self) -> None:
        """Leave what was done until now unjudged."""
        self._windows.reset()

    def update(self, raw: RawFrame) -> Step:
        """Take one frame through the line."""
        clean = self._conditioning.update(self._calibration.update(raw))
        balance = self._balances.update(clean)
        hips = self._hips.update(raw)
        events: list[Event] = [*clean.events, *hips.events]
        faults: tuple[FaultSeen, ...] = ()
        window = None
        reader = self._reader_health.update(raw)
        events += () if reader is None else (reader,)
        drifts = self._drift.update(clean, self._last_motion)
        events += drifts
        self._note_cells((*clean.events, *drifts))
        for event in hips.events:
            is_back = event.problem is CellProblem.OK
            self._cue_requests.append(Cue.HIPS_BACK if is_back else Cue.HIPS_LOST)
        for motion in self._motion.update(balance, hips):
            phase = self._phases.update(motion)
            seen = self._faults.update(motion, phase)
            faults += seen
            window = self._windows.update(motion, phase, self._motion.tracker) or window
            events += self._note_motion(raw.t_s, motion, phase)
            self._live_faults += [(motion.t_s, fault) for fault in seen]
            self._cue_requests += [Cue(fault.fault.value) for fault in seen]
            self._last_motion, self._last_phase = motion, phase
        if self._workout.is_rest_over(raw.t_s) and self._is_resting():
            self._cue_requests.append(Cue.READY)
        cue = self._cues.update(raw.t_s, self._cue_requests)
        self._cue_requests.clear()
        if cue is not None:
            events.append(CueGiven(raw.t_s, cue))
        return Step(
            raw, clean, balance, self._last_motion, self._last_phase, faults, cue,
            tuple(events), window,
        )  # fmt: skip

    def finish_reps(self, t_s: float, refined_reps: Iterable[RefinedRep]) -> Sequence[Rep]:
        """Take back what a window's refinement found; return the repetitions it makes."""
        return [self._finish_rep(t_s, refined_rep) for refined_rep in refined_reps]

    def finish(self) -> RepWindow | None:
        """Return the window of a movement that the last frames cut off, if there was one."""
        return self._windows.finish(self._motion.tracker)

    def _finish_rep(self, t_s: float, x: RefinedRep) -> Rep:
        live_faults = [
            fault
            for at_s, fault in self._live_faults
            if x.start_s - LIVE_LEAD_S <= at_s <= x.end_s + LIVE_TRAIL_S
        ]
        self._live_faults = [
            (at_s, fault) for at_s, fault in self._live_faults if at_s > x.end_s + LIVE_TRAIL_S
        ]
        side = self._mat.side
        bent = bent_body(self._last_motion, self._mat.limits)
        is_doubted = side is not Side.UNKNOWN and contradicts_side(
            self._last_motion.bend_deg, self._mat.limits
        )
        if is_doubted:
            side = Side.UNKNOWN
            live_faults = [fault for fault in live_faults if fault.fault is not Fault.BENT_BODY]
        elif bent is not None:
            live_faults.append(bent)
        verdict, faults, reason = judge(x, live_faults, self._mat.limits, self._mat.tempo, side)
        if x.hole_s > MAX_HOLE_S:
            verdict, faults, reason = Verdict.UNSURE, (), HOLE.format(x.hole_s)
        if is_doubted and verdict is not Verdict.FAULT:
            verdict, reason = Verdict.UNSURE, SIDE_DOUBTED.format(self._mat.side)
        if verdict is Verdict.CLEAN and self._broken:
            name, problem = next(iter(self._broken.items()))
            verdict, reason = Verdict.UNSURE, f"{name} is {problem}: nothing is called clean"
        self._reps += 1
        rep = Rep(
            self._reps, t_s, x.start_s, x.top_s, x.lower_s, x.end_s, x.up_s, x.hold_s, x.down_s,
            x.angle_deg, x.front_shift_mm, verdict, faults, side, reason,
            cancellation_score_of(x, side),
        )  # fmt: skip
        already = {fault.fault for fault in live_faults}
        self._cue_requests += [Cue(f.fault.value) for f in faults if f.fault not in already]
        if verdict is not Verdict.FAULT:
            self._cue_requests.append(Cue.REP if verdict is Verdict.CLEAN else Cue.UNSURE)
        progress = self._workout.update(rep)
        if progress.is_set_done:
            self._cue_requests.append(Cue.SET_DONE)
        if progress.fatigue:
            self._cue_requests.append(Cue(Fault.FATIGUE.value))
        return rep

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
            self._cue_requests.append(Cue.NOT_JUDGING)

    def _note_motion(self, t_s: float, motion: Motion, phase: PhaseStep) -> list[Event]:
        events: list[Event] = []
        weight_kg = motion.weight_kg
        if weight_kg is not None and self._last_motion.weight_kg is None:
            self._cue_requests.append(Cue.READY)
            if self._weighed_kg is None or abs(weight_kg - self._weighed_kg) > WEIGHED_AGAIN_KG:
                events.append(PersonWeighed(t_s, weight_kg))
                self._weighed_kg = weight_kg
        if phase.changed:
            events.append(PhaseChanged(t_s, phase.phase))
        return events
