"""The virtual mat's wiring: one converter per cell, reached through lines or gpiozero pins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from random import Random

from gpiozero.pins.mock import MockFactory

from matfw.messages import CellCalibration, Mat
from matfw.ports import Clock
from matfw.virtual.chip import POWER_DOWN_S, Hx711Chip
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import Crossing, Defect
from matfw.virtual.edges import Edges
from matfw.virtual.lines import Moment, VirtualGpio
from matfw.virtual.pins import BenchFactory, DoutPin, PinCalls, SckPin

CALL_COST_S = 3e-6  # one GPIO call on a Pi 5: 2.8 us measured by others for gpiod (vitiral/gpio#30)
OSCILLATOR_ERROR = 0.01  # spread of the chips' own oscillators; the datasheet says "typ" only
NOISE_COUNTS = 45.0  # rms at 80 SPS, gain 128: 90 nV (datasheet p. 4) at 1.98 nV a count


class VirtualBench:
    """A mat's converters, loaded by `loads_kg`.

    loads_kg: kilograms on each cell, in the cells' order, at a virtual time.
    clock: a `VirtualClock`, or a real one (then calls cost what they cost and call_cost_s and
    stalls have no effect).
    seed: of noise, phases and oscillators. oscillator_error: each chip's rate is off by a random
    share up to this, either way; or the chips' own errors, in order.
    phase_spread: 0 lets all chips start together, 1 anywhere in their period.
    defects: per cell name. power_down_s: the SCK-high that powers a chip down, of each chip in
    order; the datasheet's figure if absent.
    """

    def __init__(
        self,
        mat: Mat,
        loads_kg: Callable[[float], Sequence[float]],
        clock: Clock,
        *,
        seed: int = 0,
        oscillator_error: float | Sequence[float] = OSCILLATOR_ERROR,
        phase_spread: float = 1.0,
        noise_counts: float = NOISE_COUNTS,
        defects: Mapping[str, Sequence[Defect]] | None = None,
        call_cost_s: float = CALL_COST_S,
        is_ready_while_settling: bool = False,
        tears: bool = False,
        power_down_s: Sequence[float] | None = None,
    ) -> None:
        names = [cell.name for cell in mat.cells]
        by_cell = dict(defects or {})
        unknown = by_cell.keys() - set(names)
        if unknown:
            raise ValueError(
                f"defects for cells that the mat has not: {sorted(unknown)}; it has {names}"
            )
        one_each("mat.calibration", mat.calibration, names)
        if isinstance(oscillator_error, Sequence):
            one_each("oscillator_error", oscillator_error, names)
        if power_down_s is not None:
            one_each("power_down_s", power_down_s, names)
        rng = Random(seed)
        self.clock = clock
        self._edges: Edges | None = None
        self._advance_s = clock.advance_s if isinstance(clock, VirtualClock) else None
        self._call_cost_s = call_cost_s
        self.chips: dict[str, Hx711Chip] = {}
        for i, (cell, line) in enumerate(zip(mat.cells, mat.calibration, strict=True)):
            error = (
                rng.uniform(-oscillator_error, oscillator_error)
                if not isinstance(oscillator_error, Sequence)
                else oscillator_error[i]
            )
            self.chips[cell.name] = Hx711Chip(
                _signal(loads_kg, names, i, line),
                rate_hz=mat.rate_hz,
                oscillator_error=error,
                phase=phase_spread * rng.random(),
                noise_counts=noise_counts,
                seed=rng.getrandbits(32),
                defects=by_cell.get(cell.name, ()),
                is_ready_while_settling=is_ready_while_settling,
                tears=tears,
                power_on_s=clock.now_s(),
                power_down_s=POWER_DOWN_S if power_down_s is None else power_down_s[i],
            )

    def lines(
        self,
        *,
        is_sck_shared: bool = False,
        stall_s: Callable[[int], float] | None = None,
        delay_s: Callable[[Moment], float] | None = None,
        crossing: Crossing | None = None,
    ) -> VirtualGpio:
        """Return the lines to all chips, in the cells' order; crossing: wires gone astray.

        stall_s, delay_s: see `VirtualGpio`.
        """
        crossing = crossing or Crossing()
        return VirtualGpio(
            tuple(self.chips.values()),
            self.clock.now_s,
            self._advance_s,
            call_cost_s=self._call_cost_s,
            is_sck_shared=is_sck_shared,
            stall_s=stall_s,
            delay_s=delay_s,
            data_chips=[self.chips[crossing.dout.get(name, name)] for name in self.chips],
            clock_chips=[self.chips[crossing.sck.get(name, name)] for name in self.chips],
        )

    def wire(
        self,
        data_pins: Sequence[int],
        clock_pins: Sequence[int],
        *,
        factory: MockFactory | None = None,
        stall_s: Callable[[int], float] | None = None,
    ) -> tuple[MockFactory, PinCalls]:
        """Connect the chips to a mock factory's pins (GPIO numbers, in the cells' order).

        One clock pin may be given for several chips. factory: one of PWM pins, as lights and buzzer
        need; made if absent. Returns it and the count of pin accesses. With pins a bench has its
        clock for itself, see `VirtualClock.follow`.
        """
        one_each("data_pins", data_pins, list(self.chips))
        one_each("clock_pins", clock_pins, list(self.chips))
        if factory is None:
            factory = BenchFactory(self.clock)
        edges = self._edges = self._edges or Edges(self.clock)
        calls = PinCalls(self.clock.now_s, self._advance_s, self._call_cost_s)
        for chip, data in zip(self.chips.values(), data_pins, strict=True):
            factory.pin(data, pin_class=DoutPin, chip=chip, calls=calls, edges=edges)
        clocked: dict[int, list[Hx711Chip]] = {}
        for chip, sck in zip(self.chips.values(), clock_pins, strict=True):
            clocked.setdefault(sck, []).append(chip)
        for sck, chips in clocked.items():
            factory.pin(
                sck,
                pin_class=SckPin,
                chips=chips,
                calls=calls,
                edges=edges,
                stall_s=stall_s,
                stall=self._advance_s,
            )
        return factory, calls

    def change_defects(self, name: str, defects: Sequence[Defect]) -> None:
        """Let this be wrong with a cell from now on, and nothing else."""
        chip, t_s = self.chips[name], self.clock.now_s()
        if self._edges is None:
            chip.change_defects(defects, t_s)
            return
        with self._edges.lock:
            chip.change_defects(defects, t_s)
            self._edges.touched(chip, t_s)

    def close(self) -> None:
        """End what runs by itself, on a real clock. Calling it twice is allowed."""
        if self._edges is not None:
            self._edges.close()


def one_each(what: str, given: Sized, names: Sequence[str]) -> None:
    """Check that there is one a cell. Raises ValueError."""
    if len(given) != len(names):
        raise ValueError(
            f"{what} must have one value a cell: {len(names)}, for {', '.join(names)}"
            f" (got {len(given)})"
        )


def _signal(
    loads_kg: Callable[[float], Sequence[float]],
    names: Sequence[str],
    i: int,
    line: CellCalibration,
) -> Callable[[float], float]:
    """Return cell i's ideal counts as a function of time."""
    tare_counts, counts_per_kg = line.tare_counts, line.counts_per_kg

    def counts(t_s: float) -> float:
        loads = loads_kg(t_s)
        if len(loads) != len(names):
            one_each("what loads_kg returns", loads, names)
        return tare_counts + loads[i] * counts_per_kg

    return counts
