"""What is still to be sent on a console's link: bounded, and never waited for by a frame.

A far end may read slowly or not at all. What it asked for is kept: above FULL_BYTES the link takes
no more lines from it. What it did not ask for is dropped and counted above UNASKED_BYTES, and it
is sent how much as soon as it reads again.
"""

from __future__ import annotations

from matfw.ports import Link

UNASKED_BYTES = 8 * 1024  # 0.7 s of 115200 baud: older notifications are of no use
FULL_BYTES = 64 * 1024  # far more than any one answer


class SendBuffer:
    """One link's unsent bytes. Not thread-safe: the link's thread has it."""

    def __init__(self) -> None:
        """Begin with nothing to send."""
        self._bytes = bytearray()
        self._missed = 0
        self._missed_json = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._bytes)

    @property
    def is_full(self) -> bool:
        """Return whether the far end must read before it is given more."""
        return len(self._bytes) >= FULL_BYTES

    def say(self, line: str) -> str:
        """Take a line without its end, or drop it; return what is to be sent."""
        if is_unasked(line) and len(self._bytes) >= UNASKED_BYTES:
            self._missed += 1
            self._missed_json = line.startswith("{")
            self.dropped += 1
            return ""
        missed = self._reported()
        return f"{missed}{line}\r\n"

    def put(self, data: str) -> None:
        """Take characters as they are."""
        self._bytes += data.encode(errors="replace")

    def send(self, link: Link) -> None:
        """Hand over as much as goes without waiting. Raises MatLinkError."""
        while self._bytes:
            done = link.write(bytes(self._bytes[:4096]))
            if not done:
                return
            del self._bytes[:done]
        if self._missed:
            self.put(self._reported())

    def _reported(self) -> str:
        """Return the line that says what was dropped, once."""
        missed, self._missed = self._missed, 0
        if not missed:
            return ""
        if self._missed_json:
            return f'{{"event":"missed","lines":{missed}}}\r\n'
        return f"// {missed} lines are missing here: this link is read too slowly\r\n"


def is_unasked(line: str) -> bool:
    """Return whether a line is a notification, which nobody asked for at this moment."""
    return line.startswith(("// ", '{"event":')) and not line.startswith('{"event":"ask"')
