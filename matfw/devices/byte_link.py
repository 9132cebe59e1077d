"""A link over a file descriptor: what serial ports and sockets have in common."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from matfw.errors import MatLinkError

CHUNK_BYTES = 4096  # of one read: 0.36 s of 115200 baud


class ByteLink:
    """Reads and writes a descriptor without waiting for the far end; fits `ports.Link`."""

    def __init__(self, name: str, descriptor: int, close: Callable[[], object]) -> None:
        """Take an open descriptor, which is made non-blocking, and what closes it."""
        os.set_blocking(descriptor, False)
        self._name = name
        self._descriptor = descriptor
        self._close = close
        self._is_open = True

    @property
    def descriptor(self) -> int:
        """Return the file descriptor to wait on."""
        return self._descriptor

    def read(self, timeout_s: float) -> bytes:
        """Return what has come; nothing if nothing comes within timeout_s."""
        waiting = select.poll()  # not select(): that one ends at descriptor 1023
        waiting.register(self._descriptor, select.POLLIN)
        try:
            if not waiting.poll(timeout_s * 1000.0):
                return b""
            data = os.read(self._descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:  # EIO: a pty or an adapter that was pulled
            raise self._gone(error.strerror) from None
        if not data:
            raise self._gone("its far end has closed")
        return data

    def write(self, data: bytes) -> int:
        """Hand over what goes without waiting; return how many bytes that were."""
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._gone(error.strerror) from None

    def close(self) -> None:
        """Close the descriptor, once."""
        if self._is_open:
            self._is_open = False
            self._close()

    def _gone(self, why: str | None) -> MatLinkError:
        return MatLinkError(f"{self._name} has gone ({why or 'no reason given'})")
