"""Repetitions to draw from: good ones, and each fault at the size the study calls that fault.

A repetition's faults are what it was made to be. A good one stays inside what it calls good
(roll |N(0, 2.5)|, forward N(0, 3), hike by the body's own coupling), which is assumed, not
measured: real people are worse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from matfw.messages import Fault
from matfw.virtual.motion_script import RepPlan
from matfw.virtual.profiles import Profile, random_profile

Draw = np.random.Generator


def good_rep(rng: Draw) -> RepPlan:
    """Return a repetition nobody should complain about, at anybody's tempo near 2-1-3."""
    excursion = float(rng.uniform(32.0, 45.0))
    return RepPlan(
        up_s=float(rng.uniform(1.7, 2.4)),
        hold_s=float(rng.uniform(0.8, 1.4)),
        down_s=float(rng.uniform(2.5, 3.6)),
        excursion_deg=excursion,
        roll_deg=abs(float(np.clip(rng.normal(0.0, 2.5), -6.0, 6.0))),
        forward_deg=float(np.clip(rng.normal(0.0, 3.0), -7.0, 7.0)),
        sag_deg=float(rng.uniform(0.0, 0.03)) * excursion,
        lead=float(rng.uniform(0.7, 1.4)),
        knee_bend_deg=float(rng.uniform(0.0, 6.0)),
        push_mm=float(rng.uniform(0.0, 2.0)),
        up_profile=random_profile(rng),
        down_profile=random_profile(rng, descent=True),
    )


def _roll_back(rep: RepPlan, rng: Draw) -> RepPlan:
    return replace(rep, roll_deg=float(rng.uniform(8.0, 25.0)))


def _leg_forward(rep: RepPlan, rng: Draw) -> RepPlan:
    return replace(rep, forward_deg=float(rng.uniform(12.0, 28.0)))


def _kick(rep: RepPlan, rng: Draw) -> RepPlan:
    quick = Profile("smooth", float(rng.uniform(1.5, 2.5)), float(rng.uniform(-0.3, 0.3)))
    return replace(rep, up_s=float(rng.uniform(0.45, 0.9)), up_profile=quick)


def _drop(rep: RepPlan, rng: Draw) -> RepPlan:
    draw = rng.random()
    if draw < 0.5:  # half let go, or quite: it falls ever faster, and lands
        falling = Profile("falling", float(rng.uniform(1.4, 2.2)))
        down_s = float(rng.uniform(0.30, 0.42) if draw < 0.15 else rng.uniform(0.45, 0.8))
        return replace(rep, down_s=down_s, drop=True, down_profile=falling, sag_deg=0.0)
    quick = Profile("smooth", float(rng.uniform(1.5, 2.5)), float(rng.uniform(-0.2, 0.4)))
    return replace(rep, down_s=float(rng.uniform(0.45, 1.0)), down_profile=quick)


def _too_high(rep: RepPlan, rng: Draw) -> RepPlan:
    # 48-62 degrees over the horizontal: 7.5 more over the rest.
    elevation = float(rng.uniform(48.0, 62.0))
    return replace(rep, excursion_deg=elevation + 7.5, hike_deg=float(rng.uniform(8.0, 13.0)))


def _too_small(rep: RepPlan, rng: Draw) -> RepPlan:
    excursion = float(rng.uniform(6.0, 14.0))
    return replace(rep, excursion_deg=excursion, sag_deg=0.02 * excursion)


def _rushed_up(rep: RepPlan, rng: Draw) -> RepPlan:
    return replace(rep, up_s=float(rng.uniform(1.0, 1.35)))


def _rushed_down(rep: RepPlan, rng: Draw) -> RepPlan:
    return replace(rep, down_s=float(rng.uniform(1.3, 1.9)))


def _short_hold(rep: RepPlan, rng: Draw) -> RepPlan:
    return replace(rep, hold_s=float(rng.uniform(0.05, 0.38)), sag_deg=0.0)


FAULTY: tuple[tuple[Fault, Callable[[RepPlan, Draw], RepPlan]], ...] = (
    (Fault.ROLL_BACK, _roll_back),
    (Fault.LEG_FORWARD, _leg_forward),
    (Fault.KICK, _kick),
    (Fault.DROP, _drop),
    (Fault.TOO_HIGH, _too_high),
    (Fault.TOO_SMALL, _too_small),
    (Fault.RUSHED_UP, _rushed_up),
    (Fault.RUSHED_DOWN, _rushed_down),
    (Fault.SHORT_HOLD, _short_hold),
)


def faulty_rep(rng: Draw, fault: Fault) -> RepPlan:
    """Return a good repetition with one fault in it, of a size the study calls that fault."""
    makers = dict(FAULTY)
    if fault not in makers:
        msg = f"no repetition is made with {fault.value!r}: it belongs to the session's plan"
        raise ValueError(msg)
    return replace(makers[fault](good_rep(rng), rng), faults=(fault,))


def combined_rep(rng: Draw) -> RepPlan:
    """Return the natural cheat: hips rolled back and the leg forward, which cells cannot see."""
    roll = float(rng.uniform(8.0, 20.0))
    forward = roll * float(rng.uniform(0.9, 1.8))
    faults = (Fault.ROLL_BACK, Fault.LEG_FORWARD)
    return replace(good_rep(rng), roll_deg=roll, forward_deg=forward, faults=faults)


def out_of_step(rep: RepPlan, rng: Draw) -> RepPlan:
    """Return a repetition whose leg comes forward in its own time, not in step with the hips.

    How far people keep the two in step is not known; in step they cancel best.
    """
    return replace(
        rep,
        forward_lead=float(rng.uniform(0.7, 1.4)),
        forward_late_s=float(rng.uniform(-0.15, 0.15)),
    )
