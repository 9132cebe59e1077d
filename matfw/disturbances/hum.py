"""Does a cell hum, or all of them, though somebody exercises meanwhile?

A hum stays at its frequency for seconds and a lift does not, so it is looked for as a line in the
spectra of single seconds, where a leg that moves does not hide it. A leg that trembles, or a heart,
makes such a line too. But what a body does at one frequency reaches all cells at once, of each more
or less, from where the body lies. Not so a hum: it is in one cell alone, or in all alike as from
the deck's middle, or comes to each at another time (free-running converters sample the same mains
one after the other), as a force would that walks in circles over the deck. Above FAST_HZ no body
goes on for seconds.

What counts is what of it reaches the judge: mains at 20 or 30 Hz, as 80 samples a second show them,
are all but taken out by `conditioning` and the steps' means. Not at a third of the rate: there the
median of three makes slow beats of it, a quarter of its size and more (mains at 50 and 100 Hz on a
converter with 75 samples a second).

Loads are taken as they are before anything smooths them. The spectra come twice a second, with
numpy: some 0.1 ms in the frame that ends one, 0.4 us in all others.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matfw.estimation.noise import STEP_S
from matfw.messages import Cell, Loads

SPECTRUM_S = 1.0  # of loads in one spectrum; they overlap by half
SPECTRA = 7  # that must show the line: 4 s, so it is known within 4.5 s
SLOWEST_HZ = 2.0  # legs and arms move more slowly
# Of what is in all cells alike: bodies swing so too, getting on or on their feet, at 3 to 5 Hz.
SLOWEST_COMMON_HZ = 7.0  # whose line begins at 6; slower is a wander (`interference`)
LINE_HZ = 1.5 / SPECTRUM_S  # what is less far from a line's middle is of it: its window's width
LEAST_SHARE = 0.05  # of a hum that must reach the judge: what is taken out is not looked for
FAST_HZ = 13.0  # above: tremor ends at 12 Hz, and of a landing little is left after a second
# Corner of the two low-passes that follow, at most so much of the rate; of `conditioning`, whose
# neighbour this is.
CORNER_HZ, CORNER_SHARE = 14.0, 0.25
MEDIAN_SHARE, MEDIAN_HZ = 0.5, 1.5  # of a hum this near a third of the rate that passes the median
# A faster hum looks less like a leg, and counts so much: 0.45 kg at 5 to 14 Hz left repetitions
# unsure where 0.15 kg at 2 and 3 Hz named faults that nobody made (one set each, tuning people).
SHAKING_HZ, SHAKING_SHARE = 4.5, 0.5
# rms of what counts, as one force: from here on such faults were named. Of undisturbed people what
# goes in circles is 0.05 at most, what is above FAST_HZ as much, and what one cell does 0.01.
LIMIT_KG = 0.1
OVER_SHARE = 0.5  # of it, below which it is over
OVER_SPECTRA = 2  # in which it must be: 1.5 s, which fits between two repetitions
# The weakest spectrum's rms, of the strongest's: people settle less and less.
EVEN_SHARE = 0.6
COMMON_SHARE = 0.8  # of the line's power that all cells do together
ARM_MM = 100.0  # from the middle at which they do; as in `interference`
LONE_SHARE = 0.85  # of its power in one cell: a tremor over one cell has 0.7
# Of what the other cells do that goes with a lone one: a hand that scratches beside it loads them
# too, a loose wire does not.
GOES_WITH = 0.35
CIRCLING_SHARE = 0.5  # of its power that comes to the cells at different times; bodies have 0.44
# That each cell's mean may move by: who gets on, or turns over, moves more; a lift 3 on six cells.
STEADY_KG = 6.0
PAUSE_S = 0.3  # without a whole frame: what was before belongs to another time

Array = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]


class Hums:
    """Watch for a hum. is_common: in all cells. lone: the cell that hums alone, by index."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        half_frames = round(0.5 * SPECTRUM_S * rate_hz)
        self._half_loads = half_frames * len(cells)
        self._transform, self._hz = _transform(2 * half_frames, rate_hz)
        # Not all frequencies are looked for, so neighbours are those that are near.
        apart_hz: Array = np.abs(np.subtract.outer(self._hz, self._hz))
        self._of_line: Array = (apart_hz < LINE_HZ).astype(np.float64)  # 1 for each of a line
        places = np.array([(cell.x_mm, cell.y_mm) for cell in cells], dtype=np.float64)
        self._arms_mm: Array = places - places.mean(axis=0)
        self.reset()

    def reset(self) -> None:
        """Forget what was heard; nothing hums."""
        self.is_common = False
        self.lone: int | None = None
        self._at = 0  # the frequency that hums, by index
        self._begin()

    def _begin(self) -> None:
        """Begin with no loads; what was heard until then belongs to another time."""
        self._last: tuple[float | None, ...] | None = None  # none of them is None
        self._last_s = -math.inf
        self._loads = array("d")  # of the half that has begun, frame by frame
        # Of the last spectra: cosines above sines of each frequency, by cell; all cells' power in a
        # line; the loads of its second half. What is hardly ever asked for is made when it is.
        self._waves: deque[Array] = deque(maxlen=SPECTRA)
        self._powers: deque[Array] = deque(maxlen=SPECTRA)
        self._halves: deque[Array] = deque(maxlen=SPECTRA)

    def update(self, loads: Loads) -> None:
        """Take a frame. A short hole is bridged with what was before."""
        row = loads.loads_kg
        if None in row:
            if loads.t_s - self._last_s > PAUSE_S or self._last is None:
                return
            row = self._last
        else:
            if loads.t_s - self._last_s > PAUSE_S and not self._is_named:
                # What has been named is over by quiet that lies apart, too: holes may come often.
                self._begin()
            self._last_s = loads.t_s
            self._last = row
        self._loads.extend(row)  # type: ignore[arg-type]
        if len(self._loads) == self._half_loads:
            self._end_half()

    @property
    def _is_named(self) -> bool:
        return self.is_common or self.lone is not None

    def _end_half(self) -> None:
        last = self._halves[-1] if self._halves else None
        half: Array = np.array(self._loads).reshape(-1, len(self._arms_mm))
        self._halves.append(half)
        self._loads = array("d")
        if last is None:
            return
        waves = self._transform @ np.concatenate((last, half))
        squares = (waves * waves).sum(axis=1)
        n = len(self._hz)
        self._powers.append(self._of_line @ (squares[:n] + squares[n:]))
        self._waves.append(waves)
        if self._is_named:
            if len(self._powers) >= OVER_SPECTRA and not self._goes_on():
                self.is_common, self.lone = False, None
        elif len(self._powers) == SPECTRA:
            self._judge()

    def _judge(self) -> None:
        limit_kg2 = LIMIT_KG**2 / len(self._arms_mm)
        if not (self._powers[-1] > limit_kg2).any():  # as nearly always
            return
        powers = np.array(self._powers)
        weakest: Array = powers.min(axis=0)
        loud = weakest > limit_kg2
        if not loud.any() or self._moved_kg() > STEADY_KG:
            return
        even: Array = np.sqrt(weakest / powers.max(axis=0))
        found = np.flatnonzero(loud & (even > EVEN_SHARE)).tolist()
        for at in sorted(found, key=weakest.__getitem__, reverse=True):
            self._name(at, float(weakest[at]))
            if self._is_named:
                return

    def _moved_kg(self) -> float:
        """Return by how much some cell's mean has moved over the last spectra."""
        means_kg = [half.mean(axis=0) for half in self._halves]
        return float(np.ptp(means_kg, axis=0).max())

    def _cross(self, at: int, spectra: int) -> ComplexArray:
        """Return a line's power in the last spectra, by cell and cell, kg^2."""
        of_line, n = self._of_line[at] > 0.0, len(self._hz)
        last = list(self._waves)[-spectra:]
        lines = np.concatenate([waves[:n][of_line] + 1j * waves[n:][of_line] for waves in last])
        cross: ComplexArray = lines.T @ lines.conj()
        return cross

    def _name(self, at: int, weakest: float) -> None:
        """See whether the line at a frequency is a hum, and whose."""
        cross = self._cross(at, SPECTRA)
        by_cell: Array = cross.diagonal().real
        whole, cell = float(by_cell.sum()), int(by_cell.argmax())
        self._at = at
        # As one force: what cells do together adds up, what they do apart adds up by its squares.
        if weakest > LIMIT_KG**2:
            others = float(np.delete(by_cell, cell).sum())
            is_lone = len(by_cell) > 1 and by_cell[cell] > LONE_SHARE * whole
            if is_lone and goes_with(cross, cell) <= GOES_WITH * others:
                self.lone = cell
                return
            if self._hz[at] >= FAST_HZ or _circling(cross) > CIRCLING_SHARE * whole:
                self.is_common = True
                return
        self.is_common = bool(self._hz[at] >= SLOWEST_COMMON_HZ) and self._is_alike(
            cross, COMMON_SHARE
        )

    def _is_alike(self, cross: ComplexArray, share: float) -> bool:
        """Return whether all cells do together what they do, as from the deck's middle."""
        with_all: Array = cross.sum(axis=1).real
        together = float(with_all.sum())
        arms_mm: Array = np.abs(with_all @ self._arms_mm)
        return bool(
            together > share * len(with_all) * float(cross.trace().real)
            and arms_mm.max() < ARM_MM * together
        )

    def _goes_on(self) -> bool:
        """Return whether what hums was heard lately at half its limit."""
        cross = self._cross(self._at, OVER_SPECTRA)
        by_cell: Array = cross.diagonal().real
        whole, over_kg2 = float(by_cell.sum()), OVER_SPECTRA * (OVER_SHARE * LIMIT_KG) ** 2
        if self.lone is not None:
            alone = float(by_cell[self.lone])
            return alone > max(over_kg2, OVER_SHARE * LONE_SHARE * whole)
        if whole > over_kg2 and (
            self._hz[self._at] >= FAST_HZ or _circling(cross) > OVER_SHARE * CIRCLING_SHARE * whole
        ):
            return True
        return whole * len(by_cell) > over_kg2 and self._is_alike(cross, OVER_SHARE * COMMON_SHARE)


def goes_with(products: Array | ComplexArray, i: int) -> float:
    """Return what of the others' squares goes with one cell, at once. products: (cells, cells)."""
    with_it: Array = np.delete(products[i], i).real
    return float(with_it @ with_it) / float(products[i, i].real)


def _circling(cross: ComplexArray) -> float:
    """Return what of a line's power comes to the cells at different times: 0 for one force."""
    return float(np.sqrt((cross.imag**2).sum()))


def _transform(frames: int, rate_hz: float) -> tuple[Array, Array]:
    """Return the matrix from loads to lines, cosines above sines, and the lines' frequencies.

    A straight line is taken out; each line is weighed with what of it reaches the judge.
    """
    all_hz = np.array([k * rate_hz / frames for k in range(1, frames // 2 + 1)])
    hz = all_hz[(all_hz >= SLOWEST_HZ) & (_reaching(all_hz, rate_hz) > LEAST_SHARE)]
    at = np.linspace(-1.0, 1.0, frames)
    level = np.array([np.ones(frames), at]).T
    straight = np.eye(frames) - level @ np.linalg.pinv(level)
    window = np.hanning(frames + 1)[:-1]
    waves = np.exp(-2j * np.pi * np.outer(hz / rate_hz, np.arange(frames))) * window
    waves *= _reaching(hz, rate_hz)[:, None] * math.sqrt(2.0 / (frames * float((window**2).sum())))
    transform: Array = np.vstack([waves.real, waves.imag]) @ straight
    return transform, hz


def _reaching(hz: Array, rate_hz: float) -> Array:
    """Return the share of a hum's size that reaches the judge through median, filters and means."""
    corner = min(CORNER_HZ / rate_hz, CORNER_SHARE)
    gain = 1.0 - math.exp(-2.0 * math.pi * corner)
    turns: Array = hz / rate_hz
    passes = np.abs(gain / (1.0 - (1.0 - gain) * np.exp(-2j * np.pi * turns))) ** 2
    n = max(1, round(STEP_S * rate_hz))
    means = np.abs(np.sinc(n * turns) / np.sinc(turns))
    beats = np.abs(hz - rate_hz / 3.0) < MEDIAN_HZ
    shakes = np.where(hz > SHAKING_HZ, SHAKING_SHARE, 1.0)
    share: Array = np.where(beats, MEDIAN_SHARE, passes * means * shakes)
    return share
