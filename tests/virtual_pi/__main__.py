"""Make the virtual Pi and check matfw on it: `python -m tests.virtual_pi [pytest's arguments]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.virtual_pi.errors import GuestError, LackingError
from tests.virtual_pi.host import CACHE_VARIABLE, cache_folder, lacking
from tests.virtual_pi.image import prepare

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
    parser.add_argument("--only-image", action="store_true", help="make the image, check nothing")
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
    words = [
        sys.executable, "-m", "pytest", "-v", "-rs", "--durations=0", "--durations-min=1",
        "-o", "python_files=check_*.py", "-o", f"timeout={TEST_LIMIT_S}",
        "-p", "no:xdist", "-p", "no:randomly", str(CHECKS), *rest,
    ]  # fmt: skip
    code = subprocess.run(words, cwd=ROOT, check=False).returncode
    say(f"done, exit code {code}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
