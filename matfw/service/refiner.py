"""Refining finished repetitions: beside the frame path, or in it where time stands still.

What was reported of one window is not reported again of the next: `Refinement` keeps until when all
is known, here in the main process. The computing is done elsewhere (`refine_process`); what is
lost with that process is a window, and the next one reaches back over it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Full, Queue, SimpleQueue

from matfw.errors import MatError
from matfw.messages import RefinedRep
from matfw.refinement.refinement import Refinement
from matfw.refinement.windows import RepWindow
from matfw.service.refine_process import (
    ANSWER_LIMIT_S,
    ProcessLostError,
    RefineProcess,
)

WAITING_LIMIT = 8  # windows; a rep takes 5 s and its refinement a fraction of one
JOIN_LIMIT_S = 5.0
CHECK_PERIOD_S = 1.0  # how often a process that has nothing to do is looked after
LOST = "the refiner process {}: started again, windows lost: {} (the next reaches back over it)"
LOST_AGAIN = "the refiner process {}, for the second time: report this, and start matfw again"


class InlineRefiner:
    """Refines at once, in the caller's own time: for replays, and for virtual clocks."""

    def __init__(self) -> None:
        """Begin with nothing finished."""
        self._refinement = Refinement()
        self._found: list[RefinedRep] = []

    def submit(self, window: RepWindow) -> None:
        """Refine a window now."""
        self._found += self._refinement.refine(window)

    def finished(self) -> list[RefinedRep]:
        """Return what has been refined since the last call."""
        found, self._found = self._found, []
        return found

    def close(self) -> list[RefinedRep]:
        """Return the last repetitions."""
        return self.finished()


class ProcessRefiner:
    """Takes windows, gives back repetitions in the same order; the frame path never waits.

    A thread hands one window after the other to the process and waits for its answer. A process
    that ends or hangs is reported, and started again once; the second time ends the firmware.
    """

    def __init__(
        self,
        say: Callable[[str], object],
        *,
        waits: bool = False,
        answer_limit_s: float = ANSWER_LIMIT_S,
    ) -> None:
        """Start process and thread.

        say: called, on the thread that calls `finished` and `close`, what was lost. waits: `submit`
        waits for room and `finished` for the answers; for virtual cells, whose time stands still
        meanwhile, so that at any speed an answer comes as soon as it does on a real mat.
        """
        self._say = say
        self._waits = waits
        self._answer_limit_s = answer_limit_s
        self._windows: Queue[RepWindow | None] = Queue(WAITING_LIMIT)
        self._done: SimpleQueue[list[RefinedRep] | str | MatError] = SimpleQueue()
        self._is_closing = False
        self._process = RefineProcess(answer_limit_s)
        self._restarts = 0
        self._unanswered = 0  # windows
        self.dropped = 0  # windows that found the queue full
        self.lost = 0  # windows that were under way when the process was lost
        self._thread = threading.Thread(target=self._work, name="matfw-refiner", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Return the id of the process that refines now."""
        return self._process.pid

    def submit(self, window: RepWindow) -> None:
        """Hand over a window. One too many is dropped and counted.

        An early look at a landing is left out while others wait: the next one sees more.
        """
        if window.is_early and not self._waits and not self._windows.empty():
            return
        while self._thread.is_alive():
            try:
                self._windows.put(window, self._waits, CHECK_PERIOD_S)
            except Full:
                if not self._waits:
                    self.dropped += 1
                    return
            else:
                self._unanswered += 1
                return

    def finished(self) -> list[RefinedRep]:
        """Return what has been refined since the last call; waits only where `waits`.

        Raises MatError when nothing more can be refined.
        """
        found: list[RefinedRep] = []
        while (answer := self._next_answer()) is not None:
            match answer:
                case str() as notice:
                    self._say(notice)
                case MatError() as error:
                    raise error
                case reps:
                    self._unanswered -= 1
                    found += reps
        return found

    def _next_answer(self) -> list[RefinedRep] | str | MatError | None:
        """Return what the thread has answered; None where nothing is there, or nothing is due."""
        while self._done.empty():
            if not (self._waits and self._unanswered and self._thread.is_alive()):
                return None
            with suppress(Empty):
                return self._done.get(timeout=CHECK_PERIOD_S)
        return self._done.get()

    def close(self) -> list[RefinedRep]:
        """Refine what is waiting, end thread and process and return the last repetitions.

        Raises MatError when that takes longer than JOIN_LIMIT_S; where `submit` waits, than all
        windows may take: on virtual cells a slow computer is no fault.
        """
        limit_s = JOIN_LIMIT_S
        if self._waits:
            limit_s += (self._windows.qsize() + 1) * self._answer_limit_s
        end_s = time.monotonic() + limit_s
        if self._thread.is_alive():
            with suppress(Full):
                self._windows.put(None, timeout=limit_s)
        self._thread.join(max(0.0, end_s - time.monotonic()))
        if self._thread.is_alive():
            self._is_closing = True
            self._process.kill()
            self._thread.join(JOIN_LIMIT_S)
            raise MatError(f"the refiner did not end within {limit_s:g} s: report this")
        found = self.finished()
        if self.dropped:
            self._say(f"{self.dropped} movements were not refined: this computer is too slow")
        return found

    def _work(self) -> None:
        try:
            self._serve(Refinement(self._look))
        except MatError as error:
            self._done.put(error)
        except Exception as error:
            failed = MatError(f"refining a repetition failed: {error!r}: report this")
            failed.__cause__ = error
            self._done.put(failed)
        finally:
            self._process.close()

    def _serve(self, refinement: Refinement) -> None:
        while True:
            try:
                window = self._windows.get(timeout=CHECK_PERIOD_S)
            except Empty:
                self._look_after_process()
                continue
            if window is None:
                return
            self._done.put(refinement.refine(window))

    def _look(self, window: RepWindow, finished_s: float) -> list[RefinedRep]:
        try:
            return self._process.look(window, finished_s)
        except ProcessLostError as error:
            self._replace_process(error, lost=1)
            return []

    def _look_after_process(self) -> None:
        try:
            self._process.check()
        except ProcessLostError as error:
            self._replace_process(error, lost=0)

    def _replace_process(self, error: ProcessLostError, lost: int) -> None:
        self.lost += lost
        self._process.close()
        if self._is_closing or self._restarts:
            raise MatError(LOST_AGAIN.format(error)) from error
        self._restarts += 1
        self._process = RefineProcess(self._answer_limit_s)
        self._done.put(LOST.format(error, lost))
