"""A person who calibrates a virtual mat: lays a weight where they are asked to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matfw.calibrate.wizard import Step, Wizard
from matfw.devices.parallel import ParallelReader
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Mat, RawFrame
from matfw.virtual.bench import NOISE_COUNTS, VirtualBench
from matfw.virtual.clock import VirtualClock
from matfw.virtual.deck import Deck
from matfw.virtual.defects import Crossing, Defect

LONGEST_S = 40.0  # a step answers within the wizard's own patience


def mat_of(
    layout: str, gains: Sequence[float], tares: Sequence[float], rate_hz: float = 80.0
) -> Mat:
    """Return a mat whose cells really have these lines."""
    cells = PRESETS[layout].cells
    lines = tuple(CellCalibration(t, g) for t, g in zip(tares, gains, strict=True))
    return Mat(layout, cells, lines, rate_hz=rate_hz)


@dataclass
class VirtualMat:
    """A mat on pin-level converters; `load` says what is on it."""

    mat: Mat
    seed: int = 1
    noise_counts: float = NOISE_COUNTS
    defects: Mapping[str, Sequence[Defect]] = field(default_factory=dict)
    crossing: Crossing | None = None
    floor_kg: Sequence[float] = ()  # what an uneven floor adds to each cell
    load: Callable[[float], Sequence[tuple[float, float, float]]] = lambda _t_s: ()

    def __post_init__(self) -> None:
        self._carried: Callable[[float], Sequence[float]] | None = None
        self._cache: dict[tuple[tuple[float, float, float], ...], list[float]] = {}
        self.clock = VirtualClock(100.0)
        self.deck = Deck.for_layout(self.mat.cells)
        bench = VirtualBench(
            self.mat, self._loads_kg, self.clock, seed=self.seed,
            noise_counts=self.noise_counts, defects=self.defects,
        )  # fmt: skip
        names = tuple(cell.name for cell in self.mat.cells)
        self.reader = ParallelReader(
            names, bench.lines(crossing=self.crossing), self.clock, rate_hz=self.mat.rate_hz
        )
        self.reader.start()

    def lay(self, *weights: tuple[float, float, float]) -> None:
        """Lay (kilograms, x_mm, y_mm) on the mat, and nothing else."""
        self.load = lambda _t_s: weights

    def carry(self, loads_kg: Callable[[float], Sequence[float]]) -> None:
        """Put on the cells, from now on, what a trace says, and nothing else."""
        self._carried = loads_kg

    def frames(self, seconds: float) -> list[RawFrame]:
        """Return what the reader gives in this time."""
        until_s = self.clock.now_s() + seconds
        frames = []
        while self.clock.now_s() < until_s:
            frames.append(self.reader.read())
        return frames

    def _loads_kg(self, t_s: float) -> list[float]:
        if self._carried is not None:
            return [float(load) for load in self._carried(t_s)]
        weights = tuple(self.load(t_s))
        if weights not in self._cache:
            floor = np.array(self.floor_kg or [0.0] * len(self.mat.cells))
            loads = floor[None, :]
            if weights:
                kg, x, y = (np.array(part) for part in zip(*weights, strict=True))
                loads = loads + self.deck.loads_kg(x, y, kg[None, :] * GRAVITY_M_S2)
            if len(self._cache) > 1000:
                self._cache.clear()
            self._cache[weights] = [float(load) for load in loads[0]]
        return self._cache[weights]


@dataclass
class QuickMat(VirtualMat):
    """The same mat without its pins, a hundred times as fast: for many examples."""

    def frames(self, seconds: float) -> list[RawFrame]:
        """Return what converters without anything wrong with them give in this time."""
        if not hasattr(self, "rng"):
            self.rng = np.random.default_rng(self.seed)
        count = round(seconds * self.mat.rate_hz)
        t_s = self.clock.now_s() + np.arange(1, count + 1) / self.mat.rate_hz
        loads = np.array([self._loads_kg(float(t)) for t in t_s])
        gains = np.array([line.counts_per_kg for line in self.mat.calibration])
        tares = np.array([line.tare_counts for line in self.mat.calibration])
        counts = tares + gains * loads + self.noise_counts * self.rng.standard_normal(loads.shape)
        self.clock.advance_s(seconds)
        rows = np.rint(counts).astype(int).tolist()
        return [RawFrame(t, tuple(row)) for t, row in zip(t_s.tolist(), rows, strict=True)]


def measure(wizard: Wizard, mat: VirtualMat) -> list[str]:
    """Let the mat run until the wizard's step is over; return its sentences."""
    begun_s = mat.clock.now_s()
    while wizard.is_measuring and mat.clock.now_s() - begun_s < LONGEST_S:
        if lines := wizard.frames(mat.frames(0.25)):
            return lines
    raise AssertionError(f"still measuring after {LONGEST_S} s")


def calibrate(
    wizard: Wizard, mat: VirtualMat, weight_kg: float, *, off_mm: float = 0.0, seed: int = 0
) -> list[str]:
    """Do what the wizard asks for until it can be accepted; raise where it refuses.

    off_mm: how far the weight lies from right over the cell, at most, at random.
    """
    rng = np.random.default_rng(seed)
    lines: list[str] = []
    for _ in range(60):
        match wizard.step:
            case Step.WEIGHT:
                lines += wizard.answer(f"{weight_kg} kg")
                continue
            case Step.EMPTY | Step.CLEAR:
                mat.lay()
            case Step.PLACE:
                name = str(wizard.state()["cell"])
                cell = next(cell for cell in mat.mat.cells if cell.name == name)
                x, y = (
                    cell.x_mm + rng.uniform(-off_mm, off_mm),
                    cell.y_mm + rng.uniform(-off_mm, off_mm),
                )
                mat.lay((weight_kg, x, y))
            case Step.CHECK:
                mat.lay((weight_kg, 0.0, 0.0))
            case Step.ACCEPT:
                return lines
            case Step.DONE:
                raise AssertionError("over")
        mat.frames(0.5)
        wizard.answer("go")
        lines += measure(wizard, mat)
        if wizard.refusal is not None:
            raise AssertionError(wizard.refusal)
    raise AssertionError("no end")
