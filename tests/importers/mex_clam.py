"""MEx clam (thigh accelerometer, side-lying) -> the thigh's angle over time, and its true reps.

Wijekoon et al., MEx, UCI Machine Learning Repository, CC BY 4.0. Nobody scripted these people: no
tempo, no hold. The sensor is on one thigh, so of each person's two recordings (one a side) mostly
one has it on the leg that moves.

The rule for a rep, to be checked by hand on a plot of `angle_deg`:
1. Gravity is the 0.4 s Hann mean of the accelerometer, as a direction in the sensor's axes. Over a
   recording these directions lie along an arc; angle = how far along it, in the plane that holds
   most of them (first two singular vectors), 0 at the mean of the first 0.5 s and positive to the
   side of the larger excursion. (Not the angle between gravity now and at rest: that has no sign,
   and a thigh that sinks below where it began would make reps of the valleys.) A recording whose
   angle spans less than MIN_SPAN_DEG (5th to 95th percentile) has the sensor on the still leg.
2. A top is a peak that stands out from the valleys beside it by at least PROMINENCE of that span
   (scipy.signal.find_peaks) and is 0.7 s or more from a higher one.
3. A rep begins and ends in the lowest point between its top and the neighbour's (for the first and
   the last: within 6 s). start and top are where the angle first exceeds 5 % of the ascent from
   the valley before and 95 % of it; lower and end are 95 % and 5 % of the descent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy

from tests.importers.files import lines

Array = npt.NDArray[np.float64]

RECORDINGS = tuple(f"{person:02d}_clam_{side}" for person in range(1, 15) for side in (1, 2))
SMOOTH_S = 0.4
REST_S = 0.5
MIN_SPAN_DEG = 25.0  # below it a wobbling lower leg, by eye, and at once 14_clam_1 above it
PROMINENCE = 0.4
APART_S = 0.7
EDGE_S = 6.0


@dataclass(frozen=True, slots=True)
class TrueRep:
    """A repetition as the thigh made it, seconds from the recording's start."""

    start_s: float
    top_s: float
    lower_s: float
    end_s: float
    height_deg: float


@dataclass(frozen=True, slots=True)
class Clam:
    """One recording: times from 0, the thigh's angle over its rest, and the reps in it."""

    name: str
    t_s: Array
    angle_deg: Array
    reps: tuple[TrueRep, ...]


def load(name: str) -> Clam:
    """Return a recording by its name, as 04_clam_2; skips the test where it is absent."""
    rows = [line.split(",") for line in lines(f"mex_clam/{name}.csv.gz")]
    stamps = [datetime.fromisoformat(row[0]) for row in rows]
    t_s = np.array([(stamp - stamps[0]).total_seconds() for stamp in stamps])
    angle_deg = thigh_angle(t_s, np.array([[float(value) for value in row[1:4]] for row in rows]))
    return Clam(name, t_s, angle_deg, find_reps(t_s, angle_deg))


def thigh_angle(t_s: Array, acceleration_g: Array) -> Array:
    """Return how far gravity has turned from rest in the plane it moves in, degrees."""
    period_s = float(np.median(np.diff(t_s)))
    half = round(SMOOTH_S / period_s / 2)
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(acceleration_g, ((half, half), (0, 0)), mode="edge")
    gravity = np.column_stack(
        [np.convolve(column, window / window.sum(), "valid") for column in padded.T]
    )
    gravity /= np.linalg.norm(gravity, axis=1, keepdims=True)
    along = np.linalg.svd(gravity, full_matrices=False)[2]
    turned = np.unwrap(np.arctan2(gravity @ along[1], gravity @ along[0]))
    angle_deg: Array = np.degrees(turned - turned[: round(REST_S / period_s)].mean())
    low, high = np.percentile(angle_deg, (5, 95))
    return angle_deg if high >= -low else -angle_deg


def find_reps(t_s: Array, angle_deg: Array) -> tuple[TrueRep, ...]:
    """Return the reps by the rule above."""
    low, high = np.percentile(angle_deg, (5, 95))
    if high - low < MIN_SPAN_DEG:
        return ()
    period_s = float(np.median(np.diff(t_s)))
    tops, _ = scipy.signal.find_peaks(
        angle_deg, prominence=PROMINENCE * (high - low), distance=round(APART_S / period_s)
    )
    edge = round(EDGE_S / period_s)
    bounds = (
        [max(0, tops[0] - edge), *tops, min(len(t_s) - 1, tops[-1] + edge)] if len(tops) else []
    )
    valleys = [
        left + int(np.argmin(angle_deg[left : right + 1])) for left, right in pairwise(bounds)
    ]
    return tuple(
        _rep(t_s, angle_deg, before, top, after)
        for before, top, after in zip(valleys, tops, valleys[1:], strict=False)
    )


def _rep(t_s: Array, angle_deg: Array, before: int, top: int, after: int) -> TrueRep:
    up, down = angle_deg[before : top + 1], angle_deg[top : after + 1]
    rise, fall = up[-1] - up[0], down[0] - down[-1]
    return TrueRep(
        # The last sample under 5 % of the ascent, so that fidgets in the valley do not count.
        start_s=float(t_s[before + np.flatnonzero(up <= up[0] + 0.05 * rise)[-1]]),
        top_s=float(t_s[before + np.flatnonzero(up >= up[0] + 0.95 * rise)[0]]),
        lower_s=float(t_s[top + np.flatnonzero(down >= down[-1] + 0.95 * fall)[-1]]),
        end_s=float(t_s[top + np.flatnonzero(down <= down[-1] + 0.05 * fall)[0]]),
        height_deg=float(rise),
    )
