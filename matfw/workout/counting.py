"""When a set counts, and what each repetition's count sounds like."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matfw.messages import Announcement, Cue

# A lift is recognised, live, up to so long after it began; refined, it began then.
LEAD_S = 1.0
GROUP = 5  # repetitions; a group's end sounds different, so that nobody has to keep count
LEFT_CUES: Mapping[int, Cue] = MappingProxyType(
    {3: Announcement.THREE_LEFT, 2: Announcement.TWO_LEFT, 1: Announcement.ONE_LEFT}
)

# What tells how many there have been, and so that the last one was counted.
COUNTING: frozenset[Cue] = frozenset(
    {
        Announcement.COUNT,
        Announcement.REP_FIVE,
        *LEFT_CUES.values(),
        Announcement.SET_DONE,
        Announcement.LAST_SET_DONE,
        Announcement.WORKOUT_DONE,
    }
)


def count_cue(number: int, asked: int) -> Cue:
    """Return what counts the repetition of this number of a set: few left, a group, or one."""
    left = asked - number
    if left in LEFT_CUES:
        return LEFT_CUES[left]
    return Announcement.REP_FIVE if number % GROUP == 0 and left else Announcement.COUNT


class OpenTimes:
    """The times in which a lift counts for the set: from its start to its end, without pauses."""

    def __init__(self) -> None:
        self._closed: list[tuple[float, float]] = []
        self._from_s: float | None = None

    @property
    def has_begun(self) -> bool:
        """Return whether the set was ever open."""
        return bool(self._closed) or self._from_s is not None

    def begin(self, t_s: float) -> None:
        """Open, unless it is."""
        if self._from_s is None:
            last_s = self._closed[-1][1] if self._closed else t_s - LEAD_S
            self._from_s = max(t_s - LEAD_S, last_s)

    def end(self, t_s: float) -> None:
        """Close, unless it is."""
        if self._from_s is not None:
            self._closed.append((self._from_s, t_s))
            self._from_s = None

    def holds(self, t_s: float) -> bool:
        """Return whether a lift that began then counts."""
        if self._from_s is not None and t_s >= self._from_s:
            return True
        return any(from_s <= t_s <= until_s for from_s, until_s in self._closed)
