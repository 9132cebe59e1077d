"""Which found repetition is which true one, and which live call belongs to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

OVERLAP_SHARE = 0.3  # of a true repetition that a found one must cover to be it
EARLIEST_S, LATEST_S = -0.30, 0.25  # of a live call against the crossing: heard as at the moment


class Span(Protocol):
    """What has a start and an end, true or found."""

    @property
    def start_s(self) -> float:
        """Return its 5 % crossing in the ascent."""
        ...

    @property
    def end_s(self) -> float:
        """Return its 5 % crossing in the descent."""
        ...


def match(true: Sequence[Span], found: Sequence[Span]) -> list[int | None]:
    """Return for each true repetition the index of the found one that is it, or None.

    Each found one is given once: the pair that shares most time first.
    """
    shared = [
        (min(t.end_s, f.end_s) - max(t.start_s, f.start_s), i, j)
        for i, t in enumerate(true)
        for j, f in enumerate(found)
    ]
    pairs: dict[int, int] = {}
    for overlap_s, i, j in sorted(shared, key=lambda row: (-row[0], row[1], row[2])):
        length_s = true[i].end_s - true[i].start_s
        if i not in pairs and j not in pairs.values() and overlap_s > OVERLAP_SHARE * length_s:
            pairs[i] = j
    return [pairs.get(i) for i in range(len(true))]


class Call(StrEnum):
    """How a moment was reported live."""

    IN_TIME = "in_time"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Called:
    """How a moment was reported, and how long after it; None where it was not."""

    call: Call
    delay_s: float | None = None


def call_moments(
    moments: Sequence[tuple[float, float, float]], calls_s: Sequence[float]
) -> tuple[list[Called], list[float]]:
    """Return how each (earliest, moment, latest) was reported, and the calls that match none.

    A call belongs to one moment at most. In time goes first; then the last one before the moment,
    but not before its earliest, is early; then the first one after it, up to its latest, is late.
    Early calls are among those returned: whoever hears one hears what is not so.
    """
    unused = sorted(calls_s)
    reported: list[Called] = []
    in_time: dict[int, float] = {}
    for number, (_, moment_s, _) in enumerate(moments):
        near = [at for at in unused if EARLIEST_S <= at - moment_s <= LATEST_S]
        if near:
            in_time[number] = min(near, key=lambda at: abs(at - moment_s))
            unused.remove(in_time[number])
    wrong = list(unused)
    for number, (earliest_s, moment_s, latest_s) in enumerate(moments):
        if number in in_time:
            reported.append(Called(Call.IN_TIME, in_time[number] - moment_s))
            continue
        before = [at for at in unused if earliest_s <= at < moment_s + EARLIEST_S]
        after = [at for at in unused if moment_s + LATEST_S < at <= latest_s]
        if before:
            reported.append(Called(Call.EARLY, before[-1] - moment_s))
            unused.remove(before[-1])
        elif after:
            reported.append(Called(Call.LATE, after[0] - moment_s))
            unused.remove(after[0])
            wrong.remove(after[0])
        else:
            reported.append(Called(Call.MISSED))
    return reported, wrong
