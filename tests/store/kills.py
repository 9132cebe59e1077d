"""Workouts cut short by SIGKILL at random moments: what was announced is kept, and all is whole.

`python -m tests.store.kills 1000` kills as often, prints what it found and fails at the first thing
that is wrong. Each child runs the real loop, line, record and settings. What is not real: nobody
lies there; a refiner hands out finished repetitions; the disk takes up to 60 ms longer for each, as
a slow card does; and time is as fast as on a mat only while a repetition's sound may come. At each
sound the child writes the repetition's number into a pipe, so that the parent knows of it whatever
happens next. Where sounds do not wait for the commit, about every tenth kill finds that.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from matfw.devices.clock import RealClock
from matfw.history.rows import Announced, SessionState
from matfw.messages import Pace, RawFrame, RefinedRep, Side
from matfw.pipeline import Pipeline
from matfw.refinement.windows import RepWindow
from matfw.service.firmware import Firmware
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.store.database import DATABASE_FILE
from matfw.store.jobs import Job
from matfw.store.reader import read_sessions
from matfw.store.record import Record
from matfw.store.writer import RecordWriter
from tests.store.story import REP_S

RATE_HZ = 80.0
FIRST_S = 4.0
AT_SPEED_S = 0.2  # after a repetition is judged, during which frames come as on a mat
NEW_FOLDER = 25  # kills in one folder: each adds a session to it
MAX_LIFE_S = 1.5
SLOW_S = 0.06
LINE = CellLine(tare_counts=1234.0, counts_per_kg=42_321.5)


def refined(number: int, begun_s: float) -> RefinedRep:
    """Return a good repetition, as the refinement would find it."""
    start_s = begun_s + FIRST_S + REP_S * (number - 1)
    return RefinedRep(
        start_s=start_s, top_s=start_s + 1.2, lower_s=start_s + 3.1, end_s=start_s + 5.0, up_s=2.0,
        hold_s=1.0, down_s=3.0, angle_deg=38.0, front_shift_mm=1.5,
    )  # fmt: skip


class Scripted:
    """A refiner that finds a repetition half a second after each one's end."""

    def __init__(self, source: Paced) -> None:
        self._source = source
        self.given = 0

    def submit(self, window: RepWindow) -> None:
        """Nobody lies there: there is none."""

    def finished(self) -> list[RefinedRep]:
        next_one = refined(self.given + 1, self._source.begun_s)
        if self._source.t_s < next_one.end_s + 0.5:
            return []
        self.given += 1
        self._source.judged_s = self._source.t_s
        return [next_one]

    def close(self) -> list[RefinedRep]:
        return []


class Paced:
    """Frames of an empty mat: at a mat's speed after a repetition, else as fast as it goes."""

    silence_limit_s = 1.0

    def __init__(self) -> None:
        self.begun_s = self.t_s = time.monotonic()  # one boot: no two lives begin at the same
        self.judged_s = self.begun_s - AT_SPEED_S

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        assert timeout_s > 0.0
        self.t_s += 1.0 / RATE_HZ
        if self.t_s - self.judged_s < AT_SPEED_S:
            time.sleep(1.0 / RATE_HZ)
        noise = int(self.t_s * RATE_HZ) % 7
        return RawFrame(self.t_s, (noise, -noise, 3 * noise, 5 - noise))


class Telling:
    """An indicator that writes down in a pipe which repetition it sounds about."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self.refiner: Scripted | None = None

    def show(self, cue: str, t_s: float) -> None:
        assert self.refiner is not None
        assert t_s > 0.0
        os.write(self._pipe, f"{self.refiner.given} {cue}\n".encode())

    def tick(self, t_s: float) -> None:
        pass

    def pace(self, pace: Pace | None) -> None:
        pass

    def face(self, side: Side) -> None:
        pass

    def off(self) -> None:
        pass

    def close(self) -> None:
        pass


def slow_down() -> None:
    """Let every commit take as long as it may on a slow card."""
    quick, rng = RecordWriter.keep, random.Random(os.getpid())

    def slow(writer: RecordWriter, job: Job) -> None:
        time.sleep(rng.uniform(0.0, SLOW_S))
        quick(writer, job)

    RecordWriter.keep = slow  # type: ignore[method-assign,assignment]  # in this child alone


def work_out(folder: Path, pipe: int) -> None:
    """Be the child: work out until killed, while somebody saves settings."""
    slow_down()
    store = SettingsStore(None, folder)
    mat = replace(store.settings.mat(store.state), side=Side.LEFT)
    source, outputs = Paced(), Telling(pipe)
    refiner = outputs.refiner = Scripted(source)
    record = Record(store, folder, mat, lambda text: os.write(pipe, f"! {text}\n".encode()),
                    firmware="0.1.0", is_virtual=False)  # fmt: skip

    def save() -> None:
        for number in range(1, 1_000_000):
            store.set("limits.roll_back_mm", f"{10 + number % 9}")
            store.save()
            time.sleep(0.05)

    threading.Thread(target=save, daemon=True).start()
    Firmware(
        Pipeline(mat), source, outputs, RealClock(), [record], refiner=lambda: refiner,
        record=record,
    ).run()  # fmt: skip


def killed(folder: Path, life_s: float) -> tuple[Counter[int], list[str]]:
    """Let a child work out and kill it; return how often each repetition was sounded, and notes."""
    end, pipe = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        work_out(folder, pipe)
        os._exit(1)
    os.close(pipe)
    time.sleep(life_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(end) as events:
        lines = events.read().splitlines()
    sounded = Counter(int(line.split()[0]) for line in lines if not line.startswith("!"))
    return sounded, [line for line in lines if line.startswith("!")]


def check(folder: Path, sounded: Counter[int], notes: Sequence[str]) -> Counter[str]:
    """Return what was found after a kill; exit where it is not what was announced."""
    path = folder / DATABASE_FILE
    wrong = [note for note in notes if "was interrupted" not in note]
    if wrong:
        sys.exit(f"said: {wrong}")
    state = SettingsStore(None, folder).state
    if set(state.calibration.values()) != {LINE}:
        sys.exit(f"the calibration is not what it was: {state.calibration}")
    if not path.exists():
        return Counter(killed=1, before_the_database=1)
    with closing(sqlite3.connect(path)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        sys.exit(f"integrity_check: {verdict}")
    sessions = read_sessions(path) if sounded else ()
    last = sessions[-1] if sessions else None
    kept = {row.rep.rep: row for each in last.sets for row in each.reps} if last else {}
    missing = set(sounded) - set(kept)
    if missing:
        sys.exit(f"announced and not kept: {sorted(missing)} of {sorted(sounded)}")
    if last and last.session.state is not SessionState.OPEN:
        sys.exit(f"the last session is {last.session.state}")
    early = sum(kept[number].announced is Announced.BEFORE_COMMIT for number in sounded)
    return Counter(killed=1, announced=len(sounded), kept=len(kept), before_commit=early)


def run(times: int, seed: int = 1) -> Counter[str]:
    """Kill that many workouts; return the sums of what was found."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above)
        for number in range(times):
            if number % NEW_FOLDER == 0:
                shutil.rmtree(folder / "state", ignore_errors=True)
                store = SettingsStore(None, folder / "state")
                names = [cell.name for cell in store.settings.mat_cells()]
                store.save_calibration(dict.fromkeys(names, LINE), note="a test")
            sounded, notes = killed(folder / "state", rng.uniform(0.0, MAX_LIFE_S))
            found += check(folder / "state", sounded, notes)
    return found


if __name__ == "__main__":
    began_s = time.monotonic()
    sums = run(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    print(", ".join(f"{name} {number}" for name, number in sums.items()),
          f"in {time.monotonic() - began_s:.0f} s")  # fmt: skip
