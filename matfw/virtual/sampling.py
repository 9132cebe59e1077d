"""A trace -> raw frames as a mat's converters would have sent them, without the pins.

For populations: the chip itself, bit by bit, is another module's business. Errors drawn once per
recording: gain, clock, skew, drift; per sample: noise, jitter, and now and then nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.errors import MatSettingsError
from matfw.messages import Channel, Mat, RawFrame
from matfw.virtual.deck import Array
from matfw.virtual.trace import Trace

COUNTS_MIN, COUNTS_MAX = -(1 << 23), (1 << 23) - 1  # 24-bit two's complement; HX711 datasheet p. 4
REP_WINDOW_S = 0.4  # a hip sensor's error changes at a repetition's start, over this long


@dataclass(frozen=True, slots=True)
class CellErrors:
    """What is wrong with cells and converters. The defaults are a fair cheap build."""

    noise_g: float = 20.0  # rms a sample; 2-10 a good build, 20-60 the worst fair ones
    gain_error: float = 0.004  # sd of each cell's constant gain error
    drift_g_per_min: float = 3.0  # sd of each cell's constant drift
    clock_error: float = 0.01  # sd of the converters' own rate against the nominal one
    jitter_s: float = 0.0003  # sd of a frame's time stamp
    skew_s: float = 0.0125  # each cell's sample is older than the frame by up to this
    missing_share: float = 0.0  # of samples that a cell does not give


@dataclass(frozen=True, slots=True)
class HipErrors:
    """What is wrong with hip sensors; repeat errors are drawn again for every repetition."""

    imu_repeatability_deg: float = 1.2  # sd; 1.2 is a good belt, 3-5 what is published for gait
    imu_gain: tuple[float, float] = (0.8, 1.0)  # cloth and skin move less than bone
    imu_offset_deg: float = 3.0  # sd of mounting
    imu_noise_deg: float = 0.2  # rms a sample
    rail_repeatability_mm: float = 5.0
    rail_offset_mm: float = 15.0
    rail_noise_mm: float = 2.0


def record(
    trace: Trace,
    mat: Mat,
    seed: int,
    errors: CellErrors | None = None,
    hips: HipErrors | None = None,
) -> list[RawFrame]:
    """Return the frames of a trace on a mat with the trace's cells; the same seed, the same frames.

    The first frame comes within one period of the trace's start. Channels follow mat.channels.
    Raises MatSettingsError if the mat's cells or calibrations are not the trace's.
    """
    names = [cell.name for cell in mat.cells]
    if names != [cell.name for cell in trace.cells] or len(mat.calibration) != len(names):
        msg = f"mat.cells must be the trace's cells, each calibrated (got {', '.join(names)})"
        raise MatSettingsError(msg)
    errors = errors or CellErrors()
    rng = np.random.default_rng(seed)
    rate_hz = mat.rate_hz * (1.0 + errors.clock_error * float(np.clip(rng.normal(), -2.0, 2.0)))
    start_s = float(rng.uniform(0.0, 1.0 / rate_hz))
    real_s = np.arange(start_s, trace.duration_s, 1.0 / rate_hz)
    jitter = np.clip(
        errors.jitter_s * rng.standard_normal(len(real_s)), -0.4 / rate_hz, 0.4 / rate_hz
    )
    stamps = (real_s + jitter).tolist()
    columns = []
    for index, calibration in enumerate(mat.calibration):
        old_s = real_s - float(rng.uniform(0.0, errors.skew_s))
        load_kg = np.interp(old_s, trace.t_s, trace.loads_kg[:, index])
        load_kg *= 1.0 + errors.gain_error * rng.normal()
        load_kg += 1e-3 * errors.drift_g_per_min * rng.normal() * real_s / 60.0
        load_kg += 1e-3 * errors.noise_g * rng.standard_normal(len(real_s))
        counts = calibration.tare_counts + calibration.counts_per_kg * load_kg
        columns.append(np.clip(np.rint(counts), COUNTS_MIN, COUNTS_MAX).astype(np.int64).tolist())
    rows: list[tuple[int | None, ...]] = list(zip(*columns, strict=True))
    if errors.missing_share > 0.0:
        lost = rng.random((len(rows), len(names))) < errors.missing_share
        for row in np.flatnonzero(lost.any(axis=1)):
            rows[row] = tuple(
                None if gone else value for gone, value in zip(lost[row], rows[row], strict=True)
            )
    sensed = [
        hip_channel(channel, trace, real_s, hips or HipErrors(), rng) for channel in mat.channels
    ]
    values: list[tuple[float | None, ...]] = (
        list(zip(*sensed, strict=True)) if sensed else [()] * len(rows)
    )
    return [
        RawFrame(t_s, counts, channels)
        for t_s, counts, channels in zip(stamps, rows, values, strict=True)
    ]


def hip_channel(
    channel: Channel, trace: Trace, t_s: Array, hips: HipErrors, rng: np.random.Generator
) -> list[float]:
    """Return a hip sensor's column at these times, with its errors, in degrees or mm.

    Raises MatSettingsError for a kind of sensor that is not known.
    """
    match channel.kind:
        case "sacrum_imu":
            clean = trace.hip_roll_deg * rng.uniform(*hips.imu_gain)
            offset = hips.imu_offset_deg * rng.normal()
            repeat, noise = hips.imu_repeatability_deg, hips.imu_noise_deg
        case "sacrum_side":
            clean = trace.left_up_deg
            offset = hips.imu_offset_deg * rng.normal()
            repeat, noise = hips.imu_repeatability_deg, hips.imu_noise_deg
        case "rear_rail":
            clean = trace.back_mm(0.0 if channel.x_mm is None else channel.x_mm)
            offset = hips.rail_offset_mm * rng.normal()
            repeat, noise = hips.rail_repeatability_mm, hips.rail_noise_mm
        case _:
            kinds = "sacrum_imu, sacrum_side or rear_rail"
            raise MatSettingsError(f"channel {channel.name}: kind must be {kinds} ({channel.kind})")
    seen = np.interp(t_s, trace.t_s, clean) + offset
    seen += _repeat_error(trace, t_s, repeat, rng) + noise * rng.standard_normal(len(t_s))
    if channel.kind == "sacrum_side":  # an elevation
        seen = np.clip(seen, -90.0, 90.0)
    return [round(value, 2) for value in seen.tolist()]


def _repeat_error(trace: Trace, t_s: Array, sd: float, rng: np.random.Generator) -> Array:
    # Zero at rest, another constant in every repetition: what re-zeroing before a rep leaves over.
    error = np.zeros_like(t_s)
    for rep in trace.truth:
        inside = np.clip((t_s - rep.onset_s) / REP_WINDOW_S, 0.0, 1.0)
        inside *= np.clip((rep.end_s + REP_WINDOW_S - t_s) / REP_WINDOW_S, 0.0, 1.0)
        error += sd * rng.normal() * inside
    return error
