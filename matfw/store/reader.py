"""Rows into what history works with; beside a firmware that writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from matfw.errors import MatUsageError
from matfw.history.rows import (
    Announced,
    LiveRep,
    RawFile,
    RepRow,
    SessionRecord,
    SessionRow,
    SessionState,
    SetOutcome,
    SetRow,
    WallTime,
)
from matfw.messages import Fault, FaultSeen, Rep, Side, Tempo, Verdict
from matfw.settings.schema import did_you_mean
from matfw.store.database import reading

ALL, LAST = "all", "last"

_SESSIONS = (
    "SELECT session_id, boot, began_monotonic_s, state, people.name AS person, is_virtual,"
    " layout, firmware, began_unix_s, unix_doubt_s, length_s, weight_kg"
    " FROM sessions LEFT JOIN people USING (person_id)"
)


def read_sessions(
    path: Path, which: str = ALL, person: str | None = None
) -> tuple[SessionRecord, ...]:
    """Return kept sessions with all that belongs to them, oldest first.

    which: `all`, `last` or a session's number. person: only theirs. Raises MatUsageError where
    there is none such, MatStateError where nothing can be read.
    """
    with reading(path) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")  # one moment's rows, whatever is written meanwhile
        rows = _found(connection, which, person)
        return tuple(
            SessionRecord(
                session=_session(row),
                sets=_sets(connection, row["session_id"]),
                raw_files=_raw_files(connection, row["session_id"]),
            )
            for row in rows
        )


def read_people(path: Path) -> tuple[tuple[str, int], ...]:
    """Return each person's name and how many sessions of theirs are kept."""
    with reading(path) as connection:
        found = connection.execute(
            "SELECT name, count(session_id) FROM people LEFT JOIN sessions USING (person_id)"
            " GROUP BY name ORDER BY name"
        )
        return tuple((str(name), int(number)) for name, number in found)


def _found(connection: sqlite3.Connection, which: str, person: str | None) -> list[sqlite3.Row]:
    # One without a counted repetition is no session for anybody to read.
    where = [
        "EXISTS (SELECT 1 FROM sets JOIN reps USING (set_id)"
        " WHERE sets.session_id = sessions.session_id AND reps.number > 0)"
    ]
    values: list[object] = []
    if person is not None:
        known = [str(row[0]) for row in connection.execute("SELECT name FROM people")]
        if person not in known:
            raise MatUsageError(f"no session of {person!r} is kept: {did_you_mean(person, known)}")
        where.append("people.name = ?")
        values.append(person)
    if which not in (ALL, LAST):
        where.append("session_id = ?")
        values.append(int(which))
    sql = f"{_SESSIONS} WHERE {' AND '.join(where)} ORDER BY session_id"
    rows = connection.execute(sql, values).fetchall()
    if not rows:
        what = "no session is kept" if which in (ALL, LAST) else f"there is no session {which}"
        raise MatUsageError(
            f"{what}{'' if person is None else f' of {person}'}: `matfw report --session all` shows"
            " what there is"
            if which not in (ALL, LAST)
            else f"{what} yet: `matfw run` keeps each one from its first repetition on"
        )
    return rows[-1:] if which == LAST else rows


def _session(row: sqlite3.Row) -> SessionRow:
    return SessionRow(
        session_id=row["session_id"],
        boot=row["boot"],
        began_monotonic_s=row["began_monotonic_s"],
        state=SessionState(row["state"]),
        person=row["person"],
        is_virtual=bool(row["is_virtual"]),
        layout=row["layout"],
        firmware=row["firmware"],
        began=WallTime(row["began_unix_s"], row["unix_doubt_s"]),
        length_s=row["length_s"],
        weight_kg=row["weight_kg"],
    )


def _sets(connection: sqlite3.Connection, session_id: int) -> tuple[SetRow, ...]:
    found = []
    before = 0
    for row in connection.execute(
        "SELECT * FROM sets WHERE session_id = ? ORDER BY number", (session_id,)
    ).fetchall():
        side = Side(row["side"])
        kept = connection.execute(
            "SELECT * FROM reps WHERE set_id = ? AND number > 0 ORDER BY number", (row["set_id"],)
        )
        reps = tuple(_rep(rep, number, side) for number, rep in enumerate(kept, before + 1))
        if not reps:
            continue
        before += len(reps)
        found.append(
            SetRow(
                number=row["number"],
                side=side,
                outcome=SetOutcome(row["outcome"]),
                reps_asked=row["reps_asked"],
                rest_asked_s=row["rest_asked_s"],
                tempo=Tempo(row["up_asked_s"], row["hold_asked_s"], row["down_asked_s"]),
                too_small_deg=row["too_small_deg"],
                too_high_deg=row["too_high_deg"],
                variation=row["variation"],
                load_kg=row["load_kg"],
                fatigue_percent=row["fatigue_percent"],
                reps=reps,
            )
        )
    return tuple(found)


def _rep(row: sqlite3.Row, number: int, side: Side) -> RepRow:
    return RepRow(
        number=row["number"],
        rep=Rep(
            rep=number,
            t_s=row["judged_s"],
            **{name: row[name] for name in _SAME},
            verdict=Verdict(row["verdict"]),
            faults=_faults(row["faults"]),
            side=side,
        ),
        live=LiveRep(
            up_from_s=row["live_up_from_s"],
            hold_from_s=row["live_hold_from_s"],
            down_from_s=row["live_down_from_s"],
            rest_from_s=row["live_rest_from_s"],
            faults=_faults(row["live_faults"]),
        ),
        announced=Announced(row["announced"]),
    )


_SAME = ("start_s", "top_s", "lower_s", "end_s", "up_s", "hold_s", "down_s", "angle_deg",
         "front_shift_mm", "cancellation_score_mm", "reason")  # fmt: skip


def _faults(text: str) -> tuple[FaultSeen, ...]:
    rows: Sequence[tuple[str, float, str]] = msgspec.json.decode(text)
    return tuple(FaultSeen(Fault(name), value, unit) for name, value, unit in rows)


def _raw_files(connection: sqlite3.Connection, session_id: int) -> tuple[RawFile, ...]:
    found = connection.execute(
        "SELECT name, origin_monotonic_s FROM raw_files WHERE session_id = ? ORDER BY name",
        (session_id,),
    )
    return tuple(RawFile(str(name), float(origin_s)) for name, origin_s in found)
