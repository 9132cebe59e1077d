"""A mat of virtual converters: every cell, wire, weight and person at the test's word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

import numpy as np
from gpiozero import Factory

from matfw.devices.adafruit import AdafruitReader
from matfw.devices.adafruit_driver import open_lines
from matfw.devices.clock import RealClock
from matfw.devices.indicator import LIGHT_NAMES
from matfw.devices.parallel import ParallelReader
from matfw.errors import MatSettingsError
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import Mat
from matfw.ports import LoadCells
from matfw.service.firmware import Refiner
from matfw.service.refiner import InlineRefiner, ProcessRefiner
from matfw.testing.bench_file import BenchFile
from matfw.testing.cells import Cells, VirtualCell
from matfw.testing.lifter import Lifter
from matfw.testing.mat import MatUnderTest
from matfw.testing.outputs import Buzzer, Lights, RecordedPin
from matfw.testing.virtual_time import on_virtual_time
from matfw.virtual.bench import NOISE_COUNTS, VirtualBench, one_each
from matfw.virtual.clock import VirtualClock
from matfw.virtual.deck import Deck
from matfw.virtual.lines import VirtualGpio
from matfw.virtual.pins import BenchFactory
from matfw.virtual.trace import Trace

START_S = 1000.0  # of virtual time: nobody may take it for the time since the start
POWERED_S = 0.4  # before the test begins: the converters' settling at 10 samples a second
TIMES = ("virtual", "real")

LoadsKg = Callable[[float], Sequence[float]]  # of each cell in the mat's order, at a time


class OnMat:
    """What lies on a mat: weights, loads on single cells, a person who moves."""

    def __init__(self, mat: Mat) -> None:
        self._names = [cell.name for cell in mat.cells]
        self._deck = Deck.for_layout(mat.cells)
        self._laid: list[tuple[float, float, float]] = []  # kg, mm, mm
        self._still_kg = [0.0] * len(self._names)
        self._trace: tuple[Trace, float] | None = None
        self._more_kg: LoadsKg | None = None
        self.on_cells_kg: dict[str, float] = {}  # by name, beside all else

    def lay(self, load_kg: float, x_mm: float, y_mm: float) -> None:
        """Lay a weight beside what lies there."""
        self._laid.append((load_kg, x_mm, y_mm))
        kg, x, y = np.array(self._laid).T
        found = self._deck.loads_kg(x, y, kg[None, :] * GRAVITY_M_S2)
        self._still_kg = found[0].tolist()

    def let_lie(self, trace: Trace, from_s: float) -> None:
        """Let somebody begin to do their session."""
        self._trace = (trace, from_s)

    def carry(self, loads_kg: LoadsKg) -> None:
        """Let each cell carry a function of the time, beside all else."""
        self._more_kg = loads_kg

    def clear(self) -> None:
        """Take everything off, people too."""
        self._more_kg = None
        self._laid.clear()
        self.on_cells_kg.clear()
        self._still_kg = [0.0] * len(self._names)
        self._trace = None

    def loads_kg(self, t_s: float) -> Sequence[float]:
        """Return what each cell carries."""
        loads_kg = self._still_kg
        if self._trace is not None:
            trace, from_s = self._trace
            moved_kg = trace.loads_at(t_s - from_s)
            loads_kg = [a + b for a, b in zip(loads_kg, moved_kg, strict=True)]
        if self._more_kg is not None:
            more_kg = self._more_kg(t_s)
            loads_kg = [a + b for a, b in zip(loads_kg, more_kg, strict=True)]
        if self.on_cells_kg:
            own = self.on_cells_kg
            loads_kg = [a + own.get(b, 0.0) for a, b in zip(loads_kg, self._names, strict=True)]
        return loads_kg


class VirtualMat(MatUnderTest):
    """The mat fixture of `--mat=virtual`.

    time: `virtual`: it moves by GPIO calls and by sleeping in the test's own thread, `time.sleep`,
    `Event.wait` and `Queue.get` of the code under test included (virtual_time.py); or `real`: chips
    convert in real time, and gpiozero's events come from a thread, as from lgpio.
    seed, noise_counts, oscillator_error, tears: see `VirtualBench`. Raises MatSettingsError.
    """

    is_virtual = True

    def __init__(
        self,
        bench: BenchFile | None = None,
        *,
        time: str = "virtual",
        seed: int = 1,
        noise_counts: float = NOISE_COUNTS,
        oscillator_error: float | Sequence[float] = 0.003,
        tears: bool = False,
    ) -> None:
        """Build it and switch it on; the converters have settled."""
        if time not in TIMES:
            raise MatSettingsError(f"time must be one of {', '.join(TIMES)} (got {time!r})")
        super().__init__(bench or BenchFile())
        self.is_on_virtual_time = time == "virtual"
        self.clock = VirtualClock(START_S) if self.is_on_virtual_time else RealClock()
        self._on = OnMat(self.config)
        self.bench_chips = VirtualBench(
            self.config, self._on.loads_kg, self.clock, seed=seed, noise_counts=noise_counts,
            oscillator_error=oscillator_error, tears=tears,
        )  # fmt: skip
        self._opened.callback(self.bench_chips.close)
        pins = self.settings.wiring()
        self.cells = Cells(
            {
                cell.name: VirtualCell(
                    self.bench_chips, cell, (line.tare_counts, line.counts_per_kg),
                    (pins[cell.name].dout, pins[cell.name].sck), self._on.on_cells_kg,
                )
                for cell, line in zip(self.config.cells, self.config.calibration, strict=True)
            }
        )  # fmt: skip
        self.factory = BenchFactory(self.clock)
        self._opened.callback(_free, self.factory)
        self.bench_chips.wire(self.data_pins, self.clock_pins, factory=self.factory)
        outputs = {
            name: self.factory.pin(pin, pin_class=RecordedPin, now_s=self.clock.now_s)
            for name, pin in self.output_pins.items()
        }
        self._buzzer = Buzzer(outputs["buzzer"], self.clock.now_s)
        self._lights = Lights({name: outputs[name] for name in LIGHT_NAMES}, self.clock.now_s)
        self.clock.sleep_s(POWERED_S)
        if isinstance(self.clock, VirtualClock):
            self._opened.enter_context(on_virtual_time(self.clock))

    @property
    def buzzer(self) -> Buzzer:
        """Return what the buzzer has played."""
        return self._buzzer

    @property
    def lights(self) -> Lights:
        """Return what the lights have shown."""
        return self._lights

    def lines(self) -> VirtualGpio:
        """Return all clocks and all data lines as a group each; closed with the mat."""
        group = self.bench_chips.lines(is_sck_shared=self.settings.shared_sck)
        self._opened.callback(group.close)
        return group

    def reader(self) -> LoadCells:
        """Return the reader that the settings ask for."""
        names, rate_hz = tuple(self.cells), float(self.settings.rate_hz)
        if self.settings.reader == "adafruit":
            lines = open_lines(self.factory, self.data_pins, self.clock_pins)
            return AdafruitReader(names, *lines, self.clock, rate_hz=rate_hz)
        return ParallelReader(
            names, self.lines(), self.clock, rate_hz=rate_hz,
            is_sck_shared=self.settings.shared_sck,
        )  # fmt: skip

    def lay(self, weight: str | float, x_mm: float = 0.0, y_mm: float = 0.0) -> None:
        """Lay a weight there, by its name in the bench file or in kg, beside what lies there."""
        self._on.lay(self.bench.kilograms(weight), x_mm, y_mm)

    def carry(self, loads_kg: LoadsKg) -> None:
        """Let each cell carry a function of `clock`'s seconds, in kg, beside all else."""
        one_each("what loads_kg returns", loads_kg(self.clock.now_s()), tuple(self.cells))
        self._on.carry(loads_kg)

    def clear(self) -> None:
        """Take everything off."""
        self._on.clear()

    def let_lie(self, lifter: Lifter) -> float:
        """Let somebody begin their script now; return how long it takes, seconds."""
        trace = lifter.trace(self.config.cells)
        self._on.let_lie(trace, self.clock.now_s())
        return trace.duration_s

    def _refiner(self) -> Callable[[], Refiner]:
        return InlineRefiner if self.is_on_virtual_time else partial(ProcessRefiner, print)


def _free(factory: Factory) -> None:
    """Close every device that a driver has left open, then the pins; nothing keeps another back."""
    with ExitStack() as all_of_them:
        all_of_them.callback(factory.close)
        for device in open_devices(factory):
            all_of_them.callback(device.close)


def open_devices(factory: Factory) -> list[Factory]:
    """Return gpiozero's devices that hold a pin of this factory."""
    found = [ref() for refs in factory._reservations.values() for ref in tuple(refs)]
    return list(dict.fromkeys(device for device in found if device is not None))
