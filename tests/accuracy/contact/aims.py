"""From what somebody means to do to where their joints aim and what their muscles pull, by step.

Noise is within the body: muscles that keep posture waver, breath and heart move what swings in the
trunk, a lifted leg trembles the more the longer it has worked, and the hand on the mat leans on it
as it likes. So what the board feels of it has passed through the body, as it does in people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.accuracy.contact.courses import STEP_S, band, visit, way
from tests.accuracy.contact.doings import Doings, Manner, Wanted
from tests.accuracy.contact.fidgets import fidget
from tests.accuracy.contact.hip import LiftAim
from tests.accuracy.contact.muscles import Muscles
from tests.accuracy.others.plans import Array, Draw

FOREVER_S = 1e6
SETS_DOWN_DEG = 1.6  # lower than rest: one lowers until the other leg is felt
# A dropped leg: it is let go within, stays so until, and is held again after so many s.
LETS_GO_S, SLACKENS_S, UNFELT_S, CATCHES_S, RELAXES_S = 0.04, 0.06, (0.9, 0.2), 0.55, 0.3
QUICK_UP_S, QUICK_TENSES = 1.0, 0.5  # who flings the leg up tenses that much shorter
LONGEST_TENSING_S = 0.35
# Wavering of postural muscles, sd in N m of a usual body, slow as sway is.
WAVERS_HZ = (0.04, 1.2)
WAVERS_NM = (
    ("lumbar_bend", 0.45),
    ("lumbar_flexion", 0.4),
    ("lumbar_twist", 0.3),
    ("thoracic_bend", 0.35),
    ("thoracic_flexion", 0.3),
    ("thoracic_twist", 0.25),
    ("neck_bend", 0.07),
    ("neck_flexion", 0.06),
    ("neck_twist", 0.05),
    ("lower_hip_flexion", 0.25),
    ("lower_hip_abduction", 0.25),
    ("upper_hip_flexion", 0.15),
    ("upper_hip_rotation", 0.05),
    ("lower_shoulder_x", 0.15),
)
# Nobody is still while lying down or getting up: N m between 0.2 and 2 Hz.
STRUGGLES_HZ = (0.2, 2.0)
STRUGGLES_NM = (
    ("lumbar_bend", 3.0),
    ("lumbar_flexion", 3.0),
    ("lumbar_twist", 2.0),
    ("upper_shoulder_x", 2.0),
    ("lower_hip_flexion", 3.0),
    ("upper_hip_flexion", 3.0),
)
TIRES_S = 35.0  # of work, after which the leg trembles by as much more
CLEAR_DEG = 6.0  # over rest, from where on a leg trembles in full


@dataclass(frozen=True, slots=True)
class Course:
    """What the leg is to do, and by itself the course of each lift, degrees over rest."""

    leg: LiftAim
    lifts_deg: tuple[Array, ...]


def aimed(muscles: Muscles, doings: Doings, t_s: Array, rng: Draw) -> Course:
    """Set where all joints aim and what pulls at them; return what the leg is to do."""
    course = _lifted(muscles, doings, t_s)
    _waver(muscles, doings.restless, rng)
    breath = _breathe(muscles, rng)
    _beat(muscles, t_s, breath, rng)
    _tremble(muscles, course.leg, doings.restless, rng)
    for at_s, name in doings.fidgets:
        fidget(name, muscles, t_s, at_s, rng)
    for from_s, to_s in (doings.on_s, (doings.off_s[0] + 0.3, doings.off_s[1])):
        there = visit(t_s, from_s, 0.5, max(to_s - from_s - 1.0, 0.1), 1.2)
        for joint, sd_nm in STRUGGLES_NM:
            muscles.pull(joint, sd_nm * there * band(rng, len(t_s), *STRUGGLES_HZ))
    return course


def _lifted(muscles: Muscles, doings: Doings, t_s: Array) -> Course:
    habits = muscles.person.habits
    over_deg, active, free = np.zeros_like(t_s), np.zeros_like(t_s), np.ones_like(t_s)
    alone = []
    for lift in doings.lifts:
        own_deg = _course_deg(t_s, lift)
        alone.append(own_deg)
        over_deg = over_deg + own_deg
        tenses_s = min(habits.tenses_s, LONGEST_TENSING_S)
        tenses_s *= QUICK_TENSES if lift.up_s < QUICK_UP_S else 1.0
        own = np.clip((t_s - lift.at_s + tenses_s) / tenses_s, 0, 1)
        if lift.manner is Manner.DROP:
            free *= 1 - _let_go(t_s, lift)
            own = _dropped(t_s, lift, own)
        else:
            touch_s = 0.35 * lift.down_s
            over_deg = over_deg - SETS_DOWN_DEG * visit(
                t_s, lift.end_s - touch_s, touch_s, 0.1, 0.4
            )
            own = own * (1 - np.clip((t_s - lift.end_s - 0.05) / habits.relaxes_s, 0, 1))
        active = np.maximum(active, own)
        _carry(muscles, lift, np.radians(own_deg))
    return Course(LiftAim(over_deg, active, np.minimum(active, free)), tuple(alone))


def _course_deg(t_s: Array, lift: Wanted) -> Array:
    """Return one lift's course over rest, degrees."""
    share = (t_s - lift.at_s) / lift.up_s
    if lift.steps is None:
        rise = way(share, *lift.rises)
    else:
        first, pause_s = lift.steps
        pause = pause_s / lift.up_s
        moved = first * (1 - pause)
        rise = first * way(share / moved, *lift.rises)
        rest = way((share - moved - pause) / (1 - moved - pause), *lift.rises)
        rise = rise + (1 - first) * rest
    top_s, hold_s = lift.at_s + lift.up_s, max(lift.hold_s, 0.3)
    angle = lift.height_deg * rise - lift.sags_deg * visit(t_s, top_s, hold_s, FOREVER_S, 1.0)
    if lift.overshoots_deg:
        over = way((t_s - lift.at_s - 0.3 * lift.up_s) / (0.7 * lift.up_s), 2, 2)
        settled = way((t_s - top_s) / max(0.45 * lift.up_s, 0.3), 1.6, 2)
        angle = angle + lift.overshoots_deg * (over - settled)
    since_s = t_s - lift.lowers_s
    is_dropped = lift.manner is Manner.DROP
    fall = np.clip(since_s / 0.05, 0, 1) if is_dropped else way(since_s / lift.down_s, *lift.falls)
    return np.asarray(angle * (1 - fall))


def _let_go(t_s: Array, lift: Wanted) -> Array:
    """Return how far a dropped leg is not corrected: 1 while it falls."""
    since_s, (unfelt_s, back_s) = t_s - lift.lowers_s, UNFELT_S
    gone = np.clip(since_s / LETS_GO_S, 0, 1)
    return np.asarray(gone * (1 - np.clip((since_s - unfelt_s) / back_s, 0, 1)))


def _dropped(t_s: Array, lift: Wanted, active: Array) -> Array:
    """Return the activation of a leg that falls, held back by a share."""
    since_s = t_s - lift.lowers_s
    slack = 1 - (1 - lift.held_back) * np.clip(since_s / SLACKENS_S, 0, 1)
    active = np.where(since_s > 0, slack, active)
    after = active * (1 - np.clip((since_s - CATCHES_S) / RELAXES_S, 0, 1))
    return np.asarray(np.where(since_s > CATCHES_S, after, active))


def _carry(muscles: Muscles, lift: Wanted, over_rad: Array) -> None:
    """Let trunk, hip and knee go along with a lift, as somebody is used to."""
    habits = muscles.person.habits
    muscles.aim("lumbar_bend", (habits.hikes + lift.tilts) * over_rad)
    muscles.aim("thoracic_bend", 0.35 * lift.tilts * over_rad)
    muscles.aim("lumbar_twist", (habits.twists + lift.twists) * over_rad)
    muscles.aim("thoracic_twist", 0.5 * lift.twists * over_rad)
    muscles.aim("upper_hip_flexion", (habits.forward + lift.forward) * over_rad)
    muscles.aim("upper_hip_rotation", habits.turns * over_rad)
    muscles.aim("upper_knee", habits.bends * over_rad)


def _waver(muscles: Muscles, restless: float, rng: Draw) -> None:
    person, count = muscles.person, muscles.count
    for joint, usual_nm in WAVERS_NM:
        sd_nm = usual_nm * rng.uniform(0.6, 1.4) * person.heavy * restless
        muscles.pull(joint, sd_nm * band(rng, count, *WAVERS_HZ))
    leans = band(rng, count, 0.02, 0.4) + 0.35 * band(rng, count, 0.3, 2.0)
    hand_nm = person.habits.hand_nm
    muscles.pull("upper_shoulder_x", -hand_nm * 0.7 + hand_nm * min(restless, 2.0) * leans)


def _breathe(muscles: Muscles, rng: Draw) -> Array:
    """Breathe; return the breath's phase, rad."""
    habits, count = muscles.person.habits, muscles.count
    pace_hz = habits.breath_hz * np.exp(0.12 * band(rng, count, 0.01, 0.15))
    phase = 2 * np.pi * np.cumsum(pace_hz) * STEP_S + rng.uniform(0, 6)
    wave = np.sin(phase) + 0.22 * np.sin(2 * phase - 0.6)
    deep = np.exp(0.18 * band(rng, count, 0.01, 0.12))
    muscles.aim("breath", habits.breath_m * deep * wave)
    muscles.aim("thoracic_bend", 0.0012 * deep * wave)
    muscles.aim("thoracic_flexion", -0.002 * deep * wave)
    return np.asarray(phase)


def _beat(muscles: Muscles, t_s: Array, breath: Array, rng: Draw) -> None:
    """Let the heart throw blood to the head and catch it, quicker as one breathes in."""
    habits = muscles.person.habits
    since_s = np.arange(int(0.22 / STEP_S)) * STEP_S
    thrown = np.sin(np.pi * np.clip(since_s / 0.07, 0, 1))
    thrown -= 0.8 * np.sin(np.pi * np.clip((since_s - 0.08) / 0.09, 0, 1))
    pulse, at_s = np.zeros_like(t_s), rng.uniform(0, 1)
    while at_s < t_s[-1] - 0.3:
        index = int(at_s / STEP_S)
        pulse[index : index + len(since_s)] += thrown * (1 + 0.15 * rng.normal())
        sooner = 1 + 0.04 * rng.normal() + 0.04 * np.sin(breath[index])
        at_s += (1 / habits.heart_hz) * float(sooner)
    muscles.pull("heart", habits.heart_n * pulse)


def _tremble(muscles: Muscles, leg: LiftAim, restless: float, rng: Draw) -> None:
    """Let a lifted leg tremble and wobble."""
    habits, heavy, count = muscles.person.habits, muscles.person.heavy, muscles.count
    tires = 0.6 + np.cumsum(leg.active) * STEP_S / TIRES_S
    tired = tires * np.clip(leg.active, 0, 1)
    clear = np.clip(leg.over_rest_deg / CLEAR_DEG, 0, 1)
    ends_hz = (habits.tremor_hz - 0.8, habits.tremor_hz + 0.8)
    tremor = band(rng, count, *ends_hz, 2) * np.exp(0.35 * band(rng, count, 0.05, 0.6))
    size_nm = habits.tremor_nm * heavy * (0.5 + 0.5 * restless)
    muscles.pull("upper_hip_abduction", size_nm * tired * clear * tremor)
    wobbles = heavy * restless * clear
    muscles.pull("upper_hip_abduction", 0.6 * wobbles * band(rng, count, 0.2, 2.0))
    muscles.pull("upper_hip_flexion", 0.5 * wobbles * band(rng, count, 0.1, 1.5))
