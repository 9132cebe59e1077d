"""A finding: which cells, what was seen, the likely cause, what to do and where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matfw.calibrate.guide import Place, cited


class Level(StrEnum):
    """How bad it is."""

    BAD = "bad"  # the mat cannot be judged on
    WARN = "warn"  # it can, worse than it might

    @property
    def rank(self) -> int:
        """Return 0 for the worst."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong. name: for programs. cells: empty where it is the whole mat's.

    ends: nothing else is reported about these cells, because it would follow from this.
    """

    name: str
    level: Level
    cells: tuple[str, ...]
    text: str
    place: Place
    ends: bool = True

    @property
    def sentence(self) -> str:
        """Return what was seen, what it is likely to be and where to look."""
        return f"{self.text} See {cited(self.place)}."
