"""What to do where the system refuses a file: by the error it gave, so that no cause is guessed."""

from __future__ import annotations

import errno
from collections.abc import Mapping

_FULL = "the disk is full: free some space"
_FORBIDDEN = "this user may not do that there: `ls -ld` shows whose it is, then chown or chmod"
_MISSING = "it is not there: check the name, and the folders in it"
_ADVICE: Mapping[int, str] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: "the disk can only be read now: `dmesg` says why it was mounted so",
    errno.ENOENT: _MISSING,
    errno.ENOTDIR: _MISSING,
    errno.EMFILE: "too many files are open: close other programs",
    errno.ENFILE: "too many files are open: close other programs",
    errno.EIO: "the disk failed: look into `dmesg`, and copy what is on it",
}


def advice(error: OSError, otherwise: str = "look at the folder and its disk") -> str:
    """Return what to do about an error of the system, in the words after a colon."""
    return _ADVICE.get(error.errno or 0, otherwise)
