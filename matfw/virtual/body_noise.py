"""What a living body does to the load while it lies still: breath, heart, sway, settling.

Breath is not one clean sine: its rate wanders, each axis has its own phase and amplitude that
drift apart, and people breathe with their repetitions by halves. Sizes: the feasibility study,
"Noise budget" (pressure maps of 26 side-lying recordings, force plates, bed load cells).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from matfw.virtual.deck import Array
from matfw.virtual.inertia import Wrench

BREATH_HZ = (0.20, 0.36)
BREATH_N = (0.10, 0.40)  # amplitude in force
BREATH_X_MM = (0.3, 1.2)  # amplitude in CoP
BREATH_Y_MM = (0.1, 0.4)  # pressure maps: y moves 0.24 mm from second to second, x 1.2
BREATH_WANDER = 0.10  # rate's sd, slow
BREATH_COUPLING_MAX = 0.8  # rad/s pull towards the repetitions' own rhythm
COUPLING_STEP_S = 0.1
HEART_HZ = (0.95, 1.40)
HEART_N = (0.25, 0.50)  # rms; a standing person's 0.55 N on a laboratory plate is the upper bound
HEART_X_NM = (0.06, 0.18)  # rms: recoil along the body, 15 cm over the cells
HEART_RING_HZ = (4.5, 7.0)
HEART_RING_S = 0.12
SWAY_X_MM = (0.6, 1.3)  # sd
SWAY_Y_MM = (0.10, 0.30)
DRIFT_X_MM, DRIFT_TAU_S = 1.2, 20.0  # sd of what comes on top slowly; maps: x 2.3 mm in all
SWAY_TAU_S = 3.0
SWAY_CUT_HZ = 1.2  # muscles hold a trunk smoothly; also keeps the series differentiable
CREEP_MM, CREEP_S = 1.5, 40.0  # sinking into the foam
SETTLE_X_MM, SETTLE_Y_MM, SETTLE_SHARE = 9.0, 4.0, 0.012  # wriggles after lying down, sd at first


def resting_noise(
    t_s: Array,
    weight_n: float,
    *,
    settling: tuple[float, float],
    rep_starts_s: Sequence[float],
    scale: float,
    rng: np.random.Generator,
) -> Wrench:
    """Return the noise of a body that lies, as a load to add; scale 1 is the measured size.

    settling: from when and for how long it wriggles, seconds.
    """
    lying_from_s, settle_s = settling
    step_s = float(t_s[1] - t_s[0])
    count = len(t_s)
    phase = _breath_phase(t_s, rep_starts_s, rng)
    breath = [
        amplitude * _breath_wave(phase, step_s, rng)
        for amplitude in (
            rng.uniform(*BREATH_N),
            rng.uniform(*BREATH_X_MM),
            rng.uniform(*BREATH_Y_MM),
        )
    ]
    beats = _beats(t_s, rng)
    heart_n = _ringing(beats, step_s, rng) * rng.uniform(*HEART_N)
    heart_nm = _ringing(beats, step_s, rng) * rng.uniform(*HEART_X_NM)
    wriggle = np.exp(-np.maximum(t_s - lying_from_s, 0.0) / max(0.35 * settle_s, 0.1))
    sunk = CREEP_MM * np.exp(-np.maximum(t_s - lying_from_s, 0.0) / CREEP_S)
    x_mm = breath[1] + rng.uniform(*SWAY_X_MM) * slow_noise(count, step_s, rng)
    y_mm = breath[2] + rng.uniform(*SWAY_Y_MM) * slow_noise(count, step_s, rng)
    x_mm += DRIFT_X_MM * slow_noise(count, step_s, rng, DRIFT_TAU_S)
    x_mm += wriggle * SETTLE_X_MM * band_noise(count, step_s, 0.2, 1.5, rng) + rng.normal() * sunk
    y_mm += wriggle * SETTLE_Y_MM * band_noise(count, step_s, 0.2, 1.5, rng)
    y_mm += 0.3 * rng.normal() * sunk
    force_n = breath[0] + heart_n
    force_n += wriggle * SETTLE_SHARE * weight_n * band_noise(count, step_s, 0.5, 3.0, rng)
    return Wrench(
        scale * force_n,
        scale * (weight_n * 1e-3 * x_mm + heart_nm),
        scale * weight_n * 1e-3 * y_mm,
    )


def band_noise(
    count: int, step_s: float, low_hz: float, high_hz: float, rng: np.random.Generator
) -> Array:
    """Return unit-sd Gaussian noise between two frequencies, with soft edges."""
    length = 1 << max(count - 1, 1).bit_length()
    hertz = np.fft.rfftfreq(length, step_s)
    gain = np.exp(-((hertz / high_hz) ** 4)) * (1.0 - np.exp(-((hertz / low_hz) ** 4)))
    return _shaped(count, length, gain, rng)


def slow_noise(
    count: int, step_s: float, rng: np.random.Generator, tau_s: float = SWAY_TAU_S
) -> Array:
    """Return a unit-sd Ornstein-Uhlenbeck process without what is too fast for a body."""
    length = 1 << max(count - 1, 1).bit_length()
    hertz = np.fft.rfftfreq(length, step_s)
    gain = np.exp(-((hertz / SWAY_CUT_HZ) ** 2)) / np.hypot(1.0, 2.0 * np.pi * hertz * tau_s)
    return _shaped(count, length, gain, rng)


def _shaped(count: int, length: int, gain: Array, rng: np.random.Generator) -> Array:
    white = rng.standard_normal(length)
    spectrum = np.fft.rfft(white) * gain
    spectrum[0] = 0.0
    # Unit sd of the process, not of this piece: a short piece may well be quiet.
    sd = np.sqrt(2.0 * np.sum(gain[1:] ** 2) / length)
    result: Array = np.fft.irfft(spectrum, length)[:count] / max(float(sd), 1e-12)
    return result


def _breath_phase(t_s: Array, rep_starts_s: Sequence[float], rng: np.random.Generator) -> Array:
    coarse = np.arange(t_s[0], t_s[-1] + COUPLING_STEP_S, COUPLING_STEP_S)
    wander = slow_noise(len(coarse), COUPLING_STEP_S, rng, 8.0)
    own = 2.0 * np.pi * rng.uniform(*BREATH_HZ) * (1.0 + BREATH_WANDER * wander)
    pull = rng.uniform(0.0, BREATH_COUPLING_MAX)
    starts = np.asarray(rep_starts_s)
    inside = np.zeros(len(coarse), dtype=bool)
    rep_phase = np.zeros_like(coarse)
    if len(starts) > 1:
        rep_phase = 2.0 * np.pi * np.interp(coarse, starts, np.arange(len(starts)))
        inside = (coarse > starts[0]) & (coarse < starts[-1])
    phases = np.empty_like(coarse)
    phase = float(rng.uniform(0.0, 2.0 * np.pi))
    for index, rate in enumerate(own.tolist()):
        phases[index] = phase
        towards = pull * math.sin(rep_phase[index] - phase) if inside[index] else 0.0
        phase += (rate + towards) * COUPLING_STEP_S
    # Cubic would be smoother; the wave's own bend hides the 0.1 s corners of a straight line.
    result: Array = np.interp(t_s, coarse, phases)
    return result


def _breath_wave(phase: Array, step_s: float, rng: np.random.Generator) -> Array:
    count = len(phase)
    drift = 0.35 * slow_noise(count, step_s, rng, 10.0)
    size = 1.0 + 0.25 * slow_noise(count, step_s, rng, 8.0)
    turned = phase + drift + rng.uniform(0.0, 2.0 * np.pi)
    wave: Array = size * (np.sin(turned) + rng.uniform(0.0, 0.3) * np.sin(2.0 * turned + 1.0))
    return wave


def _beats(t_s: Array, rng: np.random.Generator) -> Array:
    span = float(t_s[-1] - t_s[0])
    rate = rng.uniform(*HEART_HZ)
    intervals = rng.normal(1.0 / rate, 0.04 / rate, int(span * rate * 1.3) + 4)
    times = np.cumsum(np.maximum(intervals, 0.3))
    train = np.zeros_like(t_s)
    index = (times[times < span] / float(t_s[1] - t_s[0])).astype(np.int64)
    train[index] = 1.0 + 0.15 * rng.standard_normal(len(index))
    return train


def _ringing(beats: Array, step_s: float, rng: np.random.Generator) -> Array:
    t_s = np.arange(0.0, 0.7, step_s)
    envelope = (t_s / HEART_RING_S) * np.exp(1.0 - t_s / HEART_RING_S)
    kernel = envelope * np.sin(2.0 * np.pi * rng.uniform(*HEART_RING_HZ) * t_s)
    kernel -= kernel.mean()
    wave = np.convolve(beats, kernel)[: len(beats)]
    result: Array = wave / max(float(wave.std()), 1e-12)
    return result
