"""Edges of a pin as the virtual Pi's kernel module saw them -> tones heard and light seen.

lgpio's tones and brightness are software PWM, so a period is never quite what it should be: each
tone is named by the median of its periods. A PWM that was held up makes up for it: the periods that
it has missed come one after the other in 17 us each, which nobody hears.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from matfw.testing.outputs import GRAIN_S, Heard, note_name

SILENCE_S = 0.012  # no edge for so long ends a tone: the lowest note has a period of 1.7 ms
DARKNESS_S = 0.035  # brightness is PWM of 100 Hz
STEP = 1.04  # of two periods: another note; a semitone is 6 %
STEADY = 3  # periods in a row that must say so: one late edge is no new note
CATCHES_UP_S = 0.0001  # shorter periods are no tone: the highest note's is 0.32 ms
# Shorter silence within a note is a PWM thread that was held up; the shortest rest of a cue is
# 0.05 s, less the frame, at 80 Hz, by which a note may end late.
NO_REST_S = 0.0375


@dataclass(frozen=True, slots=True)
class Edge:
    """A change of one line, guest's monotonic time."""

    at_s: float
    line: int
    level: bool


@dataclass(frozen=True, slots=True)
class Lit:
    """A light that was on, with what share of the time."""

    from_s: float
    until_s: float
    brightness: float


def read_edges(data: bytes) -> list[Edge]:
    """Return the edges of the module's file, in time order."""
    return [
        Edge((word >> 7) / 1e9, word >> 1 & 63, bool(word & 1))
        for (word,) in struct.iter_unpack("<Q", data)
    ]


def heard(edges: Sequence[Edge], line: int) -> list[Heard]:
    """Return the tones of a buzzer, durations to the next 25 ms."""
    rises_s = _played([edge.at_s for edge in edges if edge.line == line and edge.level])
    found: list[tuple[float, float, float]] = []  # from, until, period
    for begin, end in _tones(rises_s):
        periods_s = _periods_s(rises_s, begin, end)
        if len(periods_s) < STEADY:
            continue
        period_s = median(periods_s)
        until_s = rises_s[end - 1] + period_s
        if found and _goes_on(found[-1], rises_s[begin], period_s):
            from_s, _, period_s = found.pop()
        else:
            from_s = rises_s[begin]
        found.append((from_s, until_s, period_s))
    lasted_s = [GRAIN_S * round((until_s - from_s) / GRAIN_S) for from_s, until_s, _ in found]
    return [
        Heard(from_s, 1.0 / period_s, round(duration_s, 3))
        for (from_s, _, period_s), duration_s in zip(found, lasted_s, strict=True)
        if duration_s > 0.0
    ]


def _played(rises_s: Sequence[float]) -> list[float]:
    """Leave out the rises that only catch up on missed ones."""
    return [*rises_s[:1], *(b for a, b in pairwise(rises_s) if b - a > CATCHES_UP_S)]


def _goes_on(last: tuple[float, float, float], from_s: float, period_s: float) -> bool:
    """Return whether the tone from from_s on is the last one's rest, parted by a late edge."""
    _, until_s, last_period_s = last
    is_same = max(period_s, last_period_s) < STEP * min(period_s, last_period_s)
    return is_same and from_s - until_s < NO_REST_S


def _tones(rises_s: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield first and last-but-one index of each tone's rises."""
    begin = 0
    for index in range(1, len(rises_s) + 1):
        is_last = index == len(rises_s)
        if (
            is_last
            or rises_s[index] - rises_s[index - 1] > SILENCE_S
            or (index - begin > STEADY and _is_another(rises_s, begin, index))
        ):
            yield begin, index
            begin = index


def _is_another(rises_s: Sequence[float], begin: int, index: int) -> bool:
    """Return whether the periods from index on are steadily another note's than those before."""
    before_s = median(_periods_s(rises_s, max(begin, index - 9), index))
    after_s = _periods_s(rises_s, index, index + STEADY + 1)
    return len(after_s) == STEADY and all(
        max(each_s, before_s) > STEP * min(each_s, before_s) for each_s in after_s
    ) and max(after_s) < STEP * min(after_s)  # fmt: skip


def _periods_s(rises_s: Sequence[float], begin: int, end: int) -> list[float]:
    part = rises_s[begin:end]
    return [b - a for a, b in pairwise(part)]


def seen(edges: Sequence[Edge], line: int, now_s: float | None = None) -> list[Lit]:
    """Return when a light was on; now_s: until then where it still is."""
    own = [edge for edge in edges if edge.line == line]
    if now_s is not None and own and own[-1].level:
        own.append(Edge(now_s, line, level=False))
    found: list[Lit] = []
    on_s: list[tuple[float, float]] = []
    for rise, fall in pairwise(own):
        if rise.level and not fall.level:
            if on_s and rise.at_s - on_s[-1][1] > DARKNESS_S:
                found.append(_lit(on_s))
                on_s = []
            on_s.append((rise.at_s, fall.at_s))
    return [*found, _lit(on_s)] if on_s else found


def _lit(on_s: Sequence[tuple[float, float]]) -> Lit:
    from_s, until_s = on_s[0][0], on_s[-1][1]
    share = sum(b - a for a, b in on_s) / (until_s - from_s) if until_s > from_s else 1.0
    return Lit(from_s, until_s, share)


def melody(notes: Sequence[Heard]) -> str:
    """Return tones as text, for messages."""
    return "  ".join(
        f"{note.at_s:.2f} {note_name(note.frequency_hz)} {note.duration_s:g}" for note in notes
    )
