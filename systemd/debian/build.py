#!/usr/bin/env python3
"""Builds the Debian package of matfw: `python3 systemd/debian/build.py`.

One package for each architecture, for Debian and Raspberry Pi OS 12 (Python 3.11) and 13 (3.13),
with every Python library in it: the mat may be offline, both releases' own libraries are too old
(numpy 1.24, gpiozero 1.6 in Debian 12) or not there at all (lgpio, Adafruit's driver), and an
upgrade of the distribution must not leave a mat that does not start. Libraries come from PyPI as
wheels for the *target*, so nothing is compiled and arm64 is built on any Debian. The same checkout
gives the same bytes: versions and hashes are those of requirements.lock, all times are the date of
the topmost entry in `changelog`, or SOURCE_DATE_EPOCH.

Needs dpkg-deb (Debian 12 or later), and uv or else python3-venv to fetch uv with.
"""

from __future__ import annotations

import argparse
import email.parser
import email.utils
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = HERE / "requirements.lock"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}  # Debian's names, and the kernel's
ELF_MACHINES = {"amd64": 62, "arm64": 183}  # e_machine, elf(5): EM_X86_64, EM_AARCH64
PYTHONS = ("3.11", "3.13")
GLIBC = "manylinux_2_36"  # Debian 12; 13 has 2.41
UV = "uv==0.13.9"  # where none is installed
LIBRARY = Path("usr/lib/matfw")
DOCS = Path("usr/share/doc/matfw")
# Of the libraries: programs, uv's own, a stray folder of tests; and Blinka's programs for boards of
# other kinds, which matfw never starts.
DROPPED = ("bin", ".lock", "tests", "adafruit_blinka/microcontroller/*/**/libgpiod_pulsein*")
DOC_FILES = ("README.md", "hardware/*.md", "systemd/README.md", "matfw/console/README.md")
FILES = (
    ("systemd/debian/launcher", "usr/bin/matfw", 0o755),
    ("systemd/debian/matfw-update", "usr/sbin/matfw-update", 0o755),
    ("systemd/debian/matfw.toml", "etc/matfw/matfw.toml", 0o644),
    # As it was shipped, for matfw-update and whoever wants to compare.
    ("systemd/debian/matfw.toml", "usr/lib/matfw/matfw.toml", 0o644),
    ("systemd/debian/lintian-overrides", "usr/share/lintian/overrides/matfw", 0o644),
    ("systemd/matfw.service", "usr/lib/systemd/system/matfw.service", 0o644),
    ("systemd/matfw-ports.service", "usr/lib/systemd/system/matfw-ports.service", 0o644),
    ("systemd/matfw-ports.path", "usr/lib/systemd/system/matfw-ports.path", 0o644),
    ("systemd/free-ports", "usr/lib/matfw/free-ports", 0o755),
    ("systemd/matfw-ports.conf", "usr/share/doc/matfw/systemd/matfw-ports.conf", 0o644),
    ("systemd/matfw-network.conf", "usr/share/doc/matfw/systemd/matfw-network.conf", 0o644),
    ("systemd/matfw.sysusers", "usr/lib/sysusers.d/matfw.conf", 0o644),
    ("systemd/70-matfw-gpio.rules", "usr/lib/udev/rules.d/70-matfw-gpio.rules", 0o644),
)
MANUALS = ("matfw.8", "matfw-update.8")
SCRIPTS = ("postinst", "prerm", "postrm")


def main(argv: Sequence[str] | None = None) -> int:
    """Build what is asked for; print the path of each package."""
    parser = argparse.ArgumentParser(description="Builds matfw_VERSION_ARCHITECTURE.deb.")
    parser.add_argument("--arch", action="append", choices=MACHINES, help="default: both")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="default: dist/")
    parser.add_argument("--version", default=source_version(), help="default: matfw's own")
    parser.add_argument(
        "--compression", default="xz", choices=("xz", "zstd", "gzip", "none"), help="default: xz"
    )
    options = parser.parse_args(argv)
    options.output.mkdir(parents=True, exist_ok=True)
    for architecture in options.arch or MACHINES:
        name = f"matfw_{options.version}_{architecture}.deb"
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "root"
            stage(tree, architecture, options.version)
            pack(tree, options.output / name, options.compression)
        sys.stdout.write(f"{options.output / name}\n")
    return 0


def stage(tree: Path, architecture: str, version: str, lock: Path = LOCK) -> None:
    """Lay out everything that the package has, and its control files. lock: of the libraries."""
    tree.mkdir()
    add_libraries(tree, architecture, lock)
    add_program(tree / LIBRARY / "common")
    for source, target, mode in FILES:
        copy(ROOT / source, tree / target, mode)
    add_docs(tree, libraries_of(tree))
    check_machines(tree, architecture)
    add_control(tree, architecture, version)
    for path in (tree, *tree.rglob("*")):
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)


def add_libraries(tree: Path, architecture: str, lock: Path) -> None:
    """Fetch the libraries for each Python; what is the same for all is kept once, in `common`."""
    folders = {version: tree / LIBRARY / f"python{version}" for version in PYTHONS}
    with tempfile.TemporaryDirectory() as tools:
        uv = find_uv(Path(tools))
        for version, folder in folders.items():
            command = [
                *uv, "pip", "install", "--quiet", "--no-config", "--link-mode", "copy",
                "--target", str(folder), "--python-version", version,
                "--python-platform", f"{MACHINES[architecture]}-{GLIBC}",
                "--only-binary", ":all:", "--no-deps", "--require-hashes",
                "--requirements", str(lock),
            ]  # fmt: skip
            subprocess.run(command, check=True)
    for folder in folders.values():
        for path in [path for pattern in DROPPED for path in folder.glob(pattern)]:
            remove(path)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    first, *others = folders.values()
    common = tree / LIBRARY / "common"
    common.mkdir()
    for path in sorted(first.iterdir()):
        twins = [folder / path.name for folder in others]
        if all(digest_of(twin) == digest_of(path) for twin in twins):
            path.rename(common / path.name)
            for twin in twins:
                remove(twin)


def find_uv(folder: Path) -> list[str]:
    """Return how uv is called; where there is none, fetch it into `folder`."""
    if found := shutil.which("uv"):
        return [found]
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    program = folder / "venv" / "bin"
    subprocess.run([str(program / "pip"), "install", "--quiet", UV], check=True)
    return [str(program / "uv")]


def add_program(folder: Path) -> None:
    """Copy the firmware itself, without what Python and editors leave beside it."""
    for path in sorted((ROOT / "matfw").rglob("*")):
        relative = path.relative_to(ROOT)
        is_left = any(part == "__pycache__" or part.startswith(".") for part in relative.parts)
        if path.is_file() and not is_left:
            copy(path, folder / relative, 0o644)


def add_docs(tree: Path, libraries: str) -> None:
    """Write guides, manual pages, both changelogs and the licences."""
    for path in sorted(path for pattern in DOC_FILES for path in ROOT.glob(pattern)):
        copy(path, tree / DOCS / path.relative_to(ROOT), 0o644)
    write_gzip(tree / DOCS / "changelog.gz", (HERE / "changelog").read_bytes())
    write_gzip(tree / DOCS / "NEWS.matfw.md.gz", (ROOT / "CHANGELOG.md").read_bytes())
    for name in MANUALS:
        write_gzip(tree / "usr/share/man/man8" / f"{name}.gz", (HERE / name).read_bytes())
    licence = (ROOT / "LICENSE").read_text().strip().splitlines()
    text = (HERE / "copyright.in").read_text()
    text = text.replace("@LICENSE@", "\n".join(f" {line}" if line else " ." for line in licence))
    write(tree / DOCS / "copyright", text.replace("@LIBRARIES@", libraries), 0o644)


def libraries_of(tree: Path) -> str:
    """Return a line for each library: name, version, licence as it says itself."""
    lines = set()
    for path in (tree / LIBRARY).glob("*/*.dist-info/METADATA"):
        fields = email.parser.HeaderParser().parsestr(path.read_text(encoding="utf-8"))
        classes = [line.split(" :: ")[-1] for line in fields.get_all("Classifier", ())
                   if line.startswith("License :: ")]  # fmt: skip
        said = fields["License-Expression"] or "; ".join(classes) or fields["License"]
        lines.add(f"  {fields['Name']} {fields['Version']} ({said.splitlines()[0]})")
    return "\n".join(sorted(lines, key=str.lower))


def check_machines(tree: Path, architecture: str) -> None:
    """Raise SystemExit where a library is for another kind of computer, or none is there."""
    found = {path: machine_of(path) for path in sorted(tree.rglob("*.so*"))}
    wrong = {path: of for path, of in found.items() if of != ELF_MACHINES[architecture]}
    if wrong or not found:
        raise SystemExit(f"not for {architecture}: {wrong or 'no library at all'}")


def machine_of(path: Path) -> int:
    """Return e_machine of an ELF file of little-endian 64 bits; -1 of anything else."""
    with path.open("rb") as file:
        head = file.read(20)
    return int.from_bytes(head[18:20], "little") if head[:6] == b"\x7fELF\x02\x01" else -1


def add_control(tree: Path, architecture: str, version: str) -> None:
    """Write DEBIAN/: who the package is, its scripts, and the sums of its files."""
    files = [path for path in sorted(tree.rglob("*")) if path.is_file()]
    size_kib = sum(-(-path.stat().st_size // 1024) for path in files)
    sums = "".join(f"{md5_of(path)}  {path.relative_to(tree)}\n" for path in files
                   if path.relative_to(tree).parts[0] != "etc")  # fmt: skip
    text = (HERE / "control.in").read_text()
    for key, value in (
        ("@VERSION@", version), ("@ARCHITECTURE@", architecture), ("@SIZE_KIB@", str(size_kib)),
    ):  # fmt: skip
        text = text.replace(key, value)
    write(tree / "DEBIAN" / "control", text, 0o644)
    write(tree / "DEBIAN" / "md5sums", sums, 0o644)
    for name in ("conffiles", "triggers"):
        copy(HERE / name, tree / "DEBIAN" / name, 0o644)
    for name in SCRIPTS:
        copy(HERE / name, tree / "DEBIAN" / name, 0o755)


def pack(tree: Path, package: Path, compression: str) -> None:
    """Make the archive. One thread: how many there are must not change the bytes."""
    command = [
        "dpkg-deb", "--root-owner-group", f"-Z{compression}", "--uniform-compression",
        "--threads-max=1", "--build", str(tree), str(package),
    ]  # fmt: skip
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def source_version() -> str:
    """Return the version that matfw gives itself."""
    match = re.search(r'__version__ = "(.+)"', (ROOT / "matfw" / "__init__.py").read_text())
    if match is None:
        raise SystemExit("matfw/__init__.py names no version")
    return match[1]


def epoch() -> int:
    """Return the time that all files get, in Unix seconds."""
    if said := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(said)
    stamp = re.search(r"^ -- .+?  (.+)$", (HERE / "changelog").read_text(), re.MULTILINE)
    if stamp is None:
        raise SystemExit("systemd/debian/changelog names no date")
    return int(email.utils.parsedate_to_datetime(stamp[1]).timestamp())


def copy(source: Path, target: Path, mode: int) -> None:
    """Copy one file's bytes; its folder is made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def write(target: Path, text: str, mode: int) -> None:
    """Write one file; its folder is made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(mode)


def write_gzip(target: Path, content: bytes) -> None:
    """Write one compressed file without name and time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, mtime=0))
    target.chmod(0o644)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def digest_of(path: Path) -> str | None:
    """Return a sum over a file, or a folder's names and files; None if it is not there."""
    if not path.exists():
        return None
    total = hashlib.sha256()
    for file in tree_of(path):
        total.update(f"{file.relative_to(path)}\0{file.stat().st_size}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def tree_of(path: Path) -> Iterator[Path]:
    """Yield the files of a folder in order, or the file itself."""
    if path.is_dir():
        yield from sorted(each for each in path.rglob("*") if each.is_file())
    else:
        yield path


def md5_of(path: Path) -> str:
    """Return the sum that dpkg --verify compares with."""
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
