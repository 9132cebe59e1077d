"""What several tests of the loop look at: the demo's session, and what a replay makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.messages import (
    Event,
    Mat,
    RawFrame,
    Side,
)
from matfw.service.replay import replay
from matfw.virtual.sampling import record
from tests.service.loop import MAT


@pytest.fixture(scope="module")
def session() -> tuple[Mat, list[RawFrame]]:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(MAT, person=trace.person)
    return mat, [frame for frame in record(trace, mat, 7) if frame.t_s < 45.0]


@pytest.fixture(scope="module")
def expected(session: tuple[Mat, list[RawFrame]]) -> list[Event]:
    """Return what a replay reports of the session."""
    mat, frames = session
    events: list[Event] = []
    replay(mat, frames, events.append)
    return events
