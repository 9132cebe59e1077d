"""The cells, read in a process of their own.

A thread beside busy Python threads tears up to 2.5 % of frames (SCK stays high while another
thread has the interpreter); an own process under two CPU hogs tears 0.05 % or less (measured,
hardware/wiring.md "Reading"). It is spawned, not forked: a GPIO handle does not survive a fork.

Frames come through a pipe that holds some seconds of them. If nobody reads, the newest are
dropped and counted: the reader itself never waits for anybody.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

import msgspec

from matfw.errors import MatCellsError, MatError
from matfw.messages import RawFrame
from matfw.ports import LoadCells, ReaderStats

STATS_PERIOD_S = 1.0
START_LIMIT_S = (
    20.0  # until ready: spawning, importing; 0.3 s on a PC, some 3 s on a quiet Zero 2 W
)
FIRST_FRAME_S = 5.0  # from ready to the first frame, which takes 3 periods whatever the cells do
JOIN_LIMIT_S = 2.0
FIFO_PRIORITY = 50  # where the unit allows it (CPUSchedulingPolicy): over everything ordinary
SILENCE_S = 1.0  # a reader answers within 3 periods (0.3 s at 10 SPS), whatever its cells do

_FRAME, _STATS, _ERROR, _READY = b"F", b"S", b"E", b"R"


@dataclass(slots=True)
class Account:
    """The reader's own account and what became of its frames on the way."""

    stats: ReaderStats = field(default_factory=ReaderStats)
    dropped: int = 0


class Acquisition:
    """Frames from a reader in another process."""

    def __init__(self, build: Callable[[], LoadCells], *, waits: bool = False) -> None:
        """Take a picklable function that makes the reader, called in the other process.

        waits: the reader waits for whoever reads instead of dropping frames. For virtual cells,
        whose time stands still meanwhile; real ones go on converting.
        """
        context = multiprocessing.get_context("spawn")
        self._pipe, far_end = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_begin,
            args=(_AsBytes(build), far_end, waits),
            name="matfw-acquisition",
            daemon=True,
        )
        # Inherited: Ctrl-C goes to all processes of a terminal and is the main one's to answer.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, before)
        far_end.close()
        self._frames = msgspec.msgpack.Decoder(RawFrame)
        self._accounts = msgspec.msgpack.Decoder(Account)
        self._began_s = time.monotonic()
        self._ready_s: float | None = None
        self._has_answered = False
        self.account = Account()

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        """Return the next frame, or None if none comes within timeout_s.

        Raises MatError with the reader's own words when the reader has failed, MatCellsError when
        its process has ended or fallen silent.
        """
        deadline_s = time.monotonic() + timeout_s
        while self._pipe.poll(max(0.0, deadline_s - time.monotonic())):
            try:
                message = self._pipe.recv_bytes()
            except (EOFError, OSError):
                self._process.join(JOIN_LIMIT_S)
                raise MatCellsError(
                    f"the acquisition process has ended (exit code {self._process.exitcode}):"
                    " see the lines above it, and start matfw again"
                ) from None
            kind, body = message[:1], message[1:]
            if kind == _FRAME:
                self._has_answered = True
                return self._frames.decode(body)
            if kind == _READY:
                self._ready_s = time.monotonic()
                continue
            if kind == _ERROR:
                raise MatError(body.decode())
            self.account = self._accounts.decode(body)
        return None

    @property
    def silence_limit_s(self) -> float:
        """Return how long no frame at all may come before something is wrong, seconds.

        Before the first frame: since the process was started. How long that takes to be ready is
        the computer's business, so the limit on the first frame counts from there.
        """
        if self._has_answered:
            return SILENCE_S
        if self._ready_s is None:
            return START_LIMIT_S
        return math.ceil(self._ready_s - self._began_s + FIRST_FRAME_S)

    def close(self) -> None:
        """End the process: it leaves the converters' clocks low and gives the pins back."""
        self._pipe.close()  # the next frame finds nobody at the other end
        self._process.join(JOIN_LIMIT_S)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(JOIN_LIMIT_S)
        if self._process.is_alive():  # stopped, or stuck in the kernel: Python would wait for ever
            self._process.kill()
            self._process.join(JOIN_LIMIT_S)


class _AsBytes:
    """Arrives in the other process as bytes: unpickling them imports the reader and its hardware,
    and the priority that the process asks for is to be there by then.

    Pickled only while the process is started: shared memory goes over at no other moment.
    """

    def __init__(self, build: Callable[[], LoadCells]) -> None:
        self._build = build

    def __reduce__(self) -> tuple[type[bytes], tuple[bytes]]:
        return bytes, (bytes(ForkingPickler.dumps(self._build)),)


def _begin(build: bytes, pipe: Connection, waits: bool) -> None:
    """Come before everything ordinary, then import the reader and read."""
    _prefer_this_process()
    try:
        unpickled = pickle.loads(build)
    except MatError as error:
        _say(pipe, _ERROR + str(error).encode())
        return
    _acquire(unpickled, pipe, waits)


def _acquire(build: Callable[[], LoadCells], pipe: Connection, waits: bool) -> None:
    """Read until nobody listens. Runs in the other process."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        cells = build()
    except MatError as error:
        _say(pipe, _ERROR + str(error).encode())
        return
    try:
        cells.start()
        _pause_no_more()
        _say(pipe, _READY)
        os.set_blocking(pipe.fileno(), waits)
        _pump(cells, pipe)
    except MatError as error:
        _say(pipe, _ERROR + str(error).encode())
    except BrokenPipeError:
        pass  # the main process is gone or has closed its end: that is how this one is ended
    finally:
        cells.close()


def _pump(cells: LoadCells, pipe: Connection) -> None:
    encode = msgspec.msgpack.Encoder().encode
    account = Account(cells.stats)
    reported_s = 0.0
    while True:
        frame = cells.read()
        try:
            pipe.send_bytes(_FRAME + encode(frame))
            if not 0.0 <= frame.t_s - reported_s < STATS_PERIOD_S:
                reported_s = frame.t_s
                pipe.send_bytes(_STATS + encode(account))
        except BlockingIOError:
            account.dropped += 1


def _say(pipe: Connection, message: bytes) -> None:
    os.set_blocking(pipe.fileno(), True)
    with suppress(BrokenPipeError):
        pipe.send_bytes(message)


def _prefer_this_process() -> None:
    """Come before everything ordinary, where that is allowed.

    Before the reader is imported: on a busy computer importing took so long that starts ended for
    want of a frame.
    """
    # Without the privilege torn frames are rarer than 0.1 % and are counted.
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))


def _pause_no_more() -> None:
    """Collect no more garbage: its pauses would fall into bursts."""
    gc.collect()
    gc.freeze()
    gc.disable()


def _leave(*_: object) -> None:
    raise SystemExit(0)
