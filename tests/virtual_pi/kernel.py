"""A stock Debian kernel, its modules, and the module of the virtual header built against it.

The kernel's packages are only unpacked, never installed. The stock kernel is used because it is
what people run; it has no gpio-sim (nor has any Debian kernel), so the header is a module of our
own: kernel_module/.
"""

from __future__ import annotations

import lzma
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.virtual_pi.errors import LackingError
from tests.virtual_pi.host import read, run

MODULE = Path(__file__).parent / "kernel_module"
META_PACKAGE = "linux-image-amd64"  # depends on the image of today's ABI
XZ_MAGIC = b"\xfd7zXZ\x00"  # Debian's kernels are compressed with xz
# What the root file system, the agent's port and the checks need; the rest is built in.
NEEDED = ("virtio_pci", "virtio_blk", "virtio_console", "crc32c_generic", "ext4")


def abi() -> str:
    """Return the ABI of Debian's present kernel, as 6.1.0-56-amd64. Raises LackingError."""
    text = read("apt-cache", "depends", META_PACKAGE)
    match = re.search(r"Depends: linux-image-(\S+)", text)
    if match is None:
        raise LackingError(
            f"apt-cache knows no {META_PACKAGE}: run `apt-get update` on Debian 12, where the"
            " network allows it"
        )
    return match[1]


@dataclass(frozen=True)
class Kernel:
    """Everything of one kernel, in a folder of its own."""

    abi: str
    folder: Path

    @property
    def vmlinux(self) -> Path:
        """Return the uncompressed kernel, which QEMU starts by PVH: some seconds less a boot."""
        return self.folder / "vmlinux"

    @property
    def busybox(self) -> Path:
        """Return a static busybox, for the initial RAM file system."""
        return self.folder / "tree" / "bin" / "busybox"

    @property
    def _headers(self) -> Path:
        return self.folder / "tree" / "usr" / "src" / f"linux-headers-{self.abi}"

    def fetch(self) -> None:
        """Download and unpack the packages. Raises LackingError."""
        if self.vmlinux.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        packages, tree = self.folder / "packages", self.folder / "tree"
        packages.mkdir(parents=True)
        version = self.abi.split(".")
        names = [
            f"linux-image-{self.abi}",
            f"linux-headers-{self.abi}",
            f"linux-headers-{self.abi.rpartition('-')[0]}-common",
            f"linux-kbuild-{version[0]}.{version[1]}",
            "busybox-static",
        ]
        run("apt-get", "download", *names, cwd=packages, limit_s=600.0)
        for package in sorted(packages.glob("*.deb")):
            run("dpkg", "-x", package, tree)
        shutil.rmtree(packages)
        # The headers' own Makefile names where they would be installed.
        makefile = self._headers / "Makefile"
        makefile.write_text(makefile.read_text().replace("/usr/src", str(self._headers.parent)))
        run("depmod", "-b", tree, self.abi)
        compressed = (tree / "boot" / f"vmlinuz-{self.abi}").read_bytes()
        unpacked = lzma.LZMADecompressor().decompress(compressed[compressed.index(XZ_MAGIC) :])
        unfinished = self.vmlinux.with_suffix(".part")
        unfinished.write_bytes(unpacked)
        unfinished.rename(self.vmlinux)

    @cached_property
    def modules(self) -> list[Path]:
        """Return the files of NEEDED and of what they need, in the order of loading."""
        folder = self.folder / "tree" / "lib" / "modules" / self.abi
        needs: dict[str, list[str]] = {}
        for line in (folder / "modules.dep").read_text().splitlines():
            name, _, rest = line.partition(":")
            needs[name] = rest.split()
        names = {Path(name).stem.replace("-", "_"): name for name in needs}
        ordered: list[str] = []

        def add(name: str) -> None:
            for each in reversed(needs[name]):
                if each not in ordered:
                    add(each)
            if name not in ordered:
                ordered.append(name)

        for stem in NEEDED:
            if stem in names:  # else built in
                add(names[stem])
        return [folder / name for name in ordered]

    def build_header(self) -> Path:
        """Return the built module of the virtual header; built again when its source is newer."""
        built = self.folder / "header"
        module = built / "matfw_virtual_pi.ko"
        newest_s = max(path.stat().st_mtime for path in MODULE.iterdir())
        if not module.exists() or module.stat().st_mtime < newest_s:
            shutil.rmtree(built, ignore_errors=True)
            shutil.copytree(MODULE, built)
            run("make", "-C", self._headers, f"M={built}", "modules", limit_s=300.0)
            run("strip", "--strip-debug", module)
        return module
