"""Lifts at a slow tempo that was asked for: found by the moment alone.

A leg that takes four seconds or more to rise pushes with a few tenths of a newton, less than a
heart does, and one that is held for ten is pulled to rest by the curve's own priors while its
resting levels take over the moment. What stays is the moment: 4 to 12 N m lower while the leg is
up, and back afterwards, against 0.4 to 0.9 N m of sway (virtual people). So the shape asked for,
somewhat faster and slower, is laid over the moment wherever it fits in, with a level and a slope of
its own. Its times are then the mean of all that may have been done there (`slow_fit`); of a long
hold between quick ways they are fitted as any other's (`shape_fit`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from matfw.estimation.leg_model import Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import RefinedRep, Tempo
from matfw.refinement.held_lifts import held_lifts, usual_nm
from matfw.refinement.missed_lifts import overlap
from matfw.refinement.moment_levels import Levels, levels
from matfw.refinement.rep_shape import MOMENT_NM, SAG, TYPICAL_SAG, shape_rad, usual_shape
from matfw.refinement.segment import Segment
from matfw.refinement.shape_fit import fit_shape
from matfw.refinement.slow_fit import slow_shape
from matfw.refinement.slow_tempo import (
    AROUND_S,
    HOLDS,
    LONG_HOLD_S,
    is_cut_short,
    is_long_hold,
    is_slow,
    longest_s,
    tempos_near,
)

COARSE_STEPS = 4  # of 50 ms that the shape is laid by
USUAL_TOP_RAD = math.radians(38.0)  # a shape's curve by the cosine hardly depends on it
MIN_DEG, MAX_DEG = 10.0, 75.0
MIN_NM = 2.0  # for a body of usual noise scale
MIN_OVER_REST = 2.6  # times what is left: sway and what is no such lift leave more
OVERLAP_S = 0.5  # that it may begin before what is finished ends
TOP_SD_RAD = 0.05
# Of its length, and at most, that a fitted end may lie from where the shape lay.
NEAR_SHARE, NEAR_S = 0.2, 2.5
# Of rest after a mean end: what is laid over a slow lift looks over as long as it comes down.
AFTER_S = 1.0
SHORT_HOLD_S = 4.0  # up to which the curve follows a lift


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a shape lies. fall_nm: of the moment at its top. score: fall over what is left.

    is_sure: whether its end needs no more to be seen.
    """

    begin_s: float
    tempo: Tempo
    fall_nm: float
    score: float
    is_sure: bool = True

    @property
    def end_s(self) -> float:
        return self.begin_s + self.tempo.up_s + self.tempo.hold_s + self.tempo.down_s


def slow_lifts(segment: Segment, *, is_left: bool = False) -> list[RefinedRep]:
    """Return the lifts at the tempo asked for, none if that is no slow one.

    is_left: the body began to leave at the segment's end: there is no more to wait for.
    """
    if not is_slow(segment.tempo):
        return []
    is_long = is_long_hold(segment.tempo)
    matches = _held(segment, is_left=is_left) if is_long else _laid(segment)
    known_s = math.inf if is_left else _known_s(segment)
    rep = _fitted if is_long else partial(_meant, others=matches)
    reps = [
        rep(segment, match)
        for match in matches
        if match.begin_s > segment.finished_s - OVERLAP_S
        and (
            match.begin_s < known_s
            or (match.is_sure and not is_cut_short(match.tempo, segment.tempo))
        )
    ]
    seen_s = float(segment.t_s[-1]) - (0.0 if is_left or is_long else AFTER_S)
    return [x for x in reps if x.end_s < seen_s]


def _held(segment: Segment, *, is_left: bool) -> list[_Match]:
    """Return the lifts of a long hold between quick ways; shorter ones are left to the curve."""
    longest_s = HOLDS[-1] * segment.tempo.hold_s
    fall_nm = usual_nm(segment.model)
    return [
        _Match(x.begin_s, x.tempo, x.share * fall_nm, x.gain, x.is_sure)
        for x in held_lifts(segment, segment.tempo, longest_s, is_left=is_left)
        if x.tempo.hold_s > SHORT_HOLD_S
    ]


def _laid(segment: Segment) -> list[_Match]:
    """Return where the shape asked for, somewhat quicker or slower, lies on the moment."""
    min_nm = max(MIN_NM * math.sqrt(segment.noise_scale), _fall_nm(segment.model, MIN_DEG))
    max_nm = _fall_nm(segment.model, MAX_DEG)
    matches = [
        match
        for tempo in tempos_near(segment.tempo)
        for match in _matches(segment, tempo, (min_nm, max_nm))
    ]
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda match: -match.score):
        if all(match.begin_s >= x.end_s or match.end_s <= x.begin_s for x in kept):
            kept.append(match)
    return [match for match in kept if _has_returned(segment, match)]


def without_slow(
    segment: Segment,
    found: Collection[RefinedRep],
    slow: Collection[RefinedRep],
    *,
    is_left: bool,
) -> list[RefinedRep]:
    """Return of other findings those that are no part of a slow lift, found or under way."""
    if not is_slow(segment.tempo):
        return list(found)
    known_s = math.inf if is_left else _known_s(segment)
    return [x for x in found if x.start_s < known_s and not any(overlap(x, y) for y in slow)]


def _known_s(segment: Segment) -> float:
    """Return before when a lift would have begun whose end has been seen.

    A long hold may last longer than asked for: what comes sooner may be a part of it.
    """
    asked = segment.tempo
    is_long = asked.hold_s > LONG_HOLD_S
    whole_s = asked.up_s + asked.hold_s + asked.down_s + 2.0 * AROUND_S
    return float(segment.t_s[-1]) - (longest_s(asked) if is_long else whole_s) + AROUND_S


def _has_returned(segment: Segment, match: _Match) -> bool:
    """Return whether the moment is back after a lift: else the leg is still up, or was no leg."""
    found = _levels(segment, match)
    return found is not None and found.has_returned


def _levels(segment: Segment, match: _Match) -> Levels | None:
    top_s = match.begin_s + match.tempo.up_s
    return levels(segment, match.begin_s, top_s, top_s + match.tempo.hold_s, match.end_s)


def _fall_nm(model: LegModel, angle_deg: float) -> float:
    """Return by how much the moment of a leg that stands is lower than at rest."""
    angle_rad, zero = np.radians([0.0, angle_deg]), np.zeros(2)
    rest_nm, up_nm = model.moment_nm(angle_rad, zero, zero)
    return float(rest_nm - up_nm)


def _matches(segment: Segment, tempo: Tempo, falls_nm: tuple[float, float]) -> list[_Match]:
    """Return where the shape stands out of the moment, by a fall from, to."""
    rows = len(segment.moment_nm) // COARSE_STEPS
    coarse_s = COARSE_STEPS * STEP_S
    length_s = tempo.up_s + tempo.hold_s + tempo.down_s
    steps = round((length_s + 2.0 * AROUND_S) / coarse_s)
    if steps > rows:
        return []
    means = segment.moment_nm[-rows * COARSE_STEPS :].reshape(rows, COARSE_STEPS).mean(axis=1)
    at_s = segment.t_s[-rows * COARSE_STEPS :: COARSE_STEPS]
    middle_s = np.asarray((np.arange(steps) + 0.5) * coarse_s - AROUND_S, np.float64)
    times_s = (tempo.up_s, tempo.hold_s, tempo.down_s)
    angle_rad = shape_rad(usual_shape((0.0, *times_s), USUAL_TOP_RAD, sag=0.0), middle_s)
    zero = np.zeros(steps)
    fall = segment.model.moment_nm(zero, zero, zero) - segment.model.moment_nm(
        angle_rad, zero, zero
    )
    columns = np.column_stack([-fall / fall.max(), np.ones(steps), np.linspace(-1.0, 1.0, steps)])
    spans = np.lib.stride_tricks.sliding_window_view(means, steps)
    numbers = spans @ np.linalg.pinv(columns).T
    left = spans - numbers @ columns.T
    left_nm = np.sqrt(np.mean(left**2, axis=1))
    fall_nm = numbers[:, 0]
    scores = fall_nm / left_nm
    is_one = (scores > MIN_OVER_REST) & (fall_nm > falls_nm[0]) & (fall_nm < falls_nm[1])
    return [
        _Match(float(at_s[i]) + AROUND_S, tempo, float(fall_nm[i]), float(scores[i]))
        for i in np.flatnonzero(is_one)
    ]


def _meant(segment: Segment, match: _Match, *, others: Sequence[_Match]) -> RefinedRep:
    """Return the repetition with the mean of the times that it may have."""
    from_s = max([segment.finished_s, *(x.end_s for x in others if x.end_s <= match.begin_s)])
    to_s = min([math.inf, *(x.begin_s for x in others if x.begin_s >= match.end_s)])
    return segment.refined_rep(slow_shape(segment, match.begin_s, match.tempo, (from_s, to_s)))


def _as_it_lay(segment: Segment, match: _Match) -> Array:
    times_s = (match.begin_s, match.tempo.up_s, match.tempo.hold_s, match.tempo.down_s)
    degrees = np.arange(0.0, 90.0)
    falls = [_fall_nm(segment.model, float(angle_deg)) for angle_deg in degrees]
    top_rad = math.radians(float(np.interp(match.fall_nm, falls, degrees)))
    return usual_shape(times_s, top_rad, sag=0.0)


def _fitted(segment: Segment, match: _Match) -> RefinedRep:
    """Return the repetition with its times from a fitted shape, or from where the shape lay."""
    start = _as_it_lay(segment, match)
    as_it_lay = segment.refined_rep(start)
    rows = segment.between(match.begin_s - AROUND_S, match.end_s + AROUND_S)
    before = segment.between(match.begin_s - AROUND_S, match.begin_s)
    level_nm = float(np.median(segment.moment_nm[before]))
    start[[SAG, MOMENT_NM]] = TYPICAL_SAG, level_nm
    # What the curve took for a hand or for another resting level may be the leg.
    force_n = segment.load_n[rows] - float(np.median(segment.load_n[rows]))
    fit = partial(fit_shape, segment.t_s[rows], force_n, segment.moment_nm[rows], start)
    fitted = segment.refined_rep(
        fit(
            model=segment.model, noise_scale=segment.noise_scale, tempo=segment.tempo,
            top_sd_rad=TOP_SD_RAD,
        ).params
    )  # fmt: skip
    near_s = min(NEAR_SHARE * (match.end_s - match.begin_s), NEAR_S)
    agrees = (
        abs(fitted.start_s - as_it_lay.start_s) < near_s
        and abs(fitted.end_s - as_it_lay.end_s) < near_s
        and fitted.end_s < segment.t_s[-1]
        and fitted.angle_deg > MIN_DEG
    )
    return fitted if agrees else as_it_lay
