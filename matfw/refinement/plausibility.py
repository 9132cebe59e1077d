"""Is this movement a leg raise at all? One score, natural log-odds, > 0: rather one.

Getting on, rolling over, reaching for a glass: some leg fits each of them better than rest does.
What they lack shows in the features below: together, not one by one. A load that swings is usual in
a kick and not in a slow lift; a hand's push excuses what is left of the moment. So the weights are
a logistic regression on the features, their squares and their products (`plausibility_weights`),
found on virtual people who exercise and on movements that are no exercise, by
`python -m tests.accuracy.plausibility`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from matfw.estimation.leg_model import PUSH_LEVER_M, Array
from matfw.messages import RefinedRep
from matfw.refinement.explanation import Explanation, explain
from matfw.refinement.hands import NO_HAND_BELOW_N, pull_of
from matfw.refinement.plausibility_weights import BIAS, PRODUCTS, WEIGHTS
from matfw.refinement.segment import Marks, Segment
from matfw.refinement.smoother import FORCE_SD_N

FINE_STEPS, COARSE_STEPS = 3, 19  # running means; their difference is the band of 0.5 to 3 Hz
BEFORE_S = 2.0  # of the stretch before, whose movement counts
AROUND_S = 0.15  # of the movement's own rows
FREE_SHARE = 0.5  # of a movement's rows: if more are free of a hand, the others are not compared
TYPICAL_WEIGHT_N = 700.0
CLIPPED_AT = 3.0  # standard deviations; what is further out says no more
# What a measure is never below, for its logarithm: no signal can be too calm to believe.
SD_N, SD_NM, WORST_N, WORST_NM = 1.0, 0.4, 3.0, 1.0  # standard deviations that a good fit leaves
UNEXPLAINED_MM, CALM_N, CALM_NM, CALM_MM, CALM_SCALE = 0.5, 0.6, 0.4, 0.3, 0.8
SHORT_S = 0.02
# Of the fitted shape's top from the curve's: half a degree is none, and beyond 30 no more is said.
SAME_TOP_DEG, MAX_TOP_DEG = 0.5, 30.0

NAMES = tuple(WEIGHTS)


def plausibility(segment: Segment, rep: RefinedRep) -> float:
    """Return the log-odds that a movement of a segment is a leg raise."""
    return weighed(features(segment, rep), BIAS, TABLE, PRODUCTS_ABOVE)


def weighed(x: Array, bias: float, table: Array, products: Array) -> float:
    """Return the log-odds that features x, (k,), speak for.

    table: mean, sd, linear and square weight of each, (k, 4). products: weights of each with each
    later one, (k, k), zero elsewhere.
    """
    mean, sd, linear, square = table.T
    z = standardised(x, mean, sd)
    return float(bias + linear @ z + square @ (z * z - 1.0) + z @ products @ z)


def standardised(x: Array, mean: Array, sd: Array) -> Array:
    """Return standard scores of features, (..., k); what is far out says no more."""
    return np.asarray(np.clip((x - mean) / sd, -CLIPPED_AT, CLIPPED_AT))


def _above_diagonal(rows: Iterable[Sequence[float]]) -> Array:
    """Return a square of rows that each begin right of the diagonal; the last one has none."""
    filled = [np.pad(np.asarray(row, float), (at + 1, 0)) for at, row in enumerate((*rows, ()))]
    return np.array(filled)


TABLE = np.array(list(WEIGHTS.values()))
PRODUCTS_ABOVE = _above_diagonal(PRODUCTS.values())


def features(segment: Segment, rep: RefinedRep) -> Array:
    """Return what tells a leg raise from other movements, in the order of NAMES, (k,)."""
    e = explain(segment, rep)
    return np.array(
        [
            *_of_the_fit(e, rep, segment),
            *_of_the_movement(e, rep, segment),
            *_of_what_came_before(rep, segment),
            math.log(SAME_TOP_DEG + min(rep.fit_error_deg, MAX_TOP_DEG)),
        ]
    )


def _of_the_fit(e: Explanation, rep: RefinedRep, segment: Segment) -> list[float]:
    """Return what leg it would take, and what that leaves unexplained."""
    core = _core(e, rep)
    over_n, over_nm = e.load_n - e.base_n, e.moment_nm - e.base_nm
    curve_deg = np.degrees(e.angle_rad)
    return [
        e.log_s,
        e.log_i,
        max(0.0, -float(curve_deg.min())),
        _rms(e.push_n[core]) / (_rms(over_n[core]) + FORCE_SD_N),
        _log(_rms(e.left_n), SD_N),
        _log(_rms(e.left_nm), SD_NM),
        _share(FORCE_SD_N * e.left_n[core], over_n[core]),
        _share(e.left_nm[core], over_nm[core]),
        _log(float(np.abs(e.left_n[core]).max()), WORST_N),
        _log(float(np.abs(e.left_nm[core]).max()), WORST_NM),
        abs(float(curve_deg.max()) - rep.angle_deg),
        _log(segment.noise_scale, CALM_SCALE),
    ]


def _of_the_movement(e: Explanation, rep: RefinedRep, segment: Segment) -> list[float]:
    """Return its size and times, and how load, moment and the hips' shift go together."""
    core = _core(e, rep)
    before, after = e.t_s < rep.start_s - 0.1, e.t_s > rep.end_s + 0.2
    scale = TYPICAL_WEIGHT_N / segment.weight_n
    shift_mm = _shift_mm(segment)[segment.between(e.t_s[0], e.t_s[-1])]
    load_n, moment_nm = _swings(e, core)
    power = float(load_n @ load_n) + 1e-6
    together = float(load_n @ moment_nm)
    correlation = together / math.sqrt(power * (float(moment_nm @ moment_nm) + 1e-6))
    lever = segment.model.inertia_kgm2 / segment.model.moment_kgm
    slope = math.log(abs(together / power / lever) + 0.05)
    rest_n = float(e.load_n[before].mean()) if before.any() else 0.0
    lasted_s = rep.end_s - rep.start_s
    return [
        rep.angle_deg,
        _log(rep.top_s - rep.start_s),
        _log(rep.lower_s - rep.top_s + 0.1),
        _log(rep.end_s - rep.lower_s),
        scale * abs(_step(e.load_n, before, after)),
        scale * abs(_step(e.moment_nm, before, after)),
        abs(_step(shift_mm, before, after)),
        correlation,
        min(slope, CLIPPED_AT),
        _unexplained_shift(shift_mm[core], np.degrees(e.angle_rad)[core]),
        float(np.ptp(shift_mm[core])),
        float(np.abs(e.load_n[core]).max()) / segment.weight_n,
        abs(float(e.load_n[core].mean()) - rest_n) * lasted_s / segment.weight_n,
        _log(scale * float(np.abs(e.load_n - e.base_n)[core].max())),
    ]


def _of_what_came_before(rep: RefinedRep, segment: Segment) -> list[float]:
    """Return how still load, moment and shift were: movements follow on movements."""
    before = segment.between(rep.start_s - BEFORE_S, rep.start_s - 0.1) & (segment.seen > 0.0)
    scale = TYPICAL_WEIGHT_N / segment.weight_n
    return [
        _log(scale * _spread(_band(segment.load_n)[before]), CALM_N),
        _log(scale * _spread(_band(segment.moment_nm)[before]), CALM_NM),
        _log(_spread(segment.shift_mm[before]), CALM_MM),
    ]


def _shift_mm(segment: Segment) -> Array:
    """Return the hips' shift, straight across what was not measured."""
    seen = segment.seen > 0.0
    return np.interp(segment.t_s, segment.t_s[seen], segment.shift_mm[seen])


def _core(e: Explanation, rep: RefinedRep) -> Marks:
    return np.asarray((e.t_s > rep.start_s - AROUND_S) & (e.t_s < rep.end_s + AROUND_S))


def _swings(e: Explanation, rows: Marks) -> tuple[Array, Array]:
    """Return the swings of load and moment of some rows, N and Nm, without a hand that pulls.

    Its lever is not the leg's, so its swings would speak against the leg. What it leaves of them
    does too: where most rows are free of a hand, those alone are compared.
    """
    pull_n = pull_of(e.push_n)
    load_n = _band(e.load_n - pull_n)
    moment_nm = _band(e.moment_nm - PUSH_LEVER_M * pull_n)
    free = rows & (np.abs(pull_n) < NO_HAND_BELOW_N)
    if free.sum() > FREE_SHARE * rows.sum():
        rows = free
    return load_n[rows], moment_nm[rows]


def _band(series: Array) -> Array:
    return _smooth(series, FINE_STEPS) - _smooth(series, COARSE_STEPS)


def _smooth(series: Array, steps: int) -> Array:
    half = steps // 2
    total = np.cumsum(np.pad(series, (half + 1, half), mode="edge"))
    total -= total[0]
    return np.asarray((total[steps:] - total[:-steps]) / steps)


def _rms(series: Array) -> float:
    return math.sqrt(float(np.mean(np.square(series)))) if len(series) else 0.0


def _spread(series: Array) -> float:
    return float(np.std(series)) if len(series) > 2 else 0.3


def _log(value: float, floor: float = SHORT_S) -> float:
    return math.log(math.hypot(value, floor))


def _share(part: Array, whole: Array) -> float:
    return min(float(np.var(part)) / (float(np.var(whole)) + 0.1), 2.0)


def _step(series: Array, before: Marks, after: Marks) -> float:
    if not before.any() or not after.any():
        return 0.0
    return float(series[after].mean() - series[before].mean())


def _unexplained_shift(shift_mm: Array, angle_deg: Array) -> float:
    """Return the logarithm of what neither the angle nor a line explains of the shift, mm."""
    count = len(shift_mm)
    if count < 4:
        return _log(0.0, UNEXPLAINED_MM)
    design = np.column_stack([np.ones(count), np.linspace(-1.0, 1.0, count), angle_deg])
    left = shift_mm - design @ np.linalg.lstsq(design, shift_mm, rcond=None)[0]
    return _log(float(np.std(left)), UNEXPLAINED_MM)
