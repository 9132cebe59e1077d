"""Frames -> numbers for the mat and each cell: rate, noise, drift, what was missed. Pure; numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matfw.calibration import RAIL_MAX_COUNTS, RAIL_MIN_COUNTS
from matfw.diagnose.signals import (
    MIN_SAMPLES,
    Array,
    Shared,
    blocks,
    longest_gap,
    noise_counts,
    shared_noise,
    slope,
    spike_counts,
    wander,
    without_hum,
)
from matfw.disturbances.reader_health import lost_share, pause_s
from matfw.messages import Mat, RawFrame
from matfw.ports import CellCounters, ReaderStats

# The converter's own noise, counts rms at gain 128: 50 nV at 10 SPS and 90 nV at 80 (HX711
# datasheet p. 4), at 1.98 nV a count (AVDD 4.25 V).
DATASHEET_COUNTS = {10: 25.0, 80: 45.0}
RAIL_SHARE = 0.1  # of the good samples: more is a wire off, fewer are spikes
WANDER_G = 8.0  # rms of quarter-second means; a person who lies still has more on some cell
LATE_PERIODS = 1.5  # between two frames


@dataclass(frozen=True, slots=True)
class CellNumbers:
    """What one cell did. Kilograms by its own line, as it is calibrated now.

    answers_hz: whole answers of the converter a second, taken or not, while the computer looked.
    noise_g: of a single sample, without hum, drift and movement; datasheet_g: what the converter
    alone would have. Values are 0 where there are too few samples. moved_kg: range of
    quarter-second means; wander_g: rms of the same, drift taken off.
    """

    name: str
    good: int
    torn: int
    missing: int
    settling: int
    held_low: int
    stray_ones: int
    saturated: int
    unique: int
    spikes: int
    answers_hz: float
    mean_counts: float
    range_counts: float
    load_kg: float
    noise_g: float
    datasheet_g: float
    hum_hz: float
    hum_g: float
    drift_g_per_min: float
    moved_kg: float
    wander_g: float
    longest_gap: int  # frames in a row without a value

    @property
    def is_weighed(self) -> bool:
        """Return whether it gave enough to speak of its kilograms and grams."""
        return self.good >= MIN_SAMPLES and self.saturated <= RAIL_SHARE * self.good

    @property
    def wanders(self) -> bool:
        """Return whether it moves more than its own noise and a steady drift explain."""
        return self.wander_g > max(WANDER_G, self.noise_g)


@dataclass(frozen=True, slots=True)
class MatNumbers:
    """What the whole mat did.

    lost_share: of all samples, to a late computer. load_kg: sum of the cells' means, None where a
    cell gives none. warp_kg: of four cells on one board, the diagonals' difference (None on other
    mats).
    """

    seconds: float
    frames: int
    rate_hz: float
    late: int
    empty: int
    resets: int
    longest_sck_high_us: float
    lost_share: float
    load_kg: float | None
    warp_kg: float | None
    shared: Shared


def mat_numbers(
    frames: Sequence[RawFrame], stats: ReaderStats, mat: Mat
) -> tuple[MatNumbers, tuple[CellNumbers, ...]]:
    """Return the numbers of frames in time order; stats: the reader's, for these frames alone."""
    t_s = np.array([frame.t_s for frame in frames])
    seconds = float(t_s[-1] - t_s[0])
    counts = np.array(
        [[np.nan if c is None else c for c in frame.counts] for frame in frames], dtype=np.float64
    )
    spikes = spike_counts(counts)
    cells = tuple(
        _cell(mat, index, t_s, counts[:, index], stats, int(spikes[index]))
        for index in range(len(mat.cells))
    )
    gaps = np.diff(t_s)
    is_whole = all(cell.is_weighed for cell in cells)
    return MatNumbers(
        seconds=seconds,
        frames=len(frames),
        rate_hz=(len(frames) - 1) / seconds,
        late=int((gaps > LATE_PERIODS / mat.rate_hz).sum()),
        empty=int(np.isnan(counts).all(axis=1).sum()),
        resets=stats.resets,
        longest_sck_high_us=1e6 * stats.longest_sck_high_s,
        lost_share=lost_share(frames, len(cells), mat.rate_hz),
        load_kg=sum(cell.load_kg for cell in cells) if is_whole else None,
        warp_kg=_warp_kg(mat, cells) if is_whole else None,
        shared=shared_noise(t_s, counts, [cell.name for cell in mat.cells]),
    ), cells


def _cell(  # noqa: PLR0917  # what one column is, in order
    mat: Mat, index: int, t_s: Array, column: Array, stats: ReaderStats, spikes: int
) -> CellNumbers:
    name, line = mat.cells[index].name, mat.calibration[index]
    seconds = float(t_s[-1] - t_s[0])
    counters = stats.cells.get(name) or CellCounters()
    there = ~np.isnan(column)
    values = column[there]
    at_rail = (values >= RAIL_MAX_COUNTS) | (values <= RAIL_MIN_COUNTS)
    period_s = 1.0 / mat.rate_hz
    paused_s = sum(pause_s(a, b, period_s) for a, b in pairwise(t_s.tolist()))
    answers_hz = (len(t_s) - counters.missing) / (seconds - paused_s)
    numbers = {
        "mean_counts": 0.0, "range_counts": 0.0, "load_kg": 0.0, "noise_g": 0.0, "hum_hz": 0.0,
        "hum_g": 0.0, "drift_g_per_min": 0.0, "moved_kg": 0.0,
        "wander_g": 0.0,
    }  # fmt: skip
    g_per_count = 1000.0 / abs(line.counts_per_kg)
    if values.size >= MIN_SAMPLES:
        means = blocks(t_s, column)
        means = means[~np.isnan(means)]
        hum, rest = without_hum(values, values.size / seconds)
        numbers = {
            "mean_counts": float(np.median(values)),
            "range_counts": float(np.ptp(values)),
            "load_kg": (float(values.mean()) - line.tare_counts) / line.counts_per_kg,
            "noise_g": noise_counts(rest) * g_per_count,
            "hum_hz": hum.mains_hz,
            "hum_g": hum.amplitude_counts * g_per_count,
            "drift_g_per_min": 60.0 * slope(t_s[there], values) * 1000.0 / line.counts_per_kg,
            "moved_kg": float(np.ptp(means)) / abs(line.counts_per_kg),
            "wander_g": wander(means) * g_per_count,
        }
    elif values.size:
        numbers["mean_counts"] = float(np.median(values))
        numbers["range_counts"] = float(np.ptp(values))
        numbers["load_kg"] = (float(values.mean()) - line.tare_counts) / line.counts_per_kg
    return CellNumbers(
        name=name,
        good=int(values.size),
        torn=counters.torn,
        missing=counters.missing,
        settling=counters.settling,
        held_low=counters.held_low,
        stray_ones=counters.stray_ones,
        saturated=int(at_rail.sum()),
        unique=int(np.unique(values).size),
        spikes=spikes,
        answers_hz=answers_hz,
        longest_gap=longest_gap(there),
        datasheet_g=DATASHEET_COUNTS[round(mat.rate_hz)] * g_per_count,
        **numbers,
    )


def _warp_kg(mat: Mat, cells: Sequence[CellNumbers]) -> float | None:
    """Return one diagonal's load minus the other's; a stiff board on four even feet has ~0."""
    if len(mat.cells) != 4 or len({cell.plate for cell in mat.cells}) != 1:
        return None
    x_mm = np.array([cell.x_mm for cell in mat.cells])
    y_mm = np.array([cell.y_mm for cell in mat.cells])
    sign = np.sign((x_mm - x_mm.mean()) * (y_mm - y_mm.mean()))
    if sorted(sign) != [-1.0, -1.0, 1.0, 1.0]:
        return None
    return float(sum(s * cell.load_kg for s, cell in zip(sign, cells, strict=True)))
