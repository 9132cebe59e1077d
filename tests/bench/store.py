"""What a commit costs, and a month: `python -m tests.bench.store [FOLDER]`.

FOLDER: on the disk to be measured, as an SD card. Prints the time of a repetition's commit (median,
99th percentile, worst), of a whole chain from the line's thread until it may be announced, and the
size of twelve sessions of 3 x 15 a side.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from matfw.history.rows import SetOutcome
from matfw.messages import Fault, Side, Verdict
from matfw.store.background import BackgroundWriter
from matfw.store.database import DATABASE_FILE
from matfw.store.jobs import EndSet
from matfw.store.writer import RecordWriter
from tests.store.story import asked, faulty, keep, rep, session

COMMITS = 300
SESSIONS, SETS, REPS = 12, 6, 15
REASON = "the hips may have rolled back with the leg forward: only a hip sensor could tell"


def commits_ms(folder: Path) -> list[float]:
    """Return how long each commit of a repetition takes, in its thread."""
    writer = RecordWriter(folder / "commits" / DATABASE_FILE, print)
    found = []
    for number in range(1, COMMITS + 1):
        job = keep(rep(number))
        began_s = time.perf_counter()
        writer.keep(job)
        found.append(1000.0 * (time.perf_counter() - began_s))
    writer.close()
    return found


def chain_ms(folder: Path) -> list[float]:
    """Return how long a repetition waits until it may be announced."""
    writer = BackgroundWriter(folder / "chain" / DATABASE_FILE, print)
    found = []
    for number in range(1, 101):
        job = keep(rep(number))
        began_s = time.perf_counter()
        writer.put(job)
        while writer.kept_rep < number:
            time.sleep(0.0005)
        found.append(1000.0 * (time.perf_counter() - began_s))
    writer.close()
    return found


def month_bytes(folder: Path, sessions: int = SESSIONS) -> int:
    """Return the size of a month's database: sessions of 3 x 15 a side, a third with a fault."""
    path = folder / "month" / DATABASE_FILE
    writer = RecordWriter(path, print)
    for number in range(sessions):
        info = session(began_s=10_000.0 * number)
        for set_number in range(1, SETS + 1):
            side = Side.LEFT if set_number % 2 else Side.RIGHT
            for k in range(1, REPS + 1):
                done = (
                    faulty(k, Fault.ROLL_BACK, Fault.SHORT_HOLD, side=side) if k % 3 == 0
                    else rep(k, side=side, verdict=Verdict.UNSURE, reason=REASON) if k % 7 == 0
                    else rep(k, side=side)
                )  # fmt: skip
                writer.keep(replace(keep(done, info, asked(set_number, side)), number=k))
            writer.keep(EndSet(session=info, number=set_number, outcome=SetOutcome.DONE))
    writer.close()
    return path.stat().st_size


def spread(values: Sequence[float]) -> str:
    """Return median, 99th percentile and worst."""
    ordered = sorted(values)
    middle, high = ordered[len(ordered) // 2], ordered[int(0.99 * len(ordered))]
    return f"median {middle:.1f} ms, p99 {high:.1f} ms, worst {ordered[-1]:.1f} ms"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as above:
        print(f"a repetition's commit: {spread(commits_ms(Path(above)))}")
        print(f"until it may be announced: {spread(chain_ms(Path(above)))}")
        size = month_bytes(Path(above))
        print(f"a month, {SESSIONS} sessions of {SETS * REPS} repetitions: {size / 1e6:.2f} MB")
