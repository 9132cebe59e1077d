"""Is a set running out of form? Five signs against how much sets wander that do not tire.

People tire in endurance sets by slowing in the ascent, losing control in the descent, losing range,
cutting the hold short and trembling in it; each shows some of these (biomechanics of the exercise;
no recording of a tiring leg raise on load cells exists). So the signs are weighed together: each
one's change over the set counts as far as it exceeds what a fresh set shows by chance. Longer rests
count nothing: people who are fresh take breathers too.

Repetitions that are faulty or `unsure` count as well: it is the tired ones that tremble, are
dropped and hardly held, and without them a quarter of the tired sets is lost. Only what hardly fits
a leg raise is left out. A bad measurement moves no median slope, and what scatters widens what a
change is compared with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from matfw.judging.reasons import HARDLY_ONE
from matfw.messages import Fault, FaultSeen, Rep

MIN_REPS = 8  # a slope over fewer is noise: 0.1 of the ways' lengths a rep, one sd
# Sum over the signs, in sd of fresh sets. Of 2,100 simulated sets with the errors of refined
# repetitions 87 and 63 % of the tiring of two populations have more, and 2 % of the fresh of three.
TIRED_SCORE = 3.0
# sd of each sign that a fresh set may change by and nothing be said of it. Of 157 simulated tiring
# sets 93 % are found with it at 2 % false, 90 % with 0 and 91 % with 1.
CHANCE = 0.5
# That the signs' sd are of: in shorter sets chance makes more of a change. Simulated tiring sets
# have 12 to 16.
USUAL_REPS = 14
MIN_LENGTH = 0.05  # s, deg or N; what the logarithm is taken of


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: which way it goes (+1 grows), and the sd of its change over a fresh set.

    of: a repetition's value, in its own unit, 0 where it is not known; changes are of its
    logarithm. fresh: how far fresh people go this way on the average. is_loss: whether it is a
    length or a range, whose change is what is reported.
    """

    of: Callable[[Rep], float]
    grows: int
    fresh_sd: float
    fresh: float = 0.0
    is_loss: bool = True

    def values(self, reps: Sequence[Rep]) -> list[float]:
        """Return what is known of it, a repetition each."""
        return [value for value in map(self.of, reps) if value > 0.0]

    def change(self, values: Sequence[float]) -> float:
        """Return how far the values went this sign's way over the set; > 0 is tiring."""
        if len(values) < MIN_REPS:
            return 0.0
        return self.grows * _slope(_logs(values)) * (len(values) - 1)

    def score(self, values: Sequence[float]) -> float:
        """Return the change in sd of a fresh set; a restless body's own scatter counts if more."""
        if len(values) < MIN_REPS:
            return 0.0
        logs = _logs(values)
        slope = _slope(logs)
        middle = (len(logs) - 1) / 2.0
        level = median(v - slope * (k - middle) for k, v in enumerate(logs))
        off = [abs(v - level - slope * (k - middle)) for k, v in enumerate(logs)]
        # sd of residuals by their median; a slope's change has sqrt(12 / n) of it (least squares).
        scatter = 1.48 * median(off) * math.sqrt(12.0 / len(logs))
        sd = max(self.fresh_sd * math.sqrt(USUAL_REPS / len(logs)), scatter)
        return max(0.0, (self.change(values) - self.fresh) / sd - CHANCE)


ASCENT = Sign(lambda rep: rep.up_s, +1, 0.17)
DESCENT = Sign(lambda rep: rep.down_s, -1, 0.20)
RANGE = Sign(lambda rep: rep.angle_deg, -1, 0.125)
# Between the crossings: they are found, when the leg stood still is inferred, and is often 0. One
# repetition's scatters by 9 %, the inferred hold by 23 %; over 358 simulated fresh sets it changes
# by 0.16, sd. The rest is for people: what their holds wander by has not been measured.
HOLD = Sign(lambda rep: max(rep.lower_s - rep.top_s, MIN_LENGTH), -1, 0.21)
# It changed by 0.26, sd, over simulated fresh sets, and grew by 0.26 on the average (a third):
# legs that do not tire tremble up to twice as much at the end too. Those that tire: by 1.2 to 1.8.
TREMOR = Sign(lambda rep: rep.tremor_n, +1, 0.35, fresh=0.30, is_loss=False)
SIGNS = (ASCENT, DESCENT, RANGE, HOLD, TREMOR)


def fatigue(reps: Sequence[Rep]) -> FaultSeen | None:
    """Return `fatigue` if a set shows the signs together, else None.

    Its value: the largest loss, of the descent's or the hold's length or the range, or the
    ascent's gain, %.
    """
    lifts = [rep for rep in reps if rep.reason != HARDLY_ONE]
    if len(lifts) < MIN_REPS:
        return None
    signs = [(sign, sign.values(lifts)) for sign in SIGNS]
    if sum(sign.score(values) for sign, values in signs) < TIRED_SCORE:
        return None
    losses = [sign.grows * max(0.0, sign.change(values)) for sign, values in signs if sign.is_loss]
    largest = max(abs(math.expm1(loss)) for loss in losses)
    return FaultSeen(Fault.FATIGUE, round(100.0 * largest, 1), "%")


def _logs(values: Sequence[float]) -> list[float]:
    return [math.log(max(value, MIN_LENGTH)) for value in values]


def _slope(values: Sequence[float]) -> float:
    """Return the median slope between any two (Theil and Sen): one bad repetition moves none."""
    return median((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values), 2))
