"""What control keeps of the line: loads, cells that fail, the last repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from matfw.control.observed import Observed
from matfw.judging.habits import MIN_REPS
from matfw.messages import CellEvent, CellProblem, ReaderEvent, ReaderProblem
from matfw.pipeline import Step
from tests.control.fake_control import GOOD, Talk

DRIFTING, OK = CellProblem.DRIFTING, CellProblem.OK


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    yield talk
    talk.close()


@pytest.fixture
def step(talk: Talk) -> Step:
    step = talk.control._observed.latest
    assert step is not None
    return step


def loads(talk: Talk, observed: Observed) -> tuple[float | None, ...]:
    return observed.loads_kg(talk.control.mat().cells)


def test_a_load_is_the_latest_that_was_measured(talk: Talk, step: Step) -> None:
    observed = Observed()
    assert loads(talk, observed) == (None, None, None, None)
    observed.step(
        structs.replace(step, clean=structs.replace(step.clean, loads_kg=(1.0, 2.0, 3.0, 4.0)))
    )
    observed.step(
        structs.replace(step, clean=structs.replace(step.clean, loads_kg=(5.0, None, None, None)))
    )
    assert loads(talk, observed) == (5.0, 2.0, 3.0, 4.0)
    observed.step(structs.replace(step, is_blind=True))
    assert loads(talk, observed) == (None, None, None, None)


def test_a_frame_without_a_sample_is_counted(step: Step) -> None:
    observed = Observed()
    observed.step(step)
    observed.step(structs.replace(step, raw=replace(step.raw, counts=(None, *step.raw.counts[1:]))))
    assert (observed.frames, observed.bad_frames) == (2, 1)


@pytest.mark.parametrize("problem", list(CellProblem))
def test_a_cell_that_may_not_be_summed_has_no_load_and_stops_the_judging(
    problem: CellProblem, talk: Talk, step: Step
) -> None:
    observed = Observed()
    observed.step(
        structs.replace(step, clean=structs.replace(step.clean, loads_kg=(1.0, 2.0, 3.0, 4.0)))
    )
    list(observed.notifications([CellEvent(1.0, "head_right", problem)], is_measuring=False))
    blocks = problem in (CellProblem.LOST, CellProblem.STUCK, CellProblem.SATURATED)
    assert loads(talk, observed) == (1.0, None if blocks else 2.0, 3.0, 4.0)
    assert observed.trouble.startswith("head_right ") is blocks
    assert bool(observed.trouble) is blocks


def test_weights_laid_on_for_a_measurement_are_no_drift() -> None:
    observed = Observed()
    events = [CellEvent(1.0, "head_left", DRIFTING), CellEvent(2.0, "head_left", OK)]
    assert list(observed.notifications(events, is_measuring=True)) == []
    assert list(observed.notifications(events, is_measuring=False)) == events
    # A drift of before is over, whoever measures now.
    list(observed.notifications(events[:1], is_measuring=False))
    assert list(observed.notifications(events[1:], is_measuring=True)) == events[1:]


def test_a_late_computer_is_late_until_it_is_not() -> None:
    observed = Observed()
    for problem in (ReaderProblem.LATE, ReaderProblem.OK):
        list(observed.notifications([ReaderEvent(1.0, problem, 0.5)], is_measuring=False))
        assert observed.is_reader_late is (problem is ReaderProblem.LATE)


def test_the_last_repetitions_are_kept_as_many_as_habits_need() -> None:
    observed = Observed()
    reps = [replace(GOOD, rep=number) for number in range(1, MIN_REPS + 3)]
    assert list(observed.notifications(reps, is_measuring=False)) == reps
    assert observed.reps == tuple(reps[-MIN_REPS:])
