"""Times and height of a lift at a slow tempo: the mean of all that may have been done.

The moment shows when a slow way was half done to a few tenths of a second, and next to nothing of
its length: sway and breath are as slow as the way. The likeliest shape is then one of many, and
mostly one whose ways are too short, since a level that wanders takes over the ends of a long one.
So both ways are laid wherever they may be and as long as they may take; each pair is weighed by
how well it explains moment and load beside what else moves them (the covariance of `way_filters`,
generalised least squares), its height and both levels left free, and by how near it is to the tempo
asked for, which people follow or do not; and what is reported is the mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matfw.estimation.leg_model import Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import Tempo
from matfw.refinement.rep_shape import shape_rad, usual_shape
from matfw.refinement.segment import Segment
from matfw.refinement.way_filters import (
    FINE,
    ROW_S,
    ROW_STEPS,
    STANDS_S,
    TOP_RAD,
    covariance,
    means,
)

BESIDE_S = 2.0  # of rest on either side, as far as no other lift is there
SLACK_S = 3.0  # that a way's middle may be from where it was laid: found 1.1 s off (sd)
LENGTHS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35)  # times what is asked for
# The filters' variances are a restless body's; of them times this body's noise scale. With a
# quarter two good ways of 155 read as rushed by a tenth, with half and with 1 none, but 27 and 13
# of 49 rushed ones instead of 35 (tuning people, three simulators).
NOISE_SHARE = 0.35
# How likely both ways are as asked for, of the rest neither, and either one alone; whoever hurries
# mostly hurries both ways. With 0.6 of each alone two of sixteen done at 3-1-3 were called clean.
FOLLOWS, NEITHER, ONE = 0.4, 0.5, 0.25
HOLD_FOLLOWS = 0.9  # a hold; with 0.6 good ones read 0.44 s long in the mean instead of 0.29
WAY_SD = 0.12  # logarithm of one that is, over what is asked for
HOLD_SD_S, HOLD_SD_SHARE = 0.3, 0.15  # of a hold that is, and of what is asked for besides
HOLD_MOST_S, HOLD_MOST_SHARE = 3.0, 2.0  # of a hold that is as it likes, likewise
HEIGHT_MEAN, HEIGHT_SD = 1.0, 0.35  # of the fall of a moment, in that of the usual top
WHITENERS = 16  # as many lengths of stretches as one set has


@dataclass(frozen=True, slots=True)
class _Ways:
    """All places and lengths of one way, (k,). done: to moment and load, (k, 2 rows)."""

    middle_s: Array
    length_s: Array
    done: Array
    as_asked: Array  # how likely each is of somebody who follows the tempo ...
    as_liked: Array  # ... and of one who does not


def slow_shape(
    segment: Segment, begin_s: float, done: Tempo, beside_s: tuple[float, float]
) -> Array:
    """Return the mean shape, (12,), of a lift that was laid at begin_s with the tempo done.

    beside_s: from, to where no other lift is.
    """
    end_s = begin_s + done.up_s + done.hold_s + done.down_s
    at_s, data = _stretch(
        segment, max(begin_s - BESIDE_S, beside_s[0]), min(end_s + BESIDE_S, beside_s[1])
    )
    asked, model = segment.tempo, segment.model
    up = _ways(model, at_s, begin_s + 0.5 * done.up_s, asked.up_s, is_up=True)
    down = _ways(model, at_s, end_s - 0.5 * done.down_s, asked.down_s, is_up=False)
    weight, share = _likely(up, down, data, asked.hold_s, NOISE_SHARE * segment.noise_scale)
    of_up, of_down = weight.sum(axis=1), weight.sum(axis=0)
    up_s, down_s = float(of_up @ up.length_s), float(of_down @ down.length_s)
    rises_s, lowers_s = float(of_up @ up.middle_s), float(of_down @ down.middle_s)
    hold_s = max(0.0, lowers_s - rises_s - 0.5 * (up_s + down_s))
    top_rad = _top_rad(model, float((weight * share).sum()))
    return usual_shape((rises_s - 0.5 * up_s, up_s, hold_s, down_s), top_rad, sag=0.0)


def _stretch(segment: Segment, from_s: float, to_s: float) -> tuple[Array, Array]:
    """Return the middles of rows from, to, and moment and load of each, (2, rows)."""
    data = means(segment)
    first = len(segment.t_s) - data.shape[1] * ROW_STEPS
    at_s = segment.t_s[first::ROW_STEPS] + 0.5 * (ROW_STEPS - 1) * STEP_S
    near = (at_s >= from_s) & (at_s <= to_s)
    return at_s[near], data[:, near]


def _ways(model: LegModel, at_s: Array, near_s: float, asked_s: float, *, is_up: bool) -> _Ways:
    """Return the ways whose middle is near a time, at rows (n,)."""
    count = round(SLACK_S / ROW_S)
    middle_row = round((near_s - float(at_s[0])) / ROW_S)
    middles = middle_row + np.arange(-count, count + 1)
    furthest = int(max(np.abs(middles).max(), np.abs(len(at_s) - middles).max()))
    lengths_s = asked_s * np.array(LENGTHS)
    done = []
    for length_s in lengths_s:
        series = _series(model, float(length_s), furthest, is_up=is_up)
        done += [series[:, furthest - row : furthest - row + len(at_s)].ravel() for row in middles]
    logs = np.log(LENGTHS)
    near = np.gradient(logs) * _normal(logs, WAY_SD)
    any_one = np.gradient(logs) / (logs[-1] - logs[0])
    return _Ways(
        np.tile(float(at_s[0]) + ROW_S * middles, len(lengths_s)),
        np.repeat(lengths_s, len(middles)),
        np.array(done),
        np.repeat(near, len(middles)),
        np.repeat(any_one, len(middles)),
    )


def _series(model: LegModel, length_s: float, rows: int, *, is_up: bool) -> Array:
    """Return what a way does to moment and load, rows before its middle to rows after, (2, n).

    Before an ascent nothing; before a descent nothing too, after it what the leg had lowered.
    """
    a_row, fine_s = ROW_STEPS * FINE, STEP_S / FINE
    at_s = ((np.arange((2 * rows + 1) * a_row) + 0.5) / a_row - rows - 0.5) * ROW_S
    begin_s = -0.5 * length_s if is_up else -1.5 * length_s - STANDS_S
    angle = shape_rad(usual_shape((begin_s, length_s, STANDS_S, length_s), TOP_RAD, sag=0.0), at_s)
    rate = np.gradient(angle, fine_s)
    both = np.stack(model.force_and_moment(angle, rate, np.gradient(rate, fine_s))[::-1])
    if not is_up:
        both[0] += usual_fall_nm(model)
    return np.asarray(both.reshape(2, 2 * rows + 1, a_row).mean(axis=2))


def _likely(
    up: _Ways, down: _Ways, data: Array, asked_hold_s: float, noise: float
) -> tuple[Array, Array]:
    """Return how likely each ascent with each descent is, and its height's best, (k, k) both."""
    whiten = _whitener(data.shape[1]) / math.sqrt(noise)
    ascents, descents, seen = up.done @ whiten.T, down.done @ whiten.T, whiten @ data.ravel()
    known = 1.0 / HEIGHT_SD**2
    match = (ascents @ seen)[:, None] + (descents @ seen)[None, :] + HEIGHT_MEAN * known
    energy = (ascents**2).sum(axis=1)[:, None] + (descents**2).sum(axis=1)[None, :]
    energy = energy + 2.0 * ascents @ descents.T + known
    prior = _prior(up, down, asked_hold_s)
    log_prior = np.log(prior, where=prior > 0.0, out=np.full_like(prior, -np.inf))
    log_weight = 0.5 * match**2 / energy - 0.5 * np.log(energy) + log_prior
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), match / energy


def _prior(up: _Ways, down: _Ways, asked_hold_s: float) -> Array:
    """Return how likely each ascent with each descent is beforehand, (k, k)."""
    tops_s, lowers_s = up.middle_s + 0.5 * up.length_s, down.middle_s - 0.5 * down.length_s
    hold_s = lowers_s[None, :] - tops_s[:, None]
    sd_s, most_s = (
        more_s + share * asked_hold_s
        for more_s, share in ((HOLD_SD_S, HOLD_SD_SHARE), (HOLD_MOST_S, HOLD_MOST_SHARE))
    )
    held = HOLD_FOLLOWS * _normal(hold_s - asked_hold_s, sd_s) + (1.0 - HOLD_FOLLOWS) / most_s
    neither = NEITHER * np.outer(up.as_liked, down.as_liked)
    one = ONE * (np.outer(up.as_asked, down.as_liked) + np.outer(up.as_liked, down.as_asked))
    ways = FOLLOWS * np.outer(up.as_asked, down.as_asked) + (1.0 - FOLLOWS) * (neither + one)
    return np.where(hold_s < 0.0, 0.0, ways * held)


def _normal(off: Array, sd: float) -> Array:
    return np.asarray(np.exp(-0.5 * (off / sd) ** 2) / (sd * math.sqrt(2.0 * math.pi)))


@lru_cache(maxsize=WHITENERS)
def _whitener(rows: int) -> Array:
    """Return what makes moment and load of successive rows white, and takes their levels off."""
    whiten = np.linalg.inv(np.linalg.cholesky(covariance(rows)))
    levels, _ = np.linalg.qr(whiten @ np.repeat(np.eye(2), rows, axis=0))
    return np.asarray(whiten - levels @ (levels.T @ whiten))


def usual_fall_nm(model: LegModel) -> float:
    """Return by how much a leg at the usual top lowers the moment."""
    return float(_falls_nm(model, np.array([TOP_RAD]))[0])


def _top_rad(model: LegModel, share: float) -> float:
    """Return how high a leg is that lowers the moment by this share of the usual fall."""
    angles = np.radians(np.arange(90.0))
    return float(np.interp(share * usual_fall_nm(model), _falls_nm(model, angles), angles))


def _falls_nm(model: LegModel, angle_rad: Array) -> Array:
    zero = np.zeros(len(angle_rad))
    return np.asarray(-model.moment_nm(angle_rad, zero, zero))
