"""espeak-ng and aplay, faked as executables that are all of PATH but for the shell's own tools."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

# As espeak-ng does: a header whose lengths are not to be used, then samples.
ESPEAK = """#!/bin/sh
echo "$@" >> "{folder}/espeak.log"
head -c 44 /dev/zero
printf 'ABCDEFGH'
"""
APLAY = """#!/bin/sh
echo "$@" >> "{folder}/aplay.log"
cat > "{folder}/played.wav"
{then}
"""


class Programs:
    """A folder that is all of PATH but for the shell's own tools."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir()
        for tool in ("sh", "head", "cat", "sleep"):
            found = shutil.which(tool)
            assert found is not None
            (self.bin / tool).symlink_to(found)
        monkeypatch.setenv("PATH", str(self.bin))
        self.write("espeak-ng", ESPEAK)
        self.write("aplay", APLAY)

    def write(self, name: str, text: str, then: str = "") -> None:
        path = self.bin / name
        path.write_text(text.format(folder=self.folder, then=then))
        path.chmod(0o700)

    def log(self, name: str) -> list[str]:
        path = self.folder / f"{name}.log"
        return path.read_text().splitlines() if path.exists() else []
