"""What is hidden in part, or judged late, is counted and not called clean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.messages import Fault, Limits, Rep, Side, Verdict
from matfw.settings.plans import PlanSettings
from matfw.workout.plan import Variation
from matfw.workout.variations import as_seen
from tests.workout.by_ear import COUNTS, follow
from tests.workout.played import LIVE_IN, Done, Played, made_rep
from tests.workout.workouts import cues, in_set


def test_what_a_wall_hides_is_announced_once_and_nothing_is_called_clean() -> None:
    plan = PlanSettings(name="wall", reps=2, sets_a_side=1, variation=Variation.WALL_SLIDE)
    person = Played(plan)
    follow(person, lambda _, n: Done(Verdict.FAULT, live=(Fault.TOO_HIGH,)) if n else Done())
    assert cues(person).count("partly_judged") == 1
    assert "too_high" not in cues(person)
    assert {rep.verdict for rep in the_reps(person)} == {Verdict.UNSURE}


def test_a_band_hides_nothing() -> None:
    plan = PlanSettings(name="band", reps=2, sets_a_side=1, variation=Variation.LOOP_BAND)
    person = Played(plan)
    follow(person, lambda *_: Done())
    assert "partly_judged" not in cues(person)
    assert {rep.verdict for rep in the_reps(person)} == {Verdict.CLEAN}


@pytest.mark.parametrize(
    ("angle_deg", "verdict"),
    [(24.0, Verdict.UNSURE), (35.0, Verdict.CLEAN), (54.0, Verdict.UNSURE)],
)
def test_with_a_weight_a_height_close_to_its_limit_is_unsure(
    angle_deg: float, verdict: Verdict
) -> None:
    high = angle_deg > Limits().too_high_deg
    done = Done(Verdict.FAULT, later=(Fault.TOO_HIGH,)) if high else Done()
    rep = replace(made_rep(1, 0.0, 6.0, done, Side.LEFT), angle_deg=angle_deg)
    assert as_seen(rep, Variation.WEIGHTED, 2.0, 70.0, Limits()).verdict is verdict


def the_reps(person: Played) -> list[Rep]:
    return [event for event in person.events if isinstance(event, Rep)]


def test_a_repetition_that_is_judged_late_is_counted_and_kept_and_its_doubt_not_sounded() -> None:
    """Nothing is sounded about a repetition other than the one just done."""
    person = in_set(PlanSettings(name="late", reps=3, sets_a_side=1))
    person.judged_s = 4.5  # while the next one is at its top
    person.rep(Done(Verdict.UNSURE))
    person.rep()
    person.wait(8.0)
    assert [rep.verdict for rep in the_reps(person)] == [Verdict.UNSURE, Verdict.CLEAN]
    assert person.coach.progress.unsure == 1
    assert "unsure" not in cues(person)
    assert len([cue for _, cue in person.heard if cue in COUNTS]) == 2


@pytest.mark.parametrize("fault", [Fault.KICK, Fault.DROP, Fault.SHORT_HOLD])
def test_against_a_wall_what_it_does_not_hide_is_judged_and_named(fault: Fault) -> None:
    plan = PlanSettings(name="wall", reps=2, sets_a_side=1, variation=Variation.WALL_SLIDE)
    person = Played(plan)
    is_live = fault in LIVE_IN
    bad = Done(Verdict.FAULT, live=(fault,)) if is_live else Done(Verdict.FAULT, later=(fault,))
    follow(person, lambda _, n: bad if n else Done())
    assert cues(person).count(fault.value) == 2, "in each set"
    assert [rep.verdict for rep in the_reps(person)] == [Verdict.UNSURE, Verdict.FAULT] * 2
    both = made_rep(1, 0.0, 6.0, Done(Verdict.FAULT, later=(fault, Fault.ROLL_BACK)), Side.LEFT)
    seen = as_seen(both, Variation.WALL_SLIDE, 0.0, 70.0, Limits())
    assert [each.fault for each in seen.faults] == [fault]
