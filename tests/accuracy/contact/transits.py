"""How somebody gets onto the board and lies down, or the same backwards: no simulation, but loads.

MuJoCo's body only lies. Before that its load is faded out against that of a seat, or of hands and
knees, that go where these go; each that comes down rings as it takes the weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from tests.accuracy.contact.courses import band, way
from tests.accuracy.others.plans import Array, Draw


@dataclass(frozen=True, slots=True)
class Transit:
    """What presses while somebody gets on: N, at m to the feet and to the front.

    lies: 0 to 1, the share of the lying body's load. falls_n: what the trunk's fall adds.
    """

    seat_n: Array
    along_m: Array
    across_m: Array
    lies: Array
    falls_n: Array


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to get on: knots of its time, shares of the weight, and where, in m."""

    knots: tuple[float, ...]
    shares: tuple[float, ...]
    across_m: tuple[float, ...]
    along_m: tuple[float, ...]


# Sits down on the edge, swings the legs up, lies down; hand and knee first, then on all fours.
SITS = _Way(
    (0, 0.10, 0.16, 0.30, 0.45, 0.60, 1.0),
    (0, 0.55, 0.80, 0.82, 0.86, 1.0, 1.0),
    (-0.28, -0.27, -0.25, -0.22, -0.18, -0.08, 0.0),
    (0.05, 0.05, 0.05, 0.07, 0.10, 0.0, -0.1),
)
KNEELS = _Way(
    (0, 0.08, 0.18, 0.28, 0.40, 0.60, 1.0),
    (0, 0.22, 0.30, 0.75, 0.97, 1.0, 1.0),
    (-0.2, -0.2, -0.1, -0.12, -0.02, 0.0, 0.0),
    (-0.3, -0.3, 0.25, 0.12, -0.05, -0.1, -0.1),
)
LIES_FROM = (0.5, 0.66)  # of the time
RINGS_S = 0.35


def get_on(t_s: Array, on_s: tuple[float, float], weight_n: float, rng: Draw) -> Transit:
    """Return what presses while somebody gets on and lies down."""
    long_s = on_s[1] - on_s[0]
    share = np.clip((t_s - on_s[0]) / long_s, 0, 1)
    lies_from = rng.uniform(*LIES_FROM)
    along = SITS if rng.random() < 0.5 else KNEELS
    knots = np.array(along.knots)
    knots[1:-1] += rng.uniform(-0.025, 0.025, len(knots) - 2)

    def went(values: tuple[float, ...], sd: float) -> Array:
        varied = np.concatenate([[0], rng.normal(0, sd, len(values) - 2), [0]])
        return np.asarray(PchipInterpolator(knots, np.array(values) + varied)(share))

    bears = np.clip(went(along.shares, 0.03), 0, None)
    shakes = 1 + 0.05 * rng.uniform(0.6, 1.6) * band(rng, len(t_s), 0.5, 3.0, 2)
    for knot in knots[1:4]:
        since_s = np.maximum(t_s - on_s[0] - knot * long_s, 0)
        size = rng.uniform(0.02, 0.12) * np.exp(-since_s / RINGS_S)
        shakes = shakes + size * np.sin(2 * np.pi * rng.uniform(1.8, 3.2) * since_s)
    along_m = went(along.along_m, 0.05) + 0.02 * band(rng, len(t_s), 0.1, 1.2, 2)
    across_m = went(along.across_m, 0.02) + 0.012 * band(rng, len(t_s), 0.1, 1.2, 2)
    lying = np.clip((share - lies_from) / (1 - lies_from), 0, 1)
    lies = way(lying, rng.uniform(1.0, 2.0), rng.uniform(1.5, 2.5))
    # The trunk falls and is caught.
    falls = -rng.uniform(0.03, 0.10) * np.sin(2 * np.pi * lying) * np.sin(np.pi * lying)
    seat_n = bears * weight_n * np.maximum(shakes, 0) * (t_s > on_s[0])
    return Transit(seat_n, along_m, across_m, lies, falls * weight_n)


def on_and_off(
    t_s: Array, on_s: tuple[float, float], off_s: tuple[float, float], weight_n: float, rng: Draw
) -> Transit:
    """Return what presses while somebody gets on, and backwards while they get off."""
    on = get_on(t_s, on_s, weight_n, rng)
    to_end_s = np.ascontiguousarray((off_s[1] - t_s)[::-1])
    off = get_on(to_end_s, (0.0, off_s[1] - off_s[0]), weight_n, rng)
    is_early = t_s < 0.5 * (on_s[1] + off_s[0])

    def both(before: Array, after: Array) -> Array:
        return np.where(is_early, before, after[::-1])

    falls_n = both(on.falls_n, off.falls_n)
    falls_n[(t_s < on_s[0]) | (t_s > off_s[1])] = 0
    return Transit(
        both(on.seat_n, off.seat_n),
        both(on.along_m, off.along_m),
        both(on.across_m, off.across_m),
        both(on.lies, off.lies),
        falls_n,
    )
