"""`matfw replay`: the contract's events, and one line for each bad recording."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from matfw.control.events import event_json
from matfw.messages import Mat, RawFrame
from matfw.recording.file import read_recording
from matfw.service.replay import replay
from tests.cli.calls import (
    LIMIT_S,
    Call,
    environment,
    one_error,
)

COMMON = {"event", "t_s"}
FIELDS = {  # of the contract, exactly
    "person": COMMON | {"weight_kg"},
    "phase": COMMON | {"phase"},
    "cue": COMMON | {"cue"},
    "sensor": COMMON | {"cell", "problem"},
    "rep": COMMON
    | {"rep", "start_s", "top_s", "lower_s", "end_s", "up_s", "hold_s", "down_s"}
    | {"angle_deg", "verdict", "faults", "side"},
    "summary": {"event", "reps", "clean", "faulty", "unsure", "frames", "bad_frames"},
}


# --- recordings ---


def without_column(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:2], lines[2].replace(",foot_right", ""), *lines[3:]])


def with_row(text: str, number: int, row: str) -> str:
    lines = text.splitlines(keepends=True)
    lines[number - 1] = row + "\n"
    return "".join(lines)


BAD_RECORDINGS: list[tuple[Callable[[str], str], tuple[str, ...]]] = [
    (lambda text: text.replace("matfw-recording 1", "matfw-recording 9", 1), ("line 1", "9")),
    (lambda _: "t_s,a,b\n1,2,3\n", ("line 1", "matfw-recording 1")),
    (lambda _: "", ("line 1", "empty")),
    (lambda text: text.replace('"cells"', '"cell"', 1), ("line 2", "cells")),
    (lambda text: text.replace('"y_mm":-275', '"y_mm":275'), ("line 2", "cells must stand")),
    (lambda text: text.replace("275.0", "0.5").replace("-275.0", "-5.5"), ("line 2", "10 mm")),
    (
        lambda text: text.replace('"tempo_s":[2.0', '"tempo_s":[0'),
        ("line 2", "tempo_s, first value", "0.2"),
    ),
    (without_column, ("line 3", "foot_right")),
    (lambda text: "".join(text.splitlines(keepends=True)[:3]), ("line 4", "no rows")),
]
BAD_ROWS: list[tuple[Callable[[str], str], tuple[str, ...]]] = [
    (lambda text: with_row(text, 100, "1.2,abc,1,2,3"), ("line 100", "head_left", "abc")),
    (lambda text: with_row(text, 100, "0.0,1,2,3,4"), ("line 100", "t_s")),
    (lambda text: with_row(text, 100, "1.25,1,2,3"), ("line 100", "5")),
]


@pytest.mark.parametrize(("spoil", "words"), BAD_RECORDINGS)
def test_a_bad_recording_is_one_line_with_file_and_line(
    verb: Call, recording: Path, tmp_path: Path, spoil: Callable[[str], str], words: Sequence[str]
) -> None:
    (tmp_path / "bad.csv").write_text(spoil(recording.read_text()))
    done = verb("replay", "bad.csv", "--json")
    assert done.returncode == 2
    one_error(done, "bad.csv", *words)
    assert "summary" not in done.stdout


@pytest.mark.parametrize(("spoil", "words"), BAD_ROWS)
def test_a_bad_row_is_named_after_what_the_rows_before_it_came_to(
    verb: Call, recording: Path, tmp_path: Path, spoil: Callable[[str], str], words: Sequence[str]
) -> None:
    (tmp_path / "bad.csv").write_text(spoil(recording.read_text()))
    done = verb("replay", "bad.csv", "--json")
    assert done.returncode == 2
    whole, error = done.stderr.splitlines()
    assert "the 96 rows before the bad one" in whole
    assert all(word in error for word in ("bad.csv", *words))
    assert objects(done.stdout)[-1]["frames"] == 96


def test_a_cut_off_gzip_says_which_rows_are_good_and_where_it_ends(
    verb: Call, recording: Path, tmp_path: Path
) -> None:
    packed = gzip.compress(recording.read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    done = verb("replay", "cut.csv.gz")
    assert done.returncode == 2
    whole, error = done.stderr.splitlines()
    assert "rows before the bad one were whole" in whole
    assert all(word in error for word in ("cut.csv.gz", "cut off", "zcat"))


def test_an_absent_recording_is_one_line(verb: Call) -> None:
    done = verb("replay", "nowhere.csv")
    assert (done.returncode, done.stdout) == (2, "")
    one_error(done, "nowhere.csv", "is not there")


# --- replay ---


def objects(text: str) -> list[dict[str, Any]]:  # Any: JSON
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def in_json(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a process of its own says of the recording."""
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-m", "matfw", "replay", str(recording), "--json"],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
        cwd=home, env=environment(home),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_replay_json_is_the_contract_s_events_in_time_order_and_nothing_else(
    in_json: str, session: tuple[Mat, list[RawFrame]]
) -> None:
    *events, summary = objects(in_json)
    for each in (*events, summary):
        assert set(each) == FIELDS[each["event"]]
    assert summary["event"] == "summary"
    assert [each["t_s"] for each in events] == sorted(each["t_s"] for each in events)
    reps = [each for each in events if each["event"] == "rep"]
    assert reps
    assert [rep["rep"] for rep in reps] == list(range(1, len(reps) + 1))
    assert summary["reps"] == len(reps)
    assert summary["clean"] + summary["faulty"] + summary["unsure"] == len(reps)
    assert (summary["frames"], summary["bad_frames"]) == (len(session[1]), 2)
    for rep in reps:
        assert rep["start_s"] < rep["top_s"] <= rep["lower_s"] < rep["end_s"] <= rep["t_s"]
        assert rep["verdict"] in {"clean", "fault", "unsure"}
        assert (rep["verdict"] == "fault") == bool(rep["faults"])
        for fault in rep["faults"]:
            assert set(fault) == {"fault", "size", "unit"}


def test_replay_of_a_recording_is_the_line_itself(
    in_json: str, recording: Path, session: tuple[Mat, list[RawFrame]]
) -> None:
    mat, _ = session
    here: list[bytes] = []
    # As recorded: six decimals of a second.
    replay(mat, read_recording(recording).frames(), lambda e: here.append(event_json(e)))
    assert in_json.encode().splitlines()[:-1] == here


def test_a_packed_recording_gives_the_same_in_lines_and_a_summary_for_people(
    verb: Call, in_json: str, recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "session.csv.gz").write_bytes(gzip.compress(recording.read_bytes()))
    done = verb("replay", "session.csv.gz")
    assert (done.returncode, done.stderr) == (0, "")
    reps = [f"{e['t_s']:.2f}" for e in objects(in_json) if e["event"] == "rep"]
    assert re.findall(r"^ +([\d.]+) s  rep ", done.stdout, re.MULTILINE) == reps
    assert "VIRTUAL" not in done.stdout


@pytest.mark.parametrize(
    "arguments", ["--help", "replay --json {}", "replay {}", "demo --speed 20"]
)
def test_a_reader_that_has_seen_enough_is_no_error(
    tmp_path: Path, recording: Path, arguments: str
) -> None:
    command = f"{sys.executable} -m matfw {arguments.format(recording)}"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
        cwd=tmp_path, env=environment(tmp_path),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path, recording: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "matfw", "replay", str(recording)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT_S, check=False,
            env=environment(tmp_path),
        )  # fmt: skip
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "No space left" in line
