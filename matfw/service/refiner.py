"""Refining finished repetitions beside the frame path, in a thread of its own."""

from __future__ import annotations

import threading
from queue import Empty, Full, Queue

from matfw.errors import MatError
from matfw.messages import RefinedRep
from matfw.refinement.refine import Refinement
from matfw.refinement.windows import RepWindow

WAITING_LIMIT = 8  # windows; a rep takes 5 s and its refinement a fraction of one
JOIN_LIMIT_S = 5.0


class Refiner:
    """Takes windows, gives back excursions in the same order."""

    def __init__(self) -> None:
        """Start the thread."""
        self._windows: Queue[RepWindow | None] = Queue(WAITING_LIMIT)
        self._done: Queue[list[RefinedRep] | BaseException] = Queue()
        self._thread = threading.Thread(target=self._work, name="matfw-refiner", daemon=True)
        self._thread.start()
        self.dropped = 0

    def submit(self, window: RepWindow) -> None:
        """Hand over a window; never waits. A window too many is dropped and counted."""
        try:
            self._windows.put_nowait(window)
        except Full:
            self.dropped += 1

    def finished(self) -> list[RefinedRep]:
        """Return what has been refined since the last call; never waits."""
        found: list[RefinedRep] = []
        while True:
            try:
                result = self._done.get_nowait()
            except Empty:
                return found
            if isinstance(result, BaseException):
                raise MatError(f"refining a repetition failed: {result!r}") from result
            found += result

    def close(self) -> list[RefinedRep]:
        """Refine what is waiting, end the thread and return the last excursions."""
        self._windows.put(None)
        self._thread.join(JOIN_LIMIT_S)
        if self._thread.is_alive():
            raise MatError(f"the refiner did not end within {JOIN_LIMIT_S} s: report this")
        return self.finished()

    def _work(self) -> None:
        refinement = Refinement()
        while (window := self._windows.get()) is not None:
            try:
                self._done.put(refinement.refine(window))
            except Exception as error:  # handed to the main thread, which raises it
                self._done.put(error)
                return
