"""A shortened workout on both sides, for the demo: a set each, each mistake once.

Somebody lies down on one side, brings the top knee forward once to say so, does their set, gets up,
lies down on the other side and does the other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matfw.messages import Cell, Side
from matfw.virtual.motion_script import Fidget, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sessions import demo_session
from matfw.virtual.trace import Trace

# Of the demo's repetitions: a good one, then what the body and momentum do; height and tempo.
FIRST, SECOND = (0, 3, 4, 5, 6, 7), (1, 8, 9, 10, 11, 12)
REPS = len(FIRST)
SETTLE_S = 5.0
FIRST_REP_S = 12.5  # after settling: asked for the side, a wiggle, counted in
WIGGLE_S = 5.5  # after settling
KNEE_MM, KNEE_S, KNEE_HELD_S = 22.0, 0.6, 1.3  # of the whole body's centre of mass, forward


def workout(side: Side, cells: Sequence[Cell], seed: int) -> Trace:
    """Return a workout that begins on this side."""
    other = Side.RIGHT if side is Side.LEFT else Side.LEFT
    whole = demo_session(side=side)
    parts = [
        generate(_set(whole, at, chosen), cells, seed + number)
        for number, (at, chosen) in enumerate(((side, FIRST), (other, SECOND)))
    ]
    return joined(parts[0], parts[1])


def _set(whole: SessionPlan, side: Side, chosen: Sequence[int]) -> SessionPlan:
    knee = Fidget(SETTLE_S + WIGGLE_S, KNEE_S, 0.0, KNEE_MM, 20.0)
    back = Fidget(SETTLE_S + WIGGLE_S + KNEE_HELD_S, KNEE_S, 0.0, -KNEE_MM, 20.0)
    return replace(
        whole,
        side=side,
        reps=tuple(whole.reps[index] for index in chosen),
        rests_s=(FIRST_REP_S, *(whole.rests_s[index] for index in chosen[1:])),
        settle_s=SETTLE_S,
        fidgets=(knee, back),
        off_mats=(),
    )


def joined(first: Trace, second: Trace) -> Trace:
    """Return one trace after the other, on one time; its side and lying times are the first's."""
    shift_s = first.duration_s + float(first.t_s[1] - first.t_s[0])
    truth = [
        replace(
            rep,
            start_s=rep.start_s + shift_s,
            top_s=rep.top_s + shift_s,
            lower_s=rep.lower_s + shift_s,
            end_s=rep.end_s + shift_s,
        )
        for rep in second.truth
    ]
    return replace(
        first,
        t_s=np.concatenate([first.t_s, second.t_s + shift_s]),
        loads_kg=np.concatenate([first.loads_kg, second.loads_kg]),
        truth=[*first.truth, *truth],
        angle_deg=np.concatenate([first.angle_deg, second.angle_deg]),
        excursion_deg=np.concatenate([first.excursion_deg, second.excursion_deg]),
        hip_roll_deg=np.concatenate([first.hip_roll_deg, second.hip_roll_deg]),
        pelvis_y_mm=np.concatenate([first.pelvis_y_mm, second.pelvis_y_mm]),
    )
