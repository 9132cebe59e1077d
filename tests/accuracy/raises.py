"""A virtual body that raises its leg as a real, untaught person did: `importers.leg_raise`.

Sex, height and weight are that person's own; the rest of the body is the table's with a draw of
what a table cannot know, the side is the left one they lay on, the place is drawn. What hangs below
the leg's rest is cut off, since a leg cannot sink into the other one. The trunk's tilt is played as
a tilt of pelvis and waist, the way that costs the angle most; which way it was is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matfw.messages import Cell, Side
from matfw.virtual.body import Body, person_like
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.person import generate_from_angle
from matfw.virtual.sessions import random_fidgets, random_session
from matfw.virtual.trace import Trace
from tests.importers import leg_raise


def raised(name: str, cells: Sequence[Cell], seed: int) -> Trace:
    """Return the virtual twin of a subject's whole recording; skips a test without it."""
    real = leg_raise.load(name)
    rng = np.random.default_rng(seed)
    who = real.subject
    plan = _lying(rng, person_like(rng, who.sex, who.height_m, who.mass_kg), float(real.t_s[-1]))
    return generate_from_angle(
        real.t_s,
        np.maximum(real.excursion_deg, 0.0),
        plan,
        cells,
        seed,
        tilt_deg=real.tilt_deg,
        spans_s=[rep.span_s for rep in real.reps],
    )


def _lying(rng: np.random.Generator, body: Body, span_s: float) -> SessionPlan:
    plan = random_session(rng, "clean", body)
    plan = replace(plan, side=Side.LEFT, reps=(), rests_s=(), hover_deg=0.0, fatigued=False)
    return replace(plan, fidgets=random_fidgets(plan.lying_s + span_s, rng))


def subject(number: int) -> str:
    """Return whose recording the job of this number plays."""
    return leg_raise.SUBJECTS[number % len(leg_raise.SUBJECTS)].name


def blocks(number: int) -> tuple[str, ...]:
    """Return the block of each of that recording's repetitions."""
    return tuple(rep.block for rep in leg_raise.load(subject(number)).reps)
