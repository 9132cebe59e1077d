"""Run every check, cheapest first: `python -m tests [pytest's arguments]`.

Style, types and import rules are steps here and no tests, so that each says in its own words what
is wrong. The first step that fails ends the run with its exit code. pytest comes last, so that
its summary is the last line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))  # import-linter has no `python -m`

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", (sys.executable, "-m", "ruff", "check", "--quiet")),
    (
        "ruff format --check",
        (sys.executable, "-m", "ruff", "format", "--check", "--quiet", "--diff"),
    ),
    ("mypy --strict", (sys.executable, "-m", "mypy", "--strict")),
    ("lint-imports", (str(SCRIPTS / "lint-imports"),)),
)
# One process more than there are cores: some tests wait, for seconds or for processes of theirs.
WORKERS = len(os.sched_getaffinity(0)) + 1
# A whole file in one process: what its tests share is made once, and played once. The files come
# in the order of tests/conftest.py.
PYTEST = (
    *(sys.executable, "-m", "pytest", "-n", str(WORKERS), "--dist", "loadfile"),
    *("--no-loadscope-reorder", "-rs"),
)
# The tests start hundreds of processes: each would compile all of matfw again.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def main(arguments: Sequence[str]) -> int:
    """Run the steps, then pytest with these arguments; return the first exit code that is not 0."""
    # Rewriting all tests' assertions takes each of pytest's processes 10 s, unless one has done so
    # before: it can while mypy has the other core.
    with subprocess.Popen(
        (*PYTEST, "-n", "0", "--collect-only"), cwd=ROOT, env=ENVIRONMENT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as rewriting:  # fmt: skip
        for name, command in STEPS:
            if code := _step(name, command):
                rewriting.terminate()
                return code
    print("pytest", flush=True)
    return subprocess.run((*PYTEST, *arguments), cwd=ROOT, check=False, env=ENVIRONMENT).returncode


def _step(name: str, command: Sequence[str]) -> int:
    began_s = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    outcome = "ok" if done.returncode == 0 else f"FAILED, exit code {done.returncode}"
    if done.returncode:
        print(done.stdout.rstrip())
    print(f"{name:<20} {outcome}  {time.monotonic() - began_s:.1f} s", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
