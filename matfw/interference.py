"""Stage 2c: does the mat as a whole say what is on it? Supply, hum and a wrong rate.

A supply that wanders, hum and the like add the same to every cell, wherever the body lies and
whatever it does. A body cannot: a leg that rises takes from one end and gives to the other, and
what pushes the whole body up is over within a second, for the body comes to rest again. So what
is equal in all cells, goes to and fro and lasts is no body's. What no converter does at the stated
rate is a setting that is wrong: every filter then has another corner than it was given.

Both concern all cells and no one of them, and are reported for the cell ALL.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads, RawFrame

ALL = "all"  # as a cell's name
SLOWEST_HZ = 0.3  # corner below which a wander is creep, which lifts are measured against anyway
PART_S = 0.75  # of it each must show the wander: a step on the mat shows in one
PARTS = 4  # with the filter's start still within 5 s
COMMON_SHARE = 0.8  # of what all cells do together over all parts; independent noise has 1 / cells
PART_SHARE = 0.7  # and in each part
# Each cell's rms: a heart at rest moves 0.010-0.013 (own scenarios), a strong one 0.03. A smaller
# wander than this leaves repetitions `unsure`, by the noise it makes.
COMMON_KG = 0.05  # over all parts
PART_KG = 0.03  # and in each part: a slow wander passes its zero there
OVER_KG = 0.04  # over QUIET_PARTS: below it, it is over; a lift is above it, and shows nothing
QUIET_PARTS = 2  # most of a period of the slowest, and fits between two repetitions
UP_SHARES = (0.2, 0.8)  # of what they do, upwards: the filter's answer to a step is one-sided
STEADY_KG = 1.0  # range of a cell's mean over the parts: more is somebody who gets on or turns
CREST = 8.0  # peak over mean of the square of the swing: a sine has 2, an animal that walks 12-40
ARM_MM = 100.0  # from the middle at which the swinging load acts; a leg's swing is 300 and more off
RATE_S = 3.0  # of frames that the rate is measured over
RATE_SHARES = (0.5, 1.5)  # of the stated rate; chips are within 10 %, settings wrong by 8
PAUSE_S = 0.3  # without a frame: the computer slept, and no converter is that slow


@dataclass(frozen=True, slots=True)
class _Part:
    """Sums over PART_S, of what is faster than SLOWEST_HZ: kg^2 and kg^2 mm, and mean loads, kg."""

    common: float  # of what all cells do together
    whole: float  # of all they do
    up: float  # of `common`, upwards
    along: float  # of the load's swing times that of its moment
    across: float
    swing: float  # of the load's
    peak: float  # of the load's swing
    means_kg: tuple[float, ...]


class CommonMode:
    """Watch what all cells do together."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        self._cells = len(cells)
        middle_x_mm = sum(cell.x_mm for cell in cells) / len(cells)
        middle_y_mm = sum(cell.y_mm for cell in cells) / len(cells)
        self._arms_mm = tuple((c.x_mm - middle_x_mm, c.y_mm - middle_y_mm) for c in cells)
        self._gain = min(1.0, 6.2832 * SLOWEST_HZ / rate_hz)
        self._part_frames = max(2, round(PART_S * rate_hz))
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; nothing wanders."""
        self.is_wandering = False
        self._slow: list[float] | None = None
        self._parts: deque[_Part] = deque(maxlen=PARTS)
        self._begin_part()

    def _begin_part(self) -> None:
        self._frames = 0
        self._common = self._whole = self._up = self._along = self._across = self._swing = 0.0
        self._peak = 0.0
        self._sums_kg = [0.0] * self._cells

    def update(self, clean: CleanLoads) -> None:
        """Take a frame; frames that lack a cell say nothing of all of them."""
        known = [load for load in clean.loads_kg if load is not None]
        if len(known) < self._cells:
            return
        slow, gain = self._slow, self._gain
        if slow is None:
            self._slow = known
            return
        total = whole = along = across = 0.0
        sums = self._sums_kg
        for i, (load, (x_mm, y_mm)) in enumerate(zip(known, self._arms_mm, strict=True)):
            fast = load - slow[i]
            slow[i] += gain * fast
            sums[i] += load
            total += fast
            whole += fast * fast
            along += fast * x_mm
            across += fast * y_mm
        swing = total * total
        common = swing / self._cells
        self._common += common
        if total > 0.0:
            self._up += common
        self._whole += whole
        self._along += total * along
        self._across += total * across
        self._swing += swing
        self._peak = max(self._peak, swing)
        self._frames += 1
        if self._frames == self._part_frames:
            self._end_part()
            self._judge()

    def _end_part(self) -> None:
        means_kg = tuple(total / self._frames for total in self._sums_kg)
        self._parts.append(
            _Part(
                common=self._common,
                whole=self._whole,
                up=self._up,
                along=self._along,
                across=self._across,
                swing=self._swing,
                peak=self._peak,
                means_kg=means_kg,
            )
        )
        self._begin_part()

    def _judge(self) -> None:
        parts = tuple(self._parts)
        if self.is_wandering:
            lately = sum(part.common for part in parts[-QUIET_PARTS:])
            self.is_wandering = lately > self._energy(OVER_KG) * QUIET_PARTS
            return
        if len(parts) < PARTS:
            return
        common, whole = sum(part.common for part in parts), sum(part.whole for part in parts)
        low, high = UP_SHARES
        self.is_wandering = (
            common > max(COMMON_SHARE * whole, self._energy(COMMON_KG) * PARTS)
            and all(p.common > max(PART_SHARE * p.whole, self._energy(PART_KG)) for p in parts)
            and low * common < sum(part.up for part in parts) < high * common
            and self._is_nobody(parts)
        )

    def _is_nobody(self, parts: Sequence[_Part]) -> bool:
        """Return whether whoever is there keeps still, no limb swings, and nothing steps on it."""
        swing = sum(part.swing for part in parts)
        along = abs(sum(part.along for part in parts))
        across = abs(sum(part.across for part in parts))
        ranges = [max(kg) - min(kg) for kg in zip(*(p.means_kg for p in parts), strict=True)]
        mean = swing / (PARTS * self._part_frames)
        is_even = max(part.peak for part in parts) < CREST * mean
        return is_even and max(along, across) < ARM_MM * swing and max(ranges) < STEADY_KG

    def _energy(self, rms_kg: float) -> float:
        """Return what a wander of so much in every cell sums up to in one part."""
        return rms_kg**2 * self._part_frames * self._cells


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
    """Say when nothing that the mat reads can be trusted, and when it can again."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        self._common = CommonMode(cells, rate_hz)
        self._rate = RateWatch(len(cells), rate_hz)
        self._is_reported = False

    def reset(self) -> None:
        """Begin with a mat that can be trusted."""
        self._common.reset()
        self._rate.reset()
        self._is_reported = False

    def update(self, raw: RawFrame, clean: CleanLoads) -> Sequence[CellEvent]:
        """Take a frame; return what is to be reported of all cells now: one event or none."""
        self._rate.update(raw)
        self._common.update(clean)
        is_bad = self._common.is_wandering or self._rate.is_wrong
        if is_bad == self._is_reported:
            return ()
        self._is_reported = is_bad
        problem = CellProblem.UNRELIABLE if is_bad else CellProblem.OK
        return (CellEvent(raw.t_s, ALL, problem),)
