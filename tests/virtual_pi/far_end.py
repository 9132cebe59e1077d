"""The far end of the cable at ttyS1: a program that speaks JSON with the console."""

from __future__ import annotations

import itertools
import json
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.virtual_pi.errors import GuestError

ANSWER_LIMIT_S = 600.0  # of this computer's time; the guest's seconds may be ten times as long
GREETING_S = 20.0  # between two tries to be heard by a console that may not be there yet
Line = dict[str, Any]  # JSON


class FarEnd:
    """A console's far end. To be closed: the cable is unplugged."""

    def __init__(self, cable: socket.socket) -> None:
        """Ask until somebody answers in JSON. Raises GuestError."""
        self._cable = cable
        self._kept = b""
        self._read: deque[Line] = deque()
        self._numbers = itertools.count(1)
        self.heard: list[Line] = []  # what was not asked for
        self._greet()

    def ask(self, command: str, *words: object) -> Line:
        """Return a command's result. Raises GuestError for what the console refuses."""
        answer = self.answer(command, *words)
        if not answer["ok"]:
            raise GuestError(f"{command} {words}: {answer['error']}")
        result: Line = answer["result"]
        return result

    def answer(self, command: str, *words: object, limit_s: float = ANSWER_LIMIT_S) -> Line:
        """Return a command's answer, whatever it is."""
        number = self.begin(command, *words)
        return self.wait(lambda line: line.get("id") == number and "ok" in line, command, limit_s)

    def begin(self, command: str, *words: object) -> int:
        """Send a command; return the number that its answers will have."""
        number = next(self._numbers)
        self.send({"id": number, "command": command, "args": list(words)})
        return number

    def send(self, line: Line) -> None:
        """Send one object."""
        self._cable.sendall(json.dumps(line).encode() + b"\r")

    def wait(
        self, is_it: Callable[[Line], bool], what: str, limit_s: float = ANSWER_LIMIT_S
    ) -> Line:
        """Return the next line that is it; the others are kept in `heard`. Raises GuestError."""
        end_s = time.monotonic() + limit_s
        while True:
            while self._read:
                line = self._read.popleft()
                if is_it(line):
                    return line
                self.heard.append(line)
            self._read.extend(self._lines(end_s, what))

    def close(self) -> None:
        """Unplug the cable."""
        self._cable.close()

    def _greet(self) -> None:
        end_s = time.monotonic() + ANSWER_LIMIT_S
        while time.monotonic() < end_s:
            self._cable.sendall(b"\x03\rmode json\r")
            with suppress(GuestError):
                if self.answer("version", limit_s=GREETING_S)["ok"]:
                    self.heard.clear()
                    return
        raise GuestError("nobody answers at ttyS1: is matfw there, and is the port its own?")

    def _lines(self, end_s: float, what: str) -> list[Line]:
        while b"\n" not in self._kept:
            if time.monotonic() > end_s:
                raise GuestError(
                    f"no answer to {what} at ttyS1 in time (so far: {self.heard[-5:]}"
                    f" {self._kept!r})"
                )
            self._cable.settimeout(1.0)
            try:
                data = self._cable.recv(65536)
            except TimeoutError:
                continue
            if not data:
                raise GuestError(f"the virtual Pi ended while {what} was asked")
            self._kept += data
        *lines, self._kept = self._kept.split(b"\n")
        found = []
        for line in lines:
            if line.strip().startswith(b"{"):  # the rest is text of before `mode json`
                found.append(json.loads(line))
        return found
