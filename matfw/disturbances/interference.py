"""Does the mat say what is on it? Supply, hum, a cell's wander, a wrong rate.

A supply that wanders, hum and the like add the same to every cell, wherever the body lies and
whatever it does. A body cannot: a leg that rises takes from one end and gives to the other, and
what pushes the whole body up is over within a second, for the body comes to rest again. So what
is equal in all cells, goes to and fro and lasts is no body's. Nor is what one cell does alone,
fast and for four seconds: a body rests on several, and a hand that pushes on a corner is slow.
What no converter does at the stated rate is a setting that is wrong: every filter then has another
corner than it was given.

What concerns all cells and no one of them is reported for the cell ALL.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matfw.disturbances.hum import GOES_WITH, Array, Hums, goes_with
from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads, Loads, RawFrame

ALL = "all"  # as a cell's name
SLOWEST_HZ = 0.3  # corner below which a wander is creep, which lifts are measured against anyway
PART_S = 0.75  # of it each must show the wander: a step on the mat shows in one
PARTS = 4  # with the filter's start still within 5 s
COMMON_SHARE = 0.7  # of what all cells do together over all parts; independent noise has 1 / cells
PART_SHARE = 0.55  # and in each part
# Each cell's rms: a heart at rest moves 0.010-0.013 (own scenarios), a strong one 0.03, but not
# all cells alike. A smaller wander leaves repetitions `unsure`, by the noise it makes.
COMMON_KG = 0.025  # over all parts
PART_KG = 0.012  # and in each part: a slow wander passes its zero there
OVER_KG = 0.02  # over QUIET_PARTS: below it, it is over; a lift is above it, and shows nothing
QUIET_PARTS = 2  # most of a period of the slowest, and fits between two repetitions
UP_SHARES = (0.2, 0.8)  # of what they do, upwards: the filter's answer to a step is one-sided
STEADY_KG = 0.7  # that a cell's mean moves against the others': more is somebody who gets on
CREST = 6.5  # peak over mean of the square of the swing: a sine has 2, an animal that walks 12-40
# Of what they all do in the mean that one cell may do more or less: a hand that scratches on and on
# near the middle of the deck gives one 0.3 more and one 0.3 less (tuning people, three alarms).
ALIKE_SPREAD = 0.2
# One cell's share of what all cells do, and its rms.
LONE_PARTS = 5
LONE_SHARE, LONE_PART_SHARE = 0.7, 0.6
LONE_KG, LONE_PART_KG = 0.1, 0.05
LONE_EVEN = 0.1  # of the largest part that the smallest has
LONE_OVER_KG = 0.06
# As fast as this in each part, if it is large, and if it is small: a hand that pushes on a corner
# again and again is slower.
LONE_HZ = (0.7, 1.5)
LONE_LARGE_KG = 0.5
RATE_S = 3.0  # of frames that the rate is measured over
RATE_SHARES = (0.5, 1.5)  # of the stated rate; chips are within 10 %, settings wrong by 8
# Without a frame, or without one of the cells: the computer slept, and no converter is that slow.
PAUSE_S = 0.3


@dataclass(frozen=True, slots=True)
class _Part:
    """Sums over PART_S, of what is faster than SLOWEST_HZ, kg^2; and mean loads, kg."""

    swing: float  # of the square of all cells' load
    up: float  # of it, upwards
    peak: float  # of one sample
    products: Array  # of each cell with each, (cells, cells)
    whole: float  # of all cells' squares
    moves: tuple[float, ...]  # of the square of what each cell moves by in a sample
    means_kg: tuple[float, ...]  # each cell's, less that of all


class Wanders:
    """Watch what all cells do together, and what one does alone.

    is_common: all wander together. lone: the cell that wanders alone, by index.
    """

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate."""
        self._cells = cells
        self._period_s = 1.0 / rate_hz
        self._part_frames = max(2, round(PART_S * rate_hz))
        kept = 1.0 - min(1.0, 6.2832 * SLOWEST_HZ / rate_hz)
        self._slowly, self._kept = _slow_filter(self._part_frames, kept)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; nothing wanders."""
        self.is_common = False
        self.lone: int | None = None
        self._slow: Array | None = None  # before the part that has begun ...
        self._last: Array | None = None  # ... and the frame before it
        self._last_s = -math.inf
        self._parts: deque[_Part] = deque(maxlen=max(PARTS, LONE_PARTS))
        self._loads = array("d")  # of the part that has begun, frame by frame

    def update(self, clean: CleanLoads) -> None:
        """Take a frame; frames that lack a cell say nothing of all of them.

        A part is summed up at its end, with numpy: a fifth of what it takes frame by frame.
        """
        loads_kg = clean.loads_kg
        if None in loads_kg:
            return
        if clean.t_s - self._last_s > PAUSE_S:
            # What lasts is seen to last; nobody knows what was in between, or who came. What has
            # been named is over by the quiet of parts that lie apart, too: holes may come often.
            if not self.is_common and self.lone is None:
                self._parts.clear()
            self._loads = array("d")
            self._slow = self._last = np.array(loads_kg, dtype=np.float64)
            self._last_s = clean.t_s
            return
        self._last_s = clean.t_s
        self._loads.extend(loads_kg)  # type: ignore[arg-type]  # none is None
        if len(self._loads) == self._part_frames * self._cells:
            self._end_part()
            self._judge()

    def _end_part(self) -> None:
        assert self._slow is not None
        assert self._last is not None
        loads: Array = np.array(self._loads).reshape(-1, self._cells)
        slow = self._slowly @ loads + self._kept[:, None] * self._slow
        fast = loads - slow[:-1]
        moved = np.diff(loads, axis=0, prepend=self._last[None])
        self._loads, self._slow, self._last = array("d"), slow[-1], loads[-1]
        total = fast.sum(axis=1)
        swing = total * total
        means = loads.mean(axis=0)
        products: Array = fast.T @ fast
        self._parts.append(
            _Part(
                swing=float(swing.sum()),
                up=float(swing[total > 0.0].sum()),
                peak=float(swing.max()),
                products=products,
                whole=float(products.trace()),
                moves=tuple((moved * moved).sum(axis=0).tolist()),
                means_kg=tuple((means - means.mean()).tolist()),
            )
        )

    def _judge(self) -> None:
        parts = tuple(self._parts)
        quiet = parts[-QUIET_PARTS:]
        n = self._cells
        if len(quiet) < QUIET_PARTS:
            return
        if self.is_common:
            common = sum(part.swing for part in quiet) / n
            self.is_common = common > n * self._energy(OVER_KG) * QUIET_PARTS
        elif len(parts) >= PARTS:
            self.is_common = self._is_common(parts[-PARTS:])
        if self.lone is not None:
            alone = sum(part.products[self.lone, self.lone] for part in quiet)
            goes_on = alone > self._energy(LONE_OVER_KG) * QUIET_PARTS
            self.lone = self.lone if goes_on else None
        elif len(parts) >= LONE_PARTS and not self.is_common:
            self.lone = self._lone(parts[-LONE_PARTS:])

    def _is_common(self, parts: Sequence[_Part]) -> bool:
        """Return whether all swing together, and nobody is there who could do it."""
        n = self._cells
        swing = sum(part.swing for part in parts)
        least = max(
            COMMON_SHARE * sum(part.whole for part in parts),
            n * self._energy(COMMON_KG) * len(parts),
        )
        if swing / n <= least:  # as nearly always
            return False
        products: Array = np.sum([part.products for part in parts], axis=0)
        low, high = UP_SHARES
        return (
            all(p.swing / n > max(PART_SHARE * p.whole, n * self._energy(PART_KG)) for p in parts)
            and low * swing < sum(part.up for part in parts) < high * swing
            and max(part.peak for part in parts) * len(parts) * self._part_frames < CREST * swing
            and bool((np.abs(n * products.sum(axis=1) - swing) < ALIKE_SPREAD * swing).all())
            and max(_ranges(parts)) < STEADY_KG
        )

    def _lone(self, parts: Sequence[_Part]) -> int | None:
        """Return the cell that swings on and on while the others keep still."""
        products: Array = np.sum([part.products for part in parts], axis=0)
        squares = products.diagonal()
        i = int(squares.argmax())
        square, others = float(squares[i]), float(np.delete(squares, i).sum())
        alone = [float(part.products[i, i]) for part in parts]
        rms_kg = (square / (len(parts) * self._part_frames)) ** 0.5
        slow_hz, fast_hz = LONE_HZ
        least_hz = slow_hz if rms_kg > LONE_LARGE_KG else fast_hz
        least = (6.2832 * least_hz * self._period_s) ** 2  # of a sine: moves over squares
        is_lone = (
            self._cells > 1
            and rms_kg > LONE_KG
            and square > LONE_SHARE * (square + others)
            and goes_with(products, i) <= GOES_WITH * others
            and all(p.moves[i] > least * part for p, part in zip(parts, alone, strict=True))
            and max(kg for k, kg in enumerate(_ranges(parts)) if k != i) < STEADY_KG
            and all(part > LONE_PART_SHARE * p.whole for p, part in zip(parts, alone, strict=True))
            and min(alone) > max(LONE_EVEN * max(alone), self._energy(LONE_PART_KG))
        )
        return i if is_lone else None

    def _energy(self, rms_kg: float) -> float:
        """Return what a wander of so much in one cell sums up to in one part."""
        return rms_kg**2 * self._part_frames


def _slow_filter(frames: int, kept: float) -> tuple[Array, Array]:
    """Return what a low-pass makes of so many frames, and of what it was before them.

    Row k is what it has become by frame k, without it; the last row, after all of them.
    """
    ages = np.subtract.outer(np.arange(frames + 1), np.arange(frames)) - 1
    slowly: Array = np.where(ages < 0, 0.0, (1.0 - kept) * kept ** np.maximum(ages, 0))
    of_before: Array = kept ** np.arange(frames + 1.0)
    return slowly, of_before


def _ranges(parts: Sequence[_Part]) -> list[float]:
    """Return by how much each cell's mean has moved against that of all, kg."""
    return [max(kg) - min(kg) for kg in zip(*(part.means_kg for part in parts), strict=True)]


class RateWatch:
    """Compare how often the converters give a value with the stated rate."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate."""
        self._cells, self._rate_hz = cells, rate_hz
        self.reset()

    def reset(self) -> None:
        """Believe the stated rate until frames say otherwise."""
        self.is_wrong = False
        self._last_s: float | None = None
        self._begin()

    def _begin(self) -> None:
        self._seen_s = 0.0
        self._whole = 0  # frames that lack no cell
        self._values = [0] * self._cells  # of the others

    def update(self, raw: RawFrame) -> None:
        """Take a frame; what the computer did not read in time counts as given."""
        step_s = 0.0 if self._last_s is None else raw.t_s - self._last_s
        self._last_s = raw.t_s
        if not 0.0 < step_s < PAUSE_S:
            return
        self._seen_s += step_s
        if None in raw.counts:
            for i, count in enumerate(raw.counts):
                self._values[i] += count is not None or raw.computer_mask >> i & 1
        else:
            self._whole += 1
        if self._seen_s < RATE_S:
            return
        # The busiest: a cell that gives nothing has a fault of its own.
        share = (self._whole + max(self._values)) / self._seen_s / self._rate_hz
        low, high = RATE_SHARES
        self.is_wrong = share > high or 0.0 < share < low
        self._begin()


class Interference:
    """Say when a cell, or nothing that the mat reads, can be trusted, and when it can again."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        self._names = tuple(cell.name for cell in cells)
        self._wanders = Wanders(len(cells), rate_hz)
        self._hums = Hums(cells, rate_hz)
        self._rate = RateWatch(len(cells), rate_hz)
        self._reported: str | None = None

    def reset(self) -> None:
        """Begin with a mat that can be trusted."""
        self._wanders.reset()
        self._hums.reset()
        self._rate.reset()
        self._reported = None

    def update(self, raw: RawFrame, real: Loads, clean: CleanLoads) -> Sequence[CellEvent]:
        """Take a frame; return what is to be reported now: of all cells, or of one of them.

        real: the loads before anything smooths them.
        """
        self._rate.update(raw)
        wanders, hums = self._wanders, self._hums
        wanders.update(clean)
        hums.update(real)
        name: str | None = None
        lone = hums.lone if wanders.lone is None else wanders.lone
        if wanders.is_common or hums.is_common or self._rate.is_wrong:
            name = ALL
        elif lone is not None:
            name = self._names[lone]
        if name == self._reported:
            return ()
        before, self._reported = self._reported, name
        over = () if before is None else (CellEvent(raw.t_s, before, CellProblem.OK),)
        if name is None:
            return over
        return (*over, CellEvent(raw.t_s, name, CellProblem.UNRELIABLE))
