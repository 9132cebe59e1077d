"""The verbs, and the one place that chooses real or virtual hardware.

Nothing heavy is imported before a verb needs it, so that `matfw --help` answers at once; hence
the imports inside functions.
"""

# ruff: noqa: PLC0415, T201

from __future__ import annotations

import argparse
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from matfw import __version__
from matfw.errors import MatError, MatUsageError

if TYPE_CHECKING:
    from gpiozero import Factory

    from matfw.messages import Mat, Rep, Side
    from matfw.ports import LoadCells
    from matfw.service.firmware import Tap
    from matfw.settings import MachineState, Settings
    from matfw.virtual.trace import Trace

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
DEMO_SPEED = 4.0  # times real time: two and a quarter minutes of exercise in 35 s
DEMO_SEED = 7  # of the demo's body noise and converters: every demo is the same
TRACE_NAMES = ("demo", "clean", "faults", "stress", "still")
VIRTUAL_NOTICE = "VIRTUAL bench: no cell is read, a simulated person exercises over and over"

Build = Callable[[], "LoadCells"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code: 0 done, 1 the work failed, 2 wrong usage or settings."""
    try:
        with _stoppable(), _flushed():
            options = _parser().parse_args(argv)
            return int(options.verb(options))
    except MatError as error:
        _say(str(error))
        return EXIT_USAGE if isinstance(error, MatUsageError) else EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_DONE
    except BrokenPipeError:  # whoever read our output has seen enough, as in `| head`
        _discard_stdout()
        return EXIT_DONE
    except OSError as error:
        _discard_stdout()
        _say(f"{error}: the system refused it; is the disk full?")
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--config", type=Path, metavar="FILE", help="settings, TOML")
    everywhere.add_argument(
        "--state", type=Path, metavar="DIR", help="database, calibration and recordings"
    )
    parser = argparse.ArgumentParser(
        prog="matfw",
        description="Firmware of a smart exercise mat for the side-lying leg raise.",
        epilog="matfw VERB --help says more about each.",
    )
    parser.add_argument("--version", action="version", version=f"matfw {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    def add(
        name: str, verb: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text, parents=[everywhere])
        sub.set_defaults(verb=verb)
        return sub

    demo = add("demo", _demo, "a virtual person on a virtual mat, the whole firmware, a report")
    demo.add_argument("--speed", type=_between(0.1, 20.0), default=DEMO_SPEED, metavar="X",
                      help=f"times real time, 0.1 to 20 (default {DEMO_SPEED:g})")  # fmt: skip
    demo.add_argument("--layout", choices=("core4", "hex6", "trio8"), default="core4")
    demo.add_argument("--side", choices=("left", "right"), default="left")
    run = add("run", _run, "the firmware on the configured mat")
    run.add_argument("--virtual", action="store_true", help="on the virtual bench instead")
    replay = add("replay", _replay, "the same line on a recording")
    replay.add_argument("file", type=Path, metavar="FILE", help="a recording, .csv or .csv.gz")
    replay.add_argument("--json", action="store_true", help="one JSON object a line")
    record = add("record", _record, "write the mat's raw counts to a new recording")
    record.add_argument("file", type=Path, metavar="FILE", help="a new file, .csv or .csv.gz")
    record.add_argument("--virtual", action="store_true", help="from the virtual bench instead")
    record.add_argument("--seconds", type=_between(0.1, 86400.0), metavar="S",
                        help="stop after S seconds (default: on Ctrl-C)")  # fmt: skip
    return parser


def _between(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be {least:g} to {most:g} (got {text!r})")
        return value

    return number


# --- verbs ------------------------------------------------------------------------------------


def _demo(options: argparse.Namespace) -> int:
    from matfw.messages import Side
    from matfw.service.report import demo_lines
    from matfw.settings import Settings

    side = Side(options.side)
    trace = virtual_trace("demo", options.layout, side)
    settings = Settings(layout=options.layout)
    mat = replace(settings.mat(), side=side, person=trace.person)
    build = functools.partial(build_virtual_cells, mat, "demo", side, options.speed)
    reps = _live(
        settings,
        mat,
        build,
        title="matfw demo",
        speed=options.speed,
        end_s=trace.duration_s,
    )
    print("\n".join(demo_lines(trace.truth, reps, mat.tempo)))
    return EXIT_DONE if reps else EXIT_FAILED


def _run(options: argparse.Namespace) -> int:
    settings, state = _load(options)
    mat = settings.mat(state)
    if options.virtual:
        from matfw.messages import Side

        side = mat.side if mat.side is not Side.UNKNOWN else Side.LEFT
        _say(VIRTUAL_NOTICE)
        build: Build = functools.partial(build_virtual_cells, mat, "faults", side, 1.0)
        _live(settings, replace(mat, side=side), build, title="matfw run", speed=1.0)
        return EXIT_DONE
    uncalibrated = settings.uncalibrated(state)
    notice = (
        f"not calibrated: {', '.join(uncalibrated)}: weights are nominal and may be far off;"
        " put [calibration] into state.toml (hardware/README.md)"
    )
    build = functools.partial(build_real_cells, settings)
    _live(settings, mat, build, title="matfw run", notice=notice if uncalibrated else None)
    return EXIT_DONE


def _replay(options: argparse.Namespace) -> int:
    from matfw.messages import Event, Rep
    from matfw.service.events import event_json
    from matfw.service.replay import replay
    from matfw.service.report import event_line, session_lines
    from matfw.session.recording import read_recording

    settings, _ = _load(options)
    recording = read_recording(options.file)
    mat = replace(recording.mat, limits=settings.limits.limits())
    reps: list[Rep] = []

    def tell(event: Event) -> None:
        if isinstance(event, Rep):
            reps.append(event)
        print(event_json(event).decode() if options.json else event_line(event))

    tally = replay(mat, recording.frames(), tell, settings.workout.reps)
    if options.json:
        print(tally.as_json().decode())
    else:
        print("\n".join(session_lines(reps, mat.tempo, is_simulated=False)))
    return EXIT_DONE


def _record(options: argparse.Namespace) -> int:
    from matfw.service.acquisition import Acquisition
    from matfw.service.recorder import record
    from matfw.session.recording import RecordingWriter

    settings, state = _load(options)
    mat = settings.mat(state)
    source = "a matfw mat"
    build: Build = functools.partial(build_real_cells, settings)
    if options.virtual:
        from matfw.messages import Side

        mat = replace(mat, side=mat.side if mat.side is not Side.UNKNOWN else Side.LEFT)
        source = "the VIRTUAL bench of matfw: no person"
        build = functools.partial(build_virtual_cells, mat, "faults", mat.side, 1.0)
        _say(VIRTUAL_NOTICE)
    acquisition = Acquisition(build)
    try:
        frames = record(
            acquisition,
            functools.partial(RecordingWriter, options.file, mat, source),
            options.seconds,
        )
    finally:
        acquisition.close()
    _say(f"{frames} frames in {options.file}" if frames else "stopped before the first frame")
    return EXIT_DONE


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


def build_virtual_cells(mat: Mat, name: str, side: Side, speed: float) -> LoadCells:
    """Return the default reader on pin-level virtual converters under a virtual person."""
    from matfw.devices.parallel import ParallelReader
    from matfw.virtual.bench import VirtualBench
    from matfw.virtual.clock import VirtualClock

    trace = virtual_trace(name, mat.layout, side)
    length_s = trace.duration_s
    repeats = name != "demo"

    def loads_kg(t_s: float) -> Sequence[float]:
        return trace.loads_at(t_s % length_s if repeats else t_s)

    clock = VirtualClock(speed=speed)
    bench = VirtualBench(mat, loads_kg, clock, seed=DEMO_SEED)
    return ParallelReader(
        tuple(cell.name for cell in mat.cells), bench.lines(), clock, rate_hz=mat.rate_hz
    )


def virtual_trace(name: str, layout: str, side: Side) -> Trace:
    """Return what the cells of a virtual session carry; name is one of TRACE_NAMES."""
    import numpy as np

    from matfw.layouts import PRESETS
    from matfw.virtual.person import generate
    from matfw.virtual.sessions import demo_session, random_session

    if layout not in PRESETS:
        raise MatUsageError(f"the virtual bench has no layout {layout!r}: use {', '.join(PRESETS)}")
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
    *,
    title: str,
    speed: float | None = None,
    end_s: float | None = None,
    notice: str | None = None,
) -> list[Rep]:
    """Run the firmware; return its reps.

    speed: of the virtual bench, None on real hardware. notice: to be said once cells answer.
    """
    import socket

    from systemd_watchdog.systemd_watchdog import WatchDog

    from matfw.devices.clock import RealClock
    from matfw.devices.indicator import GpiozeroIndicator
    from matfw.pipeline import Pipeline
    from matfw.service.acquisition import Acquisition
    from matfw.service.firmware import Firmware

    outputs = settings.outputs
    lights = outputs.light_pins
    factory = _virtual_factory() if speed is not None else _real_factory(settings)
    acquisition = Acquisition(build)
    try:
        with (
            GpiozeroIndicator(
                factory,
                None if outputs.mute else outputs.buzzer_pin,
                (lights.head, lights.hip, lights.foot),
            ) as indicator,
            _shown(settings, mat, title, speed, end_s) as tap,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
        ):
            systemd = WatchDog(channel)

            def begin() -> None:
                systemd.ready()
                if notice is not None:
                    _say(notice)

            firmware = Firmware(
                Pipeline(mat, settings.workout.reps), acquisition, indicator, RealClock(),
                [tap], on_first_frame=begin, on_frame=systemd.ping,
            )  # fmt: skip
            firmware.run(end_s)
            return firmware.reps
    finally:
        acquisition.close()
        if acquisition.account.dropped:
            _say(f"{acquisition.account.dropped} frames were dropped: this computer is too slow")


@contextmanager
def _shown(
    settings: Settings, mat: Mat, title: str, speed: float | None, end_s: float | None
) -> Iterator[Tap]:
    """Give the tap that shows the session: a picture on a terminal that can draw, else lines."""
    from matfw.service.picture import Picture, drawing_console

    is_simulated = speed is not None
    console = drawing_console(sys.stdout)
    if console is None:
        from matfw.service.lines import EventLines

        yield EventLines(sys.stdout, f"{title} (VIRTUAL)" if is_simulated else title)
        return
    from matfw.devices.clock import RealClock
    from matfw.service.showing import Showing

    with Picture(console) as picture:
        yield Showing(
            picture, mat, RealClock(), title=title, target_reps=settings.workout.reps,
            is_simulated=is_simulated, speed=speed or 1.0, length_s=end_s,
        )  # fmt: skip


@contextmanager
def _flushed() -> Iterator[None]:
    """Let stdout fail here, where it is answered, and not when Python ends."""
    try:
        yield
    finally:
        sys.stdout.flush()


def _discard_stdout() -> None:
    """Keep Python from failing once more, at its end, on what is still to be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _stoppable() -> Iterator[None]:
    """Leave by KeyboardInterrupt on SIGTERM too, so that everything is closed and off."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _load(options: argparse.Namespace) -> tuple[Settings, MachineState]:
    from matfw.settings import default_config_path, default_state_dir, load_settings, load_state

    settings = load_settings(options.config or default_config_path(os.environ))
    return settings, load_state(options.state or default_state_dir(os.environ))


def _say(text: str) -> None:
    print(f"matfw: {text}", file=sys.stderr)


if __name__ == "__main__":
    # By its own name, or the acquisition process could not find the builders that it is handed.
    from matfw.__main__ import main as main_by_name

    sys.exit(main_by_name())
