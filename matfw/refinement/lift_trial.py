"""Was there a lift? A shape with a height against one with next to none.

For where something happened and the curve alone does not say what. Both are fitted to load and
moment over the same stretch; by how much the first explains them better is the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property, partial

from matfw.estimation.leg_model import Array, LegModel
from matfw.messages import Tempo
from matfw.refinement.rep_shape import rest_nm, usual_shape
from matfw.refinement.shape_fit import cost_per_step, fit_shape
from matfw.refinement.slow_tempo import USUAL_TEMPO

NONE_RAD, NONE_SD_RAD = 0.05, 0.001  # next to no lift


@dataclass(frozen=True)
class LiftTrial:
    """The likeliest lift's twelve parameters, its cost a step, and what speaks for it.

    steps: that it was fitted over. fit_none: fits no lift at all and returns its cost.
    """

    params: Array
    cost: float
    steps: int
    fit_none: Callable[[], float]

    @property
    def cost_per_step(self) -> float:
        """Return its cost a step."""
        return self.cost / self.steps

    @cached_property
    def log_likelihood_ratio(self) -> float:
        """Return twice the log likelihood over no lift at all; as dear as a third of the trial."""
        return self.fit_none() - self.cost


def try_lifts(
    t_s: Array,
    force_n: Array,
    moment_nm: Array,
    times_s: tuple[float, float, float, float],
    tops: tuple[tuple[float, float], ...],
    *,
    model: LegModel,
    noise_scale: float,
    seen_s: tuple[float | None, float | None] = (None, None),
    tempo: Tempo = USUAL_TEMPO,
    seen: Array | None = None,
) -> list[LiftTrial]:
    """Return the likeliest lift near a guess for each of the heights to begin from.

    t_s: middles of successive 50 ms steps, (n,). times_s: begin of the guess, lengths of its way
    up, hold and descent. tops: heights to begin from and their spreads, rad. seen_s: when plates
    saw the leg leave and land. tempo: asked for. seen: as in `fit_shape`. That nothing was lifted
    is fitted once for all of them.
    """
    level_nm = rest_nm(t_s, moment_nm, times_s[0])

    def fitted(top_rad: float, sd_rad: float) -> Array:
        return fit_shape(
            t_s, force_n, moment_nm, usual_shape(times_s, top_rad, moment_nm=level_nm),
            model=model, noise_scale=noise_scale, top_sd_rad=sd_rad, seen_s=seen_s,
            tempo=tempo, seen=seen,
        ).params  # fmt: skip

    cost = partial(
        cost_per_step, t_s, force_n, moment_nm,
        model=model, noise_scale=noise_scale, tempo=tempo, seen=seen,
    )  # fmt: skip
    fit_none = cache(lambda: cost(fitted(NONE_RAD, NONE_SD_RAD)))
    trials = [fitted(*top) for top in tops]
    return [LiftTrial(params, cost(params), len(t_s), fit_none) for params in trials]


def likeliest(trials: Iterable[LiftTrial]) -> LiftTrial:
    """Return the trial that leaves least unexplained."""
    return min(trials, key=lambda trial: trial.cost)
