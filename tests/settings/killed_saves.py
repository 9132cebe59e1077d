"""Save the state again and again, really killed at every call to the kernel.

`python -m tests.settings.killed_saves FOLDER` runs as a process of its own with one thread, so that
it may fork. Each child saves and is killed by SIGKILL at one call; in the middle of it, where that
call writes. After each, what is on the disk must be the state before or the state after, whole, and
saving once more must work. Prints how many were killed; exits with 1 and a reason otherwise.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from matfw.settings.state import MachineState
from matfw.settings.state_file import read_state
from matfw.settings.store import SettingsStore

MAX_CALLS = 60


class KilledAt:
    """os, with a SIGKILL in the place of the n-th call, counted from 0."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __getattr__(self, name: str) -> object:
        real = getattr(os, name)

        def call(*arguments: object) -> object:
            if self._left == 0:
                if name == "write":
                    fd, data = arguments
                    assert isinstance(fd, int)
                    assert isinstance(data, bytes)
                    os.write(fd, data[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            self._left -= 1
            return real(*arguments)

        return call


def change(store: SettingsStore) -> None:
    store.set("limits.roll_back_mm", "15")
    store.set("workout.side", "left")
    store.save()


def begin(folder: Path, kind: str) -> None:
    """Make the folder as it is before the save: blank, saved twice, or damaged."""
    if kind == "blank":
        return
    store = SettingsStore(None, folder)
    for reps in ("8", "9"):
        store.set("reps", reps)
        store.save()
    if kind == "damaged":
        path = folder / "state.toml"
        path.write_bytes(path.read_bytes()[:200])


def killed_at_every_call(folder: Path, kind: str) -> Iterator[int]:
    for at in range(MAX_CALLS):
        here = folder / f"{kind}-{at}" / "state"
        here.parent.mkdir()
        begin(here, kind)
        before = read_state(here).state if here.exists() else MachineState()
        child = os.fork()
        if child == 0:
            change(SettingsStore(None, here, KilledAt(at)))  # type: ignore[arg-type]
            os._exit(0)
        _, status = os.waitpid(child, 0)
        state = read_state(here).state
        store = SettingsStore(None, here)
        change(store)
        after = store.state
        shown = f"{kind}, call {at}"
        if state not in (before, after):
            sys.exit(f"{shown}: neither the old nor the new state: {state}")
        if kind == "saved" and read_state(here).notices:
            sys.exit(f"{shown}: the state says that it was damaged")
        if list(here.glob("*.new")):
            sys.exit(f"{shown}: the next save left {list(here.glob('*.new'))}")
        shutil.rmtree(here.parent)
        if not os.WIFSIGNALED(status):
            if state != after:
                sys.exit(f"{shown}: was not killed, and did not save")
            return
        yield at
    sys.exit(f"a save takes more than {MAX_CALLS} calls")


if __name__ == "__main__":
    for each in ("blank", "saved", "damaged"):
        print(each, len(list(killed_at_every_call(Path(sys.argv[1]), each))))
