"""The one place that chooses real or virtual hardware: what builds cells, hips, pins.

The builders are handed to the acquisition process by name, so they are functions of a module.
Nothing heavy is imported before it is needed; hence the imports inside functions.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from matfw.errors import MatUsageError

if TYPE_CHECKING:
    from gpiozero import Factory

    from matfw.messages import Mat, Side
    from matfw.ports import LoadCells
    from matfw.service.hips import HipReader, Hips
    from matfw.settings.model import Settings
    from matfw.virtual.hips import HipsInStep
    from matfw.virtual.trace import Trace
    from matfw.virtual.weights import Weights
    from matfw.virtual.workouts import TakingTurns
    from matfw.workout.plan import Plan

DEMO_SEED = 7  # of the demo's body noise, converters and hip sensors: every demo is the same
PLAYED_ONCE = ("demo", "workout")

Build = Callable[[], "LoadCells"]
BuildHips = Callable[[], Sequence["Hips"]]


def build_real_cells(settings: Settings) -> LoadCells:
    """Claim the configured pins and return the configured reader. Raises MatGpioError."""
    from matfw.devices.clock import RealClock

    wires = settings.wiring()
    data_pins = [pins.dout for pins in wires.values()]
    clock_pins = [pins.sck for pins in wires.values()]
    if settings.reader == "adafruit":
        from matfw.devices.adafruit import AdafruitReader
        from matfw.devices.adafruit_driver import open_lines

        lines = open_lines(real_factory(settings), data_pins, clock_pins)
        return AdafruitReader(tuple(wires), *lines, RealClock(), rate_hz=settings.rate_hz)
    from matfw.devices.gpio import LgpioGroup, find_chip, load_lgpio
    from matfw.devices.parallel import ParallelReader

    lgpio = load_lgpio()
    if settings.shared_sck:
        clock_pins = clock_pins[:1]
    group = LgpioGroup(lgpio, find_chip(lgpio, configured_chip(settings)), clock_pins, data_pins)
    return ParallelReader(
        tuple(wires), group, RealClock(), rate_hz=settings.rate_hz,
        is_sck_shared=settings.shared_sck,
    )  # fmt: skip


def build_real_hips(settings: Settings, factory: Factory) -> list[HipReader]:
    """Open the configured hip sensors and begin to read them. Raises MatError, MatGpioError."""
    from matfw.devices.clock import RealClock
    from matfw.devices.hip_sensors import open_hip_sensors
    from matfw.service.hips import HipReader

    clock = RealClock()
    sensors = open_hip_sensors(settings.hip_sensors, factory, clock)
    readers = [HipReader(sensor, clock) for sensor in sensors]
    with ExitStack() as opened:
        for reader in readers:
            opened.callback(reader.close)
        for reader in readers:
            reader.start()
        opened.pop_all()
    return readers


def configured_hips(settings: Settings) -> list[HipReader]:
    """Open the configured hip sensors, on a pin factory of their own."""
    # The factory is made here: a mat without hip sensors needs none.
    return build_real_hips(settings, real_factory(settings))


def build_virtual_cells(
    mat: Mat, name: str, side: Side, speed: float, quick_until_s: float = 0.0
) -> LoadCells:
    """Return the default reader on pin-level virtual converters under a virtual person.

    speed: times real time; quick_until_s: up to then faster, see VirtualClock.
    """
    trace = virtual_trace(name, mat.layout, side)
    end_s = float("inf") if name in PLAYED_ONCE else trace.duration_s  # where it begins again

    def loads_kg(t_s: float) -> Sequence[float]:
        return trace.loads_at(t_s % end_s)

    return _virtual_reader(mat, loads_kg, speed, quick_until_s)


def _virtual_reader(
    mat: Mat, loads_kg: Callable[[float], Sequence[float]], speed: float, quick_until_s: float = 0.0
) -> LoadCells:
    from matfw.devices.parallel import ParallelReader
    from matfw.virtual.bench import VirtualBench
    from matfw.virtual.clock import VirtualClock

    clock = VirtualClock(speed=speed, quick_until_s=quick_until_s)
    bench = VirtualBench(mat, loads_kg, clock, seed=DEMO_SEED)
    return ParallelReader(
        tuple(cell.name for cell in mat.cells), bench.lines(), clock, rate_hz=mat.rate_hz
    )


def build_led_cells(mat: Mat, plan: Plan) -> LoadCells:
    """Return the default reader on pin-level virtual converters under somebody who does a plan."""
    return _virtual_reader(mat, taking_turns(mat, plan).loads_at, 1.0)


def build_led_hips(mat: Mat, plan: Plan) -> list[HipsInStep]:
    """Return the mat's hip sensors on the same virtual person, in step with the frames."""
    from matfw.virtual.hips import HipsInStep

    turns = taking_turns(mat, plan)
    return [
        HipsInStep.of_mat(
            mat, turns.trace, seed=DEMO_SEED, repeats=True, is_mirrored=turns.is_mirrored
        )
    ]


def taking_turns(mat: Mat, plan: Plan) -> TakingTurns:
    """Return somebody who does this plan; without a coach, sets on the mat's side."""
    from matfw.virtual.workouts import TakingTurns, one_set

    sides = plan.guide.sides if plan.guide else (mat.side,)
    return TakingTurns(one_set(plan, sides[0], mat.tempo, mat.cells, DEMO_SEED), sides)


def build_empty_cells(mat: Mat, weights: Weights) -> LoadCells:
    """Return the default reader on pin-level virtual converters under whatever is laid."""
    from matfw.devices.parallel import ParallelReader
    from matfw.settings.model import NOMINAL
    from matfw.virtual.bench import VirtualBench
    from matfw.virtual.clock import VirtualClock
    from matfw.virtual.weights import as_bought

    clock = VirtualClock(speed=1.0)
    bought = as_bought(replace(mat, calibration=(NOMINAL,) * len(mat.cells)), DEMO_SEED)
    bench = VirtualBench(bought, weights.loads_kg(mat.cells), clock, seed=DEMO_SEED)
    return ParallelReader(
        tuple(cell.name for cell in mat.cells), bench.lines(), clock, rate_hz=mat.rate_hz
    )


def build_virtual_hips(mat: Mat, name: str, side: Side) -> list[HipsInStep]:
    """Return the mat's hip sensors on the same virtual person, in step with the frames."""
    from matfw.virtual.hips import HipsInStep

    trace = virtual_trace(name, mat.layout, side)
    return [HipsInStep.of_mat(mat, trace, seed=DEMO_SEED, repeats=name not in PLAYED_ONCE)]


def on_bench(mat: Mat) -> Mat:
    """Return the mat with a side: a virtual person lies on one, the left where none is set.

    Raises MatUsageError for a layout that the bench has not.
    """
    from matfw.layouts import PRESETS
    from matfw.messages import Side

    if mat.layout not in PRESETS:
        raise MatUsageError(
            f"the virtual bench has no layout {mat.layout!r}: use {', '.join(PRESETS)}"
        )
    return replace(mat, side=mat.side if mat.side is not Side.UNKNOWN else Side.LEFT)


def virtual_trace(name: str, layout: str, side: Side) -> Trace:
    """Return what the cells of a virtual session carry: demo, clean, faults, stress or still.

    Or workout: the demo's repetitions as a workout on both sides.
    """
    import numpy as np

    from matfw.layouts import PRESETS
    from matfw.virtual.person import generate
    from matfw.virtual.sessions import demo_session, random_session
    from matfw.virtual.workouts import workout

    if name == "workout":
        return workout(side, PRESETS[layout].cells, DEMO_SEED)
    if name == "demo":
        plan = demo_session(side=side)
    else:
        plan = replace(random_session(np.random.default_rng(DEMO_SEED), name), side=side)
    return generate(plan, PRESETS[layout].cells, DEMO_SEED)


def real_factory(settings: Settings) -> Factory:
    """Return the pins of this computer's GPIO chip. Raises MatGpioError."""
    from matfw.devices.gpio import chip_number

    chip = chip_number(configured_chip(settings))
    from gpiozero.pins.lgpio import LGPIOFactory

    return LGPIOFactory(chip=chip)


def virtual_factory() -> Factory:
    """Return pins that nothing is connected to."""
    from gpiozero.pins.mock import MockFactory

    from matfw.virtual.pins import UnwiredPin

    return MockFactory(pin_class=UnwiredPin)


def configured_chip(settings: Settings) -> int | None:
    """Return the GPIO chip that the settings name; None: to be found by its label."""
    return None if settings.gpio.chip == "auto" else settings.gpio.chip
