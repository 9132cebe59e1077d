"""How the sideways shift keeps pace with the leg: what gives hips away that cancel at the top.

Hips that roll back while the leg comes forward leave the centre of pressure, at the top, where it
would have been. On the way there they need not: the leg's part grows with the cosine of its height,
the rolling pelvis's does not, and nobody moves both in exact step. A good repetition's shift is
nearly a straight line over the leg's angle; a cancelled one is curved.

An arm that is put elsewhere in the midst of it moves the whole body's shift for good, which a drift
alone would take for a curve; and a body that stirs draws any course. So a step at the top is
allowed for, and a curve counts against what the line, the step and the curve leave of the shift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import Array

TOP_PERCENTILE = 97.0  # of the angles that stands for the top
MIN_TOP_DEG = 5.0
BACKWARD_COUNTS = 0.7  # of a curvature to the back: the cosine's is to the front
# What a course usually leaves, beside a body's usual noise: a scale. By the noise at rest alone and
# without the step, as many cancelled hips of calm people were found (held out: 67 % of 231 over
# 1.3 mm, 64 now), but of restless people's good repetitions 10 % were over it, 6 now.
USUALLY_LEFT_MM = 0.5


@dataclass(frozen=True, slots=True)
class ShiftCourse:
    """How far the course is curved half-way up and down, > 0 to the front; what it leaves, sd."""

    curvature_mm: float
    left_mm: float


def shift_course(t_s: Array, angle_deg: Array, shift_mm: Array, middle_s: float) -> ShiftCourse:
    """Return the course of the shift over the leg's angle.

    One row a 50 ms step of the repetition and 0.2 s around it, (n,); middle_s: of its hold. Least
    squares of the shift on a constant, a drift in time, a step at the middle, the height p (0 to 1)
    and p (1 - p), a quarter of whose factor the curvature is.
    """
    top_deg = max(float(np.percentile(angle_deg, TOP_PERCENTILE)), MIN_TOP_DEG)
    p = np.clip(angle_deg / top_deg, 0.0, 1.0)
    stepped = np.where(t_s > middle_s, 1.0, 0.0)
    terms = np.column_stack([p * (1.0 - p), p, np.ones_like(p), t_s - t_s.mean(), stepped])
    factors = np.linalg.lstsq(terms, shift_mm, rcond=None)[0]
    left_mm = float(np.std(shift_mm - terms @ factors))
    return ShiftCourse(float(factors[0]) / 4.0, left_mm)


def cancellation_score_mm(course: ShiftCourse, noise_scale: float, *, is_side_known: bool) -> float:
    """Return a curvature as it is judged: >= 0, less of it for a body that sways or stirs.

    noise_scale: variance of this body at rest against the usual.
    """
    forward = course.curvature_mm > 0.0 or not is_side_known
    sd = math.hypot(math.sqrt(noise_scale), course.left_mm) / math.hypot(1.0, USUALLY_LEFT_MM)
    return abs(course.curvature_mm) * (1.0 if forward else BACKWARD_COUNTS) / sd
