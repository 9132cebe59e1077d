"""A cell of the mat under test: its pins, and what can be done to it and its wires.

Each verb is one row: the defect that the virtual bench puts on, and what a person does to a real
mat. What nobody can do to a real cell on demand (noise, drift) is virtual alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

from matfw.errors import MatUsageError
from matfw.messages import Cell
from matfw.virtual.bench import VirtualBench
from matfw.virtual.chip import ChipCounters, Hx711Chip
from matfw.virtual.defects import (
    CutSck,
    Defect,
    Drift,
    FrozenResult,
    Line,
    MainsHum,
    Noise,
    OpenBridge,
    OtherRate,
    Reversed,
    Spikes,
    StuckDout,
    StuckValue,
    SwappedPins,
    WrongGain,
)


class TestedCell(ABC):
    """One cell with its converter. Defects last from now until `repair`."""

    __test__ = False  # for pytest: no class of tests

    def __init__(self, cell: Cell, dout: int, sck: int) -> None:
        self.cell = cell
        self.dout = dout  # BCM number
        self.sck = sck

    @property
    def name(self) -> str:
        """Return its name, as in head_left."""
        return self.cell.name

    def cut_sck(self) -> None:
        """Take the clock wire off: the latest result stays on DOUT and is never fetched."""
        self._put(CutSck(), f"pull the SCK wire of {self.name} off GPIO{self.sck}")

    def cut_dout(self) -> None:
        """Take the data wire off: the pull-up holds it high, as without power."""
        self._put(
            StuckDout(line=Line.HIGH), f"pull the DOUT wire of {self.name} off GPIO{self.dout}"
        )

    def cut_supply(self) -> None:
        """Take VCC off the converter: its data wire stays high."""
        self._put(StuckDout(line=Line.HIGH), f"pull the VCC wire of {self.name}'s converter")

    def short_dout(self) -> None:
        """Let the data wire touch ground."""
        self._put(StuckDout(line=Line.LOW), f"connect DOUT of {self.name} (GPIO{self.dout}) to GND")

    def float_dout(self) -> None:
        """Take the data wire off where no pull holds it: random bits."""
        self._put(StuckDout(line=Line.FLOATING), None)

    def swap_pins(self) -> None:
        """Exchange DOUT and SCK."""
        self._put(SwappedPins(), f"exchange the DOUT and SCK wires of {self.name}")

    def cut_bridge(self, *, is_positive: bool = True) -> None:
        """Take a wire of the bridge off: the amplifier goes to a rail."""
        wire = "A-" if is_positive else "A+"
        self._put(
            OpenBridge(is_positive=is_positive), f"pull the {wire} wire of {self.name}'s converter"
        )

    def reverse_bridge(self) -> None:
        """Exchange A+ and A-: a load reads negative."""
        self._put(Reversed(), f"exchange the A+ and A- wires of {self.name}'s converter")

    def jam(self, load_kg: float = 0.0) -> None:
        """Let the cell carry always the same; its converter's noise goes on."""
        self._put(StuckValue(value=self.counts(load_kg)), None)

    def freeze(self, load_kg: float = 0.0) -> None:
        """Let the converter give the very same counts again and again."""
        self._put(FrozenResult(value=self.counts(load_kg)), None)

    def drift(self, g_per_s: float) -> None:
        """Let its zero wander from now on."""
        self._put(
            Drift(counts_per_s=1e-3 * g_per_s * self.counts_per_kg, from_s=self._now_s()), None
        )

    def add_spikes(self, load_kg: float, probability: float = 0.01) -> None:
        """Let single conversions be far off, either way."""
        self._put(
            Spikes(size_counts=load_kg * abs(self.counts_per_kg), probability=probability), None
        )

    def add_noise(self, rms_g: float) -> None:
        """Add noise to this cell."""
        self._put(Noise(rms_counts=1e-3 * rms_g * abs(self.counts_per_kg)), None)

    def add_hum(self, amplitude_g: float, mains_hz: float = 50.0) -> None:
        """Let the bridge's wires pick the mains up."""
        counts = 1e-3 * amplitude_g * abs(self.counts_per_kg)
        self._put(MainsHum(amplitude_counts=counts, mains_hz=mains_hz), None)

    def lose_gain(self, share: float = 0.5) -> None:
        """Let the converter be at another gain: 0.5 is gain 64, 0 is channel B, unwired."""
        self._put(WrongGain(share=share), None)

    def slow_down(self) -> None:
        """Tie RATE (pin 15) to ground: 10 conversions a second."""
        self._put(OtherRate(), f"tie RATE (pin 15) of {self.name}'s converter to GND")

    def put(self, defect: Defect) -> None:
        """Put any defect of `matfw.virtual.defects` on it, with times of its own."""
        self._put(defect, None)

    def counts(self, load_kg: float) -> float:
        """Return the counts that it gives under so many kilograms, noise apart."""
        return self.tare_counts + load_kg * self.counts_per_kg

    @property
    @abstractmethod
    def tare_counts(self) -> float:
        """Return its counts without a load."""

    @property
    @abstractmethod
    def counts_per_kg(self) -> float:
        """Return its gain."""

    @abstractmethod
    def load(self, load_kg: float) -> None:
        """Let this cell alone carry so much, until set otherwise."""

    @abstractmethod
    def repair(self) -> None:
        """Take everything off that is wrong with it."""

    @abstractmethod
    def _put(self, defect: Defect, task: str | None) -> None:
        """Let it be wrong; task: what a person does to a real one, None: nobody can."""

    @abstractmethod
    def _now_s(self) -> float:
        """Return the mat's seconds."""


class VirtualCell(TestedCell):
    """A cell with a virtual converter."""

    def __init__(
        self,
        bench: VirtualBench,
        cell: Cell,
        line: tuple[float, float],
        pins: tuple[int, int],
        loads_kg: dict[str, float],
    ) -> None:
        """Take the bench, the cell, its tare and gain, DOUT and SCK, and where loads are kept."""
        super().__init__(cell, *pins)
        self._bench = bench
        self._line = line
        self._loads_kg = loads_kg
        self._defects: tuple[Defect, ...] = ()

    @property
    def tare_counts(self) -> float:
        """Return its counts without a load."""
        return self._line[0]

    @property
    def counts_per_kg(self) -> float:
        """Return its gain."""
        return self._line[1]

    @property
    def counters(self) -> ChipCounters:
        """Return what has been done to the converter: pulses, power-downs, torn frames ..."""
        return self._chip.counters

    @property
    def last_counts(self) -> int:
        """Return the latest result of the converter, read or not."""
        return self._chip.last_counts

    @property
    def _chip(self) -> Hx711Chip:
        chip = self._bench.chips[self.name]
        chip.catch_up(self._bench.clock.now_s())
        return chip

    def load(self, load_kg: float) -> None:
        """Let this cell alone carry so much more than what lies on the mat."""
        self._loads_kg[self.name] = float(load_kg)

    def repair(self) -> None:
        """Take everything off that is wrong with it."""
        self._defects = ()
        self._bench.change_defects(self.name, ())

    def _put(self, defect: Defect, task: str | None) -> None:  # noqa: ARG002
        self._defects += (defect,)
        self._bench.change_defects(self.name, self._defects)

    def _now_s(self) -> float:
        return self._bench.clock.now_s()


class Cells(Mapping[str, TestedCell]):
    """The mat's cells by name, in its order. An unknown name says which there are."""

    def __init__(self, cells: Mapping[str, TestedCell]) -> None:
        self._cells = dict(cells)

    def __getitem__(self, name: str) -> TestedCell:
        """Return a cell. Raises MatUsageError that says which there are."""
        if name not in self._cells:
            raise MatUsageError(f"the mat has no cell {name!r}: it has {', '.join(self._cells)}")
        return self._cells[name]

    def __contains__(self, name: object) -> bool:
        return name in self._cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)
