"""Others, D: a leg driven by its muscle, a trunk of lumps on foam, and people of various manners.

Nothing here follows a curve: what is aimed at (`various`) becomes a movement through the muscle
(`muscle`), which lags, errs and is corrected late, and a leg that is let go falls and bounces. What
it pulls by goes into the foam through a trunk of lumps (`lumps`); besides, people do what idle
people do (`idle`). They get onto the mat on hands and knees.
"""

from __future__ import annotations

import numpy as np
import scipy

from tests.accuracy.others.idle import noise
from tests.accuracy.others.lumps import PLACES, SHARES, borne
from tests.accuracy.others.muscle import G_M_S2, Limb, moved_rad
from tests.accuracy.others.plans import Array, Draw, Plan, ramp
from tests.accuracy.others.session import STEP_S, Simulator
from tests.accuracy.others.various import aimed_deg

LEG_SHARE, LEG_SHARE_SD = 0.163, 0.012
# Heights from the hip of its lumps: the whole has its CoM at 0.21 (0.22 by Winter 1990, his 0.161).
LEG_AT = np.array([0.05, 0.13, 0.20, 0.31, 0.41, 0.53])
LEG_KG = np.array([0.24, 0.24, 0.18, 0.16, 0.10, 0.08])
REST_DEG = (-9.0, -4.0)
STRONG = (2.3, 3.4)  # the muscle's torque, times the leg's weight held level
HIP_Z_M = (0.17, 0.27)  # over the cells
FORWARD, ROLL_SD = (-0.05, 0.08), 0.003  # rad a rad of lift; heights a rad, of the whole body
TREMBLES_HZ, TREMBLES_DEG, WOBBLES_DEG = (6.0, 11.0), 0.005, 0.08


def limb_of(plan: Plan) -> Limb:
    """Return somebody's leg; it goes with the person."""
    rng = np.random.default_rng([round(1e6 * plan.height_m), round(1e6 * plan.mass_kg), 0xD])
    kg = LEG_KG / LEG_KG.sum() * plan.mass_kg * rng.normal(LEG_SHARE, LEG_SHARE_SD)
    at_m = LEG_AT * plan.height_m * rng.normal(1.0, 0.02)
    return Limb(
        kg=kg,
        at_m=at_m,
        rest_rad=float(np.radians(rng.uniform(*REST_DEG))),
        strength_nm=float(rng.uniform(*STRONG)) * G_M_S2 * float(kg @ at_m),
        fastest_radps=float(rng.uniform(6.0, 10.0)),
        rises_s=float(rng.uniform(0.03, 0.05)),
        falls_s=float(rng.uniform(0.05, 0.08)),
        model_share=float(rng.normal(1.0, 0.01)),
        stiffness=float(rng.uniform(20.0, 45.0)),
        damping=float(rng.uniform(3.0, 7.0)),
        late_s=float(rng.uniform(0.06, 0.1)),
    )


def excursion(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return the leg's angle over rest, degrees."""
    aimed_rad = np.radians(aimed_deg(t_s, plan, rng))
    is_free = np.zeros_like(t_s)
    for lift in (each for each in plan.lifts if each.is_dropped):
        lower_s = lift.end_s - lift.down_s
        is_free[(t_s > lower_s) & (t_s < lift.end_s + 0.3)] = 1.0
    angle = moved_rad(limb_of(plan), aimed_rad, is_free, rng)
    return np.asarray(np.degrees(angle))


def _shaking(angle_deg: Array, rng: Draw) -> Array:
    """Return what a lifted leg trembles and wobbles by besides, degrees: more the higher it is."""
    lifted = np.sqrt(np.clip(angle_deg / 40.0, 0.0, 1.0))
    white = rng.standard_normal((2, len(angle_deg)))
    band = scipy.signal.butter(2, TREMBLES_HZ, "band", fs=1.0 / STEP_S, output="sos")
    slow = scipy.signal.butter(2, (0.5, 2.0), "band", fs=1.0 / STEP_S, output="sos")
    trembles, wobbles = scipy.signal.sosfilt(band, white[0]), scipy.signal.sosfilt(slow, white[1])
    sizes = TREMBLES_DEG / trembles.std(), WOBBLES_DEG / wobbles.std()
    return np.asarray(lifted * (sizes[0] * trembles + sizes[1] * wobbles))


def pressed(t_s: Array, angle_deg: Array, plan: Plan, rng: Draw) -> Array:
    """Return force and moments about hips and midline, (n, 3), N and N m, through the foam."""
    del t_s
    limb, lifted = limb_of(plan), np.radians(angle_deg)
    hip_z_m, forward = float(rng.uniform(*HIP_Z_M)), float(rng.uniform(*FORWARD)) * lifted
    leg = np.zeros((len(lifted), 3))
    for kg, at_m in zip(limb.kg, limb.at_m, strict=True):
        out_m = at_m * np.cos(limb.rest_rad + lifted)
        x, y = out_m * np.cos(forward), out_m * np.sin(forward)
        z = hip_z_m + at_m * np.sin(limb.rest_rad + lifted)
        load = G_M_S2 + _twice(z)
        leg += kg * np.stack([load, load * x - z * _twice(x), load * y - z * _twice(y)], axis=1)
    rest_kg = plan.mass_kg - float(limb.kg.sum())
    over = leg[:, :2] - leg[0, :2]
    result = np.empty_like(leg)
    result[:, :2] = leg[0, :2] + borne(over[:, 0], over[:, 1], plan, rest_kg, rng)
    result[:, 2] = leg[:, 2] + 9.81 * rest_kg * plan.height_m * rng.normal(0.0, ROLL_SD) * lifted
    result[:, 0] += rest_kg * G_M_S2
    result[:, 1] += rest_kg * G_M_S2 * plan.height_m * float(PLACES @ SHARES)
    return result


def _twice(series: Array) -> Array:
    """Return the second derivative by time."""
    return np.asarray(np.gradient(np.gradient(series, STEP_S), STEP_S))


def placed(t_s: Array, body: Array, plan: Plan, rng: Draw) -> tuple[Array, Array, Array]:
    """Return force and moments about the deck's middle: hands, knees, then down on the side."""
    front = 1.0 if plan.side.value == "left" else -1.0
    x_m, y_m = float(rng.uniform(-0.05, 0.05)), float(rng.uniform(-0.03, 0.03))
    on, off = plan.on_s, plan.off_s
    weight_n, third_s = plan.mass_kg * G_M_S2, (on[1] - on[0]) / 3.0
    hands = ramp(t_s, on[0], on[0] + third_s) * (1.0 - ramp(t_s, off[1] - 0.7, off[1] - 0.2))
    knees = ramp(t_s, on[0] + 0.5 * third_s, on[0] + 1.5 * third_s)
    knees = knees * (1.0 - ramp(t_s, off[1] - 0.5, off[1]))
    lies = ramp(t_s, on[0] + 2.0 * third_s, on[1])
    lies = lies * (1.0 - ramp(t_s, off[0], off[0] + min(1.2, 0.4 * (off[1] - off[0]))))
    sways = 1.0 + 0.05 * np.sin(2.0 * np.pi * rng.uniform(0.8, 1.6) * t_s)
    on_hands, on_knees = 0.3 * weight_n * hands, 0.7 * weight_n * knees * sways
    crawls, kneels = on_hands * (1.0 - lies), on_knees * (1.0 - lies)
    force = body[:, 0] * lies + crawls + kneels
    mx = (body[:, 1] + x_m * body[:, 0]) * lies - 0.45 * crawls + 0.1 * kneels
    my = front * ((body[:, 2] + y_m * body[:, 0]) * lies + 0.1 * crawls - 0.05 * kneels)
    return force, mx, my


record = Simulator(
    key=0xD, excursion=excursion, shaking=_shaking, pressed=pressed, noise=noise, placed=placed
).record
