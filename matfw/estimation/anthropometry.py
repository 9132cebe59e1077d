"""The body as segments: what a leg weighs and where it hangs, from sex, height and weighed mass.

De Leva's table is for young athletic adults; a heavy person's leg is off by 5-10 % and no table
knows by how much. The whole leg enters the line through two sums only, S = sum m s and
I = sum m s^2 about the hip, so that is all this module hands out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GRAVITY_M_S2 = 9.80665  # standard gravity, ISO 80000-3; the local value differs by at most 0.3 %
REST_ANGLE_RAD = math.radians(-7.5)  # a stacked top hip is higher than its ankle on the other foot
HIP_WIDTH_SHARE = 0.100  # hip joints apart, share of height (0.174 m at 1.74 m)
PELVIS_HALF_WIDTH_SHARE = 0.170 / 1.741  # a side-liar's pelvis centre over the mat; share of height
PELVIS_HALF_DEPTH_SHARE = 0.115 / 1.741  # the other half axis of the rolling ellipse
DECK_OVER_CELLS_M = 0.045  # 18 mm ply and 15 mm foam under a body, over the cells' load points
FOOT_REACH = 0.70  # share of the foot's CoM distance that lies along the leg (foot at 45 degrees)
ARMS_X_SHARE = -0.285  # both arms' CoM headward of the hips, share of height: in front of the chest


@dataclass(frozen=True, slots=True)
class Segment:
    """A row of the table. com and gyration are shares of the segment's own length."""

    mass_share: float
    com: float  # from the proximal (limbs) or cranial (trunk) end
    length_share: float  # of height
    gyration: float


# De Leva 1996, J Biomech 29:1223, table 4 (adjusted Zatsiorsky); lengths over the groups' mean
# heights 1.741 m (male) and 1.735 m (female). Gyration: about the sagittal axis.
_MALE_MM = 1741.0
_FEMALE_MM = 1735.0
SEGMENTS: dict[str, dict[str, Segment]] = {
    "male": {
        "head": Segment(0.0694, 0.500, 243 / _MALE_MM, 0.303),
        "upper_trunk": Segment(0.1596, 0.507, 242 / _MALE_MM, 0.505),
        "mid_trunk": Segment(0.1633, 0.450, 216 / _MALE_MM, 0.482),
        "pelvis": Segment(0.1117, 0.612, 146 / _MALE_MM, 0.615),
        "upper_arm": Segment(0.0271, 0.577, 282 / _MALE_MM, 0.285),
        "forearm": Segment(0.0162, 0.457, 269 / _MALE_MM, 0.276),
        "hand": Segment(0.0061, 0.790, 86 / _MALE_MM, 0.628),
        "thigh": Segment(0.1416, 0.410, 422 / _MALE_MM, 0.329),
        "shank": Segment(0.0433, 0.440, 440 / _MALE_MM, 0.255),
        "foot": Segment(0.0137, 0.440, 258 / _MALE_MM, 0.257),
    },
    "female": {
        "head": Segment(0.0668, 0.484, 244 / _FEMALE_MM, 0.271),
        "upper_trunk": Segment(0.1545, 0.505, 228 / _FEMALE_MM, 0.466),
        "mid_trunk": Segment(0.1465, 0.451, 205 / _FEMALE_MM, 0.433),
        "pelvis": Segment(0.1247, 0.492, 182 / _FEMALE_MM, 0.433),
        "upper_arm": Segment(0.0255, 0.575, 275 / _FEMALE_MM, 0.278),
        "forearm": Segment(0.0138, 0.456, 264 / _FEMALE_MM, 0.263),
        "hand": Segment(0.0056, 0.747, 78 / _FEMALE_MM, 0.531),
        "thigh": Segment(0.1478, 0.361, 369 / _FEMALE_MM, 0.369),
        "shank": Segment(0.0481, 0.435, 439 / _FEMALE_MM, 0.271),
        "foot": Segment(0.0129, 0.400, 228 / _FEMALE_MM, 0.299),
    },
}


@dataclass(frozen=True, slots=True)
class LegConstants:
    """The top leg about its hip, and where that hip is. x is headward negative, from the hip line.

    moment_kgm is S = sum m s, inertia_kgm2 is I = sum m s^2 about the hip (rotary parts included).
    hip_height_m is over the cells' load points; com_from_hip_m is the whole body's CoM.
    """

    leg_mass_kg: float
    moment_kgm: float
    inertia_kgm2: float
    hip_height_m: float
    rest_angle_rad: float
    hip_width_m: float
    com_from_hip_m: float


def leg_constants(sex: str | None, height_m: float, mass_kg: float) -> LegConstants:
    """Return the leg of a person; sex None is the mean of both tables.

    height_m and mass_kg must be > 0; raises ValueError otherwise, or if sex is neither "female",
    "male" nor None. Source: de Leva 1996 (SEGMENTS); a
    man of 75 kg and 1.75 m has S 4.83, I 2.74.
    """
    if not (height_m > 0.0 and mass_kg > 0.0):
        msg = f"height_m and mass_kg must be > 0 (got {height_m}, {mass_kg})"
        raise ValueError(msg)
    if sex is None:
        female = leg_constants("female", height_m, mass_kg)
        male = leg_constants("male", height_m, mass_kg)
        return LegConstants(
            *(
                0.5 * (getattr(female, name) + getattr(male, name))
                for name in LegConstants.__slots__
            )
        )
    if sex not in SEGMENTS:
        msg = f'sex must be "female", "male" or None (got {sex!r})'
        raise ValueError(msg)
    hip_width_m = HIP_WIDTH_SHARE * height_m
    table = SEGMENTS[sex]
    mass_share = moment_share = inertia_share = 0.0
    for segment, distance in leg_chain(table):
        mass_share += segment.mass_share
        moment_share += segment.mass_share * distance
        rotary = (segment.gyration * segment.length_share) ** 2
        inertia_share += segment.mass_share * (distance**2 + rotary)
    return LegConstants(
        leg_mass_kg=mass_share * mass_kg,
        moment_kgm=moment_share * mass_kg * height_m,
        inertia_kgm2=inertia_share * mass_kg * height_m**2,
        hip_height_m=DECK_OVER_CELLS_M + PELVIS_HALF_WIDTH_SHARE * height_m + 0.5 * hip_width_m,
        rest_angle_rad=REST_ANGLE_RAD,
        hip_width_m=hip_width_m,
        com_from_hip_m=_com_share(table, moment_share) * height_m,
    )


def leg_chain(table: dict[str, Segment]) -> tuple[tuple[Segment, float], ...]:
    """Return the leg's segments with each CoM's distance from the hip, in shares of height."""
    thigh, shank, foot = table["thigh"], table["shank"], table["foot"]
    ankle = thigh.length_share + shank.length_share
    return (
        (thigh, thigh.com * thigh.length_share),
        (shank, thigh.length_share + shank.com * shank.length_share),
        (foot, ankle + FOOT_REACH * foot.com * foot.length_share),
    )


def trunk_chain(table: dict[str, Segment]) -> tuple[tuple[str, float], ...]:
    """Return head and trunk, foot end first, with each CoM's x from the hips in heights (< 0)."""
    places: list[tuple[str, float]] = []
    lower_end = 0.0
    for name in ("pelvis", "mid_trunk", "upper_trunk", "head"):
        segment = table[name]
        places.append((name, -(lower_end + (1.0 - segment.com) * segment.length_share)))
        lower_end += segment.length_share
    return tuple(places)


def arms_mass_share(table: dict[str, Segment]) -> float:
    """Return both arms' share of the mass."""
    return 2.0 * sum(table[name].mass_share for name in ("upper_arm", "forearm", "hand"))


def _com_share(table: dict[str, Segment], moment_share: float) -> float:
    # Both legs straight: S is the same for the leg that lies below.
    trunk = sum(table[name].mass_share * x for name, x in trunk_chain(table))
    return trunk + arms_mass_share(table) * ARMS_X_SHARE + 2.0 * moment_share
