"""How a session of somebody's is recorded: what all bodies that move by an angle have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matfw.messages import Cell
from tests.accuracy.others.mat import cell_loads, truth_of
from tests.accuracy.others.plans import (
    Array,
    Draw,
    DrawPlan,
    Plan,
    Recording,
    draw_plan,
    leaning,
    shaking_gain,
)

STEP_S = 0.005
RESTLESS = 2.0  # times a calm person's shaking and noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """How one kind of body moves, presses and fidgets; called in this order, with one source.

    key: of its seeds. excursion: the leg's angle over rest, degrees. shaking: of that angle,
    degrees. pressed, noise: N and N m, (n, 3). placed: force and moments about the deck's middle.
    """

    key: int
    excursion: Callable[[Array, Plan, Draw], Array]
    shaking: Callable[[Array, Draw], Array]
    pressed: Callable[[Array, Array, Plan, Draw], Array]
    noise: Callable[[Array, Plan, float, Draw], Array]
    placed: Callable[[Array, Array, Plan, Draw], tuple[Array, Array, Array]]

    def record(
        self, seed: int, cells: Sequence[Cell], is_restless: bool, draw: DrawPlan = draw_plan
    ) -> Recording:
        """Return somebody's session; the same seed, the same. draw: what they do."""
        rng = np.random.default_rng([seed, self.key])
        plan = draw(rng)
        t_s = np.arange(0.0, plan.span_s, STEP_S)
        scale = RESTLESS if is_restless else 1.0
        angle_deg = self.excursion(t_s, plan, rng)
        shaking_deg = scale * shaking_gain(t_s, plan) * self.shaking(angle_deg, rng)
        body = self.pressed(t_s, angle_deg + shaking_deg, plan, rng)
        body = body + self.noise(t_s, plan, scale, rng) + leaning(t_s, plan)
        force_n, mx_nm, my_nm = self.placed(t_s, body, plan, rng)
        loads_kg = cell_loads(cells, force_n, mx_nm, my_nm, plan.height_m)
        truth = truth_of(t_s, angle_deg, plan.lifts)
        return Recording(t_s, loads_kg, tuple(cells), plan, angle_deg, truth)
