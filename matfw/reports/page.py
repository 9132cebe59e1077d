"""Sessions as one self-contained HTML file: no script, nothing fetched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from html import escape

from matfw.control.words import VERDICT_MARKS, VERDICT_WORDS
from matfw.history.advice import summary
from matfw.history.rows import SessionRecord
from matfw.history.traces import Trace
from matfw.messages import Verdict
from matfw.reports.charts import (
    faults_chart,
    sides_chart,
    timeline,
    traces_chart,
)
from matfw.reports.style import STYLE
from matfw.reports.words import duration, ending, side_words, tired_words, when, who

MARK = "<!-- a report of matfw -->"  # by which its own file is known, to be replaced
VIRTUAL = (
    "All figures come from a VIRTUAL person on a VIRTUAL mat: they show that the firmware works,"
    " not how well it judges people."
)

Traces = Mapping[int, Mapping[int, Trace]]  # by session and repetition


def page(
    records: Sequence[SessionRecord],
    traces: Traces | None = None,
    zone: tzinfo | None = None,
    above: str = "",
) -> str:
    """Return the file's text: the last session open, those before it folded.

    above: what is to stand before the sessions, as HTML. records: oldest first, one at least.
    """
    found = traces or {}
    *before, last = records
    title = f"Session {last.session.session_id}, {when(last.session.began, zone)}"
    body = [above, _session(last, found.get(last.session.session_id, {}), zone)]
    for record in reversed(before):
        head = f"{record.session.session_id}: {when(record.session.began, zone)}"
        inner = _session(record, found.get(record.session.session_id, {}), zone)
        body.append(f"<details><summary>Session {escape(head)}</summary>{inner}</details>")
    return document(title, body)


def document(title: str, body: Sequence[str]) -> str:
    """Return a whole HTML file."""
    return (
        f'<!doctype html>\n{MARK}\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _session(record: SessionRecord, traces: Mapping[int, Trace], zone: tzinfo | None) -> str:
    session = record.session
    facts = [
        duration(session.length_s), f"{len(record.sets)} sets", f"{len(record.reps)} repetitions",
        f"mat {session.layout}",
    ]  # fmt: skip
    if session.weight_kg is not None:
        facts.append(f"{session.weight_kg:.1f} kg")
    parts = [
        f"<h1>{escape(when(session.began, zone))}</h1>",
        f'<p class="soft">{escape(who(session))} · session {session.session_id} ·'
        f" {escape(' · '.join(facts))}</p>",
    ]
    if ending(session):
        parts.append(f"<p>This session is {escape(ending(session))}.</p>")
    if session.is_virtual:
        parts.append(f"<p><strong>{VIRTUAL}</strong></p>")
    parts += [_verdicts(record), _change(record), _sets(record), _faults(record), _sides(record)]
    if traces:
        parts.append(_traces(record, traces))
    return "".join(parts)


def _verdicts(record: SessionRecord) -> str:
    counts = Counter(rep.verdict for rep in record.reps)
    parts = "".join(
        f'<span class="{verdict}" style="flex-grow:{counts[verdict]}"'
        f' title="{counts[verdict]} {VERDICT_WORDS[verdict]}">{mark} {counts[verdict]}</span>'
        for verdict, mark in VERDICT_MARKS.items()
        if counts[verdict]
    )
    return f'<div class="verdicts">{parts}</div>'


def _change(record: SessionRecord) -> str:
    found = summary(record.reps)
    if found.words is None:
        return '<div class="card change good"><b>Nothing to change.</b> Go on like this.</div>'
    return (
        '<div class="card change"><span class="soft">To change next time</span>'
        f"<b>{escape(found.words.title.capitalize())}: {escape(found.words.remedy)}.</b>"
        f"{escape(found.words.happened)}: {found.main_count} of {found.reps} repetitions.</div>"
    )


def _sets(record: SessionRecord) -> str:
    tempo = record.sets[0].tempo
    head = (
        "<h2>Each repetition against the tempo</h2>"
        '<p class="soft"><span class="key up"></span>up<span class="key hold"></span>hold'
        '<span class="key down"></span>down; dashed: the tempo asked for,'
        f" {tempo.up_s:g}-{tempo.hold_s:g}-{tempo.down_s:g} s.</p>"
    )
    cards = []
    for each in record.sets:
        what = f", {each.variation}" if each.variation != "plain" else ""
        load = f" {each.load_kg:g} kg" if each.load_kg else ""
        tired = ""
        if each.fatigue_percent is not None:
            tired = f"<p>Fatigue: {tired_words(each.fatigue_percent)}.</p>"
        cards.append(
            f'<section class="card"><h3>Set {each.number}, {side_words(each.side)}'
            f'{escape(what)}{load}</h3><p class="soft">{len(each.reps)} of {each.reps_asked},'
            f" {each.count(Verdict.CLEAN)} clean, {duration(each.length_s)}</p>"
            f"{timeline(each)}{tired}</section>"
        )
    return f'{head}<div class="cards">{"".join(cards)}</div>'


def _faults(record: SessionRecord) -> str:
    return (
        '<h2>Faults over repetitions</h2><p class="soft"><span class="key faulty"></span>in the'
        ' verdict<span class="key heard"></span>seen live, not found afterwards'
        '<span class="key doubt"></span>could not be judged</p>'
        '<p class="narrow">Push it aside to see the later sets.</p>'
        f'<div class="card wide">{faults_chart(record)}</div>'
    )


def _sides(record: SessionRecord) -> str:
    return (
        '<h2>Left against right</h2><p class="soft">Dot: left. Square: right. The true value is on'
        " the line 19 times of 20: where two lines overlap widely, the sides need not differ.</p>"
        f'<div class="cards"><section class="card">{sides_chart(record)}</section></div>'
    )


def _traces(record: SessionRecord, traces: Mapping[int, Trace]) -> str:
    cards = "".join(
        f'<section class="card"><h3>Set {each.number}, {side_words(each.side)}</h3>'
        f"{traces_chart(each.reps, traces)}</section>"
        for each in record.sets
        if any(kept.rep.rep in traces for kept in each.reps)
    )
    return (
        '<h2>Where the weight went</h2><p class="soft">The centre of pressure in each repetition:'
        " the body's front to the right, the feet below, 30 mm from the middle to the edge.</p>"
        f'<div class="cards">{cards}</div>'
    )
