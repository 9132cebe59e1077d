"""A finished rep's refined times -> its faults and its verdict. Pure; outside the frame path.

The rules are in the table: `faults`. `unsure` where the evidence contradicts itself or the mat
cannot see: a repetition that could not be judged is never called clean. REASONS has all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from matfw.estimation.plates import contradicts_side
from matfw.judging.detectors import bend
from matfw.judging.faults import FAULTS, ROWS, UNTIMED
from matfw.judging.reasons import (
    HARDLY_ONE,
    LATE,
    MAY_CANCEL,
    SIDE_DOUBTED,
    UNKNOWN_SIDE,
    UNWEIGHED,
    doubted,
    hole,
)
from matfw.judging.row import About, Case
from matfw.judging.shift_course import ShiftCourse, cancellation_score_mm
from matfw.messages import (
    CellProblem,
    Fault,
    FaultSeen,
    Limits,
    RefinedRep,
    Rep,
    Side,
    Tempo,
    Verdict,
)

# Log-odds below which a movement may have been no leg raise. Of 980 true ones of virtual people and
# 390 movements that were none, others than the weights were found on, 2 and 3 % are on the wrong
# side; at -1.0, 0.5 and 10 %. Of 75 real ones one is.
PLAUSIBLE_LOG_ODDS = 0.7
# ... below which it is not called clean: 6 of 15 that were made up, and 3 of the 370 true ones that
# were clean before (59 tuning people whose movements the weights were not found on).
CLEAN_LOG_ODDS = 2.0
MAX_HOLE_S = 0.25  # of a repetition that is judged in spite of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a repetition is judged by, and how somebody lay and the mat was when it ended.

    limits: for the tempo 2-1-3. bend_deg: of the resting body, None where it cannot be seen.
    broken: cells that fail, with what is wrong. is_reader_late: the computer costs samples.
    """

    limits: Limits
    tempo: Tempo
    side: Side
    bend_deg: float | None = None
    broken: Mapping[str, CellProblem] = field(default_factory=dict)
    is_reader_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a repetition is called. side: UNKNOWN also if the body contradicts the one asked for.

    live_faults: what was reported live and counts. reason: why it is `unsure`, else empty.
    """

    verdict: Verdict
    faults: tuple[FaultSeen, ...]
    reason: str
    side: Side
    live_faults: tuple[FaultSeen, ...]
    cancellation_score_mm: float

    @property
    def unreported(self) -> tuple[Fault, ...]:
        """Return the faults that were not reported live."""
        reported = {seen.fault for seen in self.live_faults}
        return tuple(seen.fault for seen in self.faults if seen.fault not in reported)

    def unheard(self, withheld: Collection[Fault]) -> tuple[Fault, ...]:
        """Return the faults that were not sounded live; withheld: what was reported, but silent."""
        silent = {*self.unreported, *withheld}
        return tuple(seen.fault for seen in self.faults if seen.fault in silent)

    def rep(self, number: int, t_s: float, x: RefinedRep) -> Rep:
        """Return the repetition as it is passed on, with its number and the time of judging."""
        return Rep(
            rep=number,
            t_s=t_s,
            start_s=x.start_s,
            top_s=x.top_s,
            lower_s=x.lower_s,
            end_s=x.end_s,
            up_s=x.up_s,
            hold_s=x.hold_s,
            down_s=x.down_s,
            angle_deg=x.angle_deg,
            front_shift_mm=x.front_shift_mm,
            verdict=self.verdict,
            faults=self.faults,
            side=self.side,
            reason=self.reason,
            cancellation_score_mm=self.cancellation_score_mm,
            tremor_n=x.tremor_n,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """Of a repetition without a fault that is sure: what may still keep it from being clean."""

    case: Case
    conditions: Conditions
    side: Side
    live_faults: Sequence[FaultSeen]
    doubts: Mapping[Fault, str]
    cancellation_score_mm: float


def judge(
    refined_rep: RefinedRep, live_faults: Sequence[FaultSeen], conditions: Conditions
) -> Judgement:
    """Return what a repetition is called.

    live_faults: what was reported during it. One that the refined times do not confirm is not
    silently dropped: the verdict is then `unsure` and the reason names it. So is one of the refined
    times that could as well come from the body's noise or a hand; unless the repetition speaks
    clearly against it. Of a repetition with a hole in its samples no fault is sure, and no fault is
    named of what was hardly a leg raise, or began before it was known who lies there.
    """
    side, live_faults = _posture(live_faults, conditions)
    case = Case(refined_rep, conditions.limits.at(conditions.tempo), conditions.tempo)
    faults: tuple[FaultSeen, ...] = ()
    doubts: Mapping[Fault, str] = {}
    if _can_have_faults(refined_rep):
        faults, doubts = _faults(case, live_faults, side)
    score_mm = _cancellation_score_mm(refined_rep, side)
    evidence = _Evidence(
        case=case,
        conditions=conditions,
        side=side,
        live_faults=live_faults,
        doubts=doubts,
        cancellation_score_mm=score_mm,
    )
    reason = "" if faults else next((r for why in REASONS if (r := why(evidence))), "")
    return Judgement(
        verdict=Verdict.FAULT if faults else Verdict.UNSURE if reason else Verdict.CLEAN,
        faults=faults,
        reason=reason,
        side=side,
        live_faults=tuple(live_faults),
        cancellation_score_mm=score_mm,
    )


def _can_have_faults(x: RefinedRep) -> bool:
    is_one = x.plausibility >= PLAUSIBLE_LOG_ODDS
    return is_one and not _has_hole(x) and not x.was_unweighed


def _has_hole(x: RefinedRep) -> bool:
    return x.hole_s > MAX_HOLE_S


def _is_side_doubted(now: Conditions) -> bool:
    return now.side is not Side.UNKNOWN and contradicts_side(now.bend_deg, now.limits)


def _posture(live_faults: Sequence[FaultSeen], now: Conditions) -> tuple[Side, Sequence[FaultSeen]]:
    """Return side and live faults as the body's bend when the rep ended leaves them."""
    if _is_side_doubted(now):
        return Side.UNKNOWN, [seen for seen in live_faults if seen.fault is not Fault.BENT_BODY]
    bent = bend(now.bend_deg, now.limits.bent_body_deg)
    if bent is None:
        return now.side, live_faults
    return now.side, [*live_faults, FaultSeen(Fault.BENT_BODY, *bent)]


def _faults(
    case: Case, live_faults: Sequence[FaultSeen], side: Side
) -> tuple[tuple[FaultSeen, ...], dict[Fault, str]]:
    """Return the faults that are sure, and why each other one that was read is not."""
    live_kinds = {seen.fault for seen in live_faults}
    has_hips = side is not Side.UNKNOWN and not (
        Fault.OFF_MAT in live_kinds and case.rep.hip_roll_deg is None
    )
    read, doubts = _read(case, live_kinds, has_hips=has_hips)
    sharper = {ROWS[fault].sharper for fault in (*read, *doubts)}
    # What was seen live to be the sharper fault is not called the milder one as well.
    read = {fault: seen for fault, seen in read.items() if ROWS[fault].sharper not in live_kinds}
    faults = [
        *(seen for fault, seen in read.items() if ROWS[fault].about is About.HIPS),
        *_once(
            seen
            for seen in live_faults
            if seen.fault in sharper or (seen.fault not in read and _is_sure_live(case, seen.fault))
        ),
        *(seen for fault, seen in read.items() if ROWS[fault].about is not About.HIPS),
    ]
    posture = _once(seen for seen in live_faults if ROWS[seen.fault].about is About.POSTURE)
    if any(fault in UNTIMED for fault in (*doubts, *(x.fault for x in (*faults, *posture)))):
        is_time = {row.fault for row in FAULTS if row.about is About.TIME} - live_kinds
        faults = [seen for seen in faults if seen.fault not in is_time]
    return (*faults, *posture), doubts


def _read(
    case: Case, live_kinds: Collection[Fault], *, has_hips: bool
) -> tuple[dict[Fault, FaultSeen], dict[Fault, str]]:
    """Return what the rules read, and the doubts about what else they do, in the table's order."""
    read: dict[Fault, FaultSeen] = {}
    doubts: dict[Fault, str] = {}
    for row in FAULTS:
        # A fault that is only doubted leaves the milder one: so short a movement was rushed.
        is_hidden = row.sharper in read
        if row.rule is None or is_hidden or (row.about is About.HIPS and not has_hips):
            continue
        reading = row.rule(case)
        if reading is None:
            continue
        doubt = next((each.reason for each in row.doubts if each.applies(case)), "")
        if not doubt or row.fault in live_kinds:
            read[row.fault] = FaultSeen(row.fault, *reading)
        elif not row.is_refuted(case):
            doubts[row.fault] = doubt
    return read, doubts


def _is_sure_live(case: Case, fault: Fault) -> bool:
    return ROWS[fault].is_sure_live and not ROWS[fault].is_refuted(case)


def _once(faults: Iterable[FaultSeen]) -> list[FaultSeen]:
    """Return one of each fault, as it was seen last."""
    return list({seen.fault: seen for seen in faults}.values())


def _cancellation_score_mm(x: RefinedRep, side: Side) -> float:
    """Return what speaks for hips rolled back with the leg forward, mm; 0 with a hip sensor."""
    if x.hip_roll_deg is not None:
        return 0.0
    is_side_known = side is not Side.UNKNOWN
    course = ShiftCourse(x.curvature_mm, x.shift_left_mm)
    return cancellation_score_mm(course, x.noise_scale, is_side_known=is_side_known)


def _side_doubted(of: _Evidence) -> str:
    now = of.conditions
    return SIDE_DOUBTED.format(now.side) if _is_side_doubted(now) else ""


def _hardly_a_leg_raise(of: _Evidence) -> str:
    return HARDLY_ONE if of.case.rep.plausibility < CLEAN_LOG_ODDS else ""


def _unweighed(of: _Evidence) -> str:
    return UNWEIGHED if of.case.rep.was_unweighed else ""


def _not_measured(of: _Evidence) -> str:
    if not _has_hole(of.case.rep):
        return ""
    now = of.conditions
    return hole(of.case.rep.hole_s) + (LATE if now.is_reader_late and not now.broken else "")


def _times_hidden(of: _Evidence) -> str:
    return doubted({fault: reason for fault, reason in of.doubts.items() if fault in UNTIMED})


def _fault_doubted(of: _Evidence) -> str:
    return doubted(of.doubts)


def _not_confirmed(of: _Evidence) -> str:
    return next(
        (
            f"{s.fault} was reported live, but the whole rep does not show it"
            for s in of.live_faults
            if not ROWS[s.fault].is_refuted(of.case)
        ),
        "",
    )


def _moved_on_unknown_side(of: _Evidence) -> str:
    has_moved = abs(of.case.rep.front_shift_mm) > of.conditions.limits.leg_forward_mm
    is_unknown = of.side is Side.UNKNOWN and has_moved
    return UNKNOWN_SIDE if is_unknown else ""


def _may_cancel(of: _Evidence) -> str:
    is_curved = 0.0 < of.conditions.limits.curvature_mm < of.cancellation_score_mm
    return MAY_CANCEL if is_curved else ""


def _cell_broken(of: _Evidence) -> str:
    broken = of.conditions.broken.items()
    return next((f"{name} is {problem}: nothing is called clean" for name, problem in broken), "")


# Why a repetition without a fault that is sure is `unsure`; the first that has something to say.
# Those that leave its times unknown come first: `is_timed` has nothing else to go by.
REASONS: tuple[Callable[[_Evidence], str], ...] = (
    _hardly_a_leg_raise,
    _unweighed,
    _not_measured,
    _times_hidden,
    _side_doubted,
    _fault_doubted,
    _not_confirmed,
    _moved_on_unknown_side,
    _may_cancel,
    _cell_broken,
)
