"""What one link's commands share: control, a clock, where lines go, and the link's settings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from matfw.console.answers import Answer
from matfw.console.screen import ScreenSize, wrapped
from matfw.control.errors import ConsoleError
from matfw.messages import CellProblem

if TYPE_CHECKING:
    from matfw.console.stream import Stream
    from matfw.control.api import Control

ERRORS_KEPT = 16  # of SYST:ERR?; SCPI 1999 21.8 asks for two at least

Id = str | int | None


@dataclass(slots=True)
class Context:
    """One link. link: its name, as other links see it.

    terminal: of whoever types where the link echoes. client_size: as a client reports it.
    """

    control: Control
    say: Callable[[str], None]
    now_s: Callable[[], float]
    link: str = "console"
    is_json: bool = False
    echo: bool = True
    level: str = "reps"  # of notifications: a word of `tell`
    stream: Stream | None = None
    errors: deque[tuple[int, str]] = field(default_factory=deque)
    has_typed: bool = False  # somebody is there: nothing is reported to a link before
    reported_cells: dict[str, CellProblem] = field(default_factory=dict)  # what this link knows of
    id: Id = None  # of the command whose job is under way
    terminal: ScreenSize | None = None
    client_size: ScreenSize | None = None

    @property
    def screen(self) -> ScreenSize | None:
        """Return the screen of the person who reads; None for a program."""
        if self.is_json:
            return None
        return self.client_size or (self.terminal if self.echo else None)

    def as_shown(self, lines: Iterable[str]) -> list[str]:
        """Return lines as they go to the screen, or to a program as they are."""
        screen = self.screen
        if screen is None:
            return list(lines)
        return [part for line in lines for part in wrapped(line, screen.columns)]

    def put(self, *lines: str) -> None:
        """Say lines of text."""
        for line in self.as_shown(lines):
            self.say(line)

    def note(
        self, text: str, event: str = "note", data: Mapping[str, object] | None = None
    ) -> None:
        """Say what nobody asked for at this moment."""
        if self.is_json:
            self._json({"event": event, **(data if data is not None else {"text": text})})
        else:
            self.put(f"// {text}")

    def progress(self, text: str) -> None:
        """Say how the job under way gets on."""
        self.note(text, data={"id": self.id, "text": text})

    def ask(self, lines: Sequence[str]) -> None:
        """Say what a job wants to be read before its prompt."""
        if self.is_json:
            self._json({"event": "ask", "id": self.id, "lines": list(lines)})
        else:
            self.put(*lines)

    def answered(self, id_: Id, answer: Answer) -> None:
        """End a command that worked."""
        if self.is_json:
            self._json({"id": id_, "ok": True, "result": dict(answer.data)})
            return
        self.put(*answer.lines, "ok")

    def refused(self, id_: Id, error: ConsoleError) -> None:
        """End a command that did not."""
        text = " ".join(str(error).split())  # whatever a system's own words were: one line
        self.errors.append((error.code.value, text))
        if len(self.errors) > ERRORS_KEPT:
            self.errors.pop()
            # SCPI 1999 21.8.1: the newest is replaced, so that the first cause is still there.
            self.errors[-1] = (-350, "Queue overflow")
        if self.is_json:
            what = {"code": error.name, "message": text}
            self._json({"id": id_, "ok": False, "error": what})
        else:
            self.put(f"error {error.name}: {text}")

    def _json(self, data: Mapping[str, object]) -> None:
        self.say(msgspec.json.encode(data).decode())
