"""What the mat feels of a leg: the physics that tracker and fit share. Pure numpy, no state.

The top leg turns about its hip at elevation th = th0 + d (d: angle over rest). Taken about the
hip, with S the leg's first moment, I its second, z its height over the cells:

    F - W  = S (th'' cos th - th'^2 sin th) + u
    M - M0 = g S (cos th - cos th0) - k sin(h d) + S z (th'' sin th + th'^2 cos th) + I th''
             + l u + b

M is the moment about the hip line, positive toward the feet. k sin(h d) is the trunk carried
headward by the hip hike that goes with every lift. u is a hand that pushes the mat beside the
chest: it raises F and moves M toward the HEAD (l < 0), where a lift's start moves both up; that is
what tells the two apart. b is what shifts slowly: breath, creep, a body that settles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.estimation.anthropometry import GRAVITY_M_S2, LegConstants

HIKE_PER_ANGLE = 0.09  # natural hip hike, share of the lift's angle; 1-6 deg at 35 deg (Cynn 2006)
HIKE_LEVER = 0.75  # of the hip width: how far a hike carries the pelvis' share of the trunk
PUSH_LEVER_M = -0.55  # where a propping hand pushes, from the hip line; beside the chest

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LegModel:
    """One person's leg, ready to be evaluated on arrays of angle (rad), rate and acceleration."""

    moment_kgm: float
    inertia_kgm2: float
    hip_height_m: float
    rest_angle_rad: float
    hike_nm: float

    @classmethod
    def of(cls, leg: LegConstants) -> LegModel:
        """Take the constants of a body."""
        hike_nm = HIKE_LEVER * GRAVITY_M_S2 * leg.leg_mass_kg * leg.hip_width_m
        return cls(leg.moment_kgm, leg.inertia_kgm2, leg.hip_height_m, leg.rest_angle_rad, hike_nm)

    def force_n(self, d: Array, w: Array, a: Array) -> Array:
        """Return the leg's part of F - W, newtons."""
        th = self.rest_angle_rad + d
        return np.asarray(self.moment_kgm * (a * np.cos(th) - w * w * np.sin(th)))

    def moment_nm(self, d: Array, w: Array, a: Array) -> Array:
        """Return the leg's part of M - M0, newton metres."""
        return self.force_and_moment(d, w, a)[1]

    def force_and_moment(self, d: Array, w: Array, a: Array) -> tuple[Array, Array]:
        """Return force_n and moment_nm; together they take little more than one of them."""
        th = self.rest_angle_rad + d
        cos, sin = np.cos(th), np.sin(th)
        s, z, ww = self.moment_kgm, self.hip_height_m, w * w
        return np.asarray(s * (a * cos - ww * sin)), np.asarray(
            GRAVITY_M_S2 * s * (cos - math.cos(self.rest_angle_rad))
            - self.hike_nm * np.sin(HIKE_PER_ANGLE * d)
            + s * z * (a * sin + ww * cos)
            + self.inertia_kgm2 * a
        )

    def slopes(self, d: Array, w: Array, a: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Return the derivatives of force_n and of moment_nm by angle, rate and acceleration."""
        th = self.rest_angle_rad + d
        cos, sin = np.cos(th), np.sin(th)
        s, z, i = self.moment_kgm, self.hip_height_m, self.inertia_kgm2
        by_force = (-s * (a * sin + w * w * cos), -2.0 * s * w * sin, s * cos)
        by_moment = (
            -GRAVITY_M_S2 * s * sin
            - self.hike_nm * HIKE_PER_ANGLE * np.cos(HIKE_PER_ANGLE * d)
            + s * z * (a * cos - w * w * sin),
            2.0 * s * z * w * cos,
            s * z * sin + i,
        )
        return by_force, by_moment
