"""Which repetition a live fault belongs to: the one whose time, with a margin, it falls into."""

from __future__ import annotations

from collections.abc import Iterable

from matfw.messages import FaultSeen, RefinedRep

BEFORE_START_S = 0.6  # how long before a rep's start its first live fault may have been reported
AFTER_END_S = 0.4  # how long after its end the last one may come
MEMORY_S = 60.0  # a window reaches back 25 s, and a refiner answers within 30


class LiveFaults:
    """The live faults that no finished repetition has been given yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: list[tuple[float, FaultSeen]] = []

    def add(self, t_s: float, faults: Iterable[FaultSeen]) -> None:
        """Keep what was reported at t_s; forget what no repetition has answered for MEMORY_S."""
        self._seen += [(t_s, fault) for fault in faults]
        while self._seen and self._seen[0][0] <= t_s - MEMORY_S:
            self._seen.pop(0)

    def take(self, x: RefinedRep) -> list[FaultSeen]:
        """Return a finished repetition's live faults; forget them, and all that came before."""
        begin_s, end_s = x.start_s - BEFORE_START_S, x.end_s + AFTER_END_S
        taken = [fault for t_s, fault in self._seen if begin_s <= t_s <= end_s]
        self._seen = [(t_s, fault) for t_s, fault in self._seen if t_s > end_s]
        return taken
