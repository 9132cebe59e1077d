"""What the layers come to: the effective settings, and which layer each value is from.

defaults  <  the person's TOML  <  saved at the console  <  the profile in use  <  staged
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from matfw.errors import MatSettingsError
from matfw.settings.checks import check
from matfw.settings.files import find_line, load_settings, read_text
from matfw.settings.layers import Tables, holds, merged
from matfw.settings.model import Settings
from matfw.settings.rows import value_of
from matfw.settings.schema import Keys, MismatchError, build
from matfw.settings.state import MachineState
from matfw.settings.state_changes import Staged, applied, profile_tables
from matfw.settings.state_file import STATE_FILE, StateRead


class Layers:
    """The person's file, read once, and what the machine's layers make of it."""

    def __init__(self, config: Path | None) -> None:
        """Read the person's file, if there is one. Raises MatSettingsError naming its line."""
        self.config = config
        load_settings(config)  # alone first: its errors name its lines
        self._file: Tables = tomllib.loads(read_text(config)) if config else {}

    def saved(self, folder: Path, read: StateRead) -> Settings:
        """Return the settings with the state of folder as read, and nothing staged.

        Raises MatSettingsError, with both names, where the state and the person's file contradict.
        """
        try:
            return self.effective(read.state, {})
        except MismatchError as mismatch:
            raise MatSettingsError(self._contradiction(folder, read, mismatch)) from None

    def effective(self, state: MachineState, staged: Staged) -> Settings:
        """Return the layers as one; raise MismatchError where together they are no settings."""
        settings = self.unchecked(state, staged)
        check(settings)
        return settings

    def unchecked(self, state: MachineState, staged: Staged) -> Settings:
        """Return the layers as one, each value within its range; raise MismatchError else."""
        state = applied(state, staged)
        return build(merged(merged(self._file, state.saved), profile_tables(state)), Settings)

    def source(self, state: MachineState, staged: Staged, keys: Keys) -> str:
        """Return where a value comes from: default, file, saved, profile NAME or staged."""
        if keys in staged:
            return "staged"
        if holds(profile_tables(state), keys):
            return f"profile {state.profile}"
        if holds(state.saved, keys):
            return "saved"
        return "file" if holds(self._file, keys) else "default"

    def _contradiction(self, folder: Path, read: StateRead, mismatch: MismatchError) -> str:
        path = folder / STATE_FILE
        state, text = read.state, read.text or ""
        for keys in (mismatch.keys, mismatch.also):
            for above, tables in (
                (("profiles", str(state.profile)), profile_tables(state)),
                (("saved",), state.saved),
            ):
                if holds(tables, keys) and (line := find_line(text, above + keys)):
                    return (
                        f"{path}, line {line}: {mismatch}: it was saved at the console and does not"
                        f" go with {self.config or 'the defaults'}: change that, or delete this"
                        " line"
                    )
        return f"{path}: {mismatch.message('correct it, or delete it')}"


def value_or_none(settings: Settings, keys: Keys) -> object:
    """Return a setting's value; None for a pin of a cell that these settings do not have."""
    try:
        return value_of(settings, keys)
    except KeyError:
        return None
