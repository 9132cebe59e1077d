"""The end of a session as a few lines of plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from matfw.control.words import VERDICT_MARKS, VERDICT_WORDS, fault_words
from matfw.messages import Fault, Tempo, Verdict

LENGTHS = ("up_s", "hold_s", "down_s")
_WIDTH = 64
_MARKS_IN_A_ROW = 20


@dataclass(frozen=True, slots=True)
class SummaryRep:
    """What a summary needs of one repetition. is_timed: its times may be used."""

    verdict: Verdict
    faults: tuple[Fault, ...]
    up_s: float
    hold_s: float
    down_s: float
    angle_deg: float | None = None
    is_timed: bool = True


def summary_lines(
    reps: Sequence[SummaryRep],
    tempo: Tempo,
    is_simulated: bool,
    set_faults: Sequence[Fault] = (),
) -> list[str]:
    """Return the summary, at most 64 characters wide.

    set_faults: faults of whole sets (fatigue), one entry per set that had it.
    """
    lines = ["", f" {_count(len(reps), 'rep')}", " " + "─" * (_WIDTH - 2)]
    if reps:
        lines += [*_verdicts(reps), "", *_faults(reps, set_faults), "", *_tempo(reps, tempo)]
    else:
        lines.append(" No rep was seen.")
    if is_simulated:
        lines += [
            "",
            " All figures come from a VIRTUAL person on a VIRTUAL mat: they",
            " show that the firmware works, not how well it judges people.",
        ]
    return [*lines, ""]


def _verdicts(reps: Sequence[SummaryRep]) -> list[str]:
    counts = Counter(rep.verdict for rep in reps)
    marks = [VERDICT_MARKS[rep.verdict] for rep in reps]
    rows = [marks[at : at + _MARKS_IN_A_ROW] for at in range(0, len(marks), _MARKS_IN_A_ROW)]
    return [
        "   "
        + "     ".join(
            f"{VERDICT_MARKS[verdict]} {counts[verdict]} {VERDICT_WORDS[verdict]}"
            for verdict in Verdict
        ),
        "",
        *("   " + " ".join(row) for row in rows),
    ]


def _faults(reps: Sequence[SummaryRep], set_faults: Sequence[Fault]) -> list[str]:
    in_reps = Counter(fault for rep in reps for fault in set(rep.faults))
    in_sets = Counter(set_faults)
    rows = [
        *((count, "rep", fault) for fault, count in in_reps.most_common()),
        *((count, "set", fault) for fault, count in in_sets.most_common()),
    ]
    if not rows:
        return ["   no faults found"]
    return [
        f"   {_count(count, what):<8}{fault:<13}{fault_words(fault).happened}"
        for count, what, fault in rows
    ]


def _tempo(reps: Sequence[SummaryRep], tempo: Tempo) -> list[str]:
    timed = [rep for rep in reps if rep.is_timed]
    angles_deg = [rep.angle_deg for rep in reps if rep.angle_deg is not None]
    lines = [
        "             up     hold     down",
        f"   asked  {tempo.up_s:4.1f} s   {tempo.hold_s:4.1f} s   {tempo.down_s:4.1f} s",
    ]
    if timed:
        up_s, hold_s, down_s = (mean(getattr(rep, name) for rep in timed) for name in LENGTHS)
        lines.append(f"   mean   {up_s:4.1f} s   {hold_s:4.1f} s   {down_s:4.1f} s")
    if angles_deg:
        low_deg, high_deg = min(angles_deg), max(angles_deg)
        lines.append(f"   angle  {mean(angles_deg):4.0f}°, from {low_deg:.0f}° to {high_deg:.0f}°")
    return lines


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
