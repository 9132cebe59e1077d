"""The whole firmware on virtual chips that convert in real time: `python -m tests.real_time_mat`.

A process of its own, so that consoles, line and cells compete for one computer as they would on a
mat. It runs until SIGTERM and then prints one JSON object: what a console must not cost.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.cli.consoles import ConsolePlan, consoles
from matfw.cli.hardware import virtual_trace
from matfw.cli.signals import stoppable
from matfw.devices.clock import RealClock
from matfw.devices.indicator import GpiozeroIndicator
from matfw.devices.parallel import ParallelReader
from matfw.messages import Event, Mat, Side
from matfw.pipeline import Pipeline, Step
from matfw.ports import LoadCells
from matfw.service.acquisition import Acquisition
from matfw.service.firmware import Firmware
from matfw.service.refiner import ProcessRefiner
from matfw.settings.plans import NO_PLAN
from matfw.settings.store import SettingsStore
from matfw.virtual.bench import VirtualBench
from matfw.workout.plan import Plan

# A sample that is missed makes a gap of two periods of the chips' own, which are up to 1 % longer
# than nominal, and a read begins up to 0.05 periods late: this is the next whole number of periods.
GAP_PERIODS = 2.5
SETTLED_S = 1.0  # after the first frame: converters settle, imports are done


@dataclass(slots=True)
class Cost:
    """What the frames were like, after SETTLED_S. gap: between two frames; lag: until the line."""

    frames: int = 0
    seconds: float = 0.0
    longest_gap_periods: float = 0.0
    gaps_over_2_periods: int = 0
    longest_lag_s: float = 0.0
    lags_over_50_ms: int = 0
    dropped: int = 0
    bad_frames: int = 0
    memory_first_mb: float = 0.0
    memory_last_mb: float = 0.0


class Watch:
    """The tap that measures."""

    def __init__(self, period_s: float) -> None:
        self.cost = Cost()
        self._period_s = period_s
        self._first_s: float | None = None
        self._last_s = 0.0
        self._clock = RealClock()

    def step(self, step: Step) -> None:
        t_s = step.raw.t_s
        if self._first_s is None:
            self._first_s = t_s
        if t_s - self._first_s >= SETTLED_S:
            self._note(step, t_s)
        self._last_s = t_s

    def events(self, events: Sequence[Event]) -> None:
        pass

    def _note(self, step: Step, t_s: float) -> None:
        cost, gap_s, lag_s = self.cost, t_s - self._last_s, self._clock.now_s() - t_s
        if not cost.frames:
            cost.memory_first_mb = memory_mb()
        cost.frames += 1
        cost.seconds += gap_s
        cost.longest_gap_periods = max(cost.longest_gap_periods, gap_s / self._period_s)
        cost.gaps_over_2_periods += gap_s > GAP_PERIODS * self._period_s
        cost.longest_lag_s = max(cost.longest_lag_s, lag_s)
        cost.lags_over_50_ms += lag_s > 0.05
        cost.bad_frames += None in step.raw.counts


def memory_mb() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def cells_in_real_time(mat: Mat) -> LoadCells:
    """Return the default reader on converters that take their own, real time."""
    trace = virtual_trace("faults", mat.layout, Side.LEFT)
    end_s = trace.duration_s
    bench = VirtualBench(mat, lambda t_s: trace.loads_at(t_s % end_s), RealClock(), seed=7)
    names = tuple(cell.name for cell in mat.cells)
    return ParallelReader(names, bench.lines(), RealClock(), rate_hz=mat.rate_hz)


def main() -> None:
    """Run; the ports and the state's folder are the arguments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--console", action="append", default=[])
    options = parser.parse_args()
    store = SettingsStore(None, options.state)
    mat = store.settings.mat(store.state)
    watch = Watch(1.0 / mat.rate_hz)
    acquisition = Acquisition(functools.partial(cells_in_real_time, mat))
    outputs = store.settings.outputs
    plan = ConsolePlan(store, options.state, options.console, NO_PLAN)

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with (
        GpiozeroIndicator(
            MockFactory(pin_class=MockPWMPin), outputs.buzzer_pin, *outputs.strips()
        ) as indicator,
        consoles(plan, mat, indicator, acquisition, say, is_virtual=True) as control,
    ):
        firmware = Firmware(
            Pipeline(mat, Plan(15, 3, 45.0)), acquisition, indicator, RealClock(), [control, watch],
            refiner=functools.partial(ProcessRefiner, say),
            between=control.between, on_first_frame=lambda: say("first frame"),
        )  # fmt: skip
        try:
            with stoppable():
                firmware.run()
        except KeyboardInterrupt:
            pass
        finally:
            acquisition.close()
    watch.cost.dropped = acquisition.account.dropped
    watch.cost.memory_last_mb = memory_mb()
    print(msgspec.json.encode(asdict(watch.cost)).decode())


if __name__ == "__main__":
    # By its own name, or the acquisition process could not find the builder that it is handed.
    from tests.real_time_mat import main as main_by_name

    main_by_name()
