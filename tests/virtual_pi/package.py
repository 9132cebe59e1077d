"""The Debian package under test: this checkout's own, built by its own command."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_pi.errors import LackingError
from tests.virtual_pi.host import run

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "systemd" / "debian" / "build.py"
SOURCES = ("matfw", "systemd", "hardware", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")
CARGO = "/mnt"  # where the guest finds what is brought to it
PACKAGES_KEPT = 4
LIMIT_S = 900.0


@dataclass(frozen=True)
class Package:
    """A .deb; digest: of the sources it was made of."""

    path: Path
    digest: str

    @property
    def name(self) -> str:
        """Return its file's name, which says its version."""
        return self.path.name


def current_package(folder: Path, say: Callable[[str], object], version: str = "") -> Package:
    """Return the package of this checkout, built if it is not kept. Raises LackingError.

    version: another one than matfw's own, for upgrades.
    """
    digest = _digest(version)
    kept = folder / digest[:16]
    found = sorted(kept.glob("*.deb"))
    if found:
        return Package(found[0], digest)
    say(f"building the Debian package {version}".rstrip())
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder))
    words = [sys.executable, str(BUILD), "--arch", "amd64", "--compression", "zstd"]
    words += ["--output", str(unfinished), *(("--version", version) if version else ())]
    try:
        done = subprocess.run(
            words, check=False, text=True, timeout=LIMIT_S, capture_output=True, cwd=ROOT
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip()[-2000:]
            raise LackingError(f"the Debian package could not be built (network?): {said}")
        shutil.rmtree(kept, ignore_errors=True)
        unfinished.rename(kept)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Package(next(kept.glob("*.deb")), digest)


def pack_cargo(image: Path, *packages: Package) -> None:
    """Put packages on a drive that the guest can mount."""
    with tempfile.TemporaryDirectory(dir=image.parent) as name:
        for package in packages:
            shutil.copy(package.path, name)
        size_mb = sum(package.path.stat().st_size for package in packages) // 1_000_000
        image.unlink(missing_ok=True)
        run("mke2fs", "-q", "-t", "ext4", "-d", name, image, f"{size_mb * 5 // 4 + 16}M")


def _digest(version: str) -> str:
    """Return a sum over all files that the package is made of."""
    total = hashlib.sha256(version.encode())
    for name in SOURCES:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(ROOT)}\0".encode())
                total.update(path.read_bytes())
    return total.hexdigest()
