"""What a session came to, in lines of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from matfw.display.summary import SummaryRep, summary_lines
from matfw.messages import Event, Fault, Rep, Tempo
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
