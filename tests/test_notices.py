"""What is reported of the mat and of who lies there: once each, and nothing to nobody."""

from __future__ import annotations

import pytest

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


def test_the_first_cell_that_fails_ends_judging_and_a_second_says_no_more() -> None:
    notices = Notices()
    lost = [CellEvent(1.0, cell, CellProblem.LOST) for cell in ("head_left", "head_right")]
    assert notices.of_cells(lost[:1]) == [Announcement.NOT_JUDGING]
    assert notices.of_cells(lost[1:]) == []
    assert set(notices.broken) == {"head_left", "head_right"}


def test_a_cell_that_is_back_may_fail_again_and_is_reported_again() -> None:
    notices = Notices()
    lost = CellEvent(1.0, "head_left", CellProblem.LOST)
    notices.of_cells([lost])
    assert notices.of_cells([CellEvent(2.0, "head_left", CellProblem.OK)]) == []
    assert not notices.broken
    assert notices.of_cells([lost]) == [Announcement.NOT_JUDGING]


def test_a_computer_that_takes_all_samples_ends_judging_and_a_cell_then_says_no_more() -> None:
    notices = Notices()
    lost = CellEvent(1.0, "head_left", CellProblem.LOST)
    assert list(notices.of_reader(is_blind=True)) == [Announcement.NOT_JUDGING]
    assert list(notices.of_reader(is_blind=True)) == []
    assert notices.of_cells([lost]) == []
    assert list(notices.of_reader(is_blind=False)) == []
    assert list(notices.of_reader(is_blind=True)) == [], "a cell fails all the while"


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
