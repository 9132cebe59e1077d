"""A few of `python -m tests.store.kills 1000`, in a process of its own: it forks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_was_announced_is_kept_when_the_firmware_is_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.kills", "4"],
        check=False, text=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = re.search(r"killed 4, announced (\d+), kept (\d+)", done.stdout)
    assert found, done.stdout
    assert int(found[2]) >= int(found[1]) >= 1
