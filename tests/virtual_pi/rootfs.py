"""The guest's root file system: Debian by mmdebstrap, matfw's package in it, as a disk image."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.virtual_pi.host import run
from tests.virtual_pi.package import Package

SUITE = "bookworm"
PACKAGES = ("systemd", "systemd-sysv", "udev", "kmod", "python3")
SIZE = "3G"  # sparse: what is not used takes no room
LEFT_OUT = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*")
# As the administrator of a mat writes it: a console on the serial port, nothing else.
SETTINGS = '[console]\nports = ["/dev/ttyS1"]\n'
FILES = {
    "etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "etc/hostname": "virtual-pi\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/resolv.conf": "",
}


def debootstrap(archive: Path) -> None:
    """Make a tar archive of a small Debian. Raises LackingError."""
    unfinished = archive.with_suffix(".part")
    run(
        "mmdebstrap", "--variant=minbase", "--format=tar", f"--include={','.join(PACKAGES)}",
        "--dpkgopt=force-unsafe-io", *(f"--dpkgopt=path-exclude={each}" for each in LEFT_OUT),
        SUITE, unfinished, limit_s=1500.0,
    )  # fmt: skip
    unfinished.rename(archive)


def install(archive: Path, package: Package, disk: Path) -> None:
    """Make a disk on which the package is installed and its service enabled. Raises LackingError.

    By dpkg in a chroot, as images for many mats are made: Python compiles ten times slower in the
    guest. That it installs on a Pi that runs is a check of its own.
    """
    raw, unfinished = disk.with_suffix(".raw"), disk.with_suffix(".part")
    try:
        with unpacked(archive, disk.parent) as root:
            for name, text in FILES.items():
                (root / name).write_text(text)
            shutil.copy(package.path, root / "root")
            run("chroot", root, "dpkg", "--force-unsafe-io", "-i", f"/root/{package.name}",
                limit_s=900.0)  # fmt: skip
            run("chroot", root, "systemctl", "enable", "matfw.service")
            (root / "etc" / "matfw" / "matfw.toml").write_text(SETTINGS)
            (root / "root" / package.name).unlink()
            raw.unlink(missing_ok=True)
            run("mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", root, raw, SIZE, limit_s=600.0)
        run("qemu-img", "convert", "-O", "qcow2", raw, unfinished, limit_s=600.0)
        unfinished.rename(disk)
    finally:
        raw.unlink(missing_ok=True)


@contextmanager
def unpacked(archive: Path, folder: Path) -> Iterator[Path]:
    """Give a folder below `folder` with what the archive holds; it is deleted afterwards."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="root-") as name:
        run("tar", "-xf", archive, "-C", name, "--numeric-owner", limit_s=600.0)
        Path(name).chmod(0o755)
        yield Path(name)
