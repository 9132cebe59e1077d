"""Sets at every tempo that can be asked for: `python -m tests.accuracy.tempos`.

Each person does one set of REPS, in the tempo asked for or in another one. Found means by exactly
one repetition reported; twice, that more than one lies within it. The kinds are the project's own
people, calm and restless, and those of `others`, who are never tuned by: there the last column of
JUDGING.md comes from.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Event, Mat, RawFrame, Rep, Tempo
from matfw.service.replay import replay
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sampling import record
from matfw.virtual.sessions import STRESS_NOISE, disturbed, random_session
from matfw.virtual.truth import TrueRep
from tests.accuracy.figures import wilson
from tests.accuracy.matching import match
from tests.accuracy.others.kinds import OTHERS, recorded
from tests.accuracy.others.plans import Draw, Plan, draw_plan
from tests.accuracy.populations import COUNTS_PER_KG, FIRST_SEED, TARE_COUNTS

REPS = 6
FIRST = {name: seed + 50_000 for name, seed in FIRST_SEED.items()}  # of people of their own
# Of the way asked for, and of the hold: how people who follow a tempo miss it.
WAY_SHARE, HOLD_SHARE = (0.85, 1.2), (0.8, 1.3)
OTHERS_DEG = (31.0, 45.0)  # of the others' lifts: small and flung ones are no matter of tempo
KINDS = ("clean", "stress", *OTHERS)
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


def session(seed: int, done: Tempo, kind: str = "clean") -> SessionPlan:
    """Return a person's set at a tempo."""
    rng = np.random.default_rng(seed)
    plan = random_session(rng, kind)

    def at_tempo(rep: RepPlan) -> RepPlan:
        up_s, hold_s, down_s = _times_s(done, rng)
        return replace(rep, up_s=up_s, hold_s=hold_s, down_s=down_s)

    reps = tuple(at_tempo(rep) for rep in plan.reps[:REPS])
    plan = replace(plan, reps=reps, rests_s=plan.rests_s[:REPS], fatigued=False)
    return disturbed(plan, kind, rng)


def others_plan(rng: Draw, done: Tempo) -> Plan:
    """Return what one of the others does at a tempo, with the pauses and the leaving they have."""
    plan = draw_plan(rng)
    at_s, lifts = plan.lifts[0].at_s, []
    for lift, after in zip(plan.lifts[:REPS], plan.lifts[1 : REPS + 1], strict=True):
        up_s, hold_s, down_s = _times_s(done, rng)
        lifts.append(
            replace(
                lift, at_s=at_s, up_s=up_s, hold_s=hold_s, down_s=down_s,
                height_deg=float(rng.uniform(*OTHERS_DEG)), is_dropped=False, faults=(),
            )
        )  # fmt: skip
        at_s = lifts[-1].end_s + after.at_s - lift.end_s
    from_s, to_s = plan.off_s
    leaves_s = lifts[-1].end_s + from_s - plan.lifts[-1].end_s
    return replace(plan, lifts=tuple(lifts), off_s=(leaves_s, leaves_s + to_s - from_s))


def _times_s(done: Tempo, rng: Draw) -> tuple[float, float, float]:
    return (
        done.up_s * float(rng.uniform(*WAY_SHARE)),
        done.hold_s * float(rng.uniform(*HOLD_SHARE)),
        done.down_s * float(rng.uniform(*WAY_SHARE)),
    )


def played(
    kind: str, layout: str, seed: int, asked: Tempo, done: Tempo
) -> tuple[Mat, Sequence[RawFrame], Sequence[TrueRep]]:
    """Return the mat that asks for a tempo, its frames and what was really done."""
    if kind in OTHERS:
        mat, frames, recording = recorded(kind, layout, seed, lambda rng: others_plan(rng, done))
        return replace(mat, tempo=asked), frames, recording.truth
    cells = PRESETS[layout].cells
    noise = STRESS_NOISE if kind == "stress" else 1.0
    trace = generate(session(seed, done, kind), cells, seed, noise)
    mat = Mat(
        layout,
        cells,
        (CellCalibration(TARE_COUNTS, COUNTS_PER_KG),) * len(cells),
        person=trace.person,
        side=trace.side,
        tempo=asked,
    )
    return mat, record(trace, mat, seed), trace.truth


def counted(kind: str, layout: str, seed: int, asked: Tempo, done: Tempo) -> Count:
    """Return what the line makes of a set."""
    mat, frames, truth = played(kind, layout, seed, asked, done)
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
    kinds: Iterable[str],
    tempos: Iterable[tuple[Tempo, Tempo]],
    layouts: Collection[str],
    seeds: Collection[int],
) -> Iterable[str]:
    """Yield the table, a line for each kind, tempo asked for and done, and layout when known."""
    yield f"{'kind':16}  asked      done       layout  found once        95 %  missed  twice  extra"
    for kind in kinds:
        for asked, done in tempos:
            for layout in layouts:
                total = Count()
                for seed in seeds:
                    total += counted(kind, layout, seed, asked, done)
                yield f"{kind:16}  {_words(asked):10} {_words(done):10} {layout:6}  {_row(total)}"


def _row(total: Count) -> str:
    low, high = (round(100 * share) for share in wilson(total.found, total.true))
    missed = total.true - total.found - total.twice
    return (
        f"{total.found:3} of {total.true:3} {100 * total.found / total.true:4.0f} %"
        f"  {low:3}-{high:3}  {missed:6}  {total.twice:5}  {total.made_up:5}"
        f"  exact sets {total.exact} of {total.sets}"
    )


def main() -> None:
    """Print the table of the tempos asked for."""
    parser = argparse.ArgumentParser(description="sets at every tempo that can be asked for")
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--skip", type=int, default=0, help="of the first people")
    parser.add_argument("--seeds", choices=tuple(FIRST), default="held-out")
    parser.add_argument("--layouts", default="core4,hex6")
    parser.add_argument("--kinds", default="clean", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--tempos", help="as in 2-1-3,6-1-6; all if absent")
    parser.add_argument("--done", help="done whatever is asked for, as in 2-1-3")
    options = parser.parse_args()
    tempos = [_tempo(x) for x in options.tempos.split(",")] if options.tempos else TEMPOS
    done = _tempo(options.done) if options.done else None
    pairs = [(asked, done or asked) for asked in tempos]
    first = FIRST[options.seeds] + options.skip
    seeds = range(first, first + options.people)
    for line in lines(options.kinds.split(","), pairs, options.layouts.split(","), seeds):
        print(line, flush=True)


def _tempo(text: str) -> Tempo:
    up_s, hold_s, down_s = map(float, text.split("-"))
    return Tempo(up_s, hold_s, down_s)


def _words(tempo: Tempo) -> str:
    return f"{tempo.up_s:g}-{tempo.hold_s:g}-{tempo.down_s:g}"


if __name__ == "__main__":
    main()
