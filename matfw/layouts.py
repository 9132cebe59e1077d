"""Preset mats: which cells stand where. Geometry and its sources: hardware/deck.md "Geometry"."""

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
LYING_MIN_SPAN_MM = 700.0  # along, between the outer cells; nobody lies on a shorter mat
METRES = 10.0  # a mat whose places are all within so much was written in metres
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


def unfit(cells: Sequence[Cell]) -> str | None:
    """Return why nobody could exercise on cells at these places, or None; words as `unplaced`.

    For a mat that is to be built, not for a recording: a force plate is shorter, and right.
    """
    if cells and all(max(abs(cell.x_mm), abs(cell.y_mm)) <= METRES for cell in cells):
        far = max(cells, key=lambda cell: abs(cell.x_mm))
        return (
            f"must have their places in millimetres (got {far.name} {far.x_mm:g} mm from the"
            f" centre: are these metres? then write {far.x_mm * 1000:g})"
        )
    reason = unplaced(cells)
    if reason:
        return reason
    xs = [cell.x_mm for cell in cells]
    if max(xs) - min(xs) < LYING_MIN_SPAN_MM:
        return (
            f"must be at least {LYING_MIN_SPAN_MM:g} mm apart from head to foot, or nobody would be"
            f" taken to lie there (got x_mm from {min(xs):g} to {max(xs):g})"
        )
    along = _mirrored([(c.name, c.x_mm) for c in cells], "head", "foot")
    across = _mirrored([(c.name, c.y_mm) for c in cells], "right", "left")
    if along:
        return f"must stand as named: x_mm grows from the head to the foot end (got {along})"
    if across:
        return f"must stand as named: y_mm grows from right to left (got {across})"
    return None


def _mirrored(places_mm: Sequence[tuple[str, float]], low: str, high: str) -> str | None:
    """Return two cells of which the one named `low` is not below the one named `high`."""
    for a, a_mm in places_mm:
        for b, b_mm in places_mm:
            is_pair = low in a.lower().split("_") and high in b.lower().split("_")
            if is_pair and a_mm >= b_mm:
                return f"{a} at {a_mm:g}, {b} at {b_mm:g}"
    return None
