"""The database's tables, and how an older one becomes today's: `PRAGMA user_version`.

SI units in the columns' names; seconds of sets and reps count from their session's beginning by the
monotonic clock. Faults are JSON in their repetition's row: one commit, one row. A new version is
one more script at the end of MIGRATIONS; what is there is never changed.
"""

from __future__ import annotations

import sqlite3

from matfw.errors import MatStateError

APPLICATION_ID = 0x6D617466  # "matf", in the file's header

_FIRST = """
CREATE TABLE people (
    person_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE sessions (
    session_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a deleted one's number is not used again
    person_id INTEGER REFERENCES people ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'interrupted')),
    is_virtual INTEGER NOT NULL,
    layout TEXT NOT NULL,
    firmware TEXT NOT NULL,
    boot TEXT NOT NULL,  -- of the kernel: monotonic seconds are comparable within one
    began_monotonic_s REAL NOT NULL,
    began_unix_s REAL NOT NULL,
    unix_doubt_s REAL,  -- NULL: nobody had set the clock
    length_s REAL NOT NULL,
    weight_kg REAL,
    UNIQUE (boot, began_monotonic_s)
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE TABLE sets (
    set_id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    number INTEGER NOT NULL,  -- 0: before the first one
    side TEXT NOT NULL CHECK (side IN ('left', 'right', 'unknown')),
    outcome TEXT NOT NULL CHECK (outcome IN ('open', 'done', 'ended')),
    reps_asked INTEGER NOT NULL,
    rest_asked_s REAL NOT NULL,
    up_asked_s REAL NOT NULL,
    hold_asked_s REAL NOT NULL,
    down_asked_s REAL NOT NULL,
    too_small_deg REAL NOT NULL,
    too_high_deg REAL NOT NULL,
    variation TEXT NOT NULL,
    load_kg REAL NOT NULL,
    fatigue_percent REAL,
    UNIQUE (session_id, number)
);
CREATE TABLE reps (
    rep_id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets ON DELETE CASCADE,
    number INTEGER NOT NULL,  -- below 0: outside of the set's time, judged and not counted
    start_s REAL NOT NULL,
    top_s REAL NOT NULL,
    lower_s REAL NOT NULL,
    end_s REAL NOT NULL,
    judged_s REAL NOT NULL,
    up_s REAL NOT NULL,
    hold_s REAL NOT NULL,
    down_s REAL NOT NULL,
    angle_deg REAL NOT NULL,
    front_shift_mm REAL NOT NULL,
    cancellation_score_mm REAL NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('clean', 'fault', 'unsure')),
    faults TEXT NOT NULL,  -- JSON: [[fault, value, unit], ...]
    reason TEXT NOT NULL,  -- why it is unsure
    live_up_from_s REAL,
    live_hold_from_s REAL,
    live_down_from_s REAL,
    live_rest_from_s REAL,
    live_faults TEXT NOT NULL,
    announced TEXT NOT NULL CHECK (announced IN ('after_commit', 'before_commit')),
    UNIQUE (set_id, number)
);
CREATE TABLE raw_files (
    name TEXT PRIMARY KEY,  -- in the folder recordings
    session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    origin_monotonic_s REAL NOT NULL  -- on its frames' clock: what the session's seconds count from
);
CREATE INDEX raw_files_of_session ON raw_files (session_id);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST,)
VERSION = len(MIGRATIONS)


class NewerRecordError(MatStateError):
    """A database of a newer matfw: it is left as it is."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return how far this database has been migrated; 0: it is empty."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: object) -> None:
    """Bring a database up to date, each step whole or not at all.

    Raises NewerRecordError where a newer matfw made it, sqlite3.Error where it cannot be written.
    """
    version = version_of(connection)
    if version > VERSION:
        raise NewerRecordError(
            f"{path}: was made by a newer matfw (version {version}, this one knows {VERSION}):"
            " update matfw; sessions are not kept until then"
        )
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;{script};PRAGMA application_id = {APPLICATION_ID};"
                f"PRAGMA user_version = {number};COMMIT;"
            )
        except sqlite3.Error:
            connection.rollback()
            raise
