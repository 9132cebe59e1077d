"""What the workout's guards may know: who lies there and for how long, wiggles, the clock.

A wiggle is how somebody with closed eyes says which side they lie on: the top knee comes forward
once and goes back. The centre of pressure goes to the body's front with it; on the other side that
is the mat's other edge.
"""

from __future__ import annotations

import math

from matfw.messages import Motion, Phase, PhaseStep, Presence

WIGGLE_MM = 8.0  # forward; breath moves the centre of pressure by 0.4-1.6, a clean lift by 5
BACK_SHARE = 0.4  # of its farthest: the knee is back
WIGGLE_S = (0.3, 4.0)  # from beyond WIGGLE_MM to being back
LIFT_SHIFT_MM = 8.0  # a leg that goes up and so far aside is no repetition, but a wiggle
LIFT_DEG = 12.0


class Wiggle:
    """Finds a knee that came forward and went back."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._peak_mm = 0.0

    def update(self, t_s: float, front_mm: float) -> int:
        """Return +1 when a wiggle to the front has just ended, -1 to the back, else 0."""
        if self._since_s is None:
            if abs(front_mm) >= WIGGLE_MM:
                self._since_s, self._peak_mm = t_s, front_mm
            return 0
        if abs(front_mm) > abs(self._peak_mm):
            self._peak_mm = front_mm
        lasted_s = t_s - self._since_s
        if front_mm * math.copysign(1.0, self._peak_mm) > BACK_SHARE * abs(self._peak_mm):
            return 0
        self._since_s = None
        is_wiggle = WIGGLE_S[0] <= lasted_s <= WIGGLE_S[1]  # longer: somebody has moved over
        return round(math.copysign(1.0, self._peak_mm)) if is_wiggle else 0


class Situation:
    """Follows the motion. Times in s: 0 where it is not so.

    lying_s: without a break. off_s: somebody not lying there, or nobody. empty_s: nobody.
    has_turned: whether they stopped lying since `mark`. wiggle: +1 right now to the front of the
    side that is judged by, -1 to its back. lift_s: when the lift under way began, None without.
    """

    def __init__(self) -> None:
        self.t_s = 0.0
        self._motion_s = -math.inf
        self._presence = Presence.EMPTY
        self._since_s: float | None = None
        self._empty_since_s: float | None = None
        self._wiggle = Wiggle()
        self.has_turned = True
        self.wiggle = 0
        self.lift_s: float | None = None
        self.is_lift_sure = False
        self.motion = Motion(t_s=0.0, presence=Presence.EMPTY)

    @property
    def is_lying(self) -> bool:
        """Return whether somebody lies there still enough to be judged."""
        return self._presence is Presence.LYING

    @property
    def lying_s(self) -> float:
        """Return for how long somebody has lain there."""
        return self.t_s - self._since_s if self.is_lying and self._since_s is not None else 0.0

    @property
    def off_s(self) -> float:
        """Return for how long nobody has lain there."""
        return 0.0 if self.is_lying or self._since_s is None else self.t_s - self._since_s

    @property
    def empty_s(self) -> float:
        """Return for how long the mat has been empty."""
        return 0.0 if self._empty_since_s is None else self.t_s - self._empty_since_s

    def mark(self) -> None:
        """Begin to look whether they turn over."""
        self.has_turned = False

    def follow(self, t_s: float, motion: Motion, phase: PhaseStep | None) -> None:
        """Take a frame; motion and phase may be those of the frame before."""
        if self._since_s is None:
            self._since_s = t_s
            self._empty_since_s = t_s
        self.t_s, self.wiggle = t_s, 0
        if motion.t_s <= self._motion_s:
            return
        self._motion_s, self.motion = motion.t_s, motion
        is_lying = motion.presence is Presence.LYING
        if is_lying is not self.is_lying:
            self._since_s = t_s
        self._presence = motion.presence
        if motion.presence is not Presence.EMPTY:
            self._empty_since_s = None
        elif self._empty_since_s is None:
            self._empty_since_s = t_s
        self.has_turned = self.has_turned or not is_lying
        if is_lying:
            self.wiggle = self._wiggle.update(t_s, motion.front_shift_mm)
        else:
            self._wiggle = Wiggle()
        self._follow_lift(motion, phase)

    def _follow_lift(self, motion: Motion, phase: PhaseStep | None) -> None:
        if phase is None or phase.phase is Phase.REST:
            self.lift_s, self.is_lift_sure = None, False
            return
        if self.lift_s is None or phase.begins_rep:
            self.lift_s, self.is_lift_sure = phase.since_s, False
        is_high = phase.phase is Phase.HOLD and phase.top_deg >= LIFT_DEG
        if is_high and abs(motion.front_shift_mm) < LIFT_SHIFT_MM:
            self.is_lift_sure = True
