"""What holes in the samples cost: `python -m tests.accuracy.holes`, clean people, torn bursts.

A burst loses four to six successive conversions of all cells or of one, as a reader does that has
to distrust converters it may have reset. Marked as the computer's doing or, as in recordings, not.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matfw.messages import Event, RawFrame
from matfw.service.replay import replay
from tests.accuracy.matching import Call
from tests.accuracy.outcomes import compare
from tests.accuracy.populations import FIRST_SEED, Job, play

TORN_SHARES = (0.0005, 0.002, 0.01, 0.03)  # of frames in which a burst begins
BURST = (4, 6)  # conversions
ALL_SHARE = 0.5  # of bursts that all cells lose


@dataclass(slots=True)
class Sum:
    """What came of all people at one share of torn bursts."""

    true: int = 0
    found: int = 0
    extra: int = 0
    up: int = 0
    clean: int = 0


def torn(
    frames: Sequence[RawFrame], share: float, seed: int, *, is_marked: bool = True
) -> list[RawFrame]:
    """Return the frames with holes; the same seed, the same holes."""
    rng = random.Random(seed)
    cells = len(frames[0].counts)
    left = [0] * cells
    broken = []
    for frame in frames:
        if rng.random() < share:
            hit = range(cells) if rng.random() < ALL_SHARE else (rng.randrange(cells),)
            length = rng.randint(*BURST)
            for cell in hit:
                left[cell] = max(left[cell], length)
        counts = tuple(
            None if gone else count for gone, count in zip(left, frame.counts, strict=True)
        )
        mask = sum(1 << i for i, count in enumerate(counts) if count is None) if is_marked else 0
        broken.append(replace(frame, counts=counts, computer_mask=mask))
        left = [max(0, gone - 1) for gone in left]
    return broken


def summed(
    layout: str, people: int, shares: Sequence[float], *, is_marked: bool = True
) -> dict[float, Sum]:
    """Return what comes of the held-out clean people at each share of torn bursts."""
    sums = {share: Sum() for share in shares}
    for number in range(people):
        job = Job("clean", layout, FIRST_SEED["held-out"] + number, number)
        played = play(job)
        for share, total in sums.items():
            events: list[Event] = []
            frames = torn(played.frames, share, number, is_marked=is_marked)
            replay(played.mat, frames, events.append)
            outcome = compare(job, played, events)
            total.true += outcome.true
            total.found += sum(rep.verdict is not None for rep in outcome.reps)
            total.extra += outcome.extra
            total.up += sum(rep.up.call is Call.IN_TIME for rep in outcome.reps)
            total.clean += sum(rep.verdict == "clean" for rep in outcome.reps)
    return sums


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each layout and share; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.holes", description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--layouts", nargs="+", default=["core4", "hex6"])
    parser.add_argument("--shares", nargs="+", type=float, default=list(TORN_SHARES))
    parser.add_argument("--unmarked", action="store_true", help="as in a recording: no cause known")
    options = parser.parse_args(arguments)
    for layout in options.layouts:
        shares = [0.0, *options.shares]
        sums = summed(layout, options.people, shares, is_marked=not options.unmarked)
        whole = sums[0.0]
        for share, total in sums.items():
            print(
                f"{layout}  {100.0 * share:5.2f} % torn  found {total.found} of {total.true}"
                f" ({100.0 * total.found / max(1, whole.found):.1f} % of those without holes),"
                f" extra {total.extra}, live up in time {100.0 * total.up / max(1, total.true):.1f}"
                f" %, clean {total.clean}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
