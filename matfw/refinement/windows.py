"""When to refine what was done: stretches in which a repetition may lie.

They overlap, so that a repetition which one disturbance hid is found with the one after it at the
latest. What has been reported of one stretch is not reported again of the next:
`refine.Refinement`.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from matfw.estimation.filter_bank import LegTracker
from matfw.estimation.leg_model import LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep, Presence, Tempo
from matfw.refinement.slow_tempo import USUAL_TEMPO, is_slow, longest_s

SETTLE_S = 0.5  # of rest after a movement before it is looked at: what comes after fixes its end
AGAIN_S = 2.5  # of rest after which it is looked at once more
SETTLE_OFF_S = 2.5  # while plates still see this movement's leg off: it came down without landing
HOVERS_S = 0.8  # of rest while plates see the leg off: it hovers over the other one
LEFT_LEAD_S = 1.0  # before a movement is noticed that its leg has left at the earliest
LONGEST_S = 20.0  # a leg up for longer is looked at as it is
FURTHEST_S = 25.0  # of what is looked at: a repetition that was hidden, and the one after it
SHORTEST_S = 1.0  # of a movement that ends in the next one instead of in rest
LOOK_EVERY_S = 3.0  # where a lift may be too slow to be noticed
BESIDE_S = 12.0  # of what is looked at, besides the slowest lift


@dataclass(frozen=True, slots=True)
class RepWindow:
    """The last FURTHEST_S of somebody lying there; one row a 50 ms step.

    ended_s: when the last movement was over. noise_scale: of this body, variance against the usual.
    tempo: asked for.
    """

    motions: tuple[Motion, ...]
    model: LegModel
    noise_scale: float
    ended_s: float
    tempo: Tempo = USUAL_TEMPO


class RepWindows:
    """Notices that a movement is over and cuts out what its refinement needs."""

    def __init__(self, tempo: Tempo = USUAL_TEMPO) -> None:
        """Begin with nothing. tempo: asked for."""
        self._motions: deque[Motion] = deque()
        self.ask(tempo)
        self._cut_s = -math.inf
        self._ended_s = -math.inf
        self._again_s = math.inf
        self._touch_down_s: float | None = None
        self._moved_s: float | None = None
        self._rested_s: float | None = None
        self._hovers = False

    def ask(self, tempo: Tempo) -> None:
        """Take another tempo; what has been gathered is kept as far as it reaches."""
        self._tempo = tempo
        self._is_slow = is_slow(tempo)
        furthest_s = longest_s(tempo) + BESIDE_S if self._is_slow else FURTHEST_S
        steps = round(max(furthest_s, FURTHEST_S) / STEP_S)
        self._motions = deque(self._motions, maxlen=steps)

    def reset(self) -> None:
        """Forget everything."""
        self._motions.clear()
        self._again_s = math.inf
        self._touch_down_s = None
        self._forget_movement()

    def update(
        self, motion: Motion, phase: PhaseStep, tracker: LegTracker | None
    ) -> RepWindow | None:
        """Return a window when a movement has just ended, in rest or in the next one."""
        if motion.presence is not Presence.LYING or tracker is None:
            self.reset()
            return None
        self._motions.append(motion)
        if self._is_over(motion, phase):
            self._ended_s = motion.t_s if self._rested_s is None else self._rested_s
            self._again_s = motion.t_s + AGAIN_S - SETTLE_S
            self._forget_movement()
            return self._cut(tracker)
        if self._moved_s is not None:
            self._again_s = math.inf
        is_due = self._is_slow and motion.t_s - self._cut_s > LOOK_EVERY_S
        if is_due:
            self._ended_s = motion.t_s
        if motion.t_s < self._again_s and not is_due:
            return None
        self._again_s = math.inf
        return self._cut(tracker)

    def finish(self, tracker: LegTracker | None) -> RepWindow | None:
        """Return what has been gathered of a movement that the frames' end cuts off."""
        if tracker is None or self._moved_s is None:
            return None
        self._ended_s = self._motions[-1].t_s
        return self._cut(tracker)

    def _is_over(self, motion: Motion, phase: PhaseStep) -> bool:
        """Return whether a movement has just ended."""
        if motion.is_moving or motion.is_restless:
            self._moved_s = motion.t_s if self._moved_s is None else self._moved_s
            self._rested_s = None
        elif self._rested_s is None:
            self._rested_s = motion.t_s
        if motion.touch_down_s != self._touch_down_s:
            self._touch_down_s = motion.touch_down_s
            if self._moved_s is None and motion.touch_down_s is not None:
                self._moved_s = motion.lift_off_s  # plates saw a leg that nothing else noticed
        if self._moved_s is None:
            return False
        is_up = (
            motion.is_leg_off
            and (motion.lift_off_s or 0.0) > self._moved_s - LEFT_LEAD_S
            and (motion.touch_down_s or -math.inf) < self._moved_s
        )
        rested_s = 0.0 if self._rested_s is None else motion.t_s - self._rested_s
        self._hovers = self._hovers or rested_s >= HOVERS_S
        lasted_s = motion.t_s - self._moved_s
        goes_on = phase.changed and phase.phase is Phase.UP and lasted_s > SHORTEST_S
        return (
            (self._rested_s is not None and rested_s >= (SETTLE_OFF_S if is_up else SETTLE_S))
            or (goes_on and not (is_up and not self._hovers))
            or lasted_s > LONGEST_S
        )

    def _forget_movement(self) -> None:
        self._moved_s = None
        self._rested_s = None
        self._hovers = False

    def _cut(self, tracker: LegTracker) -> RepWindow:
        self._cut_s = self._motions[-1].t_s
        return RepWindow(
            tuple(self._motions), tracker.model, tracker.noise_scale, self._ended_s, self._tempo
        )
