"""A leg that its muscle drives: what somebody aims at becomes excitation, pull, and then movement.

Excitation is what the aim would need by an inverse model that is a little wrong, and what the eye
and the spindles ask for a moment later. It becomes activation with a lag, activation a torque by
length and speed (Hill's curves), and that moves the leg against its weight. At rest the other leg
bears it, on flesh that gives. A leg that is let go gets no correction any more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.accuracy.others.plans import Array, Draw, rounded
from tests.accuracy.others.session import STEP_S

G_M_S2 = 9.81
SUNK_RAD = 0.010  # the resting leg in the other one's flesh
FLESH_DAMPING = 0.6  # of critical
LONGER_RAD, CURVE_RAD = 0.15, 1.1  # where the muscle is strongest, over rest, and its curve's width
CONCENTRIC, ECCENTRIC = 0.25, 1.35  # Hill's shape, and the most while it lengthens
NOISE_S, NOISE_SHARE = 0.06, 0.012  # of excitation: signal-dependent, some hertz
LEARNT_S = 0.02  # that commands are smoothed over


@dataclass(frozen=True, slots=True)
class Limb:
    """A leg's lumps, (k,) kg and m from the hip, its muscle, and how well it is steered.

    model_share: what the leg weighs by the inverse model. stiffness, damping: of the correction,
    N m a rad and N m s a rad, late_s after the error.
    """

    kg: Array
    at_m: Array
    rest_rad: float
    strength_nm: float
    fastest_radps: float
    rises_s: float
    falls_s: float
    model_share: float
    stiffness: float
    damping: float
    late_s: float

    @property
    def moment_kgm(self) -> float:
        """Return mass times lever."""
        return float(self.kg @ self.at_m)

    @property
    def inertia_kgm2(self) -> float:
        """Return the inertia about the hip."""
        return float(self.kg @ self.at_m**2)


def weight_nm(limb: Limb, angle_rad: Array) -> Array:
    """Return what the leg's weight pulls down by, at angles over rest."""
    return np.asarray(G_M_S2 * limb.moment_kgm * np.cos(limb.rest_rad + angle_rad))


def moved_rad(limb: Limb, aimed_rad: Array, is_free: Array, rng: Draw) -> Array:
    """Return the angle over rest, (n,), that comes of what is aimed at.

    is_free: where the leg has been let go, 1, else 0.
    """
    asked = _inverse(limb, aimed_rad)
    noise = rounded(rng.standard_normal(len(aimed_rad)), NOISE_S, STEP_S)
    asked *= 1.0 + NOISE_SHARE * noise / noise.std()
    aim, aimed_speed = aimed_rad.tolist(), np.gradient(aimed_rad, STEP_S).tolist()
    steered = np.where((aimed_rad > SUNK_RAD) & (is_free < 0.5), 1.0, 0.0).tolist()
    late = max(1, round(limb.late_s / STEP_S))
    inertia, weight = limb.inertia_kgm2, G_M_S2 * limb.moment_kgm
    bears = weight * np.cos(limb.rest_rad) / SUNK_RAD
    gives = 2.0 * FLESH_DAMPING * np.sqrt(bears * inertia)
    cosine, sine = float(np.cos(limb.rest_rad)), float(np.sin(limb.rest_rad))
    angle, speed, active = 0.0, 0.0, 0.0
    angles, speeds = [0.0] * late, [0.0] * late  # as they were sensed so far
    found = []
    for index, planned_nm in enumerate(asked.tolist()):
        wanted_nm = planned_nm
        if steered[index]:
            seen = max(0, index - late)
            wanted_nm += limb.stiffness * (aim[seen] - angles[index])
            wanted_nm += limb.damping * (aimed_speed[seen] - speeds[index])
        excited = min(max(wanted_nm / limb.strength_nm, 0.0), 1.0)
        lag_s = limb.rises_s if excited > active else limb.falls_s
        active += STEP_S / lag_s * (excited - active)
        pulled_nm = active * limb.strength_nm * _by_length(angle) * _by_speed(limb, speed)
        fell_nm = weight * (cosine * (1.0 - 0.5 * angle * angle) - sine * angle)
        borne_nm = 0.0
        if angle < SUNK_RAD:
            borne_nm = max(0.0, bears * (SUNK_RAD - angle) - gives * speed)
        speed += STEP_S * (pulled_nm + borne_nm - fell_nm) / inertia
        angle += STEP_S * speed
        angles.append(angle)
        speeds.append(speed)
        found.append(angle)
    return np.array(found)


def _inverse(limb: Limb, aimed_rad: Array) -> Array:
    """Return what to excite the muscle by, N m, its length, speed and lag allowed for, (n,)."""
    speed = np.gradient(aimed_rad, STEP_S)
    needed = limb.inertia_kgm2 * np.gradient(speed, STEP_S)
    needed += limb.model_share * weight_nm(limb, aimed_rad)
    needed = needed * np.clip(aimed_rad / SUNK_RAD, 0.0, 1.0)
    by_length = np.array([_by_length(each) for each in aimed_rad.tolist()])
    by_speed = np.array([_by_speed(limb, each) for each in speed.tolist()])
    active = needed / (by_length * by_speed)
    changes = np.gradient(active, STEP_S)
    lag_s = np.where(changes > 0.0, limb.rises_s, limb.falls_s)
    return rounded(active + lag_s * changes, LEARNT_S, STEP_S)


def _by_length(angle_rad: float) -> float:
    off = (angle_rad - LONGER_RAD) / CURVE_RAD
    return max(0.3, 1.0 - off * off)


def _by_speed(limb: Limb, speed_radps: float) -> float:
    share = min(max(speed_radps / limb.fastest_radps, -1.0), 0.9)
    if share >= 0.0:
        return (1.0 - share) / (1.0 + share / CONCENTRIC)
    more = ECCENTRIC - 1.0
    return 1.0 - more * share / (more / (1.0 + 1.0 / CONCENTRIC) - share)
