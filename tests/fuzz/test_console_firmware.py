"""Whatever comes to a console, the whole firmware goes on: virtual chips in real time, 9 s."""

from __future__ import annotations

import functools
import gc
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from matfw.console.conversation import Conversation
from matfw.control.api import Control
from matfw.messages import Event
from matfw.pipeline import Pipeline, Step
from matfw.recording.background import Recordings
from matfw.service.acquisition import Acquisition
from matfw.service.firmware import Firmware
from matfw.settings.store import SettingsStore
from tests.control.fake_control import is_answer
from tests.fuzz.console_lines import lines
from tests.real_time_mat import cells_in_real_time
from tests.service.loop import Outputs

SETTLED_S, QUIET_S, NOISY_S = 1.0, 3.0, 5.0
RATE_HZ = 80.0
OTHERS_SHARE = 0.05  # of frames that a busy computer may cost more in one half than in the other
KEPT_BYTES = 256 * 1024  # by the console's modules, of all that they ever made
MIN_LINES = 300  # or it has not been much of a test
CONSOLE = tuple(
    tracemalloc.Filter(True, f"*/matfw/{path}")
    for path in (
        "console/*",
        "control/*",
    )
)


class Times:
    """The tap that notes when each frame was taken, and begins the noise after a while."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self.quiet_s: list[float] = []
        self.noisy_s: list[float] = []
        self._begin = begin
        self._first_s: float | None = None

    def step(self, step: Step) -> None:
        t_s = step.raw.t_s
        self._first_s = t_s if self._first_s is None else self._first_s
        since_s = t_s - self._first_s
        if since_s < SETTLED_S:
            return
        if since_s < SETTLED_S + QUIET_S:
            self.quiet_s.append(t_s)
            return
        if not self.noisy_s:
            self._begin()
        self.noisy_s.append(t_s)

    def events(self, events: Sequence[Event]) -> None:
        pass


def late_share(times_s: Sequence[float]) -> float:
    """Return which share of frames came more than two periods after the one before."""
    gaps_s = [b - a for a, b in pairwise(times_s)]
    return sum(gap_s > 2.0 / RATE_HZ for gap_s in gaps_s) / len(gaps_s)


class Noise(threading.Thread):
    """A far end that never stops talking."""

    def __init__(self, control: Control, seed: int) -> None:
        super().__init__(daemon=True)
        self._ending = threading.Event()
        self._lines = lines(10_000_000, seed)
        self.conversation = Conversation(control, self._say, now_s=time.monotonic)
        self.asked = self.answered = 0
        self.failed: list[str] = []

    def _say(self, line: str) -> None:
        self.answered += is_answer(line) or '"ok":' in line
        if "E599" in line:
            self.failed.append(line)

    def run(self) -> None:
        for number, line in enumerate(self._lines):
            if self._ending.is_set():
                break
            self.asked += not self.conversation.is_asking and bool(line.strip())
            self.conversation.line(line)
            if number % 20 == 0:
                self.conversation.poll()
            if number % 101 == 0:
                self.conversation.interrupt()
            time.sleep(0.0005)  # a link's line at 115200 baud takes longer
        for _ in range(2):
            self.conversation.interrupt()
        self.conversation.close()

    def end(self) -> None:
        """End it. Calling it twice is allowed."""
        self._ending.set()
        self.join(10.0)
        assert not self.is_alive()


class Monotonic:
    """Fits Clock."""

    def now_s(self) -> float:
        return time.monotonic()

    def sleep_s(self, duration_s: float) -> None:
        time.sleep(max(0.0, duration_s))


@pytest.mark.timeout(120)
def test_two_far_ends_that_talk_nonsense_cost_no_sample_and_no_memory(tmp_path: Path) -> None:
    """Where the computer is busy with others, frames are late without a console too."""
    store = SettingsStore(None, tmp_path)
    mat = store.settings.mat()
    acquisition = Acquisition(functools.partial(cells_in_real_time, mat))
    clock = Monotonic()
    control = Control(
        store, mat, clock,
        functools.partial(Recordings, tmp_path / "recordings", "a test"), set_volume=lambda _: None,
        account=lambda: acquisition.account, is_virtual=True,
    )  # fmt: skip
    talkers = [Noise(control, seed) for seed in (1, 2)]

    def begin() -> None:
        tracemalloc.start()
        for talker in talkers:
            talker.start()

    times = Times(begin)
    firmware = Firmware(
        Pipeline(mat), acquisition, Outputs(), clock, [control, times], between=control.between
    )
    try:
        firmware.run(clock.now_s() + 3.0 + SETTLED_S + QUIET_S + NOISY_S)  # 3 s: the start
        for talker in talkers:
            talker.end()
        gc.collect()
        kept = tracemalloc.take_snapshot().filter_traces(CONSOLE).statistics("filename")
    finally:
        control.close()
        for talker in talkers:
            talker.end()
        acquisition.close()
        tracemalloc.stop()
    for talker in talkers:
        assert talker.failed == []
        assert talker.answered == talker.asked > MIN_LINES
    assert acquisition.account.dropped == 0
    assert late_share(times.noisy_s) <= late_share(times.quiet_s) + OTHERS_SHARE
    assert sum(file.size for file in kept) < KEPT_BYTES
