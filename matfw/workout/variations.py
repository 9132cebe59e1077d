"""What a variation of the exercise hides from the cells, and what that leaves of a verdict.

A heel on a wall hands part of the leg's weight to the wall by friction: a push of 10-20 N against
it carries 3-6 N, as much as a lift's own forces (2-7 N). So neither its height nor the hips can be
known, and a missing weight is no hand beside the mat. A band pulls one leg against the other: its
forces stay inside the body and hide nothing. A weight on the thigh moves with the leg, so a leg of
the usual mass seems to go higher than it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from matfw.messages import Cue, Fault, FaultSeen, Limits, Rep, Verdict
from matfw.workout.plan import Variation

WEIGHT_AT_M = 0.25  # from the hip, on the fleshy part of the thigh
# The leg's mass times its centre's distance from the hip, over the body's mass; between a woman's
# 0.055 and a man's 0.064 m (de Leva 1996).
LEG_MOMENT_M = 0.06


@dataclass(frozen=True, slots=True)
class Hidden:
    """Faults that are not named, live or afterwards; reason: why a rep without one is `unsure`.

    An empty reason: what is hidden is needed for no verdict.
    """

    faults: frozenset[Fault] = frozenset()
    reason: str = ""


HIDDEN: Mapping[Variation, Hidden] = MappingProxyType(
    {
        Variation.PLAIN: Hidden(),
        Variation.WALL_SLIDE: Hidden(
            frozenset(
                {
                    Fault.TOO_HIGH,
                    Fault.TOO_SMALL,
                    Fault.ROLL_BACK,
                    Fault.LEG_FORWARD,
                    Fault.OFF_MAT,
                }
            ),
            "with the heel on a wall neither height nor hips can be measured",
        ),
        Variation.LOOP_BAND: Hidden(),
        # Live it may read too high by a sixth; afterwards it is weighed: `_is_height_sure`.
        Variation.WEIGHTED: Hidden(frozenset({Fault.TOO_HIGH})),
    }
)
WEIGHT_HIDES_HEIGHT = "with the weight on the thigh the height is too close to its limit"


def may_be_cued(cue: Cue, variation: Variation) -> bool:
    """Return whether a cue may be given in this variation while the leg moves."""
    return cue not in HIDDEN[variation].faults


def hides_something(variation: Variation) -> bool:
    """Return whether somebody must hear once that not all is judged."""
    return bool(HIDDEN[variation].faults)


def as_seen(
    rep: Rep, variation: Variation, added_kg: float, weight_kg: float | None, limits: Limits
) -> Rep:
    """Return a repetition with the verdict that the variation leaves.

    weight_kg: of the person with what they carry; None where nobody was weighed.
    """
    if variation is Variation.WEIGHTED:
        return _weighed(rep, added_kg, weight_kg, limits)
    hidden = HIDDEN[variation]
    faults = tuple(seen for seen in rep.faults if seen.fault not in hidden.faults)
    if faults or not hidden.reason or rep.verdict is Verdict.UNSURE:
        return replace(rep, faults=faults)
    return replace(rep, faults=(), verdict=Verdict.UNSURE, reason=hidden.reason)


def _weighed(rep: Rep, added_kg: float, weight_kg: float | None, limits: Limits) -> Rep:
    """Leave out a fault of height that the weight alone may show; doubt a height it may hide."""
    share = added_kg * WEIGHT_AT_M / (LEG_MOMENT_M * (weight_kg or 70.0))
    min_deg = rep.angle_deg / (1.0 + share)
    is_high_sure = min_deg > limits.too_high_deg
    faults = tuple(s for s in rep.faults if s.fault is not Fault.TOO_HIGH or is_high_sure)
    may_be_small = min_deg < limits.too_small_deg and not _has(faults, Fault.TOO_SMALL)
    is_doubtful = may_be_small or len(faults) < len(rep.faults)
    if faults or not is_doubtful or rep.verdict is Verdict.UNSURE:
        return replace(rep, faults=faults)
    return replace(rep, faults=(), verdict=Verdict.UNSURE, reason=WEIGHT_HIDES_HEIGHT)


def _has(faults: tuple[FaultSeen, ...], fault: Fault) -> bool:
    return any(seen.fault is fault for seen in faults)
