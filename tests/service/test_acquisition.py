"""The cells in a process of their own: nothing waits, nothing is hidden, nothing is left behind."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

import msgspec
import pytest

from matfw.errors import MatCellsError, MatError
from matfw.messages import RawFrame
from matfw.ports import CellCounters, LoadCells, ReaderStats
from matfw.service import acquisition as module
from matfw.service.acquisition import Account, Acquisition

LIMIT_S = 20.0
FRAMES = 20_000  # far more than a pipe holds


class Cells:
    """Numbered frames as fast as they are asked for; ends with an error after `count` of them."""

    names = ("a", "b")

    def __init__(self, count: int = 10**9, end: BaseException | None = None) -> None:
        self.stats = ReaderStats(cells={"a": CellCounters(), "b": CellCounters()})
        self.is_closed = False
        self._left = count
        self._end = end or MatError("the cells are used up")
        self._number = 0

    def start(self) -> None:
        pass

    def read(self) -> RawFrame:
        if self._number == self._left:
            raise self._end
        self._number += 1
        self.stats.frames += 1
        return RawFrame(0.01 * self._number, (self._number, None))

    def close(self) -> None:
        self.is_closed = True


def fails() -> LoadCells:
    raise MatError("no such pin: GPIO99: choose another")


def dies() -> LoadCells:
    os._exit(7)


@pytest.fixture
def opened() -> Iterator[Callable[[Callable[[], LoadCells]], Acquisition]]:
    started: list[Acquisition] = []

    def start(build: Callable[[], LoadCells]) -> Acquisition:
        started.append(Acquisition(build))
        return started[-1]

    yield start
    for each in started:
        each.close()
    assert multiprocessing.active_children() == []


Open = Callable[[Callable[[], LoadCells]], Acquisition]


def test_frames_come_in_order_with_what_was_not_read_still_missing(opened: Open) -> None:
    source = opened(Cells)
    frames = [source.next_frame(LIMIT_S) for _ in range(20)]
    assert frames == [RawFrame(0.01 * (k + 1), (k + 1, None)) for k in range(20)]


def test_the_reader_s_account_comes_along(opened: Open) -> None:
    source = opened(Cells)
    for _ in range(120):
        assert source.next_frame(LIMIT_S) is not None
    assert source.account.stats.frames > 0
    assert source.account.stats.cells.keys() == {"a", "b"}


def test_no_frame_in_time_is_none_and_not_an_error(opened: Open) -> None:
    assert opened(Cells).next_frame(0.0) is None  # the process is still starting


def test_an_error_in_the_build_reaches_the_parent_with_its_text(opened: Open) -> None:
    with pytest.raises(MatError, match="no such pin: GPIO99: choose another"):
        opened(fails).next_frame(LIMIT_S)


def test_an_error_while_reading_reaches_the_parent_with_its_text(opened: Open) -> None:
    source = opened(functools.partial(Cells, 5))
    for _ in range(5):
        assert source.next_frame(LIMIT_S) is not None
    with pytest.raises(MatError, match="used up"):
        source.next_frame(LIMIT_S)


def test_a_process_that_is_gone_is_reported_with_its_exit_code(opened: Open) -> None:
    with pytest.raises(MatCellsError, match="exit code 7"):
        opened(dies).next_frame(LIMIT_S)


def test_silence_is_allowed_longer_before_the_first_frame(opened: Open) -> None:
    source = opened(Cells)
    before_s = source.silence_limit_s
    assert source.next_frame(LIMIT_S) is not None
    assert source.silence_limit_s < before_s


def test_the_priority_is_asked_for_before_the_reader_is_unpickled(
    pipe: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def loads(_: bytes) -> Callable[[], LoadCells]:
        order.append("unpickled")
        return Cells

    monkeypatch.setattr(module, "_prefer_this_process", lambda: order.append("priority"))
    monkeypatch.setattr("matfw.service.acquisition.pickle.loads", loads)
    monkeypatch.setattr(module, "_acquire", lambda *_: order.append("reading"))
    module._begin(b"", pipe[1], False)
    assert order == ["priority", "unpickled", "reading"]


def test_the_limit_on_the_first_frame_counts_from_when_the_process_is_ready(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = opened(functools.partial(Cells, 0))
    now_s = source._began_s
    monkeypatch.setattr("matfw.service.acquisition.time.monotonic", lambda: now_s)
    assert source.silence_limit_s == module.START_LIMIT_S
    now_s += 17.0  # a busy computer: the process has taken so long to be ready
    with pytest.raises(MatError, match="used up"):  # behind the message that says so
        source.next_frame(LIMIT_S)
    assert source.silence_limit_s == 17.0 + module.FIRST_FRAME_S


def test_closing_twice_is_allowed_and_ends_the_process(opened: Open) -> None:
    source = opened(Cells)
    assert source.next_frame(LIMIT_S) is not None
    source.close()
    source.close()
    assert multiprocessing.active_children() == []


# --- the other process's own loop, in this one ---


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Connection]]:
    near, far = multiprocessing.Pipe(duplex=False)
    with near, far:
        yield near, far


def received(near: Connection) -> tuple[list[RawFrame], list[Account]]:
    frames, accounts = [], []
    while near.poll(0.0):
        message = near.recv_bytes()
        if message[:1] == b"F":
            frames.append(msgspec.msgpack.decode(message[1:], type=RawFrame))
        elif message[:1] == b"S":
            accounts.append(msgspec.msgpack.decode(message[1:], type=Account))
    return frames, accounts


def test_the_reader_never_waits_and_what_nobody_reads_is_dropped_and_counted(
    pipe: tuple[Connection, Connection],
) -> None:
    """Were a full pipe waited for, this test would never end."""
    near, far = pipe
    os.set_blocking(far.fileno(), False)
    cells = Cells(FRAMES)
    with pytest.raises(MatError, match="used up"):
        module._pump(cells, far)
    kept, accounts = received(near)
    assert 100 < len(kept) < FRAMES
    # The oldest are kept and whole; then somebody reads again and learns how many are gone.
    assert [frame.counts[0] for frame in kept] == list(range(1, len(kept) + 1))
    cells = _Refilled(near)
    with pytest.raises(MatError, match="used up"):
        module._pump(cells, far)
    _, accounts = received(near)
    assert accounts[-1].dropped == cells.dropped > 0


class _Refilled(Cells):
    """Fills the pipe, has it emptied once, then tells of one frame more a second later."""

    def __init__(self, near: Connection) -> None:
        super().__init__(FRAMES + 200)
        self._near = near
        self.dropped = 0

    def read(self) -> RawFrame:
        if self._number == FRAMES:
            frames, _ = received(self._near)
            self.dropped = FRAMES - len(frames)
        return super().read()


def test_it_ends_quietly_and_closed_when_the_parent_is_gone(
    pipe: tuple[Connection, Connection],
) -> None:
    near, far = pipe
    cells = Cells()
    near.close()
    module._acquire(lambda: cells, far, False)
    assert cells.is_closed


def test_the_cells_are_closed_after_an_error(pipe: tuple[Connection, Connection]) -> None:
    near, far = pipe
    cells = Cells(3)
    module._acquire(lambda: cells, far, False)
    assert cells.is_closed
    received(near)


def test_the_cells_are_closed_after_a_bug_which_is_not_hidden(
    pipe: tuple[Connection, Connection],
) -> None:
    cells = Cells(3, ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        module._acquire(lambda: cells, pipe[1], False)
    assert cells.is_closed


def test_a_process_that_does_not_move_any_more_is_ended_all_the_same() -> None:
    acquisition = Acquisition(Cells)
    assert acquisition.next_frame(LIMIT_S) is not None
    [child] = multiprocessing.active_children()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGSTOP)
    acquisition.close()
    assert multiprocessing.active_children() == []


def test_virtual_cells_wait_for_whoever_reads_and_lose_nothing() -> None:
    acquisition = Acquisition(functools.partial(Cells, FRAMES), waits=True)
    numbers: list[int | None] = []
    while len(numbers) < FRAMES:
        frame = acquisition.next_frame(LIMIT_S)
        assert frame is not None
        numbers.append(frame.counts[0])
    acquisition.close()
    assert numbers == list(range(1, FRAMES + 1))
    assert acquisition.account.dropped == 0
