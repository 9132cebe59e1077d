"""What somebody does while nothing is to be done: breathes, talks, coughs, scratches, has a phone.

Whatever moves is a mass on a path: its weight goes along, and it is thrown and caught. So nothing
of this is force from nowhere. Breath is held now and then, over a lift above all; who talks draws
breath quickly and spends it in syllables. Posture drifts by two springs that noise pulls at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import scipy

from tests.accuracy.others.plans import Array, Draw, Plan, ramp, rounded
from tests.accuracy.others.session import STEP_S

Act = Callable[[Array, Plan, Draw], Array]

G_M_S2 = 9.81
ARM_SHARE, HAND_SHARE, BELLY_SHARE = 0.045, 0.008, 0.2  # of the body's mass
CHEST_AT, HAND_AT = (-0.25, 0.02, 0.12), (-0.32, 0.14, 0.25)  # heights, m before, m over the cells
BREATH_S, HELD_SHARE, TALKS_SHARE = (3.0, 5.0), 0.35, 0.25
SYLLABLES_HZ = (3.0, 6.0)
SWAY_S, SWAY_MM = (0.5, 6.0), (0.25, 0.7)  # each spring's memory and size, along the body
HEART_HZ = (0.9, 1.4)
CALM_SHARE, CALM_SIZE = 0.3, 0.5  # of what restless people do: that calm ones do too, and how big


def noise(t_s: Array, plan: Plan, scale: float, rng: Draw) -> Array:
    """Return N, N m along and N m across, (n, 3), of all that somebody does besides."""
    weight_n = plan.mass_kg * G_M_S2
    along_mm = sum(size * _drift(t_s, s, rng) for s, size in zip(SWAY_S, SWAY_MM, strict=True))
    across_mm = 0.3 * sum(_drift(t_s, memory_s, rng) for memory_s in SWAY_S)
    still = np.stack([np.zeros_like(t_s), 1e-3 * weight_n * along_mm, 1e-3 * weight_n * across_mm])
    breath_m = 1e-3 * float(rng.uniform(3.0, 7.0)) * _breath(t_s, plan, rng)
    path = np.stack([0.25 * breath_m, 0.1 * breath_m, breath_m])
    still = still + carried(BELLY_SHARE * plan.mass_kg, CHEST_AT, path, plan)
    still = still + _heart(t_s, rng)
    for act, at_s, own in _acts(t_s, rng, CALM_SHARE if scale == 1.0 else 1.0):
        part = slice(int(at_s / STEP_S), None)
        still[:, part] += CALM_SIZE * act(t_s[part] - at_s, plan, own)
    return np.asarray(scale * still.T)


def carried(kg: float, place: tuple[float, float, float], path_m: Array, plan: Plan) -> Array:
    """Return N, N m, N m, (3, n), of a mass that goes a path, (3, n) m about its place."""
    x, y, z = (place[0] * plan.height_m + path_m[0], place[1] + path_m[1], place[2] + path_m[2])
    x_2, y_2, z_2 = (np.gradient(np.gradient(each, STEP_S), STEP_S) for each in path_m)
    thrown = kg * z_2
    along = kg * G_M_S2 * path_m[0] + thrown * x - kg * z * x_2
    across = kg * G_M_S2 * path_m[1] + thrown * y - kg * z * y_2
    return np.stack([thrown, along, across])


def _drift(t_s: Array, memory_s: float, rng: Draw) -> Array:
    """Return what a spring of such a memory makes of noise, sd 1 in the long run."""
    left = np.exp(-STEP_S / memory_s)
    white = np.sqrt(1.0 - left**2) * rng.standard_normal(len(t_s))
    return rounded(scipy.signal.lfilter([1.0], [1.0, -left], white), 0.12, STEP_S)


def _breath(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return how full the chest is, about 0 to 1: even breaths, held ones, and talking."""
    usual_s, at_s, full = float(rng.uniform(*BREATH_S)), 0.0, np.zeros_like(t_s)
    holds = [x for x in plan.lifts if rng.random() < HELD_SHARE]
    while at_s < t_s[-1]:
        out_s = usual_s * float(rng.uniform(0.8, 1.25))
        drawn_s, size = 0.4 * out_s, float(rng.uniform(0.8, 1.2))
        held = next((x for x in holds if x.at_s < at_s + out_s and x.end_s > at_s + drawn_s), None)
        is_talk = held is None and rng.random() < TALKS_SHARE
        if is_talk:
            drawn_s, out_s = 0.6, float(rng.uniform(3.0, 6.0))
        spent_s = at_s + drawn_s
        if held is not None:
            spent_s, out_s = held.end_s, held.end_s - at_s + 0.6 * usual_s
        one = ramp(t_s, at_s, at_s + drawn_s) * (1.0 - ramp(t_s, spent_s, at_s + out_s))
        if is_talk:
            beat = np.sin(2.0 * np.pi * rng.uniform(*SYLLABLES_HZ) * t_s)
            there = ramp(t_s, spent_s, spent_s + 0.3) * (1.0 - ramp(t_s, at_s + 2.5, at_s + out_s))
            one = one + 0.01 * beat * there
        full += size * one
        at_s += out_s + 0.05
    return rounded(full, 0.08, STEP_S)


def _heart(t_s: Array, rng: Draw) -> Array:
    """Return the recoil of each beat: blood that is thrown to the head and caught again."""
    pace = 1.0 + 0.05 * _drift(t_s, 3.0, rng)
    phase = np.cumsum(STEP_S * rng.uniform(*HEART_HZ) * pace) % 1.0
    thrown = np.exp(-(((phase - 0.2) / 0.07) ** 2)) - np.exp(-(((phase - 0.35) / 0.09) ** 2))
    thrown -= thrown.mean()
    force, along = rng.uniform(0.5, 1.0), rng.uniform(0.1, 0.25)
    return np.stack([force * thrown, along * thrown, 0.2 * along * thrown])


def _acts(t_s: Array, rng: Draw, share: float) -> Iterator[tuple[Act, float, Draw]]:
    """Yield what is done, when, and its own source, so that who does less does the same else."""
    for act, a_minute in ACTS:
        for own in rng.spawn(int(rng.poisson(a_minute * t_s[-1] / 60.0))):
            at_s, is_done = float(own.uniform(0.0, 0.95 * t_s[-1])), own.random() < share
            if is_done:
                yield act, at_s, own


def _fidget(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return an arm put elsewhere, for good."""
    long_s = float(rng.uniform(0.6, 1.6))
    share = np.clip(t_s / long_s, 0.0, 1.0)
    gone = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    arc = 0.06 * 64.0 * (share * (1.0 - share)) ** 3
    path = np.stack([rng.normal(0.0, 0.05) * gone, rng.normal(0.0, 0.03) * gone, arc])
    return carried(ARM_SHARE * plan.mass_kg, HAND_AT, path, plan)


def _scratch(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return a hand that goes somewhere and rubs to and fro, then comes back."""
    long_s, hertz = float(rng.uniform(1.2, 3.5)), float(rng.uniform(3.0, 5.5))
    there = ramp(t_s, 0.0, 0.6) * (1.0 - ramp(t_s, long_s, long_s + 0.6))
    rubs = 0.012 * there**4 * np.sin(2.0 * np.pi * hertz * t_s)
    path = np.stack([rng.uniform(-0.1, 0.25) * there + rubs, 0.02 * there, 0.05 * there + rubs])
    return carried(4.0 * HAND_SHARE * plan.mass_kg, HAND_AT, path, plan)


def _cough(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return one to three coughs: the belly jerks up, and falls back."""
    up_m = np.zeros_like(t_s)
    for number in range(int(rng.integers(1, 4))):
        since = (t_s - 0.15 - 0.38 * number) / 0.09
        up_m += 1e-3 * rng.uniform(1.5, 4.0) * np.exp(-(since**2))
    return carried(0.1 * plan.mass_kg, CHEST_AT, np.stack([0.3 * up_m, 0.0 * up_m, up_m]), plan)


def _phone(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return a hand that lifts a phone, taps and strokes, and lays it down."""
    long_s = float(rng.uniform(4.0, 15.0))
    up = ramp(t_s, 0.0, 0.9) * (1.0 - ramp(t_s, long_s, long_s + 0.9))
    taps = np.zeros_like(t_s)
    for at_s in np.cumsum(rng.exponential(0.6, 12)) + 1.0:
        if at_s < long_s:
            taps += 0.004 * np.exp(-(((t_s - at_s) / 0.08) ** 2))
    path = np.stack([-0.05 * up, 0.08 * up + 2.0 * taps, 0.12 * up + taps])
    return carried(3.0 * HAND_SHARE * plan.mass_kg, HAND_AT, path, plan)


ACTS = ((_fidget, 2.0), (_scratch, 1.0), (_cough, 0.5), (_phone, 0.7))  # how often a minute
