"""The person at a real bench: what only hands can do, asked for on the terminal, one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn

YES, NO = ("y", "yes", "j", "ja"), ("n", "no", "nein")
CANNOT = "s"  # the word for "cannot do that": the test is skipped, with the reason

Skip = Callable[[str], NoReturn]


class BenchPerson:
    """Asks, and waits for an answer. What cannot be done here skips the test, and says so.

    skip: ends the test with a reason. talk: gives the terminal, which pytest has else. is_there:
    whether somebody can answer; without anybody nothing is asked and the test is skipped.
    """

    def __init__(
        self,
        skip: Skip,
        *,
        talk: Callable[[], AbstractContextManager[object]] = nullcontext,
        ask: Callable[[str], str] = input,
        is_there: Callable[[], bool] = lambda: sys.stdin is not None and sys.stdin.isatty(),
    ) -> None:
        """Take the ways to ask."""
        self._skip = skip
        self._talk = talk
        self._ask = ask
        self._is_there = is_there

    def do(self, task: str) -> None:
        """Ask for something to be done, and wait until it is."""
        if self._answer(f"\n>> {task}. Enter when done, {CANNOT} to skip: ").lower() == CANNOT:
            self.cannot(f"{task}: left out by the person at the bench")

    def confirm(self, question: str) -> bool:
        """Ask a question with yes or no."""
        while True:
            answer = self._answer(f"\n>> {question}? y or n, {CANNOT} to skip: ").lower()
            if answer in YES or answer in NO:
                return answer in YES
            if answer == CANNOT:
                self.cannot(f"{question}: left out by the person at the bench")

    def choose(self, question: str) -> str:
        """Ask for a word."""
        return self._answer(f"\n>> {question}: ")

    def cannot(self, reason: str) -> NoReturn:
        """Leave the test out, with a reason."""
        self._skip(reason)

    def _answer(self, text: str) -> str:
        if not self._is_there():
            what = text.strip(" >:\n")
            self.cannot(f"needs a person: {what} (run pytest in a terminal, without -n)")
        with self._talk():
            return self._ask(text).strip()
