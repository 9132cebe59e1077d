"""Find the weights of `matfw.refinement.plausibility`: `python -m tests.accuracy.plausibility`.

Plays people who exercise and people who do anything else, on tuning seeds, and takes the features
of every movement each time that the refinement asks for its score. Prints how well the score does
on people it was not fitted on (eight groups, each left out once), on each form of movement that was
none and on each other simulator, left out; then `plausibility_weights.py` as it should be. With
`--further` the weights that there are are what the ridge pulls to, not zero: they keep what they
were found on, and fewer people are enough to teach them something else. Real people's leg raises,
the soft beam's movements and the held-out forms are never among them: they are what the score is
tried on.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from unittest.mock import patch

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.judging.verdicts import PLAUSIBLE_LOG_ODDS
from matfw.messages import RefinedRep
from matfw.refinement import plausibility as now
from matfw.refinement import refine
from matfw.refinement.plausibility import NAMES, features, standardised, weighed
from matfw.refinement.plausibility_weights import BIAS
from matfw.refinement.refinement import IN_SET_LOG_ODDS
from matfw.refinement.segment import Segment
from matfw.service.replay import replay
from tests.accuracy.movements import form_in
from tests.accuracy.populations import FIRST_SEED, Job, play
from tests.estimation.leg_forces import Lift, legs, noise_scale, window_of
from tests.people.movements.scene import Span

OTHERS = ("other_a", "other_b", "other_c", "other_d")
OTHER_KINDS = (("clean", 5), ("restless", 24), ("resting", 32))
# Kind, people, layout.
TRUE = (
    *(("clean", 16, "core4"), ("stress", 20, "core4"), ("faults", 10, "core4")),
    *(("stress_faults", 20, "core4"), ("mex", 18, "core4"), ("untaught", 10, "core4")),
    *(("fatigue", 4, "core4"), ("in_set", 22, "core4"), ("leaves", 10, "core4")),
    *(("plain", 20, "core4"), ("clean 0.5-0.3-0.5", 12, "core4"), ("stress 1-0-1", 8, "core4")),
    *(("stress 0.5-0.3-0.5", 6, "core4"), ("clean 1-0-1", 6, "core4")),
    ("clean 0.5-0.3-0.5", 4, "hex6"),
    *(("clean", 10, "hex6"), ("stress_faults", 3, "hex6"), ("in_set", 3, "hex6")),
    *(("plain", 3, "hex6"), ("resting", 52, "core4"), ("resting", 3, "hex6")),
    *((f"{other}_{kind}", people, "core4") for other in OTHERS for kind, people in OTHER_KINDS),
    *((f"{other}_restless", 3, "hex6") for other in OTHERS),
)
NONE = (
    *(("movements", 70, "core4"), ("getting_on", 140, "core4"), ("still", 10, "core4")),
    *(("movements alike", 40, "core4"), ("in_set alike", 40, "core4")),
    *(("movements alike", 4, "hex6"), ("in_set alike", 3, "hex6")),
)
# Windows of a body that lies perfectly still while its leg is lifted, so that the score does not
# ask a body to shake; how many, the lifts of each, and the rest around them.
IDEAL, IDEAL_LIFTS, IDEAL_REST_S = 60, 4, 4.0
GROUPS = 8  # of people; each is left out once
RIDGE = 10.0  # of the weights; between 3 and 30 the figures hardly differ
PRODUCT_RIDGE = 28.0  # of those of products, which are many; between 10 and 80 likewise
BIAS_RIDGE = 1.0
FURTHER = 2.0  # times these where they pull to weights that were found on other people
# What all movements that were none weigh together against all that were true. Tuning people left
# out of the fit: of 5969 true ones 39, 45 and 62 are lost with 0.1, 0.13 and 0.2, of 2117 others
# 249, 214 and 161 kept.
NONE_SHARE = 0.13
# How often each small lift counts, and each movement of somebody who does not exercise: they are
# few, and matter. Else 46 of 421 small ones are lost and 13 of 665 others kept; so 27 and 9.
SMALL_DEG, SMALL_TIMES, ALONE_TIMES = 22.0, 3.0, 3.0
ALONE = ("getting_on", "movements", "still", "leaves")
STEPS, MIN_STEP, ENOUGH = 40, 1e-3, 1e-4  # of Newton's method: how many, their halving, its end
TOUCH_S = 0.2  # a movement that shares less with any true repetition is none
SAME_SHARE = 0.5  # of the shorter one that both must share to be the same
PART_SHARE = 0.5  # of a true repetition's length; what is shorter is a part of it


Weights: TypeAlias = tuple[float, Array, Array]
"""Bias; mean, sd, linear and square weight of each feature, (k, 4); products', (k, k): above the
diagonal, zeros elsewhere."""


@dataclass(frozen=True, slots=True)
class Done:
    """A repetition that somebody did, and how high its top was."""

    start_s: float
    end_s: float
    angle_deg: float


@dataclass(frozen=True, slots=True)
class Example:
    """One look at a movement: whose, whether it was a repetition, and its features.

    share: of the looks at this movement, times what it counts. form: of what it was besides the
    exercise, "" for none.
    """

    kind: str
    group: int
    is_true: bool
    features: Array
    share: float = 1.0
    form: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, fit and print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the people (default 1)")
    parser.add_argument("--further", action="store_true", help="from the weights there are")
    options = parser.parse_args(arguments)
    share = options.share
    prior = (BIAS, now.TABLE, now.PRODUCTS_ABOVE) if options.further else None
    found: list[Example] = []
    for kind, people, layout in (*TRUE, *NONE):
        for number in range(max(1, round(share * people))):
            found += examples(Job(kind, layout, FIRST_SEED["tuning"] + 400 + number, number))
        print(f"{kind}: {len(found)} looks", file=sys.stderr, flush=True)
    for number in range(max(1, round(share * IDEAL))):
        found += ideal_examples(number)
    print(_quality(found, prior), file=sys.stderr)
    print(_module(*fitted(found, prior)))
    return 0


def examples(job: Job) -> list[Example]:
    """Return every look at a movement that may be a repetition, believed or not."""
    played = play(job)
    with _asked() as looks:
        replay(played.mat, played.frames, lambda _event: None)
    spans = played.scene.spans if played.scene else ()
    done = [Done(t.start_s, t.end_s, t.angle_deg) for t in played.truth]
    return _labelled(looks, done, job, spans)


def ideal_examples(number: int) -> list[Example]:
    """Return every look at some lifts of a leg on a body that has white noise and nothing else."""
    rng = np.random.default_rng([FIRST_SEED["tuning"], number])
    lifts: list[Lift] = []
    for _ in range(IDEAL_LIFTS):
        begin_s = lifts[-1].end_s + float(rng.uniform(1.5, 3.0)) if lifts else IDEAL_REST_S
        up_s, hold_s, down_s = rng.uniform((1.0, 0.5, 1.2), (2.5, 1.5, 3.5)).tolist()
        lifts.append(Lift(begin_s, float(rng.uniform(12.0, 45.0)), up_s, hold_s, down_s))
    span_s = lifts[-1].end_s + IDEAL_REST_S
    noise = noise_scale(span_s, number, (0.5, 1.0, 2.0)[number % 3])
    with _asked() as looks:
        refine.refine(window_of(legs(span_s, *lifts) + noise))
    done = [Done(x.begin_s, x.end_s, x.top_deg) for x in lifts]
    return _labelled(looks, done, Job("ideal", "", number, number), ())


def _labelled(
    looks: Sequence[tuple[RefinedRep, Array]],
    done: Sequence[Done],
    job: Job,
    spans: Sequence[Span],
) -> list[Example]:
    group = zlib.crc32(f"{job.kind} {job.seed}".encode()) % GROUPS
    found = []
    for rep, x in looks:
        is_one = is_true(rep, done)
        if is_one is None or not np.isfinite(x).all():
            continue
        of_it = sum(_are_same(rep, other) for other, _ in looks)
        form = form_in(rep.start_s, rep.end_s, spans) if spans and not is_one else ""
        times = counts(job.kind, rep, done if is_one else ())
        found.append(Example(job.kind, group, is_one, x, times / of_it, form))
    return found


@contextmanager
def _asked() -> Iterator[list[tuple[RefinedRep, Array]]]:
    """Give what the refinement asks the score of meanwhile, and its features."""
    found: list[tuple[RefinedRep, Array]] = []

    def asked(segment: Segment, rep: RefinedRep) -> float:
        found.append((rep, features(segment, rep)))
        return weighed(found[-1][1], BIAS, now.TABLE, now.PRODUCTS_ABOVE)

    with patch.object(refine, "plausibility", asked):
        yield found


def _are_same(x: RefinedRep, y: RefinedRep) -> bool:
    shorter_s = min(x.end_s - x.start_s, y.end_s - y.start_s)
    return min(x.end_s, y.end_s) - max(x.start_s, y.start_s) > SAME_SHARE * shorter_s


def is_true(rep: RefinedRep, truth: Sequence[Done]) -> bool | None:
    """Return whether a movement was one of the true repetitions; None if that is hard to say.

    The rest of one that has been found already, its landing or a late part of its descent, is none.
    """
    lasted_s = rep.end_s - rep.start_s
    shared_s = [min(t.end_s, rep.end_s) - max(t.start_s, rep.start_s) for t in truth]
    if all(both_s < TOUCH_S for both_s in shared_s):
        return False
    for t, both_s in zip(truth, shared_s, strict=True):
        true_s = t.end_s - t.start_s
        if both_s <= SAME_SHARE * min(lasted_s, true_s):
            continue
        if lasted_s >= PART_SHARE * true_s:
            return True
        if rep.start_s > 0.5 * (t.start_s + t.end_s):
            return False
    return None


def counts(kind: str, rep: RefinedRep, truth: Sequence[Done]) -> float:
    """Return how often a movement of this kind counts. truth: none for one that is none."""
    if not truth:
        return ALONE_TIMES if kind in ALONE else 1.0
    top_deg = max(t.angle_deg for t in truth if t.start_s < rep.end_s and rep.start_s < t.end_s)
    return SMALL_TIMES if top_deg < SMALL_DEG else 1.0


def fitted(found: Sequence[Example], prior: Weights | None = None) -> Weights:
    """Return the weights that tell these apart best. prior: what the ridge pulls them to."""
    x = np.array([example.features for example in found])
    y = np.array([example.is_true for example in found], float)
    share = np.array([example.share for example in found])
    mean = np.average(x, axis=0, weights=share)
    sd = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=share)) + 1e-6
    k = x.shape[1]
    first, second = np.triu_indices(k, 1)
    towards = np.zeros(1 + 2 * k + len(first))
    if prior is not None:
        bias, table, products = prior
        mean, sd = table[:, 0], table[:, 1]
        towards = np.concatenate([[bias], table[:, 2], table[:, 3], products[first, second]])
    z = standardised(x, mean, sd)
    rows = np.column_stack([np.ones(len(z)), z, z * z - 1.0, z[:, first] * z[:, second]])
    none_weight = NONE_SHARE * (share @ y) / max(1.0, share @ (1.0 - y))
    times = 1.0 if prior is None else FURTHER
    ridge = np.array([BIAS_RIDGE, *[times * RIDGE] * 2 * k, *[times * PRODUCT_RIDGE] * len(first)])
    b = _logistic(rows, y, share * np.where(y == 1.0, 1.0, none_weight), ridge, towards)
    above = np.zeros((k, k))
    above[first, second] = b[2 * k + 1 :]
    return float(b[0]), np.column_stack([mean, sd, b[1 : k + 1], b[k + 1 : 2 * k + 1]]), above


def _logistic(rows: Array, y: Array, weight: Array, ridge: Array, towards: Array) -> Array:
    """Return the coefficients of a weighted logistic regression with a ridge for each.

    Newton's method; a step that makes matters worse is halved.
    """

    def cost(b: Array) -> float:
        score = rows @ b
        fit = weight @ (np.logaddexp(0.0, score) - y * score)
        return float(fit + 0.5 * ridge @ (b - towards) ** 2)

    b, cost_now = towards.copy(), cost(towards)
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(rows @ b, -30.0, 30.0)))
        lhs = (rows * (weight * p * (1.0 - p))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(lhs, rows.T @ (weight * (p - y)) + ridge * (b - towards))
        while (cost_next := cost(b - step)) > cost_now and np.abs(step).max() > MIN_STEP:
            step *= 0.5
        if cost_next > cost_now:
            break
        b, gained, cost_now = b - step, cost_now - cost_next, cost_next
        if gained < ENOUGH:
            break
    return b


def _quality(found: Sequence[Example], prior: Weights | None) -> str:
    score = np.zeros(len(found))
    for group in range(GROUPS):
        rows = [at for at, example in enumerate(found) if example.group == group]
        score[rows] = _scores_left_out(found, rows, prior)
    are_true = np.array([example.is_true for example in found])
    lines = [f"{are_true.sum()} true, {(~are_true).sum()} none"]
    for percent in (0.5, 1.0, 2.0, 3.0):
        limit = float(np.percentile(score[are_true], percent))
        gone = 100.0 * float(np.mean(score[~are_true] < limit))
        lines.append(f"{percent:g} % of the true below {limit:.1f}, and {gone:.0f} % of the others")
    for form in sorted({example.form for example in found} - {""}):
        rows = [at for at, example in enumerate(found) if example.form == form]
        worst = max(_scores_left_out(found, rows, prior))
        lines.append(f"{form}, left out: {len(rows)} looks, {worst:.1f} at most")
    for other in OTHERS:
        rows = [at for at, example in enumerate(found) if example.kind.startswith(other)]
        scores = np.array(_scores_left_out(found, rows, prior))
        true = are_true[rows]
        lost = 100.0 * float(np.mean(scores[true] < IN_SET_LOG_ODDS))
        kept = 100.0 * float(np.mean(scores[~true] >= PLAUSIBLE_LOG_ODDS))
        lines.append(
            f"{other}, left out: {lost:.1f} % of the true lost, {kept:.0f} % of others kept"
        )
    return "\n".join(lines)


def _scores_left_out(
    found: Sequence[Example], rows: Sequence[int], prior: Weights | None
) -> list[float]:
    """Return the scores of some examples by weights that are fitted to the others."""
    left_out = set(rows)
    weights = fitted([x for at, x in enumerate(found) if at not in left_out], prior)
    return [weighed(found[at].features, *weights) for at in rows]


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
