"""Stage 1c: a zero that jumps: a cell, or some, or all, go from level to level at once, and stay.

What a body does to a cell has a beginning, grows over more than the 50 ms that the converter's own
filter takes, reaches other cells too and swings on. A contact that gives way, a clamp that slips or
a supply that has another voltage from now on does none of that. Nothing is repaired: the cells are
not trusted until whoever lies there has been weighed on the new zero.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matfw.messages import Loads

JUMP_KG = 0.6  # of one cell: 1 % of a body; less changes no verdict
TWO_KG = 2.0  # of each of two cells: a foot that comes down loads two, and the others a little
ALIKE_KG = 0.25  # of all cells alike: together as much
ALIKE_SPREAD = 0.3  # of it that they differ by
QUIET_SHARE, QUIET_KG = 0.15, 0.06  # of the largest jump that the other cells make with it
# The converter's filter settles for four samples (HX711 datasheet p. 3): five hold a jump.
JUMP_SAMPLES = 4
SHARP_SHARE = 0.85  # of the jump that is within them
LEVEL_SAMPLES = 11  # 0.14 s at 80 SPS, before it and after it, in which a cell is level:
LEVEL_SHARE, LEVEL_KG = 0.15, 0.06  # of the jump that a sample is off the straight line there
SLOPE_SHARE = 0.4  # of the jump that the line makes meanwhile
STEADY_SHARE = 0.8  # of it, roughly, before a line is put through: the quick look
BETWEEN_SAMPLES = 8  # between the two lines: a jump and the frames between two looks fit in
LOOK_FRAMES = 4  # between two looks
FILLED_SAMPLES = 2  # that may be missing in a row
LYING_KG = 20.0  # on all cells: an empty mat has nobody to be weighed again
REWEIGH_S = 3.2  # longer than `motion.KNOWN_S`: who lies there is then weighed on the new zero
SLOWEST_HZ = 60.0  # at which so many samples are as short as this
WINDOW = 2 * LEVEL_SAMPLES + BETWEEN_SAMPLES


@dataclass(frozen=True, slots=True)
class _Jump:
    """What one cell does from the first line to the second: kg. is_sharp: at once and level."""

    kg: float
    is_sharp: bool


class ZeroJumps:
    """Watch all cells for jumps of their zeros."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate; slow converters show no jumps."""
        self._cells = cells
        self._can_see = cells > 1 and rate_hz >= SLOWEST_HZ
        self._longest_s = (WINDOW + FILLED_SAMPLES) / rate_hz
        self.reset()

    def reset(self) -> None:
        """Begin as if no frame had ever come."""
        self._recent: deque[Loads] = deque(maxlen=WINDOW)
        self._frames = 0
        self._jumped = 0  # bit i is cell i
        self._until_s = -math.inf

    def update(self, loads: Loads) -> Loads:
        """Return the loads, and in their unreliable_mask the cells whose zeros have jumped."""
        if not self._can_see:
            return loads
        self._recent.append(loads)
        self._frames += 1
        if self._frames % LOOK_FRAMES == 0 and len(self._recent) == WINDOW:
            i = self._suspect()
            if i is not None:
                self._look(i)
        if not self._jumped:
            return loads
        if loads.t_s > self._until_s:
            self._jumped = 0
            return loads
        return replace(loads, unreliable_mask=loads.unreliable_mask | self._jumped)

    def _suspect(self) -> int | None:
        """Return a cell that has moved, and less before and after; nearly always none has.

        Or any cell, if all together have.
        """
        recent = self._recent
        before, after = recent[LEVEL_SAMPLES - 1].loads_kg, recent[-LEVEL_SAMPLES].loads_kg
        together_kg = 0.0
        for i, (a, b) in enumerate(zip(before, after, strict=True)):
            if a is None or b is None:
                return i
            moved_kg = b - a
            together_kg += moved_kg
            if abs(moved_kg) > SHARP_SHARE * JUMP_KG and self._was_steady(
                recent[0].loads_kg[i], a, b, recent[-1].loads_kg[i]
            ):
                return i
        if abs(together_kg) < SHARP_SHARE * ALIKE_KG * self._cells:
            return None
        sums_kg = [
            sum([load for load in row if load is not None])
            for row in (recent[0].loads_kg, before, after, recent[-1].loads_kg)
        ]
        return 0 if self._was_steady(*sums_kg) else None

    @staticmethod
    def _was_steady(first: float | None, a: float, b: float, last: float | None) -> bool:
        """Return whether less happened before a and after b than between them."""
        if first is None or last is None:
            return True
        return max(abs(a - first), abs(last - b)) < STEADY_SHARE * abs(b - a)

    def _look(self, suspect: int) -> None:
        """Find which cells have jumped in the middle of what is remembered."""
        rows = list(self._recent)
        if rows[-1].t_s - rows[0].t_s > self._longest_s:
            return
        column = _filled([row.loads_kg[suspect] for row in rows])
        if column is None or not _jump(column).is_sharp:
            return
        columns = [_filled([row.loads_kg[i] for row in rows]) for i in range(self._cells)]
        known = [column for column in columns if column is not None]
        if len(known) < self._cells or sum(column[-1] for column in known) < LYING_KG:
            return
        jumped = _jumped([_jump(column) for column in known])
        if jumped:
            self._jumped |= jumped
            self._until_s = rows[-1].t_s + REWEIGH_S


def _filled(column: Sequence[float | None]) -> list[float] | None:
    """Return a cell's loads with short holes filled by what was before; None with a longer one."""
    out: list[float] = []
    missing = 0
    for load in column:
        missing = missing + 1 if load is None else 0
        if missing > FILLED_SAMPLES or (load is None and not out):
            return None
        out.append(out[-1] if load is None else load)
    return out


def _jump(column: Sequence[float]) -> _Jump:
    """Return what a cell does between the line before and the line after."""
    before_kg, before_slope, before_off = _line(column[:LEVEL_SAMPLES])
    after_kg, after_slope, after_off = _line(column[-LEVEL_SAMPLES:])
    slope = 0.5 * (before_slope + after_slope)
    kg = after_kg - before_kg - slope * (WINDOW - LEVEL_SAMPLES)
    size, sign = abs(kg), math.copysign(1.0, kg)
    at_once = max(
        sign * (column[k + JUMP_SAMPLES] - column[k])
        for k in range(LEVEL_SAMPLES - 1, WINDOW - LEVEL_SAMPLES - JUMP_SAMPLES + 1)
    )
    is_sharp = (
        max(before_off, after_off) < max(LEVEL_SHARE * size, LEVEL_KG)
        and max(abs(before_slope), abs(after_slope)) * BETWEEN_SAMPLES < SLOPE_SHARE * size
        and at_once > SHARP_SHARE * size
    )
    return _Jump(kg, is_sharp)


def _line(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean, the slope a sample, and the farthest off the straight line."""
    middle = 0.5 * (len(values) - 1)
    mean = sum(values) / len(values)
    weight = len(values) * (len(values) ** 2 - 1) / 12.0
    slope = sum((k - middle) * value for k, value in enumerate(values)) / weight
    off = max(abs(value - mean - slope * (k - middle)) for k, value in enumerate(values))
    return mean, slope, off


def _jumped(jumps: Sequence[_Jump]) -> int:
    """Return whose zeros have jumped: one alone, two alone, or all alike; bit i is cell i."""
    largest_kg = max(abs(jump.kg) for jump in jumps)
    quiet_kg = max(QUIET_SHARE * largest_kg, QUIET_KG)
    moved = [i for i, jump in enumerate(jumps) if abs(jump.kg) > quiet_kg]
    if not all(jumps[i].is_sharp for i in moved):
        return 0
    if len(moved) == len(jumps):
        mean_kg = sum(jump.kg for jump in jumps) / len(jumps)
        is_one = abs(mean_kg) > ALIKE_KG and all(
            abs(jump.kg - mean_kg) < ALIKE_SPREAD * abs(mean_kg) for jump in jumps
        )
    elif not moved:
        is_one = False
    else:
        least_kg = min(abs(jumps[i].kg) for i in moved)
        is_one = (len(moved) == 1 and least_kg > JUMP_KG) or (len(moved) == 2 and least_kg > TWO_KG)
    return sum(1 << i for i in moved) if is_one else 0
