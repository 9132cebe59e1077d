"""Columns of counts -> noise, spikes, hum, slope and what they share. Pure; numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Array = npt.NDArray[np.float64]

MAINS_HZ = (50.0, 60.0)

MAINS_TOLERANCE_HZ = 0.3  # grids keep within 0.2; the rest is for the rate's own error
MIN_SAMPLES = 16  # fewer tell nothing about noise
BLOCK_S = 0.25
SPIKE_SIGMAS = 12.0  # of the noise around it, against both neighbours; never by chance
SPIKE_AROUND = 20  # samples before and after, to tell noise from movement
KNOCK_SIGMAS = 4.0  # in another cell at the same time: the deck was knocked
HUM_OVER_FLOOR = 12.0  # of the median line; noise alone has one of 5 in 10 s
_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Hum:
    """A line in the spectrum where mains would be: amplitude in counts."""

    mains_hz: float = 0.0  # 0: none
    amplitude_counts: float = 0.0


@dataclass(frozen=True, slots=True)
class Shared:
    """Slow noise that cells have in common: correlations of quarter-second means, -1 to 1.

    minimum: of the two cells least alike; maximum: of `pair`, that are most alike, which is
    cross-talk when it is near 1 and nobody is on the mat. 0 where they cannot be compared.
    """

    minimum: float = 0.0
    maximum: float = 0.0
    pair: tuple[str, ...] = ()


def blocks(t_s: Array, values: Array, block_s: float = BLOCK_S) -> Array:
    """Return the means of one column over blocks of time; nan where a block has no sample."""
    number = ((t_s - t_s[0]) / block_s).astype(np.int64)
    there = ~np.isnan(values)
    sums = np.bincount(number[there], values[there], minlength=number[-1] + 1)
    sizes = np.bincount(number[there], minlength=number[-1] + 1)
    with np.errstate(invalid="ignore"):
        means: Array = sums / sizes
    return means


def longest_gap(there: npt.NDArray[np.bool_]) -> int:
    """Return the longest run of frames without a value between two that have one."""
    at = np.flatnonzero(there)
    return int(np.diff(at).max() - 1) if at.size > 1 else 0


def noise_counts(values: Array) -> float:
    """Return white noise from second differences, which slow movement hardly has; robust."""
    second = np.diff(values, 2)
    return float(_MAD * np.median(np.abs(second - np.median(second))) / np.sqrt(6.0))


def spike_counts(counts: Array) -> npt.NDArray[np.int64]:
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
        jumps[at[1:-1], index] = size / np.maximum(around, max(noise_counts(values), 1.0))
    # A jolt peaks in the other cells a sample earlier or later: each reads at its own time.
    near = np.maximum(jumps, np.maximum(np.roll(jumps, 1, axis=0), np.roll(jumps, -1, axis=0)))
    alone = np.ones(counts.shape, dtype=bool)
    for index in range(counts.shape[1]):
        others = np.delete(near, index, axis=1)
        if others.size:
            alone[:, index] = others.max(axis=1) < KNOCK_SIGMAS
    found: npt.NDArray[np.int64] = ((jumps > SPIKE_SIGMAS) & alone).sum(axis=0)
    return found


def without_hum(values: Array, rate_hz: float) -> tuple[Hum, Array]:
    """Return the strongest mains line, if there is one, and the values without it.

    Sampling folds 50 Hz to |50 - k * rate|: 30 Hz at 80 a second, 0 at exactly 10. Where it falls
    below 1 Hz it cannot be distinguished from movement, and none is returned.
    """
    slow = np.convolve(values, np.ones(5) / 5.0, mode="same")
    fast = (values - slow)[2:-2]
    limit = 6.0 * max(noise_counts(values), 1.0)
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


def slope(t_s: Array, values: Array) -> float:
    """Return the straight line's slope through values, counts a second."""
    means = blocks(t_s, values)
    at_s = (np.arange(means.size) + 0.5) * BLOCK_S
    known = ~np.isnan(means)
    if known.sum() < 3:
        return 0.0
    return float(np.polyfit(at_s[known], means[known], 1)[0])


def wander(means: Array) -> float:
    """Return the rms of means of blocks about the straight line through them."""
    at = np.arange(means.size)
    return float(np.std(means - np.polyval(np.polyfit(at, means, 1), at)))


def shared_noise(t_s: Array, counts: Array, names: Sequence[str]) -> Shared:
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
