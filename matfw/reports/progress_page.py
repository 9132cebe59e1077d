"""Progress as part of a page: each measure over the weeks, both sides, with 95 % intervals."""

from __future__ import annotations

import math
from html import escape

from matfw.history.measures import CLEAN, MEASURES, Estimate
from matfw.history.progress import CLEAN_IN_A_ROW, SHOWN, SIDES, Progress, Week
from matfw.messages import Side
from matfw.reports.page import VIRTUAL, document
from matfw.reports.progress_lines import due_line, trend_line
from matfw.reports.svg import circle, line, path, rect, svg, text
from matfw.reports.words import who

WIDTH, HEIGHT = 360.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 12.0, 10.0, 30.0
APART = 4.0  # between the two sides of one week


def progress_page(found: Progress) -> str:
    """Return a whole HTML file."""
    last = found.records[-1].session
    cards = "".join(
        f'<section class="card"><h3>{name}</h3>{_chart(found, name)}{_claims(found, name)}'
        "</section>"
        for name in SHOWN
    )
    body = [
        f"<h1>{escape(who(last))}</h1>",
        f'<p class="soft">{len(found.records)} sessions in {len(found.weeks)} weeks</p>',
        f"<p><strong>{VIRTUAL}</strong></p>" if last.is_virtual else "",
        f'<div class="card change{_good(found)}"><b>{escape(found.change)}</b>'
        f"<p>{escape(found.step)}</p>{escape(due_line(found))}</div>",
        '<h2>Over the weeks</h2><p class="soft">Dot: left. Square: right. The upright line is the'
        " 95 % interval. A change is claimed only where the sessions prove it.</p>",
        f'<div class="cards">{cards}</div>',
        "".join(f'<p class="soft">{escape(trend_line(trend))}</p>' for trend in found.trends
                if trend.side is None),
    ]  # fmt: skip
    return document(f"Progress of {who(last)}", body)


def _good(found: Progress) -> str:
    return " good" if found.clean_in_a_row >= CLEAN_IN_A_ROW else ""


def _claims(found: Progress, name: str) -> str:
    words = (trend_line(each) for each in found.trends if each.name == name and each.side)
    return "".join(f'<p class="soft">{escape(each.strip())}</p>' for each in words)


def _chart(found: Progress, name: str) -> str:
    unit = "%" if name == CLEAN else MEASURES[name][0]
    weeks = found.weeks
    values = [each for week in weeks for side in SIDES if (each := _of(week, side, name))]
    if not values:
        return "<p>too little data</p>"
    top = 1.0 if unit == "%" else round_top(max(each.high or each.value for each in values))
    step = (WIDTH - LEFT - RIGHT) / len(weeks)

    def y(value: float) -> float:
        share = max(0.0, min(1.0, value / top if top else 0.0))
        return TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - share)

    shapes = []
    for share in (0.0, 0.5, 1.0):
        level = y(share * top)
        number = f"{100.0 * share:.0f}" if unit == "%" else f"{share * top:g}"
        shapes += [line(LEFT, level, WIDTH - RIGHT, level, "axis"),
                   text(LEFT - 4.0, level + 4.0, f"{number}{unit}", "small", "end")]  # fmt: skip
    for at, week in enumerate(weeks):
        if at % max(1, len(weeks) // 6) == 0:
            x = LEFT + step * (at + 0.5)
            shapes.append(text(x, HEIGHT - 12.0, f"{week.monday:%d %b}", "small", "middle"))
    for side in SIDES:
        shift = {Side.LEFT: -APART, Side.RIGHT: APART, Side.UNKNOWN: 0.0}[side]
        points = []
        for at, week in enumerate(weeks):
            value = _of(week, side, name)
            if value is None:
                continue
            x = LEFT + step * (at + 0.5) + shift
            points.append((x, y(value.value)))
            if value.low is not None and value.high is not None:
                shapes.append(line(x, y(value.low), x, y(value.high), f"spread {side}"))
            shapes.append(_mark(x, y(value.value), side))
        shapes.append(path(points, f"run {side}"))
    return svg(WIDTH, HEIGHT, shapes, f"{name} over the weeks, left and right")


def round_top(most: float) -> float:
    """Return an axis' end above this that can be read, and so can its half: 0.4, 1.5, 50."""
    if most <= 0.0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(most))
    ends = (share * unit for share in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0))
    return float(f"{next(end for end in ends if end >= most * (1.0 - 1e-9)):g}")


def _mark(x: float, y: float, side: Side) -> str:
    if side is Side.RIGHT:
        return rect(x - 4.0, y - 4.0, 8.0, 8.0, str(side))
    return circle(x, y, 4.0, str(side))


def _of(week: Week, side: Side, name: str) -> Estimate | None:
    return week.sides[side].figures[name] if side in week.sides else None
