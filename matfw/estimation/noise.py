"""What a leg and a body may do between two steps: the filters' transition and their noises.

A hypothesis's state: angle over rest (rad), rate, acceleration, hand push (N), slow moment (N m).
Three kinds of hypothesis share it: RESTING (the first three are 0 and stay 0), LIFTING, and
RESTLESS (the leg rests, but load and moment may go anywhere: scratching, shifting, getting up).
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.leg_model import Array

STEP_S = 0.05  # 20 Hz: the leg raise lives below 6 Hz, and block means take the heart's 4-8 Hz out
ANGLE, RATE, ACCEL, PUSH, BASE = range(5)
RESTING, LIFTING, RESTLESS = range(3)

# Sizes: a lying body's noise in 20 Hz means, from real pressure maps and plates, as the virtual
# person has it; on top of them the tracker learns how restless this very body is.
FORCE_SD_N = 0.65  # white part of the load: heart and converters (0.4-0.6 N)
MOMENT_SD_NM = 0.6  # white part of the moment (0.3 N m), with room for a model that is not quite it
PUSH_SD_N = 0.25  # slow part of the load: breath, trunk (0.1-0.4 N)
PUSH_TAU_S = 3.0  # an arm pushes for seconds
BASE_DIFFUSION_NM = 0.5  # N m per root s: sway of 0.6-1.3 mm of the weight with 3 s of memory
BASE_TAU_S = 30.0
BASE_SD_NM = 2.5  # at first
ACCEL_DIFFUSION = 1.0  # (rad/s^2)^2/s: a lift of 2 s; faster ones come through the jump
ACCEL_TAU_S = 1.0  # no leg accelerates for long

# A step whose innovation is beyond JUMP_AT may have been a jump: kicks, drops and hand pushes
# are rare and sudden. It costs the hypothesis JUMP_COST of log weight.
JUMP_AT = 9.0  # squared distance; 1 % of calm steps
JUMP_COST = 1.5
ACCEL_JUMP = 40.0  # times the usual diffusion
PUSH_JUMP_N = 5.0
BASE_JUMP = 6.0  # times the usual diffusion, of a resting body only

RESTLESS_N = 10.0  # what a body that moves about does to the load ...
RESTLESS_TAU_S = 0.4
RESTLESS_NM = 15.0  # ... and to the moment, N m per root s

LIFT_SD = (math.radians(0.5), 0.02, 0.35)  # rad, rad/s, rad/s^2: what a lift may begin with
STOP_ANGLE_SD = math.radians(3.0)  # how exactly a leg comes back to where it lay ...
STOP_ANGLE_SHARE = 0.12  # ... and how far off it may be assumed, of its top: S is off by 10-20 %
STOP_RATE_SD = 0.12  # rad/s
STOP_ACCEL_SD = 0.6  # rad/s^2
STOP_BASE_NM = 1.0  # a body settles again as its leg comes down


def _transition() -> Array:
    a = np.eye(5)
    a[ANGLE, RATE] = a[RATE, ACCEL] = STEP_S
    a[ANGLE, ACCEL] = 0.5 * STEP_S**2
    a[ACCEL, ACCEL] = math.exp(-STEP_S / ACCEL_TAU_S)
    a[PUSH, PUSH] = math.exp(-STEP_S / PUSH_TAU_S)
    a[BASE, BASE] = math.exp(-STEP_S / BASE_TAU_S)
    return a


def _process_noise() -> tuple[Array, Array]:
    """Return (usual, added by a jump), each (3, 5, 5) by kind of hypothesis."""
    usual = np.zeros((3, 5, 5))
    kick = np.array([STEP_S**2 / 6, STEP_S / 2, 1.0])
    usual[LIFTING, :3, :3] = np.outer(kick, kick) * ACCEL_DIFFUSION * STEP_S
    usual[:, PUSH, PUSH] = PUSH_SD_N**2 * (1.0 - math.exp(-2.0 * STEP_S / PUSH_TAU_S))
    usual[:, BASE, BASE] = BASE_DIFFUSION_NM**2 * STEP_S
    jump = np.zeros((3, 5, 5))
    jump[LIFTING, :3, :3] = usual[LIFTING, :3, :3] * ACCEL_JUMP
    jump[RESTING, BASE, BASE] = usual[RESTING, BASE, BASE] * BASE_JUMP
    jump[:RESTLESS, PUSH, PUSH] = PUSH_JUMP_N**2
    usual[RESTLESS, PUSH, PUSH] = RESTLESS_N**2 * (1.0 - math.exp(-2.0 * STEP_S / RESTLESS_TAU_S))
    usual[RESTLESS, BASE, BASE] = RESTLESS_NM**2 * STEP_S
    return usual, jump


TRANSITION = _transition()
USUAL, JUMP = _process_noise()
SENSING = np.diag([FORCE_SD_N**2, MOMENT_SD_NM**2])


_SCALED = np.zeros((3, 5, 5))
_SCALED[:RESTLESS, PUSH, PUSH] = USUAL[:RESTLESS, PUSH, PUSH]
_SCALED[:RESTLESS, BASE, BASE] = USUAL[:RESTLESS, BASE, BASE]
_FIXED = USUAL - _SCALED


def process_noise(noise_scale: float) -> Array:
    """Return USUAL at this noise scale (variance, 1 is usual)."""
    return np.asarray(_FIXED + noise_scale * _SCALED)


def stop_noise(top_rad: float) -> tuple[float, float, float]:
    """Return how exactly coming to rest fixes angle, rate and acceleration: three variances."""
    return (
        STOP_ANGLE_SD**2 + (STOP_ANGLE_SHARE * top_rad) ** 2,
        STOP_RATE_SD**2,
        STOP_ACCEL_SD**2,
    )
