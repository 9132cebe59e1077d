"""The raw signals over a stretch, and the curve of the leg that made it; one row a 50 ms step."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import STEP_S
from matfw.estimation.tremor import GAIN, WEIGHTS
from matfw.messages import RefinedRep, Tempo
from matfw.refinement.hands import PUSHING, Hand
from matfw.refinement.rep_shape import crossings_s, top_rad
from matfw.refinement.smoother import LegCurve, leg_curve
from matfw.refinement.windows import RepWindow

CONTEXT_S = 2.5  # of what is finished: where the leg rested, and the hips
ZERO_S = 2.0  # before a repetition that its sideways zero is taken from, ...
REST_DEG = 4.0  # ... as far as the leg rests there
TREMOR_ASIDE_S, MIN_TREMOR_S = 0.3, 0.4  # beside a hold, and half of the least that is looked at
# A step without a frame repeats the one before. Below 16 frames a second 8 Hz cannot be seen, and
# a fifth of the steps repeats; two equal measurements by chance are one in hundreds.
REPEATED_SHARE = 0.225

Rows = np.ndarray[tuple[int, ...], np.dtype[np.intp]]
"""Row numbers."""
Marks = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
"""Which rows are meant."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A window's motions as columns, (n,). first: the row after what is finished."""

    t_s: Array
    load_n: Array
    moment_nm: Array
    shift_mm: Array
    roll_deg: Array  # a hip sensor's; NaN where it gave none
    hip_sd_deg: Array
    lift_off_s: frozenset[float]  # when plates saw the leg leave the other one ...
    touch_down_s: frozenset[float]  # ... and come back
    seen: Array  # share of its samples that a row has; 0: nothing was measured
    curve: LegCurve
    model: LegModel
    noise_scale: float
    weight_n: float
    first: int
    tempo: Tempo  # asked for
    known_s: float  # since when somebody surely lies there: before, they may have lain elsewhere
    hand: Hand = PUSHING  # what the curve allows one

    @classmethod
    def of(cls, window: RepWindow, finished_s: float) -> Segment | None:
        """Take what is not finished of a window, and find the curve; None if nothing is."""
        motions = [m for m in window.motions if m.t_s >= finished_s - CONTEXT_S]
        first = sum(1 for m in motions if m.t_s <= finished_s)
        weight_kg = motions[-1].weight_kg if motions else None
        if first == len(motions) or not weight_kg:
            return None
        load_n = np.array([m.load_n for m in motions])
        moment_nm = np.array([m.moment_nm for m in motions])
        seen = np.array([m.seen_share for m in motions])
        curve = leg_curve(
            load_n, moment_nm, seen=seen, model=window.model, noise_scale=window.noise_scale,
            weight_n=GRAVITY_M_S2 * weight_kg,
        )  # fmt: skip
        return cls(
            t_s=np.array([m.t_s for m in motions]),
            load_n=load_n,
            moment_nm=moment_nm,
            shift_mm=np.array([m.front_shift_mm for m in motions]),
            roll_deg=np.array(
                [math.nan if m.hip_roll_deg is None else m.hip_roll_deg for m in motions]
            ),
            hip_sd_deg=np.array([m.hip_sd_deg for m in motions]),
            lift_off_s=frozenset(m.lift_off_s for m in motions if m.lift_off_s is not None),
            touch_down_s=frozenset(m.touch_down_s for m in motions if m.touch_down_s is not None),
            seen=seen,
            curve=curve,
            model=window.model,
            noise_scale=window.noise_scale,
            weight_n=GRAVITY_M_S2 * weight_kg,
            first=first,
            tempo=window.tempo,
            known_s=window.known_s,
        )

    def with_hand(self, hand: Hand) -> Segment:
        """Return it with the curve by another hypothesis of what a hand did."""
        curve = leg_curve(
            self.load_n, self.moment_nm, seen=self.seen, model=self.model,
            noise_scale=self.noise_scale, weight_n=self.weight_n, hand=hand,
        )  # fmt: skip
        return replace(self, curve=curve, hand=hand)

    @property
    def angle_deg(self) -> Array:
        """Return the leg's angle over its rest as the curve has it."""
        return np.asarray(np.degrees(self.curve.angle_rad))

    @property
    def finished_s(self) -> float:
        """Return until when all is finished, -inf if that was too long ago to be here."""
        return float(self.t_s[self.first - 1]) if self.first else -math.inf

    def between(self, from_s: float, to_s: float) -> Marks:
        """Return which rows lie between two times."""
        return np.asarray((self.t_s >= from_s) & (self.t_s <= to_s))

    def forces(self, rows: Marks, min_push_n: float) -> tuple[Array, Array]:
        """Return load and moment without a hand's push, if it was that large, and load's level."""
        push_n = self.curve.push_n[rows]
        push_n = np.where(np.abs(push_n) > min_push_n, push_n, 0.0)
        force_n = self.load_n[rows] - self.curve.base_n[rows] - push_n
        return force_n, self.moment_nm[rows] - PUSH_LEVER_M * push_n

    def hole_s(self, from_s: float, to_s: float) -> float:
        """Return the longest time without a measurement between two times."""
        longest = run = 0
        for share in self.seen[self.between(from_s, to_s)].tolist():
            run = 0 if share else run + 1
            longest = max(longest, run)
        return longest * STEP_S

    def tremor_n(self, top_s: float, lower_s: float) -> float:
        """Return the load's rms at 5-8 Hz about a hold, by its fourth difference; 0: not known.

        It is not where a step was not measured, nor with frames too slow for 8 Hz.
        """
        middle_s, half_s = 0.5 * (top_s + lower_s), 0.5 * (lower_s - top_s)
        half_s = max(half_s + TREMOR_ASIDE_S, MIN_TREMOR_S)
        near = self.between(middle_s - half_s, middle_s + half_s)
        load_n = self.load_n[near]
        if len(load_n) < len(WEIGHTS) or not self.seen[near].all():
            return 0.0
        if float(np.mean(np.diff(load_n) == 0.0)) > REPEATED_SHARE:
            return 0.0
        shaken = np.convolve(load_n, WEIGHTS, mode="valid")
        return math.sqrt(float(np.mean(shaken**2)) / GAIN)

    def hips(self, start_s: float, high: Rows) -> tuple[float, float | None]:
        """Return how shift (mm) and roll (deg) at the top differ from the rest before start_s."""
        from_s = max(start_s - ZERO_S, self.known_s - 0.5 * STEP_S)
        near = (self.t_s > from_s) & (self.t_s < start_s) & (self.angle_deg < REST_DEG)
        zero = np.flatnonzero(near & (self.seen > 0.0))
        zero = zero[zero >= self.first]
        measured = high[self.seen[high] > 0.0]
        high = measured if len(measured) else high
        roll_deg = _change(self.roll_deg, high, zero)
        return _change(self.shift_mm, high, zero), None if math.isnan(roll_deg) else roll_deg

    def refined_rep(self, params: Array) -> RefinedRep:
        """Return the repetition that the twelve numbers of a shape say that a search has tried."""
        start_s, top_s, lower_s, end_s = crossings_s(params)
        high = np.flatnonzero(self.between(top_s, lower_s))
        if not len(high):  # of a hold shorter than a step
            high = np.array([int(np.argmin(np.abs(self.t_s - top_s)))])
        top_deg = math.degrees(top_rad(params))
        rep = self.rep_at((start_s, top_s, lower_s, end_s), high, top_deg, int(high[-1]))
        return replace(rep, is_searched=True)

    def rep_at(
        self, times_s: tuple[float, float, float, float], high: Rows, angle_deg: float, row: int
    ) -> RefinedRep:
        """Return a repetition with these crossings and height, its ways' own lengths unknown.

        high: rows at which its hips are read. row: whose spread of a hip sensor is taken.
        """
        start_s, top_s, lower_s, end_s = times_s
        shift_mm, roll_deg = self.hips(start_s, high)
        return RefinedRep(
            start_s=start_s,
            top_s=top_s,
            lower_s=lower_s,
            end_s=end_s,
            up_s=0.0,
            hold_s=0.0,
            down_s=0.0,
            angle_deg=angle_deg,
            front_shift_mm=shift_mm,
            hip_roll_deg=roll_deg,
            hip_sd_deg=float(self.hip_sd_deg[row]),
            noise_scale=self.noise_scale,
        )


def _change(series: Array, high: Rows, zero: Rows) -> float:
    """Return by how much a series' mean at the top differs from that before.

    If there was no rest before, from the series' own zero; NaN if the top is not known.
    """
    return float(np.mean(series[high])) - (float(np.mean(series[zero])) if len(zero) else 0.0)
