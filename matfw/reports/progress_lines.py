"""Progress as lines of plain text: weeks, trends, the next step, what is due."""

from __future__ import annotations

from textwrap import wrap

from matfw.history.measures import CLEAN, MEASURES
from matfw.history.progress import SESSIONS_A_WEEK, SHOWN, SIDES, Progress, Trend
from matfw.messages import Side
from matfw.reports.words import figure, who

WIDTH = 80
NAMES = {Side.LEFT: "left", Side.RIGHT: "right", Side.UNKNOWN: "side not set", None: "both"}


def progress_lines(found: Progress) -> list[str]:
    """Return where somebody stands, at most 80 characters wide."""
    last = found.records[-1].session
    lines = [f"{who(last)}: {len(found.records)} sessions in {len(found.weeks)} weeks"]
    if found.doubtful:
        lines.append(
            f"{found.doubtful} of them at a time when nobody had set the clock: their week may be"
            " wrong."
        )
    for name in SHOWN:
        lines += ["", *_measure(found, name)]
    lines += ["", *(trend_line(trend) for trend in found.trends if trend.side is None), ""]
    return [*lines, *wrap(found.change, WIDTH), *wrap(found.step, WIDTH), due_line(found)]


def _measure(found: Progress, name: str) -> list[str]:
    unit = "%" if name == CLEAN else MEASURES[name][0]
    sides = [side for side in SIDES if any(side in week.sides for week in found.weeks)]
    lines = [f"{name:<16}" + "".join(f"{NAMES[side]:<26}" for side in sides).rstrip()]
    for week in found.weeks:
        cells = (
            figure(week.sides[side].figures[name] if side in week.sides else None, unit,
                   digits=1 if unit == "s" else 0)
            for side in sides
        )  # fmt: skip
        head = f"  {week.monday:%d %b}  {week.sessions}x"
        lines.append(f"{head:<16}" + "".join(f"{cell:<26}" for cell in cells).rstrip())
    return lines + [trend_line(trend) for trend in found.trends
                    if trend.name == name and trend.side is not None]  # fmt: skip


def trend_line(trend: Trend) -> str:
    """Return what may be claimed of a measure."""
    what = f"  {trend.name}, {NAMES[trend.side]}: {trend.word}"
    if trend.change is None:
        return f"{what} ({trend.sessions} sessions)"
    digits = 2 if trend.unit == "s" else 1
    by = figure(trend.change, trend.unit, digits=digits).replace("%", " points", 1)
    return f"{what}, {by} a week"


def due_line(found: Progress) -> str:
    """Return the plan of three a week."""
    due = found.due
    streak = f"; {due.full_weeks} full weeks before" if due.full_weeks else ""
    return (
        f"This week {due.this_week} of {SESSIONS_A_WEEK}{streak}. Next one due:"
        f" {due.next_day:%A}, {due.next_day.day} {due.next_day:%b}."
    )
