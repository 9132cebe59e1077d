"""The writer's thread: jobs out of a bounded queue onto the disk, one commit each.

The frame path only puts, and never waits. While the disk refuses, jobs are kept here and tried
again; that is reported once, and when it is over. What finds the queue full is dropped and
counted.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from typing import Generic, TypeVar

from matfw.errors import MatError, MatStateError
from matfw.store.database import cannot_be_written, may_pass
from matfw.store.jobs import Job, KeepRep
from matfw.store.writer import RecordWriter, Say

T = TypeVar("T")

WAITING_LIMIT = 512  # jobs; a workout has some 100: a disk may be full for a whole one
RETRY_S = 5.0  # between two tries of a disk that refuses
CALL_LIMIT_S = 20.0  # for an answer: a VACUUM of years on a slow card
JOIN_LIMIT_S = 10.0


class BackgroundWriter:
    """Takes jobs from the main thread and calls from any; all are done in one thread, in order.

    kept_rep: the number of the last repetition that is on the disk; read by the main thread.
    is_failing: nothing can be kept now.
    """

    def __init__(
        self,
        path: Path,
        say: Say,
        *,
        retry_s: float = RETRY_S,
        begun: Callable[[], object] = lambda: None,
    ) -> None:
        """Begin. say: takes what a person should know; called in the thread.

        begun: called there once, when it is known which sessions were interrupted.
        """
        self._path = path
        self._say = say
        self._retry_s = retry_s
        self._begun = begun
        self._queue: Queue[Job | _Call[object] | None] = Queue(WAITING_LIMIT)
        self.kept_rep = 0
        self.is_failing = False
        self.trouble = ""  # while it is failing: why, and what becomes of repetitions
        self.dropped = 0
        self._writer: RecordWriter | None = None
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="matfw-record", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Hand over a job; never waits. One too many is dropped and counted."""
        try:
            self._queue.put_nowait(job)
        except Full:
            self.dropped += 1

    def call(self, work: Callable[[RecordWriter], T]) -> T:
        """Have something done after all jobs before it; for any thread but the main one.

        Raises MatError: what work raises, or that the disk does not take it.
        """
        call: _Call[T] = _Call(work)
        try:
            self._queue.put(call, timeout=CALL_LIMIT_S)  # type: ignore[arg-type]  # of any T
        except Full:
            raise MatStateError(f"{self._path}: the disk is too slow: try again later") from None
        if not call.done.wait(CALL_LIMIT_S):
            raise MatStateError(
                f"{self._path}: the disk has not answered for {CALL_LIMIT_S:g} s: try again later"
            )
        return call.answer()

    def close(self) -> None:
        """Keep what is waiting, as far as the disk takes it, and end. Twice is allowed."""
        self._is_closing.set()
        with suppress(Full):
            self._queue.put(None, timeout=JOIN_LIMIT_S)
        self._thread.join(JOIN_LIMIT_S)
        lost = self.dropped + sum(isinstance(job, KeepRep) for job in self._queue.queue)
        if self._thread.is_alive() or lost:
            self._say(f"{self._path}: {lost} repetitions could not be kept: the disk refused them")

    # --- the thread

    def _run(self) -> None:
        try:
            if self._attempt(lambda writer: writer.mark_interrupted()):
                self._begun()
            while (job := self._queue.get()) is not None:
                if isinstance(job, _Call):
                    self._do(job)
                else:
                    self._keep(job)
        except Exception as error:
            self.is_failing = True  # so that no sound waits for a thread that has ended
            self.trouble = f"{self._path}: nothing is kept any more ({error!r}): report this"
            self._say(self.trouble)
            raise
        finally:
            self._shut()

    def _do(self, call: _Call[object]) -> None:
        try:
            call.do(self._open())
        except (sqlite3.Error, OSError, MatError) as error:
            call.fail(self._refusal(error))

    def _keep(self, job: Job) -> None:
        """Keep one job, however long the disk refuses it; at the end it is tried once more."""
        while not self._attempt(lambda writer: self._kept(writer, job)):
            if self._is_closing.is_set():
                self.dropped += isinstance(job, KeepRep)
                return
            self._is_closing.wait(self._retry_s)

    def _kept(self, writer: RecordWriter, job: Job) -> None:
        try:
            writer.keep(job)
        except sqlite3.Error as error:
            if may_pass(error):
                raise
            self.dropped += isinstance(job, KeepRep)
            self._say(f"{self._path}: a repetition could not be kept ({error}): report this")
        if isinstance(job, KeepRep):
            self.kept_rep = job.rep.rep
            if job.is_announced:  # set before the main thread could see kept_rep
                writer.note_announced(job)

    def _attempt(self, work: Callable[[RecordWriter], object]) -> bool:
        """Return whether it was done. A disk that refuses is reported once, as is its recovery."""
        try:
            work(self._open())
        except (sqlite3.Error, OSError, MatError) as error:
            self._shut()  # whatever was open there may be gone
            if not self.is_failing:
                self.is_failing = True
                self.trouble = f"{self._refusal(error)}; repetitions are judged, and kept later"
                self._say(self.trouble)
            return False
        if self.is_failing:
            self.is_failing, self.trouble = False, ""
            self._say(f"{self._path}: can be written again; what was done meanwhile is kept too")
        return True

    def _open(self) -> RecordWriter:
        if self._writer is None:
            self._writer = RecordWriter(self._path, self._say)
        return self._writer

    def _shut(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _refusal(self, error: sqlite3.Error | OSError | MatError) -> MatError:
        if isinstance(error, MatError):
            return error
        return MatStateError(cannot_be_written(self._path, error))


class _Call(Generic[T]):
    """Work for the thread, and its answer for whoever waits."""

    def __init__(self, work: Callable[[RecordWriter], T]) -> None:
        self._work = work
        self._answer: list[T] = []
        self._error: MatError | None = None
        self.done = threading.Event()

    def do(self, writer: RecordWriter) -> None:
        self._answer.append(self._work(writer))
        self.done.set()

    def fail(self, error: MatError) -> None:
        self._error = error
        self.done.set()

    def answer(self) -> T:
        if self._error is not None:
            raise self._error
        return self._answer[0]
