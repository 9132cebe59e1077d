"""A diagnosis -> lines for people, or JSON values for programs."""

from __future__ import annotations

from dataclasses import asdict

from matfw.diagnose.analysis import Diagnosis
from matfw.diagnose.finding import Finding, Level
from matfw.diagnose.numbers import CellNumbers

HEADINGS = ("cell", "kg", "noise g", "hum g", "g/min", "chip g", "values", "missed", "torn", "rail")
COLUMNS = 80  # of every terminal; a long cell's name takes the room between the columns
MEASURED = ("load_kg", "noise_g", "hum_hz", "hum_g", "drift_g_per_min", "moved_kg", "wander_g")
MARKS = {Level.BAD: "BAD", Level.WARN: "warn"}


def as_lines(diagnosis: Diagnosis) -> list[str]:
    """Return what was found first, then the numbers, then what could not be checked."""
    mat = diagnosis.mat
    lines = [f"{MARKS[found.level]}: {found.sentence}" for found in diagnosis.findings]
    if diagnosis.is_fine:
        lines.append("Nothing wrong was found.")
    lines.append(
        f"{mat.frames} frames in {mat.seconds:.1f} s, {mat.rate_hz:.1f} a second; {mat.late} late,"
        f" {mat.empty} empty; {mat.resets} converters restarted; longest clock pulse"
        f" {mat.longest_sck_high_us:.0f} us of 50."
    )
    warp = "" if mat.warp_kg is None else f"; warp {mat.warp_kg:+.2f} kg across the corners"
    if mat.load_kg is None:
        lines.append("A cell cannot be weighed with, so there is no sum.")
    else:
        lines.append(f"{mat.load_kg:.2f} kg on the mat{warp}.")
    if mat.shared.pair:
        share_pct = 100.0 * max(0.0, mat.shared.maximum)
        lines.append(
            f"Cross-talk: {' and '.join(mat.shared.pair)} share {share_pct:.0f} % of their slow"
            " noise, the most of all pairs."
        )
    table = [HEADINGS, *(_row(cell) for cell in diagnosis.cells)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    gap = "  " if sum(widths) + 2 * (len(widths) - 1) <= COLUMNS else " "
    for row in table:
        cells = [
            text.ljust(width) if not column else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cells).rstrip())
    lines += [f"Not checked: {what}." for what in diagnosis.unchecked]
    return lines


def as_data(diagnosis: Diagnosis) -> dict[str, object]:
    """Return the same as JSON values; keys carry their units."""
    cells = [_cell_data(cell) for cell in diagnosis.cells]
    return {
        "fine": diagnosis.is_fine,
        "findings": [finding_data(found) for found in diagnosis.findings],
        "unchecked": list(diagnosis.unchecked),
        "mat": asdict(diagnosis.mat),
        "cells": {str(cell.pop("name")): cell for cell in cells},
    }


def finding_data(found: Finding) -> dict[str, object]:
    """Return a finding as JSON values."""
    spot = found.place.value
    return {
        "finding": found.name,
        "level": found.level.value,
        "cells": list(found.cells),
        "text": found.text,
        "see": {"heading": spot.heading, "step": spot.step or None},
    }


def _cell_data(cell: CellNumbers) -> dict[str, object]:
    """Return a cell's numbers; null where it gave too little to have any."""
    data = asdict(cell)
    return data if cell.is_weighed else {**data, **dict.fromkeys(MEASURED)}


def _row(cell: CellNumbers) -> tuple[str, ...]:
    hum = f"{cell.hum_g:.0f}" if cell.hum_hz else "0"
    drift = "-" if cell.wanders else f"{cell.drift_g_per_min:+.0f}"  # something moved there
    measured = (f"{cell.load_kg:.2f}", f"{cell.noise_g:.1f}", hum, drift)
    return (
        cell.name,
        *(measured if cell.is_weighed else ("-",) * len(measured)),
        f"{cell.datasheet_g:.1f}",
        str(cell.good),
        str(cell.missing),
        str(cell.torn),
        str(cell.saturated),
    )
