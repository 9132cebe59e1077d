"""Wanted cues -> one cue at a time: the line's last stage.

Ears shut to a screen can follow one message at a time, so a cue has the buzzer and the lights to
itself until it has been said in full. Everything that decides who speaks is in two tables:
CUE_RULES (who outranks whom, for how long, until when it is still true) and MAY_CUT_SHORT (what
is worth breaking off another cue for).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from matfw.messages import Cue


class Rank(Enum):
    """What a cue is about; decides only what may be broken off for it."""

    SENSOR = "sensor"  # the mat cannot judge: nothing else it says can be trusted
    LIVE = "live"  # the leg or the hips are doing it now: mending is possible for a moment only
    POSTURE = "posture"  # how the person lies: stays true for seconds
    TEMPO = "tempo"  # about the phase or the rep that is over
    PLAIN = "plain"  # no fault


MAY_CUT_SHORT: Mapping[Rank, frozenset[Rank]] = MappingProxyType(
    {
        Rank.SENSOR: frozenset({Rank.LIVE, Rank.POSTURE, Rank.TEMPO, Rank.PLAIN}),
        Rank.LIVE: frozenset({Rank.TEMPO, Rank.PLAIN}),
        Rank.POSTURE: frozenset(),
        Rank.TEMPO: frozenset(),
        Rank.PLAIN: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class CueRule:
    """When a cue may speak.

    priority: unique; the highest fresh request wins. min_on_s: how long it has the floor, its
    pattern's length and at least PAUSE_S, so that two cues never melt into one. max_age_s: how
    long after it was last wanted it may still begin. lockout_s: from one start to the next.
    """

    priority: int
    rank: Rank
    min_on_s: float
    max_age_s: float
    lockout_s: float


PAUSE_S = 0.1  # s; least silence and darkness after a pattern, so that the next is heard as another

# max_age_s: LIVE 1.0 s: long enough to wait for one other fault's cue, so that neither of two
# faults is swallowed, and too short to scold a leg that dropped 2 s ago; TEMPO 2 s, within the
# next rep's way up at the tempo asked for; `set_done` and `fatigue` are true for the whole rest.
# lockout_s: LIVE 1.5 s, shorter than any rep, so every faulty rep is heard, longer
# than the tremor of one threshold crossing; `not_judging` 10 s, a reminder and not a siren.
CUE_RULES: Mapping[Cue, CueRule] = MappingProxyType(
    {
        Cue.NOT_JUDGING: CueRule(100, Rank.SENSOR, 2.2, 10.0, 10.0),
        Cue.DROP: CueRule(95, Rank.LIVE, 0.9, 1.0, 1.5),
        Cue.KICK: CueRule(94, Rank.LIVE, 0.9, 1.0, 1.5),
        Cue.ROLL_BACK: CueRule(93, Rank.LIVE, 0.9, 1.0, 1.5),
        Cue.LEG_FORWARD: CueRule(92, Rank.LIVE, 0.9, 1.0, 1.5),
        Cue.TOO_HIGH: CueRule(91, Rank.LIVE, 0.9, 1.0, 1.5),
        Cue.OFF_MAT: CueRule(85, Rank.POSTURE, 1.0, 2.0, 4.0),
        Cue.BENT_BODY: CueRule(84, Rank.POSTURE, 1.0, 2.0, 4.0),
        Cue.TOO_SMALL: CueRule(75, Rank.TEMPO, 1.0, 2.0, 1.5),
        Cue.RUSHED_DOWN: CueRule(74, Rank.TEMPO, 0.9, 2.0, 1.5),
        Cue.RUSHED_UP: CueRule(73, Rank.TEMPO, 0.9, 2.0, 1.5),
        Cue.SHORT_HOLD: CueRule(72, Rank.TEMPO, 1.0, 2.0, 1.5),
        Cue.FATIGUE: CueRule(71, Rank.TEMPO, 1.6, 6.0, 20.0),
        # A hip sensor lost or back: said when nothing else is, since the cells go on judging.
        Cue.HIPS_LOST: CueRule(67, Rank.PLAIN, 1.3, 10.0, 10.0),
        Cue.HIPS_BACK: CueRule(66, Rank.PLAIN, 1.3, 10.0, 10.0),
        Cue.UNSURE: CueRule(65, Rank.PLAIN, 1.0, 2.0, 1.0),
        # `rep` before `set_done`: the last rep's tick, then the cadence.
        Cue.REP: CueRule(64, Rank.PLAIN, 0.3, 1.0, 0.5),
        Cue.SET_DONE: CueRule(63, Rank.PLAIN, 1.1, 6.0, 5.0),
        Cue.READY: CueRule(62, Rank.PLAIN, 0.8, 2.0, 3.0),
    }
)


class Cues:
    """Gives the floor to one wanted cue at a time."""

    def __init__(self) -> None:
        self._showing: Cue | None = None
        self._started_s: dict[Cue, float] = {}
        self._requested_s: dict[Cue, float] = {}  # open requests: when each was last wanted

    @property
    def showing(self) -> Cue | None:
        """Return the cue that had the floor at the last update, or None."""
        return self._showing

    def reset(self) -> None:
        """Forget all requests and lock-outs; nothing is showing."""
        self._showing = None
        self._started_s.clear()
        self._requested_s.clear()

    def update(self, t_s: float, requests: Sequence[Cue]) -> Cue | None:
        """Return the cue that starts at this frame, or None.

        wanted: what asks to be said at this frame; once is enough, every frame is allowed.
        A request during its own cue's lock-out is dropped, not kept for later.
        """
        if self._showing is not None and self._elapsed_s(self._showing, t_s) >= (
            CUE_RULES[self._showing].min_on_s
        ):
            self._showing = None
        self._take_requests(t_s, requests)
        first = max(self._requested_s, key=lambda cue: CUE_RULES[cue].priority, default=None)
        if first is None or not self._may_start(first):
            return None
        del self._requested_s[first]
        self._started_s[first] = t_s
        self._showing = first
        return first

    def _take_requests(self, t_s: float, requests: Sequence[Cue]) -> None:
        for cue in requests:
            if cue not in self._started_s or (
                self._elapsed_s(cue, t_s) >= CUE_RULES[cue].lockout_s
            ):
                self._requested_s[cue] = t_s
        for cue in [
            cue
            for cue, requested_s in self._requested_s.items()
            if t_s - requested_s > CUE_RULES[cue].max_age_s
        ]:
            del self._requested_s[cue]

    def _may_start(self, cue: Cue) -> bool:
        if self._showing is None:
            return True
        return CUE_RULES[self._showing].rank in MAY_CUT_SHORT[CUE_RULES[cue].rank]

    def _elapsed_s(self, cue: Cue, t_s: float) -> float:
        return t_s - self._started_s[cue]
