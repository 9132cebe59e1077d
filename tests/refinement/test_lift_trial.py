"""Was there a lift? What speaks for one is large for lifts and next to nothing for all else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.refinement.lift_trial import LiftTrial, likeliest, try_lifts
from matfw.refinement.rep_shape import BEGIN_S, DOWN_S, HOLD_S, TOP_RAD, UP_S
from tests.estimation.leg_forces import (
    MODEL,
    Forces,
    Lift,
    hand,
    legs,
    middles_s,
    min_jerk,
    noise_scale,
)

BEGIN = 4.0
SPAN_S = 14.0
GUESS = (2.0, 1.0, 3.0)  # up, hold, down
TOPS = ((0.62, 0.12), (0.20, 0.12))
LITTLE = 25.0  # twice the log likelihood: what noise and hands come to


def tried(
    segment: Forces,
    *,
    guess_s: float = BEGIN - 0.2,
    noise: float = 1.0,
    seen_s: tuple[float | None, float | None] = (None, None),
) -> LiftTrial:
    """Look for a lift about a guess that is a little off."""
    t_s = middles_s(SPAN_S)
    rows = (t_s > guess_s - 0.8) & (t_s < guess_s + sum(GUESS) + 0.8)
    trials = try_lifts(
        t_s[rows], segment.force_n[rows], segment.moment_nm[rows], (guess_s, *GUESS), TOPS,
        model=MODEL, noise_scale=noise, seen_s=seen_s,
    )  # fmt: skip
    return likeliest(trials)


def top_deg(trial: LiftTrial) -> float:
    return math.degrees(trial.params[TOP_RAD])


@pytest.mark.parametrize("height_deg", [15.0, 20.0, 36.0, 50.0])
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_lift_is_found_with_its_height_and_its_times(height_deg: float, seed: int | None) -> None:
    lift = Lift(BEGIN, height_deg)
    segment = legs(SPAN_S, lift)
    found = tried(segment if seed is None else segment + noise_scale(SPAN_S, seed))
    assert found.log_likelihood_ratio > 2.0 * LITTLE
    assert found.cost_per_step < 3.0
    assert top_deg(found) == pytest.approx(height_deg, rel=0.15)
    up_s = found.params[BEGIN_S] + found.params[UP_S]
    assert up_s == pytest.approx(BEGIN + lift.up_s, abs=0.5)
    assert found.params[[BEGIN_S, UP_S, HOLD_S, DOWN_S]].sum() == pytest.approx(lift.end_s, abs=0.5)


def test_the_higher_a_lift_the_more_speaks_for_it() -> None:
    better = [
        tried(legs(SPAN_S, Lift(BEGIN, deg))).log_likelihood_ratio
        for deg in (10.0, 16.0, 24.0, 40.0)
    ]
    assert better == sorted(better)
    assert better[-1] > 3.0 * better[1]


def test_the_more_restless_a_body_the_less_speaks_for_the_same_lift() -> None:
    segment = legs(SPAN_S, Lift(BEGIN, 20.0))
    calm, restless = (tried(segment, noise=noise).log_likelihood_ratio for noise in (0.5, 4.0))
    assert calm > 3.0 * restless


@pytest.mark.parametrize("seed", range(6))
def test_nothing_speaks_for_a_lift_of_a_body_that_only_lies_there(seed: int) -> None:
    assert tried(noise_scale(SPAN_S, seed)).log_likelihood_ratio < LITTLE


@pytest.mark.parametrize("push_n", [8.0, 14.0])
@pytest.mark.parametrize("held_s", [1.0, 2.0])
def test_a_hand_s_push_is_no_lift_s_shape(push_n: float, held_s: float) -> None:
    segment = hand(SPAN_S, BEGIN, push_n, ramp_s=0.4, held_s=held_s) + noise_scale(SPAN_S, 1)
    assert (
        tried(segment).cost_per_step
        > 2.0 * tried(legs(SPAN_S, Lift(BEGIN)) + noise_scale(SPAN_S, 1)).cost_per_step
    )


@pytest.mark.parametrize("size_nm", [-5.0, -3.0, 3.0, 5.0])
def test_little_speaks_for_a_lift_where_only_the_moment_swayed(size_nm: float) -> None:
    t_s = middles_s(SPAN_S) - BEGIN
    sway_nm = size_nm * (min_jerk(t_s / 0.8) - min_jerk((t_s - 3.0) / 0.8))
    segment = Forces(np.zeros_like(t_s), np.zeros_like(t_s), sway_nm) + noise_scale(SPAN_S, 1)
    assert tried(segment).log_likelihood_ratio < LITTLE


def test_what_plates_saw_ties_the_lift_s_ends() -> None:
    lift = Lift(BEGIN, 20.0)
    found = tried(legs(SPAN_S, lift), seen_s=(lift.begin_s + 0.3, lift.end_s - 0.3))
    assert found.params[BEGIN_S] == pytest.approx(lift.begin_s + 0.3, abs=0.2)
    assert found.params[: DOWN_S + 1].sum() == pytest.approx(lift.end_s - 0.3, abs=0.2)


def test_no_lift_is_fitted_only_if_it_is_asked_for_and_once() -> None:
    fits = 0

    def fit_none() -> float:
        nonlocal fits
        fits += 1
        return 90.0

    trial = LiftTrial(np.zeros(12), 30.0, 60, fit_none)
    assert trial.cost_per_step == 0.5
    assert fits == 0
    assert [trial.log_likelihood_ratio for _ in range(2)] == [60.0, 60.0]
    assert fits == 1


def test_a_stretch_that_begins_in_the_midst_of_the_guess_can_be_tried() -> None:
    segment = legs(SPAN_S, Lift(BEGIN))
    rows = slice(round(5.0 / 0.05), round(11.0 / 0.05))
    trials = try_lifts(
        middles_s(SPAN_S)[rows], segment.force_n[rows], segment.moment_nm[rows], (5.2, *GUESS),
        TOPS,
        model=MODEL, noise_scale=1.0,
    )  # fmt: skip
    assert all(np.isfinite(found.params).all() for found in trials)


@given(
    st.lists(st.floats(-60.0, 60.0), min_size=40, max_size=40),
    st.lists(st.floats(-40.0, 40.0), min_size=40, max_size=40),
    st.floats(0.4, 6.0),
)
@settings(deadline=None, max_examples=15)
def test_whatever_was_measured_the_answer_is_finite(
    force_n: list[float], moment_nm: list[float], noise: float
) -> None:
    t_s = middles_s(2.0)
    trials = try_lifts(
        t_s, np.array(force_n), np.array(moment_nm), (0.4, 0.5, 0.3, 0.5), TOPS,
        model=MODEL, noise_scale=noise,
    )  # fmt: skip
    for found in trials:
        assert np.isfinite(found.params).all()
        assert np.isfinite([found.cost_per_step, found.log_likelihood_ratio]).all()
