"""The tap for where there is nothing to draw on: each event as one plain line, once.

For pipes, log files and terminals that cannot draw. A line is written when its event happens, at
any speed; whoever reads them must keep up, as the journal does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from matfw.control.events import event_line
from matfw.messages import Event
from matfw.pipeline import Step


class EventLines:
    """Prints what happened."""

    def __init__(
        self, stream: TextIO, title: str, prefix: Callable[[Event], str] = lambda _: ""
    ) -> None:
        """Take the stream and write the title, which says where the events come from.

        prefix: what stands before an event's line, such as its level for the journal.
        """
        self._stream = stream
        self._prefix = prefix
        self._write([title])

    def step(self, step: Step) -> None:
        """See one frame's step: nothing to print."""

    def events(self, events: Sequence[Event]) -> None:
        """Print what happened, one line each."""
        self._write([self._prefix(event) + event_line(event) for event in events])

    def _write(self, lines: Sequence[str]) -> None:
        self._stream.writelines(f"{line}\n" for line in lines)
        self._stream.flush()
