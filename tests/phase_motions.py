"""Motions of each class that the phase machine tells apart, and the machine in each phase."""

from __future__ import annotations

from typing import Any

from matfw.estimation.lift_signs import EVIDENCE_RISE, OVER_N_PER_KG, RISE_N_PER_KG, RISE_NM_PER_KG
from matfw.messages import Motion, Phase, Presence
from matfw.phases import DOWN_SHARE, LOWERING_EVIDENCE, MIN_DOWN_DEG, Phases

STEP_S = 0.05
WEIGHT_KG = 70.0
LONG_S = 5.0  # longer than any dwell


def motion(
    t_s: float = 0.0,
    presence: Presence = Presence.LYING,
    **fields: Any,  # Any: of a Motion
) -> Motion:
    return Motion(t_s=t_s, presence=presence, weight_kg=WEIGHT_KG, **fields)


def rising(share: float = 4.0) -> dict[str, Any]:  # Any: of a Motion
    """Return the onset's features, so many times what a lift must show."""
    limits = {"over_n": OVER_N_PER_KG, "rise_n": RISE_N_PER_KG, "rise_nm": RISE_NM_PER_KG}
    onset = {name: share * limit * WEIGHT_KG for name, limit in limits.items()}
    return {**onset, "evidence_rise": share * EVIDENCE_RISE}


# One motion for each class of input that the guards tell apart, of a leg that has been at 36 deg.
CLASSES: dict[str, dict[str, Any]] = {
    "rests": {"evidence": -10.0},
    "rises": {
        "angle_deg": 12.0,
        "rate_dps": 30.0,
        "evidence": 50.0,
        "is_moving": True,
        **rising(),
    },
    "rises high": {"angle_deg": 36.0, "rate_dps": 30.0, "evidence": 50.0, "is_moving": True},
    "stands high": {
        "angle_deg": 36.0,
        "rate_dps": 0.0,
        "evidence": 50.0,
        "is_moving": True,
        "lifting_s": 2.0,
    },
    "stands after all": {
        "angle_deg": 36.0,
        "evidence": 50.0,
        "is_moving": True,
        "held_deg": 36.0,
        "descent": -0.1,
    },
    "falls": {
        "angle_deg": 30.0,
        "rate_dps": -40.0,
        "force_n": -20.0,
        "evidence": 50.0,
        "is_moving": True,
    },
    "is almost down": {
        "angle_deg": 1.0,
        "rate_dps": -10.0,
        "force_n": -5.0,
        "evidence": 50.0,
        "is_moving": True,
    },
    "falls from rest": {
        "angle_deg": -2.0,
        "rate_dps": -15.0,
        "force_n": -8.0,
        "evidence": 9.0,
        "is_moving": True,
        **{name: -value for name, value in rising().items()},
        "evidence_rise": 12.0,
    },
    "fades": {
        "angle_deg": 12.0,
        "rate_dps": 15.0,
        "evidence": 2.0,
        "evidence_rise": -1.0,
        "is_moving": True,
    },
}
WAY: dict[Phase, tuple[str, ...]] = {  # the classes that lead from rest into each phase
    Phase.REST: (),
    Phase.UP: ("rises", "rises high"),
    Phase.HOLD: ("rises", "rises high", "stands high"),
    Phase.DOWN: ("rises", "rises high", "stands high", "falls"),
}


def brought_into(phase: Phase) -> tuple[Phases, float]:
    """Return the machine in a phase, and when it came there."""
    machine, t_s, since_s = Phases(), 0.0, 0.0
    for name in WAY[phase]:
        t_s += LONG_S
        since_s = machine.update(motion(t_s, **CLASSES[name])).since_s
    return machine, since_s


JUST = (0.99, 1.01)
STANDS: dict[str, Any] = {**CLASSES["stands high"], "angle_deg": 36.0}
TOP_DEG = 36.0


def answered(source: Phase, **fields: Any) -> Phase:  # Any: of a Motion
    """Return what a leg that has been at TOP_DEG is in after one more motion."""
    machine, since_s = brought_into(source)
    return machine.update(motion(since_s + LONG_S, **{**STANDS, **fields})).phase


LOST_DEG = max(MIN_DOWN_DEG, DOWN_SHARE * TOP_DEG)
LOWERS = {
    "descent": 2.0 * LOWERING_EVIDENCE, "descended_deg": 2.0 * LOST_DEG, "held_deg": TOP_DEG,
}  # fmt: skip
