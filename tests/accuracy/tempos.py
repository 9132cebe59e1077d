"""Sets at every tempo that can be asked for: `python -m tests.accuracy.tempos`.

Each person does one set of REPS, in the tempo asked for or in the usual one although another was
asked. Found means by exactly one repetition reported; twice, that more than one lies within it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Event, Mat, RawFrame, Rep, Tempo
from matfw.service.replay import replay
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sampling import record
from matfw.virtual.sessions import random_fidgets, random_session
from matfw.virtual.truth import TrueRep
from tests.accuracy.matching import match
from tests.accuracy.populations import COUNTS_PER_KG, FIRST_SEED, TARE_COUNTS

REPS = 6
FIRST = {name: seed + 50_000 for name, seed in FIRST_SEED.items()}  # of people of their own
# Of the way asked for, and of the hold: how people who follow a tempo miss it.
WAY_SHARE, HOLD_SHARE = (0.85, 1.2), (0.8, 1.3)
USUAL = Tempo()
TEMPOS = (
    Tempo(0.5, 0.3, 0.5), Tempo(1, 0, 1), USUAL, Tempo(4, 1, 4), Tempo(5, 1, 5), Tempo(6, 1, 6),
    Tempo(2, 10, 3), Tempo(3, 30, 3), Tempo(10, 30, 10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """Of one set or of many: repetitions done, found, found twice, and made up."""

    true: int = 0
    found: int = 0
    twice: int = 0
    made_up: int = 0
    sets: int = 0
    exact: int = 0

    def __add__(self, other: Count) -> Count:
        """Return both together."""
        return Count(*(getattr(self, x) + getattr(other, x) for x in self.__slots__))


def session(seed: int, done: Tempo) -> SessionPlan:
    """Return a person's set at a tempo."""
    rng = np.random.default_rng(seed)
    plan = random_session(rng, "clean")

    def at_tempo(rep: RepPlan) -> RepPlan:
        return replace(
            rep,
            up_s=done.up_s * float(rng.uniform(*WAY_SHARE)),
            hold_s=done.hold_s * float(rng.uniform(*HOLD_SHARE)),
            down_s=done.down_s * float(rng.uniform(*WAY_SHARE)),
        )

    reps = tuple(at_tempo(rep) for rep in plan.reps[:REPS])
    plan = replace(plan, reps=reps, rests_s=plan.rests_s[:REPS], fidgets=(), fatigued=False)
    return replace(plan, fidgets=random_fidgets(plan.lying_s, rng))


def played(
    plan: SessionPlan, layout: str, seed: int, asked: Tempo
) -> tuple[Mat, Sequence[RawFrame], Sequence[TrueRep]]:
    """Return the mat that asks for a tempo, its frames and what was really done."""
    cells = PRESETS[layout].cells
    trace = generate(plan, cells, seed)
    mat = Mat(
        layout,
        cells,
        (CellCalibration(TARE_COUNTS, COUNTS_PER_KG),) * len(cells),
        person=trace.person,
        side=trace.side,
        tempo=asked,
    )
    return mat, record(trace, mat, seed), trace.truth


def counted(plan: SessionPlan, layout: str, seed: int, asked: Tempo) -> Count:
    """Return what the line makes of a set."""
    mat, frames, truth = played(plan, layout, seed, asked)
    events: list[Event] = []
    replay(mat, frames, events.append)
    reported = [event for event in events if isinstance(event, Rep)]
    return compared(truth, reported)


def compared(truth: Sequence[TrueRep], reported: Sequence[Rep]) -> Count:
    """Return how many of a set were found once, and what was reported besides."""
    pairs = match(truth, reported)
    inside = [
        sum(x.start_s < (rep.start_s + rep.end_s) / 2 < x.end_s for rep in reported) for x in truth
    ]
    twice = sum(n > 1 for n in inside)
    once = sum(pair is not None and n < 2 for pair, n in zip(pairs, inside, strict=True))
    made_up = len(reported) - sum(pair is not None for pair in pairs)
    is_exact = once == len(truth) == len(reported)
    return Count(len(truth), once, twice, made_up, 1, int(is_exact))


def lines(
    tempos: Iterable[Tempo], layouts: Iterable[str], people: int, first: int, done: Tempo | None
) -> Iterable[str]:
    """Yield the table, a line for each tempo and layout as it is known."""
    yield "asked      done       layout  found once       twice  made up  exact sets"
    for asked in tempos:
        does = done or asked
        for layout in layouts:
            total = Count()
            for seed in range(first, first + people):
                total += counted(session(seed, does), layout, seed, asked)
            yield (
                f"{_words(asked):10} {_words(does):10} {layout:6}"
                f"  {total.found:4} of {total.true:4} {100 * total.found / total.true:4.0f} %"
                f"  {total.twice:5}  {total.made_up:7}  {total.exact:4} of {total.sets}"
            )


def main() -> None:
    """Print the table of the tempos asked for."""
    parser = argparse.ArgumentParser(description="sets at every tempo that can be asked for")
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seeds", choices=tuple(FIRST), default="held-out")
    parser.add_argument("--layouts", default="core4,hex6")
    parser.add_argument("--tempos", help="as in 2-1-3,6-1-6; all if absent")
    parser.add_argument("--done", help="done whatever is asked for, as in 2-1-3")
    options = parser.parse_args()
    tempos = [_tempo(x) for x in options.tempos.split(",")] if options.tempos else TEMPOS
    done = _tempo(options.done) if options.done else None
    layouts = options.layouts.split(",")
    for line in lines(tempos, layouts, options.people, FIRST[options.seeds], done):
        print(line, flush=True)


def _tempo(text: str) -> Tempo:
    up_s, hold_s, down_s = map(float, text.split("-"))
    return Tempo(up_s, hold_s, down_s)


def _words(tempo: Tempo) -> str:
    return f"{tempo.up_s:g}-{tempo.hold_s:g}-{tempo.down_s:g}"


if __name__ == "__main__":
    main()
