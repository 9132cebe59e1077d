"""What a link is told without asking: repetitions, who was weighed, cells that fail."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from matfw.control.api import Notice
from matfw.control.events import event_json
from matfw.display.report import event_line
from matfw.messages import (
    CellEvent,
    CueGiven,
    Event,
    PersonWeighed,
    PhaseChanged,
    ReaderEvent,
    Rep,
)

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Subscription

# What each word of `tell` lets through.
TELLS: Mapping[str, tuple[type[Event], ...]] = MappingProxyType(
    {
        "none": (),
        "reps": (Rep, PersonWeighed, CellEvent, ReaderEvent),
        "all": (Rep, PersonWeighed, CellEvent, ReaderEvent, PhaseChanged, CueGiven),
    }
)


class Telling:
    """One link's news."""

    def __init__(self, subscription: Subscription[Event | Notice]) -> None:
        """Take the feed, which is closed with this."""
        self._subscription = subscription

    def poll(self, context: Context) -> None:
        """Say what has happened since the last call."""
        wanted = TELLS[context.tells]
        for event in self._subscription.drain():
            if isinstance(event, Notice):
                if wanted:
                    context.note(event.text, event.event, event.data)
            elif isinstance(event, wanted):
                fields = msgspec.json.decode(event_json(event))
                context.note(" ".join(event_line(event).split()), fields.pop("event"), fields)

    def close(self) -> None:
        """End it."""
        self._subscription.close()
