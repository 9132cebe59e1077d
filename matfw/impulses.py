"""Stage 1b: samples that are no load: wrong bits, impulses, a zero that jumps, the buzzer's draw.

A leg has mass: what a body does to a cell grows over several samples, and some other cell carries
part of it. So a cell that jumps alone and is back within three samples read an impulse, or a bit
wrong (known of HX711 boards: bogde/HX711#216): its samples are withheld until the next ones tell,
which costs a hole of 37 ms and makes up nothing. A cell that jumps alone, from level to level
within a sample, has lost its zero: it is not trusted until the body has been weighed again. All
cells that step alike, from level to level and soon back, show what the buzzer draws; the step is
taken off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from matfw.messages import Loads

IMPULSE_SAMPLES = 3  # that an impulse lasts at most
IMPULSE_S = 0.05  # ... and not longer than this: on slow converters a leg is down and up in three
# From sample to sample at 80 SPS a lift moves a cell by up to 0.4 kg, a kick by 1.1, a leg that is
# dropped by 3.0, then also its neighbour by as much (own scenarios).
ALONE_KG = 0.8
ALONE_SHARE = 0.4  # of its jump that some other cell would make with it
FARTHEST_KG = 4.5  # no cell jumps, alone or not
MOVES_S = 0.3  # that a cell which did not come back is trusted: somebody loads it alone
IMPULSE_SHARES = (0.02, 0.08)  # of a cell's samples: reliable again below, unreliable above
IMPULSE_MEMORY_S = 5.0  # that the share is taken over
ZERO_JUMP_KG = 1.5  # 2 % of a body; less changes no verdict
ZERO_JUMP_SHARE = 0.1  # of it that another cell may make with it: a hand's weight spreads
LEVEL_S = 0.15  # that its load is level before and after it; a hand that comes down is not
LEVEL_KG = 0.3
REWEIGH_S = 3.2  # longer than `motion.KNOWN_S`: who lies there is then weighed on the new zero
# That all cells step by, at least and at most: the buzzer's draw was 0.3 kg where it was measured,
# and more is a weight that somebody lays in the middle.
STEP_KG, STEP_MAX_KG = 0.1, 1.0
STEP_SPREAD = 0.35  # of it that they differ by at most
STEP_LEVEL = 0.25  # of it that they move in two samples before it and after: a body swings
STEP_BACK = 0.4  # of the step that may be left when it is over
STEP_S = 2.0  # longer than the longest pattern of the buzzer


class _Watch:
    """One cell's last loads."""

    __slots__ = ("before_kg", "first_kg", "impulse_share", "is_spiky", "jumped_s", "level_kg",
                 "level_s", "moves_until_s", "others_share", "steady_kg", "unsure_until_s",
                 "withheld")  # fmt: skip

    def __init__(self) -> None:
        self.impulse_share = 0.0
        self.is_spiky = False
        self.unsure_until_s = -math.inf  # after its zero has jumped
        self.restart()

    def restart(self) -> None:
        """Forget the loads: after a hole they belong to another time."""
        self.steady_kg: float | None = None  # the last load that was trusted
        self.before_kg: float | None = None  # the one before: should the last have been wrong
        self.withheld = 0  # samples since then
        self.first_kg = 0.0  # the first of them
        self.others_share = 0.0  # of the jump to it that another cell made
        self.level_kg, self.level_s = math.inf, math.inf  # around which it is level, since when
        self.jumped_s = math.inf  # when its zero may have jumped
        self.moves_until_s = -math.inf  # somebody loads it alone

    def believe(self, t_s: float, load_kg: float) -> None:
        """Take a load as the cell's."""
        self.before_kg, self.steady_kg, self.withheld = self.steady_kg, load_kg, 0
        if abs(load_kg - self.level_kg) > LEVEL_KG:
            self.level_kg, self.level_s = load_kg, t_s
            if self.jumped_s < t_s:
                self.jumped_s = math.inf
        elif t_s - self.jumped_s > LEVEL_S:
            self.unsure_until_s, self.jumped_s = t_s + REWEIGH_S, math.inf


class _Supply:
    """What all cells step by alike, for as long as the buzzer draws it."""

    def __init__(self) -> None:
        self.offset_kg = 0.0
        self._before_kg = 0.0  # the offset before the step under way
        self._begun_s = -math.inf  # the last step's begin
        self._samples = IMPULSE_SAMPLES  # of it so far
        self._loads_kg: Sequence[float] | None = None
        self._moved_kg = (math.inf, math.inf)  # by all together, in the last two samples

    def update(self, t_s: float, loads_kg: Sequence[float | None]) -> None:
        """Take the loads as they were read."""
        known = [load for load in loads_kg if load is not None]
        before, self._loads_kg = self._loads_kg, known if len(known) == len(loads_kg) else None
        if self.offset_kg and t_s - self._begun_s > STEP_S:
            self.offset_kg = 0.0
        if before is None or self._loads_kg is None:
            self._moved_kg = (math.inf, math.inf)
            return
        moves_kg = [load - last for load, last in zip(known, before, strict=True)]
        moved_kg = sum(moves_kg) / len(moves_kg)
        if (
            STEP_KG < abs(moved_kg) < STEP_MAX_KG
            and max(self._moved_kg) < STEP_LEVEL * abs(moved_kg)
            and _are_alike(moves_kg, moved_kg)
        ):
            self._before_kg, self._begun_s, self._samples = self.offset_kg, t_s, 0
        if self._samples < IMPULSE_SAMPLES:
            self._go_on(moved_kg)
        self._moved_kg = (self._moved_kg[1], abs(moved_kg))

    def _go_on(self, moved_kg: float) -> None:
        """Add what a converter's filter spreads over some samples; a step is level after them."""
        self._samples += 1
        step_kg = self.offset_kg - self._before_kg
        if self._samples == IMPULSE_SAMPLES and abs(moved_kg) > STEP_LEVEL * abs(step_kg):
            self.offset_kg = self._before_kg
            return
        self.offset_kg += moved_kg
        if self._samples == IMPULSE_SAMPLES:
            is_over = abs(self.offset_kg) < STEP_BACK * abs(self._before_kg)
            self.offset_kg = 0.0 if is_over else self.offset_kg


class Impulses:
    """Withhold what is no load."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate; slow converters show no impulses."""
        self._cells, self._period_s = cells, 1.0 / rate_hz
        self._can_see = cells > 1 and IMPULSE_SAMPLES * self._period_s <= IMPULSE_S
        self._gain = self._period_s / IMPULSE_MEMORY_S
        self.reset()

    def reset(self) -> None:
        """Begin as if no frame had ever come."""
        self._watches = tuple(_Watch() for _ in range(self._cells))
        self._supply = _Supply()
        self._last_s = math.inf

    def update(self, loads: Loads) -> Loads:
        """Return the loads; what is none is None, and excused. `counts` keep what was read."""
        if not self._can_see:
            return loads
        t_s = loads.t_s
        if t_s - self._last_s > (IMPULSE_SAMPLES - 0.5) * self._period_s:
            for watch in self._watches:
                watch.restart()
        self._last_s = t_s
        loads_kg: Sequence[float | None] = loads.loads_kg
        self._supply.update(t_s, loads_kg)
        if offset_kg := self._supply.offset_kg:
            loads_kg = [None if load is None else load - offset_kg for load in loads_kg]
        withheld = self._withhold(t_s, loads_kg)
        unreliable = 0
        for i, watch in enumerate(self._watches):
            if watch.is_spiky or t_s < watch.unsure_until_s:
                unreliable |= 1 << i
        if not withheld and not unreliable and not offset_kg:
            return loads
        return replace(
            loads,
            loads_kg=tuple([None if withheld >> i & 1 else x for i, x in enumerate(loads_kg)]),
            excused_mask=loads.excused_mask | withheld,
            unreliable_mask=unreliable,
        )

    def _withhold(self, t_s: float, loads_kg: Sequence[float | None]) -> int:
        """Return which cells' samples are no load until later ones tell; bit i is cell i."""
        watches = self._watches
        jumps_kg = [
            0.0 if load is None or watch.steady_kg is None else load - watch.steady_kg
            for watch, load in zip(watches, loads_kg, strict=True)
        ]
        mask = 0
        for i, (watch, load) in enumerate(zip(watches, loads_kg, strict=True)):
            if load is None:
                continue
            jump_kg = abs(jumps_kg[i])
            if (
                jump_kg > ALONE_KG
                and watch.withheld < IMPULSE_SAMPLES
                and t_s >= watch.moves_until_s
            ):
                before_kg = watch.before_kg
                share = _others_share(jumps_kg, i)
                is_alone = jump_kg > FARTHEST_KG or share < ALONE_SHARE
                if is_alone and (before_kg is None or abs(load - before_kg) > ALONE_KG):
                    if not watch.withheld:
                        watch.first_kg, watch.others_share = load, share
                    watch.withheld += 1
                    mask |= 1 << i
                    continue
            if watch.withheld or watch.impulse_share:
                self._settle(watch, t_s, load, jump_kg)
            else:
                watch.believe(t_s, load)
        return mask

    def _settle(self, watch: _Watch, t_s: float, load_kg: float, jump_kg: float) -> None:
        """Take a cell's sample as its load, and what was withheld before it as what it was."""
        has_jumped = (
            watch.withheld == IMPULSE_SAMPLES
            and jump_kg > ZERO_JUMP_KG
            and abs(load_kg - watch.first_kg) < LEVEL_KG
            and watch.others_share < ZERO_JUMP_SHARE
            and t_s - watch.level_s > LEVEL_S
        )
        is_back = jump_kg <= ALONE_KG
        wrong = watch.withheld if is_back else 0
        if watch.withheld and not is_back:
            watch.moves_until_s = t_s + MOVES_S
        watch.impulse_share += self._gain * (wrong - watch.impulse_share)
        low, high = IMPULSE_SHARES
        watch.is_spiky = watch.impulse_share > (low if watch.is_spiky else high)
        watch.believe(t_s, load_kg)
        if has_jumped:
            watch.jumped_s = t_s


def _others_share(jumps_kg: Sequence[float], i: int) -> float:
    """Return the largest jump of another cell as a share of cell i's; a body rests on several."""
    largest_kg = max(abs(jump) for k, jump in enumerate(jumps_kg) if k != i)
    return largest_kg / abs(jumps_kg[i])


def _are_alike(moves_kg: Sequence[float], mean_kg: float) -> bool:
    return len(moves_kg) > 1 and all(
        abs(move - mean_kg) < STEP_SPREAD * abs(mean_kg) for move in moves_kg
    )
