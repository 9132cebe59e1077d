"""The demo's workout: two sets, one after the other, on either side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from matfw.layouts import PRESETS
from matfw.messages import (
    Announcement,
    CueGiven,
    Event,
    Fault,
    RawFrame,
    SetChanged,
    SetState,
    Side,
    Tempo,
)
from matfw.service.replay import replay
from matfw.settings.model import NOMINAL, Settings, Workout
from matfw.virtual.workouts import FIRST_REP_S, REPS, TakingTurns, one_set, workout
from matfw.workout.plan import Plan


def test_it_is_two_sets_on_one_time_line_with_each_mistake_once() -> None:
    trace = workout(Side.LEFT, PRESETS["core4"].cells, 20)
    assert len(trace.truth) == 2 * REPS
    assert all(a.end_s < b.start_s for a, b in pairwise(trace.truth))
    gaps_s = [b.start_s - a.end_s for a, b in pairwise(trace.truth)]
    assert max(gaps_s) == gaps_s[REPS - 1] > FIRST_REP_S, "they get up and lie down between"
    assert np.allclose(np.diff(trace.t_s), trace.t_s[1] - trace.t_s[0])
    faults = [fault for rep in trace.truth for fault in rep.faults]
    assert len(faults) == len(set(faults))
    assert set(faults) >= {Fault.ROLL_BACK, Fault.LEG_FORWARD, Fault.KICK, Fault.DROP}
    is_between = (trace.t_s > trace.truth[REPS - 1].end_s) & (trace.t_s < trace.truth[REPS].start_s)
    assert trace.loads_kg[is_between].sum(axis=1).min() < 1.0


def test_who_takes_turns_does_the_default_workout_that_an_unset_mat_leads_through() -> None:
    """Sides, rests and the count, by nothing but the clock and the plan; then from the first."""
    settings = Settings(workout=Workout(reps=1, sets=1, rest_s=20.0)).led()
    mat, plan = settings.mat(), settings.plan()
    assert plan.guide is not None
    trace = one_set(plan, Side.LEFT, mat.tempo, mat.cells, 20)
    person = TakingTurns(trace, plan.guide.sides)
    events: list[Event] = []
    rng = np.random.default_rng(3)
    length_s = 2 * person.trace.duration_s + 25.0

    def frames() -> Iterator[RawFrame]:
        for index in range(round(length_s * mat.rate_hz)):
            t_s = index / mat.rate_hz
            loads_kg = person.loads_at(t_s) + rng.normal(0.0, 0.005, len(mat.cells))
            counts = [round(kg * NOMINAL.counts_per_kg) for kg in loads_kg]
            yield RawFrame(t_s=t_s, counts=tuple(counts))

    replay(mat, frames(), events.append, plan)
    sets = [(e.state, e.set, e.side, e.reps) for e in events if isinstance(e, SetChanged)]
    assert [each for each in sets if each[0] is SetState.DONE] == [
        (SetState.DONE, 1, Side.LEFT, 1),
        (SetState.DONE, 2, Side.RIGHT, 1),
    ]
    said = [e.cue for e in events if isinstance(e, CueGiven)]
    assert Announcement.WRONG_SIDE not in said
    assert said.count(Announcement.WORKOUT_DONE) == 1
    assert said.index(Announcement.WORKOUT_DONE) < len(said) - 1 - said[::-1].index(
        Announcement.LIE_LEFT
    ), "another workout begins when they lie down again"


def test_the_other_side_is_the_mirror_of_the_first() -> None:
    cells = PRESETS["core4"].cells
    trace = one_set(Plan(reps=1, rest_s=0.0), Side.LEFT, Tempo(1.0, 1.0, 1.0), cells, 20)
    person = TakingTurns(trace, (Side.LEFT, Side.RIGHT))
    t_s = person.trace.truth[0].start_s
    left, right = person.loads_at(t_s), person.loads_at(person.trace.duration_s + t_s)
    assert left == pytest.approx([right[1], right[0], right[3], right[2]])
    assert person.trace.truth[0].end_s - t_s < 3.1, "at the tempo asked for"
