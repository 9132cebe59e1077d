"""What a leg and a body may do between two steps: the filters' transition and their noises.

A hypothesis's state: angle over rest (rad), rate, acceleration, hand push (N), slow moment (N m).
Three kinds of hypothesis share it: RESTING (the first three are 0 and stay 0), LIFTING, and
RESTLESS (the leg rests, but load and moment may go anywhere: scratching, shifting, getting up).
"""

from __future__ import annotations

import math
from typing import NamedTuple

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


# What is kept in a step of acceleration, push and base; the angle follows rate and acceleration.
ACCEL_KEPT = math.exp(-STEP_S / ACCEL_TAU_S)
PUSH_KEPT = math.exp(-STEP_S / PUSH_TAU_S)
BASE_KEPT = math.exp(-STEP_S / BASE_TAU_S)


class Noise(NamedTuple):
    """What a step adds to a spread: variances and covariances of two of the state's five numbers.

    a angle, r rate, c acceleration, u push, b base. Of a leg that rests only uu and bb count.
    """

    uu: float
    bb: float
    aa: float = 0.0
    ar: float = 0.0
    ac: float = 0.0
    rr: float = 0.0
    rc: float = 0.0
    cc: float = 0.0


def of_leg(accel_diffusion: float, uu: float, bb: float) -> Noise:
    """Return the noise of a leg whose acceleration changes by so much, (rad/s^2)^2/s."""
    size = accel_diffusion * STEP_S
    a, r = STEP_S**2 / 6, STEP_S / 2
    return Noise(uu, bb, a * a * size, a * r * size, a * size, r * r * size, r * size, size)


USUAL_PUSH_N2 = PUSH_SD_N**2 * (1.0 - math.exp(-2.0 * STEP_S / PUSH_TAU_S))
USUAL_BASE_NM2 = BASE_DIFFUSION_NM**2 * STEP_S
_RESTLESS = Noise(
    RESTLESS_N**2 * (1.0 - math.exp(-2.0 * STEP_S / RESTLESS_TAU_S)), RESTLESS_NM**2 * STEP_S
)
_LIFTING = of_leg(ACCEL_DIFFUSION, 0.0, 0.0)[2:]  # the leg's own part
# By kind of hypothesis: what a jump adds besides.
JUMPS = (
    Noise(PUSH_JUMP_N**2, USUAL_BASE_NM2 * BASE_JUMP),
    of_leg(ACCEL_DIFFUSION * ACCEL_JUMP, PUSH_JUMP_N**2, 0.0),
    Noise(0.0, 0.0),
)

Sensing = tuple[float, float, float]
"""Covariance of what a step measures: of load, of load and moment, of moment."""
SENSING_N2, SENSING_NM2 = FORCE_SD_N**2, MOMENT_SD_NM**2


def process_noises(noise_scale: float) -> tuple[Noise, Noise, Noise]:
    """Return by kind what a step adds at this noise scale (variance, 1 is usual)."""
    uu, bb = noise_scale * USUAL_PUSH_N2, noise_scale * USUAL_BASE_NM2
    return Noise(uu, bb), Noise(uu, bb, *_LIFTING), _RESTLESS


def sensing_of(noise_scale: float, shaking: Sensing, seen_share: float) -> Sensing:
    """Return the covariance of a step's measurement.

    shaking: what a tremor adds. seen_share: of a step's samples that it is the mean of, over 0.
    """
    ff, fm, mm = shaking
    return (
        (SENSING_N2 * noise_scale + ff) / seen_share,
        fm / seen_share,
        (SENSING_NM2 * noise_scale + mm) / seen_share,
    )


def stop_noise(top_rad: float) -> tuple[float, float, float]:
    """Return how exactly coming to rest fixes angle, rate and acceleration: three variances."""
    return (
        STOP_ANGLE_SD**2 + (STOP_ANGLE_SHARE * top_rad) ** 2,
        STOP_RATE_SD**2,
        STOP_ACCEL_SD**2,
    )
