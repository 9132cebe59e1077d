"""A virtual person's body: de Leva's segments, each with an individual's own deviation.

The firmware knows sex, height and the weighed mass; this body also has what it cannot know: legs
heavier or lighter than the table, a stiffer or looser trunk, a hip that hikes, a rest angle.
Body axes: x to the feet from the hip line, y to the body's front, z up from the cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matfw.estimation.anthropometry import (
    ARMS_X_SHARE,
    FOOT_REACH,
    HIP_WIDTH_SHARE,
    REST_ANGLE_RAD,
    SEGMENTS,
    arms_mass_share,
    leg_chain,
    trunk_chain,
)

MASS_SD = 0.04  # individual against the table: +-5-7 % within 1.5 sd; feasibility study
LENGTH_SD = 0.013  # +-2 % within 1.5 sd
HEIGHT_RANGE_M = (1.50, 1.95)
MASS_RANGE_KG = (50.0, 110.0)
BMI_RANGE = (17.5, 36.0)
REST_ANGLE_SD_RAD = math.radians(1.0)
TRUNK_POINTS = ("pelvis", "mid_trunk", "upper_trunk", "head", "arms")


@dataclass(frozen=True, slots=True)
class LegSegment:
    """One rigid part of a leg; distances from its own proximal joint."""

    mass_kg: float
    com_m: float
    gyration_m: float
    length_m: float


@dataclass(frozen=True, slots=True)
class Body:
    """One individual. Segment masses add up to mass_kg.

    trunk_kg and trunk_x_m are in the order of TRUNK_POINTS. hike_share: hip hike per leg angle.
    trunk_follows: share of the pelvis's roll that the mid and the upper trunk take part in.
    roll_slip: share of the pelvis's rolling that is sliding on the spot.
    """

    sex: str
    height_m: float
    mass_kg: float
    trunk_kg: tuple[float, ...]
    trunk_x_m: tuple[float, ...]
    thigh: LegSegment
    shank: LegSegment
    foot: LegSegment
    rest_angle_rad: float = REST_ANGLE_RAD
    hike_share: float = 0.09
    trunk_follows: tuple[float, float] = (0.6, 0.25)
    roll_slip: float = 0.0
    shank_off_rad: float = 0.0  # shank out of the thigh's line, in the plane of the lift
    knee_ratio: float = 0.0  # knee bend per leg angle: nobody keeps it quite straight

    @property
    def hip_width_m(self) -> float:
        """Return the distance between the hip joints."""
        return HIP_WIDTH_SHARE * self.height_m

    @property
    def leg_mass_kg(self) -> float:
        """Return one leg's mass."""
        return self.thigh.mass_kg + self.shank.mass_kg + self.foot.mass_kg

    @property
    def leg_moment_kgm(self) -> float:
        """Return S of the straight leg about its hip."""
        knee = self.thigh.length_m
        ankle = knee + self.shank.length_m
        return (
            self.thigh.mass_kg * self.thigh.com_m
            + self.shank.mass_kg * (knee + self.shank.com_m)
            + self.foot.mass_kg * (ankle + self.foot.com_m)
        )


def make_body(
    sex: str,
    height_m: float,
    mass_kg: float,
    factors: Mapping[str, tuple[float, float]] | None = None,
) -> Body:
    """Return the table's body; factors: segment -> (mass factor, length factor), 1.0 if absent."""
    factors = factors or {}
    table = SEGMENTS[sex]
    shares = {name: table[name].mass_share for name in ("pelvis", "mid_trunk", "upper_trunk")}
    shares |= {"head": table["head"].mass_share, "arms": arms_mass_share(table)}
    legs = {name: table[name].mass_share for name in ("thigh", "shank", "foot")}
    weighed = {k: v * factors.get(k, (1.0, 1.0))[0] for k, v in (shares | legs).items()}
    whole = sum(v * (2.0 if k in legs else 1.0) for k, v in weighed.items())
    kilograms = {k: v / whole * mass_kg for k, v in weighed.items()}
    places = dict(trunk_chain(table)) | {"arms": ARMS_X_SHARE}
    parts = []
    for name, (segment, _) in zip(("thigh", "shank", "foot"), leg_chain(table), strict=True):
        length = segment.length_share * height_m * factors.get(name, (1.0, 1.0))[1]
        reach = FOOT_REACH if name == "foot" else 1.0
        parts.append(
            LegSegment(
                kilograms[name], segment.com * length * reach, segment.gyration * length, length
            )
        )
    return Body(
        sex=sex,
        height_m=height_m,
        mass_kg=mass_kg,
        trunk_kg=tuple(kilograms[name] for name in TRUNK_POINTS),
        trunk_x_m=tuple(
            places[name] * height_m * factors.get(name, (1.0, 1.0))[1] for name in TRUNK_POINTS
        ),
        thigh=parts[0],
        shank=parts[1],
        foot=parts[2],
    )


def random_person(rng: np.random.Generator) -> Body:
    """Return an adult of 50-110 kg, 1.50-1.95 m and BMI 17.5-36, unlike the table in every part."""
    while True:
        sex = "female" if rng.random() < 0.5 else "male"
        height_m = float(rng.normal(1.65 if sex == "female" else 1.78, 0.07))
        mass_kg = float(height_m**2 * rng.normal(25.0, 4.0))
        in_range = (
            HEIGHT_RANGE_M[0] <= height_m <= HEIGHT_RANGE_M[1]
            and MASS_RANGE_KG[0] <= mass_kg <= MASS_RANGE_KG[1]
            and BMI_RANGE[0] <= mass_kg / height_m**2 <= BMI_RANGE[1]
        )
        if in_range:
            break
    return person_like(rng, sex, height_m, mass_kg)


def person_like(rng: np.random.Generator, sex: str, height_m: float, mass_kg: float) -> Body:
    """Return somebody of this sex, height and mass, unlike the table in every part."""
    names = (*TRUNK_POINTS, "thigh", "shank", "foot")
    factors = {
        name: (float(1.0 + MASS_SD * _bounded(rng)), float(1.0 + LENGTH_SD * _bounded(rng)))
        for name in names
    }
    table_body = make_body(sex, height_m, mass_kg, factors)
    looseness = float(rng.random())  # 1: the trunk comes along and nothing slips
    return Body(
        sex=sex,
        height_m=height_m,
        mass_kg=mass_kg,
        trunk_kg=table_body.trunk_kg,
        trunk_x_m=table_body.trunk_x_m,
        thigh=table_body.thigh,
        shank=table_body.shank,
        foot=table_body.foot,
        rest_angle_rad=REST_ANGLE_RAD + REST_ANGLE_SD_RAD * _bounded(rng),
        hike_share=float(rng.uniform(0.03, 0.15)),
        trunk_follows=(0.3 + 0.3 * looseness, 0.05 + 0.20 * looseness),
        roll_slip=0.3 * (1.0 - looseness),
        shank_off_rad=math.radians(1.5) * _bounded(rng),
        knee_ratio=float(rng.uniform(0.0, 0.15)),
    )


def _bounded(rng: np.random.Generator) -> float:
    return float(np.clip(rng.normal(), -1.7, 1.7))
