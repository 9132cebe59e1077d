"""What a link reports without being asked: repetitions, who was weighed, cells that fail."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from matfw.control.events import event_json, event_line
from matfw.control.status import Notice
from matfw.messages import (
    CellEvent,
    CellProblem,
    CueGiven,
    Event,
    PersonWeighed,
    PhaseChanged,
    ReaderEvent,
    Rep,
    RestChanged,
    SetChanged,
    Tapped,
    WorkoutChanged,
)

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.subscriptions import Subscription

# What each word of `tell` lets through.
_OF_THE_WORKOUT = (Rep, PersonWeighed, CellEvent, ReaderEvent, WorkoutChanged, SetChanged)
LEVELS: Mapping[str, tuple[type[Event], ...]] = MappingProxyType(
    {
        "none": (),
        "reps": _OF_THE_WORKOUT,
        "all": (*_OF_THE_WORKOUT, RestChanged, Tapped, PhaseChanged, CueGiven),
    }
)


class Notifications:
    """Those of one link."""

    def __init__(self, subscription: Subscription[Event | Notice]) -> None:
        """Take the subscription, which is closed with this."""
        self._subscription = subscription
        self._has_greeted = False

    def poll(self, context: Context) -> None:
        """Report what has happened since the last call, whole or not at all.

        Nothing before anybody has typed; no recovery of a cell whose trouble was not reported here.
        """
        kinds = LEVELS[context.level] if context.has_typed else ()
        greeting = self._greet(context)
        for event in self._subscription.drain():
            if event is greeting:
                continue
            if isinstance(event, CellEvent) and not _is_whole(event, context, kinds):
                continue
            if isinstance(event, Notice):
                if kinds:
                    context.note(event.text, event.event, event.data)
            elif isinstance(event, kinds):
                fields = msgspec.json.decode(event_json(event))
                context.note(" ".join(event_line(event).split()), fields.pop("event"), fields)

    def _greet(self, context: Context) -> Notice | None:
        """Tell who types for the first time what is still offered; return it."""
        if self._has_greeted or not context.has_typed:
            return None
        self._has_greeted = True
        offered = context.control.offer.notice
        if offered is not None:
            context.note(offered.text, offered.event, offered.data)
        return offered

    def close(self) -> None:
        """End it."""
        self._subscription.close()


def _is_whole(event: CellEvent, context: Context, kinds: tuple[type[Event], ...]) -> bool:
    """Return whether this link can make sense of it: it is trouble, or the end of one it knows."""
    if event.problem is CellProblem.OK:
        return context.reported_cells.pop(event.cell, None) is not None
    if CellEvent in kinds:
        context.reported_cells[event.cell] = event.problem
    return True
