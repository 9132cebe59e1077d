"""Is a set running out of form? Four signs against how much sets wander that do not tire.

People tire in endurance sets by slowing in the ascent, losing control in the descent, losing
range and resting longer; each shows some of these (biomechanics of the exercise; no recording of a
tiring leg raise on load cells exists). So the signs are weighed together: each one's change over
the set counts as far as it exceeds what a fresh set shows by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median

from matfw.messages import Fault, FaultSeen, Rep

MIN_REPS = 8  # a slope over fewer is noise: 0.1 of the ways' lengths a rep, one sd
# Sum over the signs, in sd of fresh sets. Of 2,000 simulated sets with the errors of refined
# repetitions 81 % of the tiring and 2.4 % of the fresh ones have more; at 4.0, 77 and 1.6 %.
TIRED_SCORE = 3.8
MIN_LENGTH = 0.05  # s or deg; what the logarithm is taken of


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: which way it goes (+1 grows), and the sd of its change over a fresh set.

    values: one a repetition, in its own unit; changes are of their logarithm. is_loss: whether it
    may be what is reported; longer rests alone are no sign, somebody may take their time.
    """

    grows: int
    fresh_sd: float
    is_loss: bool = True

    def change(self, values: Sequence[float]) -> float:
        """Return how far the values went this sign's way over the set; > 0 is tiring."""
        return self.grows * _slope(_logs(values)) * (len(values) - 1)

    def score(self, values: Sequence[float]) -> float:
        """Return the change in sd of a fresh set; a restless body's own scatter counts if more."""
        logs = _logs(values)
        slope = _slope(logs)
        middle = (len(logs) - 1) / 2.0
        level = median(v - slope * (k - middle) for k, v in enumerate(logs))
        off = [abs(v - level - slope * (k - middle)) for k, v in enumerate(logs)]
        # sd of residuals by their median; a slope's change has sqrt(12 / n) of it (least squares).
        scatter = 1.48 * median(off) * math.sqrt(12.0 / len(logs))
        return max(0.0, self.grows * slope * (len(logs) - 1)) / max(self.fresh_sd, scatter)


ASCENT, DESCENT, RANGE = Sign(+1, 0.18), Sign(-1, 0.20), Sign(-1, 0.13)
RESTS = Sign(+1, 0.60, is_loss=False)


def fatigue(reps: Sequence[Rep]) -> FaultSeen | None:
    """Return `fatigue` if a set shows the signs together, else None.

    Its value: the largest loss, of the descent's length or the range, or the ascent's gain, %.
    """
    if len(reps) < MIN_REPS:
        return None
    signs = [
        (ASCENT, [rep.up_s for rep in reps]),
        (DESCENT, [rep.down_s for rep in reps]),
        (RANGE, [rep.angle_deg for rep in reps]),
        (RESTS, [after.start_s - before.end_s for before, after in pairwise(reps)]),
    ]
    if sum(sign.score(values) for sign, values in signs) < TIRED_SCORE:
        return None
    changes = [sign.grows * sign.change(values) for sign, values in signs if sign.is_loss]
    largest = max(abs(math.expm1(change)) for change in changes)
    return FaultSeen(Fault.FATIGUE, round(100.0 * largest, 1), "%")


def _logs(values: Sequence[float]) -> list[float]:
    return [math.log(max(value, MIN_LENGTH)) for value in values]


def _slope(values: Sequence[float]) -> float:
    """Return the median slope between any two (Theil and Sen): one bad repetition moves none."""
    return median((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values), 2))
