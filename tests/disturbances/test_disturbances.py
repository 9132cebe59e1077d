"""Boards and supplies that disturb the counts of a clean set: judged rightly, or reported."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest

from matfw.disturbances.interference import ALL
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    CueGiven,
    Event,
    Mat,
    RawFrame,
    Rep,
    Verdict,
)
from matfw.service.replay import replay
from tests.scenarios import Scenario, load

SESSION_S = 45.0  # three clean repetitions of four
FIRST_S = 30.0  # the first one: enough where nothing is judged any more
LYING_S = 11.0
REPORTED_S = 5.0

Disturb = Callable[[Sequence[RawFrame], Mat], list[RawFrame]]


def added(frame: RawFrame, mat: Mat, kg: Sequence[float]) -> RawFrame:
    counts = tuple(
        None if count is None else round(count + extra * calibration.counts_per_kg)
        for count, extra, calibration in zip(frame.counts, kg, mat.calibration, strict=True)
    )
    return replace(frame, counts=counts)


def wrong_bits(frames: Sequence[RawFrame], _: Mat) -> list[RawFrame]:
    """3 % of samples are wrong by a power of two."""
    rng = random.Random(4)

    def read(count: int | None) -> int | None:
        if count is None or rng.random() > 0.03:
            return count
        return count ^ (1 << rng.randrange(14, 22))

    return [replace(frame, counts=tuple(map(read, frame.counts))) for frame in frames]


def impulses(kg: float, samples: int = 3) -> Disturb:
    def disturb(frames: Sequence[RawFrame], mat: Mat) -> list[RawFrame]:
        rng, out, at = random.Random(5), list(frames), 100
        while at + samples < len(out):
            extra = [0.0] * len(mat.cells)
            extra[rng.randrange(len(extra))] = rng.choice((-kg, kg))
            for k in range(at, at + samples):
                out[k] = added(out[k], mat, extra)
            at += rng.randrange(60, 200)
        return out

    return disturb


def all_cells(kg: Callable[[float], float]) -> Disturb:
    return lambda frames, mat: [
        added(frame, mat, [kg(frame.t_s)] * len(mat.cells)) for frame in frames
    ]


def buzzer_draws(frames: Sequence[RawFrame], mat: Mat) -> list[RawFrame]:
    """0.3 kg less in all cells for 0.2 s, some three times in a repetition."""
    return [
        added(frame, mat, [-0.3 if frame.t_s % 2.3 < 0.2 else 0.0] * len(mat.cells))
        for frame in frames
    ]


def zero_jumps(at_s: float, extra: Sequence[float]) -> Disturb:
    def disturb(frames: Sequence[RawFrame], mat: Mat) -> list[RawFrame]:
        return [added(frame, mat, extra) if frame.t_s >= at_s else frame for frame in frames]

    return disturb


@cache
def clean() -> Scenario:
    return load("clean")


def reported(disturb: Disturb, until_s: float = SESSION_S) -> list[Event]:
    scenario = clean()
    frames = [frame for frame in scenario.frames if frame.t_s < until_s]
    events: list[Event] = []
    replay(scenario.mat, disturb(frames, scenario.mat), events.append)
    return events


def verdicts(events: Sequence[Event]) -> list[Verdict]:
    return [event.verdict for event in events if isinstance(event, Rep)]


def cues(events: Sequence[Event]) -> set[str]:
    return {event.cue for event in events if isinstance(event, CueGiven)}


@pytest.mark.parametrize(
    "disturb",
    [
        wrong_bits,
        impulses(1.5),
        impulses(4.0, samples=6),
        buzzer_draws,
        zero_jumps(27.2, (-0.6,) * 4),
    ],
    ids=[
        "wrong bits",
        "impulses of 1.5 kg",
        "impulses of six samples",
        "the buzzer's draw",
        "all zeros jump a little, on the way up",
    ],
)
def test_wrong_samples_change_nothing(disturb: Disturb) -> None:
    events = reported(disturb)
    assert verdicts(events) == [Verdict.CLEAN] * 3
    assert cues(events) == {Announcement.READY, Announcement.REP}
    assert not [event for event in events if isinstance(event, CellEvent)]


@pytest.mark.parametrize(
    ("at_s", "extra_kg", "least"),
    [(30.3, (0.0, 5.0, 0.0, 0.0), 1), (24.7, (-3.0, 3.0, 0.0, 0.0), 2), (25.2, (2.0,) * 4, 2)],
    ids=["one cell, at rest", "two cells, lifted", "all cells, at rest"],
)
def test_a_zero_that_jumps_is_reported_at_once_and_no_false_repetition_is_counted(
    at_s: float, extra_kg: Sequence[float], least: int
) -> None:
    events = reported(zero_jumps(at_s, extra_kg))
    jumped = {cell.name for cell, kg in zip(clean().mat.cells, extra_kg, strict=True) if kg}
    assert {event.cell for event in events if isinstance(event, CellEvent)} == jumped
    reported_s = [
        event.t_s
        for event in events
        if isinstance(event, CueGiven) and event.cue is Announcement.NOT_JUDGING
    ]
    assert reported_s
    assert at_s <= reported_s[0] < at_s + 0.5
    # Whoever lies there is weighed again: what is done until then is not reported, and the lift in
    # which they are counts only with one after it, which does not come in the first of these.
    assert least <= len(verdicts(events)) <= 3
    assert Verdict.FAULT not in verdicts(events)


def test_a_cell_that_hums_alone_is_named() -> None:
    def hums(frames: Sequence[RawFrame], mat: Mat) -> list[RawFrame]:
        return [
            added(frame, mat, [1.5 * math.sin(25.1 * frame.t_s) * (frame.t_s > 16.0), 0, 0, 0])
            for frame in frames
        ]

    events = reported(hums, FIRST_S)
    bad = next(each for each in events if isinstance(each, CellEvent))
    assert (bad.cell, bad.problem) == (clean().mat.cells[0].name, CellProblem.UNRELIABLE)
    assert 16.0 < bad.t_s < 16.0 + REPORTED_S


@pytest.mark.parametrize(
    ("hz", "kg"), [(5.0, 0.45), (80.0 / 3.0 + 0.2, 0.5)], ids=["5 Hz", "a third of the rate"]
)
def test_a_hum_that_comes_to_each_cell_at_another_time_is_reported_in_mid_set(
    hz: float, kg: float
) -> None:
    begins_s = 16.0  # in the first repetition

    def hums(frames: Sequence[RawFrame], mat: Mat) -> list[RawFrame]:
        return [
            added(
                frame,
                mat,
                [
                    kg * math.sin(2.0 * math.pi * (hz * frame.t_s - turn)) * (frame.t_s > begins_s)
                    for turn in (0.0, 0.3, 0.55, 0.85)
                ],
            )
            for frame in frames
        ]

    events = reported(hums, FIRST_S)
    [bad] = [each for each in events if isinstance(each, CellEvent)]
    assert (bad.cell, bad.problem) == (ALL, CellProblem.UNRELIABLE)
    assert begins_s < bad.t_s < begins_s + REPORTED_S
    sounded = [e.cue for e in events if isinstance(e, CueGiven) and e.t_s >= bad.t_s]
    assert sounded == [Announcement.NOT_JUDGING]


def test_a_cell_wired_the_wrong_way_round_is_named_and_only_that_is_sounded() -> None:
    def turned(frames: Sequence[RawFrame], mat: Mat) -> list[RawFrame]:
        zero = mat.calibration[0].tare_counts
        return [
            replace(frame, counts=(round(2.0 * zero - (frame.counts[0] or 0)), *frame.counts[1:]))
            for frame in frames
        ]

    events = reported(turned, FIRST_S)
    [bad] = [each for each in events if isinstance(each, CellEvent)]
    assert (bad.cell, bad.problem) == (clean().mat.cells[0].name, CellProblem.UNRELIABLE)
    assert bad.t_s < LYING_S + REPORTED_S
    assert cues(events) == {Announcement.NOT_JUDGING}


def test_while_the_mat_cannot_judge_only_that_is_sounded() -> None:
    begins_s = 16.0  # in the first repetition
    events = reported(
        all_cells(lambda t_s: 0.25 * math.sin(2.0 * math.pi * t_s) * (t_s > begins_s)), FIRST_S
    )
    [bad] = [each for each in events if isinstance(each, CellEvent)]
    assert begins_s < bad.t_s < begins_s + REPORTED_S
    sounded = [e.cue for e in events if isinstance(e, CueGiven) and e.t_s >= bad.t_s]
    assert sounded == [Announcement.NOT_JUDGING]


def test_exercise_on_a_wandering_supply_is_reported_as_not_judged() -> None:
    events = reported(all_cells(lambda t_s: 0.2 * math.sin(2.0 * math.pi * t_s)))
    [event] = [each for each in events if isinstance(each, CellEvent)]
    assert (event.cell, event.problem) == (ALL, CellProblem.UNRELIABLE)
    assert event.t_s <= REPORTED_S or event.t_s < LYING_S + REPORTED_S
    assert Announcement.NOT_JUDGING in cues(events)
    assert Verdict.CLEAN not in verdicts(events)
