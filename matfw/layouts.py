"""Preset mats: which cells stand where. Geometry and its sources: hardware/README.md "Geometry"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from matfw.messages import Cell

DECK_LENGTH_MM = 2000.0  # 1.90 m leaves the feet of half the people above 1.80 m off the deck
DECK_WIDTH_MM = 650.0
CELL_Y_MM = 275.0  # half the spacing across: 50 mm in from the long edges
MIN_CELLS = 3  # a load's size and its place in two directions are three unknowns
TWIN_MM = 10.0  # two cells nearer than this are one place written twice; a bar is 12 mm wide
LINE_MM = 50.0  # all cells nearer to one line: an error of 0.5 mm of theirs is 1 % of the place


@dataclass(frozen=True, slots=True)
class Layout:
    """A named list of cells; order is the order of every per-cell tuple."""

    name: str
    cells: tuple[Cell, ...]


def _pair(place: str, x_mm: float, plate: str) -> tuple[Cell, Cell]:
    return (
        Cell(f"{place}_left", x_mm, CELL_Y_MM, plate),
        Cell(f"{place}_right", x_mm, -CELL_Y_MM, plate),
    )


# core4: one stiff deck. hex6: two panels hinged at x = 0, both bearing on the batten over the hip
# pair. trio8: a pelvis plate on four cells, a leaf hinged to each end of it.
PRESETS: dict[str, Layout] = {
    "core4": Layout("core4", (*_pair("head", -900.0, "deck"), *_pair("foot", 900.0, "deck"))),
    "hex6": Layout(
        "hex6",
        (
            *_pair("head", -960.0, "head_panel"),
            *_pair("hip", 0.0, "hinge"),
            *_pair("foot", 960.0, "foot_panel"),
        ),
    ),
    "trio8": Layout(
        "trio8",
        (
            *_pair("head", -960.0, "head_leaf"),
            *_pair("waist", -215.0, "pelvis"),
            *_pair("hip", 215.0, "pelvis"),
            *_pair("foot", 960.0, "foot_leaf"),
        ),
    ),
}


def unplaced(cells: Sequence[Cell]) -> str | None:
    """Return what keeps cells at these places from telling where a load is, or None.

    In the words of an error, what, limit and what was found: "must be ... (got ...)".
    """
    if len(cells) < MIN_CELLS:
        return f"must be at least {MIN_CELLS} cells (got {len(cells)})"
    pairs = [
        (math.hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm), a, b) for a, b in combinations(cells, 2)
    ]
    apart_mm, a, b = min(pairs, key=lambda pair: pair[0])
    if apart_mm < TWIN_MM:
        return (
            f"must stand at least {TWIN_MM:g} mm apart"
            f" (got {a.name} and {b.name}, {apart_mm:g} mm apart)"
        )
    length_mm, a, b = max(pairs, key=lambda pair: pair[0])
    beside_mm = max(
        abs((c.x_mm - a.x_mm) * (b.y_mm - a.y_mm) - (c.y_mm - a.y_mm) * (b.x_mm - a.x_mm))
        for c in cells
    ) / length_mm  # fmt: skip
    if beside_mm < LINE_MM:
        return (
            f"must not stand in one line: one at least {LINE_MM:g} mm beside it"
            f" (got {beside_mm:.0f} mm beside the line from {a.name} to {b.name})"
        )
    return None
