"""What repetitions came to, each figure with its uncertainty: 95 % intervals.

A share has Wilson's interval (J Am Stat Assoc 22:209, 1927): it holds for few repetitions and near
0 and 1. A mean has Student's. The difference of two sides has Newcombe's for shares (Stat Med
17:873, 1998, method 10) and Welch's for means. Repetitions that could not be judged are in no
share, those whose times are noise (`is_timed`) in no time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from matfw.judging.reasons import is_timed
from matfw.messages import Rep, Tempo, Verdict

Z_95 = 1.96
# Student's t, two-sided 95 %, by degrees of freedom; R: qt(0.975, n).
_T_95 = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13,
         2.12, 2.11, 2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05,
         2.04)  # fmt: skip
_MANY = 60  # degrees of freedom from which the normal value is right to 2 %


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, its 95 % interval, and of how many it was made. low, high: None where too few."""

    value: float
    low: float | None
    high: float | None
    number: int


@dataclass(frozen=True, slots=True)
class DoneRep:
    """A repetition and the tempo that was asked for."""

    rep: Rep
    tempo: Tempo

    @property
    def is_timed(self) -> bool:
        """Return whether its times mean something."""
        return is_timed(self.rep)

    @property
    def tempo_error_s(self) -> float:
        """Return how far its three phases were off the tempo asked for, on average, s."""
        rep, asked = self.rep, self.tempo
        return fmean(
            (abs(rep.up_s - asked.up_s), abs(rep.hold_s - asked.hold_s),
             abs(rep.down_s - asked.down_s))
        )  # fmt: skip


def t_95(freedom: float) -> float:
    """Return Student's t, two-sided 95 %."""
    if freedom < 1.0:
        return math.inf
    if freedom >= _MANY:
        return Z_95
    return _T_95[min(int(freedom), len(_T_95)) - 1]


def share(good: int, total: int) -> Estimate | None:
    """Return a share with Wilson's interval; None of nothing."""
    if total == 0:
        return None
    p, z2 = good / total, Z_95**2 / total
    middle = (p + z2 / 2.0) / (1.0 + z2)
    half = Z_95 / (1.0 + z2) * math.sqrt(p * (1.0 - p) / total + z2 / (4.0 * total))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), total)


def mean(values: Sequence[float]) -> Estimate | None:
    """Return a mean with Student's interval; None of nothing, no interval of one."""
    if not values:
        return None
    middle = fmean(values)
    if len(values) == 1:
        return Estimate(middle, None, None, 1)
    half = t_95(len(values) - 1) * math.sqrt(variance(values) / len(values))
    return Estimate(middle, middle - half, middle + half, len(values))


def difference_of_shares(left: Estimate, right: Estimate) -> Estimate:
    """Return left less right with Newcombe's interval."""
    assert left.low is not None
    assert left.high is not None
    assert right.low is not None
    assert right.high is not None
    d = left.value - right.value
    low = d - math.hypot(left.value - left.low, right.high - right.value)
    high = d + math.hypot(left.high - left.value, right.value - right.low)
    return Estimate(d, low, high, left.number + right.number)


def difference_of_means(left: Sequence[float], right: Sequence[float]) -> Estimate | None:
    """Return left less right with Welch's interval; None where a side has nothing."""
    if not left or not right:
        return None
    d, number = fmean(left) - fmean(right), len(left) + len(right)
    if min(len(left), len(right)) < 2:
        return Estimate(d, None, None, number)
    a, b = variance(left) / len(left), variance(right) / len(right)
    if a + b == 0.0:
        return Estimate(d, d, d, number)
    freedom = (a + b) ** 2 / (a * a / (len(left) - 1) + b * b / (len(right) - 1))
    half = t_95(freedom) * math.sqrt(a + b)
    return Estimate(d, d - half, d + half, number)


# What is measured of timed repetitions: name, unit, what it is of one.
MEASURES: Mapping[str, tuple[str, Callable[[DoneRep], float]]] = {
    "tempo error": ("s", lambda done: done.tempo_error_s),
    "up": ("s", lambda done: done.rep.up_s),
    "hold": ("s", lambda done: done.rep.hold_s),
    "down": ("s", lambda done: done.rep.down_s),
    "range": ("°", lambda done: done.rep.angle_deg),
}
CLEAN = "clean"


def clean_share(reps: Iterable[DoneRep]) -> Estimate | None:
    """Return the share of clean ones among those that were judged."""
    verdicts = [done.rep.verdict for done in reps]
    clean = verdicts.count(Verdict.CLEAN)
    return share(clean, clean + verdicts.count(Verdict.FAULT))


def measured(reps: Iterable[DoneRep], name: str) -> list[float]:
    """Return a measure of each timed repetition."""
    _, of = MEASURES[name]
    return [of(done) for done in reps if done.is_timed]
