"""A shape fitted to forces: it finds its numbers again, from a rough start too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.refinement.rep_shape import (
    BEGIN_S,
    DOWN_EARLY,
    DOWN_LATE,
    DOWN_S,
    FORCE_N,
    HOLD_S,
    PAUSED_SIZE,
    SIZE,
    TOP_RAD,
    UP_S,
    shape_rad,
)
from matfw.refinement.shape_cost import FORCE_SD_N, MOMENT_STEP_NM
from matfw.refinement.shape_fit import HIGHEST, LOWEST, MayPause, fit_shape
from tests.estimation.leg_forces import FINE, MODEL, wobbling_deg
from tests.refinement.test_rep_shape import params

SPAN_S = 10.0


def segment(
    shape: Array, span_s: float = SPAN_S, wobble_deg: Array | float = 0.0
) -> tuple[Array, Array, Array]:
    """Return times, force and moment of a leg that goes as the shape says, as step means."""
    steps = round(span_s / STEP_S)
    fine_s = np.arange(steps * FINE) * STEP_S / FINE
    d = shape_rad(shape, fine_s) + np.radians(wobble_deg)
    w = np.gradient(d, fine_s)
    a = np.gradient(w, fine_s)

    def means(series: Array) -> Array:
        return np.asarray(series.reshape(-1, FINE).mean(axis=1))

    return means(fine_s), means(MODEL.force_n(d, w, a)), means(MODEL.moment_nm(d, w, a))


def disturbed(true: Array) -> Array:
    """Return what a look at the smoothed curve might begin with."""
    start = true.copy()
    start[BEGIN_S] += 0.05
    start[UP_S] *= 1.05
    start[HOLD_S] = max(start[HOLD_S] - 0.1, 0.1)
    start[DOWN_S] *= 0.93
    start[TOP_RAD] *= 0.97
    return start


def crossings_s(shape: Array) -> Array:
    """Return when the leg passes 5 and 95 % of its top, up and down: what a rep is timed by."""
    t_s = np.arange(shape[BEGIN_S], shape[: DOWN_S + 1].sum(), 0.004)
    angle = shape_rad(shape, t_s)
    low, high = t_s[angle > 0.05 * angle.max()], t_s[angle > 0.95 * angle.max()]
    return np.array([low[0], high[0], high[-1], low[-1]])


def fitted(
    true: Array, noise_scale: float = 1.0, change: Callable[[Array], None] | None = None
) -> Array:
    t_s, force_n, moment_nm = segment(true)
    if change is not None:
        change(force_n)
    return fit_shape(
        t_s, force_n, moment_nm, disturbed(true), model=MODEL, noise_scale=noise_scale
    ).params


@pytest.mark.parametrize("true", [
    params(),
    params(up_s=1.0, hold_s=0.4, down_s=1.2),
    params(up_s=2.5, hold_s=2.0, down_s=2.5, top_deg=50.0),
    params(top_deg=25.0, exponent=2.2),
])  # fmt: skip
def test_a_fit_finds_the_times_and_the_top_of_a_shape_again(true: Array) -> None:
    found = fitted(true)
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.15)
    assert found[TOP_RAD] == pytest.approx(true[TOP_RAD], rel=0.08)


def test_a_fit_is_nearer_than_what_it_began_with() -> None:
    true = params()
    t_s = np.arange(0.0, SPAN_S, STEP_S)
    target = shape_rad(true, t_s)

    def off(shape: Array) -> float:
        return float(np.abs(shape_rad(shape, t_s) - target).max())

    assert off(fitted(true)) < 0.3 * off(disturbed(true))


@pytest.mark.parametrize("seed", range(3))
def test_a_fit_withstands_noise_of_the_size_it_expects(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = params()
    t_s, force_n, moment_nm = segment(true)
    force_n = force_n + FORCE_SD_N * rng.standard_normal(len(t_s))
    moment_nm = moment_nm + np.cumsum(MOMENT_STEP_NM * rng.standard_normal(len(t_s)))
    found = fit_shape(t_s, force_n, moment_nm, disturbed(true), model=MODEL, noise_scale=1.0).params
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.3)
    assert found[TOP_RAD] == pytest.approx(true[TOP_RAD], rel=0.15)


def test_a_single_knock_does_not_bend_the_fit() -> None:
    def knock(force_n: Array) -> None:
        force_n[round(4.5 / STEP_S)] += 100.0 * FORCE_SD_N

    plain, knocked = fitted(params()), fitted(params(), change=knock)
    assert crossings_s(knocked) == pytest.approx(crossings_s(plain), abs=0.1)


def test_what_lies_over_the_whole_window_is_no_part_of_the_shape() -> None:
    true = params()
    t_s, force_n, moment_nm = segment(true)
    found = fit_shape(
        t_s, force_n + 1.0, moment_nm + 3.0, disturbed(true), model=MODEL, noise_scale=1.0
    ).params
    assert found[FORCE_N] == pytest.approx(1.0, abs=0.3)
    assert found[TOP_RAD] == pytest.approx(true[TOP_RAD], rel=0.08)
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.15)


def test_the_more_restless_a_body_the_more_the_first_look_counts() -> None:
    true = params()
    start = disturbed(true)
    moved = [
        abs(float(fitted(true, noise_scale)[UP_S] - start[UP_S])) for noise_scale in (1.0, 400.0)
    ]
    assert moved[1] < moved[0]


@given(
    st.lists(st.floats(-60.0, 60.0), min_size=60, max_size=60),
    st.lists(st.floats(-40.0, 40.0), min_size=60, max_size=60),
)
def test_whatever_the_forces_a_fit_stays_within_what_a_leg_can_do(
    force_n: list[float], moment_nm: list[float]
) -> None:
    t_s = np.asarray((np.arange(60) + 0.5) * STEP_S)
    start = params(begin_s=0.5, up_s=0.8, hold_s=0.3, down_s=0.8)
    found = fit_shape(
        t_s, np.array(force_n), np.array(moment_nm), start, model=MODEL, noise_scale=1.0
    ).params
    within = slice(UP_S, SIZE)
    assert np.isfinite(found).all()
    assert (found[within] >= LOWEST[within]).all()
    assert (found[within] <= HIGHEST[within]).all()
    assert t_s[0] + LOWEST[BEGIN_S] <= found[BEGIN_S] <= t_s[-1] + HIGHEST[BEGIN_S]


def test_the_same_forces_give_the_same_fit() -> None:
    assert (fitted(params()) == fitted(params())).all()
    assert fitted(params())[DOWN_EARLY] > 0.0


# What a smooth curve makes of them: a kick, a hold that a sway swallowed, a dropped leg.
@pytest.mark.parametrize(
    ("true", "start"),
    [
        (params(up_s=0.5, hold_s=1.5), params(begin_s=0.2, up_s=3.2, hold_s=0.05, down_s=3.2)),
        (params(up_s=2.2, down_s=0.5), params(up_s=3.2, hold_s=0.05, down_s=0.6)),
        (params(begin_s=1.5, up_s=2.2, hold_s=1.4), params(begin_s=1.4, hold_s=0.1, down_s=4.8)),
    ],
)
def test_ways_are_found_from_a_curve_that_smoothed_them_over(true: Array, start: Array) -> None:
    t_s, force_n, moment_nm = segment(true)
    found = fit_shape(
        t_s, force_n, moment_nm, start, model=MODEL, noise_scale=1.0, is_rough=True
    ).params
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.15)


def test_what_there_was_to_explain_is_what_a_leg_at_rest_would_leave() -> None:
    high, low = params(up_s=0.5), params(up_s=0.5, top_deg=20.0)
    explained = [
        fit_shape(*segment(true), true, model=MODEL, noise_scale=1.0) for true in (high, low)
    ]
    assert explained[0].at_rest_per_step > 2.0 * explained[1].at_rest_per_step
    assert explained[0].cost_per_step < 0.02 * explained[0].at_rest_per_step


SLOW = params(begin_s=1.0, up_s=2.2, hold_s=0.6, down_s=2.6)  # as a curve smooths a fall


def fallen(late_exponent: float, down_s: float = 0.7) -> Array:
    """Return a shape whose descent the other leg ends: the nearer to 1, the harder."""
    true = params(begin_s=1.0, up_s=2.2, hold_s=1.0, down_s=down_s)
    true[[DOWN_EARLY, DOWN_LATE]] = 2.0, late_exponent
    return true


@pytest.mark.parametrize("down_s", [0.45, 0.6, 0.9])
@pytest.mark.parametrize("late_exponent", [1.05, 1.2, 1.4])
def test_a_leg_that_fell_is_found_so_from_a_slow_descent(
    late_exponent: float, down_s: float
) -> None:
    true = fallen(late_exponent, down_s)
    t_s, force_n, moment_nm = segment(true)
    found = fit_shape(
        t_s, force_n, moment_nm, SLOW, model=MODEL, noise_scale=1.0, is_rough=True
    ).params
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.1)


@pytest.mark.parametrize(("late_exponent", "falls"), [(1.1, True), (2.6, False)])
def test_a_fall_is_begun_with_only_where_the_leg_is_stopped(
    late_exponent: float, falls: bool
) -> None:
    t_s, force_n, moment_nm = segment(fallen(late_exponent, down_s=0.9 if falls else 1.6))
    found = fit_shape(
        t_s, force_n, moment_nm, SLOW, model=MODEL, noise_scale=1.0, is_rough=True
    ).params
    assert (found[DOWN_LATE] < LOWEST[DOWN_LATE]) == falls


def test_a_leg_that_wobbles_keeps_its_hold() -> None:
    true = params(begin_s=1.0, up_s=2.2, hold_s=1.2, down_s=3.0)
    start = params(begin_s=1.0, up_s=2.2, hold_s=0.05, down_s=4.2)  # as a curve smooths it
    fine_s = np.arange(round(SPAN_S / STEP_S) * FINE) * STEP_S / FINE
    height_deg = np.degrees(shape_rad(true, fine_s))
    held_s = []
    for seed in range(12):
        t_s, force_n, moment_nm = segment(true, wobble_deg=wobbling_deg(height_deg, seed))
        found = fit_shape(
            t_s, force_n, moment_nm, start, model=MODEL, noise_scale=1.0, is_rough=True
        ).params
        _, top_s, lower_s, _ = crossings_s(found)
        held_s.append(lower_s - top_s)
    _, top_s, lower_s, _ = crossings_s(true)
    assert np.percentile(np.abs(np.array(held_s) - (lower_s - top_s)), 75) < 0.25


@pytest.mark.parametrize("is_wobbling", [True, False])
def test_it_is_known_how_much_the_leg_wobbled(is_wobbling: bool) -> None:
    true = params(begin_s=1.0, up_s=2.2, hold_s=1.2, down_s=3.0)
    fine_s = np.arange(round(SPAN_S / STEP_S) * FINE) * STEP_S / FINE
    wobble_deg = wobbling_deg(np.degrees(shape_rad(true, fine_s)), seed=3)
    t_s, force_n, moment_nm = segment(true, wobble_deg=wobble_deg if is_wobbling else 0.0)
    found = fit_shape(
        t_s, force_n, moment_nm, disturbed(true), model=MODEL, noise_scale=1.0, is_rough=True
    )
    # Of 43 deg/s2 the ways, the 150 ms means and the noise at rest leave 11 to 20 (eight seeds).
    assert (10.0 < np.degrees(found.wobble_radps2) < 45.0) == is_wobbling
    assert (found.wobble_radps2 == 0.0) != is_wobbling


@pytest.mark.parametrize("hold_s", [0.1, 2.5])
def test_a_calm_legs_hold_is_what_it_is_and_not_what_was_asked_for(hold_s: float) -> None:
    true = params(begin_s=1.0, up_s=2.2, hold_s=hold_s, down_s=3.0)
    t_s, force_n, moment_nm = segment(true)
    found = fit_shape(
        t_s, force_n, moment_nm, disturbed(true), model=MODEL, noise_scale=1.0, is_rough=True
    ).params
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.15)


def test_where_nothing_was_measured_a_fit_keeps_within_what_a_leg_can_do() -> None:
    t_s, force_n, moment_nm = segment(params())
    found = fit_shape(
        t_s, force_n, moment_nm, SLOW,
        model=MODEL, noise_scale=1.0, seen=np.zeros(len(t_s)), is_rough=True,
    ).params  # fmt: skip
    assert np.isfinite(found).all()


def test_a_landing_is_not_looked_for_where_nothing_was_measured() -> None:
    true = fallen(late_exponent=1.1)
    t_s, force_n, moment_nm = segment(true)
    hole = (t_s > 5.5) & (t_s < 5.8)  # after the leg has landed
    force_n[hole] = 500.0
    found = fit_shape(
        t_s, force_n, moment_nm, SLOW,
        model=MODEL, noise_scale=1.0, seen=np.where(hole, 0.0, 1.0), is_rough=True,
    ).params  # fmt: skip
    assert crossings_s(found) == pytest.approx(crossings_s(true), abs=0.1)


PAUSES_UP, PAUSES_DOWN = MayPause(up=True), MayPause(down=True)
EITHER = MayPause(up=True, down=True)
PAUSING = (params(begin_s=1.5, up_s=2.4, hold_s=1.2, pause=(0.5, 0.38, 0.22)),
           params(begin_s=1.5, up_s=2.7, hold_s=0.9, pause=(0.6, 0.3, 0.35)),
           params(begin_s=1.5, up_s=2.0, hold_s=1.2, pause=(0.4, 0.35, 0.2)))  # fmt: skip
# What a fit of smooth ways makes of them: one long ascent, the way before, the way after.
SMOOTH = {
    "whole": params(begin_s=1.4, up_s=2.6, hold_s=0.9),
    "before": params(begin_s=1.5, up_s=1.0, hold_s=2.5),
    "after": params(begin_s=3.0, up_s=0.9, hold_s=1.1),
}
LOWERED = (params(begin_s=1.5, down_s=2.6, pause=(0.5, 1.38, 0.22)),
           params(begin_s=1.5, down_s=2.9, pause=(0.6, 1.3, 0.35)),
           params(begin_s=1.5, down_s=2.3, pause=(0.4, 1.35, 0.2)))  # fmt: skip
SMOOTHLY = {
    "whole": params(begin_s=1.5, down_s=2.9),
    "before": params(begin_s=1.5, down_s=1.2),
    "after": params(begin_s=1.5, hold_s=2.7, down_s=1.1),
}


def rough(true: Array, start: Array, *, may_pause: MayPause, seed: int | None = None) -> Array:
    t_s, force_n, moment_nm = segment(true)
    if seed is not None:
        rng = np.random.default_rng(seed)
        force_n = force_n + rng.normal(0.0, FORCE_SD_N, len(t_s))
        moment_nm = moment_nm + rng.normal(0.0, MOMENT_STEP_NM, len(t_s))
    return fit_shape(
        t_s, force_n, moment_nm, start,
        model=MODEL, noise_scale=1.0, is_rough=True, may_pause=may_pause,
    ).params  # fmt: skip


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("start", SMOOTH.values(), ids=SMOOTH)
@pytest.mark.parametrize("true", PAUSING)
def test_an_ascent_in_two_parts_is_found_whole(true: Array, start: Array, seed: int | None) -> None:
    found = rough(true, start, may_pause=EITHER, seed=seed)
    assert len(found) == PAUSED_SIZE
    assert crossings_s(found)[:2] == pytest.approx(crossings_s(true)[:2], abs=0.15)


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("start", SMOOTHLY.values(), ids=SMOOTHLY)
@pytest.mark.parametrize("true", LOWERED)
def test_a_descent_in_two_parts_is_found_whole(true: Array, start: Array, seed: int | None) -> None:
    found = rough(true, start, may_pause=EITHER, seed=seed)
    assert len(found) == PAUSED_SIZE
    assert crossings_s(found)[2:] == pytest.approx(crossings_s(true)[2:], abs=0.15)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize("exponent", [2.0, 2.6, 3.2])
@pytest.mark.parametrize("down_s", [0.6, 1.5, 3.0])
def test_a_descent_in_one_is_not_taken_for_two(
    down_s: float, exponent: float, seed: int | None
) -> None:
    true = params(begin_s=1.5, down_s=down_s, exponent=exponent)
    assert len(rough(true, disturbed(true), may_pause=EITHER, seed=seed)) == SIZE


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize("exponent", [2.0, 2.6, 3.2])
@pytest.mark.parametrize("up_s", [0.6, 1.5, 2.6])
def test_an_ascent_in_one_is_not_taken_for_two(
    up_s: float, exponent: float, seed: int | None
) -> None:
    true = params(begin_s=1.5, up_s=up_s, exponent=exponent)
    found = rough(true, disturbed(true), may_pause=EITHER, seed=seed)
    assert len(found) == SIZE


@pytest.mark.parametrize(("top_deg", "is_paused"), [(3.0, False), (20.0, True)])
def test_a_pause_is_taken_only_if_it_explains_far_more_than_its_freedom(
    top_deg: float, is_paused: bool
) -> None:
    """The same pause of 0.4 s: of a leg that hardly shows in the noise, and of one that does."""
    true = params(begin_s=1.5, up_s=2.4, top_deg=top_deg, pause=(0.5, 0.4, 0.17))
    start = params(begin_s=1.4, up_s=2.6, hold_s=0.9, top_deg=top_deg)
    for seed in range(1, 9):
        found = rough(true, start, may_pause=EITHER, seed=seed)
        assert (len(found) == PAUSED_SIZE) == is_paused


def test_no_way_pauses_where_the_curve_shows_no_pause() -> None:
    assert len(rough(PAUSING[0], SMOOTH["whole"], may_pause=PAUSES_DOWN)) == SIZE
    assert len(rough(LOWERED[0], SMOOTHLY["whole"], may_pause=PAUSES_UP)) == SIZE
