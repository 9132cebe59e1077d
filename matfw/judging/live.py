"""Motion and phase -> the faults that happen now, while they can be corrected.

A fault is reported once a repetition; one about how somebody lies (a row with `lasts_s`) once a
spell. The detectors are in the table: `faults`.
"""

from __future__ import annotations

from matfw.judging.faults import FAULTS
from matfw.judging.rep_memory import RepMemory
from matfw.judging.row import Moment
from matfw.messages import Fault, FaultSeen, Limits, Motion, PhaseStep, Presence, Side, Tempo

LIVE = tuple((row, row.live) for row in FAULTS if row.live is not None)


class Faults:
    """Report each fault when it happens, once."""

    def __init__(self, limits: Limits, tempo: Tempo, side: Side) -> None:
        """Take the person's limits, the tempo asked for and the side lain on.

        With the side unknown, back and front are too: the hips are then not judged live.
        """
        self._side = side
        self._limits = limits
        self._at_tempo = limits.at(tempo)
        self.reset()

    def reset(self) -> None:
        """Forget the repetition under way."""
        self._begin_rep()
        self._since_s: dict[Fault, float] = {}  # when a spell began
        self._spells: set[Fault] = set()  # those reported already

    def update(self, motion: Motion, phase: PhaseStep) -> tuple[FaultSeen, ...]:
        """Return the faults that became clear in this step."""
        if motion.presence is not Presence.LYING:
            self.reset()
            return ()
        if motion.is_away:
            return ()  # somebody who gets up gets no fault for it
        if phase.begins_rep:
            self._begin_rep()
        self._memory.follow(motion, phase.phase)
        now = Moment(motion, phase, self._memory, self._limits, self._at_tempo, self._side)
        seen: list[FaultSeen] = []
        for row, live in LIVE:
            reading = live(now)
            if row.lasts_s is not None:
                is_new = self._goes_on(row.fault, reading is not None, motion.t_s, row.lasts_s)
            elif reading is None:
                continue  # as nearly always
            else:
                is_new = row.fault not in self._reported and row.sharper not in self._reported
            if reading is not None and is_new:
                self._reported.add(row.fault)
                seen.append(FaultSeen(row.fault, *reading))
        return tuple(seen)

    def _begin_rep(self) -> None:
        self._memory = RepMemory()
        self._reported: set[Fault] = set()

    def _goes_on(self, fault: Fault, is_there: bool, t_s: float, lasts_s: float) -> bool:
        """Follow a spell; return, once in it, that it has lasted long enough."""
        if not is_there:
            self._since_s.pop(fault, None)
            self._spells.discard(fault)
            return False
        since_s = self._since_s.setdefault(fault, t_s)
        if fault in self._spells or t_s - since_s < lasts_s:
            return False
        self._spells.add(fault)
        return True
