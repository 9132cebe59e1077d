"""`matfw demo`: a virtual person is led through a workout, and a report compares."""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import functools
from contextlib import nullcontext
from dataclasses import replace

from matfw.cli.demo_sound import cue_sounds
from matfw.cli.environment import say
from matfw.cli.exit_codes import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from matfw.cli.hardware import build_virtual_cells, build_virtual_hips, virtual_trace
from matfw.cli.live import run_live
from matfw.cli.signals import HungUp
from matfw.display.report import Reps, demo_lines
from matfw.errors import MatError, MatUsageError
from matfw.messages import Side
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS
from matfw.settings.model import Settings, Workout
from matfw.settings.plans import PlanSettings
from matfw.virtual.workouts import REPS

LEAD_S = 7.5  # of the demo before its first lift, at the speed asked for: the side, and 3, 2, 1


def demo(options: argparse.Namespace) -> int:
    """Run it; return the exit code. Raises MatError where nothing came of it."""
    if options.config or options.state:
        raise MatUsageError(
            "the demo has a person and a mat of its own: it takes --layout, --side and --hips;"
            " `matfw run --virtual --config FILE` runs your settings on a virtual mat"
        )
    side = Side(options.side)
    trace = virtual_trace("workout", options.layout, side)
    plan = PlanSettings(name="demo", reps=REPS, sets_a_side=1, rest_s=10.0, first_side=side)
    settings = Settings(
        layout=options.layout, plans=(plan,), workout=Workout(plan="demo", reps=REPS)
    )
    belt = SACRUM_CHANNELS if options.hips in ("imu", "both") else ()
    rail = RAIL_CHANNELS if options.hips in ("rail", "both") else ()
    mat = replace(settings.mat(), side=side, person=trace.person, channels=belt + rail)
    # What is only waited for, until the first repetition, is played quickly; the picture says how
    # fast. On the other side getting on, the wiggle and the count-in are shown.
    quick_s = trace.truth[0].start_s - LEAD_S
    build = functools.partial(build_virtual_cells, mat, "workout", side, options.speed, quick_s)
    done = Reps()
    code = EXIT_DONE
    try:
        with cue_sounds(say) if options.sound else nullcontext() as sounds:
            run_live(
                settings, mat, build, lambda _: build_virtual_hips(mat, "workout", side),
                title="matfw demo", speed=options.speed, quick_until_s=quick_s,
                end_s=trace.duration_s, taps=[done, *([sounds] if sounds else [])],
            )  # fmt: skip
    except HungUp:
        raise
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
        say(f"interrupted at {done.t_s:.0f} of {trace.duration_s:.0f} s: this is what came before")
    except MatError as error:
        if not done.reps:
            raise
        code = EXIT_FAILED
        say(f"{error}: this is what came before")
    shown = [rep for rep in trace.truth if code == EXIT_DONE or rep.end_s <= done.t_s]
    print("\n".join(demo_lines(shown, done.reps, mat.tempo, is_whole=code == EXIT_DONE)))
    return code if done.reps or code != EXIT_DONE else EXIT_FAILED
