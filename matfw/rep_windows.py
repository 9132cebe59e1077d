"""When a movement is over, and what its refinement needs to know of it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from matfw.leg_model import LegModel
from matfw.leg_trace import LegTrace
from matfw.leg_tracker import HISTORY_STEPS, LegTracker
from matfw.messages import Motion, Phase, PhaseStep, Presence

SETTLE_S = 0.5  # of rest after a movement before it is refined: what comes after fixes its end
SETTLE_OFF_S = 2.5  # while plates still see this movement's leg off: it came down without landing
HOVERS_S = 0.8  # of rest while plates see the leg off: it hovers over the other one
LEFT_LEAD_S = 1.0  # before a movement is noticed that its leg has left at the earliest
LONGEST_S = 20.0  # a leg up for longer is refined as it is
LEAD_S = 2.5  # of what was before the movement: its own sideways zero
MIN_PEAK_DEG = 6.0  # smaller excursions are not looked at; below 8 deg the forces cannot tell
VALLEY_S = 2.5  # before a lift is told, in which it began
SHORTEST_S = 1.0  # of a movement that ends in the next one instead of in rest


@dataclass(frozen=True, slots=True)
class RepWindow:
    """The last movement and the rest around it; one row a 50 ms step.

    first: the row after the movement before. unrest: of this body, variance against the usual.
    """

    motions: tuple[Motion, ...]
    trace: LegTrace
    model: LegModel
    unrest: float
    first: int


class RepWindows:
    """Notices that a movement is over and cuts out what its refinement needs."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._motions: deque[Motion] = deque(maxlen=HISTORY_STEPS)
        self._first_s = -math.inf
        self._landed_s: float | None = None
        self._peak_deg = 0.0
        self._moved_s: float | None = None
        self._rested_s: float | None = None
        self._hovers = False

    def reset(self) -> None:
        """Forget the movement under way."""
        self._motions.clear()
        self._first_s = -math.inf
        self._landed_s = None
        self._forget_movement()

    def update(
        self, motion: Motion, phase: PhaseStep, tracker: LegTracker | None
    ) -> RepWindow | None:
        """Return a window when a movement has just ended, in rest or in the next one."""
        if motion.presence is not Presence.LYING or tracker is None:
            self.reset()
            return None
        self._motions.append(motion)
        if motion.is_moving:
            self._peak_deg = max(self._peak_deg, motion.angle_deg)
            self._moved_s = motion.t_s if self._moved_s is None else self._moved_s
            self._rested_s = None
        elif self._rested_s is None:
            self._rested_s = motion.t_s
        if motion.landed_s != self._landed_s:
            self._landed_s = motion.landed_s
            if self._moved_s is None and motion.landed_s is not None:
                self._moved_s = motion.left_s  # plates saw a leg that nothing else noticed
        if self._moved_s is None:
            return None
        is_up = (
            motion.is_leg_off
            and (motion.left_s or 0.0) > self._moved_s - LEFT_LEAD_S
            and (motion.landed_s or -math.inf) < self._moved_s
        )
        settle_s = SETTLE_OFF_S if is_up else SETTLE_S
        has_settled = self._rested_s is not None and motion.t_s - self._rested_s >= settle_s
        # Plates saw the leg leave and land: looked at however small the movement seemed.
        has_landed = (motion.landed_s or -math.inf) > max(self._moved_s, motion.left_s or math.inf)
        if self._peak_deg < MIN_PEAK_DEG and not has_landed:
            if has_settled:
                self._forget_movement()
            return None
        lasted_s = motion.t_s - self._moved_s
        goes_on = phase.changed and phase.phase is Phase.UP and lasted_s > SHORTEST_S
        self._hovers = self._hovers or (
            self._rested_s is not None and motion.t_s - self._rested_s >= HOVERS_S
        )
        if is_up and not self._hovers:
            goes_on = False
        if not (has_settled or goes_on or lasted_s > LONGEST_S):
            return None
        window = self._cut(tracker)
        self._first_s = self._valley_s() if self._rested_s is None else self._rested_s
        self._forget_movement()
        return window

    def finish(self, tracker: LegTracker | None) -> RepWindow | None:
        """Return what has been gathered of a movement that the frames' end cuts off."""
        if tracker is None or self._moved_s is None or self._peak_deg < MIN_PEAK_DEG:
            return None
        return self._cut(tracker)

    def _valley_s(self) -> float:
        """Return when the leg was lowest before the lift that has just been told."""
        from_s = max(self._motions[-1].t_s - VALLEY_S, self._moved_s or 0.0)
        lately = [m for m in self._motions if m.t_s >= from_s]
        return min(reversed(lately), key=lambda m: m.angle_deg).t_s

    def _forget_movement(self) -> None:
        self._peak_deg = 0.0
        self._moved_s = None
        self._rested_s = None
        self._hovers = False

    def _cut(self, tracker: LegTracker) -> RepWindow:
        begin_s = (self._moved_s or 0.0) - LEAD_S
        motions = tuple(m for m in self._motions if m.t_s >= begin_s)
        trace = tracker.trace(len(motions))
        motions = motions[len(motions) - len(trace.x) :]
        first = sum(1 for m in motions if m.t_s <= self._first_s)
        return RepWindow(motions, trace, tracker.model, tracker.unrest, first)
