"""Ways to do a repetition that are no smooth up, hold and down: each person has one manner.

They raise the leg in two steps with a pause, lift too high and settle back, lower it in two parts,
or pump at the top. Not every repetition of theirs is so, and flung, dropped and small ones never.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np

from tests.accuracy.others.plans import Array, Draw, Lift, Plan, held_deg

PLAIN_SHARE = 0.25  # of the repetitions of somebody who has another manner
# Of the height, before the pause. No part is sharper than a good ascent may be: 0.75 s and more for
# half the height, which is what the whole takes in 1.05.
STEP_SHARE, STEP_PAUSE_S = (0.4, 0.65), (0.25, 0.5)
# No more than crossings at 95 % of the highest allow: else the truth takes settling for lowering.
OVERSHOOT_SHARE, SETTLES_S = (0.02, 0.045), (0.3, 0.6)
PART_SHARE, PART_PAUSE_S = (0.35, 0.6), (0.3, 0.8)  # of the height, that is lowered first
PUMP_SHARE, PUMP_S, MOST_PUMPS = (0.04, 0.1), (0.5, 0.8), 2
LONGEST_PAUSE = 0.35  # of a way
SKEW, PART_SKEW = (0.8, 1.25), (0.92, 1.1)  # exponent of a way's time, and of a part's


class Manner(Enum):
    """How somebody lifts."""

    PLAIN = "plain"
    STEPS = "raises in two steps"
    OVERSHOOTS = "lifts higher, then settles"
    PARTS = "lowers in two parts"
    PUMPS = "pumps at the top"


SHARES = {
    Manner.PLAIN: 0.15,
    Manner.STEPS: 0.35,
    Manner.OVERSHOOTS: 0.2,
    Manner.PARTS: 0.15,
    Manner.PUMPS: 0.15,
}


def manner_of(plan: Plan) -> Manner:
    """Return somebody's manner; it goes with the person."""
    draw = np.random.default_rng([round(1e6 * plan.mass_kg), round(1e6 * plan.height_m)]).random()
    for manner, share in SHARES.items():
        if draw < share:
            return manner
        draw -= share
    return Manner.PLAIN


def aimed_deg(t_s: Array, plan: Plan, rng: Draw) -> Array:
    """Return the angle over rest that somebody aims at, degrees."""
    manner = manner_of(plan)
    angle = np.zeros_like(t_s)
    for lift in plan.lifts:
        is_plain = bool(lift.faults) or rng.random() < PLAIN_SHARE
        angle += _aimed(t_s, lift, Manner.PLAIN if is_plain else manner, rng)
    return angle


def _aimed(t_s: Array, lift: Lift, manner: Manner, rng: Draw) -> Array:
    top_s = lift.at_s + lift.up_s
    lower_s = top_s + lift.hold_s
    rises = [(1.0, lift.at_s, top_s)]
    sinks = [(1.0, lower_s, lift.end_s)]
    if manner is Manner.STEPS:
        rises = _in_two(lift.at_s, lift.up_s, STEP_SHARE, STEP_PAUSE_S, rng)
    if manner is Manner.PARTS:
        sinks = _in_two(lower_s, lift.down_s, PART_SHARE, PART_PAUSE_S, rng)
    up = _in_parts(t_s, rises, rng)
    if lift.is_dropped:
        down = np.clip((t_s - lower_s) / lift.down_s, 0.0, 1.0) ** 2
    else:
        down = _in_parts(t_s, sinks, rng)
    held = held_deg(t_s, lift)
    if manner is Manner.OVERSHOOTS and lift.hold_s > SETTLES_S[0]:
        settles_s = min(float(rng.uniform(*SETTLES_S)), lift.hold_s)
        above = 1.0 - _way(t_s, top_s, top_s + settles_s)
        held = held + lift.height_deg * float(rng.uniform(*OVERSHOOT_SHARE)) * above
    if manner is Manner.PUMPS:
        held = held - lift.height_deg * _pumps(t_s, top_s, lower_s, rng)
    return np.asarray(held * up * (1.0 - down))


def _in_two(
    from_s: float,
    long_s: float,
    shares: tuple[float, float],
    pauses_s: tuple[float, float],
    rng: Draw,
) -> list[tuple[float, float, float]]:
    """Return both parts of a way with a pause between: share of the way, from, to."""
    first = float(rng.uniform(*shares))
    pause_s = min(float(rng.uniform(*pauses_s)), LONGEST_PAUSE * long_s)
    moving_s = long_s - pause_s
    first_s = moving_s * first**0.5 / (first**0.5 + (1.0 - first) ** 0.5)
    to_s = from_s + first_s
    return [(first, from_s, to_s), (1.0 - first, to_s + pause_s, from_s + long_s)]


def _in_parts(t_s: Array, parts: Sequence[tuple[float, float, float]], rng: Draw) -> Array:
    way = np.zeros_like(t_s)
    skew = SKEW if len(parts) == 1 else PART_SKEW
    for share, from_s, to_s in parts:
        way += share * _way(t_s, from_s, to_s, float(rng.uniform(*skew)))
    return way


def _pumps(t_s: Array, top_s: float, lower_s: float, rng: Draw) -> Array:
    """Return dips while the leg is held, shares of its height."""
    dips, at_s = np.zeros_like(t_s), top_s
    for _ in range(int(rng.integers(1, MOST_PUMPS + 1))):
        long_s = float(rng.uniform(*PUMP_S))
        if at_s + long_s > lower_s:
            break
        place = np.clip((t_s - at_s) / long_s, 0.0, 1.0)
        dips += float(rng.uniform(*PUMP_SHARE)) * np.sin(np.pi * place) ** 4
        at_s += long_s
    return dips


def _way(t_s: Array, from_s: float, to_s: float, skew: float = 1.0) -> Array:
    """Return a smooth way from 0 to 1."""
    share = np.clip((t_s - from_s) / (to_s - from_s), 0.0, 1.0) ** skew
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))
