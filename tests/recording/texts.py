"""A small recording as text, with something wrong in it or not, and what is reported of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from matfw.errors import MatRecordingError
from matfw.messages import Cell, CellCalibration, Channel, Mat, RawFrame
from matfw.recording.file import read_recording
from matfw.recording.writer import RecordingWriter

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


def text(
    rows: Sequence[str] = ROWS,
    header: object = HEADER,
    magic: str = "# matfw-recording 1",
    columns: str = "t_s,head,foot",
    line2: str | None = None,
) -> str:
    second = line2 if line2 is not None else "# " + json.dumps(header)
    return "".join(f"{line}\n" for line in (magic, second, columns, *rows))


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
