"""Where a verb finds settings and state, and where it says what goes wrong."""

# ruff: noqa: PLC0415, T201  nothing heavy is imported before it is needed

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matfw.settings.store import SettingsStore


def say(text: str) -> None:
    """Say something that is not the verb's answer, on stderr."""
    print(f"matfw: {text}", file=sys.stderr)


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

    store = SettingsStore(options.config or default_config_path(os.environ), state_dir_of(options))
    for notice in store.notices:
        say(notice)
    return store
