"""The loop: frames in, cues out, outputs off whatever happens, and no silence without a word."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise

import pytest

from matfw.errors import MatCellsError, MatError
from matfw.messages import (
    Announcement,
    CellEvent,
    CueGiven,
    Event,
    Mat,
    RawFrame,
    ReaderEvent,
    ReaderProblem,
    Rep,
)
from matfw.pipeline import Step
from matfw.service import refiner
from matfw.service.firmware import NO_CELL_S
from matfw.service.refiner import InlineRefiner, ProcessRefiner
from tests.service.loop import MAT, Keeper, Outputs, empty_mat, firmware, nothing

TICK_HZ = 40.0  # of the indicator's port: slower ticks lose short notes


class Breaking(Keeper):
    """A tap that fails in the middle of a cue."""

    def __init__(self, outputs: Outputs) -> None:
        super().__init__()
        self._outputs = outputs

    def step(self, step: Step) -> None:
        super().step(step)
        if self._outputs.is_on:
            raise MatError("the disk is full")


@pytest.mark.parametrize("is_beside", [False, True], ids=["in the loop", "in its own process"])
def test_live_gives_the_events_of_a_replay(
    is_beside: bool,
    session: tuple[Mat, list[RawFrame]],
    expected: list[Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only when a rep is reported differs: live its refinement takes a while."""
    monkeypatch.setattr(refiner, "JOIN_LIMIT_S", 60.0)  # a busy computer's
    mat, frames = session
    keeper = Keeper()
    beside = functools.partial(ProcessRefiner, pytest.fail, waits=True)
    live = firmware(frames, mat=mat, taps=[keeper], refiner=beside if is_beside else InlineRefiner)
    live.run(frames[-1].t_s)
    reps = [event for event in expected if isinstance(event, Rep)]
    assert reps
    assert [replace(rep, t_s=0.0) for rep in keeper.reps] == [replace(rep, t_s=0.0) for rep in reps]

    def before_reps(events: Sequence[Event]) -> list[Event]:
        first_s = reps[0].t_s - 0.1
        return [event for event in events if event.t_s < first_s]

    assert before_reps(keeper.seen) == before_reps(expected)


def test_every_tap_sees_every_frame_and_events_and_cues_are_shown_as_they_are_given(
    session: tuple[Mat, list[RawFrame]],
) -> None:
    mat, frames = session
    outputs, keepers = Outputs(), [Keeper(), Keeper()]
    firmware(frames, mat=mat, outputs=outputs, taps=keepers).run(frames[-1].t_s)
    assert [step.raw for step in keepers[0].steps] == frames
    assert keepers[0].seen == keepers[1].seen
    times = [event.t_s for event in keepers[0].seen]
    assert times == sorted(times)
    given = [(event.t_s, event.cue) for event in keepers[0].seen if isinstance(event, CueGiven)]
    assert outputs.shown == given
    assert given


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_patterns_advance_at_40_hz_or_more_at_any_frame_rate(rate_hz: float) -> None:
    outputs = Outputs()
    frames = empty_mat(5.0, rate_hz)
    firmware(frames, outputs=outputs).run(frames[-1].t_s)
    steps = [b - a for a, b in pairwise(outputs.ticks_s)]
    assert max(steps) <= 1.0 / TICK_HZ + 1e-9
    assert min(steps) >= 0.0, "time never goes back"
    assert outputs.ticks_s[-1] == pytest.approx(frames[-1].t_s, abs=0.1)


def test_patterns_also_advance_while_frames_are_late() -> None:
    outputs = Outputs()
    frames = [RawFrame(0.0, (1, 2, 3, 4)), RawFrame(0.8, (2, 3, 4, 5))]
    firmware(frames, outputs=outputs).run(0.8)
    assert max(b - a for a, b in pairwise(outputs.ticks_s)) <= 1.0 / TICK_HZ + 1e-9


@pytest.mark.parametrize(
    "end", [KeyboardInterrupt(), MatError("the reader has failed"), ZeroDivisionError()]
)
def test_outputs_are_off_after_any_end(
    session: tuple[Mat, list[RawFrame]], end: BaseException
) -> None:
    mat, frames = session
    outputs = Outputs()
    with pytest.raises(type(end)):
        firmware(frames[:2000], mat=mat, outputs=outputs, end=end).run()
    assert outputs.shown
    assert not outputs.is_on


def test_outputs_are_off_after_a_tap_has_failed(session: tuple[Mat, list[RawFrame]]) -> None:
    mat, frames = session
    outputs = Outputs()
    tap = Breaking(outputs)
    with pytest.raises(MatError, match="the disk is full"):
        firmware(frames, mat=mat, outputs=outputs, taps=[tap]).run()
    assert outputs.shown
    assert not outputs.is_on
    assert len(tap.steps) < len(frames)


def test_no_thread_is_left_behind(session: tuple[Mat, list[RawFrame]]) -> None:
    before = threading.active_count()
    mat, frames = session
    firmware(frames[:200], mat=mat).run(frames[199].t_s)
    assert threading.active_count() == before


def test_when_no_cell_ever_answers_it_says_what_to_check() -> None:
    frames = nothing(NO_CELL_S + 1.0)
    with pytest.raises(MatCellsError, match=r"no cell has answered.*VCC.*DOUT"):
        firmware(frames).run()


@pytest.mark.parametrize(("late_s", "is_reported"), [(-0.1, False), (0.1, True)])
def test_when_all_cells_fall_silent_it_waits_its_limit_and_no_longer(
    late_s: float, is_reported: bool
) -> None:
    spoken = empty_mat(2.0)
    silent = [replace(f, t_s=2.0 + f.t_s) for f in nothing(NO_CELL_S + late_s)]
    outputs = Outputs()
    if is_reported:
        with pytest.raises(MatCellsError, match="no cell has answered"):
            firmware([*spoken, *silent], outputs=outputs).run()
    else:
        firmware([*spoken, *silent], outputs=outputs).run(silent[-1].t_s)
    assert Announcement.NOT_JUDGING in {cue for _, cue in outputs.shown}


@pytest.mark.parametrize("spoken_s", [0.0, 2.0], ids=["from the start", "later"])
def test_a_computer_that_takes_every_sample_ends_nothing_and_is_named_and_no_wire(
    spoken_s: float,
) -> None:
    all_of_it = (1 << len(MAT.cells)) - 1
    taken = [
        replace(f, t_s=spoken_s + f.t_s, computer_mask=all_of_it) for f in nothing(NO_CELL_S + 2.0)
    ]
    outputs, tap = Outputs(), Keeper()
    firmware([*empty_mat(spoken_s), *taken], outputs=outputs, taps=[tap]).run(taken[-1].t_s)
    [(heard_s, cue)] = outputs.shown
    assert cue is Announcement.NOT_JUDGING
    assert spoken_s < heard_s < spoken_s + 0.6
    [event] = [each for each in tap.seen if isinstance(each, CellEvent | ReaderEvent)]
    assert isinstance(event, ReaderEvent)
    assert (event.t_s, event.problem) == (heard_s, ReaderProblem.LATE)


def test_an_acquisition_that_hangs_is_reported() -> None:
    with pytest.raises(MatCellsError, match=r"no frame for 1 s"):
        firmware(empty_mat(1.0)).run()


@pytest.mark.parametrize("stalled_s", [0.9, 1.1, 30.0])
def test_a_computer_that_stood_still_is_no_acquisition_that_hangs(stalled_s: float) -> None:
    """As after SIGSTOP or in a virtual machine that was suspended: the loop is first to wake up."""
    before, after = empty_mat(1.0), later(empty_mat(1.0), 1.0 + stalled_s)
    live = firmware([*before, *after], stalls={before[-1].t_s: stalled_s})
    live.run(after[-1].t_s)
    assert live.tally.frames == len(before) + len(after)


def test_a_computer_that_stood_still_is_no_supply_that_is_off() -> None:
    """The first conversions after a stall are no values; whoever counts has had 3 s of them."""
    before, after = empty_mat(1.0), later(empty_mat(1.0), 31.0)
    settling = later(nothing(0.5), 30.5)
    live = firmware([*before, *settling, *after], stalls={before[-1].t_s: 29.5})
    live.run(after[-1].t_s)
    assert live.tally.bad_frames == len(settling)


@pytest.mark.parametrize(("rate_hz", "dark_s", "ends"), [
    (80.0, NO_CELL_S - 0.1, False), (80.0, NO_CELL_S + 0.1, True),
    (10.0, NO_CELL_S - 0.2, False), (10.0, NO_CELL_S + 0.2, True),
])  # fmt: skip
def test_cells_that_do_not_answer_end_it(rate_hz: float, dark_s: float, ends: bool) -> None:
    before = empty_mat(1.0, rate_hz)
    dark = later(nothing(dark_s, rate_hz), 1.0)
    live = firmware([*before, *dark])
    with pytest.raises(MatCellsError, match="no cell has answered") if ends else nullcontext():
        live.run(dark[-1].t_s)


def later(frames: Sequence[RawFrame], by_s: float) -> list[RawFrame]:
    return [replace(frame, t_s=frame.t_s + by_s) for frame in frames]


def test_the_watchdog_gets_the_first_frame_once_and_every_frame() -> None:
    first: list[int] = []
    every: list[int] = []
    frames = empty_mat(1.0)
    firmware(frames, on_first_frame=lambda: first.append(1), on_frame=lambda: every.append(1)).run(
        frames[-1].t_s
    )
    assert (len(first), len(every)) == (1, len(frames))


def test_frames_and_bad_frames_are_counted() -> None:
    frames = empty_mat(1.0)
    frames[10] = replace(frames[10], counts=(None, *frames[10].counts[1:]))
    live = firmware(frames)
    live.run(frames[-1].t_s)
    assert (live.tally.frames, live.tally.bad_frames) == (len(frames), 1)
