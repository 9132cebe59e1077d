"""A zero that jumps: a cell, or some, or all, go from level to level at once, and stay.

What a body does to a cell has a beginning, grows over more than the 50 ms that the converter's own
filter takes, reaches other cells too and swings on. Only a leg that is let go takes load off
several cells at once; but it lands, which pushes them farther than where they stay, and leads back
to the load that was usual. A contact that gives way, a clamp that slips or a supply that has
another voltage from now on does none of that. Nothing is repaired: the cells are not trusted until
whoever lies there has been weighed on the new zero.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from matfw.messages import Loads

JUMP_KG = 0.6  # of one cell: 1 % of a body; less changes no verdict
TWO_KG = 2.0  # of each of two cells: a foot that comes down loads two, and the others a little
ALIKE_KG = 0.6  # of all cells alike; less may be a wander of all, which `interference` names
ALIKE_SPREAD, ALIKE_SPREAD_KG = 0.3, 0.1  # of it that they differ by, or this much
QUIET_SHARE, QUIET_KG = 0.15, 0.06  # of the largest jump that the other cells make with it
# The converter's filter settles for four samples (HX711 datasheet p. 3): five hold a jump.
JUMP_SAMPLES = 4
SHARP_SHARE = 0.85  # of the jump that is within them
LEVEL_SAMPLES = 11  # 0.14 s at 80 SPS, before it and after it, in which a cell is level:
LEVEL_SHARE, LEVEL_KG = 0.04, 0.12  # of the jump that a sample is off the straight line, or noise
SLOPE_SHARE = 0.4  # of the jump that the line makes meanwhile
STEADY_SHARE = 0.8  # of it, roughly, before a line is put through: the quick look
BETWEEN_SAMPLES = 8  # between the two lines: a jump and the frames between two looks fit in
LOOK_FRAMES = 4  # between two looks
FILLED_SAMPLES = 2  # that may be missing in a row
LYING_KG = 20.0  # on all cells: an empty mat has nobody to be weighed again
REWEIGH_S = 3.2  # longer than `motion.KNOWN_S`: who lies there is then weighed on the new zero
USUAL_S = 2.0  # that the usual load is taken over: a leg falls for 0.3 s
FALL_S = 0.7  # from 45 degrees a leg falls for 0.5 s
SLOWEST_HZ = 60.0  # at which so many samples are as short as this
WINDOW = 2 * LEVEL_SAMPLES + BETWEEN_SAMPLES


@dataclass(frozen=True, slots=True)
class _Jump:
    """What one cell does from the first line to the second: kg. is_sharp: at once and level."""

    kg: float
    is_sharp: bool


@dataclass(frozen=True, slots=True)
class _Loss:
    """Cells that lost load at once: a leg that falls until then, or zeros that have jumped.

    half_kg: on each cell, half-way between before and after.
    """

    until_s: float
    half_kg: Mapping[int, float]


class ZeroJumps:
    """Watch all cells for jumps of their zeros."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate; slow converters show no jumps."""
        self._cells = cells
        self._can_see = cells > 1 and rate_hz >= SLOWEST_HZ
        self._gain = 1.0 / (USUAL_S * rate_hz)
        self._longest_s = (WINDOW + FILLED_SAMPLES) / rate_hz
        self.reset()

    def reset(self) -> None:
        """Begin as if no frame had ever come."""
        self._recent: deque[Loads] = deque(maxlen=WINDOW)
        self._frames = 0
        self._jumped = 0  # bit i is cell i
        self._until_s = -math.inf
        self._usual_kg: float | None = None  # on all cells
        self._loss: _Loss | None = None

    def update(self, loads: Loads) -> Loads:
        """Return the loads, and in their unreliable_mask the cells whose zeros have jumped."""
        if not self._can_see:
            return loads
        self._recent.append(loads)
        if None not in loads.loads_kg:
            load_kg = sum(loads.loads_kg)  # type: ignore[arg-type]
            usual_kg = load_kg if self._usual_kg is None else self._usual_kg
            self._usual_kg = usual_kg + self._gain * (load_kg - usual_kg)
        self._frames += 1
        if self._frames % LOOK_FRAMES == 0 and len(self._recent) == WINDOW:
            jumped = self._look() | self._stays_lost(loads)
            if jumped:
                self._jumped |= jumped
                self._until_s = loads.t_s + REWEIGH_S
        if not self._jumped:
            return loads
        if loads.t_s > self._until_s:
            self._jumped = 0
            return loads
        return replace(loads, unreliable_mask=loads.unreliable_mask | self._jumped)

    def _look(self) -> int:
        """Return which cells have jumped in the middle of what is remembered; bit i is cell i."""
        recent = self._recent
        before, after = recent[LEVEL_SAMPLES - 1].loads_kg, recent[-LEVEL_SAMPLES].loads_kg
        together_kg = 0.0
        suspect: int | None = None
        for i, (a, b) in enumerate(zip(before, after, strict=True)):
            if a is None or b is None:
                suspect = i
                continue
            moved_kg = b - a
            together_kg += moved_kg
            if abs(moved_kg) > SHARP_SHARE * JUMP_KG and self._was_steady(
                recent[0].loads_kg[i], a, b, recent[-1].loads_kg[i]
            ):
                suspect = i
        if abs(together_kg) > SHARP_SHARE * ALIKE_KG * self._cells and self._was_steady(
            *[
                sum([load for load in row if load is not None])
                for row in (recent[0].loads_kg, before, after, recent[-1].loads_kg)
            ]
        ):
            columns = self._columns()
            jumped = _all_alike(columns) if columns else 0
            if jumped:
                return self._no_leg(columns, jumped)
        # Nearly always there is nothing to suspect.
        return 0 if suspect is None else self._some(suspect)

    def _some(self, suspect: int) -> int:
        """Return which one or two cells have jumped, if this one has."""
        column = _filled([row.loads_kg[suspect] for row in self._recent])
        if column is None or not _jump(column).is_sharp:
            return 0
        columns = self._columns()
        return self._no_leg(columns, _one_or_two(columns)) if columns else 0

    def _no_leg(self, columns: Sequence[Sequence[float]], jumped: int) -> int:
        """Return the cells that have jumped unless a leg may have fallen or landed."""
        if not jumped or self._leads_back(columns):
            return 0
        jumps_kg = {i: _jump(column).kg for i, column in enumerate(columns) if jumped >> i & 1}
        if sum(kg < 0.0 for kg in jumps_kg.values()) < 2:
            return jumped
        if self._loss is None:
            now_s = self._recent[-1].t_s
            half_kg = {i: columns[i][-1] - 0.5 * kg for i, kg in jumps_kg.items() if kg < 0.0}
            self._loss = _Loss(now_s + FALL_S, half_kg)
        return 0

    def _stays_lost(self, loads: Loads) -> int:
        """Return cells that lost load longer ago than a leg falls, and have not got it back."""
        loss = self._loss
        if loss is None or loads.t_s < loss.until_s:
            return 0
        self._loss = None
        now_kg = {i: loads.loads_kg[i] for i in loss.half_kg}
        if any(kg is None or kg > loss.half_kg[i] for i, kg in now_kg.items()):
            return 0
        return sum(1 << i for i in now_kg)

    def _leads_back(self, columns: Sequence[Sequence[float]]) -> bool:
        """Return whether all cells together carry rather the usual load after it than before."""
        assert self._usual_kg is not None
        before_kg = sum(column[LEVEL_SAMPLES - 1] for column in columns)
        after_kg = sum(column[-LEVEL_SAMPLES] for column in columns)
        nearer_kg = abs(before_kg - self._usual_kg) - abs(after_kg - self._usual_kg)
        return nearer_kg > JUMP_KG

    def _columns(self) -> Sequence[Sequence[float]]:
        """Return each cell's loads, none across a hole or of a mat that nobody lies on."""
        rows = list(self._recent)
        if rows[-1].t_s - rows[0].t_s > self._longest_s:
            return ()
        columns = [_filled([row.loads_kg[i] for row in rows]) for i in range(self._cells)]
        known = [column for column in columns if column is not None]
        if len(known) < self._cells or sum(column[-1] for column in known) < LYING_KG:
            return ()
        return known

    @staticmethod
    def _was_steady(first: float | None, a: float, b: float, last: float | None) -> bool:
        """Return whether less happened before a and after b than between them."""
        if first is None or last is None:
            return True
        return max(abs(a - first), abs(last - b)) < STEADY_SHARE * abs(b - a)


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
    level_kg = max(LEVEL_SHARE * size, LEVEL_KG)
    room_kg = level_kg + abs(slope) * BETWEEN_SAMPLES
    ends_kg = column[LEVEL_SAMPLES - 1], column[-LEVEL_SAMPLES]
    between = column[LEVEL_SAMPLES:-LEVEL_SAMPLES]
    is_sharp = (
        max(before_off, after_off) < level_kg
        and max(abs(before_slope), abs(after_slope)) * BETWEEN_SAMPLES < SLOPE_SHARE * size
        and at_once > SHARP_SHARE * size
        # What lands goes farther than where it stays, and swings back.
        and min(ends_kg) - min(between) < room_kg
        and max(between) - max(ends_kg) < room_kg
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


def _all_alike(columns: Sequence[Sequence[float]]) -> int:
    """Return all cells if they have jumped alike: what a body does to one shows less in all."""
    mean = _jump([sum(loads) / len(loads) for loads in zip(*columns, strict=True)])
    limit_kg = max(ALIKE_SPREAD * abs(mean.kg), ALIKE_SPREAD_KG)
    is_alike = (
        abs(mean.kg) > ALIKE_KG
        and mean.is_sharp
        and all(abs(_jump(column).kg - mean.kg) < limit_kg for column in columns)
    )
    return (1 << len(columns)) - 1 if is_alike else 0


def _one_or_two(columns: Sequence[Sequence[float]]) -> int:
    """Return the one or two cells that have jumped while the others kept still; bit i is cell i."""
    jumps = [_jump(column) for column in columns]
    quiet_kg = max(QUIET_SHARE * max(abs(jump.kg) for jump in jumps), QUIET_KG)
    moved = [i for i, jump in enumerate(jumps) if abs(jump.kg) > quiet_kg]
    least_kg = min((abs(jumps[i].kg) for i in moved), default=0.0)
    is_jump = (len(moved) == 1 and least_kg > JUMP_KG) or (len(moved) == 2 and least_kg > TWO_KG)
    if len(moved) == len(jumps) or not is_jump or not all(jumps[i].is_sharp for i in moved):
        return 0
    return sum(1 << i for i in moved)
