"""Jobs become rows, whole, and what is read is what was kept."""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from matfw.errors import MatStateError, MatUsageError
from matfw.history.rows import Announced, SessionState, SetOutcome, WallTime
from matfw.messages import Fault, Side, Verdict
from matfw.store.database import DATABASE_FILE
from matfw.store.jobs import EndSession, EndSet, KeepRawFile
from matfw.store.reader import ALL, LAST, read_people, read_sessions
from matfw.store.schema import APPLICATION_ID, MIGRATIONS, VERSION, NewerRecordError
from matfw.store.writer import RecordWriter
from tests.store.story import NOON, asked, faulty, keep, rep, session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / DATABASE_FILE


def opened(path: Path) -> tuple[RecordWriter, list[str]]:
    notices: list[str] = []
    return RecordWriter(path, notices.append), notices


def test_what_is_read_is_what_was_kept(path: Path) -> None:
    writer, _ = opened(path)
    done = (rep(1), faulty(2, Fault.KICK, Fault.SHORT_HOLD), rep(3, verdict=Verdict.UNSURE,
            reason="the hold is too close to call"))  # fmt: skip
    for x in done:
        writer.keep(keep(x))
    writer.keep(EndSet(session=session(), number=1, outcome=SetOutcome.DONE, fatigue_percent=31.5))
    right = asked(2, Side.RIGHT)
    writer.keep(replace(keep(rep(4, side=Side.RIGHT), set_info=right), number=1))
    writer.keep(EndSession(session=session(), state=SessionState.DONE))
    writer.close()
    (found,) = read_sessions(path)
    assert (found.session.person, found.session.state) == ("ann", SessionState.DONE)
    assert (found.session.began, found.session.weight_kg) == (NOON, 64.0)
    left, other = found.sets
    assert (left.outcome, left.fatigue_percent, left.reps_asked) == (SetOutcome.DONE, 31.5, 3)
    assert (other.side, other.outcome) == (Side.RIGHT, SetOutcome.OPEN)
    origin_s = session().origin_s
    times = ("t_s", "start_s", "top_s", "lower_s", "end_s")
    assert [kept.rep for kept in left.reps] == [
        replace(x, **{name: getattr(x, name) - origin_s for name in times}) for x in done
    ]
    assert [x.rep for x in found.reps] == [1, 2, 3, 4]
    assert left.reps[1].live.faults == done[1].faults
    assert left.reps[0].live.up_from_s == pytest.approx(10.3 - origin_s)
    assert found.session.length_s == pytest.approx(rep(4).end_s - origin_s)


def test_nobody_else_may_read_it_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        writer, _ = opened(path)
        writer.keep(keep(rep(1)))
    finally:
        os.umask(before)
    files = [path, *path.parent.glob(f"{DATABASE_FILE}-*")]
    assert len(files) == 3  # with its log and that one's index
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    writer.close()


def test_it_is_written_through_and_says_whose_it_is(path: Path) -> None:
    writer, _ = opened(path)
    pragmas = {
        name: writer._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "user_version",
                     "application_id", "secure_delete")
    }  # fmt: skip
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "user_version": VERSION,
        "application_id": APPLICATION_ID, "secure_delete": 1,
    }  # fmt: skip
    writer.close()


def test_an_older_database_is_brought_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, _ = opened(path)
    writer.keep(keep(rep(1)))
    writer.close()
    more = (*MIGRATIONS, "ALTER TABLE sessions ADD COLUMN place TEXT; CREATE TABLE more (id)")
    monkeypatch.setattr("matfw.store.schema.MIGRATIONS", more)
    monkeypatch.setattr("matfw.store.schema.VERSION", len(more))
    writer, _ = opened(path)
    version = writer._connection.execute("PRAGMA user_version").fetchone()[0]
    assert version == len(more)
    writer._connection.execute("SELECT place FROM sessions, more")
    writer.close()
    assert len(read_sessions(path)[0].reps) == 1


def test_a_migration_that_fails_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(path)[0].close()
    broken = (*MIGRATIONS, "CREATE TABLE more (id); CREATE TABLE people (id)")
    with monkeypatch.context() as patched:
        patched.setattr("matfw.store.schema.MIGRATIONS", broken)
        with pytest.raises(sqlite3.OperationalError):
            opened(path)
    writer, _ = opened(path)
    tables = {row[0] for row in writer._connection.execute("SELECT name FROM sqlite_master")}
    assert "more" not in tables
    writer.close()


def test_a_newer_matfws_database_is_left_as_it_is(path: Path) -> None:
    writer, _ = opened(path)
    writer._connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    writer.close()
    before = path.read_bytes()
    with pytest.raises(NewerRecordError, match="was made by a newer matfw"):
        opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["no database", "torn", "one page"])
def test_a_damaged_database_is_set_aside_and_a_new_one_begun(path: Path, damage: str) -> None:
    writer, _ = opened(path)
    for number in range(1, 30):
        writer.keep(keep(rep(number)))
    writer.close()
    whole = path.read_bytes()
    path.write_bytes(
        {
            "no database": b"this is a text about a database" * 200,
            "torn": whole[: len(whole) // 2 + 100],
            "one page": whole[:8192] + b"\xff" * 4096 + whole[12288:],
        }[damage]
    )
    writer, notices = opened(path)
    writer.keep(keep(rep(1)))
    writer.close()
    assert len(notices) == 1
    assert "was damaged" in notices[0]
    assert "matfw.sqlite3.damaged-1" in notices[0]
    assert (path.parent / "matfw.sqlite3.damaged-1").exists()
    assert len(read_sessions(path)[0].reps) == 1


def test_a_database_damaged_while_it_is_used_costs_no_repetition_that_comes(path: Path) -> None:
    writer, notices = opened(path)
    writer.keep(keep(rep(1)))
    writer._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
    writer._connection.execute("PRAGMA shrink_memory")
    for number in (2, 3):
        writer.keep(keep(rep(number)))
    writer.close()
    assert len(notices) == 1
    assert [kept.number for kept in read_sessions(path)[0].sets[0].reps] == [2, 3]


def test_sessions_without_an_end_were_interrupted(path: Path) -> None:
    writer, _ = opened(path)
    writer.keep(keep(rep(1)))
    writer.keep(keep(rep(1), session(began_s=900.0)))
    writer.keep(EndSession(session=session(began_s=900.0), state=SessionState.DONE))
    writer.close()
    writer, _ = opened(path)
    writer.mark_interrupted()
    writer.close()
    states = [found.session.state for found in read_sessions(path)]
    assert states == [SessionState.INTERRUPTED, SessionState.DONE]


def test_a_repetition_tried_twice_is_kept_once(path: Path) -> None:
    writer, _ = opened(path)
    for _ in range(2):
        writer.keep(keep(rep(1)))
    writer.close()
    assert len(read_sessions(path)[0].reps) == 1


def test_a_sound_before_its_commit_is_written_down(path: Path) -> None:
    writer, _ = opened(path)
    early = keep(rep(1))
    early.is_announced = True
    late = keep(rep(2))
    for job in (early, late, keep(rep(3))):
        writer.keep(job)
    writer.note_announced(late)
    writer.close()
    kept = read_sessions(path)[0].sets[0].reps
    assert [row.announced for row in kept] == [
        Announced.BEFORE_COMMIT, Announced.BEFORE_COMMIT, Announced.AFTER_COMMIT,
    ]  # fmt: skip


# --- wall time


def test_a_clock_that_is_set_late_corrects_all_sessions_of_this_boot(path: Path) -> None:
    """Switched on without a network: 1970 until it comes back."""
    unset = WallTime(1_000.0, None)
    writer, _ = opened(path)
    first, second = session(began=unset), session(began_s=904.0, began=WallTime(1_900.0, None))
    other = session(began_s=1.0, boot="an earlier boot", began=WallTime(500.0, None))
    for info in (other, first, second):
        writer.keep(replace(keep(rep(1), info), now=unset))
    known = WallTime(1_800_001_000.0, 0.05)
    x = rep(2, start_s=1_000.0)
    writer.keep(replace(keep(x, second), now=known))
    writer.close()
    began = {found.session.session_id: found.session.began for found in read_sessions(path)}
    assert began[1] == WallTime(500.0, None)
    assert began[3].doubt_s == 0.05
    assert began[3].unix_s == pytest.approx(known.unix_s - (x.t_s - 904.0))
    assert began[3].unix_s - began[2].unix_s == pytest.approx(900.0)


def test_a_clock_that_jumps_changes_no_duration_and_no_known_beginning(path: Path) -> None:
    writer, _ = opened(path)
    for number, unix_s in ((1, NOON.unix_s), (2, NOON.unix_s - 86_400.0), (3, 0.0)):
        writer.keep(replace(keep(rep(number)), now=WallTime(unix_s, 0.02)))
    writer.close()
    (found,) = read_sessions(path)
    assert found.session.began == NOON
    assert found.session.length_s == pytest.approx(rep(3).end_s - session().origin_s)
    assert [x.up_s for x in found.reps] == [2.0] * 3


# --- people


def test_a_person_is_renamed_with_what_is_still_under_way(path: Path) -> None:
    writer, _ = opened(path)
    writer.keep(keep(rep(1)))
    writer.rename("ann", "anna", until_s=100.0)
    writer.keep(keep(rep(2)))
    writer.keep(keep(rep(1), session(began_s=50.0)))  # it had begun, and comes later
    writer.keep(keep(rep(1), session(began_s=101.0)))  # another ann
    writer.close()
    assert read_people(path) == (("ann", 1), ("anna", 2))


def test_two_people_do_not_become_one_by_a_name(path: Path) -> None:
    writer, _ = opened(path)
    writer.keep(keep(rep(1)))
    writer.keep(keep(rep(1), session("bea", began_s=50.0)))
    with pytest.raises(MatStateError, match="of bea are kept already"):
        writer.rename("ann", "bea", until_s=100.0)
    writer.close()
    assert read_people(path) == (("ann", 1), ("bea", 1))


def test_what_is_forgotten_is_in_no_byte_of_the_files(path: Path) -> None:
    writer, _ = opened(path)
    name = "Zwetschgenmus"
    for number in range(1, 40):
        writer.keep(keep(rep(number, reason="Zwetschgenkern"), session(name)))
        writer.keep(keep(rep(number), session("bea", began_s=50.0)))
    writer.forget(name, until_s=400.0)
    writer.keep(keep(rep(41, reason="afterwards"), session(name)))
    files = [path, *path.parent.glob(f"{DATABASE_FILE}-*")]
    assert len(files) == 3
    assert not any(b"Zwetschgen" in file.read_bytes() for file in files)
    writer.close()
    assert b"Zwetschgen" not in path.read_bytes()
    nobodys, beas = read_sessions(path)[::-1]
    assert (nobodys.session.person, nobodys.reps[0].reason) == (None, "afterwards")
    assert (beas.session.person, len(beas.reps)) == ("bea", 39)


def test_raw_files_wait_for_their_sessions_row(path: Path) -> None:
    writer, _ = opened(path)
    writer.keep(KeepRawFile(session=session(), name="sessions/1.csv.gz"))
    writer.keep(KeepRawFile(session=session(began_s=9.0), name="sessions/2.csv.gz"))
    assert writer.raw_files() == frozenset()
    writer.keep(keep(rep(1)))
    writer.keep(KeepRawFile(session=session(), name="sessions/3.csv.gz"))
    assert writer.raw_files() == {"sessions/1.csv.gz", "sessions/3.csv.gz"}
    writer.close()
    files = [file.name for file in read_sessions(path)[0].raw_files]
    assert files == ["sessions/1.csv.gz", "sessions/3.csv.gz"]


# --- what is asked for


def test_sessions_are_found_by_number_and_person(path: Path) -> None:
    writer, _ = opened(path)
    for began_s, person in ((1.0, "ann"), (2.0, "bea"), (3.0, "ann"), (5.0, None)):
        writer.keep(keep(rep(1), session(person, began_s=began_s)))
    writer.close()

    def numbers(which: str, person: str | None = None) -> list[int]:
        return [found.session.session_id for found in read_sessions(path, which, person)]

    assert numbers(ALL) == [1, 2, 3, 4]
    assert numbers(ALL, "ann") == [1, 3]
    assert numbers(LAST) == [4]
    assert numbers(LAST, "bea") == [2]
    assert numbers("3", "ann") == [3]
    for which, person, words in (("9", None, "there is no session 9"),
                                 ("2", "ann", "there is no session 2 of ann"),
                                 (ALL, "anna", "no session of 'anna'.*mean ann")):  # fmt: skip
        with pytest.raises(MatUsageError, match=words):
            read_sessions(path, which, person)


def test_it_is_read_beside_a_firmware_that_writes(path: Path) -> None:
    writer, _ = opened(path)
    writer.keep(keep(rep(1)))
    assert len(read_sessions(path)[0].reps) == 1
    writer.keep(keep(rep(2)))
    assert len(read_sessions(path)[0].reps) == 2
    writer.close()


def test_that_nothing_is_kept_is_reported(path: Path) -> None:
    path.parent.mkdir(parents=True)
    for made in (False, True):
        if made:
            path.touch()  # as on a disk that was full
        with pytest.raises(MatStateError, match="there is none yet: sessions are kept while"):
            read_sessions(path)
    path.unlink()
    opened(path)[0].close()
    with pytest.raises(MatUsageError, match="no session is kept yet: `matfw run` keeps"):
        read_sessions(path)


def test_what_counts_for_no_set_is_kept_and_in_no_report(path: Path) -> None:
    writer, _ = opened(path)
    writer.keep(replace(keep(rep(1), set_info=asked(0)), number=-1))
    with pytest.raises(MatUsageError, match="no session is kept yet"):
        read_sessions(path)
    writer.keep(keep(rep(2)))
    writer.keep(replace(keep(rep(3)), number=-2))
    assert writer._connection.execute("SELECT count(*) FROM reps").fetchone()[0] == 3
    writer.close()
    (found,) = read_sessions(path)
    assert [[kept.number for kept in each.reps] for each in found.sets] == [[2]]
