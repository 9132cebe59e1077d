"""What the hips did, from the sideways shift and, where there is one, a hip sensor's roll.

Both live judging and the verdict use this. Rolling back moves the centre of pressure 1.2-1.9 mm a
degree to the back, a leg that comes forward 0.9 mm a degree to the front: each alone shows, both
together cancel, on any number of cells. A sensor's roll shows what the cells' shift would have
been without it; what is left is the leg.

A sensor that repeats badly sees good hips roll too. So the limits stand a number of standard
deviations away from what good hips show on this very sensor: its own error and good people's own
spread together. `Limits.roll_back_deg` is for the usual sensor, with a perfect one it would be 4.9;
`Limits.leg_forward_mm` is for the cells alone, and the roll that is taken out brings its error in.
"""

from __future__ import annotations

import math

from matfw.judging.row import Reading
from matfw.messages import HipRepeatability, Limits

SHIFT_MM_PER_DEG = 1.7  # to the back, per degree that a sensor measures (0.9 of the bones' roll)
SPREAD_MM_PER_DEG = 0.4  # of that from person to person: trunks follow a pelvis by 30-60 %
HALF_ROLL = 0.5  # of the limit in degrees is enough where the cells' shift agrees
GOOD_ROLL_SD_DEG = 1.5  # of good repetitions, as a sensor without error would show it
GOOD_LEG_SD_MM = 3.0  # of good repetitions, of what the roll leaves of the shift
USUAL_SD_DEG = HipRepeatability().imu_deg  # of the sensor that Limits are for
# Chosen on 84 tuning people, 364 combined and 571 good repetitions: 3-5 % of the good ones called
# with any of the sensors, 97 % of the combined ones named at 1.5 deg, 84 % at 3 deg.
ROLL_SDS, LEG_SDS = 1.5, 1.3


# Over the limit of a leg that comes forward, so near to it that it may be this body's own way: of
# 1196 good repetitions of restless tuning people whose bodies are not those the limit was set by 24
# are over the limit and 5 over this too. Of 40 legs forward by 12 deg or more 37 are over either.
CLOSE_FORWARD_MM = 1.2


def roll_back(
    shift_mm: float, roll_deg: float | None, sd_deg: float, limits: Limits
) -> Reading | None:
    """Return how far the hips rolled back beyond their limit, mm, with a hip sensor deg.

    shift_mm: > 0 to the body's front. roll_deg: > 0 rolled back, None without a hip sensor.
    sd_deg: what that sensor repeats within.
    """
    is_shifted = shift_mm < -limits.roll_back_mm
    if roll_deg is None:
        return Reading(-shift_mm, "mm") if is_shifted else None
    limit_deg = limits.roll_back_deg + ROLL_SDS * (
        math.hypot(GOOD_ROLL_SD_DEG, sd_deg) - math.hypot(GOOD_ROLL_SD_DEG, USUAL_SD_DEG)
    )
    agrees = is_shifted and roll_deg > HALF_ROLL * limit_deg
    return Reading(roll_deg, "deg") if roll_deg > limit_deg or agrees else None


def leg_forward(
    shift_mm: float, roll_deg: float | None, sd_deg: float, limits: Limits
) -> Reading | None:
    """Return how far the leg came forward beyond its limit, mm; arguments as `roll_back`'s."""
    rolled_deg = max(roll_deg or 0.0, 0.0)
    forward_mm = shift_mm + SHIFT_MM_PER_DEG * rolled_deg
    limit_mm = limits.leg_forward_mm
    if roll_deg is not None:
        limit_mm += SPREAD_MM_PER_DEG * rolled_deg
        limit_mm += LEG_SDS * (
            math.hypot(GOOD_LEG_SD_MM, SHIFT_MM_PER_DEG * sd_deg) - GOOD_LEG_SD_MM
        )
    return Reading(forward_mm, "mm") if forward_mm > limit_mm else None


def is_surely_forward(shift_mm: float, roll_deg: float | None, limits: Limits) -> bool:
    """Return whether a leg came forward by clearly more than its limit; with a sensor any is."""
    return roll_deg is not None or shift_mm > limits.leg_forward_mm + CLOSE_FORWARD_MM
