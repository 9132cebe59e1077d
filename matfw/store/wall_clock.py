"""Wall time with its doubt. A Raspberry Pi has no battery-backed clock: after a power cut it starts
with the time of its last shutdown, until the network corrects it.

The kernel knows whether that has happened, and by how much it may be off: adjtimex(2), `maxerror`
and STA_UNSYNC. Durations are never taken from here.
"""

from __future__ import annotations

import ctypes
import time
from pathlib import Path

from matfw.history.rows import WallTime

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STA_UNSYNC = 0x0040  # <sys/timex.h>
_ERROR = 5  # TIME_ERROR: the clock is not synchronised


class _Timex(ctypes.Structure):
    """struct timex of Linux on 64 bits; modes = 0 only reads."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # us
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def wall_time() -> WallTime:
    """Return the time of day, and how far it may be off."""
    return WallTime(time.time(), _doubt_s())


def boot_id() -> str:
    """Return this boot's own name, within which monotonic seconds can be compared."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return "unknown"


def _doubt_s() -> float | None:
    """Return the kernel's bound of the clock's error; None where nobody has set it."""
    found = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(found))
    except (OSError, AttributeError):
        return None
    if state in (-1, _ERROR) or found.status & _STA_UNSYNC:
        return None
    return float(found.maxerror) * 1e-6
