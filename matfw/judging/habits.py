"""What is this person's own way of doing it well, learned from a few repetitions called good.

No stage needs to know: habits become this person's own limits. How far the hips go in a good
repetition differs from body to body (a trunk that follows the pelvis, a leg that is carried a
little in front), and `Limits` are for everybody's mean.

The leg's first moment is not learned: load and moment are fitted together, so that a wrong one
moves the angle and leaves nothing over to see it by. On 88 simulated people the fitted load's
gain spread by 2 % and showed nothing of the angle's error (correlation -0.1); angles were off by
4 % of their height from person to person, 1.4 deg. Who measures one angle by hand corrects that
and a hiked hip at once: `measured_deg`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from matfw.errors import MatError
from matfw.messages import Limits, Rep

MIN_REPS = 3
USUAL_SHIFT_MM = -4.4  # of good repetitions, mean of 88 simulated people; `Limits` are about it
REP_SD_MM = 3.2  # of one person's good repetitions about their own mean, the same people
# Between people: hip flexion in side-lying spreads by 9 deg from person to person (biomechanics
# study, BMC Musculoskelet Disord 2022), 0.9 mm a degree; the simulated ones differ by 1.4 mm only.
PEOPLE_SD_MM = 4.0
MAX_SHIFT_MM = 8.0  # away from the usual; more is no habit but a fault
MAX_ANGLE_DEG = 12.0  # between what is read and what was measured


@dataclass(frozen=True, slots=True)
class Habits:
    """One person's good repetitions on one side.

    shift_mm, sd_mm: mean and spread of the hips' shift to the front. angle_bias_deg: read minus
    measured. reps: learned from so many.
    """

    reps: int
    shift_mm: float
    sd_mm: float
    angle_bias_deg: float = 0.0


def learn(good: Sequence[Rep], measured_deg: float | None = None) -> Habits:
    """Return the habits that repetitions called good by hand show.

    measured_deg: their height over rest if somebody measured it. Raises MatError for fewer than
    MIN_REPS, for different sides, and for what is too far off to be a habit.
    """
    if len(good) < MIN_REPS:
        raise MatError(f"need at least {MIN_REPS} good repetitions (got {len(good)}): do more")
    if len({rep.side for rep in good}) > 1:
        raise MatError("the repetitions are of both sides: take those of one side")
    shifts_mm = [rep.front_shift_mm for rep in good]
    shift_mm = fmean(shifts_mm)
    if abs(shift_mm - USUAL_SHIFT_MM) > MAX_SHIFT_MM:
        raise MatError(
            f"the hips went {shift_mm:+.1f} mm to the front (-: back) in these, and good ones go"
            f" {USUAL_SHIFT_MM - MAX_SHIFT_MM:+.1f} to {USUAL_SHIFT_MM + MAX_SHIFT_MM:+.1f}:"
            " lie down again, stack the hips and do three more"
        )
    bias_deg = 0.0
    if measured_deg is not None:
        bias_deg = fmean(rep.angle_deg for rep in good) - measured_deg
        if abs(bias_deg) > MAX_ANGLE_DEG:
            raise MatError(
                f"the height reads {bias_deg:+.0f} deg off what was measured, more than"
                f" {MAX_ANGLE_DEG:g}: measure again, and check height and sex in the settings"
            )
    return Habits(len(good), shift_mm, stdev(shifts_mm), bias_deg)


def own_limits(limits: Limits, habits: Habits | None) -> Limits:
    """Return everybody's limits as they are for this person.

    A few repetitions show a mean only so well: it counts for what it is worth beside everybody's.
    """
    if habits is None:
        return limits
    worth = PEOPLE_SD_MM**2 / (PEOPLE_SD_MM**2 + REP_SD_MM**2 / habits.reps)
    off_mm = worth * (habits.shift_mm - USUAL_SHIFT_MM)
    return replace(
        limits,
        roll_back_mm=limits.roll_back_mm - off_mm,
        leg_forward_mm=limits.leg_forward_mm + off_mm,
        too_high_deg=limits.too_high_deg + habits.angle_bias_deg,
        too_small_deg=limits.too_small_deg + habits.angle_bias_deg,
    )
