"""The workout that the settings ask for: its tempo, its default, plans that no mat could follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from matfw.messages import Side, Tempo
from matfw.settings.model import Settings, Workout
from matfw.settings.plans import PlanSettings
from matfw.settings.state import MachineState
from tests.settings.contents import error_of, loaded


@pytest.mark.parametrize("tempo_s", [[0.4, 1, 3], [2, 1, 0.4], [6.1, 1, 3], [2, 1, 6.1]])
def test_tempo_that_cannot_be_seen_is_refused_with_its_reason(
    tmp_path: Path, tempo_s: list[float]
) -> None:
    message = error_of(tmp_path, f"workout.tempo_s = {tempo_s}")
    assert "workout.tempo_s up and down must be 0.5 to 6 s" in message
    assert "cannot be distinguished from a body that sways" in message
    assert "ask for less extreme ways" in message


@pytest.mark.parametrize("tempo_s", [[3.1, 10.1, 3], [2, 10.1, 4.6], [6, 30, 6]])
def test_long_hold_between_slow_ways_is_refused_with_its_reason(
    tmp_path: Path, tempo_s: list[float]
) -> None:
    message = error_of(tmp_path, f"workout.tempo_s = {tempo_s}")
    assert "workout.tempo_s hold must be at most 10 s unless up is at most 3 s" in message
    assert "down at most 4.5 s" in message
    assert "ask for quicker ways or a shorter hold" in message


def test_tempo_of_the_settings_is_asked_of_a_recording() -> None:
    recorded = Settings().mat()
    asked = Settings(workout=Workout(tempo_s=(6.0, 1.0, 6.0)))
    assert asked.judging(recorded, MachineState()).tempo == Tempo(6.0, 1.0, 6.0)


def test_tempo_of_a_recording_stays_where_the_settings_have_the_default() -> None:
    recorded = replace(Settings().mat(), tempo=Tempo(4.0, 1.0, 4.0))
    assert Settings().judging(recorded, MachineState()).tempo == Tempo(4.0, 1.0, 4.0)


def test_a_mat_leads_through_the_default_workout_where_no_plan_is_named() -> None:
    plan = Settings().led().plan()
    assert (plan.reps, plan.sets, plan.rest_s) == (15, 6, 45.0), "3 x 15 a side"
    assert plan.guide is not None
    assert plan.guide.sides == (Side.LEFT, Side.RIGHT) * 3
    assert plan.guide.tempo == Tempo(2.0, 1.0, 3.0)
    assert Settings().plan().guide is None, "a replay leads only where it is asked to"
    free = Settings(workout=Workout(plan="none"))
    assert free.led() is free
    assert free.plan().guide is None


def test_the_default_workout_is_made_of_the_workout_s_numbers() -> None:
    asked = Workout(reps=8, sets=1, rest_s=30.0, side=Side.RIGHT, tempo_s=(1.0, 2.0, 3.0))
    for settings in (
        Settings(workout=asked).led(),
        Settings(workout=structs.replace(asked, plan="default")),
    ):
        plan = settings.plan()
        assert (plan.reps, plan.rest_s) == (8, 30.0)
        assert plan.guide is not None
        assert plan.guide.sides == (Side.RIGHT, Side.LEFT)
        assert settings.tempo() == plan.guide.tempo == Tempo(1.0, 2.0, 3.0)
    own = Settings(plans=(PlanSettings(name="default", reps=4),)).led()
    assert own.plan().reps == 4, "one of one's own goes before it"


@pytest.mark.parametrize(
    ("range_deg", "is_seen"), [((4.0, 11.9), False), ((4.0, 12.0), True), ((24.0, 45.0), True)]
)
def test_a_plan_of_lifts_that_no_mat_finds_is_refused_with_its_reason(
    range_deg: tuple[float, float], is_seen: bool, tmp_path: Path
) -> None:
    low, high = range_deg
    text = f'[[plans]]\nname = "tiny"\nrange_deg = [{low}, {high}]\n'
    if is_seen:
        assert loaded(tmp_path, text).plans[0].range_deg == range_deg
        return
    said = error_of(tmp_path, text)
    assert "range_deg" in said
    assert "must go up to 12 deg" in said
