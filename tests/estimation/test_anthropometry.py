"""The leg's constants against the study's two people and against plain scaling."""

from __future__ import annotations

import math

import pytest

from matfw.estimation.anthropometry import (
    GRAVITY_M_S2,
    SEGMENTS,
    arms_mass_share,
    leg_chain,
    leg_constants,
)


def test_segment_masses_add_up_to_the_body() -> None:
    for table in SEGMENTS.values():
        trunk = sum(
            table[name].mass_share for name in ("head", "upper_trunk", "mid_trunk", "pelvis")
        )
        legs = 2.0 * sum(segment.mass_share for segment, _ in leg_chain(table))
        assert trunk + legs + arms_mass_share(table) == pytest.approx(1.0, abs=2e-4)


@pytest.mark.parametrize(
    ("person", "moment", "inertia", "torque_nm"),
    [(("male", 1.75, 75.0), 4.86, 2.74, 47.7), (("female", 1.65, 62.0), 3.39, 1.70, 33.2)],
)
def test_leg_matches_the_study(
    person: tuple[str, float, float], moment: float, inertia: float, torque_nm: float
) -> None:
    leg = leg_constants(*person)
    assert leg.moment_kgm == pytest.approx(moment, rel=0.01)
    assert leg.inertia_kgm2 == pytest.approx(inertia, rel=0.025)
    assert leg.moment_kgm * GRAVITY_M_S2 == pytest.approx(torque_nm, rel=0.01)


def test_places_are_where_the_study_has_them() -> None:
    leg = leg_constants("male", 1.75, 75.0)
    assert math.degrees(leg.rest_angle_rad) == pytest.approx(-7.5)
    assert -0.105 < leg.com_from_hip_m < -0.090
    assert 0.25 < leg.hip_height_m < 0.33
    assert 0.15 < leg.hip_width_m < 0.19


def test_unknown_sex_is_the_mean_of_both() -> None:
    male, female = leg_constants("male", 1.7, 70.0), leg_constants("female", 1.7, 70.0)
    unknown = leg_constants(None, 1.7, 70.0)
    assert unknown.moment_kgm == pytest.approx((male.moment_kgm + female.moment_kgm) / 2)
    assert unknown.com_from_hip_m == pytest.approx(
        (male.com_from_hip_m + female.com_from_hip_m) / 2
    )


def test_moment_grows_with_mass_and_height_and_inertia_with_height_squared() -> None:
    small, large = leg_constants("male", 1.6, 60.0), leg_constants("male", 1.92, 72.0)
    assert large.moment_kgm / small.moment_kgm == pytest.approx(1.2 * 1.2)
    assert large.inertia_kgm2 / small.inertia_kgm2 == pytest.approx(1.2 * 1.2**2)


@pytest.mark.parametrize(
    ("sex", "height_m", "mass_kg"), [("m", 1.7, 70.0), (None, 0.0, 70.0), ("male", 1.7, -1.0)]
)
def test_nonsense_is_refused(sex: str | None, height_m: float, mass_kg: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        leg_constants(sex, height_m, mass_kg)
