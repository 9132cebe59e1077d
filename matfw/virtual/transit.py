"""Getting on the mat and up again: a moving load with bounces instead of a lying body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.virtual.body_noise import band_noise
from matfw.virtual.deck import Array

SIT_SHARE = 0.82  # of the weight while the feet are still on the floor
SIT_DOWN_S = 0.9
BOUNCE_SHARE, BOUNCE_HZ, BOUNCE_TAU_S = 0.13, 2.2, 0.45  # of sitting down
STEP_S = 0.45  # a foot takes over this fast
SWING_AT, LIE_AT = 0.42, 0.58  # share of the time: legs come up; trunk goes down
SWAY_SHARE = 0.05  # sd of the force while moving about
SEAT_Y_MM = -180.0  # one sits down with the back edge of the mat under the thighs
WANDER_MM = 28.0  # sd of the seat while moving about


@dataclass(slots=True)
class Transit:
    """lying: (n,) 0..1, the share of the lying body's own load; the rest is the seat's.

    seat_n: (n,) newtons at seat_x_mm, seat_y_mm (body side: y is negative to the back).
    """

    lying: Array
    seat_n: Array
    seat_x_mm: Array
    seat_y_mm: Array


def transit(
    t_s: Array,
    weight_n: float,
    on: tuple[float, float],
    up: tuple[float, float],
    *,
    steps_on: bool,
    rng: np.random.Generator,
) -> Transit:
    """Return the load of getting on during `on` (from, to) and up during `up`, seconds.

    Getting up is getting on backwards with other bounces. Between the two the body lies, and
    outside of both the mat is empty.
    """
    lying_on, seat_on = _getting_on(t_s - on[0], on[1] - on[0], steps_on, rng)
    lying_up, seat_up = _getting_on(up[1] - t_s, up[1] - up[0], False, rng)
    step_s = float(t_s[1] - t_s[0])
    count = len(t_s)
    before = t_s < 0.5 * (on[1] + up[0])
    lying = np.where(before, lying_on, lying_up)
    seat = np.where(before, seat_on, seat_up)
    sway = 1.0 + SWAY_SHARE * band_noise(count, step_s, 0.4, 3.0, rng)
    seat_x = rng.normal(60.0, 60.0) + WANDER_MM * band_noise(count, step_s, 0.1, 1.2, rng)
    seat_y = SEAT_Y_MM + WANDER_MM * band_noise(count, step_s, 0.1, 1.2, rng)
    # While lying down the seat slides from the edge to where the body will be.
    seat_y *= 1.0 - 0.8 * lying
    return Transit(lying, np.maximum(weight_n * seat * sway, 0.0), seat_x, seat_y)


def _getting_on(
    t_s: Array, span_s: float, steps_on: bool, rng: np.random.Generator
) -> tuple[Array, Array]:
    total = _sitting(t_s, rng) if not steps_on else _standing(t_s, span_s, rng)
    legs_up = _smooth((t_s - SWING_AT * span_s) / 0.8)
    total = total + (1.0 - SIT_SHARE) * legs_up * (0.0 if steps_on else 1.0)
    lying = _smooth((t_s - LIE_AT * span_s) / ((1.0 - LIE_AT) * span_s))
    seat = np.where(t_s > 0.0, total * (1.0 - lying), 0.0)
    return lying, seat


def _sitting(t_s: Array, rng: np.random.Generator) -> Array:
    landed = np.maximum(t_s - 0.8 * SIT_DOWN_S, 0.0)
    bounce = BOUNCE_SHARE * rng.uniform(0.5, 1.5) * np.exp(-landed / BOUNCE_TAU_S)
    swing = bounce * np.sin(2.0 * np.pi * BOUNCE_HZ * landed)
    result: Array = SIT_SHARE * _smooth(t_s / SIT_DOWN_S) + swing
    return result


def _standing(t_s: Array, span_s: float, rng: np.random.Generator) -> Array:
    first = 0.55 * _smooth(t_s / STEP_S)
    second = 0.45 * _smooth((t_s - STEP_S - rng.uniform(0.1, 0.4)) / STEP_S)
    # Sitting down from standing: the body falls away from the mat, then is caught.
    caught = np.clip((t_s - 0.25 * span_s) / 1.1, 0.0, 1.0)
    dip = -0.22 * np.sin(2.0 * np.pi * caught) * np.sin(np.pi * caught)
    steps = 0.10 * np.exp(-np.maximum(t_s - 2.0 * STEP_S, 0.0) / 0.3)
    swing = steps * np.sin(2.0 * np.pi * 3.0 * np.maximum(t_s - 2.0 * STEP_S, 0.0))
    result: Array = first + second + dip + swing
    return result


def _smooth(share: Array) -> Array:
    held = np.clip(share, 0.0, 1.0)
    result: Array = held**3 * (10.0 - 15.0 * held + 6.0 * held**2)
    return result
