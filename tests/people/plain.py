"""People who do what a script says: good repetitions, and plain falls, kicks and others between.

They are those of the scenarios and of `matfw.testing`: every repetition of a script is as high and
as long as the last one, where other people's vary. A score that never saw them refused their drops.
"""

from __future__ import annotations

import numpy as np

from matfw.messages import Fault
from matfw.testing.lifter import Lifter
from matfw.virtual.body import random_person
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.profiles import Profile

Draw = np.random.Generator

PARTS = 3  # of a script: good repetitions, then others
DROP_SHARE, FAULT_DROP_SHARE, KICK_SHARE = 0.35, 0.15, 0.25  # of these others; the rest is MILDER
DROP_S, FALLING = (0.45, 0.9), (1.4, 2.2)  # of a leg that is let go: its way down, and its shape
MILDER = (
    *(Fault.RUSHED_UP, Fault.RUSHED_DOWN, Fault.SHORT_HOLD),
    *(Fault.TOO_HIGH, Fault.TOO_SMALL),
)
PAUSE_SHARE, PAUSE_S = 0.3, (4.0, 15.0)  # before the last one


def plain_session(rng: Draw) -> SessionPlan:
    """Return a set of some ten repetitions of a script."""
    body = random_person(rng)
    lifter = Lifter(
        "left" if rng.random() < 0.5 else "right", sex=body.sex, height_m=body.height_m,
        mass_kg=body.mass_kg, seed=int(rng.integers(1 << 31)),
    )  # fmt: skip
    for _ in range(PARTS):
        lifter.lift(int(rng.integers(1, 3)))
        _others(lifter, rng)
    if rng.random() < PAUSE_SHARE:
        lifter.rest(float(rng.uniform(*PAUSE_S)))
    return lifter.lift().plan()


def _others(lifter: Lifter, rng: Draw) -> None:
    drops, faults, kicks = np.cumsum([DROP_SHARE, FAULT_DROP_SHARE, KICK_SHARE])
    draw = rng.random()
    if draw < drops:
        falling = Profile("falling", float(rng.uniform(*FALLING)))
        down_s = float(rng.uniform(*DROP_S))
        lifter.lift(2, down_s=down_s, drop=True, down_profile=falling, faults=(Fault.DROP,))
    elif draw < faults:
        lifter.lift(2, Fault.DROP)
    elif draw < kicks:
        lifter.lift(2, Fault.KICK)
    else:
        lifter.lift(1, MILDER[int(rng.integers(len(MILDER)))])
