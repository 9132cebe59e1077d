"""A firmware that goes round in a thread, with the control that consoles act through."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from matfw.control.api import Control
from matfw.errors import MatError
from matfw.messages import RawFrame
from matfw.pipeline import Pipeline
from matfw.recording.background import Recordings
from matfw.service.acquisition import Account
from matfw.service.firmware import Firmware
from matfw.settings.store import SettingsStore
from matfw.virtual.clock import VirtualClock
from matfw.workout.plan import Plan
from tests.control.fake_control import UNSYNCED
from tests.service.loop import Frames, Keeper, Outputs, empty_mat

WAIT_S = 20.0  # the most that a busy computer takes; nothing waits so long


def wait_until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.002)


def recordings_in(folder: Path) -> functools.partial[Recordings]:
    return functools.partial(Recordings, folder / "recordings", "a test")


class Running:
    """A firmware that goes round in a thread, fast, on the same frames over and over."""

    def __init__(self, folder: Path, seconds: float = 4.0) -> None:
        self.store = SettingsStore(None, folder, UNSYNCED)
        self.volumes: list[float] = []
        self.mat = self.store.settings.mat()
        self.clock = VirtualClock()
        self.control = Control(
            self.store, self.mat, self.clock, recordings_in(folder),
            set_volume=self.volumes.append, account=Account, is_virtual=True, can_restart=True,
        )  # fmt: skip
        self.outputs = Outputs()
        self.keeper = Keeper()
        clock = VirtualClock()
        self._stop = threading.Event()
        source = Endless(empty_mat(seconds), clock, self._stop)
        self.firmware = Firmware(
            Pipeline(self.mat, Plan()), source, self.outputs, clock,
            [self.control], between=self.control.between,
        )  # fmt: skip
        self.ended: list[BaseException] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.firmware.run()
        except (KeyboardInterrupt, MatError) as end:
            self.ended.append(end)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(WAIT_S)
        self.control.close()
        assert not self._thread.is_alive()


class Endless(Frames):
    """Gives the frames again and again, later each time; some thousand a second."""

    def __init__(self, frames: list[RawFrame], clock: VirtualClock, stop: threading.Event) -> None:
        super().__init__(frames, clock)
        self._stop = stop
        self._laps = (
            replace(frame, t_s=frame.t_s + lap * (frames[-1].t_s + 1 / 80))
            for lap in count()
            for frame in frames
        )

    def next_frame(self, timeout_s: float) -> RawFrame:  # noqa: ARG002
        if self._stop.is_set():
            raise KeyboardInterrupt
        time.sleep(0.0002)  # lets the other threads have the interpreter
        return next(self._laps)
