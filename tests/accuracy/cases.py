"""What today's line makes of each recording that failed once: `python -m tests.accuracy.cases`.

Each is played as `matfw replay --config` would, with the settings that lie beside it. Repetitions
whose true times are known are matched; of the others only the number can be compared.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from matfw.messages import CellEvent, CueGiven, Event, Rep
from matfw.recording.file import read_recording
from matfw.service.replay import replay
from matfw.settings.files import load_settings
from matfw.settings.state import MachineState
from matfw.workout.plan import Plan
from tests.accuracy.matching import match
from tests.importers.cases import Case, load, names


@dataclass(frozen=True, slots=True)
class Result:
    """What was made of a case. made_up_s: where the ones that nobody did begin."""

    name: str
    true: int
    reported: int
    found: int
    made_up_s: tuple[float, ...]
    missed: tuple[int, ...]  # numbers from 1; empty where no times are known
    cues: int
    cell_events: int

    @property
    def made_up(self) -> int:
        """Return how many were reported that nobody did."""
        return self.reported - self.found

    @property
    def is_right(self) -> bool:
        """Return whether every true repetition was reported and no other."""
        return self.found == self.true and self.made_up == 0


def judged(case: Case) -> Result:
    """Return what the line makes of a case."""
    recording = read_recording(case.recording)
    settings = load_settings(case.settings)
    mat = settings.judging(recording.mat, MachineState())
    plan = Plan(settings.workout.reps, settings.workout.sets, settings.workout.rest_s)
    events: list[Event] = []
    replay(mat, recording.frames(), events.append, plan)
    return compared(case, events)


def compared(case: Case, events: Sequence[Event]) -> Result:
    """Return what events are worth against a case's truth."""
    reported = [event for event in events if isinstance(event, Rep)]
    if case.spans is None:
        found = min(len(reported), case.expected)
        made_up_s = tuple(rep.start_s for rep in reported[found:])
        missed: tuple[int, ...] = ()
    else:
        matched = match(case.spans, reported)
        found = sum(index is not None for index in matched)
        made_up_s = tuple(rep.start_s for i, rep in enumerate(reported) if i not in matched)
        missed = tuple(number for number, index in enumerate(matched, 1) if index is None)
    return Result(
        case.name,
        case.expected,
        len(reported),
        found,
        made_up_s,
        missed,
        sum(isinstance(event, CueGiven) for event in events),
        sum(isinstance(event, CellEvent) for event in events),
    )


def line(result: Result) -> str:
    """Return a result as one line of the table."""
    missed = " ".join(f"#{number}" for number in result.missed)
    made_up = " ".join(f"{at_s:.1f}" for at_s in result.made_up_s)
    verdict = "right" if result.is_right else "wrong"
    return (
        f"{result.name:20}  {result.true:4}  {result.found:5}  {result.true - result.found:6}"
        f"  {result.made_up:7}  {result.cues:4}  {result.cell_events:5}"
        f"  {verdict}  missed {missed or '-'}; made up {made_up or '-'}"
    )


def main() -> int:
    """Print the table; return the exit code: 1 where any case is not as expected."""
    found = [judged(load(name)) for name in names()]
    if not found:
        print("the cases are not here", file=sys.stderr)
        return 0
    print("case                  true  found  missed  made up  cues  cells")
    for result in found:
        print(line(result))
    return 0 if all(result.is_right for result in found) else 1


if __name__ == "__main__":
    sys.exit(main())
