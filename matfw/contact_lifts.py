"""Lifts too small for the tracker, where plates saw the leg leave and land: fitted from there.

That a leg was off the other one says nothing of whether it rose: made light is not lifted. So a
shape is fitted between leaving and landing, once with the height free and once with next to none;
it was a lift if load and moment are explained so much better with it.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import numpy as np

from matfw.leg_model import PUSH_LEVER_M, Array
from matfw.leg_noise import ANGLE, PUSH
from matfw.messages import Excursion
from matfw.rep_shape import (
    BEGIN_S,
    DOWN_S,
    HOLD_S,
    SIZE,
    TOP_RAD,
    UP_S,
    crossings_s,
    fit_shape,
    misfit,
    top_rad,
)
from matfw.rep_windows import RepWindow

SHORTEST_S, LONGEST_S = 1.2, 12.0  # between leaving and landing
LEAD_S, TRAIL_S = 0.8, 0.6  # of rest around it that the shape is fitted over
START_RAD, START_SD_RAD = 0.20, 0.12  # a small lift, as far as is known before
NONE_RAD, NONE_SD_RAD = 0.05, 0.001  # next to no lift
BETTER_BY = 12.0  # twice the log likelihood
LEAST_RAD = 0.10
SCRAP_SHARE = 0.4  # of the time between leaving and landing; a shorter excursion is a scrap of it
PUSH_LEAST_N = 4.0  # smaller hand pushes may be the lift itself
UP_SHARE, DOWN_SHARE = 0.33, 0.5
TYPICAL_EXPONENT, TYPICAL_SAG = 2.6, 0.01


def contact_lifts(
    window: RepWindow, states: Array, t_s: Array, found: Collection[Excursion]
) -> list[Excursion]:
    """Return the lifts between a leaving and its landing of which none was found, or a scrap."""
    left_s = sorted({m.left_s for m in window.motions if m.left_s is not None})
    landed_s = sorted({m.landed_s for m in window.motions if m.landed_s is not None})
    lifts = []
    for left in left_s:
        landed = next((at_s for at_s in landed_s if at_s > left), None)
        is_lift = (
            landed is not None
            and SHORTEST_S < landed - left < LONGEST_S
            and not any(left < again < landed for again in left_s)
            and not any(
                x.start_s < landed
                and x.end_s > left
                and x.end_s - x.start_s > SCRAP_SHARE * (landed - left)
                for x in found
            )
            and left >= t_s[min(window.first, len(t_s) - 1)]
        )
        if is_lift and landed is not None:
            lifts += _fitted(window, states, t_s, left, landed)
    return lifts


def _fitted(
    window: RepWindow, states: Array, t_s: Array, left_s: float, landed_s: float
) -> list[Excursion]:
    rows = (t_s >= left_s - LEAD_S) & (t_s <= landed_s + TRAIL_S)
    motions = [m for m, is_near in zip(window.motions, rows, strict=True) if is_near]
    push_n = np.where(np.abs(states[rows, PUSH]) > PUSH_LEAST_N, states[rows, PUSH], 0.0)
    force_n = np.array([m.force_n for m in motions]) - push_n
    moment_nm = np.array([m.moment_nm for m in motions]) - PUSH_LEVER_M * push_n
    length_s = landed_s - left_s
    start = np.full(SIZE, TYPICAL_EXPONENT)
    start[[BEGIN_S, UP_S, DOWN_S]] = left_s, UP_SHARE * length_s, DOWN_SHARE * length_s
    start[HOLD_S] = length_s - start[UP_S] - start[DOWN_S]
    start[9:] = TYPICAL_SAG, float(np.median(moment_nm)), 0.0
    data = partial(
        fit_shape, t_s[rows], force_n, moment_nm,
        model=window.model, unrest=window.unrest, seen_s=(left_s, landed_s),
    )  # fmt: skip
    cost = partial(misfit, t_s[rows], force_n, moment_nm, model=window.model, unrest=window.unrest)
    start[TOP_RAD] = NONE_RAD
    none = data(start, top_sd_rad=NONE_SD_RAD).numbers
    start[TOP_RAD] = max(START_RAD, float(states[(t_s > left_s) & (t_s < landed_s), ANGLE].max()))
    numbers = data(start, top_sd_rad=START_SD_RAD).numbers
    better = cost(none) - cost(numbers)
    top = float(numbers[TOP_RAD])
    if top < LEAST_RAD or better < BETTER_BY:
        return []
    start_s, top_s, lower_s, end_s = crossings_s(numbers)
    top_rows = (t_s > top_s) & (t_s < lower_s)
    shift = np.array([m.front_shift_mm for m in window.motions])[top_rows]
    rolls = [
        m.hip_roll_deg for m, is_top in zip(window.motions, top_rows, strict=True)
        if is_top and m.hip_roll_deg is not None
    ]  # fmt: skip
    return [
        Excursion(
            start_s, top_s, lower_s, end_s, 0.0, 0.0, 0.0,
            float(np.degrees(top_rad(numbers))), float(shift.mean()) if len(shift) else 0.0,
            float(np.mean(rolls)) if rolls else None,
            hip_sd_deg=motions[-1].hip_sd_deg, unrest=window.unrest,
        )
    ]  # fmt: skip
