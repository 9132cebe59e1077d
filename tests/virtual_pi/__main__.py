"""Make the virtual Pi and check matfw on it: `python -m tests.virtual_pi [pytest's arguments]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.virtual_pi.errors import GuestError, LackingError
from tests.virtual_pi.guest_tests import files_in, run_tests
from tests.virtual_pi.host import CACHE_VARIABLE, cache_folder, lacking
from tests.virtual_pi.image import Image, prepare
from tests.virtual_pi.pi import UNIT
from tests.virtual_pi.rack import Rack

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "tests" / "virtual_pi" / "checks"
TEST_LIMIT_S = 2400  # one check; a guest second is up to fifteen of a very busy computer's
FAILED, NOTHING_DONE = 1, 5  # 5 as pytest's, for no test at all


def main(arguments: Sequence[str]) -> int:
    """Make the image, run the checks; return the exit code: 5 if this computer lacks something."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.virtual_pi", description=__doc__,
        epilog="What else is given goes to pytest, as -k NAME or -x.",
    )  # fmt: skip
    parser.add_argument(
        "--cache", type=Path, help=f"where images are kept (${CACHE_VARIABLE}; {cache_folder()})"
    )
    parser.add_argument(
        "--machines", type=int, default=min(2, os.cpu_count() or 1), metavar="N",
        help="how many virtual Pis run at a time, each on a core (default: 2, where there are two)",
    )  # fmt: skip
    parser.add_argument("--only-image", action="store_true", help="make the image, check nothing")
    parser.add_argument(
        "--tests", type=Path, metavar="FOLDER",
        help="check nothing: run these tests of your own there, by pytest with --mat=vm",
    )  # fmt: skip
    options, rest = parser.parse_known_args(arguments)
    if options.cache is not None:
        os.environ[CACHE_VARIABLE] = str(options.cache.absolute())
    began_s = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began_s:6.0f} s  {text}", flush=True)

    reason = lacking()
    try:
        if reason is None:
            image = prepare(say)
            say(f"image: {image.disk.name}, {image.package.name}, kernel {image.kernel.abi}")
    except LackingError as error:
        reason = str(error)
    except GuestError as error:
        say(f"FAILED: {error}")
        return FAILED
    if reason is not None:
        say(f"SKIPPED: {reason}")
        return NOTHING_DONE
    if options.only_image:
        return 0
    if options.tests is not None:
        return run_folder(image, options.tests, rest)
    workers = str(options.machines if options.machines > 1 else 0)
    words = [
        sys.executable, "-m", "pytest", "-v", "-rsP", "--durations=0", "--durations-min=1",
        "-o", "python_files=check_*.py", "-o", f"timeout={TEST_LIMIT_S}", "-p", "no:randomly",
        "-n", workers, "--dist", "loadfile", "--no-loadscope-reorder",
        str(CHECKS), *rest,
    ]  # fmt: skip
    code = subprocess.run(words, cwd=ROOT, check=False).returncode
    say(f"done, exit code {code}")
    return code


def run_folder(image: Image, folder: Path, arguments: Sequence[str]) -> int:
    """Run the tests of a folder in a new virtual Pi; return pytest's exit code."""
    with tempfile.TemporaryDirectory() as name, Rack(image, Path(name)) as rack:
        machine = rack.shared().machine
        machine.out("systemctl", "stop", UNIT)
        done = run_tests(machine, files_in(folder), *arguments)
    print(done.out, end="")
    return done.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
