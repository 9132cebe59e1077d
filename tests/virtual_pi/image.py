"""What a virtual Pi is started from: kernel, Debian, package, disk; all kept between runs.

The kernel is kept by its ABI, the small Debian by its list of packages, the disk with matfw on it
by both and by the checkout's own files. What a run writes goes to an overlay and is thrown away.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matfw.settings.model import Settings
from matfw.settings.wiring import DEFAULT_PINS
from tests.virtual_pi import initramfs, rootfs
from tests.virtual_pi.host import cache_folder, run
from tests.virtual_pi.kernel import Kernel, abi
from tests.virtual_pi.machine import Machine
from tests.virtual_pi.package import (
    PACKAGES_KEPT,
    Package,
    current_package,
    pack_cargo,
    versions_of_pytest,
)

RAW = ".raw"  # how the name of a disk ends that is no qcow2
KEPT = 2  # disks with matfw installed, and what is brought: of this checkout, and the one before


@dataclass(frozen=True)
class Image:
    """All that is needed to switch a machine on."""

    kernel: Kernel
    initramfs: Path
    disk: Path
    base: Path  # a tar archive of what was there before matfw
    cargo: Path  # a raw ext4 with pytest
    package: Package

    def machine(self, disk: Path, writes: Path | None = None) -> Machine:
        """Return a machine that is switched on. writes: where its writes are logged."""
        return Machine(self.kernel.vmlinux, self.initramfs, disk, cargo=self.cargo, writes=writes)


def prepare(say: Callable[[str], object]) -> Image:
    """Return the image of this checkout; what is not kept yet is made. Raises LackingError.

    say: takes what is made, as that takes minutes.
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    kernel = Kernel(abi(), cache / f"kernel-{abi()}")
    if not kernel.vmlinux.exists():
        say(f"downloading the kernel {kernel.abi}")
    kernel.fetch()
    base = cache / f"debian-{_key(rootfs.SUITE, rootfs.PACKAGES, rootfs.LEFT_OUT)}.tar"
    if not base.exists():
        say("making a small Debian (mmdebstrap: one to four minutes)")
        rootfs.debootstrap(base)
    archive = cache / "initramfs"
    initramfs.make(archive, kernel.busybox, kernel.modules, kernel.build_header(), _wires())
    package = current_package(cache / "packages", say)
    key = _key(base.name, package.digest, rootfs.SETTINGS, rootfs.SIZE)
    disk = cache / f"installed-{key}.qcow2"
    if not disk.exists():
        say(f"installing {package.name} (one to three minutes, once a checkout)")
        rootfs.install(base, package, disk)
        _forget_old(cache, "installed-*.qcow2")
    cargo = cache / f"cargo-{_key(versions_of_pytest())}.ext4"
    if not cargo.exists():
        pack_cargo(cargo)
        _forget_old(cache, "cargo-*.ext4")
    return Image(kernel, archive, disk, base, cargo, package)


def overlay(below: Path, disk: Path) -> None:
    """Make a disk that is `below` until it is written to."""
    disk.unlink(missing_ok=True)
    kind = "raw" if below.suffix == RAW else "qcow2"
    run("qemu-img", "create", "-q", "-f", "qcow2", "-b", below, "-F", kind, disk)


def _forget_old(cache: Path, pattern: str) -> None:
    by_age = sorted(cache.glob(pattern), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-KEPT]:
        path.unlink()
    packages = sorted((cache / "packages").glob("*/"), key=lambda path: path.stat().st_mtime)
    for path in packages[:-PACKAGES_KEPT]:
        shutil.rmtree(path)


def _wires() -> str:
    """Return the module's parameters: converters at all pins where matfw may expect one.

    Those of the default layout come first. Who is not clocked costs nothing.
    """
    names = dict.fromkeys([*Settings().wiring(), *DEFAULT_PINS])
    wires = [DEFAULT_PINS[name] for name in names]
    return (
        f"dout={','.join(str(each.dout) for each in wires)}"
        f" sck={','.join(str(each.sck) for each in wires)}"
    )


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
