"""A repetition that is found, fitted a last time: how high the leg went, and when.

A peak's height is read off the curve, and off the shape that was fitted to it. The curve follows
each lift, but is drawn to rest and smooth; the shape is neither, but no leg follows it exactly.
What they are off by has little in common, so their mean is off by less.

A search asks whether there was a lift at all. It begins with a small one, since others are seen in
any case, and knows of no wobble: what it finds reads low, and ends early or late. So it is fitted
once more from there, for a leg that may wobble.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from matfw.messages import RefinedRep
from matfw.refinement.finish import contact_s, finished
from matfw.refinement.missed_lifts import overlap
from matfw.refinement.rep_shape import SPAN_SHARE, rest_nm, usual_shape
from matfw.refinement.segment import Segment
from matfw.refinement.shape_fit import fit_shape
from matfw.refinement.slow_tempo import is_slow
from matfw.refinement.whole_lifts import SURE_AFTER_S

TOP_SD_RAD = 0.15  # about the height that a search has found
REST_S = 0.8  # before and after, that the shape is fitted over too
PUSH_N = 1.5  # smaller hand pushes may be the lift itself
MIN_WAY_S, MIN_HOLD_S = 0.3, 0.05  # that a fit begins with
MAX_STEP_COST = 4.5  # what costs more explains nothing, as `refine.FREE_STEP_COST`
SAME_S = 1.0  # that its ends may move by; what is further off is another movement


def as_finally_fitted(segment: Segment, found: Sequence[RefinedRep]) -> Iterable[RefinedRep]:
    """Return repetitions as they are reported; how likely each one is, is known already.

    At slow tempos a lift is a mean of all that explain it, as it is.
    """
    if is_slow(segment.tempo):
        return found
    return [_fitted(segment, x, [y for y in found if y is not x]) for x in found]


def _fitted(segment: Segment, x: RefinedRep, others: Iterable[RefinedRep]) -> RefinedRep:
    if x.shape_deg is not None:
        return replace(x, angle_deg=0.5 * (x.angle_deg + x.shape_deg))
    if not x.is_searched or x.has_arm:  # what an arm moved is not in this segment's forces
        return x
    again = _searched_again(segment, x)
    if again is None or any(overlap(again, y) and not overlap(x, y) for y in others):
        return x
    return again


def _searched_again(segment: Segment, x: RefinedRep) -> RefinedRep | None:
    """Return what a search has found, with a leg that may wobble; None if that fits elsewhere."""
    up_s = max(MIN_WAY_S, (x.top_s - x.start_s) / SPAN_SHARE)
    down_s = max(MIN_WAY_S, (x.end_s - x.lower_s) / SPAN_SHARE)
    begin_s = 0.5 * (x.start_s + x.top_s - up_s)
    end_s = 0.5 * (x.lower_s + x.end_s + down_s)
    rows = segment.between(begin_s - REST_S, end_s + REST_S)
    t_s = segment.t_s[rows]
    force_n, moment_nm = segment.forces(rows, PUSH_N)
    start = usual_shape(
        (begin_s, up_s, max(MIN_HOLD_S, end_s - down_s - begin_s - up_s), down_s),
        math.radians(x.angle_deg),
        moment_nm=rest_nm(t_s, moment_nm, begin_s),
    )
    fitted = fit_shape(
        t_s, force_n, moment_nm, start,
        model=segment.model, noise_scale=segment.noise_scale, tempo=segment.tempo,
        top_sd_rad=TOP_SD_RAD, seen_s=contact_s(segment, x), seen=segment.seen[rows],
        is_rough=True,
    )  # fmt: skip
    if fitted.cost_per_step > MAX_STEP_COST:
        return None
    again = finished(segment, segment.refined_rep(fitted.params))
    if max(abs(again.start_s - x.start_s), abs(again.end_s - x.end_s)) > SAME_S:
        return None
    if again.end_s > max(x.end_s, float(segment.t_s[-1]) - SURE_AFTER_S):
        return None  # the search has seen more rest after it than there would be
    return replace(
        again,
        plausibility=x.plausibility,
        plates_agree=x.plates_agree,
        wobble_dps2=math.degrees(fitted.wobble_radps2),
    )
