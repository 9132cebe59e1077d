"""A repetition's shape: away, stay, back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.leg_model import Array
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_S,
    FORCE_N,
    HOLD_S,
    MOMENT_NM,
    PAUSED_SIZE,
    SAG,
    SIZE,
    TOP_RAD,
    UP_EARLY,
    UP_LATE,
    UP_S,
    shape_rad,
)
from matfw.refinement.shape_fit import HIGHEST, LOWEST


def params(
    *,
    begin_s: float = 2.0,
    up_s: float = 2.0,
    hold_s: float = 1.0,
    down_s: float = 3.0,
    top_deg: float = 36.0,
    exponent: float = 2.6,
    sag: float = 0.0,
    pause: tuple[float, float, float] | None = None,
) -> Array:
    """Return a shape. pause: the share of the top before it, and the shares of up_s: from, long."""
    if pause is not None:
        plain = params(
            begin_s=begin_s, up_s=up_s, hold_s=hold_s, down_s=down_s,
            top_deg=top_deg, exponent=exponent, sag=sag,
        )  # fmt: skip
        return np.concatenate([plain, pause])
    found = np.full(SIZE, exponent)
    found[: TOP_RAD + 1] = begin_s, up_s, hold_s, down_s, math.radians(top_deg)
    found[SAG], found[MOMENT_NM], found[FORCE_N] = sag, 0.0, 0.0
    return found


SHAPES = st.builds(
    params,
    up_s=st.floats(0.3, 4.0),
    hold_s=st.floats(0.0, 4.0),
    down_s=st.floats(0.3, 5.0),
    top_deg=st.floats(5.0, 80.0),
    exponent=st.floats(float(LOWEST[UP_EARLY]), float(HIGHEST[UP_EARLY])),
    sag=st.floats(0.0, float(HIGHEST[SAG])),
)


@given(SHAPES)
def test_a_shape_rests_before_and_after_and_is_never_out_of_its_travel(shape: Array) -> None:
    end_s = float(shape[: DOWN_S + 1].sum())
    t_s = np.linspace(shape[BEGIN_S] - 1.0, end_s + 1.0, 800)
    angle = shape_rad(shape, t_s)
    assert (angle >= -1e-9).all()
    assert (angle <= shape[TOP_RAD] + 1e-9).all()
    assert angle[t_s <= shape[BEGIN_S]] == pytest.approx(0.0)
    assert angle[t_s >= end_s] == pytest.approx(0.0)


@given(SHAPES)
def test_a_leg_goes_up_without_turning_and_down_without_turning(shape: Array) -> None:
    up = shape_rad(shape, shape[BEGIN_S] + np.linspace(0.0, shape[UP_S], 200))
    down_s = shape[: HOLD_S + 1].sum() + np.linspace(0.0, shape[DOWN_S], 200)
    assert (np.diff(up) >= -1e-9).all()
    assert (np.diff(shape_rad(shape, down_s)) <= 1e-9).all()
    assert up[-1] == pytest.approx(shape[TOP_RAD])


@pytest.mark.parametrize("pause", [(0.5, 0.4, 0.2), (0.3, 0.5, 0.02), (0.8, 0.2, 0.6)])
def test_an_ascent_that_pauses_stands_at_its_share_of_the_top_and_ends_as_any(
    pause: tuple[float, float, float],
) -> None:
    rise, from_share, long_share = pause
    paused, plain = params(pause=pause), params()
    assert len(paused) == PAUSED_SIZE
    stands_s = plain[BEGIN_S] + plain[UP_S] * (from_share + np.linspace(0.0, long_share, 9))
    assert shape_rad(paused, stands_s) == pytest.approx(rise * plain[TOP_RAD])
    after_s = np.linspace(plain[BEGIN_S] + plain[UP_S], 9.0, 200)
    assert shape_rad(paused, after_s) == pytest.approx(shape_rad(plain, after_s))
    up = shape_rad(paused, plain[BEGIN_S] + np.linspace(0.0, plain[UP_S], 200))
    assert (np.diff(up) >= -1e-9).all()


def test_several_shapes_that_pause_are_each_as_alone() -> None:
    t_s = np.linspace(0.0, 9.0, 300)
    shapes = np.array([params(pause=(0.5, 0.4, 0.2)), params(up_s=2.6, pause=(0.7, 0.3, 0.3))])
    for alone, one in zip(shapes, shape_rad(shapes, t_s), strict=True):
        assert shape_rad(alone, t_s) == pytest.approx(one)


def test_a_sag_is_the_share_of_the_top_lost_by_the_hold_s_end() -> None:
    shape = params(sag=0.1, hold_s=2.0)
    top, end = shape_rad(shape, np.array([4.0, 6.0]))
    assert end == pytest.approx(0.9 * top)


def test_an_early_exponent_above_the_late_one_makes_a_late_hurry() -> None:
    """The speed's peak moves away from the end whose exponent is larger."""
    late = params()
    late[UP_EARLY], late[UP_LATE] = 4.0, 1.5
    half_s = np.array([3.0])
    assert float(shape_rad(late, half_s)[0]) < float(shape_rad(params(), half_s)[0])
    assert float(shape_rad(params(), half_s)[0]) == pytest.approx(math.radians(18.0), rel=1e-3)
