"""Somebody lies still at a place, and leaves it, or does not; the limits also in test_motion."""

from __future__ import annotations

import math

import pytest

from matfw.estimation.lying import (
    GONE_ALL_SHARE,
    GONE_SHARE,
    GONE_STAYS_S,
    GONE_STEPS,
    JUST_STILL_STEPS,
    LYING_BESIDE_SHARE,
    STAYS_LOAD_SHARE,
    STAYS_MM_APART,
    STAYS_S,
    STAYS_SHARE_APART,
    STAYS_STEPS,
    STAYS_X_MM,
    STAYS_Y_MM,
    STILL_STEPS,
    Lying,
    Place,
)
from matfw.estimation.noise import STEP_S
from matfw.estimation.step_means import StepMean
from matfw.layouts import PRESETS

HOME = Place(64.0, -120.0, 15.0)
GONE_FOR_STEPS = round(GONE_STAYS_S / STEP_S)


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
    place = lain(steps).place()
    assert (place is not None) is is_still
    if place is not None:
        assert (place.load_kg, place.x_mm, place.y_mm) == pytest.approx((64.0, -120.0, 15.0))


@pytest.mark.parametrize("layout", sorted(PRESETS))
@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize(("share", "is_lying"), [(0.99, True), (1.01, False)])
def test_who_sits_still_on_the_deck_s_edge_does_not_lie(
    layout: str, side: float, share: float, is_lying: bool
) -> None:
    cells = PRESETS[layout].cells
    edge_mm = LYING_BESIDE_SHARE * max(cell.y_mm for cell in cells)
    lying = Lying(cells)
    for _ in range(STAYS_STEPS):
        lying.add(step(y_mm=side * share * edge_mm))
    assert (lying.place() is not None) is is_lying


LIFT_S = STAYS_S / 4  # one lift after the other, without a rest; each half of STAYS_S has two


def swung(steps: int, load: float = 0.0, x_mm: float = 0.0, y_mm: float = 0.0) -> Lying:
    """Return somebody who swings with these amplitudes (load: share of the weight)."""
    lying = Lying(PRESETS["core4"].cells)
    for k in range(steps):
        share = math.sin(2.0 * math.pi * k * STEP_S / LIFT_S)
        lying.add(step(64.0 * (1.0 + share * load), -120.0 + share * x_mm, 15.0 + share * y_mm))
    return lying


def test_who_lifts_at_once_and_never_rests_is_known_by_staying() -> None:
    lifts = {"load": 0.03, "x_mm": 12.0, "y_mm": 2.0}
    assert swung(STAYS_STEPS - 1, **lifts).place() is None
    place = swung(STAYS_STEPS, **lifts).place()
    assert place is not None
    assert place.load_kg == pytest.approx(64.0, rel=0.01)
    assert (place.x_mm, place.y_mm) == pytest.approx((-120.0, 15.0), abs=3.0)


@pytest.mark.parametrize(("steps", "is_known"), [(0, True), (JUST_STILL_STEPS, False)])
def test_who_has_just_become_still_is_weighed_by_that(steps: int, is_known: bool) -> None:
    lying = swung(STAYS_STEPS, x_mm=12.0)
    for _ in range(steps):
        lying.add(step())
    assert (lying.place() is not None) is is_known


SPREAD = math.sqrt(2.0)  # amplitude of a sine over its standard deviation


@pytest.mark.parametrize(("share", "is_known"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize(
    "swing",
    [
        {"load": SPREAD * STAYS_LOAD_SHARE},
        {"x_mm": SPREAD * STAYS_X_MM},
        {"y_mm": SPREAD * STAYS_Y_MM},
    ],
)
def test_who_swings_too_far_does_not_stay(
    swing: dict[str, float], share: float, is_known: bool
) -> None:
    swing = {name: share * size for name, size in swing.items()}
    assert (swung(STAYS_STEPS, **swing).place() is not None) is is_known


@pytest.mark.parametrize(("share", "is_known"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize(
    "size", [{"load": STAYS_SHARE_APART}, {"x_mm": STAYS_MM_APART}, {"y_mm": STAYS_MM_APART}]
)
def test_who_goes_elsewhere_does_not_stay(
    size: dict[str, float], share: float, is_known: bool
) -> None:
    """Of swings twice as far as still ones', so that neither half is still."""
    lying = Lying(PRESETS["core4"].cells)
    for k in range(STAYS_STEPS):
        there = share if k >= STAYS_STEPS // 2 else 0.0
        at = {name: there * amount for name, amount in size.items()}
        swings_mm = 12.0 * math.sin(2.0 * math.pi * k / (STAYS_STEPS // 4))
        lying.add(
            step(
                64.0 * (1.0 + at.get("load", 0.0)),
                -120.0 + at.get("x_mm", 0.0) + swings_mm,
                15.0 + at.get("y_mm", 0.0),
            )
        )
    assert (lying.place() is not None) is is_known


def test_what_is_forgotten_counts_no_more() -> None:
    lying = lain(STILL_STEPS)
    assert lying.is_known
    lying.forget()
    assert not lying.is_known
    lying.add(step())
    assert lying.place() is None
    assert lying.recent_y_mm == pytest.approx([15.0])


@pytest.mark.parametrize(("share", "has_left"), [(0.9, False), (1.1, True)])
def test_somebody_far_too_light_or_heavy_has_left_once_it_stays_so(
    share: float, has_left: bool
) -> None:
    lying = lain(STILL_STEPS)
    left: list[bool] = []
    for _ in range(GONE_STEPS + GONE_FOR_STEPS):
        lying.add(step(64.0 * (1.0 + share * GONE_SHARE)))
        left.append(lying.has_left(HOME))
    assert left[-1] is has_left
    assert lying.is_away is has_left
    assert not any(left[: GONE_FOR_STEPS - 1])


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
