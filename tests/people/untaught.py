"""People whom nobody taught: they snap the leg up, hold it as they like and let it drop.

Ranges by real recordings of the exercise (Yurtman & Barshan 2014): up in 0.4-1.6 s, held 0.4-5 s,
down in 0.4-0.9 s from crossing to crossing, half as long again from standstill to standstill, to
7-75 degrees, the trunk tilting 2-17 degrees along. Each person has a manner of their own, and every
repetition a little of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matfw.messages import Fault, Side
from matfw.virtual.body import Body, person_like, random_person
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.profiles import Profile
from matfw.virtual.sessions import random_fidgets

Draw = np.random.Generator

UP_S, HOLD_S, DOWN_S = (0.55, 2.4), (0.3, 4.8), (0.55, 1.35)
HEIGHT_DEG, TILT_DEG = (7.0, 75.0), (2.0, 17.0)
SMALL_SHARE, SMALL_DEG = 0.25, (7.0, 16.0)  # of the people; they lift no higher
THROWER_SHARE = 0.15  # heavy men who throw the leg: the load swings by a fifth of the weight
THROWER_KG, THROWER_M = (90.0, 110.0), (1.74, 1.90)
THROWN_S, THROWN_DEG = (0.5, 0.65), (60.0, 75.0)
SPREAD = 0.12  # sd of a repetition against the person's own manner
PAUSE_SHARE, PAUSE_S = 0.6, (20.0, 40.0)  # a pause in mid-set, in which nothing is lifted
KICK_S, DROP_S, SMALL_FAULT_DEG, HIGH_FAULT_DEG = 0.9, 1.0, 20.0, 56.0  # clear of the limits


@dataclass(frozen=True, slots=True)
class Manner:
    """How one person lifts; times standstill to standstill, tilt over height."""

    up_s: float
    hold_s: float
    down_s: float
    height_deg: float
    tilt_share: float
    sag_share: float
    overshoot_share: float
    lets_go: bool
    up_profile: Profile
    down_profile: Profile


def untaught_session(rng: Draw) -> SessionPlan:
    """Return a set of 8-12 repetitions of an untaught person."""
    is_thrower = bool(rng.random() < THROWER_SHARE)
    body = _heavy(rng) if is_thrower else random_person(rng)
    manner = _manner(rng, is_thrower)
    reps = tuple(_rep(rng, manner) for _ in range(int(rng.integers(8, 13))))
    rests = [float(rng.uniform(1.5, 5.0)), *(float(rng.uniform(0.7, 3.0)) for _ in reps[1:])]
    if rng.random() < PAUSE_SHARE:
        rests[int(rng.integers(2, len(reps) - 1))] = float(rng.uniform(*PAUSE_S))
    plan = SessionPlan(
        side=Side.LEFT if rng.random() < 0.5 else Side.RIGHT,
        body=body,
        reps=reps,
        rests_s=tuple(rests),
        get_on_s=float(rng.uniform(5.0, 9.0)),
        settle_s=float(rng.uniform(4.0, 8.0)),
        still_s=float(rng.uniform(1.5, 6.0)),
        get_up_s=float(rng.uniform(3.5, 6.0)),
        bend_deg=float(np.clip(rng.normal(0.0, 1.5), -4.0, 4.0)),
        hover_deg=float(rng.uniform(0.5, 3.0)) if rng.random() < 0.3 else 0.0,
        place_x_mm=float(rng.uniform(-40.0, 40.0)),
        place_y_mm=float(rng.uniform(-40.0, 40.0)),
        yaw_deg=float(rng.uniform(-5.0, 5.0)),
        prop_n=float(rng.uniform(0.0, 30.0)) if rng.random() < 0.65 else 0.0,
        tremor_deg=(0.006, 0.012),
        steps_on=bool(rng.random() < 0.3),
    )
    return replace(plan, fidgets=random_fidgets(plan.lying_s, rng))


def _heavy(rng: Draw) -> Body:
    return person_like(rng, "male", float(rng.uniform(*THROWER_M)), float(rng.uniform(*THROWER_KG)))


def _manner(rng: Draw, is_thrower: bool) -> Manner:
    height = rng.uniform(*(SMALL_DEG if rng.random() < SMALL_SHARE else HEIGHT_DEG))
    up_s = _log_uniform(rng, *UP_S)
    if is_thrower:
        height, up_s = rng.uniform(*THROWN_DEG), rng.uniform(*THROWN_S)
    lets_go = bool(rng.random() < 0.5)
    return Manner(
        up_s=float(up_s),
        hold_s=_log_uniform(rng, *HOLD_S),
        down_s=float(rng.uniform(*DOWN_S)),
        height_deg=float(height),
        tilt_share=float(rng.uniform(*TILT_DEG)) / max(float(height), 25.0),
        sag_share=float(rng.uniform(0.0, 0.15)),
        overshoot_share=float(rng.uniform(0.0, 0.12)),
        lets_go=lets_go,
        up_profile=Profile("smooth", float(rng.uniform(1.2, 2.4)), float(rng.uniform(-0.4, 0.3))),
        down_profile=(
            Profile("falling", float(rng.uniform(1.4, 2.2)))
            if lets_go
            else Profile("smooth", float(rng.uniform(1.2, 2.4)), float(rng.uniform(-0.2, 0.4)))
        ),
    )


def _rep(rng: Draw, manner: Manner) -> RepPlan:
    up_s, hold_s, down_s, height_deg = (
        float(np.clip(usual * math.exp(SPREAD * rng.normal()), low, high))
        for usual, (low, high) in (
            (manner.up_s, (THROWN_S[0], UP_S[1])),
            (manner.hold_s, HOLD_S),
            (manner.down_s, DOWN_S),
            (manner.height_deg, HEIGHT_DEG),
        )
    )
    faults = (
        (Fault.KICK, up_s < KICK_S),
        (Fault.DROP, down_s < DROP_S),
        (Fault.TOO_SMALL, height_deg < SMALL_FAULT_DEG),
        (Fault.TOO_HIGH, height_deg > HIGH_FAULT_DEG),
    )
    return RepPlan(
        up_s=up_s,
        hold_s=hold_s,
        down_s=down_s,
        excursion_deg=height_deg,
        roll_deg=abs(float(np.clip(rng.normal(0.0, 3.0), -7.0, 7.0))),
        forward_deg=float(np.clip(rng.normal(0.0, 4.0), -9.0, 9.0)),
        hike_deg=manner.tilt_share * height_deg,
        knee_bend_deg=float(rng.uniform(0.0, 8.0)),
        sag_deg=manner.sag_share * height_deg,
        overshoot_deg=manner.overshoot_share * height_deg,
        lead=float(rng.uniform(0.7, 1.4)),
        drop=manner.lets_go,
        push_mm=float(rng.uniform(0.0, 4.0)),
        up_profile=manner.up_profile,
        down_profile=manner.down_profile,
        faults=tuple(fault for fault, is_so in faults if is_so),
    )


def _log_uniform(rng: Draw, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))
