"""When a lifted leg may have come down, so that a look may find a finished repetition.

The filters assume a moving leg for a second or more after its landing: near rest hardly
anything in load and moment tells its height, and their own spread says so. So the leg may be down
as soon as rest lies within that spread, and from then on a look is offered at each step.
`Refinement` takes those that may know more than the last one. A look too soon costs computing and
nothing else: it sees no rest after the end, and finishes nothing (`refine.SURE_AFTER_S`).

A landing pushes as an ascent does, and restless people's often pass for one, as do those of low
legs that the filters lost in the hold. So what the last look found may have its end known after
another movement has begun, or seems to have; but nothing else of then is believed unless load and
moment say that a leg has come down, since a half ascent makes lifts of the rest before it.

Where the filters stay lost with the leg up, time tells: a fall takes about as long as its height at
its speed, and a lift as long as was asked for.
"""

from __future__ import annotations

import math

from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep, Tempo
from matfw.refinement.slow_tempo import is_slow

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
LOOKS_S = 3.2  # for so long looks follow each other at one landing: 16 of `NEXT_LOOK_S` at most ...
SLOW_LOOKS_S = 9.6  # ... where a slow tempo is asked for: 16 of `SLOW_LOOK_S`
# After a movement began looks go on at the one before: filters take many a landing for an ascent.
# No other span was tried; what they find sounds within 1.0 s or mostly not at all.
FOLLOWED_S = 1.0
# Plates that see a leg off for longer than it can be up see it hover over the other one, and will
# see no landing: so many times what was asked for, people miss a tempo by a third at most, and as
# much as holds that nobody asked for are longer (to 5 s; a second is asked for). Where a slow tempo
# is asked for they are waited for all the same: there a rest is too often a hold. No other values
# were tried. Looks at whoever hovers so begin with their second or third repetition.
HOVER_TIMES, HOVER_S = 1.3, 4.0
HALF_S = 0.5 * STEP_S
LIFTED = (Phase.UP, Phase.HOLD)


class LandingWatch:
    """Follow one movement's height after the other; say when a look may pay."""

    def __init__(self, tempo: Tempo, looks_s: float = LOOKS_S) -> None:
        """Begin with a leg that has not been lifted.

        tempo: asked for. looks_s: for how long looks at one landing go on.
        """
        self._looks_s = looks_s
        self._descent_s = DESCENT_SHARE * tempo.down_s
        self._whole_s = tempo.up_s + tempo.hold_s + self._descent_s
        whole_s = tempo.up_s + tempo.hold_s + tempo.down_s
        self._longest_s = math.inf if is_slow(tempo) else HOVER_TIMES * whole_s + HOVER_S
        self._has_begun = False
        self._top_deg = self._fastest_dps = self._until_s = 0.0
        self._since_s: float | None = None
        self._followed_s: float | None = None
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
        return self._followed_s if self._since_s is None else self._since_s

    @property
    def is_followed(self) -> bool:
        """Return whether another movement has begun since, or seems to have."""
        return self._since_s is None

    def update(self, motion: Motion, phase: PhaseStep) -> bool:
        """Return whether a look now may find the movement's end.

        Once it may be down the leg stays so until the phase, or another movement, says that it is
        lifted: after a landing the filters may assume some height again.
        """
        before_s = self._lifted_s
        if self._begins(motion, phase):
            # Filters may lose a low leg in its hold, and then see nothing of it but its landing.
            lifts_again = before_s is not None and self._lifted_s == motion.t_s
            has_lifted = self._top_deg > LIFTED_DEG
            # Filters begin, then the phase: one movement, and what it follows stays the same.
            followed_s = motion.t_s if has_lifted or lifts_again else self._followed_s
            self._begin()
            self._followed_s = followed_s
        self._top_deg = max(self._top_deg, motion.angle_deg)
        self._fastest_dps = max(self._fastest_dps, -motion.rate_dps)
        if self._since_s is None and self._may_be_down(motion, phase):
            self._since_s = motion.t_s
            self._until_s = motion.t_s + FIRST_LOOK_S + self._looks_s
        if motion.is_restless or self._is_seen_up(motion):
            return False
        since_s = self._since_s
        if (
            since_s is not None
            and self._top_deg > LIFTED_DEG
            and (motion.t_s > since_s + FIRST_LOOK_S - HALF_S)
        ):
            # What filters do not let come to rest hides the next repetition as well.
            return motion.t_s < self._until_s or motion.is_moving
        return self._followed_s is not None and motion.t_s - self._followed_s < FOLLOWED_S

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
            self._until_s = motion.t_s + self._looks_s  # those before were at a leg still up
        is_doubt = self._since_s is not None and motion.t_s - self._since_s < DOUBTED_S
        return lifts or (self._has_begun and not is_doubt)

    def _begin(self) -> None:
        self._has_begun = False
        self._top_deg = 0.0
        self._fastest_dps = 0.0
        self._until_s = 0.0
        self._since_s = self._followed_s = None

    def _may_be_down(self, motion: Motion, phase: PhaseStep) -> bool:
        has_lasted = self._lifted_s is not None and motion.t_s - self._lifted_s > self._whole_s
        if phase.phase in LIFTED:
            return has_lasted
        if not motion.is_moving or (has_lasted and phase.phase is Phase.DOWN):
            return True
        if phase.phase is Phase.DOWN and motion.t_s - phase.since_s > self._falls_for_s():
            return True
        if motion.held_deg > 0.0 and motion.descended_deg > (1.0 - LOW_SHARE) * motion.held_deg:
            return True
        lowest_deg = motion.angle_deg - SPREAD_SD * motion.angle_sd_deg
        surely_falls = lowest_deg > 0.0 and motion.rate_dps < FALLING_DPS
        return lowest_deg < LOW_SHARE * self._top_deg and not surely_falls

    def _is_seen_up(self, motion: Motion) -> bool:
        """Return whether plates see the leg off, and not just hover over the other one."""
        off_s = math.inf if motion.lift_off_s is None else motion.t_s - motion.lift_off_s
        return bool(motion.is_leg_off) and not off_s > self._longest_s

    def _falls_for_s(self) -> float:
        """Return after how much of a descent its end is likely."""
        return min(self._descent_s, FALL_TIMES * self._top_deg / max(self._fastest_dps, 1.0))
