"""By how much load and hip moment have just risen: what a lift's start must show in both.

The bank's evidence is only as good as its noises. A limb that moves, a body that settles or a trunk
that breathes makes one of the two rise and not the other, or neither; an arm raises the load and
moves the moment toward the head. So the live line asks for this besides.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

LOAD_STEPS = 4  # newest steps that the load's rise over the weight is the mean of
MOMENT_STEPS = 3  # newest steps ...
BEFORE_STEPS = (13, 8)  # ... against these: from 0.65 to 0.4 s ago


class Rise:
    """Follow load over weight (N) and hip moment (N m), one step of 50 ms at a time."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._recent: deque[tuple[float, float]] = deque(maxlen=BEFORE_STEPS[0])

    def shift(self, force_n: float, moment_nm: float) -> None:
        """Tell that both will from now on be measured from so much higher."""
        moved = [(force - force_n, moment - moment_nm) for force, moment in self._recent]
        self._recent.extend(moved)

    def update(self, force_n: float, moment_nm: float) -> tuple[float, float]:
        """Return the rise of load and moment; nought until there is a before to compare with."""
        self._recent.append((force_n, moment_nm))
        before = len(self._recent) - BEFORE_STEPS[1]
        if before <= 0:
            return 0.0, 0.0
        newest = list(islice(reversed(self._recent), LOAD_STEPS))
        load_n = sum(force for force, _ in newest) / LOAD_STEPS
        now_nm = sum(moment for _, moment in newest[:MOMENT_STEPS]) / MOMENT_STEPS
        old_nm = sum(moment for _, moment in islice(self._recent, before)) / before
        return load_n, now_nm - old_nm
