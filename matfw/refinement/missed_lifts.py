"""Lifts that the curve lost half-way, or that were too small for it: looked at once more.

A sway or a hand against the hold makes the curve land early, and what is left of a good lift looks
like a twitch. But a twitch in the midst of a set is most likely a lift in its tempo. So such a lift
is tried, a high one and a small one, and told if load and moment ask for it (`lift_trial`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from matfw.messages import Excursion
from matfw.refinement.lift_trial import try_lift
from matfw.refinement.rep_shape import HOLD_S
from matfw.refinement.segment import Felt

IN_SET_S = 12.0  # between two repetitions of one set
EARLIER_S = 0.3  # than the curve's start that a lift begins
TYPICAL_S = (2.0, 1.0, 3.0)  # up, hold, down
TOPS = ((0.62, 0.12), (0.20, 0.12))  # rad: a usual lift, a small one
LEAD_S, TRAIL_S = 0.8, 0.8  # of rest around it that the shape is fitted over
PUSH_LEAST_N = 1.5  # smaller hand pushes may be the lift itself
# Twice the log likelihood that is asked for: restless bodies make shapes too. On 24 tuning people
# nothing in calm sets passes that is not a lift, under stress one twitch for ten hidden lifts.
# Where there are only twitches the most is asked for, however calm.
UNRESTS, BETTER_BY = (1.0, 1.5), (60.0, 130.0)  # straight in between
MISFIT_MOST = 3.0  # a step
HOLD_LEAST_S = 0.3  # sways have none
LEAST_DEG = 5.0
EASED_N = 1.2  # for a body of usual unrest
TRIALS_MOST = 4  # of a look, the latest: a trial takes as long as a repetition's own fit
TWITCH_DEG_PER_UNREST, TWITCH_MOST_DEG = 5.0, 6.0  # a smaller one is not worth the trial
AFTER_S = 0.3  # of what is known after its end


def hidden_lifts(
    felt: Felt, twitches: Sequence[Excursion], found: Collection[Excursion]
) -> list[Excursion]:
    """Return the lifts that some of the twitches were."""
    worth = [
        x
        for x in twitches
        if x.angle_deg > min(TWITCH_DEG_PER_UNREST * felt.unrest, TWITCH_MOST_DEG)
        and is_in_set(x, [*found, *(y for y in twitches if y is not x)], felt.concluded_s)
        and not any(overlap(x, y) for y in found)
    ]
    lifts: list[Excursion] = []
    for twitch in worth[-TRIALS_MOST:]:
        is_sure_set = is_in_set(twitch, found, felt.concluded_s)
        lift = _tried(felt, twitch, BETTER_BY if is_sure_set else (BETTER_BY[1], BETTER_BY[1]))
        if lift is not None and not any(overlap(lift, x) for x in (*found, *lifts)):
            lifts.append(lift)
    return [
        x
        for x in lifts
        if is_in_set(x, [*found, *(y for y in lifts if y is not x)], felt.concluded_s)
    ]


def _tried(felt: Felt, twitch: Excursion, better_by: tuple[float, float]) -> Excursion | None:
    begin_s = max(twitch.start_s - EARLIER_S, float(felt.t_s[0]) + LEAD_S)
    rows = felt.between(begin_s - LEAD_S, begin_s + sum(TYPICAL_S) + TRAIL_S)
    lift = try_lift(
        felt.t_s[rows], *felt.forces(rows, PUSH_LEAST_N), (begin_s, *TYPICAL_S), TOPS,
        model=felt.model, unrest=felt.unrest,
    )  # fmt: skip
    asked_for = float(np.interp(felt.unrest, UNRESTS, better_by))
    is_one = (
        lift.better_by > asked_for
        and lift.misfit < MISFIT_MOST
        and lift.numbers[HOLD_S] > HOLD_LEAST_S
    )
    if not is_one:
        return None
    found = felt.excursion(lift.numbers)
    if found.end_s > felt.t_s[-1] - AFTER_S or found.angle_deg < LEAST_DEG:
        return None
    before_n = felt.load_n[felt.between(begin_s - LEAD_S, begin_s)]
    held_n = felt.load_n[felt.between(found.top_s, found.end_s)]
    # A leg that stands weighs what it weighed; a hand that lay there has eased off for good.
    has_eased = np.median(held_n) - np.median(before_n) < -EASED_N * math.sqrt(felt.unrest)
    return None if has_eased else found


def is_in_set(x: Excursion, others: Collection[Excursion], concluded_s: float) -> bool:
    """Return whether another repetition is near, or what was concluded last was one."""
    return x.start_s - concluded_s < IN_SET_S or any(
        max(x.start_s - y.end_s, y.start_s - x.end_s) < IN_SET_S for y in others
    )


def overlap(x: Excursion, y: Excursion) -> bool:
    """Return whether two repetitions share some time."""
    return x.start_s < y.end_s and y.start_s < x.end_s
