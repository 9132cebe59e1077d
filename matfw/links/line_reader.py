"""Bytes from a console's link -> lines, for as long as nobody edits them.

CR, LF and CR LF end a line. Ctrl-C is a line of its own, wherever it comes. A line that is too
long loses its end, and stays too long: whoever reads it refuses it.
"""

from __future__ import annotations

import re
from enum import Enum

from matfw.console.request import JSON_CHARS

LINE_BYTES = 4 * (JSON_CHARS + 1)  # one character more than the most that is allowed, in UTF-8
# Begin what a client says and no line can: see session.py.
ENQ, EOT, SIZE = "\x05", "\x04", "\x0e"
_END = re.compile(rb"[\r\n\x03]")


class Key(Enum):
    """What is no line."""

    INTERRUPT = "Ctrl-C"


class LineReader:
    """One link's bytes that are not yet taken."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = bytearray()
        self._line = bytearray()  # the beginning of the line whose end has not come
        self._after_cr = False

    def __len__(self) -> int:
        return len(self._bytes)

    def put(self, data: bytes) -> None:
        """Take bytes from the link."""
        self._bytes += data

    def has_interrupt(self) -> bool:
        """Return whether Ctrl-C waits behind what is not yet taken."""
        return b"\x03" in self._bytes

    def line(self) -> str | Key | None:
        """Return the next whole line without its end, or Ctrl-C; None if neither is there.

        What is no UTF-8 is U+FFFD in it. A Ctrl-C in mid-line throws the line away.
        """
        self._skip_lf()
        match = _END.search(self._bytes)
        if match is None:
            self._begin(self._bytes)
            self._bytes.clear()
            return None
        end = match[0]  # read now: a match looks into the bytes again each time
        self._begin(self._bytes[: match.start()])
        del self._bytes[: match.end()]
        text = self._line.decode(errors="replace")
        self._line.clear()
        self._after_cr = end == b"\r"
        return Key.INTERRUPT if end == b"\x03" else text

    def keys(self) -> str:
        """Return what an editor is to get next: at most one line, its end as CR.

        The beginning of a line that `line` has seen comes first.
        """
        self._skip_lf()
        match = _END.search(self._bytes)
        taken = bytes(self._bytes if match is None else self._bytes[: match.end()])
        del self._bytes[: len(taken)]
        if taken:
            self._after_cr = taken.endswith(b"\r")
        whole = bytes(self._line) + taken
        size = len(whole) if match is not None else whole_characters(whole)
        self._line[:] = whole[size:]  # the beginning of a character whose end has not come
        return whole[:size].decode(errors="replace").replace("\n", "\r")

    def _begin(self, data: bytes | bytearray) -> None:
        self._line += data[: LINE_BYTES - len(self._line)]

    def _skip_lf(self) -> None:
        if self._after_cr and self._bytes:
            self._after_cr = False
            if self._bytes[0] == ord("\n"):
                del self._bytes[0]


def whole_characters(data: bytes) -> int:
    """Return how many bytes of data are whole UTF-8 characters; the last may still come."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue  # in the middle of one
        size = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return len(data) - back if size > back else len(data)
    return len(data)
