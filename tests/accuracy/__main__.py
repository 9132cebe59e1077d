"""Play populations through the line and print how well it did: `python -m tests.accuracy`.

The held-out seeds are for quoting, the tuning seeds for changing matfw by. Shares carry Wilson
95 % intervals, for which repetitions count as independent; those of one person are not quite.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from matfw.layouts import PRESETS
from tests.accuracy.measures import measure
from tests.accuracy.outcomes import Outcome, run
from tests.accuracy.populations import FIRST_SEED, KINDS, Job, jobs, missing_data
from tests.accuracy.progress import shown
from tests.accuracy.table import table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return the exit code."""
    options = _parser().parse_args(arguments)
    asked = [kind for kinds in options.kinds for kind in kinds]
    absent = missing_data(asked)
    for reason in dict.fromkeys(absent.values()):
        names = " ".join(kind for kind, why in absent.items() if why == reason)
        print(f"left out, {reason}: {names}", file=sys.stderr)
    kinds = [kind for kind in asked if kind not in absent]
    todo = jobs(kinds, options.layouts, options.people, options.seed_set)
    outcomes = list(shown(played(todo, options.jobs), len(todo), "people"))
    report = {}
    for layout in options.layouts:
        of_it = [outcome for outcome in outcomes if outcome.job.layout in (layout, "")]
        figures = measure(of_it)
        title = (
            f"{layout}: {options.people} simulated people a kind,"
            f" {options.seed_set} seeds from {FIRST_SEED[options.seed_set]}"
        )
        print(table(title, figures), end="\n\n", flush=True)
        report[layout] = {
            "figures": [asdict(figure) for figure in figures],
            "outcomes": [asdict(outcome) for outcome in of_it],
        }
    if options.json:
        about = {"people": options.people, "seed_set": options.seed_set, "simulated": True}
        options.json.write_text(json.dumps({**about, "layouts": report}, indent=1) + "\n")
    return 0


def played(todo: Sequence[Job], processes: int) -> Iterator[Outcome]:
    """Yield the jobs' outcomes in the jobs' order, however many processes play them."""
    if processes == 1:
        yield from map(run, todo)
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes are the threads
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(run, todo)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument(
        "--people", type=_count, default=24, metavar="N", help="a kind (default 24)"
    )
    parser.add_argument("--layouts", nargs="+", choices=PRESETS, default=["core4", "hex6"])
    parser.add_argument(
        "--kinds", nargs="+", type=kinds_named, default=[list(KINDS)], metavar="KIND",
        help="or a pattern, as '* 6-1-6' and 'clean torn *'; all if absent",
    )  # fmt: skip
    parser.add_argument("--seed-set", choices=FIRST_SEED, default="held-out")
    parser.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures and outcomes too")
    return parser


def kinds_named(pattern: str) -> list[str]:
    """Return the kinds that a shell pattern fits, at least one."""
    found = fnmatch.filter(KINDS, pattern)
    if not found:
        raise argparse.ArgumentTypeError(f"no kind is {pattern!r}: {', '.join(KINDS)}")
    return found


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 (got {text!r})")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
