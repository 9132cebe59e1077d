"""Serial ports by pyserial: ttys, ptys, USB gadgets and adapters, and its URLs.

pyserial opens, sets up (115200 baud, 8 data bits, no parity, 1 stop bit) and locks the port.
Bytes go by its descriptor: with write_timeout=0 pyserial 3.5 spins for ever on a full buffer, and
its read waits for as many bytes as asked.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from matfw.devices.byte_link import CHUNK_BYTES, ByteLink
from matfw.devices.serial_getty import ask_for_port, getty_on
from matfw.errors import MatLinkError, MatUsageError
from matfw.ports import Link

BAUD = 115_200
WRITE_BYTES = 256  # at once where there is no descriptor: 22 ms at 115200 baud
_ABSENT = (errno.ENOENT, errno.ENODEV, errno.ENXIO)
LOOP_BYTES = 4096  # what a loop:// holds before its write waits


def check_port(name: str) -> None:
    """Raise MatUsageError for a URL whose kind pyserial does not know."""
    _unopened(name)


def open_serial(name: str, root: Path = Path("/")) -> Link:
    """Open a port, for ourselves alone. root: where a login shell is looked for.

    Raises MatLinkError with a sentence that says what is in the way; trying again later is right.
    """
    import serial  # noqa: PLC0415  20 ms that a mat without a console saves

    is_device = "://" not in name
    shell = getty_on(name, root) if is_device else None
    if shell is not None:
        raise MatLinkError(shell)
    port = _unopened(name)
    try:
        if is_device:
            port.exclusive = True
        port.open()
    except (serial.SerialException, OSError, ValueError) as error:
        raise MatLinkError(
            _why_not(name, error, root), is_absent=getattr(error, "errno", None) in _ABSENT
        ) from None
    try:
        return ByteLink(name, port.fileno(), port.close)
    except OSError:  # io.UnsupportedOperation: no descriptor
        return PortLink(name, port)


def _unopened(name: str) -> Any:  # Any: pyserial has no types
    import serial  # noqa: PLC0415  see open_serial

    try:
        return serial.serial_for_url(name, do_not_open=True, baudrate=BAUD, timeout=0)
    except ValueError as error:
        raise MatUsageError(
            f"console port {name!r}: {error}: name a device such as /dev/serial0, or a URL such as"
            " socket://HOST:PORT"
        ) from None


def _why_not(name: str, error: Exception, root: Path) -> str:
    match getattr(error, "errno", None):
        case code if code in _ABSENT:
            return f"{name} is not there: plug it in or correct its name"
        case errno.EACCES | errno.EPERM:
            return ask_for_port(name, root) or (
                f"no permission for {name}: `sudo usermod -aG dialout $USER`, then log in again"
                " (the service is in that group already)"
            )
        case errno.EAGAIN | errno.EBUSY:
            return (
                f"another program has {name}: end it; `sudo fuser -v {name}` says which one it is"
            )
    if "Could not configure port" in str(error):
        return f"{name} is no serial port: name a device such as /dev/serial0"
    return f"{name} cannot be opened ({error})"


class PortLink:
    """A pyserial port without a descriptor, as loop:// and rfc2217:// are; fits `ports.Link`."""

    def __init__(self, name: str, port: Any) -> None:
        """Take the open port."""
        self._name = name
        self._port = port

    @property
    def descriptor(self) -> None:
        """Return None: there is nothing to wait on."""
        return None

    def read(self, timeout_s: float) -> bytes:
        """Return what has come; nothing if nothing comes within timeout_s."""
        try:
            self._port.timeout = timeout_s
            data = bytes(self._port.read(1))
            if data:
                data += bytes(self._port.read(min(self._port.in_waiting, CHUNK_BYTES - 1)))
        except OSError as error:
            raise MatLinkError(f"{self._name} has gone ({error})") from None
        return data

    def write(self, data: bytes) -> int:
        """Hand over some of it, waiting no longer than its sending takes."""
        try:
            if self._name.startswith("loop://"):
                data = data[: LOOP_BYTES - self._port.in_waiting]
            return int(self._port.write(data[:WRITE_BYTES]) or 0)
        except OSError as error:
            raise MatLinkError(f"{self._name} has gone ({error})") from None

    def close(self) -> None:
        """Close the port."""
        self._port.close()
