"""No light flashes more often than eyes can bear, whatever is asked of it.

Each cue's own pattern keeps the limit (sounds/earcons.py, tested there), but a fault may break off
another cue, and two harmless patterns end to end can flash four times within a second.
"""

from __future__ import annotations

from collections import deque

MAX_FLASHES = 3  # in WINDOW_S; WCAG 2.2, success criterion 2.3.1
WINDOW_S = 1.0
RISE = 0.1  # of full brightness; WCAG's "general flash": a change of 10 % of the maximum
# Frames are stamped in floating point; a window that seems a hair too long costs nothing.
_TIME_GRAIN_S = 1e-6


class FlashLimit:
    """Follows the brightness asked of one light and leaves out the flash that is one too many.

    A flash starts where the brightness has risen by RISE from the last low. While a flash is one
    too many the light stays at that low, and joins the pattern again as soon as it may.
    """

    def __init__(self) -> None:
        self._starts_s: deque[float] = deque(maxlen=MAX_FLASHES)
        self._low = 0.0
        self._high = 0.0
        self._is_up = False

    def limited(self, t_s: float, brightness: float) -> float:
        """Return the brightness 0..1 the light may have at t_s when `brightness` is asked for."""
        if self._is_up:
            self._high = max(self._high, brightness)
            if brightness <= self._high - RISE:
                self._is_up, self._low = False, brightness
            return brightness
        if brightness < self._low + RISE:
            self._low = min(self._low, brightness)
            return brightness
        if len(self._starts_s) == MAX_FLASHES and (
            t_s - self._starts_s[0] <= WINDOW_S + _TIME_GRAIN_S
        ):
            return self._low
        self._starts_s.append(t_s)
        self._is_up, self._high = True, brightness
        return brightness
