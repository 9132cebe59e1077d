"""A power cut tears the log anywhere: what had been committed before is whole, and in order."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from matfw.store.database import DATABASE_FILE
from matfw.store.reader import read_sessions
from matfw.store.writer import RecordWriter
from tests.bench.store import SESSIONS, month_bytes
from tests.store.story import keep, rep

MAX_MONTH = 2_000_000  # bytes
REPS = 12


def test_a_log_torn_anywhere_leaves_the_first_repetitions_whole(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    writer = RecordWriter(folder / DATABASE_FILE, print)
    for number in range(1, REPS + 1):
        writer.keep(keep(rep(number)))
    log = (folder / f"{DATABASE_FILE}-wal").read_bytes()
    main = (folder / DATABASE_FILE).read_bytes()
    writer.close()
    rng = random.Random(7)
    seen = set()
    for at in sorted(rng.randrange(len(log)) for _ in range(25)):
        torn = tmp_path / "torn"
        shutil.rmtree(torn, ignore_errors=True)
        torn.mkdir()
        (torn / DATABASE_FILE).write_bytes(main)
        half = bytearray(log[:at]) + rng.randbytes(min(300, len(log) - at))
        (torn / f"{DATABASE_FILE}-wal").write_bytes(half)
        notices: list[str] = []
        RecordWriter(torn / DATABASE_FILE, notices.append).close()
        with closing(sqlite3.connect(torn / DATABASE_FILE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            kept = connection.execute("SELECT count(*) FROM reps").fetchone()[0]
        assert not notices
        if kept:
            numbers = [row.number for row in read_sessions(torn / DATABASE_FILE)[0].sets[0].reps]
            assert numbers == list(range(1, kept + 1))
        seen.add(kept)
    assert len(seen) > 5  # or they were not torn in different places


def test_a_month_takes_less_than_two_megabytes(tmp_path: Path) -> None:
    few = month_bytes(tmp_path / "one", sessions=1)
    more = month_bytes(tmp_path / "two", sessions=2)
    assert few + (SESSIONS - 1) * (more - few) < MAX_MONTH
