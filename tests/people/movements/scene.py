"""A lying person's session, with forms around and in it -> a trace.

The lying body is the virtual person's own (`person.generate`), repetitions, breath and all. A deck
is linear, so what a movement changes is added to it: the movement's load less that of its own first
row. While somebody gets on or up the lying body's load is faded in and out against the movement's
own lying end, so that the whole is always the movement's own force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.messages import Cell
from matfw.virtual.deck import Array, Deck
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.trace import Trace
from matfw.virtual.truth import TrueRep
from tests.people.movements.contact import STEP_S, Movement, grid_s, smooth
from tests.people.movements.forms import Form

FADE_S = 0.8  # over which the lying body's own breath and sway come and go
BEFORE_S = 1.0  # `person`'s own getting on, cut off again


@dataclass(frozen=True, slots=True)
class Planned:
    """A movement by its form's name, and when it begins, in seconds from lying down."""

    name: str
    movement: Movement
    at_s: float

    @property
    def end_s(self) -> float:
        """Return when it is over, in seconds from lying down."""
        return self.at_s + self.movement.duration_s


@dataclass(frozen=True, slots=True)
class Span:
    """When which form was played, on the trace's clock."""

    name: str
    start_s: float
    end_s: float


@dataclass(slots=True)
class Scene:
    """A session and what was done in it besides repetitions.

    broken: the repetitions that getting up broke off; they are not among the trace's truth.
    """

    trace: Trace
    spans: tuple[Span, ...]
    broken: tuple[TrueRep, ...]


def play_scene(
    plan: SessionPlan,
    cells: Sequence[Cell],
    seed: int,
    *,
    on: Form,
    up: Form,
    planned: Sequence[Planned] = (),
    leave_s: float | None = None,
    body_noise: float = 1.0,
) -> Scene:
    """Return a plan's session with these forms; the same seed gives the same scene.

    leave_s: getting up begins then, in seconds from lying down, whatever the plan is at; None: when
    the plan ends. Events and repetitions of the plan keep their times from lying down.
    """
    rng = np.random.default_rng([seed, 1])
    coming, going = on.make(plan.body, rng), up.make(plan.body, rng)
    stay_s = plan.lying_s if leave_s is None else leave_s
    timing = _Timing(plan.empty_s, coming.duration_s, stay_s, going.duration_s)
    base = generate(_longer(plan), cells, seed, body_noise)
    view = _View(Deck.for_layout(cells), plan, timing.count)
    loads = timing.taken(base.loads_kg)
    for each in planned:
        loads += view.change(each.movement, timing.lying_s + each.at_s)
    in_ = smooth((timing.t_s - timing.lying_s + FADE_S) / FADE_S)
    out = smooth((timing.t_s - timing.up_s) / FADE_S)
    loads *= (in_ * (1.0 - out))[:, None]
    centre = view.centre_mm(base.loads_kg[round((BEFORE_S + FADE_S) / STEP_S) :])
    loads += view.transit(coming, timing.on_s, centre, lying=in_, is_before=True)
    loads += view.transit(going, timing.up_s, centre, lying=1.0 - out, is_before=False)
    reps = [_later(rep, timing.lying_s - FADE_S - BEFORE_S) for rep in base.truth]
    spans = (
        Span(on.name, timing.on_s, timing.lying_s),
        *(Span(p.name, timing.lying_s + p.at_s, timing.lying_s + p.end_s) for p in planned),
        Span(up.name, timing.up_s, timing.off_s),
    )
    whole = [rep for rep in reps if rep.end_s <= timing.up_s]
    broken = tuple(rep for rep in reps if rep.start_s < timing.up_s < rep.end_s)
    return Scene(_on_timing(base, timing, loads, whole), spans, broken)


def _longer(plan: SessionPlan) -> SessionPlan:
    """Return the plan with time to lie in while it fades in and out; all in it is later by FADE_S.

    The wriggles of `person` begin with the fading in.
    """
    return replace(
        plan,
        empty_s=0.0,
        get_on_s=BEFORE_S,
        settle_s=plan.settle_s + FADE_S,
        still_s=plan.still_s + FADE_S,
        pushes=tuple(replace(event, at_s=event.at_s + FADE_S) for event in plan.pushes),
        off_mats=tuple(replace(event, at_s=event.at_s + FADE_S) for event in plan.off_mats),
        fidgets=tuple(replace(event, at_s=event.at_s + FADE_S) for event in plan.fidgets),
        scratches=tuple(replace(event, at_s=event.at_s + FADE_S) for event in plan.scratches),
    )


def _on_timing(base: Trace, timing: _Timing, loads_kg: Array, truth: list[TrueRep]) -> Trace:
    return replace(
        base,
        t_s=timing.t_s,
        loads_kg=loads_kg,
        truth=truth,
        lying_from_s=timing.lying_s,
        lying_to_s=timing.up_s,
        angle_deg=timing.taken(base.angle_deg),
        excursion_deg=timing.taken(base.excursion_deg),
        hip_roll_deg=timing.taken(base.hip_roll_deg),
        pelvis_y_mm=timing.taken(base.pelvis_y_mm),
    )


class _Timing:
    """When the parts of a scene begin, on its own grid."""

    def __init__(self, empty_s: float, on_s: float, lying_s: float, up_s: float) -> None:
        self.on_s = _on_grid(empty_s)
        self.lying_s = self.on_s + _on_grid(on_s)
        self.up_s = self.lying_s + _on_grid(lying_s)
        self.off_s = self.up_s + _on_grid(up_s)
        self.count = round((self.off_s + empty_s) / STEP_S) + 1
        self.t_s = grid_s((self.count - 1) * STEP_S)

    def taken(self, series: Array) -> Array:
        """Return a series of the lying body on this grid; before and after it stays as it is."""
        first, begin = round(BEFORE_S / STEP_S), round((self.lying_s - FADE_S) / STEP_S)
        index = np.clip(np.arange(self.count) - begin + first, first, len(series) - 1)
        result: Array = series[index]
        return result.copy()


class _View:
    """Movements in body axes -> cell loads on the scene's grid."""

    def __init__(self, deck: Deck, plan: SessionPlan, count: int) -> None:
        self._deck, self._plan, self._count = deck, plan, count

    def change(self, movement: Movement, at_s: float) -> Array:
        """Return what a movement changes: nothing before it, afterwards what it leaves behind."""
        loads = self._loads_kg(movement, (0.0, 0.0))
        return self._placed(loads - loads[0], at_s)

    def transit(
        self,
        movement: Movement,
        at_s: float,
        centre_mm: tuple[float, float],
        *,
        lying: Array,
        is_before: bool,
    ) -> Array:
        """Return a getting on or up, less the part that the lying body's own load has taken over.

        The whole way is moved to end, or begin, where the body lies.
        """
        at_rest = -1 if is_before else 0
        loads = self._loads_kg(movement, (0.0, 0.0))
        there = self._centre(loads[at_rest])
        loads = self._loads_kg(movement, (centre_mm[0] - there[0], centre_mm[1] - there[1]))
        placed = self._placed(loads, at_s)
        if not is_before:
            placed[: round(at_s / STEP_S)] = loads[0]
        result: Array = placed - lying[:, None] * loads[at_rest]
        return result

    def centre_mm(self, loads_kg: Array) -> tuple[float, float]:
        """Return where the weight of who lies there is."""
        return self._centre(np.median(loads_kg, axis=0))

    def _centre(self, load_kg: Array) -> tuple[float, float]:
        x = np.array([cell.x_mm for cell in self._deck.cells])
        y = np.array([cell.y_mm for cell in self._deck.cells])
        whole = float(load_kg.sum())
        return float(load_kg @ x) / whole, float(load_kg @ y) / whole

    def _loads_kg(self, movement: Movement, shift_mm: tuple[float, float]) -> Array:
        plan = self._plan
        x_mm = 1e3 * movement.x_m + plan.place_x_mm + shift_mm[0]
        y_mm = plan.side.front_sign * (1e3 * movement.y_m + plan.place_y_mm) + shift_mm[1]
        return self._deck.loads_kg(x_mm, y_mm, movement.force_n)

    def _placed(self, loads_kg: Array, at_s: float) -> Array:
        index = np.clip(np.arange(self._count) - round(at_s / STEP_S), -1, len(loads_kg) - 1)
        placed: Array = loads_kg[index] * (index >= 0)[:, None]
        return placed


def _on_grid(time_s: float) -> float:
    return round(time_s / STEP_S) * STEP_S


def _later(rep: TrueRep, by_s: float) -> TrueRep:
    return replace(
        rep,
        start_s=rep.start_s + by_s,
        top_s=rep.top_s + by_s,
        lower_s=rep.lower_s + by_s,
        end_s=rep.end_s + by_s,
        onset_s=rep.onset_s + by_s,
    )
