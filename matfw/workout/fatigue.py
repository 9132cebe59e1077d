"""Is a set running out of form? Five signs against how much sets wander that do not tire.

People tire in endurance sets by slowing in the ascent, losing control in the descent, losing range,
cutting the hold short and trembling in it; each shows some of these (biomechanics of the exercise;
no recording of a tiring leg raise on load cells exists). So the signs are weighed together: each
one's change over the set counts as far as it exceeds what a fresh set shows by chance, judged by
how much this set scatters itself. Longer rests count nothing: people who are fresh take breathers
too, and of two simulators' tiring sets none more is found with them.

What is lost soon and then stays, or is taken back by a breather, is a small slope: so changes are
fitted with an even course and with an early one, and the course that shows more counts. What breaks
down late shows by an even one. A change of tempo is no fatigue: what is quicker in all ways, or
slower in all, is left out. So is tiring that shows as nothing but haste.

Repetitions that are faulty or `unsure` count as well: it is the tired ones that tremble, are
dropped and hardly held, and without them a quarter of the tired sets is lost. Only what hardly fits
a leg raise is left out. A bad measurement counts little, for it is far off what the others say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import mul

from matfw.judging.reasons import HARDLY_ONE, UNWEIGHED
from matfw.messages import Fault, FaultSeen, Rep

MIN_REPS = 8  # a change over fewer is noise: 0.1 of the ways' lengths a rep, one sd
# Sum over the signs, in sd of fresh sets. Of 1,600 simulated tiring sets of three simulators, with
# the errors of refined repetitions, 93, 66 and 68 % have more, and 0.6 % of the fresh ones of each;
# even slopes alone, without scatter and tempo, find 89, 56 and 59 % at up to 1.9 % of fresh ones.
TIRED_SCORE = 3.0
# sd of each sign that a fresh set may change by and nothing be said of it. As many tiring sets are
# found with 0.25 to 1.0.
CHANCE = 0.5
LEAST_LOSS = 0.05  # that is worth saying; below it the tremor alone shows it
MIN_VALUE = 0.05  # s, deg or N; what the logarithm is taken of
USUAL_WEIGHT = 4.0  # repetitions that a sign's usual scatter counts for, beside this set's own
# How early: 4.0 finds 2 % more tiring sets, and in sets of faults twice the false.
EARLY = 3.0
FITS, FAR_SD = 3, 1.5  # what is further off a fit than this counts less in the next (Huber)
MOST_SD = 3.0  # of a set's scatter that one repetition counts for in it


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: which way it goes (+1 grows), and what fresh people show of it.

    of: a repetition's value, in its own unit, 0 where it is not known; changes are of its
    logarithm. drift: sd of what people change by who do not tire, besides what comes of single
    repetitions. scatter: sd of one of those. fresh: how far fresh people go this way on the
    average. is_loss: whether it is a length or a range, whose change is what is reported.
    """

    of: Callable[[Rep], float]
    grows: int
    drift: float
    scatter: float
    fresh: float = 0.0
    is_loss: bool = True

    def known(self, reps: Sequence[Rep]) -> list[tuple[int, float]]:
        """Return which repetitions it is known of, from 0, and its logarithms there."""
        values = enumerate(map(self.of, reps))
        return [(k, math.log(max(value, MIN_VALUE))) for k, value in values if value > 0.0]


@dataclass(frozen=True, slots=True)
class Change:
    """How far a sign's logarithm went its way over the set, > 0 is tiring, and its sd."""

    size: float = 0.0
    sd: float = math.inf


# Drifts and scatters are those of simulated fresh sets with the errors of refined repetitions. Six
# tenths, or 1.6 times, of any drift finds at most 4 % more or fewer tiring sets.
ASCENT = Sign(lambda rep: rep.up_s, +1, 0.08, 0.15)
DESCENT = Sign(lambda rep: rep.down_s, -1, 0.15, 0.16)
RANGE = Sign(lambda rep: rep.angle_deg, -1, 0.10, 0.08)
# Between the crossings: they are found, when the leg stood still is inferred, and is often 0.
HOLD = Sign(lambda rep: max(rep.lower_s - rep.top_s, MIN_VALUE), -1, 0.14, 0.20)
# Legs that do not tire tremble up to twice as much at the end too, in one simulator.
TREMOR = Sign(lambda rep: rep.tremor_n, +1, 0.15, 0.22, fresh=0.25, is_loss=False)
SIGNS = (ASCENT, DESCENT, RANGE, HOLD, TREMOR)


def evenly(share: float) -> float:
    """Return how far they are at this share (0..1) of the set, who lose as much each time."""
    return share


def early(share: float) -> float:
    """Return the same of those who lose most of it in the first third."""
    return (1.0 - math.exp(-EARLY * share)) / (1.0 - math.exp(-EARLY))


COURSES = (evenly, early)


def fatigue(reps: Sequence[Rep]) -> FaultSeen | None:
    """Return `fatigue` if a set shows the signs together, else None.

    Its value: the largest loss, of the descent's or the hold's length or the range, or the
    ascent's gain, besides a change of tempo, %; if there is hardly any, the tremor's gain.
    """
    score, changes = tiredness(reps)
    if score < TIRED_SCORE:
        return None
    losses = [s.grows * max(0.0, c.size) for s, c in zip(SIGNS, changes, strict=True) if s.is_loss]
    largest = max(abs(math.expm1(loss)) for loss in losses)
    if largest < LEAST_LOSS:
        largest = math.expm1(changes[SIGNS.index(TREMOR)].size)
    return FaultSeen(Fault.FATIGUE, round(100.0 * largest, 1), "%")


def tiredness(reps: Sequence[Rep]) -> tuple[float, tuple[Change, ...]]:
    """Return the signs' sum by the course that shows most, and the change of each of SIGNS."""
    lifts = [rep for rep in reps if rep.reason not in (HARDLY_ONE, UNWEIGHED)]
    if len(lifts) < MIN_REPS:
        return 0.0, (Change(),) * len(SIGNS)
    known = [sign.known(lifts) for sign in SIGNS]
    found = [_by_course(known, course, len(lifts)) for course in COURSES]
    return max(((_score(changes), changes) for changes in found), key=lambda each: each[0])


def _by_course(
    known: Sequence[Sequence[tuple[int, float]]], course: Callable[[float], float], count: int
) -> tuple[Change, ...]:
    way = [course(k / (count - 1)) for k in range(count)]
    changes = [
        _change(sign, [way[k] for k, _ in of_sign], [value for _, value in of_sign])
        for sign, of_sign in zip(SIGNS, known, strict=True)
    ]
    return _without_tempo(*changes)


def _change(sign: Sign, way: Sequence[float], values: Sequence[float]) -> Change:
    """Return the change by a weighted line over the way; far ones count less."""
    count = len(values)
    if count < MIN_REPS:
        return Change()
    weights, slope, limit = [1.0] * count, 0.0, math.inf
    off, far = list(values), list(way)
    usual = USUAL_WEIGHT * sign.scatter**2
    for _ in range(FITS):
        total = sum(weights)
        middle = sum(map(mul, weights, way)) / total
        level = sum(map(mul, weights, values)) / total
        far = [x - middle for x in way]
        weighted = list(map(mul, weights, far))
        slope = sum(map(mul, weighted, values)) / sum(map(mul, weighted, far))
        off = [y - level - slope * x for x, y in zip(far, values, strict=True)]
        power = sum(w * e * e for w, e in zip(weights, off, strict=True))
        limit = FAR_SD * math.sqrt((usual + power) / (USUAL_WEIGHT + max(total - 2.0, 1.0)))
        weights = [limit / max(abs(e), limit) for e in off]
    # Whoever scatters changes more by chance; one repetition that is far off hides nothing.
    power = sum(min(abs(e), MOST_SD / FAR_SD * limit) ** 2 for e in off)
    sd = math.sqrt((usual + power) / (USUAL_WEIGHT + count - 2) / sum(x * x for x in far))
    return Change(sign.grows * slope, math.hypot(sd, sign.drift))


def _without_tempo(
    ascent: Change, descent: Change, angle: Change, hold: Change, tremor: Change
) -> tuple[Change, ...]:
    """Return the changes less what a change of tempo explains, which goes through all ways."""
    quicker, slower = max(0.0, -ascent.size), max(0.0, -descent.size)
    return (
        Change(ascent.size - slower, ascent.sd),
        Change(descent.size - quicker, descent.sd),
        angle,
        Change(hold.size - quicker, hold.sd),
        tremor,
    )


def _score(changes: Sequence[Change]) -> float:
    return sum(
        max(0.0, (change.size - sign.fresh) / change.sd - CHANCE)
        for sign, change in zip(SIGNS, changes, strict=True)
    )
