"""The mat under test: what the virtual one and the real one have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from gpiozero import Factory

from matfw.devices.indicator import LIGHT_NAMES, GpiozeroIndicator
from matfw.messages import Mat
from matfw.pipeline import Pipeline
from matfw.ports import Clock, GpioGroup, LoadCells
from matfw.service.firmware import Firmware, Refiner, Tap
from matfw.testing.bench_file import BenchFile
from matfw.testing.cells import Cells
from matfw.testing.lifter import Lifter
from matfw.testing.session import Session

if TYPE_CHECKING:
    from matfw.testing.outputs import Buzzer, Lights

AFTER_S = 3.0  # a session is looked at for so long after the person has got up


class MatUnderTest(ABC):
    """A mat on a bench. To be closed, whatever has happened: outputs off, pins free."""

    is_virtual: bool
    is_on_virtual_time: bool
    clock: Clock
    factory: Factory  # gpiozero's: the bench's pins
    cells: Cells

    def __init__(self, bench: BenchFile) -> None:
        """Take the bench; its mat has the side of whoever lies on it."""
        self.bench = bench
        self.settings = bench.settings
        self.config: Mat = bench.settings.mat()
        self._opened = ExitStack()
        self._sessions: list[Session] = []

    # --- its parts

    @property
    def data_pins(self) -> list[int]:
        """Return the converters' DOUT pins, BCM numbers, in the cells' order."""
        return [cell.dout for cell in self.cells.values()]

    @property
    def clock_pins(self) -> list[int]:
        """Return the converters' SCK pins, in the cells' order."""
        return [cell.sck for cell in self.cells.values()]

    @property
    def output_pins(self) -> dict[str, int]:
        """Return the pins of the buzzer and of the lights."""
        return dict(zip(("buzzer", *LIGHT_NAMES), self.settings.outputs.pins(), strict=True))

    @property
    @abstractmethod
    def buzzer(self) -> Buzzer:
        """Return what the buzzer has played."""

    @property
    @abstractmethod
    def lights(self) -> Lights:
        """Return what the lights have shown."""

    @abstractmethod
    def lines(self) -> GpioGroup:
        """Return all clocks and all data lines as a group each, as a `GpioGroup` has them."""

    @abstractmethod
    def reader(self) -> LoadCells:
        """Return matfw's own reader of these cells, as the settings ask for it; not started."""

    # --- what happens on it

    @abstractmethod
    def lay(self, weight: str | float, x_mm: float = 0.0, y_mm: float = 0.0) -> None:
        """Lay a weight there, by its name in the bench file or in kg, beside what lies there."""

    @abstractmethod
    def clear(self) -> None:
        """Take everything off."""

    @abstractmethod
    def let_lie(self, lifter: Lifter) -> float:
        """Let somebody begin their script; return how long it takes, seconds."""

    def let_pass(self, seconds: float) -> None:
        """Let time pass: for a firmware that runs, for drivers' events, or by waiting."""
        for session in self._sessions:
            if not session.has_stopped:
                session.let_pass(seconds)
                return
        self.clock.sleep_s(seconds)

    # --- the firmware on it

    def firmware(
        self,
        cells: LoadCells | None = None,
        *,
        taps: Sequence[Tap] = (),
        between: Callable[[Firmware], object] = lambda _: None,
    ) -> Session:
        """Return the whole firmware, running; with another reader than matfw's own, if given.

        Use it in a `with`, or have it stopped with the mat. On virtual time it stands until
        `let_pass`. taps: who else reads along. between: called between two frames, in its thread.
        """
        outputs = self.settings.outputs
        indicator = GpiozeroIndicator(self.factory, outputs.buzzer_pin, *outputs.strips())
        try:
            session = Session(
                Pipeline(self.config, self.settings.plan()), cells or self.reader(), indicator,
                self.clock, is_held=self.is_on_virtual_time, refiner=self._refiner(),
                taps=taps, between=between,
            )  # fmt: skip
        except BaseException:
            indicator.close()
            raise
        self._sessions.append(session)
        self._opened.callback(session.stop)
        return session

    def play(self, lifter: Lifter, cells: LoadCells | None = None) -> Session:
        """Let somebody do their script on the firmware; return its events. It has stopped."""
        self.config = replace(self.config, side=lifter.side, person=lifter.person)
        with self.firmware(cells) as session:
            session.let_pass(self.let_lie(lifter) + AFTER_S)
        return session

    def close(self) -> None:
        """Stop the firmware, turn every output off and free all pins. Twice is allowed."""
        self._opened.close()

    @abstractmethod
    def _refiner(self) -> Callable[[], Refiner]:
        """Return what refines a finished repetition."""
