"""Restless people who take breaks in the midst of a set, and only sway and breathe in them.

For as long as a repetition and two usual rests take, or longer: whoever looks for a repetition
there finds what the body alone does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.sessions import random_session

Draw = np.random.Generator

SHARE, MORE_S = 0.4, (6.5, 11.5)  # of the rests; so much longer than usual


def resting_session(rng: Draw) -> SessionPlan:
    """Return a set of a restless person with breaks, without fidgets: those have other kinds."""
    plan = random_session(rng, "stress")
    rests_s = [
        rest_s + (float(rng.uniform(*MORE_S)) if number and rng.random() < SHARE else 0.0)
        for number, rest_s in enumerate(plan.rests_s)
    ]
    return replace(plan, rests_s=tuple(rests_s), fidgets=())
