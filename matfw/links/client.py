"""`matfw console`: the far end of a link, for pipes and programs.

The device reads whole lines from it and echoes nothing. What no line can say goes by two control
characters: see session.py.
"""

from __future__ import annotations

import os
import re
import select
import time
from typing import TextIO

import msgspec

from matfw.errors import MatLinkError
from matfw.links.line_reader import ENQ, EOT, SIZE
from matfw.ports import Link

ANSWER_LIMIT_S = 3.0  # of a device that is asked to be quiet; a busy Zero 2 W needs some 0.5 s
TRIES = 2
END_LINE = "// end"
COMPLETE = "// complete"
_CHUNK_BYTES = 4096


class Client:
    """Lines to and from the device."""

    def __init__(self, name: str, link: Link, *, answer_limit_s: float = ANSWER_LIMIT_S) -> None:
        """Take the open link."""
        self.name = name
        self.link = link
        self._answer_limit_s = answer_limit_s
        self._received = bytearray()

    def send(self, text: str) -> None:
        """Hand over text, waiting until all is taken. Raises MatLinkError."""
        data = text.encode(errors="replace")
        while data:
            done = self.link.write(data)
            data = data[done:]
            if not done:
                time.sleep(0.005)

    def received(self, timeout_s: float) -> list[str]:
        """Return the whole lines that have come, waiting for bytes. Raises MatLinkError."""
        self._received += self.link.read(timeout_s)
        *lines, rest = re.split(rb"\r?\n", bytes(self._received))
        self._received[:] = rest
        return [line.decode(errors="replace") for line in lines]

    def is_quiet(self) -> bool:
        """Return whether the device talks to us already, as after a cable was pulled and put back.

        Nothing that is under way there is ended by asking. Raises MatLinkError.
        """
        self.send(f"{ENQ}\r")
        end_s = time.monotonic() + self._answer_limit_s
        while time.monotonic() < end_s:
            if any(line.startswith(COMPLETE) for line in self.received(0.05)):
                return True
        return False

    def tell_size(self, columns: int, rows: int) -> None:
        """Tell the device of a person's screen, and ask for its prompts. Raises MatLinkError."""
        self.send(f"{SIZE}{columns} {rows}\r")

    def be_quiet(self) -> None:
        """Have a serial device that echoes for people talk as to a program.

        Raises MatLinkError where nothing that is a matfw answers.
        """
        heard = ""
        for _ in range(TRIES):
            # Out of whatever is under way; then nothing but the answer to ENQ begins like this.
            self.send(f"\x03\rmode text\recho off\r{ENQ}\r")
            end_s = time.monotonic() + self._answer_limit_s
            while time.monotonic() < end_s:
                lines = self.received(0.05)
                heard += "\n".join(lines)
                if any(line.startswith(COMPLETE) for line in lines):
                    return
        heard += self._received.decode(errors="replace")
        if re.search(r"login:|Password:", heard):
            raise MatLinkError(
                f"{self.name}: a login shell answers there, not matfw: on the Pi,"
                " `sudo systemctl mask --now serial-getty@...` frees the port (hardware/README.md)"
            )
        what = "nothing answers" if not heard.strip() else "what answers is not matfw"
        raise MatLinkError(
            f"{self.name}: {what} at 115200 baud: does matfw run there, with this port in"
            " [console] ports or --console? Are TX and RX crossed, and GND joined?"
        )

    def leave(self) -> None:
        """Tell the device that nobody is here any more."""
        self.send(f"\r{EOT}\r")


def piped(client: Client, source: int, out: TextIO, *, is_json: bool) -> bool:
    """Send the lines of a file descriptor and print what comes; return whether all were ok.

    Ends when the source has ended and everything is answered. Raises MatLinkError.
    """
    unsent, is_open, is_whole, all_ok = b"", True, True, True
    to_swallow = 0
    if is_json:
        client.send("mode json\r")
        to_swallow = 1
    while True:
        waiting = select.poll()
        if client.link.descriptor is not None:
            waiting.register(
                client.link.descriptor, select.POLLIN | (select.POLLOUT if unsent else 0)
            )
        if is_open and not unsent:
            waiting.register(source, select.POLLIN)
        ready = {descriptor for descriptor, _ in waiting.poll(50)}
        if is_open and not unsent and source in ready:
            unsent = os.read(source, _CHUNK_BYTES)
            if not unsent:
                is_open = False
                unsent = (f"{EOT}\r" if is_whole else f"\r{EOT}\r").encode()
            else:
                is_whole = unsent.endswith((b"\n", b"\r"))
        if unsent:
            unsent = unsent[client.link.write(unsent) :]
        for line in client.received(0.0):
            if line == END_LINE:
                return all_ok
            if to_swallow and line == "ok":
                to_swallow = 0
                continue
            all_ok = all_ok and not is_error(line)
            out.write(f"{line}\n")
        out.flush()


def is_error(line: str) -> bool:
    """Return whether a line says that a command was refused."""
    if not line.startswith("{"):
        return re.match(r"error E\d{3}: ", line) is not None
    try:
        data = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return False
    return isinstance(data, dict) and data.get("ok") is False
