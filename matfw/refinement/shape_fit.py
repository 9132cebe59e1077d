"""One repetition as a shape: twelve numbers fitted to what the mat measured.

By Levenberg-Marquardt to load and moment with logarithmic losses; the moment's slow wandering is
whitened by differencing, which is what its 3 s of memory asks for. The shape: `rep_shape`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import Tempo
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_LATE,
    DOWN_S,
    FORCE_N,
    HOLD_S,
    MOMENT_NM,
    SIZE,
    TOP_RAD,
    UP_EARLY,
    UP_S,
    shape_rad,
)
from matfw.refinement.shape_grid import ascents, descents, falls
from matfw.refinement.slow_tempo import USUAL_TEMPO

FIRST_PRIOR = UP_EARLY
PRIOR_MEAN = np.array([2.6, 2.6, 2.6, 2.6, 0.0, 0.0, 0.0])
PRIOR_SD = np.array([0.5, 0.5, 0.5, 0.5, 0.015, 9.0, 0.25])
FD_STEP = np.array([0.01, 0.01, 0.01, 0.01, 0.005, 0.06, 0.06, 0.06, 0.06, 0.004, 0.1, 0.04])
LOWEST = np.array([-1.0, 0.25, 0.0, 0.25, 0.05, 1.4, 1.4, 1.4, 1.4, -0.05, -20.0, -3.0])
HIGHEST = np.array([0.0, 8.0, 12.0, 8.0, 1.5, 6.0, 6.0, 6.0, 6.0, 0.15, 20.0, 3.0])
TOP_SD_RAD = 0.05  # about the curve's top: height is better known from there
SEEN = 2  # last rows of the residual: leaving and landing ...
TIED = 5  # ... after the top and the ways' lengths
SEEN_SD_S = 0.05  # of a leg's leaving and landing as plates see it, about the shape's own ends
TIME_SD = 0.6  # logarithm of a way's length, about the curve's ...
TEMPO_SD = 0.6  # ... and about what is asked for; both robust
TIED_TIMES, TIED_SD = [UP_S, DOWN_S, UP_S, DOWN_S], np.repeat([TIME_SD, TEMPO_SD], 2)
LONGEST_SHARE = 1.6  # of what is asked for, that a way or a hold may take if that is more
FORCE_SD_N = 0.5
MOMENT_STEP_NM = 0.35  # sd of the whitened moment
MOMENT_SD_NM = 1.0  # of the first sample about the constant
AR1 = 0.985  # of the moment's wandering, from step to step: 3 s
ROBUST = 2.5  # in standard deviations, from where on a residual counts by its logarithm ...
ROBUST_FIRST, FIRST_ITERATIONS = 10.0, 4  # ... but first wider, or a start 0.2 s off finds no way
TRIAL_ITERATIONS, ITERATIONS = 2, 14
GRID_ROBUST = 5.0  # where no shape fits yet
LOWERS_S = (0.0, 0.4)  # by which the descents' lower crossings begin apart
SHORTEST_S = 0.02
# By how much less a fall costs than other shapes, to be begun with: of 74 falls of tuning people,
# three kinds, 68 have more, most of them 400 and over; of 179 other repetitions none has 1.
FALL_GAIN = 30.0
HARDEST_LATE = 1.0  # exponent of a descent that begins as a fall: the leg is stopped at full speed
STOP_GAIN = 0.02  # of cost; less is not worth another Jacobian
TINY = 1e-9  # of a weight: where nothing was measured nothing is left

_FD_STEPS = np.diag(FD_STEP)
_THIRDS = np.array([-1.0, 0.0, 1.0]) * STEP_S / 3.0  # a 50 ms mean is taken over these


@dataclass(frozen=True, slots=True)
class Fitted:
    """A shape's twelve numbers, and its cost a step: 1-6 for people who lift as shapes do.

    at_rest_per_step: what a leg at rest would leave, squares in standard deviations: what there
    was to explain.
    """

    params: Array
    cost_per_step: float
    at_rest_per_step: float


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
) -> Fitted:
    """Return the twelve numbers that explain force and moment (over rest) best.

    A slow start of the descent looks like the hold's end, and the cost has a minimum for either:
    the descent begins from some lower crossings, and the cheapest end counts. A rough start's ways
    may be elsewhere altogether: the best of a grid of shapes about it is begun with as well, and a
    leg that fell on the other one if that is likelier by far.

    t_s: middles of successive 50 ms steps, (n,). start: (12,), also the prior of the top and of
    both movements' lengths. noise_scale: variance of this body against the usual. tempo: asked for.
    top_sd_rad: of the prior. seen_s: when plates saw the leg leave and land. seen: (n,) share of
    its samples that each step has; what has none weighs nothing. None: all have all.
    """
    seen = np.ones(len(t_s)) if seen is None else seen
    fit = _Fit(
        t_s, force_n, moment_nm, start,
        model=model, noise_scale=noise_scale, top_sd_rad=top_sd_rad, seen_s=seen_s, tempo=tempo,
        seen=seen,
    )  # fmt: skip
    begins = _about(fit, start, t_s) if is_rough else _lowers(start)
    fallen = _fallen(fit, begins[-1], t_s, force_n) if is_rough else []
    tried = [_tried(fit, begin, t_s) for begin in (*begins, *fallen)]
    best = [min(tried[: len(begins)], key=fit.cost), *tried[len(begins) :]]
    params = min((_descend(fit, each, t_s, ITERATIONS) for each in best), key=fit.cost)
    return Fitted(params, fit.cost(params) / len(t_s), fit.at_rest(params) / len(t_s))


def _tried(fit: _Fit, begin: Array, t_s: Array) -> Array:
    """Return the numbers after the first few steps from where a fit begins."""
    params = begin
    for robust, iterations in ((ROBUST_FIRST, FIRST_ITERATIONS), (ROBUST, TRIAL_ITERATIONS)):
        fit.robust = robust
        params = _descend(fit, params, t_s, iterations)
    return params


def _lowers(start: Array) -> list[Array]:
    """Return a shape, and it with later lower crossings."""
    begins = []
    for shift_s in LOWERS_S:
        begin = start.copy()
        begin[HOLD_S] = max(LOWEST[HOLD_S] + SHORTEST_S, begin[HOLD_S] + shift_s)
        begin[DOWN_S] = max(LOWEST[DOWN_S] + SHORTEST_S, begin[DOWN_S] - shift_s)
        begins.append(begin)
    return begins


def _about(fit: _Fit, start: Array, t_s: Array) -> list[Array]:
    """Return a shape, and the likeliest whose ascent, and then whose descent, lies elsewhere."""
    best = start
    for ways in (ascents, descents):
        best = _likeliest(fit, ways(best, t_s))
    return [start, best]


def _fallen(fit: _Fit, shape: Array, t_s: Array, force_n: Array) -> list[Array]:
    """Return the likeliest shape whose leg fell, if that is likelier than this one by far."""
    falling = _likeliest(fit, falls(shape, t_s, force_n))
    cost, fallen_cost = fit.costs(np.stack([shape, falling]))
    if cost - fallen_cost < FALL_GAIN:
        return []
    return [_likeliest(fit, ascents(falling, t_s))]


def _likeliest(fit: _Fit, shapes: Array) -> Array:
    """Return the shape, of (k, 12), that explains load and moment best."""
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
    fit = _Fit(
        t_s, force_n, moment_nm, params,
        model=model, noise_scale=noise_scale, top_sd_rad=TOP_SD_RAD, seen_s=(None, None),
        tempo=tempo,
        seen=np.ones(len(t_s)) if seen is None else seen,
    )  # fmt: skip
    return fit.cost(params)


def _descend(fit: _Fit, params: Array, t_s: Array, iterations: int) -> Array:
    """Return the numbers after so many Levenberg-Marquardt steps, fewer if they stop paying."""
    lowest, highest = LOWEST.copy(), fit.highest.copy()
    lowest[BEGIN_S] += t_s[0]
    highest[BEGIN_S] += t_s[-1]
    if params[DOWN_LATE] < LOWEST[DOWN_LATE]:  # a fall
        lowest[DOWN_LATE] = HARDEST_LATE
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


class _Fit:
    """The data of one fit, and its cost.

    What a shape leaves, and how that changes with its numbers, is computed once for each shape: a
    descent begins where another one ended, only with another loss.
    """

    def __init__(
        self,
        t_s: Array,
        force_n: Array,
        moment_nm: Array,
        start: Array,
        *,
        model: LegModel,
        noise_scale: float,
        top_sd_rad: float,
        seen_s: tuple[float | None, float | None],
        tempo: Tempo,
        seen: Array,
    ) -> None:
        self._seen = seen
        self._rows = np.flatnonzero(seen > 0.0)  # that were measured
        self._trust = np.sqrt(seen[self._rows])
        # What is left of the moment's wandering after a hole, and how far it has wandered since.
        steps = np.diff(self._rows)
        self._left_share = AR1**steps
        self._wandered = np.sqrt((1.0 - AR1 ** (2 * steps)) / (1.0 - AR1**2))
        self._fine_s = (t_s[:, None] + _THIRDS).ravel()
        self._force_n, self._moment_nm = force_n, moment_nm
        self._start, self._model = start, model
        self._sd = math.sqrt(noise_scale)
        self._top_sd_rad = top_sd_rad
        self._lift_off_s, self._touch_down_s = seen_s
        # What the two ways' lengths are tied to: the curve's, and what is asked for.
        self._times_s = np.array([start[UP_S], start[DOWN_S], tempo.up_s, tempo.down_s])
        self.highest = _highest(tempo)
        self.robust = ROBUST
        self._is_whole = bool((seen == 1.0).all())  # as nearly always: nothing is to be left out
        self._weight = np.maximum(_sums(_edged(seen)), TINY)
        self._residuals: dict[bytes, Array] = {}
        self._jacobians: dict[bytes, Array] = {}

    def residual(self, params: Array) -> Array:
        """Return what is left of force and whitened moment, in standard deviations, (m,)."""
        key = params.tobytes()
        found = self._residuals.get(key)
        if found is None:
            found = self._residuals[key] = self.residuals(params)
        return found

    def residuals(self, params: Array) -> Array:
        """Return the same of many shapes at once: (k, 12) gives (k, m)."""
        d = shape_rad(params, self._fine_s)
        w = _slope(d)
        a = _slope(w)
        force_n, moment_nm = self._model.force_and_moment(d, w, a)
        left_n = self._left(self._force_n, force_n, params[..., FORCE_N])
        left_nm = self._left(self._moment_nm, moment_nm, params[..., MOMENT_NM])
        new_nm = (left_nm[..., 1:] - self._left_share * left_nm[..., :-1]) / self._wandered
        return np.concatenate(
            [
                self._trust * left_n / (FORCE_SD_N * self._sd),
                self._trust[1:] * new_nm / (MOMENT_STEP_NM * self._sd),
                left_nm[..., :1] / (MOMENT_SD_NM * self._sd),
                self._tied(params),
            ],
            axis=-1,
        )

    def _left(self, measured: Array, fine: Array, constant: Array) -> Array:
        """Return what a model's fine series and a constant leave of what was measured."""
        means = (fine[..., ::3] + fine[..., 1::3] + fine[..., 2::3]) / 3.0
        left = self._smooth(measured - means - constant[..., None])
        return left if self._is_whole else left[..., self._rows]

    def _smooth(self, series: Array) -> Array:
        """Return running means over three steps, 150 ms: next to nothing is left of 5-8 Hz.

        That is where heart and tremor are, and no leg raise. Steps that they had made outliers
        count again: medians of lower and end fell from 82 and 53 to 68 and 30 ms (tuning people,
        simulated).
        """
        there = series
        if not self._is_whole:
            there = np.where(self._seen > 0.0, series * self._seen, 0.0)
        return np.asarray(_sums(_edged(there)) / self._weight)

    def _tied(self, params: Array) -> Array:
        """Return how far the numbers are from what is known of them, in standard deviations."""
        out = np.zeros((*params.shape[:-1], TIED + SEEN))
        out[..., 0] = (params[..., TOP_RAD] - self._start[TOP_RAD]) / self._top_sd_rad
        out[..., 1:TIED] = np.log(params[..., TIED_TIMES] / self._times_s) / TIED_SD
        if self._lift_off_s is not None:
            out[..., TIED] = (params[..., BEGIN_S] - self._lift_off_s) / SEEN_SD_S
        if self._touch_down_s is not None:
            end_s = params[..., : DOWN_S + 1].sum(axis=-1)
            out[..., TIED + 1] = (end_s - self._touch_down_s) / SEEN_SD_S
        return out

    def cost(self, params: Array) -> float:
        """Return the robust cost, prior included."""
        prior = (params[FIRST_PRIOR:] - PRIOR_MEAN) / PRIOR_SD
        return float(self._loss(self.residual(params)) + prior @ prior)

    def costs(self, shapes: Array) -> Array:
        """Return the robust cost of shapes (k, 12) with the same prior, but for it; (k,)."""
        self.robust = GRID_ROBUST
        return self._loss(self.residuals(shapes))

    def at_rest(self, params: Array) -> float:
        """Return the squares of what a leg at rest would leave: what there is to explain."""
        resting = params.copy()
        resting[TOP_RAD] = 0.0
        left = self.residual(resting)[: -(TIED + SEEN)]
        return float(left @ left)

    def _loss(self, residual: Array) -> Array:
        loss = self.robust**2 * np.log1p((residual[..., :-SEEN] / self.robust) ** 2)
        return np.asarray(loss.sum(axis=-1) + (residual[..., -SEEN:] ** 2).sum(axis=-1))

    def normal_equations(self, params: Array) -> tuple[Array, Array]:
        """Return left and right side of the Gauss-Newton step."""
        residual, jacobian = self.residual(params), self._jacobian(params)
        weight = 1.0 / (1.0 + (residual / self.robust) ** 2)
        weight[-SEEN:] = 1.0  # not robust: these two are sure
        weighted = jacobian * weight[:, None]
        lhs, rhs = weighted.T @ jacobian, weighted.T @ residual
        tied = np.arange(FIRST_PRIOR, SIZE)
        lhs[tied, tied] += 1.0 / PRIOR_SD**2
        rhs[FIRST_PRIOR:] -= (params[FIRST_PRIOR:] - PRIOR_MEAN) / PRIOR_SD**2
        return lhs, rhs

    def _jacobian(self, params: Array) -> Array:
        """Return by how much less each number leaves, (m, 12)."""
        key = params.tobytes()
        found = self._jacobians.get(key)
        if found is None:
            moved = self.residuals(params + _FD_STEPS)
            found = ((self.residual(params) - moved) / FD_STEP[:, None]).T
            self._jacobians[key] = found
        return found


def _highest(tempo: Tempo) -> Array:
    """Return the most that the numbers may be where this tempo is asked for."""
    highest = HIGHEST.copy()
    asked_s = np.array([tempo.up_s, tempo.hold_s, tempo.down_s])
    highest[UP_S : DOWN_S + 1] = np.maximum(highest[UP_S : DOWN_S + 1], LONGEST_SHARE * asked_s)
    return highest


def _sums(series: Array) -> Array:
    """Return the sums of each value and its neighbours; without the first and the last value."""
    return np.asarray(series[..., :-2] + series[..., 1:-1] + series[..., 2:])


def _edged(series: Array) -> Array:
    """Return a series with its first and its last value once more."""
    return np.concatenate([series[..., :1], series, series[..., -1:]], axis=-1)


def _slope(series: Array) -> Array:
    """Return the derivative by time of what is sampled three times a step; (..., n)."""
    slope = np.empty_like(series)
    slope[..., 1:-1] = (series[..., 2:] - series[..., :-2]) * (1.5 / STEP_S)
    slope[..., 0] = (series[..., 1] - series[..., 0]) * (3.0 / STEP_S)
    slope[..., -1] = (series[..., -1] - series[..., -2]) * (3.0 / STEP_S)
    return slope
