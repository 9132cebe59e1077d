"""Recording v1: what is written comes back, and whatever is wrong is reported in one line."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.errors import MatError, MatRecordingError
from matfw.layouts import PRESETS
from matfw.messages import Cell, CellCalibration, Channel, Mat, Person, RawFrame, Side, Tempo
from matfw.recording.background import new_path
from matfw.recording.file import read_recording
from matfw.recording.whole_rows import WholeRows
from matfw.recording.writer import RecordingWriter, check_name
from matfw.settings.model import Settings

COUNT_MIN, COUNT_MAX = -8388608, 8388607
HEADER: dict[str, Any] = {
    "rate_hz": 80,
    "layout": "pair",
    "cells": [
        {
            "name": name,
            "x_mm": x_mm,
            "y_mm": 0,
            "plate": "deck",
            "tare_counts": 8123,
            "counts_per_kg": 42900.0,
        }
        for name, x_mm in (("head", -900), ("foot", 900))
    ],
}
ROWS = ["0.0125,100,-200", "0.025000,,-201", "0.0375,102,-202"]
SALVAGE = "-n 4 "  # of a recording whose second row is bad


def text(
    rows: Sequence[str] = ROWS,
    header: object = HEADER,
    magic: str = "# matfw-recording 1",
    columns: str = "t_s,head,foot",
    line2: str | None = None,
) -> str:
    second = line2 if line2 is not None else "# " + json.dumps(header)
    return "".join(f"{line}\n" for line in (magic, second, columns, *rows))


def with_change(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(json.dumps(HEADER))
    change(header)
    return header


def read_error(path: Path) -> str:
    with pytest.raises(MatRecordingError) as caught:
        list(read_recording(path).frames())
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    assert message.count(str(path)) <= 2  # where it is, and in the advice
    return message


def error_of(tmp_path: Path, content: str | bytes, name: str = "bad.csv") -> str:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_error(path)


def mat_of(cells: int = 2, channels: int = 0) -> Mat:
    return Mat(
        "any",
        tuple(
            Cell(f"cell_{index}", 100.5 * index, -50.25 * index, "deck") for index in range(cells)
        ),
        tuple(CellCalibration(8123.5, (-1) ** index * 42900.0) for index in range(cells)),
        channels=tuple(Channel(f"sensor_{index}", "rear_rail", 1.5) for index in range(channels)),
    )


def write(path: Path, mat: Mat, frames: Sequence[RawFrame], source: str | None = None) -> None:
    with RecordingWriter(path, mat, source) as writer:
        for frame in frames:
            writer.write(frame)


# --- what is written comes back


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


# --- the header


HEADER_ERRORS: dict[str, tuple[str, str, list[str]]] = {
    "first line": (
        text(magic="t_s,head"),
        "line 1",
        ['must be "# matfw-recording 1"', "'t_s,head'"],
    ),
    "newer version": (text(magic="# matfw-recording 2"), "line 1", ["version '2'", "reads 1"]),
    "no hash": (text(line2="{}"), "line 2", ['must be "# " and a JSON object', "'{}'"]),
    "not JSON": (text(line2="# {rate"), "line 2", ["is not JSON"]),
    "deep JSON": (text(line2="# " + "[" * 5000), "line 2", ["is not JSON"]),
    "not an object": (text(line2="# [1]"), "line 2", ["must be a JSON object", "[1]"]),
    "long header": (text(line2="# " + " " * 70_000), "line 2", ["longer than 65536 bytes"]),
    "keys missing": (
        text(header={"layout": "x"}),
        "line 2",
        ["lacks rate_hz, cells", "rate_hz = a number 0.5 to 2000"],
    ),
    "cell keys missing": (
        text(header=with_change(lambda h: (h["cells"][1].pop("x_mm"), h["cells"][1].pop("plate")))),
        "line 2",
        ["cells[1] lacks x_mm, plate"],
    ),
    "no cells": (text(header={**HEADER, "cells": []}), "line 2", ["cells must be", "1 to 64", "0"]),
    "cells no list": (text(header={**HEADER, "cells": 3}), "line 2", ["cells must be a list", "3"]),
    "wrong type": (
        text(header={**HEADER, "rate_hz": "fast"}),
        "line 2",
        ["rate_hz must be a number 0.5 to 2000 (got 'fast')"],
    ),
    "bool is no number": (text(header={**HEADER, "rate_hz": True}), "line 2", ["(got True)"]),
    "duplicate name": (
        text(header=with_change(lambda h: h["cells"][1].update(name="head"))),
        "line 2",
        ["each name once", "head twice"],
    ),
    "comma in name": (
        text(header=with_change(lambda h: h["cells"][1].update(name="a,b"))),
        "line 2",
        ["cells[1].name must be a name", "letters", "'a,b'"],
    ),
    "time as a name": (
        text(header=with_change(lambda h: h["cells"][1].update(name="t_s"))),
        "line 2",
        ["cells[1].name must be", "not t_s"],
    ),
    "weighs nothing": (
        text(header=with_change(lambda h: h["cells"][0].update(counts_per_kg=0))),
        "line 2",
        ["cells[0].counts_per_kg must be at least 1, or at most -1", "(got 0)"],
    ),
    "side": (text(header={**HEADER, "side": "top"}), "line 2", ['"left"', '"right"', "'top'"]),
    "tempo": (text(header={**HEADER, "tempo_s": [1, 2]}), "line 2", ["tempo_s must be 3 values"]),
    "sex": (text(header={**HEADER, "person": {"sex": "x"}}), "line 2", ["person.sex", '"female"']),
    "channel kind": (
        text(header={**HEADER, "channels": [{"name": "a", "kind": "imu"}]}),
        "line 2",
        ["channels[0].kind", '"rear_rail" or "sacrum_imu"', "'imu'"],
    ),
    "columns": (
        text(columns="t_s,foot,head"),
        "line 3",
        ['must be "t_s,head,foot" as in line 2', "'t_s,foot,head'"],
    ),
    "no rows": (text([]), "line 4", ["has no rows"]),
    "empty": ("", "line 1", ["the file is empty"]),
    "header only begun": ("# matfw-recording 1\n", "line 2", ["must be", "(got '')"]),
}


@pytest.mark.parametrize("case", HEADER_ERRORS)
def test_header_error_names_line_finding_and_limit(case: str, tmp_path: Path) -> None:
    content, line, parts = HEADER_ERRORS[case]
    message = error_of(tmp_path, content)
    assert f"bad.csv, {line}: " in message
    assert "record it again" in message  # nothing of it can be kept
    for part in parts:
        assert part in message, message


RANGES: list[tuple[str, Callable[[dict[str, Any], float], object], float, float, float]] = [
    ("rate_hz", lambda h, v: h.update(rate_hz=v), 0.5, 2000, 0.1),
    ("x_mm", lambda h, v: h["cells"][0].update(x_mm=v), -10_000, 10_000, 0.1),
    ("y_mm", lambda h, v: h["cells"][0].update(y_mm=v), -10_000, 10_000, 0.1),
    ("tare_counts", lambda h, v: h["cells"][0].update(tare_counts=v), COUNT_MIN, COUNT_MAX, 1),
    ("counts_per_kg", lambda h, v: h["cells"][0].update(counts_per_kg=v), -1e7, 1e7, 1),
    ("height_m", lambda h, v: h.update(person={"height_m": v}), 0.5, 2.5, 0.01),
    ("tempo_s, first value,", lambda h, v: h.update(tempo_s=[v, 1, 1]), 0.2, 60, 0.1),
    ("tempo_s, second value,", lambda h, v: h.update(tempo_s=[1, v, 1]), 0, 60, 0.1),
    ("tempo_s, third value,", lambda h, v: h.update(tempo_s=[1, 1, v]), 0.2, 60, 0.1),
]


@pytest.mark.parametrize("case", RANGES, ids=[case[0] for case in RANGES])
def test_header_range(
    case: tuple[str, Callable[[dict[str, Any], float], object], float, float, float],
    tmp_path: Path,
) -> None:
    key, put, minimum, maximum, step = case
    path = tmp_path / "rec.csv"

    def header(value: float) -> dict[str, Any]:
        return with_change(lambda header: put(header, value))

    for good in (minimum, minimum + step, maximum - step, maximum):
        path.write_text(text(header=header(good)))
        assert sum(1 for _ in read_recording(path).frames()) == len(ROWS)
    for bad in (minimum - step, maximum + step):
        message = error_of(tmp_path, text(header=header(bad)))
        assert f"{key} must be a number {minimum:.12g} to {maximum:.12g} (got {bad}" in message


@pytest.mark.parametrize(
    ("per_kg", "is_good"), [(1, True), (-1, True), (0.99, False), (-0.99, False)]
)
def test_counts_per_kg_next_to_zero(per_kg: float, is_good: bool, tmp_path: Path) -> None:
    content = text(header=with_change(lambda h: h["cells"][1].update(counts_per_kg=per_kg)))
    if is_good:
        (tmp_path / "rec.csv").write_text(content)
        assert read_recording(tmp_path / "rec.csv").mat.calibration[1].counts_per_kg == per_kg
    else:
        assert "cells[1].counts_per_kg must be at least 1" in error_of(tmp_path, content)


# --- the rows


ROW_ERRORS: dict[str, tuple[str, list[str]]] = {
    "field missing": ("0.025,1", ["has 2 fields, must have 3: t_s,head,foot"]),
    "field too many": ("0.025,1,2,3", ["has 4 fields, must have 3"]),
    "blank line": ("", ["has 1 fields, must have 3"]),
    "comment": ("# 0.025,1,2", ["t_s must be a number", "'# 0.025'"]),
    "word": ("0.025,abc,2", ["head must be a whole number", "or empty", "'abc'"]),
    "fraction": ("0.025,1,2.5", ["foot must be a whole number", "'2.5'"]),
    "NaN count": ("0.025,1,nan", ["foot must be a whole number", "'nan'"]),
    "infinite count": ("0.025,1,inf", ["foot must be a whole number", "'inf'"]),
    "NaN time": ("nan,1,2", ["t_s must be a number", "'nan'"]),
    "infinite time": ("-inf,1,2", ["t_s must be a number", "'-inf'"]),
    "huge time": ("1e11,1,2", ["t_s must be a number -1e+10 to 1e+10", "'1e11'"]),
    "overflowing time": ("1e999,1,2", ["t_s must be a number", "'1e999'"]),
    "no time": (",1,2", ["t_s must be a number of seconds (got nothing)"]),
    "above 24 bits": ("0.025,8388608,2", ["-8388608 to 8388607 (24 bits)", "'8388608'"]),
    "below 24 bits": ("0.025,1,-8388609", ["-8388608 to 8388607 (24 bits)", "'-8388609'"]),
    "underscore": ("0.025,1_0,2", ["head must be", "'1_0'"]),
    "plus": ("0.025,+1,2", ["head must be", "'+1'"]),
    "blank in a field": ("0.025, 1,2", ["head must be", "' 1'"]),
    "other digits": ("0.025,\u0661,2", ["head must be", "'\u0661'"]),
    "minus alone": ("0.025,-,2", ["head must be", "'-'"]),
    "carriage return inside": ("0.025,1\r,2", ["head must be", "'1\\r'"]),
    "time back": ("0.0124,1,2", ["t_s must not go back: 0.0124 after 0.012500"]),
    "long row": ("0.025,1," + "0" * 5000, ["longer than 4096 bytes"]),
    "terminal codes": ("0.025,\x1b[2J,2", ["head must be", "'\\x1b[2J'"]),
}


@pytest.mark.parametrize("case", ROW_ERRORS)
def test_row_error_names_line_field_finding_and_salvage(case: str, tmp_path: Path) -> None:
    row, parts = ROW_ERRORS[case]
    message = error_of(tmp_path, text([ROWS[0], row, ROWS[2]]))
    assert "bad.csv, line 5: " in message
    assert f"head {SALVAGE}{tmp_path}/bad.csv > salvaged.csv" in message
    for part in parts:
        assert part in message, message


def test_row_that_is_not_utf8(tmp_path: Path) -> None:
    content = text().encode().replace(b"-201", b"\xff201")
    assert "line 5: is not UTF-8 text (got byte 0xff at 11)" in error_of(tmp_path, content)


def test_header_that_is_not_utf8(tmp_path: Path) -> None:
    content = b"\xfe" + text().encode()
    assert "line 1: is not UTF-8 text (got byte 0xfe at 1)" in error_of(tmp_path, content)


def test_channel_that_is_no_number(tmp_path: Path) -> None:
    header = {**HEADER, "channels": [{"name": "roll", "kind": "sacrum_imu"}]}
    for field, is_good in [("1e6", True), ("-1e6", True), ("1000001", False), ("nan", False)]:
        content = text([f"1,2,3,{field}"], header, columns="t_s,head,foot,roll")
        if is_good:
            (tmp_path / "rec.csv").write_text(content)
            assert len(list(read_recording(tmp_path / "rec.csv").frames())) == 1
        else:
            message = error_of(tmp_path, content)
            assert f"roll must be a number -1e+06 to 1e+06 or empty (got '{field}')" in message


def test_counts_at_both_ends_of_24_bits_and_equal_times_are_good(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    path.write_text(text([f"1,{COUNT_MIN},{COUNT_MAX}", f"1,{COUNT_MAX},{COUNT_MIN}"]))
    assert [frame.counts for frame in read_recording(path).frames()] == [
        (COUNT_MIN, COUNT_MAX),
        (COUNT_MAX, COUNT_MIN),
    ]


def test_rows_before_a_bad_one_are_given_first(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    path.write_text(text([*ROWS, "0.05,x,1"]))
    frames = read_recording(path).frames()
    assert [next(frames).t_s for _ in ROWS] == [0.0125, 0.025, 0.0375]
    with pytest.raises(MatRecordingError, match="line 7"):
        next(frames)


# --- the file


def test_absent_file(tmp_path: Path) -> None:
    message = read_error(tmp_path / "none.csv")
    assert "is not there: check the name and the folder" in message


def test_folder(tmp_path: Path) -> None:
    assert read_error(tmp_path) == f"{tmp_path}: is a folder: name the recording in it"


def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is not a plain file: save the recording" in read_error(tmp_path / "pipe.csv")


def test_file_that_must_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rec.csv"
    path.write_text(text())

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, who may read everything
    assert "must not be read by this user: ask its owner, or chmod a+r it" in read_error(path)


def test_name_no_file_can_have() -> None:
    with pytest.raises(MatRecordingError, match="cannot be opened"):
        read_recording("a\0b.csv")


@pytest.mark.parametrize("name", ["rec.csv", "rec.csv.gz", "rec.CSV", "rec.txt", "rec"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_packed_recording_is_recognised_by_its_content(
    tmp_path: Path, name: str, packed: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text().encode()) if packed else text().encode())
    assert len(list(read_recording(path).frames())) == len(ROWS)
    bad = text([*ROWS, "x,1,2"]).encode()
    message = error_of(tmp_path, gzip.compress(bad) if packed else bad, name)
    assert ("zcat" in message) == packed


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04", "ZIP archive"),
        (b"BZh9", "bunzip2"),
        (b"\xfd7zXZ\0", "unxz"),
        (b"\x28\xb5\x2f\xfd", "unzstd"),
        (text().encode("utf-16"), "is UTF-16 text"),
    ],
)
def test_another_kind_of_file_is_named(tmp_path: Path, start: bytes, words: str) -> None:
    assert words in error_of(tmp_path, start + bytes(40))


LINES = text().splitlines()


def as_saved(separator: str, *, quoted: bool = False) -> str:
    """Return the recording as a spreadsheet saves it: padded, with its own separator."""
    head = [LINES[0], '"' + LINES[1].replace('"', '""') + '"' if quoted else LINES[1]]
    rows = [line.replace(",", separator) for line in LINES[2:]]
    if separator == ";":
        rows = [row.replace(".", ",") for row in rows]
    return "\r\n".join([*(line + 2 * separator for line in head), *rows, ""])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_saved(";"), "line 1: was saved by a spreadsheet, with semicolons"),
        (as_saved("\t"), "line 1: was saved by a spreadsheet, with tabs"),
        (as_saved(","), "line 1: was saved by a spreadsheet, with commas"),
        ("\n".join([LINES[0], *as_saved(",", quoted=True).splitlines()[1:]]), "line 2: was saved"),
        ("\n".join([*LINES[:2], *as_saved(";").splitlines()[2:]]), "line 3: was saved"),
        ("\n".join([*LINES[:3], "0,0125;100;-200", ""]), "line 4: was saved by a spreadsheet"),
        ("\n".join([*LINES[:3], "0.0125\t100\t-200", ""]), "line 4: was saved by a spreadsheet"),
    ],
)
def test_what_a_spreadsheet_saved_is_reported_as_such(
    tmp_path: Path, content: str, words: str
) -> None:
    message = error_of(tmp_path, content)
    assert words in message
    assert "take the file as it was recorded, or save it as text with commas" in message


def test_a_byte_order_mark_is_no_part_of_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text().replace("\n", "\r\n").encode())
    assert len(list(read_recording(path).frames())) == len(ROWS)


def test_a_recording_cut_anywhere_in_its_last_row_loses_that_row_and_no_other(
    tmp_path: Path,
) -> None:
    """Inside the last number too: what is left of it is a number, but another one."""
    whole = text().encode()
    for size in range(len(whole) - len(ROWS[-1]), len(whole)):
        path = tmp_path / "rec.csv"
        path.write_bytes(whole[:size])
        notices: list[str] = []
        rows = WholeRows(read_recording(path), notices.append)
        assert [frame.t_s for frame in rows] == [0.0125, 0.025], whole[:size]
        with pytest.raises(MatRecordingError, match="file ends"):
            rows.check()
        assert notices == ["the 2 rows before the bad one were whole, and are in this"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(60.0, None), (60.5, "nothing for 1 min"), (7200.0, "nothing for 2.0 h")]
)
def test_a_gap_of_more_than_a_minute_is_reported(
    tmp_path: Path, seconds: float, words: str | None
) -> None:
    path = tmp_path / "rec.csv"
    path.write_text(text(["0.5,1,2", f"{0.5 + seconds},1,2"]))
    notices: list[str] = []
    rows = WholeRows(read_recording(path), notices.append)
    assert len(list(rows)) == 2
    rows.check()
    assert [words in sentence for sentence in notices if words] == ([True] if words else [])
    assert len(notices) == bool(words)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV.GZ"])
def test_a_name_of_a_recording(name: str) -> None:
    check_name(Path(name))


@pytest.mark.parametrize("name", ["a", "a.txt", "a.gz", "a.csv.zip", "a.csv.bz2", ".", "a\n.csv"])
def test_a_name_that_nobody_would_replay_is_refused(name: str) -> None:
    with pytest.raises(MatRecordingError, match=r"must end in .csv or .csv.gz"):
        check_name(Path(name))


def test_empty_gz(tmp_path: Path) -> None:
    assert "line 1: is missing: the file is empty" in error_of(tmp_path, b"", "rec.csv.gz")


def test_damaged_gzip(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(text().encode()))
    packed[-6] ^= 0xFF  # the check sum
    message = error_of(tmp_path, bytes(packed), "rec.csv.gz")
    assert "line 7: cannot be read (CRC check failed" in message
    assert "lines to 6 are good, keep: zcat" in message
    garbled = packed[:12] + b"\xff" * 20 + packed[32:]
    assert "cannot be read" in error_of(tmp_path, bytes(garbled), "rec.csv.gz")


def long_recording(path: Path) -> list[RawFrame]:
    frames = [RawFrame(index / 80, (index * 7919 % 100_000, -index)) for index in range(800)]
    write(path, mat_of(2), frames)
    return frames


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
@pytest.mark.parametrize("name", ["rec.csv", "rec.csv.gz", "it's a rec.csv.gz"])
def test_cut_recording_is_refused_and_its_advice_works(
    name: str, share: float, tmp_path: Path
) -> None:
    path = tmp_path / name
    frames = long_recording(path)
    data = path.read_bytes()
    # In a plain file, cut behind a row's first comma; in gzip anywhere.
    cut = int(share * len(data))
    path.write_bytes(data[: cut if name.endswith("gz") else data.index(b",", cut) + 1])
    if name == "rec.csv":
        cut_rows = path.read_bytes().decode().splitlines()
        path.write_text("\n".join([*cut_rows[:-1], cut_rows[-1].split(",")[0]]))
    message = read_error(path)
    assert "is cut off" in message
    command = message.partition("keep: ")[2]
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
    salvaged = list(read_recording(tmp_path / "salvaged.csv").frames())
    assert len(salvaged) > (share - 0.15) * len(frames)
    assert salvaged == frames[: len(salvaged)]


def test_power_cut_costs_a_plain_recording_at_most_a_second(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    path.write_bytes(on_disk_while_writing(path))
    assert len(list(read_recording(path).frames())) >= 1000 - 81


def test_power_cut_costs_a_gzipped_recording_at_most_a_second(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv.gz"
    path.write_bytes(on_disk_while_writing(path))
    lines = int(read_error(path).partition("lines to ")[2].split()[0])
    assert lines - 3 >= 1000 - 81


def on_disk_while_writing(path: Path) -> bytes:
    with RecordingWriter(path, mat_of(2)) as writer:
        for index in range(1000):
            writer.write(RawFrame(index / 80, (index, -index)))
        return path.read_bytes()  # as it would be found after a power cut now


# --- the writer's own refusals


def test_existing_file_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    path.write_text("precious")
    with pytest.raises(MatRecordingError, match=r"rec\.csv: exists already .* choose another name"):
        RecordingWriter(path, mat_of())
    assert path.read_text() == "precious"
    with RecordingWriter(path, mat_of(), overwrite=True) as writer:
        writer.write(RawFrame(0.0, (1, 2)))
    assert len(list(read_recording(path).frames())) == 1


def test_folder_that_is_not_there_is_a_failure_to_write(tmp_path: Path) -> None:
    with pytest.raises(MatError, match=r"cannot write the recording \(No such file"):
        RecordingWriter(tmp_path / "none" / "rec.csv", mat_of())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's always full device")
def test_full_disk_is_a_failure_to_write() -> None:
    with pytest.raises(MatError, match=r"No space left on device\): the disk is full"):
        RecordingWriter("/dev/full", mat_of(), overwrite=True)


@pytest.mark.parametrize("name", ["rec.csv", "rec.csv.gz"])
def test_disk_that_fills_up_later_is_reported_and_leaves_nothing_open(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = RecordingWriter(tmp_path / name, mat_of())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    writer.write(RawFrame(0.0, (1, 2)))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MatError, match="No space left"):
        writer.write(RawFrame(1.0, (1, 2)))
    with pytest.raises(MatError, match="No space left"):
        writer.close()
    writer.close()  # twice is allowed, and the file is closed


@pytest.mark.parametrize("frame", [RawFrame(0.0, (1,)), RawFrame(0.0, (1, 2), (3.0,))])
def test_frame_of_another_mat_is_refused(frame: RawFrame, tmp_path: Path) -> None:
    with (
        RecordingWriter(tmp_path / "rec.csv", mat_of(2)) as writer,
        pytest.raises(MatRecordingError, match="must have 2 counts and 0 channels"),
    ):
        writer.write(frame)


@pytest.mark.parametrize("t_s", [0.999, float("nan"), float("inf"), 1.1e10])
def test_frame_that_could_not_be_read_back_is_not_written(t_s: float, tmp_path: Path) -> None:
    path = tmp_path / "rec.csv"
    with RecordingWriter(path, mat_of(1)) as writer:
        writer.write(RawFrame(1.0, (1,)))
        writer.write(RawFrame(1.0, (2,)))  # equal times are allowed
        with pytest.raises(MatRecordingError, match=r"must not go back .* got .* after 1\.0"):
            writer.write(RawFrame(t_s, (3,)))
    assert len(list(read_recording(path).frames())) == 2


def test_mat_that_cannot_be_read_back_is_not_written(tmp_path: Path) -> None:
    cell = Cell("a,b", 0, 0)
    mat = Mat("any", (cell,), (CellCalibration(0, 1000),))
    with pytest.raises(
        MatRecordingError, match=r"cells\[0\]\.name must be .* correct the settings"
    ):
        RecordingWriter(tmp_path / "rec.csv", mat)
    assert not (tmp_path / "rec.csv").exists()


def test_presets_can_be_recorded(tmp_path: Path) -> None:
    for layout in PRESETS.values():
        line = CellCalibration(0.0, 42_950.0)
        mat = Mat(layout.name, layout.cells, (line,) * len(layout.cells))
        write(tmp_path / f"{layout.name}.csv", mat, [RawFrame(0.0, (0,) * len(layout.cells))])
        assert read_recording(tmp_path / f"{layout.name}.csv").mat == mat


@pytest.mark.parametrize(("folder_mode", "mode"), [(0o755, 0o640), (0o750, 0o640), (0o700, 0o600)])
@pytest.mark.parametrize("umask", [0, 0o077])
def test_others_may_not_read_a_recording_whatever_the_umask(
    tmp_path: Path, folder_mode: int, mode: int, umask: int
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(folder_mode)
    before = os.umask(umask)
    try:
        path = new_path(state / "recordings", "one")
        with RecordingWriter(path, Settings().mat()):
            pass
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode
    assert path.parent.stat().st_mode & 0o777 == folder_mode & 0o770
