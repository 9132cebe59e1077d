"""Cue requests -> one cue at a time: the line's last stage.

Somebody who sees no screen can follow one message at a time, so a cue has the buzzer and the lights
to itself until it is over. What decides which cue is given is in two tables: CUE_RULES (priority,
length, how long a request holds; the faults' rules are in their rows of `judging.faults`) and
MAY_CUT_SHORT (which ranks may cut short which).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from matfw.judging.faults import FAULTS
from matfw.judging.row import CueRule, Rank
from matfw.messages import Announcement, Cue

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

# `not_judging` is locked out for 10 s: a reminder and not a siren. `set_done` is true for the whole
# rest. What holds for the faults' cues: judging/faults.py.
CUE_RULES: Mapping[Cue, CueRule] = MappingProxyType(
    {
        Announcement.NOT_JUDGING: CueRule(100, Rank.SENSOR, 2.2, 10.0, 10.0),
        **{row.fault: row.cue for row in FAULTS},
        # A hip sensor lost or back: said when nothing else is, since the cells go on judging.
        Announcement.HIPS_LOST: CueRule(67, Rank.PLAIN, 1.3, 10.0, 10.0),
        Announcement.HIPS_BACK: CueRule(66, Rank.PLAIN, 1.3, 10.0, 10.0),
        Announcement.UNSURE: CueRule(65, Rank.PLAIN, 1.0, 2.0, 1.0),
        # `rep` before `set_done`: the last rep's tick, then the cadence.
        Announcement.REP: CueRule(64, Rank.PLAIN, 0.3, 1.0, 0.5),
        Announcement.SET_DONE: CueRule(63, Rank.PLAIN, 1.1, 6.0, 5.0),
        Announcement.READY: CueRule(62, Rank.PLAIN, 0.8, 2.0, 3.0),
        # Given at the start by `control`, not by the line.
        Announcement.SEE_CONSOLE: CueRule(61, Rank.PLAIN, 1.5, 10.0, 10.0),
    }
)


class Cues:
    """Gives one requested cue at a time."""

    def __init__(self) -> None:
        self._showing: Cue | None = None
        self._started_s: dict[Cue, float] = {}
        self._requested_s: dict[Cue, float] = {}  # open requests: when each was last made

    @property
    def showing(self) -> Cue | None:
        """Return the cue that was being given at the last update, or None."""
        return self._showing

    def reset(self) -> None:
        """Forget all requests and lock-outs; nothing is showing."""
        self._showing = None
        self._started_s.clear()
        self._requested_s.clear()

    def update(self, t_s: float, requests: Sequence[Cue]) -> Cue | None:
        """Return the cue that starts at this frame, or None.

        requests: the cues asked for at this frame; once is enough, every frame is allowed.
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
