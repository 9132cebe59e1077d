"""When to refine what was done: stretches in which a repetition may lie.

They overlap, so that a repetition which one disturbance hid is found with the one after it at the
latest. What has been reported of one stretch is not reported again of the next:
`refinement.Refinement`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.estimation.filter_bank import LegTracker
from matfw.estimation.leg_model import LegModel
from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep, Presence, Tempo
from matfw.refinement.landing import LOOKS_S, SLOW_LOOKS_S, LandingWatch
from matfw.refinement.slow_tempo import USUAL_TEMPO, is_slow, longest_s

SETTLE_S = 0.5  # of rest after a movement before it is looked at: what comes after fixes its end
AGAIN_S = 2.5  # of rest after which it is looked at once more
SETTLE_OFF_S = 2.5  # while plates still see this movement's leg off: it came down without landing
HOVERS_S = 0.8  # of rest while plates see the leg off: it hovers over the other one
LEFT_LEAD_S = 1.0  # before a movement is noticed that its leg has left at the earliest
LONGEST_S = 20.0  # a leg up for longer is looked at as it is
FURTHEST_S = 25.0  # of what is looked at: a repetition that was missed, and the one after it
QUIET_SHARE, QUIET_N = 0.02, 10.0  # of the weight, at least: load of a body that is not leaving
QUIET_MM = 45.0  # of its centre of pressure, half of what makes it another place
QUIET_S = 0.15  # for so long; a load that swings passes its rest faster
LEAVING_SHARE = 0.05  # of the weight: a load so far off is waited for, back or gone
LEAVE_LEAD_S = 0.1  # before that is left, the body has begun to
EARLIER_LOOK_S = 3.0  # of what came before somebody was known: less is no lift and a rest
SHORTEST_S = 1.0  # of a movement that ends in the next one instead of in rest
LOOK_EVERY_S = 3.0  # where a lift may be too slow to be noticed
BESIDE_S = 12.0  # of what is looked at, besides the slowest lift
# After a movement was over, in which what was found of it may still wait for what follows it:
# `missed_lifts.IN_SET_S` after its end, which the curve may have later than the filters.
WAITS_S = 14.0


@dataclass(frozen=True, slots=True)
class RepWindow:
    """The last FURTHEST_S of somebody lying there; one row a 50 ms step.

    ended_s: when the last movement was over. noise_scale: of this body, variance against the usual.
    is_early: the leg may be down, but has not rested for long: only what is sure is finished.
    is_followed: early, and only of what an earlier look found may the end have become known.
    is_news: early, and only a lift that has just landed is asked for (`landed`).
    is_left: the body began to get up, or to move away, after the last row, or it was the last of
    all: nothing more will be known. tempo: asked for. known_s: from when on somebody lies there for
    sure; what they did before, they may have done while they settled.
    """

    motions: tuple[Motion, ...]
    model: LegModel
    noise_scale: float
    ended_s: float
    is_early: bool = False
    is_followed: bool = False
    is_news: bool = False
    is_left: bool = False
    tempo: Tempo = USUAL_TEMPO
    known_s: float = -math.inf


class RepWindows:
    """Notices that a movement is over and cuts out what its refinement needs."""

    def __init__(self, tempo: Tempo = USUAL_TEMPO) -> None:
        """Begin with nothing. tempo: asked for."""
        self._motions: deque[Motion] = deque()
        self.ask(tempo)
        self._cut_s = -math.inf
        self._known_s = -math.inf
        self._ended_s = -math.inf
        self._again_s = math.inf
        self._touch_down_s: float | None = None
        self._moved_s: float | None = None
        self._rested_s: float | None = None
        self._hovers = False
        self._may_have_landed = False
        self._tracker: LegTracker | None = None

    def ask(self, tempo: Tempo) -> None:
        """Take another tempo; what has been gathered is kept as far as it reaches."""
        self._tempo = tempo
        self._is_slow = is_slow(tempo)
        self._landing = LandingWatch(tempo, SLOW_LOOKS_S if self._is_slow else LOOKS_S)
        furthest_s = longest_s(tempo) + BESIDE_S if self._is_slow else FURTHEST_S
        steps = round(max(furthest_s, FURTHEST_S) / STEP_S)
        self._motions = deque(self._motions, maxlen=steps)

    def reset(self) -> None:
        """Forget everything."""
        self._motions.clear()
        self._ended_s = self._cut_s = -math.inf
        self._again_s = math.inf
        self._touch_down_s = None
        self._tracker = None
        self._landing.reset()
        self._forget_movement()

    def update(
        self,
        motion: Motion,
        phase: PhaseStep,
        tracker: LegTracker | None,
        earlier: Sequence[Motion] = (),
    ) -> RepWindow | None:
        """Return a window when a movement has just ended: in rest, in the next one, by leaving.

        earlier: what somebody did before they were known; taken with their first motion.
        """
        if motion.presence is not Presence.LYING or tracker is None:
            left = self._left()
            self.reset()
            return left
        is_first = self._tracker is None
        if is_first:
            self._motions.extend(earlier)
            self._known_s = motion.t_s
        self._tracker = tracker
        self._motions.append(motion)
        if is_first and len(self._motions) * STEP_S > EARLIER_LOOK_S:
            self._ended_s = motion.t_s
            self._again_s = motion.t_s + AGAIN_S
            return self._cut(tracker)
        may_be_leaving = _may_be_leaving(motion)
        self._may_have_landed = self._landing.update(motion, phase)
        if self._is_over(motion, phase) and not may_be_leaving:
            self._ended_s = motion.t_s if self._rested_s is None else self._rested_s
            self._again_s = motion.t_s + AGAIN_S - SETTLE_S
            if self._rested_s is None and not phase.changed:
                self._landing.reset()
            self._forget_movement()
            return self._cut(tracker)
        if self._moved_s is not None:
            self._again_s = math.inf
        is_due = self._is_slow and motion.t_s - self._cut_s > LOOK_EVERY_S
        early = None if is_due or may_be_leaving else self._early(motion, tracker)
        if early is not None:
            return early
        if (motion.t_s < self._again_s and not is_due) or may_be_leaving:
            return None
        if is_due:
            self._ended_s = motion.t_s
        self._again_s = math.inf
        return self._cut(tracker)

    def _early(self, motion: Motion, tracker: LegTracker) -> RepWindow | None:
        """Return a window if a look now may find an end, before the looks that are due in any case.

        In a rest that has begun what an earlier look found may have its end known at any moment.
        """
        is_over = self._moved_s is None
        if is_over and not motion.t_s < self._again_s < math.inf:
            return None
        if not (self._may_have_landed or is_over):
            return None
        since_s = None if is_over else self._landing.since_s
        return self._window(
            tuple(self._motions),
            tracker,
            self._ended_s if since_s is None else since_s,
            is_early=True,
            is_followed=self._landing.is_followed if self._may_have_landed else True,
        )

    def finish(self, tracker: LegTracker | None) -> RepWindow | None:
        """Return what has been gathered of a movement that the frames' end cuts off, or waits."""
        if tracker is None or not self._motions or self._is_done():
            return None
        self._ended_s = self._left_s(self._motions)
        return self._cut(tracker, is_left=True)

    def _left(self) -> RepWindow | None:
        """Return what was gathered up to when the body began to leave, unless all is known of it.

        That it left is known only some time after, and its load and moment are no leg's.
        """
        tracker = self._tracker
        if tracker is None or not self._motions or self._is_done():
            return None
        steps = round(LEAVE_LEAD_S / STEP_S)
        motions = tuple(self._motions)[: max(0, _last_quiet(self._motions) + 1 - steps)]
        if not motions:
            return None
        return self._window(motions, tracker, self._left_s(motions), is_left=True)

    def _is_done(self) -> bool:
        """Return whether all was looked at, and so long ago that nothing of it waits."""
        is_looked_at = self._has_all_looks() and not self._is_slow
        return is_looked_at and self._motions[-1].t_s - self._ended_s > WAITS_S

    def _has_all_looks(self) -> bool:
        return self._moved_s is None and self._again_s == math.inf

    def _left_s(self, motions: Sequence[Motion]) -> float:
        """Return when the last movement was over, of which these are the last rows."""
        last_s = motions[-1].t_s
        return min(last_s, self._ended_s) if self._has_all_looks() else last_s

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

    def _cut(self, tracker: LegTracker, *, is_left: bool = False) -> RepWindow:
        self._cut_s = self._motions[-1].t_s
        return self._window(tuple(self._motions), tracker, self._ended_s, is_left=is_left)

    def _window(
        self,
        motions: tuple[Motion, ...],
        tracker: LegTracker,
        ended_s: float,
        *,
        is_early: bool = False,
        is_followed: bool = False,
        is_left: bool = False,
    ) -> RepWindow:
        return RepWindow(
            motions, tracker.model, tracker.noise_scale, ended_s,
            is_early=is_early, is_followed=is_followed, is_left=is_left, tempo=self._tempo,
            known_s=self._known_s,
        )  # fmt: skip


def foremost(cuts: Sequence[RepWindow]) -> RepWindow | None:
    """Return the one window of a frame that brings several steps, as at 10 frames a second.

    The last one sees most; but an early one finishes less than any other.
    """
    return max(reversed(cuts), key=lambda cut: not cut.is_early, default=None)


def _last_quiet(motions: Sequence[Motion]) -> int:
    """Return the last row of the last QUIET_S in which the body was where it had lain, or -1."""
    run = 0
    for row in range(len(motions) - 1, -1, -1):
        run = run + 1 if _is_quiet(motions[row]) else 0
        if run * STEP_S >= QUIET_S - 0.5 * STEP_S:
            return row + run - 1
    return -1


def _is_quiet(motion: Motion) -> bool:
    weight_n = GRAVITY_M_S2 * (motion.weight_kg or 0.0)
    if not weight_n or abs(motion.force_n) > max(QUIET_N, QUIET_SHARE * weight_n):
        return False
    return math.hypot(1e3 * motion.moment_nm / weight_n, motion.front_shift_mm) < QUIET_MM


def _may_be_leaving(motion: Motion) -> bool:
    return abs(motion.force_n) > LEAVING_SHARE * GRAVITY_M_S2 * (motion.weight_kg or math.inf)
