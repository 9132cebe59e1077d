"""Placements of a known weight -> all cells' gains together, how sure they are, and what is left.

A weight right over a cell still loads its neighbours a little, so no cell can be calibrated by
itself. But at every place the cells *together* carry the weight:

    sum over cells (gain * change in counts) = weight             one equation a placement

and, where it is known where the weight lies,

    sum over cells (gain * change * x) = weight * x_of_weight     and the same for y

Weighted least squares. As many placements as cells, each near another cell, make it well posed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.messages import Cell

Array = npt.NDArray[np.float64]

# What a cell's line is not straight by, of the weight laid on: 0.05 % of full scale for a cheap
# 50 kg half bridge (its sellers' figure, 25 g), of which a repeated 10 kg sees some tenth.
NONLINEARITY = 2e-4
MAX_SIGMA = 1e-3  # of a gain: aim is 0.1 %; beyond, another place would help
PLACE_SIGMA_MM = 10.0  # how well a place is known that somebody measures with a rule
_RANK = 1e-9  # a singular value below this share of the largest is none


@dataclass(frozen=True, slots=True)
class Placement:
    """The change of every cell's counts against the empty mat with a weight on it.

    sigma_counts: of the changes. place_mm: (x, y) if it is known where the weight lies.
    """

    weight_kg: float
    change_counts: tuple[float, ...]
    sigma_counts: tuple[float, ...]
    place_mm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """What came out, in the cells' order.

    counts_per_kg: each cell's gain. sigma: of each gain, as a share of it (inf: not determined).
    residual_kg: each placement's weight as the cells now weigh it, minus what it is.
    condition: of the equations, with each cell's column scaled to 1; 1 is best.
    weakest: index of the cell that is known worst.
    """

    counts_per_kg: tuple[float, ...]
    sigma: tuple[float, ...]
    residual_kg: tuple[float, ...]
    condition: float

    @property
    def weakest(self) -> int:
        """Return the index of the cell whose gain is known worst."""
        return int(np.argmax(self.sigma))

    @property
    def is_sound(self) -> bool:
        """Return whether every gain is known within MAX_SIGMA."""
        return max(self.sigma) <= MAX_SIGMA


def solve(cells: Sequence[Cell], placements: Sequence[Placement], rough: Sequence[float]) -> Fit:
    """Return the gains with which the cells together weigh the weight at every place.

    rough: each cell's counts a kilogram, to within a factor of some four, signed; only weights the
    equations, so that a cell of few counts is not taken for a light one. Raises ValueError without
    placements.
    """
    if not placements:
        raise ValueError("there must be at least one placement")
    rough_gain = 1.0 / np.asarray(rough, dtype=np.float64)
    kilograms = np.array([p.change_counts for p in placements]) * rough_gain
    sigma_kg = np.array([p.sigma_counts for p in placements]) * np.abs(rough_gain)
    weights = np.array([p.weight_kg for p in placements])
    ratio = np.ones(len(cells))
    for _ in range(3):  # an equation's own sigma needs the gains
        rows, right = _equations(cells, placements, kilograms, sigma_kg * np.abs(ratio), weights)
        left, values, axes = np.linalg.svd(rows, full_matrices=False)
        is_whole = values.size == len(cells) and values[-1] > _RANK * values[0]
        inverse = np.where(values > _RANK * values[0], 1.0 / np.maximum(values, 1e-300), 0.0)
        ratio = axes.T @ (inverse * (left.T @ right))
    residual = kilograms @ ratio - weights
    if is_whole:
        sigma = np.sqrt(((axes.T * inverse) ** 2).sum(axis=1)) / np.maximum(np.abs(ratio), 1e-9)
        scaled = np.linalg.svd(rows / np.linalg.norm(rows, axis=0), compute_uv=False)
        condition = float(scaled[0] / scaled[-1])
    else:
        seen = (axes[values > _RANK * values[0]] ** 2).sum(axis=0)
        sigma = np.where(seen < seen.min() + 1e-6, np.inf, 1.0)
        condition = float("inf")
    with np.errstate(divide="ignore"):
        counts_per_kg = 1.0 / (ratio * rough_gain)
    return Fit(_floats(counts_per_kg), _floats(sigma), _floats(residual), condition)


def weighed(
    cells: Sequence[Cell], counts_per_kg: Sequence[float], change_counts: Sequence[float]
) -> tuple[float, float, float]:
    """Return (kilograms, x_mm, y_mm) of what changed the counts; x and y are 0 of nothing."""
    loads = [c / k for c, k in zip(change_counts, counts_per_kg, strict=True)]
    total = sum(loads)
    if abs(total) < 1e-6:
        return total, 0.0, 0.0
    x_mm = sum([load * cell.x_mm for load, cell in zip(loads, cells, strict=True)]) / total
    y_mm = sum([load * cell.y_mm for load, cell in zip(loads, cells, strict=True)]) / total
    return total, x_mm, y_mm


def _equations(
    cells: Sequence[Cell],
    placements: Sequence[Placement],
    kilograms: Array,
    sigma_kg: Array,
    weights: Array,
) -> tuple[Array, Array]:
    """Return rows and right-hand side, each divided by its own sigma."""
    sigma = np.hypot(np.sqrt((sigma_kg**2).sum(axis=1)), NONLINEARITY * weights)
    rows, right = [kilograms / sigma[:, None]], [weights / sigma]
    for axis, at_mm in enumerate(
        (np.array([c.x_mm for c in cells]), np.array([c.y_mm for c in cells]))
    ):
        for k, placement in enumerate(placements):
            if placement.place_mm is not None:
                spread = PLACE_SIGMA_MM * weights[k]
                rows.append((kilograms[k] * at_mm / spread)[None, :])
                right.append(np.array([weights[k] * placement.place_mm[axis] / spread]))
    return np.concatenate(rows), np.concatenate(right)


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
