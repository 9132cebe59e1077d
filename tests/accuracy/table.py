"""Figures -> one table in plain text."""

from __future__ import annotations

from collections.abc import Sequence

from tests.accuracy.figures import Figure

HEAD = ("measure", "people", "value", "", "95 %", "n", "aim")
NUMBERS = (2, 4, 5, 6)  # columns set to the right


def table(title: str, figures: Sequence[Figure]) -> str:
    """Return a layout's table; a measure is named on its first line only."""
    rows: list[tuple[str, ...]] = [HEAD]
    for number, figure in enumerate(figures):
        is_first = number == 0 or figures[number - 1].name != figure.name
        rows.append((figure.name if is_first else "", *_cells(figure)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "  ".join(
            cell.rjust(width) if column in NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([title, "", lines[0], "-" * len(lines[0]), *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    values = " ".join(_number(value, figure.unit) for value in figure.values)
    interval = ""
    if figure.low is not None and figure.high is not None and figure.n:
        interval = f"{figure.low:.0f}-{figure.high:.0f}"
    return figure.kind, values, figure.unit, interval, str(figure.n), figure.aim


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if unit in ("ms", "%") else f"{value:.2f}"
