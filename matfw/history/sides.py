"""The sides of one or several sessions: each side's figures, and left against right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matfw.history.measures import (
    CLEAN,
    MEASURES,
    DoneRep,
    Estimate,
    clean_share,
    difference_of_means,
    difference_of_shares,
    mean,
    measured,
)
from matfw.history.rows import SessionRecord
from matfw.messages import Side

MIN_REPS = 5  # of a side: below that a difference is chance
COMPARED = ("tempo error", "hold", "range")


@dataclass(frozen=True, slots=True)
class SideFigures:
    """What one side came to: figures by name, CLEAN and those of MEASURES; None of nothing."""

    reps: tuple[DoneRep, ...]
    figures: Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Left less right. is_clear: its interval does not hold 0."""

    name: str
    unit: str
    difference: Estimate

    @property
    def is_clear(self) -> bool:
        """Return whether the sides differ by more than chance."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and not low <= 0.0 <= high


def by_side(*records: SessionRecord) -> dict[Side, SideFigures]:
    """Return the figures of each side that was lain on."""
    done: dict[Side, list[DoneRep]] = {side: [] for side in Side}
    for record in records:
        for each in record.sets:
            done[each.side] += [DoneRep(kept.rep, each.tempo) for kept in each.reps]
    return {side: _figures(reps) for side, reps in done.items() if reps}


def compared(*records: SessionRecord) -> tuple[Difference, ...]:
    """Return left less right of what can be compared; nothing where a side has too few."""
    sides = by_side(*records)
    if any(len(sides[side].reps) < MIN_REPS if side in sides else True
           for side in (Side.LEFT, Side.RIGHT)):  # fmt: skip
        return ()
    left, right = sides[Side.LEFT], sides[Side.RIGHT]
    found: list[tuple[str, str, Estimate | None]] = []
    left_clean, right_clean = left.figures[CLEAN], right.figures[CLEAN]
    if left_clean is not None and right_clean is not None:
        found.append((CLEAN, "%", difference_of_shares(left_clean, right_clean)))
    for name in COMPARED:
        of_both = (measured(side.reps, name) for side in (left, right))
        found.append((name, MEASURES[name][0], difference_of_means(*of_both)))
    return tuple(Difference(name, unit, d) for name, unit, d in found if d is not None)


def _figures(reps: list[DoneRep]) -> SideFigures:
    figures = {CLEAN: clean_share(reps)} | {name: mean(measured(reps, name)) for name in MEASURES}
    return SideFigures(tuple(reps), figures)
