"""A recording's rows: whatever is wrong in one is named in one line, and those before it stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatRecordingError
from matfw.recording.file import read_recording
from tests.recording.texts import COUNT_MAX, COUNT_MIN, HEADER, ROWS, error_of, text

SALVAGE = "-n 4 "  # of a recording whose second row is bad

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
