"""Drawn courses and the loads that they make: the parts of `alike_forms`."""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.deck import Array
from tests.people.movements.contact import STEP_S, Movement, grid_s, load_of, smooth

Draw = np.random.Generator
REST_S, AFTER_S = 0.3, 0.8  # before and after a movement
FRONT_M = 0.3  # contact that carries a moment to the front, from the hip's
BOUNCE_SUBSTEPS = 20  # of 0.25 ms: what is hardest swings at 14 Hz


def drawn_place(rng: Draw) -> tuple[float, float]:
    """Return a place on the mat, m: on who lies there or beside them."""
    x_m, y_m = float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.0, 0.28))
    return x_m, y_m * (1.0 if rng.random() < 0.5 else -1.0)


def log_uniform(rng: Draw, low: float, high: float) -> float:
    return math.exp(float(rng.uniform(math.log(low), math.log(high))))


def way(share: Array, early: float) -> Array:
    """Return a way from 0 to 1 whose middle comes earlier than half-way, or later if < 0."""
    return smooth(np.clip(share, 0.0, 1.0) ** math.exp(-early))


def drawn_times_s(
    rng: Draw, up: tuple[float, float], hold: float, down: tuple[float, float]
) -> tuple[float, float, float]:
    """Return how long an ascent, a hold and a descent last, drawn."""
    return float(rng.uniform(*up)), float(rng.uniform(0.0, hold)), float(rng.uniform(*down))


def drawn_course(
    rng: Draw, up: tuple[float, float], hold: float, down: tuple[float, float]
) -> Array:
    """Return a course from 0 to 1 and back."""
    times_s = drawn_times_s(rng, up, hold, down)
    t_s = grid_s(REST_S + sum(times_s) + AFTER_S)
    return up_and_down(rng, t_s, times_s, 0.15)


def up_and_down(rng: Draw, t_s: Array, times_s: tuple[float, float, float], sag: float) -> Array:
    """Return a course from 0 to 1 and back; sag: of its height that is lost in the hold at most."""
    up_s, hold_s, down_s = times_s
    up = way((t_s - REST_S) / up_s, float(rng.normal(0.0, 0.35)))
    down = way((t_s - REST_S - up_s - hold_s) / down_s, float(rng.normal(0.0, 0.35)))
    lost = float(rng.uniform(0.0, sag)) * np.clip(
        (t_s - REST_S - up_s) / max(hold_s, 0.1), 0.0, 1.0
    )
    return up * (1.0 - lost) * (1.0 - down)


def unsteady(rng: Draw, t_s: Array, times_s: tuple[float, float, float]) -> Array:
    """Return a course whose height wanders, as a hand's push does."""
    course = up_and_down(rng, t_s, times_s, 0.4)
    wander = np.cumsum(rng.normal(0.0, 1.0, len(t_s))) * math.sqrt(STEP_S)
    wander -= np.linspace(wander[0], wander[-1], len(wander))
    return course * (1.0 + float(rng.uniform(0.0, 0.12)) * wander)


def acceleration(place_m: Array, smooth_steps: int) -> Array:
    kernel = np.hanning(smooth_steps)
    twice = np.gradient(np.gradient(place_m, STEP_S), STEP_S)
    return np.convolve(twice, kernel / kernel.sum(), "same")


def landing_n(mass_kg: float, fall_m: float, hz: float, damping: float, steps: int) -> Array:
    """Return what a mass that falls on a damped spring presses with, steps long."""
    stiff_npm = mass_kg * (2.0 * math.pi * hz) ** 2
    loss_npsm = 2.0 * damping * math.sqrt(stiff_npm * mass_kg)
    z_m, v_mps, dt_s = 0.0, -math.sqrt(2.0 * GRAVITY_M_S2 * fall_m), STEP_S / BOUNCE_SUBSTEPS
    force_n = np.zeros(steps)
    for step in range(steps):
        for _ in range(BOUNCE_SUBSTEPS):
            presses_n = max(0.0, -stiff_npm * z_m - loss_npsm * v_mps) if z_m < 0.0 else 0.0
            v_mps += dt_s * (presses_n / mass_kg - GRAVITY_M_S2)
            z_m += dt_s * v_mps
            force_n[step] += presses_n / BOUNCE_SUBSTEPS
    return force_n


def turned(kilograms: Array, distance_m: Array, angle_rad: Array, joint_m: float) -> Array:
    """Return load and moment, (n, 2), of masses raised about a joint."""
    place = np.zeros((len(angle_rad), len(kilograms), 3))
    place[:, :, 0] = joint_m + np.cos(angle_rad)[:, None] * distance_m
    place[:, :, 2] = 0.1 + np.sin(angle_rad)[:, None] * distance_m
    return load_of(kilograms, place, GRAVITY_M_S2)[:, :2]


def carried(load: Array, far_m: float) -> Movement:
    """Return a load with its moments, (n, 2 or 3), on the hip, a contact far off, one in front."""
    far_n = load[:, 1] / far_m
    front_n = load[:, 2] / FRONT_M if load.shape[1] > 2 else np.zeros(len(load))
    force_n = np.stack([load[:, 0] - far_n - front_n, far_n, front_n], axis=1)
    ones = np.ones((len(load), 1))
    return Movement(ones * [0.0, far_m, 0.0], ones * [0.0, 0.0, FRONT_M], force_n)


def at_one_place(force_n: Array, x_m: float, y_m: float) -> Movement:
    there = np.ones((len(force_n), 1))
    return Movement(x_m * there, y_m * there, np.asarray(force_n)[:, None])
