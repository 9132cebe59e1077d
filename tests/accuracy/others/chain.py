"""Others, C: a leg of three stiff pieces, a trunk that rings on its foam, a leg that lands hard.

Thigh, shank and foot are heavy points on a hip that rises with them. Ways are drawn from minimum
jerk, from speeds with a plateau, and from skewed ones; a leg that is let go speeds up all the way
and is stopped by the other one within 0.05-0.2 s. The moment of what moves rocks the trunk, which
rings at 1.5-3.5 Hz. Sway has as much power in every octave; breath and heart are sums of harmonics
whose pace wanders; posture shifts in single smooth steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from tests.accuracy.others.plans import Array, Draw, Plan, held_deg, ramp, rounded
from tests.accuracy.others.session import STEP_S, Simulator

G_M_S2 = 9.81
PIECES = ((0.66, 0.433, 0.0), (0.26, 1.0, 0.433), (0.08, 1.0, 1.2))  # of leg, thigh, shank
LEG_SHARE, LEG_SHARE_SD = 0.165, 0.012
THIGH, SHANK, LENGTH_SD = 0.245, 0.246, 0.006  # of the height
REST_DEG = (-10.0, -4.0)  # of the leg; what is lifted counts from there
HIP_Z_M, ELSEWHERE = (0.19, 0.30), -0.15  # the hip over the cells; the rest's CoM, heights
HIP_BENDS, KNEE_BENDS, SHANK_SHARE = (-0.05, 0.10), (0.0, 0.15), (0.96, 1.06)  # rad a rad of lift
SHANK_LATE_S, HIP_RISES = (0.0, 0.06), (0.0, 0.004)  # heights a rad
STOPS_S = (0.03, 0.10)  # half of what the other leg takes to stop this one
RING_HZ, RING_DAMPING, RING_GAIN = (1.5, 3.5), (0.2, 0.5), (0.0, 0.08)
ROLL_SD = 0.003  # heights a rad of lift, of the whole body
SHIFTS_EVERY_S, HAND_EVERY_S = 20.0, 15.0
FASTEST_SWAY_HZ = 6.0


@dataclass(frozen=True, slots=True)
class Chain:
    """The leg's pieces, (3,) kg and m, its hip, and how they take part in a lift."""

    kg: Array
    thigh_m: Array
    shank_m: Array
    rest_rad: float
    hip_z_m: float
    hip_rises_m: float
    hip_bends: float
    knee_bends: float
    shank_share: float
    late_s: float


def excursion(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return the leg's angle over rest, degrees."""
    angle = np.zeros_like(t_s)
    for lift in plan.lifts:
        down_at = lift.at_s + lift.up_s + lift.hold_s
        up = _way((t_s - lift.at_s) / lift.up_s, rng)
        share = (t_s - down_at) / lift.down_s
        down = np.clip(share, 0.0, 1.0) ** 2 if lift.is_dropped else _way(share, rng)
        one = held_deg(t_s, lift) * up * (1.0 - down)
        stops_s = float(rng.uniform(*STOPS_S)) if lift.is_dropped else STOPS_S[0]
        angle = np.maximum(angle, rounded(one, stops_s, STEP_S))
    return angle


def _way(phase: Array, rng: Draw) -> Array:
    share = np.clip(phase, 0.0, 1.0)
    draw = rng.random()
    if draw < 0.4:
        return _smooth(share)
    if draw < 0.7:  # the speed has a plateau
        edge = rng.uniform(0.2, 0.4)
        grid = np.linspace(0.0, 1.0, 401)
        rises = np.minimum(np.minimum(grid / edge, (1.0 - grid) / edge), 1.0)
        place = np.cumsum(rises**2 * (3.0 - 2.0 * rises))
        return np.asarray(np.interp(share, grid, place / place[-1]))
    return _smooth(share ** rng.uniform(0.8, 1.3))


def _smooth(share: Array) -> Array:
    """Return the way of minimum jerk."""
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


def _shaking(angle_deg: Array, rng: Draw) -> Array:
    """Return a lifted leg's tremor and wobble, degrees."""
    lifted = np.clip(angle_deg / 10.0, 0.0, 1.0)
    white = rng.standard_normal((2, len(angle_deg)))
    wobble = scipy.signal.lfilter([1.0], [1.0, -1.93, 0.935], white[0])
    band = scipy.signal.butter(2, [4.0, 9.0], "band", fs=1.0 / STEP_S, output="sos")
    tremor = scipy.signal.sosfilt(band, white[1])
    wobble, tremor = 0.08 * wobble / wobble.std(), 0.006 * tremor / tremor.std()
    return np.asarray(lifted * (wobble + tremor))


def _chain(plan: Plan, rng: Draw) -> Chain:
    share, of_thigh, of_shank = np.array(PIECES).T
    leg_kg = plan.mass_kg * rng.normal(LEG_SHARE, LEG_SHARE_SD)
    thigh_m, shank_m = plan.height_m * rng.normal((THIGH, SHANK), LENGTH_SD)
    rises_m = plan.height_m * float(rng.uniform(*HIP_RISES))
    spans = (HIP_BENDS, KNEE_BENDS, SHANK_SHARE, SHANK_LATE_S)
    bends, knee, follows, late_s = (float(rng.uniform(*span)) for span in spans)
    return Chain(
        kg=leg_kg * share * rng.normal(1.0, 0.04, 3),
        thigh_m=of_thigh * thigh_m,
        shank_m=of_shank * shank_m,
        rest_rad=float(np.radians(rng.uniform(*REST_DEG))),
        hip_z_m=float(rng.uniform(*HIP_Z_M)),
        hip_rises_m=rises_m,
        hip_bends=bends,
        knee_bends=knee,
        shank_share=follows,
        late_s=late_s,
    )


def pressed(t_s: Array, angle_deg: Array, plan: Plan, rng: Draw) -> Array:
    """Return force and moments about hips and midline, (n, 3), N and N m."""
    chain = _chain(plan, rng)
    lifted = np.radians(angle_deg)
    thigh = chain.rest_rad + lifted
    shank = chain.rest_rad + chain.shank_share * np.interp(t_s - chain.late_s, t_s, lifted)
    forward, bent = chain.hip_bends * lifted, (chain.hip_bends - chain.knee_bends) * lifted
    result = np.zeros((len(t_s), 3))
    for kg, thigh_m, shank_m in zip(chain.kg, chain.thigh_m, chain.shank_m, strict=True):
        out = thigh_m * np.cos(thigh), shank_m * np.cos(shank)
        x = out[0] * np.cos(forward) + out[1] * np.cos(bent)
        y = out[0] * np.sin(forward) + out[1] * np.sin(bent)
        z = chain.hip_z_m + chain.hip_rises_m * lifted
        z = z + thigh_m * np.sin(thigh) + shank_m * np.sin(shank)
        load = G_M_S2 + _twice(z)
        result += kg * np.stack([load, load * x - z * _twice(x), load * y - z * _twice(y)], axis=1)
    rest_n = G_M_S2 * (plan.mass_kg - float(chain.kg.sum()))
    result[:, 1] -= _ringing(result[:, 1], rng)
    result[:, 0] += rest_n
    result[:, 1] += rest_n * ELSEWHERE * plan.height_m
    result[:, 2] += rest_n * plan.height_m * rng.normal(0.0, ROLL_SD) * lifted
    return result


def _twice(series: Array) -> Array:
    """Return the second derivative by time."""
    return np.asarray(np.gradient(np.gradient(series, STEP_S), STEP_S))


def _ringing(moment_nm: Array, rng: Draw) -> Array:
    """Return what the trunk on its foam takes of a moment, and gives back as it rings."""
    pace, damping = 2.0 * np.pi * rng.uniform(*RING_HZ), rng.uniform(*RING_DAMPING)
    spring = scipy.signal.cont2discrete(([pace**2], [1.0, 2.0 * damping * pace, pace**2]), STEP_S)
    moved = scipy.signal.lfilter(spring[0].ravel(), spring[1], moment_nm - moment_nm[0])
    return np.asarray(rng.uniform(*RING_GAIN) * moved)


def noise(t_s: Array, plan: Plan, scale: float, rng: Draw) -> Array:
    """Return N, N m along and N m across: sway, breath, heart, shifts; restless ones push too."""
    weight_n = plan.mass_kg * G_M_S2
    count = len(t_s)
    breath_at = np.cumsum(2.0 * np.pi * STEP_S * rng.uniform(0.2, 0.32) * _pace(count, 0.15, rng))
    breath = np.sin(breath_at) + rng.uniform(0.1, 0.4) * np.sin(2.0 * breath_at + 1.0)
    heart_at = np.cumsum(2.0 * np.pi * STEP_S * rng.uniform(0.95, 1.4) * _pace(count, 0.04, rng))
    beats = enumerate((0.3, 0.8, 1.0, 0.6, 0.3), 1)
    heart = sum(share * np.sin(order * heart_at + order) for order, share in beats)
    shifts = _shifts(t_s, rng)
    force = rng.uniform(0.1, 0.4) * breath + rng.uniform(0.2, 0.45) * heart
    force = force + 0.15 * _coloured(count, 0.5, rng)
    along_mm = rng.uniform(0.2, 1.0) * breath + 0.9 * _coloured(count, 1.0, rng) + shifts
    across_mm = 0.2 * breath + 0.3 * _coloured(count, 1.0, rng) + 0.3 * shifts
    along = 1e-3 * weight_n * along_mm + rng.uniform(0.04, 0.15) * heart
    result = scale * np.stack([force, along, 1e-3 * weight_n * across_mm], axis=1)
    if scale > 1.0:
        result += _hand(t_s, plan, rng)
    return np.asarray(result)


def _coloured(count: int, power: float, rng: Draw) -> Array:
    """Return noise of sd 1 whose amplitude falls with the frequency to this power; none is fast."""
    hz = np.fft.rfftfreq(count, STEP_S)
    lines = rng.standard_normal((2, len(hz))) / np.maximum(hz, 0.1) ** power
    lines[:, hz > FASTEST_SWAY_HZ] = 0.0
    series = np.fft.irfft(lines[0] + 1j * lines[1], count)
    return np.asarray(series / series.std())


def _pace(count: int, spread: float, rng: Draw) -> Array:
    return np.asarray(1.0 + spread * _coloured(count, 1.0, rng))


def _shifts(t_s: Array, rng: Draw) -> Array:
    """Return posture that shifts now and then, for good, mm."""
    result = np.zeros_like(t_s)
    for at_s in rng.uniform(0.0, t_s[-1], rng.poisson(t_s[-1] / SHIFTS_EVERY_S)):
        share = np.clip((t_s - at_s) / rng.uniform(0.4, 2.0), 0.0, 1.0)
        result += rng.normal(0.0, 1.5) * _smooth(share)
    return result


def _hand(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return a hand that leans on the mat, or takes weight off it, for a while."""
    force = np.zeros_like(t_s)
    for at_s in rng.uniform(0.0, t_s[-1], rng.poisson(t_s[-1] / HAND_EVERY_S)):
        long_s, slow_s = float(rng.uniform(0.6, 4.0)), float(rng.uniform(0.2, 0.6))
        leaned = ramp(t_s, at_s, at_s + slow_s)
        leaned = leaned * (1.0 - ramp(t_s, at_s + long_s, at_s + long_s + slow_s))
        force += rng.uniform(-8.0, 14.0) * leaned
    lever_m = rng.uniform(-0.4, -0.2) * plan.height_m
    return np.stack([force, lever_m * force, 0.25 * force], axis=1)


def placed(t_s: Array, body: Array, plan: Plan, rng: Draw) -> tuple[Array, Array, Array]:
    """Return force and moments about the deck's middle: sits down on it, lies down, leaves so."""
    front = 1.0 if plan.side.value == "left" else -1.0
    x_m, y_m = float(rng.uniform(-0.06, 0.06)), float(rng.uniform(-0.03, 0.03))
    on, off = plan.on_s, plan.off_s
    there = ramp(t_s, on[0], on[0] + 0.7) * (1.0 - ramp(t_s, off[1] - 0.6, off[1]))
    down_s = 0.5 * (on[0] + on[1])
    lies = ramp(t_s, down_s, on[1]) * (1.0 - ramp(t_s, off[0], off[0] + 0.9))
    sits_n = plan.mass_kg * G_M_S2 * there * (1.0 - lies)
    sits_n = sits_n * (1.0 + 0.08 * np.sin(2.0 * np.pi * rng.uniform(1.2, 2.0) * t_s))
    force = body[:, 0] * lies + sits_n
    mx = (body[:, 1] + x_m * body[:, 0]) * lies + 0.2 * sits_n
    my = front * ((body[:, 2] + y_m * body[:, 0]) * lies + 0.05 * sits_n)
    return force, mx, my


record = Simulator(
    key=0xC, excursion=excursion, shaking=_shaking, pressed=pressed, noise=noise, placed=placed
).record
