"""The shapes that a fit may begin with: every place that a curve's ways cover."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_S,
    HOLD_S,
    IN_DESCENT,
    PAUSE_FROM,
    PAUSE_SPAN,
    PAUSE_WAY,
    TOP_RAD,
    UP_S,
    shape_rad,
)
from matfw.refinement.shape_grid import (
    FALLS_S,
    LENGTHS_S,
    PLACES_S,
    PLACES_SHARE,
    SLACK_S,
    ascents,
    descents,
    falls,
    paused_ascents,
    paused_descents,
)
from tests.refinement.test_rep_shape import params

T_S: Array = np.asarray(np.arange(200) * STEP_S)
SMOOTHED = params(begin_s=1.0, up_s=3.0, hold_s=0.2, down_s=4.0)


def ends(shapes: Array) -> Array:
    return np.asarray(shapes[:, : DOWN_S + 1].sum(axis=1))


def test_the_first_shape_is_the_one_begun_with() -> None:
    for ways in (ascents, descents):
        assert (ways(SMOOTHED, T_S)[0] == SMOOTHED).all()


@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_an_ascent_may_be_anywhere_in_the_curves(length_s: float) -> None:
    shapes = ascents(SMOOTHED, T_S)
    begins = np.sort(shapes[shapes[:, UP_S] == length_s, BEGIN_S])
    assert begins[0] <= 1.0 + max(0.0, 3.0 - length_s)
    assert begins[-1] >= 1.0 + 3.0 - length_s
    assert np.diff(begins).max() < 1.5 * min(PLACES_S, PLACES_SHARE * length_s)


@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_a_descent_may_be_anywhere_in_the_curves(length_s: float) -> None:
    shapes = descents(SMOOTHED, T_S)
    lower_s = shapes[:, : HOLD_S + 1].sum(axis=1)
    begins = np.sort(lower_s[shapes[:, DOWN_S] == length_s])
    assert begins[0] <= 4.2 + SLACK_S
    assert begins[-1] >= 8.2 - length_s
    assert np.diff(begins).max() < 1.5 * min(PLACES_S, PLACES_SHARE * length_s)


def test_another_ascent_leaves_the_descent_where_it_is() -> None:
    shapes = ascents(SMOOTHED, T_S)
    assert ends(shapes) == pytest.approx(ends(SMOOTHED[None])[0], abs=1e-9)
    assert (shapes[:, TOP_RAD] == SMOOTHED[TOP_RAD]).all()


def test_no_way_begins_before_what_is_known_or_ends_after_it() -> None:
    short = params(begin_s=0.1, up_s=2.0, hold_s=0.1, down_s=2.0)
    t_s = T_S[:86]
    for shapes in (ascents(short, t_s)[1:], descents(short, t_s)[1:]):
        assert (shapes[:, BEGIN_S] >= t_s[0]).all()
        assert (ends(shapes) <= t_s[-1] + SLACK_S).all()


def test_a_leg_comes_down_after_it_is_up() -> None:
    for shapes in (ascents(SMOOTHED, T_S), descents(SMOOTHED, T_S)):
        assert (shapes[:, [UP_S, HOLD_S, DOWN_S]] >= 0.0).all()


LANDED_ROW = 130


def landed(peak_n: float = 60.0) -> Array:
    """Return the load, N, of a leg that lands in LANDED_ROW."""
    force_n = np.zeros(len(T_S))
    force_n[LANDED_ROW] = peak_n
    return force_n


def test_a_fall_ends_where_the_load_is_highest_and_is_fastest_there() -> None:
    shapes = falls(SMOOTHED, T_S, landed())
    assert (shapes[0] == SMOOTHED).all()
    assert ends(shapes[1:]) == pytest.approx(T_S[LANDED_ROW])
    assert shapes[1:, DOWN_S] == pytest.approx(FALLS_S)
    for shape in shapes[1:]:
        speed = -np.diff(shape_rad(shape, np.linspace(0.0, T_S[LANDED_ROW], 1000)))
        assert speed.argmax() > 960


def test_an_ascent_is_over_before_the_leg_falls() -> None:
    late = params(begin_s=1.0, up_s=5.4, hold_s=0.2, down_s=2.0)
    shapes = falls(late, T_S, landed())[1:]
    assert len(shapes) == len(FALLS_S)
    assert (shapes[:, UP_S] < 5.4).all()
    assert (shapes[:, HOLD_S] >= 0.05 - 1e-9).all()
    assert ends(shapes) == pytest.approx(T_S[LANDED_ROW])


def test_what_ends_before_a_leg_can_fall_has_no_fall() -> None:
    short = params(begin_s=1.0, up_s=0.4, hold_s=0.1, down_s=0.1)
    assert len(falls(short, T_S, landed())) == 1
    assert len(falls(SMOOTHED, T_S[:20], landed()[:20])) == 1


@pytest.mark.parametrize("whole", [SMOOTHED, params(begin_s=2.5, up_s=1.0, hold_s=2.0)])
def test_an_ascent_that_pauses_is_begun_with_at_many_places_and_leaves_the_descent(
    whole: Array,
) -> None:
    shapes = paused_ascents(whole, T_S)
    assert len(shapes) > 10
    assert ends(shapes) == pytest.approx(ends(whole[None])[0])
    assert (shapes[:, BEGIN_S] >= T_S[0]).all()
    assert (shapes[:, HOLD_S] > 0.0).all()
    again = shapes[:, PAUSE_FROM] + shapes[:, PAUSE_SPAN]
    assert (again < 1.0).all()
    assert set(shapes[:, PAUSE_WAY].tolist()) == {0.4, 0.6}


def test_a_short_ascent_may_be_the_way_before_a_pause_or_the_one_after_it() -> None:
    part = params(begin_s=3.0, up_s=1.0, hold_s=4.0)
    tops_s = paused_ascents(part, T_S)[:, : UP_S + 1].sum(axis=1)
    assert tops_s.min() == pytest.approx(4.0)
    assert tops_s.max() > 5.0


def test_where_nothing_is_known_before_no_ascent_pauses() -> None:
    assert paused_ascents(params(begin_s=0.1, up_s=0.5, hold_s=0.0), T_S).shape == (0, 15)


@pytest.mark.parametrize("whole", [SMOOTHED, params(begin_s=1.5, down_s=1.0, hold_s=2.0)])
def test_a_descent_that_pauses_is_begun_with_at_many_places_and_leaves_the_ascent(
    whole: Array,
) -> None:
    shapes = paused_descents(whole, T_S)
    assert len(shapes) > 10
    assert (shapes[:, [BEGIN_S, UP_S]] == whole[[BEGIN_S, UP_S]]).all()
    assert (shapes[:, HOLD_S] >= 0.0).all()
    assert (ends(shapes) <= T_S[-1]).all()
    assert ((shapes[:, PAUSE_FROM] > IN_DESCENT) & (shapes[:, PAUSE_FROM] < IN_DESCENT + 1)).all()


def test_a_short_descent_may_be_the_way_before_a_pause_or_the_one_after_it() -> None:
    part = params(begin_s=1.0, hold_s=3.0, down_s=1.0)
    lowers_s = paused_descents(part, T_S)[:, : HOLD_S + 1].sum(axis=1)
    assert lowers_s.max() == pytest.approx(6.0)
    assert lowers_s.min() < 5.0


def test_where_nothing_is_known_after_it_no_descent_pauses() -> None:
    late = params(begin_s=float(T_S[-1]) - 2.5, hold_s=0.0, down_s=0.5)
    assert paused_descents(late, T_S).shape == (0, 15)
