"""One virtual session: what the cells carried, and the truth that no cell shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matfw.messages import Cell, Fault, Person, Side
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from matfw.virtual.truth import TrueRep

RAIL_GAP_MM = 150.0  # a rear rail stands this far behind a stacked back; feasibility study
RAIL_HIP_X_MM = (-250.0, 300.0)  # between these a rail's ray meets the pelvis
ROLL_PER_SHOULDER = 0.5  # of the way to the shoulder's rail place; upper trunk's own following


@dataclass(slots=True, eq=False)
class Trace:
    """A session on a 200 Hz grid from 0 s; series are (n,), loads (n, cells) in kg.

    angle_deg is the leg's elevation over the horizontal, excursion_deg over its own rest;
    hip_roll_deg is > 0 rolled back, left_up_deg -90 on the left side. lying_from_s..lying_to_s: the
    body lies, wriggles included.
    """

    t_s: Array
    loads_kg: Array
    cells: tuple[Cell, ...]
    side: Side
    body: Body
    truth: list[TrueRep]
    lying_from_s: float
    lying_to_s: float
    angle_deg: Array
    excursion_deg: Array
    hip_roll_deg: Array
    pelvis_y_mm: Array  # of its centre, > 0 to the body's front
    bend_deg: float = 0.0
    set_faults: tuple[Fault, ...] = ()
    left_up_deg: Array = field(default_factory=lambda: np.empty(0))  # empty: by side and lying
    _step_s: float = field(init=False, default=0.005)

    def __post_init__(self) -> None:
        self._step_s = float(self.t_s[1] - self.t_s[0])
        if not len(self.left_up_deg):
            is_lying = (self.t_s >= self.lying_from_s) & (self.t_s <= self.lying_to_s)
            up_deg = 90.0 - np.abs(self.hip_roll_deg)  # of the hip that is not lain on
            self.left_up_deg = -self.side.front_sign * np.where(is_lying, up_deg, 0.0)

    @property
    def mass_kg(self) -> float:
        """Return the body's mass."""
        return self.body.mass_kg

    @property
    def person(self) -> Person:
        """Return what this person would tell the mat about themselves."""
        return Person(sex=self.body.sex, height_m=self.body.height_m)

    @property
    def duration_s(self) -> float:
        """Return the time of the last sample."""
        return float(self.t_s[-1])

    def loads_at(self, t_s: float) -> tuple[float, ...]:
        """Return the cells' loads in kg at any time: linear between samples, clamped outside."""
        place = min(max((t_s - float(self.t_s[0])) / self._step_s, 0.0), len(self.t_s) - 1.0)
        index = min(int(place), len(self.t_s) - 2)
        share = place - index
        loads: tuple[float, ...] = tuple(
            (self.loads_kg[index] * (1.0 - share) + self.loads_kg[index + 1] * share).tolist()
        )
        return loads

    def back_mm(self, x_mm: float) -> Array:
        """Return how far the back is from a rail behind it at x, (n,): less when rolled back."""
        bend_y = abs(x_mm) * np.sin(np.radians(0.5 * self.bend_deg))
        if x_mm < RAIL_HIP_X_MM[0]:
            follow = self.body.trunk_follows[1] / max(self.body.trunk_follows[0], 1e-6)
            rolls = follow * self.pelvis_y_mm * ROLL_PER_SHOULDER
        elif x_mm <= RAIL_HIP_X_MM[1]:
            rolls = self.pelvis_y_mm
        else:
            rolls = np.zeros_like(self.t_s)  # the lower leg's heel, which stays
        result: Array = RAIL_GAP_MM + bend_y + rolls
        return result
