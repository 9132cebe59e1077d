"""Others, B: a leg that is one tapered rod and a body described by its momentum; noise that creeps.

No segments' table: the leg is a cone of uniform flesh, of 15 to 21 % of the weight; knee and hip
bend a little, late. Splines through everything that moves are differentiated exactly, and the mat
bears the weight and what the momentum and angular momentum of the whole body change by. Breath is
a relaxation oscillator, the heart a damped ring, posture creeps by the logarithm of time and slips.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from tests.accuracy.others.mat import REST_DEG
from tests.accuracy.others.plans import Array, Draw, Plan, held_deg, ramp, rounded
from tests.accuracy.others.session import STEP_S, Simulator

G_M_S2 = 9.81
SLICES = 24
LEG_SHARE, LEG_LENGTH, TAPER = (0.155, 0.205), (0.505, 0.535), (0.55, 0.70)
HIP_Z_M, ELSEWHERE_M = (0.20, 0.30), -0.15  # hip over the cells; the rest's CoM, heights
HIP_BENDS, KNEE_BENDS = (-0.04, 0.08), (0.0, 0.2)  # rad a rad of lift
LATE_S = (0.0, 0.25)
TRUNK_ROCKS_M = (0.0, 0.004)  # how far the rest goes to the head, a rad of lift, when hips hike
BREATH_MU, BREATH_HZ = (0.5, 2.0), (0.18, 0.33)
SLIP_EVERY_S = 18.0

Curve = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Rod:
    """The leg in slices, kg and m from the hip, and how the rest of the body takes part."""

    kg: Array
    at_m: Array
    hip_z_m: float
    hip_bends: float
    knee_bends: float
    late_s: float
    rocks_m: float


def excursion(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return the leg's angle over rest, degrees: it creeps down at last, or rests on its toes."""
    angle = np.zeros_like(t_s)
    creeps_deg, creep_s = rng.uniform(0.0, 2.0), rng.uniform(0.5, 1.5)
    for lift in plan.lifts:
        down_at = lift.at_s + lift.up_s + lift.hold_s
        up = _rise((t_s - lift.at_s) / lift.up_s, rng)
        down = _lowered((t_s - down_at) / lift.down_s, rng, lift.is_dropped)
        left = min(creeps_deg / lift.height_deg, 0.06) * (0.0 if lift.is_dropped else 1.0)
        creep = left * np.exp(-np.maximum(t_s - lift.end_s, 0.0) / creep_s)
        angle += held_deg(t_s, lift) * up * np.maximum(1.0 - down * (1.0 - creep), 0.0)
    return np.maximum(rounded(angle, 0.06, STEP_S), 0.0)


def _rise(phase: Array, rng: Draw) -> Array:
    share = np.clip(phase, 0.0, 1.0)
    draw = rng.random()
    if draw < 0.4:
        return _snap(share)
    if draw < 0.7:  # two movements, the second one begun before the first has ended
        first, begun = rng.uniform(0.55, 0.75), rng.uniform(0.25, 0.4)
        second = np.clip((share - begun) / (1.0 - begun), 0.0, 1.0)
        whole = first * _snap(np.clip(share / 0.75, 0.0, 1.0)) + (1.0 - first) * _snap(second)
        return np.asarray(whole)
    bent = share ** rng.uniform(0.8, 1.25)
    return np.asarray(np.sin(0.5 * np.pi * bent) ** 2)


def _lowered(phase: Array, rng: Draw, is_falling: bool) -> Array:
    share = np.clip(phase, 0.0, 1.0)
    if is_falling:
        power = rng.uniform(1.8, 2.3)
        return np.asarray(1.0 - (1.0 - share**power) ** 1.2)
    return _rise(phase, rng)


def _snap(share: Array) -> Array:
    """Return the way of least snap, the fourth derivative of the place."""
    return np.asarray(share**4 * (35.0 - 84.0 * share + 70.0 * share**2 - 20.0 * share**3))


def _shaking(angle_deg: Array, rng: Draw) -> Array:
    """Return a lifted leg's tremor and wobble, degrees."""
    held = np.clip(angle_deg / 8.0, 0.0, 1.0)
    white = rng.standard_normal((2, len(angle_deg)))
    wobble = rounded(rounded(white[0], 0.25, STEP_S), 0.25, STEP_S)
    pole = 0.97 * np.exp(2j * np.pi * rng.uniform(4.5, 7.5) * STEP_S)
    tremor = scipy.signal.lfilter([1.0], [1.0, -2.0 * pole.real, abs(pole) ** 2], white[1])
    wobble *= 0.12 / float(wobble.std())
    return np.asarray(held * (wobble + rng.uniform(0.003, 0.010) / float(tremor.std()) * tremor))


def _rod(plan: Plan, rng: Draw) -> Rod:
    place = (np.arange(SLICES) + 0.5) / SLICES
    section = (1.0 - rng.uniform(*TAPER) * place) ** 2
    kg = plan.mass_kg * rng.uniform(*LEG_SHARE) * section / section.sum()
    at_m = plan.height_m * rng.uniform(*LEG_LENGTH) * place
    drawn = [rng.uniform(*span) for span in (HIP_Z_M, HIP_BENDS, KNEE_BENDS, LATE_S, TRUNK_ROCKS_M)]
    return Rod(kg, at_m, *(float(value) for value in drawn))


def pressed(t_s: Array, angle_deg: Array, plan: Plan, rng: Draw) -> Array:
    """Return force and moments about hips and midline, (n, 3), by the change of momentum."""
    rod = _rod(plan, rng)
    lifted = scipy.interpolate.CubicSpline(t_s[::4], np.radians(angle_deg)[::4], bc_type="natural")
    rolls_m = plan.height_m * rng.normal(0.0, 0.002)  # of the whole body, a rad of lift
    result = np.zeros((len(t_s), 3))
    rest_kg = plan.mass_kg - float(rod.kg.sum())
    late = lifted(np.maximum(t_s - rod.late_s, 0.0))
    rocked = scipy.interpolate.CubicSpline(t_s, -rod.rocks_m * np.sin(late))
    x, x_2 = ELSEWHERE_M * plan.height_m + rocked(t_s), rocked(t_s, 2)
    height_m = 0.5 * rod.hip_z_m
    result[:, 0] = rest_kg * G_M_S2
    result[:, 1] = rest_kg * (G_M_S2 * x - height_m * x_2)
    result[:, 2] = rest_kg * G_M_S2 * rolls_m * np.sin(late)
    for kg, at_m in zip(rod.kg.tolist(), rod.at_m.tolist(), strict=True):
        for along, place in _places(t_s, lifted, late, rod, at_m):
            result[:, along] += kg * place
    return result


def _places(
    t_s: Array, lifted: Curve, late: Array, rod: Rod, at_m: float
) -> list[tuple[int, Array]]:
    """Return what one kilogram there adds to force and moments."""
    angle = np.radians(REST_DEG) + lifted(t_s)
    forward = rod.hip_bends * late
    shank = max(at_m - 0.5 * float(rod.at_m[-1]), 0.0)
    thigh = at_m - shank
    bent = forward - rod.knee_bends * late
    x = np.cos(angle) * (thigh * np.cos(forward) + shank * np.cos(bent))
    y = np.cos(angle) * (thigh * np.sin(forward) + shank * np.sin(bent))
    z = rod.hip_z_m + at_m * np.sin(angle)
    x_2, y_2, z_2 = (scipy.interpolate.CubicSpline(t_s, each)(t_s, 2) for each in (x, y, z))
    load = G_M_S2 + z_2
    return [(0, load), (1, load * x - z * x_2), (2, load * y - z * y_2)]


def noise(t_s: Array, plan: Plan, scale: float, rng: Draw) -> Array:
    """Return N, N m along and N m across: breath, heart, creep, slips; restless ones push too."""
    weight_n = plan.mass_kg * G_M_S2
    breath, ring = _breath(t_s, rng), _heart(t_s, rng)
    since_s = np.maximum(t_s - plan.on_s[1], 0.0)
    creep = rng.normal(0.0, 0.8) * np.log1p(since_s / 3.0)
    slips = _slips(t_s, rng)
    walk = rounded(np.cumsum(rng.standard_normal(len(t_s))), 0.4, STEP_S)
    walk -= scipy.signal.lfilter([STEP_S / 8.0], [1.0, STEP_S / 8.0 - 1.0], walk)  # forgets in 8 s
    walk /= max(float(walk.std()), 1e-9)
    along_mm = rng.uniform(0.2, 1.0) * breath + creep + 1.8 * slips + 1.0 * walk
    across_mm = rng.uniform(0.05, 0.3) * breath + 0.25 * creep + 0.5 * slips + 0.2 * walk[::-1]
    force = rng.uniform(0.1, 0.35) * breath + rng.uniform(0.2, 0.45) * ring
    along = 1e-3 * weight_n * along_mm + rng.uniform(0.05, 0.15) * ring
    across = 1e-3 * weight_n * across_mm
    result = scale * np.stack([force, along, across], axis=1)
    if scale > 1.0:
        result += _hand(t_s, plan, rng)
    return result


def _breath(t_s: Array, rng: Draw) -> Array:
    """Return a van der Pol oscillator whose pace wanders."""
    mu, pace = rng.uniform(*BREATH_MU), 2.0 * np.pi * rng.uniform(*BREATH_HZ)
    kicks = rng.normal(0.0, 0.6, len(t_s)) * np.sqrt(STEP_S)
    place, speed = 1.0, 0.0
    found = np.empty(len(t_s))
    for index, kick in enumerate(kicks.tolist()):
        pull = mu * pace * (1.0 - place**2) * speed - pace**2 * place
        speed += STEP_S * pull + pace * kick
        place += STEP_S * speed
        found[index] = place
    return found


def _heart(t_s: Array, rng: Draw) -> Array:
    period = round(float(rng.uniform(0.72, 1.05)) / STEP_S)
    shocks = np.zeros(len(t_s))
    at = 0
    while at < len(shocks):
        shocks[at] = 1.0 + 0.2 * rng.normal()
        at += max(1, round(period * (1.0 + 0.05 * rng.normal())))
    pole = 0.955 * np.exp(2j * np.pi * rng.uniform(4.0, 6.5) * STEP_S)
    ring = scipy.signal.lfilter([1.0, -1.0], [1.0, -2.0 * pole.real, abs(pole) ** 2], shocks)
    return np.asarray(ring / ring.std())


def _slips(t_s: Array, rng: Draw) -> Array:
    """Return posture that gives way now and then, each time over another while, and for good."""
    result = np.zeros_like(t_s)
    for at_s in rng.uniform(0.0, t_s[-1], rng.poisson(t_s[-1] / SLIP_EVERY_S)):
        slow_s = float(rng.uniform(0.3, 2.0))
        result += rng.laplace(0.0, 0.8) * (1.0 - np.exp(-np.maximum(t_s - at_s, 0.0) / slow_s))
    return rounded(result, 0.15, STEP_S)


def _hand(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return a hand that leans on the mat, or takes weight off it, for a while."""
    force = np.zeros_like(t_s)
    for at_s in rng.uniform(0.0, t_s[-1], rng.poisson(t_s[-1] / 16.0)):
        long_s, slow_s = float(rng.uniform(1.0, 5.0)), float(rng.uniform(0.15, 0.5))
        since, over = np.maximum(t_s - at_s, 0.0), np.maximum(t_s - at_s - long_s, 0.0)
        leaned = (1.0 - np.exp(-since / slow_s)) - (1.0 - np.exp(-over / slow_s))
        force += rng.uniform(-8.0, 12.0) * rounded(leaned, 0.05, STEP_S)
    lever_m = rng.uniform(-0.38, -0.22) * plan.height_m
    return np.stack([force, lever_m * force, rng.uniform(0.1, 0.35) * force], axis=1)


def placed(t_s: Array, body: Array, plan: Plan, rng: Draw) -> tuple[Array, Array, Array]:
    """Return force and moments about the deck's middle: kneels on it, comes down, and leaves so."""
    front = 1.0 if plan.side.value == "left" else -1.0
    x_m, y_m = float(rng.uniform(-0.05, 0.05)), float(rng.uniform(-0.03, 0.03))
    on, off = plan.on_s, plan.off_s
    there = ramp(t_s, on[0], on[0] + 0.8) * (1.0 - ramp(t_s, off[1] - 0.7, off[1]))
    down_s = on[0] + 0.55 * (on[1] - on[0])
    lies = ramp(t_s, down_s, on[1]) * (1.0 - ramp(t_s, off[0], off[0] + 0.8))
    kneels_n = plan.mass_kg * G_M_S2 * there * (1.0 - lies)
    kneels_n *= 1.0 + 0.10 * np.sin(2.0 * np.pi * rng.uniform(1.0, 2.2) * t_s)
    force = body[:, 0] * lies + kneels_n
    mx = (body[:, 1] + x_m * body[:, 0]) * lies + kneels_n * rng.uniform(0.1, 0.4)
    my = front * ((body[:, 2] + y_m * body[:, 0]) * lies + rng.uniform(-0.1, 0.1) * kneels_n)
    return force, mx, my


record = Simulator(
    key=0xB, excursion=excursion, shaking=_shaking, pressed=pressed, noise=noise, placed=placed
).record
