"""Ten seconds of frames -> what is wrong with the mat's wiring, cell by cell, and where to look.

What a wire does to the numbers was seen on the pin-level virtual converters, each of their defects
once (tests/diagnose/test_wiring.py). A finding names what can be distinguished and no more: a DOUT
that lies at ground reads like one exchanged with SCK, so both are named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from matfw.diagnose.cell_rules import CELL_RULES
from matfw.diagnose.finding import Finding
from matfw.diagnose.mat_rules import MAT_RULES
from matfw.diagnose.numbers import CellNumbers, MatNumbers, mat_numbers
from matfw.diagnose.presses import Press, press_findings
from matfw.diagnose.seen import Seen
from matfw.errors import MatUsageError
from matfw.messages import Mat, RawFrame
from matfw.ports import CellCounters, ReaderStats

__all__ = ["Diagnosis", "Finding", "Press", "analyse", "stats_since"]

MIN_FRAMES = 8
MIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found. findings: worst first, empty on a healthy mat.

    unchecked: what these frames cannot show, and why; to be reported beside "nothing found".
    """

    mat: MatNumbers
    cells: tuple[CellNumbers, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        """Return whether nothing was found."""
        return not self.findings


def analyse(
    frames: Sequence[RawFrame],
    stats: ReaderStats,
    mat: Mat,
    *,
    uncalibrated: Collection[str] = (),
    presses: Sequence[Press] = (),
) -> Diagnosis:
    """Return the diagnosis of some ten seconds.

    stats: the reader's account of these frames alone (`stats_since`). uncalibrated: cells whose
    line is nominal: what rests on kilograms is not judged for them. presses: when somebody was
    asked to press where; without it, exchanged and reversed cells are not checked.
    Raises MatUsageError for less than 2 s or 8 frames.
    """
    if len(frames) < MIN_FRAMES or frames[-1].t_s - frames[0].t_s < MIN_S:
        raise MatUsageError(
            f"a diagnosis needs {MIN_S:g} s and {MIN_FRAMES} frames at least (got"
            f" {len(frames)} frames): no frames may mean that no converter answers at all"
        )
    numbers, cells = mat_numbers(frames, stats, mat)
    seen = Seen(mat, frames, numbers, cells, frozenset(uncalibrated), is_pressed=bool(presses))
    findings: list[Finding] = []
    explained: set[str] = set()
    for rule in MAT_RULES:
        for found in rule(seen, explained):
            findings.append(found)
            explained.update(found.cells)
    for cell in cells:
        for check in CELL_RULES:
            if cell.name in explained:
                break
            if one := check(seen, cell):
                findings.append(one)
                if one.ends:
                    explained.add(cell.name)
    if presses:
        findings += press_findings(mat, frames, presses, explained)
    findings.sort(key=lambda found: found.level.rank)
    return Diagnosis(numbers, cells, tuple(findings), _unchecked(seen, explained))


def stats_since(after: ReaderStats, before: ReaderStats) -> ReaderStats:
    """Return a reader's account of the time between two copies of its statistics."""
    cells: Mapping[str, CellCounters] = {
        name: CellCounters(
            *(
                getattr(late, field) - getattr(before.cells.get(name, CellCounters()), field)
                for field in CellCounters.__dataclass_fields__
            )
        )
        for name, late in after.cells.items()
    }
    return replace(
        after,
        frames=after.frames - before.frames,
        resets=after.resets - before.resets,
        cells=cells,
    )


def _unchecked(seen: Seen, explained: Collection[str]) -> tuple[str, ...]:
    """Return what could not be checked."""
    sentences = []
    if not seen.is_pressed:
        sentences.append(
            "exchanged and reversed cells: nobody pressed on the corners (matfw doctor --press)"
        )
    if seen.uncalibrated:
        sentences.append(
            f"kilograms of {', '.join(sorted(seen.uncalibrated))}: not calibrated, so grams here"
            " are nominal"
        )
    if not seen.is_quiet and not seen.is_pressed:
        sentences.append("drift and zero: somebody or something moved on the mat")
    if explained:
        sentences.append(f"the rest of {', '.join(sorted(explained))}: see what was found first")
    return tuple(sentences)
