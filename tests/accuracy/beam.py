"""Fifth generator, held out and local: forward dynamics of a soft, actuated beam on the mat.

The other generators say where masses go and work out what the mat must bear. Here nothing says
where anything goes: six lumps lie on compressible flesh (Hunt and Crossley's contact law: stiffer
the deeper, it damps and never pulls), a beam joins them, muscles command its curvature and its
twist, and the rest follows from Newton's law. A beam's internal forces have no sum and no moment,
so no momentum comes of nothing. A lump whose piece of the beam leans carries its mass aside, and
that is what the mat feels longest. A hand that pushes, on the mat or on the floor beside it, is
pushed back at the shoulder. `beam_forms` says what is commanded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from tests.people.movements.contact import STEP_S, Movement, carry, load_of

SUBSTEPS = 5  # of 1 ms: the stiffest contact swings at 25 Hz
SHARES = np.array([0.10, 0.24, 0.18, 0.26, 0.14, 0.08])  # of the weight, head to feet
SPACING = 0.19  # heights from lump to lump
PELVIS, SHOULDER = 3, 1  # the lumps at the hip line and under the shoulder
HALF_WIDTH_M = 0.09  # of each lump's two contacts, front and back
CENTRE_M = 0.10  # of a lump's mass over the mat
SINKS_M = 0.014  # into the flesh at rest
DAMPING_S_M = 2.5  # Hunt and Crossley's: force k d^1.5 (1 + this times the speed)
BEND_NPM, TWIST_NM = 15_000.0, 60.0  # stiffness against curvature and twist
ROLL_RADIUS_M = 0.08  # of inertia
LOSS = 0.04  # s: the beam's damping over its stiffness
MUSCLE_S = 0.12  # time constant of a muscle's force, twice


@dataclass(slots=True)
class Commands:
    """What the muscles are commanded, (n, ...) on the grid.

    curve_m: height of each inner lump over the middle of its neighbours, (n, 4). twist_rad: from
    lump to lump, (n, 5). push_n: of a hand before the chest, (n,), at hand_m to the front, on the
    mat or on the floor.
    """

    curve_m: Array
    twist_rad: Array
    push_n: Array
    hand_m: float = 0.25
    is_on_mat: bool = True


@dataclass(slots=True)
class _Body:
    """State of the six lumps: depth in the flesh and roll, and their rates."""

    kilograms: Array
    depth_m: Array
    sink_mps: Array = field(default_factory=lambda: np.zeros(6))
    roll_rad: Array = field(default_factory=lambda: np.zeros(6))
    roll_radps: Array = field(default_factory=lambda: np.zeros(6))


# Second differences of the lumps' heights, and first ones of their roll: transposed they spread
# bending and twisting over the lumps, without a sum and without a moment.
_CURVE = np.array([[float(at == k) * 1.0 - 0.5 * (abs(at - k) == 1) for at in range(6)]
                   for k in range(1, 5)])  # fmt: skip
_TWIST = np.diff(np.eye(6), axis=0)


def lying(body: Body, commands: Commands) -> Movement:
    """Return what the lumps and the hand press on the mat with."""
    kilograms = body.mass_kg * SHARES
    stiff = 0.5 * kilograms * GRAVITY_M_S2 / SINKS_M**1.5
    state = _Body(kilograms, np.full(6, SINKS_M))
    count = len(commands.push_n)
    pressed_n, depth_m, roll_rad = np.zeros((count, 13)), np.zeros((count, 6)), np.zeros((count, 6))
    curve_m, twist_rad, push_n = (
        _through_muscle(x) for x in (commands.curve_m, commands.twist_rad, commands.push_n[:, None])
    )
    by_hand = push_n * np.array([1.0, commands.hand_m])
    for row in range(count):
        pressed_n[row] = *_contacts(state, stiff).ravel(), push_n[row, 0]
        depth_m[row], roll_rad[row] = state.depth_m, state.roll_rad
        for _ in range(SUBSTEPS):
            _step(state, stiff, (curve_m[row], twist_rad[row]), *by_hand[row])
    spacing_m = body.height_m * SPACING
    lumps_m = spacing_m * (np.arange(6) - PELVIS)
    leans = np.asarray(np.gradient(-depth_m, spacing_m, axis=1))
    place = np.stack([lumps_m - CENTRE_M * leans, CENTRE_M * roll_rad, CENTRE_M - depth_m], axis=2)
    load = load_of(kilograms, place, GRAVITY_M_S2)
    hand = np.array([1.0, lumps_m[SHOULDER], commands.hand_m])
    x_m, y_m = np.repeat(lumps_m, 2), np.tile([HALF_WIDTH_M, -HALF_WIDTH_M], 6)
    if commands.is_on_mat:
        x_m, y_m = np.append(x_m, hand[1]), np.append(y_m, hand[2])
    else:
        pressed_n = pressed_n[:, :12]
        load -= push_n * hand
    x_m, y_m = np.tile(x_m, (count, 1)), np.tile(y_m, (count, 1))
    share = pressed_n / pressed_n.sum(axis=1, keepdims=True)
    # The shares are the contacts' own; what lies aside of them is carried as masses aside must be.
    return Movement(x_m, y_m, carry(x_m, y_m, share, load))


def _contacts(state: _Body, stiff: Array) -> Array:
    """Return the force of each lump's front and back contact, (6, 2)."""
    arms = np.array([HALF_WIDTH_M, -HALF_WIDTH_M])
    depth = np.maximum(state.depth_m[:, None] + arms * state.roll_rad[:, None], 0.0)
    speed = state.sink_mps[:, None] + arms * state.roll_radps[:, None]
    return np.asarray(stiff[:, None] * depth**1.5 * np.maximum(1.0 + DAMPING_S_M * speed, 0.0))


def _step(
    state: _Body, stiff: Array, command: tuple[Array, Array], push_n: float, push_nm: float
) -> None:
    """Go on by a substep, semi-implicitly. Depth is downwards, roll lowers the front.

    command: curvature and twist. push_n, push_nm: of the hand, at the shoulder.
    """
    step_s = STEP_S / SUBSTEPS
    pressed_n = _contacts(state, stiff)
    curve_m, twist_rad = command
    bend_n = BEND_NPM * (_CURVE @ state.depth_m + curve_m + LOSS * (_CURVE @ state.sink_mps))
    twist_nm = TWIST_NM * (_TWIST @ state.roll_rad - twist_rad + LOSS * (_TWIST @ state.roll_radps))
    down_n = state.kilograms * GRAVITY_M_S2 - pressed_n.sum(axis=1) - _CURVE.T @ bend_n
    roll_nm = HALF_WIDTH_M * (pressed_n[:, 1] - pressed_n[:, 0]) - _TWIST.T @ twist_nm
    down_n[SHOULDER] -= push_n
    roll_nm[SHOULDER] -= push_nm
    state.sink_mps = state.sink_mps + step_s * down_n / state.kilograms
    state.roll_radps = state.roll_radps + step_s * roll_nm / (state.kilograms * ROLL_RADIUS_M**2)
    state.depth_m = state.depth_m + step_s * state.sink_mps
    state.roll_rad = state.roll_rad + step_s * state.roll_radps


def _through_muscle(commanded: Array) -> Array:
    """Return commands as muscles carry them out: two first-order lags."""
    gain = 1.0 - math.exp(-STEP_S / MUSCLE_S)
    done = commanded.copy()
    for _ in range(2):
        state = done[0].copy()
        for row in range(len(done)):
            state += gain * (done[row] - state)
            done[row] = state
    return done
