"""After the rep: what it really was, seen from its end. Outside the frame path.

The live line has to speak while things happen. Here the leg's curve is found over the whole stretch
that is not finished, with the rest after it known (`smoother`); peaks that stand out and that load
and moment bear out are repetitions (`curve_lifts`); and each one's times come from a shape fitted
to it (`shape_fit`), as long as it explains load and moment. What the curve alone cannot tell is
tried with a shape of its own: `contact_lifts`, `missed_lifts`, `whole_lifts`, `gap_lifts`; what an
arm hides, with another curve: `thrown_arms`. What is reported is fitted a last time (`final_fit`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np

from matfw.estimation.noise import STEP_S
from matfw.messages import RefinedRep, Tempo
from matfw.refinement.contact_lifts import contact_lifts
from matfw.refinement.curve_lifts import by_strength
from matfw.refinement.final_fit import as_finally_fitted
from matfw.refinement.finish import contact_s, finished
from matfw.refinement.gap_lifts import gap_lifts, with_gaps_filled
from matfw.refinement.hands import THROWN
from matfw.refinement.landed import has_just_landed
from matfw.refinement.missed_lifts import is_in_set, missed_lifts, overlap
from matfw.refinement.peaks import Peak, crossings_s, have_pauses
from matfw.refinement.plausibility import plausibility
from matfw.refinement.rep_shape import (
    SPAN_SHARE,
    paused_s,
    top_rad,
    usual_shape,
)
from matfw.refinement.rep_shape import crossings_s as shape_crossings_s
from matfw.refinement.segment import Segment
from matfw.refinement.shape_fit import MayPause, fit_shape
from matfw.refinement.slow_lifts import slow_lifts, without_slow
from matfw.refinement.slow_tempo import is_slow
from matfw.refinement.thrown_arms import may_have_arms, with_arms
from matfw.refinement.whole_lifts import NEWS_S, whole_lifts
from matfw.refinement.windows import AGAIN_S, RepWindow

FIT_TAIL = 0.35  # of a way's middle: 0.16-0.30 over speed profiles
AGREE_DEG = 6.0  # a shape whose top is further from the curve's is sure only if seen twice
# A shape's cost a step above which this leg follows none and the curve's times count:
# 95 % of paced reps cost less than 5.9, half of those without a pace (clams) more than 15.
FREE_STEP_COST = 4.5
LEFT_SHARE = 0.08  # ... or this share of what there was to explain: a flung leg shakes the body
NOISE_PUSH_N = 1.5  # smaller hand pushes are left to the shape's own noise
SHORTEST_WAY_S, LONGEST_UP_S, LONGEST_DOWN_S = 0.3, 3.2, 4.8  # that a fit begins with
DOWN_DEG, DOWN_SHARE = 4.0, 0.15  # below which, or this share of its top, a leg has come down
OVERLAP_S = 0.5  # that two repetitions may share: their crossings are known no better
REST_BEFORE_S, REST_AFTER_S = 0.8, 0.6  # of a repetition, that its shape is fitted over too
# Of rest that an early look must have seen for the end to be where later looks have it: with 0.45 s
# they agree within 0.05 s in the median; with less rest the end is drawn towards the last row.
SURE_AFTER_S = 0.45
# A descent that took such a share of what was asked for, but no fall, of a lift so high, and that
# the curve sees end so much later, may be the first of two parts: the leg stands at some 15 deg
# then, where load and moment are those of rest. At first looks at tuning people the curve sees 1 of
# 91 whole ones end so late, and four of six first parts. The second shows after as long as a leg
# pauses, and begins.
PART_SHARES, CURVE_LATER_S, PART_OF_DEG = (0.38, 0.85), 0.2, 20.0
PART_AFTER_S = 1.5
SHORTEST_REP_S = 1.5
DIGITS = 6  # after the point: a microsecond, a millionth of a degree
# What plates say for a leg raise that saw the leg leave so little before it, or this much within
# it, and land so little after: of a lift 0.2-0.6 s before and 0.4-0.8 s after.
CONTACT_LOG_ODDS, CONTACT_BEFORE_S, CONTACT_AFTER_S, CONTACT_WITHIN_S = 3.0, 1.0, 1.4, 0.2


def refine(window: RepWindow, finished_s: float = -math.inf) -> list[RefinedRep]:
    """Return the repetitions in a window, oldest first; often one, none for a false start.

    finished_s: until when all is known.
    """
    if window.is_news and not has_just_landed(window):
        return []
    segment = Segment.of(window, finished_s)
    if segment is None:
        return []
    found = _news_of(segment) if window.is_news else _all_of(window, segment, finished_s)
    may_lack = window.is_left or have_ended(found, float(segment.t_s[-1]))
    if may_lack and not is_slow(segment.tempo):
        completed = partial(_completed, segment)
        lifts = gap_lifts(segment, found, completed, finished_s=finished_s, is_left=window.is_left)
        found = with_gaps_filled(found, _in_order(lifts))
    return _in_order(as_finally_fitted(segment, found))


def _news_of(segment: Segment) -> list[RefinedRep]:
    """Return what a search finds that has just ended."""
    lifts = _news(segment, _whole_lifts(segment, (), has_landed=True))
    return _in_order(_completed(segment, x) for x in lifts)


def _all_of(window: RepWindow, segment: Segment, finished_s: float) -> list[RefinedRep]:
    """Return the repetitions of a window as its curve has them, or another one with an arm."""
    if window.ended_s < finished_s + SHORTEST_REP_S:
        # Who gets up after all is known may have done one more that nothing noticed, and no other.
        return []
    found = _found(window, segment)
    if not window.is_early and may_have_arms(segment, found):
        found = with_arms(found, _found(window, segment.with_hand(THROWN)))
    return found


def _found(window: RepWindow, segment: Segment) -> list[RefinedRep]:
    """Return the repetitions of a window as its curve has them."""
    strong, weak, weak_peaks = by_strength(segment)
    has_landed = False
    if window.is_early and not is_slow(segment.tempo):
        last = max((x for x, _ in (*strong, *weak)), key=lambda x: x.end_s, default=None)
        has_landed = last is None and has_just_landed(window)
        if last is None and not has_landed:
            return []  # nothing would be sure: what costs time is left out
        # What comes after may be an ascent alone; what came before is finished with this one.
        weak_peaks = [x for x in weak_peaks if last is not None and x.end_s < last.start_s]
    shaped = partial(_shaped, segment, is_last=not is_looked_at_again(window))
    found = [shaped(rough, peak) for rough, peak in strong]
    roughs = [rough for rough, _ in strong]
    others_found = list(found)
    for rough, peak in weak:
        others = [*others_found, *(y for y, _ in weak if y is not rough)]
        if is_in_set(rough, others, segment.finished_s):
            found.append(shaped(rough, peak))
            roughs.append(rough)
    found = _apart(found, roughs)
    lifts = contact_lifts(segment, found)
    found = [x for x in found if not any(overlap(x, y) for y in lifts)] + lifts
    # What is dear is left out of an early look that finishes nothing.
    is_due = not window.is_early or have_ended(found, float(segment.t_s[-1]))
    if is_due and not is_slow(segment.tempo):
        found += missed_lifts(segment, weak_peaks, found, partial(plausibility, segment))
        found += _whole_lifts(segment, found)
    elif has_landed:
        found += _news(segment, _whole_lifts(segment, found, has_landed=True))
    if window.is_left:
        found = [x for x in found if _has_ended(segment, x)]
    slow = slow_lifts(segment, is_left=window.is_left)
    found = without_slow(segment, found, slow, is_left=window.is_left)
    completed = [_completed(segment, x) for x in found]
    completed += [finished(segment, x) for x in slow]  # load says nothing of them to be weighed
    return _in_order(completed)


def _in_order(found: Iterable[RefinedRep]) -> list[RefinedRep]:
    return sorted(map(_rounded, found), key=lambda x: x.start_s)


def _rounded(x: RefinedRep) -> RefinedRep:
    """Return it without the digits that no measurement reaches.

    numpy adds in an order that depends on where an array lies in memory, so the last bits differ
    from process to process; the same frames are to give the same events.
    """
    values = {field.name: getattr(x, field.name) for field in fields(x)}
    exact: dict[str, Any] = {
        name: round(value, DIGITS) for name, value in values.items() if isinstance(value, float)
    }
    return replace(x, **exact)


def _whole_lifts(
    segment: Segment, found: Sequence[RefinedRep], *, has_landed: bool = False
) -> list[RefinedRep]:
    """Return the lifts besides those found. One alone may be an arm: it takes another near it."""
    plausible = partial(plausibility, segment)
    lifts = whole_lifts(segment, found, plausible, has_landed=has_landed)
    return [
        x
        for x in lifts
        if is_in_set(x, [*found, *(y for y in lifts if y is not x)], segment.finished_s)
    ]


def _news(segment: Segment, lifts: Sequence[RefinedRep]) -> Sequence[RefinedRep]:
    """Return them if the last one has just ended."""
    last_end_s = max((x.end_s for x in lifts), default=-math.inf)
    return lifts if float(segment.t_s[-1]) - last_end_s < NEWS_S else ()


def is_looked_at_again(window: RepWindow) -> bool:
    """Return whether the rest has just begun: it may be a hold, and is looked at once more."""
    if window.is_left or is_slow(window.tempo) or not window.motions:
        return False
    return window.is_early or window.motions[-1].t_s - window.ended_s < AGAIN_S - STEP_S


def known_from_s(x: RefinedRep, tempo: Tempo) -> float:
    """Return from when on the end of what was found is where later looks have it."""
    least, most = PART_SHARES
    is_short = least * tempo.down_s < x.down_s < most * tempo.down_s
    is_later = x.curve_end_s > x.end_s + CURVE_LATER_S
    if is_short and is_later and x.angle_deg > PART_OF_DEG and not x.paused_down_s:
        return max(x.end_s + PART_AFTER_S, x.curve_end_s + SURE_AFTER_S)
    return x.end_s + SURE_AFTER_S


def have_ended(found: Sequence[RefinedRep], now_s: float) -> bool:
    """Return whether there are some, and the last one's end is known."""
    last_end_s = max((x.end_s for x in found), default=math.inf)
    return now_s - last_end_s >= SURE_AFTER_S


def _has_ended(segment: Segment, x: RefinedRep) -> bool:
    """Return whether the leg had come down before the body left, and was not just coming down."""
    after_deg = segment.angle_deg[segment.t_s >= x.lower_s]
    is_down = len(after_deg) > 0 and float(after_deg.min()) < max(
        DOWN_DEG, DOWN_SHARE * x.angle_deg
    )
    return is_down and x.end_s <= float(segment.t_s[-1])


def _shaped(segment: Segment, rough: RefinedRep, peak: Peak, *, is_last: bool) -> RefinedRep:
    """Return the repetition with its times from a fitted shape, or as it is if none fits.

    is_last: nothing more will be known, and what is here was seen to be down.
    """
    start_s, top_s, lower_s, end_s = crossings_s(segment.t_s, segment.angle_deg, peak, FIT_TAIL)
    up_s = min(max((top_s - start_s) / SPAN_SHARE, SHORTEST_WAY_S), LONGEST_UP_S)
    down_s = min(max((end_s - lower_s) / SPAN_SHARE, SHORTEST_WAY_S), LONGEST_DOWN_S)
    begin_s = 0.5 * (start_s + top_s - up_s)
    end_s = 0.5 * (lower_s + end_s + down_s)
    lift_off_s, touch_down_s = contact_s(segment, rough)
    if lift_off_s is not None:
        begin_s, up_s = lift_off_s, max(SHORTEST_WAY_S, up_s + begin_s - lift_off_s)
    if touch_down_s is not None:
        end_s, down_s = touch_down_s, max(SHORTEST_WAY_S, down_s + touch_down_s - end_s)
    hold_s = max(0.05, end_s - down_s - begin_s - up_s)
    t_s, curve = segment.t_s, segment.curve
    rows = segment.between(begin_s - REST_BEFORE_S, begin_s + up_s + hold_s + down_s + REST_AFTER_S)
    force_n, moment_nm = segment.forces(rows, NOISE_PUSH_N)
    left_nm = moment_nm - segment.model.moment_nm(
        curve.angle_rad[rows], curve.rate_radps[rows], curve.accel_radps2[rows]
    )
    seen = segment.seen[rows]
    measured_nm = left_nm[seen > 0.0]
    level_nm = float(np.median(measured_nm)) if len(measured_nm) else 0.0
    start = usual_shape(
        (begin_s, up_s, hold_s, down_s), math.radians(rough.angle_deg), moment_nm=level_nm
    )
    fitted = fit_shape(
        t_s[rows], force_n, moment_nm, start,
        model=segment.model, noise_scale=segment.noise_scale, tempo=segment.tempo,
        seen_s=(lift_off_s, touch_down_s), seen=seen, is_rough=True,
        may_pause=MayPause(*have_pauses(curve.rate_radps, peak)),
    )  # fmt: skip
    params = fitted.params
    shape_deg = math.degrees(top_rad(params))
    fit_error_deg = abs(shape_deg - rough.angle_deg)
    # With its ends held where plates saw them, a height that disagrees says they were another's.
    is_held = lift_off_s is not None or touch_down_s is not None
    if (is_held and fit_error_deg > AGREE_DEG) or fitted.cost_per_step > max(
        FREE_STEP_COST, LEFT_SHARE * fitted.at_rest_per_step
    ):
        return replace(rough, fit_error_deg=fit_error_deg)
    start_s, top_s, lower_s, end_s = shape_crossings_s(params)
    paused_up_s, paused_down_s = paused_s(params)
    if end_s > t_s[-1]:
        end_s = rough.end_s if is_last else float(t_s[-1])  # then: still coming down
        return replace(rough, end_s=end_s, fit_error_deg=fit_error_deg)
    if start_s < t_s[0]:
        # It began before what was looked at, or the first row is no rest: its times are not known.
        return replace(rough, fit_error_deg=math.inf)
    return replace(
        rough,
        start_s=start_s,
        top_s=top_s,
        lower_s=lower_s,
        end_s=end_s,
        fit_error_deg=fit_error_deg,
        is_fitted=True,
        paused_up_s=paused_up_s,
        paused_down_s=paused_down_s,
        curve_end_s=rough.end_s,
        shape_deg=shape_deg,
        wobble_dps2=math.degrees(fitted.wobble_radps2),
    )


def _apart(found: Sequence[RefinedRep], roughs: Sequence[RefinedRep]) -> list[RefinedRep]:
    """Return them, those whose shape reaches into another one as the curve has them."""
    apart = list(found)
    for _ in found:
        reaching = [
            any(
                min(x.end_s, y.end_s) - max(x.start_s, y.start_s) >= OVERLAP_S
                for y in apart
                if y is not x
            )
            for x in apart
        ]
        apart = [
            rough if is_in else x for x, rough, is_in in zip(apart, roughs, reaching, strict=True)
        ]
    return apart


def _completed(segment: Segment, x: RefinedRep) -> RefinedRep:
    """Return it with all that is said of one."""
    return _weighed(segment, finished(segment, x))


def _weighed(segment: Segment, x: RefinedRep) -> RefinedRep:
    """Add how likely it is one at all."""
    plates_agree = _agrees_with_contact(segment, x)
    log_odds = plausibility(segment, x) + (CONTACT_LOG_ODDS if plates_agree else 0.0)
    return replace(x, plausibility=log_odds, plates_agree=plates_agree)


def _agrees_with_contact(segment: Segment, x: RefinedRep) -> bool:
    """Return whether plates saw the leg leave and land just when it began and ended."""
    lift_off_s, touch_down_s = contact_s(segment, x)
    return (
        lift_off_s is not None
        and touch_down_s is not None
        and -CONTACT_WITHIN_S < x.start_s - lift_off_s < CONTACT_BEFORE_S
        and -CONTACT_WITHIN_S < touch_down_s - x.end_s < CONTACT_AFTER_S
    )
