"""What is to be reported of the mat and of who lies on it: events and cue requests.

Reports of a repetition come from `judging`; here is the rest: cells and hip sensors that fail
or are back, and somebody who has been weighed, or who never lies still enough to be.

That the mat cannot judge is said when that begins, when something worse follows, and to whoever
gets on meanwhile; each time until it is heard, for silence would pass for praise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from matfw.estimation.unweighed import Unweighed
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    Cue,
    Event,
    Motion,
    PersonWeighed,
    PhaseChanged,
    PhaseStep,
)

WEIGHED_AGAIN_KG = 1.0  # a change of weight worth reporting
# On the cells that still give a load: somebody has left, and somebody has come.
LEFT_KG, COME_KG = 8.0, 15.0
LOAD_GAIN = 0.02  # a frame; 0.6 s at 80 samples a second


class _State(IntEnum):
    """How far the mat can be trusted."""

    WHOLE = 0
    DOUBTED = 1  # faults are still named, but nothing is called clean
    BLIND = 2  # what it says of a movement would be a guess


class Notices:
    """Turn what happens on the mat into events and requests for a cue."""

    def __init__(self) -> None:
        """Begin with whole cells and nobody."""
        self._found: dict[tuple[int, str], CellProblem] = {}  # by stage and cell
        self._broken: dict[str, CellProblem] = {}
        self._is_late = False
        self._state = _State.WHOLE
        self._is_owed = False  # `not_judging`, until it is heard
        self._has_begun = False  # with this frame: the mat is less whole than it was
        self._is_loaded, self._load_kg = True, COME_KG
        self._unweighed = Unweighed()
        self.reset()

    def reset(self) -> None:
        """Forget who lies there; a cell that fails still does."""
        self._is_weighed = self._is_ready_due = False
        self._weighed_kg: float | None = None

    @property
    def broken(self) -> Mapping[str, CellProblem]:
        """Return the cells that fail now, with what is wrong."""
        return self._broken

    @property
    def can_judge(self) -> bool:
        """Return whether what is said of a movement is more than a guess."""
        return self._state is not _State.BLIND

    def of_cells(self, events: Sequence[CellEvent], stage: int = 0) -> None:
        """Take which cells have changed, as one stage found.

        What one stage takes back, another may still hold against the cell.
        """
        for event in events:
            if event.problem is CellProblem.OK:
                self._found.pop((stage, event.cell), None)
            else:
                self._found[stage, event.cell] = event.problem
        self._broken = {}
        for (_, cell), problem in self._found.items():
            if self._broken.get(cell, CellProblem.DRIFTING) is CellProblem.DRIFTING:
                self._broken[cell] = problem
        self._judge()

    def of_reader(self, *, is_blind: bool) -> None:
        """Take whether the computer takes all samples."""
        if is_blind is not self._is_late:
            self._is_late = is_blind
            self._judge()

    def _judge(self) -> None:
        before = self._state
        if self._is_late or any(x is not CellProblem.DRIFTING for x in self._broken.values()):
            self._state = _State.BLIND
        else:
            self._state = _State.DOUBTED if self._broken else _State.WHOLE
        if self._state is _State.WHOLE:
            self._is_owed = self._has_begun = False
        elif self._state > before:
            self._has_begun = True

    def of_state(
        self, loads_kg: Sequence[float | None], heard: Cue | None
    ) -> Sequence[Announcement]:
        """Return what to say while the mat is not whole: until it is heard, and to whoever comes.

        loads_kg: of the cells that still give one. heard: the cue that the last frame started.
        """
        known: Sequence[float] = loads_kg  # type: ignore[assignment]
        if None in loads_kg:
            known = [load for load in loads_kg if load is not None]
        if known:  # and smoothed, for now this cell may be missing and now that
            load_kg = sum(known) if min(known) > 0.0 else sum([max(0.0, load) for load in known])
            self._load_kg += LOAD_GAIN * (load_kg - self._load_kg)
        was_loaded = self._is_loaded
        self._is_loaded = self._load_kg > (LEFT_KG if was_loaded else COME_KG)
        if self._state is _State.WHOLE:
            return ()
        if heard is Announcement.NOT_JUDGING:
            self._is_owed = False
        # An empty mat has nobody to tell; one that gives no load at all may not be empty.
        has_begun, self._has_begun = self._has_begun, False
        has_come = self._is_loaded and not was_loaded
        self._is_owed |= has_come or (has_begun and (self._is_loaded or not known))
        return (Announcement.NOT_JUDGING,) if self._is_owed else ()

    def of_hip_sensors(self, events: Sequence[CellEvent]) -> list[Announcement]:
        """Return what to say when a hip sensor is lost or back: the cells go on judging."""
        return [
            Announcement.HIPS_BACK if event.problem is CellProblem.OK else Announcement.HIPS_LOST
            for event in events
        ]

    def of_motion(
        self, t_s: float, motion: Motion, phase: PhaseStep
    ) -> tuple[list[Event], list[Announcement]]:
        """Return what to report and what to say of somebody's state and phase, at t_s."""
        events: list[Event] = []
        weight_kg = motion.weight_kg
        is_new = weight_kg is not None and not self._is_weighed
        self._is_weighed = weight_kg is not None
        if weight_kg is not None and is_new and self._is_another(weight_kg):
            events.append(PersonWeighed(t_s, weight_kg))
            self._weighed_kg = weight_kg
        if phase.changed:
            events.append(PhaseChanged(t_s, phase.phase))
        if self._unweighed.update(t_s, motion.presence, self._load_kg, can_judge=self.can_judge):
            return events, [Announcement.LIE_STILL]
        # Whoever is weighed while the mat cannot judge hears it when the mat can.
        self._is_ready_due = self._is_weighed and (is_new or self._is_ready_due)
        if not (self._is_ready_due and self.can_judge):
            return events, []
        self._is_ready_due = False
        return events, [Announcement.READY]

    def _is_another(self, weight_kg: float) -> bool:
        return self._weighed_kg is None or abs(weight_kg - self._weighed_kg) > WEIGHED_AGAIN_KG
