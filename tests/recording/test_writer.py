"""What the writer refuses, and what it leaves on a disk that is full or that others can read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from matfw.errors import MatError, MatRecordingError
from matfw.messages import Cell, CellCalibration, Mat, RawFrame
from matfw.recording.background import new_path
from matfw.recording.file import read_recording
from matfw.recording.writer import RecordingWriter, check_name
from matfw.settings.model import Settings
from tests.recording.texts import mat_of


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV.GZ"])
def test_a_name_of_a_recording(name: str) -> None:
    check_name(Path(name))


@pytest.mark.parametrize("name", ["a", "a.txt", "a.gz", "a.csv.zip", "a.csv.bz2", ".", "a\n.csv"])
def test_a_name_that_nobody_would_replay_is_refused(name: str) -> None:
    with pytest.raises(MatRecordingError, match=r"must end in .csv or .csv.gz"):
        check_name(Path(name))


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
