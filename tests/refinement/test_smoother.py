"""The curve found at once: the leg's angle, whatever noise, hand or level lies over it."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.estimation.anthropometry import GRAVITY_M_S2, leg_constants
from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.refinement.smoother import (
    BLOCK_STEPS,
    LIGHT_POWER,
    LIGHTEST,
    RIDGE,
    SIZE,
    USUAL_N,
    LegCurve,
    _solved,
    leg_curve,
    noise_share,
)
from tests.estimation.leg_forces import MODEL, Forces, Lift, hand, legs, middles_s, noise_scale

BEGIN_S = 5.0
AFTER_S = 5.0
LIFT = Lift(BEGIN_S)
SPAN_S = LIFT.end_s + AFTER_S
RESTS_DEG = 3.0  # no leg that rests is read higher
STIRS_DEG = 6.0  # nor one of a body that breathes hard


def curve_of(
    segment: Forces, noise_scale: float = 1.0, *, model: LegModel = MODEL, weight_kg: float = 64.0
) -> LegCurve:
    return leg_curve(
        segment.force_n,
        segment.moment_nm,
        model=model,
        weight_n=weight_kg * GRAVITY_M_S2,
        noise_scale=noise_scale,
    )


def off_deg(segment: Forces, curve: LegCurve) -> Array:
    return np.asarray(np.degrees(np.abs(curve.angle_rad - segment.angle_rad)))


def part(segment: Forces, begin_s: float, end_s: float) -> Forces:
    rows = slice(round(begin_s / STEP_S), round(end_s / STEP_S))
    return Forces(segment.angle_rad[rows], segment.force_n[rows], segment.moment_nm[rows])


def raised(segment: Forces, force_n: float, moment_nm: float) -> Forces:
    return Forces(segment.angle_rad, segment.force_n + force_n, segment.moment_nm + moment_nm)


# --- a leg ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("top_deg", [25.0, 36.0, 50.0, 65.0])
@pytest.mark.parametrize(("up_s", "hold_s", "down_s"), [(2.0, 1.0, 3.0), (1.2, 0.6, 1.6)])
def test_a_clean_lift_is_followed(
    top_deg: float, up_s: float, hold_s: float, down_s: float
) -> None:
    segment = legs(SPAN_S, Lift(BEGIN_S, top_deg, up_s, hold_s, down_s))
    assert off_deg(segment, curve_of(segment)).max() < 2.0


@pytest.mark.parametrize("top_deg", [12.0, 16.0, 20.0])
def test_a_small_lift_is_seen_and_not_made_higher(top_deg: float) -> None:
    """The pull to rest takes some of it: what load and moment hardly show is not believed."""
    segment = legs(SPAN_S, Lift(BEGIN_S, top_deg, 1.2, 0.6, 1.6))
    top = math.degrees(curve_of(segment).angle_rad.max())
    assert 0.6 * top_deg < top < 1.05 * top_deg


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("top_deg", [25.0, 36.0, 50.0])
def test_a_lift_of_a_body_that_is_not_quite_still_is_followed(top_deg: float, seed: int) -> None:
    segment = legs(SPAN_S, Lift(BEGIN_S, top_deg)) + noise_scale(SPAN_S, seed)
    assert off_deg(segment, curve_of(segment)).max() < 5.0


@pytest.mark.parametrize("size", [1.5, 1.8])
@pytest.mark.parametrize("seed", range(3))
def test_a_lift_of_a_restless_body_is_followed_as_far_as_its_noise_lets(
    size: float, seed: int
) -> None:
    segment = legs(SPAN_S, LIFT) + noise_scale(SPAN_S, seed, size)
    assert off_deg(segment, curve_of(segment, noise_scale=size**2)).max() < 5.0 * size


@pytest.mark.parametrize(("hold_s", "down_s"), [(1.0, 2.0), (0.5, 0.5), (1.0, 3.0)])
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_kick_of_half_a_second_is_followed(
    hold_s: float, down_s: float, seed: int | None
) -> None:
    segment = legs(SPAN_S, Lift(BEGIN_S, 36.0, 0.5, hold_s, down_s))
    curve = curve_of(segment if seed is None else segment + noise_scale(SPAN_S, seed))
    off = off_deg(segment, curve)
    assert np.percentile(off, 95.0) < 5.0
    assert off.max() < 12.0  # in the midst of the kick, of 100 degrees a second
    assert math.degrees(curve.angle_rad.max()) == pytest.approx(36.0, rel=0.15)


def test_rates_and_accelerations_are_those_of_the_angle() -> None:
    curve = curve_of(legs(SPAN_S, LIFT))
    assert np.gradient(curve.angle_rad, STEP_S) == pytest.approx(curve.rate_radps, abs=0.02)
    assert np.gradient(curve.rate_radps, STEP_S) == pytest.approx(curve.accel_radps2, abs=0.2)


def test_two_lifts_far_apart_are_both_followed() -> None:
    segment = legs(40.0, Lift(BEGIN_S), Lift(30.0, 45.0)) + noise_scale(40.0, 3)
    assert off_deg(segment, curve_of(segment)).max() < 5.0


def test_lifts_without_a_rest_between_them_are_followed() -> None:
    first = Lift(BEGIN_S)
    segment = legs(25.0, first, Lift(first.end_s, 45.0)) + noise_scale(25.0, 4)
    assert off_deg(segment, curve_of(segment)).max() < 5.0


# --- no leg ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_rest_stays_a_rest(size: float, seed: int) -> None:
    curve = curve_of(noise_scale(20.0, seed, size), noise_scale=max(size, 0.6) ** 2)
    assert math.degrees(curve.angle_rad.max()) < RESTS_DEG
    assert curve.push_n.max() < 2.0


@pytest.mark.parametrize("push_n", [4.0, 8.0, 14.0])
@pytest.mark.parametrize("ramp_s", [0.35, 1.0])
def test_a_push_is_a_hand_and_no_leg(push_n: float, ramp_s: float) -> None:
    segment = noise_scale(12.0, 1) + hand(12.0, 4.0, push_n, ramp_s, held_s=2.0)
    curve = curve_of(segment)
    assert math.degrees(curve.angle_rad.max()) < RESTS_DEG
    assert curve.push_n.max() == pytest.approx(push_n, rel=0.25)


BEFORE_S, AT_UP_S, HELD_S, AT_DOWN_S, LOW_S, AFTER_LIFT_S = 2.0, 5.5, 7.2, 8.3, 10.2, 12.0


@pytest.mark.parametrize("push_n", [4.0, 8.0, 14.0])
@pytest.mark.parametrize("at_s", [BEFORE_S, AT_UP_S, HELD_S, AT_DOWN_S, LOW_S, AFTER_LIFT_S])
def test_a_hand_before_during_or_after_a_lift_leaves_the_leg_where_it_was(
    push_n: float, at_s: float
) -> None:
    segment = legs(SPAN_S, LIFT) + hand(SPAN_S, at_s, push_n, ramp_s=0.4, held_s=1.5)
    for seen in (segment, segment + noise_scale(SPAN_S, 2)):
        curve = curve_of(seen)
        assert off_deg(segment, curve).max() < 9.0
        assert np.percentile(off_deg(segment, curve), 95.0) < 5.0
        assert curve.push_n.max() == pytest.approx(push_n, rel=0.3)


def test_without_a_push_worth_it_none_is_read_at_all() -> None:
    assert np.abs(curve_of(legs(SPAN_S, LIFT)).push_n).max() < 1e-3


def test_a_single_knock_moves_nothing() -> None:
    segment = legs(SPAN_S, LIFT)
    segment.force_n[round(7.5 / STEP_S)] += 60.0
    assert off_deg(segment, curve_of(segment)).max() < 5.0


def test_breath_and_a_slow_drift_are_levels_and_hardly_any_leg() -> None:
    """As much as forces cannot tell; that no repetition comes of it, see test_refine."""
    t_s = middles_s(30.0)
    breath_n = 0.4 * np.sin(2.0 * math.pi * 0.25 * t_s)
    segment = Forces(np.zeros_like(t_s), breath_n, 0.1 * t_s) + noise_scale(30.0, 5)
    assert math.degrees(curve_of(segment).angle_rad.max()) < STIRS_DEG


# --- what a window cuts off, levels, lengths ------------------------------------------------------


@pytest.mark.parametrize("begin_s", [BEGIN_S + 1.0, BEGIN_S + 2.0, BEGIN_S + 2.5])
def test_a_lift_that_began_before_the_window_is_followed_in_it(begin_s: float) -> None:
    segment = part(legs(SPAN_S, LIFT), begin_s, SPAN_S)
    assert off_deg(segment, curve_of(segment)).max() < 5.0


@pytest.mark.parametrize("end_s", [BEGIN_S + 1.2, BEGIN_S + 2.0, BEGIN_S + 2.8, BEGIN_S + 4.5])
def test_a_lift_that_the_window_s_end_cuts_off_is_followed_until_then(end_s: float) -> None:
    segment = part(legs(SPAN_S, LIFT), 0.0, end_s)
    assert off_deg(segment, curve_of(segment)).max() < 5.0


@pytest.mark.parametrize("level_n", [-20.0, 0.0, 5.0, 20.0])
@pytest.mark.parametrize("level_nm", [-20.0, 0.0, 5.0, 20.0])
def test_where_load_and_moment_stand_at_rest_is_all_one(level_n: float, level_nm: float) -> None:
    segment = raised(legs(SPAN_S, LIFT), level_n, level_nm)
    curve = curve_of(segment)
    assert off_deg(segment, curve).max() < 2.0
    assert np.median(curve.base_n) == pytest.approx(level_n, abs=0.3)
    assert np.median(curve.base_nm) == pytest.approx(level_nm, abs=0.6)


@pytest.mark.parametrize("short_by", range(1, BLOCK_STEPS))
def test_a_stretch_need_not_fill_its_last_block(short_by: int) -> None:
    whole = legs(SPAN_S, LIFT)
    segment = part(whole, 0.0, SPAN_S - short_by * STEP_S)
    curve = curve_of(segment)
    assert len(curve.angle_rad) == len(segment)
    assert off_deg(segment, curve).max() < 2.0


@pytest.mark.parametrize("steps", [1, 2, BLOCK_STEPS - 1, BLOCK_STEPS, BLOCK_STEPS + 1])
def test_a_moment_s_rest_is_one(steps: int) -> None:
    curve = curve_of(part(raised(legs(SPAN_S), 3.0, -2.0), 0.0, steps * STEP_S))
    assert all(len(series) == steps for series in astuple(curve))
    assert math.degrees(np.abs(curve.angle_rad).max()) < RESTS_DEG
    assert curve.base_n == pytest.approx(3.0, abs=0.2)
    assert curve.base_nm == pytest.approx(-2.0, abs=0.2)


def test_a_lift_is_followed_whatever_the_person_weighs() -> None:
    """Only noise and the moment's wandering go by the weight: the leg's own size is the model's."""
    segment = legs(SPAN_S, LIFT)
    for weight_kg in (40.0, 140.0):
        assert off_deg(segment, curve_of(segment, weight_kg=weight_kg)).max() < 2.0


@pytest.mark.parametrize("seed", range(4))
def test_a_child_s_lift_is_followed_as_a_grown_up_s_is(seed: int) -> None:
    """Against a grown-up's noise its moment of 2 N m is hardly a leg: read 9 to 14 deg high."""
    weight_kg = 30.0
    model = LegModel.of(leg_constants("female", 1.35, weight_kg))
    segment = legs(SPAN_S, LIFT, model=model) + noise_scale(SPAN_S, seed, 0.45)
    curve = curve_of(segment, model=model, weight_kg=weight_kg)
    assert math.degrees(curve.angle_rad.max()) == pytest.approx(36.0, abs=3.0)


def test_noise_goes_with_a_light_body_s_weight_down_to_a_limit() -> None:
    assert noise_share(USUAL_N) == noise_share(2.0 * USUAL_N) == 1.0
    assert noise_share(0.5 * USUAL_N) == pytest.approx(0.5**LIGHT_POWER)
    assert noise_share(0.0) == LIGHTEST


def test_the_same_forces_give_the_same_curve() -> None:
    segment = legs(SPAN_S, LIFT) + noise_scale(SPAN_S, 6)
    for one, two in zip(astuple(curve_of(segment)), astuple(curve_of(segment)), strict=True):
        assert (one == two).all()


# --- whatever comes -------------------------------------------------------------------------------

SIZES = st.sampled_from([0.0, 1.0, 30.0, 1e3, 1e4])
LEVELS = st.tuples(st.integers(1, 80), st.floats(-1.0, 1.0), SIZES, st.floats(-1.0, 1.0), SIZES)


@given(st.lists(LEVELS, min_size=1, max_size=8), st.floats(0.4, 6.0))
@settings(deadline=None, max_examples=60)
def test_whatever_is_measured_the_curve_is_finite_and_adds_up(
    levels: list[tuple[int, float, float, float, float]], noise_scale: float
) -> None:
    """Steps of any size: what leg, hand, levels and the unexplained rest sum up to is what came."""
    load_n = np.concatenate([np.full(n, x * size) for n, x, size, _, _ in levels])
    moment_nm = np.concatenate([np.full(n, y * size) for n, _, _, y, size in levels])
    curve = curve_of(Forces(np.zeros_like(load_n), load_n, moment_nm), noise_scale)
    leg = curve.angle_rad, curve.rate_radps, curve.accel_radps2
    for series in astuple(curve):
        assert series.shape == load_n.shape
        assert np.isfinite(series).all()
    explained_n = MODEL.force_n(*leg) + curve.push_n + curve.base_n
    explained_nm = MODEL.moment_nm(*leg) + PUSH_LEVER_M * curve.push_n + curve.base_nm
    size = 1.0 + np.abs(explained_n).max() + np.abs(explained_nm).max()
    assert explained_n + curve.left_n == pytest.approx(load_n, abs=1e-9 * size)
    assert explained_nm + curve.left_nm == pytest.approx(moment_nm, abs=1e-9 * size)


@given(st.integers(1, 9), st.integers(0, 2**32 - 1), st.floats(-2.0, 3.0))
def test_the_blocks_one_after_the_other_give_what_all_at_once_give(
    blocks: int, seed: int, exponent: float
) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((blocks, 2 * SIZE + 3, 2 * SIZE)) * 10.0**exponent
    lhs = rows.transpose(0, 2, 1) @ rows
    rhs = rng.standard_normal((blocks, 2 * SIZE))
    dense = RIDGE * np.eye((blocks + 1) * SIZE)
    right = np.zeros((blocks + 1) * SIZE)
    for b in range(blocks):
        both = slice(b * SIZE, (b + 2) * SIZE)
        dense[both, both] += lhs[b]
        right[both] += rhs[b]
    expected = np.linalg.solve(dense, right).reshape(blocks + 1, SIZE)
    found = _solved(lhs, rhs)
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-7 * float(np.abs(expected).max()))


def test_an_unknown_that_nothing_is_known_of_is_left_at_nought() -> None:
    """The ridge keeps a system without a single row solvable."""
    assert (_solved(np.zeros((3, 2 * SIZE, 2 * SIZE)), np.zeros((3, 2 * SIZE))) == 0.0).all()


@pytest.mark.parametrize("up_s", [0.4, 0.5])
def test_a_kick_whose_force_is_far_beyond_any_noise_is_no_outlier(up_s: float) -> None:
    """78 N come of a leg thrown up in 0.4 s."""
    segment = legs(SPAN_S, Lift(BEGIN_S, 36.0, up_s))
    assert np.percentile(off_deg(segment, curve_of(segment)), 95.0) < 6.0
