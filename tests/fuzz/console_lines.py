"""Lines that strangers, broken terminals and noise send to a console; the same for every seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from matfw.console.commands import COMMANDS

WORDS = tuple(name for command in COMMANDS for name in (command.name, *command.aliases))
ARGUMENTS = (
    "workout.reps", "limits.roll_back_mm", "layout", "12", "-1", "1e308", "nan", "inf", "left",
    "on", "off", "json", "text", "1234", "stop", "all", "10hz", "80", "0", "restart", "list", "new",
    "use", "delete", "anna", "'a b'", '"', "\\", "$(reboot)", "../../etc/passwd", "%s%n", "{}",
    "[1, 2]", "факел", "e\u0301", "\U0001f9b5", "\u202e", "0" * 600, "x" * 200,
)  # fmt: skip
JSON = (
    '{"id": 1, "command": "status"}', '{"command": "set", "args": ["workout.reps", 3]}', "{", "{}",
    '{"id": [], "command": 1}', '{"command": "get", "args": [[[[]]]]}', '{"answer": "leave"}',
    "[" * 400, '{"a":' * 400, '{"id": 9007199254740993, "command": "version"}', "\x00", "null",
)  # fmt: skip
# What takes time, or asks: rare, since while it lasts most lines only wait.
SLOW = ("tare", "calibrate", "calibrate anywhere 10", "diagnose", "menu", "reboot")
SLOW_SHARE = 0.002


def lines(count: int, seed: int) -> Iterator[str]:
    """Yield so many lines: right, nearly right, JSON, noise."""
    rng = Random(seed)
    for _ in range(count):
        if rng.random() < SLOW_SHARE:
            yield rng.choice(SLOW)
        else:
            yield rng.choice((_command, _mutilated, _json, _noise))(rng)


def _command(rng: Random) -> str:
    words = [rng.choice(WORDS)]
    while words[0].startswith(("ta", "ca", "di", "me", "reb")):
        words = [rng.choice(WORDS)]
    return " ".join(words + rng.choices(ARGUMENTS, k=rng.randrange(4)))


def _mutilated(rng: Random) -> str:
    text = list(_command(rng))
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(text) + 1)
        match rng.randrange(3):
            case 0:
                text[place:place] = [chr(rng.randrange(0x250))]
            case 1:
                text[place : place + 1] = []
            case _:
                text[place:] = text[: rng.randrange(len(text) + 1)]
    return "".join(text)


def _json(rng: Random) -> str:
    text = rng.choice(JSON)
    return text[: rng.randrange(len(text) + 1)] if rng.random() < 0.3 else text


def _noise(rng: Random) -> str:
    """Return bytes as a link decodes them: what is not UTF-8 becomes U+FFFD."""
    return rng.randbytes(rng.randrange(80)).decode(errors="replace").translate({10: None, 13: None})
