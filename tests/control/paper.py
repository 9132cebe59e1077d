"""A desk on paper: real settings, lock and feeds, but no firmware; and a talk that is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matfw.console.conversation import Conversation
from matfw.control.api import CellStatus, Control, Notice, RecordingStatus, Status, Subscription
from matfw.control.errors import Code, ConsoleError
from matfw.control.lock import Lock, hash_pin
from matfw.control.subscriptions import Subscriptions
from matfw.errors import MatSettingsError
from matfw.judging.habits import Habits
from matfw.messages import (
    Balance,
    CellCalibration,
    CellProblem,
    CleanLoads,
    Cue,
    Event,
    Mat,
    Motion,
    Phase,
    Presence,
    RawFrame,
    Side,
)
from matfw.pipeline import Step
from matfw.ports import ReaderStats
from matfw.settings.model import NOMINAL
from matfw.settings.rows import Setting
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore

RATE_HZ = 80.0
NOISE = (0, 9, -7, 4, -11, 6, 2, -3, 8, -8)  # counts; never the same twice in a row


class _Unsynced:
    """The kernel's calls without waiting for the disk, which is 30 ms a save here."""

    def __getattr__(self, name: str) -> Any:  # Any: whatever os has
        return getattr(os, name)

    def fsync(self, fd: int) -> None:
        """Do not wait."""


UNSYNCED: Any = _Unsynced()  # fits atomic_file.Calls


@dataclass
class FakeControl:
    """Fits Desk. What a test wants to be so it sets; what commands did is written down."""

    store: SettingsStore
    t_s: float = 100.0
    load_kg: float | None = 0.3
    presence: Presence = Presence.EMPTY
    judges: bool = True
    cues: list[Cue] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    has_systemd: bool = False
    recording: RecordingStatus | None = None
    pin: Lock = field(default_factory=Lock)
    measuring: str | None = None
    place_mm: tuple[float, float] = (0.0, 0.0)
    can_lay: bool = False

    def __post_init__(self) -> None:
        self._steps: Subscriptions[Step] = Subscriptions(256)
        self._events: Subscriptions[Event | Notice] = Subscriptions(256)
        self._frame = 0

    # --- what a test does

    def play(self, seconds: float, load_kg: float | None = None) -> None:
        """Let frames come: the load shared by all cells."""
        if load_kg is not None:
            self.load_kg = load_kg
        mat = self.mat()
        for _ in range(round(seconds * RATE_HZ)):
            self.t_s += 1.0 / RATE_HZ
            self._frame += 1
            share_kg = (self.load_kg or 0.0) / len(mat.cells)
            counts = tuple(
                round(line.tare_counts + share_kg * line.counts_per_kg)
                + NOISE[(self._frame + 3 * i) % len(NOISE)]
                for i, line in enumerate(mat.calibration)
            )
            raw = RawFrame(self.t_s, counts)
            clean = CleanLoads(self.t_s, (share_kg,) * len(mat.cells))
            balance = Balance(
                t_s=self.t_s, load_kg=self.load_kg, x_kgmm=0.0, y_kgmm=0.0, x_mm=0.0, y_mm=0.0
            )
            motion = Motion(t_s=self.t_s, presence=self.presence)
            self._steps.put(
                Step(
                    raw=raw,
                    clean=clean,
                    balance=balance,
                    motion=motion,
                    phase=None,
                    faults=(),
                    cue=None,
                    events=(),
                    window=None,
                )
            )

    def tell(self, event: Event | Notice) -> None:
        """Let something happen."""
        self._events.put(event)

    @property
    def subscriptions(self) -> int:
        """Return how many feeds are open."""
        return len(self._steps) + len(self._events)

    def kept(self) -> tuple[object, ...]:
        """Return all that a command may change, to be compared."""
        return (
            self.store.settings, tuple(self.store.diff()), self.store.profiles(),
            self.store.profile, dict(self.store.calibration()), self.judges, tuple(self.cues),
            tuple(self.done), self.recording, self.pin.word,
        )  # fmt: skip

    # --- the protocol

    @property
    def is_locked(self) -> bool:
        return self.pin.is_locked

    def lock(self) -> None:
        self.pin.lock()

    def unlock(self, pin: str) -> None:
        self.pin.unlock(pin, self.t_s)

    def keep_pin(self, pin: str | None) -> None:
        self.pin.keep(None if pin is None else hash_pin(pin, b"salt"))

    def status(self) -> Status:
        mat = self.mat()
        return Status(
            version="0", is_virtual=True, layout=mat.layout, uptime_s=self.t_s,
            presence=self.presence, weight_kg=64.0 if self.presence is Presence.LYING else None,
            load_kg=self.load_kg, side=mat.side, is_judging=self.judges, phase=Phase.REST,
            angle_deg=0.0, rep=3, reps_per_set=15, set_number=1, sets=3, rest_left_s=None,
            is_workout_done=False, clean=2, faulty=1, unsure=0,
            cells=tuple(
                CellStatus(c.name, None if self.load_kg is None else self.load_kg / 4.0,
                           CellProblem.OK) for c in mat.cells
            ),
            uncalibrated=tuple(c.name for c in mat.cells if c.name not in self.calibration()),
            rate_hz=80.2, frames=8000, bad_frames=2, lost_frames=0, is_muted=False,
            profile=self.store.profile, unsaved=len(self.store.diff()), lock=self.pin.word,
            recording=self.recording,
        )  # fmt: skip

    def mat(self) -> Mat:
        settings = self.store.settings
        mat = settings.mat()
        known = self.store.calibration()
        lines = tuple(
            CellCalibration(known[c.name].tare_counts, known[c.name].counts_per_kg)
            if c.name in known else NOMINAL
            for c in mat.cells
        )  # fmt: skip
        return replace(mat, calibration=lines)

    def stats(self) -> ReaderStats:
        return ReaderStats()

    def steps(self) -> Subscription[Step]:
        return self._steps.open()

    def events_feed(self) -> Subscription[Event | Notice]:
        return self._events.open()

    def settings_table(self) -> Sequence[Setting]:
        return self.store.table()

    def get(self, key: str) -> tuple[object, str]:
        return self.store.get(key)

    def set(self, key: str, text: str) -> None:
        self.store.set(key, text)

    def diff(self) -> Sequence[tuple[str, object, object]]:
        return self.store.diff()

    def save(self) -> None:
        self.store.save()

    def revert(self) -> None:
        self.store.revert()

    def factory(self, key: str | None) -> None:
        self.store.factory(key)

    def profiles(self) -> tuple[Sequence[str], str | None]:
        return self.store.profiles(), self.store.profile

    def new_profile(self, name: str) -> None:
        self._profile(lambda: self.store.new_profile(name))

    def use_profile(self, name: str) -> None:
        self._profile(lambda: self.store.use_profile(name))

    def delete_profile(self, name: str) -> None:
        self._profile(lambda: self.store.delete_profile(name))

    def _profile(self, work: Callable[[], None]) -> None:
        try:
            work()
        except MatSettingsError as error:
            raise ConsoleError(Code.PROFILE_REFUSED, str(error)) from None

    def calibration(self) -> Mapping[str, CellLine]:
        return self.store.calibration()

    def previous_calibration(self) -> Mapping[str, CellLine]:
        return self.store.previous_calibration()

    def factory_calibration(self) -> Mapping[str, CellLine]:
        return self.store.factory_calibration()

    def save_calibration(self, lines: Mapping[str, CellLine], note: str) -> None:
        self.store.save_calibration(lines, note=note)

    def take_mat(self, what: str) -> None:
        if self.measuring is not None:
            raise ConsoleError(Code.ALREADY, f"{what}: {self.measuring} is under way")
        self.measuring = what

    def give_mat(self) -> None:
        self.measuring = None

    def lay(self, weight_kg: float, x_mm: float, y_mm: float) -> None:
        self.load_kg, self.place_mm = weight_kg, (x_mm, y_mm)

    def learn(self, measured_deg: float | None) -> Habits:
        habits = Habits(3, -4.0, 1.0, 0.0 if measured_deg is None else 40.0 - measured_deg)
        self.store.save_habits(Side.LEFT, habits)
        return habits

    def forget_habits(self) -> None:
        self.store.forget_habits()

    def start(self, *, anew: bool) -> None:
        self.judges = True
        self.done.append("start anew" if anew else "start")

    def stop(self) -> None:
        self.judges = False

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def record(self, name: str) -> RecordingStatus:
        if self.recording is not None:
            raise ConsoleError(Code.ALREADY, "record: one is being written: `record stop` first")
        self.recording = RecordingStatus(name, f"/state/recordings/{name}.csv.gz", 0, 0)
        return self.recording

    def stop_recording(self) -> RecordingStatus:
        if self.recording is None:
            raise ConsoleError(Code.ALREADY, "record: nothing is being recorded")
        ended, self.recording = self.recording, None
        return ended

    def can_restart(self) -> bool:
        return self.has_systemd

    def restart(self) -> None:
        self.done.append("restart")


class Talk:
    """A conversation and everything it has said."""

    def __init__(self, folder: Path, config: Path | None = None) -> None:
        self.control = FakeControl(SettingsStore(config, folder, UNSYNCED))
        control: Control = self.control
        self.said: list[str] = []
        self.conversation = Conversation(control, self.said.append, now_s=lambda: self.control.t_s)

    def ask(self, line: str) -> list[str]:
        """Give a line; return what was said to it at once."""
        before = len(self.said)
        self.conversation.line(line)
        return self.said[before:]

    def wait(self, seconds: float, load_kg: float | None = None) -> list[str]:
        """Let frames come and the conversation go on, 20 times a second."""
        before = len(self.said)
        for _ in range(round(seconds * 20.0)):
            self.control.play(0.05, load_kg)
            self.conversation.poll()
        return self.said[before:]

    def answers(self) -> list[str]:
        """Return all lines that end a command, in text."""
        return [line for line in self.said if is_answer(line)]

    def json(self, line: str) -> dict[str, Any]:
        """Give a line in JSON; return the one object that answers it."""
        (reply,) = self.ask(line)
        found: dict[str, Any] = json.loads(reply)
        return found


def is_answer(line: str) -> bool:
    """Return whether a line ends a command."""
    return line == "ok" or line.startswith("error E")


LINES = {
    name: CellLine(tare_counts=1000.0 * k, counts_per_kg=42_000.0 + 500.0 * k)
    for k, name in enumerate(("head_left", "head_right", "foot_left", "foot_right"))
}
