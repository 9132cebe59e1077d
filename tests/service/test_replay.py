"""The line on a recording: in time order, counted to the last frame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.control.events import Tally
from matfw.display.summary import SummaryRep, summary_lines
from matfw.messages import Event, Fault, Mat, RawFrame, Rep, Side, Tempo, Verdict
from matfw.service.replay import replay
from matfw.settings.model import Settings
from matfw.virtual.sampling import record

SPAN_S = 50.0  # of the demo's session: getting on and some repetitions


@pytest.fixture(scope="module")
def session() -> tuple[Mat, list[RawFrame]]:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    return mat, [frame for frame in record(trace, mat, 7) if frame.t_s < SPAN_S]


def reported(mat: Mat, frames: list[RawFrame]) -> tuple[list[Event], Tally]:
    events: list[Event] = []
    tally = replay(mat, frames, events.append)
    return events, tally


@pytest.fixture(scope="module")
def whole(session: tuple[Mat, list[RawFrame]]) -> tuple[list[Event], Tally]:
    return reported(*session)


def test_events_are_reported_in_time_order_and_counted(
    session: tuple[Mat, list[RawFrame]], whole: tuple[list[Event], Tally]
) -> None:
    _, frames = session
    events, tally = whole
    times = [event.t_s for event in events]
    assert times == sorted(times)
    reps = [event for event in events if isinstance(event, Rep)]
    assert len(reps) > 2
    assert [rep.rep for rep in reps] == list(range(1, len(reps) + 1))
    for verdict in Verdict:
        assert tally.verdicts[verdict] == sum(rep.verdict is verdict for rep in reps)
    assert (tally.frames, tally.bad_frames) == (len(frames), 0)


def test_no_frames_are_no_events() -> None:
    events, tally = reported(Settings().mat(), [])
    assert (events, tally) == ([], Tally())


def test_what_comes_later_changes_nothing_before(
    session: tuple[Mat, list[RawFrame]], whole: tuple[list[Event], Tally]
) -> None:
    """Causal: the events of a cut recording are the beginning of the whole one's."""
    mat, frames = session
    cut_s = 40.0
    part, _ = reported(mat, [frame for frame in frames if frame.t_s < cut_s])
    last_s = max(frame.t_s for frame in frames if frame.t_s < cut_s)
    # A movement that the cut goes through is reported at its last frame.
    assert [e for e in part if e.t_s < last_s] == [e for e in whole[0] if e.t_s < last_s]


def test_a_movement_cut_off_by_the_end_is_reported_at_the_last_frame(
    session: tuple[Mat, list[RawFrame]], whole: tuple[list[Event], Tally]
) -> None:
    mat, frames = session
    first = next(event for event in whole[0] if isinstance(event, Rep))
    cut = [frame for frame in frames if frame.t_s < first.end_s + 0.1]
    reps = [event for event in reported(mat, cut)[0] if isinstance(event, Rep)]
    assert len(reps) == 1
    assert reps[0].t_s == cut[-1].t_s


def test_a_small_rep_s_lengths_are_neither_shown_nor_averaged() -> None:
    good = SummaryRep(Verdict.CLEAN, (), 2.0, 1.0, 3.0, 38.0)
    small = SummaryRep(Verdict.FAULT, (Fault.TOO_SMALL,), 1.0, 0.0, 0.1, 12.0, False)
    [mean] = [line for line in summary_lines([good, small], Tempo(), False) if "mean" in line]
    assert mean.split() == ["mean", "2.0", "s", "1.0", "s", "3.0", "s"]
    assert not any("mean" in line for line in summary_lines([small], Tempo(), False))
