"""Programs on this computer: run with a limit, and what is lacking said with what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.virtual_pi.errors import LackingError

# Program -> Debian package. All of them are in Debian 12; no kernel headers, which are unpacked.
PROGRAMS: Mapping[str, str] = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mmdebstrap": "mmdebstrap",
    "apt-get": "apt",
    "dpkg": "dpkg",
    "depmod": "kmod",
    "mke2fs": "e2fsprogs",
    "make": "build-essential",
    "gcc-12": "gcc-12",
    "strip": "binutils",
    "chroot": "coreutils",
}
CACHE_VARIABLE = "MATFW_VIRTUAL_PI"
SBIN = "/usr/sbin:/sbin"  # of depmod and mke2fs: not in everybody's PATH
LIMIT_S = 120.0


def cache_folder() -> Path:
    """Return where images are kept: $MATFW_VIRTUAL_PI, or matfw-virtual-pi in the XDG cache."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "matfw-virtual-pi"


def lacking() -> str | None:
    """Return what this computer lacks for a virtual Pi, and what to do; None: nothing."""
    missing = sorted({package for program, package in PROGRAMS.items() if not which(program)})
    if missing:
        return f"the virtual Pi needs {', '.join(missing)}: apt-get install {' '.join(missing)}"
    if os.geteuid() != 0:
        return "the virtual Pi needs root to make its root file system: run it with sudo, or in CI"
    return None


def which(program: str) -> str | None:
    """Return the program's path."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SBIN}")


def run(program: str, *arguments: str | Path, cwd: Path | None = None,
        limit_s: float = LIMIT_S) -> None:  # fmt: skip
    """Run a program to its end. Raises LackingError with what it said."""
    _done(program, arguments, cwd, limit_s)


def read(program: str, *arguments: str | Path) -> str:
    """Return what a program prints. Raises LackingError with what it said."""
    return _done(program, arguments, None, LIMIT_S)


def _done(program: str, arguments: tuple[str | Path, ...], cwd: Path | None, limit_s: float) -> str:
    words = [which(program) or program, *map(str, arguments)]
    try:
        done = subprocess.run(
            words, cwd=cwd, check=False, text=True, timeout=limit_s, stdin=subprocess.DEVNULL,
            capture_output=True, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except FileNotFoundError:
        raise LackingError(f"{program} is not installed") from None
    except subprocess.TimeoutExpired:
        raise LackingError(f"{' '.join(words[:3])} ... took more than {limit_s:g} s") from None
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise LackingError(
            f"{' '.join(words[:4])} ... ended with {done.returncode}; is the network there, and"
            f" is `apt-get update` recent? It said:\n{said}"
        )
    return done.stdout
