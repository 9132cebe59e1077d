"""The import rules of pyproject.toml are red when they are broken, each of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = Path(sysconfig.get_path("scripts")) / "lint-imports"  # it has no `python -m`
LIMIT_S = 110.0

# Which file is given which import, and what the linter must then say.
BROKEN = (
    ("estimation/filter_bank.py", "import time", "matfw.estimation is not allowed to import time"),
    (
        "estimation/filter_bank.py",
        "import threading",
        "matfw.estimation is not allowed to import threading",
    ),
    ("refinement/refine.py", "import random", "matfw.refinement is not allowed to import random"),
    (
        "judging/verdicts.py",
        "import threading",
        "matfw.judging is not allowed to import threading",
    ),
    ("motion.py", "import os", "matfw.motion is not allowed to import os"),
    # Through another room: the line must not do it by what it imports either.
    ("messages/frames.py", "import socket", "matfw.pipeline is not allowed to import socket"),
    ("console/conversation.py", "import select", "matfw.console is not allowed to import select"),
    ("calibrate/wizard.py", "import gpiozero", "matfw.calibrate is not allowed to import gpiozero"),
    (
        "links/hub.py",
        "import matfw.service.firmware",
        "matfw.links is not allowed to import matfw.service",
    ),
    (
        "service/firmware.py",
        "import matfw.devices.clock",
        "matfw.service is not allowed to import matfw.devices",
    ),
    (
        "devices/clock.py",
        "import matfw.virtual.clock",
        "matfw.devices is not allowed to import matfw.virtual",
    ),
    ("motion.py", "import matfw.phases", "matfw.motion is not allowed to import matfw.phases"),
    (
        "control/api.py",
        "import matfw.console.commands",
        "matfw.control is not allowed to import matfw.console",
    ),
    (
        "estimation/noise.py",
        "import matfw.estimation.filter_bank",
        "No cycles are allowed in matfw.estimation",
    ),
    ("spare.py", "", "not listed as layers"),
)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Break everything in a copy of the package, and return what the linter says."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "matfw", copy / "matfw", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, line, _ in BROKEN:
        path = copy / "matfw" / name
        before = path.read_text() if path.exists() else ""
        path.write_text(f"{before}\n{line}\n")
    done = subprocess.run(
        [LINT, "--no-cache"],
        cwd=copy, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "500"},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    return re.sub(r"\s+", " ", done.stdout)


@pytest.mark.parametrize(
    ("name", "line", "says"), BROKEN, ids=[f"{name}: {line}" for name, line, _ in BROKEN]
)
def test_a_broken_rule_is_named(output: str, name: str, line: str, says: str) -> None:
    assert says in output, f"{line} in {name} passes"
