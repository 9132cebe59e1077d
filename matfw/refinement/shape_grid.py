"""Where a leg's two ways may lie: shapes to compare before one of them is fitted.

A fit goes to the nearest minimum, and the curve that it begins with is smooth: a leg flung up in
half a second is one of 2 s there, half of it before the leg left rest, and a hold that a sway
swallowed is none. So both ways are tried at a few lengths in all places that the curve's way
covers; quick ones at more places, since they explain less of what is half their length away.

A leg that is let go speeds up until the other one stops it, within 0.05-0.15 s: load and moment
are lower all the way and peak then, by 30-130 N. No way that its own muscles brake looks like that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_EARLY,
    DOWN_LATE,
    DOWN_S,
    HOLD_S,
    IN_DESCENT,
    PAUSE_FROM,
    PAUSED_SIZE,
    UP_S,
)

LENGTHS_S = (0.5, 0.9, 1.5, 2.3, 3.2)  # of a way, standstill to standstill
PLACES_S = 0.35  # that they are apart at most, ...
PLACES_SHARE = 0.3  # ... and this share of a way's length: its load swings there and back
SLACK_S = 0.3  # by which a way may lie outside the curve's
PARTS_S = (0.5, 0.8, 1.2)  # of a way that pauses: each of its parts ...
PAUSES_S = (0.2, 0.45, 0.7)  # ... and the pause
BEFORE_SHARES = (0.4, 0.6)  # of the way, that lies before it
SHORTEST_UP_S, SHORTEST_HOLD_S, SHORTEST_DOWN_S = 0.3, 0.05, 0.3
FALLS_S = (0.45, 0.6, 0.8, 1.0)  # of a leg that the other one stops
FALL_EXPONENTS = 2.0, 1.1  # its speed's early and late one: it is fastest at the end


def ascents(start: Array, t_s: Array) -> Array:
    """Return a shape, (12,), and the same with its ascent elsewhere, its descent left, (k, 12)."""
    lower_s = start[BEGIN_S] + start[UP_S] + start[HOLD_S]
    end_s = lower_s + start[DOWN_S]
    shapes = [start]
    for begin_s, length_s in _places(start[BEGIN_S], start[BEGIN_S] + start[UP_S]):
        if begin_s < t_s[0]:
            continue
        top_s = begin_s + length_s
        shape = start.copy()
        shape[BEGIN_S], shape[UP_S] = begin_s, length_s
        shape[HOLD_S] = lower_s - top_s
        if shape[HOLD_S] < 0.0:
            shape[HOLD_S] = SHORTEST_HOLD_S
            shape[DOWN_S] = max(SHORTEST_DOWN_S, end_s - top_s - SHORTEST_HOLD_S)
        shapes.append(shape)
    return np.array(shapes)


def descents(start: Array, t_s: Array) -> Array:
    """Return a shape, (12,), and the same with its descent elsewhere, (k, 12)."""
    top_s = start[BEGIN_S] + start[UP_S]
    lower_s = top_s + start[HOLD_S]
    shapes = [start]
    for begin_s, length_s in _places(lower_s, lower_s + start[DOWN_S]):
        if begin_s < top_s or begin_s + length_s > t_s[-1]:
            continue
        shape = start.copy()
        shape[HOLD_S], shape[DOWN_S] = begin_s - top_s, length_s
        shapes.append(shape)
    return np.array(shapes)


def falls(start: Array, t_s: Array, force_n: Array) -> Array:
    """Return a shape, (12,), and it with a fall that ends where the load is highest, (k, 12).

    force_n: the load over rest at t_s, (n,), -inf where it was not measured. An ascent that would
    still go on is cut short.
    """
    top_s = start[BEGIN_S] + 0.5 * start[UP_S]
    end_s = start[BEGIN_S] + start[UP_S] + start[HOLD_S] + start[DOWN_S] + SLACK_S
    rows = np.flatnonzero((t_s > top_s) & (t_s < end_s))
    if not len(rows):
        return start[None]
    landed_s = float(t_s[rows[int(np.argmax(force_n[rows]))]])
    shapes = [start]
    for length_s in FALLS_S:
        held_s = landed_s - length_s - start[BEGIN_S]
        up_s = min(float(start[UP_S]), held_s - SHORTEST_HOLD_S)
        if up_s < SHORTEST_UP_S:
            break
        shape = start.copy()
        shape[UP_S], shape[HOLD_S], shape[DOWN_S] = up_s, held_s - up_s, length_s
        shape[[DOWN_EARLY, DOWN_LATE]] = FALL_EXPONENTS
        shapes.append(shape)
    return np.array(shapes)


def paused_ascents(start: Array, t_s: Array) -> Array:
    """Return shapes, (k, 15), whose ascent pauses; (12,) is taken for the whole or for a part.

    Its ascent may be the whole one or the way after the pause: then it ends where it does now. Or
    it is the way before, and the leg goes on when it seemed to be held already.
    """
    top_s = start[BEGIN_S] + start[UP_S]
    lower_s = top_s + start[HOLD_S]
    shapes = []
    for parts_s, pause in _in_two_parts():
        up_s = sum(parts_s)
        for end_s in (top_s, top_s + parts_s[1] + parts_s[2]):
            if end_s - up_s < t_s[0] or end_s + SHORTEST_HOLD_S > max(lower_s, top_s):
                continue
            shape = np.concatenate([start, pause])
            shape[BEGIN_S], shape[UP_S], shape[HOLD_S] = end_s - up_s, up_s, lower_s - end_s
            shapes.append(shape)
    return np.array(shapes).reshape(-1, PAUSED_SIZE)


def paused_descents(start: Array, t_s: Array) -> Array:
    """Return shapes, (k, 15), whose descent pauses; (12,) is taken for the whole or for a part.

    Likewise: its descent may be the whole one or the way before the pause, which begin where it
    does now; or the way after it, and the leg was let down when it seemed to be held still.
    """
    top_s = start[BEGIN_S] + start[UP_S]
    lower_s = top_s + start[HOLD_S]
    shapes = []
    for parts_s, pause in _in_two_parts():
        down_s = sum(parts_s)
        for begin_s in (lower_s, lower_s - parts_s[0] - parts_s[1]):
            if begin_s < top_s or begin_s + down_s > t_s[-1]:
                continue
            shape = np.concatenate([start, pause])
            shape[PAUSE_FROM] += IN_DESCENT
            shape[HOLD_S], shape[DOWN_S] = begin_s - top_s, down_s
            shapes.append(shape)
    return np.array(shapes).reshape(-1, PAUSED_SIZE)


def _in_two_parts() -> Iterator[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Yield the lengths of a part, a pause and a part, and the three numbers that say so."""
    for first_s, pause_s, second_s, share in product(PARTS_S, PAUSES_S, PARTS_S, BEFORE_SHARES):
        way_s = first_s + pause_s + second_s
        yield (first_s, pause_s, second_s), (share, first_s / way_s, pause_s / way_s)


def _places(from_s: float, to_s: float) -> Iterator[tuple[float, float]]:
    """Yield begin and length of ways that lie in, or about, from..to."""
    for length_s in LENGTHS_S:
        half_s = 0.5 * max(0.0, to_s - from_s - length_s) + SLACK_S
        count = max(1, round(half_s / min(PLACES_S, PLACES_SHARE * length_s)))
        middle_s = 0.5 * (from_s + to_s - length_s)
        for step in range(-count, count + 1):
            yield middle_s + half_s * step / count, length_s
