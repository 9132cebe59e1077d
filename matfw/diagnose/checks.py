"""What is looked at on the computer, and what a check says.

Checks see the computer through a `Computer`: a root folder and a way to run programs, so that a
test can be any computer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from matfw.calibrate.guide import Place, cited

RUN_LIMIT_S = 5.0  # a program that hangs is one that says nothing
MODEL = "proc/device-tree/model"


class State(StrEnum):
    """How it stands."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: how it stands, why, and what to do (empty if nothing)."""

    name: str
    state: State
    why: str
    do: str = ""
    place: Place | None = None

    @property
    def sentence(self) -> str:
        """Return why, what to do and where it is written."""
        parts = [self.why if self.why.endswith(("?", ".")) else f"{self.why}."]
        if self.do:
            parts.append(f"{self.do[0].upper()}{self.do[1:]}.")
        if self.place:
            parts.append(f"See {cited(self.place)}.")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Space:
    """A file system: free bytes, and whether it can be written to."""

    free_bytes: int
    is_read_only: bool


def run_program(arguments: Sequence[str]) -> str | None:
    """Return what a program prints, None if it is not there, fails or hangs."""
    try:
        done = subprocess.run(
            arguments, capture_output=True, text=True, timeout=RUN_LIMIT_S, check=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout


def space_at(path: Path) -> Space:
    """Return the file system's space at a path, or at its nearest folder that exists."""
    while path != path.parent and not _is_there(path):
        path = path.parent
    return Space(shutil.disk_usage(path).free, bool(os.statvfs(path).f_flag & os.ST_RDONLY))


def _is_there(path: Path) -> bool:
    """Return whether a folder is there and may be asked for its space: a service's may not."""
    try:
        os.statvfs(path)
    except OSError:
        return False
    return True


def own_groups() -> frozenset[str]:
    """Return the names of the groups of this process."""
    import grp  # noqa: PLC0415  # absent where there are no groups

    names = set()
    for number in {*os.getgroups(), os.getegid()}:
        try:
            names.add(grp.getgrgid(number).gr_name)
        except KeyError:
            continue  # a group without a name, as in containers
    return frozenset(names)


@dataclass(frozen=True)
class Computer:
    """A computer to look at; the defaults are this one."""

    root: Path = Path("/")
    run: Callable[[Sequence[str]], str | None] = run_program
    space: Callable[[Path], Space] = space_at
    groups: Callable[[], frozenset[str]] = own_groups
    is_root: bool = field(default_factory=lambda: os.geteuid() == 0)

    def read(self, path: str) -> str | None:
        """Return a file's text, None if there is none or it may not be read."""
        try:
            return (self.root / path).read_text(errors="replace").rstrip("\0\n")
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Return whether there is such a file."""
        try:
            return (self.root / path).exists()
        except OSError:
            return False

    @property
    def model(self) -> str | None:
        """Return the board's own name, as in "Raspberry Pi 4 Model B Rev 1.5"."""
        return self.read(MODEL)

    @property
    def is_pi(self) -> bool:
        """Return whether it is a Raspberry Pi."""
        return (self.model or "").startswith("Raspberry Pi")
