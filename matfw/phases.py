"""Stage 5: the repetition's phases, rest -> up -> hold -> down -> rest.

Everything that can change the phase stands in TRANSITIONS. A row is a sentence: from `source`, if
`guard` holds and the source has lasted `min_dwell_s`, go to `target`. Rows are tried in order and
at most one fires a step. Nobody lying still enough to be judged means rest, whatever came before:
getting on and off, sitting up and rolling over cannot look like a repetition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matfw.messages import Motion, Phase, PhaseStep, Presence

LIFT_EVIDENCE = 3.0  # log weight: moving explains the forces 20 times better than resting
LIFT_DEG = 1.2  # of angle; 5 % of a 30 deg lift is 1.5
LIFT_FRESH_S = 1.2  # a slow lift that began longer ago is the last rep, bouncing as it lands
LIFT_PUSH_N = -2.5  # a lift that takes a hand pulling the body up to be one is somebody getting up
LIFT_SHIFT_MM = 25.0  # sideways before the leg is up: no lift begins with the body that far away
LIFT_DPS = 4.0  # a 2 s lift of 35 deg does 33 at its middle
HOLD_DPS = 9.0  # slower than this is standing still: tremor and breath are below
HOLD_SHARE = 0.3  # ... or than this share of the lift's own fastest
HOLD_MIN_DEG = 5.0  # a leg that stops below this has not been lifted
DOWN_DPS = 8.0  # a 3 s way down does 8 at its 95 % crossing, tremor and breath do less
DOWN_SHARE = 0.05  # of the height held that must be lost: the 95 % crossing is the end of the hold
DOWN_LEAST_DEG = 1.5
DROPS_DPS = 30.0  # falling this fast is going down wherever it began
LEVEL_SHARE = 0.2  # a step's share in the height held
DOWN_SLOWEST_DPS = 4.0
DOWN_SIGNS = 1.7  # height lost and speed, each in units of its own limit, added
AGAIN_DPS = 18.0  # rising faster than this from the way down ...
AGAIN_SHARE = 0.5  # ... below half of the top is the next rep without a rest between
REST_SHARE = 0.07  # of the top: the leg is down; the 5 % crossing, less half a step of travel
STOPPED_DPS = 4.0
STOPPED_SHARE = 0.25  # a leg that stands still this low has been put down
FALSE_START_EVIDENCE = 0.0


class _Rep:
    """What the guards may know besides the motion: this rep so far."""

    __slots__ = ("fastest_dps", "level_deg", "top_deg")

    def __init__(self) -> None:
        self.top_deg = 0.0
        self.fastest_dps = 0.0
        self.level_deg = 0.0  # held, or the top on the way to it

    def follow(self, motion: Motion, phase: Phase) -> None:
        self.top_deg = max(self.top_deg, motion.angle_deg)
        self.fastest_dps = max(self.fastest_dps, motion.rate_dps)
        if phase is Phase.HOLD:
            self.level_deg += LEVEL_SHARE * (motion.angle_deg - self.level_deg)
        elif phase is Phase.UP:
            self.level_deg = self.top_deg


Guard = Callable[[Motion, _Rep], bool]


def _lifts(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001 - every guard has one signature
    return (
        motion.is_moving
        and motion.evidence > LIFT_EVIDENCE
        and motion.angle_deg > LIFT_DEG
        and motion.rate_dps > LIFT_DPS
        and (motion.lifting_s < LIFT_FRESH_S or motion.rate_dps > AGAIN_DPS)
        and motion.push_n > LIFT_PUSH_N
        and abs(motion.front_shift_mm) < LIFT_SHIFT_MM
    )


def _stands(motion: Motion, rep: _Rep) -> bool:
    slow = max(HOLD_DPS, HOLD_SHARE * rep.fastest_dps)
    return motion.angle_deg > HOLD_MIN_DEG and abs(motion.rate_dps) < slow


def _falls(motion: Motion, rep: _Rep) -> bool:
    if motion.rate_dps < -DROPS_DPS:
        return True
    lost_deg = rep.level_deg - motion.angle_deg
    lost = lost_deg / max(DOWN_LEAST_DEG, DOWN_SHARE * rep.level_deg)
    is_falling = motion.rate_dps < -DOWN_SLOWEST_DPS and lost_deg > 0.0
    return is_falling and lost - motion.rate_dps / DOWN_DPS > DOWN_SIGNS


def _rests(motion: Motion, rep: _Rep) -> bool:
    if not motion.is_moving or motion.angle_deg < REST_SHARE * rep.top_deg:
        return True
    return motion.rate_dps > -STOPPED_DPS and motion.angle_deg < STOPPED_SHARE * rep.top_deg


def _lifts_again(motion: Motion, rep: _Rep) -> bool:
    return motion.rate_dps > AGAIN_DPS and motion.angle_deg < AGAIN_SHARE * rep.top_deg


def _was_no_lift(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001
    return not motion.is_moving and motion.evidence < FALSE_START_EVIDENCE


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the machine."""

    source: Phase
    guard: Guard
    target: Phase
    min_dwell_s: float


TRANSITIONS = (
    Transition(Phase.REST, _lifts, Phase.UP, 0.3),
    Transition(Phase.UP, _was_no_lift, Phase.REST, 0.0),
    Transition(Phase.UP, _stands, Phase.HOLD, 0.25),
    Transition(Phase.UP, _falls, Phase.DOWN, 0.25),
    Transition(Phase.HOLD, _was_no_lift, Phase.REST, 0.0),
    Transition(Phase.HOLD, _falls, Phase.DOWN, 0.0),
    Transition(Phase.DOWN, _lifts_again, Phase.UP, 0.2),
    Transition(Phase.DOWN, _rests, Phase.REST, 0.15),
)


class Phases:
    """Walk the table with each motion."""

    def __init__(self) -> None:
        """Begin at rest."""
        self.reset()

    def reset(self) -> None:
        """Go back to rest, without a rep."""
        self._phase = Phase.REST
        self._since_s = float("-inf")
        self._rep = _Rep()
        self._lengths = {Phase.UP: 0.0, Phase.HOLD: 0.0, Phase.DOWN: 0.0}

    def update(self, motion: Motion) -> PhaseStep:
        """Return the phase after this motion."""
        target = self._next(motion)
        changed = target is not self._phase
        if changed:
            self._enter(target, motion)
        self._rep.follow(motion, self._phase)
        return PhaseStep(
            motion.t_s,
            self._phase,
            changed,
            self._since_s,
            self._rep.top_deg,
            self._lengths[Phase.UP],
            self._lengths[Phase.HOLD],
            self._lengths[Phase.DOWN],
        )

    def _next(self, motion: Motion) -> Phase:
        if motion.presence is not Presence.LYING:
            return Phase.REST
        dwelt_s = motion.t_s - self._since_s
        for row in TRANSITIONS:
            if (
                row.source is self._phase
                and dwelt_s >= row.min_dwell_s
                and row.guard(motion, self._rep)
            ):
                return row.target
        return self._phase

    def _enter(self, target: Phase, motion: Motion) -> None:
        if self._phase in self._lengths:
            self._lengths[self._phase] = motion.t_s - self._since_s
        if target is Phase.UP:
            self._rep = _Rep()
            self._lengths = dict.fromkeys(self._lengths, 0.0)
        self._phase = target
        self._since_s = motion.t_s
