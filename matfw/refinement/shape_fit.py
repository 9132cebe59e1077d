"""One repetition as a shape: twelve numbers, or fifteen, fitted to what the mat measured.

By Levenberg-Marquardt, from several shapes. The shape: `rep_shape`; what it costs: `shape_cost`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from matfw.estimation.leg_model import Array, LegModel
from matfw.messages import Tempo
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_LATE,
    DOWN_S,
    HOLD_S,
    IN_DESCENT,
    PAUSE_FROM,
    PAUSED_SIZE,
    UP_S,
    pauses_in_descent,
)
from matfw.refinement.shape_cost import ROBUST, TOP_SD_RAD, ShapeCost
from matfw.refinement.shape_grid import (
    ascents,
    descents,
    falls,
    paused_ascents,
    paused_descents,
)
from matfw.refinement.slow_tempo import USUAL_TEMPO

LOWEST = np.array(
    [-1.0, 0.25, 0.0, 0.25, 0.05, 1.4, 1.4, 1.4, 1.4, -0.05, -20.0, -3.0, 0.3, 0.15, 0.02]
)
HIGHEST = np.array([0.0, 8.0, 12.0, 8.0, 1.5, 6.0, 6.0, 6.0, 6.0, 0.15, 20.0, 3.0, 0.75, 0.7, 0.6])
LONGEST_SHARE = 1.6  # of what is asked for, that a way or a hold may take if that is more
HARDEST_LATE = 1.0  # exponent of a descent that begins as a fall: the leg is stopped at full speed
ROBUST_FIRST, FIRST_ITERATIONS = 10.0, 4  # wider at first, or a start 0.2 s off finds no way
TRIAL_ITERATIONS, STEADY_ITERATIONS, ITERATIONS = 2, 4, 14
LOWERS_S = (0.0, 0.4)  # by which the descents' lower crossings begin apart
SHORTEST_S = 0.02
# By how much less a fall costs than other shapes, to be begun with: of 74 falls of tuning people,
# three kinds, 68 have more, most of them 400 and over; of 179 other repetitions none has 1. Of 62
# of real people, who mostly drop the leg, 14 have more.
FALL_GAIN = 30.0
# By how much less a way that pauses costs, to be taken; three numbers more are worth some 15. Where
# the curve shows a pause going up: of 187 fits of tuning people who raise the leg in two steps that
# time it rightly only so, 186 have 75 and more; of 42 that it times worse one has (130). Of 29 of
# others, real people too, two have: no repetition (132), and one that it times better (97).
PAUSE_GAIN = 60.0
STOP_GAIN = 0.02  # of cost; less is not worth another Jacobian


@dataclass(frozen=True, slots=True)
class MayPause:
    """Which ways of a rough start may pause midway."""

    up: bool = False
    down: bool = False


NOT_PAUSED = MayPause()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A shape's numbers, (12,) or (15,), and its cost a step: 1-3 for people who lift as shapes do.

    Of a rough start it is the cost besides the wobble that was allowed for. at_rest_per_step: what
    a leg at rest would leave, squares in standard deviations: what there was to explain, of which
    a wobble is no part. wobble_radps2: what was allowed for, rms.
    """

    params: Array
    cost_per_step: float
    at_rest_per_step: float
    wobble_radps2: float = 0.0


def fit_shape(
    t_s: Array,
    force_n: Array,
    moment_nm: Array,
    start: Array,
    *,
    model: LegModel,
    noise_scale: float,
    tempo: Tempo = USUAL_TEMPO,
    top_sd_rad: float = TOP_SD_RAD,
    seen_s: tuple[float | None, float | None] = (None, None),
    seen: Array | None = None,
    is_rough: bool = False,
    may_pause: MayPause = NOT_PAUSED,
) -> Fitted:
    """Return the numbers that explain force and moment (over rest) best.

    A slow start of the descent looks like the hold's end, and the cost has a minimum for either:
    the descent begins from some lower crossings, and the cheapest end counts. A rough start's ways
    may be elsewhere altogether: the best of a grid of shapes about it is begun with as well, and a
    leg that fell on the other one if that is likelier by far. What it wobbles by is then allowed
    for; as that hides how long it was held, a hold as long as was asked for is likelier. A way
    of it that may_pause does, if that is likelier by far.

    t_s: middles of successive 50 ms steps, (n,). start: (12,), also the prior of the top and of
    both movements' lengths. noise_scale: variance of this body against the usual. tempo: asked for.
    top_sd_rad: of the prior. seen_s: when plates saw the leg leave and land. seen: (n,) share of
    its samples that each step has; what has none weighs nothing. None: all have all.
    """
    seen = np.ones(len(t_s)) if seen is None else seen
    fit = ShapeCost(
        t_s, force_n, moment_nm, start,
        model=model, noise_scale=noise_scale, top_sd_rad=top_sd_rad, seen_s=seen_s, tempo=tempo,
        seen=seen,
    )  # fmt: skip
    if is_rough:
        measured_n = np.where(seen > 0.0, force_n, -np.inf)
        params, last = _rough_fit(fit, start, t_s, measured_n, may_pause=may_pause)
    else:
        params, last = _near_fit(fit, start, t_s), fit
    return Fitted(
        params, last.cost(params) / len(t_s), fit.at_rest(params) / len(t_s), last.wobble_radps2
    )


def _near_fit(fit: ShapeCost, start: Array, t_s: Array) -> Array:
    """Return the numbers that a shape whose ways are about right leads to."""
    tried = [_tried(fit, begin, t_s) for begin in _lowers(start)]
    return _descend(fit, min(tried, key=fit.cost), t_s, ITERATIONS)


def _rough_fit(
    fit: ShapeCost, start: Array, t_s: Array, force_n: Array, *, may_pause: MayPause
) -> tuple[Array, ShapeCost]:
    """Return the numbers of a shape whose ways may be elsewhere, and the fit that they are of.

    Its leg may wobble: how much it wobbles shows in what the likeliest shape leaves.
    """
    about = _likeliest_about(fit, start, t_s)
    begins = [start, about, *_fallen(fit, about, t_s, force_n)]
    begins += _paused(fit, about, t_s, may_pause)
    tried = [_tried(fit, begin, t_s) for begin in begins]
    likeliest = min(tried, key=partial(_cost, fit))
    steady = fit.with_wobble(likeliest)
    tried = [min(tried[:2], key=fit.cost), *tried[2:], _as_asked(likeliest, fit.tempo)]
    tried = [_descend(steady, begin, t_s, STEADY_ITERATIONS) for begin in tried]
    params = _descend(steady, min(tried, key=partial(_cost, steady)), t_s, ITERATIONS)
    return params, steady


def _tried(fit: ShapeCost, begin: Array, t_s: Array) -> Array:
    """Return the numbers after the first few steps from where a fit begins."""
    params = begin
    for robust, iterations in ((ROBUST_FIRST, FIRST_ITERATIONS), (ROBUST, TRIAL_ITERATIONS)):
        fit.robust = robust
        params = _descend(fit, params, t_s, iterations)
    return params


def _as_asked(shape: Array, tempo: Tempo) -> Array:
    """Return a shape from where one begins to where it ends, in the tempo asked for."""
    asked_s = np.array([tempo.up_s, tempo.hold_s, tempo.down_s])
    begin = shape.copy()
    asked_s *= shape[UP_S : DOWN_S + 1].sum() / asked_s.sum()
    begin[UP_S : DOWN_S + 1] = np.maximum(asked_s, LOWEST[UP_S : DOWN_S + 1])
    return begin


def _lowers(start: Array) -> list[Array]:
    """Return a shape, and it with later lower crossings."""
    begins = []
    for shift_s in LOWERS_S:
        begin = start.copy()
        begin[HOLD_S] = max(LOWEST[HOLD_S] + SHORTEST_S, begin[HOLD_S] + shift_s)
        begin[DOWN_S] = max(LOWEST[DOWN_S] + SHORTEST_S, begin[DOWN_S] - shift_s)
        begins.append(begin)
    return begins


def _likeliest_about(fit: ShapeCost, start: Array, t_s: Array) -> Array:
    """Return the likeliest shape whose ascent, and then whose descent, may lie elsewhere."""
    best = start
    for ways in (ascents, descents):
        best = _likeliest(fit, ways(best, t_s))
    return best


def _fallen(fit: ShapeCost, shape: Array, t_s: Array, force_n: Array) -> list[Array]:
    """Return the likeliest shape whose leg fell, if that is likelier than this one by far."""
    falling = _likeliest(fit, falls(shape, t_s, force_n))
    cost, fallen_cost = fit.costs(np.stack([shape, falling]))
    if cost - fallen_cost < FALL_GAIN:
        return []
    return [_likeliest(fit, ascents(falling, t_s))]


def _paused(fit: ShapeCost, shape: Array, t_s: Array, may_pause: MayPause) -> list[Array]:
    """Return the likeliest shapes whose ascent, and whose descent, pauses, as far as they may."""
    kinds = ((may_pause.up, paused_ascents), (may_pause.down, paused_descents))
    paused = [ways(shape, t_s) for may, ways in kinds if may]
    return [_likeliest(fit, shapes) for shapes in paused if len(shapes)]


def _cost(fit: ShapeCost, params: Array) -> float:
    """Return a shape's cost, that of its freedom included."""
    return fit.cost(params) + (PAUSE_GAIN if len(params) == PAUSED_SIZE else 0.0)


def _likeliest(fit: ShapeCost, shapes: Array) -> Array:
    """Return the shape, of (k, 12) or (k, 15), that explains load and moment best."""
    return np.asarray(shapes[int(np.argmin(fit.costs(shapes)))])


def cost_per_step(
    t_s: Array,
    force_n: Array,
    moment_nm: Array,
    params: Array,
    *,
    model: LegModel,
    noise_scale: float,
    tempo: Tempo = USUAL_TEMPO,
    seen: Array | None = None,
) -> float:
    """Return how badly numbers explain force and moment, twice the negative log likelihood."""
    fit = ShapeCost(
        t_s, force_n, moment_nm, params,
        model=model, noise_scale=noise_scale, top_sd_rad=TOP_SD_RAD, seen_s=(None, None),
        tempo=tempo,
        seen=np.ones(len(t_s)) if seen is None else seen,
    )  # fmt: skip
    return fit.cost(params)


def _descend(fit: ShapeCost, params: Array, t_s: Array, iterations: int) -> Array:
    """Return the numbers after so many Levenberg-Marquardt steps, fewer if they stop paying."""
    lowest, highest = LOWEST[: len(params)].copy(), _highest(fit.tempo)[: len(params)]
    lowest[BEGIN_S] += t_s[0]
    highest[BEGIN_S] += t_s[-1]
    if params[DOWN_LATE] < LOWEST[DOWN_LATE]:  # a fall
        lowest[DOWN_LATE] = HARDEST_LATE
    if len(params) == PAUSED_SIZE and pauses_in_descent(params):
        lowest[PAUSE_FROM] += IN_DESCENT
        highest[PAUSE_FROM] += IN_DESCENT
    cost = fit.cost(params)
    damping = 0.01
    is_new = True
    for _ in range(iterations):
        if is_new:
            lhs, rhs = fit.normal_equations(params)
        step = np.linalg.solve(lhs + damping * np.diag(np.diag(lhs) + 1e-9), rhs)
        tried = np.minimum(np.maximum(params + step, lowest), highest)
        tried_cost = fit.cost(tried)
        is_new = tried_cost < cost
        if not is_new:
            damping *= 6.0
            continue
        gain = cost - tried_cost
        params, cost = tried, tried_cost
        if gain < STOP_GAIN:
            break
        damping = max(damping / 5.0, 1e-4)
    return params


def _highest(tempo: Tempo) -> Array:
    """Return the most that the numbers may be where this tempo is asked for."""
    highest = HIGHEST.copy()
    asked_s = np.array([tempo.up_s, tempo.hold_s, tempo.down_s])
    highest[UP_S : DOWN_S + 1] = np.maximum(highest[UP_S : DOWN_S + 1], LONGEST_SHARE * asked_s)
    return highest
