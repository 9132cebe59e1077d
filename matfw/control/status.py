"""How things stand and what has happened, as the consoles get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matfw.messages import CellProblem, Phase, Presence, Side


@dataclass(frozen=True, slots=True)
class CellStatus:
    """One load cell now; load_kg is None while it cannot be trusted."""

    name: str
    load_kg: float | None
    problem: CellProblem


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """A recording under way or just ended; error: why it ended by itself, or empty."""

    name: str
    path: str
    frames: int
    dropped: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `status` reports.

    weight_kg: of whoever has been weighed lying still. rest_left_s: of the rest between two sets,
    None outside of one. rate_hz: frames a second as the reader measured them. lost_frames: dropped
    on the way to the line. is_reader_late: the computer costs samples; is_blind: so many that
    nothing can be judged. measuring: which link has
    the mat for itself; empty: none. notices: of the state file, as it was found at the start, and
    what does not work since.
    config: the settings file. state_dir: where calibration and recordings are. calibrated: the note
    of the calibration in use, with its date. pins: by what each is for, as they are in use. ports:
    of the console. workout_state: of a guided workout, empty without one.
    """

    version: str
    is_virtual: bool
    layout: str
    uptime_s: float
    presence: Presence
    weight_kg: float | None
    load_kg: float | None
    side: Side
    is_judging: bool
    measuring: str
    phase: Phase
    angle_deg: float
    rep: int
    reps_per_set: int
    set_number: int
    sets: int
    rest_left_s: float | None
    is_workout_done: bool
    clean: int
    faulty: int
    unsure: int
    cells: tuple[CellStatus, ...]
    uncalibrated: tuple[str, ...]
    rate_hz: float
    frames: int
    bad_frames: int
    lost_frames: int
    is_muted: bool
    profile: str | None
    unsaved: int
    lock: str
    recording: RecordingStatus | None
    is_reader_late: bool = False
    is_blind: bool = False
    notices: tuple[str, ...] = ()
    config: str | None = None
    state_dir: str = ""
    calibrated: str | None = None
    pins: Mapping[str, int] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    workout_state: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the service that goes to every link: a rest's end, a recording's end."""

    event: str
    text: str
    data: Mapping[str, object]
