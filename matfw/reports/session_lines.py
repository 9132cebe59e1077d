"""Sessions as lines of plain text: what `matfw report` and the console's `report` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from textwrap import wrap

from matfw.control.words import VERDICT_MARKS, fault_words
from matfw.history.advice import counted, summary
from matfw.history.measures import CLEAN, MEASURES, Estimate
from matfw.history.rows import RepRow, SessionRecord, SetRow
from matfw.history.sides import by_side, compared
from matfw.judging.reasons import is_timed
from matfw.messages import Side, Verdict
from matfw.reports.words import duration, ending, figure, side_words, tired_words, when, who

WIDTH = 78
BAR_S = 0.25  # of a character of the timeline
MAX_BAR = 40


def history_lines(records: Sequence[SessionRecord], zone: tzinfo | None = None) -> list[str]:
    """Return one line a session, oldest first."""
    rows = [
        (
            str(each.session.session_id),
            when(each.session.began, zone, is_short=True),
            (each.session.person or "-") + (" (virtual)" if each.session.is_virtual else ""),
            str(len(each.sets)),
            str(len(each.reps)),
            _percent(each),
            ending(each.session).partition(":")[0],
        )
        for each in records
    ]
    heads = ("no", "began", "who", "sets", "reps", "clean", "")
    widths = [max(len(row[k]) for row in (heads, *rows)) for k in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]


def session_lines(record: SessionRecord, zone: tzinfo | None = None) -> list[str]:
    """Return one session: each repetition's phases against the tempo, faults, the two sides."""
    session = record.session
    lines = [
        f"Session {session.session_id}: {who(session)}, {when(session.began, zone)}",
        f"{duration(session.length_s)}, {_counted(len(record.sets), 'set')},"
        f" {_counted(len(record.reps), 'repetition')}, mat {session.layout}"
        + ("" if session.weight_kg is None else f", {session.weight_kg:.1f} kg"),
    ]
    if ending(session):
        lines.append(f"It was {ending(session)}." if session.state != "open" else "Under way.")
    for each in record.sets:
        lines += ["", *set_lines(each)]
    return [*lines, "", *_faults(record), "", *_sides(record), "", *change_lines(record)]


def change_lines(record: SessionRecord) -> list[str]:
    """Return what the session came to, and the one thing to change."""
    found = summary(record.reps)
    if found.words is None:
        return [f"{found.sentence} Nothing to change."]
    return [
        f"{found.clean} of {found.reps} clean.",
        f"To change next time, {found.words.title}: {found.words.remedy}.",
        f"  {found.words.happened} ({found.main_count} of {found.reps}).",
    ]


def set_lines(each: SetRow) -> list[str]:
    """Return a set: a line a repetition, its phases drawn to scale."""
    asked = each.tempo
    load = "" if each.variation == "plain" else f", {each.variation}"
    load += f" {each.load_kg:g} kg" if each.load_kg else ""
    head = (
        f"Set {each.number}, {side_words(each.side)}{load}: {len(each.reps)} of {each.reps_asked},"
        f" {each.count(Verdict.CLEAN)} clean, {duration(each.length_s)}"
    )
    lines = [head, f"       {_bar(asked.up_s, asked.hold_s, asked.down_s)}  asked"]
    lines += [_rep_line(kept) for kept in each.reps]
    reasons = Counter(kept.rep.reason for kept in each.reps if kept.rep.reason)
    for reason, number in reasons.items():
        lines += wrap(f"unsure, {number} times: {reason}", WIDTH - 4, initial_indent="  ",
                      subsequent_indent="    ")  # fmt: skip
    if each.fatigue_percent is not None:
        lines.append(f"  fatigue: {tired_words(each.fatigue_percent)}")
    return [line[:WIDTH] for line in lines]


def _rep_line(kept: RepRow) -> str:
    rep = kept.rep
    bar, times = "(not timed)", ""
    if is_timed(rep):
        bar = _bar(rep.up_s, rep.hold_s, rep.down_s)
        times = f"{rep.up_s:.1f}-{rep.hold_s:.1f}-{rep.down_s:.1f}"
    why = ", ".join(fault_words(seen.fault).title for seen in rep.faults)
    return (
        f"  {kept.number:3d} {VERDICT_MARKS[rep.verdict]} {bar}  {times}"
        f" {rep.angle_deg:.0f}°  {why}".rstrip()
    )


def _bar(up_s: float, hold_s: float, down_s: float) -> str:
    """Return / for the ascent, = for the hold, \\ for the descent; BAR_S each."""
    parts = zip("/=\\", (up_s, hold_s, down_s), strict=True)
    bar = "".join(mark * round(length_s / BAR_S) for mark, length_s in parts)
    return bar if len(bar) <= MAX_BAR else f"{bar[: MAX_BAR - 1]}>"


def _faults(record: SessionRecord) -> list[str]:
    counts = counted(record.reps)
    if not counts:
        return ["No fault was found."]
    return ["Faults"] + [
        f"  {number:3d}  {fault_words(fault).title:<13} {fault_words(fault).happened}"
        for fault, number in counts.most_common()
    ]


def _sides(record: SessionRecord) -> list[str]:
    """Return the figures of each side that was lain on, and their differences."""
    sides = by_side(record)
    lines = [f"{'':13}" + "".join(f"{_side(side):>24}" for side in sides)]
    units = {CLEAN: "%", **{name: unit for name, (unit, _) in MEASURES.items()}}
    for name, unit in units.items():
        values = [sides[side].figures[name] for side in sides]
        lines.append(f"  {name:<11}" + "".join(f"{_cell(value, unit):>24}" for value in values))
    return [*lines, *_differences(record)]


def _differences(record: SessionRecord) -> list[str]:
    found = [each for each in compared(record) if each.is_clear]
    if not compared(record):
        return []
    if not found:
        return ["  No difference between the sides that this session can show."]
    return [
        f"  {each.name}: {figure(each.difference, each.unit, digits=_digits(each.unit))}"
        " left less right"
        for each in found
    ]


def _cell(value: Estimate | None, unit: str) -> str:
    return figure(value, unit, digits=_digits(unit))


def _digits(unit: str) -> int:
    return 1 if unit == "s" else 0


def _side(side: Side) -> str:
    return {Side.LEFT: "left", Side.RIGHT: "right", Side.UNKNOWN: "side not set"}[side]


def _percent(record: SessionRecord) -> str:
    found = summary(record.reps)
    judged = found.reps - found.unsure
    return f"{100.0 * found.clean / judged:.0f} %" if judged else "-"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
