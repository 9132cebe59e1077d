"""How much an ascent, or a descent, would explain wherever it may begin: matched filters.

A leg that goes up pushes and then pulls, one that comes down pulls and then pushes, in load and
moment alike. What a way of a known length does is laid over both at each row; the moment counts by
its changes, since its level wanders.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matfw.estimation.leg_model import Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.refinement.rep_shape import shape_rad, usual_shape
from matfw.refinement.shape_cost import AR1

FINE = 5  # samples a step of 50 ms that a template is made of
TEMPLATES = 64  # of one body: some more than two kinds of six ways, up and down
STANDS_S = 5.0  # anything longer than what is beside a way: the other way is not to be seen


@dataclass(frozen=True, slots=True)
class Grid:
    """What ways are laid by.

    row_steps: of 50 ms. beside_rows: before and after a way. top_rad: the height that templates are
    of. load_sd_n, change_sd_nm: of a row, for a body of usual noise scale. most_sd: what stands out
    further counts as this: a hand, a fidget.
    """

    row_steps: int
    beside_rows: int
    top_rad: float
    load_sd_n: float
    change_sd_nm: float
    most_sd: float

    @property
    def row_s(self) -> float:
        """Return a row's length."""
        return self.row_steps * STEP_S

    def means(self, series: Array) -> Array:
        """Return a series' means over each row; the last step ends the last row."""
        rows = len(series) // self.row_steps
        last = series[len(series) - rows * self.row_steps :]
        return np.asarray(last.reshape(rows, self.row_steps).mean(axis=1))

    def whitened(self, series: Array) -> Array:
        """Return what is new in each row of a moment that wanders."""
        before = np.concatenate([series[:1], series[:-1]])
        return np.asarray(series - AR1**self.row_steps * before)


@dataclass(frozen=True, slots=True)
class Way:
    """A way at each row that it may begin at. match: with the data; energy: with itself."""

    rows: int
    match: Array
    energy: float

    def least(self, gain: float) -> float:
        """Return what a match must be to gain so much log likelihood over rest."""
        return math.sqrt(2.0 * gain * self.energy)


def seen_in_sd(
    load_n: Array, moment_nm: Array, seen: Array, grid: Grid, *, noise_scale: float
) -> Array:
    """Return load and the moment's changes in standard deviations, (2, rows); 0: not measured.

    load_n: over the weight, and moment_nm, (n,) each, one a step of 50 ms. seen: (n,) share of its
    samples that each has. noise_scale: variance of this body against the usual.
    """
    sd = math.sqrt(noise_scale)
    load = grid.means(load_n - np.median(load_n)) / (grid.load_sd_n * sd)
    changes = grid.whitened(grid.means(moment_nm)) / (grid.change_sd_nm * sd)
    data = np.clip(np.stack([load, changes]), -grid.most_sd, grid.most_sd)
    data[:, grid.means(seen) == 0.0] = 0.0
    return np.asarray(data)


def laid(
    data: Array, grid: Grid, way_s: float, *, model: LegModel, noise_scale: float, is_up: bool
) -> Way:
    """Return how well a way of this length fits wherever it may begin. data: (2, rows)."""
    rows = max(2, round(way_s / grid.row_s))
    sd = math.sqrt(noise_scale)
    in_sd = np.array([[grid.load_sd_n * sd], [grid.change_sd_nm * sd]])
    template = _template(model, grid, rows, is_up=is_up) / in_sd
    size, beside = data.shape[1], grid.beside_rows
    padded = np.zeros((2, size + 2 * beside + rows))  # `np.pad` takes as long as all the rest
    padded[:, beside : beside + size] = data
    spans = np.lib.stride_tricks.sliding_window_view(padded, template.shape[1], axis=1)
    match = np.einsum("ijk,ik->j", spans, template)
    return Way(rows, np.asarray(match[: size + 1]), float((template**2).sum()))


@lru_cache(maxsize=TEMPLATES)  # each look at one body asks for the same
def _template(model: LegModel, grid: Grid, way_rows: int, *, is_up: bool) -> Array:
    """Return what a way to or from the top does to load (N) and changes (N m), (2, rows)."""
    rows, way_s = way_rows + 2 * grid.beside_rows, way_rows * grid.row_s
    shape = usual_shape((0.0, way_s, STANDS_S, way_s), grid.top_rad, sag=0.0)
    from_s = (0.0 if is_up else way_s + STANDS_S) - grid.beside_rows * grid.row_s
    fine_s, a_row = STEP_S / FINE, grid.row_steps * FINE
    # A row more before: changes are against it.
    at_s = from_s + (np.arange(-a_row, rows * a_row) + 0.5) * fine_s
    angle = shape_rad(shape, np.asarray(at_s, np.float64))
    rate = np.gradient(angle, fine_s)
    force_n, moment_nm = model.force_and_moment(angle, rate, np.gradient(rate, fine_s))
    means = np.stack([force_n, moment_nm]).reshape(2, rows + 1, a_row).mean(axis=2)
    changes = grid.whitened(means[1] - means[1, 0])[1:]
    changes -= changes.mean()
    return np.stack([means[0, 1:], changes])
