"""What is asked for: repetitions, sets, rests; and, of a guided workout, sides and variation."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from matfw.messages import Side, Tempo


class Variation(StrEnum):
    """How the leg raise is done; what each hides from the cells: `workout.variations`."""

    PLAIN = "plain"
    WALL_SLIDE = "wall_slide"  # the heel slides along a wall
    LOOP_BAND = "loop_band"  # around the ankles
    WEIGHTED = "weighted"  # a weight on the thigh


class SideOrder(StrEnum):
    """In which order the sides take turns."""

    ALTERNATE = "alternate"  # by set
    ONE_SIDE_FIRST = "one_side_first"  # all sets of a side before the other's


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What the coach leads through. sides: one for each set. added_kg: of a weight on the thigh.

    tempo: what its tone is made of; the verdict goes by `Mat.tempo`, which is the same.
    """

    name: str
    sides: tuple[Side, ...]
    variation: Variation = Variation.PLAIN
    added_kg: float = 0.0
    tempo: Tempo = field(default_factory=Tempo)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for: reps a set, sets, and seconds of rest between two of them.

    guide: None where nobody leads: whoever lies there begins when they like, and is counted.
    """

    reps: int = 15
    sets: int = 3
    rest_s: float = 45.0
    guide: Guide | None = None


def sides_of(first: Side, sets_a_side: int, order: SideOrder) -> tuple[Side, ...]:
    """Return the side to lie on in each set; first: left or right."""
    other = Side.RIGHT if first is Side.LEFT else Side.LEFT
    if order is SideOrder.ALTERNATE:
        return (first, other) * sets_a_side
    return (first,) * sets_a_side + (other,) * sets_a_side
