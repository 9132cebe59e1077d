"""An optional push button beside the mat: what taps on the mat mean, and quieter or louder.

Two presses are two taps, three are three; held for a second it steps the loudness down, and from
the softest back to the loudest. It is looked at between two frames, 80 times a second, so there is
no thread, and bouncing contacts, a few ms, are two looks at the same press at most.
"""

from __future__ import annotations

from collections.abc import Callable

from gpiozero import Button, Factory

from matfw.errors import MatGpioError

NEXT_S = 0.5  # after a press in which the next one belongs to it
HELD_S = 1.0
SETTLED_S = 0.02  # contacts bounce for less
LOUDNESS = (1.0, 0.5, 0.25, 0.1)
TAPS = (2, 3)


class Presses:
    """Counts presses; says `taps` and that it is held."""

    def __init__(self, on_taps: Callable[[int], object], on_held: Callable[[], object]) -> None:
        """Take what is called when presses have ended, with their number, and what at a hold."""
        self._on_taps = on_taps
        self._on_held = on_held
        self._is_down = False
        self._changed_s = float("-inf")
        self._presses = 0
        self._has_held = False

    def update(self, t_s: float, is_down: bool) -> None:
        """Take a look at the button."""
        if is_down is not self._is_down and t_s - self._changed_s >= SETTLED_S:
            self._is_down, self._changed_s = is_down, t_s
            if is_down:
                self._has_held = False
            elif not self._has_held:
                self._presses += 1
        lasts_s = t_s - self._changed_s
        if self._is_down and not self._has_held and lasts_s >= HELD_S:
            self._has_held, self._presses = True, 0
            self._on_held()
        if not self._is_down and self._presses and lasts_s >= NEXT_S:
            presses, self._presses = self._presses, 0
            if presses in TAPS:
                self._on_taps(presses)


class PushButton:
    """A button from a pin to ground, through gpiozero."""

    def __init__(
        self,
        factory: Factory,
        pin: int,
        on_taps: Callable[[int], object],
        on_held: Callable[[], object],
    ) -> None:
        """Claim the pin. Raises MatGpioError if it cannot be had."""
        try:
            self._button = Button(pin, pull_up=True, pin_factory=factory)
        except Exception as error:  # as in indicator.py: lgpio's error is no GPIOZeroError
            raise MatGpioError(
                f"push button: cannot use GPIO{pin} ({error}): give it a pin of its own"
                " (outputs.button_pin)"
            ) from error
        self._presses = Presses(on_taps, on_held)

    def look(self, t_s: float) -> None:
        """Look at it; call it between two frames."""
        self._presses.update(t_s, bool(self._button.is_pressed))

    def close(self) -> None:
        """Give the pin back. Calling it twice is allowed."""
        self._button.close()


def next_loudness(now: float) -> float:
    """Return the next softer step, from the softest back to the loudest."""
    softer = [step for step in LOUDNESS if step < now - 1e-6]
    return softer[0] if softer else LOUDNESS[0]
