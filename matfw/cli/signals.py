"""How the program ends: on a signal, or because nobody takes what it says."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ASKED = (signal.SIGTERM, signal.SIGHUP)  # by a service manager; by a terminal that has gone
ENDING = (signal.SIGINT, *ASKED)


@contextmanager
def flushed() -> Iterator[None]:
    """Let stdout fail here, where it is answered, and not when Python ends."""
    try:
        yield
    finally:
        if sys.stdout is not None:  # None: started with it closed, as in `>&-`
            sys.stdout.flush()


def discard_stdout() -> None:
    """Keep Python from failing once more, at its end, on what is still to be written."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Hold back the signals that end us; for imports, which leave files open when cut in two.

    Python ends by SIGINT, whatever is answered to it, once an interrupt has passed through code
    that was made from text: every dataclass is.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class HungUp(KeyboardInterrupt):
    """SIGHUP: the terminal has gone, or a service manager's `reload` asks for a new start."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Leave by KeyboardInterrupt on ASKED too, so that everything is closed and off."""

    def stop(number: int, _: object) -> None:
        raise HungUp if number == signal.SIGHUP else KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in ASKED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ending_early() -> Iterator[Callable[[], bool]]:
    """Give what says whether a signal has asked to end, where its result is still to be reported.

    A second signal ends at once, by KeyboardInterrupt.
    """
    asked = False

    def note(*_: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = {number: signal.signal(number, note) for number in ENDING}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
