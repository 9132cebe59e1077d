"""Frames -> numbers for each cell: rate, noise, hum, drift, what was missed. Pure; numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from matfw.calibration import RAIL_MAX_COUNTS, RAIL_MIN_COUNTS
from matfw.messages import Mat, RawFrame
from matfw.ports import CellCounters, ReaderStats
from matfw.reader_health import lost_share, pause_s

Array = npt.NDArray[np.float64]

# The converter's own noise, counts rms at gain 128: 50 nV at 10 SPS and 90 nV at 80 (HX711
# datasheet p. 4), at 1.98 nV a count (AVDD 4.25 V).
DATASHEET_COUNTS = {10: 25.0, 80: 45.0}
MAINS_HZ = (50.0, 60.0)
MAINS_TOLERANCE_HZ = 0.3  # grids keep within 0.2; the rest is for the rate's own error
MIN_SAMPLES = 16  # fewer tell nothing about noise
BLOCK_S = 0.25
RAIL_SHARE = 0.1  # of the good samples: more is a wire off, fewer are spikes
SPIKE_SIGMAS = 12.0  # of the noise around it, against both neighbours; never by chance
SPIKE_AROUND = 20  # samples before and after, to tell noise from movement
KNOCK_SIGMAS = 4.0  # in another cell at the same time: the deck was knocked
HUM_OVER_FLOOR = 12.0  # of the median line; noise alone has one of 5 in 10 s
WANDER_G = 8.0  # rms of quarter-second means; a person who lies still has more on some cell
LATE_PERIODS = 1.5  # between two frames
_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Hum:
    """A line in the spectrum where mains would be: amplitude in counts."""

    mains_hz: float = 0.0  # 0: none
    amplitude_counts: float = 0.0


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
class Shared:
    """Slow noise that cells have in common: correlations of quarter-second means, -1 to 1.

    minimum: of the two cells least alike; maximum: of `pair`, that are most alike, which is
    cross-talk when it is near 1 and nobody is on the mat. 0 where they cannot be compared.
    """

    minimum: float = 0.0
    maximum: float = 0.0
    pair: tuple[str, ...] = ()


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
    spikes = _spikes(counts)
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
        shared=_shared_noise(t_s, counts, [cell.name for cell in mat.cells]),
    ), cells


def blocks(t_s: Array, values: Array, block_s: float = BLOCK_S) -> Array:
    """Return the means of one column over blocks of time; nan where a block has no sample."""
    number = ((t_s - t_s[0]) / block_s).astype(np.int64)
    there = ~np.isnan(values)
    sums = np.bincount(number[there], values[there], minlength=number[-1] + 1)
    sizes = np.bincount(number[there], minlength=number[-1] + 1)
    with np.errstate(invalid="ignore"):
        means: Array = sums / sizes
    return means


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
        hum, rest = _without_hum(values, values.size / seconds)
        numbers = {
            "mean_counts": float(np.median(values)),
            "range_counts": float(np.ptp(values)),
            "load_kg": (float(values.mean()) - line.tare_counts) / line.counts_per_kg,
            "noise_g": _noise_counts(rest) * g_per_count,
            "hum_hz": hum.mains_hz,
            "hum_g": hum.amplitude_counts * g_per_count,
            "drift_g_per_min": 60.0 * _slope(t_s[there], values) * 1000.0 / line.counts_per_kg,
            "moved_kg": float(np.ptp(means)) / abs(line.counts_per_kg),
            "wander_g": _wander(means) * g_per_count,
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
        longest_gap=_longest_gap(there),
        datasheet_g=DATASHEET_COUNTS[round(mat.rate_hz)] * g_per_count,
        **numbers,
    )


def _longest_gap(there: npt.NDArray[np.bool_]) -> int:
    """Return the longest run of frames without a value between two that have one."""
    at = np.flatnonzero(there)
    return int(np.diff(at).max() - 1) if at.size > 1 else 0


def _noise_counts(values: Array) -> float:
    """Return white noise from second differences, which slow movement hardly has; robust."""
    second = np.diff(values, 2)
    return float(_MAD * np.median(np.abs(second - np.median(second))) / np.sqrt(6.0))


def _spikes(counts: Array) -> npt.NDArray[np.int64]:
    """Return each cell's number of single samples that are far from both neighbours.

    counts: (frames, cells), nan where there is none. A body's jolt is on several cells at once and
    comes amid movement; an electrical spike is on one cell, amid nothing.
    """
    jumps = np.zeros(counts.shape)  # in sigmas, or 0
    for index, column in enumerate(counts.T):
        at = np.flatnonzero(~np.isnan(column))
        if at.size < MIN_SAMPLES:
            continue
        values = column[at]
        before, after = values[1:-1] - values[:-2], values[1:-1] - values[2:]
        size = np.where(before * after > 0.0, np.minimum(np.abs(before), np.abs(after)), 0.0)
        steps = np.pad(np.abs(np.diff(values)), SPIKE_AROUND, mode="edge")
        around = np.median(sliding_window_view(steps, 2 * SPIKE_AROUND), axis=1)[: size.size]
        jumps[at[1:-1], index] = size / np.maximum(around, max(_noise_counts(values), 1.0))
    # A jolt peaks in the other cells a sample earlier or later: each reads at its own time.
    near = np.maximum(jumps, np.maximum(np.roll(jumps, 1, axis=0), np.roll(jumps, -1, axis=0)))
    alone = np.ones(counts.shape, dtype=bool)
    for index in range(counts.shape[1]):
        others = np.delete(near, index, axis=1)
        if others.size:
            alone[:, index] = others.max(axis=1) < KNOCK_SIGMAS
    found: npt.NDArray[np.int64] = ((jumps > SPIKE_SIGMAS) & alone).sum(axis=0)
    return found


def _without_hum(values: Array, rate_hz: float) -> tuple[Hum, Array]:
    """Return the strongest mains line, if there is one, and the values without it.

    Sampling folds 50 Hz to |50 - k * rate|: 30 Hz at 80 a second, 0 at exactly 10. Where it falls
    below 1 Hz it cannot be distinguished from movement, and none is returned.
    """
    slow = np.convolve(values, np.ones(5) / 5.0, mode="same")
    fast = (values - slow)[2:-2]
    limit = 6.0 * max(_noise_counts(values), 1.0)
    fast = np.clip(fast - np.median(fast), -limit, limit)  # a spike has all frequencies
    window = np.hanning(fast.size)
    size = 8 * fast.size
    spectrum = np.abs(np.fft.rfft(fast * window, size)) * 2.0 / window.sum()
    at_hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    floor = float(np.median(spectrum))
    best = Hum()
    for mains_hz in MAINS_HZ:
        folded_hz = abs(mains_hz - rate_hz * round(mains_hz / rate_hz))
        # The rate is known from the samples that came: a missed one moves the line a little.
        width_hz = MAINS_TOLERANCE_HZ + 0.01 * mains_hz
        if folded_hz - width_hz < 1.0:
            continue
        near = np.abs(at_hz - folded_hz) <= width_hz
        if not near.any():
            continue
        peak = float(spectrum[near].max())
        is_line = peak > HUM_OVER_FLOOR * floor and peak >= 0.99 * float(
            spectrum[at_hz > 1.0].max()
        )
        if is_line and peak > best.amplitude_counts:
            best = Hum(mains_hz, _undone(peak, folded_hz, rate_hz))
            line_hz = float(at_hz[near][spectrum[near].argmax()])
    if not best.mains_hz:
        return best, values
    number = np.arange(values.size)
    angle = 2.0 * np.pi * line_hz / rate_hz * number
    waves = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    share, *_ = np.linalg.lstsq(waves, values - np.median(values), rcond=None)
    return best, values - waves @ share


def _undone(peak: float, line_hz: float, rate_hz: float) -> float:
    """Return a line's amplitude before the 5-sample mean was taken off."""
    angle = np.pi * line_hz / rate_hz
    passed = 1.0 - np.sin(5.0 * angle) / (5.0 * np.sin(angle))
    return float(peak / max(abs(passed), 0.1))


def _slope(t_s: Array, values: Array) -> float:
    """Return the straight line's slope through values, counts a second."""
    means = blocks(t_s, values)
    at_s = (np.arange(means.size) + 0.5) * BLOCK_S
    known = ~np.isnan(means)
    if known.sum() < 3:
        return 0.0
    return float(np.polyfit(at_s[known], means[known], 1)[0])


def _wander(means: Array) -> float:
    at = np.arange(means.size)
    return float(np.std(means - np.polyval(np.polyfit(at, means, 1), at)))


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


def _shared_noise(t_s: Array, counts: Array, names: Sequence[str]) -> Shared:
    """Return how much of the cells' slow noise, drift taken off, is the same in pairs of cells."""
    columns = []
    for column in counts.T:
        means = blocks(t_s, column)
        if np.isnan(means).any() or means.size < 12:
            return Shared()
        at = np.arange(means.size)
        rest = means - np.polyval(np.polyfit(at, means, 1), at)
        if not rest.std():
            return Shared()
        columns.append(rest)
    pairs = np.corrcoef(np.array(columns))
    np.fill_diagonal(pairs, -1.0)
    a, b = divmod(int(pairs.argmax()), len(names))
    maximum = float(pairs[a, b])
    np.fill_diagonal(pairs, 1.0)
    return Shared(float(pairs.min()), maximum, (names[min(a, b)], names[max(a, b)]))
