"""Whether a login shell sits on a serial port: it would take half of what is typed.

Raspberry Pi OS starts one on the header's UART when the serial console is on. It does not lock the
port, so opening it works and every second character goes astray. What tells is readable by
everybody: the service's control group, and which terminal a process belongs to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_UNITS = Path("sys/fs/cgroup/system.slice/system-serial\\x2dgetty.slice")
_LOGINS = ("agetty", "getty", "login")


def getty_on(device: str, root: Path = Path("/")) -> str | None:
    """Return a sentence on who has the port, and what frees it; None if no login shell does.

    device: as the settings name it; links such as /dev/serial0 are followed. root: of the files
    looked at, for tests. What cannot be read counts as not there.
    """
    terminal = terminal_name(device, root)
    unit = f"serial-getty@{terminal}.service"
    if (root / _UNITS / unit).is_dir() or any(_logins_on(terminal, root)):
        return (
            f"a login shell has {device}: `sudo systemctl mask --now {unit}` frees it for good"
            " (`sudo systemctl unmask` gives it back)"
        )
    return None


def terminal_name(device: str, root: Path = Path("/")) -> str:
    """Return the kernel's own name of a device: ttyAMA0 for /dev/serial0."""
    path = root / device.lstrip("/")
    try:
        return os.path.basename(os.path.realpath(path))
    except (OSError, ValueError):
        return path.name


def _logins_on(terminal: str, root: Path) -> Iterator[str]:
    """Yield the login programs whose terminal it is, or that were started for it."""
    number = _device_number(terminal, root)
    for folder in (root / "proc").glob("[0-9]*"):
        try:
            command = (folder / "comm").read_text().strip()
            if command not in _LOGINS:
                continue
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            group = (folder / "cgroup").read_text()
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if (
            terminal in (os.path.basename(word) for word in words)
            or f"serial-getty@{terminal}.service" in group
            or (number is not None and fields[4] == str(number))  # tty_nr, proc(5)
        ):
            yield command


def _device_number(terminal: str, root: Path) -> int | None:
    """Return the device's number as /proc/PID/stat has it: sysfs names it as MAJOR:MINOR."""
    try:
        text = (root / "sys" / "class" / "tty" / terminal / "dev").read_text()
    except (OSError, ValueError):
        return None
    match = re.fullmatch(r"(\d+):(\d+)\s*", text)
    if match is None:
        return None
    major, minor = int(match[1]), int(match[2])
    return (minor & 0xFF) | (major << 8) | ((minor & ~0xFF) << 12)  # new_encode_dev
