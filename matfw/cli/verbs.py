"""The verbs: what `matfw VERB` does, and how it ends.

Nothing heavy is imported before a verb needs it, so that `matfw --help` answers at once; hence
the imports inside functions.
"""

# ruff: noqa: PLC0415, T201

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from matfw.cli.arguments import build_parser
from matfw.cli.encoding import adapt_output, write_json
from matfw.cli.environment import for_screen, say, state_dir_of, store_of
from matfw.cli.exit_codes import EXIT_DONE, EXIT_FAILED, EXIT_HUNG_UP, EXIT_INTERRUPTED, EXIT_USAGE
from matfw.cli.hardware import (
    Build,
    BuildHips,
    build_empty_cells,
    build_led_cells,
    build_led_hips,
    build_real_cells,
    build_real_hips,
    build_virtual_cells,
    build_virtual_hips,
    configured_chip,
    configured_hips,
    on_bench,
    real_factory,
    virtual_factory,
)
from matfw.cli.journal import Level, is_journal, tell_of_crashes
from matfw.cli.live import mat_frames, run_live
from matfw.cli.only_one import only_one
from matfw.cli.signals import HungUp, discard_stdout, ending_early, flushed, stoppable
from matfw.errors import MatError, MatUsageError

if TYPE_CHECKING:
    from matfw.cli.consoles import ConsolePlan
    from matfw.messages import Mat
    from matfw.settings.model import Settings

VIRTUAL_NOTICE = (
    "VIRTUAL bench: no cell is read, a simulated person exercises over and over;"
    " `--virtual empty` is a mat to calibrate"
)
EMPTY_NOTICE = (
    "VIRTUAL bench: no cell is read, the mat is empty; at the console `lay 10 head_left` lays 10 kg"
    " over that cell, `lay 0` takes it away"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code: 0 done, 1 the work failed, 2 wrong usage or settings.

    `run` and `record` are ended by a signal, as they have no end of their own: that is 0 too, and
    130 for every other verb. SIGHUP is 129, so that systemd starts the service again.
    """
    ends_by_signal = False
    # Before numpy comes, here and in every process of ours: its matrices are too small for more
    # threads, whose start costs 0.1 s of CPU and which spin beside the frames.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with stoppable(), flushed():
            adapt_output()
            if is_journal(sys.stderr):
                sys.excepthook = tell_of_crashes()
            options = build_parser(VERBS).parse_args(argv)
            ends_by_signal = options.verb in (_run, _record)
            if getattr(options, "json", False):
                write_json()
            return int(options.verb(options))
    except MatError as error:
        say(str(error), Level.ERROR)
        return EXIT_USAGE if isinstance(error, MatUsageError) else EXIT_FAILED
    except HungUp:
        return EXIT_HUNG_UP
    except KeyboardInterrupt:
        return EXIT_DONE if ends_by_signal else EXIT_INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough, as in `| head`
        discard_stdout()
        return EXIT_DONE
    except OSError as error:
        discard_stdout()
        from matfw.settings.os_errors import advice

        say(f"the system refused something: {error}: {advice(error)}", Level.ERROR)
        return EXIT_FAILED


# --- verbs ------------------------------------------------------------------------------------


def _demo(options: argparse.Namespace) -> int:
    from matfw.cli.demo import demo

    return demo(options)


def _run(options: argparse.Namespace) -> int:
    from matfw.cli.consoles import ConsolePlan

    store = store_of(options)
    from matfw.settings.plans import DEFAULT_PLAN, NO_PLAN

    # Virtual people who know of no coach are led only where somebody asked for it.
    unset_plan = DEFAULT_PLAN if options.virtual in (None, "workout") else NO_PLAN
    settings, state = store.settings.led(unset_plan), store.state
    if options.all_off:
        from matfw.devices.all_off import all_off

        all_off(real_factory(settings), settings.outputs.named_pins().values())
        return EXIT_DONE
    if not options.virtual:
        from matfw.settings.checks import check_ports

        check_ports(settings, options.console)
    ports = (*settings.console.ports, *options.console)
    console = ConsolePlan(store, state_dir_of(options), ports, unset_plan)
    with only_one(console.state_dir, say):
        return _run_on(options, settings, settings.mat(state), console)


def _run_on(options: argparse.Namespace, settings: Settings, mat: Mat, console: ConsolePlan) -> int:
    if options.virtual == "empty":
        from matfw.virtual.weights import Weights

        weights = Weights()
        mat = replace(on_bench(mat), channels=())
        say(EMPTY_NOTICE)
        run_live(
            settings, mat, functools.partial(build_empty_cells, mat, weights), lambda _: (),
            title="matfw run", speed=1.0, console=replace(console, lay=weights.lay),
        )  # fmt: skip
        return EXIT_DONE
    if options.virtual:
        who = str(options.virtual)
        mat = on_bench(mat)
        say(VIRTUAL_NOTICE)
        plan = settings.plan()
        build: Build = functools.partial(build_virtual_cells, mat, who, mat.side, 1.0)
        hips: BuildHips = functools.partial(build_virtual_hips, mat, who, mat.side)
        if who == "workout":
            build = functools.partial(build_led_cells, mat, plan)
            hips = functools.partial(build_led_hips, mat, plan)
        run_live(
            settings, mat, build, lambda _: hips(), title="matfw run", speed=1.0, console=console
        )
        return EXIT_DONE
    uncalibrated = settings.uncalibrated(console.store.state)
    notice = (
        f"not calibrated: {', '.join(uncalibrated)}: weights are nominal and may be far off:"
        " `matfw console`, then `calibrate`"
    )
    from matfw.cli.start_delay import StartDelay

    delay = StartDelay(say)
    delay.wait()
    run_live(
        settings, mat, functools.partial(build_real_cells, settings),
        functools.partial(build_real_hips, settings),
        title="matfw run", notice=notice if uncalibrated else None, console=console, taps=[delay],
    )  # fmt: skip
    return EXIT_DONE


def _replay(options: argparse.Namespace) -> int:
    from matfw.control.events import event_json, event_line
    from matfw.display.report import session_lines
    from matfw.messages import Event, Rep
    from matfw.recording.file import read_recording
    from matfw.recording.whole_rows import WholeRows
    from matfw.service.replay import replay

    store = store_of(options)
    settings = store.settings
    recording = read_recording(options.file)
    recording.check_places()
    mat = settings.judging(recording.mat, store.state)
    reps: list[Rep] = []

    def tell(event: Event) -> None:
        if isinstance(event, Rep):
            reps.append(event)
        print(event_json(event).decode() if options.json else event_line(event))

    rows = WholeRows(recording, say)
    with ending_early() as is_asked:
        tally = replay(mat, takewhile(lambda _: not is_asked(), rows), tell, settings.plan())
    if is_asked():
        say(f"interrupted after {tally.frames} frames: the tally is of what came before")
    if options.json:
        print(tally.as_json().decode())
    else:
        print("\n".join(session_lines(reps, mat.tempo, is_simulated=False)))
    if is_asked():
        return EXIT_INTERRUPTED
    rows.check()
    return EXIT_DONE


def _record(options: argparse.Namespace) -> int:
    from matfw.recording.writer import RecordingWriter, check_name
    from matfw.service.recorder import record

    check_name(options.file)
    store = store_of(options)
    settings = store.settings
    mat = settings.mat(store.state)
    origin = "a matfw mat"
    build: Build = functools.partial(build_real_cells, settings)
    hips: BuildHips = functools.partial(configured_hips, settings)
    if options.virtual:
        mat = on_bench(mat)
        origin = "the VIRTUAL bench of matfw: no person"
        build = functools.partial(build_virtual_cells, mat, "faults", mat.side, 1.0)
        hips = functools.partial(build_virtual_hips, mat, "faults", mat.side)
        say(VIRTUAL_NOTICE)
    writer = functools.partial(RecordingWriter, options.file, mat, origin)
    with mat_frames(mat, build, hips, options.virtual) as (source, _):
        frames = record(source, writer, options.seconds)
    say(f"{frames} frames in {options.file}" if frames else "stopped before the first frame")
    return EXIT_DONE


def _config(options: argparse.Namespace) -> int:
    from matfw.settings.default_file import default_toml, schema_json

    if options.what == "schema":
        print(schema_json())
    elif options.what == "default":
        print(default_toml(), end="")
    else:
        options.config = options.file or options.config
        store = store_of(options)
        print(f"{store.config or 'no settings file'}: ok")
    return EXIT_DONE


def _console(options: argparse.Namespace) -> int:
    from matfw.cli.consoles import talk

    all_ok = talk(
        options.port,
        state_dir_of(options),
        is_chosen=options.state is not None,
        is_json=options.json,
    )
    return EXIT_DONE if all_ok else EXIT_FAILED


def _doctor(options: argparse.Namespace) -> int:
    from matfw.cli.consoles import sockets_of
    from matfw.cli.doctor import Doctor
    from matfw.devices.gpio import chip_number
    from matfw.settings.files import default_config_path

    state_dir = state_dir_of(options)
    report = Doctor(
        options.config or default_config_path(os.environ), state_dir,
        sockets_of(state_dir, is_chosen=options.state is not None),
        build_real_cells, lambda settings: chip_number(configured_chip(settings)), say,
        is_virtual=options.virtual, is_pressed=options.press,
    ).look()  # fmt: skip
    print(
        report.as_json().decode()
        if options.json
        else "\n".join(for_screen(report.as_lines(), sys.stdout))
    )
    return EXIT_DONE if report.is_fine else EXIT_FAILED


def _report(options: argparse.Namespace) -> int:
    from matfw.cli.kept import report

    report(options, say)
    return EXIT_DONE


def _progress(options: argparse.Namespace) -> int:
    from matfw.cli.kept import progress

    progress(options)
    return EXIT_DONE


def _export(options: argparse.Namespace) -> int:
    from matfw.cli.exporting import export

    export(options)
    return EXIT_DONE


def _people(options: argparse.Namespace) -> int:
    from matfw.cli.people import people

    people(options)
    return EXIT_DONE


def _sounds(options: argparse.Namespace) -> int:
    from contextlib import nullcontext

    from matfw.cli.sounds import render, render_words, spoken_names, teach
    from matfw.cli.speaking import FOLDER
    from matfw.speech.catalogue import catalogue

    settings = store_of(options).settings
    language = options.words or (settings.voice.language if settings.voice.on else None)
    words = catalogue(language) if language else None
    if options.render is not None:
        written = render(options.render, settings.tempo())
        if words is not None:
            plan = settings.led().plan()
            written += render_words(options.render / f"words_{language}", words, plan)
        say(f"{len(written)} files in {options.render}")
        return EXIT_DONE
    from matfw.devices.clock import RealClock
    from matfw.devices.indicator import GpiozeroIndicator

    factory = virtual_factory() if options.virtual else real_factory(settings)
    outputs = settings.outputs
    clock = RealClock()
    naming = (
        nullcontext(lambda _: None)
        if words is None
        else spoken_names(words, state_dir_of(options) / FOLDER, settings.voice.device, clock, say)
    )
    with (
        GpiozeroIndicator(factory, outputs.buzzer_pin, *outputs.strips()) as indicator,
        naming as name,
    ):
        indicator.volume = settings.outputs.loudness_percent() / 100.0
        right, asked = teach(indicator, clock, input, round(clock.now_s()), name)
    print(f"{right} of {asked} recognised")
    return EXIT_DONE


VERBS = {
    "demo": _demo,
    "run": _run,
    "replay": _replay,
    "record": _record,
    "console": _console,
    "doctor": _doctor,
    "report": _report,
    "progress": _progress,
    "export": _export,
    "people": _people,
    "sounds": _sounds,
    "config": _config,
}
