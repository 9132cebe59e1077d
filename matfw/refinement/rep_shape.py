"""One repetition as a shape of twelve numbers, or of fifteen if one of its ways pauses.

The curve knows nothing of what a repetition looks like: away, stay, back. This does. Each
way is a smooth speed profile with an early and a late exponent of its own (2.6 and 2.6 is near
minimum jerk, 2 and 2 an even push, unequal ones are skewed), the stay may sag. A way that
pauses is two such ways with a stay between: three numbers more. Fitted to what the mat measured:
`shape_fit`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matfw.estimation.leg_model import Array

BEGIN_S, UP_S, HOLD_S, DOWN_S, TOP_RAD, UP_EARLY, UP_LATE, DOWN_EARLY, DOWN_LATE, SAG = range(10)
MOMENT_NM, FORCE_N = 10, 11  # constants over the window
SIZE = 12
# Of a way that pauses: the share of it that lies before, and the shares of its time at which the
# pause begins, IN_DESCENT more if that is the descent, and that it takes.
PAUSE_WAY, PAUSE_FROM, PAUSE_SPAN = 12, 13, 14
PAUSED_SIZE = 15
IN_DESCENT = 1.0
LEAST_PART = 0.1  # of a way's time, that is left after a pause
FINE_S = 0.004  # at which a shape's crossings are read
LOW_SHARE, HIGH_SHARE = 0.05, 0.95  # the crossings that a repetition is timed by
TYPICAL_EXPONENT, TYPICAL_SAG = 2.6, 0.01  # that a fit begins with
SPAN_SHARE = 0.655  # of a way's own length between those crossings, mean over speed profiles
GRID = 120  # pieces of a speed profile

Way = Callable[[Array, Array, int], Array]
"""How far a way has come, 0..1, at a share of its time, of shapes (15, ..., 1)."""

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


def rest_nm(t_s: Array, moment_nm: Array, begin_s: float) -> float:
    """Return the moment before a shape begins, N m: at the first of all rows where none is seen."""
    before_nm = moment_nm[t_s < begin_s]
    return float(np.median(before_nm if len(before_nm) else moment_nm[:1]))


def shape_rad(params: Array, t_s: Array) -> Array:
    """Return the angle over rest, radians, at times (n,) counted like params[BEGIN_S].

    params: (12,) gives (n,), (k, 12) gives (k, n); 15 numbers likewise, all of which pause in the
    same way.
    """
    p = params.T[..., None]
    up_way, down_way = _ways(params)
    since_s = t_s - p[BEGIN_S]
    up = up_way(since_s / p[UP_S], p, UP_EARLY)
    held_s = since_s - p[UP_S]
    sunk = p[SAG] * _share(held_s / np.maximum(p[HOLD_S], 0.1))
    down = down_way((held_s - p[HOLD_S]) / p[DOWN_S], p, DOWN_EARLY)
    return np.asarray(p[TOP_RAD] * (up - sunk) * (1.0 - down))


def crossings_s(params: Array) -> tuple[float, float, float, float]:
    """Return when the shape passes 5 and 95 % of its top on the ascent, then 95 and 5 % down."""
    t_s = np.arange(params[BEGIN_S], params[: DOWN_S + 1].sum(), FINE_S)
    angle = shape_rad(params, t_s)
    low, high = t_s[angle > LOW_SHARE * angle.max()], t_s[angle > HIGH_SHARE * angle.max()]
    return float(low[0]), float(high[0]), float(high[-1]), float(low[-1])


def paused_s(params: Array) -> tuple[float, float]:
    """Return for how long the ascent, and the descent, stand still midway; 0.0 if they do not."""
    if len(params) < PAUSED_SIZE:
        return 0.0, 0.0
    span = float(params[PAUSE_SPAN])
    if pauses_in_descent(params):
        return 0.0, span * float(params[DOWN_S])
    return span * float(params[UP_S]), 0.0


def pauses_in_descent(params: Array) -> bool:
    """Return whether shapes of 15 numbers, (15,) or (k, 15), pause on the way down."""
    return float(params[..., PAUSE_FROM].flat[0]) >= IN_DESCENT


def top_rad(params: Array) -> float:
    """Return the shape's highest angle: that before a hold that sags."""
    t_s = np.arange(params[BEGIN_S], params[: DOWN_S + 1].sum(), FINE_S)
    return float(shape_rad(params, t_s).max())


def _ways(params: Array) -> tuple[Way, Way]:
    """Return what an ascent and a descent of such shapes are."""
    if params.shape[-1] == SIZE:
        return _in_one, _in_one
    return (_in_one, _in_two) if pauses_in_descent(params) else (_in_two, _in_one)


def _in_one(share: Array, p: Array, early: int) -> Array:
    """Return how far a way has come, 0..1, at a share of its time. early: its first exponent."""
    return _progress(share, p[early], p[early + 1])


def _in_two(share: Array, p: Array, early: int) -> Array:
    """Return the same of a way that pauses."""
    from_share = p[PAUSE_FROM] % IN_DESCENT
    again = np.minimum(from_share + p[PAUSE_SPAN], 1.0 - LEAST_PART)
    first = _in_one(share / from_share, p, early)
    second = _in_one((share - again) / (1.0 - again), p, early)
    return np.asarray(p[PAUSE_WAY] * first + (1.0 - p[PAUSE_WAY]) * second)


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
