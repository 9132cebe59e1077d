"""The verb `export`: kept sessions as files of other programs, for nobody else to read."""

# ruff: noqa: PLC0415, T201  nothing heavy is imported before it is needed

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matfw.cli.kept import kept_records
from matfw.errors import MatUsageError

if TYPE_CHECKING:
    from matfw.history.rows import SessionRecord

FORMATS = ("csv", "json", "fit")


def export(options: argparse.Namespace) -> None:
    """Write sessions, into files or onto stdout. Raises MatError."""
    records = kept_records(options)
    output: Path | None = options.output
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(_one(options.format, records))
        return
    if options.format == "csv" or (options.format == "fit" and output.suffix != ".fit"):
        files = _several(options.format, records)
        _write_folder(output, files)
        what = f"{len(files)} files"
    else:
        _write_file(output, _one(options.format, records))
        what = "one file"
    print(f"{output}: {len(records)} sessions, {what}")


def _one(kind: str, records: Sequence[SessionRecord]) -> bytes:
    """Return what one file, or stdout, gets: of CSV the table of repetitions."""
    if kind == "fit":
        from matfw.export.fit import fit_file

        if len(records) != 1:
            raise MatUsageError(
                f"a FIT file holds one session (got {len(records)}): choose one with --session, or"
                " a folder with --output"
            )
        return fit_file(records[0])
    if kind == "json":
        from matfw.export.text_files import json_file
        from matfw.store.wall_clock import wall_time

        return json_file(records, wall_time())
    return _several(kind, records)["reps.csv"]


def _several(kind: str, records: Sequence[SessionRecord]) -> Mapping[str, bytes]:
    """Return a folder's files by name."""
    if kind == "fit":
        from matfw.export.fit import fit_file

        return {f"session-{each.session.session_id}.fit": fit_file(each) for each in records}
    from matfw.export.text_files import csv_files
    from matfw.store.wall_clock import wall_time

    return csv_files(records, wall_time())


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that is new or empty; the last of them says that all are there."""
    from matfw.settings.atomic_file import FOLDER_MODE, make_folder

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MatUsageError(f"{folder}: exists and is no empty folder: choose another name")
    make_folder(folder)
    os.chmod(folder, FOLDER_MODE)
    for name, content in files.items():
        _write_file(folder / name, content)


def _write_file(path: Path, content: bytes) -> None:
    from matfw.settings.atomic_file import replace_file

    if path.exists():
        raise MatUsageError(f"{path}: exists and is not overwritten: choose another name")
    replace_file(path, content)
