"""A body's positions over time -> the exact vertical force and moments on the mat.

F = sum m (g + z''), Mx = sum m x (g + z'') - sum m z x'', My likewise with y (d'Alembert on point
masses; a rigid part is two points at its radius of gyration, which carries its rotary inertia).
Divided by F the moments are the centre of pressure, whatever the contacts are. Source: the
feasibility study, "Physics"; segments de Leva 1996.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matfw.estimation.anthropometry import (
    DECK_OVER_CELLS_M,
    GRAVITY_M_S2,
    PELVIS_HALF_DEPTH_SHARE,
    PELVIS_HALF_WIDTH_SHARE,
)
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from matfw.virtual.leg_motion import LegMotion

HIKE_LEG_LEVER = 0.70  # hip widths the top hip moves headward per rad of hike: 4.7 mm CoP at 10 deg
HIKE_PELVIS_LEVER = 0.15
LOWER_LEG_Z_M = 0.06  # a lower leg's centre line over the foam
HEAD_FOLLOWS, ARMS_FOLLOW = 0.4, 1.0  # of the upper trunk's own following of the pelvis
ELLIPSE_POINTS = 181  # table of the rolling ellipse, -45..45 degrees
ELLIPSE_LIMIT_RAD = math.radians(45.0)
TRUNK_Z_SHARE = 0.085  # trunk's centre line over the foam, share of height: half a shoulder's width


@dataclass(slots=True)
class Wrench:
    """Load on the mat: newtons and newton metres about the body's own origin, (n,) each.

    moment_x_nm is force times x (to the feet), moment_y_nm force times y (to the body's front).
    """

    force_n: Array
    moment_x_nm: Array
    moment_y_nm: Array


@dataclass(slots=True)
class Pelvis:
    """The rolling pelvis: its centre, its line of contact and the two hips, metres, (n,) each."""

    centre_y: Array
    centre_z: Array
    contact_y: Array
    roll: Array


Point = tuple[float, Array, Array, Array]  # kg; x, y, z in m


def roll_pelvis(body: Body, roll: Array) -> Pelvis:
    """Return where the pelvis is after rolling back by roll (rad, > 0 back).

    The pelvis is an elliptic cylinder that rolls without slipping: its centre moves by the
    integral of its height, its contact line by less; roll_slip of it turns on the spot.
    """
    half_width = PELVIS_HALF_WIDTH_SHARE * body.height_m
    half_depth = PELVIS_HALF_DEPTH_SHARE * body.height_m
    grid = np.linspace(-ELLIPSE_LIMIT_RAD, ELLIPSE_LIMIT_RAD, ELLIPSE_POINTS)
    height = np.hypot(half_width * np.cos(grid), half_depth * np.sin(grid))
    way = np.concatenate([[0.0], np.cumsum(0.5 * (height[1:] + height[:-1]) * np.diff(grid))])
    way -= np.interp(0.0, grid, way)
    offset = -np.gradient(height, grid)  # contact line ahead of the centre, to the back
    centre_y = -(1.0 - body.roll_slip) * np.interp(roll, grid, way)
    return Pelvis(
        centre_y=centre_y,
        centre_z=DECK_OVER_CELLS_M + np.interp(roll, grid, height),
        contact_y=centre_y + np.interp(roll, grid, offset),
        roll=roll,
    )


def wrench(body: Body, motion: LegMotion, bend_rad: float, step_s: float) -> Wrench:
    """Return the load of a body in motion. bend_rad: plan-view bend, > 0 forward, half each end."""
    pelvis = roll_pelvis(body, motion.roll)
    count = len(motion.excursion)
    result = Wrench(np.zeros(count), np.zeros(count), np.zeros(count))
    for kilograms, x, y, z in (
        *_top_leg(body, motion, pelvis, bend_rad),
        *_lower_leg(body, pelvis, bend_rad),
        *_trunk(body, motion, pelvis, bend_rad),
    ):
        weight = kilograms * (GRAVITY_M_S2 + second_difference(z, step_s))
        result.force_n += weight
        result.moment_x_nm += weight * x - kilograms * z * second_difference(x, step_s)
        result.moment_y_nm += weight * y - kilograms * z * second_difference(y, step_s)
    return result


def second_difference(series: Array, step_s: float) -> Array:
    """Return the second derivative, zero at both ends."""
    result = np.zeros_like(series)
    result[1:-1] = (series[2:] - 2.0 * series[1:-1] + series[:-2]) / step_s**2
    return result


def _top_leg(body: Body, motion: LegMotion, pelvis: Pelvis, bend_rad: float) -> Iterator[Point]:
    half = 0.5 * body.hip_width_m
    hike = body.hike_share * motion.excursion + motion.hike
    hip_x = -HIKE_LEG_LEVER * body.hip_width_m * np.sin(hike)
    hip_y = pelvis.centre_y - half * np.sin(pelvis.roll)
    hip_z = (
        pelvis.centre_z
        + half * np.cos(pelvis.roll)
        - HIKE_LEG_LEVER * body.hip_width_m * (1.0 - np.cos(hike))
        + motion.push_m
    )
    elevation = body.rest_angle_rad + motion.excursion
    forward = 0.5 * bend_rad + motion.forward
    knee = motion.knee + body.knee_ratio * motion.excursion
    thigh = _direction(elevation, forward)
    # The knee bends backward; the shank also sags or rises out of the thigh's line.
    off = body.shank_off_rad * np.clip(motion.excursion / math.radians(30.0), 0.0, 1.5)
    shank = _direction(elevation + off, forward - knee)
    knee_at = [
        h + body.thigh.length_m * u for h, u in zip((hip_x, hip_y, hip_z), thigh, strict=True)
    ]
    for part, joint, along in (
        (body.thigh, (hip_x, hip_y, hip_z), thigh),
        (body.shank, knee_at, shank),
    ):
        for reach in (part.com_m - part.gyration_m, part.com_m + part.gyration_m):
            x, y, z = (j + reach * u for j, u in zip(joint, along, strict=True))
            yield 0.5 * part.mass_kg, x, y, z
    reach = body.shank.length_m + body.foot.com_m
    x, y, z = (j + reach * u for j, u in zip(knee_at, shank, strict=True))
    yield body.foot.mass_kg, x, y, z


def _lower_leg(body: Body, pelvis: Pelvis, bend_rad: float) -> Iterator[Point]:
    # Its foot stays; its hip end goes where the pelvis rolls it, about the foot.
    hip_y = pelvis.centre_y + 0.5 * body.hip_width_m * np.sin(pelvis.roll)
    whole = body.thigh.length_m + body.shank.length_m
    still = np.full_like(hip_y, DECK_OVER_CELLS_M + LOWER_LEG_Z_M)
    for part, joint in (
        (body.thigh, 0.0),
        (body.shank, body.thigh.length_m),
        (body.foot, whole),
    ):
        reach = joint + part.com_m
        x = np.full_like(hip_y, reach * math.cos(0.5 * bend_rad))
        y = hip_y * max(1.0 - reach / whole, 0.0) + reach * math.sin(0.5 * bend_rad)
        yield part.mass_kg, x, y, still


def _trunk(body: Body, motion: LegMotion, pelvis: Pelvis, bend_rad: float) -> Iterator[Point]:
    middle, upper = body.trunk_follows
    follows = (1.0, middle, upper, upper * HEAD_FOLLOWS, upper * ARMS_FOLLOW)
    rise_mm = pelvis.centre_z - float(pelvis.centre_z[0])
    base = DECK_OVER_CELLS_M + TRUNK_Z_SHARE * body.height_m
    hike = body.hike_share * motion.excursion + motion.hike
    for index, (kilograms, place, follow) in enumerate(
        zip(body.trunk_kg, body.trunk_x_m, follows, strict=True)
    ):
        x = np.full_like(rise_mm, place * math.cos(0.5 * bend_rad))
        y = follow * pelvis.centre_y - place * math.sin(0.5 * bend_rad)
        z = base + follow * rise_mm
        if index == 0:
            x = x - HIKE_PELVIS_LEVER * body.hip_width_m * np.sin(hike)
            z = pelvis.centre_z + motion.push_m
        yield kilograms, x, y, z


def _direction(elevation: Array, forward: Array) -> tuple[Array, Array, Array]:
    flat = np.cos(elevation)
    return flat * np.cos(forward), flat * np.sin(forward), np.sin(elevation)
