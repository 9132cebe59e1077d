"""What the line has shown of the mat up to now: its latest step, which cells fail, the last reps.

The main thread alone writes, each time a whole object; consoles read from their threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matfw.control.words import PROBLEM_WORDS, READER_WORDS
from matfw.judging.habits import MIN_REPS
from matfw.messages import Cell, CellEvent, CellProblem, Event, ReaderEvent, ReaderProblem, Rep
from matfw.pipeline import Step

# A cell that is like this has no load, and without one of them there is no sum to judge by.
BLOCKING = (CellProblem.LOST, CellProblem.STUCK, CellProblem.SATURATED)


class Observed:
    """latest: None before the first frame. reps: the last ones, as many as habits need."""

    def __init__(self) -> None:
        self.latest: Step | None = None
        self.reps: tuple[Rep, ...] = ()
        self.frames = self.bad_frames = 0
        self._loads_kg: tuple[float | None, ...] = ()  # the latest of each cell
        self._problems: dict[str, CellProblem] = {}
        self._reader_problem = ReaderProblem.OK

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self.frames += 1
        self.bad_frames += None in step.raw.counts
        self.latest = step
        latest = self._loads_kg or (None,) * len(step.clean.loads_kg)
        self._loads_kg = tuple(
            [
                old if new is None else new
                for old, new in zip(latest, step.clean.loads_kg, strict=True)
            ]
        )

    def notifications(self, events: Sequence[Event], *, is_measuring: bool) -> Iterator[Event]:
        """See what happened, and yield what is to be reported."""
        for event in events:
            if isinstance(event, CellEvent):
                before = self.problem(event.cell)
                is_hidden = is_measuring and event.problem is CellProblem.DRIFTING
                if event.problem is before or (is_hidden and before is CellProblem.OK):
                    continue  # weights come and go: that is no drift, nor is its end news
                self._problems = {**self._problems, event.cell: event.problem}
            if isinstance(event, ReaderEvent):
                self._reader_problem = event.problem
            if isinstance(event, Rep):
                self.reps = (*self.reps, event)[-MIN_REPS:]
            yield event

    @property
    def is_reader_late(self) -> bool:
        """Return whether the computer costs samples."""
        return self._reader_problem is ReaderProblem.LATE

    @property
    def is_blind(self) -> bool:
        """Return whether it costs so many that nothing can be judged."""
        return self.latest is not None and self.latest.is_blind

    def problem(self, cell: str) -> CellProblem:
        """Return what is wrong with a cell."""
        return self._problems.get(cell, CellProblem.OK)

    def loads_kg(self, cells: Sequence[Cell]) -> tuple[float | None, ...]:
        """Return each cell's latest load; None of one that gives nothing to be trusted."""
        if self.is_blind:
            return (None,) * len(cells)  # the latest may be of long ago
        return tuple(
            None if self.problem(cell.name) in BLOCKING else load
            for cell, load in zip(cells, self._loads_kg or (None,) * len(cells), strict=True)
        )

    @property
    def trouble(self) -> str:
        """Return why nothing can be judged now, and what to do; empty while it can."""
        bad = [(name, why) for name, why in self._problems.items() if why in BLOCKING]
        if bad:
            what = ", ".join(f"{name} {PROBLEM_WORDS[why]}" for name, why in bad)
            return f"{what}: nothing can be judged without it; `diagnose` finds the cause"
        return READER_WORDS[ReaderProblem.LATE].sentence.rstrip(".") if self.is_blind else ""
