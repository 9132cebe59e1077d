"""The curve's peaks, measured: which of them load and moment bear out as lifts.

Alone, beside others, or not at all: a weak peak may still be a lift of which the curve lost the
rest (`missed_lifts`).
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.leg_model import Array
from matfw.messages import RefinedRep
from matfw.refinement.moment_levels import has_come_down
from matfw.refinement.peaks import Peak, crossings_s, peaks
from matfw.refinement.segment import Segment
from matfw.refinement.slow_tempo import LONG_HOLD_S

READ_TAIL = 0.6  # of a way's middle: 0.16-0.30 over speed profiles
TOP_SHARE = 0.85  # of the height from which on the hips are read
AROUND_S = 0.2  # around a repetition that its evidence and its shift's course are taken from
# By how much better load and moment are explained with this leg than without: twice the log
# likelihood, added to the height's degrees. On 32 tuning people a kind of two simulations 99 % of
# true repetitions (95 % under stress) and 3 % of what stood out and was none have 38 or more.
# A lone one needs more, or waits for another: arms and sways come alone, repetitions do not.
EVIDENCE_SD_N, EVIDENCE_SD_NM, EVIDENCE_ROBUST = 0.9, 1.0, 3.0
LOAD_PER_DEG, MOMENT_PER_DEG = 20.0, 40.0
BORNE_OUT_DEG, BORNE_OUT_ALONE_DEG = 40.0, 50.0
LONGEST_REP_S = 14.0
HIGHEST_DEG = 85.0  # what reads higher was a body that rocks


def by_strength(
    segment: Segment,
) -> tuple[list[tuple[RefinedRep, Peak]], list[tuple[RefinedRep, Peak]], list[RefinedRep]]:
    """Return the curve's peaks, measured: those borne out alone, beside others, and not at all."""
    strong, weak, weak_peaks = [], [], []
    for peak in peaks(segment.angle_deg, segment.first):
        rough = _measure(segment, peak)
        strength_deg = _strength_deg(segment, rough)
        if not _may_be_one(segment, rough):
            continue
        if strength_deg < BORNE_OUT_DEG:
            weak_peaks.append(rough)
        elif strength_deg < BORNE_OUT_ALONE_DEG:
            weak.append((rough, peak))
        else:
            strong.append((rough, peak))
    return strong, weak, weak_peaks


def _may_be_one(segment: Segment, rough: RefinedRep) -> bool:
    """Return whether a leg may go so high and so long; one held for long, the curve lets go."""
    if rough.angle_deg > HIGHEST_DEG or rough.end_s - rough.start_s > LONGEST_REP_S:
        return False
    return segment.tempo.hold_s <= LONG_HOLD_S or has_come_down(segment, rough)


def _measure(segment: Segment, peak: Peak) -> RefinedRep:
    """Return the repetition about a peak, read off the curve."""
    left, top, right = peak
    angle_deg = segment.angle_deg
    times_s = crossings_s(segment.t_s, angle_deg, peak, READ_TAIL)
    high = left + np.flatnonzero(angle_deg[left : right + 1] > TOP_SHARE * angle_deg[top])
    return segment.rep_at(times_s, high, float(angle_deg[top]), top)


def _strength_deg(segment: Segment, x: RefinedRep) -> float:
    """Return what speaks for a leg: its height, and how much load and moment need it."""
    near = segment.between(x.start_s - AROUND_S, x.end_s + AROUND_S)
    curve, noise = segment.curve, math.sqrt(segment.noise_scale)
    leg = curve.angle_rad[near], curve.rate_radps[near], curve.accel_radps2[near]
    leg_n, leg_nm = segment.model.force_n(*leg), _level(segment.model.moment_nm(*leg))
    seen = segment.seen[near]
    by_load = _log_likelihood_ratio(curve.left_n[near], leg_n, EVIDENCE_SD_N * noise, seen)
    by_moment = _log_likelihood_ratio(curve.left_nm[near], leg_nm, EVIDENCE_SD_NM * noise, seen)
    return x.angle_deg + by_load / LOAD_PER_DEG + by_moment / MOMENT_PER_DEG


def _log_likelihood_ratio(left: Array, part: Array, sd: float, seen: Array) -> float:
    """Return by how much less likely it is that both are left than that one is."""

    def cost(series: Array) -> float:
        robust = np.log1p((series / (EVIDENCE_ROBUST * sd)) ** 2)
        return float((seen * robust).sum()) * EVIDENCE_ROBUST**2

    return cost(left + part) - cost(left)


def _level(series: Array) -> Array:
    """Return a series with the line between its ends taken off."""
    return np.asarray(series - np.linspace(series[0], series[-1], len(series)))
