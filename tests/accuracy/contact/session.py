"""Somebody's session: drawn, simulated, checked against what was meant, and laid on the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matfw.messages import Cell, Fault, Side
from tests.accuracy.contact.aims import aimed
from tests.accuracy.contact.courses import STEP_S, low_passed
from tests.accuracy.contact.doings import Company, Doings, DrawDoings, Manner, Wanted, draw_doings
from tests.accuracy.contact.mjcf import G_M_S2
from tests.accuracy.contact.muscles import Felt, Muscles, NotAsPlannedError
from tests.accuracy.contact.person import draw_person
from tests.accuracy.contact.standstills import ANGLE_HZ, SLOW_HZ, excursion_deg, times_s
from tests.accuracy.contact.transits import on_and_off
from tests.accuracy.others.mat import cell_loads, truth_of
from tests.accuracy.others.plans import Array, Draw, Lift, Plan, Recording

KEY = 0x3A  # of its seeds
# One session in seven is not as planned: a muscle too slow for the lift, a body that falls over.
# What is called good must be good, so somebody else is drawn; two in a row are rare.
MOST_TRIES = 12
EMPTY_S = 2.0  # after getting off
TRUNK_FALLS_M = -0.2  # where the trunk comes down, from the hips
ALONG_M, ACROSS_M = (-0.05, 0.05), (-0.09, -0.02)  # where on the deck the hips lie
TIPPED = 0.5  # sine of the pelvis's roll; more is no leg raise
RUSHED_UP_S, RUSHED_DOWN_S = 1.5, 2.1  # the standard limits, standstill to standstill
LEAST_REST_S = {Company.CLEAN: 0.38, Company.RESTLESS: 0.25, Company.CHILD: 0.38}
AS_THEY_LIKE = (Company.UNTAUGHT, Company.HURRIED)
LEAST_UP_S, LEAST_DOWN_S = 0.25, 0.15  # of any lift: less is no way that was found
GOOD_DEG, MOST_SMALL_DEG = (28.0, 48.0), 22.5
# Good ones are clear of the limits, those of clean people also no slower than these are.
GOOD_LEAST_S = (1.6, 0.55, 2.3)
CLEAN_S = ((1.85, 2.9), (0.82, 1.7), (2.7, 3.9))
MOST_KICK_S, MOST_DROP_S = 0.97, 1.1


@dataclass(frozen=True, slots=True)
class Session:
    """A recording, and what was meant."""

    recording: Recording
    doings: Doings


def record(
    company: Company, seed: int, cells: Sequence[Cell], draw: DrawDoings = draw_doings
) -> Session:
    """Return somebody's session; the same seed, the same. draw: what they mean to do."""
    for attempt in range(MOST_TRIES):
        rng = np.random.default_rng([seed, KEY, list(Company).index(company), attempt])
        try:
            return _recorded(company, rng, cells, draw)
        except NotAsPlannedError:
            continue
    raise RuntimeError(f"nobody of {company.value} does as planned in {MOST_TRIES} (seed {seed})")


def _recorded(company: Company, rng: Draw, cells: Sequence[Cell], draw: DrawDoings) -> Session:
    person, doings = draw_person(rng, is_child=company is Company.CHILD), draw(company, rng)
    t_s = STEP_S * np.arange(int((doings.off_s[1] + EMPTY_S) / STEP_S), dtype=np.float64)
    muscles = Muscles(person, len(t_s))
    course = aimed(muscles, doings, t_s, rng)
    felt = muscles.moved(course.leg)
    if doings.lifts and np.abs(felt.roll).max() > TIPPED:
        raise NotAsPlannedError("somebody tipped over")
    angle_deg = low_passed(np.degrees(felt.thigh_rad), ANGLE_HZ)
    lies = (t_s > doings.on_s[1]) & (t_s < doings.off_s[0])
    over_deg = excursion_deg(t_s, angle_deg, doings.lifts, lies)
    lifts = _lifts(company, t_s, over_deg, doings.lifts, course.lifts_deg)
    build = person.build
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    force_n, along_nm, across_nm = _placed(t_s, felt, doings, build.mass_kg * G_M_S2, rng)
    front = 1.0 if side is Side.LEFT else -1.0
    loads_kg = cell_loads(cells, force_n, along_nm, front * across_nm, build.height_m)
    plan = Plan(
        doings.on_s, lifts, doings.off_s, side, build.sex, build.height_m, build.mass_kg
    )  # fmt: skip
    truth = truth_of(t_s, over_deg, lifts)
    return Session(Recording(t_s, loads_kg, tuple(cells), plan, over_deg, truth), doings)


def _placed(
    t_s: Array, felt: Felt, doings: Doings, weight_n: float, rng: Draw
) -> tuple[Array, Array, Array]:
    """Return force and moments about the deck's middle, N and N m, getting on and off as well."""
    x_m, y_m = rng.uniform(*ALONG_M), rng.uniform(*ACROSS_M)
    transit = on_and_off(t_s, doings.on_s, doings.off_s, weight_n, rng)
    lies, seat_n = transit.lies, transit.seat_n * (1 - transit.lies)
    falls_n = transit.falls_n
    force_n = felt.force_n * lies + seat_n + falls_n
    along_nm = (felt.along_nm + x_m * felt.force_n) * lies + seat_n * (transit.along_m + x_m)
    across_nm = (felt.across_nm + y_m * felt.force_n) * lies + seat_n * (transit.across_m + y_m)
    return force_n, along_nm + falls_n * TRUNK_FALLS_M, across_nm


def _lifts(
    company: Company, t_s: Array, over_deg: Array, wanted: Sequence[Wanted], alone: Sequence[Array]
) -> tuple[Lift, ...]:
    """Return the lifts as they were done.

    Raises NotAsPlannedError if one is not what it was to be.
    """
    slow_deg = low_passed(over_deg, SLOW_HZ)
    lifts: list[Lift] = []
    for number, lift in enumerate(wanted):
        before_s = wanted[number - 1].end_s - 0.1 if number else 0
        after_s = wanted[number + 1].at_s - 0.02 if number + 1 < len(wanted) else float("inf")
        around = (t_s >= max(lift.at_s - 0.4, before_s)) & (t_s <= min(lift.end_s + 0.7, after_s))
        own_deg = low_passed(alone[number], SLOW_HZ)[around]
        onset_s, top_s, lower_s, end_s = times_s(t_s[around], slow_deg[around], own_deg, lift)
        top_s = max(top_s, onset_s + 0.2)
        lower_s = max(lower_s, top_s + 0.02)
        if lifts and onset_s - lifts[-1].end_s < LEAST_REST_S.get(company, 0.0):
            raise NotAsPlannedError("two lifts are closer than they may be")
        times = (float(top_s - onset_s), float(lower_s - top_s), float(end_s - lower_s))
        top_deg = float(over_deg[around].max())
        is_dropped, faults = lift.manner is Manner.DROP, _faults(lift, times)
        lifts.append(Lift(float(onset_s), *times, top_deg, is_dropped, faults))
        if not _is_as_planned(company, lift, lifts[-1]):
            raise NotAsPlannedError(f"a lift is not {lift.manner.value}")
    return tuple(lifts)


def _faults(lift: Wanted, times: tuple[float, float, float]) -> tuple[Fault, ...]:
    """Return a lift's faults: small ones are rushed as well if they were."""
    if lift.manner is not Manner.SMALL:
        return lift.faults
    up_s, _, down_s = times
    rushed = ((Fault.RUSHED_UP, up_s < RUSHED_UP_S), (Fault.RUSHED_DOWN, down_s < RUSHED_DOWN_S))
    return (*lift.faults, *(fault for fault, is_so in rushed if is_so))


def _is_as_planned(company: Company, lift: Wanted, done: Lift) -> bool:
    """Return whether a lift is clearly what it was to be, for what is known of it to be true."""
    wanted_deg, top_deg = lift.height_deg, done.height_deg
    is_far = abs(top_deg - wanted_deg) > 0.2 * wanted_deg + 5 or top_deg < 0.6 * wanted_deg
    if is_far or done.up_s < LEAST_UP_S or done.down_s < LEAST_DOWN_S:
        return False
    return company in AS_THEY_LIKE or _is_of_its_manner(company, lift.manner, done)


def _is_of_its_manner(company: Company, manner: Manner, done: Lift) -> bool:
    times, top_deg = (done.up_s, done.hold_s, done.down_s), done.height_deg
    match manner:
        case Manner.SMALL:
            return top_deg <= MOST_SMALL_DEG
        case Manner.KICK:
            return done.up_s <= MOST_KICK_S
        case Manner.DROP:
            return done.down_s <= MOST_DROP_S
        case Manner.GOOD | Manner.OVERSHOT | Manner.TWO_STEPS:
            is_clean = all(low <= s <= high for s, (low, high) in zip(times, CLEAN_S, strict=True))
            if company in (Company.CLEAN, Company.CHILD) and not is_clean:
                return False
            is_long = all(s >= least for s, least in zip(times, GOOD_LEAST_S, strict=True))
            return is_long and GOOD_DEG[0] <= top_deg <= GOOD_DEG[1]
