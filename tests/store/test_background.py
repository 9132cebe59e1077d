"""The writer's thread: nothing waits for it; what the disk refuses is kept later or reported."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matfw.errors import MatStateError
from matfw.history.rows import Announced
from matfw.store import background, writer
from matfw.store.background import BackgroundWriter
from matfw.store.database import DATABASE_FILE, open_to_write
from matfw.store.reader import read_sessions
from matfw.store.writer import RecordWriter
from tests.store.story import keep, rep, session

LIMIT_S = 20.0  # for a thread on a busy computer


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.002)


class Disk:
    """Opens databases that SQLite finds full or read-only until it is repaired."""

    def __init__(self) -> None:
        self.pragma: str | None = None

    def open(self, path: Path) -> tuple[sqlite3.Connection, str]:
        connection, notice = open_to_write(path)
        if self.pragma is not None:
            connection.execute(f"PRAGMA {self.pragma}")
        return connection, notice


LONG = "x" * 9000  # a reason that needs pages of its own
FULL, READ_ONLY = "max_page_count = 1", "query_only = ON"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(writer, "open_to_write", made.open)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / DATABASE_FILE


class Running:
    def __init__(self, path: Path) -> None:
        self.notices: list[str] = []
        self.writer = BackgroundWriter(path, self.notices.append, retry_s=0.01)


@pytest.fixture
def running(path: Path, disk: Disk) -> Iterator[Running]:
    made = Running(path)
    yield made
    made.writer.close()


def test_repetitions_are_kept_in_order_and_reported_by_number(running: Running, path: Path) -> None:
    for number in (1, 2, 3):
        running.writer.put(keep(rep(number)))
    until(lambda: running.writer.kept_rep == 3)
    assert [x.rep for x in read_sessions(path)[0].reps] == [1, 2, 3]
    assert not running.notices


@pytest.mark.parametrize(
    ("pragma", "words"),
    [(FULL, "the disk is full: free some space"), (READ_ONLY, "cannot be written")],
)
def test_a_disk_that_refuses_is_reported_once_and_nothing_is_lost(
    path: Path, disk: Disk, pragma: str, words: str
) -> None:
    disk.pragma = pragma
    running = Running(path)
    for number in range(1, 6):
        running.writer.put(keep(rep(number, reason=LONG)))
    until(lambda: running.writer.is_failing)
    time.sleep(0.05)  # some tries
    assert running.writer.kept_rep == 0
    (notice,) = running.notices
    assert words in notice
    assert notice.endswith("repetitions are judged, and kept later")
    assert running.writer.trouble == notice
    disk.pragma = None
    until(lambda: running.writer.kept_rep == 5)
    assert (running.writer.is_failing, running.writer.trouble) == (False, "")
    assert [text.rpartition(":")[2] for text in running.notices[1:]] == [
        " can be written again; what was done meanwhile is kept too"
    ]
    running.writer.close()
    assert len(read_sessions(path)[0].reps) == 5


def test_what_a_disk_refuses_to_the_end_is_counted(path: Path, disk: Disk) -> None:
    disk.pragma = FULL
    running = Running(path)
    for number in (1, 2):
        running.writer.put(keep(rep(number, reason=LONG)))
    running.writer.close()
    (lost,) = running.notices[1:]
    assert lost == f"{path}: 2 repetitions could not be kept: the disk refused them"


def test_one_job_too_many_is_dropped_and_counted(
    path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "WAITING_LIMIT", 4)
    disk.pragma = FULL
    running = Running(path)
    for number in range(1, 12):
        running.writer.put(keep(rep(number, reason=LONG)))
    assert running.writer.dropped >= 6
    disk.pragma = None
    running.writer.close()


def test_a_sound_given_while_the_commit_was_under_way_is_written_down(
    running: Running, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = keep(rep(1))
    real = RecordWriter.keep

    def slow(self: RecordWriter, kept: object) -> None:
        real(self, kept)  # type: ignore[arg-type]
        job.is_announced = True  # too late for this commit

    monkeypatch.setattr(RecordWriter, "keep", slow)
    running.writer.put(job)
    running.writer.call(lambda _: None)
    (kept,) = read_sessions(path)[0].sets[0].reps
    assert kept.announced is Announced.BEFORE_COMMIT


def test_an_invalid_row_is_reported_and_holds_up_no_other(running: Running, path: Path) -> None:
    running.writer.put(keep(rep(1, verdict="splendid")))
    running.writer.put(keep(rep(2)))
    until(lambda: running.writer.kept_rep == 2)
    (notice,) = running.notices
    assert "a repetition could not be kept (CHECK constraint failed" in notice
    assert len(read_sessions(path)[0].reps) == 1


def test_a_call_comes_after_the_jobs_before_it_and_has_its_answer(running: Running) -> None:
    running.writer.put(keep(rep(1)))
    running.writer.put(keep(rep(1), session("bea", began_s=50.0)))
    with pytest.raises(MatStateError, match="of bea are kept already"):
        running.writer.call(lambda made: made.rename("ann", "bea", until_s=60.0))
    assert running.writer.call(lambda made: made.raw_files()) == frozenset()


def test_put_never_waits_for_a_slow_disk(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    is_open = threading.Event()
    monkeypatch.setattr(RecordWriter, "keep", lambda *_: is_open.wait(LIMIT_S))
    began_s = time.monotonic()
    for number in range(1, 50):
        running.writer.put(keep(rep(number)))
    assert time.monotonic() - began_s < 1.0
    assert running.writer.kept_rep == 0
    is_open.set()
    until(lambda: running.writer.kept_rep == 49)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_is_reported_and_no_sound_waits_for_it(path: Path) -> None:
    notices: list[str] = []

    def fail() -> None:
        raise AttributeError("a mistake of ours")

    made = BackgroundWriter(path, notices.append, begun=fail)
    until(lambda: made.is_failing)
    made.put(keep(rep(1)))
    made.close()
    assert "nothing is kept any more" in notices[0]
    assert notices[1].endswith("1 repetitions could not be kept: the disk refused them")
