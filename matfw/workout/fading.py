"""Feedback that fades: the better it goes the less is given, and all of it again when it breaks.

What is always given helps while it is there and is missed when it is gone: the gain of movement
sounds was lost a day later (Dyer 2017, PMC5486555), and feedback given only outside a bandwidth of
good form is kept better (Winstein and Schmidt's bandwidth idea). So the tempo's tone thins out with
clean repetitions in a row, first to marks, then to nothing. Earcons and counts never fade.
"""

from __future__ import annotations

from matfw.messages import Guidance, Verdict

# From so many clean repetitions in a row on: what is given of the tempo. The last that fits holds.
FADES: tuple[tuple[int, Guidance], ...] = (
    (0, Guidance.FULL),
    (5, Guidance.MARKS),
    (10, Guidance.OFF),
)


class Fading:
    """Counts clean repetitions in a row, over sets and sides."""

    def __init__(self) -> None:
        self._clean = 0

    @property
    def guidance(self) -> Guidance:
        """Return what is to be given with the next repetition."""
        return [guidance for from_reps, guidance in FADES if self._clean >= from_reps][-1]

    def update(self, verdict: Verdict) -> None:
        """Take a repetition; one that could not be judged says nothing of its form."""
        if verdict is Verdict.CLEAN:
            self._clean += 1
        elif verdict is Verdict.FAULT:
            self._clean = 0
