"""The lesson: every sound after its name, most needed first, then three to recognise."""

from __future__ import annotations

from collections.abc import Sequence

from matfw.messages import CUES, Announcement, Cue, Fault

# In the order in which a workout brings them; then what may go wrong, then the mat itself.
_FIRST: tuple[Cue, ...] = (
    Announcement.LIE_LEFT,
    Announcement.LIE_RIGHT,
    Announcement.WRONG_SIDE,
    Announcement.GET_READY,
    Announcement.COUNT,
    Announcement.REP_FIVE,
    Announcement.THREE_LEFT,
    Announcement.TWO_LEFT,
    Announcement.ONE_LEFT,
    Announcement.SET_DONE,
    Announcement.REST_TEN,
    Announcement.REST_OVER,
    Announcement.PAUSED,
    Announcement.RESUMED,
    Announcement.UNFINISHED,
    Announcement.LAST_SET_DONE,
    Announcement.WORKOUT_DONE,
    *Fault,
)
LESSON: tuple[Cue, ...] = (*_FIRST, *(cue for cue in CUES if cue not in _FIRST))
ASKED = 3  # sounds to be recognised at the end
CHOICES = 3  # to choose from


def questions(seed: int) -> list[tuple[Cue, Sequence[Cue]]]:
    """Return the sounds to be recognised, each with what may be answered; another seed, others.

    What may be answered stands in the lesson's order, so that it says nothing of the answer.
    """
    asked: list[tuple[Cue, Sequence[Cue]]] = []
    for number in range(ASKED):
        at = (seed * 7 + number * 11) % len(_FIRST)
        others = [(at + step) % len(_FIRST) for step in (5, 13)]
        asked.append((_FIRST[at], [_FIRST[i] for i in sorted({at, *others})]))
    return asked
