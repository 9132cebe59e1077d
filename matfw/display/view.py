"""What a screen may know at one moment: everything the live picture shows, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matfw.messages import CellProblem, Cue, Limits, Phase, Side, Tempo, Verdict

SILENT_S = 1.5  # real time without anything new: what is shown is old, and says so
MAX_VERDICTS = 200  # reps of the longest set that the settings allow


@dataclass(frozen=True, slots=True)
class CellView:
    """One load cell: where it stands, what it bears and what is wrong with it."""

    name: str
    x_mm: float
    y_mm: float
    load_kg: float | None
    problem: CellProblem = CellProblem.OK


@dataclass(frozen=True, slots=True)
class View:
    """One moment of a session.

    verdicts: one per rep of this set, in order. cue: the last one given, cue_age_s ago. lights:
    brightness 0..1 of head, hip and foot now. tone_hz: what sounds now. progress: 0..1 of the
    whole run, None where nobody knows its end. speed: times real time. title: says where it comes
    from; is_simulated shows that boldly. silent_s: for how long nothing new has come, 0 while it
    does. leave: what ends the picture, as in "any key leaves".
    """

    t_s: float
    title: str = "matfw"
    is_simulated: bool = False
    speed: float = 1.0
    progress: float | None = None
    phase: Phase = Phase.REST
    tempo: Tempo = field(default_factory=Tempo)
    side: Side = Side.UNKNOWN
    leg_angle_deg: float | None = None
    cop_x_mm: float | None = None
    cop_y_mm: float | None = None
    load_kg: float | None = None
    weight_kg: float | None = None
    cells: tuple[CellView, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    limits: Limits = field(default_factory=Limits)
    target_reps: int | None = None
    set_number: int = 1
    cue: Cue | None = None
    cue_age_s: float = 0.0
    lights: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tone_hz: float | None = None
    silent_s: float = 0.0
    leave: str = ""

    @property
    def cop_mm(self) -> tuple[float, float] | None:
        """Return the centre of pressure, or None where there is none."""
        if self.cop_x_mm is None or self.cop_y_mm is None:
            return None
        return (self.cop_x_mm, self.cop_y_mm)


def in_set(verdicts: Sequence[Verdict], reps: int) -> tuple[Verdict, ...]:
    """Return the verdicts of the set, of which so many reps are done; all given, oldest first.

    The set is counted by `workout` alone. Fewer than reps where some came before the screen did.
    """
    return tuple(verdicts)[-reps:] if reps else ()
