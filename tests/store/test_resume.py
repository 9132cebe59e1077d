"""A workout that goes on after a power cut, led by the coach or by nobody."""

from __future__ import annotations

import pytest

from matfw.messages import Limits, Rep, Verdict
from matfw.settings.plans import PlanSettings
from matfw.workout.coach import Coach
from matfw.workout.plan import Plan
from matfw.workout.stage import FreeSets
from matfw.workout.states import State
from tests.store.story import rep

PLAN = PlanSettings(name="short", reps=3, sets_a_side=2)


def done(*numbers: int) -> list[list[Rep]]:
    """Return sets of so many repetitions."""
    return [[rep(10 * at + k) for k in range(number)] for at, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("before", "set_number", "reps", "side"),
    [
        (done(3, 2), 2, 2, "right"),
        (done(3, 3), 3, 0, "left"),
        (done(1), 1, 1, "left"),
        ([], 1, 0, "left"),
    ],
)
def test_a_guided_workout_goes_on_in_its_set(
    before: list[list[Rep]], set_number: int, reps: int, side: str
) -> None:
    coach = Coach(PLAN.plan(), Limits())
    coach.resume(before)
    assert (coach.progress.set_number, coach.progress.rep) == (set_number, reps)
    assert coach.progress.clean == sum(map(len, before))
    assert (coach.requested_side, coach.state) == (side, State.AWAY)


def test_a_guided_workout_that_was_done_is_done() -> None:
    coach = Coach(PLAN.plan(), Limits())
    coach.resume(done(3, 3, 3, 3))
    assert coach.state is State.DONE


def test_free_sets_are_counted_on() -> None:
    free = FreeSets(Plan(reps=3, sets=3))
    free.resume(done(3, 2))
    assert (free.progress.set_number, free.progress.rep) == (2, 2)
    free.finish_rep(rep(12, verdict=Verdict.FAULT), ())
    assert (free.progress.set_number, free.progress.is_set_done, free.progress.faulty) == (
        2, True, 1,
    )  # fmt: skip
