"""Which tempos are slow: their lifts are looked for by the moment alone (`slow_lifts`)."""

from __future__ import annotations

from matfw.messages import Tempo

USUAL_TEMPO = Tempo()
# What the curve sees of clean virtual people: sets with 4 s ways in part, holds of up to 6 s.
SLOW_UP_S, SLOW_DOWN_S, LONG_HOLD_S = 3.0, 4.5, 5.0
WAYS, HOLDS = (0.75, 1.0, 1.25), (0.75, 1.0, 1.3)  # times what is asked for that are looked for
AROUND_S = 1.6  # of rest before and after, that a lift is compared with


def is_slow(tempo: Tempo) -> bool:
    """Return whether a tempo is one whose lifts only the moment shows."""
    return tempo.up_s > SLOW_UP_S or tempo.down_s > SLOW_DOWN_S or tempo.hold_s > LONG_HOLD_S


def longest_s(tempo: Tempo) -> float:
    """Return how long the slowest lift that is looked for takes, with the rest around it."""
    ways_s = (tempo.up_s + tempo.down_s) * WAYS[-1]
    return ways_s + tempo.hold_s * HOLDS[-1] + 2.0 * AROUND_S
