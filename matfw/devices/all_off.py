"""Outputs low after a firmware that could not do it itself, as after a SIGKILL.

`matfw run --all-off` calls this; systemd/matfw.service does so in ExecStopPost.

The kernel takes the lines of a killed process back, but not every Pi kernel changes their level:
a light that was on can stay on. This drives them low and leaves them so.
"""

from __future__ import annotations

from collections.abc import Iterable

from gpiozero import Factory

from matfw.errors import MatGpioError


def all_off(factory: Factory, pins: Iterable[int]) -> None:
    """Drive the given pins (BCM numbers) low.

    Every pin is tried; then MatGpioError is raised if some could not be driven. The pins stay
    outputs: end the process without closing the factory, since closing makes them inputs again.
    """
    failures: list[str] = []
    for pin in pins:
        try:
            factory.pin(pin).output_with_state(False)
        # Exception: lgpio.error is no GPIOZeroError; and one pin in the way must not leave the
        # others on. Nothing is swallowed: all failures are raised below.
        except Exception as error:
            failures.append(f"GPIO{pin} ({error})")
    if failures:
        raise MatGpioError(
            f"all-off: {', '.join(failures)} not driven low: stop the process that holds the pins"
            " (`gpioinfo` names it), or switch the mat's supply off"
        )
