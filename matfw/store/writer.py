"""Jobs into rows: one transaction each. Owns the connection; for one thread at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import assert_never

import msgspec

from matfw.errors import MatStateError
from matfw.history.rows import (
    Announced,
    SessionInfo,
    SessionState,
    SetInfo,
    SetOutcome,
    WallTime,
)
from matfw.messages import FaultSeen
from matfw.store.database import is_damage, open_to_write, set_aside
from matfw.store.jobs import EndSession, EndSet, Job, KeepRawFile, KeepRep

Say = Callable[[str], object]
RAW_FILES_WAITING = 64
_SAME_TIME_S = 1.0  # a correction of the clock below this is left to its doubt


class RecordWriter:
    """The database, open for writing. What cannot be written raises sqlite3.Error or OSError.

    A damaged database is set aside and reported, and a new one begun: the job at hand
    is the first in it.
    """

    def __init__(self, path: Path, say: Say) -> None:
        """Open the database; say: takes what a person should know. Raises as `open_to_write`."""
        self._path = path
        self._say = say
        self._renamed: list[tuple[float, str, str | None]] = []
        # Of sessions that no repetition has been kept of yet: their row is still to come.
        self._raw_files: list[KeepRawFile] = []
        self._connection = self._opened()

    def mark_interrupted(self) -> None:
        """Call the sessions interrupted that no end was kept of; for the start of a firmware."""
        with self._transaction():
            self._run("UPDATE sessions SET state = 'interrupted' WHERE state = 'open'")

    def close(self) -> None:
        """Close the file; what is beside it goes into it."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def keep(self, job: Job) -> None:
        """Write one job and return when it is on the disk."""
        try:
            self._keep(job)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self.close()
            kept = set_aside(self._path)
            self._say(
                f"{self._path} was damaged ({error}): it is kept as {kept.name}, and a new one is"
                " begun; `sqlite3 FILE .recover` may save sessions from it"
            )
            self._connection = self._opened()
            self._keep(job)

    def note_announced(self, job: KeepRep) -> None:
        """Keep that a repetition's sound was given before it was kept."""
        with self._transaction():
            self._run(
                "UPDATE reps SET announced = ? WHERE number = ? AND set_id ="
                " (SELECT set_id FROM sets WHERE number = ? AND session_id = ?)",
                (
                    Announced.BEFORE_COMMIT, job.number, job.set_info.number,
                    self._session_id(job.session),
                ),
            )  # fmt: skip

    def rename(self, old: str, new: str, until_s: float) -> None:
        """Give a person another name. Raises MatStateError where that one is taken.

        until_s: sessions that began before, on the frames' clock, are meant although they come
        later than this.
        """
        try:
            with self._transaction():
                self._run("UPDATE people SET name = ? WHERE name = ?", (new, old))
        except sqlite3.IntegrityError:
            raise MatStateError(
                f"sessions of {new} are kept already: choose another name"
            ) from None
        self._renamed.append((until_s, old, new))

    def raw_files(self) -> frozenset[str]:
        """Return the names of all raw recordings that belong to a session."""
        return frozenset(str(row[0]) for row in self._run("SELECT name FROM raw_files"))

    def forget(self, name: str, until_s: float) -> int:
        """Delete a person's rows, so that no file has a byte of them; return how many sessions.

        until_s: as in `rename`; what comes later of such a session is kept as nobody's.
        """
        with self._transaction():
            count = "SELECT count(*) FROM sessions JOIN people USING (person_id) WHERE name = ?"
            number = int(self._run(count, (name,)).fetchone()[0])
            self._run("DELETE FROM people WHERE name = ?", (name,))
        self._renamed.append((until_s, name, None))
        # secure_delete has overwritten the rows; pages that are free, and the log, are rewritten.
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return number

    # --- one job

    def _keep(self, job: Job) -> None:
        with self._transaction():
            match job:
                case KeepRep():
                    self._keep_rep(job)
                case EndSet():
                    self._run(
                        "UPDATE sets SET outcome = ?, fatigue_percent = ?"
                        " WHERE session_id = ? AND number = ?",
                        (
                            job.outcome, job.fatigue_percent, self._session_id(job.session),
                            job.number,
                        ),
                    )  # fmt: skip
                case EndSession():
                    self._run(
                        "UPDATE sessions SET state = ? WHERE session_id = ?",
                        (job.state, self._session_id(job.session)),
                    )
                case KeepRawFile():
                    id_ = self._session_id(job.session)
                    if id_ is None:
                        self._raw_files = [*self._raw_files, job][-RAW_FILES_WAITING:]
                    else:
                        self._insert_raw_file(job, id_)
                case _:
                    assert_never(job)

    def _keep_rep(self, job: KeepRep) -> None:
        session_id = self._session_id(job.session)
        if session_id is None:
            session_id = self._new_session(job.session)
        set_id = self._set_id(session_id, job.set_info)
        rep, origin_s = job.rep, job.session.origin_s
        live = job.live
        self._insert(
            "reps",
            {
                "set_id": set_id,
                "number": job.number,
                "start_s": rep.start_s - origin_s,
                "top_s": rep.top_s - origin_s,
                "lower_s": rep.lower_s - origin_s,
                "end_s": rep.end_s - origin_s,
                "judged_s": rep.t_s - origin_s,
                "up_s": rep.up_s,
                "hold_s": rep.hold_s,
                "down_s": rep.down_s,
                "angle_deg": rep.angle_deg,
                "front_shift_mm": rep.front_shift_mm,
                "cancellation_score_mm": rep.cancellation_score_mm,
                "verdict": rep.verdict,
                "faults": faults_json(rep.faults),
                "reason": rep.reason,
                "live_up_from_s": _since(live.up_from_s, origin_s),
                "live_hold_from_s": _since(live.hold_from_s, origin_s),
                "live_down_from_s": _since(live.down_from_s, origin_s),
                "live_rest_from_s": _since(live.rest_from_s, origin_s),
                "live_faults": faults_json(live.faults),
                "announced": (
                    Announced.BEFORE_COMMIT if job.is_announced else Announced.AFTER_COMMIT
                ),
            },
            replace=True,  # of a commit that failed after it was on the disk
        )
        self._run(
            "UPDATE sessions SET length_s = max(length_s, ?), weight_kg = coalesce(?, weight_kg)"
            " WHERE session_id = ?",
            (rep.end_s - origin_s, job.session.weight_kg, session_id),
        )
        if origin_s == job.session.began_s:  # else it has gone on after another boot
            self._correct_wall_time(session_id, job.now, rep.t_s - origin_s)

    def _correct_wall_time(self, session_id: int, now: WallTime, since_s: float) -> None:
        """Where the clock has been set meanwhile, say when this boot's sessions really began."""
        if now.doubt_s is None:
            return
        boot, unix_s, doubt_s = self._run(
            "SELECT boot, began_unix_s, unix_doubt_s FROM sessions WHERE session_id = ?",
            (session_id,),
        ).fetchone()
        if doubt_s is not None:
            return
        correction_s = now.unix_s - since_s - unix_s
        self._run(
            "UPDATE sessions SET began_unix_s = began_unix_s + ?, unix_doubt_s = ?"
            " WHERE boot = ? AND unix_doubt_s IS NULL",
            (correction_s if abs(correction_s) > _SAME_TIME_S else 0.0, now.doubt_s, boot),
        )

    def _session_id(self, session: SessionInfo) -> int | None:
        row = self._run(
            "SELECT session_id FROM sessions WHERE boot = ? AND began_monotonic_s = ?",
            (session.boot, session.began_s),
        ).fetchone()
        return None if row is None else int(row[0])

    def _new_session(self, session: SessionInfo) -> int:
        person_id: int | None = None
        person = session.person
        for until_s, old, new in self._renamed:
            if person == old and session.began_s <= until_s:
                person = new
        if person is not None:
            name = (person,)
            self._run("INSERT OR IGNORE INTO people (name) VALUES (?)", name)
            found = self._run("SELECT person_id FROM people WHERE name = ?", name).fetchone()
            person_id = int(found[0])
        session_id = self._insert(
            "sessions",
            {
                "person_id": person_id,
                "state": SessionState.OPEN,
                "is_virtual": session.is_virtual,
                "layout": session.layout,
                "firmware": session.firmware,
                "boot": session.boot,
                "began_monotonic_s": session.began_s,
                "began_unix_s": session.began.unix_s,
                "unix_doubt_s": session.began.doubt_s,
                "length_s": 0.0,
                "weight_kg": session.weight_kg,
            },
        )
        for file in self._raw_files:
            if (file.session.boot, file.session.began_s) == (session.boot, session.began_s):
                self._insert_raw_file(file, session_id)
        return session_id

    def _insert_raw_file(self, job: KeepRawFile, session_id: int) -> None:
        row = {"name": job.name, "session_id": session_id,
               "origin_monotonic_s": job.session.origin_s}  # fmt: skip
        self._insert("raw_files", row)

    def _set_id(self, session_id: int, asked: SetInfo) -> int:
        row = self._run(
            "SELECT set_id FROM sets WHERE session_id = ? AND number = ?",
            (session_id, asked.number),
        ).fetchone()
        if row is not None:
            return int(row[0])
        return self._insert(
            "sets",
            {
                "session_id": session_id,
                "number": asked.number,
                "side": asked.side,
                "outcome": SetOutcome.OPEN,
                "reps_asked": asked.reps_asked,
                "rest_asked_s": asked.rest_asked_s,
                "up_asked_s": asked.tempo.up_s,
                "hold_asked_s": asked.tempo.hold_s,
                "down_asked_s": asked.tempo.down_s,
                "too_small_deg": asked.limits.too_small_deg,
                "too_high_deg": asked.limits.too_high_deg,
                "variation": asked.variation,
                "load_kg": asked.load_kg,
            },
        )

    # --- SQL

    def _opened(self) -> sqlite3.Connection:
        connection, notice = open_to_write(self._path)
        if notice:
            self._say(notice)
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def _run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _insert(self, table: str, row: Mapping[str, object], *, replace: bool = False) -> int:
        """Insert a row of our own columns' names; return its id."""
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        marks = ", ".join("?" * len(row))
        sql = f"{verb} INTO {table} ({', '.join(row)}) VALUES ({marks})"
        return int(self._run(sql, list(row.values())).lastrowid or 0)


def faults_json(faults: Iterable[FaultSeen]) -> str:
    """Return faults as they are kept: [[fault, value, unit], ...]."""
    rows = [(seen.fault, round(seen.value, 3), seen.unit) for seen in faults]
    return msgspec.json.encode(rows).decode()


def _since(t_s: float | None, origin_s: float) -> float | None:
    return None if t_s is None else t_s - origin_s
