"""The firmware's parts put together: frames in, the line, outputs, picture, consoles."""

# ruff: noqa: PLC0415  nothing heavy is imported before it is needed

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from matfw.cli.environment import say
from matfw.cli.hardware import Build, BuildHips, real_factory, virtual_factory
from matfw.cli.journal import is_journal, level_of
from matfw.cli.signals import signals_blocked

if TYPE_CHECKING:
    from gpiozero import Factory

    from matfw.cli.consoles import ConsolePlan
    from matfw.devices.indicator import GpiozeroIndicator
    from matfw.messages import Mat
    from matfw.service.acquisition import Acquisition
    from matfw.service.firmware import Firmware, Tap
    from matfw.service.hips import HipFrames, Hips
    from matfw.settings.model import Settings
    from matfw.store.record import Record


Pace = Callable[[float], float]


def run_live(
    settings: Settings,
    mat: Mat,
    build: Build,
    hips: Callable[[Factory], Sequence[Hips]],
    *,
    title: str,
    speed: float | None = None,
    quick_until_s: float = 0.0,
    end_s: float | None = None,
    notice: str | None = None,
    console: ConsolePlan | None = None,
    taps: Sequence[Tap] = (),
) -> None:
    """Run the firmware.

    hips: opens the hip sensors, with the factory that the indicator has too. speed: of the virtual
    bench, None on real hardware; quick_until_s: up to then as VirtualClock says. notice: to report
    once cells answer. console: None without one. taps: who else reads along.
    """
    with signals_blocked():
        from matfw.cli.consoles import consoles
        from matfw.cli.keeping import keeping
        from matfw.devices.clock import RealClock
        from matfw.devices.indicator import GpiozeroIndicator
        from matfw.display.live_view import LiveView
        from matfw.pipeline import Pipeline
        from matfw.service.firmware import Firmware
        from matfw.service.lesson import TapLesson
        from matfw.service.refiner import ProcessRefiner
        from matfw.service.watchdog import Watchdog

    factory = virtual_factory() if speed is not None else real_factory(settings)
    with (
        mat_frames(mat, build, functools.partial(hips, factory), speed is not None) as (
            frames,
            acquisition,
        ),
        GpiozeroIndicator(
            factory, settings.outputs.buzzer_pin, *settings.outputs.strips()
        ) as indicator,
        shown(settings, mat, title, pace_of(speed, quick_until_s), end_s) as picture,
        Watchdog(RealClock()) as systemd,
        ExitStack() as opened,
    ):
        indicator.volume = settings.outputs.loudness_percent() / 100.0
        indicator.sound_mode = settings.outputs.sound
        # The picture after what the report reads: what it shows is there, whenever Ctrl-C comes.
        readers: list[Tap] = [*taps, picture]
        record: Record | None = None
        rounds: list[Callable[[Firmware], object]] = []
        if isinstance(picture, LiveView):
            rounds.append(picture.between)
        if console is not None:
            control = opened.enter_context(
                consoles(console, mat, indicator, acquisition, say, is_virtual=speed is not None)
            )
            record = opened.enter_context(
                keeping(console, mat, control, say, is_virtual=speed is not None)
            )
            readers += [control] if record is None else [record, control]
            rounds.append(control.between)
            speaker = None
            if settings.voice.on:
                from matfw.cli.speaking import speaking

                speaker = opened.enter_context(speaking(settings, console, indicator, control, say))
                readers.append(speaker)
            lesson = TapLesson(speaker)
            readers.append(lesson)
            rounds.append(lesson.between)

        if settings.outputs.button_pin is not None:
            rounds.append(opened.enter_context(push_button(settings, factory, indicator)))

        def begin() -> None:
            systemd.ready()
            if notice is not None:
                say(notice)

        def between(firmware: Firmware) -> None:
            for each in rounds:
                each(firmware)

        firmware = Firmware(
            Pipeline(mat, settings.plan()), frames, indicator, RealClock(),
            readers, refiner=functools.partial(ProcessRefiner, say, waits=speed is not None),
            record=record, on_first_frame=begin, on_frame=systemd.alive, between=between,
        )  # fmt: skip
        firmware.run(end_s)


@contextmanager
def push_button(
    settings: Settings, factory: Factory, indicator: GpiozeroIndicator
) -> Iterator[Callable[[Firmware], object]]:
    """Give what looks at the button between two frames."""
    from matfw.devices.clock import RealClock
    from matfw.devices.push_button import PushButton, next_loudness

    clock = RealClock()
    pressed: list[int] = []

    def quieter() -> None:
        indicator.volume = next_loudness(indicator.volume)

    assert settings.outputs.button_pin is not None
    button = PushButton(factory, settings.outputs.button_pin, pressed.append, quieter)

    def look(firmware: Firmware) -> None:
        button.look(clock.now_s())
        while pressed:
            firmware.line.press(pressed.pop(0))

    try:
        yield look
    finally:
        button.close()


@contextmanager
def mat_frames(
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
        say(f"{acquisition.account.dropped} frames were dropped: this computer is too slow")


def pace_of(speed: float | None, quick_until_s: float) -> Pace | None:
    """Return how fast a virtual session is played at each moment; None for a real one."""
    from matfw.virtual.clock import QUICK

    if speed is None:
        return None
    return lambda t_s: max(speed, QUICK) if t_s < quick_until_s else speed


@contextmanager
def shown(
    settings: Settings, mat: Mat, title: str, pace: Pace | None, end_s: float | None
) -> Iterator[Tap]:
    """Give the tap that shows the session: a picture on a terminal that can draw, else lines.

    pace: times real time at a moment of a simulated session, None for a real one.
    """
    from matfw.display.picture import Picture, drawing_console

    is_simulated = pace is not None
    console = drawing_console(sys.stdout)
    if console is None:
        from matfw.display.lines import EventLines

        said = f"{title} (VIRTUAL)" if is_simulated else title
        if is_journal(sys.stdout):
            yield EventLines(sys.stdout, said, lambda event: f"<{level_of(event).value}>")
        else:
            yield EventLines(sys.stdout, said)
        return
    from matfw.devices.clock import RealClock
    from matfw.display.live_view import LiveView

    with Picture(console) as picture:
        yield LiveView(
            picture, mat, RealClock(), title=title, target_reps=settings.plan().reps,
            is_simulated=is_simulated, speed_at=pace or (lambda _: 1.0), length_s=end_s,
        )  # fmt: skip
