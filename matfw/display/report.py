"""What happened, in lines of plain text: one an event, and the sum at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, assert_never

from matfw.control.words import CUE_WORDS, PROBLEM_WORDS, READER_WORDS
from matfw.display.summary import SummaryRep, summary_lines
from matfw.judging.verdicts import UNTIMED
from matfw.messages import (
    CellEvent,
    CueGiven,
    Event,
    Fault,
    PersonWeighed,
    PhaseChanged,
    ReaderEvent,
    Rep,
    Tempo,
)


class TrueRep(Protocol):
    """What a virtual person really did."""

    @property
    def start_s(self) -> float:
        """Return when the leg left 5 % of its travel."""
        ...

    @property
    def end_s(self) -> float:
        """Return when it came back to 5 %."""
        ...

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return what was wrong with it on purpose."""
        ...


def event_line(event: Event) -> str:
    """Return an event as one line for people: time, kind, what."""
    at = f"{event.t_s:9.2f} s  "
    match event:
        case PersonWeighed():
            return f"{at}person  {event.weight_kg:.1f} kg, lying still"
        case PhaseChanged():
            return f"{at}phase   {event.phase}"
        case CueGiven():
            return f"{at}cue     {event.cue}: {CUE_WORDS[event.cue].sentence}"
        case CellEvent():
            often = f", {event.count} times" if event.count else ""
            words = PROBLEM_WORDS[event.problem]
            return f"{at}sensor  {event.cell} {event.problem}: {words}{often}"
        case ReaderEvent():
            words = READER_WORDS[event.problem].sentence
            return f"{at}reader  {event.problem}: {words} {event.torn_share:.1%} of samples lost"
        case Rep():
            times = f"{event.up_s:.1f}-{event.hold_s:.1f}-{event.down_s:.1f} s"
            if any(seen.fault in UNTIMED for seen in event.faults):
                times = "not timed"
            what = f"{at}rep {event.rep:3d} {event.verdict:6s} {times} {event.angle_deg:.0f} deg"
            why = ", ".join(f"{f.fault} {f.size:.1f} {f.unit}" for f in event.faults)
            return f"{what}  {why or event.reason}".rstrip()
        case _:
            assert_never(event)


def session_lines(reps: Sequence[Rep], tempo: Tempo, *, is_simulated: bool) -> list[str]:
    """Return the summary of a session."""
    return summary_lines([_in_short(rep) for rep in reps], tempo, is_simulated)


def demo_lines(truth: Sequence[TrueRep], reps: Sequence[Rep], tempo: Tempo) -> list[str]:
    """Return the demo's end: the summary, and what was played against what was named."""
    lines = session_lines(reps, tempo, is_simulated=True)
    lines += [" The virtual person did           matfw said", " " + "─" * 62]
    right = 0
    unmatched = list(reps)
    for number, true in enumerate(truth, 1):
        rep = next(
            (r for r in unmatched if r.start_s < true.end_s and r.end_s > true.start_s), None
        )
        if rep is None:
            said, is_right = "nothing", False
        else:
            unmatched.remove(rep)
            named = tuple(f.fault for f in rep.faults)
            said = ", ".join(named) or str(rep.verdict)
            is_right = set(named) == set(true.faults)
        right += is_right
        did = ", ".join(true.faults) or "clean"
        lines.append(f" {number:3d}  {did:26s}  {'=' if is_right else '≠'}  {said}")
    lines += [f"      nothing                     ≠  a rep at {r.start_s:.0f} s" for r in unmatched]
    return [*lines, " " + "─" * 62, f" {right} of {len(truth)} named rightly (simulated)", ""]


def _in_short(rep: Rep) -> SummaryRep:
    return SummaryRep(
        rep.verdict,
        tuple(seen.fault for seen in rep.faults),
        rep.up_s,
        rep.hold_s,
        rep.down_s,
        rep.angle_deg,
    )
