"""What has just risen: load over the weight, and moment against before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.leg_rise import BEFORE_STEPS, Rise
from tests.leg_forces import Forces, Lift, hand, legs

SIZES = st.floats(-50.0, 50.0)


def rises(felt: Forces) -> list[tuple[float, float]]:
    rise = Rise()
    return [
        rise.update(force_n, moment_nm)
        for force_n, moment_nm in zip(felt.force_n.tolist(), felt.moment_nm.tolist(), strict=True)
    ]


def test_a_lift_raises_both_before_it_is_a_fifth_up() -> None:
    begin = round(4.0 / 0.05)
    load_n, moment_nm = rises(legs(8.0, Lift(4.0)))[begin + 10]
    assert load_n > 1.0
    assert moment_nm > 0.5


def test_a_hand_raises_the_load_and_never_the_moment_while_it_comes() -> None:
    came = round(4.4 / 0.05)
    seen = rises(hand(8.0, 4.0, 10.0, 0.4, 3.0))[:came]
    assert max(load_n for load_n, _ in seen) > 1.0
    assert max(moment_nm for _, moment_nm in seen) <= 1e-9


@given(SIZES, SIZES)
def test_what_stands_has_no_rise_of_moment_and_its_load_is_told_as_it_is(
    force_n: float, moment_nm: float
) -> None:
    rise = Rise()
    for _ in range(30):
        load_n, risen_nm = rise.update(force_n, moment_nm)
    assert load_n == pytest.approx(force_n)
    assert risen_nm == pytest.approx(0.0, abs=1e-9)


@given(SIZES, SIZES)
def test_a_new_zero_is_no_rise(force_n: float, moment_nm: float) -> None:
    rise = Rise()
    for _ in range(30):
        rise.update(force_n, moment_nm)
    rise.shift(force_n, moment_nm)
    load_n, risen_nm = rise.update(0.0, 0.0)
    assert load_n == pytest.approx(0.0, abs=1e-9)
    assert risen_nm == pytest.approx(0.0, abs=1e-9)


def test_nothing_has_risen_before_there_is_a_before() -> None:
    rise = Rise()
    assert {rise.update(9.0, 9.0) for _ in range(BEFORE_STEPS[1])} == {(0.0, 0.0)}
