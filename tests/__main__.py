"""Run every check, cheapest first: `python -m tests [pytest's arguments]`.

Style, types and import rules are steps here and no tests, so that each says in its own words what
is wrong. The first step that fails ends the run with its exit code. pytest comes last, so that
its summary is the last line.
"""

from __future__ import annotations

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
# A whole file in one process: what its tests share is made once, and played once.
PYTEST = (sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile", "-rs")


def main(arguments: Sequence[str]) -> int:
    """Run the steps, then pytest with these arguments; return the first exit code that is not 0."""
    for name, command in STEPS:
        began_s = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        outcome = "ok" if done.returncode == 0 else f"FAILED, exit code {done.returncode}"
        if done.returncode:
            print(done.stdout.rstrip())
        print(f"{name:<20} {outcome}  {time.monotonic() - began_s:.1f} s", flush=True)
        if done.returncode:
            return done.returncode
    print("pytest", flush=True)
    return subprocess.run((*PYTEST, *arguments), cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
