"""Contact forces on the deck -> what each load cell carries, by statics of panels on springs.

A chain of panels is hinged end to end. Every panel is stiff in bending and soft in torsion (plain
ply), so the deck's sag is two piecewise linear functions of x with nodes at the panels' ends:
height z(x) and roll rho(x), w(x, y) = z(x) + y rho(x). A full-width hinge passes vertical force
and roll moment and no pitch moment: both functions go through it unbroken and may kink. Cells are
springs under w. Moving all nodes as one rigid deck costs no internal energy, so the cells' sum and
moments are the loads' own to rounding, whatever the stiffnesses.

The solution is linear: node loads times one matrix, found once. Cells only press on paper: a far
cell may read a little below zero, as it does on a real deck whose own weight is in the tare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import Cell

Array = npt.NDArray[np.float64]

CELL_STIFFNESS_N_PER_MM = 1000.0  # 1e6 N/m: bar cell and foot on a hard floor; hardware/safety.md
PLY_TORSION_NMM_PER_RAD = 780e6  # N mm^2: GJ of an 18 mm ply panel 650 mm wide, 780 N m^2
BOX_TORSION_NMM_PER_RAD = 7500e6  # N mm^2: GJ of a 46 mm torsion box; core4 is built stiff
HINGE_BEYOND_CELLS_MM = 10.0  # trio8: hinges at +-225, the pelvis plate's cells at +-215
MIN_RANK = 3  # a plate stands on its own cells only if they are not all in one line
COLLINEAR_MM = 1.0  # a plate's cells count as in one line below this spread
NEGLIGIBLE_MM = 1e-9  # division guard for panels of no length


@dataclass(frozen=True, slots=True)
class Chain:
    """Panels in a row: node positions (rising x), and the cells (by index) under them."""

    nodes_mm: Array
    cells: tuple[int, ...]
    torsion_nmm2: float

    def shape(self, x_mm: Array) -> Array:
        """Return each node's hat function at x: (..., nodes); beyond the ends it runs on."""
        count = len(self.nodes_mm)
        piece = np.clip(np.searchsorted(self.nodes_mm, x_mm, side="right") - 1, 0, count - 2)
        left, right = self.nodes_mm[piece], self.nodes_mm[piece + 1]
        share = (x_mm - left) / np.maximum(right - left, NEGLIGIBLE_MM)
        nodes = np.arange(count)
        before: Array = np.where(nodes == piece[..., None], 1.0 - share[..., None], 0.0)
        beyond: Array = np.where(nodes == piece[..., None] + 1, share[..., None], 0.0)
        return before + beyond


class Deck:
    """A mat's panels and cells as one linear map from contact forces to cell loads."""

    def __init__(
        self,
        cells: Sequence[Cell],
        chains: Sequence[Chain],
        stiffness_n_per_mm: float = CELL_STIFFNESS_N_PER_MM,
    ) -> None:
        self.cells = tuple(cells)
        self._chains = tuple(chains)
        self._x = np.array([cell.x_mm for cell in cells])
        self._y = np.array([cell.y_mm for cell in cells])
        self._maps = [self._solve(chain, stiffness_n_per_mm) for chain in self._chains]

    @classmethod
    def for_layout(cls, cells: Sequence[Cell]) -> Deck:
        """Return the deck for a list of cells, by the names of their plates.

        `hex6` and `trio8` are known by their plates; otherwise every plate that stands on three
        or more cells not in one line is its own rigid panel, and if any does not, all are one.
        Raises ValueError below three cells, or if all of them are in one line.
        """
        x, y = np.array([c.x_mm for c in cells]), np.array([c.y_mm for c in cells])
        everything = tuple(range(len(cells)))
        if not _stands(x, y, everything):
            msg = f"a deck needs 3 cells that are not in one line (got {len(cells)})"
            raise ValueError(msg)
        groups: dict[str, tuple[int, ...]] = {}
        for index, cell in enumerate(cells):
            groups[cell.plate] = (*groups.get(cell.plate, ()), index)
        low, high = float(x.min()), float(x.max())
        hinges = _hinges_mm(groups, x)
        if hinges:
            nodes = np.array([low, *hinges, high])
            return cls(cells, [Chain(nodes, everything, PLY_TORSION_NMM_PER_RAD)])
        if all(_stands(x, y, group) for group in groups.values()):
            return cls(cells, [_panel(x, group) for group in groups.values()])
        return cls(cells, [_panel(x, everything)])

    def loads_kg(self, x_mm: Array, y_mm: Array, force_n: Array) -> Array:
        """Return the cells' loads, (n, cells) in kg.

        force_n: (n, contacts), downwards. x_mm, y_mm: each (n, contacts), or (contacts,) if it
        stays.
        """
        loads_n = np.zeros((force_n.shape[0], len(self.cells)))
        if x_mm.ndim != y_mm.ndim and len(self._chains) > 1:
            x_mm, y_mm = np.broadcast_arrays(x_mm, y_mm)
        owner = self._owner(x_mm, y_mm)
        turning = force_n * y_mm
        for number, (chain, matrix) in enumerate(zip(self._chains, self._maps, strict=True)):
            shape = chain.shape(x_mm)
            if owner is not None:
                shape = shape * (owner == number)[..., None]
            pattern = "nc,ck->nk" if shape.ndim == 2 else "nc,nck->nk"
            nodal = [np.einsum(pattern, load, shape, optimize=True) for load in (force_n, turning)]
            loads_n[:, chain.cells] += np.concatenate(nodal, axis=1) @ matrix
        kilograms: Array = loads_n / GRAVITY_M_S2
        return kilograms

    def _owner(self, x_mm: Array, y_mm: Array) -> npt.NDArray[np.int64] | None:
        # Which chain a contact stands on: the one whose cells' rectangle is nearest.
        if len(self._chains) == 1:
            return None
        distances = []
        for chain in self._chains:
            index = list(chain.cells)
            x, y = self._x[index], self._y[index]
            beside_x = np.maximum(np.maximum(x.min() - x_mm, x_mm - x.max()), 0.0)
            beside_y = np.maximum(np.maximum(y.min() - y_mm, y_mm - y.max()), 0.0)
            distances.append(beside_x**2 + beside_y**2)
        nearest: npt.NDArray[np.int64] = np.argmin(np.stack(distances), axis=0)
        return nearest

    def _solve(self, chain: Chain, stiffness: float) -> Array:
        # (2 nodes, cells of the chain): the cells' forces per unit of node load.
        count = len(chain.nodes_mm)
        index = list(chain.cells)
        shape = chain.shape(self._x[index])
        springs = np.concatenate([shape, shape * self._y[index, None]], axis=1)
        energy = stiffness * springs.T @ springs
        for left in range(count - 1):
            length = max(float(chain.nodes_mm[left + 1] - chain.nodes_mm[left]), NEGLIGIBLE_MM)
            twist = np.zeros(2 * count)
            twist[count + left], twist[count + left + 1] = -1.0, 1.0
            energy += chain.torsion_nmm2 / length * np.outer(twist, twist)
        # Roll in rad is some 1e5 times a height in mm in energy: scale before solving.
        scale = 1.0 / np.sqrt(np.diag(energy))
        balanced = np.linalg.solve(energy * np.outer(scale, scale), np.diag(scale))
        matrix: Array = (stiffness * springs @ (scale[:, None] * balanced)).T
        return matrix


def _stands(x_mm: Array, y_mm: Array, group: tuple[int, ...]) -> bool:
    if len(group) < MIN_RANK:
        return False
    index = list(group)
    points = np.stack([x_mm[index] - x_mm[index].mean(), y_mm[index] - y_mm[index].mean()])
    return bool(np.linalg.svd(points, compute_uv=False)[1] > COLLINEAR_MM)


def _panel(x_mm: Array, group: tuple[int, ...]) -> Chain:
    nodes = np.array([x_mm[list(group)].min(), x_mm[list(group)].max()])
    return Chain(nodes, group, BOX_TORSION_NMM_PER_RAD)


def _hinges_mm(groups: dict[str, tuple[int, ...]], x_mm: Array) -> tuple[float, ...]:
    match sorted(groups):
        case ["foot_panel", "head_panel", "hinge"]:
            hinges: tuple[float, ...] = (float(x_mm[list(groups["hinge"])].mean()),)
        case ["foot_leaf", "head_leaf", "pelvis"]:
            pelvis = x_mm[list(groups["pelvis"])]
            low, high = float(pelvis.min()), float(pelvis.max())
            hinges = (low - HINGE_BEYOND_CELLS_MM, high + HINGE_BEYOND_CELLS_MM)
        case _:
            return ()
    inside = x_mm.min() < hinges[0] and hinges[-1] < x_mm.max()
    return hinges if inside else ()
