"""The events of a workout as JSON: word for word what other programs are written against."""

from __future__ import annotations

import msgspec
import pytest

from matfw.control.events import event_json, event_line
from matfw.messages import (
    Event,
    RestChanged,
    RestState,
    SetChanged,
    SetState,
    Side,
    Tapped,
    WorkoutChanged,
    WorkoutState,
)

STORY: list[tuple[Event, str, str]] = [
    (
        WorkoutChanged(t_s=2.0, state=WorkoutState.STARTED),
        '{"event":"workout","t_s":2.0,"state":"started"}',
        "     2.00 s  workout started",
    ),
    (
        SetChanged(t_s=2.0, state=SetState.READY, set=1, of=6, side=Side.LEFT, reps=15),
        '{"event":"set","t_s":2.0,"state":"ready","set":1,"of":6,"side":"left","reps":15,"clean":0}',
        "     2.00 s  set     1 of 6 ready: left side, 15 reps",
    ),
    (
        SetChanged(t_s=9.1234, state=SetState.DONE, set=1, of=6, side=Side.LEFT, reps=15, clean=12),
        '{"event":"set","t_s":9.123,"state":"done","set":1,"of":6,"side":"left","reps":15,"clean":12}',
        "     9.12 s  set     1 of 6 done: left side, 15 reps, 12 clean",
    ),
    (
        RestChanged(t_s=99.5, state=RestState.STARTED, rest_s=45.0),
        '{"event":"rest","t_s":99.5,"state":"started","rest_s":45.0}',
        "    99.50 s  rest    started: 45 s",
    ),
    (
        Tapped(t_s=120.0, taps=2),
        '{"event":"tap","t_s":120.0,"taps":2}',
        "   120.00 s  tap     2 times",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("event", "json", "line"), STORY)
def test_an_event_of_the_workout_is_reported_as_agreed(event: Event, json: str, line: str) -> None:
    assert event_json(event).decode() == json
    assert event_line(event) == line


def test_the_states_are_those_agreed() -> None:
    assert [s.value for s in WorkoutState] == ["started", "paused", "resumed", "done"]
    assert [s.value for s in SetState] == ["ready", "started", "done"]
    assert [s.value for s in RestState] == ["started", "over"]
    assert all(msgspec.json.decode(event_json(event)) for event, _, _ in STORY)
