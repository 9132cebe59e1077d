"""Plates in a row: the leg leaves, lands and is only made light; one board sees none of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.plates import LegContact, Plates, contradicts_side
from matfw.layouts import PRESETS
from matfw.messages import Cell, Limits, PlateBalance

RATE_HZ = 80.0
WEIGHT_KG = 70.0
HEAD_KG, FOOT_KG = 20.0, 8.0
MADE_LIGHT = (2.0, 1.4)  # kg that head and foot end lose
CLOSE_S = 0.03


def ramp(t_s: float, begin_s: float, lasts_s: float) -> float:
    share = min(max((t_s - begin_s) / lasts_s, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


def followed(
    ends_kg: Callable[[float], tuple[float, float]], span_s: float = 8.0, rate_hz: float = RATE_HZ
) -> LegContact:
    contact = LegContact(rate_hz)
    contact.begin(WEIGHT_KG)
    for k in range(round(span_s * rate_hz)):
        contact.update(k / rate_hz, *ends_kg(k / rate_hz))
    return contact


def lifted(
    lift_off_s: float, touch_down_s: float, takes_s: float
) -> Callable[[float], tuple[float, float]]:
    def ends_kg(t_s: float) -> tuple[float, float]:
        off = ramp(t_s, lift_off_s - takes_s, takes_s) - ramp(t_s, touch_down_s, takes_s)
        return HEAD_KG - MADE_LIGHT[0] * off, FOOT_KG - MADE_LIGHT[1] * off

    return ends_kg


@given(st.floats(1.5, 3.0), st.floats(0.8, 4.0), st.floats(0.1, 0.3))
def test_leaving_and_landing_are_timed(lift_off_s: float, off_s: float, takes_s: float) -> None:
    contact = followed(lifted(lift_off_s, lift_off_s + off_s, takes_s))
    assert contact.lift_off_s == pytest.approx(lift_off_s, abs=CLOSE_S)
    assert contact.touch_down_s == pytest.approx(lift_off_s + off_s, abs=CLOSE_S)
    assert not contact.is_off


def test_a_leg_that_is_up_is_off_until_it_lands() -> None:
    contact = followed(lifted(2.0, 99.0, 0.2))
    assert contact.is_off
    assert contact.touch_down_s is None
    contact.begin(WEIGHT_KG)
    assert not contact.is_off
    assert contact.lift_off_s is None


@pytest.mark.parametrize(
    "moved_kg",
    [(-3.0, 3.0), (3.0, -3.0), (-3.0, 0.0), (0.0, -1.4), (2.0, 1.4), (-0.4, -0.4)],
    ids=["to the feet", "to the head", "hand off", "foot end alone", "heavier", "too little"],
)
def test_what_is_no_leg_does_not_leave(moved_kg: tuple[float, float]) -> None:
    def ends_kg(t_s: float) -> tuple[float, float]:
        share = ramp(t_s, 2.0, 0.2)
        return HEAD_KG + share * moved_kg[0], FOOT_KG + share * moved_kg[1]

    contact = followed(ends_kg)
    assert (contact.lift_off_s, contact.is_off) == (None, False)


def test_breath_and_slow_creep_are_no_leg() -> None:
    def ends_kg(t_s: float) -> tuple[float, float]:
        breath = 0.3 * math.sin(1.7 * t_s)
        return HEAD_KG + breath - 0.05 * t_s, FOOT_KG - breath - 0.05 * t_s

    assert followed(ends_kg, 60.0).lift_off_s is None


def test_ten_samples_a_second_still_see_it() -> None:
    contact = followed(lifted(2.0, 5.0, 0.25), rate_hz=10.0)
    assert contact.lift_off_s == pytest.approx(2.0, abs=0.15)
    assert contact.touch_down_s == pytest.approx(5.0, abs=0.15)


def weighed(names: Sequence[str], y_mm: Sequence[float | None]) -> list[PlateBalance]:
    return [
        PlateBalance(name, 10.0 + k, 0.0, y)
        for k, (name, y) in enumerate(zip(names, y_mm, strict=True))
    ]


def test_plates_are_placed_by_their_cells_and_not_by_order_or_name() -> None:
    cells = (Cell("a", 900, 0, "x"), Cell("b", 0, 0, "y"), Cell("c", -900, 0, "z"))
    plates = weighed(["x", "y", "z"], [10.0, 40.0, 20.0])
    assert Plates(cells).ends_kg(plates) == (12.0, 10.0)
    assert Plates(cells).curve_mm(plates) == pytest.approx(25.0)


def test_one_board_and_a_mat_without_a_plate_see_nothing() -> None:
    core4 = Plates(PRESETS["core4"].cells)
    assert not core4.are_enough
    assert core4.ends_kg(weighed(["deck"], [0.0])) is None
    hex6 = Plates(PRESETS["hex6"].cells)
    assert hex6.ends_kg(weighed(["head_panel", "hinge"], [0.0, 0.0])) is None
    assert hex6.curve_mm(weighed(["head_panel", "hinge", "foot_panel"], [0.0, None, 0.0])) is None


@pytest.mark.parametrize(
    ("bend_deg", "is_doubted"),
    [(None, False), (0.0, False), (20.0, False), (-7.0, False), (-8.0, True)],
)
def test_only_a_body_bent_to_its_back_contradicts_the_side(
    bend_deg: float | None, is_doubted: bool
) -> None:
    assert contradicts_side(bend_deg, Limits()) is is_doubted
