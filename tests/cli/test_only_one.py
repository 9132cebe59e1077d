"""A second firmware on one state folder is refused with the first one's pid."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from matfw.cli.only_one import RUN_FILE, only_one
from matfw.errors import MatError

HOLD = """
import pathlib, sys, time
from matfw.cli.only_one import only_one
with only_one(pathlib.Path(sys.argv[1]), print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_second_is_refused_until_the_first_has_ended(tmp_path: Path, ending: int) -> None:
    folder = tmp_path / "new"
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(MatError, match=rf"runs already on .*\(process {first.pid}\)"),
            only_one(folder, print),
        ):
            pytest.fail("two at once")
    finally:
        first.send_signal(ending)
        first.communicate()
    with only_one(folder, print):
        assert (folder / RUN_FILE).read_text() == f"{os.getpid()}\n"
    assert (folder / RUN_FILE).read_text() == ""


def test_a_folder_that_cannot_be_made_holds_nobody_back(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    notices: list[str] = []
    with only_one(tmp_path / "file" / "below", notices.append):
        assert "would not be noticed" in notices[0]


def test_a_full_disk_holds_nobody_back_and_a_second_one_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("matfw.cli.only_one.os.write", full)
    with (
        only_one(tmp_path, print),
        pytest.raises(MatError, match=r"runs already on .*not known"),
        only_one(tmp_path, print),
    ):
        pytest.fail("two at once")


def test_the_folder_that_it_makes_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with only_one(tmp_path / "new" / "state", print):
            pass
    finally:
        os.umask(before)
    assert [
        path.stat().st_mode & 0o777 for path in (tmp_path / "new", tmp_path / "new" / "state")
    ] == [0o700, 0o700]
