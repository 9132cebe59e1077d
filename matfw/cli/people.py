"""The verb `people`: who is kept; another name; deleted wholly. Not beside a running firmware."""

# ruff: noqa: PLC0415, T201  nothing heavy is imported before it is needed

from __future__ import annotations

import argparse
import math
import sqlite3
from pathlib import Path

from matfw.cli.environment import say, state_dir_of, store_of
from matfw.cli.only_one import only_one
from matfw.errors import MatError, MatStateError, MatUsageError


def people(options: argparse.Namespace) -> None:
    """Do what is asked with people. Raises MatError."""
    state_dir = state_dir_of(options)
    if options.what == "list":
        _list(options, state_dir)
        return
    if options.what == "delete" and not options.yes:
        raise MatUsageError(
            f"`people delete {options.name}` cannot be undone: say --yes to do it; `matfw export"
            f" --person {options.name}` saves a copy first"
        )
    try:
        with only_one(state_dir, say):
            if options.what == "rename":
                _rename(options, state_dir)
            else:
                _delete(options, state_dir)
    except (sqlite3.Error, OSError) as error:
        from matfw.store.database import DATABASE_FILE, cannot_be_written

        if isinstance(error, MatError):
            raise
        raise MatStateError(cannot_be_written(state_dir / DATABASE_FILE, error)) from None


def _list(options: argparse.Namespace, state_dir: Path) -> None:
    from matfw.store.database import DATABASE_FILE
    from matfw.store.reader import read_people

    path = state_dir / DATABASE_FILE
    kept = dict(read_people(path)) if path.exists() else {}
    profiles = store_of(options).profiles()
    names = sorted({*kept, *profiles})
    for name in names:
        print(f"{name}: {kept.get(name, 0)} sessions{'' if name in profiles else ', no profile'}")
    if not names:
        print("nobody: `profile new NAME` at the console makes a profile")


def _rename(options: argparse.Namespace, state_dir: Path) -> None:
    from matfw.store.database import DATABASE_FILE
    from matfw.store.writer import RecordWriter

    store, old, new = store_of(options), options.old, options.new
    _check_known(state_dir, old, store.profiles())
    store.check_new_name(new)
    if (state_dir / DATABASE_FILE).exists():
        writer = RecordWriter(state_dir / DATABASE_FILE, say)
        try:
            writer.rename(old, new, -math.inf)
        finally:
            writer.close()
    if old in store.profiles():
        store.rename_profile(old, new)
    print(f"{old} is called {new} now")


def _delete(options: argparse.Namespace, state_dir: Path) -> None:
    from matfw.store.database import DATABASE_FILE
    from matfw.store.forgetting import remove_leftovers
    from matfw.store.raw_files import remove_unclaimed
    from matfw.store.record import RECORDINGS
    from matfw.store.writer import RecordWriter

    store, name = store_of(options), options.name
    _check_known(state_dir, name, store.profiles())
    sessions = 0
    if (state_dir / DATABASE_FILE).exists():
        writer = RecordWriter(state_dir / DATABASE_FILE, say)
        try:
            sessions = writer.forget(name, -math.inf)
            remove_unclaimed(state_dir / RECORDINGS, writer.raw_files())
        finally:
            writer.close()
    store.forget_profile(name)
    aside = remove_leftovers(state_dir, name)
    print(f"{name} is deleted: {sessions} sessions, profile, raw counts and backups")
    if aside:
        print(f"deleted with it, since they may hold something of {name}: {', '.join(aside)}")
    print("Not searched: exports, reports and recordings that were saved under names of their own.")


def _check_known(state_dir: Path, name: str, profiles: tuple[str, ...]) -> None:
    from matfw.settings.schema import did_you_mean
    from matfw.store.database import DATABASE_FILE
    from matfw.store.reader import read_people

    path = state_dir / DATABASE_FILE
    known = {*profiles, *(dict(read_people(path)) if path.exists() else {})}
    if name not in known:
        raise MatUsageError(f"nobody called {name!r} is kept: {did_you_mean(name, sorted(known))}")
