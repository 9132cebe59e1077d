"""A real mat on a Raspberry Pi's pins, behind the same words as the virtual one.

What a test can do to a virtual mat by itself a person does here: cut a wire, lay a weight, lie
down. What no person can do on demand (noise, drift) skips the test and says why.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from gpiozero import Factory

from matfw.cli.hardware import build_real_cells, configured_chip, real_factory
from matfw.devices.all_off import all_off
from matfw.devices.clock import RealClock
from matfw.devices.gpio import LgpioGroup, find_chip, load_lgpio
from matfw.devices.indicator import LIGHT_NAMES
from matfw.messages import Cell, CellCalibration, Cue, cue_named
from matfw.ports import GpioGroup, LoadCells
from matfw.service.firmware import Refiner
from matfw.service.refiner import ProcessRefiner
from matfw.settings.model import Settings
from matfw.testing.asking import BenchPerson
from matfw.testing.bench_file import BenchFile
from matfw.testing.cells import Cells, TestedCell
from matfw.testing.lifter import Lifter
from matfw.testing.mat import MatUnderTest
from matfw.testing.outputs import Buzzer, Heard, Lights, Seen
from matfw.testing.virtual_mat import open_devices
from matfw.virtual.defects import Defect


class Hardware(Protocol):
    """What a computer with pins gives."""

    def factory(self) -> Factory:
        """Return gpiozero's pins. Raises MatGpioError."""
        ...

    def lines(self, clock_pins: list[int], data_pins: list[int]) -> GpioGroup:
        """Claim the converters' lines. Raises MatGpioError."""
        ...

    def reader(self) -> LoadCells:
        """Claim the converters' lines for the reader of the settings. Raises MatGpioError."""
        ...


class PiHardware:
    """The pins of this computer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def factory(self) -> Factory:
        """Return gpiozero's pins."""
        return real_factory(self._settings)

    def lines(self, clock_pins: list[int], data_pins: list[int]) -> GpioGroup:
        """Claim the converters' lines."""
        lgpio = load_lgpio()
        chip = find_chip(lgpio, configured_chip(self._settings))
        return LgpioGroup(lgpio, chip, list(dict.fromkeys(clock_pins)), data_pins)

    def reader(self) -> LoadCells:
        """Claim the converters' lines for the configured reader."""
        return build_real_cells(self._settings)


EDGES_OVER_S = 0.02


class RealMat(MatUnderTest):
    """The mat fixture of `--mat=real`. Raises MatGpioError where there are no pins."""

    is_virtual = False
    is_on_virtual_time = False

    def __init__(self, bench: BenchFile, person: BenchPerson, hardware: Hardware) -> None:
        """Claim nothing but the pins' chip; outputs are driven low first."""
        super().__init__(bench)
        self.clock = RealClock()
        self.person = person
        self._hardware = hardware
        self.factory = hardware.factory()
        self._opened.callback(self._free)
        self._wrong: list[str] = []
        self._has_claimed = False  # the converters' lines, past gpiozero
        pins = self.settings.wiring()
        self.cells = Cells(
            {
                cell.name: RealCell(self, cell, line, (pins[cell.name].dout, pins[cell.name].sck))
                for cell, line in zip(self.config.cells, self.config.calibration, strict=True)
            }
        )
        self._buzzer, self._lights = AskedBuzzer(person), AskedLights(person)

    @property
    def buzzer(self) -> Buzzer:
        """Return what the person at the bench has heard."""
        return self._buzzer

    @property
    def lights(self) -> Lights:
        """Return what the person at the bench has seen."""
        return self._lights

    def lines(self) -> GpioGroup:
        """Claim all clocks and all data lines as a group each; given back with the mat."""
        self._has_claimed = True
        group = self._hardware.lines(self.clock_pins, self.data_pins)
        self._opened.callback(group.close)
        return group

    def reader(self) -> LoadCells:
        """Return the reader that the settings ask for; given back with the mat."""
        self._has_claimed = True
        reader = self._hardware.reader()
        self._opened.callback(reader.close)
        return reader

    def lay(self, weight: str | float, x_mm: float = 0.0, y_mm: float = 0.0) -> None:
        """Have a weight laid."""
        load_kg = self.bench.kilograms(weight)
        what = f"{weight} ({load_kg:g} kg)" if isinstance(weight, str) else f"{load_kg:g} kg"
        self.person.do(
            f"lay {what} on the mat, {x_mm:g} mm from its centre to the foot end and {y_mm:g} mm to"
            " the left"
        )

    def clear(self) -> None:
        """Have everything taken off."""
        self.person.do("take everything off the mat")

    def let_lie(self, lifter: Lifter) -> float:
        """Have somebody begin the script; return how long the virtual person takes for it."""
        self.person.do(f"be ready, and begin when Enter is pressed: {lifter.task()}")
        plan = lifter.plan()
        return plan.empty_s + plan.get_on_s + plan.lying_s + plan.get_up_s + plan.empty_s

    def put(self, task: str) -> None:
        """Have something done to the mat that is to be undone afterwards."""
        self.person.do(task)
        self._wrong.append(task)

    def repair(self, task: str) -> None:
        """Have the wires of a cell put right."""
        self.person.do(task)
        self._wrong.clear()

    def close(self) -> None:
        """Free the pins, outputs off; then have the mat put right again, if it was not."""
        super().close()
        if self._wrong:
            tasks, self._wrong = self._wrong, []
            self.person.do(f"undo what was done to the mat: {'; '.join(tasks)}")

    def _refiner(self) -> Callable[[], Refiner]:
        return partial(ProcessRefiner, print)

    def _free(self) -> None:
        """Free every pin, outputs and clocks low before."""
        for device in open_devices(self.factory):
            device.close()
        # Edges that are still on their way end lgpio's thread of callbacks, for whoever comes next
        # too, if they find the chip closed.
        for pin in self.factory.pins.values():
            pin.when_changed = None
        self.clock.sleep_s(EDGES_OVER_S)
        if not self.factory.pins and not self._has_claimed:
            self.factory.close()  # a matfw that runs by itself may have the pins
            return
        try:
            all_off(self.factory, [*self.output_pins.values(), *dict.fromkeys(self.clock_pins)])
        finally:
            self.factory.close()


class RealCell(TestedCell):
    """A cell with a real converter."""

    def __init__(
        self, mat: RealMat, cell: Cell, line: CellCalibration, pins: tuple[int, int]
    ) -> None:
        """Take the mat, the cell, its calibration, DOUT and SCK."""
        super().__init__(cell, *pins)
        self._mat = mat
        self._line = line

    @property
    def tare_counts(self) -> float:
        """Return its counts without a load."""
        return self._line.tare_counts

    @property
    def counts_per_kg(self) -> float:
        """Return its gain."""
        return self._line.counts_per_kg

    def load(self, load_kg: float) -> None:
        """Have this cell loaded."""
        self._mat.person.do(f"lay {load_kg:g} kg on {self.name}, over the cell itself")

    def repair(self) -> None:
        """Have its wires put right."""
        self._mat.repair(
            f"put all wires of {self.name} right: DOUT on GPIO{self.dout}, SCK on GPIO{self.sck}"
        )

    def _put(self, defect: Defect, task: str | None) -> None:
        if task is None:
            self._mat.person.cannot(
                f"nobody can give {self.name} a {type(defect).__name__} on real hardware"
            )
        self._mat.put(task)

    def _now_s(self) -> float:
        return self._mat.clock.now_s()


class AskedBuzzer(Buzzer):
    """The buzzer of a real mat: a person says what it played. Notes cannot be asked for."""

    def __init__(self, person: BenchPerson) -> None:
        self._person = person

    @property
    def is_on(self) -> bool:
        """Ask whether it sounds now."""
        return self._person.confirm("does the buzzer sound now")

    def forget(self) -> None:
        """Nothing: a person was asked about what came last."""

    def notes(self) -> list[Heard]:
        """Leave the test out: nobody hears durations to 25 ms."""
        self._person.cannot("a person cannot write down the buzzer's notes: ask for cues()")

    def cues(self) -> list[Cue]:
        """Ask which cues were heard; `matfw sounds` teaches them."""
        words = self._person.choose("which cues were heard, by name, in their order")
        return [cue_named(word) for word in words.replace(",", " ").split()]


class AskedLights(Lights):
    """The lights of a real mat: a person says what they show."""

    def __init__(self, person: BenchPerson) -> None:
        self._person = person

    @property
    def now(self) -> tuple[float, ...]:
        """Ask which lights are on now: 0 or 1 each."""
        return tuple(
            float(self._person.confirm(f"is the {name} light on now")) for name in LIGHT_NAMES
        )

    def forget(self) -> None:
        """Nothing: a person was asked about what came last."""

    def steps(self) -> list[Seen]:
        """Leave the test out: nobody writes them down."""
        self._person.cannot("a person cannot write down the lights' steps: ask for `now`")

    def drawn(self, grain_s: float = 0.1) -> str:  # noqa: ARG002
        """Leave the test out: nobody draws them."""
        self._person.cannot("a person cannot draw the lights: ask for `now`")
