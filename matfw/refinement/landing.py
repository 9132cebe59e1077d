"""When a lifted leg may have come down, so that a look may find a finished repetition.

The filters assume a moving leg for a second or more after its landing: near rest hardly
anything in load and moment tells its height, and their own spread says so. So the leg may be down
as soon as rest lies within that spread, and then looks follow each other until one is sure. A look
too soon costs computing and nothing else: it sees no rest after the end, and finishes nothing
(`refine.SURE_AFTER_S`).
"""

from __future__ import annotations

from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep

LIFTED_DEG = 5.0  # lower than this nothing has been lifted
LOW_SHARE = 0.25  # of the height: a leg lower than this may be down ...
SPREAD_SD = 2.0  # ... as far as the filters know, in their own standard deviations
FALLING_DPS = -8.0  # ... but not while it surely still falls
# Of the descent asked for: after so much of a descent the leg may be down, whatever filters say.
DESCENT_SHARE = 0.75
FIRST_LOOK_S = 0.45  # after it may be down: less rest than that no look is sure of
NEXT_LOOK_S = 0.2  # after a look: 6 to 8 computed looks a repetition (tuning people)
SLOW_LOOK_S = 0.6  # where a slow tempo is asked for: its looks are at all of a long stretch
MAX_LOOKS = 16  # at one landing, most of them at a curve alone: the bound of what they may cost
LIFTED = (Phase.UP, Phase.HOLD)


class LandingWatch:
    """Follow one movement's height after the other; say when to look."""

    def __init__(self, down_s: float, every_s: float = NEXT_LOOK_S) -> None:
        """Begin with a leg that has not been lifted.

        down_s: of the descent asked for. every_s: between two looks.
        """
        self._every_s = every_s
        self._descent_s = DESCENT_SHARE * down_s
        self._was_moving = False
        self._due_s = 0.0
        self._top_deg = 0.0
        self._looks = 0
        self._since_s: float | None = None

    def reset(self) -> None:
        """Begin with a leg that has not been lifted."""
        self._was_moving = False
        self._begin()

    @property
    def since_s(self) -> float | None:
        """Return since when the leg may be down, None if it is not."""
        return self._since_s

    def update(self, motion: Motion, phase: PhaseStep) -> bool:
        """Return whether to look now.

        Once it may be down the leg stays so until the phase, or another movement, says that it is
        lifted: after a landing the filters may assume some height again.
        """
        begins = motion.is_moving and not self._was_moving
        self._was_moving = motion.is_moving
        if begins or (phase.phase in LIFTED and self._since_s is not None):
            self._begin()
        self._top_deg = max(self._top_deg, motion.angle_deg)
        if self._since_s is None and self._may_be_down(motion, phase):
            self._since_s = motion.t_s
            self._due_s = motion.t_s + FIRST_LOOK_S
        is_due = (
            self._since_s is not None
            and self._top_deg > LIFTED_DEG
            and self._looks < MAX_LOOKS
            and motion.t_s > self._due_s - 0.5 * STEP_S
            and not motion.is_restless
            and not motion.is_leg_off
        )
        if is_due:
            self._looks += 1
            self._due_s = motion.t_s + self._every_s
        return is_due

    def _begin(self) -> None:
        self._top_deg = 0.0
        self._looks = 0
        self._since_s = None

    def _may_be_down(self, motion: Motion, phase: PhaseStep) -> bool:
        if not motion.is_moving:
            return True
        if phase.phase is Phase.DOWN and motion.t_s - phase.since_s > self._descent_s:
            return True
        if motion.held_deg > 0.0 and motion.descended_deg > (1.0 - LOW_SHARE) * motion.held_deg:
            return True
        lowest_deg = motion.angle_deg - SPREAD_SD * motion.angle_sd_deg
        surely_falls = lowest_deg > 0.0 and motion.rate_dps < FALLING_DPS
        return lowest_deg < LOW_SHARE * self._top_deg and not surely_falls
