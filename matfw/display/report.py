"""What a session came to, in lines of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from matfw.display.summary import SummaryRep, summary_lines
from matfw.judging.reasons import is_timed
from matfw.messages import Event, Fault, Rep, Tempo, Verdict
from matfw.pipeline import Step


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


class Reps:
    """A tap that keeps the repetitions of a run that ends, for its report."""

    def __init__(self) -> None:
        """Begin with none."""
        self.reps: list[Rep] = []
        self.t_s = 0.0

    def step(self, step: Step) -> None:
        """Keep how far the run has come."""
        self.t_s = step.raw.t_s

    def events(self, events: Sequence[Event]) -> None:
        """Keep the repetitions among what happened."""
        self.reps += [event for event in events if isinstance(event, Rep)]


def session_lines(reps: Sequence[Rep], tempo: Tempo, *, is_simulated: bool) -> list[str]:
    """Return the summary of a session."""
    return summary_lines([_in_short(rep) for rep in reps], tempo, is_simulated)


def demo_lines(
    truth: Sequence[TrueRep], reps: Sequence[Rep], tempo: Tempo, *, is_whole: bool = True
) -> list[str]:
    """Return the demo's end: the summary, and what was played against what was named.

    is_whole: it came to its end; else the last repetitions may not have been reported yet.
    """
    lines = session_lines(reps, tempo, is_simulated=True)
    lines += [" The virtual person did           matfw said", " " + "─" * 62]
    found, unmatched = _matched(truth, reps)
    reported = len(truth)
    if not is_whole:
        reported = max((i for i, rep in enumerate(found, 1) if rep is not None), default=0)
    right = 0
    for number, (true, rep) in enumerate(zip(truth, found, strict=True), 1):
        did = ", ".join(true.faults) or "clean"
        if number > reported:
            lines.append(f" {number:3d}  {did:26s}  ·  not reported yet")
            continue
        is_right = rep is not None and _is_right(true, rep)
        right += is_right
        lines.append(f" {number:3d}  {did:26s}  {'=' if is_right else '≠'}  {_result(rep)}")
    lines += [f"      nothing                     ≠  a rep at {r.start_s:.0f} s" for r in unmatched]
    return [*lines, " " + "─" * 62, f" {right} of {reported} named rightly (simulated)", ""]


def _matched(truth: Sequence[TrueRep], reps: Sequence[Rep]) -> tuple[list[Rep | None], list[Rep]]:
    """Return the repetition reported for each that was done, and those that are left."""
    left = list(reps)
    found: list[Rep | None] = []
    for true in truth:
        rep = next((r for r in left if r.start_s < true.end_s and r.end_s > true.start_s), None)
        if rep is not None:
            left.remove(rep)
        found.append(rep)
    return found, left


def _is_right(true: TrueRep, rep: Rep) -> bool:
    """Return whether just what was wrong was named, and the verdict says so too."""
    verdict = Verdict.FAULT if true.faults else Verdict.CLEAN
    return rep.verdict is verdict and {seen.fault for seen in rep.faults} == set(true.faults)


def _result(rep: Rep | None) -> str:
    if rep is None:
        return "nothing"
    named = ", ".join(seen.fault for seen in rep.faults)
    if rep.verdict is Verdict.FAULT:
        return named
    return f"{rep.verdict} ({named})" if named else str(rep.verdict)


def _in_short(rep: Rep) -> SummaryRep:
    return SummaryRep(
        rep.verdict,
        tuple(seen.fault for seen in rep.faults),
        rep.up_s,
        rep.hold_s,
        rep.down_s,
        rep.angle_deg,
        is_timed(rep),
    )
