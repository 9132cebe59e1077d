"""Where a verb finds settings and state, and where it says what goes wrong."""

# ruff: noqa: PLC0415, T201  nothing heavy is imported before it is needed

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from matfw.cli.journal import Level, with_level

if TYPE_CHECKING:
    from matfw.settings.store import SettingsStore


def say(text: str, level: Level = Level.WARNING) -> None:
    """Say something that is not the verb's answer, on stderr. level: in the journal."""
    lines = "\n".join(for_screen([f"matfw: {text}"], sys.stderr))
    print(with_level(lines, level, sys.stderr), file=sys.stderr)


def for_screen(lines: Sequence[str], stream: TextIO | None) -> list[str]:
    """Return lines broken between words for a terminal; as they are for a pipe or a file."""
    if stream is None or not stream.isatty():
        return list(lines)
    from matfw.console.screen import wrapped

    columns = shutil.get_terminal_size().columns
    return [part for line in lines for part in wrapped(line, columns)]


def state_dir_of(options: argparse.Namespace) -> Path:
    """Return the folder of calibration, saved settings and recordings."""
    from matfw.settings.files import default_state_dir

    return Path(options.state or default_state_dir(os.environ))


def store_of(options: argparse.Namespace) -> SettingsStore:
    """Read settings and state, and say what a person should know of them.

    Raises MatSettingsError.
    """
    from matfw.settings.files import default_config_path
    from matfw.settings.store import SettingsStore

    check_home(options)
    store = SettingsStore(options.config or default_config_path(os.environ), state_dir_of(options))
    for notice in store.notices:
        say(notice)
    return store


def check_home(options: argparse.Namespace) -> None:
    """Say that HOME is another user's, where the state is looked for there.

    As after `sudo -E`: root's files in a person's folder, or a person before root's. Raises
    MatSettingsError where nothing could be read there.
    """
    home = os.environ.get("HOME", "")
    if options.state or os.environ.get("XDG_STATE_HOME") or not home:
        return
    try:
        owner = os.stat(home).st_uid
    except (OSError, ValueError):
        return  # what is not there is reported when it is needed
    if owner == os.geteuid():
        return
    text = (
        f"HOME is {home}, another user's ({_user(owner)}): settings and state are looked for there;"
        " log in as yourself (`sudo -i`, `su -`), or pass --config FILE and --state DIR"
    )
    if os.access(home, os.R_OK | os.X_OK):
        say(text)
        return
    from matfw.errors import MatSettingsError

    raise MatSettingsError(text)


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
