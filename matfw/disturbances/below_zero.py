"""A cell that reads less than nothing under a load: wired the wrong way, or without zero.

Nothing that lies on a deck pulls it up. Its far corners rise a little when somebody comes down
hard, and are back at once; and for as long as somebody sits on its edge (`deck_edge`). Else a cell
that stays below zero while others carry a body has A+ and A- exchanged, or has lost its zero:
whatever is made of its load is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from matfw.disturbances.deck_edge import DeckEdge
from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads

# Below zero, for so long. In 3.2 h of 108 people who exercise, move, get on and off no corner was
# 1.85 kg below it for more than 1.7 s (own and others', the worst on `hex6`).
BELOW_KG, BELOW_S = 2.5, 2.0
OVER_KG = 1.0  # not below zero by more than this for as long: it is right again
LOADED_KG = 15.0  # on the other cells together; an empty mat says nothing of either
LOOK_S = 0.1  # between two looks at a cell: all this is slow


class BelowZero:
    """Watch each cell for what only a wrong sign or a lost zero reads."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the cells in the frame's order."""
        self._names = tuple(cell.name for cell in cells)
        self._edge = DeckEdge(cells)
        self.reset()

    def reset(self) -> None:
        """Begin with cells that are right."""
        self._next_s = 0.0
        self._since_s: list[float | None] = [None] * len(self._names)  # it looks otherwise
        self._wrong = 0  # bit i is cell i
        self._mended: Sequence[str] = ()

    def calibrate(self) -> None:
        """Take cells with new zeros: what was wrong is right until it is seen again."""
        mended = [name for i, name in enumerate(self._names) if self._wrong >> i & 1]
        self.reset()
        self._mended = mended

    def update(self, clean: CleanLoads) -> Sequence[CellEvent]:
        """Take a frame; return which cells have begun to be below zero, or no longer are."""
        t_s = clean.t_s
        if self._mended:
            mended, self._mended = self._mended, ()
            return [CellEvent(t_s, name, CellProblem.OK) for name in mended]
        if self._wrong and clean.events:
            return self._again(clean)
        if 0.0 < self._next_s - t_s <= LOOK_S:
            return ()
        self._next_s = t_s + LOOK_S
        load_kg = sum([load for load in clean.loads_kg if load is not None])
        events: list[CellEvent] = []
        below_kg = self._below_kg(clean.loads_kg)
        for i, load in enumerate(clean.loads_kg):
            if load is None or load_kg - load < LOADED_KG:
                self._since_s[i] = None
                continue
            is_wrong = bool(self._wrong >> i & 1)
            if (load < -(OVER_KG if is_wrong else below_kg)) is is_wrong:
                self._since_s[i] = None
                continue
            since_s = self._since_s[i] = t_s if (since := self._since_s[i]) is None else since
            if t_s - since_s > BELOW_S:
                self._wrong ^= 1 << i
                self._since_s[i] = None
                problem = CellProblem.OK if is_wrong else CellProblem.UNRELIABLE
                events.append(CellEvent(t_s, self._names[i], problem))
        return events

    def _below_kg(self, loads_kg: Sequence[float | None]) -> float:
        """Return how far below zero a cell must be to be wrong."""
        known_kg = [load for load in loads_kg if load is not None]
        if len(known_kg) < len(loads_kg) or min(known_kg) > -BELOW_KG:  # as nearly always
            return BELOW_KG
        return max(BELOW_KG, self._edge.lifts_kg(known_kg))

    def _again(self, clean: CleanLoads) -> Sequence[CellEvent]:
        """Return what is still wrong with cells that have recovered from something else."""
        recovered = {event.cell for event in clean.events if event.problem is CellProblem.OK}
        return [
            CellEvent(clean.t_s, name, CellProblem.UNRELIABLE)
            for i, name in enumerate(self._names)
            if self._wrong >> i & 1 and name in recovered
        ]
