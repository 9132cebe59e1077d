"""Which repetition a live fault belongs to: the one whose time, with a margin, it falls into.

One that was not sounded at once, as nobody may have been exercising, is sounded with its verdict.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matfw.messages import Fault, FaultSeen, RefinedRep

BEFORE_START_S = 0.6  # how long before a rep's start its first live fault may have been reported
AFTER_END_S = 0.4  # how long after its end the last one may come
MEMORY_S = 60.0  # a window reaches back 25 s, and a refiner answers within 30


class _Seen(NamedTuple):
    t_s: float
    fault: FaultSeen
    is_withheld: bool = False


class LiveFaults:
    """The live faults that no finished repetition has been given yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: list[_Seen] = []

    def add(self, t_s: float, faults: Iterable[FaultSeen]) -> None:
        """Keep what was reported at t_s; forget what no repetition has answered for MEMORY_S."""
        self._seen += [_Seen(t_s, fault) for fault in faults]
        while self._seen and self._seen[0].t_s <= t_s - MEMORY_S:
            self._seen.pop(0)

    def withhold(self, faults: Iterable[Fault]) -> None:
        """Keep that the last one of each of these kinds was not sounded."""
        for fault in faults:
            for at in range(len(self._seen) - 1, -1, -1):
                if self._seen[at].fault.fault is fault:
                    self._seen[at] = self._seen[at]._replace(is_withheld=True)
                    break

    def take(self, x: RefinedRep) -> list[FaultSeen]:
        """Return a finished repetition's live faults; forget them, and all that came before."""
        taken = [seen.fault for seen in self._of(x)]
        self._seen = [seen for seen in self._seen if seen.t_s > x.end_s + AFTER_END_S]
        return taken

    def withheld(self, x: RefinedRep) -> frozenset[Fault]:
        """Return the kinds of a repetition's live faults that were not sounded; forget nothing."""
        of = self._of(x)
        sounded = {seen.fault.fault for seen in of if not seen.is_withheld}
        return frozenset(seen.fault.fault for seen in of if seen.is_withheld) - sounded

    def _of(self, x: RefinedRep) -> list[_Seen]:
        begin_s, end_s = x.start_s - BEFORE_START_S, x.end_s + AFTER_END_S
        return [seen for seen in self._seen if begin_s <= seen.t_s <= end_s]
