"""A mat of the virtual Pi: the kernel's own GPIO lines and real time, and no hands needed.

The tests run inside the machine (`python -m tests.virtual_pi --tests FOLDER` in a checkout brings
them there), on pins as `--mat=real` has them. What a person does to a real mat the kernel module
does to its converters; outputs are read off the edges that it has seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from matfw.devices.indicator import LIGHT_NAMES
from matfw.messages import Cell, CellCalibration
from matfw.testing.asking import BenchPerson
from matfw.testing.bench_file import BenchFile
from matfw.testing.cells import Cells, TestedCell
from matfw.testing.edges import DARKNESS_S, SILENCE_S, heard, seen
from matfw.testing.header import PPM, Header, Wire, frames_of, script_of
from matfw.testing.lifter import Lifter
from matfw.testing.outputs import Buzzer, Heard, Lights
from matfw.testing.real_mat import Hardware, RealMat
from matfw.testing.virtual_mat import OnMat
from matfw.virtual.bench import NOISE_COUNTS, one_each
from matfw.virtual.chip import ChipCounters
from matfw.virtual.defects import (
    CutSck,
    Defect,
    FrozenResult,
    Line,
    Noise,
    OpenBridge,
    OtherRate,
    Reversed,
    StuckDout,
    StuckValue,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SETTLED_S = 0.2  # twelve conversions at 80 a second: what was on before is forgotten


class VmMat(RealMat):
    """The mat fixture of `--mat=vm`."""

    is_virtual = True

    def __init__(
        self,
        bench: BenchFile,
        person: BenchPerson,
        hardware: Hardware,
        header: Header,
        *,
        noise_counts: float = NOISE_COUNTS,
        oscillator_error: float | Sequence[float] = 0.003,
    ) -> None:
        """Wire the cells of the bench to converters of the header; leave out what it has not."""
        super().__init__(bench, person, hardware)
        names = tuple(cell.name for cell in self.config.cells)
        if isinstance(oscillator_error, Sequence):
            one_each("oscillator_error", oscillator_error, names)
            errors = list(oscillator_error)
        else:
            errors = [oscillator_error * (-1) ** n for n in range(len(names))]
        self.header = header
        self._on = OnMat(self.config)
        self._wires = header.wires()
        pins = self.settings.wiring()
        cells: dict[str, VmCell] = {}
        for cell, line, error in zip(
            self.config.cells, self.config.calibration, errors, strict=True
        ):
            wire = (pins[cell.name].dout, pins[cell.name].sck)
            if wire not in self._wires:
                person.cannot(f"the virtual Pi has no converter at the pins {wire} of {cell.name}")
            chip = self._wires.index(wire)
            cells[cell.name] = VmCell(self, cell, line, chip, wire)
            header.control(
                f"set {chip} ppm {round(PPM * error)}",
                f"set {chip} rate_mhz {1000 * self.settings.rate_hz}",
            )
        self.noise_counts = noise_counts
        self._vm_cells = cells
        self.cells = Cells(cells)
        self.clear()
        for vm_cell in cells.values():
            vm_cell.repair()
        self.clock.sleep_s(SETTLED_S)
        header.control("clear")
        outputs = self.output_pins
        self._vm_buzzer = VmBuzzer(header, outputs["buzzer"], self.clock.now_s)
        self._vm_lights = VmLights(header, outputs, self.clock.now_s)

    @property
    def buzzer(self) -> Buzzer:
        """Return what the buzzer has played."""
        return self._vm_buzzer

    @property
    def lights(self) -> Lights:
        """Return what the lights have shown."""
        return self._vm_lights

    def lay(self, weight: str | float, x_mm: float = 0.0, y_mm: float = 0.0) -> None:
        """Lay a weight there, by its name in the bench file or in kg, beside what lies there."""
        self._on.lay(self.bench.kilograms(weight), x_mm, y_mm)
        self.carry_on()

    def clear(self) -> None:
        """Take everything off, people too."""
        self._on.clear()
        self.header.control("stop")
        self.carry_on()

    def load_cell(self, name: str, load_kg: float) -> None:
        """Let a cell alone carry so much more than what lies on the mat."""
        self._on.on_cells_kg[name] = float(load_kg)
        self.carry_on()

    def carry_on(self) -> None:
        """Let each converter measure what its cell carries now."""
        loads_kg = self._on.loads_kg(self.clock.now_s())
        for cell, load_kg in zip(self._vm_cells.values(), loads_kg, strict=True):
            cell.measure(load_kg)

    def let_lie(self, lifter: Lifter) -> float:
        """Let somebody begin their script now; return how long it takes, seconds."""
        trace = lifter.trace(self.config.cells)
        loads_kg = frames_of(trace) + np.array(self._on.loads_kg(self.clock.now_s()))
        chips = [cell.chip for cell in self._vm_cells.values()]
        self.header.play(script_of(loads_kg, self.config.calibration, chips, len(self._wires)))
        return trace.duration_s

    def close(self) -> None:
        """Free the pins, outputs off; the converters whole and empty."""
        super().close()
        self.clear()
        for cell in self._vm_cells.values():
            cell.repair()


class VmCell(TestedCell):
    """A cell with a converter of the kernel module."""

    def __init__(
        self, mat: VmMat, cell: Cell, line: CellCalibration, chip: int, pins: tuple[int, int]
    ) -> None:
        """Take the mat, the cell, its calibration, the converter's number, DOUT and SCK."""
        super().__init__(cell, *pins)
        self._mat = mat
        self._line = line
        self.chip = chip
        self._defects: tuple[Defect, ...] = ()

    @property
    def tare_counts(self) -> float:
        """Return its counts without a load."""
        return self._line.tare_counts

    @property
    def counts_per_kg(self) -> float:
        """Return its gain."""
        return self._line.counts_per_kg

    @property
    def counters(self) -> ChipCounters:
        """Return what has been done to the converter; single pulses are not counted."""
        found = self._mat.header.chips()[self.chip]
        return ChipCounters(
            conversions=found["conversions"], power_downs=found["power_downs"],
            torn=found["torn"], bad_pulse_counts=found["bad_pulse_counts"],
            longest_sck_high_s=1e-9 * found["longest_high_ns"],
        )  # fmt: skip

    @property
    def last_counts(self) -> int:
        """Return the latest result of the converter, read or not."""
        return self._mat.header.chips()[self.chip]["last_counts"]

    def measure(self, load_kg: float) -> None:
        """Let the converter measure so much, as its defects have it."""
        counts = self.counts(load_kg)
        for defect in self._defects:
            match defect:
                case Reversed():
                    counts = -counts
                case StuckValue() | FrozenResult():
                    counts = defect.value
                case _:
                    pass
        self._set("value", counts)

    def load(self, load_kg: float) -> None:
        """Let this cell alone carry so much more than what lies on the mat."""
        self._mat.load_cell(self.name, load_kg)

    def repair(self) -> None:
        """Take everything off that is wrong with it."""
        self._defects = ()
        self._apply()

    def _put(self, defect: Defect, task: str | None) -> None:  # noqa: ARG002
        is_known = isinstance(
            defect,
            CutSck | StuckDout | OpenBridge | Reversed | StuckValue | FrozenResult | OtherRate
            | Noise,
        )  # fmt: skip
        is_off = isinstance(defect, StuckDout) and defect.line is Line.FLOATING
        is_off |= isinstance(defect, OpenBridge) and not defect.is_positive
        if not is_known or is_off:
            self._mat.person.cannot(f"the virtual Pi's converters have no {defect}")
        self._defects += (defect,)
        self._apply()

    def _apply(self) -> None:
        wire, noise = Wire.WHOLE, self._mat.noise_counts
        rate_hz = float(self._mat.settings.rate_hz)
        for defect in self._defects:
            match defect:
                case CutSck():
                    wire |= Wire.SCK_CUT
                case StuckDout(line=Line.LOW):
                    wire |= Wire.DOUT_SHORT
                case StuckDout():
                    wire |= Wire.DOUT_CUT
                case OpenBridge():
                    wire |= Wire.BRIDGE_CUT
                case FrozenResult():
                    noise = 0.0  # the same counts again and again
                case OtherRate():
                    rate_hz = defect.hz
                case Noise():
                    noise = (noise**2 + defect.rms_counts**2) ** 0.5
                case _:
                    pass
        self._set("fault", wire)
        self._set("noise", noise)
        self._set("rate_mhz", 1000.0 * rate_hz)
        self._mat.carry_on()

    def _set(self, key: str, number: float) -> None:
        self._mat.header.control(f"set {self.chip} {key} {round(number)}")

    def _now_s(self) -> float:
        return self._mat.clock.now_s()


class VmBuzzer(Buzzer):
    """The buzzer of the virtual Pi: the edges of its line."""

    def __init__(self, header: Header, line: int, now_s: Callable[[], float]) -> None:
        self._header = header
        self._line = line
        self._now = now_s
        self._from_s = now_s()

    @property
    def is_on(self) -> bool:
        """Return whether it sounds now."""
        edges_s = [edge.at_s for edge in self._header.edges() if edge.line == self._line]
        return bool(edges_s) and self._now() - edges_s[-1] < SILENCE_S

    def forget(self) -> None:
        """Listen from now on."""
        self._from_s = self._now()

    def notes(self) -> list[Heard]:
        """Return the tones in time order, durations to the next 25 ms; the last may go on."""
        return [note for note in heard(self._header.edges(), self._line)
                if note.at_s >= self._from_s]  # fmt: skip


class VmLights(Lights):
    """The lights of the virtual Pi: their brightness is what share of the time a line was high."""

    def __init__(self, header: Header, lines: dict[str, int], now_s: Callable[[], float]) -> None:
        self._header = header
        self._lines = {name: lines[name] for name in LIGHT_NAMES}
        self._now = now_s
        self._from_s = now_s()

    @property
    def _pins(self) -> dict[str, SimpleNamespace]:  # type: ignore[override]  # looked at each time
        edges, now_s = self._header.edges(), self._now()
        pins = {}
        for name, line in self._lines.items():
            changes: deque[tuple[float, float, None]] = deque([(self._from_s, 0.0, None)])
            for lit in seen(edges, line, now_s):
                if lit.until_s > self._from_s:
                    changes.append((max(lit.from_s, self._from_s), lit.brightness, None))
                    changes.append((lit.until_s, 0.0, None))
            is_on = len(changes) > 1 and now_s - changes[-1][0] < DARKNESS_S
            pins[name] = SimpleNamespace(changes=changes, duty=changes[-2][1] if is_on else 0.0)
        return pins

    def forget(self) -> None:
        """Look from now on."""
        self._from_s = self._now()
