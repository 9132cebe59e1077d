"""How far below zero a well cell may read: what sits on a deck's edge lifts its far corners.

A deck stands out over its cells, so whoever sits down on its edge, as nearly everybody does to get
on, is beside them, and the cells of the other side carry less than on the empty mat.
"""

from __future__ import annotations

from collections.abc import Sequence

from matfw.messages import Cell

# Beside the cells: farther from the deck's middle than this share of what the farthest of them is.
BESIDE_SHARE = 0.9
OVERHANG_MM = 100.0  # that a deck stands out over them, at most (hardware/deck.md: 40 to 100)
# Of all the load, that a cell is lifted by: 0.087 at most by whoever sits on the edge of `hex6`
# (statics of all three decks, `virtual/deck.py`); bodies of contact physics that sit down there
# lift one by more than 0.1 for 2 s in two of 60, by 0.145 in the one looked at. Under whoever lies
# within 13 cm of the middle, a cell whose wires are exchanged, and that makes them seem to lie
# beside the cells, has 0.149 and more (3240 postures).
LIFTS_SHARE = 0.15


class DeckEdge:
    """Where a mat's cells stand, and what lies beside them."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the cells in the order of their loads; their places count from the deck's middle."""
        self._places_mm = tuple((cell.x_mm, cell.y_mm) for cell in cells)
        self._x_far_mm = max(abs(cell.x_mm) for cell in cells)
        self._y_far_mm = max(abs(cell.y_mm) for cell in cells)

    def lifts_kg(self, loads_kg: Sequence[float]) -> float:
        """Return how far the load may lift a cell: 0 where it lies between them, or on no deck."""
        load_kg = x_kgmm = y_kgmm = 0.0
        for load, (x_mm, y_mm) in zip(loads_kg, self._places_mm, strict=True):
            load_kg += load
            x_kgmm += load * x_mm
            y_kgmm += load * y_mm
        x_far_mm, y_far_mm = self._x_far_mm, self._y_far_mm
        is_beside = (
            abs(x_kgmm) > BESIDE_SHARE * x_far_mm * load_kg
            or abs(y_kgmm) > BESIDE_SHARE * y_far_mm * load_kg
        )
        is_on_deck = (
            abs(x_kgmm) < (x_far_mm + OVERHANG_MM) * load_kg
            and abs(y_kgmm) < (y_far_mm + OVERHANG_MM) * load_kg
        )
        return LIFTS_SHARE * load_kg if is_beside and is_on_deck else 0.0
