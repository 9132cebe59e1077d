"""Calls by other threads, done by the main thread between two frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from matfw.control.errors import Code, ConsoleError

WAITING_LIMIT = 8  # one a link is usual; each takes the main thread well under a millisecond
ANSWER_LIMIT_S = 2.0  # without a frame the main thread comes round 50 times a second

Subject = TypeVar("Subject")


class MainThreadCalls(Generic[Subject]):
    """A bounded queue there, an answer back. The main thread never waits."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Callable[[Subject], object], SimpleQueue[Exception | None]]] = (
            deque()
        )
        self._is_closed = False

    def call(self, work: Callable[[Subject], object]) -> None:
        """Have it done and wait until it is. Raises what it raised, ConsoleError if not done.

        Called by any thread but the main one.
        """
        if self._is_closed:
            raise ConsoleError(Code.NOT_TAKEN, "console: matfw is ending: nothing was done")
        if len(self._waiting) >= WAITING_LIMIT:
            raise ConsoleError(
                Code.NOT_TAKEN,
                f"console: {WAITING_LIMIT} changes wait already for the firmware: try again",
            )
        answer: SimpleQueue[Exception | None] = SimpleQueue()
        entry = (work, answer)
        self._waiting.append(entry)
        try:
            error = answer.get(timeout=ANSWER_LIMIT_S)
        except Empty:
            try:
                self._waiting.remove(entry)  # so that it is not done later behind our back
            except ValueError:
                error = answer.get(timeout=ANSWER_LIMIT_S)  # it is being done at this moment
            else:
                raise ConsoleError(
                    Code.NOT_TAKEN,
                    f"console: the firmware has not answered for {ANSWER_LIMIT_S:g} s: nothing was"
                    " done; see its own output or `systemctl status matfw`",
                ) from None
        if error is not None:
            raise error

    def close(self) -> None:
        """Refuse all from now on: the main thread no longer comes round."""
        self._is_closed = True
        while self._waiting:
            _, answer = self._waiting.popleft()
            answer.put(ConsoleError(Code.NOT_TAKEN, "console: matfw is ending: nothing was done"))

    def do_one(self, subject: Subject) -> None:
        """Do the next one, if there is one; called by the main thread."""
        if not self._waiting:
            return
        try:
            work, answer = self._waiting.popleft()
        except IndexError:  # withdrawn in this very moment
            return
        try:
            work(subject)
        except Exception as error:  # reported to the caller; the line goes on as it was
            answer.put(error)
        else:
            answer.put(None)
