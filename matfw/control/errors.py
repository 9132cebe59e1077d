"""Every error that the console can answer, by number: `error E###: what, where, limit, what to do`.

E1xx the line itself, E2xx settings and profiles, E3xx not now, E4xx calibration, E5xx files and
system, E6xx locked. A number never changes its meaning: programs wait for it.
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """What went wrong."""

    UNKNOWN_COMMAND = 101
    AMBIGUOUS_COMMAND = 102
    LINE_TOO_LONG = 103
    BAD_CHARACTER = 104
    ARGUMENT_MISSING = 105
    ARGUMENT_TOO_MANY = 106
    ARGUMENT_WRONG = 107
    QUOTE_OPEN = 108
    NOT_JSON = 109
    TOO_MANY_WAITING = 110
    UNKNOWN_SETTING = 201
    SETTING_REFUSED = 202
    PROFILE_REFUSED = 203
    OTHERS_CHANGES = 204
    SOMEONE_ON_MAT = 301
    INTERRUPTED = 302
    NO_CELLS = 303
    NOT_STILL = 304
    ALREADY = 305
    NOT_TAKEN = 306
    NOT_CONFIRMED = 307
    NOT_LEARNED = 308
    NO_WORKOUT = 309
    NOT_NOW = 310
    CALIBRATION_REFUSED = 401
    NOT_CALIBRATED = 402
    FILE_REFUSED = 501
    FILE_EXISTS = 502
    NO_SYSTEMD = 503
    INTERNAL = 599
    LOCKED = 601
    WRONG_PIN = 602
    PIN_WAIT = 603
    NO_PIN = 604


class ConsoleError(Exception):
    """A command that was refused; it has changed nothing."""

    def __init__(self, code: Code, text: str) -> None:
        """Take the number and one line: what, where, the limit and what to do."""
        super().__init__(text)
        self.code = code

    @property
    def name(self) -> str:
        """Return the number as it is written: E101."""
        return f"E{self.code.value}"
