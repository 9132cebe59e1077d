"""Somebody on the mat who never lies still for long enough to be weighed.

Until they are, nothing of what they do is judged, and they would exercise unseen: so they are asked
to lie still. Whoever has just got on, or has rolled over, is weighed by then.
"""

from __future__ import annotations

from matfw.estimation.lying import LYING_MIN_KG
from matfw.messages import Presence

ASK_AFTER_S = 15.0  # virtual people take up to 14 s to get on and lie still
ASK_AGAIN_S = 30.0  # a reminder: they may have sat up to drink


class Unweighed:
    """Follows for how long somebody has been there unweighed."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._ask_s: float | None = None

    def update(self, t_s: float, presence: Presence, load_kg: float, *, can_judge: bool) -> bool:
        """Return whether to ask them now to lie still.

        can_judge: while the mat cannot, lying still is of no use, and later nobody has moved yet.
        """
        if presence is not Presence.UNSETTLED or load_kg < LYING_MIN_KG or not can_judge:
            self._ask_s = None
        elif self._ask_s is None:
            self._ask_s = t_s + ASK_AFTER_S
        elif t_s >= self._ask_s:
            self._ask_s = t_s + ASK_AGAIN_S
            return True
        return False
