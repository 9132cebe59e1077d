"""Forces of legs, hands and noise for tests, as 50 ms means, and the judge's way through them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from matfw.estimation.anthropometry import leg_constants
from matfw.estimation.filter_bank import LegEstimate, LegTracker
from matfw.estimation.leg_model import PUSH_LEVER_M, Array, LegModel
from matfw.estimation.noise import FORCE_SD_N, MOMENT_SD_NM, STEP_S
from matfw.messages import Motion, PhaseStep, Presence, RefinedRep
from matfw.phases import Phases
from matfw.refinement.refinement import Refinement
from matfw.refinement.segment import Segment
from matfw.refinement.windows import RepWindow, RepWindows

WEIGHT_KG = 64.0
MODEL = LegModel.of(leg_constants("female", 1.68, WEIGHT_KG))
FINE = 10  # samples a step that its mean is taken of


@dataclass(frozen=True)
class Forces:
    """What a mat feels, one row a step; angle_rad: of the leg that made it."""

    angle_rad: Array
    force_n: Array
    moment_nm: Array

    def __add__(self, other: Forces) -> Forces:
        return Forces(
            self.angle_rad + other.angle_rad,
            self.force_n + other.force_n,
            self.moment_nm + other.moment_nm,
        )

    def __len__(self) -> int:
        return len(self.angle_rad)


@dataclass(frozen=True)
class Lift:
    """One up and down of the leg, minimum jerk both ways."""

    begin_s: float
    top_deg: float = 36.0
    up_s: float = 2.0
    hold_s: float = 1.0
    down_s: float = 3.0

    @property
    def end_s(self) -> float:
        return self.begin_s + self.up_s + self.hold_s + self.down_s

    def angle_rad(self, t_s: Array) -> Array:
        up = min_jerk((t_s - self.begin_s) / self.up_s)
        down = min_jerk((t_s - self.begin_s - self.up_s - self.hold_s) / self.down_s)
        return np.asarray(math.radians(self.top_deg) * (up - down))


def min_jerk(share: Array) -> Array:
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


def middles_s(span_s: float) -> Array:
    """Return the times that a span's steps belong to."""
    return np.asarray((np.arange(round(span_s / STEP_S)) + 0.5) * STEP_S)


def wobbling_deg(height_deg: Array, seed: int) -> Array:
    """Return what a leg wobbles by while it is up: as the worst of six blocks of real people's.

    height_deg: of a leg that does not, FINE rows a step.
    """
    white = np.random.default_rng(seed).standard_normal(len(height_deg))
    band = scipy.signal.butter(2, [0.8, 4.0], "band", fs=FINE / STEP_S, output="sos")
    wobble = scipy.signal.sosfiltfilt(band, white)
    accel = np.gradient(np.gradient(wobble, STEP_S / FINE), STEP_S / FINE)
    return np.asarray(np.clip(height_deg / 10.0, 0.0, 1.0) * wobble * 43.0 / accel.std())


def legs(
    span_s: float, *lifts: Lift, model: LegModel = MODEL, wobble_seed: int | None = None
) -> Forces:
    """Return what lifts make the mat feel; wobble_seed: of how a leg wobbles, if it does."""
    steps = round(span_s / STEP_S)
    fine_s = np.arange(steps * FINE) * STEP_S / FINE
    d = np.zeros_like(fine_s)
    for lift in lifts:
        d += lift.angle_rad(fine_s)
    if wobble_seed is not None:
        d += np.radians(wobbling_deg(np.degrees(d), wobble_seed))
    w = np.gradient(d, fine_s)
    a = np.gradient(w, fine_s)

    def means(series: Array) -> Array:
        return np.asarray(series.reshape(-1, FINE).mean(axis=1))

    return Forces(means(d), means(model.force_n(d, w, a)), means(model.moment_nm(d, w, a)))


def thrown(span_s: float, begin_s: float, peak_n: float, duration_s: float) -> Forces:
    """Return an arm that is thrown up beside the chest and caught again: it pushes and pulls.

    peak_n: its largest force, the pull. The sum of its force is zero: it comes to rest.
    """
    share = np.clip((middles_s(span_s) - begin_s) / duration_s, 0.0, 1.0)
    arc = (share * (1.0 - share)) ** 3
    swing = np.gradient(np.gradient(arc))
    swing *= peak_n / np.abs(swing).max()
    return Forces(np.zeros_like(swing), swing, PUSH_LEVER_M * swing)


def noise_scale(span_s: float, seed: int, size: float = 1.0) -> Forces:
    """Return a calm body's noise as large as the filters take it for, times a size."""
    rng = np.random.default_rng(seed)
    steps = round(span_s / STEP_S)
    return Forces(
        np.zeros(steps),
        size * FORCE_SD_N * rng.standard_normal(steps),
        size * MOMENT_SD_NM * rng.standard_normal(steps),
    )


def swaying(span_s: float, seed: int, load_n: float, moment_nm: float) -> Forces:
    """Return a body that sways: rms of its load, 0.2-2 Hz, and of its moment, 0.1-1 Hz."""
    rng, steps, lead = np.random.default_rng(seed), round(span_s / STEP_S), round(20.0 / STEP_S)

    def band(size: float, slow_hz: float, fast_hz: float) -> Array:
        taps = scipy.signal.butter(2, [slow_hz, fast_hz], "band", fs=1.0 / STEP_S, output="sos")
        series = scipy.signal.sosfilt(taps, rng.standard_normal(steps + lead))[lead:]
        return np.asarray(size * series / series.std())

    return Forces(np.zeros(steps), band(load_n, 0.2, 2.0), band(moment_nm, 0.1, 1.0))


def hand(span_s: float, begin_s: float, push_n: float, ramp_s: float, held_s: float) -> Forces:
    """Return a hand that comes down beside the chest, stays and goes again, smoothly."""
    t_s = middles_s(span_s) - begin_s
    push = push_n * (min_jerk(t_s / ramp_s) - min_jerk((t_s - ramp_s - held_s) / ramp_s))
    return Forces(np.zeros_like(push), push, PUSH_LEVER_M * push)


def followed(segment: Forces, tracker: LegTracker | None = None) -> list[LegEstimate]:
    tracker = tracker or LegTracker(MODEL)
    return [
        tracker.update(force_n, moment_nm)
        for force_n, moment_nm in zip(
            segment.force_n.tolist(), segment.moment_nm.tolist(), strict=True
        )
    ]


@dataclass(frozen=True)
class Judged:
    """What the line makes of forces, without the mat."""

    steps: Sequence[PhaseStep]
    windows: Sequence[RepWindow]  # in the order of the looks, the frames' end last

    @cached_property
    def refined_reps(self) -> list[RefinedRep]:
        """Return what the looks find; many tests ask for the windows alone, and looks cost most."""
        refinement = Refinement()
        return [rep for window in self.windows for rep in refinement.refine(window)]


def judged(
    segment: Forces,
    shift_mm: Array | None = None,
    *,
    model: LegModel = MODEL,
    weight_kg: float = WEIGHT_KG,
) -> Judged:
    """Take forces, and the hips' way, through tracker, phases and windows as the line does."""
    tracker, phases, cutter = LegTracker(model), Phases(), RepWindows()
    shifts = np.zeros(len(segment)) if shift_mm is None else shift_mm
    steps: list[PhaseStep] = []
    looks: list[RepWindow | None] = []
    for k in range(len(segment)):
        leg = tracker.update(float(segment.force_n[k]), float(segment.moment_nm[k]))
        motion = Motion(
            t_s=(k + 0.5) * STEP_S,
            presence=Presence.LYING,
            weight_kg=weight_kg,
            angle_deg=math.degrees(leg.angle_rad),
            rate_dps=math.degrees(leg.rate_radps),
            accel_dps2=math.degrees(leg.accel_radps2),
            lifting_s=leg.age_s if leg.is_moving else 0.0,
            front_shift_mm=float(shifts[k]),
            load_n=float(segment.force_n[k]),
            force_n=float(segment.force_n[k]),
            moment_nm=float(segment.moment_nm[k]),
            push_n=leg.push_n,
            evidence=leg.evidence,
            is_moving=leg.is_moving,
            descent=leg.descent.evidence,
            descended_deg=math.degrees(leg.descent.soon_lost_rad),
            held_deg=math.degrees(leg.descent.held_rad),
            over_n=leg.onset.over_n,
            before_n=leg.onset.before_n,
            rise_n=leg.onset.load_n,
            rise_nm=leg.onset.moment_nm,
            evidence_rise=leg.onset.evidence,
            is_restless=leg.is_restless,
        )
        step = phases.update(motion)
        steps.append(step)
        looks.append(cutter.update(motion, step, tracker))
    looks.append(cutter.finish(tracker))
    return Judged(steps, [window for window in looks if window is not None])


def window_of(
    segment: Forces,
    *,
    noise_scale: float = 1.0,
    shift_mm: Array | None = None,
    roll_deg: Sequence[float | None] | None = None,
    seen_s: tuple[float, float] | None = None,
) -> RepWindow:
    """Return forces as a look's window. seen_s: when plates saw the leg leave, and land."""
    lift_off_s, touch_down_s = seen_s or (math.inf, math.inf)
    motions = tuple(
        Motion(
            t_s=t_s,
            presence=Presence.LYING,
            weight_kg=WEIGHT_KG,
            front_shift_mm=0.0 if shift_mm is None else float(shift_mm[k]),
            load_n=float(segment.force_n[k]),
            force_n=float(segment.force_n[k]),
            moment_nm=float(segment.moment_nm[k]),
            hip_roll_deg=None if roll_deg is None else roll_deg[k],
            lift_off_s=lift_off_s if t_s >= lift_off_s else None,
            touch_down_s=touch_down_s if t_s >= touch_down_s else None,
        )
        for k, t_s in enumerate(((np.arange(len(segment)) + 0.5) * STEP_S).tolist())
    )
    return RepWindow(motions, MODEL, noise_scale, motions[-1].t_s)


def segment_from(window: RepWindow, finished_s: float = -math.inf) -> Segment:
    """Return the segment of a window that is not all finished, of somebody weighed."""
    segment = Segment.of(window, finished_s)
    assert segment is not None
    return segment
