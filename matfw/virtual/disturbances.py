"""Arms, hands and the head doing what nobody asked for: a plan's events -> load to add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.body_noise import band_noise
from matfw.virtual.contacts import FLOOR_HAND_Y_M, HAND_X_SHARE, HAND_Y_M
from matfw.virtual.deck import Array
from matfw.virtual.inertia import Wrench, second_difference
from matfw.virtual.motion_script import Fidget, OffMat, Push, Scratch, SessionPlan

ARM_SHARE = 0.05  # one arm of the body's mass; de Leva 1996
PUSH_RISE_S = 0.35  # a hand's force comes and goes over this long
PUSH_ROLLS_MM_PER_N = 0.12  # pushing on the mat turns the trunk back a little; guess


@dataclass(slots=True)
class Disturbance:
    """Load to add, and what the upper hand presses with: (n,), N."""

    load: Wrench
    hand_n: Array


def disturb(
    t_s: Array, plan: SessionPlan, lying_from_s: float, rng: np.random.Generator
) -> Disturbance:
    """Return all of a plan's events as one load about the body's origin."""
    zeros = [np.zeros_like(t_s) for _ in range(4)]
    result = Disturbance(Wrench(zeros[0], zeros[1], zeros[2]), zeros[3])
    result.hand_n += plan.prop_n
    for fidget in plan.fidgets:
        _add_fidget(t_s - lying_from_s, result.load, fidget, plan.body)
    for push in plan.pushes:
        _add_push(t_s - lying_from_s, result, push, plan.body, rng)
    for off_mat in plan.off_mats:
        _add_off_mat(t_s - lying_from_s, result, off_mat, plan.body)
    for scratch in plan.scratches:
        _add_scratch(t_s - lying_from_s, result.load, scratch, plan.body, rng)
    return result


def _add_fidget(t_s: Array, load: Wrench, fidget: Fidget, body: Body) -> None:
    # The limb is carried in an arc: its weight moves, its mass is thrown up and caught.
    share = np.clip((t_s - fidget.at_s) / fidget.duration_s, 0.0, 1.0)
    moved = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    arc_m = 1e-3 * fidget.lift_mm * 64.0 * (share * (1.0 - share)) ** 3
    weight_n = body.mass_kg * GRAVITY_M_S2
    thrown_n = ARM_SHARE * body.mass_kg * second_difference(arc_m, float(t_s[1] - t_s[0]))
    load.force_n += thrown_n
    load.moment_x_nm += weight_n * 1e-3 * fidget.x_mm * moved
    load.moment_x_nm += thrown_n * HAND_X_SHARE * body.height_m
    load.moment_y_nm += weight_n * 1e-3 * fidget.y_mm * moved + thrown_n * HAND_Y_M


def _add_push(
    t_s: Array, result: Disturbance, push: Push, body: Body, rng: np.random.Generator
) -> None:
    unsteady = 1.0 + 0.12 * band_noise(len(t_s), float(t_s[1] - t_s[0]), 0.4, 3.0, rng)
    force_n = push.force_n * unsteady * _held(t_s, push.at_s, push.duration_s)
    weight_n = body.mass_kg * GRAVITY_M_S2
    if push.braced:
        result.load.force_n += force_n
        result.load.moment_x_nm += force_n * HAND_X_SHARE * body.height_m
        result.load.moment_y_nm += force_n * HAND_Y_M
    else:
        result.load.moment_y_nm -= weight_n * 1e-3 * PUSH_ROLLS_MM_PER_N * force_n
    result.hand_n += force_n


def _add_off_mat(t_s: Array, result: Disturbance, off_mat: OffMat, body: Body) -> None:
    gone = _held(t_s, off_mat.at_s, off_mat.duration_s)
    force_n, load = off_mat.force_n * gone, result.load
    result.hand_n *= 1.0 - gone
    load.force_n -= force_n
    load.moment_x_nm -= force_n * HAND_X_SHARE * body.height_m
    load.moment_y_nm -= force_n * FLOOR_HAND_Y_M


def _add_scratch(
    t_s: Array, load: Wrench, scratch: Scratch, body: Body, rng: np.random.Generator
) -> None:
    held = _held(t_s, scratch.at_s, scratch.duration_s)
    rate = scratch.rate_hz * (1.0 + 0.05 * rng.normal())
    force_n = scratch.force_n * held * np.sin(2.0 * np.pi * rate * t_s)
    load.force_n += force_n
    load.moment_x_nm += force_n * rng.uniform(-0.3, 0.1) * body.height_m
    load.moment_y_nm += force_n * HAND_Y_M * rng.uniform(0.0, 1.0)
    # The arm is up while it scratches: the CoM goes with it.
    load.moment_y_nm -= body.mass_kg * GRAVITY_M_S2 * 1e-3 * rng.uniform(1.0, 4.0) * held


def _held(t_s: Array, at_s: float, duration_s: float) -> Array:
    rise = min(PUSH_RISE_S, 0.5 * duration_s)
    up = np.clip((t_s - at_s) / rise, 0.0, 1.0)
    down = np.clip((t_s - at_s - duration_s + rise) / rise, 0.0, 1.0)
    result: Array = _smooth(up) * (1.0 - _smooth(down))
    return result


def _smooth(share: Array) -> Array:
    result: Array = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    return result
