"""The pelvis's roll counts from where it rested, as the same sensors show it."""

from __future__ import annotations

import pytest

from matfw.estimation.hip_zero import HIP_ZERO_TAU_S, HipZero
from matfw.estimation.noise import STEP_S
from matfw.messages import Hips

BELT, RAIL = ("belt",), ("rail",)


def seen(roll_deg: float | None, sources: tuple[str, ...] = BELT) -> Hips:
    return Hips(t_s=0.0, roll_deg=roll_deg, sd_deg=1.0, sources=sources)


def test_the_roll_counts_from_rest() -> None:
    zero = HipZero()
    zero.follow(seen(12.0))
    assert zero.roll_deg(seen(20.0)) == pytest.approx(8.0)


@pytest.mark.parametrize("hips", [None, seen(None), seen(20.0, RAIL)])
def test_without_the_sensors_that_rested_there_is_no_roll(hips: Hips | None) -> None:
    zero = HipZero()
    assert zero.roll_deg(seen(20.0)) is None
    zero.follow(seen(12.0))
    assert zero.roll_deg(hips) is None


def test_the_zero_follows_rest_slowly() -> None:
    zero = HipZero()
    zero.follow(seen(0.0))
    for _ in range(round(HIP_ZERO_TAU_S / STEP_S)):
        zero.follow(seen(10.0))
    assert zero.roll_deg(seen(10.0)) == pytest.approx(10.0 / 2.718, rel=0.05)


def test_other_sensors_begin_another_zero_and_none_leave_it() -> None:
    zero = HipZero()
    zero.follow(seen(5.0))
    zero.follow(None)
    zero.follow(seen(None))
    assert zero.roll_deg(seen(5.0)) == pytest.approx(0.0)
    zero.follow(seen(40.0, RAIL))
    assert zero.roll_deg(seen(41.0, RAIL)) == pytest.approx(1.0)
