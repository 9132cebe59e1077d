"""How late a frame is when the line is done with it: recorded frames at their own pace.

The frames come from an acquisition process as on a mat, but it only waits and sends: what is
measured is the way of a frame, not the emulation of chips. A repetition is refined as by `run`.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import quantiles

from matfw.devices.clock import RealClock
from matfw.messages import Event, Mat, RawFrame, RefinedRep
from matfw.pipeline import Pipeline, Step
from matfw.ports import LoadCells, ReaderStats
from matfw.refinement.windows import RepWindow
from matfw.service.acquisition import Acquisition
from matfw.service.firmware import Firmware
from matfw.service.refiner import ProcessRefiner
from tests.long_run import Silent

SETTLED_S = 2.0  # after the first frame: imports are done, also the refiner's


@dataclass(slots=True)
class Lags:
    """Seconds from a frame's own time until every tap has seen it."""

    all_s: list[float] = field(default_factory=list)
    refining_s: list[float] = field(default_factory=list)


class PacedCells:
    """A reader that gives recorded frames, each when its time has come."""

    def __init__(self, names: Sequence[str], frames: Sequence[RawFrame]) -> None:
        self.names = tuple(names)
        self.stats = ReaderStats()
        self._frames = iter(frames)
        self._ahead_s = 0.0

    def start(self) -> None:
        first = next(self._frames)
        self._ahead_s = time.monotonic() - first.t_s

    def read(self) -> RawFrame:
        frame = next(self._frames)
        t_s = frame.t_s + self._ahead_s
        time.sleep(max(0.0, t_s - time.monotonic()))
        return replace(frame, t_s=t_s)

    def close(self) -> None:
        pass


class WatchedRefiner(ProcessRefiner):
    """The refiner of `run`, which tells when it is at work."""

    is_busy = False

    def _look(self, window: RepWindow, finished_s: float) -> list[RefinedRep]:
        self.is_busy = True
        try:
            return super()._look(window, finished_s)
        finally:
            self.is_busy = False


class Watch:
    """The last tap: it measures."""

    def __init__(self) -> None:
        self.lags = Lags()
        self._refiner: WatchedRefiner | None = None
        self._first_s: float | None = None

    def open_refiner(self) -> WatchedRefiner:
        self._refiner = WatchedRefiner(print)
        return self._refiner

    def step(self, step: Step) -> None:
        t_s = step.raw.t_s
        lag_s = time.monotonic() - t_s
        self._first_s = t_s if self._first_s is None else self._first_s
        if t_s - self._first_s < SETTLED_S:
            return
        self.lags.all_s.append(lag_s)
        if self._refiner is not None and self._refiner.is_busy:
            self.lags.refining_s.append(lag_s)

    def events(self, events: Sequence[Event]) -> None:
        pass


def paced_cells(names: Sequence[str], frames: Sequence[RawFrame]) -> LoadCells:
    """Build the reader; called in the acquisition process."""
    return PacedCells(names, frames)


def measure(mat: Mat, frames: Sequence[RawFrame], seconds: float) -> Lags:
    """Run the firmware on the first seconds of frames, in real time."""
    watch, clock = Watch(), RealClock()
    names = [cell.name for cell in mat.cells]
    acquisition = Acquisition(functools.partial(paced_cells, names, frames))
    firmware = Firmware(
        Pipeline(mat), acquisition, Silent(), clock, [watch], refiner=watch.open_refiner
    )
    first = acquisition.next_frame(acquisition.silence_limit_s)
    assert first is not None
    try:
        firmware.run(first.t_s + seconds)
    finally:
        acquisition.close()
    return watch.lags


def percentile_ms(lags_s: Sequence[float], percent: int) -> float:
    """Return a percentile of lags, milliseconds."""
    return 1e3 * quantiles(lags_s, n=100)[percent - 1]
