"""When a lifted leg may have come down, so that a look may find a finished repetition.

The filters assume a moving leg for a second or more after its landing: near rest hardly
anything in load and moment tells its height, and their own spread says so. So the leg may be down
as soon as rest lies within that spread, and then looks follow each other until one is sure. A look
too soon costs computing and nothing else: it sees no rest after the end, and finishes nothing
(`refine.SURE_AFTER_S`).

Where the filters stay lost with the leg up, time tells: a fall takes about as long as its height at
its speed, and a lift as long as was asked for.
"""

from __future__ import annotations

from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep, Tempo

LIFTED_DEG = 5.0  # lower than this nothing has been lifted
LOW_SHARE = 0.25  # of the height: a leg lower than this may be down ...
SPREAD_SD = 2.0  # ... as far as the filters know, in their own standard deviations
FALLING_DPS = -8.0  # ... but not while it surely still falls
# Of the descent asked for: after so much of a descent the leg may be down, whatever filters say.
DESCENT_SHARE = 0.75
FALL_TIMES = 1.5  # a fall lasts so many times its height at its fastest
# A movement that begins so soon after a landing is the filters' doubt about it: looks go on.
DOUBTED_S = 1.5
REST_S = 0.3  # so does one that begins after less rest than this
FIRST_LOOK_S = 0.45  # after it may be down: less rest than that no look is sure of
NEXT_LOOK_S = 0.2  # after a look: 6 to 8 computed looks a repetition (tuning people)
SLOW_LOOK_S = 0.6  # where a slow tempo is asked for: its looks are at all of a long stretch
MAX_LOOKS = 16  # at one landing, most of them at a curve alone: the bound of what they may cost
LIFTED = (Phase.UP, Phase.HOLD)


class LandingWatch:
    """Follow one movement's height after the other; say when to look."""

    def __init__(self, tempo: Tempo, every_s: float = NEXT_LOOK_S) -> None:
        """Begin with a leg that has not been lifted.

        tempo: asked for. every_s: between two looks.
        """
        self._every_s = every_s
        self._descent_s = DESCENT_SHARE * tempo.down_s
        self._whole_s = tempo.up_s + tempo.hold_s + self._descent_s
        self._has_begun = False
        self._top_deg = self._fastest_dps = self._due_s = 0.0
        self._looks = 0
        self._since_s: float | None = None
        self.reset()

    def reset(self) -> None:
        """Begin with a leg that has not been lifted."""
        self._was_moving = False
        self._rested_s = REST_S
        self._phase = Phase.REST
        self._lifted_s: float | None = None
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
        if self._begins(motion, phase):
            self._begin()
        self._top_deg = max(self._top_deg, motion.angle_deg)
        self._fastest_dps = max(self._fastest_dps, -motion.rate_dps)
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

    def _begins(self, motion: Motion, phase: PhaseStep) -> bool:
        """Return whether another movement begins, as the filters or the phase say."""
        if motion.is_moving and not self._was_moving:
            self._has_begun = self._has_begun or self._rested_s >= REST_S
        self._rested_s = 0.0 if motion.is_moving else self._rested_s + STEP_S
        before, self._phase = self._phase, phase.phase
        self._was_moving = motion.is_moving
        lifts = phase.phase in LIFTED and before not in LIFTED
        if lifts and (before is Phase.REST or phase.phase is Phase.UP):
            self._lifted_s = motion.t_s
        if before is Phase.DOWN and phase.phase is Phase.REST:
            self._looks = 0  # those before were at a leg that was still up
        is_doubt = self._since_s is not None and motion.t_s - self._since_s < DOUBTED_S
        return lifts or (self._has_begun and not is_doubt)

    def _begin(self) -> None:
        self._has_begun = False
        self._top_deg = 0.0
        self._fastest_dps = 0.0
        self._due_s = 0.0
        self._looks = 0
        self._since_s = None

    def _may_be_down(self, motion: Motion, phase: PhaseStep) -> bool:
        has_lasted = self._lifted_s is not None and motion.t_s - self._lifted_s > self._whole_s
        if phase.phase in LIFTED:
            return has_lasted
        if not motion.is_moving or (has_lasted and phase.phase is Phase.DOWN):
            return True
        if phase.phase is Phase.DOWN and motion.t_s - phase.since_s > self._longest_s():
            return True
        if motion.held_deg > 0.0 and motion.descended_deg > (1.0 - LOW_SHARE) * motion.held_deg:
            return True
        lowest_deg = motion.angle_deg - SPREAD_SD * motion.angle_sd_deg
        surely_falls = lowest_deg > 0.0 and motion.rate_dps < FALLING_DPS
        return lowest_deg < LOW_SHARE * self._top_deg and not surely_falls

    def _longest_s(self) -> float:
        """Return after how much of a descent its end is likely."""
        return min(self._descent_s, FALL_TIMES * self._top_deg / max(self._fastest_dps, 1.0))
