"""A diagnosis -> lines for people, or JSON values for programs."""

from __future__ import annotations

from dataclasses import asdict

from matfw.diagnose.analysis import Diagnosis
from matfw.diagnose.finding import Finding, Level
from matfw.diagnose.numbers import CellNumbers

HEADINGS = ("cell", "kg", "noise g", "chip g", "hum g", "g/min", "values", "unique", "missed", "torn", "rail")  # noqa: E501  # fmt: skip
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
    lines.append(f"{mat.load_kg:.2f} kg on the mat{warp}.")
    table = [HEADINGS, *(_row(cell) for cell in diagnosis.cells)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    for row in table:
        cells = [
            text.ljust(width) if not column else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines += [f"Not checked: {what}." for what in diagnosis.unchecked]
    return lines


def as_data(diagnosis: Diagnosis) -> dict[str, object]:
    """Return the same as JSON values; keys carry their units."""
    cells = [asdict(cell) for cell in diagnosis.cells]
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


def _row(cell: CellNumbers) -> tuple[str, ...]:
    hum = f"{cell.hum_g:.0f} at {cell.hum_hz:.0f} Hz" if cell.hum_hz else "0"
    return (
        cell.name,
        f"{cell.load_kg:.2f}",
        f"{cell.noise_g:.1f}",
        f"{cell.datasheet_g:.1f}",
        hum,
        f"{cell.drift_g_per_min:+.0f}",
        str(cell.good),
        str(cell.unique),
        str(cell.missing),
        str(cell.torn),
        str(cell.saturated),
    )
