"""Real recordings through the line that `matfw replay` runs: what it says of people who exist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from matfw.balance import Balances
from matfw.messages import CleanLoads, Event, Mat, RawFrame, Rep
from matfw.recording.file import read_recording
from matfw.recording.writer import RecordingWriter
from matfw.service.replay import replay
from tests.accuracy.clams import MOVING
from tests.accuracy.matching import match
from tests.accuracy.populations import FIRST_SEED, Job, Played, play
from tests.importers import files, kistler, wii

ROOT = Path(__file__).parents[2]
LIMIT_S = 60.0  # of a call; far more than a slow computer needs
COP_SD_MM = 2.0  # the maker's own correction for shear and plate is in there
MIN_FOUND = 0.80  # of true repetitions; 0.84 to 0.91 measured, by the body that is drawn
MIN_SETS = 0.70  # of sets that are counted within one; 0.72 to 0.89 measured


def write(path: Path, mat: Mat, frames: Sequence[RawFrame], source: str) -> Path:
    with RecordingWriter(path, mat, source) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def reps_in(mat: Mat, frames: Iterable[RawFrame]) -> list[Rep]:
    events: list[Event] = []
    replay(mat, frames, events.append)
    return [event for event in events if isinstance(event, Rep)]


def reps_of(path: Path) -> list[Rep]:
    recording = read_recording(path)
    return reps_in(recording.mat, recording.frames())


# --- people who stand ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", kistler.RECORDINGS)
def test_centre_of_pressure_agrees_with_the_makers(name: str, tmp_path: Path) -> None:
    plate = kistler.load(name)
    recording = read_recording(write(tmp_path / "plate.csv.gz", plate.mat, plate.frames, name))
    kg_a_count = np.array([1.0 / cell.counts_per_kg for cell in recording.mat.calibration])
    balances, found = Balances(recording.mat.cells), []
    for frame in recording.frames():
        assert None not in frame.counts
        loads_kg = (np.array(frame.counts, dtype=float) * kg_a_count).tolist()
        balance = balances.update(CleanLoads(frame.t_s, tuple(loads_kg)))
        found.append((balance.x_mm or 0.0, balance.y_mm or 0.0))
    stands = plate.force_n > kistler.LOADED_N
    sd_mm = np.std(np.array(found)[stands] - plate.cop_mm[stands], axis=0)
    assert (sd_mm < COP_SD_MM).all(), f"x, y sd {sd_mm} mm"


@pytest.mark.parametrize("name", kistler.RECORDINGS)
def test_somebody_on_a_force_plate_does_no_leg_raise(name: str, tmp_path: Path) -> None:
    plate = kistler.load(name)
    assert reps_of(write(tmp_path / "plate.csv.gz", plate.mat, plate.frames, name)) == []


def test_somebody_on_a_balance_board_does_no_leg_raise(tmp_path: Path) -> None:
    board = wii.load()
    for number, frames in enumerate((board.frames, board.bursts())):
        path = tmp_path / f"board{number}.csv.gz"
        assert reps_of(write(path, board.mat, frames, "a balance board")) == []


# --- people who lift ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """One clam recording on a virtual body: true repetitions, those found, and all that were."""

    name: str
    true: int
    hits: int
    count: int
    played: Played
    starts_s: tuple[float, ...]


@pytest.fixture(scope="module")
def counted() -> list[Counted]:
    files.require(f"mex_clam/{MOVING[0]}.csv.gz")
    result = []
    for number, name in list(enumerate(MOVING))[::3]:  # all of them: `python -m tests.accuracy`
        played = play(Job("mex", "core4", FIRST_SEED["tuning"] + number, number))
        reps = reps_in(played.mat, played.frames)
        hits = sum(index is not None for index in match(played.truth, reps))
        starts_s = tuple(rep.start_s for rep in reps)
        result.append(Counted(name, len(played.truth), hits, len(reps), played, starts_s))
    return result


def test_most_repetitions_of_real_people_are_found(counted: list[Counted]) -> None:
    true, hits = sum(c.true for c in counted), sum(c.hits for c in counted)
    assert hits >= MIN_FOUND * true, f"{hits} of {true} found: {counted}"


def test_most_sets_of_real_people_are_counted_within_one(counted: list[Counted]) -> None:
    near = sum(abs(c.count - c.true) <= 1 for c in counted)
    assert near >= MIN_SETS * len(counted), f"{near} of {len(counted)} within 1: {counted}"


def test_command_line_tells_what_the_same_replay_tells(
    counted: list[Counted], tmp_path: Path
) -> None:
    clam = min(counted, key=lambda each: len(each.played.frames))
    path = write(tmp_path / "clam.csv.gz", clam.played.mat, clam.played.frames, "a virtual body")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MATFW"))}
    done = subprocess.run(
        [sys.executable, "-m", "matfw", "replay", str(path), "--json"],
        capture_output=True, text=True, timeout=LIMIT_S, check=False, cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reported = [json.loads(line) for line in done.stdout.splitlines()]
    starts_s = [event["start_s"] for event in reported if event["event"] == "rep"]
    assert clam.starts_s
    assert starts_s == pytest.approx(clam.starts_s, abs=0.01)
    assert reported[-1]["event"] == "summary"
    assert reported[-1]["reps"] == clam.count
