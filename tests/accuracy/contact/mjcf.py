"""Pieces of MJCF, MuJoCo's own format for bodies: text and nothing else, lengths in m."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.accuracy.contact.courses import STEP_S
from tests.accuracy.contact.segments import Segment
from tests.accuracy.others.plans import Array

Point = Sequence[float] | Array

G_M_S2 = 9.81
CELLS_BELOW_M = 0.055  # the cells' plane under the board's top: moments are about there
FRONT = np.array([0.0, 1.0, 0.0])
FOOTWARD = np.array([1.0, 0.0, 0.0])
ALONG_FRONT = 0.3  # a segment that runs to the front leaves no more of it to take its axis from
ARMATURE = 0.003  # kg m^2 at each joint, for the solver; a ten-thousandth of a leg's
TURNING, ROLLING = 0.01, 0.001  # friction about the normal and of rolling, MuJoCo's usual order


@dataclass(frozen=True, slots=True)
class Hinge:
    """A joint: its axis, N m per rad and N m s per rad of a usual body, and where it rests."""

    axis: str
    stiffness: float
    damping: float
    rest_rad: float = 0.0
    range_rad: tuple[float, float] | None = None


def numbers(values: Point, digits: int = 4) -> str:
    """Return numbers as MJCF wants them."""
    return " ".join(f"{value:.{digits}f}" for value in values)


def hinge(name: str, joint: Hinge, stiffer: float, damper: float) -> str:
    """Return a joint of somebody whose joints are so many times as stiff and damped."""
    limits = ' limited="false"'
    if joint.range_rad is not None:
        limits = ' limited="true" range="{!r} {!r}"'.format(*joint.range_rad)
    return (
        f'<joint name="{name}" type="hinge" axis="{joint.axis}"'
        f' stiffness="{joint.stiffness * stiffer:.4f}" damping="{joint.damping * damper:.4f}"'
        f' springref="{joint.rest_rad!r}" armature="{ARMATURE}"{limits}/>'
    )


def slide(name: str, axis: str, mass_kg: float, hertz: float, damping_ratio: float) -> str:
    """Return what lets a mass swing along an axis at its own frequency."""
    turns = 2 * np.pi * hertz
    return (
        f'<joint name="{name}" type="slide" axis="{axis}" stiffness="{mass_kg * turns**2:.3f}"'
        f' damping="{mass_kg * 2 * damping_ratio * turns:.4f}"/>'
    )


def lump(mass_kg: float, radius_m2: float) -> str:
    """Return a mass without a direction; radius_m2: of gyration, squared."""
    inertia = f"{mass_kg * radius_m2:.6f}"
    return (
        f'<inertial pos="0 0 0" mass="{mass_kg:.4f}" diaginertia="{inertia} {inertia} {inertia}"/>'
    )


def inertial(segment: Segment, com_m: Point, along: Point, mass_kg: float | None = None) -> str:
    """Return a segment's mass and inertia, its long axis along a direction."""
    kg = segment.mass_kg if mass_kg is None else mass_kg
    sagittal, transverse, longitudinal = segment.gyration
    first = np.array(along, float)
    first /= np.linalg.norm(first)
    second = FRONT - first[1] * first
    if np.linalg.norm(second) < ALONG_FRONT:
        second = FOOTWARD - first[0] * first
    second /= np.linalg.norm(second)
    turned = np.stack([first, second, np.cross(first, second)], 1)
    own = np.diag([longitudinal**2, sagittal**2, transverse**2]) * kg * segment.length_m**2
    whole = turned @ own @ turned.T
    places = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
    inertia = " ".join(f"{whole[place]:.6g}" for place in places)
    return f'<inertial pos="{numbers(com_m, 5)}" mass="{kg:.5f}" fullinertia="{inertia}"/>'


def capsule(name: str, from_m: Point, to_m: Point, radius_m: float, surface: str) -> str:
    """Return a rounded rod that touches."""
    ends = numbers([*from_m, *to_m])
    return f'<geom name="{name}" type="capsule" fromto="{ends}" size="{radius_m:.4f}" {surface}/>'


def ball(name: str, at_m: Point, radius_m: float, surface: str) -> str:
    """Return a ball that touches."""
    place = numbers(at_m)
    return f'<geom name="{name}" type="sphere" pos="{place}" size="{radius_m:.4f}" {surface}/>'


def flesh(
    soft_s: float, least: float, most: float, deep_m: float, *, damps: float, grip: float
) -> str:
    """Return a surface: its time constant, impedance from touch to so deep, damping, friction."""
    return (
        f'solref="{soft_s:.4f} {damps:.3f}" solimp="{least} {most} {deep_m:.4f} 0.5 2"'
        f' friction="{grip:.2f} {TURNING} {ROLLING}"'
    )


def world(body: str, grip: float) -> str:
    """Return a body over a board that feels force and torque in the cells' plane.

    The board's own surface yields to the body's (priority -1); its mass is nothing, for the sensor.
    """
    return (
        '<mujoco><compiler angle="radian" balanceinertia="true"/>'
        f'<option timestep="{STEP_S}" integrator="implicitfast" solver="Newton" iterations="30"'
        f' tolerance="1e-9" cone="pyramidal" gravity="0 0 -{G_M_S2}"/><size memory="8M"/>'
        '<default><geom contype="0" conaffinity="1" condim="3"/></default>'
        f'<worldbody><body name="board" pos="0 0 {-CELLS_BELOW_M}">'
        f'<geom name="board" type="plane" size="3 3 .1" pos="0 0 {CELLS_BELOW_M}" contype="1"'
        f' conaffinity="0" friction="{grip:.2f} {TURNING} {ROLLING}" solref="0.028 0.9"'
        ' solimp="0.3 0.9 0.02 0.5 2" priority="-1"/><site name="cells"/>'
        '<inertial pos="0 0 0" mass="1e-6" diaginertia="1e-9 1e-9 1e-9"/></body>'
        f'{body}</worldbody><sensor><force site="cells"/><torque site="cells"/></sensor></mujoco>'
    )
