"""A finished rep's refined times -> its faults and its verdict. Pure; outside the frame path.

One row a fault in RULES. `unsure` where the evidence contradicts itself or the mat cannot see:
a repetition that could not be judged is never called clean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from matfw.hip_rules import hip_faults
from matfw.messages import (
    Excursion,
    Fault,
    FaultSeen,
    Limits,
    Side,
    Tempo,
    Verdict,
)

POSTURE = {Fault.OFF_MAT, Fault.BENT_BODY}  # how somebody lies: known live, not from the rep
# A small lift's forces hardly show when it begins and ends, and a hand that leaves the mat drowns
# them: such a rep's times are noise, and nothing is said of them unless it was felt live.
UNTIMED = {Fault.TOO_SMALL, Fault.OFF_MAT}
TIMED = {Fault.KICK, Fault.DROP, Fault.RUSHED_UP, Fault.RUSHED_DOWN, Fault.SHORT_HOLD}
Rule = Callable[[Excursion, Limits, Tempo, Side], FaultSeen | None]


def _too_high(x: Excursion, limits: Limits, _: Tempo, __: Side) -> FaultSeen | None:
    too_high = x.angle_deg > limits.too_high_deg
    return FaultSeen(Fault.TOO_HIGH, x.angle_deg, "deg") if too_high else None


def _too_small(x: Excursion, limits: Limits, _: Tempo, __: Side) -> FaultSeen | None:
    too_small = x.angle_deg < limits.too_small_deg
    return FaultSeen(Fault.TOO_SMALL, x.angle_deg, "deg") if too_small else None


def _up(x: Excursion, limits: Limits, tempo: Tempo, _: Side) -> FaultSeen | None:
    scale = tempo.up_s / Tempo().up_s
    if x.up_s < limits.kick_up_s * min(1.0, scale):
        return FaultSeen(Fault.KICK, x.up_s, "s")
    if x.up_s < limits.rushed_up_s * scale:
        return FaultSeen(Fault.RUSHED_UP, x.up_s, "s")
    return None


def _down(x: Excursion, limits: Limits, tempo: Tempo, _: Side) -> FaultSeen | None:
    scale = tempo.down_s / Tempo().down_s
    if x.down_s < limits.drop_down_s * min(1.0, scale):
        return FaultSeen(Fault.DROP, x.down_s, "s")
    if x.down_s < limits.rushed_down_s * scale:
        return FaultSeen(Fault.RUSHED_DOWN, x.down_s, "s")
    return None


def _hold(x: Excursion, limits: Limits, tempo: Tempo, _: Side) -> FaultSeen | None:
    limit_s = limits.short_hold_s * tempo.hold_s / Tempo().hold_s
    return FaultSeen(Fault.SHORT_HOLD, x.hold_s, "s") if x.hold_s < limit_s else None


RULES: tuple[Rule, ...] = (_up, _down, _too_high, _too_small, _hold)


def judge(
    excursion: Excursion,
    told: Collection[FaultSeen],
    limits: Limits,
    tempo: Tempo,
    side: Side,
) -> tuple[Verdict, tuple[FaultSeen, ...], str]:
    """Return verdict, faults and, for `unsure`, the reason.

    told: what was cued live during this repetition. A live fault that the refined times do not
    bear out is not silently dropped: the verdict is then `unsure` and the reason names it.
    """
    faults = [fault for rule in RULES if (fault := rule(excursion, limits, tempo, side))]
    if side is not Side.UNKNOWN:
        roll_deg, sd_deg = excursion.hip_roll_deg, excursion.hip_sd_deg
        hips = hip_faults(excursion.front_shift_mm, roll_deg, sd_deg, limits)
        faults = [*hips, *faults]
    posture = list({f.fault: f for f in told if f.fault in POSTURE}.values())
    if any(fault.fault in UNTIMED for fault in (*faults, *posture)):
        felt = {fault.fault for fault in told}
        faults = [f for f in faults if f.fault not in TIMED or f.fault in felt]
    kinds = {fault.fault for fault in faults}
    faults += posture
    if faults:
        return Verdict.FAULT, tuple(faults), ""
    retracted = [fault.fault.value for fault in told if fault.fault not in kinds]
    if retracted:
        return Verdict.UNSURE, (), f"said {retracted[0]} live, but the whole rep does not show it"
    if side is Side.UNKNOWN and abs(excursion.front_shift_mm) > limits.leg_forward_mm:
        return Verdict.UNSURE, (), "the hips moved, but the side lain on is not known"
    return Verdict.CLEAN, (), ""
