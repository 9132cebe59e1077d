"""What this person's repetitions have been like so far: by it, what comes beside them is judged.

Between two repetitions everybody rests for about as long as before. What begins as soon as the leg
is down, and is over when the next lift begins, fills a rest: a sway, a hand or a breath that the
curve explains with a leg, for lack of the level that it rests at. Plates that saw the leg leave and
land at each repetition see it at the next one too. And a lift takes about as long as the others.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matfw.messages import RefinedRep
from matfw.refinement.missed_lifts import IN_SET_S

MIN_OWN, MIN_RESTS = 3, 1  # repetitions, rests, that say something of the next one
REMEMBERED = 12
FORGOTTEN_S = 30.0  # of a pause, after which somebody else may lie there, or on the other side
# Of the usual rest; what rests for less has followed at once. So did 1.1 % of 900 true repetitions
# of tuning people beside three others (6 % of 257 where bodies have three times the usual noise),
# and 31 of 60 movements there that were none.
NO_REST_SHARE = 0.15
MIN_REST_S = 1.0  # that is usual: ends are not known well enough to tell shorter ones from none
# What no rest before it says. The shares would say -2.8 at least, but small lifts' ends read late;
# with -2.0 tuning people keep one true one less of 1570, and one made-up one less of 9. With none
# after it as well it is no repetition, whatever else says so (log-odds of 7 did).
NO_REST_LOG_ODDS, NO_RESTS_LOG_ODDS = -1.5, -12.0
# In a row: a restless person's sways filled two. One more would cost whoever ceases to rest one.
MOST_FILLED = 2
MOST_LOG_ODDS = 4.0  # above which one is no likelier than another
# Unseen ones that are taken to have been before, for the share to be never 0 (Jeffreys' prior).
UNSEEN_BEFORE = 0.5


class OwnLifts:
    """Remembers what was reported of one person; says what that makes of the next movement."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._rests_s: deque[float] = deque(maxlen=REMEMBERED)
        self._agree: deque[bool] = deque(maxlen=REMEMBERED)
        self._lengths_s: deque[float] = deque(maxlen=REMEMBERED)
        self._end_s = -math.inf
        self._filled = 0  # rests in a row before the last repetition that something filled
        self._is_filled = False  # the one that has begun

    def add(self, rep: RefinedRep) -> None:
        """Take a repetition that is reported."""
        rest_s = rep.start_s - self._end_s
        if rest_s >= FORGOTTEN_S:
            self._rests_s.clear()
            self._agree.clear()
            self._lengths_s.clear()
        elif rest_s < IN_SET_S and not self._is_filled:
            if self._filled >= MOST_FILLED and self._is_no_rest(rest_s):
                self._rests_s.clear()  # those were no filled rests: they have ceased to rest
            self._rests_s.append(rest_s)
        if rep.plausibility < math.inf:  # slow ones are not compared with the plates
            self._agree.append(rep.plates_agree)
        self._lengths_s.append(rep.end_s - rep.start_s)
        self._end_s = rep.end_s
        self._filled = self._filled + 1 if self._is_filled else 0
        self._is_filled = False

    def refuse(self, rep: RefinedRep) -> None:
        """Take a movement that is none: a rest that it fills says nothing of the usual one."""
        self._is_filled = self._is_filled or self.follows_at_once(rep)

    def copy(self) -> OwnLifts:
        """Return another one that knows the same."""
        other = OwnLifts()
        other._rests_s.extend(self._rests_s)
        other._agree.extend(self._agree)
        other._lengths_s.extend(self._lengths_s)
        other._end_s = self._end_s
        other._filled, other._is_filled = self._filled, self._is_filled
        return other

    @property
    def usual_s(self) -> float:
        """Return how long one usually takes, start to end; 0 before that is known."""
        is_known = len(self._lengths_s) >= MIN_OWN
        return float(np.median(self._lengths_s)) if is_known else 0.0

    def follows_at_once(self, rep: RefinedRep) -> bool:
        """Return whether there was no rest before it, where this person rests."""
        return self._is_no_rest(rep.start_s - self._end_s)

    def judged(self, rep: RefinedRep, after: Sequence[RefinedRep]) -> RefinedRep:
        """Return it with what the others say of it added to its log-odds.

        after: what else may be a repetition after it. One of lower odds does not count: rather that
        one fills a rest. No more than MOST_FILLED rests in a row are filled: who goes on like that
        has ceased to rest.
        """
        if rep.start_s - self._end_s >= FORGOTTEN_S:
            return rep
        log_odds = self._of_plates(rep)
        if self.follows_at_once(rep):
            likelier = (x for x in after if x.plausibility >= min(rep.plausibility, MOST_LOG_ODDS))
            next_s = min((x.start_s for x in likelier), default=math.inf)
            fills_rest = self._filled < MOST_FILLED and self._is_no_rest(next_s - rep.end_s)
            log_odds += NO_RESTS_LOG_ODDS if fills_rest else NO_REST_LOG_ODDS
        return replace(rep, plausibility=rep.plausibility + log_odds) if log_odds else rep

    def _is_no_rest(self, rest_s: float) -> bool:
        if len(self._rests_s) < MIN_RESTS:
            return False
        usual_s = float(np.median(self._rests_s))
        return usual_s >= MIN_REST_S and rest_s < NO_REST_SHARE * usual_s

    def _of_plates(self, rep: RefinedRep) -> float:
        """Return what it says that plates did not see this one; 0 where they see none at all."""
        seen, count = sum(self._agree), len(self._agree)
        if rep.plates_agree or count < MIN_OWN:
            return 0.0
        return math.log((count - seen + UNSEEN_BEFORE) / (count + UNSEEN_BEFORE))
