"""Every text file in scenarios/: what the virtual person does, and what matfw must say to it."""

from __future__ import annotations

from functools import cache

import pytest

from matfw.cues import REP_CUE_AGE_S
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    CueGiven,
    Event,
    Fault,
    Phase,
    PhaseChanged,
    Rep,
    Verdict,
)
from tests.scenarios import Defect, Scenario, cues_of, load, names, reps_of, weighs

NOTICE_PERIODS = 3.0  # a bad cell is named within so many sample periods, ...
NOTICE_S = 0.1  # ... a silent one after a tenth of a second
BACK_S = 0.5  # and ok again this soon after


@cache
def played(name: str) -> tuple[Scenario, list[Event]]:
    scenario = load(name)
    return scenario, scenario.events()


@pytest.mark.parametrize("name", names())
def test_a_scenario_ends_as_its_file_says(name: str) -> None:
    scenario, events = played(name)
    expect = scenario.expect
    assert weighs(events) is expect["weighs"], scenario.title
    assert (reps_of(events), cues_of(events)) == (expect["reps"], expect["cues"]), scenario.title


def test_a_sets_first_repetition_hears_its_live_fault_with_its_verdict_the_next_at_once() -> None:
    """Until one has been counted, whoever moves on the mat may not be exercising at all."""
    _, events = played("kick_at_once")
    first, second, _ = (event for event in events if isinstance(event, Rep))
    heard_s = [e.t_s for e in events if isinstance(e, CueGiven) and e.cue is Fault.KICK]
    assert first.end_s < heard_s[0] < first.end_s + REP_CUE_AGE_S
    assert second.start_s < heard_s[1] < second.lower_s
    assert len(heard_s) == 2


DEFECTS = [name for name in names() if name.startswith("cell_")]


def the_defect(scenario: Scenario) -> Defect:
    [defect] = scenario.defects
    return defect


@pytest.mark.parametrize("name", DEFECTS)
def test_a_bad_cell_is_named_at_once_and_the_person_hears_it(name: str) -> None:
    scenario, events = played(name)
    defect = the_defect(scenario)
    named, back = (event for event in events if isinstance(event, CellEvent))
    assert (named.cell, named.problem) == (defect.cell, defect.problem)
    first_s = next(f.t_s for f in scenario.frames if f.t_s >= defect.from_s)
    # The converters' own clock is up to 2 % off.
    notice_s = NOTICE_S + 1.03 * NOTICE_PERIODS / scenario.mat.rate_hz
    assert first_s <= named.t_s <= first_s + notice_s
    assert back.problem is CellProblem.OK
    assert defect.until_s <= back.t_s <= defect.until_s + BACK_S
    reported = [
        e.t_s for e in events if isinstance(e, CueGiven) and e.cue is Announcement.NOT_JUDGING
    ]
    assert reported[0] == named.t_s


@pytest.mark.parametrize("name", DEFECTS)
def test_no_rep_is_called_clean_while_judging_is_off(name: str) -> None:
    scenario, events = played(name)
    defect = the_defect(scenario)
    for rep in (event for event in events if isinstance(event, Rep)):
        is_within = rep.start_s < defect.until_s and rep.end_s > defect.from_s
        assert not (is_within and rep.verdict is Verdict.CLEAN)


@pytest.mark.parametrize("name", DEFECTS)
def test_while_judging_is_off_there_is_no_phase_but_rest(name: str) -> None:
    scenario, events = played(name)
    defect = the_defect(scenario)
    inside = [
        event
        for event in events
        if isinstance(event, PhaseChanged) and defect.from_s + 0.1 < event.t_s < defect.until_s
    ]
    assert all(event.phase is Phase.REST for event in inside)
