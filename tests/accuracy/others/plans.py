"""What the others' people do: repetitions, small ones, flung ones, and when they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from matfw.messages import Cell, Fault, Side
from matfw.virtual.truth import TrueRep

Array = npt.NDArray[np.float64]
Draw = np.random.Generator

SMALL_SHARE, KICK_SHARE, DROP_SHARE = 0.15, 0.10, 0.10  # of the repetitions; the rest are good
SMALL_DEG = (13.0, 21.0)
HAND_M = (-0.25, 0.3)  # of a hand on the floor: heights to the head, and m before the body
LEAVES_SHARE, LEAVES_S = 0.4, (0.3, 1.0)  # gets up this soon after the last repetition
BEGINS_S = (0.3, 3.0)  # after lying down, of who does not wait
RESTS_SHARE, RESTS_S = 0.4, (6.5, 11.5)  # who takes breaks: before how many, and more than usual


@dataclass(frozen=True, slots=True)
class Lift:
    """One repetition, standstill to standstill, over rest.

    sags_deg: by how much the leg sinks while it is held. leans_n: what a hand on the floor beside
    the mat takes off it meanwhile. shakes: how often the person's usual shaking.
    """

    at_s: float
    up_s: float
    hold_s: float
    down_s: float
    height_deg: float
    is_dropped: bool = False
    faults: tuple[Fault, ...] = ()
    sags_deg: float = 0.0
    leans_n: float = 0.0
    shakes: float = 1.0

    @property
    def end_s(self) -> float:
        """Return when the leg is down."""
        return self.at_s + self.up_s + self.hold_s + self.down_s


@dataclass(frozen=True, slots=True)
class Plan:
    """A session: on from..to, the lifts, off from..to; the mat is empty before and after."""

    on_s: tuple[float, float]
    lifts: tuple[Lift, ...]
    off_s: tuple[float, float]
    side: Side
    sex: str
    height_m: float
    mass_kg: float
    is_tired: bool = False

    @property
    def span_s(self) -> float:
        """Return the recording's length."""
        return self.off_s[1] + 2.0


DrawPlan = Callable[[Draw], Plan]


@dataclass(frozen=True, slots=True)
class Recording:
    """Loads of each cell, (n, cells) in kg on t_s, and what really happened."""

    t_s: Array
    loads_kg: Array
    cells: tuple[Cell, ...]
    plan: Plan
    excursion_deg: Array
    truth: tuple[TrueRep, ...] = field(default=())


def draw_plan(rng: Draw) -> Plan:
    """Return a session of 9-14 repetitions by somebody of 48-105 kg."""
    sex = "female" if rng.random() < 0.5 else "male"
    height_m = float(np.clip(rng.normal(1.66 if sex == "female" else 1.79, 0.065), 1.5, 1.97))
    mass_kg = float(np.clip(height_m**2 * rng.gamma(40.0, 24.5 / 40.0), 48.0, 105.0))
    on_s = (1.5, 1.5 + float(rng.uniform(4.0, 10.0)))
    at_s, lifts = on_s[1] + float(rng.uniform(6.0, 12.0)), []
    for _ in range(int(rng.integers(9, 15))):
        lift = _lift(rng, at_s)
        lifts.append(lift)
        at_s = lift.end_s + 0.5 + float(rng.gamma(2.0, 0.7))
    soon = rng.random() < LEAVES_SHARE
    off_s = lifts[-1].end_s + float(rng.uniform(*LEAVES_S) if soon else rng.uniform(2.5, 7.0))
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    off = (off_s, off_s + float(rng.uniform(2.5, 6.0)))
    return Plan(on_s, tuple(lifts), off, side, sex, height_m, mass_kg)


def prompt_plan(rng: Draw) -> Plan:
    """Return a session of somebody who begins as soon as they lie there."""
    plan = draw_plan(rng)
    sooner_s = plan.lifts[0].at_s - plan.on_s[1] - float(rng.uniform(*BEGINS_S))
    lifts = tuple(replace(lift, at_s=lift.at_s - sooner_s) for lift in plan.lifts)
    from_s, to_s = plan.off_s
    return replace(plan, lifts=lifts, off_s=(from_s - sooner_s, to_s - sooner_s))


def resting_plan(rng: Draw) -> Plan:
    """Return a session with rests as long as a repetition and two usual rests, or longer."""
    plan, later_s, lifts = draw_plan(rng), 0.0, []
    for number, lift in enumerate(plan.lifts):
        if number and rng.random() < RESTS_SHARE:
            later_s += float(rng.uniform(*RESTS_S))
        lifts.append(replace(lift, at_s=lift.at_s + later_s))
    from_s, to_s = plan.off_s
    return replace(plan, lifts=tuple(lifts), off_s=(from_s + later_s, to_s + later_s))


def _lift(rng: Draw, at_s: float) -> Lift:
    # Good ones are clear of the limits whatever their course: the sharpest takes 0.53 of its time
    # from 5 to 95 %, where minimum jerk takes 0.62.
    up_s, hold_s, down_s = rng.uniform(2.0, 2.7), rng.uniform(0.8, 1.5), rng.uniform(2.7, 3.8)
    height_deg, draw = rng.uniform(31.0, 45.0), rng.random()
    faults: tuple[Fault, ...] = ()
    if draw < SMALL_SHARE:
        is_quick = rng.random() < 0.5
        height_deg, faults = rng.uniform(*SMALL_DEG), (Fault.TOO_SMALL,)
        if is_quick:
            up_s, down_s = rng.uniform(0.9, 1.4), rng.uniform(1.2, 2.0)
            faults = (Fault.TOO_SMALL, Fault.RUSHED_UP, Fault.RUSHED_DOWN)
    elif draw < SMALL_SHARE + KICK_SHARE:
        up_s, faults = rng.uniform(0.45, 0.9), (Fault.KICK,)
    elif draw < SMALL_SHARE + KICK_SHARE + DROP_SHARE:
        down_s, faults = rng.uniform(0.40, 0.95), (Fault.DROP,)
    is_dropped = Fault.DROP in faults
    times = (float(up_s), float(hold_s), float(down_s))
    return Lift(at_s, *times, float(height_deg), is_dropped, faults)


def ramp(t_s: Array, from_s: float, to_s: float) -> Array:
    """Return 0 before, 1 after, and a raised cosine between."""
    share = np.clip((t_s - from_s) / (to_s - from_s), 0.0, 1.0)
    result: Array = 0.5 - 0.5 * np.cos(np.pi * share)
    return result


def up_share(t_s: Array, lift: Lift) -> Array:
    """Return 1 while the leg is held, 0 before and after the repetition."""
    held_s = lift.at_s + lift.up_s
    lowered_s = held_s + lift.hold_s
    rising = ramp(t_s, lift.at_s, held_s)
    return rising * (1.0 - ramp(t_s, lowered_s, lift.end_s))


def held_deg(t_s: Array, lift: Lift) -> Array:
    """Return the angle that is held: it sinks by what the lift sags."""
    top_s = lift.at_s + lift.up_s
    return lift.height_deg - lift.sags_deg * ramp(t_s, top_s, top_s + max(lift.hold_s, 0.3))


def shaking_gain(t_s: Array, plan: Plan) -> Array:
    """Return how often the usual shaking is there."""
    gain = np.ones_like(t_s)
    for lift in (each for each in plan.lifts if each.shakes != 1.0):
        gain += (lift.shakes - 1.0) * up_share(t_s, lift)
    return gain


def leaning(t_s: Array, plan: Plan) -> Array:
    """Return N, N m along and across, (n, 3), that a hand beside the mat takes off it."""
    taken_n = np.zeros_like(t_s)
    for lift in (each for each in plan.lifts if each.leans_n):
        taken_n -= lift.leans_n * up_share(t_s, lift)
    along_m, across_m = HAND_M
    return np.stack([taken_n, along_m * plan.height_m * taken_n, across_m * taken_n], axis=1)


def rounded(series: Array, width_s: float, step_s: float) -> Array:
    """Return the running mean of twice width_s: no muscle jumps."""
    count = max(1, round(width_s / step_s))
    kernel = np.convolve(np.ones(count), np.ones(count)) / count**2
    half = len(kernel) // 2
    padded = np.pad(series, half, mode="edge")
    result: Array = np.convolve(padded, kernel, mode="valid")[: len(series)]
    return result
