"""What a shape of a repetition leaves of load and moment: the cost that a fit lowers.

Logarithmic losses; the moment's slow wandering is whitened by differencing, which is what its 3 s
of memory asks for. What is known beforehand: exponents near minimum jerk, the curve's top and ways,
and the tempo asked for.
"""

from __future__ import annotations

import math
from copy import copy

import numpy as np

from matfw.estimation.leg_model import Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import Tempo
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_S,
    FORCE_N,
    HOLD_S,
    IN_DESCENT,
    MOMENT_NM,
    PAUSE_FROM,
    PAUSED_SIZE,
    TOP_RAD,
    UP_EARLY,
    UP_S,
    pauses_in_descent,
    shape_rad,
)
from matfw.refinement.wobble import is_up, wobble_n2

FIRST_PRIOR = UP_EARLY
PRIOR_MEAN = np.array([2.6, 2.6, 2.6, 2.6, 0.0, 0.0, 0.0, 0.5, 0.4, 0.2])
PRIOR_SD = np.array([0.5, 0.5, 0.5, 0.5, 0.015, 9.0, 0.25, 0.25, 0.2, 0.15])
FD_STEP = np.array(
    [0.01, 0.01, 0.01, 0.01, 0.005, 0.06, 0.06, 0.06, 0.06, 0.004, 0.1, 0.04, 0.01, 0.01, 0.01]
)
TOP_SD_RAD = 0.05  # about the curve's top: height is better known from there
SEEN = 2  # last rows of the residual: leaving and landing ...
TIED = 6  # ... after the top, the ways' lengths and the hold's
SEEN_SD_S = 0.05  # of a leg's leaving and landing as plates see it, about the shape's own ends
TIME_SD = 0.6  # logarithm of a way's length, about the curve's ...
TEMPO_SD = 0.6  # ... and about what is asked for; both robust
TIED_TIMES, TIED_SD = [UP_S, DOWN_S, UP_S, DOWN_S], np.repeat([TIME_SD, TEMPO_SD], 2)
HOLD_SD = (
    0.3  # of what is asked for, 1 s at least, that the hold of a leg that may wobble is tied to
)
FORCE_SD_N = 0.5
MOMENT_STEP_NM = 0.35  # sd of the whitened moment
MOMENT_SD_NM = 1.0  # of the first sample about the constant
LOAD_STEP = 0.81  # sd of a step of white load, smoothed, as a share of its own sd: sqrt(2 / 3)
AR1 = 0.985  # of the moment's wandering, from step to step: 3 s
ROBUST = 2.5  # in standard deviations, from where on a residual counts by its logarithm
GRID_ROBUST = 5.0  # where no shape fits yet
TINY = 1e-9  # of a weight: where nothing was measured nothing is left

_FD_STEPS = np.diag(FD_STEP)
_THIRDS = np.array([-1.0, 0.0, 1.0]) * STEP_S / 3.0  # a 50 ms mean is taken over these


class ShapeCost:
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
        self._t_s = t_s
        self._fine_s = (t_s[:, None] + _THIRDS).ravel()
        self._force_n, self._moment_nm = force_n, moment_nm
        self._start, self._model = start, model
        self._sd = math.sqrt(noise_scale)
        self._top_sd_rad = top_sd_rad
        self._lift_off_s, self._touch_down_s = seen_s
        # What the two ways' lengths are tied to: the curve's, and what is asked for.
        self._times_s = np.array([start[UP_S], start[DOWN_S], tempo.up_s, tempo.down_s])
        self.robust = ROBUST
        self._is_whole = bool((seen == 1.0).all())  # as nearly always: nothing is to be left out
        self._weight = np.maximum(_sums(_edged(seen)), TINY)
        self._load_sd: Array = np.full(len(self._rows), FORCE_SD_N * self._sd)
        self._step_sd: Array = np.full(max(0, len(self._rows) - 1), MOMENT_STEP_NM * self._sd)
        self._lever_m: Array = np.zeros(len(self._rows))  # by which load is taken out of the moment
        self.tempo, self._hold_weight = tempo, 0.0  # no tie of the hold
        self.wobble_radps2 = 0.0  # rms, that is allowed for while the leg is up
        self._residuals: dict[bytes, Array] = {}
        self._jacobians: dict[bytes, Array] = {}

    def with_wobble(self, params: Array) -> ShapeCost:
        """Return the same fit with what the leg wobbles while a shape has it up.

        There the load is trusted less, and of the moment what is left without the wobble's part.
        """
        fit = copy(self)
        left_n, up = self._left_load_n(params), is_up(params, self._t_s)[self._rows]
        lever_m = self._model.inertia_kgm2 / self._model.moment_kgm
        power_n2 = wobble_n2(left_n[up], (FORCE_SD_N * self._sd) ** 2, self._model.moment_kgm)
        fit.wobble_radps2 = math.sqrt(power_n2) / self._model.moment_kgm
        fit._load_sd = np.sqrt(self._load_sd**2 + power_n2 * up)
        spread_nm = lever_m * FORCE_SD_N * self._sd * LOAD_STEP
        fit._step_sd = np.sqrt(self._step_sd**2 + spread_nm**2 * up[1:])
        fit._lever_m = np.where(up, lever_m, 0.0)
        fit._hold_weight = 1.0 / (HOLD_SD * max(self.tempo.hold_s, 1.0))
        fit.robust = ROBUST
        fit._residuals, fit._jacobians = {}, {}
        return fit

    def _left_load_n(self, params: Array) -> Array:
        """Return what a shape leaves of the load, N, of each row that was measured."""
        d = shape_rad(params, self._fine_s)
        w = _slope(d)
        force_n = self._model.force_n(d, w, _slope(w))
        return self._left(self._force_n, force_n, params[FORCE_N])

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
        left_nm = left_nm - self._lever_m * left_n
        new_nm = (left_nm[..., 1:] - self._left_share * left_nm[..., :-1]) / self._wandered
        return np.concatenate(
            [
                self._trust * left_n / self._load_sd,
                self._trust[1:] * new_nm / self._step_sd,
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
        out[..., 1 : TIED - 1] = np.log(params[..., TIED_TIMES] / self._times_s) / TIED_SD
        out[..., TIED - 1] = (params[..., HOLD_S] - self.tempo.hold_s) * self._hold_weight
        if self._lift_off_s is not None:
            out[..., TIED] = (params[..., BEGIN_S] - self._lift_off_s) / SEEN_SD_S
        if self._touch_down_s is not None:
            end_s = params[..., : DOWN_S + 1].sum(axis=-1)
            out[..., TIED + 1] = (end_s - self._touch_down_s) / SEEN_SD_S
        return out

    def cost(self, params: Array) -> float:
        """Return the robust cost, prior included."""
        prior = _off_prior(params) / PRIOR_SD[: len(params) - FIRST_PRIOR]
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
        tied = np.arange(FIRST_PRIOR, len(params))
        weight = PRIOR_SD[: len(tied)] ** -2
        lhs[tied, tied] += weight
        rhs[FIRST_PRIOR:] -= _off_prior(params) * weight
        return lhs, rhs

    def _jacobian(self, params: Array) -> Array:
        """Return by how much less each number leaves, (m, 12) or (m, 15)."""
        key = params.tobytes()
        found = self._jacobians.get(key)
        if found is None:
            count = len(params)
            moved = self.residuals(params + _FD_STEPS[:count, :count])
            found = ((self.residual(params) - moved) / FD_STEP[:count, None]).T
            self._jacobians[key] = found
        return found


def _off_prior(params: Array) -> Array:
    """Return by how much the numbers that have a prior are off it."""
    off = np.asarray(params[FIRST_PRIOR:] - PRIOR_MEAN[: len(params) - FIRST_PRIOR])
    if len(params) == PAUSED_SIZE and pauses_in_descent(params):
        off[PAUSE_FROM - FIRST_PRIOR] -= IN_DESCENT
    return off


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
