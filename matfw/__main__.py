"""The verbs, and the one place that chooses real or virtual hardware.

Nothing heavy is imported before a verb needs it, so that `matfw --help` answers at once; hence
the imports inside functions.
"""

# ruff: noqa: PLC0415, T201

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from matfw.cli.arguments import build_parser
from matfw.cli.signals import discard_stdout, flushed, signals_blocked, stoppable
from matfw.errors import MatError, MatUsageError

if TYPE_CHECKING:
    from gpiozero import Factory

    from matfw.cli.consoles import ConsolePlan
    from matfw.messages import Mat, Rep, Side
    from matfw.ports import LoadCells
    from matfw.service.acquisition import Acquisition
    from matfw.service.firmware import Firmware, Tap
    from matfw.service.hips import HipFrames, HipReader, Hips
    from matfw.settings.files import Settings
    from matfw.settings.store import SettingsStore
    from matfw.virtual.hips import HipsInStep
    from matfw.virtual.trace import Trace
    from matfw.virtual.weights import Weights
    from matfw.workout.sets import Plan

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
DEMO_SEED = 7  # of the demo's body noise, converters and hip sensors: every demo is the same
VIRTUAL_NOTICE = (
    "VIRTUAL bench: no cell is read, a simulated person exercises over and over;"
    " `--virtual empty` is a mat to calibrate"
)
EMPTY_NOTICE = (
    "VIRTUAL bench: no cell is read, the mat is empty; at the console `lay 10 head_left` lays 10 kg"
    " over that cell, `lay 0` takes it away"
)

Build = Callable[[], "LoadCells"]
BuildHips = Callable[[], Sequence["Hips"]]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code: 0 done, 1 the work failed, 2 wrong usage or settings."""
    try:
        with stoppable(), flushed():
            options = build_parser(VERBS).parse_args(argv)
            return int(options.verb(options))
    except MatError as error:
        _say(str(error))
        return EXIT_USAGE if isinstance(error, MatUsageError) else EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_DONE
    except BrokenPipeError:  # whoever read our output has seen enough, as in `| head`
        discard_stdout()
        return EXIT_DONE
    except OSError as error:
        discard_stdout()
        _say(f"{error}: the system refused it; is the disk full?")
        return EXIT_FAILED


# --- verbs ------------------------------------------------------------------------------------


def _demo(options: argparse.Namespace) -> int:
    from matfw.display.report import demo_lines
    from matfw.messages import Side
    from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS
    from matfw.settings.files import Settings

    side = Side(options.side)
    trace = virtual_trace("demo", options.layout, side)
    settings = Settings(layout=options.layout)
    belt = SACRUM_CHANNELS if options.hips in ("imu", "both") else ()
    rail = RAIL_CHANNELS if options.hips in ("rail", "both") else ()
    mat = replace(settings.mat(), side=side, person=trace.person, channels=belt + rail)
    build = functools.partial(build_virtual_cells, mat, "demo", side, options.speed)
    reps = _live(
        settings, mat, build, lambda _: build_virtual_hips(mat, "demo", side),
        title="matfw demo", speed=options.speed, end_s=trace.duration_s,
    )  # fmt: skip
    print("\n".join(demo_lines(trace.truth, reps, mat.tempo)))
    return EXIT_DONE if reps else EXIT_FAILED


def _run(options: argparse.Namespace) -> int:
    from matfw.cli.consoles import ConsolePlan

    store = _store(options)
    settings, state = store.settings, store.state
    if options.all_off:
        from matfw.devices.all_off import all_off

        all_off(_real_factory(settings), settings.outputs.pins())
        return EXIT_DONE
    mat = settings.mat(state)
    console = ConsolePlan(store, _state_dir(options), (*settings.console.ports, *options.console))
    if options.virtual == "empty":
        from matfw.virtual.weights import Weights

        weights = Weights()
        mat = replace(_on_bench(mat), channels=())
        _say(EMPTY_NOTICE)
        _live(
            settings, mat, functools.partial(build_empty_cells, mat, weights), lambda _: (),
            title="matfw run", speed=1.0, console=replace(console, lay=weights.lay),
        )  # fmt: skip
        return EXIT_DONE
    if options.virtual:
        who = str(options.virtual)
        mat = _on_bench(mat)
        _say(VIRTUAL_NOTICE)
        build: Build = functools.partial(build_virtual_cells, mat, who, mat.side, 1.0)
        _live(
            settings, mat, build, lambda _: build_virtual_hips(mat, who, mat.side),
            title="matfw run", speed=1.0, console=console,
        )  # fmt: skip
        return EXIT_DONE
    uncalibrated = settings.uncalibrated(state)
    notice = (
        f"not calibrated: {', '.join(uncalibrated)}: weights are nominal and may be far off:"
        " `matfw console`, then `calibrate`"
    )
    _live(
        settings, mat, functools.partial(build_real_cells, settings),
        functools.partial(build_real_hips, settings),
        title="matfw run", notice=notice if uncalibrated else None, console=console,
    )  # fmt: skip
    return EXIT_DONE


def _replay(options: argparse.Namespace) -> int:
    from matfw.control.events import event_json, event_line
    from matfw.display.report import session_lines
    from matfw.messages import Event, Rep
    from matfw.recording.file import read_recording
    from matfw.service.replay import replay

    store = _store(options)
    settings = store.settings
    recording = read_recording(options.file)
    recording.check_places()
    mat = settings.judging(recording.mat, store.state)
    reps: list[Rep] = []

    def tell(event: Event) -> None:
        if isinstance(event, Rep):
            reps.append(event)
        print(event_json(event).decode() if options.json else event_line(event))

    tally = replay(mat, recording.frames(), tell, _plan(settings))
    if options.json:
        print(tally.as_json().decode())
    else:
        print("\n".join(session_lines(reps, mat.tempo, is_simulated=False)))
    return EXIT_DONE


def _record(options: argparse.Namespace) -> int:
    from matfw.recording.file import RecordingWriter
    from matfw.service.recorder import record

    store = _store(options)
    settings = store.settings
    mat = settings.mat(store.state)
    source = "a matfw mat"
    build: Build = functools.partial(build_real_cells, settings)
    hips: BuildHips = functools.partial(_configured_hips, settings)
    if options.virtual:
        mat = _on_bench(mat)
        source = "the VIRTUAL bench of matfw: no person"
        build = functools.partial(build_virtual_cells, mat, "faults", mat.side, 1.0)
        hips = functools.partial(build_virtual_hips, mat, "faults", mat.side)
        _say(VIRTUAL_NOTICE)
    writer = functools.partial(RecordingWriter, options.file, mat, source)
    with _frames(mat, build, hips, options.virtual) as (mat_frames, _):
        frames = record(mat_frames, writer, options.seconds)
    _say(f"{frames} frames in {options.file}" if frames else "stopped before the first frame")
    return EXIT_DONE


def _config(options: argparse.Namespace) -> int:
    from matfw.settings.default_file import default_toml, schema_json

    if options.what == "schema":
        print(schema_json())
    elif options.what == "default":
        print(default_toml(), end="")
    else:
        options.config = options.file or options.config
        store = _store(options)
        print(f"{store.config or 'no settings file'}: ok")
    return EXIT_DONE


def _console(options: argparse.Namespace) -> int:
    from matfw.cli.consoles import talk

    all_ok = talk(
        options.port, _state_dir(options), is_chosen=options.state is not None, is_json=options.json
    )
    return EXIT_DONE if all_ok else EXIT_FAILED


def _doctor(options: argparse.Namespace) -> int:
    from matfw.cli.consoles import sockets_of
    from matfw.cli.doctor import Doctor
    from matfw.devices.gpio import chip_number
    from matfw.settings.files import default_config_path

    state_dir = _state_dir(options)
    report = Doctor(
        options.config or default_config_path(os.environ), state_dir,
        sockets_of(state_dir, is_chosen=options.state is not None),
        build_real_cells, lambda settings: chip_number(_chip(settings)), _say,
        is_virtual=options.virtual, is_pressed=options.press,
    ).look()  # fmt: skip
    print(report.as_json().decode() if options.json else "\n".join(report.as_lines()))
    return EXIT_DONE if report.is_fine else EXIT_FAILED


VERBS = {
    "demo": _demo,
    "run": _run,
    "replay": _replay,
    "record": _record,
    "console": _console,
    "doctor": _doctor,
    "config": _config,
}


# --- real and virtual hardware ------------------------------------------------------------------


def build_real_cells(settings: Settings) -> LoadCells:
    """Claim the configured pins and return the configured reader. Raises MatGpioError."""
    from matfw.devices.clock import RealClock

    wires = settings.wiring()
    data_pins = [pins.dout for pins in wires.values()]
    clock_pins = [pins.sck for pins in wires.values()]
    if settings.reader == "adafruit":
        from matfw.devices.adafruit import AdafruitReader
        from matfw.devices.adafruit_driver import open_lines

        lines = open_lines(_real_factory(settings), data_pins, clock_pins)
        return AdafruitReader(tuple(wires), *lines, RealClock(), rate_hz=settings.rate_hz)
    from matfw.devices.gpio import LgpioGroup, find_chip, load_lgpio
    from matfw.devices.parallel import ParallelReader

    lgpio = load_lgpio()
    if settings.shared_sck:
        clock_pins = clock_pins[:1]
    group = LgpioGroup(lgpio, find_chip(lgpio, _chip(settings)), clock_pins, data_pins)
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


def _configured_hips(settings: Settings) -> list[HipReader]:
    # The factory is made here: a mat without hip sensors needs none.
    return build_real_hips(settings, _real_factory(settings))


def build_virtual_cells(mat: Mat, name: str, side: Side, speed: float) -> LoadCells:
    """Return the default reader on pin-level virtual converters under a virtual person."""
    from matfw.devices.parallel import ParallelReader
    from matfw.virtual.bench import VirtualBench
    from matfw.virtual.clock import VirtualClock

    trace = virtual_trace(name, mat.layout, side)
    end_s = trace.duration_s if name != "demo" else float("inf")  # where it begins again

    def loads_kg(t_s: float) -> Sequence[float]:
        return trace.loads_at(t_s % end_s)

    clock = VirtualClock(speed=speed)
    bench = VirtualBench(mat, loads_kg, clock, seed=DEMO_SEED)
    return ParallelReader(
        tuple(cell.name for cell in mat.cells), bench.lines(), clock, rate_hz=mat.rate_hz
    )


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
    return [HipsInStep.of_mat(mat, trace, seed=DEMO_SEED, repeats=name != "demo")]


def _on_bench(mat: Mat) -> Mat:
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
    """Return what the cells of a virtual session carry: demo, clean, faults, stress or still."""
    import numpy as np

    from matfw.layouts import PRESETS
    from matfw.virtual.person import generate
    from matfw.virtual.sessions import demo_session, random_session

    if name == "demo":
        plan = demo_session(side=side)
    else:
        plan = replace(random_session(np.random.default_rng(DEMO_SEED), name), side=side)
    return generate(plan, PRESETS[layout].cells, DEMO_SEED)


def _real_factory(settings: Settings) -> Factory:
    from matfw.devices.gpio import chip_number

    chip = chip_number(_chip(settings))
    from gpiozero.pins.lgpio import LGPIOFactory

    return LGPIOFactory(chip=chip)


def _virtual_factory() -> Factory:
    from gpiozero.pins.mock import MockFactory, MockPWMPin

    return MockFactory(pin_class=MockPWMPin)


def _chip(settings: Settings) -> int | None:
    return None if settings.gpio.chip == "auto" else settings.gpio.chip


# --- the firmware's parts put together -----------------------------------------------------------


def _live(
    settings: Settings,
    mat: Mat,
    build: Build,
    hips: Callable[[Factory], Sequence[Hips]],
    *,
    title: str,
    speed: float | None = None,
    end_s: float | None = None,
    notice: str | None = None,
    console: ConsolePlan | None = None,
) -> list[Rep]:
    """Run the firmware; return its reps.

    hips: opens the hip sensors, with the factory that the indicator has too. speed: of the virtual
    bench, None on real hardware. notice: to be said once cells answer. console: None without one.
    """
    with signals_blocked():
        from matfw.devices.clock import RealClock
        from matfw.devices.indicator import GpiozeroIndicator
        from matfw.pipeline import Pipeline
        from matfw.service.firmware import Firmware
        from matfw.service.watchdog import Watchdog

    buzzer, head, hip, foot = settings.outputs.pins()
    factory = _virtual_factory() if speed is not None else _real_factory(settings)
    with (
        _frames(mat, build, functools.partial(hips, factory), speed is not None) as (
            frames,
            acquisition,
        ),
        GpiozeroIndicator(factory, buzzer, (head, hip, foot)) as indicator,
        _shown(settings, mat, title, speed, end_s) as tap,
        Watchdog(RealClock()) as systemd,
        ExitStack() as opened,
    ):
        indicator.volume = settings.outputs.loudness_percent() / 100.0
        taps: list[Tap] = [tap]
        between: Callable[[Firmware], object] = _nothing
        if console is not None:
            from matfw.cli.consoles import consoles

            control = opened.enter_context(
                consoles(console, mat, indicator, acquisition, _say, is_virtual=speed is not None)
            )
            taps.append(control)
            between = control.between

        def begin() -> None:
            systemd.ready()
            if notice is not None:
                _say(notice)

        firmware = Firmware(
            Pipeline(mat, _plan(settings)), frames, indicator, RealClock(),
            taps, on_first_frame=begin, on_frame=systemd.alive, between=between,
        )  # fmt: skip
        firmware.run(end_s)
        return firmware.reps


@contextmanager
def _frames(
    mat: Mat, build: Build, hips: BuildHips, is_virtual: bool
) -> Iterator[tuple[Acquisition | HipFrames, Acquisition]]:
    """Give the frames of the cells, with the hip sensors' values where the mat has channels.

    The second is the cells' acquisition alone, for its account.
    """
    from matfw.service.acquisition import Acquisition
    from matfw.service.hips import HipFrames

    with ExitStack() as cells, ExitStack() as sensors:  # the sensors are closed first
        opened = hips() if mat.channels else ()
        for hip in opened:
            sensors.callback(hip.close)
        acquisition = Acquisition(build, waits=is_virtual)
        cells.callback(_close, acquisition)
        yield HipFrames(acquisition, opened) if opened else acquisition, acquisition


def _close(acquisition: Acquisition) -> None:
    acquisition.close()
    if acquisition.account.dropped:
        _say(f"{acquisition.account.dropped} frames were dropped: this computer is too slow")


@contextmanager
def _shown(
    settings: Settings, mat: Mat, title: str, speed: float | None, end_s: float | None
) -> Iterator[Tap]:
    """Give the tap that shows the session: a picture on a terminal that can draw, else lines."""
    from matfw.display.picture import Picture, drawing_console

    is_simulated = speed is not None
    console = drawing_console(sys.stdout)
    if console is None:
        from matfw.display.lines import EventLines

        yield EventLines(sys.stdout, f"{title} (VIRTUAL)" if is_simulated else title)
        return
    from matfw.devices.clock import RealClock
    from matfw.display.live_view import LiveView

    with Picture(console) as picture:
        yield LiveView(
            picture, mat, RealClock(), title=title, target_reps=settings.workout.reps,
            is_simulated=is_simulated, speed=speed or 1.0, length_s=end_s,
        )  # fmt: skip


def _plan(settings: Settings) -> Plan:
    from matfw.workout.sets import Plan

    return Plan(settings.workout.reps, settings.workout.sets, settings.workout.rest_s)


def _state_dir(options: argparse.Namespace) -> Path:
    from matfw.settings.files import default_state_dir

    return Path(options.state or default_state_dir(os.environ))


def _store(options: argparse.Namespace) -> SettingsStore:
    from matfw.settings.files import default_config_path
    from matfw.settings.store import SettingsStore

    store = SettingsStore(options.config or default_config_path(os.environ), _state_dir(options))
    for notice in store.notices:
        _say(notice)
    return store


def _nothing(_: object) -> None:
    """Do nothing between two frames."""


def _say(text: str) -> None:
    print(f"matfw: {text}", file=sys.stderr)


if __name__ == "__main__":
    # By its own name, or the acquisition process could not find the builders that it is handed.
    from matfw.__main__ import main as main_by_name

    sys.exit(main_by_name())
