"""Run every check, cheapest first: `python -m tests [pytest's arguments]`.

Style, types and import rules are steps here and no tests, so that each says in its own words what
is wrong. The first step that fails ends the run with its exit code. mypy has one core for a minute,
so pytest begins beside it; pytest's summary is the last line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGINT

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))  # import-linter has no `python -m`

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", (sys.executable, "-m", "ruff", "check", "--quiet")),
    (
        "ruff format --check",
        (sys.executable, "-m", "ruff", "format", "--check", "--quiet", "--diff"),
    ),
    ("lint-imports", (str(SCRIPTS / "lint-imports"),)),
)
MYPY = ("mypy --strict", (sys.executable, "-m", "mypy", "--strict"))
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
    for name, command in STEPS:
        if code := _step(name, command):
            return code
    with ThreadPoolExecutor(1) as beside:
        mypy = beside.submit(_step, *MYPY)
        # Rewriting all tests' assertions takes each of pytest's processes 10 s, unless one has
        # done so before.
        subprocess.run(
            (*PYTEST, "-n", "0", "--collect-only"), cwd=ROOT, env=ENVIRONMENT, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if mypy.done() and mypy.result():
            return mypy.result()
        print("pytest", flush=True)
        with subprocess.Popen((*PYTEST, *arguments), cwd=ROOT, env=ENVIRONMENT) as pytest:
            mypy.add_done_callback(lambda it: pytest.send_signal(SIGINT) if it.result() else None)
            code = pytest.wait()
        return mypy.result() or code


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
