"""A console on a firmware under test: lines in, lines out; virtual without a cable, or a real port.

The virtual one is matfw's own conversation and control on the running firmware. It is asked in the
test's thread, and the firmware goes on for as long as an answer takes: the same in every run.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from matfw.console.conversation import Conversation
from matfw.control.api import Control
from matfw.errors import MatError, MatLinkError
from matfw.ports import Link
from matfw.recording.background import Recordings
from matfw.service.acquisition import Account
from matfw.settings.store import SettingsStore
from matfw.testing.mat import MatUnderTest
from matfw.testing.session import Session

POLL_S = 0.05  # as the links do
LIMIT_S = 60.0  # of one answer, in the mat's own time


class Console(Protocol):
    """A far end."""

    def ask(self, line: str) -> list[str]:
        """Send a line; return its answer, whose last line is `ok` or `error E###: ...`."""
        ...

    def say(self, line: str) -> list[str]:
        """Send a line to whoever asks back (a wizard); return what has come of it at once."""
        ...

    def listen(self, seconds: float) -> list[str]:
        """Let time pass; return the lines that came by themselves."""
        ...


def is_end(line: str) -> bool:
    """Return whether a line ends a command's answer."""
    return line == "ok" or line.startswith("error E")


class VirtualConsole:
    """A console on the whole firmware of a virtual mat. A context; the firmware ends with it."""

    def __init__(self, mat: MatUnderTest, folder: Path, config: Path | None = None) -> None:
        """Start the firmware. folder: of its state, as `matfw run --state`; config: its TOML."""
        store = SettingsStore(config, folder)
        self.control = Control(
            store, mat.config, mat.clock,
            functools.partial(Recordings, folder / "recordings", "a virtual mat under test"),
            set_volume=lambda _: None, account=Account, is_virtual=True,
            lay=functools.partial(_lay, mat),
        )  # fmt: skip
        self._lines: list[str] = []
        self._conversation = Conversation(
            self.control, self._lines.append, now_s=mat.clock.now_s, link="test"
        )
        self.session: Session = mat.firmware(taps=[self.control], between=self.control.between)

    def ask(self, line: str) -> list[str]:
        """Send a line; return its answer. Raises MatError if none comes within LIMIT_S."""
        before = len(self._lines)
        self._conversation.line(line)
        waited_s = 0.0
        while not any(map(is_end, self._lines[before:])):
            if waited_s >= LIMIT_S:
                raise MatError(
                    f"no answer to {line!r} within {LIMIT_S:g} s (so far: {self._lines[before:]});"
                    " what asks back is to be talked to with say()"
                )
            self._go_on(POLL_S)
            waited_s += POLL_S
        return [each for each in self._lines[before:] if not each.startswith("// ")]

    def say(self, line: str) -> list[str]:
        """Send a line; return what has come of it at once."""
        before = len(self._lines)
        self._conversation.line(line)
        self._go_on(POLL_S)
        return self._lines[before:]

    def listen(self, seconds: float) -> list[str]:
        """Let time pass; return the lines that came meanwhile."""
        before = len(self._lines)
        for _ in range(max(1, round(seconds / POLL_S))):
            self._go_on(POLL_S)
        return self._lines[before:]

    def close(self) -> None:
        """End the talk and the firmware. Calling it twice is allowed."""
        self._conversation.close()
        self.control.close()
        self.session.stop()

    def _go_on(self, seconds: float) -> None:
        self.session.let_pass(seconds)
        self._conversation.poll()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lay(mat: MatUnderTest, load_kg: float, x_mm: float, y_mm: float) -> None:
    """Lay this and nothing else, as the console's `lay` does; 0 kg: nothing."""
    mat.clear()
    if load_kg:
        mat.lay(load_kg, x_mm, y_mm)


class LinkConsole:
    """A console at the far end of a real link: a matfw that runs by itself."""

    def __init__(self, mat: MatUnderTest, link: Link) -> None:
        """Take the link, and tell matfw that a program talks."""
        self._clock = mat.clock
        self._link = link
        self._heard = ""
        self._send("\x03\recho off\r")
        self.listen(0.5)

    def ask(self, line: str) -> list[str]:
        """Send a line; return its answer. Raises MatLinkError if none comes within LIMIT_S."""
        self._send(f"{line}\r")
        answer: list[str] = []
        end_s = self._clock.now_s() + LIMIT_S
        while not (answer and is_end(answer[-1])):
            if self._clock.now_s() > end_s:
                raise MatLinkError(f"no answer to {line!r} within {LIMIT_S:g} s (got {answer})")
            answer += [each for each in self._take(POLL_S) if not each.startswith("// ")]
        return answer

    def say(self, line: str) -> list[str]:
        """Send a line; return what comes of it at once."""
        self._send(f"{line}\r")
        return self.listen(4.0 * POLL_S)

    def listen(self, seconds: float) -> list[str]:
        """Return the lines that come within so long."""
        end_s = self._clock.now_s() + seconds
        lines: list[str] = []
        while (remaining_s := end_s - self._clock.now_s()) > 0.0:
            lines += self._take(min(POLL_S, remaining_s))
        return lines

    def close(self) -> None:
        """Give the port back."""
        self._link.close()

    def _send(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[self._link.write(data) :]

    def _take(self, timeout_s: float) -> Sequence[str]:
        self._heard += self._link.read(timeout_s).decode(errors="replace")
        *lines, self._heard = self._heard.split("\n")
        return [line.rstrip("\r") for line in lines]
