"""Readers on virtual converters, as the tests and the benchmark put them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from matfw.devices.adafruit import AdafruitReader
from matfw.devices.adafruit_driver import open_lines
from matfw.devices.parallel import ParallelReader
from matfw.messages import Cell, CellCalibration, Mat
from matfw.ports import Clock, LoadCells
from matfw.virtual.bench import CALL_COST_S, VirtualBench
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import Defect
from matfw.virtual.lines import VirtualGpio
from matfw.virtual.pins import PinCalls

DATA_PINS = (5, 6, 13, 19, 26, 22, 23, 24)
CLOCK_PINS = (12, 16, 20, 21, 25, 17, 27, 4)
READERS = ("own_sck", "shared_sck", "adafruit")


def counting_mat(cells: int = 4, rate_hz: float = 80.0) -> Mat:
    """Return a mat whose kilograms are counts, so that loads are exact."""
    return Mat(
        "test",
        tuple(Cell(f"cell_{chr(97 + i)}", 0.0, 0.0) for i in range(cells)),
        (CellCalibration(tare_counts=0.0, counts_per_kg=1.0),) * cells,
        rate_hz=rate_hz,
    )


@dataclass
class Rig:
    """A reader on virtual converters."""

    bench: VirtualBench
    clock: Clock
    reader: LoadCells
    lines: VirtualGpio | None
    pins: PinCalls | None
    longest_read_s: float = 0.0
    frames: list[tuple[int | None, ...]] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """Return the GPIO calls so far."""
        if self.lines is not None:
            return self.lines.calls
        assert self.pins is not None
        return self.pins.calls

    def run(self, frames: int) -> list[tuple[int | None, ...]]:
        """Read frames; return their counts."""
        counts = []
        for _ in range(frames):
            before_s = self.clock.now_s()
            counts.append(self.reader.read().counts)
            self.longest_read_s = max(self.longest_read_s, self.clock.now_s() - before_s)
        self.frames += counts
        return counts

    def wrong(self, want: Sequence[int]) -> int:
        """Return how many values of all frames read so far are there and are not as they ought."""
        return sum(
            value is not None and value != right
            for frame in self.frames
            for value, right in zip(frame, want, strict=True)
        )


def build(
    kind: str,
    counts: Callable[[float], Sequence[float]] | Sequence[float],
    *,
    rate_hz: float = 80.0,
    clock: Clock | None = None,
    seed: int = 1,
    oscillator_error: float | Sequence[float] = 0.003,
    defects: Mapping[str, Sequence[Defect]] | None = None,
    stall_s: Callable[[int], float] | None = None,
    call_cost_s: float = CALL_COST_S,
    is_ready_while_settling: bool = False,
    tears: bool = False,
) -> Rig:
    """Return a started reader of the given kind; counts are each cell's own, or of the time."""
    signal = counts if callable(counts) else _constant(counts)
    mat = counting_mat(len(signal(0.0)), rate_hz)
    clock = VirtualClock(1000.0) if clock is None else clock
    bench = VirtualBench(
        mat,
        signal,
        clock,
        seed=seed,
        oscillator_error=oscillator_error,
        noise_counts=0.0,
        defects=defects,
        call_cost_s=call_cost_s,
        is_ready_while_settling=is_ready_while_settling,
        tears=tears,
    )
    names = [cell.name for cell in mat.cells]
    lines = pins = None
    reader: LoadCells
    if kind == "adafruit":
        data, sck = DATA_PINS[: len(names)], CLOCK_PINS[: len(names)]
        factory, pins = bench.wire(data, sck, stall_s=stall_s)
        reader = AdafruitReader(names, *open_lines(factory, data, sck), clock, rate_hz=rate_hz)
    else:
        is_shared = kind == "shared_sck"
        lines = bench.lines(is_sck_shared=is_shared, stall_s=stall_s)
        reader = ParallelReader(names, lines, clock, rate_hz=rate_hz, is_sck_shared=is_shared)
    rig = Rig(bench, clock, reader, lines, pins)
    reader.start()
    return rig


def _constant(counts: Sequence[float]) -> Callable[[float], Sequence[float]]:
    return lambda _t_s: counts
