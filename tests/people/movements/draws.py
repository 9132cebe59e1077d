"""Steps of the segments' generator, drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tests.people.movements import poses
from tests.people.movements.poses import Place, Pose
from tests.people.movements.segments import Step

Draw = np.random.Generator
ARM = ("upper_arm",)


def step_to(
    pose: Pose,
    rng: Draw,
    low_s: float,
    high_s: float,
    *,
    pause: float = 0.0,
    arc: float = 0.0,
    bounce: float = 0.0,
) -> Step:
    """Return the way to a pose, its time, pause and bounce drawn up to these."""
    return Step(
        pose,
        float(rng.uniform(low_s, high_s)),
        pause_s=float(rng.uniform(0.0, pause)),
        arc=arc,
        bounce_mm=float(rng.uniform(0.0, bounce)),
        bounce_hz=float(rng.uniform(1.6, 3.2)),
        bounce_tau_s=float(rng.uniform(0.12, 0.3)),
    )


def back_and_forth(
    around: Pose, points: Sequence[str], by: Callable[[], Place], count: int, rng: Draw
) -> list[Step]:
    """Return ways away from a pose and back to it, in turn; by: draws how far."""
    steps: list[Step] = []
    for number in range(count):
        shift: Place = by() if number % 2 == 0 else (0.0, 0.0, 0.0)
        pose = poses.moved(around, **dict.fromkeys(points, shift))
        steps.append(step_to(pose, rng, 0.3, 0.8, pause=0.5))
    return steps


def draw_place(rng: Draw, size: float) -> Place:
    """Return a place nearby, not below."""
    x, y, z = (float(rng.uniform(-size, size)) for _ in "xyz")
    return x, y, abs(z)
