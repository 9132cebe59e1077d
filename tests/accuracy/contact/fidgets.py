"""What somebody does besides lifting: joints that aim elsewhere, or muscles that pull.

A hand on the mat pulls by the shoulder: negative presses it down. What a movement does to the load
is the engine's affair. Sizes, rad and N m, and times were set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tests.accuracy.contact.courses import STEP_S, band, visit
from tests.accuracy.contact.muscles import Muscles
from tests.accuracy.others.plans import Array, Draw

ROLLS_ON_ARMS = 0.6  # of those who roll back: the pelvis goes, the rest with the trunk
SHIFTS = {"shift": 1.0, "smallshift": 0.4}
PUSHES = "upper_shoulder_x"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that somebody does from at_s on. name: which. way: to one side or the other."""

    name: str
    muscles: Muscles
    t_s: Array
    at_s: float
    way: float
    rng: Draw

    def between(self, low: float, high: float) -> float:
        """Return a size of this one."""
        return self.rng.uniform(low, high)

    def there(
        self, out_s: float, stays_s: float, back_s: float, kept: float = 0.0, late_s: float = 0.0
    ) -> Array:
        """Return the share of a movement that is out there and comes back."""
        return visit(self.t_s, self.at_s + late_s, out_s, stays_s, back_s, kept=kept)

    def rubs(self, long_s: float, slow_hz: float, fast_hz: float) -> Array:
        """Return a to and fro of a hand that is where it was to go."""
        count = len(self.t_s)
        pace_hz = self.between(slow_hz, fast_hz) + 0.4 * band(self.rng, count, 0.3, 2.0)
        there = self.there(0.25, long_s, 0.25, late_s=0.6)
        return np.asarray(there * np.sin(2 * np.pi * np.cumsum(pace_hz * STEP_S)))

    def aim(self, joint: str, series: Array) -> None:
        """Move where a joint aims."""
        self.muscles.aim(joint, series)

    def pull(self, joint: str, series: Array) -> None:
        """Pull at a joint."""
        self.muscles.pull(joint, series)


def fidget(name: str, muscles: Muscles, t_s: Array, at_s: float, rng: Draw) -> None:
    """Let somebody do one of FIDGETS."""
    way = 1.0 if rng.random() < 0.5 else -1.0
    FIDGETS[name](Turn(name, muscles, t_s, at_s, way, rng))


def _hand(turn: Turn) -> None:
    """Scratch somewhere, or pull clothes straight, which the trunk helps."""
    between, is_clothes = turn.between, turn.name == "clothes"
    long_s = between(2, 4.5) if is_clothes else between(0.8, 1.6)
    there = turn.there(between(0.4, 0.7), long_s, between(0.4, 0.8))
    turn.aim("upper_shoulder_x", between(0.4, 0.9) * there)
    turn.aim("upper_elbow", between(-0.5, 0.7) * there)
    turn.aim("upper_shoulder_z", between(-0.7, 0.3) * there)
    rubs = turn.rubs(long_s - 0.3, *((0.7, 2.0) if is_clothes else (2.5, 5.0)))
    turn.aim("upper_elbow", between(0.08, 0.25) * rubs)
    turn.aim("upper_shoulder_z", between(0.05, 0.2) * rubs)
    if is_clothes:
        turn.aim("lumbar_twist", between(-0.05, 0.12) * there)
        turn.aim("upper_shoulder_y", between(-0.6, 0.2) * there)


def _press(turn: Turn) -> None:
    between = turn.between
    there = turn.there(between(0.15, 0.6), between(0.2, 1.8), between(0.2, 0.8))
    turn.pull(PUSHES, -between(2, 8) * there)


def _small_push(turn: Turn) -> None:
    between = turn.between
    there = turn.there(between(0.15, 0.5), between(0.1, 1.0), between(0.2, 0.6))
    turn.pull(PUSHES, -between(1.0, 3.5) * turn.way * there)


def _shift(turn: Turn) -> None:
    """Move the hips to front or back, for good mostly, lightened by trunk and hand."""
    between, size = turn.between, SHIFTS[turn.name]
    kept = between(0.5, 1.0)
    there = turn.there(between(0.4, 0.9), between(0.2, 0.6), between(0.4, 0.9), kept)
    moved_rad = turn.way * between(0.05, 0.12) * size
    for joint in ("lumbar_flexion", "lower_hip_flexion", "upper_hip_flexion"):
        turn.aim(joint, moved_rad * between(0.6, 1.0) * there)
    lightened = turn.there(0.3, 0.3, 0.5)
    turn.aim("lumbar_bend", -between(0.03, 0.10) * size * lightened)
    turn.pull(PUSHES, -between(0, 4) * size * lightened)
    turn.aim("lumbar_twist", between(-0.05, 0.05) * size * there)


def _turn_head(turn: Turn) -> None:
    between = turn.between
    there = turn.there(between(0.3, 0.8), between(0.3, 2.0), between(0.3, 0.8), between(0, 0.8))
    turn.aim("neck_twist", turn.way * between(0.15, 0.5) * there)
    turn.aim("neck_bend", between(-0.02, 0.2) * turn.there(0.4, 0.3, 0.5))


def _lift_head(turn: Turn) -> None:
    between = turn.between
    there = turn.there(between(0.5, 1.2), between(0.8, 4.0), between(0.5, 1.3))
    turn.aim("neck_bend", between(0.4, 0.9) * there)
    turn.aim("neck_flexion", between(-0.1, 0.3) * there)
    turn.aim("thoracic_bend", between(0, 0.12) * there)


def _arm(turn: Turn) -> None:
    """Put the upper hand elsewhere."""
    between = turn.between
    there = turn.there(between(0.5, 0.9), between(0.1, 0.8), between(0.3, 0.8), between(0.3, 1))
    turn.aim("upper_shoulder_x", between(0.2, 0.6) * turn.there(0.4, 0.4, 0.5))
    turn.aim("upper_shoulder_z", turn.way * between(0.05, 0.3) * there)
    turn.aim("upper_elbow", between(-0.2, 0.3) * there)


def _reach(turn: Turn) -> None:
    between = turn.between
    there = turn.there(between(0.6, 1.2), between(0.4, 3.0), between(0.6, 1.4))
    turn.aim("upper_shoulder_x", between(0.4, 1.2) * there)
    turn.aim("upper_elbow", between(-1.0, -0.3) * there)
    turn.aim("upper_shoulder_z", between(-0.6, 0.8) * there)
    turn.aim("thoracic_twist", between(-0.15, 0.2) * there)


def _roll_back(turn: Turn) -> None:
    """Roll to the back and return: the pelvis, propped by the arms, or the trunk, pushed off."""
    between = turn.between
    there = turn.there(between(0.8, 1.8), between(0.5, 3.0), between(0.8, 2.0))
    far = between(0.5, 1.0)
    if turn.rng.random() < ROLLS_ON_ARMS:
        turn.aim("lumbar_twist", -0.40 * far * there)
        turn.aim("thoracic_twist", -0.25 * far * there)
        turn.pull(PUSHES, -between(2, 8) * far * there)
        turn.aim("lower_hip_rotation", -between(0.5, 1.2) * far * there)
        turn.aim("upper_hip_rotation", -between(0.2, 0.7) * far * there)
        turn.aim("upper_hip_flexion", -between(0, 0.25) * far * there)
    else:
        push_nm = -between(4, 10)
        turn.pull(PUSHES, push_nm * turn.there(0.5, between(0.3, 1.0), 0.6, late_s=-0.2))
        turn.aim("lumbar_twist", 0.3 * far * there)
        turn.aim("thoracic_twist", 0.35 * far * there)
        turn.aim(PUSHES, between(0.5, 1.2) * turn.there(1.0, 1.5, 1.0, late_s=0.5))
        turn.aim("upper_shoulder_z", -between(0, 0.5) * there)
        turn.aim("lower_hip_rotation", -between(0.9, 1.8) * far * there)
        turn.aim("neck_twist", between(0, 0.5) * there)
    turn.aim("lumbar_bend", between(-0.05, 0.08) * there)


def _knees(turn: Turn) -> None:
    """Draw up the upper knee, or both, and stretch again."""
    between = turn.between
    stays_s = between(1.0, 7.0)
    there = turn.there(between(0.8, 1.8), stays_s, between(0.8, 2.0))
    hip_rad, knee_rad = between(0.2, 0.9), between(0.3, 1.3)
    turn.aim("upper_hip_flexion", hip_rad * there)
    turn.aim("upper_knee", knee_rad * there)
    turn.aim("upper_hip_rotation", between(-0.1, 0.15) * there)
    if turn.name == "knees":
        late_s = between(-0.1, 0.4)
        other = turn.there(between(0.8, 1.8), stays_s, between(0.8, 2.0), late_s=late_s)
        turn.aim("lower_hip_flexion", hip_rad * between(0.8, 1.1) * other)
        turn.aim("lower_knee", knee_rad * other)


def _lower_leg(turn: Turn) -> None:
    between = turn.between
    there = turn.there(between(0.5, 1.2), between(0.3, 4.0), between(0.5, 1.3), between(0, 0.3))
    turn.aim("lower_hip_flexion", between(-0.1, 0.5) * there)
    turn.aim("lower_knee", between(0.1, 0.8) * there)


def _pelvis(turn: Turn) -> None:
    """Roll the pelvis to back or front while the shoulders stay."""
    between = turn.between
    there = turn.there(between(0.6, 1.5), between(0.3, 3.0), between(0.6, 1.5), between(0, 0.3))
    far = between(-0.3, 0.55)
    turn.aim("lumbar_twist", -1.2 * far * there)
    turn.aim("thoracic_twist", -0.5 * far * there)
    turn.aim("lower_hip_rotation", -2.0 * far * there)
    turn.aim("upper_hip_rotation", -1.2 * far * there)
    turn.pull(PUSHES, -6.0 * far * there)
    turn.aim("lumbar_flexion", between(-0.12, 0.12) * there)


def _cough(turn: Turn) -> None:
    """Cough one to four times: the trunk folds, the belly jerks."""
    between, late_s = turn.between, 0.0
    for _ in range(int(turn.rng.integers(1, 5))):
        burst = turn.there(
            between(0.05, 0.1), between(0.02, 0.08), between(0.1, 0.2), late_s=late_s
        )
        hard = between(0.4, 1.0)
        turn.pull("thoracic_flexion", 30 * hard * burst)
        turn.pull("lumbar_flexion", 22 * hard * burst)
        turn.pull("thoracic_bend", between(-6, 6) * burst)
        turn.aim("breath", -between(0.004, 0.012) * burst)
        late_s += between(0.25, 0.6)


FIDGETS: Mapping[str, Callable[[Turn], None]] = MappingProxyType(
    {
        "scratch": _hand,
        "clothes": _hand,
        "press": _press,
        "smallpush": _small_push,
        "shift": _shift,
        "smallshift": _shift,
        "headturn": _turn_head,
        "headlift": _lift_head,
        "arm": _arm,
        "reach": _reach,
        "rollback": _roll_back,
        "knees": _knees,
        "upperknee": _knees,
        "lowerleg": _lower_leg,
        "pelvis": _pelvis,
        "cough": _cough,
    }
)
