"""The real control without a main thread, and a conversation whose lines are kept."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from matfw.console.conversation import Conversation
from matfw.console.screen import ScreenSize
from matfw.control.api import Control
from matfw.control.calls import MainThreadCalls
from matfw.control.ports import RunningFirmware
from matfw.judging.habits import USUAL_SHIFT_MM
from matfw.messages import (
    Balance,
    CleanLoads,
    Motion,
    Presence,
    RawFrame,
    Rep,
    Side,
    Verdict,
)
from matfw.pipeline import Pipeline, Step
from matfw.recording.background import Recordings
from matfw.service.acquisition import Account
from matfw.service.firmware import Firmware
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.virtual.clock import VirtualClock
from tests.service.loop import Frames, Outputs

RATE_HZ = 80.0
NOISE = (0, 9, -7, 4, -11, 6, 2, -3, 8, -8)  # counts; never the same twice in a row


GOOD = Rep(
    rep=1,
    t_s=17.0,
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=40.0,
    front_shift_mm=USUAL_SHIFT_MM + 3.0,
    verdict=Verdict.CLEAN,
    faults=(),
    side=Side.LEFT,
)


class _Unsynced:
    """The kernel's calls without waiting for the disk, which is 30 ms a save here."""

    def __getattr__(self, name: str) -> Any:  # Any: whatever os has
        return getattr(os, name)

    def fsync(self, fd: int) -> None:
        """Do not wait."""


UNSYNCED: Any = _Unsynced()  # fits atomic_file.Calls


class Inline(MainThreadCalls[RunningFirmware]):
    """Does a call at once: there is no main thread."""

    def __init__(self, firmware: Firmware) -> None:
        super().__init__()
        self._firmware = firmware

    def call(self, work: Callable[[RunningFirmware], object]) -> None:
        work(self._firmware)


class FakeControl(Control):
    """The real control over a firmware that does not run; a test lets frames and events come."""

    def __init__(
        self, folder: Path, config: Path | None = None, *, ports: tuple[str, ...] = ()
    ) -> None:
        self.clock = VirtualClock(100.0)
        self.load_kg: float | None = 0.3
        self.presence = Presence.EMPTY
        self.is_blind = False
        self.place_mm = (0.0, 0.0)
        self.outputs = Outputs()
        store = SettingsStore(config, folder, UNSYNCED)
        mat = store.settings.mat()
        super().__init__(
            store, mat, self.clock, functools.partial(Recordings, folder / "recordings", "a test"),
            set_volume=lambda _: None, account=Account, is_virtual=True, lay=self._laid,
            ports=ports,
        )  # fmt: skip
        self.firmware = Firmware(Pipeline(mat), Frames([], self.clock), self.outputs, self.clock)
        self._calls = Inline(self.firmware)
        self.events([replace(GOOD, rep=number) for number in (1, 2, 3)])
        self.play(1.0 / RATE_HZ)

    # --- what a test does

    @property
    def t_s(self) -> float:
        """Return the time of the last frame."""
        return self.clock.now_s()

    def play(self, seconds: float, load_kg: float | None = None) -> None:
        """Let frames come: the load shared by all cells."""
        if load_kg is not None:
            self.load_kg = load_kg
        mat = self.mat()
        share_kg = (self.load_kg or 0.0) / len(mat.cells)
        loads_kg = (None if self.load_kg is None else share_kg,) * len(mat.cells)
        weight_kg = 64.0 if self.presence is Presence.LYING else None
        for _ in range(round(seconds * RATE_HZ)):
            self.clock.advance_s(1.0 / RATE_HZ)
            t_s, noise = self.t_s, count(self._observed.frames, 3)
            counts = tuple(
                round(line.tare_counts + share_kg * line.counts_per_kg) + NOISE[next(noise) % 10]
                for line in mat.calibration
            )
            self.step(
                Step(
                    raw=RawFrame(t_s, counts),
                    clean=CleanLoads(t_s, loads_kg),
                    balance=Balance(
                        t_s=t_s, load_kg=self.load_kg, x_kgmm=0.0, y_kgmm=0.0, x_mm=0.0, y_mm=0.0
                    ),
                    motion=Motion(t_s=t_s, presence=self.presence, weight_kg=weight_kg),
                    phase=None,
                    faults=(),
                    cue=None,
                    events=(),
                    window=None,
                    is_blind=self.is_blind,
                )
            )
            self.between(self.firmware)

    def put(self, presence: Presence, load_kg: float | None) -> None:
        """Let somebody or something be on the mat from the next frame on."""
        self.presence, self.load_kg = presence, load_kg
        self.play(1.0 / RATE_HZ)

    def _laid(self, weight_kg: float, x_mm: float, y_mm: float) -> None:
        self.load_kg, self.place_mm = weight_kg, (x_mm, y_mm)

    # --- what a test looks at

    @property
    def subscriptions(self) -> int:
        """Return how many are open."""
        return len(self.steps) + len(self.notifications)

    @property
    def measuring(self) -> str | None:
        """Return what has taken the mat."""
        return self._measuring.holder.what if self._measuring.holder else None

    @property
    def is_restarting(self) -> bool:
        """Return whether the service is to end."""
        return self._restart_s is not None

    def state(self) -> tuple[object, ...]:
        """Return all that a command may change, to be compared."""
        store, recording = self.settings, self.recordings.status
        return (
            store.settings, tuple(store.diff()), store.profiles(), store.profile,
            dict(store.state.calibration), store.state.habits, self.firmware.is_judging,
            tuple(self.outputs.shown), self.is_restarting, recording and recording.name,
            self.lock.word,
        )  # fmt: skip


class Talk:
    """A conversation and every line it has written."""

    def __init__(
        self, folder: Path, config: Path | None = None, *, terminal: ScreenSize | None = None,
        ports: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.control = FakeControl(folder, config, ports=ports)
        self.lines: list[str] = []
        self.conversation = Conversation(
            self.control, self.lines.append, now_s=lambda: self.control.t_s, link="first",
            terminal=terminal,
        )  # fmt: skip

    def another(self, link: str = "second") -> tuple[Conversation, list[str]]:
        """Return another link's conversation, and the lines written on it."""
        lines: list[str] = []
        now_s = self.control.clock.now_s
        return Conversation(self.control, lines.append, now_s=now_s, link=link), lines

    def close(self) -> None:
        """End the conversation, and the recording's thread."""
        self.conversation.close()
        self.control.close()

    def ask(self, line: str) -> list[str]:
        """Give a line; return what was answered at once."""
        before = len(self.lines)
        self.conversation.line(line)
        return self.lines[before:]

    def wait(self, seconds: float, load_kg: float | None = None) -> list[str]:
        """Let frames come and the conversation go on, 20 times a second."""
        before = len(self.lines)
        for _ in range(round(seconds * 20.0)):
            self.control.play(0.05, load_kg)
            self.conversation.poll()
        return self.lines[before:]

    def answers(self) -> list[str]:
        """Return all lines that end a command, in text."""
        return [line for line in self.lines if is_answer(line)]

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
