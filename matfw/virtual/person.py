"""The virtual person: a session plan -> loads on every cell of a deck, with the truth beside.

Messier than the model that judges it: individual segments, other speed profiles, knees that bend,
hips that hike, a pelvis that rolls as an ellipse, breath, heart, sway, fidgets and hands. Still a
model: there is no public recording of a side-lying leg raise on load cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import Cell, Fault
from matfw.virtual.body_noise import band_noise, resting_noise, slow_noise
from matfw.virtual.contacts import HAND, PATCHES, Contacts, Placement, Stance, spread
from matfw.virtual.deck import Array, Deck
from matfw.virtual.disturbances import disturb
from matfw.virtual.inertia import Wrench, roll_pelvis, wrench
from matfw.virtual.leg_motion import LegMotion, motion_of_angle, plan_motion, sensed
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.trace import Trace
from matfw.virtual.transit import Transit, transit
from matfw.virtual.truth import TrueRep, reps_in_spans, reps_of_angle, true_rep, with_faults

RATE_HZ = 200.0  # grid of every series
BENT_DEG = 8.0  # from here a static plan-view bend is a fault; three lines of cells see 9-10
OFF_MAT_OVERLAP_S = 0.5  # a hand off the mat this long belongs to the repetition
SHARES_SD = 0.0025  # slow noise of a place's share of the weight; pressure maps .16-.30 %
TREMOR_HZ = (5.0, 8.0)
WOBBLE_HZ, WOBBLE_DEG = (0.3, 1.4), 0.15  # rms of a full lift: nobody lifts along a ruler; guess
FULL_LIFT_RAD = math.radians(30.0)  # smaller lifts wobble less; tremor is whole from a sixth of it
LEAD_S = 1.0


@dataclass(slots=True)
class _Timeline:
    t_s: Array
    on: tuple[float, float]
    up: tuple[float, float]

    @property
    def step_s(self) -> float:
        return 1.0 / RATE_HZ


def generate(plan: SessionPlan, cells: Sequence[Cell], seed: int, body_noise: float = 1.0) -> Trace:
    """Return the session of a plan on a deck of these cells; the same seed gives the same trace.

    body_noise scales breath, heart, sway, wriggles and tremor; 0 leaves the bare mechanics (and
    the plan's own events).
    """
    rng = np.random.default_rng(seed)
    line = _timeline(plan, plan.lying_s)
    motion = plan_motion(line.t_s, plan, line.on[1] + plan.settle_s, rng)
    _add_unsteadiness(line, motion, plan, body_noise, rng)
    truth = [
        true_rep(line.t_s, motion.excursion, onset, rep, plan.body.rest_angle_rad)
        for onset, rep in zip(motion.onsets_s, plan.reps, strict=True)
    ]
    return _play(plan, cells, line, motion, truth, body_noise=body_noise, rng=rng)


def generate_from_angle(
    angle_t_s: Array,
    angle_deg: Array,
    plan: SessionPlan,
    cells: Sequence[Cell],
    seed: int,
    *,
    body_noise: float = 1.0,
    tilt_deg: Array | None = None,
    spans_s: Sequence[tuple[float, float]] = (),
) -> Trace:
    """Return a session whose leg follows a given excursion (deg over rest, any rising times).

    The plan gives body, side, settling and events; its repetitions are ignored. True repetitions
    are the angle's own humps, or one in each of spans_s (by angle_t_s). tilt_deg: the pelvis's and
    waist's tilt along with the leg, in place of the body's own coupling.
    """
    rng = np.random.default_rng(seed)
    span_s = float(angle_t_s[-1] - angle_t_s[0])
    line = _timeline(plan, plan.settle_s + span_s + plan.still_s)
    begin_s = line.on[1] + plan.settle_s
    # Led in and out over a second: a real recording need not begin or end at rest.
    knots_s = np.concatenate([[-LEAD_S], angle_t_s - angle_t_s[0], [span_s + LEAD_S]])
    knots_rad = np.radians(np.concatenate([[0.0], angle_deg, [0.0]]))
    excursion = np.interp(line.t_s - begin_s, knots_s, knots_rad)
    motion = motion_of_angle(line.t_s, excursion)
    if tilt_deg is not None:
        tilt = np.interp(line.t_s - begin_s, knots_s, np.radians([0.0, *tilt_deg, 0.0]))
        motion.hike = sensed(line.t_s, tilt) - plan.body.hike_share * motion.excursion
    rest_rad, shift_s = plan.body.rest_angle_rad, begin_s - float(angle_t_s[0])
    spans = [(from_s + shift_s, to_s + shift_s) for from_s, to_s in spans_s]
    truth = (
        reps_in_spans(line.t_s, motion.excursion, rest_rad, spans)
        if spans
        else reps_of_angle(line.t_s, motion.excursion, rest_rad)
    )
    motion.onsets_s = tuple(rep.onset_s for rep in truth)
    _add_unsteadiness(line, motion, plan, body_noise, rng)
    return _play(plan, cells, line, motion, truth, body_noise=body_noise, rng=rng)


def _timeline(plan: SessionPlan, lying_s: float) -> _Timeline:
    on = (plan.empty_s, plan.empty_s + plan.get_on_s)
    up = (on[1] + lying_s, on[1] + lying_s + plan.get_up_s)
    count = round((up[1] + plan.empty_s) * RATE_HZ) + 1
    return _Timeline(np.arange(count) / RATE_HZ, on, up)


def _add_unsteadiness(
    line: _Timeline,
    motion: LegMotion,
    plan: SessionPlan,
    body_noise: float,
    rng: np.random.Generator,
) -> None:
    tremor = band_noise(len(line.t_s), line.step_s, *TREMOR_HZ, rng)
    wobble = [WOBBLE_DEG * band_noise(len(line.t_s), line.step_s, *WOBBLE_HZ, rng) for _ in "af"]
    if not motion.onsets_s or body_noise == 0.0:
        return
    ends = [motion.onsets_s[0], max(motion.onsets_s[-1], motion.onsets_s[0] + 1.0)]
    rms_deg = np.interp(line.t_s, ends, plan.tremor_deg)
    height = np.clip(motion.excursion / FULL_LIFT_RAD, 0.0, 1.2) * motion.lifted
    trembling = np.minimum(6.0 * height, 1.0)
    motion.excursion += body_noise * np.radians(rms_deg * tremor * trembling + wobble[0] * height)
    motion.forward += body_noise * np.radians(wobble[1] * height)


def _play(
    plan: SessionPlan,
    cells: Sequence[Cell],
    line: _Timeline,
    motion: LegMotion,
    truth: list[TrueRep],
    *,
    body_noise: float,
    rng: np.random.Generator,
) -> Trace:
    body, count = plan.body, len(line.t_s)
    weight_n = body.mass_kg * GRAVITY_M_S2
    bend_rad = math.radians(plan.bend_deg)
    pelvis = roll_pelvis(body, motion.roll)
    noise = resting_noise(
        line.t_s,
        weight_n,
        settling=(line.on[1], plan.settle_s),
        rep_starts_s=motion.onsets_s,
        scale=body_noise,
        rng=rng,
    )
    events = disturb(line.t_s, plan, line.on[1], rng)
    load = _sum(wrench(body, motion, bend_rad, line.step_s), noise, events.load)
    shares = body_noise * SHARES_SD * _shares_noise(count, line.step_s, rng)
    stance = Stance(pelvis.contact_y, motion.lifted, events.hand_n, shares, bend_rad)
    place = Placement(plan.side, plan.place_x_mm, plan.place_y_mm, math.radians(plan.yaw_deg))
    moving = transit(line.t_s, weight_n, line.on, line.up, steps_on=plan.steps_on, rng=rng)
    contacts = spread(body, load, stance, place)
    contacts.force_n *= moving.lying[:, None]
    excursion_deg = np.degrees(motion.excursion)
    return Trace(
        t_s=line.t_s,
        loads_kg=_loads_kg(Deck.for_layout(cells), contacts, moving, place),
        cells=tuple(cells),
        side=plan.side,
        body=body,
        truth=[_event_faults(plan, line.on[1], rep) for rep in truth],
        lying_from_s=line.on[1],
        lying_to_s=line.up[0],
        angle_deg=excursion_deg + math.degrees(body.rest_angle_rad),
        excursion_deg=excursion_deg,
        hip_roll_deg=np.degrees(motion.roll),
        pelvis_y_mm=1e3 * pelvis.centre_y,
        bend_deg=plan.bend_deg,
        set_faults=(Fault.FATIGUE,) if plan.fatigued else (),
    )


def _shares_noise(count: int, step_s: float, rng: np.random.Generator) -> Array:
    noise = np.stack([slow_noise(count, step_s, rng) for _ in PATCHES], axis=1)
    noise[:, HAND] = 0.0
    return noise


def _loads_kg(deck: Deck, contacts: Contacts, moving: Transit, place: Placement) -> Array:
    loads = deck.loads_kg(contacts.x_mm, contacts.y_mm, contacts.force_n)
    seated = np.flatnonzero(moving.seat_n > 0.0)
    x_mm, y_mm = place.to_deck_mm(1e-3 * moving.seat_x_mm[seated], 1e-3 * moving.seat_y_mm[seated])
    loads[seated] += deck.loads_kg(x_mm[:, None], y_mm[:, None], moving.seat_n[seated, None])
    return loads


def _sum(*loads: Wrench) -> Wrench:
    result = loads[0]
    for load in loads[1:]:
        result.force_n += load.force_n
        result.moment_x_nm += load.moment_x_nm
        result.moment_y_nm += load.moment_y_nm
    return result


def _event_faults(plan: SessionPlan, lying_from_s: float, rep: TrueRep) -> TrueRep:
    faults = [Fault.BENT_BODY] if abs(plan.bend_deg) >= BENT_DEG else []
    for off_mat in plan.off_mats:
        first = lying_from_s + off_mat.at_s
        shared = min(first + off_mat.duration_s, rep.end_s) - max(first, rep.start_s)
        if shared >= min(OFF_MAT_OVERLAP_S, off_mat.duration_s):
            faults.append(Fault.OFF_MAT)
    return with_faults(rep, faults)
