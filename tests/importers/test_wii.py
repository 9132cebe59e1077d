"""The balance board's import: the file's own total, both clocks, and the way round it lies."""

from __future__ import annotations

import numpy as np

from tests.importers import wii


def test_cells_sum_to_the_total_column() -> None:
    board = wii.load()
    # Five values rounded to 10 g each.
    assert np.abs(board.loads_kg.sum(axis=1) - board.total_kg).max() < 0.026


def test_own_clock_is_even_and_keeps_to_the_stamps_after_the_backlog() -> None:
    board = wii.load()
    t_s = np.array([frame.t_s for frame in board.frames])
    assert np.ptp(np.diff(t_s)) < 3e-6
    assert 98.5 < board.mat.rate_hz < 99.0
    backlog = np.count_nonzero(board.radio_s == 0)
    assert backlog == 66
    late_s = (t_s - board.radio_s)[backlog:] - t_s[backlog - 1]
    assert np.abs(late_s).max() < 0.1


def test_stamps_as_found_repeat_and_never_go_back() -> None:
    steps_s = np.diff([frame.t_s for frame in wii.load().bursts()])
    assert 0.36 < (steps_s == 0).mean() < 0.38
    assert steps_s.min() >= 0


def test_someone_steps_on_stands_and_steps_off() -> None:
    total_kg = wii.load().total_kg
    assert total_kg[0] < 1
    assert 78 < np.median(total_kg) < 81
    assert total_kg[-1] < 1


def test_left_of_the_board_is_minus_y() -> None:
    board = wii.load()
    loads = dict(zip((cell.name for cell in board.mat.cells), board.loads_kg.T, strict=True))
    # The file's columns, as they come: TL, TR, BL, BR.
    assert list(loads) == ["head_right", "head_left", "foot_right", "foot_left"]
