"""Whether a login shell sits on a serial port: it would take half of what is typed.

Raspberry Pi OS starts one on the header's UART when the serial console is on. It does not lock the
port, so opening it works and every second character goes astray. What tells is readable by
everybody: the service's control group, and which terminal a process belongs to.
"""

from __future__ import annotations

import grp
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_UNITS = Path("sys/fs/cgroup/system.slice/system-serial\\x2dgetty.slice")
LOGIN_GROUP = "tty"  # agetty(8) and login(1) give their terminal to it
REQUEST_FILE = "port_refused"  # systemd/matfw-ports.path
REQUEST_PERIOD_S = 60.0
_LOGINS = ("agetty", "getty", "login")


def getty_on(device: str, root: Path = Path("/")) -> str | None:
    """Return a sentence on who has the port, and what frees it; None if no login shell does.

    device: as the settings name it; links such as /dev/serial0 are followed. root: of the files
    looked at, for tests. What cannot be read counts as not there.
    """
    terminal = terminal_name(device, root)
    if not terminal:  # "/"
        return None
    unit = f"serial-getty@{terminal}.service"
    if (root / _UNITS / unit).is_dir() or any(_logins_on(terminal, root)):
        return (
            f"a login shell has {device}: `sudo systemctl mask --now {unit}` frees it for good"
            " (`sudo systemctl unmask` gives it back)"
        )
    return None


def ask_for_port(device: str, root: Path = Path("/")) -> str | None:
    """Return a sentence if a login shell has left the port closed, and ask for it back.

    A getty takes its port from the group dialout (root:tty, mode 600 or 620) and does not give it
    back when it ends. Only root can: where matfw is a service, writing the file that
    systemd/matfw-ports.path watches has that done, once a minute at most.
    """
    try:
        group = grp.getgrgid((root / device.lstrip("/")).stat().st_gid).gr_name
    except (OSError, ValueError, KeyError):
        return None
    if group != LOGIN_GROUP:
        return None
    said = f"a login shell that has ended has left {device} closed"
    if folder := os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]:
        _write_request(Path(folder) / REQUEST_FILE, device)
        return f"{said}: it is asked for; `sudo systemctl start matfw-ports` gives it back too"
    return f"{said}: `sudo chgrp dialout {device}; sudo chmod 660 {device}` gives it back"


def _write_request(path: Path, device: str) -> None:
    with suppress(OSError):
        if not path.exists() or time.time() - path.stat().st_mtime > REQUEST_PERIOD_S:
            path.write_text(f"{device}\n")


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
