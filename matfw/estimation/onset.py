"""By how much load, hip moment and evidence have just increased: what a lift's start must show.

The bank's evidence is only as good as its noises. A limb that moves, a body that settles or a trunk
that breathes raises load or moment and not the other, or neither; an arm raises the load and
moves the moment toward the head. A leg that lands raises both, but the bank has assumed it for
long: its evidence stands or falls. So the live line asks that all three have increased together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec import Struct

OVER_STEPS = 4  # newest steps that the load over the weight is the mean of
NOW_STEPS = 3  # newest steps ...
BEFORE_STEPS = (13, 8)  # ... against these: from 0.65 to 0.4 s ago
OLD_STEPS = BEFORE_STEPS[0] - BEFORE_STEPS[1]


class OnsetFeatures(Struct, frozen=True, gc=False):
    """What the last moments brought.

    over_n, before_n: mean load over the weight, now and before (the lower of the last two steps, so
    that a fall is remembered until its landing is over). load_n, moment_nm: their rises.
    evidence: the rise of the log weight of lifting over all other hypotheses.
    """

    over_n: float = 0.0
    load_n: float = 0.0
    moment_nm: float = 0.0
    evidence: float = 0.0
    before_n: float = 0.0


NOTHING = OnsetFeatures()


class Rise:
    """Follow load over weight (N), hip moment (N m) and evidence, one step of 50 ms at a time."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=BEFORE_STEPS[0])
        self._before_n = 0.0

    def shift(self, force_n: float, moment_nm: float) -> None:
        """Note that load and moment will from now on be measured from so much higher."""
        moved = [
            (force - force_n, moment - moment_nm, evidence)
            for force, moment, evidence in self._recent
        ]
        self._recent.extend(moved)
        self._before_n -= force_n

    def update(self, force_n: float, moment_nm: float, evidence: float) -> OnsetFeatures:
        """Return the increases; nothing until there is a before to compare with."""
        self._recent.append((force_n, moment_nm, evidence))
        if len(self._recent) < BEFORE_STEPS[0]:
            return NOTHING
        recent = list(self._recent)
        then_n, then_nm = _mean(recent[:OLD_STEPS])
        now_n, now_nm = _mean(recent[: -1 - NOW_STEPS : -1])
        over_n, _ = _mean(recent[: -1 - OVER_STEPS : -1])
        last_n, self._before_n = self._before_n, then_n
        return OnsetFeatures(
            over_n,
            now_n - then_n,
            now_nm - then_nm,
            evidence - recent[OLD_STEPS - 1][2],
            min(then_n, last_n),
        )


def _mean(rows: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Return the means of force and moment."""
    force_n = moment_nm = 0.0
    for n, nm, _ in rows:
        force_n += n
        moment_nm += nm
    return force_n / len(rows), moment_nm / len(rows)
