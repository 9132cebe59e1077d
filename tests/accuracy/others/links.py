"""Others, A: stiff links on springy flesh, integrated in time; noise in jumps, pink, and jerks.

Trunk and lower leg are one body that heaves, pitches and rolls on three soft contacts (shoulder,
hip, lower leg), at 4-7 Hz, poorly damped. The upper leg is three links by Dempster's table (Winter
1990), a fifth lighter than de Leva's; a part of its flesh is a mass on a spring that lags behind
the bone. What the mat feels is what the contacts press with, not what the masses' accelerations
would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy

from matfw.messages import Cell
from tests.accuracy.others.mat import REST_DEG, cell_loads, truth_of
from tests.accuracy.others.plans import (
    Array,
    Draw,
    DrawPlan,
    Plan,
    Recording,
    draw_plan,
    held_deg,
    leaning,
    ramp,
    rounded,
    shaking_gain,
)

STEP_S = 0.0025
G_M_S2 = 9.81
# Winter 1990 after Dempster: mass share, length share of height, CoM and gyration of its length.
LINKS = (
    (0.100, 0.245, 0.433, 0.323),  # thigh
    (0.0465, 0.246, 0.433, 0.302),  # shank
    (0.0145, 0.039, 0.50, 0.475),  # foot, along the leg as far as it sticks out
)
MASS_FACTOR = (0.95, 1.30)  # of an individual leg: people's legs are heavier than those cadavers'
FLESH_SHARE, FLESH_HZ, FLESH_DAMPING = 0.25, (4.5, 8.0), (0.12, 0.3)
HIP_Z_M = 0.26
CONTACT_X = (-0.28, -0.01, 0.36)  # heights from the hips
CONTACT_SHARE = (0.46, 0.40, 0.14)
SINK_HZ, SINK_DAMPING = (4.0, 7.0), (0.12, 0.30)
TRUNK_RADIUS_M, ROLL_RADIUS_M, CONTACT_HALF_M = 0.40, 0.11, 0.085
JUMP_EVERY_S = 6.0  # of the telegraph: a limb, a cheek, a toe put otherwise
BREATH_S = 3.9  # a breath, mean


@dataclass(frozen=True, slots=True)
class Leg:
    """Point pairs along the leg: kg and m from the hip; and how its flesh swings."""

    kg: Array
    at_m: Array
    flesh: tuple[Array, Array]  # filter of bone acceleration -> flesh acceleration


def record(
    seed: int, cells: Sequence[Cell], is_restless: bool, draw: DrawPlan = draw_plan
) -> Recording:
    """Return somebody's session; the same seed, the same. draw: what they do."""
    rng = np.random.default_rng([seed, 0xA])
    plan = draw(rng)
    t_s = np.arange(0.0, plan.span_s, STEP_S)
    angle_deg, shaking_deg = excursion(t_s, plan, rng)
    scale = 2.0 if is_restless else 1.0
    leg = _leg(plan, rng)
    moving = np.radians(angle_deg + scale * shaking_gain(t_s, plan) * shaking_deg)
    vertical_n, turning_nm = hip_load(leg, np.radians(REST_DEG) + moving, rng)
    sideways_nm = plan.mass_kg * G_M_S2 * 1e-3 * (rng.normal(0.0, 0.05) * angle_deg)
    body = _pressed(plan, vertical_n, turning_nm, sideways_nm, rng)
    body = body + noise(t_s, plan, scale, rng) + leaning(t_s, plan)
    force_n, mx_nm, my_nm = placed(t_s, body, plan, rng)
    loads_kg = cell_loads(cells, force_n, mx_nm, my_nm, plan.height_m)
    truth = truth_of(t_s, angle_deg, plan.lifts)
    return Recording(t_s, loads_kg, tuple(cells), plan, angle_deg, truth)


def excursion(t_s: Array, plan: Plan, rng: Draw) -> tuple[Array, Array]:
    """Return the leg's angle over rest and what it shakes by besides, degrees."""
    angle = np.zeros_like(t_s)
    lifted = np.zeros_like(t_s)
    hover = _hover(t_s, plan, rng)
    for lift in plan.lifts:
        down_at = lift.at_s + lift.up_s + lift.hold_s
        up = _way((t_s - lift.at_s) / lift.up_s, rng, False)
        down = _way((t_s - down_at) / lift.down_s, rng, lift.is_dropped)
        angle += held_deg(t_s, lift) * up * (1.0 - down)
        lifted += up * (1.0 - down)
    angle += hover * (1.0 - np.clip(lifted, 0.0, 1.0))
    white = rng.standard_normal(len(t_s))
    pole = 0.985 * np.exp(2j * np.pi * rng.uniform(5.0, 9.0) * STEP_S)
    shaking = scipy.signal.lfilter([1.0], [1.0, -2.0 * pole.real, abs(pole) ** 2], white)
    shaking *= rng.uniform(0.004, 0.012) / max(float(shaking.std()), 1e-9)
    return rounded(angle, 0.05, STEP_S), shaking * np.clip(lifted, 0.0, 1.0)


def _way(phase: Array, rng: Draw, is_falling: bool) -> Array:
    share = np.clip(phase, 0.0, 1.0)
    if is_falling:
        return np.asarray(
            scipy.special.betainc(rng.uniform(2.2, 3.2), rng.uniform(1.15, 1.6), share)
        )
    if rng.random() < 0.5:
        steep = rng.uniform(7.0, 9.3)
        logistic = 1.0 / (1.0 + np.exp(-steep * (share - rng.uniform(0.42, 0.58))))
        first, last = float(logistic[0]), float(logistic[-1])
        return np.asarray((logistic - first) / (last - first))
    return np.asarray(scipy.special.betainc(rng.uniform(2.0, 3.2), rng.uniform(2.0, 3.2), share))


def _hover(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return how far the leg rests over the other one: another height in each gap, or none."""
    if rng.random() < 0.6:
        return np.zeros_like(t_s)
    edges = [lift.at_s + lift.up_s for lift in plan.lifts]
    result = np.zeros_like(t_s)
    for from_s, to_s in pairwise(edges):
        result += (
            rng.uniform(0.0, 2.5)
            * ramp(t_s, from_s, from_s + 1.0)
            * (1.0 - ramp(t_s, to_s - 0.5, to_s + 0.5))
        )
    return result


def _leg(plan: Plan, rng: Draw) -> Leg:
    kg, at_m, joint = [], [], 0.0
    factor = rng.uniform(*MASS_FACTOR)
    for share, length, com, gyration in LINKS:
        long_m = length * plan.height_m
        for side in (-1.0, 1.0):
            kg.append(0.5 * share * factor * plan.mass_kg)
            at_m.append(joint + long_m * (com + side * gyration))
        joint += long_m
    omega, damping = 2.0 * np.pi * rng.uniform(*FLESH_HZ), rng.uniform(*FLESH_DAMPING)
    numerator = [2.0 * damping * omega, omega**2]
    b, a = scipy.signal.bilinear(numerator, [1.0, 2.0 * damping * omega, omega**2], 1.0 / STEP_S)
    return Leg(np.array(kg), np.array(at_m), (b, a))


def hip_load(leg: Leg, angle_rad: Array, rng: Draw) -> tuple[Array, Array]:
    """Return the leg's force on the mat, N, and its moment about the hip line, N m, to the feet."""
    rate = np.gradient(angle_rad, STEP_S)
    bone = np.gradient(rate, STEP_S)
    lagging = scipy.signal.lfilter(*leg.flesh, bone)
    # The flesh turns as it is dragged: a part of every mass follows late and rings.
    turned = (1.0 - FLESH_SHARE) * bone + FLESH_SHARE * lagging
    first, second = float(leg.kg @ leg.at_m), float(leg.kg @ leg.at_m**2)
    upward = first * (turned * np.cos(angle_rad) - rate**2 * np.sin(angle_rad))
    headward = first * (turned * np.sin(angle_rad) + rate**2 * np.cos(angle_rad))
    weight_n = G_M_S2 * float(leg.kg.sum())
    moment = G_M_S2 * first * np.cos(angle_rad) + second * turned + HIP_Z_M * headward
    # The hip is drawn headward as the pelvis tilts along: a little, and everybody otherwise.
    hiked_m = -rng.uniform(0.0, 0.02) * np.sin(angle_rad - angle_rad[0])
    return weight_n + upward, moment + weight_n * hiked_m


def _pressed(
    plan: Plan, vertical_n: Array, turning_nm: Array, sideways_nm: Array, rng: Draw
) -> Array:
    """Return what the contacts press with, (n, 3): N, N m about the hips' line and the midline."""
    kg = plan.mass_kg - vertical_n[0] / G_M_S2
    omega, damping = 2.0 * np.pi * rng.uniform(*SINK_HZ), rng.uniform(*SINK_DAMPING)
    x_m = np.repeat(CONTACT_X, 2) * plan.height_m
    y_m = np.tile([CONTACT_HALF_M, -CONTACT_HALF_M], 3)
    spring = np.repeat(CONTACT_SHARE, 2) * 0.5 * kg * omega**2
    centre_m = float(spring @ x_m / spring.sum())
    levers = np.stack([np.ones_like(x_m), x_m - centre_m, y_m])
    inertia = kg * np.array([1.0, TRUNK_RADIUS_M**2, ROLL_RADIUS_M**2])
    stiffness = levers * spring @ levers.T
    damper = stiffness * 2.0 * damping / omega
    state = np.zeros((6, 6))
    state[:3, 3:] = np.eye(3)
    state[3:, :3] = -stiffness / inertia[:, None]
    state[3:, 3:] = -damper / inertia[:, None]
    inward = np.vstack([np.zeros((3, 3)), np.diag(-1.0 / inertia)])
    outward = -np.hstack([stiffness, damper])  # what the contacts press with, generalised
    a, b, *_ = scipy.signal.cont2discrete((state, inward, outward, np.zeros((3, 3))), STEP_S, "zoh")
    asked = np.stack([vertical_n, turning_nm - centre_m * vertical_n, sideways_nm], axis=1)
    rest = asked[0]
    body, found = np.zeros(6), np.empty_like(asked)
    driven = (asked - rest) @ b.T
    for index in range(len(asked)):
        body = a @ body + driven[index]
        found[index] = outward @ body
    found += rest
    # The trunk and the lower leg themselves: whatever they weigh, where the table has them.
    trunk_n = kg * G_M_S2
    found[:, 1] += centre_m * found[:, 0] - 0.115 * plan.height_m * trunk_n
    found[:, 0] += trunk_n
    return found


def noise(t_s: Array, plan: Plan, scale: float, rng: Draw) -> Array:
    """Return N, N m along and N m across of a body that breathes, beats, jerks and resettles."""
    weight_n = plan.mass_kg * G_M_S2
    count = len(t_s)
    along = 1.2 * _pink(count, rng) + 1.2 * _telegraph(t_s, rng)
    across = 0.25 * _pink(count, rng) + 0.2 * _telegraph(t_s, rng)
    breath = _breaths(t_s, rng)
    beat = _beats(t_s, rng)
    jerk = _jerks(t_s, plan, rng)
    force = 0.3 * breath + rng.uniform(0.25, 0.5) * beat + rng.uniform(0.3, 1.2) * jerk
    along = 1e-3 * weight_n * (along + rng.uniform(0.2, 0.9) * breath)
    along += 0.12 * beat + rng.uniform(-0.3, 0.4) * jerk
    across = 1e-3 * weight_n * (across + rng.uniform(0.1, 0.3) * breath)
    if scale > 1.0:
        force, along, across = (
            each + pushed
            for each, pushed in zip(
                (force, along, across), _pushes(t_s, plan, rng), strict=True
            )
        )  # fmt: skip
    return scale * np.stack([force, along, across], axis=1)


def _pink(count: int, rng: Draw) -> Array:
    hertz = np.fft.rfftfreq(count, STEP_S)
    gain = 1.0 / np.sqrt(np.maximum(hertz, 0.02)) * (hertz > 0.0) / (1.0 + (hertz / 1.5) ** 4)
    series = np.fft.irfft(gain * np.fft.rfft(rng.standard_normal(count)), count)
    return np.asarray(series / series.std())


def _telegraph(t_s: Array, rng: Draw) -> Array:
    jumps = np.zeros_like(t_s)
    at_s, state = 0.0, 1.0
    while at_s < t_s[-1]:
        next_s = at_s + float(rng.exponential(JUMP_EVERY_S))
        jumps[(t_s >= at_s) & (t_s < next_s)] = state * rng.uniform(0.3, 1.0)
        at_s, state = next_s, -state
    return rounded(jumps, float(rng.uniform(0.15, 0.5)), STEP_S)


def _breaths(t_s: Array, rng: Draw) -> Array:
    """Return breath by breath: in fast, out slow, a pause, now and then a sigh."""
    result, at_s = np.zeros_like(t_s), 0.0
    while at_s < t_s[-1]:
        long_s = BREATH_S * float(rng.gamma(25.0, 1.0 / 25.0))
        size = float(rng.uniform(0.7, 1.2)) * (2.5 if rng.random() < 0.03 else 1.0)
        inhaled = ramp(t_s, at_s, at_s + 0.38 * long_s)
        result += size * inhaled * (1.0 - ramp(t_s, at_s + 0.38 * long_s, at_s + 0.85 * long_s))
        at_s += long_s
    return result - float(result.mean())


def _beats(t_s: Array, rng: Draw) -> Array:
    at_s = np.cumsum(rng.normal(rng.uniform(0.75, 1.0), 0.05, int(t_s[-1] * 1.6) + 2))
    train = np.zeros_like(t_s)
    train[(at_s[at_s < t_s[-1]] / STEP_S).astype(int)] = 1.0
    lag_s = np.arange(0.0, 0.5, STEP_S)
    wave = -np.diff(np.exp(-(((lag_s - 0.16) / 0.045) ** 2)), n=2, prepend=[0.0, 0.0])
    beat = np.convolve(train, wave)[: len(t_s)]
    return np.asarray(beat / beat.std())


def _jerks(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return bursts of 8-12 Hz, mostly while a leg is held up."""
    result = np.zeros_like(t_s)
    held = [lift.at_s + lift.up_s + float(rng.uniform(0.0, lift.hold_s)) for lift in plan.lifts]
    others = rng.uniform(0.0, t_s[-1], rng.poisson(t_s[-1] / 20.0))
    for at_s in [*(at for at in held if rng.random() < 0.5), *others.tolist()]:
        envelope = np.exp(-(((t_s - at_s) / rng.uniform(0.08, 0.25)) ** 2))
        result += envelope * np.sin(2.0 * np.pi * rng.uniform(8.0, 12.0) * (t_s - at_s))
    return result


def _pushes(t_s: Array, plan: Plan, rng: Draw) -> tuple[Array, Array, Array]:
    """Return a hand's force and moments, N and N m: it presses beside the chest now and then."""
    force = np.zeros_like(t_s)
    for at_s in rng.uniform(0.0, t_s[-1], rng.poisson(t_s[-1] / 15.0)):
        long_s = float(rng.uniform(0.8, 4.0))
        released = ramp(t_s, at_s + long_s, at_s + long_s + 0.4)
        pressed = ramp(t_s, at_s, at_s + 0.4) * (1.0 - released)
        force += rng.uniform(1.5, 7.0) * pressed
    return force, -0.3 * plan.height_m * force, 0.22 * force


def placed(t_s: Array, body: Array, plan: Plan, rng: Draw) -> tuple[Array, Array, Array]:
    """Return force and moments about the deck's middle: sits, lies down, sits up, goes."""
    front = 1.0 if plan.side.value == "left" else -1.0
    x_m, y_m = float(rng.uniform(-0.04, 0.04)), float(rng.uniform(-0.03, 0.03))
    weight_n = plan.mass_kg * G_M_S2
    on, off = plan.on_s, plan.off_s
    sat = ramp(t_s, on[0], on[0] + 1.1) * (1.0 - ramp(t_s, off[1] - 1.0, off[1]))
    half = 0.5 * (on[1] - on[0])
    sat_up_s = off[0] + 0.6 * (off[1] - off[0])
    lies = ramp(t_s, on[0] + half, on[1]) * (1.0 - ramp(t_s, off[0], sat_up_s))
    wobble = 1.0 + 0.06 * rounded(rng.standard_normal(len(t_s)), 0.12, STEP_S) * 8.0
    seat_n = 0.85 * weight_n * sat * (1.0 - lies) * wobble
    force = body[:, 0] * lies + seat_n
    mx = (body[:, 1] + x_m * body[:, 0]) * lies + seat_n * rng.uniform(-0.1, 0.2)
    my = front * ((body[:, 2] + y_m * body[:, 0]) * lies - 0.17 * seat_n)
    return force, mx, my
