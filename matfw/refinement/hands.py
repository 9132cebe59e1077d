"""What a hand may do to load and moment: two hypotheses, distinguished by what a pull costs.

Nearly always it rests or pushes. An arm that is thrown up in the midst of a lift pushes, and pulls
as it is caught again. A hand that might always pull would explain a leg that is let go as well as a
leg does (of a script's 24 drops three fitted no leg), so this one is tried second: see
`thrown_arms`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import Array

# Found with the smoother's constants (see there).
PUSH_TYPICAL_N, PUSH_FLOOR_N = 0.6, 0.3  # hands rarely push ...
PULL_SD_N = 0.17  # ... and still more rarely pull
NO_HAND_BELOW_N = 2.5  # if no hand pushed or pulled as much, none did


@dataclass(frozen=True, slots=True)
class Hand:
    """One hypothesis. pull_typical_n: no pull costs more than one of this force, inf: all do."""

    pull_typical_n: float

    def weights(self, push_n: Array) -> Array:
        """Return how strongly forces are drawn to none, per newton, in standard deviations.

        push_n: < 0 is a pull. No push costs more than PUSH_TYPICAL_N does.
        """
        pushes = PUSH_TYPICAL_N / (np.abs(push_n) + PUSH_FLOOR_N)
        pulls = 1.0 / np.hypot(PULL_SD_N, push_n / self.pull_typical_n)
        return np.asarray(np.where(push_n > 0.0, pushes, pulls))

    def has_acted(self, push_n: Array) -> bool:
        """Return whether some of these forces are a hand's at all."""
        return bool(np.abs(push_n).max() >= NO_HAND_BELOW_N)


PUSHING = Hand(math.inf)
THROWN = Hand(1.0)


def pull_of(push_n: Array) -> Array:
    """Return the forces of a hand that pulls at all, (n,); of one that only pushes zeros."""
    return push_n if push_n.min() < -NO_HAND_BELOW_N else np.zeros_like(push_n)
