"""Settings: which file, and TOML -> Settings with errors that name the line.

The person's file is only ever read. Precedence: `--config`, else the XDG folder's matfw.toml if
there is one, else the defaults. A service passes --config and --state in its unit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from matfw.errors import MatSettingsError
from matfw.settings.checks import check
from matfw.settings.model import Settings
from matfw.settings.schema import Key, Keys, MismatchError, build

FILE_BYTES = 1024 * 1024  # far beyond any settings; a wrong file named by mistake stops here

MAX_DOTS = 128  # in a line; tomllib takes 9 s for a key of 20 000 parts, their square

ADVICE = "correct it, or delete it for the default"


Checked = TypeVar("Checked")


class DamagedTextError(MatSettingsError):
    """A file is not text, not TOML or was cut off: nothing of it can be trusted."""

    def __init__(self, reason: str, advice: str) -> None:
        """Take where and what is wrong, and what a person who wrote the file should do."""
        super().__init__(f"{reason}: {advice}")
        self.reason = reason


def default_config_path(environ: Mapping[str, str]) -> Path | None:
    """Return the person's settings file, or None where they have none."""
    path = _xdg(environ, "XDG_CONFIG_HOME", ".config") / "matfw" / "matfw.toml"
    return path if path.exists() else None


def default_state_dir(environ: Mapping[str, str]) -> Path:
    """Return the person's folder for database, calibration and recordings; it may not exist."""
    return _xdg(environ, "XDG_STATE_HOME", ".local/state") / "matfw"


def load_settings(path: Path | None) -> Settings:
    """Return the settings in a TOML file, the defaults for None. Raises MatSettingsError."""
    if path is None:
        return Settings()
    return check_text(path, read_text(path), Settings, check, advice=ADVICE)


def check_text(
    path: Path,
    text: str,
    kind: type[Checked],
    check: Callable[[Checked], object],
    *,
    advice: str,
    prepare: Callable[[dict[str, Any]], dict[str, Any]] = lambda parsed: parsed,
) -> Checked:
    """Return a TOML text, read from path, as a `kind`.

    check: raises MismatchError for what no single key can say. prepare: brings the parsed text up
    to date first; it may raise ValueError with what is wrong.
    advice: given where the error itself has none. Raises MatSettingsError that names path and line.
    """
    parsed = _parsed(path, text, advice)
    try:
        checked = build(prepare(parsed), kind)
        check(checked)
    except MismatchError as mismatch:
        line = find_line(text, mismatch.keys, mismatch.also)
        where = f"{path}, line {line}" if line else str(path)
        raise MatSettingsError(f"{where}: {mismatch.message(advice)}") from None
    except RecursionError:
        raise DamagedTextError(f"{path}: is nested too deeply", advice) from None
    except ValueError as error:
        raise DamagedTextError(f"{path}: {error}", advice) from None
    return checked


def _parsed(path: Path, text: str, advice: str) -> dict[str, Any]:
    for number, words in enumerate(text.split("\n"), 1):
        if (dots := words.count(".")) > MAX_DOTS and not words.lstrip().startswith("#"):
            reason = f"{path}, line {number}: has {dots} dots, no setting has more than {MAX_DOTS}"
            raise DamagedTextError(reason, "correct the line, or delete it")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise DamagedTextError(f"{path}: is nested too deeply", advice) from None
    except ValueError as error:  # tomllib.TOMLDecodeError, and Python's limit on long integers
        at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        reason = str(error)[: at.start()] if at else str(error)
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        raise DamagedTextError(
            f"{path}, line {line}: is not TOML ({repr(reason)[1:-1]})",
            'correct the line, as in name = 1.5 or name = "text"',
        ) from None


def read_text(path: Path) -> str:
    """Return a small text file's text, without its byte order mark. Raises MatSettingsError."""
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if len(raw) > FILE_BYTES:
        raise MatSettingsError(f"{path}: is larger than {FILE_BYTES} bytes: name a settings file")
    try:
        return raw.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DamagedTextError(
            f"{path}, line {line}: is not UTF-8 text (got byte 0x{raw[error.start]:02x})",
            "save the file as UTF-8",
        ) from None


def _unreadable(path: Path, error: OSError | ValueError) -> MatSettingsError:
    reason = getattr(error, "strerror", None) or str(error)
    return MatSettingsError(
        f"{path}: cannot be read ({reason}): check the name and who may read it"
    )


def _xdg(environ: Mapping[str, str], name: str, below_home: str) -> Path:
    folder = Path(environ.get(name, ""))
    if folder.is_absolute():  # the XDG specification: a relative one is to be ignored
        return folder
    home = Path(environ.get("HOME", ""))
    if home.is_absolute():
        return home / below_home
    raise MatSettingsError(
        f"neither {name} nor HOME names a folder: pass --config FILE and --state DIR"
    )


_TABLE = re.compile(r"\s*(\[\[?)([^\[\]]+)\]")  # [table] or [[array of tables]]
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")  # of a dotted key


def find_line(text: str, keys: Keys, also: Keys = ()) -> int | None:
    """Return the line, from 1, that sets keys, else also, else the nearest table around keys.

    By the lines' beginnings alone: what an inline table or a text over several lines holds is
    found at the key that holds it.
    """
    lines: dict[Keys, int] = {}
    for number, place in _places(text):
        lines.setdefault(place, number)
    for place in (keys, also):
        if place and place in lines:
            return lines[place]
    around = (keys[:size] for size in range(len(keys) - 1, 0, -1))
    return next((lines[place] for place in around if place in lines), None)


def _places(text: str) -> Iterator[tuple[int, Keys]]:
    table: Keys = ()
    arrays: dict[Keys, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TABLE.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, arrays[table])
            yield number, table
        elif "=" in line:
            yield number, table + _parts(line.partition("=")[0])


def _parts(text: str) -> tuple[Key, ...]:
    return tuple("".join(match.groups(default="")) for match in _PART.finditer(text))
