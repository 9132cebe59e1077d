"""When it is reported that the computer costs samples: rarely, once, and of nobody else's fault."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from matfw.disturbances.reader_health import (
    BLIND_S,
    BLINDING_S,
    LATE_SHARE,
    QUIET_S,
    START_PERIODS,
    WITHIN_S,
    ReaderHealth,
    lost_share,
    taken,
)
from matfw.messages import RawFrame, ReaderEvent, ReaderProblem

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


# --- a computer that takes everything ---


def blinded(mask: Callable[[int], int], span_s: float) -> tuple[ReaderHealth, list[ReaderEvent]]:
    stage = ReaderHealth(CELLS, RATE_HZ)
    frames = (frame_of(k, mask(k)) for k in range(round(span_s * RATE_HZ)))
    return stage, [event for frame in frames for event in stage.update(frame)]


@pytest.mark.parametrize(("silent_s", "is_told"), [(BLIND_S - 0.05, False), (BLIND_S + 0.05, True)])
def test_a_computer_that_takes_every_sample_is_reported_at_once(
    silent_s: float, is_told: bool
) -> None:
    stage, events = blinded(lambda k: ALL if k >= 160 else 0, 2.0 + silent_s)
    assert [event.problem for event in events] == [ReaderProblem.LATE] * is_told
    assert (stage.is_losing, stage.is_blind, stage.is_late) == (True, is_told, is_told)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_converters_that_settle_at_the_start_are_no_lateness(rate_hz: float) -> None:
    stage = ReaderHealth(CELLS, rate_hz)
    for k in range(round(START_PERIODS) + 1):
        frame = RawFrame(k / rate_hz, (None,) * CELLS, computer_mask=ALL)
        assert stage.update(frame) == ()


def test_one_cell_that_stays_empty_while_all_are_torn_blinds_as_well() -> None:
    """Of a word that ends in ones nothing is proved: a busy computer takes all of that cell's."""
    stage, events = blinded(lambda k: 0b0010 | (ALL if k % 3 == 0 else 0), 1.0)
    assert stage.is_blind
    assert [event.problem for event in events] == [ReaderProblem.LATE]


def test_one_cell_that_seems_to_be_read_late_while_the_others_are_not_blinds_nobody() -> None:
    stage, events = blinded(lambda _: 0b0010, 5.0)
    assert not stage.is_blind
    assert not stage.is_losing
    assert events == []


def test_a_spell_of_blindness_ends_a_while_after_the_last_long_silence() -> None:
    """A second without anything in every four is one spell."""
    stage = ReaderHealth(CELLS, RATE_HZ)
    states: list[bool] = []
    for k in range(round(40.0 * RATE_HZ)):
        is_taken = k < 20.0 * RATE_HZ and k % 320 < 80
        stage.update(frame_of(k, ALL if is_taken else 0))
        states.append(stage.is_blind)
    changes = [k / RATE_HZ for k, (a, b) in enumerate(pairwise(states)) if a is not b]
    assert changes == pytest.approx([BLIND_S, 17.0 + WITHIN_S], abs=0.1)


def test_blindness_that_comes_back_within_the_minute_after_its_end_is_reported_again() -> None:
    def mask(k: int) -> int:
        return ALL if k < 80 or 75.0 * RATE_HZ <= k < 76.0 * RATE_HZ else 0

    _, events = blinded(mask, 80.0)
    problems = [event.problem for event in events]
    assert problems == [ReaderProblem.LATE, ReaderProblem.OK, ReaderProblem.LATE]


def test_of_a_computer_that_never_gives_a_value_all_is_lost_and_of_dead_wires_nothing() -> None:
    frames = [frame_of(k, ALL) for k in range(200)]
    assert lost_share(frames, CELLS, RATE_HZ) == pytest.approx(1.0)
    assert taken(frames, CELLS) == {0, 1, 2, 3}
    silent = [RawFrame(k / RATE_HZ, (None,) * CELLS) for k in range(200)]
    assert lost_share(silent, CELLS, RATE_HZ) == 0.0
    assert taken(silent, CELLS) == frozenset()


@pytest.mark.parametrize(("pause_s", "is_told"), [(BLIND_S - 0.05, False), (BLIND_S + 0.05, True)])
def test_a_reader_that_was_stopped_has_been_blind(pause_s: float, is_told: bool) -> None:
    """Reported with the first frame after it; what was missed counts as lost."""
    stage = ReaderHealth(CELLS, RATE_HZ)
    for k in range(80):
        stage.update(frame_of(k, 0))
    after = stage.update(frame_of(80 + round(pause_s * RATE_HZ), 0))
    assert [event.problem for event in after] == [ReaderProblem.LATE] * is_told
    assert stage.is_blind == is_told


@pytest.mark.parametrize(("share", "is_told"), [(0.3, False), (0.65, True)])
def test_a_computer_that_takes_most_samples_here_and_there_blinds(
    share: float, is_told: bool
) -> None:
    """No cell is silent for long, but hardly a step of the line has a sample of each."""
    rng = random.Random(3)

    def mask(k: int) -> int:
        return sum(1 << i for i in range(CELLS) if k >= 80 and rng.random() < share)

    stage, events = blinded(mask, 4.0)
    assert stage.is_blind == is_told
    assert [event.problem for event in events if event.t_s < 3.0] == [ReaderProblem.LATE] * is_told


def test_a_pause_that_is_over_hides_nothing_of_what_comes_after_it() -> None:
    """It is reported for longer: what a computer costs is no matter of one second."""
    health = ReaderHealth(CELLS, RATE_HZ)
    seen = []
    for k in (0, *range(160, 160 + round((BLINDING_S + 0.1) * RATE_HZ))):  # a pause of 2 s
        health.update(frame_of(k, 0))
        seen.append((health.is_blind, health.is_blinding))
    assert seen[:2] == [(False, False), (True, True)]
    assert seen[-1] == (True, False)
