"""What is written of a recording comes back, and is what the contract says."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.layouts import PRESETS
from matfw.messages import Cell, CellCalibration, Channel, Mat, Person, RawFrame, Side, Tempo
from matfw.recording.file import read_recording
from tests.recording.texts import COUNT_MAX, COUNT_MIN, HEADER, mat_of, text, write


@st.composite
def recordings(draw: st.DrawFn) -> tuple[Mat, list[RawFrame], str | None]:
    places = st.floats(-10_000, 10_000)
    per_kg = st.floats(1, 1e7) | st.floats(-1e7, -1)
    names = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True).filter(lambda n: n != "t_s")
    words = draw(st.lists(names, min_size=1, max_size=8, unique=True))
    split = draw(st.integers(1, len(words)))
    cells = tuple(
        Cell(n, draw(places), draw(places), draw(st.text(max_size=5))) for n in words[:split]
    )
    channels = tuple(
        Channel(name, kind, draw(st.none() | places))
        for name in words[split:]
        for kind in [draw(st.sampled_from(["sacrum_imu", "rear_rail"]))]
    )
    mat = Mat(
        layout=draw(st.text(max_size=20)),
        cells=cells,
        calibration=tuple(
            CellCalibration(draw(st.floats(COUNT_MIN, COUNT_MAX)), draw(per_kg)) for _ in cells
        ),
        rate_hz=draw(st.floats(0.5, 2000)),
        channels=channels,
        person=Person(
            draw(st.sampled_from([None, "female", "male"])),
            draw(st.none() | st.floats(0.5, 2.5)),
        ),
        side=draw(st.sampled_from(Side)),
        tempo=Tempo(*(draw(st.floats(minimum, 60)) for minimum in (0.2, 0, 0.2))),
    )
    microseconds = sorted(draw(st.lists(st.integers(0, 10**12), min_size=1, max_size=30)))
    count = st.none() | st.integers(COUNT_MIN, COUNT_MAX)
    value = st.none() | st.floats(-1e6, 1e6)
    frames = [
        RawFrame(t / 1e6, tuple(draw(count) for _ in cells), tuple(draw(value) for _ in channels))
        for t in microseconds
    ]
    return mat, frames, draw(st.none() | st.text(max_size=20))


@pytest.mark.parametrize("name", ["rec.csv", "rec.csv.gz"])
@given(case=recordings())
def test_what_is_written_is_read_back_equal(
    case: tuple[Mat, list[RawFrame], str | None],
    name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    mat, frames, source = case
    path = tmp_path_factory.mktemp("round_trip") / name
    write(path, mat, frames, source)
    recording = read_recording(path)
    assert recording.mat == mat
    assert recording.source == source
    assert list(recording.frames()) == frames
    assert list(recording.frames()) == frames  # every call reads again


def test_reads_the_contract_s_example(tmp_path: Path) -> None:
    header = {
        "rate_hz": 80,
        "layout": "core4",
        "cells": [
            {
                "name": "head_left",
                "x_mm": -525,
                "y_mm": 275,
                "plate": "deck",
                "tare_counts": 8123,
                "counts_per_kg": 42900.0,
            }
        ],
        "channels": [
            {"name": "hip_roll_deg", "kind": "sacrum_imu"},
            {"name": "back_hip_mm", "kind": "rear_rail", "x_mm": 0},
        ],
        "person": {"sex": "female", "height_m": 1.65},
        "side": "left",
        "tempo_s": [2, 1, 3],
        "source": "by hand",
        "later": {"unknown": "keys are ignored"},
    }
    path = tmp_path / "rec.csv"
    path.write_text(
        text(
            ["1,8123,-1.5,", "1,,2e-05,120"],
            header,
            columns="t_s,head_left,hip_roll_deg,back_hip_mm",
        )
    )
    recording = read_recording(path)
    assert recording.mat == Mat(
        "core4",
        (Cell("head_left", -525, 275, "deck"),),
        (CellCalibration(8123, 42900),),
        80,
        (Channel("hip_roll_deg", "sacrum_imu"), Channel("back_hip_mm", "rear_rail", 0)),
        Person("female", 1.65),
        Side.LEFT,
        Tempo(2, 1, 3),
    )
    assert recording.source == "by hand"
    assert list(recording.frames()) == [
        RawFrame(1.0, (8123,), (-1.5, None)),
        RawFrame(1.0, (None,), (2e-05, 120.0)),
    ]


@pytest.mark.parametrize(
    "content",
    [
        text(),
        text().replace("\n", "\r\n"),
        text(header={**HEADER, "person": None, "side": None, "tempo_s": None}),
    ],
)
def test_harmless_differences_are_read(content: str, tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    path.write_bytes(content.encode())
    assert list(read_recording(path).frames()) == [
        RawFrame(0.0125, (100, -200)),
        RawFrame(0.025, (None, -201)),
        RawFrame(0.0375, (102, -202)),
    ]


def test_written_file_is_what_the_contract_says(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    write(path, mat_of(2), [RawFrame(1.25, (1, None)), RawFrame(1.2625, (-2, 3))], "here")
    first, second, *rest = path.read_text().splitlines()
    assert first == "# matfw-recording 1"
    assert json.loads(second.removeprefix("# "))["source"] == "here"
    # As a reader with comment="#" sees it: a table that begins with its column names.
    assert rest == ["t_s,cell_0,cell_1", "1.250000,1,", "1.262500,-2,3"]


def test_a_long_recording_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    write(path, mat_of(4), [RawFrame(index / 80, (index,) * 4) for index in range(20_000)])
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_recording(path).frames()) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


def test_presets_can_be_recorded(tmp_path: Path) -> None:
    for layout in PRESETS.values():
        line = CellCalibration(0.0, 42_950.0)
        mat = Mat(layout.name, layout.cells, (line,) * len(layout.cells))
        write(tmp_path / f"{layout.name}.csv", mat, [RawFrame(0.0, (0,) * len(layout.cells))])
        assert read_recording(tmp_path / f"{layout.name}.csv").mat == mat
