"""Which tempos are slow: their lifts are looked for by the moment alone (`slow_lifts`)."""

from __future__ import annotations

import math

from matfw.messages import Tempo
from matfw.messages.limits import SLOW_UP_S

USUAL_TEMPO = Tempo()
LONG_HOLD_S = 5.0  # what the curve sees of clean virtual people: holds of up to 6 s
WAYS, HOLDS = (0.75, 1.0, 1.25), (0.75, 1.3)  # times what is asked for that are looked for
TINY_S = 1e-6
HOLD_STEP_S = 1.5  # between two holds that are looked for; a fit finds the rest
AROUND_S = 1.6  # of rest before and after, that a lift is compared with


def is_slow(tempo: Tempo) -> bool:
    """Return whether a tempo is one whose lifts only the moment shows."""
    return tempo.has_slow_ways or tempo.hold_s > LONG_HOLD_S


def longest_s(tempo: Tempo) -> float:
    """Return how long the slowest lift that is looked for takes, with the rest around it."""
    ways_s = (tempo.up_s + tempo.down_s) * WAYS[-1]
    return ways_s + tempo.hold_s * HOLDS[-1] + 2.0 * AROUND_S


def tempos_near(tempo: Tempo) -> list[Tempo]:
    """Return the tempos that are looked for where this one is asked for.

    Quick ways hardly change what a moment looks like over a long hold; a hold that was cut short
    is a hold still, down to where the curve finds it.
    """
    ups, downs = (WAYS if way > SLOW_UP_S else (1.0,) for way in (tempo.up_s, tempo.down_s))
    return [
        Tempo(tempo.up_s * up, hold_s, tempo.down_s * down)
        for up in ups
        for hold_s in _holds_s(tempo.hold_s)
        for down in downs
    ]


def _holds_s(hold_s: float) -> list[float]:
    low, high = (share * hold_s for share in HOLDS)
    low = min(low, LONG_HOLD_S)
    steps = math.ceil((high - low) / HOLD_STEP_S)
    return [low + (high - low) * i / steps for i in range(steps + 1)] if steps else [hold_s]


def is_cut_short(tempo: Tempo, asked: Tempo) -> bool:
    """Return whether a hold is so much shorter than asked that it may be a part of one."""
    return tempo.hold_s < HOLDS[0] * asked.hold_s - TINY_S


def is_long_hold(tempo: Tempo) -> bool:
    """Return whether a tempo has a long hold between ways that load shows."""
    return tempo.hold_s > LONG_HOLD_S and not tempo.has_slow_ways
