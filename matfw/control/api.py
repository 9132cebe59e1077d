"""All that a console's commands act on, as Protocols; service/controller.py is the real one.

Every method may be called from any console thread. What changes the line is done by the main
thread between two frames; the call returns when it is done. Nothing here delays a frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from matfw.messages import CellProblem, Cue, Event, Mat, Phase, Presence, Side

if TYPE_CHECKING:
    from matfw.judging.habits import Habits
    from matfw.pipeline import Step
    from matfw.ports import ReaderStats
    from matfw.settings.model import CellLine
    from matfw.settings.rows import Setting

T_co = TypeVar("T_co", covariant=True)


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
    """Everything `status` says.

    weight_kg: of whoever has been weighed lying still. rest_left_s: of the rest between two sets,
    None outside of one. rate_hz: frames a second as the reader measured them. lost_frames: dropped
    on the way to the line. is_reader_late: the computer costs samples.
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


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the service that every link is told: a rest's end, a recording's end."""

    event: str
    text: str
    data: Mapping[str, object]


class Subscription(Protocol[T_co]):
    """What happens from now on, in order; bounded: the oldest is dropped and counted."""

    @property
    def dropped(self) -> int:
        """Return how many were dropped since it was opened."""
        ...

    def drain(self) -> Sequence[T_co]:
        """Return what has come since the last call; never waits."""
        ...

    def close(self) -> None:
        """End it. Calling it twice is allowed."""
        ...


class Control(Protocol):
    """The firmware as a console sees it. Whatever is refused raises ConsoleError."""

    @property
    def is_locked(self) -> bool:
        """Return whether what changes things is refused now, on every link."""
        ...

    def lock(self) -> None:
        """Lock; refused where no PIN is set."""
        ...

    def unlock(self, pin: str) -> None:
        """Unlock; refused for a wrong PIN, and while one must not be tried."""
        ...

    def status(self) -> Status:
        """Return how things stand."""
        ...

    def mat(self) -> Mat:
        """Return the mat as the line has it now."""
        ...

    def stats(self) -> ReaderStats:
        """Return the reader's latest account of itself."""
        ...

    def steps(self) -> Subscription[Step]:
        """Open a feed of every frame's step."""
        ...

    def events_feed(self) -> Subscription[Event | Notice]:
        """Open a feed of what happens."""
        ...

    # --- settings: `set` takes effect at once where it can and is kept by `save` ---

    def settings_table(self) -> Sequence[Setting]:
        """Return a row for every setting."""
        ...

    def get(self, key: str) -> tuple[object, str]:
        """Return a setting's value and where it comes from."""
        ...

    def set(self, key: str, text: str) -> None:
        """Check and stage a value, and let the line have it."""
        ...

    def diff(self) -> Sequence[tuple[str, object, object]]:
        """Return key, saved and new value of every unsaved change."""
        ...

    def save(self) -> None:
        """Keep the unsaved changes."""
        ...

    def revert(self) -> None:
        """Forget the unsaved changes."""
        ...

    def factory(self, key: str | None) -> None:
        """Let a setting, or all, be what the person's file or the default says."""
        ...

    def profiles(self) -> tuple[Sequence[str], str | None]:
        """Return the names of all profiles and of the one in use."""
        ...

    def new_profile(self, name: str) -> None:
        """Make a profile and use it."""
        ...

    def use_profile(self, name: str) -> None:
        """Use a profile."""
        ...

    def delete_profile(self, name: str) -> None:
        """Forget a profile."""
        ...

    # --- the mat ---

    def calibration(self) -> Mapping[str, CellLine]:
        """Return each calibrated cell's line."""
        ...

    def factory_calibration(self) -> Mapping[str, CellLine]:
        """Return the first calibration, which is kept for good."""
        ...

    def previous_calibration(self) -> Mapping[str, CellLine]:
        """Return the calibration before the last one."""
        ...

    def save_calibration(self, lines: Mapping[str, CellLine], note: str) -> None:
        """Keep these lines, and let the line have them."""
        ...

    def take_mat(self, what: str) -> None:
        """Measure for `what`: nothing is judged until `give_mat`, and nobody else may measure."""
        ...

    def give_mat(self) -> None:
        """End what `take_mat` began."""
        ...

    @property
    def can_lay(self) -> bool:
        """Return whether this is an empty virtual mat, on which weights can be laid."""
        ...

    def lay(self, weight_kg: float, x_mm: float, y_mm: float) -> None:
        """Lay a weight on the empty virtual mat; refused on any other."""
        ...

    def learn(self, measured_deg: float | None) -> Habits:
        """Take the last three repetitions for good ones, and keep what they show."""
        ...

    def forget_habits(self) -> None:
        """Judge whoever uses this profile as everybody."""
        ...

    def start(self, *, anew: bool) -> None:
        """Judge and cue; anew: from the first repetition of the first set."""
        ...

    def stop(self) -> None:
        """Neither judge nor cue until `start`; everything is still measured."""
        ...

    def cue(self, cue: Cue) -> None:
        """Let the buzzer and the lights say this once."""
        ...

    def record(self, name: str) -> RecordingStatus:
        """Begin to write raw frames to a new recording of that name."""
        ...

    def stop_recording(self) -> RecordingStatus:
        """End the recording and return what it came to."""
        ...

    def keep_pin(self, pin: str | None) -> None:
        """Set and keep a new PIN, and lock; None: forget it."""
        ...

    def can_restart(self) -> bool:
        """Return whether somebody starts the service again when it ends."""
        ...

    def restart(self) -> None:
        """End the service soon, so that systemd starts it again."""
        ...
