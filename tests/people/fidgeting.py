"""Restless people who do not wait for a rest: an arm flies up in the midst of a lift.

A hair out of the face, a sleeve, a fly: the arm is thrown up and caught again, some ten newtons
each way at a lever that is not the leg's. The people and everything else that they do are those of
`stress`, whose own fidgets fall anywhere and mostly between two repetitions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matfw.virtual.motion_script import Fidget, SessionPlan
from matfw.virtual.sessions import random_session

Draw = np.random.Generator

SHARE = 0.5  # of the repetitions
DURATION_S, LIFT_MM = (0.7, 1.4), (60.0, 160.0)
STAYS_MM = (3.5, 1.2)  # sd of where the arm lies down again, lengthwise and across


def fidgeting_session(rng: Draw) -> SessionPlan:
    """Return a set of a restless person whose arm flies up in every other lift or so."""
    plan = random_session(rng, "stress")
    fidgets = list(plan.fidgets)
    onset_s = plan.settle_s
    for rest_s, rep in zip(plan.rests_s, plan.reps, strict=True):
        onset_s += rest_s
        if rng.random() < SHARE:
            duration_s = float(rng.uniform(*DURATION_S))
            at_s = onset_s + float(rng.uniform(0.0, max(rep.total_s - duration_s, 0.0)))
            x_mm, y_mm = (float(rng.normal(0.0, sd)) for sd in STAYS_MM)
            fidgets.append(Fidget(at_s, duration_s, x_mm, y_mm, float(rng.uniform(*LIFT_MM))))
        onset_s += rep.total_s
    return replace(plan, fidgets=tuple(fidgets))
