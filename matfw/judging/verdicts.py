"""A finished rep's refined times -> its faults and its verdict. Pure; outside the frame path.

One row a fault in RULES. `unsure` where the evidence contradicts itself or the mat cannot see:
a repetition that could not be judged is never called clean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from matfw.judging.hip_rules import hip_faults
from matfw.judging.shift_course import cancellation_score_mm
from matfw.messages import (
    Fault,
    FaultSeen,
    Limits,
    RefinedRep,
    Side,
    Tempo,
    Verdict,
)

MAY_CANCEL = "the hips may have rolled back with the leg forward: only a hip sensor could tell"
POSTURE = {Fault.OFF_MAT, Fault.BENT_BODY}  # how somebody lies: known live, not from the rep
# A hand beside the mat takes 20 N off one edge, 10 mm of the centre of pressure: no word on hips.
HIPS = {Fault.ROLL_BACK, Fault.LEG_FORWARD}
# A small lift's forces hardly show when it begins and ends, and a hand that leaves the mat drowns
# them: such a rep's times are noise, and nothing is said of them unless it was felt live.
UNTIMED = {Fault.TOO_SMALL, Fault.OFF_MAT}
TIMED = {Fault.KICK, Fault.DROP, Fault.RUSHED_UP, Fault.RUSHED_DOWN, Fault.SHORT_HOLD}
# When a repetition's times do not bear a fault out, measured on 1211 good and 270 badly timed ones
# of tuning people, calm and restless: 12 % and 37 % of the good ones were given a fault before.
MISFIT_DEG = 12.0  # a shape that misses the height by more was fitted to something else
SLOW = 1.33  # times the tempo: a way that slow has swallowed some of the hold
CLOSE_WAY, CLOSE_HOLD = 0.95, 0.85  # shares of their limits: read 0.15-0.3 s off (sd)
MIN_TOP_S = 0.65  # between the upper crossings; turning round at once takes longer than this
RESTLESS = 1.6  # variance of the body's noise: over it a hold drowns
Rule = Callable[[RefinedRep, Limits, Tempo, Side], FaultSeen | None]


def _too_high(x: RefinedRep, limits: Limits, _: Tempo, __: Side) -> FaultSeen | None:
    too_high = x.angle_deg > limits.too_high_deg
    return FaultSeen(Fault.TOO_HIGH, x.angle_deg, "deg") if too_high else None


def _too_small(x: RefinedRep, limits: Limits, _: Tempo, __: Side) -> FaultSeen | None:
    too_small = x.angle_deg < limits.too_small_deg
    return FaultSeen(Fault.TOO_SMALL, x.angle_deg, "deg") if too_small else None


def _up(x: RefinedRep, limits: Limits, tempo: Tempo, _: Side) -> FaultSeen | None:
    scale = tempo.up_s / Tempo().up_s
    if x.up_s < limits.kick_up_s * min(1.0, scale):
        return FaultSeen(Fault.KICK, x.up_s, "s")
    if x.up_s < limits.rushed_up_s * scale:
        return FaultSeen(Fault.RUSHED_UP, x.up_s, "s")
    return None


def _down(x: RefinedRep, limits: Limits, tempo: Tempo, _: Side) -> FaultSeen | None:
    scale = tempo.down_s / Tempo().down_s
    if x.down_s < limits.drop_down_s * min(1.0, scale):
        return FaultSeen(Fault.DROP, x.down_s, "s")
    if x.down_s < limits.rushed_down_s * scale:
        return FaultSeen(Fault.RUSHED_DOWN, x.down_s, "s")
    return None


def _hold(x: RefinedRep, limits: Limits, tempo: Tempo, _: Side) -> FaultSeen | None:
    limit_s = limits.short_hold_s * tempo.hold_s / Tempo().hold_s
    return FaultSeen(Fault.SHORT_HOLD, x.hold_s, "s") if x.hold_s < limit_s else None


RULES: tuple[Rule, ...] = (_up, _down, _too_high, _too_small, _hold)


SHARPER = {Fault.RUSHED_UP: Fault.KICK, Fault.RUSHED_DOWN: Fault.DROP}
HOLD = {Fault.SHORT_HOLD}
# Which fault, what makes it doubtful, in words.
DOUBTS: tuple[tuple[set[Fault], Callable[[RefinedRep, Limits, Tempo], bool], str], ...] = (
    (
        TIMED,
        lambda x, *_: x.fit_error_deg > MISFIT_DEG,
        "no leg's movement fits what the cells felt",
    ),
    ({Fault.DROP}, lambda *_: True, "the way down looks short, but no fall was felt"),
    ({Fault.TOO_HIGH}, lambda *_: True, "the leg reads high, but was not felt to pass the limit"),
    (
        {Fault.RUSHED_UP},
        lambda x, limits, tempo: (
            x.up_s > CLOSE_WAY * limits.rushed_up_s * tempo.up_s / Tempo().up_s
        ),
        "the way up is too close to its limit to tell",
    ),
    (
        {Fault.RUSHED_DOWN},
        lambda x, limits, tempo: (
            x.down_s > CLOSE_WAY * limits.rushed_down_s * tempo.down_s / Tempo().down_s
        ),
        "the way down is too close to its limit to tell",
    ),
    (
        HOLD,
        lambda x, limits, tempo: (
            x.hold_s > CLOSE_HOLD * limits.short_hold_s * tempo.hold_s / Tempo().hold_s
        ),
        "the hold is too close to its limit to tell",
    ),
    (
        HOLD,
        lambda x, _, tempo: max(x.up_s / tempo.up_s, x.down_s / tempo.down_s) > SLOW,
        "the ways are so slow that the hold's ends cannot be told",
    ),
    (
        HOLD,
        lambda x, *_: x.lower_s - x.top_s < MIN_TOP_S,
        "the top passed faster than a leg can turn",
    ),
    (HOLD, lambda x, *_: x.noise_scale > RESTLESS, "the body is too restless to time a hold"),
)


def judge(
    refined_rep: RefinedRep,
    live_faults: Collection[FaultSeen],
    limits: Limits,
    tempo: Tempo,
    side: Side,
) -> tuple[Verdict, tuple[FaultSeen, ...], str]:
    """Return verdict, faults and, for `unsure`, the reason.

    told: what was cued live during this repetition. A live fault that the refined times do not
    bear out is not silently dropped: the verdict is then `unsure` and the reason names it. So is
    one of the refined times that could as well be the body's unrest or a hand's.
    """
    live_kinds = {fault.fault for fault in live_faults}
    read = [fault for rule in RULES if (fault := rule(refined_rep, limits, tempo, side))]
    faults = [*_sharper(read, live_faults), *read]
    doubts = {
        fault.fault: reason
        for fault in faults
        if fault.fault not in live_kinds
        and (reason := _doubt(fault.fault, refined_rep, limits, tempo))
    }
    faults = [fault for fault in faults if fault.fault not in doubts]
    if side is not Side.UNKNOWN:
        roll_deg, sd_deg = refined_rep.hip_roll_deg, refined_rep.hip_sd_deg
        faults = [*hip_faults(refined_rep.front_shift_mm, roll_deg, sd_deg, limits), *faults]
    posture = list({f.fault: f for f in live_faults if f.fault in POSTURE}.values())
    if Fault.OFF_MAT in live_kinds and refined_rep.hip_roll_deg is None:
        faults = [fault for fault in faults if fault.fault not in HIPS]
    if any(fault.fault in UNTIMED for fault in (*faults, *posture)):
        faults = [f for f in faults if f.fault not in TIMED or f.fault in live_kinds]
    kinds = {fault.fault for fault in faults}
    faults += posture
    if faults:
        return Verdict.FAULT, tuple(faults), ""
    for kind, reason in doubts.items():
        return Verdict.UNSURE, (), f"it may be {kind.value}: {reason}"
    retracted = [fault.fault.value for fault in live_faults if fault.fault not in kinds]
    if retracted:
        return Verdict.UNSURE, (), f"said {retracted[0]} live, but the whole rep does not show it"
    if side is Side.UNKNOWN and abs(refined_rep.front_shift_mm) > limits.leg_forward_mm:
        return Verdict.UNSURE, (), "the hips moved, but the side lain on is not known"
    if 0.0 < limits.curvature_mm < cancellation_score_of(refined_rep, side):
        return Verdict.UNSURE, (), MAY_CANCEL
    return Verdict.CLEAN, (), ""


def _sharper(read: Collection[FaultSeen], live_faults: Collection[FaultSeen]) -> list[FaultSeen]:
    """Return the kicks and drops felt live in ways that were too fast at any rate.

    A fall has a long tail, so its length reads as rushed; what was said stands beside it.
    """
    kinds = {SHARPER[fault.fault] for fault in read if fault.fault in SHARPER}
    return list({seen.fault: seen for seen in live_faults if seen.fault in kinds}.values())


def cancellation_score_of(refined_rep: RefinedRep, side: Side) -> float:
    """Return what speaks for hips rolled back with the leg forward, mm; 0 with a hip sensor."""
    if refined_rep.hip_roll_deg is not None:
        return 0.0
    is_side_known = side is not Side.UNKNOWN
    return cancellation_score_mm(
        refined_rep.curvature_mm, refined_rep.noise_scale, is_side_known=is_side_known
    )


def _doubt(fault: Fault, x: RefinedRep, limits: Limits, tempo: Tempo) -> str:
    """Return why a refined fault that was not felt live is not proved by it, or nothing."""
    return next(
        (why for which, doubts, why in DOUBTS if fault in which and doubts(x, limits, tempo)), ""
    )
