"""Cue requests -> one cue at a time: the line's last stage.

Somebody who sees no screen can follow one message at a time, so a cue has the buzzer and the lights
to itself until it is over. What decides which cue is given is in two tables: CUE_RULES (priority,
length, how long a request holds; the faults' rules are in their rows of `judging.faults`) and
MAY_CUT_SHORT (which ranks may cut short which).

A cue that comes of a finished repetition is about that repetition: its age counts from the
repetition's end, the next one's replaces it, and it is not given once the next one is at its top.

While the mat cannot judge, nothing that would say how somebody moves is sounded (OF_JUDGING).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matfw.judging.faults import FAULTS
from matfw.judging.row import CueRule, Rank
from matfw.messages import OF_JUDGING, Announcement, Cue

MAY_CUT_SHORT: Mapping[Rank, frozenset[Rank]] = MappingProxyType(
    {
        Rank.SENSOR: frozenset({Rank.LIVE, Rank.POSTURE, Rank.TEMPO, Rank.PLAIN}),
        Rank.LIVE: frozenset({Rank.TEMPO, Rank.PLAIN}),
        Rank.POSTURE: frozenset(),
        Rank.TEMPO: frozenset(),
        Rank.PLAIN: frozenset(),
    }
)

PAUSE_S = 0.1  # s; least silence and darkness after a pattern, so that the next is heard as another

# After a repetition's end a cue about it may begin: it is measured again until then, and a usual
# next one begins its ascent. What is true for longer (`set_done`, `fatigue`) has its own age.
REP_CUE_AGE_S = 2.0  # s

# A count may begin so late after its repetition was judged: after a live fault of the next lift.
COUNT_AGE_S = 3.0  # s

# `not_judging` is locked out for 10 s: a reminder and not a siren. `set_done` is true for the whole
# rest. What holds for the faults' cues: judging/faults.py.
CUE_RULES: Mapping[Cue, CueRule] = MappingProxyType(
    {
        Announcement.NOT_JUDGING: CueRule(100, Rank.SENSOR, 2.2, 10.0, 10.0),
        **{row.fault: row.cue for row in FAULTS},
        # A hip sensor lost or back: sounded when nothing else is, since the cells go on judging.
        Announcement.HIPS_LOST: CueRule(67, Rank.PLAIN, 1.3, 10.0, 10.0),
        Announcement.HIPS_BACK: CueRule(66, Rank.PLAIN, 1.3, 10.0, 10.0),
        Announcement.UNSURE: CueRule(65, Rank.PLAIN, 1.0, 2.0, 1.0),
        # What counts a rep comes before `set_done`: the last rep's tick, then the cadence.
        Announcement.REP: CueRule(64, Rank.PLAIN, 0.3, 1.0, 0.5),
        Announcement.COUNT: CueRule(63, Rank.PLAIN, 0.5, COUNT_AGE_S, 0.5),
        Announcement.REP_FIVE: CueRule(62, Rank.PLAIN, 0.6, COUNT_AGE_S, 0.6),
        Announcement.THREE_LEFT: CueRule(61, Rank.PLAIN, 0.8, COUNT_AGE_S, 0.8),
        Announcement.TWO_LEFT: CueRule(60, Rank.PLAIN, 0.6, COUNT_AGE_S, 0.6),
        Announcement.ONE_LEFT: CueRule(59, Rank.PLAIN, 0.6, COUNT_AGE_S, 0.6),
        Announcement.SET_DONE: CueRule(58, Rank.PLAIN, 1.1, 6.0, 5.0),
        Announcement.LAST_SET_DONE: CueRule(57, Rank.PLAIN, 1.5, 6.0, 5.0),
        Announcement.WORKOUT_DONE: CueRule(56, Rank.PLAIN, 1.8, 10.0, 5.0),
        Announcement.PAUSED: CueRule(55, Rank.PLAIN, 1.0, 3.0, 1.0),
        Announcement.RESUMED: CueRule(54, Rank.PLAIN, 1.0, 3.0, 1.0),
        Announcement.UNFINISHED: CueRule(53, Rank.PLAIN, 1.3, 5.0, 5.0),
        Announcement.REST_TEN: CueRule(52, Rank.PLAIN, 0.8, 2.0, 5.0),
        Announcement.REST_OVER: CueRule(51, Rank.PLAIN, 1.0, 5.0, 2.0),
        Announcement.WRONG_SIDE: CueRule(50, Rank.PLAIN, 1.6, 5.0, 3.0),
        Announcement.LIE_LEFT: CueRule(49, Rank.PLAIN, 1.3, 10.0, 3.0),
        Announcement.LIE_RIGHT: CueRule(48, Rank.PLAIN, 1.3, 10.0, 3.0),
        Announcement.PARTLY_JUDGED: CueRule(47, Rank.PLAIN, 1.1, 10.0, 5.0),
        Announcement.GET_READY: CueRule(46, Rank.PLAIN, 3.5, 1.0, 3.5),
        Announcement.READY: CueRule(45, Rank.PLAIN, 0.8, 2.0, 3.0),
        # What it is about has gone on for long, and may end at any moment.
        Announcement.LIE_STILL: CueRule(43, Rank.PLAIN, 1.6, 2.0, 10.0),
        # Given at the start by `control`, not by the line.
        Announcement.SEE_CONSOLE: CueRule(44, Rank.PLAIN, 1.5, 10.0, 10.0),
    }
)


@dataclass(frozen=True, slots=True)
class RepCue:
    """A cue asked for by the verdict on a repetition that ended at end_s; rep: its number."""

    cue: Cue
    end_s: float
    rep: int = 0


@dataclass(frozen=True, slots=True)
class _Request:
    """An open request: since when its age counts, and the end of the repetition it is about."""

    since_s: float
    rep_end_s: float | None = None

    def is_over(self, t_s: float, max_age_s: float, last_top_s: float) -> bool:
        if self.rep_end_s is None:
            return t_s - self.since_s > max_age_s
        is_next_up = last_top_s > self.rep_end_s
        return is_next_up or t_s - self.rep_end_s > max(max_age_s, REP_CUE_AGE_S)


class Cues:
    """Gives one requested cue at a time."""

    def __init__(self) -> None:
        self._showing: Cue | None = None
        self._started_s: dict[Cue, float] = {}
        self._requests: dict[Cue, _Request] = {}  # open ones, the last of each cue

    @property
    def showing(self) -> Cue | None:
        """Return the cue that was being given at the last update, or None."""
        return self._showing

    def reset(self) -> None:
        """Forget all requests and lock-outs; nothing is showing."""
        self._showing = None
        self._started_s.clear()
        self._requests.clear()

    def update(
        self,
        t_s: float,
        requests: Sequence[Cue],
        of_reps: Sequence[RepCue] = (),
        last_top_s: float = -math.inf,
        *,
        can_judge: bool = True,
    ) -> Cue | None:
        """Return the cue that starts at this frame, or None.

        requests: the cues asked for at this frame; once is enough, every frame is allowed.
        of_reps: those that come of verdicts, in the order of the repetitions. last_top_s: when a
        leg last reached its top. A request during its own cue's lock-out is dropped, not kept; so
        is what is OF_JUDGING while the mat cannot judge.
        """
        if self._showing is not None and self._elapsed_s(self._showing, t_s) >= (
            CUE_RULES[self._showing].min_on_s
        ):
            self._showing = None
        if not (requests or of_reps or self._requests):
            return None  # as with nearly every frame
        self._take_rep_cues(t_s, of_reps)
        for cue in requests:
            self._take(cue, t_s, _Request(t_s))
        self._forget_old(t_s, last_top_s)
        if not can_judge:
            for cue in OF_JUDGING & self._requests.keys():
                del self._requests[cue]
        first = max(self._requests, key=lambda cue: CUE_RULES[cue].priority, default=None)
        if first is None or not self._may_start(first):
            return None
        del self._requests[first]
        self._started_s[first] = t_s
        self._showing = first
        return first

    def _take_rep_cues(self, t_s: float, of_reps: Sequence[RepCue]) -> None:
        """Take what is about the last repetition; nothing more is sounded of those before it."""
        last_end_s = max((x.end_s for x in of_reps), default=-math.inf)
        for cue, request in list(self._requests.items()):
            if request.rep_end_s is not None and request.rep_end_s < last_end_s:
                del self._requests[cue]
        for x in of_reps:
            if x.end_s == last_end_s:
                self._take(x.cue, t_s, _Request(t_s, x.end_s))

    def _take(self, cue: Cue, t_s: float, request: _Request) -> None:
        if cue not in self._started_s or self._elapsed_s(cue, t_s) >= CUE_RULES[cue].lockout_s:
            self._requests[cue] = request

    def _forget_old(self, t_s: float, last_top_s: float) -> None:
        for cue, request in list(self._requests.items()):
            if request.is_over(t_s, CUE_RULES[cue].max_age_s, last_top_s):
                del self._requests[cue]

    def _may_start(self, cue: Cue) -> bool:
        if self._showing is None:
            return True
        return CUE_RULES[self._showing].rank in MAY_CUT_SHORT[CUE_RULES[cue].rank]

    def _elapsed_s(self, cue: Cue, t_s: float) -> float:
        return t_s - self._started_s[cue]
