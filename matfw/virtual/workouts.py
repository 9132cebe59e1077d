"""Workouts on both sides. Somebody lies down on one side, brings the top knee forward once to say
so, does their set, gets up, rests, and lies down on the side of the next set.

`workout` is the demo's: shortened, a set a side, each mistake once. `TakingTurns` does any plan,
over and over, for `run --virtual`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

import numpy as np

from matfw.messages import Cell, Side, Tempo
from matfw.virtual.deck import Array
from matfw.virtual.motion_script import Fidget, RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sessions import demo_session
from matfw.virtual.trace import Trace
from matfw.workout.plan import Plan

# Of the demo's repetitions: a good one, then what the body and momentum do; height and tempo.
FIRST, SECOND = (0, 3, 4, 5, 6, 7), (1, 8, 9, 10, 11, 12)
REPS = len(FIRST)
SETTLE_S = 5.0
FIRST_REP_S = 12.5  # after settling: asked for the side, a wiggle, counted in
WIGGLE_S = 5.5  # after settling
KNEE_MM, KNEE_S, KNEE_HELD_S = 22.0, 0.6, 1.3  # of the whole body's centre of mass, forward
USUAL = Tempo()  # what the demo's repetitions are made for
MOVING_S = 20.0  # from the last repetition's end until they lie on the next set's side


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
        left_up_deg=np.concatenate([first.left_up_deg, second.left_up_deg]),
    )


def one_set(plan: Plan, side: Side, tempo: Tempo, cells: Sequence[Cell], seed: int) -> Trace:
    """Return a set on this side, at this tempo, with the rest after it."""
    whole = demo_session(side=side)
    chosen = tuple(islice(cycle(range(len(whole.reps))), plan.reps))
    paced = replace(whole, reps=tuple(_paced(rep, tempo) for rep in whole.reps))
    trace = generate(_set(paced, side, chosen), cells, seed)
    return _with_rest(trace, max(0.0, plan.rest_s - MOVING_S))


class TakingTurns:
    """Does the sets of a plan, each on its side, again from the first after the last; for ever.

    All sets are the same movements, `trace`, on the first side; on the other one they are mirrored.
    """

    def __init__(self, trace: Trace, sides: Sequence[Side]) -> None:
        """Take one set with its rest, and the sets' sides: left or right."""
        self.trace = trace
        self.is_mirrored = tuple(side is not trace.side for side in sides)  # each set
        places = {(cell.x_mm, cell.y_mm): index for index, cell in enumerate(trace.cells)}
        self._mirrored = tuple(places[(cell.x_mm, -cell.y_mm)] for cell in trace.cells)

    def loads_at(self, t_s: float) -> Sequence[float]:
        """Return the cells' loads in kg."""
        number, set_s = divmod(t_s, self.trace.duration_s)
        loads = self.trace.loads_at(set_s)
        if not self.is_mirrored[int(number) % len(self.is_mirrored)]:
            return loads
        return tuple(loads[index] for index in self._mirrored)


def _paced(rep: RepPlan, tempo: Tempo) -> RepPlan:
    """Return a repetition that is to another tempo what it is to the usual one."""
    return replace(
        rep,
        up_s=rep.up_s * tempo.up_s / USUAL.up_s,
        hold_s=rep.hold_s * tempo.hold_s / USUAL.hold_s,
        down_s=rep.down_s * tempo.down_s / USUAL.down_s,
    )


def _with_rest(trace: Trace, rest_s: float) -> Trace:
    """Return the trace with an empty mat after it."""
    step_s = float(trace.t_s[1] - trace.t_s[0])
    count = round(rest_s / step_s)
    return replace(
        trace,
        t_s=np.arange(len(trace.t_s) + count) * step_s + trace.t_s[0],
        loads_kg=_held(trace.loads_kg, count),
        angle_deg=_held(trace.angle_deg, count),
        excursion_deg=_held(trace.excursion_deg, count),
        hip_roll_deg=_held(trace.hip_roll_deg, count),
        pelvis_y_mm=_held(trace.pelvis_y_mm, count),
        left_up_deg=_held(trace.left_up_deg, count),
    )


def _held(values: Array, count: int) -> Array:
    """Return a series that stays at its last value for so many samples more."""
    return np.concatenate([values, np.repeat(values[-1:], count, axis=0)])
