"""Loads of four cells over time, frame by frame, for the stages that find what is no load."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matfw.messages import Loads

RATE_HZ = 80.0
REST_KG = (20.0, 15.0, 12.0, 18.0)
AT = 100  # the frame in which something happens

Course = Callable[[int], Sequence[float | None]]
"""Takes a frame's number; returns its loads in kg."""


def through(
    update: Callable[[Loads], Loads], course: Course, frames: int = 400, rate_hz: float = RATE_HZ
) -> list[Loads]:
    """Return what a stage makes of so many frames of a course."""
    return [
        update(Loads(k / rate_hz, tuple(row), tuple(None if kg is None else k for kg in row)))
        for k, row in enumerate(map(course, range(frames)))
    ]
