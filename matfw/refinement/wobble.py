"""How much a leg wobbles while it is up: load that a fit must not take for a way.

Real people's lifted legs are not still: in their holds they speed up and down by 6 to 43 deg/s2 at
0.8 to 4 Hz, half of what a good lift's whole way takes (three untaught people, thigh's gyroscope,
six blocks, median 24). Fitted as if a lifted leg were as quiet as one that rests, the hold becomes
a part of a slow way, or there is none.

A leg that wobbles moves load and moment together, by S and I. So the load is trusted less while the
leg is up, and of the moment what is left without I / S of the load: there the leg's weight still
tells how high it is.
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.refinement.rep_shape import BEGIN_S, DOWN_S

EDGE_S = 0.15  # within a shape's begin and end, where the leg is not surely up
MIN_ROWS = 9  # from which a power is known
MEDIAN_SHARE = 0.455  # median of a squared normal number over its mean
OUTLIER = 9.0  # times the power that one row may count for
MOST_RADPS2 = math.radians(45.0)  # that a leg wobbles by; what is more, its shape does not explain

Marks = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
"""Which rows are meant."""


def is_up(params: Array, t_s: Array) -> Marks:
    """Return at which times, (n,), a shape's leg is up."""
    end_s = params[: DOWN_S + 1].sum()
    return np.asarray((t_s > params[BEGIN_S] + EDGE_S) & (t_s < end_s - EDGE_S))


def wobble_n2(left_n: Array, calm_n2: float, moment_kgm: float) -> float:
    """Return the power of the load's noise while a leg is up, beyond that of one that rests.

    left_n: what a shape leaves of the load while the leg is up, N, (m,). calm_n2: at rest, N^2.
    moment_kgm: the leg's first moment. Single rows that fit badly, as where a leg lands, count for
    little.
    """
    if len(left_n) < MIN_ROWS:
        return 0.0
    power_n2 = left_n**2
    most_n2 = OUTLIER * float(np.median(power_n2)) / MEDIAN_SHARE
    wobble = float(np.minimum(power_n2, most_n2).mean()) - calm_n2
    return min(max(0.0, wobble), (moment_kgm * MOST_RADPS2) ** 2)
