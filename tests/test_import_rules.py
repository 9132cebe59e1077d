"""The import rules of pyproject.toml are red when they are broken, each of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
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
    ("taps.py", "import time", "matfw.taps is not allowed to import time"),
    ("workout/coach.py", "import random", "matfw.workout is not allowed to import random"),
    ("sounds/earcons.py", "import time", "matfw.sounds is not allowed to import time"),
    # Through another room: the line must not do it by what it imports either.
    ("messages/frames.py", "import socket", "matfw.pipeline is not allowed to import socket"),
    ("console/conversation.py", "import select", "matfw.console is not allowed to import select"),
    ("calibrate/wizard.py", "import gpiozero", "matfw.calibrate is not allowed to import gpiozero"),
    ("diagnose/cell_rules.py", "import os", "matfw.diagnose is not allowed to import os"),
    ("history/progress.py", "import socket", "matfw.history is not allowed to import socket"),
    ("reports/page.py", "import random", "matfw.reports is not allowed to import random"),
    ("export/columns.py", "import io", "matfw.export is not allowed to import io"),
    ("speech/catalogue.py", "import os", "matfw.speech is not allowed to import os"),
    (
        "display/drawing.py",
        "import matfw.refinement.refine",
        "matfw.display is not allowed to import matfw.refinement",
    ),
    (
        "store/writer.py",
        "import matfw.service.replay",
        "matfw.store is not allowed to import matfw.service",
    ),
    (
        "recording/writer.py",
        "import matfw.store.writer",
        "matfw.recording is not allowed to import matfw.store",
    ),
    (
        "cli/verbs.py",
        "import matfw.testing.plugin",
        "matfw.cli is not allowed to import matfw.testing",
    ),
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


def contract(name: str) -> dict[str, list[str]]:
    """Return a contract of pyproject.toml by a word of its name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = [c for c in settings["tool"]["importlinter"]["contracts"] if name in c["name"]]
    assert len(found) == 1
    only: dict[str, list[str]] = found[0]
    return only


def test_every_contract_is_broken_here(output: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for rule in settings["tool"]["importlinter"]["contracts"]:
        assert f"{rule['name']} BROKEN" in output


def test_the_line_and_all_below_it_are_pure_also_what_comes_later() -> None:
    layers = contract("No arrow uphill")["layers"]
    below = layers[layers.index("pipeline") :]
    rooms = {f"matfw.{name}" for layer in below for name in layer.split(" | ")}
    assert set(contract("hardware in the line")["source_modules"]) == rooms
