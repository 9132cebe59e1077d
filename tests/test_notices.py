"""What is reported of the mat and of who lies there: once each, and nothing to nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matfw.estimation.unweighed import ASK_AFTER_S
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    Motion,
    PersonWeighed,
    Phase,
    PhaseChanged,
    PhaseStep,
    Presence,
)
from matfw.notices import WEIGHED_AGAIN_KG, Notices

REST = PhaseStep(t_s=0.0, phase=Phase.REST, changed=False, since_s=0.0)


def lying(weight_kg: float | None = None) -> Motion:
    return Motion(t_s=0.0, presence=Presence.LYING, weight_kg=weight_kg)


ON, OFF = (20.0, 15.0, None, 18.0), (0.1, 0.0, None, -0.1)
LAST = Announcement.NOT_JUDGING


def failing(problem: CellProblem, cell: str = "head_left") -> list[CellEvent]:
    return [CellEvent(1.0, cell, problem)]


def said(notices: Notices, *, frames: int = 1, on: bool = True) -> int:
    """Return how often `not_judging` is heard, where it is heard at once."""
    loads_kg = ON if on else OFF
    times = 0
    for _ in range(frames):
        if notices.of_state(loads_kg, None):
            times += 1
            assert list(notices.of_state(loads_kg, LAST)) == []
    return times


def test_the_first_cell_that_fails_ends_judging_and_a_second_says_no_more() -> None:
    notices = Notices()
    notices.of_cells(failing(CellProblem.LOST))
    assert said(notices, frames=9) == 1
    notices.of_cells(failing(CellProblem.LOST, "head_right"))
    assert said(notices, frames=9) == 0
    assert set(notices.broken) == {"head_left", "head_right"}
    assert not notices.can_judge


def test_that_it_cannot_judge_is_asked_for_until_it_is_heard() -> None:
    notices = Notices()
    notices.of_cells(failing(CellProblem.LOST))
    for heard in (None, Announcement.READY):
        assert list(notices.of_state(ON, heard)) == [LAST]
    assert list(notices.of_state(ON, LAST)) == []
    assert list(notices.of_state(ON, None)) == []


def test_a_cell_that_is_back_may_fail_again_and_is_reported_again() -> None:
    notices = Notices()
    for _ in range(2):
        notices.of_cells(failing(CellProblem.LOST))
        assert said(notices) == 1
        notices.of_cells(failing(CellProblem.OK))
        assert said(notices) == 0
        assert not notices.broken
        assert notices.can_judge


@pytest.mark.parametrize(
    "worse", [p for p in CellProblem if p not in {CellProblem.OK, CellProblem.DRIFTING}]
)
def test_what_is_worse_than_a_cell_that_drifts_is_said_again(worse: CellProblem) -> None:
    notices = Notices()
    notices.of_cells(failing(CellProblem.DRIFTING))
    assert said(notices) == 1
    assert notices.can_judge, "against the rest before each repetition"
    notices.of_cells(failing(worse, "all"))
    assert said(notices) == 1
    assert not notices.can_judge
    notices.of_cells(failing(CellProblem.OK, "all"))
    assert said(notices) == 0
    assert notices.can_judge


def test_a_computer_that_takes_all_samples_ends_judging_and_a_cell_then_says_no_more() -> None:
    notices = Notices()
    notices.of_reader(is_blind=True)
    assert said(notices) == 1
    notices.of_reader(is_blind=True)
    notices.of_cells(failing(CellProblem.LOST))
    assert said(notices) == 0
    notices.of_reader(is_blind=False)
    notices.of_reader(is_blind=True)
    assert said(notices) == 0, "a cell fails all the while"


@pytest.mark.parametrize("problem", [CellProblem.LOST, CellProblem.DRIFTING])
def test_whoever_gets_on_a_mat_that_cannot_judge_is_told(problem: CellProblem) -> None:
    notices = Notices()
    notices.of_cells(failing(problem))
    assert said(notices, on=False, frames=200) == 1
    assert said(notices, on=True, frames=200) == 1
    assert said(notices, on=True, frames=200) == 0


@pytest.mark.parametrize(
    ("problem", "cue"),
    [(CellProblem.LOST, Announcement.HIPS_LOST), (CellProblem.OK, Announcement.HIPS_BACK)],
)
def test_a_hip_sensor_is_named_and_breaks_no_cell(problem: CellProblem, cue: Announcement) -> None:
    notices = Notices()
    assert notices.of_hip_sensors([CellEvent(1.0, "hip_roll_deg", problem)]) == [cue]
    assert not notices.broken


@pytest.mark.parametrize(
    ("change_kg", "is_reported"),
    [(0.0, False), (0.99 * WEIGHED_AGAIN_KG, False), (1.01 * WEIGHED_AGAIN_KG, True)],
)
def test_whoever_is_weighed_again_is_called_but_reported_only_as_another(
    change_kg: float, is_reported: bool
) -> None:
    notices = Notices()
    notices.of_motion(1.0, lying(60.0), REST)
    assert notices.of_motion(2.0, lying(60.0), REST) == ([], [])
    notices.of_motion(3.0, lying(), REST)
    events, requests = notices.of_motion(4.0, lying(60.0 + change_kg), REST)
    assert requests == [Announcement.READY]
    assert events == ([PersonWeighed(4.0, 60.0 + change_kg)] if is_reported else [])


def test_a_phase_is_reported_when_it_changes() -> None:
    up = PhaseStep(t_s=0.9, phase=Phase.UP, changed=True, since_s=0.9)
    assert Notices().of_motion(1.0, lying(), up) == ([PhaseChanged(1.0, Phase.UP)], [])


def test_who_never_lies_still_is_asked_to_and_nobody_who_is_weighed() -> None:
    def requests(motion_of: Callable[[float], Motion]) -> list[Announcement]:
        notices = Notices()
        asked: list[Announcement] = []
        for step in range(round((ASK_AFTER_S + 5.0) / 0.05)):
            t_s = 0.05 * step
            notices.of_state(ON, None)
            asked += notices.of_motion(t_s, motion_of(t_s), REST)[1]
        return asked

    assert requests(lambda t_s: Motion(t_s=t_s, presence=Presence.UNSETTLED)) == [
        Announcement.LIE_STILL
    ]
    assert requests(lambda _: lying(60.0)) == [Announcement.READY]


def test_what_one_stage_takes_back_another_still_holds_against_the_cell() -> None:
    notices = Notices()
    notices.of_cells(failing(CellProblem.UNRELIABLE), 3)
    notices.of_cells(failing(CellProblem.LOST), 0)
    notices.of_cells(failing(CellProblem.OK), 0)
    assert not notices.can_judge
    notices.of_cells(failing(CellProblem.DRIFTING), 1)
    assert notices.broken == {"head_left": CellProblem.UNRELIABLE}
    notices.of_cells(failing(CellProblem.OK), 3)
    assert notices.can_judge
    assert notices.broken == {"head_left": CellProblem.DRIFTING}


def test_on_an_empty_mat_nobody_is_told_and_whoever_comes_is() -> None:
    notices = Notices()
    assert said(notices, frames=400, on=False) == 0
    for _ in range(20):
        notices.of_cells(failing(CellProblem.UNRELIABLE, "all"))
        assert said(notices, frames=200, on=False) == 0
        notices.of_cells(failing(CellProblem.OK, "all"))
    notices.of_cells(failing(CellProblem.UNRELIABLE, "all"))
    assert said(notices, frames=400) == 1


def test_who_was_weighed_while_the_mat_could_not_judge_hears_ready_when_it_can() -> None:
    notices = Notices()
    notices.of_cells(failing(CellProblem.UNRELIABLE, "all"))
    assert notices.of_motion(1.0, lying(70.0), REST)[1] == []
    notices.of_cells(failing(CellProblem.OK, "all"))
    assert notices.of_motion(1.05, lying(70.0), REST)[1] == [Announcement.READY]
    assert notices.of_motion(1.10, lying(70.0), REST)[1] == []
