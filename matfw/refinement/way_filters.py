"""How much an ascent, or a descent, would explain wherever it may begin, whatever hands do.

A hand that leans on the mat raises the load at once and moves the moment toward the head, a body
that settles moves the moment alone, and both do it within a second. A leg does both in its own
way: it pushes and then pulls, and leaves the moment lower. So what load and moment do over a way,
with some of the rest and of the hold beside it, is weighed by what else moves them at the same
time: the filter that is most sensitive to a way, and hardly to a hand or to a level (generalised
least squares).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.refinement.rep_shape import shape_rad, usual_shape
from matfw.refinement.segment import Segment

ROW_STEPS = 4  # of 50 ms
ROW_S = ROW_STEPS * STEP_S
FINE = 5  # samples a step that a template is made of
STANDS_S = 60.0  # longer than what is beside a way: the other way is not to be seen
REST_S, HOLD_S = 1.0, 2.0  # beside a way, that it is compared with
TOP_RAD = math.radians(38.0)  # that templates are of
FILTERS = 64  # of one body: more than one tempo's ways, up and down
# Of a restless body, rows of 0.2 s; found on holds of restless tuning people of two other
# simulations, and flat: half and twice as much change little.
LOAD_SD_N, MOMENT_SD_NM = 1.4, 1.0  # white: heart, tremor
BREATH_N, BREATH_S = 0.8, 1.5  # comes and goes: sd, and its memory
SWAY_NM, SWAY_S = 2.4, 0.5
HAND_N, SETTLES_NM = 12.0, 0.6  # a root s: steps of a hand, of a body


@dataclass(frozen=True, slots=True)
class Way:
    """A way at each row that it may begin at. match: with the data; energy: with itself."""

    rows: int
    match: Array
    energy: float

    def in_sd(self, sd: float) -> Way:
        """Return it for a body whose noise is so many times as large as the filters assume."""
        return Way(self.rows, self.match / sd**2, self.energy / sd**2)


def means(segment: Segment) -> Array:
    """Return moment and load of each row, (2, rows); the last step ends the last row.

    What was not measured is a straight line between what was.
    """
    steps = np.arange(len(segment.t_s))
    seen = segment.seen > 0.0
    if not seen.any():
        return np.zeros((2, len(steps) // ROW_STEPS))
    rows = len(steps) // ROW_STEPS
    last = steps[len(steps) - rows * ROW_STEPS :]
    series = [np.interp(last, steps[seen], x[seen]) for x in (segment.moment_nm, segment.load_n)]
    return np.asarray(np.stack(series).reshape(2, rows, ROW_STEPS).mean(axis=2))


def laid(data: Array, model: LegModel, way_s: float, *, is_up: bool) -> Way:
    """Return how well a way of this length fits wherever it may begin. data: (2, rows)."""
    way_rows = max(2, round(way_s / ROW_S))
    weights, energy = _filter(model, way_rows, is_up=is_up)
    before = round((REST_S if is_up else HOLD_S) / ROW_S)
    rows = weights.shape[1]
    padded = np.pad(data, ((0, 0), (before, rows)), mode="edge")
    spans = np.lib.stride_tricks.sliding_window_view(padded, rows, axis=1)
    match = np.einsum("ijk,ik->j", spans, weights)[: data.shape[1] + 1]
    return Way(way_rows, np.asarray(match), energy)


@lru_cache(maxsize=FILTERS)  # each look at one body asks for the same
def _filter(model: LegModel, way_rows: int, *, is_up: bool) -> tuple[Array, float]:
    """Return what data are weighed by, (2, rows), and what that makes of the way itself."""
    template = _template(model, way_rows, is_up=is_up)
    weights = _weights(template)
    return weights, float((weights * template).sum())


def _template(model: LegModel, way_rows: int, *, is_up: bool) -> Array:
    """Return what a way to or from the top does to moment and load, (2, rows)."""
    way_s, beside = way_rows * ROW_S, round((REST_S + HOLD_S) / ROW_S)
    shape = usual_shape((0.0, way_s, STANDS_S, way_s), TOP_RAD, sag=0.0)
    from_s = -REST_S if is_up else way_s + STANDS_S - HOLD_S
    rows, a_row, fine_s = way_rows + beside, ROW_STEPS * FINE, STEP_S / FINE
    at_s = from_s + (np.arange(rows * a_row) + 0.5) * fine_s
    angle = shape_rad(shape, np.asarray(at_s, np.float64))
    rate = np.gradient(angle, fine_s)
    force_n, moment_nm = model.force_and_moment(angle, rate, np.gradient(rate, fine_s))
    return np.asarray(np.stack([moment_nm, force_n]).reshape(2, rows, a_row).mean(axis=2))


def _weights(template: Array) -> Array:
    """Return what data are weighed by for a match that no level and hardly a hand changes."""
    rows = template.shape[1]
    inverse = np.linalg.inv(covariance(rows))
    levels = np.repeat(np.eye(2), rows, axis=0)
    by_level = inverse @ levels
    flat = inverse @ template.ravel()
    without = flat - by_level @ np.linalg.solve(levels.T @ by_level, levels.T @ flat)
    return np.asarray(without.reshape(2, rows))


def covariance(rows: int) -> Array:
    """Return that of moment and load of successive rows, (2 rows, 2 rows)."""
    at = np.arange(rows)
    apart_s = ROW_S * np.abs(at[:, None] - at[None, :])
    walked_s = ROW_S * (np.minimum(at[:, None], at[None, :]) + 1.0)
    white, hand = np.eye(rows), HAND_N**2 * walked_s
    load = LOAD_SD_N**2 * white + BREATH_N**2 * np.exp(-apart_s / BREATH_S) + hand
    moment = MOMENT_SD_NM**2 * white + SWAY_NM**2 * np.exp(-apart_s / SWAY_S)
    moment += SETTLES_NM**2 * walked_s + PUSH_LEVER_M**2 * hand
    both = PUSH_LEVER_M * hand
    return np.block([[moment, both], [both, load]])
