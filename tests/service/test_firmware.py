"""The loop: frames in, cues out, outputs off whatever happens, and no silence without a word."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.errors import MatCellsError, MatError
from matfw.messages import (
    Announcement,
    CellEvent,
    CueGiven,
    Event,
    Mat,
    Pace,
    RawFrame,
    ReaderEvent,
    ReaderProblem,
    Rep,
    Side,
)
from matfw.pipeline import Pipeline, Step
from matfw.refinement.refinement import Refinement
from matfw.refinement.windows import RepWindow
from matfw.service import refiner
from matfw.service.firmware import NO_CELL_S, Firmware, Refiner, Tap
from matfw.service.refiner import InlineRefiner, ProcessRefiner
from matfw.service.replay import replay
from matfw.settings.model import Settings
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record

TICK_HZ = 40.0  # of the indicator's port: slower ticks lose short notes
MAT = replace(Settings().mat(), side=Side.LEFT)


class Outputs:
    """An indicator that writes down what is asked of it, and is on until it is off."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []
        self.ticks_s: list[float] = []
        self.is_on = False

    def show(self, cue: str, t_s: float) -> None:
        self.shown.append((t_s, cue))
        self.is_on = True

    def pace(self, pace: Pace | None) -> None:
        pass

    def face(self, side: Side) -> None:
        pass

    def tick(self, t_s: float) -> None:
        self.ticks_s.append(t_s)

    def off(self) -> None:
        self.is_on = False

    def close(self) -> None:
        self.off()


class Frames:
    """Gives frames as their time comes on a virtual clock; then none, or an end."""

    silence_limit_s = 1.0

    def __init__(
        self, frames: Sequence[RawFrame], clock: VirtualClock, end: BaseException | None = None
    ) -> None:
        self._frames: Iterator[RawFrame] = iter(frames)
        self._next = next(self._frames, None)
        self._clock = clock
        self._end = end

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        if self._next is None and self._end is not None:
            raise self._end
        now_s = self._clock.now_s()
        if self._next is None or self._next.t_s > now_s + timeout_s:
            self._clock.sleep_s(timeout_s)
            return None
        frame = self._next
        self._clock.sleep_s(frame.t_s - now_s)
        self._next = next(self._frames, None)
        return frame


class Keeper:
    """A tap that keeps everything."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.seen: list[Event] = []

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def events(self, events: Sequence[Event]) -> None:
        self.seen += events

    @property
    def reps(self) -> list[Rep]:
        return [event for event in self.seen if isinstance(event, Rep)]


class Breaking(Keeper):
    """A tap that fails in the middle of a cue."""

    def __init__(self, outputs: Outputs) -> None:
        super().__init__()
        self._outputs = outputs

    def step(self, step: Step) -> None:
        super().step(step)
        if self._outputs.is_on:
            raise MatError("the disk is full")


def firmware(
    frames: Sequence[RawFrame],
    *,
    mat: Mat = MAT,
    outputs: Outputs | None = None,
    taps: Sequence[Tap] = (),
    end: BaseException | None = None,
    refiner: Callable[[], Refiner] = InlineRefiner,
    on_first_frame: Callable[[], object] = lambda: None,
    on_frame: Callable[[], object] = lambda: None,
) -> Firmware:
    clock = VirtualClock()
    source = Frames(frames, clock, end)
    return Firmware(
        Pipeline(mat), source, outputs or Outputs(), clock, taps,
        refiner=refiner, on_first_frame=on_first_frame, on_frame=on_frame,
    )  # fmt: skip


def nothing(seconds: float, rate_hz: float = 80.0) -> list[RawFrame]:
    silent = (None,) * len(MAT.cells)
    return [RawFrame(k / rate_hz, silent) for k in range(round(seconds * rate_hz))]


def empty_mat(seconds: float, rate_hz: float = 80.0) -> list[RawFrame]:
    frames = round(seconds * rate_hz)
    return [RawFrame(k / rate_hz, (k % 7, k % 5, k % 3, -k % 7)) for k in range(frames)]


@pytest.fixture(scope="module")
def session() -> tuple[Mat, list[RawFrame]]:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(MAT, person=trace.person)
    return mat, [frame for frame in record(trace, mat, 7) if frame.t_s < 45.0]


@pytest.fixture(scope="module")
def expected(session: tuple[Mat, list[RawFrame]]) -> list[Event]:
    """Return what a replay reports of the session."""
    mat, frames = session
    events: list[Event] = []
    replay(mat, frames, events.append)
    return events


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


@pytest.mark.parametrize(("stop_s", "start_s"), [(5.0, 31.8), (19.0, 31.8), (24.5, 33.0)])
def test_what_was_done_while_stopped_is_not_reported_afterwards(
    session: tuple[Mat, list[RawFrame]], expected: list[Event], stop_s: float, start_s: float
) -> None:
    """Going on just after a rep: its look comes when judging is on again."""
    mat, frames = session
    reps_s = [(rep.start_s, rep.t_s) for rep in expected if isinstance(rep, Rep)]
    assert any(stop_s < begin_s < start_s for begin_s, _ in reps_s)
    times = iter([(stop_s, "pause"), (start_s, "resume")])
    change = next(times, None)

    def between(firmware: Firmware) -> None:
        nonlocal change
        if change is not None and clock.now_s() >= change[0]:
            getattr(firmware, change[1])("stop")
            change = next(times, None)

    clock = VirtualClock()
    keeper = Keeper()
    live = Firmware(
        Pipeline(mat), Frames(frames, clock), Outputs(), clock, [keeper], between=between
    )
    live.run(frames[-1].t_s)
    assert change is None
    assert [rep.start_s for rep in keeper.reps] == pytest.approx(
        [b for b, reported_s in reps_s if reported_s < stop_s or b > start_s], abs=0.1
    )


class Windows(InlineRefiner):
    """Keeps what is looked at, and when it is the last time."""

    def __init__(self, seen: list[RepWindow]) -> None:
        super().__init__()
        self._seen = seen

    def submit(self, window: RepWindow) -> None:
        self._seen.append(window)
        super().submit(window)


def test_what_had_ended_before_a_stop_is_looked_at_once_more_and_no_more(
    session: tuple[Mat, list[RawFrame]], expected: list[Event]
) -> None:
    """A repetition may still wait for what follows it; nothing of then will be known."""
    mat, frames = session
    first = next(event for event in expected if isinstance(event, Rep))
    stop_s = first.t_s + 0.5
    seen: list[RepWindow] = []
    clock, stopped = VirtualClock(), False

    def between(firmware: Firmware) -> None:
        nonlocal stopped
        if not stopped and clock.now_s() >= stop_s:
            firmware.pause("stop")
            firmware.pause("measure")
            stopped = True

    Firmware(
        Pipeline(mat), Frames(frames, clock), Outputs(), clock,
        refiner=lambda: Windows(seen), between=between,
    ).run(first.t_s + 3.0)  # fmt: skip
    last = [window for window in seen if window.is_left and window.motions[-1].t_s < stop_s + 0.1]
    assert len(last) == 1
    [found] = Refinement().refine(last[0])
    assert found.start_s == pytest.approx(first.start_s, abs=0.1)


@pytest.mark.parametrize("after_s", [0.0, 5.0])
def test_what_was_done_while_stopped_is_not_reported_at_the_end_either(
    session: tuple[Mat, list[RawFrame]], expected: list[Event], after_s: float
) -> None:
    mat, frames = session
    first = next(event for event in expected if isinstance(event, Rep))
    keeper = Keeper()
    live = firmware(frames, mat=mat, taps=[keeper])
    live.pause("stop")
    live.run(first.end_s + after_s)
    assert keeper.reps == []


def test_going_on_when_nothing_was_stopped_loses_no_repetition(
    session: tuple[Mat, list[RawFrame]], expected: list[Event]
) -> None:
    mat, frames = session
    clock, keeper = VirtualClock(), Keeper()
    live = Firmware(
        Pipeline(mat), Frames(frames, clock), Outputs(), clock, [keeper],
        between=lambda firmware: firmware.resume("stop"),
    )  # fmt: skip
    live.run(frames[-1].t_s)
    assert [rep.rep for rep in keeper.reps] == [e.rep for e in expected if isinstance(e, Rep)]


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
