"""A cell whose zero wanders, detected by what nobody on the mat could do.

Whoever lies still may move weight from cell to cell, but not change its sum. A sum that creeps by
1 % of the weight within a minute, and one cell that carries the change, is that cell's creep. On an
empty mat every cell has to read what it read when the mat was last empty. A step is a hand, a
shirt, a bag, and no creep. Nothing is tared for it: what the line measures, it measures against the
rest before each repetition.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads, Motion, Presence

DRIFT_SHARE = 0.01  # of the weight, within WITHIN_S
WITHIN_S = 60.0
BLOCK_S = 0.5  # of rest that one mean is of; between repetitions there is often no more
FIRST_S = 6.0  # after lying down: somebody still wriggles, and the foam gives way
QUARTERS = 4  # of it, each with a median of its own: hands come and go
MIN_QUARTER = 2  # means of rest in each
EVEN_SHARES = (0.1, 0.6)  # of the change that each quarter brings; else it was a step
OTHERS_SHARE = 0.5  # of one cell's change on an empty mat that the others may have together
GAP_S = 40.0  # between two means of one lying spell
OVER_SHARE = 0.5  # of DRIFT_SHARE: a change below it within WITHIN_S is steady again
EMPTY_S = 4.0  # of an empty mat before it counts as empty; a foot is still on it for a while
EMPTY_RANGE_KG = 0.1  # between two means of it: more is somebody's hand
MIN_EMPTY_KG = 0.4  # 1 % of a light person, where nobody was weighed yet


@dataclass(frozen=True, slots=True)
class _Mean:
    t_s: float
    loads_kg: tuple[float, ...]

    @property
    def sum_kg(self) -> float:
        return sum(self.loads_kg)


class Drift:
    """Watch every cell's zero over a minute."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the cells in the frame's order."""
        self._names = tuple(cell.name for cell in cells)
        self.reset()

    def reset(self) -> None:
        """Forget everything, also what an empty mat reads."""
        self._weight_kg = MIN_EMPTY_KG / DRIFT_SHARE
        self._empty: tuple[float, ...] | None = None
        self._wrong: set[str] = set()
        self._creeping: str | None = None
        self._reported: set[str] = set()
        self._frames = 0  # of the mean under way
        self._begin(Presence.UNSETTLED, 0.0)

    def update(self, clean: CleanLoads, motion: Motion) -> tuple[CellEvent, ...]:
        """Take a frame, and what the body did as of the last one; return what changed."""
        t_s, loads = clean.t_s, clean.loads_kg
        if motion.presence is not self._presence:
            self._begin(motion.presence, t_s)
        if motion.presence is Presence.UNSETTLED or None in loads or not motion.seen_share:
            return self._notifications(t_s)
        self._weight_kg = motion.weight_kg or self._weight_kg
        if motion.is_moving or t_s - self._since_s < self._settle_s:
            if self._frames:
                self._sums, self._frames = [0.0] * len(loads), 0
            return ()
        self._sums = [a + (b or 0.0) for a, b in zip(self._sums, loads, strict=True)]
        self._frames += 1
        if self._frames == 1:
            self._block_s = t_s
        if t_s - self._block_s < BLOCK_S:
            return ()
        mean = _Mean(t_s, tuple(total / self._frames for total in self._sums))
        self._sums, self._frames = [0.0] * len(loads), 0
        if motion.presence is Presence.EMPTY:
            self._see_empty(mean)
        else:
            self._see_lying(mean)
        return self._notifications(t_s)

    def _begin(self, presence: Presence, t_s: float) -> None:
        self._presence = presence
        self._since_s = t_s
        self._settle_s = EMPTY_S if presence is Presence.EMPTY else FIRST_S
        self._means: deque[_Mean] = deque()
        self._sums = [0.0] * len(self._names)
        self._frames = 0
        self._block_s = t_s
        self._quiet: _Mean | None = None  # the last mean of this spell, if the mat was left alone

    def _see_lying(self, mean: _Mean) -> None:
        means = self._means
        if means and mean.t_s - means[-1].t_s > GAP_S:
            means.clear()
        means.append(mean)
        while mean.t_s - means[0].t_s > WITHIN_S:
            means.popleft()
        quarters = self._quarters_kg(mean.t_s)
        if quarters is None:
            return
        limit_kg = DRIFT_SHARE * self._weight_kg
        # Between the middles of the first and the last quarter lie three quarters of the time.
        changed_kg = (quarters[-1] - quarters[0]) * QUARTERS / (QUARTERS - 1)
        if abs(changed_kg) > limit_kg and _is_gradual(quarters):
            self._creeping = self._creeping or self._carrier(self._means[0], mean, changed_kg)
        elif max(quarters) - min(quarters) < OVER_SHARE * limit_kg:
            self._creeping = None

    def _quarters_kg(self, now_s: float) -> list[float] | None:
        """Return the sum's median in each quarter of the last WITHIN_S; None without enough."""
        quarters: list[list[float]] = [[] for _ in range(QUARTERS)]
        for mean in self._means:
            place = QUARTERS * (1.0 - (now_s - mean.t_s) / WITHIN_S)
            quarters[min(max(int(place), 0), QUARTERS - 1)].append(mean.sum_kg)
        if any(len(sums) < MIN_QUARTER for sums in quarters):
            return None
        return [median(sums) for sums in quarters]

    def _carrier(self, then: _Mean, now: _Mean, changed_kg: float) -> str:
        """Return the cell that most likely carries a change of the sum.

        Whoever lies there moves too, which hides which one it is: the likeliest is named.
        """
        shares = [(b - a) / changed_kg for a, b in zip(then.loads_kg, now.loads_kg, strict=True)]
        return self._names[max(range(len(shares)), key=shares.__getitem__)]

    def _see_empty(self, mean: _Mean) -> None:
        self._means.append(mean)
        if len(self._means) < 2:
            return
        before = self._means.popleft()
        pairs = zip(before.loads_kg, mean.loads_kg, strict=True)
        if any(abs(a - b) > EMPTY_RANGE_KG for a, b in pairs):
            return  # somebody's hand, or a bag being put down
        self._creeping = None
        if self._quiet is not None and before is not self._quiet and self._empty is not None:
            # What came or went in between was put there or taken away while the mat was watched.
            steps_kg = [b - a for a, b in zip(self._quiet.loads_kg, mean.loads_kg, strict=True)]
            self._empty = tuple(a + b for a, b in zip(self._empty, steps_kg, strict=True))
        self._quiet = mean
        if self._empty is None:
            self._empty = mean.loads_kg
            return
        limit_kg = DRIFT_SHARE * self._weight_kg
        off_kg = [b - a for a, b in zip(self._empty, mean.loads_kg, strict=True)]
        worst = max(range(len(off_kg)), key=lambda i: abs(off_kg[i]))
        others_kg = sum(abs(off) for i, off in enumerate(off_kg) if i != worst)
        is_wrong = abs(off_kg[worst]) > limit_kg and others_kg < OTHERS_SHARE * abs(off_kg[worst])
        self._wrong = {self._names[worst]} if is_wrong else set()

    def _notifications(self, t_s: float) -> tuple[CellEvent, ...]:
        now = self._wrong | ({self._creeping} if self._creeping else set())
        events = [
            CellEvent(t_s, name, CellProblem.DRIFTING if name in now else CellProblem.OK)
            for name in self._names
            if (name in now) != (name in self._reported)
        ]
        self._reported = now
        return tuple(events)


def _is_gradual(quarters: Sequence[float]) -> bool:
    whole = quarters[-1] - quarters[0]
    minimum, maximum = EVEN_SHARES
    return all(minimum <= (b - a) / whole <= maximum for a, b in pairwise(quarters))
