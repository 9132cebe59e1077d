"""Recordings that end in the midst of a row, are damaged, or have a gap."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from matfw.errors import MatRecordingError
from matfw.messages import RawFrame
from matfw.recording.file import read_recording
from matfw.recording.whole_rows import WholeRows
from matfw.recording.writer import RecordingWriter
from tests.recording.texts import ROWS, error_of, mat_of, read_error, text, write


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
