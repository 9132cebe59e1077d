"""The live picture in a terminal that can draw; elsewhere lines.py prints the events.

rich (the extra `terminal`) puts the characters on the screen; everything it shows is drawn in
drawing.py. The picture has the terminal's second screen to itself and gives it back on close, so
what was there before is there again, also after Ctrl-C: use it in a `with` block.
"""

from __future__ import annotations

import atexit
from collections import deque
from typing import TYPE_CHECKING, Self, TextIO

from matfw.display.drawing import Trail, draw
from matfw.display.view import CellView, View
from matfw.messages import Phase

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["CellView", "Picture", "View", "drawing_console"]

_TRAIL_POINTS = 40  # 4 s at 10 pictures a second: most of one rep
_FOLLOW_SHARE = 0.1  # of the way per picture: the close-up's middle follows the body at rest
_LEAVES_MM = 32.0  # from the close-up's middle: farther than that it jumps after the body


def drawing_console(stream: TextIO) -> Console | None:
    """Return rich's console on the stream, or None where lines are better than a drawing."""
    if not stream.isatty():
        return None
    try:
        from rich.console import Console  # noqa: PLC0415  an extra; and 70 ms that a service saves
    except ImportError:
        return None
    console = Console(file=stream)
    can_draw = console.encoding.startswith("utf") and not console.is_dumb_terminal
    return console if can_draw else None


class Picture:
    """The whole screen, redrawn in place."""

    def __init__(self, console: Console) -> None:
        """Take the terminal's second screen; the console is one of `drawing_console`."""
        from rich.live import Live  # noqa: PLC0415  see drawing_console

        self._console = console
        # No auto_refresh: it would be a thread, and pictures come ten times a second anyway.
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._points_mm: deque[tuple[float, float]] = deque(maxlen=_TRAIL_POINTS)
        self._middle_mm: tuple[float, float] | None = None
        self._phase: Phase | None = None
        self._phase_since_s = 0.0
        self._live.start()
        # A run that ends by sys.exit outside of the `with` block must leave no blank terminal.
        atexit.register(self.close)

    def update(self, view: View) -> None:
        """Show a view; about ten times a second is smooth."""
        from rich.text import Text  # noqa: PLC0415  see drawing_console

        if view.phase is not self._phase:
            self._phase, self._phase_since_s = view.phase, view.t_s
        self._follow(view)
        size = self._console.size
        trail = Trail(tuple(self._points_mm), self._middle_mm or (0.0, 0.0))
        canvas = draw(view, trail, view.t_s - self._phase_since_s, size.width, size.height)
        text = Text(no_wrap=True, overflow="crop", end="")
        for number, line in enumerate(canvas.spans()):
            text.append("\n" if number else "")
            for characters, style in line:
                text.append(characters, style)
        self._live.update(text, refresh=True)

    def close(self) -> None:
        """Give the terminal back. Calling it twice is allowed."""
        atexit.unregister(self.close)
        self._live.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _follow(self, view: View) -> None:
        """Remember where the centre of pressure was; move the close-up only with a body at rest."""
        if view.cop_mm is None:
            self._points_mm.clear()
            self._middle_mm = None
            return
        x_mm, y_mm = view.cop_mm
        self._points_mm.append(view.cop_mm)
        if self._middle_mm is None:
            self._middle_mm = view.cop_mm
        away_x_mm, away_y_mm = x_mm - self._middle_mm[0], y_mm - self._middle_mm[1]
        if max(abs(away_x_mm), abs(away_y_mm)) > _LEAVES_MM:
            self._middle_mm = view.cop_mm
        elif view.phase is Phase.REST:
            self._middle_mm = (
                self._middle_mm[0] + _FOLLOW_SHARE * away_x_mm,
                self._middle_mm[1] + _FOLLOW_SHARE * away_y_mm,
            )
