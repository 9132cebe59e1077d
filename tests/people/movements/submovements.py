"""Third generator, held out: random lognormal speed pulses, and a patch of pressure that wanders.

Neither limbs nor states. A movement of the centre of mass is a sum of submovements with lognormal
speed (Plamondon's kinematic theory of rapid human movement), in number, size and direction drawn
again each time; over it lies a tremble of the height, and angular momentum that comes and goes.
The contact is a cloud of points about where the weight is. Like the other two it is made of paths:
a movement from rest to rest leaves no impulse, and all points press.
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.body_noise import band_noise
from matfw.virtual.deck import Array
from tests.people.movements.contact import (
    STEP_S,
    Movement,
    carry,
    grid_s,
    load_of,
    pull_n,
    smooth,
)

REST_S = 0.3
CLOUD = 7  # points of a patch
CLOUD_X_M, CLOUD_Y_M = 0.45, 0.12  # half its extent; a lying body's
BESIDE_Y_M = 0.62  # of the weight of who stands beside
FLOOR_FROM_Y_M = 0.45
MUSCLE_STEPS = 13  # 65 ms: no muscle changes its force faster
TREMBLE_M = (0.0005, 0.004)  # sd of the height while moving; 0.004 is 3 % of the weight
TURN_M2_S = 0.012  # angular momentum per mass, sd at most
PULL_N, SLOWER, SLOWER_TRIES = 2.0, 1.15, 16
SIGMA = (0.2, 0.5)  # of the lognormal; Plamondon's range for arm movements
LYING_M, UPRIGHT_M = 0.15, 0.85
Draw = np.random.Generator


def come_on_by_pulses(body: Body, rng: Draw) -> Movement:
    """Come onto the mat from beside it in several pulses of any size."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    away = (float(rng.uniform(-0.2, 0.2)), edge * BESIDE_Y_M, UPRIGHT_M)
    return _between(body, rng, away, (0.0, 0.0, LYING_M), float(rng.uniform(3.0, 12.0)))


def go_off_by_pulses(body: Body, rng: Draw) -> Movement:
    """Leave the mat in several pulses."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    away = (float(rng.uniform(-0.2, 0.2)), edge * BESIDE_Y_M, UPRIGHT_M)
    return _between(body, rng, (0.0, 0.0, LYING_M), away, float(rng.uniform(2.5, 7.0)))


def wriggle(body: Body, rng: Draw) -> Movement:
    """Shift about for a second or three, by centimetres, the load trembling."""
    to = (*(float(rng.normal(0.0, 0.02)) for _ in "xy"), LYING_M)
    return _between(body, rng, (0.0, 0.0, LYING_M), to, float(rng.uniform(0.6, 3.0)))


def rear_up(body: Body, rng: Draw) -> Movement:
    """Come up with the trunk to any height, and down again, in pulses."""
    up = (float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.06, 0.06)))
    top = (*up, LYING_M + float(rng.uniform(0.03, 0.2)))
    there = _way((0.0, 0.0, LYING_M), top, float(rng.uniform(0.7, 2.5)), rng)
    stay = np.tile(np.array(top), (int(rng.uniform(0.0, 5.0) / STEP_S) + 1, 1))
    back = _way(top, (0.0, 0.0, LYING_M), float(rng.uniform(0.7, 2.5)), rng)
    return _carried(body, np.concatenate([there, stay, back]), rng)


def roll_about(body: Body, rng: Draw) -> Movement:
    """Roll somewhere, by a trunk's width or less, and perhaps back."""
    aside = (float(rng.normal(0.0, 0.02)), float(rng.choice([-1, 1]) * rng.uniform(0.04, 0.14)))
    there = _way((0.0, 0.0, LYING_M), (*aside, LYING_M - 0.03), float(rng.uniform(0.6, 2.5)), rng)
    if rng.random() < 0.3:
        return _carried(body, there, rng)
    stay = np.tile(there[-1], (int(rng.uniform(0.3, 5.0) / STEP_S) + 1, 1))
    back = _way((*aside, LYING_M - 0.03), (0.0, 0.0, LYING_M), float(rng.uniform(0.6, 2.5)), rng)
    return _carried(body, np.concatenate([there, stay, back]), rng)


def fumble(body: Body, rng: Draw) -> Movement:
    """Do something with an arm for some seconds: small pulses that come back in the end."""
    way = [np.array([0.0, 0.0, LYING_M])]
    parts = []
    for _ in range(int(rng.integers(2, 8))):
        to = way[0] + np.array(
            [rng.normal(0.0, 0.006), rng.normal(0.0, 0.006), rng.uniform(0, 0.01)]
        )
        parts.append(_way(tuple(way[-1]), tuple(to), float(rng.uniform(0.4, 1.0)), rng))
        way.append(to)
    parts.append(_way(tuple(way[-1]), tuple(way[0]), 0.8, rng))
    return _carried(body, np.concatenate(parts), rng)


def _between(
    body: Body,
    rng: Draw,
    first: tuple[float, ...],
    last: tuple[float, ...],
    span_s: float,
) -> Movement:
    return _carried(body, _way(first, last, span_s, rng), rng)


def _way(first: tuple[float, ...], last: tuple[float, ...], span_s: float, rng: Draw) -> Array:
    """Return a path, (n, 3) in m, made of submovements that add up to the whole way."""
    t_s = grid_s(span_s)
    pulses = int(rng.integers(1, 3 + round(span_s / 1.5)))
    whole = np.array(last) - np.array(first)
    parts = rng.dirichlet(np.ones(pulses), 3).T * whole
    aside = 0.08 * np.linalg.norm(whole) * rng.standard_normal((pulses, 3)) * (pulses > 1)
    parts += aside - aside.mean(axis=0)
    path = np.tile(np.array(first), (len(t_s), 1))
    for part in parts:
        pulse_s = float(rng.uniform(0.5, 1.0)) * max(span_s / math.sqrt(pulses), 0.5)
        begin_s = float(rng.uniform(0.0, max(span_s - pulse_s, 0.0)))
        path += _lognormal((t_s - begin_s) / min(pulse_s, span_s), rng)[:, None] * part
    return path


def _lognormal(share: Array, rng: Draw) -> Array:
    """Return the way of one submovement, 0 to 1 while share goes from 0 to 1."""
    sigma = float(rng.uniform(*SIGMA))
    mu = -0.5 - 1.2 * sigma  # nearly all of it is over at 1
    held = np.clip(share, 1e-6, 1.0)
    speed = np.exp(-((np.log(held) - mu) ** 2) / (2.0 * sigma**2)) / held
    # What is left at 1 is led out: a path must come to rest.
    speed *= (share > 0.0) & (share < 1.0)
    speed *= smooth((1.0 - share) / 0.25)
    way = np.cumsum(speed)
    result: Array = way / way[-1]
    return result


def _carried(body: Body, path: Array, rng: Draw) -> Movement:
    """Return the load of a way; one that would need a pull is gone more slowly and calmly."""
    seed, calm = int(rng.integers(1 << 32)), 1.0
    for _ in range(SLOWER_TRIES):
        movement = _pressed(body, path, calm, np.random.default_rng(seed))
        if pull_n(movement.force_n) <= PULL_N:
            return Movement(
                movement.x_m[:, :CLOUD],
                movement.y_m[:, :CLOUD],
                np.maximum(movement.force_n[:, :CLOUD], 0.0),
            )
        path, calm = _stretched(path), calm / SLOWER
    raise ValueError(f"no contact can carry this way: {pull_n(movement.force_n)} N")


def _pressed(body: Body, path: Array, calm: float, rng: Draw) -> Movement:
    rest = round(REST_S / STEP_S)
    centre = np.pad(path, ((rest, rest), (0, 0)), mode="edge")
    load = _trembling_load(body, centre, calm, rng)
    x, y = _cloud(rng)
    # Points on the mat go with the weight, as far as the mat goes; the floor goes on.
    out = np.abs(centre[:, 1:2])
    edge = np.sign(centre[np.argmax(out[:, 0]), 1])
    x_m = np.concatenate([x + np.clip(centre[:, :1], -0.3, 0.3), 0.5 * x + centre[:, :1]], axis=1)
    y_m = np.concatenate(
        [y + np.clip(centre[:, 1:2], -0.16, 0.16), y + edge * np.maximum(out, FLOOR_FROM_Y_M)],
        axis=1,
    )
    # Who only rolls about stays on the mat, however near its edge.
    leaves = float(out.max() > FLOOR_FROM_Y_M)
    outside = leaves * smooth((out - 0.12) / (BESIDE_Y_M - 0.14))
    share = np.concatenate([np.tile(1.0 - outside, CLOUD), np.tile(outside, CLOUD)], axis=1)
    return Movement(x_m, y_m, carry(x_m, y_m, share / CLOUD, load))


def _trembling_load(body: Body, centre: Array, calm: float, rng: Draw) -> Array:
    count = len(centre)
    number = np.arange(count)
    amid = smooth(np.minimum(number, number[::-1]) * STEP_S / (2.0 * REST_S))
    tremble = calm * float(rng.uniform(*TREMBLE_M)) * band_noise(count, STEP_S, 0.3, 1.8, rng)
    centre[:, 2] += amid * tremble
    load = load_of(np.array([body.mass_kg]), centre[:, None, :], GRAVITY_M_S2)
    for axis in (1, 2):
        # Angular momentum that comes and goes: zero at both ends.
        size = calm * float(rng.uniform(0.0, TURN_M2_S)) * body.mass_kg
        turning = size * amid * band_noise(count, STEP_S, 0.2, 1.5, rng)
        load[:, axis] += np.gradient(turning, STEP_S)
    return load


def _stretched(path: Array) -> Array:
    count = len(path)
    at = np.linspace(0.0, count - 1.0, round(SLOWER * count))
    # Straight lines between samples have kinks: rounded as muscles would round them.
    kernel = np.hanning(MUSCLE_STEPS + 2)[1:-1] / np.hanning(MUSCLE_STEPS + 2).sum()
    columns = []
    for column in path.T:
        slower = np.pad(np.interp(at, np.arange(count), column), MUSCLE_STEPS, mode="edge")
        columns.append(np.convolve(slower, kernel, mode="same")[MUSCLE_STEPS:-MUSCLE_STEPS])
    return np.stack(columns, axis=1)


def _cloud(rng: Draw) -> tuple[Array, Array]:
    x = np.linspace(-CLOUD_X_M, CLOUD_X_M, CLOUD) + rng.uniform(-0.04, 0.04, CLOUD)
    y = CLOUD_Y_M * np.where(np.arange(CLOUD) % 2 == 0, 1.0, -1.0) * rng.uniform(0.6, 1.0, CLOUD)
    return x, y
