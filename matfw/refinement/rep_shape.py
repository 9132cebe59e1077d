"""One repetition as a shape of twelve numbers, or of fifteen if its ascent pauses.

The curve knows nothing of what a repetition looks like: away, stay, back. This does. Each
way is a smooth speed profile with an early and a late exponent of its own (2.6 and 2.6 is near
minimum jerk, 2 and 2 an even push, unequal ones are skewed), the stay may sag. An ascent that
pauses is two such ways with a stay between: three numbers more. Fitted to what the mat measured:
`shape_fit`.
"""

from __future__ import annotations

import numpy as np

from matfw.estimation.leg_model import Array

BEGIN_S, UP_S, HOLD_S, DOWN_S, TOP_RAD, UP_EARLY, UP_LATE, DOWN_EARLY, DOWN_LATE, SAG = range(10)
MOMENT_NM, FORCE_N = 10, 11  # constants over the window
SIZE = 12
# Of an ascent that pauses: the share of the top that is reached before, and the shares of its time
# at which the pause begins, and that it takes.
PAUSE_RISE, PAUSE_FROM, PAUSE_SPAN = 12, 13, 14
PAUSED_SIZE = 15
LEAST_PART = 0.1  # of an ascent's time, that the way after a pause takes
FINE_S = 0.004  # at which a shape's crossings are read
LOW_SHARE, HIGH_SHARE = 0.05, 0.95  # the crossings that a repetition is timed by
TYPICAL_EXPONENT, TYPICAL_SAG = 2.6, 0.01  # that a fit begins with
SPAN_SHARE = 0.655  # of a way's own length between those crossings, mean over speed profiles
GRID = 120  # pieces of a speed profile

_EDGES = np.linspace(0.0, 1.0, GRID + 1)
_MIDDLES = 0.5 * (_EDGES[1:] + _EDGES[:-1])
_LOG_EARLY, _LOG_LATE = np.log(_MIDDLES), np.log(1.0 - _MIDDLES)


def usual_shape(
    times_s: tuple[float, float, float, float],
    top_rad: float,
    *,
    sag: float = TYPICAL_SAG,
    moment_nm: float = 0.0,
) -> Array:
    """Return a shape of usual speed profiles. times_s: its begin, its way up, hold and descent."""
    params = np.full(SIZE, TYPICAL_EXPONENT)
    params[[BEGIN_S, UP_S, HOLD_S, DOWN_S]] = times_s
    params[[TOP_RAD, SAG, MOMENT_NM, FORCE_N]] = top_rad, sag, moment_nm, 0.0
    return params


def shape_rad(params: Array, t_s: Array) -> Array:
    """Return the angle over rest, radians, at times (n,) counted like params[BEGIN_S].

    params: (12,) gives (n,), (k, 12) gives (k, n); 15 numbers likewise.
    """
    p = params.T[..., None]
    since_s = t_s - p[BEGIN_S]
    up = _ascended(since_s / p[UP_S], p)
    held_s = since_s - p[UP_S]
    sunk = p[SAG] * _share(held_s / np.maximum(p[HOLD_S], 0.1))
    down = _progress((held_s - p[HOLD_S]) / p[DOWN_S], p[DOWN_EARLY], p[DOWN_LATE])
    return np.asarray(p[TOP_RAD] * (up - sunk) * (1.0 - down))


def crossings_s(params: Array) -> tuple[float, float, float, float]:
    """Return when the shape passes 5 and 95 % of its top on the ascent, then 95 and 5 % down."""
    t_s = np.arange(params[BEGIN_S], params[: DOWN_S + 1].sum(), FINE_S)
    angle = shape_rad(params, t_s)
    low, high = t_s[angle > LOW_SHARE * angle.max()], t_s[angle > HIGH_SHARE * angle.max()]
    return float(low[0]), float(high[0]), float(high[-1]), float(low[-1])


def paused_s(params: Array) -> float:
    """Return for how long the ascent stands still midway; 0.0 if it does not."""
    return float(params[UP_S] * params[PAUSE_SPAN]) if len(params) == PAUSED_SIZE else 0.0


def top_rad(params: Array) -> float:
    """Return the shape's highest angle: that before a hold that sags."""
    t_s = np.arange(params[BEGIN_S], params[: DOWN_S + 1].sum(), FINE_S)
    return float(shape_rad(params, t_s).max())


def _ascended(share: Array, p: Array) -> Array:
    """Return how far the ascent has come, 0..1, at a share of its time."""
    if len(p) == SIZE:
        return _progress(share, p[UP_EARLY], p[UP_LATE])
    again = np.minimum(p[PAUSE_FROM] + p[PAUSE_SPAN], 1.0 - LEAST_PART)
    first = _progress(share / p[PAUSE_FROM], p[UP_EARLY], p[UP_LATE])
    second = _progress((share - again) / (1.0 - again), p[UP_EARLY], p[UP_LATE])
    return np.asarray(p[PAUSE_RISE] * first + (1.0 - p[PAUSE_RISE]) * second)


def _progress(share: Array, early: Array, late: Array) -> Array:
    """Return how far a way has come, 0..1, at a share of its length; exponents (..., 1)."""
    speed = np.exp((early - 1.0) * _LOG_EARLY + (late - 1.0) * _LOG_LATE)
    way = np.zeros((*speed.shape[:-1], GRID + 1))
    np.cumsum(speed, axis=-1, out=way[..., 1:])
    way /= way[..., -1:]
    place = _share(share) * GRID
    piece = np.minimum(place.astype(np.intp), GRID - 1)
    place -= piece
    if way.ndim > 1:
        piece += (GRID + 1) * np.arange(len(way))[:, None]
    way = way.ravel()
    before = way[piece]
    return np.asarray(before + place * (way[piece + 1] - before))


def _share(way: Array) -> Array:
    """Return a share of a way, 0 before it and 1 after it; faster than `np.clip`."""
    return np.asarray(np.minimum(np.maximum(way, 0.0), 1.0))
