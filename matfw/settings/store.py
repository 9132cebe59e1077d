"""What `set`, `save`, `revert` and `factory` do to the settings, and all that state.toml keeps.

The person's file is read once and never written. What the console changes is staged here first and
goes to state.toml on `save`: to the profile in use where it is about a person (person, workout,
limits), else to [saved]. A change is checked with everything else before it is staged, so what is
staged can always be saved, and an error changes nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from matfw.errors import MatSettingsError
from matfw.judging.habits import Habits
from matfw.messages import Side
from matfw.settings.atomic_file import Calls
from matfw.settings.effective import Layers, value_or_none
from matfw.settings.model import Settings
from matfw.settings.parse import UNCHANGED, parse
from matfw.settings.profiles import (
    check_profile_name,
    known_profile,
    learned,
    renamed,
    unlearned,
    with_new_profile,
    with_profile_in_use,
    without_profile,
)
from matfw.settings.rows import Setting, find, table, value_of
from matfw.settings.schema import Keys, MismatchError, dotted
from matfw.settings.state import NO_PROFILE, CellLine, MachineState
from matfw.settings.state_changes import FORGOTTEN, Staged, applied, calibrated, console_keys
from matfw.settings.state_file import alone_with_state, read_state, write_state


class SettingsStore:
    """The settings of one mat.

    Safe to call from several threads. `save`, the profiles and `save_calibration` wait for the
    disk, a slow card's second: never call them from the frame path. `settings` never waits.
    """

    def __init__(self, config: Path | None, state_dir: Path, calls: Calls = os) -> None:
        """Read the person's file, if there is one, and the machine's state.

        Raises MatSettingsError: a file is wrong, or the two contradict each other.
        """
        self._lock = threading.RLock()
        self._layers = Layers(config)
        self._folder = state_dir
        self._calls = calls
        self._read = read_state(state_dir)
        self._staged: dict[Keys, object] = {}
        self._by: dict[Keys, str] = {}  # who staged it
        self._settings = self._layers.saved(state_dir, self._read)

    @property
    def config(self) -> Path | None:
        """Return the person's file."""
        return self._layers.config

    @property
    def folder(self) -> Path:
        """Return the folder of the machine's own state."""
        return self._folder

    @property
    def settings(self) -> Settings:
        """Return the effective settings, staged ones too; always checked."""
        return self._settings

    @property
    def state(self) -> MachineState:
        """Return what state.toml holds."""
        return self._read.state

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what a person should know: a damaged state.toml, read from its backup."""
        return self._read.notices

    # --- settings

    def table(self) -> tuple[Setting, ...]:
        """Return a row for every setting of this mat."""
        return table(self._settings)

    def find(self, word: str) -> Setting:
        """Return the one setting that word names, or begins. Raises MatSettingsError."""
        return find(self.table(), word)

    def get(self, key: str) -> tuple[object, str]:
        """Return a setting's value and its source: default, file, saved, profile NAME or staged."""
        with self._lock:
            row = self.find(key)
            source = self._layers.source(self._read.state, self._staged, row.keys)
            return value_of(self._settings, row.keys), source

    def set(self, key: str, text: str, by: str = "") -> None:
        """Stage what a person typed for a setting; by: who that is, for `save` and `revert`.

        Raises MatSettingsError, which names key, value and range; then nothing was changed.
        """
        self.set_all([(key, text)], by)

    def set_all(self, pairs: list[tuple[str, str]], by: str = "") -> None:
        """Stage several at once, where one alone would contradict another: `layout` and `cells`."""
        with self._lock:
            staged = dict(self._staged)
            for key, text in pairs:
                # A new table for each: `layout` and `cells` bring the pins of other cells.
                row = find(table(self._layers.unchecked(self._read.state, staged)), key)
                staged[row.keys] = parse(row, text)
            self._stage(staged, by)

    def diff(self) -> list[tuple[str, object, object]]:
        """Return what is staged: key, value as saved, value as staged."""
        with self._lock:
            saved = self._layers.effective(self._read.state, {})
            return [
                (dotted(keys), value_or_none(saved, keys), value_or_none(self._settings, keys))
                for keys in self._staged
            ]

    def staged_by(self, key: str) -> str:
        """Return who staged a key of `diff`; empty where that is unknown."""
        with self._lock:
            return next((by for keys, by in self._by.items() if dotted(keys) == key), "")

    def save(self, by: str | None = None) -> None:
        """Write what is staged to state.toml; by: only what they staged.

        Raises MatStateError, or MatSettingsError where it is not valid without what others staged;
        it stays staged then.
        """
        with self._lock:
            mine, others = self._parted(by)
            if not mine:
                return
            profile = self.profile

            def changed(state: MachineState) -> MachineState:
                if state.profile != profile:  # or it would go to another person's
                    raise MatSettingsError(
                        f"another matfw uses profile {state.profile or NO_PROFILE} now: nothing"
                        " was saved; revert, and set it again"
                    )
                state = applied(state, mine)
                try:
                    self._layers.effective(state, {})
                except MismatchError as mismatch:
                    raise MatSettingsError(
                        f"{mismatch}: valid only with what another link has set: `save all`;"
                        f" {UNCHANGED}"
                    ) from None
                return state

            self._write(changed, others)
            self._staged = others

    def revert(self, by: str | None = None) -> None:
        """Forget what is staged, and read state.toml again. Raises MatSettingsError if it is bad.

        by: only what they staged, and nothing is read again. What was staged is forgotten also
        where state.toml is bad.
        """
        with self._lock:
            _, others = self._parted(by)
            if others:
                self._stage(others, "")
                return
            self._settings = self._layers.effective(self._read.state, {})
            self._staged = {}
            read = read_state(self._folder)
            self._settings = self._layers.saved(self._folder, read)
            self._read = read

    def _parted(self, by: str | None) -> tuple[dict[Keys, object], dict[Keys, object]]:
        """Return what they staged (None: everything), and what others did."""
        mine = {
            keys: value
            for keys, value in self._staged.items()
            if by is None or self._by.get(keys, "") == by
        }
        return mine, {keys: value for keys, value in self._staged.items() if keys not in mine}

    def factory(self, key: str | None = None, by: str = "") -> None:
        """Stage that what the console set is forgotten: the person's file, then defaults hold.

        key: of one setting; None: of all, of the profile in use too. Other profiles and the
        calibration stay. Raises MatSettingsError.
        """
        with self._lock:
            state = self._read.state
            kept = console_keys(state)
            if key is None:
                self._stage(dict.fromkeys(kept, FORGOTTEN), by)
                return
            # One of a cell that this layout does not have is in no table, but may be forgotten.
            known = {dotted(keys): keys for keys in kept}
            keys = known[key] if key in known else self.find(key).keys
            staged = {name: value for name, value in self._staged.items() if name != keys}
            self._stage(staged | ({keys: FORGOTTEN} if keys in kept else {}), by)

    # --- profiles: what is saved for one person

    @property
    def profile(self) -> str | None:
        """Return the profile in use."""
        return self._read.state.profile

    def profiles(self) -> tuple[str, ...]:
        """Return all profiles' names."""
        return tuple(sorted(self._read.state.profiles))

    def new_profile(self, name: str) -> None:
        """Make an empty profile and use it; what is saved from now on for a person goes there."""
        with self._lock:
            self._refuse_while_staged()
            check_profile_name(name)
            self._write(lambda state: with_new_profile(state, name))

    def use_profile(self, name: str | None) -> None:
        """Use a profile; None or "none": none. Raises MatSettingsError."""
        with self._lock:
            self._refuse_while_staged()
            self._write(lambda state: with_profile_in_use(state, name))

    def check_new_name(self, name: str) -> None:
        """Refuse a name that a profile may not have, or one has. Raises MatSettingsError."""
        self._refuse_while_staged()
        check_profile_name(name)
        if name in self._read.state.profiles:
            raise MatSettingsError(f"profile {name} exists: take another name")

    def rename_profile(self, old: str, new: str) -> None:
        """Give a profile another name; it stays in use if it is. Raises MatSettingsError."""
        with self._lock:
            self.check_new_name(new)
            self._write(lambda state: renamed(state, known_profile(state, old), new))

    def forget_profile(self, name: str) -> None:
        """Delete a profile where there is one, and what the backup has of it.

        Raises MatSettingsError.
        """
        with self._lock:
            if name in self._read.state.profiles:
                self.delete_profile(name)
            self._write(lambda state: state)  # what was written last becomes the backup

    def delete_profile(self, name: str) -> None:
        """Delete a profile; where it was in use none is then. Raises MatSettingsError."""
        with self._lock:
            self._refuse_while_staged()
            self._write(lambda state: without_profile(state, name))

    # --- habits: what good repetitions of one person showed

    def save_habits(self, side: Side, habits: Habits) -> None:
        """Keep what was learned of the person of the profile in use. Raises MatStateError."""
        with self._lock:
            self._write(lambda state: learned(state, side, habits))

    def forget_habits(self) -> None:
        """Forget what was learned of the person of the profile in use. Raises MatStateError."""
        with self._lock:
            self._write(unlearned)

    # --- calibration

    def save_calibration(self, lines: Mapping[str, CellLine], *, note: str) -> None:
        """Put cells' lines into use and keep those before them. Raises MatStateError.

        Cells that lines do not name keep theirs. note: when and how they were found. What is staged
        stays staged.
        """
        with self._lock:
            self._write(lambda state: calibrated(state, lines, note))

    # --- the console's PIN

    def save_pin_hash(self, kept: str | None) -> None:
        """Keep a PIN's hash; None: there is no PIN any more. Raises MatStateError."""
        with self._lock:
            self._write(lambda state: replace(state, pin_hash=kept, wrong_pins=0))

    def save_wrong_pins(self, number: int) -> None:
        """Keep that number; the backup stays what it is. Raises MatStateError."""
        with self._lock:
            self._write(lambda state: replace(state, wrong_pins=number), keeps_backup=True)

    # --- inside

    def _stage(self, staged: Staged, by: str) -> None:
        """Check a new set of staged changes with everything else, and take it over; by: whose."""
        saved = self._layers.effective(self._read.state, {})
        try:
            settings = self._layers.effective(self._read.state, staged)
        except MismatchError as mismatch:
            changed = {keys for keys in staged if staged[keys] is not self._staged.get(keys)}
            both = (mismatch.keys, mismatch.also)
            others = [keys for keys in both if keys and keys not in changed]
            message = mismatch.message(
                f"change {dotted(others[0])} first" if others else "correct it"
            )
            raise MatSettingsError(f"{message}; {UNCHANGED}") from None
        self._by = {
            keys: self._by[keys] if self._staged.get(keys, self) is value else by
            for keys, value in staged.items()
        }
        self._staged = {
            keys: value
            for keys, value in staged.items()
            if value is FORGOTTEN or value_or_none(settings, keys) != value_or_none(saved, keys)
        }
        self._settings = settings

    def _write(
        self,
        change: Callable[[MachineState], MachineState],
        staged: Staged | None = None,
        *,
        keeps_backup: bool = False,
    ) -> None:
        """Change the state on the disk, which another process may have changed meanwhile.

        staged: what is staged afterwards; None: the same as now. keeps_backup: it is no change that
        a person would want to go back behind.
        """
        with alone_with_state(self._folder, self._calls):
            before = read_state(self._folder)
            state = change(before.state)
            try:
                settings = self._layers.effective(state, self._staged if staged is None else staged)
                self._read = write_state(
                    self._folder, before, state, self._calls, keeps_backup=keeps_backup
                )
            except MismatchError as mismatch:
                message = mismatch.message(f"change {dotted(mismatch.also or mismatch.keys)} first")
                raise MatSettingsError(f"{message}; {UNCHANGED}") from None
            self._settings = settings

    def _refuse_while_staged(self) -> None:
        if self._staged:
            names = ", ".join(dotted(keys) for keys in self._staged)
            raise MatSettingsError(f"not saved yet: {names}: save or revert first; {UNCHANGED}")
