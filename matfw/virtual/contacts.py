"""The load on the mat -> forces at the body's contact patches.

A body lies on more patches than statics can settle. The nominal shares, moved by what the leg and
the hands do, are corrected by the smallest weighted change that makes force and both moments
exact; a patch can only press. With the leg lifted its weight hangs on the hip and the trunk
see-saws over the pelvis: the shoulder gives up more than the lower leg does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import Side
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from matfw.virtual.inertia import Wrench

UNILATERAL_ROUNDS = 6  # patches that would pull are let go this many times at most
NO_PULL_N = 1e-6
LET_GO = 1e-6  # stiffness left to a patch that would pull: keeps the equations solvable
HAND_X_SHARE, HAND_Y_M = -0.30, 0.22  # the upper hand, in front of the chest; head-side lever 0.5 m
FLOOR_HAND_Y_M = 0.45  # the same hand on the floor in front of the mat
PELVIS, ANKLE, HAND = 4, 7, 8  # places with a part of their own in PATCHES


@dataclass(frozen=True, slots=True)
class Patch:
    """Where a body touches: x in heights from the hips, half width across, share of the weight.

    follow: how much of the rolling pelvis's way its line of contact goes (1, mid, upper trunk).
    """

    x_share: float
    half_width_m: float
    share: float
    follow: str = "none"


# Shares at rest: shoulder side .42-.45, pelvis .38-.40, legs .15-.20 (pressure maps of 13 people).
PATCHES: tuple[Patch, ...] = (
    Patch(-0.420, 0.060, 0.075),  # head
    Patch(-0.300, 0.080, 0.280, "upper"),  # shoulder
    Patch(-0.270, 0.040, 0.030),  # lower arm, in front of the shoulder
    Patch(-0.170, 0.070, 0.130, "middle"),  # ribs and waist
    Patch(-0.015, 0.078, 0.325, "pelvis"),  # pelvis; pressure width sd 76-80 mm
    Patch(0.130, 0.060, 0.070),  # thigh
    Patch(0.250, 0.045, 0.040),  # knee
    Patch(0.480, 0.035, 0.050),  # ankle
    Patch(HAND_X_SHARE, 0.020, 0.0),  # upper hand
)
LOWER_ARM_Y_M = 0.18
# What the lifted leg does to the places, for each N m of its gravity moment (g S = 47 N m: legs
# -28, shoulder side -66, pelvis and waist the rest), so that neither force nor moment changes.
LEGS_N_PER_NM = -0.60
SHOULDER_N_PER_NM = -1.40


@dataclass(slots=True)
class Contacts:
    """Contact points on the deck: x (contacts,), y and force (n, contacts); mm and N."""

    x_mm: Array
    y_mm: Array
    force_n: Array


@dataclass(slots=True)
class Stance:
    """What besides the load settles the contacts; series are (n,).

    contact_y_m: the rolled pelvis's line of contact; lifted: 0..1, the top leg hangs on its hip;
    hand_n: what the upper hand presses with; shares_noise: (n, places), slow, in shares of the
    weight, of no total effect; bend_rad: the plan-view bend.
    """

    contact_y_m: Array
    lifted: Array
    hand_n: Array
    shares_noise: Array
    bend_rad: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the body's origin is on the deck, and which way its front looks."""

    side: Side
    x_mm: float = 0.0
    y_mm: float = 0.0
    yaw_rad: float = 0.0

    def to_deck_mm(self, x_m: Array, y_m: Array) -> tuple[Array, Array]:
        """Return deck positions of body positions; a right-sider is the mirror of a left-sider."""
        sine, cosine = math.sin(self.yaw_rad), math.cos(self.yaw_rad)
        x = self.x_mm + 1e3 * (x_m * cosine - y_m * sine)
        y = self.y_mm + 1e3 * (x_m * sine + y_m * cosine)
        return x, self.side.front_sign * y

    def load_to_deck(self, load: Wrench) -> Array:
        """Return force, moment x and moment y about the deck's centre: (n, 3), N and N mm."""
        sine, cosine = math.sin(self.yaw_rad), math.cos(self.yaw_rad)
        along = 1e3 * (load.moment_x_nm * cosine - load.moment_y_nm * sine)
        across = 1e3 * (load.moment_x_nm * sine + load.moment_y_nm * cosine)
        x = load.force_n * self.x_mm + along
        y = self.side.front_sign * (load.force_n * self.y_mm + across)
        return np.stack([load.force_n, x, y], axis=1)


def spread(body: Body, load: Wrench, stance: Stance, place: Placement) -> Contacts:
    """Return contact forces whose sum and moments are the load's."""
    weight_n = body.mass_kg * GRAVITY_M_S2
    x_m = np.array([patch.x_share * body.height_m for patch in PATCHES])
    y_m = _places_y_m(body, x_m, stance)
    nominal = weight_n * (np.array([patch.share for patch in PATCHES]) + stance.shares_noise)
    nominal = nominal + stance.lifted[:, None] * _see_saw_n(body, x_m)
    nominal[:, HAND] += stance.hand_n
    nominal[:, 1] -= stance.hand_n
    inertial = load.force_n - weight_n
    nominal[:, PELVIS] += inertial * stance.lifted
    nominal[:, ANKLE] += inertial * (1.0 - stance.lifted)
    # Every place is two points, so that it can take a roll moment on its own width.
    width = np.array([patch.half_width_m for patch in PATCHES])
    points_x = np.repeat(x_m, 2)
    points_y = np.repeat(y_m, 2, axis=1) + np.stack([width, -width], axis=1).ravel()
    force = np.repeat(0.5 * np.maximum(nominal, 0.0), 2, axis=1)
    stiffness = np.repeat([patch.share + 0.01 for patch in PATCHES], 2)
    # Balanced in the deck's own axes, where the points really are. A point's x stays: what yaw
    # makes of a contact line that rolls on is below 2 mm, and costs no exactness this way.
    x_mm, _ = place.to_deck_mm(points_x, np.zeros_like(points_x))
    _, y_mm = place.to_deck_mm(points_x, points_y)
    force = balance(x_mm, y_mm, force, stiffness, place.load_to_deck(load))
    return Contacts(x_mm, y_mm, force)


def balance(x_mm: Array, y_mm: Array, force_n: Array, stiffness: Array, required: Array) -> Array:
    """Return the contact forces nearest to force_n with the required force and moments, none < 0.

    x_mm: (contacts,); y_mm, force_n: (n, contacts); stiffness: (contacts,), what may change most;
    required: (n, 3), N and N mm. A row in which too few patches are left to carry the load keeps a
    small pull: exactness first.
    """
    force = _corrected(x_mm, y_mm, force_n, np.broadcast_to(stiffness, force_n.shape), required)
    free = np.ones(force.shape, dtype=bool)
    for _ in range(UNILATERAL_ROUNDS):
        rows = np.flatnonzero((force < -NO_PULL_N).any(axis=1))
        if len(rows) == 0:
            break
        free[rows] &= force[rows] >= 0.0
        weights = np.where(free[rows], stiffness, LET_GO * stiffness)
        start = np.where(free[rows], force_n[rows], 0.0)
        force[rows] = _corrected(x_mm, y_mm[rows], start, weights, required[rows])
    return force


def _corrected(x_mm: Array, y_mm: Array, force_n: Array, weights: Array, required: Array) -> Array:
    # Levers in metres, so that the three equations are of one size.
    levers = np.stack(
        [np.ones_like(y_mm), np.broadcast_to(1e-3 * x_mm, y_mm.shape), 1e-3 * y_mm], axis=1
    )
    targets = required * np.array([1.0, 1e-3, 1e-3])
    missing = targets - (levers @ force_n[..., None])[..., 0]
    weighted = levers * weights[:, None, :]
    matrix = weighted @ levers.transpose(0, 2, 1)
    multipliers = np.linalg.solve(matrix, missing[..., None])[..., 0]
    result: Array = force_n + (multipliers[:, None, :] @ weighted)[:, 0, :]
    return result


def _places_y_m(body: Body, x_m: Array, stance: Stance) -> Array:
    middle, upper = body.trunk_follows
    follow = {"none": 0.0, "pelvis": 1.0, "middle": middle, "upper": upper}
    still = np.abs(x_m) * math.sin(0.5 * stance.bend_rad)
    still[2] += LOWER_ARM_Y_M
    still[HAND] += HAND_Y_M
    moves = np.array([follow[patch.follow] for patch in PATCHES])
    result: Array = still + stance.contact_y_m[:, None] * moves
    return result


def _see_saw_n(body: Body, x_m: Array) -> Array:
    moment = GRAVITY_M_S2 * body.leg_moment_kgm
    change = np.zeros(len(PATCHES))
    change[ANKLE] = 0.8 * LEGS_N_PER_NM * moment
    change[6] = 0.2 * LEGS_N_PER_NM * moment
    change[1] = 0.85 * SHOULDER_N_PER_NM * moment
    change[0] = 0.15 * SHOULDER_N_PER_NM * moment
    # Ribs and pelvis take what is missing, in force and in moment.
    levers = np.array([[1.0, 1.0], [x_m[3], x_m[PELVIS]]])
    change[[3, PELVIS]] = np.linalg.solve(levers, -np.array([change.sum(), change @ x_m]))
    return change
