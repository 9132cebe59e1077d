"""Other versions of the Debian package, by dpkg and by `matfw-update`: what people keep is theirs.

In a chroot of the virtual Pi's root file system, at this computer's own speed: installing takes a
quarter of an hour in the machine. So there is no systemd: a version works where it accepts the
settings, and no service is stopped and started.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.virtual_pi.host import run
from tests.virtual_pi.image import Image
from tests.virtual_pi.package import make_version
from tests.virtual_pi.rootfs import unpacked

NEXT, DEFECTIVE = "99.0", "98.0"
SETTINGS = "etc/matfw/matfw.toml"
KEPT = {  # what a mat has that was used
    "state.toml": b"# calibration\nschema = 1\n\n[end]\ncomplete = true\n",
    "matfw.sqlite3": b"sessions",
}
OWN_LINES = "\n[workout]\nreps = 13\n"  # of a person, in their own file
# As a later version may, it changes what is kept; then it turns out not to work.
DEFECT = {
    "__init__.py": f"""
import os, sys
if "check" in sys.argv:
    for _name in {sorted(KEPT)}:
        with open(os.path.join(sys.argv[sys.argv.index("--state") + 1], _name), "a") as _file:
            _file.write("of the next version")
    sys.exit("a defect of this version")
"""
}
# Compiling takes most of an installation's time, and is noted here instead.
PYTHON = """#!/bin/sh
case "$*" in *compileall*) echo "$5" >>/root/compiled; exit 0 ;; esac
exec /usr/bin/python3.11.real "$@"
"""
LIBRARIES = ("/usr/lib/matfw/common", "/usr/lib/matfw/python3.11")
MATFW = "/usr/lib/matfw/common/matfw"
LIMIT_S = 900.0


class Root:
    """A chroot with matfw installed."""

    def __init__(self, root: Path, versions: Path) -> None:
        self.root = root
        self.versions = versions

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program in it to its end, whatever its exit code."""
        return subprocess.run(
            ["chroot", str(self.root), "env", "DEBIAN_FRONTEND=noninteractive", *words],
            check=False, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def version(self) -> str:
        return self.run("dpkg-query", "-W", "-f", "${Version} ${Status}", "matfw").stdout

    def kept(self) -> dict[str, bytes]:
        state = self.root / "var/lib/matfw"
        return {SETTINGS: (self.root / SETTINGS).read_bytes()} | {
            name: (state / name).read_bytes() for name in KEPT
        }

    def compiled(self) -> list[str]:
        """Return what has been compiled since the last call."""
        log = self.root / "root/compiled"
        said = log.read_text().split()
        log.write_text("")
        return said


@pytest.fixture(scope="module")
def root(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """Give a root file system with this checkout's package, used by a person."""
    folder = tmp_path_factory.mktemp("upgrade")
    with unpacked(image.base, folder) as path:
        python = path / "usr/bin/python3.11"
        python.rename(python.with_suffix(".11.real"))
        python.write_text(PYTHON)
        python.chmod(0o755)
        for name, version, more in (
            ("next", NEXT, {}), ("defective", DEFECTIVE, DEFECT),
        ):  # fmt: skip
            make_version(image.package, version, more, path / f"root/{name}.deb")
        run("cp", image.package.path, path / "root/this.deb")
        made = Root(path, folder)
        done = made.run("dpkg", "--force-unsafe-io", "-i", "/root/this.deb")
        assert done.returncode == 0, done.stdout
        assert made.compiled() == list(LIBRARIES)
        with (path / SETTINGS).open("a") as file:
            file.write(OWN_LINES)
        for name, content in KEPT.items():
            (path / "var/lib/matfw" / name).write_bytes(content)
            made.run("chown", "matfw:matfw", f"/var/lib/matfw/{name}")
        yield made


def test_a_version_that_does_not_work_is_taken_back(root: Root) -> None:
    was, before = root.version(), root.kept()
    done = root.run("matfw-update", "/root/defective.deb")
    assert (done.returncode, root.version()) == (1, was), done.stdout
    assert f"{DEFECTIVE} does not work here" in done.stdout
    assert "a defect of this version" in done.stdout
    assert root.kept() == before
    assert root.compiled() == [MATFW, MATFW], "its libraries were the same"


def test_an_upgrade_and_a_downgrade_keep_settings_and_state(root: Root) -> None:
    """After the rollback: what that installed must not take the person's settings for its own."""
    was, before = root.version(), root.kept()
    for package, version in (
        ("/root/next.deb", f"{NEXT} install ok installed"),
        ("/var/cache/matfw/previous.deb", was),
    ):
        done = root.run("matfw-update", package)
        assert (done.returncode, root.version()) == (0, version), done.stdout
        assert root.kept() == before
    done = root.run("dpkg", "--force-confold", "-i", "/root/next.deb")
    assert done.returncode == 0, done.stdout
    assert root.kept() == before
