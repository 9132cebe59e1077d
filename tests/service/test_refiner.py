"""Refining beside the frame path: the same answers, nothing waits, nothing is lost in silence."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.errors import MatError
from matfw.messages import RefinedRep, Side
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.refinement.windows import RepWindow
from matfw.service import refiner as module
from matfw.service.firmware import Refiner
from matfw.service.refine_process import RefineProcess
from matfw.service.refiner import WAITING_LIMIT, InlineRefiner, ProcessRefiner
from matfw.settings.model import Settings
from matfw.virtual.sampling import record

LIMIT_S = 60.0
HANGS_S = 0.2  # answer limit of a process that will not answer

Open = Callable[..., ProcessRefiner]


@pytest.fixture(scope="module")
def windows() -> list[RepWindow]:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    line = Pipeline(mat)
    steps = [line.update(frame) for frame in record(trace, mat, 7) if frame.t_s < 35.0]
    found = [step.window for step in steps if step.window is not None]
    return [window for window in found if not window.is_early]


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def opened(notices: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open refiners whose processes must be gone afterwards, and time enough on a busy computer."""
    monkeypatch.setattr(module, "JOIN_LIMIT_S", LIMIT_S)
    threads = threading.active_count()
    started: list[ProcessRefiner] = []

    def start(**options: float) -> ProcessRefiner:
        started.append(ProcessRefiner(notices.append, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        with pytest.raises(ProcessLookupError):  # a zombie would still be there
            os.kill(each.pid, 0)
    assert threading.active_count() == threads


def assert_alike(found: Sequence[RefinedRep], expected: Sequence[RefinedRep]) -> None:
    """But for the last digits: numpy's sums depend on where an array lies in memory."""
    assert [asdict(rep) for rep in found] == [pytest.approx(asdict(rep)) for rep in expected]


@pytest.mark.parametrize("kind", ["inline", "process"])
def test_each_gives_what_refinement_finds_in_order(
    kind: str, windows: list[RepWindow], opened: Open, notices: list[str]
) -> None:
    refinement = Refinement()
    expected = [rep for window in windows for rep in refinement.refine(window)]
    refiner: Refiner = InlineRefiner() if kind == "inline" else opened()
    found = []
    for window in windows:
        refiner.submit(window)
        found += refiner.finished()
    found += refiner.close()
    assert_alike(found, expected)
    assert len(found) >= 2
    assert notices == []


def test_it_comes_after_the_frame_path_whatever_has_started_it(windows: list[RepWindow]) -> None:
    """`batch` stands for `fifo`, which not everybody may ask for: both are passed on."""
    own, parameter = os.sched_getscheduler(0), os.sched_getparam(0)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        process = RefineProcess()
    finally:
        os.sched_setscheduler(0, own, parameter)
    process.look(windows[0], finished_s=0.0)
    policy, nice = os.sched_getscheduler(process.pid), os.getpriority(os.PRIO_PROCESS, process.pid)
    process.close()
    assert policy == os.SCHED_OTHER
    assert nice > os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize("waits", [False, True])
def test_an_early_look_is_left_out_while_others_wait_if_time_goes_on_meanwhile(
    waits: bool, windows: list[RepWindow], opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, seen = threading.Event(), []

    class Slow:
        def __init__(self, _look: object) -> None: ...

        def refine(self, window: RepWindow) -> list[RefinedRep]:
            assert gate.wait(LIMIT_S)
            seen.append(window)
            return []

    monkeypatch.setattr(module, "Refinement", Slow)
    refiner = opened(waits=waits)
    early = replace(windows[0], is_early=True)
    for window in (windows[0], windows[1], early):
        refiner.submit(window)
    gate.set()
    refiner.close()
    assert seen == [windows[0], windows[1], *([early] if waits else [])]


def test_a_process_that_dies_costs_one_window_and_is_reported(
    windows: list[RepWindow], opened: Open, notices: list[str]
) -> None:
    """The next window reaches back over what was lost."""
    refiner = opened()
    os.kill(refiner.pid, signal.SIGSTOP)
    refiner.submit(windows[0])
    os.kill(refiner.pid, signal.SIGKILL)
    for window in windows[1:]:
        refiner.submit(window)
    found = refiner.close()
    refinement = Refinement()
    assert_alike(found, [rep for window in windows[1:] for rep in refinement.refine(window)])
    assert found
    [notice] = notices
    assert "has ended (exit code -9)" in notice
    assert "windows lost: 1" in notice
    assert refiner.lost == 1


def test_a_process_that_dies_with_nothing_to_do_is_noticed_too(
    opened: Open, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_PERIOD_S", 0.01)
    refiner = opened()
    first = refiner.pid
    os.kill(first, signal.SIGKILL)
    deadline_s = time.monotonic() + LIMIT_S
    while not notices and time.monotonic() < deadline_s:
        refiner.finished()
    assert "windows lost: 0" in notices[0]
    assert refiner.lost == 0
    assert refiner.pid != first
    refiner.close()


def test_a_process_that_hangs_is_replaced_once_and_then_ends_the_firmware(
    windows: list[RepWindow], opened: Open, notices: list[str]
) -> None:
    """So that a watchdog fed by frames alone does not hide a refiner that has failed."""
    refiner = opened(answer_limit_s=HANGS_S)
    os.kill(refiner.pid, signal.SIGSTOP)
    refiner.submit(windows[0])
    deadline_s = time.monotonic() + LIMIT_S
    while not notices and time.monotonic() < deadline_s:
        assert refiner.finished() == []
    assert "has not answered for 0.2 s" in notices[0]
    os.kill(refiner.pid, signal.SIGSTOP)
    refiner.submit(windows[1])
    with pytest.raises(MatError, match=r"has not answered for 0\.2 s, for the second time"):
        refiner.close()
    assert refiner.lost == 2


def test_a_window_too_many_is_dropped_counted_and_reported(
    windows: list[RepWindow], opened: Open, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "JOIN_LIMIT_S", HANGS_S)
    refiner = opened()
    os.kill(refiner.pid, signal.SIGSTOP)
    for _ in range(WAITING_LIMIT + 3):  # one of them may be under way
        refiner.submit(windows[0])
    assert refiner.dropped in (2, 3)
    with pytest.raises(MatError, match="the refiner did not end"):
        refiner.close()


def test_where_time_waits_no_window_is_dropped(windows: list[RepWindow], opened: Open) -> None:
    refiner = opened(waits=True)
    for _ in range(2 * WAITING_LIMIT):
        refiner.submit(windows[0])
    refiner.close()
    assert refiner.dropped == 0


def test_where_time_waits_the_end_does_too_however_slow_the_computer(
    windows: list[RepWindow], opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    refiner = opened(waits=True)
    monkeypatch.setattr(module, "JOIN_LIMIT_S", 0.0)
    for window in windows:
        refiner.submit(window)
    assert refiner.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_all_of_a_terminal_leaves_it_to_finish(
    number: signal.Signals, windows: list[RepWindow], opened: Open, notices: list[str]
) -> None:
    refiner = opened()
    os.kill(refiner.pid, number)
    refiner.submit(windows[-1])
    assert refiner.close()
    assert notices == []


def test_a_refinement_that_fails_ends_the_firmware_with_its_words(
    windows: list[RepWindow], opened: Open
) -> None:
    refiner = opened()
    refiner.submit(replace(windows[0], noise_scale=-1.0))
    with pytest.raises(MatError, match=r"refining a repetition failed: .*Error.*report this"):
        refiner.close()


def test_windows_after_a_failure_are_not_waited_for(windows: list[RepWindow], opened: Open) -> None:
    refiner = opened(waits=True)
    refiner.submit(replace(windows[0], noise_scale=-1.0))
    for _ in range(2 * WAITING_LIMIT):
        refiner.submit(windows[0])
    with pytest.raises(MatError, match="refining a repetition failed"):
        refiner.close()
