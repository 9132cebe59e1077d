"""What is known from look to look: each repetition is reported once, and no other movement.

`refine` sees one window and keeps nothing. What earlier windows finished and what they said of the
same movement is kept here, and decides what counts.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matfw.estimation.leg_model import LegModel
from matfw.estimation.noise import STEP_S
from matfw.judging.verdicts import PLAUSIBLE_LOG_ODDS
from matfw.messages import RefinedRep
from matfw.refinement.missed_lifts import IN_SET_S, overlap
from matfw.refinement.own_lifts import FORGOTTEN_S, OwnLifts
from matfw.refinement.refine import (
    AGREE_DEG,
    OVERLAP_S,
    SHORTEST_REP_S,
    SURE_AFTER_S,
    is_looked_at_again,
    known_from_s,
    refine,
)
from matfw.refinement.slow_tempo import is_slow
from matfw.refinement.windows import AGAIN_S, RepWindow

# Before a lift of which nothing but its landing is known: one that begins at once may be what fills
# the rest, which only a look that sees the next one whole can tell.
LANDED_REST_S = 0.3
SAME_END_S = 0.1  # between two early looks whose curves no shape fits: the end is known
# That are enough in a set; alone it takes PLAUSIBLE_LOG_ODDS. Of tuning people left out of the
# fit 0.8 % of 5969 true repetitions are below it, and nine of ten of 2117 other movements.
IN_SET_LOG_ODDS = 0.5
IN_SET_REPS = 2  # that came before within their rests make it part of a set
# Of the first one after FORGOTTEN_S without any, together with those that follow it within
# IN_SET_S: nobody who exercises does only one, and who rolls over or reaches does. Tuning people
# left out of the fit: 3.9 % of 5969 true repetitions are below it (2.6 % with 2.0, 5.5 with 3.0)
# and 6 movements of who does not exercise over it (9 and 5).
FIRST_LOG_ODDS = 2.5
# Of one from before it was known who lies there, who may have settled: its own log-odds, and one
# after that within IN_SET_S, of which it has so many times the height, and this share of the time
# at least. Tuning people of 11 kinds: of 46 true first ones 45 have; of 21 movements that were
# none (11 of 60 people who only get on, 10 of 174 who then exercise) two.
UNWEIGHED_LOG_ODDS, ALIKE_HEIGHTS, ALIKE_TIME = 1.2, (0.6, 2.0), 0.7
KNOWN_LEAD_S = 0.5  # before that: of the stillness that made somebody known, and starts read early
# Of the shorter one, that two looks' movements share if they are the same; of the longer one if
# neither is a part of the other.
SAME_SHARE = 0.5
MAX_LOG_ODDS = 4.0  # log-odds that one look may say for or against
# Of a movement that a last look does not see: so many looks before saw all of it, with so much in
# the mean. 118 tuning people of 11 kinds, 37 repetitions missed: one is such, as one was of 34 of
# others (by MAX_LOG_ODDS), and nothing else is; by 2.0 one thing is that was none.
LOST_LOOKS, LOST_LOG_ODDS = 2, 3.0
# Below which one early look alone is not believed: it waits for another one. Of 1327 movements that
# were reported of 116 tuning people of 12 kinds two true ones and nine others were such; since they
# wait four less are made up of 41, and none of 1286 is lost.
ONCE_LOG_ODDS, TWICE_LOOKS = 1.5, 2
# After an early look that found no end; 6 (clean) to 12 (restless) are computed a repetition
# (tuning people).
NEXT_LOOK_S = 0.2
SLOW_LOOK_S = 0.6  # where a slow tempo is asked for: its looks are at all of a long stretch ...
# ... and after so many early looks in a row that finished nothing, 2.4 s of them: the bound of what
# a movement may cost that is never sure. A settled one that found nothing leaves so many more.
FUTILE_LOOKS, SETTLED_LOOKS = 12, 4
REMEMBERED = 32  # movements of earlier looks

Look = Callable[[RepWindow, float], list[RefinedRep]]
"""Takes a window and until when all is known."""


class Refinement:
    """Refines windows in their order; reports each repetition once, and no other movement.

    Repetitions come in sets, and what is none mostly comes alone: a movement that has another
    plausible one near it is believed at worse odds than a lone one, and the first one for long at
    better ones than any other. It then waits for the next.
    A movement that goes on is looked at many times; the mean of what the looks say of it counts, or
    one lucky look of ten would do.
    """

    def __init__(self, look: Look = refine) -> None:
        """Begin with nothing finished. look: finds the repetitions of a window."""
        self._look = look
        self._finished_s = -math.inf
        self._doubted_s = -math.inf  # the end of a first one that waited in vain
        self._ends_s: deque[float] = deque(maxlen=IN_SET_REPS)
        self._own = OwnLifts()
        self._model: LegModel | None = None  # whose lifts those are
        self._unsure: RefinedRep | None = None
        self._seen: deque[RefinedRep] = deque(maxlen=REMEMBERED)
        self._due_s = self._asked_s = -math.inf
        self._futile, self._looked_s = 0, -math.inf
        self._pending: Sequence[RefinedRep] = ()  # found by the last look, and not finished

    def refine(self, window: RepWindow) -> list[RefinedRep]:
        """Return the repetitions in a window that were not known before, oldest first."""
        if window.is_early and self._is_over(window):
            if is_slow(window.tempo):
                return []  # no lift of such a tempo is found by its landing alone
            sure_s = window.motions[-1].t_s - SURE_AFTER_S
            window = replace(window, is_news=True, is_followed=False, ended_s=sure_s)
        # Who gets up may have done one more that nothing noticed.
        until_s = max(window.ended_s, window.motions[-1].t_s if window.is_left else -math.inf)
        if until_s < self._finished_s + SHORTEST_REP_S:
            return []  # there is no room for another one
        if window.is_news:
            return self._news(window)
        if window.is_early and window.motions[-1].t_s <= self._due_s - 0.5 * STEP_S:
            return []  # nothing more would be sure than at the last look
        found = self._unknown(self._look(window, self._finished_s))
        if window.is_followed:
            found = self._up_to_pending(found)
        found = self._averaged(found)
        if found or not window.is_early:
            found = self._with_lost(window, found)
        self._count_futile(window, found)
        self._due_s = self._due_after(window, found)
        self._pending = found
        if is_looked_at_again(window) and not window.is_early:
            # Before they speak for one another: what is not reported yet may turn out to be none.
            now_s = window.motions[-1].t_s
            found = [x for x in found if known_from_s(x, window.tempo) <= now_s]
        return self._reported(window, found)

    def _is_over(self, window: RepWindow) -> bool:
        """Return whether all is known of what an early look is offered for.

        Filters may believe in a movement that has long been finished, and see no other one.
        """
        is_finished = window.ended_s < self._finished_s + SHORTEST_REP_S
        return is_finished or (window.is_followed and not self._pending)

    def _news(self, window: RepWindow) -> list[RefinedRep]:
        """Return the lift that has just landed, if there is one.

        One that is not sure yet changes nothing for the looks that are due in any case.
        """
        now_s = window.motions[-1].t_s
        if now_s < self._asked_s + NEXT_LOOK_S - 0.5 * STEP_S:
            return []
        self._asked_s = now_s
        rested_s = self._finished_s + LANDED_REST_S
        found = [x for x in self._look(window, self._finished_s) if x.start_s > rested_s]
        if not found:
            return []
        return self._reported(window, self._with_lost(window, self._averaged(found)))

    def _reported(self, window: RepWindow, found: Sequence[RefinedRep]) -> list[RefinedRep]:
        found, waiting, own = self._leg_raises(window, found)
        if window.is_early and not self._are_sure(window, [*found, *waiting]):
            return []  # a later look has more of the rest
        if waiting and not found:
            self._due_s = max(self._due_s, waiting[-1].end_s + AGAIN_S)
        self._own = own
        self._unsure = None
        self._pending = [x for x in self._pending if not any(_are_same(x, y) for y in found)]
        self._futile = 0 if found else self._futile
        self._ends_s.extend(x.end_s for x in found)
        self._finished_s = max([self._finished_s, *(x.end_s for x in found)])
        return found

    def _unknown(self, found: Sequence[RefinedRep]) -> list[RefinedRep]:
        """Return those that were not known before."""
        return [
            x
            for x in found
            if x.start_s > self._finished_s - OVERLAP_S and x.top_s > self._finished_s
        ]

    def _up_to_pending(self, found: Sequence[RefinedRep]) -> list[RefinedRep]:
        """Return what an earlier look had found, and what comes before that.

        What else is seen of a half ascent after it is not to be remembered either.
        """
        pending_s = [x.start_s for x in found if any(_are_same(x, y) for y in self._pending)]
        return [x for x in found if x.start_s <= max(pending_s, default=-math.inf)]

    def _averaged(self, found: Sequence[RefinedRep]) -> list[RefinedRep]:
        """Return them with what this look and earlier ones say of each, in the mean.

        Slow lifts are not weighed at all (inf), and stay so.
        """
        log_odds = [
            [x.plausibility, *(y.plausibility for y in self._seen if _are_alike(x, y))]
            for x in found
        ]
        self._seen.extend(found)
        return [
            x
            if len(odds) == 1 or x.plausibility == math.inf
            else replace(x, plausibility=float(np.mean(np.clip(odds, -MAX_LOG_ODDS, MAX_LOG_ODDS))))
            for x, odds in zip(found, log_odds, strict=True)
        ]

    def _with_lost(self, window: RepWindow, found: Sequence[RefinedRep]) -> list[RefinedRep]:
        """Return them and what several looks saw clearly and this one, though it could, does not.

        Who gets up swings what came before, and a sway parts a lift in two. Of each the last look
        that saw it says what it was; parts of it that are hardly leg raises do not take its place.
        What comes before the one that a look finishes is never asked again.
        """
        lost: list[RefinedRep] = []
        others = [x for x in found if x.plausibility >= IN_SET_LOG_ODDS]
        for x in self._unknown(tuple(reversed(self._seen))):
            if x.plausibility < IN_SET_LOG_ODDS or any(overlap(x, y) for y in others):
                continue
            others.append(x)
            if self._own.follows_at_once(x):
                continue  # it waited for what comes after, as a body that has just landed sways
            alike = [y.plausibility for y in self._seen if _are_alike(x, y)]
            is_known = window.is_left or _waited_s(window, x) >= AGAIN_S
            if not is_known or len(alike) < LOST_LOOKS or max(alike) == math.inf:
                continue
            log_odds = float(np.mean(np.clip(alike, -MAX_LOG_ODDS, MAX_LOG_ODDS)))
            if log_odds >= LOST_LOG_ODDS:
                lost.append(replace(x, plausibility=log_odds))
        return sorted([*found, *lost], key=lambda x: x.start_s)

    def _due_after(self, window: RepWindow, found: Sequence[RefinedRep]) -> float:
        """Return when the next early look may know more than this one.

        It does once the last end that was found has been followed by enough rest.
        """
        if not window.motions:
            return -math.inf
        now_s = window.motions[-1].t_s
        known_s = max((known_from_s(x, window.tempo) for x in found), default=-math.inf)
        if known_s > now_s:
            return known_s
        is_futile = is_slow(window.tempo) or self._futile >= FUTILE_LOOKS
        return now_s + (SLOW_LOOK_S if is_futile else NEXT_LOOK_S)

    def _count_futile(self, window: RepWindow, found: Sequence[RefinedRep]) -> None:
        """Count the early looks at one movement since one finished something."""
        if window.ended_s > self._looked_s + SHORTEST_REP_S:
            self._futile = 0
        self._looked_s = window.ended_s
        if window.is_early:
            self._futile += 1
        elif not found:
            self._futile = max(self._futile, FUTILE_LOOKS - SETTLED_LOOKS)

    def _are_sure(self, window: RepWindow, found: Sequence[RefinedRep]) -> bool:
        """Return whether an early look may finish these: the last is down, and its shape fits.

        Where no shape fits one that has just ended, the look before must have seen the same end;
        and what is hardly a leg raise another look as well.
        """
        before, self._unsure = self._unsure, found[-1] if found else None
        now_s = window.motions[-1].t_s
        if not found or max(known_from_s(x, window.tempo) for x in found) > now_s:
            return False
        if any(x.plausibility < ONCE_LOG_ODDS and self._looks_at(x) < TWICE_LOOKS for x in found):
            return False
        if all(x.fit_error_deg < AGREE_DEG or _is_clear(window, x) for x in found):
            return True
        return before is not None and abs(found[-1].end_s - before.end_s) < SAME_END_S

    def _looks_at(self, x: RefinedRep) -> int:
        """Return how many looks, this one too, have seen a movement whole."""
        return sum(_are_alike(x, y) for y in self._seen)

    def _leg_raises(
        self, window: RepWindow, found: Sequence[RefinedRep]
    ) -> tuple[list[RefinedRep], list[RefinedRep], OwnLifts]:
        """Return those that count, as this person's others let them be judged; those that wait.

        The last one, where no rest was before it, waits until it is known what comes after it; a
        movement that fills the rest between two repetitions is none. So does the first one for long
        until enough speaks for it. Third: what is known of this person once these are reported.
        """
        reps: list[RefinedRep] = []
        if window.model != self._model:  # somebody else, or weighed again
            self._own, self._model = OwnLifts(), window.model
        own = self._own.copy()
        for number, x in enumerate(found):
            after = [y for y in found[number + 1 :] if y.plausibility >= IN_SET_LOG_ODDS]
            judged = own.judged(x, after)
            may_count = judged.plausibility >= IN_SET_LOG_ODDS
            if may_count and not after and own.follows_at_once(x) and _is_waited_for(window, x):
                return reps, [x], own
            was_unweighed = x.start_s < _known_s(window)
            followers = _followers(window, x, after) if was_unweighed else ()
            if was_unweighed:
                is_doubted = not any(_began_with(judged, y) for y in followers)
            else:
                is_first = self._is_first(x, reps)
                is_doubted = is_first and _log_odds_with(judged, after) < FIRST_LOG_ODDS
            may_be_followed = not followers and _waited_s(window, x) < IN_SET_S
            if may_count and is_doubted and may_be_followed and not window.is_left:
                return reps, [x], own
            # Whoever leaves while it waits has done all they will: then it is a lone one.
            is_refused = is_doubted and (was_unweighed or not may_be_followed)
            if is_refused and not was_unweighed and self._is_leg_raise(judged, [*reps, *after]):
                self._doubted_s = x.end_s
            if not is_refused and self._is_leg_raise(judged, [*reps, *after]):
                reps.append(replace(judged, was_unweighed=was_unweighed, usual_s=own.usual_s))
                own.add(judged)
            else:
                own.refuse(x)
        return reps, [], own

    def _is_first(self, x: RefinedRep, before: Sequence[RefinedRep]) -> bool:
        """Return whether it is the first one for long; before: it, and not reported yet.

        One that nothing spoke for in time makes the next one no first one: who rests for long
        between two is counted from the second on.
        """
        ends_s = [self._finished_s, self._doubted_s, *(y.end_s for y in before)]
        known_s = max(end_s for end_s in ends_s if end_s < x.end_s)
        return x.start_s - known_s >= FORGOTTEN_S

    def _is_leg_raise(self, x: RefinedRep, found: Sequence[RefinedRep]) -> bool:
        if x.plausibility >= PLAUSIBLE_LOG_ODDS:
            return True
        is_in_set = len(self._ends_s) == IN_SET_REPS and x.start_s - self._ends_s[0] < (
            IN_SET_REPS * IN_SET_S
        )
        has_likes = any(
            y.plausibility >= PLAUSIBLE_LOG_ODDS and 0.0 <= y.start_s - x.end_s < IN_SET_S
            for y in found
        )
        return x.plausibility >= IN_SET_LOG_ODDS and (is_in_set or has_likes)


def _is_waited_for(window: RepWindow, x: RefinedRep) -> bool:
    """Return whether it is not known yet what comes after a movement."""
    if not is_looked_at_again(window):
        return False
    return window.is_early or window.motions[-1].t_s - x.end_s < AGAIN_S


def _is_clear(window: RepWindow, x: RefinedRep) -> bool:
    """Return whether a movement has been over for long, and clearly was a leg raise."""
    return _waited_s(window, x) >= AGAIN_S and x.plausibility >= LOST_LOG_ODDS


def _waited_s(window: RepWindow, x: RefinedRep) -> float:
    """Return how long a movement has been over."""
    return window.motions[-1].t_s - x.end_s if window.motions else math.inf


def _log_odds_with(x: RefinedRep, after: Sequence[RefinedRep]) -> float:
    """Return what speaks for a movement, and for those near enough after it."""
    near = (y.plausibility for y in after if 0.0 <= y.start_s - x.end_s < IN_SET_S)
    return x.plausibility + sum(near)


def _known_s(window: RepWindow) -> float:
    """Return when whoever begins does not settle any more."""
    return window.known_s - KNOWN_LEAD_S


def _followers(
    window: RepWindow, x: RefinedRep, after: Sequence[RefinedRep]
) -> Sequence[RefinedRep]:
    """Return the plausible ones near enough after a movement, begun when somebody was known."""
    from_s, to_s = max(_known_s(window), x.end_s - OVERLAP_S), x.end_s + IN_SET_S
    near = [y for y in after if from_s <= y.start_s < to_s]
    return [y for y in near if y.plausibility >= PLAUSIBLE_LOG_ODDS]


def _began_with(x: RefinedRep, follower: RefinedRep) -> bool:
    """Return whether somebody who was not known yet began to exercise with it, and did not settle.

    follower: one after it, when they were known.
    """
    low, high = ALIKE_HEIGHTS
    is_as_high = low * follower.angle_deg < x.angle_deg < high * follower.angle_deg
    is_as_long = x.end_s - x.start_s > ALIKE_TIME * (follower.end_s - follower.start_s)
    return is_as_high and is_as_long and x.plausibility >= UNWEIGHED_LOG_ODDS


def _are_alike(x: RefinedRep, y: RefinedRep) -> bool:
    """Return whether two looks saw one movement, all of it, and explain it alike."""
    longer_s = max(x.end_s - x.start_s, y.end_s - y.start_s)
    return x.has_arm == y.has_arm and _shared_s(x, y) > SAME_SHARE * longer_s


def _are_same(x: RefinedRep, y: RefinedRep) -> bool:
    """Return whether two looks saw one movement, or one of them a part of it."""
    shorter_s = min(x.end_s - x.start_s, y.end_s - y.start_s)
    return _shared_s(x, y) > SAME_SHARE * shorter_s


def _shared_s(x: RefinedRep, y: RefinedRep) -> float:
    return min(x.end_s, y.end_s) - max(x.start_s, y.start_s)
