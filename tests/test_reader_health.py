"""When it is reported that the computer costs samples: rarely, once, and of nobody else's fault."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from matfw.messages import RawFrame, ReaderEvent, ReaderProblem
from matfw.reader_health import LATE_SHARE, QUIET_S, WITHIN_S, ReaderHealth

RATE_HZ = 80.0
CELLS = 4
ALL = (1 << CELLS) - 1
TEAR = 5  # samples that one costs


def reported(mask: Callable[[int], int], span_s: float) -> list[ReaderEvent]:
    """Return what is reported of frames in which the cells of a mask lack a sample."""
    stage = ReaderHealth(CELLS, RATE_HZ)
    frames = (frame_of(k, mask(k)) for k in range(round(span_s * RATE_HZ)))
    return [event for frame in frames for event in stage.update(frame)]


def frame_of(k: int, mask: int) -> RawFrame:
    counts = tuple(None if mask >> i & 1 else k for i in range(CELLS))
    return RawFrame(k / RATE_HZ, counts, computer_mask=mask)


def torn(share: float) -> Callable[[int], int]:
    every = round(TEAR / share)
    return lambda k: ALL if k % every < TEAR else 0


@pytest.mark.parametrize(("over", "problems"), [(0.5, []), (1.6, [ReaderProblem.LATE])])
def test_it_is_reported_over_the_limit_and_not_below(
    over: float, problems: list[ReaderProblem]
) -> None:
    events = reported(torn(over * LATE_SHARE), 40.0)
    assert [event.problem for event in events] == problems
    assert all(event.torn_share == pytest.approx(over * LATE_SHARE, rel=0.5) for event in events)


def test_it_is_over_once_no_sample_is_lost_any_more_and_a_minute_later_at_the_earliest() -> None:
    late, ok = reported(lambda k: torn(0.1)(k) if k < 20.0 * RATE_HZ else 0, 100.0)
    assert (late.problem, ok.problem) == (ReaderProblem.LATE, ReaderProblem.OK)
    assert ok.t_s == pytest.approx(late.t_s + QUIET_S, abs=1.5)
    assert ok.torn_share == 0.0


def test_it_is_reported_once_a_minute_at_most_however_it_changes() -> None:
    events = reported(lambda k: torn(0.1)(k) if k // (15.0 * RATE_HZ) % 2 else 0, 600.0)
    assert 5 <= len(events) <= 10
    assert all(b.t_s - a.t_s >= QUIET_S for a, b in pairwise(events))


def test_a_cell_that_is_silent_by_itself_is_not_the_computer_s() -> None:
    stage = ReaderHealth(CELLS, RATE_HZ)
    frames = (RawFrame(k / RATE_HZ, (None, k, k, k)) for k in range(3200))
    assert [event for frame in frames for event in stage.update(frame)] == []


@pytest.mark.parametrize(("pause", "is_late"), [(2, False), (8, True)])
def test_frames_that_never_came_are_lost_as_well(pause: int, is_late: bool) -> None:
    """Twice a second; two periods are a reader that waits for a cell, eight a late computer."""
    stage = ReaderHealth(CELLS, RATE_HZ)
    frames = (frame_of(k, 0) for k in range(round(3.0 * WITHIN_S * RATE_HZ)) if k % 40 >= pause)
    events = [event for frame in frames for event in stage.update(frame)]
    assert [event.problem for event in events] == ([ReaderProblem.LATE] if is_late else [])


def test_a_computer_that_loses_everything_is_reported_though_frames_are_rare() -> None:
    """Of which nothing comes a frame is given after two periods and more."""
    stage = ReaderHealth(CELLS, RATE_HZ)
    frames = (RawFrame(k * 2.04 / RATE_HZ, (None,) * CELLS, (), ALL) for k in range(800))
    [late] = [event for frame in frames for event in stage.update(frame)]
    assert late.problem is ReaderProblem.LATE
    assert late.torn_share == pytest.approx(1.0)
    assert late.t_s < WITHIN_S


def test_reset_begins_with_a_computer_that_is_on_time() -> None:
    stage = ReaderHealth(CELLS, RATE_HZ)
    frames = [frame_of(k, torn(0.1)(k)) for k in range(2000)]
    first = [stage.update(frame) for frame in frames]
    stage.reset()
    assert [stage.update(frame) for frame in frames] == first
    assert any(first)


def test_a_bad_wire_that_looks_like_late_reads_of_one_cell_is_not_the_computer_s() -> None:
    assert reported(lambda k: 0b0100 if k % 3 == 0 else 0, 40.0) == []
    assert reported(lambda k: 0b0110 if k % 3 == 0 else 0, 40.0) == [], "nor of two"
