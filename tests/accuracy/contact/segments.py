"""How big and heavy somebody is, segment by segment: de Leva's table, and people around it.

Source: P. de Leva (1996), Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters, J.
Biomechanics 29:1223-1230, table 4: mass shares, lengths, where the CoM lies on them, from the head
or the proximal end, and radii of gyration. Head and upper trunk end at the cervicale, the hand at
the third knuckle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tests.accuracy.others.plans import Draw

USUAL_KG = 72.0  # what stiffness and torques here are of; a heavier body's are in proportion
TABLE_M: Mapping[str, float] = MappingProxyType({"male": 1.741, "female": 1.735})  # its people
# Mass share, length in mm, CoM as share of it, radii of gyration as shares: sagittal, transverse,
# longitudinal.
TABLE: Mapping[str, Mapping[str, tuple[float, float, float, tuple[float, float, float]]]] = (
    MappingProxyType(
        {
            "male": {
                "head": (0.0694, 243, 0.500, (0.303, 0.315, 0.261)),
                "upper_trunk": (0.1596, 242, 0.507, (0.505, 0.320, 0.465)),
                "middle_trunk": (0.1633, 216, 0.450, (0.482, 0.383, 0.468)),
                "lower_trunk": (0.1117, 146, 0.612, (0.615, 0.551, 0.587)),
                "upper_arm": (0.0271, 282, 0.577, (0.285, 0.269, 0.158)),
                "forearm": (0.0162, 269, 0.457, (0.276, 0.265, 0.121)),
                "hand": (0.0061, 86, 0.79, (0.628, 0.513, 0.401)),
                "thigh": (0.1416, 422, 0.410, (0.329, 0.329, 0.149)),
                "shank": (0.0433, 440, 0.440, (0.255, 0.249, 0.103)),
                "foot": (0.0137, 258, 0.44, (0.257, 0.245, 0.124)),
            },
            "female": {
                "head": (0.0668, 244, 0.484, (0.271, 0.295, 0.261)),
                "upper_trunk": (0.1545, 228, 0.505, (0.466, 0.314, 0.449)),
                "middle_trunk": (0.1465, 205, 0.451, (0.433, 0.354, 0.415)),
                "lower_trunk": (0.1247, 182, 0.492, (0.433, 0.402, 0.444)),
                "upper_arm": (0.0255, 275, 0.575, (0.278, 0.260, 0.148)),
                "forearm": (0.0138, 264, 0.456, (0.261, 0.257, 0.094)),
                "hand": (0.0056, 78, 0.747, (0.531, 0.454, 0.335)),
                "thigh": (0.1478, 369, 0.361, (0.369, 0.364, 0.162)),
                "shank": (0.0481, 439, 0.435, (0.271, 0.267, 0.093)),
                "foot": (0.0129, 228, 0.40, (0.299, 0.279, 0.139)),
            },
        }
    )
)
PAIRED = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
HEIGHT_M, HEIGHT_SD_M, HEIGHTS_M = {"female": 1.66, "male": 1.79}, 0.07, (1.50, 1.95)
BMI, BMI_LOG_SD, MASSES_KG = 24.0, 0.14, (48.0, 105.0)  # the project's own range of masses
CHILD_M, CHILD_KG = (1.28, 1.48), (28.0, 42.0)  # in proportion as adults, which is nearly so
TABLE_BMI = 23.0  # about that of the table's people
ANKLE_TO_FOOT_M = 0.06  # along the leg, of somebody as tall as the table's people


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of somebody's. com, gyration (sagittal, transverse, long): shares of length."""

    mass_kg: float
    length_m: float
    com: float
    gyration: tuple[float, float, float]

    @property
    def com_m(self) -> float:
        """Return how far from the proximal end, or the head's, the CoM is."""
        return self.com * self.length_m


@dataclass(frozen=True, slots=True)
class Build:
    """Somebody's sizes. scale: times the table's people; girth: how much rounder than they.

    pelvis_m: from the side one lies on to the body's middle; hip_m: from there to each hip joint;
    ilium_m: how far to front and back the pelvis presses.
    """

    sex: str
    height_m: float
    mass_kg: float
    scale: float
    girth: float
    segments: Mapping[str, Segment]
    pelvis_m: float
    hip_m: float
    ilium_m: float

    @property
    def leg_kgm(self) -> float:
        """Return a straight leg's first moment about its hip."""
        thigh, shank, foot = (self.segments[name] for name in ("thigh", "shank", "foot"))
        return (
            thigh.mass_kg * thigh.com * thigh.length_m
            + shank.mass_kg * (thigh.length_m + shank.com_m)
            + foot.mass_kg * (thigh.length_m + shank.length_m + ANKLE_TO_FOOT_M * self.scale)
        )

    @property
    def leg_kgm2(self) -> float:
        """Return a straight leg's moment of inertia about its hip."""
        thigh, shank, foot = (self.segments[name] for name in ("thigh", "shank", "foot"))
        own = [(each.gyration[0] * each.length_m) ** 2 for each in (thigh, shank)]
        return (
            thigh.mass_kg * (thigh.com_m**2 + own[0])
            + shank.mass_kg * ((thigh.length_m + shank.com_m) ** 2 + own[1])
            + foot.mass_kg * (thigh.length_m + shank.length_m + ANKLE_TO_FOOT_M * self.scale) ** 2
        )


def draw_build(rng: Draw, *, is_child: bool = False) -> Build:
    """Return somebody of either sex whose segments differ from the table's by some percent."""
    sex = "female" if rng.random() < 0.5 else "male"
    if is_child:
        height_m, mass_kg = rng.uniform(*CHILD_M), rng.uniform(*CHILD_KG)
    else:
        height_m = float(np.clip(rng.normal(HEIGHT_M[sex], HEIGHT_SD_M), *HEIGHTS_M))
        bmi = float(np.exp(rng.normal(np.log(BMI), BMI_LOG_SD)))
        mass_kg = float(np.clip(bmi * height_m * height_m, *MASSES_KG))
    scale = height_m / TABLE_M[sex]
    girth = float(np.sqrt(mass_kg / height_m**2 / TABLE_BMI))
    segments = _segments(rng, sex, mass_kg, scale)
    pelvis_m = 0.165 * scale * girth * _varied(rng, 0.04, 0.08)
    if sex == "female":
        pelvis_m *= 1.04
    hip_m = 0.082 * scale * _varied(rng)
    ilium_m = 0.052 * scale * girth * _varied(rng, 0.1, 0.2)
    return Build(sex, height_m, mass_kg, scale, girth, segments, pelvis_m, hip_m, ilium_m)


def _segments(rng: Draw, sex: str, mass_kg: float, scale: float) -> Mapping[str, Segment]:
    shares, lengths_m = {}, {}
    for name, (share, length_mm, _, _) in TABLE[sex].items():
        shares[name] = share * _varied(rng)
        lengths_m[name] = length_mm * 1e-3 * scale * _varied(rng, 0.025, 0.06)
    whole = sum(share * (2 if name in PAIRED else 1) for name, share in shares.items())
    return {
        name: Segment(shares[name] / whole * mass_kg, lengths_m[name], com, gyration)
        for name, (_, _, com, gyration) in TABLE[sex].items()
    }


def _varied(rng: Draw, sd: float = 0.05, limit: float = 0.10) -> float:
    return 1 + float(np.clip(rng.normal(0, sd), -limit, limit))
