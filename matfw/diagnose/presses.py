"""Somebody presses on each corner in turn -> cells exchanged, reversed, or that do not react."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.calibrate.checks import check_change
from matfw.calibrate.guide import Place
from matfw.calibrate.refusals import Reason
from matfw.diagnose.finding import Finding, Level
from matfw.diagnose.signals import Array, blocks
from matfw.messages import Mat, RawFrame

MIN_PRESS_KG = 3.0  # of the strongest press: less is no press
PRESS_BLOCK_S = 0.2


@dataclass(frozen=True, slots=True)
class Press:
    """When somebody was asked to press on a cell's corner."""

    cell: str
    from_s: float
    until_s: float


def press_findings(
    mat: Mat, frames: Sequence[RawFrame], presses: Sequence[Press], explained: Collection[str]
) -> list[Finding]:
    """Return what the presses show about cells that nothing else was found about."""
    t_s = np.array([frame.t_s for frame in frames])
    counts = np.array(
        [[np.nan if c is None else c for c in frame.counts] for frame in frames], dtype=np.float64
    )
    known = [i for i, cell in enumerate(mat.cells) if cell.name not in explained]
    cells = [mat.cells[i] for i in known]
    lines = [mat.calibration[i] for i in known]
    changes: dict[str, list[float]] = {}
    for press in presses:
        inside = (t_s >= press.from_s) & (t_s < press.until_s)
        if inside.sum() < 2 or press.cell in explained:
            continue
        changes[press.cell] = [_change(t_s, counts[:, i], inside) for i in known]
    if not changes:
        return []
    strongest_kg = [
        max(abs(c / line.counts_per_kg) for c, line in zip(change, lines, strict=True))
        for change in changes.values()
    ]
    usual_kg = float(np.median(strongest_kg))
    if usual_kg < MIN_PRESS_KG:
        return [
            Finding(
                "no_press", Level.WARN, (),
                f"Nobody pressed: the strongest press changed {max(strongest_kg):.1f} kg. Press"
                " with a hand on each corner as it is named, about as hard as on a bathroom scale.",
                Place.BRING_UP,
            )
        ]  # fmt: skip
    found: dict[tuple[str, ...], Finding] = {}
    for name, change in changes.items():
        refusal = check_change(cells, lines, change, usual_kg, name)
        if refusal is None:
            continue
        names = tuple(sorted(refusal.cells))
        match refusal.reason:
            case Reason.REVERSED:
                text = f"{name} goes down when it is pressed: its A+ and A- are exchanged."
                found[names] = Finding("reversed", Level.BAD, names, text, Place.POLARITY)
            case Reason.SWAPPED:
                text = (
                    f"{names[0]} moves when {names[1]} is pressed, or the other way round: their"
                    " pairs of wires are exchanged. Exchange the wires, or the names in the"
                    " settings' [pins]."
                )
                found[names] = Finding("exchanged_cells", Level.BAD, names, text, Place.DATA)
            case _:
                text = (
                    f"{name} does not react when it is pressed: the deck does not stand on it, or"
                    " its bridge is not connected."
                )
                found[names] = Finding("no_reaction", Level.BAD, names, text, Place.BRIDGE)
    return list(found.values())


def _change(t_s: Array, column: Array, inside: npt.NDArray[np.bool_]) -> float:
    """Return the largest change of a column's short means inside, against what is outside."""
    outside = column[~inside]
    outside = outside[~np.isnan(outside)]
    there = inside & ~np.isnan(column)
    if not outside.size or there.sum() < 2:
        return 0.0
    rest = float(np.median(outside))
    means = blocks(t_s[there], column[there], PRESS_BLOCK_S)
    means = means[~np.isnan(means)] - rest
    return float(means[np.abs(means).argmax()])
