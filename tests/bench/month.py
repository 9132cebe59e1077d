"""What a mat that is left running for a month takes: `python -m tests.bench.month [--days 30]`.

Every day somebody does a whole short workout on both sides, in virtual time, on one firmware with
its record: the line, the refinement, the coach, the database. Prints, for the first day after
which nothing should grow any more, the middle and the last one: objects that hang on the line,
resident memory, open descriptors, threads, files and bytes of the state folder, bytes written to
files, lines and bytes for the journal. The rest of each day is not played: an empty mat writes
nothing, which the last figure shows over ten minutes.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from matfw import __version__
from matfw.cli.hardware import virtual_trace
from matfw.display.lines import EventLines
from matfw.messages import CueGiven, Event, Mat, RawFrame, Rep, Side
from matfw.pipeline import Pipeline, Step
from matfw.service.firmware import Firmware
from matfw.settings.model import Settings, Workout
from matfw.settings.plans import PlanSettings
from matfw.settings.store import SettingsStore
from matfw.store.record import Record
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record
from matfw.virtual.workouts import REPS
from tests.control.fake_control import UNSYNCED
from tests.long_run import BREAKS_S, Paced, Silent, held, rounds

EMPTY_S = 600.0  # of an empty mat, at the end
PLAN = PlanSettings(name="day", reps=REPS, sets_a_side=1, rest_s=10.0, first_side=Side.LEFT)


class Figures(NamedTuple):
    """What there is at the end of a day."""

    objects: int
    memory_kb: int
    descriptors: int
    threads: int
    files: int
    state_bytes: int
    written_bytes: int
    journal_lines: int
    journal_bytes: int
    repetitions: int
    sounds: int


def proc_field(file: str, name: str) -> int:
    """Return a number that the kernel keeps of this process."""
    lines = Path("/proc/self", file).read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


class Journal(io.StringIO):
    """Counts what the service would write to its journal, and keeps nothing of it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.lines = self.bytes = 0

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Count lines of events."""
        for line in lines:
            self.say(line.rstrip("\n"))

    def say(self, text: str) -> None:
        """Count one line."""
        self.lines += 1
        self.bytes += len(text.encode()) + 1


class Watch:
    """Reads the figures whenever a day is over; a tap of the firmware."""

    def __init__(self, source: Paced, folder: Path, journal: Journal) -> None:
        """Take where frames come from, what is kept, and what goes to a journal."""
        self.line: Pipeline | None = None
        self.record: Record | None = None
        self.days: list[Figures] = []
        self._source = source
        self._folder = folder
        self._journal = journal
        self._lines = EventLines(journal, "matfw run")
        self._reps = self._sounds = 0
        self._before_bytes = proc_field("io", "wchar")

    def step(self, step: Step) -> None:
        """See one frame's step."""
        if self.record is not None:
            self.record.step(step)
        if self._source.round > len(self.days):
            self.days.append(self.read())

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        if self.record is not None:
            self.record.events(events)
        self._lines.events(events)
        self._reps += sum(isinstance(event, Rep) for event in events)
        self._sounds += sum(isinstance(event, CueGiven) for event in events)

    def read(self) -> Figures:
        """Return the figures as they are now."""
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return Figures(
            held(self.line), proc_field("status", "VmRSS:"), len(os.listdir("/proc/self/fd")),
            threading.active_count(), len(files), sum(path.stat().st_size for path in files),
            proc_field("io", "wchar") - self._before_bytes, self._journal.lines,
            self._journal.bytes, self._reps, self._sounds,
        )  # fmt: skip


def empty(mat: Mat, from_s: float) -> Iterator[RawFrame]:
    """Give frames of a mat with nothing on it."""
    counts = tuple(round(line.tare_counts) for line in mat.calibration)
    for k in range(int(EMPTY_S * mat.rate_hz)):
        # One count up and down: a converter that never moved would be a stuck one.
        yield RawFrame(from_s + k / mat.rate_hz, tuple(count + k % 2 for count in counts))


def month(folder: Path, days: int) -> tuple[list[Figures], Figures]:
    """Return the figures of each day, and those after an empty mat besides."""
    trace = virtual_trace("workout", "core4", Side.LEFT)
    settings = Settings(plans=(PLAN,), workout=Workout(plan=PLAN.name, reps=REPS))
    mat = replace(settings.mat(), side=Side.LEFT, person=trace.person)
    frames = list(record(trace, mat, 7))
    after_s = days * (frames[-1].t_s + BREAKS_S)
    clock, journal = VirtualClock(), Journal()
    idle = ((days, frame) for frame in empty(mat, after_s))
    source = Paced(chain(rounds(frames, days), idle), clock)
    watch = Watch(source, folder, journal)
    store = SettingsStore(None, folder, UNSYNCED)
    kept = Record(store, folder, mat, journal.say, firmware=__version__, is_virtual=True)
    watch.record = kept
    watch.line = Pipeline(mat, settings.plan())
    firmware = Firmware(watch.line, source, Silent(), clock, [watch], record=kept)
    firmware.run(after_s + EMPTY_S - 1.0)
    last = watch.read()
    kept.close()
    return watch.days, last


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.month", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    days = max(3, parser.parse_args(arguments).days)
    with tempfile.TemporaryDirectory() as folder:
        found, last = month(Path(folder), days)
    chosen = (1, days // 2, days - 1)
    print(f"{'after day':<16}" + "".join(f"{day + 1:>14}" for day in chosen))
    for name in Figures._fields:
        row = (getattr(found[day], name) for day in chosen)
        print(f"{name.replace('_', ' '):<16}" + "".join(f"{value:>14,}" for value in row))
    a_day = (found[-1].written_bytes - found[0].written_bytes) / (days - 1)
    print(f"written a day    {a_day:>13,.0f} bytes")
    a_day = (found[-1].journal_bytes - found[0].journal_bytes) / (days - 1)
    print(f"journal a day    {a_day:>13,.0f} bytes")
    idle_bytes = last.written_bytes - found[-1].written_bytes
    print(f"on an empty mat  {idle_bytes:>13,} bytes in {EMPTY_S / 60.0:.0f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
