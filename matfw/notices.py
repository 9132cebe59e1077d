"""Stage 6b: what is to be reported of the mat and of who lies on it: events and cue requests.

Reports of a repetition come from `judging`; here is the rest: cells and hip sensors that fail
or are back, somebody who has been weighed, and the end of a rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    Event,
    Motion,
    PersonWeighed,
    PhaseChanged,
    PhaseStep,
)

WEIGHED_AGAIN_KG = 1.0  # a change of weight worth reporting


class Notices:
    """Turn what happens on the mat into events and requests for a cue."""

    def __init__(self) -> None:
        """Begin with whole cells and nobody."""
        self._broken: dict[str, CellProblem] = {}
        self._is_blind = False
        self.reset()

    def reset(self) -> None:
        """Forget who lies there; a cell that fails still does."""
        self._is_weighed = False
        self._weighed_kg: float | None = None

    @property
    def broken(self) -> Mapping[str, CellProblem]:
        """Return the cells that fail now, with what is wrong."""
        return self._broken

    def of_cells(self, events: Sequence[CellEvent]) -> list[Announcement]:
        """Return what to say when a cell has changed: once when judging ends."""
        was_over = self._is_over
        for event in events:
            if event.problem is CellProblem.OK:
                self._broken.pop(event.cell, None)
            else:
                self._broken[event.cell] = event.problem
        return [Announcement.NOT_JUDGING] if self._is_over and not was_over else []

    def of_reader(self, *, is_blind: bool) -> Sequence[Announcement]:
        """Return what to say when the computer has begun to take all samples, or no longer does."""
        if is_blind is self._is_blind:
            return ()
        was_over = self._is_over
        self._is_blind = is_blind
        return (Announcement.NOT_JUDGING,) if is_blind and not was_over else ()

    @property
    def _is_over(self) -> bool:
        """Return whether judging has ended, whoever is to blame."""
        return self._is_blind or bool(self._broken)

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
        return events, [Announcement.READY] if is_new else []

    def _is_another(self, weight_kg: float) -> bool:
        return self._weighed_kg is None or abs(weight_kg - self._weighed_kg) > WEIGHED_AGAIN_KG
