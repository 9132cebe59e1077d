"""From tones and light alone back to cues: what somebody hears, or sees, of one that was given.

A cue may be broken off by another; what is left of it is all there is to know it by. Sounds are
compared without absolute pitch, lights after the limit of flashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from matfw.devices.flash_limit import FlashLimit
from matfw.messages import CUES, Cue
from matfw.sounds.earcons import DARK, lights_at, pattern_s, tone_at

GRID_S = 0.025
SEMITONES_APART = 4.0  # as in tests/sounds/test_earcons.py


@cache
def _tones(cue: Cue, until_s: float) -> tuple[float | None, ...]:
    """Return semitones above the first note, every GRID_S; None where it is silent."""
    hz = [tone_at(cue, k * GRID_S) for k in range(round(until_s / GRID_S))]
    first = next((each for each in hz if each is not None), 1.0)
    return tuple(None if each is None else 12 * float(np.log2(each / first)) for each in hz)


@cache
def _lights(cue: Cue, until_s: float) -> tuple[tuple[float, ...], ...]:
    limits = [FlashLimit() for _ in DARK]
    return tuple(
        tuple(
            limit.limited(k * GRID_S, each)
            for limit, each in zip(limits, lights_at(cue, k * GRID_S), strict=True)
        )
        for k in range(round(until_s / GRID_S))
    )


@cache
def as_heard(cue: Cue, until_s: float) -> Cue:
    """Return which cue the tones of this one, broken off after until_s, are most like."""
    heard = _tones(cue, until_s)

    def differs(other: Cue) -> float:
        cost = 0.0
        for a, b in zip(heard, _tones(other, until_s), strict=True):
            both = a is not None and b is not None
            cost += min(abs(a - b) / SEMITONES_APART, 1.0) if both else a is not b  # type: ignore[operator]
        return cost

    return _only(cue, differs(cue), [(differs(other), other) for other in CUES])


@cache
def as_seen_lights(cue: Cue, until_s: float) -> Cue:
    """Return which cue the lights of this one, broken off after until_s, are most like."""
    seen = np.array(_lights(cue, until_s))

    def differs(other: Cue) -> float:
        return float(np.abs(seen - np.array(_lights(other, until_s))).sum())

    return _only(cue, differs(cue), [(differs(other), other) for other in CUES])


def _only(cue: Cue, least: float, found: Sequence[tuple[float, Cue]]) -> Cue:
    """Return the most alike; raises where two fit equally, since nobody could tell them apart."""
    best = [other for cost, other in found if cost <= least + 1e-9]
    assert best == [cue], f"{cue} may be any of {best}"
    return best[0]


def until_next_s(heard: Sequence[tuple[float, Cue]]) -> list[tuple[Cue, float]]:
    """Return each cue and for how long there was nothing but it, to the grid."""
    times = [t_s for t_s, _ in heard[1:]] + [float("inf")]
    spans = []
    for (t_s, cue), next_s in zip(heard, times, strict=True):
        whole_s = pattern_s(cue) + 0.5  # and the silence after it
        spans.append((cue, round(min(whole_s, next_s - t_s) / GRID_S) * GRID_S))
    return spans
