"""What a window's motions become: columns, and what is read off them beside the curve."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from matfw.estimation.leg_model import PUSH_LEVER_M, Array
from matfw.estimation.noise import STEP_S
from matfw.refinement.rep_shape import BEGIN_S, DOWN_S, HOLD_S, SAG, SIZE, TOP_RAD, UP_S
from matfw.refinement.segment import CONTEXT_S, REST_DEG, ZERO_S, Segment
from matfw.refinement.windows import RepWindow
from tests.estimation.leg_forces import MODEL, Lift, hand, legs, middles_s, segment_from, window_of

LIFT = Lift(5.0)
SPAN_S = LIFT.end_s + 4.0
TIMES_S = middles_s(SPAN_S)
HELD = np.flatnonzero((TIMES_S > 7.1) & (TIMES_S < 7.9))  # rows of the hold


def params(hold_s: float = 1.0) -> Array:
    found = np.full(SIZE, 2.6)
    found[[BEGIN_S, UP_S, HOLD_S, DOWN_S]] = LIFT.begin_s, LIFT.up_s, hold_s, LIFT.down_s
    found[TOP_RAD] = math.radians(LIFT.top_deg)
    found[SAG:] = 0.0
    return found


def stepped(before: float, during: float) -> Array:
    """Return a series that is another while the leg is well off its rest."""
    is_off = LIFT.angle_rad(TIMES_S) > 0.1
    return np.where(is_off, during, before)


def test_every_column_has_a_row_for_every_motion() -> None:
    segment = segment_from(window_of(legs(SPAN_S, LIFT), noise_scale=1.7), float(TIMES_S[19]))
    assert segment.t_s == pytest.approx(TIMES_S)
    for column in (
        segment.load_n,
        segment.moment_nm,
        segment.shift_mm,
        segment.roll_deg,
        segment.hip_sd_deg,
    ):
        assert column.shape == segment.angle_deg.shape == TIMES_S.shape
    assert (segment.noise_scale, segment.model, segment.first) == (1.7, MODEL, 20)
    assert segment.angle_deg.max() == pytest.approx(LIFT.top_deg, abs=2.0)


def test_it_is_known_until_when_all_is_finished() -> None:
    window = window_of(legs(SPAN_S, LIFT))
    finished_s = window.motions[19].t_s
    assert segment_from(window, finished_s).finished_s == finished_s
    assert segment_from(window).finished_s == -math.inf


@pytest.mark.parametrize("finished_s", [CONTEXT_S + 0.51, 6.0, 11.0])
def test_of_what_is_finished_only_the_last_moment_is_taken(finished_s: float) -> None:
    segment = segment_from(window_of(legs(SPAN_S, LIFT)), finished_s)
    assert segment.t_s[0] == pytest.approx(finished_s - CONTEXT_S, abs=STEP_S)
    assert segment.t_s[segment.first - 1] <= finished_s < segment.t_s[segment.first]
    assert len(segment.angle_deg) == len(segment.t_s)


def test_times_between_two_others_include_both() -> None:
    segment = segment_from(window_of(legs(SPAN_S, LIFT)))
    rows = np.flatnonzero(segment.between(float(TIMES_S[30]), float(TIMES_S[40])))
    assert rows.tolist() == list(range(30, 41))
    assert not segment.between(100.0, 200.0).any()


def test_leaving_and_landing_are_kept_as_plates_saw_them() -> None:
    segment = segment_from(window_of(legs(SPAN_S, LIFT), seen_s=(5.1, 10.9)))
    assert (segment.lift_off_s, segment.touch_down_s) == (frozenset({5.1}), frozenset({10.9}))
    unseen = segment_from(window_of(legs(SPAN_S, LIFT)))
    assert (unseen.lift_off_s, unseen.touch_down_s) == (frozenset(), frozenset())


@pytest.mark.parametrize(("min_n", "is_taken_off"), [(2.0, True), (20.0, False)])
def test_a_push_is_taken_off_load_and_moment_if_it_is_large_enough(
    min_n: float, is_taken_off: bool
) -> None:
    leg, push = legs(SPAN_S, LIFT), hand(SPAN_S, 1.0, 10.0, ramp_s=0.4, held_s=2.0)
    segment = segment_from(window_of(leg + push))
    rows = segment.between(0.0, SPAN_S)
    force_n, moment_nm = segment.forces(rows, min_n)
    pushed = slice(round(2.0 / STEP_S), round(3.0 / STEP_S))
    left_n = 0.0 if is_taken_off else 10.0
    assert force_n[pushed] == pytest.approx(left_n, abs=1.5)
    assert moment_nm[pushed] == pytest.approx(PUSH_LEVER_M * left_n, abs=1.5)
    assert force_n[HELD] == pytest.approx(leg.force_n[HELD], abs=1.0)
    assert moment_nm[HELD] == pytest.approx(leg.moment_nm[HELD], abs=1.5)


def test_the_load_s_level_is_taken_off_and_the_moment_s_is_not() -> None:
    leg = legs(SPAN_S, LIFT)
    leg.force_n[:] += 7.0
    leg.moment_nm[:] += 7.0
    segment = segment_from(window_of(leg))
    force_n, moment_nm = segment.forces(segment.between(0.0, 4.0), min_push_n=2.0)
    assert force_n == pytest.approx(0.0, abs=0.5)
    assert moment_nm == pytest.approx(7.0, abs=1e-6)


def test_hips_are_read_at_the_top_against_the_rest_before() -> None:
    rolls: list[float | None] = stepped(3.0, 12.0).tolist()
    window = window_of(legs(SPAN_S, LIFT), shift_mm=stepped(30.0, 10.0), roll_deg=rolls)
    shift_mm, roll_deg = segment_from(window).hips(LIFT.begin_s, HELD)
    assert shift_mm == pytest.approx(-20.0)
    assert roll_deg == pytest.approx(9.0)


def test_hips_of_no_sensor_or_of_one_that_failed_at_the_top_have_no_roll() -> None:
    rolls: list[float | None] = stepped(3.0, 12.0).tolist()
    rolls[HELD[2]] = None
    for window in (window_of(legs(SPAN_S, LIFT)), window_of(legs(SPAN_S, LIFT), roll_deg=rolls)):
        assert segment_from(window).hips(LIFT.begin_s, HELD)[1] is None


def test_only_a_resting_leg_of_what_is_not_finished_makes_the_sideways_zero() -> None:
    """The rep before shifted the hips; its last two seconds are no rest of this one."""
    second = Lift(LIFT.end_s + 0.8)
    span_s = second.end_s + 2.0
    t_s = middles_s(span_s)
    shift_mm = np.where(t_s < LIFT.end_s, 40.0, np.where(t_s < second.begin_s, 4.0, 10.0))
    segment = segment_from(window_of(legs(span_s, LIFT, second), shift_mm=shift_mm), LIFT.end_s)
    high = np.flatnonzero(segment.between(second.begin_s + 2.1, second.begin_s + 2.9))
    assert second.begin_s - LIFT.end_s < ZERO_S
    assert segment.angle_deg[segment.first] < REST_DEG
    assert segment.hips(second.begin_s, high)[0] == pytest.approx(6.0)


@pytest.mark.parametrize("later_s", [-1.0, -0.3, 0.5])
def test_nothing_from_before_somebody_was_known_makes_the_sideways_zero(later_s: float) -> None:
    """They may have lain elsewhere, and a sensor of their hips was not read."""
    known_s = LIFT.begin_s + later_s
    is_before = known_s > TIMES_S
    rolls = [None if before else 3.0 for before in is_before]
    window = window_of(legs(SPAN_S, LIFT), shift_mm=np.where(is_before, 40.0, 0.0), roll_deg=rolls)
    known_row_s = float(TIMES_S[~is_before][0])
    shift_mm, roll_deg = segment_from(replace(window, known_s=known_row_s)).hips(LIFT.begin_s, HELD)
    assert shift_mm == pytest.approx(0.0)
    assert roll_deg == pytest.approx(0.0 if later_s < 0.0 else 3.0)  # without a rest: its own zero


def test_without_any_rest_before_the_line_s_own_sideways_zero_counts() -> None:
    segment = segment_from(window_of(legs(SPAN_S, LIFT), shift_mm=stepped(0.0, 10.0)))
    assert segment.hips(-1.0, HELD)[0] == pytest.approx(10.0)


def test_a_shape_s_numbers_become_crossings_height_and_hips() -> None:
    segment = segment_from(
        window_of(legs(SPAN_S, LIFT), shift_mm=stepped(2.0, 10.0), noise_scale=1.3)
    )
    found = segment.refined_rep(params())
    assert LIFT.begin_s < found.start_s < found.top_s < LIFT.begin_s + LIFT.up_s
    assert LIFT.end_s - LIFT.down_s < found.lower_s < found.end_s < LIFT.end_s
    assert found.angle_deg == pytest.approx(LIFT.top_deg, abs=0.1)
    assert found.front_shift_mm == pytest.approx(8.0)
    assert found.noise_scale == 1.3


def test_a_shape_that_stays_at_its_top_for_less_than_a_step_has_hips_all_the_same() -> None:
    found = segment_from(window_of(legs(SPAN_S, LIFT), shift_mm=stepped(2.0, 10.0))).refined_rep(
        np.where(np.arange(SIZE) == UP_S, 2.9, params(hold_s=0.02))
    )
    assert found.front_shift_mm == pytest.approx(8.0)


def test_a_window_of_a_single_step_can_be_taken() -> None:
    segment = segment_from(window_of(legs(STEP_S)))
    assert np.isfinite(segment.angle_deg).all()
    assert segment.finished_s == -math.inf


@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("later_s", [0.0, 1.0, 100.0])
def test_of_a_window_that_is_all_finished_nothing_is_left(steps: int, later_s: float) -> None:
    window = window_of(legs(steps * STEP_S))
    assert Segment.of(window, window.motions[-1].t_s + later_s) is None


@pytest.mark.parametrize("weight_kg", [None, 0.0])
def test_of_a_body_that_was_not_weighed_there_is_none(weight_kg: float | None) -> None:
    window = window_of(legs(SPAN_S, LIFT))
    unweighed = tuple(structs.replace(motion, weight_kg=weight_kg) for motion in window.motions)
    assert Segment.of(replace(window, motions=unweighed), -math.inf) is None


def test_a_window_without_any_motion_has_nothing_to_be_taken() -> None:
    assert Segment.of(RepWindow((), MODEL, 1.0, 0.0), -math.inf) is None


@pytest.mark.parametrize(("amplitude_n", "hertz"), [(1.0, 5.5), (1.0, 6.0), (3.0, 6.5)])
def test_a_held_legs_tremor_is_the_loads_and_a_lift_has_none(
    amplitude_n: float, hertz: float
) -> None:
    calm = segment_from(window_of(legs(SPAN_S, LIFT)))
    shaking_n = amplitude_n * np.sin(2.0 * np.pi * hertz * calm.t_s)
    shaking = replace(calm, load_n=calm.load_n + shaking_n)
    top_s, lower_s = 7.0, 8.0
    assert calm.tremor_n(top_s, lower_s) < 0.3
    assert shaking.tremor_n(top_s, lower_s) == pytest.approx(amplitude_n / math.sqrt(2.0), rel=0.3)


def test_tremor_is_not_known_where_a_step_was_not_measured_or_too_few_are_there() -> None:
    calm = segment_from(window_of(legs(SPAN_S, LIFT)))
    torn = replace(calm, seen=np.where(HELD[0] == np.arange(len(calm.t_s)), 0.0, calm.seen))
    assert torn.tremor_n(7.0, 8.0) == 0.0
    assert calm.tremor_n(-3.0, -2.0) == 0.0
    noise_n = 0.05 * np.random.default_rng(3).standard_normal(len(calm.t_s))
    passed = replace(calm, load_n=calm.load_n + noise_n)
    assert passed.tremor_n(7.5, 7.5) > 0.0, "about a top that was passed without a hold"


@pytest.mark.parametrize(("frames_hz", "is_known"), [(10.0, False), (16.0, True), (80.0, True)])
def test_tremor_is_not_known_where_frames_are_too_slow_for_it(
    frames_hz: float, is_known: bool
) -> None:
    """A step without a frame has the load of the one before."""
    calm = segment_from(window_of(legs(SPAN_S, LIFT)))
    load_n = calm.load_n + 2.0 * np.sin(2.0 * np.pi * 6.0 * calm.t_s)
    frame_s = np.floor((calm.t_s + 0.499 * STEP_S) * frames_hz) / frames_hz
    stepped_n = load_n[np.floor(frame_s / STEP_S + 1e-6).astype(int)]
    assert (replace(calm, load_n=stepped_n).tremor_n(7.0, 8.0) > 0.0) is is_known
