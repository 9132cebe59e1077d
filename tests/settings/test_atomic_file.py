"""Whatever ends a replacement, and wherever, the old file or the new one is there, whole."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.settings.atomic_file import Calls, alone_in, make_folder, replace_file

OLD, OLDER, NEW = b"old = 1\n" * 50, b"older = 1\n" * 40, b"new = 1\n" * 60
NAME = "/state.toml"  # "/" is there; nothing is made in it


# --- killed


def test_a_save_killed_at_every_call_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.settings.killed_saves", str(tmp_path)],
        check=False, capture_output=True, text=True, timeout=100, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    killed = {kind: int(count) for kind, count in map(str.split, done.stdout.splitlines())}
    # Open, write, fsync, rename and so on, of the file, its backup and the damaged one.
    assert list(killed) == ["blank", "saved", "damaged"]
    assert 10 < killed["blank"] < killed["saved"] < killed["damaged"]


# --- the power goes


# ruff: noqa: ARG002  # calls that a disk's memory does not depend on


class Disk:
    """A disk that forgets what no fsync asked it to keep, and the calls that lead to it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.calls_left: float = float("inf")
        self.written = dict(enumerate(files.values()))
        self.names = dict(zip(files, self.written, strict=True))
        self.kept_data = dict(self.written)
        self.kept_names = dict(self.names)
        self.pending: list[Callable[[dict[str, int]], object]] = []
        self.fds: dict[int, int | None] = {}  # None: the folder

    def _call(self) -> None:
        if self.calls_left <= 0:
            raise PowerCutError
        self.calls_left -= 1

    def _rename(self, change: Callable[[dict[str, int]], object]) -> None:
        change(self.names)
        self.pending.append(change)

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        self._call()
        fd = len(self.fds)
        if flags & os.O_DIRECTORY:
            self.fds[fd] = None
        else:
            assert path not in self.names, "always a new file, never over another"
            inode = self.fds[fd] = len(self.written)
            self.written[inode] = b""
            self._rename(lambda names: names.update({path: inode}))
        return fd

    def write(self, fd: int, data: bytes, /) -> int:
        self._call()
        inode = self.fds[fd]
        assert inode is not None
        some = data[: max(1, len(data) // 2)]  # as a kernel may
        self.written[inode] += some
        return len(some)

    def fchmod(self, fd: int, mode: int) -> None:
        self._call()

    def fchown(self, fd: int, uid: int, gid: int) -> None:
        self._call()

    def fsync(self, fd: int) -> None:
        self._call()
        inode = self.fds[fd]
        if inode is not None:
            self.kept_data[inode] = self.written[inode]
            return
        for change in self.pending:
            change(self.kept_names)
        self.pending.clear()

    def close(self, fd: int) -> None:
        self._call()

    def replace(self, src: str, dst: str) -> None:
        self._call()
        inode = self.names[src]

        def move(names: dict[str, int]) -> None:
            names.pop(src, None)
            names[dst] = inode

        self._rename(move)

    def unlink(self, path: str) -> None:
        self._call()
        if path not in self.names:
            raise FileNotFoundError(path)
        self._rename(lambda names: names.pop(path, None))

    def after(self, is_kept: Callable[[], bool], length: Callable[[int], int]) -> dict[str, bytes]:
        """Return the files when the power is back.

        is_kept: whether a change of names that no fsync followed is there; in any choice of them,
        which is worse than a journal does. length: how much is there of data likewise.
        """
        names = dict(self.kept_names)
        for change in self.pending:
            if is_kept():
                change(names)
        return {
            name: self.kept_data[inode]
            if inode in self.kept_data
            else self.written[inode][: length(len(self.written[inode]))]
            for name, inode in names.items()
        }


class PowerCutError(BaseException):
    """Not an OSError: nothing of ours may go on."""


@settings(deadline=None)  # a busy computer is no failure
@given(data=st.data(), has_backup=st.booleans())
def test_a_power_cut_leaves_the_old_or_the_new_file(data: st.DataObject, has_backup: bool) -> None:
    disk = Disk({NAME: OLD} | ({f"{NAME}.bak": OLDER} if has_backup else {}))
    disk.calls_left = data.draw(st.integers(0, 40), "calls")
    is_done = False
    try:
        replace_file(Path(NAME), NEW, OLD, disk)
        is_done = True
    except PowerCutError:
        pass
    files = disk.after(
        lambda: data.draw(st.booleans()), lambda maximum: data.draw(st.integers(0, maximum))
    )
    assert files[NAME] == NEW if is_done else files[NAME] in (OLD, NEW)
    if has_backup:
        assert files[f"{NAME}.bak"] in (OLDER, OLD)
    if is_done:
        assert files == {NAME: NEW, f"{NAME}.bak": OLD}


# --- the system refuses


class FailingAt:
    """os, with an error in the place of the n-th call, counted from 0; clean-up calls work."""

    def __init__(self, at: int, number: int) -> None:
        self.left, self.number, self.failed = at, number, ""

    def __getattr__(self, name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*arguments: object) -> object:
            self.left -= 1
            if self.left == -1 and name != "close":
                self.failed = name
                raise OSError(self.number, os.strerror(self.number))
            return real(*arguments)

        return call


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("at", range(25))
def test_an_error_leaves_the_old_file_and_nothing_beside_it(
    at: int, number: int, tmp_path: Path
) -> None:
    path, backup = tmp_path / "state.toml", tmp_path / "state.toml.bak"
    path.write_bytes(OLD)
    backup.write_bytes(OLDER)
    calls = FailingAt(at, number)
    raised: int | None = None
    try:
        replace_file(path, NEW, OLD, calls)  # type: ignore[arg-type]
    except OSError as error:
        raised = error.errno
    holds = (path.read_bytes(), backup.read_bytes())
    if raised is None:
        assert calls.failed in ("", "fchown", "unlink")
        assert holds == (NEW, OLD)
    else:
        assert raised == number
        # The folder's own open and fsync come when the new file is there already.
        is_last = calls.failed in ("open", "fsync") and holds == (NEW, OLD)
        assert is_last or holds in ((OLD, OLDER), (OLD, OLD))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["state.toml", "state.toml.bak"]


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_others_may_read_nothing_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "state" / "matfw"
    path = folder / "state.toml"
    before = os.umask(umask)
    try:
        make_folder(folder)
        replace_file(path, NEW)
        new = stat.S_IMODE(path.stat().st_mode)
        path.chmod(0o664)  # as an earlier matfw, or a person, left it: the group's share stays
        replace_file(path, NEW, OLD)
    finally:
        os.umask(before)
    assert new == 0o600
    for each in (path, folder / "state.toml.bak"):
        assert stat.S_IMODE(each.stat().st_mode) == 0o660
    for each in (folder, folder.parent):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_root_writes_belongs_to_whom_the_file_or_the_folder_belongs(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    os.chown(tmp_path, 12345, 23456)
    replace_file(path, OLD)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)
    os.chown(path, 1, 2)
    replace_file(path, NEW, OLD)
    for each in (path, tmp_path / "state.toml.bak"):
        assert (each.stat().st_uid, each.stat().st_gid) == (1, 2)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "kept.toml").write_bytes(OLD)
    link = tmp_path / "state.toml"
    link.symlink_to("else/kept.toml")
    replace_file(link, NEW, OLD)
    assert link.is_symlink()
    assert (tmp_path / "else" / "kept.toml").read_bytes() == NEW
    assert (tmp_path / "else" / "kept.toml.bak").read_bytes() == OLD


def test_a_leftover_of_a_killed_process_is_not_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    (tmp_path / "state.toml.new").write_bytes(b"half of somethi")
    replace_file(path, NEW)
    assert [each.name for each in tmp_path.iterdir()] == ["state.toml"]


def test_only_one_process_at_a_time_is_let_in(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    with alone_in(tmp_path / "a" / "b"), pytest.raises(BlockingIOError):  # noqa: SIM117
        with alone_in(tmp_path / "a" / "b"):
            pass
    with alone_in(tmp_path / "a" / "b"):
        assert list((tmp_path / "a" / "b").iterdir()) == []


def test_os_has_the_calls() -> None:
    calls: Calls = os
    assert calls is os
