"""What a command gives back: at once an Answer, or a Job that will give one when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a command that worked: for people in lines, for programs in data."""

    lines: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)


def reply(*lines: str, **data: object) -> Answer:
    """Return an answer of these lines and data."""
    return Answer(lines, data)


class NoAnswerError(Exception):
    """A line that is no answer to what a job asks; the job goes on, and nothing has changed."""


class Job(Protocol):
    """A command that takes time or asks back. A call may end it: an Answer, or ConsoleError."""

    @property
    def prompt(self) -> str | None:
        """Return what stands before the next line if that is an answer to it, else None."""
        ...

    def poll(self) -> Answer | None:
        """Go on with the work; called some 20 times a second."""
        ...

    def answer(self, text: str) -> Answer | None:
        """Take the line that was typed at its prompt. Raises NoAnswerError."""
        ...

    def interrupt(self) -> Answer:
        """Leave at once, as Ctrl-C does; raises ConsoleError where leaving means not done."""
        ...

    def complete(self, text: str) -> list[str]:
        """Return what the last word of a line typed at its prompt may become."""
        ...

    def close(self) -> None:
        """Give back what it holds; called once, however it ended."""
        ...
