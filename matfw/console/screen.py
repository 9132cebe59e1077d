"""A person's screen: lines are broken between words, and long answers come page by page.

Programs read whole lines and have no screen. A serial line does not tell its terminal's size, so
that of every terminal is taken; `matfw console` tells its own.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matfw.console.answers import Answer

MIN_COLUMNS, MIN_ROWS = 20, 6
AROUND_ROWS = 3  # what was typed, the `ok` and the next prompt
MAX_INDENT = 32  # of continued lines, in columns
_ENOUGH = ("q", "quit", "exit", "leave", "0")
# What the second line of a table's row stands under: the text after names and two spaces or more.
_NAMED = re.compile(r"(?P<mark>// )?(?P<name>.*\S\s{2,})\S")
_PLAIN = re.compile(r"(?P<mark>// )?(?P<lead>\s*)")


@dataclass(frozen=True, slots=True)
class ScreenSize:
    """Columns and rows. The default is what every terminal has."""

    columns: int = 80
    rows: int = 24

    def __post_init__(self) -> None:
        """Take a size that is too small to be one as the smallest."""
        object.__setattr__(self, "columns", max(MIN_COLUMNS, self.columns))
        object.__setattr__(self, "rows", max(MIN_ROWS, self.rows))

    def holds(self, lines: Sequence[str]) -> bool:
        """Return whether an answer of these lines, already wrapped, is seen at once."""
        return len(lines) + AROUND_ROWS <= self.rows


def wrapped(line: str, columns: int) -> list[str]:
    """Return a line as lines of at most that many columns, broken between words where it can be.

    What is continued stands under the text that it belongs to; `// ` is before each line of a
    notification.
    """
    if len(line) <= columns:
        return [line]
    mark, indent = "", ""
    if (plain := _PLAIN.match(line)) is not None:
        mark, indent = plain["mark"] or "", f"{plain['lead']}  "
    if (
        named := _NAMED.match(line[: len(mark) + min(MAX_INDENT, 2 * columns // 3) + 1])
    ) is not None:
        indent = " " * len(named["name"])
    parts = textwrap.wrap(
        line[len(mark) :], columns, initial_indent=mark, subsequent_indent=f"{mark}{indent}",
        break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False,
    )  # fmt: skip
    return parts or [line]


class Paged:
    """An answer that is longer than the screen: a page, then Enter for the next one.

    A command typed there ends it, and is done; so nobody is caught in it.
    """

    def __init__(self, answer: Answer, lines: Sequence[str], rows: int,
                 say: Callable[[Sequence[str]], object]) -> None:  # fmt: skip
        """Take the answer, its lines as the screen takes them, and what says some of them."""
        self._answer = answer
        self._lines = list(lines)
        self._rows = rows - 2  # the prompt has one; minicom has one for itself
        self._say = say
        self._next_page()

    @property
    def prompt(self) -> str:
        """Return how much is left, and what to do."""
        return f"-- {len(self._lines)} more lines: Enter shows them, q ends -- "

    @staticmethod
    def takes(text: str) -> bool:
        """Return whether a line is an answer to the prompt, and no command."""
        return text.strip().lower() in ("", *_ENOUGH)

    def poll(self) -> Answer | None:
        """Wait for the person."""
        return None

    def answer(self, text: str) -> Answer | None:
        """Show the next page; end after the last, or if that was enough."""
        if text.lower() in _ENOUGH:
            return Answer((), self._answer.data)
        self._next_page()
        return None if self._lines else Answer((), self._answer.data)

    def interrupt(self) -> Answer:
        """End: what was asked for is done."""
        return Answer((), self._answer.data)

    def complete(self, text: str) -> list[str]:  # noqa: ARG002  of the protocol
        """Complete nothing."""
        return []

    def close(self) -> None:
        """Hold nothing."""

    def _next_page(self) -> None:
        page, self._lines = self._lines[: self._rows], self._lines[self._rows :]
        self._say(page)
