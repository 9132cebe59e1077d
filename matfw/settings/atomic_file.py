"""Replace a small file so that a crash or a power cut leaves the old one or the new one, whole.

The new bytes go to a temporary file in the same folder and onto the disk before the name moves
(`rename` is atomic in POSIX, but says nothing about the data: without `fsync` a power cut leaves an
empty file under the right name). The file that was there stays beside it as `.bak`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

NEW = ".new"
BACKUP = ".bak"
# What a person weighs and how they move is theirs: no umask opens it to others.
FILE_MODE = 0o600  # of a file that is not there yet
FOLDER_MODE = 0o700
OTHERS = 0o007
GROUP = 0o070
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW

Like: TypeAlias = tuple[int, int, int]  # mode, user, group


class Calls(Protocol):
    """The calls to the kernel that a replacement is made of; `os` itself has them."""

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        """Open a file or folder."""
        ...

    def write(self, fd: int, data: bytes, /) -> int:
        """Write some of data; return how much."""
        ...

    def fchmod(self, fd: int, mode: int) -> None:
        """Set a file's permissions."""
        ...

    def fchown(self, fd: int, uid: int, gid: int) -> None:
        """Set a file's owner and group."""
        ...

    def fsync(self, fd: int) -> None:
        """Wait until a file, or a folder's names, are on the disk."""
        ...

    def close(self, fd: int) -> None:
        """Give a file back."""
        ...

    def replace(self, src: str, dst: str) -> None:
        """Move a name onto another."""
        ...

    def unlink(self, path: str) -> None:
        """Remove a name."""
        ...


def replace_file(path: Path, data: bytes, backup: bytes | None = None, calls: Calls = os) -> None:
    """Make data the content of path; its folder must exist.

    backup: what `.bak` shall hold; None leaves `.bak` as it is. A file that exists keeps its owner
    and what its group may; others may nothing. Raises OSError; then path holds what it held
    before, and `.bak` the same or backup. Call it within `alone_in`.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    like = _owner_and_mode(target)
    old = target.with_name(target.name + BACKUP)
    parts = [(target, data)] if backup is None else [(old, backup), (target, data)]
    made: list[str] = []
    try:
        for place, content in reversed(parts):  # all first: a full disk changes nothing
            made.append(f"{place}{NEW}")
            _write(made[-1], content, like, calls)
        for place, _ in parts:
            calls.replace(f"{place}{NEW}", str(place))
    except BaseException:
        for name in made:
            with contextlib.suppress(OSError):
                calls.unlink(name)
        raise
    _sync_folder(target.parent, calls)


def make_folder(folder: Path, calls: Calls = os) -> None:
    """Make a folder and those above it that are not there, for nobody else. Raises OSError."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(FOLDER_MODE, exist_ok=True)
        _sync_folder(path.parent, calls)


def close_to_others(folder: Path, own: str) -> str | None:
    """Take from others what they may do in a folder that is ours; return what to say, if anything.

    own: a file that only such a folder has. Without it, as where somebody named their home or /tmp,
    the folder stays as it is. An earlier matfw, or `mkdir`, made it for everybody.
    """
    try:
        found = folder.stat()
        mode = stat.S_IMODE(found.st_mode)
        if not mode & OTHERS:
            return None
        if (folder / own).exists() and found.st_uid == os.geteuid():
            folder.chmod(mode & ~OTHERS)
            return f"{folder} was open to other users (mode {mode:04o}): it is closed to them now"
    except (OSError, ValueError):
        return None
    return f"{folder} is open to other users (mode {mode:04o}): `chmod o-rwx {folder}` closes it"


def group_share(folder: Path) -> int:
    """Return the permission bits that a folder gives its group; 0 where that cannot be known.

    systemd makes the service's folder for its group, so that whoever may use the console may fetch
    a recording; a person's own folder is for nobody else.
    """
    try:
        return folder.stat().st_mode & GROUP
    except (OSError, ValueError):
        return 0


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep every other process that asks the same out of folder.

    The lock is on the folder itself: no lock file is left behind, and it ends with the process.
    Raises BlockingIOError where another has it, else OSError.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)


def _write(name: str, data: bytes, like: Like, calls: Calls) -> None:
    """Make a new file that holds data and is on the disk."""
    with contextlib.suppress(FileNotFoundError):
        calls.unlink(name)  # of a process that was killed
    mode, uid, gid = like
    fd = calls.open(name, _CREATE, mode)
    try:
        with contextlib.suppress(PermissionError):  # only root may give files away
            calls.fchown(fd, uid, gid)
        calls.fchmod(fd, mode)
        rest = data
        while rest:
            rest = rest[calls.write(fd, rest) :]
        calls.fsync(fd)
    finally:
        calls.close(fd)


def _owner_and_mode(target: Path) -> Like:
    """Return what target has, less what others may; where it is not there, as its folder's owner.

    So that a file that root writes for a service can still be written by the service.
    """
    with contextlib.suppress(FileNotFoundError):
        found = target.stat()
        return stat.S_IMODE(found.st_mode) & ~OTHERS, found.st_uid, found.st_gid
    folder = target.parent.stat()
    return FILE_MODE, folder.st_uid, folder.st_gid


def _sync_folder(folder: Path, calls: Calls) -> None:
    fd = calls.open(str(folder), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        calls.fsync(fd)
    finally:
        calls.close(fd)
