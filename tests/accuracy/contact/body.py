"""Somebody on their left side as MJCF: what of them touches, where they bend, what swings in them.

Segments are rigid, and what is soft about them is in the joints, the contacts, the viscera and the
heart. Only what a side-lying body rests on touches the board; the upper leg's touches the lower leg
as well, so that one lands on the other. Sizes are those of somebody as tall as the table's people,
in m; stiffnesses, N m per rad, are of a joint and of the tone that keeps posture. Both were set by
hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from tests.accuracy.contact.mjcf import (
    Hinge,
    ball,
    capsule,
    flesh,
    hinge,
    inertial,
    lump,
    numbers,
    slide,
    world,
)
from tests.accuracy.contact.segments import USUAL_KG, Build
from tests.accuracy.others.plans import Array, Draw

ALONG, ACROSS, UP = "1 0 0", "0 1 0", "0 0 1"
LEFTWARD, BENT = "0 -1 0", "0 0 -1"  # a leg's lift; a knee's and a back's flexion
HANGS_RAD = -0.10  # the upper leg hangs to the lower one's foot
KNEE_RAD = (float(np.radians(-4)), float(np.radians(140)))
HINGES: Mapping[str, Hinge] = MappingProxyType(
    {
        "upper_hip_flexion": Hinge(UP, 90, 9),
        "upper_hip_abduction": Hinge(LEFTWARD, 22, 3.5, HANGS_RAD),
        "upper_hip_rotation": Hinge(ALONG, 25, 1.5),
        "upper_knee": Hinge(BENT, 60, 3, 0.0, KNEE_RAD),
        "lower_hip_flexion": Hinge(UP, 70, 9),
        "lower_hip_abduction": Hinge(LEFTWARD, 45, 5),
        "lower_hip_rotation": Hinge(ALONG, 25, 1.5),
        "lower_knee": Hinge(BENT, 60, 3, 0.0, KNEE_RAD),
        "lumbar_bend": Hinge(ACROSS, 230, 14),
        "lumbar_flexion": Hinge(BENT, 190, 14),
        "lumbar_twist": Hinge(ALONG, 130, 9),
        "thoracic_bend": Hinge(ACROSS, 320, 14),
        "thoracic_flexion": Hinge(BENT, 260, 13),
        "thoracic_twist": Hinge(ALONG, 220, 11),
        "neck_bend": Hinge(ACROSS, 42, 3),
        "neck_flexion": Hinge(BENT, 35, 3),
        "neck_twist": Hinge(ALONG, 18, 1.5),
    }
)
SHOULDER = (("x", Hinge(ALONG, 28, 2.2)), ("y", Hinge(ACROSS, 28, 2.2)), ("z", Hinge(UP, 28, 2.2)))
ELBOW = Hinge("", 22, 1.6)  # about whatever axis the arm lies bent on
STIFFER_LOG_SD = 0.15  # of all of somebody's joints, and of each besides
VISCERA_SHARE, VISCERA_HZ, VISCERA_DAMPING = 0.065, 4.5, 0.5  # the belly swings
HEART_SHARE, HEART_HZ, HEART_DAMPING = 0.012, 5.0, 0.28  # what a beat throws
GRIP = (0.55, 0.9)  # of clothes on the mat's cover
# Time constant in s, impedance at touch and deep, m deep: flesh, and bone under little of it.
SOFT, FIRM = (0.034, 0.25, 0.90, 0.026), (0.028, 0.35, 0.92, 0.016)
# Who touches whom. The board is of class 1; the lower leg of class 2, that the upper one meets too.
LOWER_LEG, UPPER_LEG = 'contype="2" conaffinity="1" ', 'contype="0" conaffinity="3" '
FOOT_RAD = 0.6  # from square to the shin, toes down
REACH = 0.97  # of an arm's length: no elbow is straight


def drawn_body(build: Build, rng: Draw) -> str:
    """Return a body of such a build; joints, flesh and where the hands lie are drawn."""
    return _Writer(build, rng).written()


class _Writer:
    """Writes one body, limb by limb; each joint's draws come as it is written."""

    def __init__(self, build: Build, rng: Draw) -> None:
        self._build, self._rng, self._scale = build, rng, build.scale
        self._side_m = -build.pelvis_m  # the side one lies on, under the body's middle
        self._stiffer = self._factor()
        self._grip = float(rng.uniform(*GRIP))
        self._soft, self._firm = self._flesh(*SOFT), self._flesh(*FIRM)

    def written(self) -> str:
        """Return the whole body on the board."""
        pelvis = [
            f'<body name="pelvis" pos="0 0 {self._build.pelvis_m + 0.002:.4f}">',
            '<freejoint name="root"/>',
            *self._pelvis(),
            *self._leg("lower"),
            *self._leg("upper"),
            *self._middle_trunk(),
            *self._upper_trunk(),
            *self._arm("lower"),
            *self._arm("upper"),
            *self._head(),
            "</body></body></body></body>",
        ]
        return world("".join(pelvis), self._grip)

    def _factor(self) -> float:
        return float(np.exp(self._rng.normal(0, STIFFER_LOG_SD)))

    def _flesh(self, soft_s: float, least: float, most: float, deep_m: float) -> str:
        own_s, damps = soft_s * self._rng.uniform(0.8, 1.25), self._rng.uniform(0.7, 1.1)
        deep_m *= self._rng.uniform(0.75, 1.3)
        return flesh(own_s, least, most, deep_m, damps=damps, grip=self._grip)

    def _hinge(self, name: str, joint: Hinge | None = None) -> str:
        heavy = self._build.mass_kg / USUAL_KG
        stiffer = self._stiffer * self._factor() * heavy
        return hinge(name, joint or HINGES[name], stiffer, self._factor() * heavy)

    def _pads(
        self, names: tuple[str, str], fronts_m: tuple[float, float], ends_m: tuple[float, float],
        z_m: float, radius_m: float,
    ) -> list[str]:  # fmt: skip
        """Return rods along the body, one before its middle and one behind."""
        return [
            capsule(name, (ends_m[0], y, z_m), (ends_m[1], y, z_m), radius_m, self._soft)
            for name, y in zip(names, fronts_m, strict=True)
        ]

    def _pelvis(self) -> list[str]:
        s, side, build = self._scale, self._side_m, self._build
        lower = build.segments["lower_trunk"]
        ilium = (build.ilium_m, -build.ilium_m)
        rolled = (-0.095 * s * build.girth, 0.09 * s * build.girth)  # touch when rolled only
        return [
            inertial(lower, (-(1 - lower.com) * lower.length_m, -0.005, 0), (1, 0, 0)),
            *self._pads(
                ("pelvis_front", "pelvis_back"), ilium, (-0.075 * s, 0.035 * s),
                side + 0.07 * s, 0.07 * s,
            ),
            *self._pads(
                ("glutes", "belly"), rolled, (-0.09 * s, 0.02 * s), side + 0.095 * s, 0.07 * s
            ),
        ]  # fmt: skip

    def _leg(self, which: str) -> list[str]:
        s, girth = self._scale, self._build.girth
        thigh, shank, foot = (self._build.segments[name] for name in ("thigh", "shank", "foot"))
        is_upper = which == "upper"
        z_m = self._build.hip_m if is_upper else -self._build.hip_m
        touches = UPPER_LEG if is_upper else LOWER_LEG
        soft, firm = touches + self._soft, touches + self._firm
        toes = np.array([np.sin(FOOT_RAD), np.cos(FOOT_RAD), 0.0])
        toe_m = np.array([0.03, 0, 0]) * s + 0.15 * s * toes
        heel = ball("heel", (-0.02 * s, -0.02 * s, 0), 0.043 * s, firm)
        if not is_upper:  # what the upper leg's foot rests on
            ends = (-0.05 * s, -0.055 * s, 0.004), (-0.05 * s, 0.065 * s, 0.004)
            heel = capsule("saddle", *ends, 0.040 * s, firm)
        return [
            f'<body name="{which}_thigh" pos="0 0 {z_m:.4f}">',
            self._hinge(f"{which}_hip_flexion"),
            self._hinge(f"{which}_hip_abduction"),
            self._hinge(f"{which}_hip_rotation"),
            inertial(thigh, (thigh.com_m, 0, 0), (1, 0, 0)),
            capsule(
                f"{which}_thigh", (0.10 * s, 0, 0), (0.75 * thigh.length_m, 0, 0),
                0.063 * s * girth, soft,
            ),
            ball(f"{which}_knee", (thigh.length_m, 0, 0), 0.048 * s, firm),
            f'<body name="{which}_shank" pos="{thigh.length_m:.4f} 0 0">',
            self._hinge(f"{which}_knee"),
            inertial(shank, (shank.com_m, 0, 0), (1, 0, 0)),
            capsule(
                f"{which}_calf", (0.12 * s, -0.012, 0), (0.24 * s, -0.012, 0),
                0.050 * s * girth, soft,
            ),
            capsule(
                f"{which}_ankle", (0.80 * shank.length_m, 0, 0), (shank.length_m, 0, 0),
                0.038 * s, firm,
            ),
            f'<body name="{which}_foot" pos="{shank.length_m:.4f} 0 0">',
            inertial(foot, (0.03 * s + toes[0] * 0.05 * s, toes[1] * 0.06 * s, 0), toes),
            capsule(f"{which}_foot", (0.025 * s, -0.03 * s, 0), toe_m, 0.043 * s, firm),
            heel,
            "</body></body></body>",
        ]  # fmt: skip

    def _middle_trunk(self) -> list[str]:
        s, side = self._scale, self._side_m
        lower, middle = (self._build.segments[name] for name in ("lower_trunk", "middle_trunk"))
        viscera_kg = VISCERA_SHARE * self._build.mass_kg
        joints = [self._hinge(f"lumbar_{way}") for way in ("bend", "flexion", "twist")]
        com_m = (-(1 - middle.com) * middle.length_m, 0.0, 0)
        waist_m = float(self._rng.uniform(0.008, 0.025))  # by so much the ribs are further in
        ends = (-middle.length_m, -0.55 * middle.length_m)
        place = numbers((-0.35 * middle.length_m,))
        return [
            f'<body name="middle_trunk" pos="{-lower.length_m:.4f} 0 0">',
            *joints,
            inertial(middle, com_m, (1, 0, 0), middle.mass_kg - viscera_kg),
            *self._pads(
                ("ribs_front", "ribs_back"), (0.05 * s, -0.05 * s), ends,
                side + waist_m + 0.060 * s, 0.060 * s,
            ),
            f'<body name="viscera" pos="{place} 0.02 0">',
            slide("breath", "0.62 0.72 0.31", viscera_kg, VISCERA_HZ, VISCERA_DAMPING),
            lump(viscera_kg, 0.004) + "</body>",
        ]  # fmt: skip

    def _upper_trunk(self) -> list[str]:
        s, side = self._scale, self._side_m
        middle, upper = (self._build.segments[name] for name in ("middle_trunk", "upper_trunk"))
        heart_kg, length_m = HEART_SHARE * self._build.mass_kg, upper.length_m
        return [
            f'<body name="upper_trunk" pos="{-middle.length_m:.4f} 0 0">',
            *(self._hinge(f"thoracic_{way}") for way in ("bend", "flexion", "twist")),
            inertial(
                upper, (-(1 - upper.com) * length_m, 0.01, 0), (1, 0, 0), upper.mass_kg - heart_kg
            ),
            *self._pads(
                ("shoulder_front", "shoulder_back"), (0.055 * s, -0.05 * s),
                (-length_m + 0.02 * s, -length_m + 0.11 * s), side + 0.055 * s, 0.055 * s,
            ),
            *self._pads(
                ("shoulder_blade", "chest"), (-0.105 * s, 0.10 * s),
                (-length_m + 0.06 * s, -0.3 * length_m), side + 0.09 * s, 0.06 * s,
            ),
            f'<body name="heart" pos="{-0.4 * length_m:.4f} 0.02 0">',
            slide("heart", "0.80 0.20 0.56", heart_kg, HEART_HZ, HEART_DAMPING),
            lump(heart_kg, 0.001) + "</body>",
        ]  # fmt: skip

    def _arm(self, which: str) -> list[str]:
        s = self._scale
        upper_arm, forearm, hand = (
            self._build.segments[name] for name in ("upper_arm", "forearm", "hand")
        )
        shoulder_m, hand_m, elbow_to = self._arm_places(which)
        fore_m = forearm.length_m + 0.5 * hand.length_m
        elbow_m, hand_m = _bent(shoulder_m, hand_m, upper_arm.length_m, fore_m, elbow_to)
        on_m = hand_m - elbow_m
        axis = np.cross(elbow_m, on_m)
        elbow = replace(ELBOW, axis=numbers(axis / np.linalg.norm(axis)))
        rests = capsule(f"{which}_arm", (0, 0, 0), 0.9 * elbow_m, 0.042 * s, self._soft)
        return [
            f'<body name="{which}_upper_arm" pos="{numbers(shoulder_m)}">',
            *(self._hinge(f"{which}_shoulder_{way}", joint) for way, joint in SHOULDER),
            inertial(upper_arm, upper_arm.com * elbow_m, elbow_m),
            rests if which == "lower" else "",
            ball(f"{which}_elbow", elbow_m, 0.036 * s, self._firm),
            f'<body name="{which}_forearm" pos="{numbers(elbow_m)}">',
            self._hinge(f"{which}_elbow", elbow),
            inertial(forearm, forearm.com * on_m * forearm.length_m / fore_m, on_m),
            f'<body name="{which}_hand">' + inertial(hand, on_m, on_m),
            ball(f"{which}_hand", on_m, 0.026 * s, self._firm),
            "</body></body></body>",
        ]

    def _arm_places(self, which: str) -> tuple[Array, Array, Array]:
        """Return the shoulder, where the hand lies, and to where the elbow points."""
        s, side = self._scale, self._side_m
        neck_m = -self._build.segments["upper_trunk"].length_m
        if which == "upper":  # its hand is on the mat before the chest
            shoulder_m = np.array([neck_m + 0.055 * s, 0.015, 0.150 * s])
            before_m = self._rng.uniform(0.27, 0.34) * s
            hand_m = np.array([shoulder_m[0] + 0.10 * s, before_m, side + 0.022])
            return shoulder_m, hand_m, np.array([0.7, 0.15, 0.5])
        shoulder_m = np.array([neck_m + 0.045 * s, 0.045 * s, side + 0.052 * s])
        hand_m = np.array([shoulder_m[0] - 0.30 * s, 0.12 * s + 0.05, side + 0.035])
        return shoulder_m, hand_m, np.array([0.2, 1.0, 0.0])

    def _head(self) -> list[str]:
        upper, head = (self._build.segments[name] for name in ("upper_trunk", "head"))
        joints = [self._hinge(f"neck_{way}") for way in ("bend", "flexion", "twist")]
        radius_m = 0.075 * self._scale
        z_m = self._side_m + radius_m + self._rng.uniform(0.0, 0.012)
        return [
            f'<body name="head" pos="{-upper.length_m:.4f} 0 0">',
            *joints,
            inertial(head, (-(1 - head.com) * head.length_m, 0.01, 0), (1, 0, 0)),
            ball("head", (-0.62 * head.length_m, 0.01, z_m), radius_m, self._firm),
        ]


def _bent(
    shoulder_m: Array, hand_m: Array, upper_m: float, fore_m: float, elbow_to: Array
) -> tuple[Array, Array]:
    """Return elbow and hand from the shoulder on, the hand no further off than the arm reaches."""
    reach_m, to_m = REACH * (upper_m + fore_m), hand_m - shoulder_m
    far_m = np.linalg.norm(to_m)
    if far_m > reach_m:
        to_m = shoulder_m + to_m * REACH * (upper_m + fore_m) / far_m - shoulder_m
        far_m = np.linalg.norm(to_m)
    toward = to_m / far_m
    along_m = (upper_m**2 - fore_m**2 + far_m**2) / (2 * far_m)
    aside_m = np.sqrt(max(float(upper_m**2 - along_m * along_m), 1e-4))
    aside = elbow_to - (elbow_to @ toward) * toward
    aside /= np.linalg.norm(aside)
    return along_m * toward + aside_m * aside, to_m
