"""A person's own good repetitions move their limits, for what a few are worth, and no further."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.errors import MatError
from matfw.judging.habits import (
    MAX_SHIFT_MM,
    MIN_REPS,
    USUAL_SHIFT_MM,
    Habits,
    learn,
    own_limits,
)
from matfw.messages import Limits, Rep, Side, Verdict
from matfw.settings.model import Settings, Workout
from matfw.settings.state import NO_PROFILE, HabitLine, MachineState

LIMITS = Limits()
REP = Rep(
    rep=1,
    t_s=17.0,
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=USUAL_SHIFT_MM,
    verdict=Verdict.CLEAN,
    faults=(),
    side=Side.LEFT,
)


def shifted(*shifts_mm: float) -> list[Rep]:
    return [replace(REP, front_shift_mm=shift_mm) for shift_mm in shifts_mm]


def test_the_usual_person_keeps_everybody_s_limits() -> None:
    habits = learn([REP] * MIN_REPS)
    assert own_limits(LIMITS, habits) == LIMITS
    assert own_limits(LIMITS, None) == LIMITS


@given(
    st.lists(st.floats(-MAX_SHIFT_MM, MAX_SHIFT_MM), min_size=MIN_REPS, max_size=12),
)
def test_limits_follow_the_person_part_of_the_way_and_keep_their_distance(
    off_mm: list[float],
) -> None:
    habits = learn(shifted(*(USUAL_SHIFT_MM + off for off in off_mm)))
    own = own_limits(LIMITS, habits)
    moved_mm = own.leg_forward_mm - LIMITS.leg_forward_mm
    mean_mm = habits.shift_mm - USUAL_SHIFT_MM
    assert abs(moved_mm) <= abs(mean_mm) + 1e-9
    assert moved_mm * mean_mm >= 0.0
    assert own.roll_back_mm + own.leg_forward_mm == pytest.approx(
        LIMITS.roll_back_mm + LIMITS.leg_forward_mm
    )


def test_more_repetitions_are_worth_more() -> None:
    few, many = (own_limits(LIMITS, Habits(n, USUAL_SHIFT_MM + 5.0, 3.0)) for n in (3, 12))
    assert LIMITS.leg_forward_mm < few.leg_forward_mm < many.leg_forward_mm


def test_a_measured_height_corrects_what_is_read() -> None:
    own = own_limits(LIMITS, learn([REP] * 3, measured_deg=34.0))
    assert own.too_high_deg == pytest.approx(LIMITS.too_high_deg + 4.0)
    assert own.too_small_deg == pytest.approx(LIMITS.too_small_deg + 4.0)


@pytest.mark.parametrize(
    ("reps", "measured_deg", "reported"),
    [
        ([REP] * 2, None, "at least 3"),
        ([REP, REP, replace(REP, side=Side.RIGHT)], None, "both sides"),
        (shifted(*[USUAL_SHIFT_MM - MAX_SHIFT_MM - 0.1] * 3), None, "stack the hips"),
        ([REP] * 3, 20.0, "measure again"),
    ],
)
def test_what_is_no_habit_is_refused_and_says_what_to_do(
    reps: list[Rep], measured_deg: float | None, reported: str
) -> None:
    with pytest.raises(MatError, match=reported):
        learn(reps, measured_deg)


def test_a_habit_in_the_machine_s_state_counts_on_its_own_side_only() -> None:
    line = HabitLine(reps=3, shift_mm=USUAL_SHIFT_MM + 4.0, sd_mm=2.0)
    state = MachineState(habits={NO_PROFILE: {"left": line}})
    left, right = (Settings(workout=Workout(side=side)) for side in (Side.LEFT, Side.RIGHT))
    assert left.mat(state).limits.leg_forward_mm > LIMITS.leg_forward_mm
    assert right.mat(state).limits == LIMITS
    recorded = left.mat()
    assert left.judging(recorded, state).limits == left.mat(state).limits


def test_a_habit_is_of_the_profile_it_was_learned_in() -> None:
    line = HabitLine(reps=3, shift_mm=USUAL_SHIFT_MM + 4.0, sd_mm=2.0)
    state = MachineState(habits={"ann": {"left": line}}, profile="ann", profiles={"ann": {}})
    settings = Settings(workout=Workout(side=Side.LEFT))
    assert settings.mat(state).limits != LIMITS
    assert settings.mat(MachineState(habits=state.habits)).limits == LIMITS
