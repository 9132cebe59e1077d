"""Somebody lies still at a place, and leaves it, or does not; the limits also in test_motion."""

from __future__ import annotations

import pytest

from matfw.estimation.lying import (
    GONE_ALL_SHARE,
    GONE_SHARE,
    GONE_STAYS_S,
    GONE_STEPS,
    STILL_STEPS,
    Lying,
    Place,
)
from matfw.estimation.noise import STEP_S
from matfw.estimation.step_means import StepMean
from matfw.layouts import PRESETS

HOME = Place(64.0, -120.0, 15.0)
STAYS_STEPS = round(GONE_STAYS_S / STEP_S)


def step(load_kg: float = 64.0, x_mm: float = -120.0, y_mm: float = 15.0) -> StepMean:
    return StepMean(load_kg, load_kg * x_mm, load_kg * y_mm)


def lain(steps: int) -> Lying:
    lying = Lying(PRESETS["core4"].cells)
    for _ in range(steps):
        lying.add(step())
    return lying


@pytest.mark.parametrize(("steps", "is_still"), [(STILL_STEPS - 1, False), (STILL_STEPS, True)])
def test_a_place_is_known_as_soon_as_somebody_was_still_long_enough(
    steps: int, is_still: bool
) -> None:
    place = lain(steps).still_place()
    assert (place is not None) is is_still
    if place is not None:
        assert (place.load_kg, place.x_mm, place.y_mm) == pytest.approx((64.0, -120.0, 15.0))


def test_what_is_forgotten_counts_no_more() -> None:
    lying = lain(STILL_STEPS)
    assert lying.is_known
    lying.forget()
    assert not lying.is_known
    lying.add(step())
    assert lying.still_place() is None
    assert lying.recent_y_mm == pytest.approx([15.0])


@pytest.mark.parametrize(("share", "has_left"), [(0.9, False), (1.1, True)])
def test_somebody_far_too_light_or_heavy_has_left_once_it_stays_so(
    share: float, has_left: bool
) -> None:
    lying = lain(STILL_STEPS)
    left: list[bool] = []
    for _ in range(GONE_STEPS + STAYS_STEPS):
        lying.add(step(64.0 * (1.0 + share * GONE_SHARE)))
        left.append(lying.has_left(HOME))
    assert left[-1] is has_left
    assert lying.is_away is has_left
    assert not any(left[: STAYS_STEPS - 1])


@pytest.mark.parametrize(("share", "has_left"), [(1.02, False), (0.98, True)])
def test_whoever_takes_half_of_their_weight_off_has_left_at_once(
    share: float, has_left: bool
) -> None:
    lying = lain(STILL_STEPS)
    for _ in range(GONE_STEPS):
        lying.add(step(64.0 * share * GONE_ALL_SHARE))
    assert lying.has_left(HOME) is has_left


def test_who_comes_back_is_away_no_more() -> None:
    lying = lain(STILL_STEPS)
    for _ in range(GONE_STEPS):
        lying.add(step(50.0))
        lying.has_left(HOME)
    assert lying.is_away
    for _ in range(GONE_STEPS):
        lying.add(step())
        assert not lying.has_left(HOME)
    assert not lying.is_away
