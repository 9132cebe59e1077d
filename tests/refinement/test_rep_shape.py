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
    IN_DESCENT,
    MOMENT_NM,
    PAUSED_SIZE,
    SAG,
    SIZE,
    TOP_RAD,
    UP_EARLY,
    UP_LATE,
    UP_S,
    paused_s,
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
    """Return a shape. pause: the share of the way before it, and of its time: from where, how long.

    IN_DESCENT more from where, on the way down.
    """
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
def test_a_way_that_pauses_stands_at_its_share_of_it_and_ends_as_any(
    pause: tuple[float, float, float],
) -> None:
    share, from_share, long_share = pause
    plain = params()
    up, down = params(pause=pause), params(pause=(share, IN_DESCENT + from_share, long_share))
    lower_s = float(plain[: HOLD_S + 1].sum())
    for paused, begin_s, way_s, left in (
        (up, plain[BEGIN_S], plain[UP_S], share),
        (down, lower_s, plain[DOWN_S], 1.0 - share),
    ):
        assert len(paused) == PAUSED_SIZE
        stands_s = begin_s + way_s * (from_share + np.linspace(0.0, long_share, 9))
        assert shape_rad(paused, stands_s) == pytest.approx(left * plain[TOP_RAD])
        beside_s = np.concatenate(
            [np.linspace(0.0, begin_s, 99), np.linspace(begin_s + way_s, 9.0, 99)]
        )
        assert shape_rad(paused, beside_s) == pytest.approx(shape_rad(plain, beside_s))
        turns = np.diff(shape_rad(paused, begin_s + np.linspace(0.0, way_s, 200)))
        assert (turns >= -1e-9).all() or (turns <= 1e-9).all()
    assert paused_s(plain) == (0.0, 0.0)
    assert paused_s(up) == pytest.approx((long_share * plain[UP_S], 0.0))
    assert paused_s(down) == pytest.approx((0.0, long_share * plain[DOWN_S]))


def test_several_shapes_that_pause_are_each_as_alone() -> None:
    t_s = np.linspace(0.0, 9.0, 300)
    pauses = [(0.5, 0.4, 0.2), (0.7, 0.3, 0.3)]
    for way in (0.0, IN_DESCENT):
        shapes = np.array(
            [
                params(up_s=up_s, pause=(share, way + from_share, long_share))
                for up_s, (share, from_share, long_share) in zip((2.0, 2.6), pauses, strict=True)
            ]
        )
        _assert_each_as_alone(shapes, t_s)


def _assert_each_as_alone(shapes: Array, t_s: Array) -> None:
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
