"""Frames made of a trace: right where they should be, wrong only where that was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.errors import MatSettingsError
from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, Channel, Mat
from matfw.virtual.deck import Array
from matfw.virtual.person import generate
from matfw.virtual.sampling import COUNTS_MAX, CellErrors, HipErrors, record
from matfw.virtual.sessions import demo_session
from matfw.virtual.trace import Trace

CELLS = PRESETS["core4"].cells
TARES = (8000.0, -1200.5, 0.0, 90000.0)
PERFECT = CellErrors(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
ROLL = Channel("hip_roll_deg", "sacrum_imu")
RAIL = Channel("back_hip_mm", "rear_rail", 0.0)


@pytest.fixture(scope="module")
def trace() -> Trace:
    return generate(demo_session(), CELLS, 1)


def a_mat(counts_per_kg: float = 42900.0, channels: tuple[Channel, ...] = ()) -> Mat:
    calibration = tuple(CellCalibration(tare, counts_per_kg) for tare in TARES)
    return Mat("core4", CELLS, calibration, channels=channels)


def kilograms(trace: Trace, errors: CellErrors) -> tuple[Array, Array, Array]:
    """Return times, loads from frames and true loads."""
    frames = record(trace, a_mat(), 1, errors)
    t_s = np.array([frame.t_s for frame in frames])
    seen = (np.array([frame.counts for frame in frames]) - TARES) / 42900.0
    true = np.stack([np.interp(t_s, trace.t_s, load) for load in trace.loads_kg.T], axis=1)
    return t_s, seen, true


def test_perfect_cells_give_the_trace_back(trace: Trace) -> None:
    t_s, seen, true = kilograms(trace, PERFECT)
    assert np.abs(seen - true).max() < 1.0 / 42900.0
    assert np.diff(t_s) == pytest.approx(1.0 / 80.0)
    assert 0.0 <= t_s[0] < 1.0 / 80.0


def test_noise_has_the_size_asked_for(trace: Trace) -> None:
    _, seen, true = kilograms(trace, CellErrors(noise_g=60.0, gain_error=0.0, drift_g_per_min=0.0))
    quiet = slice(0, 140)  # the mat is empty
    assert (seen - true)[quiet].std() == pytest.approx(0.060, rel=0.15)


def test_time_only_goes_forward_and_the_clock_is_near_80_hz(trace: Trace) -> None:
    t_s, _, _ = kilograms(trace, CellErrors(jitter_s=0.02))
    assert np.diff(t_s).min() > 0.0
    assert 1.0 / np.diff(t_s).mean() == pytest.approx(80.0, rel=0.03)


def test_the_same_seed_gives_the_same_frames(trace: Trace) -> None:
    mat = a_mat(channels=(ROLL, RAIL))
    assert record(trace, mat, 3) == record(trace, mat, 3)
    assert record(trace, mat, 3) != record(trace, mat, 4)


def test_counts_are_clipped_to_24_bits(trace: Trace) -> None:
    frames = record(trace, a_mat(counts_per_kg=1e6), 1)
    assert max(max(c for c in frame.counts if c is not None) for frame in frames) == COUNTS_MAX


def test_missing_samples_are_none_and_as_many_as_asked(trace: Trace) -> None:
    frames = record(trace, a_mat(), 1, CellErrors(missing_share=0.02))
    lost = sum(count is None for frame in frames for count in frame.counts)
    assert lost / (4 * len(frames)) == pytest.approx(0.02, rel=0.2)


def test_hip_channels_follow_the_hips(trace: Trace) -> None:
    exact = HipErrors(0.0, (1.0, 1.0), 0.0, 0.0, 0.0, 0.0, 0.0)
    frames = record(trace, a_mat(channels=(ROLL, RAIL)), 1, PERFECT, exact)
    rolled = next(rep for rep in trace.truth if rep.roll_deg > 10.0)
    middle = 0.5 * (rolled.top_s + rolled.lower_s)
    frame = min(frames, key=lambda f: abs(f.t_s - middle))
    first = frames[0]
    assert frame.channels[0] == pytest.approx(rolled.roll_deg, abs=0.3)
    assert first.channels == pytest.approx((0.0, 150.0), abs=0.01)
    assert frame.channels[1] is not None
    # The study: 3.1 mm a degree for a pelvis that rolls without slipping.
    assert (150.0 - frame.channels[1]) / rolled.roll_deg == pytest.approx(3.0, abs=0.3)


def test_hip_repeat_error_changes_from_rep_to_rep(trace: Trace) -> None:
    hips = HipErrors(
        imu_repeatability_deg=3.0, imu_gain=(1.0, 1.0), imu_offset_deg=0.0, imu_noise_deg=0.0
    )
    frames = record(trace, a_mat(channels=(ROLL,)), 1, PERFECT, hips)
    t_s = np.array([frame.t_s for frame in frames])
    seen = np.array([frame.channels[0] for frame in frames], dtype=float)
    error = seen - np.interp(t_s, trace.t_s, trace.hip_roll_deg)
    tops = [float(np.interp(rep.top_s, t_s, error)) for rep in trace.truth]
    assert 1.5 < np.std(tops) < 5.0
    assert np.abs(error[t_s < trace.truth[0].onset_s - 0.1]).max() < 0.01


def test_a_mat_with_other_cells_is_refused(trace: Trace) -> None:
    other = Mat("hex6", PRESETS["hex6"].cells, tuple(CellCalibration(0.0, 1.0) for _ in range(6)))
    with pytest.raises(MatSettingsError, match=r"mat\.cells"):
        record(trace, other, 1)
    with pytest.raises(MatSettingsError, match="kind must be"):
        record(trace, a_mat(channels=(Channel("x", "sonar"),)), 1)
