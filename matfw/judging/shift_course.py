"""How the sideways shift keeps pace with the leg: what gives hips away that cancel at the top.

Hips that roll back while the leg comes forward leave the centre of pressure, at the top, where it
would have been. On the way there they need not: the leg's part grows with the cosine of its height,
the rolling pelvis's does not, and nobody moves both in exact step. A good repetition's shift is
nearly a straight line over the leg's angle; a cancelled one is curved.
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.leg_model import Array

TOP_PERCENTILE = 97.0  # of the angles that stands for the top
MIN_TOP_DEG = 5.0
BACKWARD_COUNTS = 0.7  # of a curvature to the back: the cosine's is to the front


def curvature_mm(t_s: Array, angle_deg: Array, shift_mm: Array) -> float:
    """Return how far the shift's course is curved half-way up and down, > 0 to the front.

    One row a 50 ms step of the repetition and 0.2 s around it. Least squares of the shift on a
    constant, a drift in time, the height p (0 to 1) and p (1 - p), a quarter of whose factor it is.
    """
    top_deg = max(float(np.percentile(angle_deg, TOP_PERCENTILE)), MIN_TOP_DEG)
    p = np.clip(angle_deg / top_deg, 0.0, 1.0)
    terms = np.column_stack([p * (1.0 - p), p, np.ones_like(p), t_s - t_s.mean()])
    return float(np.linalg.lstsq(terms, shift_mm, rcond=None)[0][0]) / 4.0


def cancellation_score_mm(curvature: float, noise_scale: float, *, is_side_known: bool) -> float:
    """Return a curvature as it is judged: >= 0, less of it for a body that sways at rest.

    noise_scale: variance of this body against the usual.
    """
    forward = curvature > 0.0 or not is_side_known
    return abs(curvature) * (1.0 if forward else BACKWARD_COUNTS) / math.sqrt(noise_scale)
