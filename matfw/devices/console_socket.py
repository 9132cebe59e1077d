"""The console's own socket, for `matfw console` on the same computer."""

from __future__ import annotations

import os
import socket
import stat
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from matfw.devices.byte_link import ByteLink
from matfw.errors import MatLinkError
from matfw.ports import Link

MODE = 0o660  # the firmware's user, and its group: `matfw` for the service
PATH_BYTES = 107  # unix(7): sun_path, and a zero at its end
WAITING_CLIENTS = 16
CONNECT_S = 5.0


class ConsoleSocket:
    """A socket that listens in the state folder, or where systemd says; gone when closed."""

    def __init__(self, path: Path) -> None:
        """Listen. Raises MatLinkError where that cannot be, with what to do."""
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.parent.mkdir(0o700, parents=True, exist_ok=True)  # the state is kept there too
            self._listen()
            self._identity = _identity(path)
        except MatLinkError:
            self._socket.close()
            raise
        except OSError as error:
            self._socket.close()
            raise MatLinkError(
                f"no console socket at {path} ({error.strerror or error}): `matfw console` will not"
                " find this firmware"
            ) from None

    def accept(self, timeout_s: float) -> Link | None:
        """Return a client's link, or None if none comes within timeout_s."""
        self._socket.settimeout(timeout_s)
        try:
            client, _ = self._socket.accept()
        except (TimeoutError, BlockingIOError):
            return None
        except OSError as error:  # too many open files: the client sees its connection refused
            raise MatLinkError(f"{self._path}: {error.strerror or error}") from None
        return ByteLink("a client of the console's socket", client.fileno(), client.close)

    def close(self) -> None:
        """End listening and take the file away, if it is still ours."""
        self._socket.close()
        with suppress(OSError):
            if _identity(self._path) == self._identity:
                self._path.unlink()

    def _listen(self) -> None:
        """Get its name once it listens: one that refuses has been left by a killed firmware."""
        _check_length(self._path)
        aside = self._path.with_name(f".{os.getpid()}")
        aside.unlink(missing_ok=True)
        os.fchmod(self._socket.fileno(), MODE)
        self._socket.bind(str(aside))
        try:
            aside.chmod(MODE)
            self._socket.listen(WAITING_CLIENTS)
            try:
                self._path.hardlink_to(aside)
            except FileExistsError:
                self._clear_stale()
                self._path.hardlink_to(aside)
        finally:
            aside.unlink()

    def _clear_stale(self) -> None:
        """Take away what a firmware that was killed has left; nothing else."""
        if not stat.S_ISSOCK(self._path.lstat().st_mode):
            raise MatLinkError(
                f"{self._path} is no socket: move it away, the console needs its name"
            )
        who = ""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.settimeout(1.0)
                probe.connect(str(self._path))
                who = f" (process {_listener_pid(probe)})"
            except ConnectionRefusedError:
                self._path.unlink()
                return
            except OSError:
                pass  # its queue is full: somebody is there
        raise MatLinkError(
            f"another matfw{who} answers at {self._path}: `matfw console` reaches that one;"
            " give this one a folder of its own with --state"
        )


def connect(paths: Iterable[Path], wait_s: float = CONNECT_S) -> Link:
    """Return a link to the first of these sockets that answers. Raises MatLinkError.

    wait_s: until one is let in where others wait already.
    """
    tried: list[str] = []
    for path in paths:
        _check_length(path)
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _knock(client, path, wait_s)
        except PermissionError:
            client.close()
            raise MatLinkError(
                f"no permission for {path}: `sudo usermod -aG matfw $USER`, then log in again"
            ) from None
        except BlockingIOError:
            client.close()
            raise MatLinkError(
                f"matfw is there, but has let nobody in at {path} for {wait_s:g} s: its computer"
                " is too busy, or it hangs: `matfw doctor`, `systemctl restart matfw`"
            ) from None
        except OSError:
            client.close()
            tried.append(str(path))
            continue
        return ByteLink("the firmware", client.fileno(), client.close)
    raise MatLinkError(
        f"no matfw runs here: nothing answers at {' or '.join(tried)}: `systemctl status matfw` or"
        " `matfw run` first; --state DIR if it has one of its own, --port for a serial port",
        is_absent=True,
    )


def _knock(client: socket.socket, path: Path, wait_s: float) -> None:
    """Connect; where others wait already, try again."""
    end_s = time.monotonic() + wait_s
    client.setblocking(False)
    while True:
        try:
            client.connect(str(path))
            return
        except BlockingIOError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.02)


def _check_length(path: Path) -> None:
    size = len(os.fsencode(path))
    if size > PATH_BYTES:
        raise MatLinkError(
            f"the path of the console's socket has {size} bytes, at most {PATH_BYTES} are possible"
            f" ({path}): use a shorter --state"
        )


def _listener_pid(client: socket.socket) -> int:
    """Return the process that listens at the far end; unix(7), SO_PEERCRED: pid, uid, gid."""
    found = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid: int = struct.unpack("3i", found)[0]
    return pid


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino
