"""The live detectors of the table of faults: a moment -> how large the fault is now, or None.

The times that can be measured for certain only afterwards are left to `rules`, with the same
limits. A live estimate can run away under a restless body: the conditions on height, speed and
certainty keep it from being reported then. Chosen on tuning people: nine of ten false cues lacked
them, one in ten true ones did.
"""

from __future__ import annotations

from matfw.estimation.plates import contradicts_side
from matfw.judging.hip_rules import is_surely_forward, leg_forward, roll_back
from matfw.judging.row import Moment, Reading
from matfw.messages import Phase, Side

PEAK_ACCEL = 5.77  # of a smooth movement, times travel / duration^2 (minimum jerk)
PEAK_SPEED = 1.9  # of a smooth movement, times travel / duration (minimum jerk 1.875)
CROSSING_SHARE = 0.62  # of a smooth movement's length lies between its 5 % and 95 % crossings
TYPICAL_TRAVEL_DEG = 36.0  # what an acceleration limit is worked out for
HIP_SETTLE_S = 0.25  # of standing at the top before the hips are judged
CLEAR_SHARE = 0.85  # live times are rough: below this share of a limit they are beyond doubt
CLEAR_UP_SHARE = 0.75  # the same of the time since the leg left rest, ...
CLEAR_SPEED_SHARE = 0.9  # ... which the peak speed must confirm
# Of a kick's limit: a leg that is jerked off the other one passes the limit, but hardly. Tuning
# people of nine kinds: with 1.0 four of 814 good lifts are called a kick and 94 of 107 kicks; with
# 1.15 none, and the same 94.
CLEAR_KICK_SHARE = 1.15
KICK_BELOW_DEG = 25.0  # a kick shows at its start; true ones were known by 7 deg
KICK_MAX_PUSH_N = 4.0  # if a larger hand push explains the load, the body is getting up, no kick
HIGH_STEPS = 2  # of 50 ms beyond the limit ...
HIGH_SLOWS_DPS2 = 40.0  # ... of a leg that is no longer speeding up
UNSURE_ANGLE_DEG = 3.6  # sd of the angle beyond which no speed is worth naming
LANDED_DPS = -35.0  # a leg that still falls faster when it is taken for down has not landed
# A leg needs as long to be up: what goes up and down within less is a shove that was taken for one.
# Of 17 live faults about no repetition (tuning people who move about) 7 were such drops.
MIN_UP_S = 0.5
MAX_OFF_MAT_N = 60.0  # who takes more off the mat is getting up
MIN_DEG = 15.0  # a smaller lift is too small, and too small to be timed live


def kick(now: Moment) -> Reading | None:
    """Return the ascent's acceleration if it is a kick's. What was asked to be quick is none."""
    motion = now.motion
    kick_dps2 = PEAK_ACCEL * TYPICAL_TRAVEL_DEG / now.at_tempo.kick_up_s**2
    begins = now.phase.phase is Phase.UP and motion.angle_deg < KICK_BELOW_DEG
    is_hand = abs(motion.push_n) > KICK_MAX_PUSH_N
    if begins and motion.accel_dps2 > CLEAR_KICK_SHARE * kick_dps2 and not is_hand:
        return Reading(motion.accel_dps2, "deg/s2")
    return None


def drop(now: Moment) -> Reading | None:
    """Return the descent's acceleration if the leg falls. What was asked to be quick is no fall."""
    limit_dps2 = PEAK_ACCEL * TYPICAL_TRAVEL_DEG / now.at_tempo.drop_down_s**2
    was_up = _up_s(now) > MIN_UP_S
    if was_up and now.phase.phase is Phase.DOWN and now.motion.accel_dps2 < -limit_dps2:
        return Reading(-now.motion.accel_dps2, "deg/s2")
    return None


def too_high(now: Moment) -> Reading | None:
    """Return the height once it has been beyond its limit, less its sd, for HIGH_STEPS."""
    motion, memory = now.motion, now.memory
    surely_deg = motion.angle_deg - motion.angle_sd_deg
    is_up = now.phase.phase in {Phase.UP, Phase.HOLD} and motion.accel_dps2 < HIGH_SLOWS_DPS2
    is_high = is_up and surely_deg > now.limits.too_high_deg
    memory.high_steps = memory.high_steps + 1 if is_high else 0
    return Reading(motion.angle_deg, "deg") if memory.high_steps >= HIGH_STEPS else None


def rushed_up(now: Moment) -> Reading | None:
    """Return the ascent's length by its peak speed, once the leg has stood for HIP_SETTLE_S."""
    motion, phase, memory = now.motion, now.phase, now.memory
    held_s = phase.t_s - phase.since_s
    if phase.phase is not Phase.HOLD or held_s < HIP_SETTLE_S:
        return None
    limit_s = now.at_tempo.rushed_up_s
    by_speed_s = PEAK_SPEED * memory.held_deg / max(memory.fastest_up_dps, 1.0)
    is_early = motion.lifting_s - held_s < CLEAR_UP_SHARE * limit_s
    is_fast = by_speed_s < CLEAR_SPEED_SHARE * limit_s and motion.angle_sd_deg < UNSURE_ANGLE_DEG
    return Reading(by_speed_s, "s") if is_early and is_fast and memory.held_deg > MIN_DEG else None


def rushed_down(now: Moment) -> Reading | None:
    """Return the descent's length by its peak speed, when the leg has landed."""
    motion, phase, memory = now.motion, now.phase, now.memory
    has_landed = phase.changed and phase.phase is Phase.REST and motion.rate_dps > LANDED_DPS
    if not has_landed or phase.down_s <= 0.0 or memory.held_deg < MIN_DEG or _up_s(now) <= MIN_UP_S:
        return None  # a false start has no descent; and of one not seen to be up little is known
    limit_s = now.at_tempo.rushed_down_s
    by_speed_s = PEAK_SPEED * memory.held_deg / max(memory.fastest_down_dps, 1.0)
    if phase.down_s / CROSSING_SHARE < limit_s and by_speed_s < CLEAR_SHARE * limit_s:
        return Reading(by_speed_s, "s")
    return None


def hips_back(now: Moment) -> Reading | None:
    """Return how far the hips rolled back, from their mean at the top so far."""
    hips = _hips(now)
    return hips and roll_back(*hips, now.motion.hip_sd_deg, now.limits)


def hips_forward(now: Moment) -> Reading | None:
    """Return how far the leg surely came forward, from the hips' mean at the top so far."""
    hips = _hips(now)
    if hips is None or not is_surely_forward(*hips, now.limits):
        return None
    return leg_forward(*hips, now.motion.hip_sd_deg, now.limits)


def bent_body(now: Moment) -> Reading | None:
    """Return the bend of the resting body if it is beyond its limit, to either side."""
    return bend(now.motion.bend_deg, now.limits.bent_body_deg)


def bend(bend_deg: float | None, limit_deg: float) -> Reading | None:
    """Return a bend beyond its limit, to either side; None on a mat that cannot see it."""
    return None if bend_deg is None or abs(bend_deg) <= limit_deg else Reading(bend_deg, "deg")


def off_mat(now: Moment) -> Reading | None:
    """Return the weight that is missing on the mat."""
    missing_n = -now.motion.load_n
    is_limb = now.limits.off_mat_n <= missing_n < MAX_OFF_MAT_N
    return Reading(missing_n, "N") if is_limb and not now.motion.is_restless else None


def _up_s(now: Moment) -> float:
    """Return how long the leg was up before it came down, as far as that was seen."""
    return now.phase.up_s + now.phase.hold_s


def _hips(now: Moment) -> tuple[float, float | None] | None:
    """Return mean shift (mm) and roll (deg) at the top; None while they cannot be judged."""
    phase, memory = now.phase, now.memory
    has_settled = phase.phase is Phase.HOLD and phase.t_s - phase.since_s >= HIP_SETTLE_S
    if not has_settled or now.side is Side.UNKNOWN:
        return None
    if contradicts_side(now.motion.bend_deg, now.limits):
        return None
    roll_deg = memory.roll_sum_deg / memory.rolls if memory.rolls == memory.shifts else None
    return memory.shift_sum_mm / memory.shifts, roll_deg
