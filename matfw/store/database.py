"""The database's file: opened for writing or reading, nobody else's to read, set aside if damaged.

WAL, so that a report can be read beside a running firmware; `synchronous=FULL`, so that a commit is
on the disk when it returns: NORMAL takes 0.04 ms instead of 3.5 and may lose the last ones.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from matfw.errors import MatStateError
from matfw.settings.atomic_file import FILE_MODE, make_folder
from matfw.settings.os_errors import advice
from matfw.store.schema import migrate, version_of

DATABASE_FILE = "matfw.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite may keep beside it
BUSY_S = 2.0  # for another process that writes: `matfw people`
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NONE_YET = "there is none yet: sessions are kept while `matfw run` runs"
_FULL, _DENIED = "the disk is full: free some space", "the folder or disk cannot be written"
_ADVICE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: f"{_DENIED}: `ls -ld` and `dmesg` say why",
    sqlite3.SQLITE_CANTOPEN: f"{_DENIED}: `ls -ld` shows whose it is",
    sqlite3.SQLITE_PERM: f"{_DENIED}: `ls -ld` shows whose it is",
    sqlite3.SQLITE_IOERR: "the disk failed: look into `dmesg`, and copy what is on it",
    sqlite3.SQLITE_BUSY: "another program writes to it: end that one",
}


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code of an error; 0 where it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error says that the file is not a whole database."""
    return primary_code(error) in DAMAGED


def may_pass(error: sqlite3.Error) -> bool:
    """Return whether the disk, and not what was to be written, is the reason of an error."""
    return primary_code(error) in _ADVICE or primary_code(error) == sqlite3.SQLITE_LOCKED


def cannot_be_written(path: Path, error: sqlite3.Error | OSError) -> str:
    """Return the one sentence about a database that cannot be written now."""
    if isinstance(error, OSError):
        return f"{path}: cannot be written ({error.strerror}): {advice(error)}"
    do = _ADVICE.get(primary_code(error), "report this")
    return f"{path}: cannot be written ({error}): {do}"


def open_to_write(path: Path) -> tuple[sqlite3.Connection, str]:
    """Open the database, made where there is none; return it and a notice, or "".

    A damaged one is set aside first, and the notice says so. Raises sqlite3.Error or OSError where
    it cannot be written, NewerRecordError where a newer matfw made it.
    """
    notice = ""
    make_folder(path.parent)
    try:
        return _opened(path), notice
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        kept = set_aside(path)
        notice = (
            f"{path} was damaged ({error}): it is kept as {kept.name}, and a new one is begun;"
            " `sqlite3 FILE .recover` may save sessions from it"
        )
    return _opened(path), notice


def _opened(path: Path) -> sqlite3.Connection:
    # For nobody else from its first byte on; SQLite gives what it keeps beside it the same mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
                       "secure_delete = ON"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")
        check(connection)
        migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def check(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where the file is not whole."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        error = sqlite3.DatabaseError(str(found))
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def set_aside(path: Path) -> Path:
    """Rename a damaged database with what belongs to it; return its new name. Raises OSError."""
    number = 1
    while (kept := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{kept}{ending}")
    os.replace(path, kept)
    return kept


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that only reads. Raises MatStateError where nothing can be read."""
    if not path.exists():
        raise MatStateError(f"{path}: {_NONE_YET}")
    try:
        with closing(_to_read(path)) as connection:
            if not version_of(connection):  # made on a disk that was full then
                raise MatStateError(f"{path}: {_NONE_YET}")
            yield connection
    except sqlite3.Error as error:
        do = "`matfw run` sets it aside and begins a new one" if is_damage(error) else "try again"
        raise MatStateError(f"{path}: cannot be read ({error}): {do}") from None


def _to_read(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}"
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=BUSY_S)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError:
        # WAL wants to make a file beside it; where nothing can be written nobody else writes.
        connection.close()
        return sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True)
    return connection
