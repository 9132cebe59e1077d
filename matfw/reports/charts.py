"""The pictures of a session: timelines, faults over repetitions, left against right, traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matfw.control.words import VERDICT_MARKS, fault_words
from matfw.history.advice import counted
from matfw.history.measures import CLEAN, MEASURES, Estimate
from matfw.history.rows import RepRow, SessionRecord, SetRow
from matfw.history.sides import by_side
from matfw.history.traces import Trace
from matfw.judging.reasons import is_timed
from matfw.messages import Side, Tempo
from matfw.reports.svg import circle, line, path, rect, svg, text
from matfw.reports.words import figure

WIDTH = 360.0  # of a phone; a wide page has several beside each other
LEFT, RIGHT = 34.0, 94.0  # of a timeline, for numbers and for words
ROW = 16.0
MIN_SPAN_S, MAX_SPAN_S = 7.0, 14.0
CELL = 11.0  # of the faults' table
TRACE, TRACE_MM = 72.0, 30.0  # of one path; what its half shows


def timeline(each: SetRow) -> str:
    """Draw a set: a row a repetition, its phases to scale, lines where they were to end."""
    tempo = each.tempo
    asked = (tempo.up_s, tempo.up_s + tempo.hold_s, tempo.up_s + tempo.hold_s + tempo.down_s)
    longest_s = max((_length_s(kept) for kept in each.reps if is_timed(kept.rep)), default=0.0)
    span_s = min(MAX_SPAN_S, max(MIN_SPAN_S, asked[2] + 0.5, longest_s + 0.2))
    scale = (WIDTH - LEFT - RIGHT) / span_s
    bottom = ROW * (len(each.reps) + 1)
    shapes = [
        text(LEFT + scale * (begin_s + end_s) / 2.0, 11.0, word, "small", "middle")
        for word, begin_s, end_s in zip(("up", "hold", "down"), (0.0, *asked), asked, strict=False)
    ]
    for at, kept in enumerate(each.reps, 1):
        shapes += _rep_row(kept, ROW * at, scale, span_s)
    shapes += [line(LEFT + scale * at_s, 14.0, LEFT + scale * at_s, bottom, "asked")
               for at_s in (0.0, *asked)]  # fmt: skip
    shapes += [text(LEFT + scale * second, bottom + 11.0, f"{second} s", "small", "middle")
               for second in range(0, int(span_s) + 1, 2)]  # fmt: skip
    label = f"Set {each.number}: up, hold and down of each repetition against {_tempo(tempo)}"
    return svg(WIDTH, bottom + 15.0, shapes, label)


def _rep_row(kept: RepRow, y: float, scale: float, span_s: float) -> list[str]:
    rep = kept.rep
    shapes = [
        text(16.0, y + 11.5, str(kept.number), "small", "end"),
        text(20.0, y + 12.0, VERDICT_MARKS[rep.verdict], rep.verdict),
    ]
    x, end = LEFT, LEFT + scale * span_s
    if is_timed(kept.rep):
        for name, length_s in (("up", rep.up_s), ("hold", rep.hold_s), ("down", rep.down_s)):
            width = min(scale * length_s, end - x)
            shapes.append(
                rect(x, y + 2.0, width, ROW - 5.0, name, title=f"{name} {length_s:.1f} s")
            )
            x += width
    else:
        shapes.append(text(LEFT + 4.0, y + 11.5, "not timed", "small"))
    words = ", ".join(fault_words(seen.fault).title for seen in rep.faults)
    if not words:
        words = f"{rep.angle_deg:.0f}°" if not rep.reason else "unsure"
    shapes.append(text(WIDTH - RIGHT + 6.0, y + 11.5, words[:17], "small"))
    return shapes


def faults_chart(record: SessionRecord) -> str:
    """Draw which repetition had which fault: a row a fault, a column a repetition."""
    counts = counted(record.reps)
    names = [fault_words(fault).title for fault in counts]
    left, top = 100.0, 30.0
    unsure = top + CELL * len(counts)
    shapes = [text(left - 6.0, top + CELL * at + 9.0, f"{name} {counts[fault]}", "small", "end")
              for at, (fault, name) in enumerate(zip(counts, names, strict=True))]  # fmt: skip
    shapes.append(text(left - 6.0, unsure + 9.0, "unsure", "small", "end"))
    x = left
    for each in record.sets:
        side = {Side.LEFT: "left", Side.RIGHT: "right", Side.UNKNOWN: ""}[each.side]
        shapes.append(text(x, 12.0, f"set {each.number}", "small"))
        shapes.append(text(x, 24.0, side, "small"))
        for kept in each.reps:
            found = {seen.fault for seen in kept.rep.faults}
            live = {seen.fault for seen in kept.live.faults}
            for at, (fault, name) in enumerate(zip(counts, names, strict=True)):
                y = top + CELL * at
                style = "faulty" if fault in found else "heard" if fault in live else "none"
                words = {"faulty": f": {name}", "heard": f": {name}, seen live only"}
                title = f"set {each.number}, repetition {kept.number}{words.get(style, '')}"
                shapes.append(rect(x + 1.0, y + 1.0, CELL - 2.0, CELL - 2.0, style, title=title))
            style = "doubt" if kept.rep.reason else "none"
            shapes.append(
                rect(x + 1.0, unsure + 1.0, CELL - 2.0, CELL - 2.0, style, title=kept.rep.reason)
            )
            x += CELL
        x += max(10.0, 44.0 - CELL * len(each.reps))
    label = "Which repetition had which fault"
    return svg(max(x, WIDTH), unsure + CELL + 4.0, shapes, label, is_scaled=False)


def sides_chart(record: SessionRecord) -> str:
    """Draw left (dot) against right (square), each with its 95 % interval."""
    sides = by_side(record)
    rows = [(CLEAN, "%")] + [(name, unit) for name, (unit, _) in MEASURES.items()]
    shapes, row = [], 34.0
    for at, (name, unit) in enumerate(rows):
        figures = {side: sides[side].figures[name] for side in sides}
        shapes += _side_row(name, unit, figures, 4.0 + row * at)
    return svg(WIDTH, row * len(rows) + 6.0, shapes, "Left against right, with 95 % intervals")


def _side_row(name: str, unit: str, figures: Mapping[Side, Estimate | None], y: float) -> list[str]:
    known = [value for value in figures.values() if value is not None]
    bounds = [bound for each in known for bound in (each.low, each.high, each.value)
              if bound is not None]  # fmt: skip
    shapes = [text(2.0, y + 12.0, name, "word")]
    if not bounds:
        return [*shapes, text(2.0, y + 25.0, "too little data", "small")]
    low, high = (0.0, 1.0) if unit == "%" else (min(0.0, *bounds), max(bounds) * 1.05)
    left, right = 84.0, 236.0

    def x(value: float) -> float:
        return left + (right - left) * (value - low) / max(high - low, 1e-9)

    shapes.append(line(left, y + 28.0, right, y + 28.0, "axis"))
    for at, (side, value) in enumerate(figures.items()):
        if value is None:
            continue
        level = y + 8.0 + 12.0 * at
        if value.low is not None and value.high is not None:
            shapes.append(line(x(value.low), level, x(value.high), level, f"spread {side}"))
        mark = x(value.value)
        shapes.append(
            circle(mark, level, 4.0, str(side)) if side is not Side.RIGHT
            else rect(mark - 4.0, level - 4.0, 8.0, 8.0, str(side))
        )  # fmt: skip
        digits = 1 if unit == "s" else 0
        short = "" if side is Side.UNKNOWN else f"{str(side)[0].upper()} "
        words = f"{short}{figure(value, unit, digits=digits)}"
        shapes.append(text(right + 8.0, level + 4.0, words, "small"))
    return shapes


def traces_chart(reps: Sequence[RepRow], found: Mapping[int, Trace]) -> str:
    """Draw the centre of pressure's path of each repetition, front of the body to the right."""
    shown = [kept for kept in reps if kept.rep.rep in found]
    columns = 5
    half = TRACE / 2.0
    shapes = []
    for at, kept in enumerate(shown):
        x0, y0 = TRACE * (at % columns), (TRACE + 12.0) * (at // columns)
        cx, cy = x0 + half, y0 + half
        shapes += [
            rect(x0 + 2.0, y0 + 2.0, TRACE - 4.0, TRACE - 4.0, "frame"),
            line(cx, y0 + 2.0, cx, y0 + TRACE - 2.0, "axis"),
            line(x0 + 2.0, cy, x0 + TRACE - 2.0, cy, "axis"),
            path(
                [
                    (cx + half * _clip(front / TRACE_MM), cy + half * _clip(foot / TRACE_MM))
                    for front, foot in found[kept.rep.rep].points_mm
                ],
                f"trace {kept.rep.verdict}",
            ),
            text(cx, y0 + TRACE + 8.0, f"{kept.number} {VERDICT_MARKS[kept.rep.verdict]}",
                 "small", "middle"),
        ]  # fmt: skip
    rows = -(-len(shown) // columns)
    label = "Path of the centre of pressure in each repetition, front to the right, feet below"
    return svg(WIDTH, (TRACE + 12.0) * rows, shapes, label)


def _clip(share: float) -> float:
    return max(-0.95, min(0.95, share))


def _length_s(kept: RepRow) -> float:
    return kept.rep.up_s + kept.rep.hold_s + kept.rep.down_s


def _tempo(tempo: Tempo) -> str:
    return f"{tempo.up_s:g}-{tempo.hold_s:g}-{tempo.down_s:g} s"
