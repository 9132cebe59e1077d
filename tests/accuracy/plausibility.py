"""Find the weights of `matfw.refinement.plausibility`: `python -m tests.accuracy.plausibility`.

Plays people who exercise and people who do anything else, on tuning seeds, and takes the features
of every movement that the refinement looks at. Prints how well the score does on people it was not
fitted on (eight groups, each left out once), then `plausibility_weights.py` as it should be. Real
people's leg raises and the structurally other simulators are never among them: they are what the
score is tried on.
"""

from __future__ import annotations

import argparse
import math
import sys
import textwrap
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.messages import RefinedRep
from matfw.pipeline import Pipeline
from matfw.refinement.plausibility import NAMES, features, standardised, weighed
from matfw.refinement.refine import refine
from matfw.refinement.segment import Segment
from matfw.virtual.truth import TrueRep
from tests.accuracy.populations import FIRST_SEED, Job, Played, play

# Kind, people, layout.
TRUE = (
    *(("clean", 16, "core4"), ("stress", 20, "core4"), ("faults", 10, "core4")),
    *(("stress_faults", 12, "core4"), ("mex", 18, "core4"), ("untaught", 10, "core4")),
    *(("fatigue", 4, "core4"), ("in_set", 22, "core4"), ("leaves", 10, "core4")),
    ("clean", 10, "hex6"),
)
NONE = (("movements", 70, "core4"), ("getting_on", 140, "core4"), ("still", 10, "core4"))
GROUPS = 8  # of people; each is left out once
RIDGE = 10.0  # of the weights; between 3 and 30 the figures hardly differ
PRODUCT_RIDGE = 28.0  # of those of products, which are many; between 10 and 80 likewise
NONE_SHARE = 0.5  # what all movements that were none weigh together against all that were true
TOUCH_S = 0.2  # a movement that shares less with any true repetition is none
SAME_SHARE = 0.5  # of the shorter one that both must share to be the same


@dataclass(frozen=True, slots=True)
class Example:
    """A movement that was looked at: whose, whether it was a repetition, and its features."""

    kind: str
    group: int
    is_true: bool
    features: Array


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, fit and print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the people (default 1)")
    share = parser.parse_args(arguments).share
    found: list[Example] = []
    for kind, people, layout in (*TRUE, *NONE):
        for number in range(max(1, round(share * people))):
            found += examples(Job(kind, layout, FIRST_SEED["tuning"] + 400 + number, number))
        print(f"{kind}: {len(found)} movements", file=sys.stderr, flush=True)
    print(_quality(found), file=sys.stderr)
    print(_module(*fitted(found)))
    return 0


def examples(job: Job) -> list[Example]:
    """Return every movement that the refinement takes for a repetition, believed or not."""
    played = play(job)
    group = zlib.crc32(f"{job.kind} {job.seed}".encode()) % GROUPS
    found = []
    for segment, rep in _candidates(played):
        is_true = _is_true(rep, played.truth)
        if is_true is not None:
            found.append(Example(job.kind, group, is_true, features(segment, rep)))
    return found


def _candidates(played: Played) -> list[tuple[Segment, RefinedRep]]:
    line, finished_s = Pipeline(played.mat), -math.inf
    found: list[tuple[Segment, RefinedRep]] = []
    for frame in played.frames:
        window = line.update(frame).window
        segment = Segment.of(window, finished_s) if window else None
        if window is None or segment is None:
            continue
        new = [x for x in refine(window, finished_s) if x.top_s > finished_s]
        found += [(segment, x) for x in new]
        finished_s = max([finished_s, *(x.end_s for x in new)])
    return found


def _is_true(rep: RefinedRep, truth: Sequence[TrueRep]) -> bool | None:
    """Return whether a movement was one of the true repetitions; None if that is hard to say."""
    shared = [
        (min(t.end_s, rep.end_s) - max(t.start_s, rep.start_s),
         min(t.end_s - t.start_s, rep.end_s - rep.start_s))
        for t in truth
    ]  # fmt: skip
    if all(both_s < TOUCH_S for both_s, _ in shared):
        return False
    return True if any(both_s > SAME_SHARE * shorter_s for both_s, shorter_s in shared) else None


def fitted(found: Sequence[Example]) -> tuple[float, Array, Array]:
    """Return the bias, mean, sd, linear and square weight of each feature, and the products'.

    (k, 4) and (k, k): the weights of products above the diagonal, zeros below.
    """
    x = np.array([example.features for example in found])
    y = np.array([example.is_true for example in found], float)
    mean, sd = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = standardised(x, mean, sd)
    k = z.shape[1]
    first, second = np.triu_indices(k, 1)
    rows = np.column_stack([np.ones(len(z)), z, z * z - 1.0, z[:, first] * z[:, second]])
    weight = np.where(y == 1.0, 1.0, NONE_SHARE * y.sum() / max(1.0, (1.0 - y).sum()))
    b = _logistic(rows, y, weight, [1e-6, *[RIDGE] * 2 * k, *[PRODUCT_RIDGE] * len(first)])
    products = np.zeros((k, k))
    products[first, second] = b[2 * k + 1 :]
    return float(b[0]), np.column_stack([mean, sd, b[1 : k + 1], b[k + 1 : 2 * k + 1]]), products


def _logistic(rows: Array, y: Array, weight: Array, ridge: Sequence[float]) -> Array:
    """Return the coefficients of a weighted logistic regression with a ridge for each."""
    b = np.zeros(rows.shape[1])
    for _ in range(60):
        p = 1.0 / (1.0 + np.exp(-np.clip(rows @ b, -30.0, 30.0)))
        lhs = (rows * (weight * p * (1.0 - p))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(lhs, rows.T @ (weight * (p - y)) + np.array(ridge) * b)
        b -= step
        if np.abs(step).max() < 1e-6:
            break
    return b


def _quality(found: Sequence[Example]) -> str:
    score = np.zeros(len(found))
    for group in range(GROUPS):
        weights = fitted([example for example in found if example.group != group])
        rows = [at for at, example in enumerate(found) if example.group == group]
        score[rows] = [weighed(found[at].features, *weights) for at in rows]
    is_true = np.array([example.is_true for example in found])
    lines = [f"{is_true.sum()} true, {(~is_true).sum()} none"]
    for percent in (0.5, 1.0, 2.0, 3.0):
        limit = float(np.percentile(score[is_true], percent))
        gone = 100.0 * float(np.mean(score[~is_true] < limit))
        lines.append(f"{percent:g} % of the true below {limit:.1f}, and {gone:.0f} % of the others")
    return "\n".join(lines)


def _module(bias: float, table: Array, products: Array) -> str:
    weights = [
        f'        "{name}": ({", ".join(f"{value:.4g}" for value in row)}),'
        for name, row in zip(NAMES, table, strict=True)
    ]
    with_later = [
        textwrap.fill(
            f'"{name}": ({", ".join(f"{value:.3f}" for value in products[at, at + 1 :])},),',
            100, initial_indent=" " * 8, subsequent_indent=" " * 12,
        )
        for at, name in enumerate(NAMES[:-1])
    ]  # fmt: skip
    head, tail = "MappingProxyType(\n    {", "    }\n)"
    lines = [f"BIAS = {bias:.4g}", f"WEIGHTS = {head}", *weights, tail]
    return "\n".join([*lines, "# fmt: off", f"PRODUCTS = {head}", *with_later, tail, "# fmt: on"])


if __name__ == "__main__":
    sys.exit(main())
