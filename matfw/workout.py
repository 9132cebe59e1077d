"""What is asked of the person now: repetitions, sets, and whether a set is running out of form."""

from __future__ import annotations

from dataclasses import dataclass

from matfw.messages import Fault, FaultSeen, Rep, Verdict

FATIGUE_MIN_REPS = 8  # a slope over fewer is noise: 95 ms a rep of way-down time, one sd
FATIGUE_DOWN_SHARE = 0.20  # of the first reps' way-down time lost by the last ones
FATIGUE_RANGE_SHARE = 0.15  # of the first reps' range lost by the last ones
FATIGUE_ENDS = 4  # reps at either end of the set that are compared
SET_PAUSE_S = 25.0  # without a rep: the set is over, however many there were


@dataclass(frozen=True, slots=True)
class Progress:
    """Where in the workout the person is."""

    rep: int
    reps_per_set: int
    set_number: int
    clean: int
    faulty: int
    unsure: int
    is_set_done: bool = False
    fatigue: FaultSeen | None = None


class Workout:
    """Count repetitions into sets."""

    def __init__(self, reps_per_set: int = 15) -> None:
        """Take how many repetitions make a set; must be >= 1."""
        self._reps_per_set = reps_per_set
        self.reset()

    def reset(self) -> None:
        """Begin the first set."""
        self._set: list[Rep] = []
        self._set_number = 1
        self._total = 0
        self._counts = dict.fromkeys(Verdict, 0)

    def update(self, rep: Rep) -> Progress:
        """Count a repetition and say where that leaves the set."""
        if self._set and (
            len(self._set) >= self._reps_per_set or rep.start_s - self._set[-1].end_s > SET_PAUSE_S
        ):
            self._set = []
            self._set_number += 1
        self._set.append(rep)
        self._total += 1
        self._counts[rep.verdict] += 1
        is_done = len(self._set) == self._reps_per_set
        return Progress(
            len(self._set),
            self._reps_per_set,
            self._set_number,
            self._counts[Verdict.CLEAN],
            self._counts[Verdict.FAULT],
            self._counts[Verdict.UNSURE],
            is_done,
            fatigue(self._set) if is_done else None,
        )


def fatigue(reps: list[Rep]) -> FaultSeen | None:
    """Return `fatigue` if the last repetitions of a set have lost time or range, else None.

    The worse of two losses, in per cent: of the way down's length and of the range.
    """
    if len(reps) < FATIGUE_MIN_REPS:
        return None
    first, last = reps[:FATIGUE_ENDS], reps[-FATIGUE_ENDS:]
    down_lost = 1.0 - _mean([r.down_s for r in last]) / _mean([r.down_s for r in first])
    range_lost = 1.0 - _mean([r.angle_deg for r in last]) / _mean([r.angle_deg for r in first])
    if down_lost < FATIGUE_DOWN_SHARE and range_lost < FATIGUE_RANGE_SHARE:
        return None
    return FaultSeen(Fault.FATIGUE, round(100.0 * max(down_lost, range_lost), 1), "%")


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
