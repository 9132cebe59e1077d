"""Samples that are no load: wrong bits and impulses.

A leg has mass: what a body does to a cell grows over several samples, and some other cell carries
part of it. So a cell that jumps alone and is back within six samples read an impulse, or a bit
wrong (known of HX711 boards: bogde/HX711#216): its samples are withheld until the next ones tell,
which costs a hole of 75 ms and makes up nothing. Whether a cell jumped alone is only known where
all the others were read as well: across a hole of theirs it is taken at its word. And a cell with
which another one always goes a little way, or against, is no wire: that is a hand which shakes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from matfw.messages import Loads

# That an impulse lasts at most: three samples on the wire, of which the converter's own filter,
# which settles for four (HX711 datasheet p. 3), makes six.
IMPULSE_SAMPLES = 6
IMPULSE_S = 0.08  # ... and not longer than this: on slow converters a leg is down and up in six
# From sample to sample at 80 SPS a lift moves a cell by up to 0.4 kg, a kick by 1.1, a leg that is
# dropped by 3.0, then also its neighbour by as much (own scenarios).
ALONE_KG = 0.8
ALONE_SHARE = 0.4  # of its jump that some other cell would make with it
FARTHEST_KG = 4.5  # no cell jumps with another one alone: two bits may be wrong at once
# ... but with two others, the same way and by so much of it: a heel that lands hard gives 800 N for
# 40 ms, on the head end's cells 0.17 of what it gives the foot end's (a body in MuJoCo, simulated).
LANDS_WITH, LANDS_SHARE = 2, 0.12
ALIKE_SHARE = 0.5  # ... not all of them by so much: that is the supply, and legs land at one end
MOVES_S = 0.3  # that a cell which did not come back is trusted: somebody loads it alone
IMPULSE_SHARES = (0.02, 0.08)  # of a cell's samples: reliable again below, unreliable above
IMPULSE_MEMORY_S = 5.0  # that the share is taken over
# Of a cell's jumps that some other cell goes with in the mean. Arms that shake hard beside a cell
# have 0.25-0.30 (two people's), impulses in 24 sets of four kinds of people up to 0.13.
GOES_WITH = 0.2
FORGOTTEN_SHARE = 1e-3
HOLE_PERIODS = 2.5  # without a sample of a cell: what it read before belongs to another time


class _Watch:
    """What is remembered of a cell besides its last loads."""

    __slots__ = (
        "before_kg",
        "goes_with",
        "impulse_share",
        "is_spiky",
        "moves_until_s",
        "square",
        "withheld",
    )

    def __init__(self, cells: int) -> None:
        self.forget(cells)
        self.is_spiky = False
        self.restart()

    @property
    def is_calm(self) -> bool:
        """Return whether there is nothing to remember of it but its last loads."""
        return not (self.withheld or self.impulse_share)

    def forget(self, cells: int) -> None:
        """Forget all impulses."""
        self.impulse_share = 0.0
        self.square = 0.0  # of the jumps, kg^2
        self.goes_with: list[float] = [0.0] * cells  # each other cell's times them, kg^2

    @property
    def is_alone(self) -> bool:
        """Return whether no other cell goes with its jumps, or against them, in the mean."""
        return max(map(abs, self.goes_with)) < GOES_WITH * self.square

    def withhold(self, i: int, jumps_kg: Sequence[float | None]) -> None:
        """Keep back a sample of cell i, and note what the others did meanwhile."""
        self.withheld += 1
        jump_kg = jumps_kg[i] or 0.0
        self.square += jump_kg * jump_kg
        for k, other_kg in enumerate(jumps_kg):
            if k != i:
                self.goes_with[k] += jump_kg * (other_kg or 0.0)

    def fade(self, gain: float) -> None:
        """Let what was noted of the jumps grow old by a sample."""
        self.square -= gain * self.square
        self.goes_with = [kg_2 - gain * kg_2 for kg_2 in self.goes_with]

    def restart(self) -> None:
        """Forget what belongs to the loads before a hole."""
        self.withheld = 0  # samples since the last that was trusted
        self.before_kg: Sequence[float | None] = ()  # what all cells read then
        self.moves_until_s = -math.inf  # somebody loads it alone


class Impulses:
    """Withhold what is no load."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate; slow converters show no impulses."""
        self._cells = cells
        period_s = 1.0 / rate_hz
        self._can_see = cells > 1 and IMPULSE_SAMPLES * period_s <= IMPULSE_S
        self._hole_s = HOLE_PERIODS * period_s
        self._gain = period_s / IMPULSE_MEMORY_S
        self.reset()

    def reset(self) -> None:
        """Begin as if no frame had ever come."""
        self._watches = tuple(_Watch(self._cells) for _ in range(self._cells))
        self._is_calm = True
        # Of each cell: the last load that was trusted; the one before, should that have been wrong;
        # when it was read last.
        self._steady_kg: Sequence[float | None] = (None,) * self._cells
        self._before_kg: Sequence[float | None] = self._steady_kg
        self._last_s = [-math.inf] * self._cells

    def update(self, loads: Loads) -> Loads:
        """Return the loads; what is none is None, and excused. `counts` keep what was read."""
        if not self._can_see or (self._is_calm and self._goes_on(loads)):
            return loads
        withheld = self._withhold(loads.t_s, loads.loads_kg)
        unreliable = 0
        is_calm = True
        for i, watch in enumerate(self._watches):
            is_calm = is_calm and watch.is_calm
            if watch.is_spiky:
                unreliable |= 1 << i
        self._is_calm = is_calm
        if not withheld and not unreliable:
            return loads
        return replace(
            loads,
            loads_kg=tuple(
                [None if withheld >> i & 1 else x for i, x in enumerate(loads.loads_kg)]
            ),
            excused_mask=loads.excused_mask | withheld,
            unreliable_mask=loads.unreliable_mask | unreliable,
        )

    def _goes_on(self, loads: Loads) -> bool:
        """Take a frame in which every cell goes on as before, as nearly all do; else return False.

        The same as below, without asking what is wrong: a fifth of the time.
        """
        for load, steady_kg in zip(loads.loads_kg, self._steady_kg, strict=True):
            if load is None or steady_kg is None or not -ALONE_KG <= load - steady_kg <= ALONE_KG:
                return False
        t_s = loads.t_s
        if min(self._last_s) < t_s - self._hole_s:
            return False
        self._before_kg, self._steady_kg = self._steady_kg, loads.loads_kg
        self._last_s = [t_s] * self._cells
        return True

    def _withhold(self, t_s: float, loads_kg: Sequence[float | None]) -> int:
        """Return which cells' samples are no load until later ones tell; bit i is cell i."""
        before_kg, steady_kg = list(self._before_kg), list(self._steady_kg)
        oldest_s = t_s - self._hole_s
        for i, watch in enumerate(self._watches):
            if self._last_s[i] < oldest_s:  # what it read before belongs to another time
                watch.restart()
                steady_kg[i] = before_kg[i] = None
        last_kg = tuple(steady_kg)
        mask = 0
        for i, (watch, load) in enumerate(zip(self._watches, loads_kg, strict=True)):
            if load is None:
                continue
            self._last_s[i] = t_s
            # All since the same moment: what else moves meanwhile moves as long.
            jumps_kg = _jumps(loads_kg, watch.before_kg if watch.withheld else last_kg)
            jump_kg = abs(jumps_kg[i] or 0.0)
            back_kg = before_kg[i]
            is_back = back_kg is not None and abs(load - back_kg) <= ALONE_KG
            if not is_back and self._is_suspect(watch, t_s, jump_kg) and _is_alone(jumps_kg, i):
                if not watch.withheld:
                    watch.before_kg = last_kg
                watch.withhold(i, jumps_kg)
                mask |= 1 << i
                continue
            if not watch.is_calm:
                self._settle(watch, t_s, jump_kg)
            before_kg[i], steady_kg[i], watch.withheld = steady_kg[i], load, 0
        self._before_kg, self._steady_kg = before_kg, steady_kg
        return mask

    @staticmethod
    def _is_suspect(watch: _Watch, t_s: float, jump_kg: float) -> bool:
        """Return whether this may be an impulse, as far as its cell alone tells."""
        return (
            jump_kg > ALONE_KG and watch.withheld < IMPULSE_SAMPLES and t_s >= watch.moves_until_s
        )

    def _settle(self, watch: _Watch, t_s: float, jump_kg: float) -> None:
        """Take what was withheld of a cell as what it was, now that a sample tells."""
        is_back = jump_kg <= ALONE_KG
        wrong = watch.withheld if is_back else 0
        if watch.withheld and not is_back:
            watch.moves_until_s = t_s + MOVES_S
        watch.impulse_share += self._gain * (wrong - watch.impulse_share)
        watch.fade(self._gain)
        if watch.impulse_share < FORGOTTEN_SHARE:
            watch.forget(self._cells)
        low, high = IMPULSE_SHARES
        is_often = watch.impulse_share > (low if watch.is_spiky else high)
        watch.is_spiky = is_often and (watch.is_spiky or watch.is_alone)


def _jumps(
    loads_kg: Sequence[float | None], before_kg: Sequence[float | None]
) -> list[float | None]:
    """Return what each cell has changed by, None where either is not known."""
    return [
        None if load is None or last is None else load - last
        for load, last in zip(loads_kg, before_kg, strict=True)
    ]


def _is_alone(jumps_kg: Sequence[float | None], i: int) -> bool:
    """Return whether no other cell jumps with cell i, or too few for so far a jump."""
    jump_kg = jumps_kg[i] or 0.0
    others_kg = [kg for k, kg in enumerate(jumps_kg) if k != i]
    if None in others_kg:
        return abs(jump_kg) > FARTHEST_KG
    shares = [kg / jump_kg for kg in others_kg if kg is not None]
    if abs(jump_kg) > FARTHEST_KG:
        lands = sum(share >= LANDS_SHARE for share in shares) >= LANDS_WITH
        return not lands or min(1.0, *shares) > ALIKE_SHARE * max(1.0, *shares)
    return all(abs(share) < ALONE_SHARE for share in shares)
