"""Repetition plans -> the leg's angles over time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.virtual.deck import Array
from matfw.virtual.motion_script import RepPlan, SessionPlan

MUSCLE_S = 0.060  # no muscle changes its force faster: all angles are smoothed by a Hann this long
SENSED_S = 0.20  # a sensor's angle is smoothed this much first: its noise is no muscle's
UNLOAD_RANGE_S = (0.10, 0.30)  # the leg is made light this long before it leaves; guess
RELOAD_RANGE_S = (0.06, 0.25)  # and given back this long after it lands
BOUNCE_SHARE = 0.03  # of the excursion: a dropped leg's rebound
BOUNCE_S = 0.14
OVERSHOOT_S = (0.15, 0.45)  # from that much before the way up ends to that long after it
LIGHT_DEG = 0.8  # a driven leg is light from here on and free at twice this
MARGIN_S = 0.6  # beyond a repetition's ends its plan still touches the series


@dataclass(slots=True)
class LegMotion:
    """Angles in rad on the time grid, (n,) each; excursion is over rest, hike the fault's part.

    lifted: 0 the leg rests on the other one, 1 the hip carries it. onsets_s: each one's beginning.
    """

    excursion: Array
    roll: Array
    forward: Array
    hike: Array
    knee: Array
    push_m: Array
    lifted: Array
    onsets_s: tuple[float, ...] = ()


def plan_motion(
    t_s: Array, plan: SessionPlan, begin_s: float, rng: np.random.Generator
) -> LegMotion:
    """Return the motion of a plan whose first rest starts at begin_s."""
    motion = _at_rest(t_s)
    onsets, at = [], begin_s
    for rest_s, rep in zip(plan.rests_s, plan.reps, strict=True):
        at += rest_s
        onsets.append(at)
        _add_rep(t_s, motion, rep, at, rng)
        at += rep.total_s
    if onsets and plan.hover_deg > 0.0:
        # Between the first and the last repetition the leg never quite comes down.
        first, last = plan.reps[0], plan.reps[-1]
        up = first.up_profile.travel((t_s - onsets[0]) / first.up_s)
        down_at = onsets[-1] + last.up_s + last.hold_s
        down = last.down_profile.travel((t_s - down_at) / last.down_s)
        motion.excursion += math.radians(plan.hover_deg) * up * (1.0 - down)
        between = (t_s >= onsets[0]) & (t_s <= at)
        motion.lifted = np.maximum(motion.lifted, between.astype(np.float64))
    motion.onsets_s = tuple(onsets)
    smooth_motion(t_s, motion)
    return motion


def smooth_motion(t_s: Array, motion: LegMotion) -> None:
    """Round every series off to what muscles can do, in place."""
    for name in ("excursion", "roll", "forward", "hike", "knee", "push_m", "lifted"):
        setattr(motion, name, _rounded(t_s, getattr(motion, name), MUSCLE_S))


def motion_of_angle(t_s: Array, excursion_rad: Array) -> LegMotion:
    """Return the motion of a leg that follows a given excursion and does nothing else."""
    motion = _at_rest(t_s)
    motion.excursion = sensed(t_s, excursion_rad)
    motion.lifted = _smoothstep((np.degrees(excursion_rad) - LIGHT_DEG) / LIGHT_DEG)
    smooth_motion(t_s, motion)
    return motion


def sensed(t_s: Array, angle_rad: Array) -> Array:
    """Return a sensor's angle without what is its noise and no muscle's."""
    return _rounded(t_s, angle_rad, SENSED_S)


def _at_rest(t_s: Array) -> LegMotion:
    excursion, roll, forward, hike, knee, push_m, lifted = np.zeros((7, len(t_s)))
    return LegMotion(excursion, roll, forward, hike, knee, push_m, lifted)


def _add_rep(
    all_t_s: Array, motion: LegMotion, rep: RepPlan, at: float, rng: np.random.Generator
) -> None:
    down_at = at + rep.up_s + rep.hold_s
    end = down_at + rep.down_s
    near = slice(*np.searchsorted(all_t_s, [at - MARGIN_S, end + MARGIN_S]))
    t_s = all_t_s[near]
    up = rep.up_profile.travel((t_s - at) / rep.up_s)
    down = rep.down_profile.travel((t_s - down_at) / rep.down_s)
    held = _smoothstep((t_s - at - rep.up_s) / max(rep.hold_s, 0.1))
    share = up * (1.0 - rep.sag_deg / max(rep.excursion_deg, 1.0) * held) * (1.0 - down)
    if rep.overshoot_deg > 0.0:
        before_s, after_s = OVERSHOOT_S
        flown = np.clip((t_s - at - rep.up_s + before_s) / (before_s + after_s), 0.0, 1.0)
        over = rep.overshoot_deg / max(rep.excursion_deg, 1.0) * np.sin(np.pi * flown) ** 2
        share = share + over * (1.0 - down)
    led = _led(np.clip(share, 0.0, 1.0), rep.lead)
    forward = led
    if rep.forward_lead is not None:
        forward = _led(np.interp(t_s - rep.forward_late_s, t_s, share), rep.forward_lead)
    motion.roll[near] += math.radians(rep.roll_deg) * led
    motion.forward[near] += math.radians(rep.forward_deg) * forward
    motion.hike[near] += math.radians(rep.hike_deg) * led
    motion.knee[near] += math.radians(rep.knee_bend_deg) * share
    motion.push_m[near] += 1e-3 * rep.push_mm * up * (1.0 - held)
    if rep.drop:
        share = share + BOUNCE_SHARE * np.sin(np.pi * np.clip((t_s - end) / BOUNCE_S, 0.0, 1.0))
    motion.excursion[near] += math.radians(rep.excursion_deg) * share
    unload = rng.uniform(*UNLOAD_RANGE_S)
    reload = rng.uniform(*RELOAD_RANGE_S)
    carried = _smoothstep((t_s - at + unload) / unload) * (1.0 - _smoothstep((t_s - end) / reload))
    motion.lifted[near] = np.maximum(motion.lifted[near], carried)


def _led(share: Array, lead: float) -> Array:
    """Return the share of its own way that goes ahead of the lift (lead < 1) or behind it."""
    return np.asarray(share**lead if lead >= 1.0 else 1.0 - (1.0 - share) ** (1.0 / lead))


def _smoothstep(share: Array) -> Array:
    held = np.clip(share, 0.0, 1.0)
    result: Array = held * held * (3.0 - 2.0 * held)
    return result


def _rounded(t_s: Array, series: Array, width_s: float) -> Array:
    taps = max(3, round(width_s / float(t_s[1] - t_s[0])) | 1)
    kernel = np.hanning(taps + 2)[1:-1]
    return np.convolve(series, kernel / kernel.sum(), mode="same")
