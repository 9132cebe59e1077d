"""One firmware for each state folder: a second one is refused, and named the first one's pid."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from matfw.errors import MatError
from matfw.settings.atomic_file import close_to_others, make_folder
from matfw.settings.state_file import STATE_FILE

RUN_FILE = "run.pid"


@contextmanager
def only_one(state_dir: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Hold the folder for this process; the kernel lets go when it ends, however that happens.

    Raises MatError where another holds it. A folder that cannot be written holds nobody back.
    """
    path = state_dir / RUN_FILE
    try:
        make_folder(state_dir)
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError as error:
        say(f"{path}: {error.strerror}: a second matfw on this folder would not be noticed")
        yield
        return
    if sentence := close_to_others(state_dir, STATE_FILE):
        say(sentence)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(held, 20).decode(errors="replace").strip() or "not known"
            raise MatError(
                f"matfw runs already on {state_dir} (process {pid}): end that one first, or give"
                " this one a folder of its own with --state"
            ) from None
        os.ftruncate(held, 0)
        with suppress(OSError):  # a full disk: the lock holds all the same, only its pid is unknown
            os.write(held, f"{os.getpid()}\n".encode())
        yield
        os.ftruncate(held, 0)
    finally:
        os.close(held)
