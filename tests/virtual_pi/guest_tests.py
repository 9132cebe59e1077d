"""Tests of a folder, run by pytest in the guest with `--mat=vm`: on its own GPIO lines.

matfw's service has the pins and must be stopped meanwhile.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from tests.virtual_pi.machine import Done, Machine
from tests.virtual_pi.package import CARGO, PYTEST_FOLDER

FOLDER = "/root/tests"  # in the guest
LIBRARIES = ("/usr/lib/matfw/common", "/usr/lib/matfw/python3.11", f"{CARGO}/{PYTEST_FOLDER}")
LIMIT_S = 1800.0  # guest time
# As the firmware asks for it: else whatever else runs tears a bit-banged read on the only core.
PROMPT = ("chrt", "--fifo", "50")


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder that tests need: no caches."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


def run_tests(machine: Machine, files: Mapping[str, bytes], *arguments: str) -> Done:
    """Bring files into the guest and run pytest on them; what it prints is in `out`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    machine.shell(f"mountpoint -q {CARGO} || mount -o ro /dev/vdb {CARGO}")
    machine.shell(f"rm -rf {FOLDER} && mkdir -p {FOLDER}")
    machine.write(f"{FOLDER}.tar", packed.getvalue())
    machine.shell(f"tar -xf {FOLDER}.tar -C {FOLDER}")
    return machine.run_long(
        "env", "-C", FOLDER, f"PYTHONPATH={':'.join(LIBRARIES)}", "PYTHONDONTWRITEBYTECODE=1",
        *PROMPT, "python3", "-m", "pytest", "-p", "matfw.testing.plugin", "-p", "no:cacheprovider",
        "--mat=vm", "-rs", *arguments, limit_s=LIMIT_S,
    )  # fmt: skip
