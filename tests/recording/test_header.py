"""A recording's header: whatever is wrong in it is reported in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matfw.recording.file import read_recording
from tests.recording.texts import COUNT_MAX, COUNT_MIN, HEADER, ROWS, error_of, text


def with_change(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(json.dumps(HEADER))
    change(header)
    return header


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


def test_header_that_is_not_utf8(tmp_path: Path) -> None:
    content = b"\xfe" + text().encode()
    assert "line 1: is not UTF-8 text (got byte 0xfe at 1)" in error_of(tmp_path, content)
