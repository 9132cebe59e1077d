"""First generator: twelve point masses between poses; their momentum is what the mat must bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from tests.people.movements.contact import (
    STEP_S,
    Movement,
    carry,
    grid_s,
    load_of,
    pull_n,
    smooth,
)
from tests.people.movements.poses import POINTS, Pose

LAG_SHARE = 0.35  # of a step's time: parts that start last start this late; guess
REST_S = 0.3  # of stillness before the first and after the last step
SLOWER = 1.2  # a step that would need a contact to pull is done more slowly by this
SLOWER_TRIES = 14
CARRIED = 0.03  # heights: a part that goes less far is not lifted on its way
PULL_N = 2.0  # up to this much is rounding
MIN_SHARE = 1e-4  # of a contact that either pose of a step has


@dataclass(frozen=True, slots=True)
class Step:
    """The way to a pose: its time, the pause after it, and what swings when it is reached.

    lags: 0..1 for each of POINTS, drawn if empty. arc: heights that what goes somewhere is lifted
    on its way.
    bounce_mm, hz, tau_s: how the trunk swings after arriving.
    """

    pose: Pose
    duration_s: float
    pause_s: float = 0.0
    arc: float = 0.0
    bounce_mm: float = 0.0
    bounce_hz: float = 2.2
    bounce_tau_s: float = 0.4
    lags: tuple[float, ...] = ()


def play(body: Body, first: Pose, steps: Sequence[Step], rng: np.random.Generator) -> Movement:
    """Return what a body puts on the mat that goes from pose to pose.

    A way that is too quick for the contacts there are (one of them would have to pull) is done more
    slowly, as everybody does it who does not want to fall. Raises ValueError if that does not help.
    """
    drawn = [
        step if step.lags else replace(step, lags=tuple(rng.uniform(0.0, 1.0, len(POINTS))))
        for step in steps
    ]
    for _ in range(SLOWER_TRIES):
        movement = _played(body, first, drawn)
        if pull_n(movement.force_n) <= PULL_N:
            return _on_mat(movement, first, drawn)
        drawn = _slower(movement, drawn)
    raise ValueError(f"the contacts of these poses cannot carry them: {pull_n(movement.force_n)} N")


def _slower(movement: Movement, steps: Sequence[Step]) -> list[Step]:
    pulling_s = STEP_S * np.flatnonzero((movement.force_n < -PULL_N).any(axis=1))
    changed, at_s = [], REST_S
    for step in steps:
        until_s = at_s + step.duration_s + step.pause_s
        # Bounces and neighbours' ends reach a little beyond a step's own time.
        is_it = bool(((pulling_s >= at_s - STEP_S) & (pulling_s <= until_s + STEP_S)).any())
        factor = SLOWER if is_it else 1.0
        bounce_mm = step.bounce_mm / factor
        changed.append(replace(step, duration_s=factor * step.duration_s, bounce_mm=bounce_mm))
        at_s = until_s
    return changed


def masses_kg(body: Body) -> Array:
    """Return the masses of POINTS; they add up to the body's."""
    pelvis, abdomen, thorax, head, arms = body.trunk_kg
    legs = [part.mass_kg for part in (body.thigh, body.shank, body.foot) for _ in range(2)]
    return np.array([head, thorax, abdomen, pelvis, 0.5 * arms, 0.5 * arms, *legs])


def path_m(body: Body, first: Pose, steps: Sequence[Step]) -> tuple[Array, Array]:
    """Return the points' places, (n, points, 3) in m, and each step's course, (n, steps) 0..1."""
    begins, end_s = [], REST_S
    for step in steps:
        begins.append(end_s)
        end_s += step.duration_s + step.pause_s
    t_s = grid_s(end_s + REST_S)
    place = np.tile(np.array(first.places), (len(t_s), 1, 1))
    courses = []
    before = first
    for step, at_s in zip(steps, begins, strict=True):
        late = LAG_SHARE * np.array(step.lags)
        share = (t_s[:, None] - at_s) / step.duration_s
        way = smooth((share - late) / (1.0 - LAG_SHARE))
        change = np.array(step.pose.places) - np.array(before.places)
        place += way[..., None] * change
        carried = np.linalg.norm(change, axis=1) > CARRIED
        place[..., 2] += carried * step.arc * 64.0 * (way * (1.0 - way)) ** 3
        courses.append(smooth(share[:, 0]))
        before = step.pose
    place *= body.height_m
    for step, at_s in zip(steps, begins, strict=True):
        _add_bounce(t_s - at_s - 0.8 * step.duration_s, place, step)
    return place, np.stack(courses, axis=1)


def _add_bounce(t_s: Array, place: Array, step: Step) -> None:
    trunk = slice(0, 4)
    gone = np.maximum(t_s, 0.0) / step.bounce_tau_s
    # Grows from nothing with a smooth start, then dies away: no jump of the speed.
    swing = gone**3 * np.exp(-gone) * np.sin(2.0 * np.pi * step.bounce_hz * t_s)
    place[:, trunk, 2] += 1e-3 * step.bounce_mm * swing[:, None]


def _played(body: Body, first: Pose, steps: Sequence[Step]) -> Movement:
    place, courses = path_m(body, first, steps)
    load = load_of(masses_kg(body), place, GRAVITY_M_S2)
    count = len(place)
    # How far each pose is the one that carries: they add up to 1 at all times.
    arrived = np.concatenate([np.ones((count, 1)), courses, np.zeros((count, 1))], axis=1)
    x, y, share = [], [], []
    for number, pose in enumerate([first, *(step.pose for step in steps)]):
        active = arrived[:, number] - arrived[:, number + 1]
        for spot in pose.spots:
            for side_x, side_y in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                x.append(body.height_m * (spot.x + side_x * spot.half_width))
                y.append(body.height_m * (spot.y + side_y * spot.half_width))
                share.append(0.25 * spot.share * active)
    shares = np.stack(share, axis=1)
    shares /= shares.sum(axis=1, keepdims=True)
    x_m, y_m = (np.tile(np.array(row), (count, 1)) for row in (x, y))
    return Movement(x_m, y_m, carry(x_m, y_m, shares, load))


def _on_mat(movement: Movement, first: Pose, steps: Sequence[Step]) -> Movement:
    poses = [first, *(step.pose for step in steps)]
    on_mat = np.array([spot.on_mat for pose in poses for spot in pose.spots for _ in range(4)])
    return Movement(
        movement.x_m[:, on_mat],
        movement.y_m[:, on_mat],
        np.maximum(movement.force_n[:, on_mat], 0.0),
    )
