"""Files that are no recordings, that cannot be opened, or that another program has saved."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from matfw.errors import MatRecordingError
from matfw.recording.file import read_recording
from tests.recording.texts import ROWS, error_of, read_error, text


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
