"""`stream`: steps of the line -> a few lines a second, for people's eyes and programs' plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from matfw.messages import Mat, Phase

if TYPE_CHECKING:
    from matfw.control.subscriptions import Subscription
    from matfw.pipeline import Step

MAX_RATE_HZ = 80.0  # every frame of the fastest converters
DROPS_PERIOD_S = 1.0  # drops are reported so often at most

Fields = Mapping[str, object]
Note = Callable[[str, str, Fields], object]  # text, event, data; as Context.note


def _motion(step: Step, _: Mat) -> Fields:
    phase = step.phase.phase if step.phase else Phase.REST
    return {
        "phase": phase.value,
        "angle_deg": round(step.motion.angle_deg, 1),
        "load_kg": _rounded(step.balance.load_kg, 2),
        "x_mm": _rounded(step.balance.x_mm, 1),
        "y_mm": _rounded(step.balance.y_mm, 1),
        "weight_kg": _rounded(step.motion.weight_kg, 1),
    }


def _cells(step: Step, mat: Mat) -> Fields:
    loads = zip(mat.cells, step.clean.loads_kg, strict=True)
    return {"cells": {cell.name: _rounded(load, 3) for cell, load in loads}}


def _counts(step: Step, mat: Mat) -> Fields:
    counts = zip(mat.cells, step.raw.counts, strict=True)
    return {"counts": {cell.name: count for cell, count in counts}}


def _all(step: Step, mat: Mat) -> Fields:
    place = {"rep": step.progress.rep, "set": step.progress.set_number}
    return {**_motion(step, mat), **place, **_cells(step, mat)}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


WHAT: Mapping[str, Callable[[Step, Mat], Fields]] = MappingProxyType(
    {"motion": _motion, "cells": _cells, "counts": _counts, "all": _all}
)


class Stream:
    """One link's stream."""

    def __init__(
        self, subscription: Subscription[Step], mat: Mat, rate_hz: float, what: str
    ) -> None:
        """Take the subscription, which is closed with the stream, and how often to report what."""
        self._subscription = subscription
        self._mat = mat
        self._period_s = 1.0 / rate_hz
        self._fields = WHAT[what]
        self._due_s = float("-inf")
        self._reported_drops = 0
        self._reported_s = float("-inf")

    def poll(self, now_s: float, note: Note) -> None:
        """Report what is due of what has come."""
        for step in self._subscription.drain():
            t_s = step.raw.t_s
            if t_s < self._due_s:
                continue
            # From the last due time on, not from this frame: the mean rate is the one asked for.
            late = t_s - self._due_s > self._period_s
            self._due_s = t_s + self._period_s if late else self._due_s + self._period_s
            fields = {"t_s": round(t_s, 3), **self._fields(step, self._mat)}
            note(f"stream {_words(fields)}", "stream", fields)
        drops = self._subscription.dropped - self._reported_drops
        if drops and now_s - self._reported_s >= DROPS_PERIOD_S:
            self._reported_s = now_s
            self._reported_drops += drops
            note(
                f"stream: {drops} frames were dropped, the link is too slow: ask for a lower rate",
                "dropped", {"frames": drops},
            )  # fmt: skip

    def close(self) -> None:
        """End it."""
        self._subscription.close()


def _words(fields: Fields) -> str:
    return " ".join(
        _words(value) if isinstance(value, dict) else f"{key}={'-' if value is None else value}"
        for key, value in fields.items()
    )
