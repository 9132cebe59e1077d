"""Preset mats: which cells stand where. Geometry and its sources: hardware/README.md "Geometry"."""

from __future__ import annotations

from dataclasses import dataclass

from matfw.messages import Cell

DECK_LENGTH_MM = 2000.0  # 1.90 m leaves the feet of half the people above 1.80 m off the deck
DECK_WIDTH_MM = 650.0
CELL_Y_MM = 275.0  # half the spacing across: 50 mm in from the long edges


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
