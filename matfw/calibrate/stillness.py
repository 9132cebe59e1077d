"""Frames -> what the cells give while the mat lies still, measured as long as it takes.

A mean is only worth something if nothing moved meanwhile. So the last seconds are cut into blocks:
where the blocks' means differ by more than their noise explains, something moves. A person who
lies as still as they can moves a cell's block means by 32 g or more within 3 s (ten virtual people
of 50 to 110 kg on three layouts, 107 s each); an empty deck by its noise alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matfw.calibration import RAIL_MAX_COUNTS, RAIL_MIN_COUNTS
from matfw.disturbances.reader_health import taken
from matfw.messages import RawFrame

Array = npt.NDArray[np.float64]

MIN_S = 3.0  # a shorter mean may sit in one half of a breath
MAX_S = 30.0  # nobody stands beside a mat for longer without asking whether it hangs
BLOCK_S = 0.25
STILL_KG = 0.018  # range of the blocks' means; a still person has 0.032, see above
NOISE_RANGE = 2.2  # sigmas over 2 sqrt(2 ln n), the range of n blocks of noise: hardly ever
GONE_SHARE = 0.5  # a cell that gives fewer samples than this gives nothing to go by
RAIL_SHARE = 0.1  # one spike is none; a bridge with a wire off sits there all the time
_MAD = 1.4826 / np.sqrt(2.0)  # median absolute difference of neighbours -> sigma of white noise


@dataclass(frozen=True, slots=True)
class Measured:
    """Each cell's mean over a time in which the mat lay still, in counts and the cells' order.

    t_s: its middle. sigma_counts: of the mean. noise_counts: of a single sample.
    """

    t_s: float
    seconds: float
    mean_counts: tuple[float, ...]
    sigma_counts: tuple[float, ...]
    noise_counts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NotStill:
    """Why nothing was measured: cells by index; `moved_kg` is the largest range of block means."""

    lost: tuple[int, ...] = ()
    late: tuple[int, ...] = ()  # as lost, but by the computer
    saturated: tuple[int, ...] = ()
    noisy: tuple[int, ...] = ()
    moving: tuple[int, ...] = ()
    moved_kg: float = 0.0
    noise_kg: float = 0.0


class Watch:
    """Takes frames until the mat has lain still for long enough, or for MAX_S."""

    def __init__(self, kg_per_count: Sequence[float], sigma_kg: float) -> None:
        """Take each cell's rough scale (its sign does not matter) and how good a mean must be."""
        self._scale = np.abs(np.asarray(kg_per_count, dtype=np.float64))
        self._sigma_kg = sigma_kg
        self._frames: deque[RawFrame] = deque()
        self._began_s: float | None = None
        self._next_s = 0.0

    def update(self, frame: RawFrame) -> Measured | NotStill | None:
        """Return the measurement when it is good, what was in the way at the end, else None."""
        if self._began_s is None:
            self._began_s, self._next_s = frame.t_s, frame.t_s + MIN_S
        self._frames.append(frame)
        if frame.t_s < self._next_s:
            return None
        self._next_s = frame.t_s + BLOCK_S
        is_last = frame.t_s - self._began_s >= MAX_S
        seen = look(self._frames, self._scale, self._sigma_kg)
        if isinstance(seen, Measured):
            return seen
        if is_last or seen.lost or seen.late or seen.saturated:
            return seen
        if seen.moving:  # what lies before the movement is of no use
            while self._frames and frame.t_s - self._frames[0].t_s > MIN_S - BLOCK_S:
                self._frames.popleft()
        return None


def look(
    frames: Sequence[RawFrame] | deque[RawFrame], scale: Array, sigma_kg: float
) -> Measured | NotStill:
    """Return the cells' means over these frames, or why they are none.

    scale: kilograms a count, each >= 0. sigma_kg: how good each mean must be, or it is `noisy`.
    """
    t_s = np.array([frame.t_s for frame in frames])
    counts = np.array(
        [[np.nan if c is None else c for c in frame.counts] for frame in frames], dtype=np.float64
    )
    there = ~np.isnan(counts)
    lost = np.flatnonzero(there.mean(axis=0) < GONE_SHARE)
    if lost.size:
        late = taken(list(frames), counts.shape[1])
        by_themselves = tuple(i for i in _indices(lost) if i not in late)
        return NotStill(lost=by_themselves) if by_themselves else NotStill(late=_indices(lost))
    at_rail = there & ((counts >= RAIL_MAX_COUNTS) | (counts <= RAIL_MIN_COUNTS))
    saturated = np.flatnonzero(at_rail.mean(axis=0) > RAIL_SHARE)
    if saturated.size:
        return NotStill(saturated=_indices(saturated))
    counts = np.where(at_rail, np.nan, counts)
    block = ((t_s - t_s[0]) / BLOCK_S).astype(np.int64)
    blocks = int((t_s[-1] - t_s[0]) / BLOCK_S)  # whole ones
    ends = np.searchsorted(block, np.arange(1, blocks + 1)).tolist()
    noise, means, sizes = [], [], []
    for column in counts.T:
        values = column[~np.isnan(column)]
        noise.append(float(_MAD * _median(np.abs(np.diff(values)))))
        parts = [column[a:b] for a, b in pairwise([0, *ends])]
        parts = [kept for part in parts if (kept := part[~np.isnan(part)]).size]
        # A spike is a single sample far off: blocks go by their medians where there are enough.
        means.append([_median(part) if part.size > 4 else float(part.mean()) for part in parts])
        sizes.append(float(np.mean([part.size for part in parts])))
    noise_counts = np.array(noise)
    ranges = np.array([np.ptp(each) for each in means])
    block_sigma = 1.2533 * noise_counts / np.sqrt(np.array(sizes))  # of a median; of a mean less
    noise_range = 2.0 * np.sqrt(2.0 * np.log(max(blocks, 2))) + NOISE_RANGE
    limit = np.hypot(STILL_KG / scale, noise_range * block_sigma)
    moving = np.flatnonzero(ranges > limit)
    moved_kg = float((ranges * scale).max())
    if moving.size:
        return NotStill(moving=_indices(moving), moved_kg=moved_kg)
    by_blocks = np.array([np.std(each, ddof=1) / np.sqrt(len(each)) for each in means])
    samples = there.sum(axis=0)
    sigma = np.maximum(by_blocks, noise_counts / np.sqrt(samples))
    noisy = np.flatnonzero(sigma * scale > sigma_kg)
    if noisy.size:
        return NotStill(noisy=_indices(noisy), noise_kg=float((noise_counts * scale).max()))
    centre = [_trimmed_mean(column, spread) for column, spread in zip(counts.T, noise, strict=True)]
    return Measured(
        t_s=float(0.5 * (t_s[0] + t_s[-1])),
        seconds=float(t_s[-1] - t_s[0]),
        mean_counts=tuple(centre),
        sigma_counts=tuple(float(value) for value in sigma),
        noise_counts=tuple(noise),
    )


def _median(values: Array) -> float:
    """Return what np.median does, a fifth as long: a look takes one of each block and cell."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else 0.5 * (ordered[half - 1] + ordered[half]))


def _trimmed_mean(column: Array, noise: float) -> float:
    """Return the mean without spikes: samples further from the median than noise explains."""
    values = column[~np.isnan(column)]
    median = _median(values)
    near = values[np.abs(values - median) <= 6.0 * noise + 2.0]
    return float(near.mean()) if near.size else median


def _indices(found: npt.NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(index) for index in found)
