"""The Debian package under test, built by its own command, and what else the guest is brought."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_pi.errors import LackingError
from tests.virtual_pi.host import run

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "systemd" / "debian" / "build.py"
SOURCES = ("matfw", "systemd", "hardware", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")
# What pytest is made of, for tests that run in the guest (`--mat=vm`); all of it is pure Python.
PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
PYTEST_FOLDER = "pytest"  # on the cargo
CARGO = "/mnt"  # where the guest finds what it is brought
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


def current_package(folder: Path, say: Callable[[str], object]) -> Package:
    """Return the package of this checkout, built if it is not kept. Raises LackingError."""
    digest = _digest()
    kept = folder / digest[:16]
    found = sorted(kept.glob("*.deb"))
    if found:
        return Package(found[0], digest)
    say("building the Debian package")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder))
    words = [sys.executable, str(BUILD), "--arch", "amd64", "--compression", "zstd"]
    words += ["--output", str(unfinished)]
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


def pack_cargo(image: Path) -> None:
    """Put pytest on a drive that the guest can mount."""
    with tempfile.TemporaryDirectory(dir=image.parent) as name:
        add_pytest(Path(name) / PYTEST_FOLDER)
        files = [path for path in Path(name).rglob("*") if path.is_file()]
        size_mb = sum(path.stat().st_size + 4096 for path in files) // 1_000_000
        unfinished = image.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        run("mke2fs", "-q", "-t", "ext4", "-d", name, unfinished, f"{size_mb * 5 // 4 + 16}M")
        unfinished.rename(image)


def make_version(package: Package, version: str, more: Mapping[str, str], path: Path) -> None:
    """Make another version of a package, with other settings as shipped.

    more: what is added at the end of modules.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        tree = Path(name) / "tree"
        run("dpkg-deb", "-R", package.path, tree)
        control = tree / "DEBIAN" / "control"
        control.write_text(re.sub("(?m)^Version: .*$", f"Version: {version}", control.read_text()))
        for settings in ("etc/matfw/matfw.toml", "usr/lib/matfw/matfw.toml"):
            with (tree / settings).open("a") as file:
                file.write(f"# of version {version}\n")
        for module, text in more.items():
            with (tree / "usr/lib/matfw/common/matfw" / module).open("a") as file:
                file.write(text)
        run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, path, limit_s=300.0)


def add_pytest(folder: Path) -> None:
    """Copy this environment's pytest, with what Python has compiled of it."""
    for name in PYTEST:
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise LackingError(f"{name} is not installed here: pip install pytest") from None
        for file in found.files or ():
            source = Path(str(found.locate_file(file)))
            if ".." not in file.parts and source.is_file():
                target = folder / Path(*file.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


def versions_of_pytest() -> tuple[str, ...]:
    """Return which versions `add_pytest` copies."""
    return tuple(importlib.metadata.version(name) for name in PYTEST)


def _digest() -> str:
    """Return a sum over all files that the package is made of."""
    total = hashlib.sha256()
    for name in SOURCES:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(ROOT)}\0".encode())
                total.update(path.read_bytes())
    return total.hexdigest()
