"""The body's mechanics against the tables of the study (46 bodies; ours are 40 others)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from matfw.estimation.anthropometry import REST_ANGLE_RAD
from matfw.virtual.body import Body, random_person
from matfw.virtual.deck import Array
from matfw.virtual.inertia import wrench
from matfw.virtual.leg_motion import LegMotion
from matfw.virtual.profiles import MIN_JERK

STEP_S = 0.005
LIFT_RAD = math.radians(39.5)  # from 7.5 below the horizontal to 32 above


def ideal(body: Body) -> Body:
    """Return the body without its own habits, as the study's tables have it."""
    return replace(
        body,
        hike_share=0.0,
        knee_ratio=0.0,
        shank_off_rad=0.0,
        rest_angle_rad=REST_ANGLE_RAD,
        trunk_follows=(0.6, 0.25),
        roll_slip=0.0,
    )


BODIES = [ideal(random_person(np.random.default_rng(seed))) for seed in range(40)]


def motion(count: int, **angles: Array) -> LegMotion:
    still = LegMotion(*np.zeros((7, count)))
    for name, series in angles.items():
        setattr(still, name, series)
    return still


def pose_mm(body: Body, elevation_deg: float, **degrees: float) -> tuple[float, float]:
    angles = {name: np.full(3, math.radians(value)) for name, value in degrees.items()}
    excursion = np.full(3, math.radians(elevation_deg) - body.rest_angle_rad)
    load = wrench(body, motion(3, excursion=excursion, **angles), 0.0, STEP_S)
    return (
        float(1e3 * load.moment_x_nm[1] / load.force_n[1]),
        float(1e3 * load.moment_y_nm[1] / load.force_n[1]),
    )


def median(measure: Callable[[Body], float]) -> float:
    return float(np.median([measure(body) for body in BODIES]))


@pytest.mark.parametrize(
    ("elevation_deg", "shift_mm", "hiked_mm"),
    [(10, -0.3, -1.1), (20, -3.0, -4.3), (30, -7.5, -9.3), (40, -13.6, -15.8), (50, -21.0, -23.8)],
)
def test_lift_moves_the_centre_headward_as_in_the_study(
    elevation_deg: float, shift_mm: float, hiked_mm: float
) -> None:
    def shift(body: Body) -> float:
        return pose_mm(body, elevation_deg)[0] - pose_mm(body, -7.5)[0]

    def hiked(body: Body) -> float:
        return shift(replace(body, hike_share=0.1))

    assert median(shift) == pytest.approx(shift_mm, abs=0.35)
    assert median(hiked) == pytest.approx(hiked_mm, abs=0.4)


@pytest.mark.parametrize(("hike_deg", "shift_mm"), [(5, -2.4), (10, -4.7), (14, -6.6), (20, -9.3)])
def test_hike_moves_the_centre_at_first_order(hike_deg: float, shift_mm: float) -> None:
    def shift(body: Body) -> float:
        return pose_mm(body, 30.0, hike=hike_deg)[0] - pose_mm(body, 30.0)[0]

    assert median(shift) == pytest.approx(shift_mm, abs=0.4)


@pytest.mark.parametrize(
    ("roll_deg", "follows_mm", "alone_mm"),
    [(5, -9.7, -6.0), (10, -19.3, -12.0), (20, -38.3, -23.8)],
)
def test_roll_back_moves_the_centre_back(
    roll_deg: float, follows_mm: float, alone_mm: float
) -> None:
    alone = median(
        lambda b: pose_mm(replace(b, roll_slip=0.3, trunk_follows=(0.3, 0.05)), 30, roll=roll_deg)[
            1
        ]
    )
    assert median(lambda b: pose_mm(b, 30.0, roll=roll_deg)[1]) == pytest.approx(
        follows_mm, rel=0.05
    )
    assert alone == pytest.approx(alone_mm, rel=0.06)


@pytest.mark.parametrize(("forward_deg", "y_mm", "x_mm"), [(10, 9.1, -0.8), (20, 18.0, -3.2)])
def test_leg_forward_moves_the_centre_forward(forward_deg: float, y_mm: float, x_mm: float) -> None:
    def along(body: Body) -> float:
        return pose_mm(body, 30.0, forward=forward_deg)[0] - pose_mm(body, 30.0)[0]

    assert median(lambda b: pose_mm(b, 30.0, forward=forward_deg)[1]) == pytest.approx(
        y_mm, rel=0.03
    )
    assert median(along) == pytest.approx(x_mm, abs=0.2)


@pytest.mark.parametrize(
    ("up_s", "bump_n", "dip_n", "first_mm"),
    [
        (0.5, 75.0, -69.0, 60.0),
        (1.0, 18.7, -17.3, 16.5),
        (2.0, 4.7, -4.3, 4.6),
        (3.0, 2.1, -1.9, 2.4),
    ],
)
def test_minimum_jerk_lift_pushes_as_in_the_study(
    up_s: float, bump_n: float, dip_n: float, first_mm: float
) -> None:
    t_s = np.arange(0.0, up_s + 2.0, STEP_S)
    peaks = []
    for body in BODIES:
        excursion = LIFT_RAD * MIN_JERK.travel((t_s - 1.0) / up_s)
        load = wrench(body, motion(len(t_s), excursion=excursion), 0.0, STEP_S)
        force = load.force_n - load.force_n[0]
        x_mm = 1e3 * load.moment_x_nm / load.force_n
        peaks.append((force.max(), force.min(), (x_mm - x_mm[0]).max()))
    bump, dip, first = np.median(peaks, axis=0)
    assert bump == pytest.approx(bump_n, rel=0.12)
    assert dip == pytest.approx(dip_n, rel=0.12)
    assert first == pytest.approx(first_mm, rel=0.12)
