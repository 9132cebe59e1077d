"""What plates see: `python -m tests.accuracy.zones` prints one table a layout.

Lift-off and landing against the leg's own, small lifts and legs only made light, bent bodies; all
simulated. The side asked for is held against real pressure maps (PmatData), weighed as `hex6`
would weigh them, once with the right side asked for and once with the other one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import (
    CellCalibration,
    CueGiven,
    Event,
    Fault,
    Mat,
    RawFrame,
    RefinedRep,
    Rep,
    Side,
    Verdict,
)
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.rep_kinds import Draw
from matfw.virtual.sampling import record
from matfw.virtual.sessions import STRESS_NOISE, random_session
from tests.accuracy.figures import Figure, quantiles, share
from tests.accuracy.matching import match
from tests.accuracy.populations import COUNTS_PER_KG, FIRST_SEED, TARE_COUNTS
from tests.accuracy.table import table
from tests.importers import files, pmat

KINDS = ("clean", "stress", "small", "bent", "straight")
SMALL_DEG = (10.0, 12.0, 14.0, 16.0)
LIGHT_DEG = 0.05  # a leg made light and never lifted
NEAR_S = 0.4  # of the truth, to be the same lift-off
WITHIN_S = 0.05
PMAT_RATE_HZ, PMAT_SPAN_S = 20.0, 20.0
NOISE_KG = 0.02
LIFT = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
)  # a clean one


@dataclass
class Seen:
    """One person: errors of lift-off and landing (s, None: not seen), and what was reported."""

    kind: str
    lift_off_s: list[float | None] = field(default_factory=list)
    touch_down_s: list[float | None] = field(default_factory=list)
    small: list[tuple[float, bool]] = field(default_factory=list)  # height planned, found
    is_bent_reported: bool = False


def play(layout: str, kind: str, seed: int) -> Seen:
    """Play one person and return what the plates made of them."""
    rng = np.random.default_rng(seed)
    plan = _plan(kind, rng)
    trace = generate(plan, PRESETS[layout].cells, seed, STRESS_NOISE if kind == "stress" else 1.0)
    line = (CellCalibration(TARE_COUNTS, COUNTS_PER_KG),) * len(trace.cells)
    mat = Mat(
        layout=layout, cells=trace.cells, calibration=line, person=trace.person, side=trace.side
    )
    lift_off_s, touch_down_s, events = _through(mat, record(trace, mat, seed))
    seen = Seen(kind)
    seen.is_bent_reported = any(
        isinstance(e, CueGiven) and e.cue.value == Fault.BENT_BODY for e in events
    )
    if kind in ("clean", "stress") and plan.hover_deg == 0.0:
        ends_s = [rep.onset_s + rep.up_s + rep.hold_s + rep.down_s for rep in trace.truth]
        seen.lift_off_s = [_nearest(lift_off_s, rep.onset_s) for rep in trace.truth]
        seen.touch_down_s = [_nearest(touch_down_s, end_s) for end_s in ends_s]
    if kind == "small":
        found = match(trace.truth, [e for e in events if isinstance(e, Rep)])
        seen.small = [
            (rep.excursion_deg, index is not None)
            for rep, index in zip(plan.reps, found, strict=True)
        ]
    return seen


def _plan(kind: str, rng: Draw) -> SessionPlan:
    plan = random_session(rng, "stress" if kind == "stress" else "clean")
    if kind == "bent":
        bend_deg = float(rng.uniform(10.0, 20.0)) * (1.0 if rng.random() < 0.7 else -1.0)
        return replace(plan, bend_deg=bend_deg)
    if kind != "small":
        return plan
    sizes = (LIGHT_DEG, *SMALL_DEG)
    heights = [sizes[i] for _ in range(3) for i in rng.permutation(len(sizes))]
    reps = tuple(
        replace(
            rep, excursion_deg=deg, hike_deg=min(rep.hike_deg, deg / 12.0),
            sag_deg=min(rep.sag_deg, 0.05 * deg), faults=(),
        )
        for rep, deg in zip(plan.reps, heights, strict=False)
    )  # fmt: skip
    return replace(plan, reps=reps, hover_deg=0.0, fatigued=False)


def _through(mat: Mat, frames: Sequence[RawFrame]) -> tuple[list[float], list[float], list[Event]]:
    line, refinement = Pipeline(mat), Refinement()
    lift_off_s: list[float] = []
    touch_down_s: list[float] = []
    events: list[Event] = []
    for frame in frames:
        step = line.update(frame)
        events += step.events
        if step.motion.lift_off_s is not None and step.motion.lift_off_s not in lift_off_s[-1:]:
            lift_off_s.append(step.motion.lift_off_s)
        if (
            step.motion.touch_down_s is not None
            and step.motion.touch_down_s not in touch_down_s[-1:]
        ):
            touch_down_s.append(step.motion.touch_down_s)
        if step.window is not None:
            events += line.finish_reps(frame.t_s, refinement.refine(step.window))
    return lift_off_s, touch_down_s, events


def _nearest(seen_s: Sequence[float], true_s: float) -> float | None:
    errors_s = [at_s - true_s for at_s in seen_s if abs(at_s - true_s) < NEAR_S]
    return min(errors_s, key=abs, default=None)


def measure(some: Sequence[Seen]) -> list[Figure]:
    """Return the figures of one layout."""
    found: list[Figure] = []
    for name in ("lift-off", "landing"):
        for kind in ("clean", "stress"):
            errors_s = [
                error
                for s in some if s.kind == kind
                for error in (s.lift_off_s if name == "lift-off" else s.touch_down_s)
            ]  # fmt: skip
            hits = [error is not None and abs(error) < WITHIN_S for error in errors_s]
            figure = share(f"{name} within 50 ms", kind, hits)
            seen_ms = [1000.0 * abs(error) for error in errors_s if error is not None]
            found += [
                replace(figure, aim="90" if name == "lift-off" else ""),
                quantiles("... error, median p90", kind, [seen_ms], [50.0, 90.0], "ms"),
            ]
    for deg in (LIGHT_DEG, *SMALL_DEG):
        hits = [is_found for s in some for height, is_found in s.small if height == deg]
        name = (
            "only made light, called a rep" if deg == LIGHT_DEG else f"lifts of {deg:g} deg found"
        )
        found.append(share(name, "small", hits))
    for kind, aim in (("bent", "90"), ("straight", "")):
        hits = [s.is_bent_reported for s in some if s.kind == kind]
        found.append(replace(share("bent_body named", kind, hits), aim=aim))
    return [figure for figure in found if figure.n]


def doubted(person: str, posture: str, side: Side) -> bool:
    """Return whether the line doubts the side asked for, of a real person lying still."""
    lying = pmat.load(person, posture)
    rng = np.random.default_rng(1)
    t_s = np.arange(0.0, PMAT_SPAN_S, 1.0 / PMAT_RATE_HZ)
    seconds = np.arange(float(len(lying.loads_kg)))
    loads_kg = np.stack([np.interp(t_s, seconds, column) for column in lying.loads_kg.T], axis=1)
    loads_kg += NOISE_KG * rng.standard_normal(loads_kg.shape)
    counts = np.rint(loads_kg * pmat.COUNTS_PER_KG).astype(int).tolist()
    line = Pipeline(replace(lying.mat, rate_hz=PMAT_RATE_HZ, side=side))
    for at_s, row in zip(t_s.tolist(), counts, strict=True):
        line.update(RawFrame(at_s, tuple(row)))
    [rep] = line.finish_reps(float(t_s[-1]), [LIFT])
    return rep.side is Side.UNKNOWN and rep.verdict is Verdict.UNSURE


def measure_sides() -> list[Figure]:
    """Return how often the side asked for is doubted, of real people."""
    found = []
    for posture in ("", "_fetal"):
        for is_right, aim in ((False, "83" if not posture else ""), (True, "")):
            hits = []
            for person in pmat.PEOPLE:
                for side in (Side.LEFT, Side.RIGHT):
                    other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
                    hits.append(doubted(person, f"{side}{posture}", side if is_right else other))
            asked = "right" if is_right else "wrong"
            kind = "pmat fetal" if posture else "pmat straight"
            found.append(replace(share(f"{asked} side doubted", kind, hits), aim=aim))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.zones", description=__doc__)
    parser.add_argument("--people", type=int, default=12, metavar="N", help="a kind (default 12)")
    parser.add_argument("--layouts", nargs="+", choices=PRESETS, default=["core4", "hex6"])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed-set", choices=FIRST_SEED, default="held-out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    first = FIRST_SEED[options.seed_set]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        for layout in options.layouts:
            some: list[Seen] = []
            for kind in options.kinds:
                seeds = range(first, first + options.people)
                some += pool.map(partial(play, layout, kind), seeds)
            figures = measure(some)
            if layout == "hex6" and (files.DATA / "pmat/S01.npz").is_file():
                figures += measure_sides()
            title = f"{layout}: {options.people} simulated people a kind, {options.seed_set} seeds"
            print(table(title, figures), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
