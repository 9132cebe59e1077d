"""Whatever bytes a recording holds, reading it ends in frames or in one MatRecordingError."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matfw.errors import MatRecordingError
from matfw.recording.file import read_recording

VALID = (
    b"# matfw-recording 1\n"
    b'# {"rate_hz": 80, "layout": "one", "cells": [{"name": "a", "x_mm": -5.5, "y_mm": 2,'
    b' "plate": "deck", "tare_counts": 8123, "counts_per_kg": 42900.0}, {"name": "b", "x_mm": 5,'
    b' "y_mm": 2, "plate": "deck", "tare_counts": 0, "counts_per_kg": -42900}], "channels":'
    b' [{"name": "c", "kind": "rear_rail", "x_mm": 0}], "person": {"sex": "female", "height_m":'
    b' 1.65}, "side": "left", "tempo_s": [2, 1, 3], "source": "fuzz"}\n'
    b"t_s,a,b,c\n0.0125,1,-2,3.5\n0.025,,4,\n0.0375,5,6,-7e-1\n"
)
PIECES = (
    b"nan", b"inf", b"-", b",", b"\n", b"\r\n", b"\x00", b"\xff", b"1e999", b"9" * 400, b"[" * 2000,
    b"null", b"true", b"{}", b'"', b"# ", b"\xef\xbb\xbf", b"\x1f\x8b", b"1_0", b"\xd9\xa1", b"",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@st.composite
def mutated(draw: st.DrawFn, valid: bytes) -> bytes:
    """Return valid with a few stretches replaced, or cut short."""
    data = valid
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.integers(0, 12))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=6))
        data = data[:start] + piece + data[end:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        recording = read_recording(path)
        cells = len(recording.mat.cells)
        previous_s = -math.inf
        for frame in recording.frames():
            assert previous_s <= frame.t_s < math.inf
            assert len(frame.counts) == cells
            assert all(c is None or -(2**23) <= c < 2**23 for c in frame.counts)
            assert all(v is None or math.isfinite(v) for v in frame.channels)
            previous_s = frame.t_s
    except MatRecordingError as error:
        message = str(error)
        assert message.startswith(f"{path}")
        assert message.isprintable()  # one line, and safe on a terminal


@given(content=st.binary(max_size=300) | mutated(VALID))
@example(content=VALID)
def test_plain(content: bytes, folder: Path) -> None:
    check(folder / "fuzz.csv", content)


@given(content=mutated(gzip.compress(VALID)) | mutated(VALID).map(gzip.compress) | st.binary())
def test_gzipped(content: bytes, folder: Path) -> None:
    check(folder / "fuzz.csv.gz", content)
