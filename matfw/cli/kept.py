"""The verbs about kept sessions: report, progress. They read beside a firmware that runs."""

# ruff: noqa: PLC0415, T201  nothing heavy is imported before it is needed

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matfw.cli.environment import check_home, state_dir_of
from matfw.errors import MatError, MatUsageError

if TYPE_CHECKING:
    from matfw.history.rows import SessionRecord
    from matfw.history.traces import Trace

Say = Callable[[str], object]


def report(options: argparse.Namespace, say: Say) -> None:
    """Say what sessions came to: lines, or one page. Raises MatError."""
    from matfw.reports.session_lines import history_lines, session_lines

    records = kept_records(options)
    if options.html is not None:
        from matfw.reports.page import page

        text = page(records, _traces(records, state_dir_of(options), say))
        _write_page(options.html, text)
        print(f"{options.html}: {len(records)} sessions, {len(text) / 1000:.0f} kB")
    elif len(records) == 1:
        print("\n".join(session_lines(records[0])))
    else:
        print("\n".join(history_lines(records)))


def progress(options: argparse.Namespace) -> None:
    """Say where somebody stands after weeks. Raises MatError."""
    from matfw.history.progress import progress as progress_of
    from matfw.reports.progress_lines import progress_lines
    from matfw.store.wall_clock import wall_time

    options.session = "all"
    records = _of_one_person(kept_records(options))
    found = progress_of(records, wall_time())
    if options.html is None:
        print("\n".join(progress_lines(found)))
        return
    from matfw.reports.progress_page import progress_page

    _write_page(options.html, progress_page(found))
    print(f"{options.html}: {len(records)} sessions")


def _of_one_person(records: Sequence[SessionRecord]) -> list[SessionRecord]:
    """Return the sessions of whoever did the last one; of flesh and blood, if any are."""
    real = [record for record in records if not record.session.is_virtual] or records
    return [record for record in real if record.session.person == real[-1].session.person]


def kept_records(options: argparse.Namespace) -> Sequence[SessionRecord]:
    """Return the sessions that are asked for, oldest first. Raises MatError."""
    from matfw.store.database import DATABASE_FILE
    from matfw.store.reader import read_sessions

    check_home(options)
    return read_sessions(state_dir_of(options) / DATABASE_FILE, options.session, options.person)


def _traces(
    records: Sequence[SessionRecord], state_dir: Path, say: Say
) -> dict[int, dict[int, Trace]]:
    """Return the centre of pressure's paths, where raw counts were kept and still are."""
    from matfw.history.traces import traces
    from matfw.recording.file import read_recording
    from matfw.store.record import RECORDINGS

    found: dict[int, dict[int, Trace]] = {}
    for record in records:
        paths = found.setdefault(record.session.session_id, {})
        for file in record.raw_files:
            path = state_dir / RECORDINGS / file.name
            if not path.exists():
                continue  # the oldest go when the limit is reached
            try:
                recording = read_recording(path)
                frames = recording.frames()
                paths.update(traces(recording.mat, frames, file.origin_s, record.reps))
            except MatError as error:
                say(f"left out: {error}")
    return found


def _write_page(path: Path, text: str) -> None:
    """Write a page for nobody else to read; only an older page of ours is replaced."""
    from matfw.reports.page import MARK
    from matfw.settings.atomic_file import FILE_MODE, replace_file

    if path.suffix.lower() not in (".html", ".htm"):
        raise MatUsageError(f"a page's name must end in .html (got {str(path)!r}): choose such one")
    if path.exists():
        with path.open("rb") as file:
            if MARK.encode() not in file.read(200):
                raise MatUsageError(
                    f"{path}: exists and is no report of matfw: it is not overwritten; choose"
                    " another name"
                )
    replace_file(path, text.encode())
    os.chmod(path, FILE_MODE)
