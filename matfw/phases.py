"""Stage 5: the repetition's phases, rest -> up -> hold -> down -> rest.

Everything that can change the phase stands in TRANSITIONS. A row is a sentence: from `source`, if
`guard` holds and the source has lasted `min_dwell_s`, go to `target`. Rows are tried in order and
at most one fires a step. Nobody lying still enough to be judged means rest, whatever came before:
getting on and off, sitting up and rolling over cannot look like a repetition.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from matfw.messages import Motion, Phase, PhaseStep, Presence

# What a lift must show was chosen on tuning people of two simulations, one of them independent of
# the firmware's. A landing and a hand lack one of the four rises.
LIFT_EVIDENCE = 2.0  # log weight: moving explains the forces 7 times better than resting, ...
EVIDENCE_RISE = 7.5  # ... and 0.4 s ago by this much less: what is believed for longer is landing
OVER_N_PER_KG = 0.0143  # mean load of 0.2 s over the weight: 1 N for 70 kg; lifts do 2-7
RISE_N_PER_KG = 0.022  # load against 0.5 s ago: 1.5 N for 70 kg
RISE_NM_PER_KG = 0.0057  # moment against 0.5 s ago: 0.6 mm of CoP; lifts do 1.2-6
AGAIN_NM_PER_KG = 0.017  # a leg that was not seen to rest lands as often as it lifts
LIFT_UNSEEN_EVIDENCE = 14.0  # where plates see the leg lie still: they miss one lift in fifty
LIFT_DEG = 0.8  # of angle; 5 % of a 30 deg lift is 1.5
LIFT_FRESH_S = 0.9  # of a lift and of what plates saw: they are about the same leg
LIFT_AGAIN_DPS2 = 40.0  # a leg believed up for long lifts only if it speeds up like this
MISSED_EVIDENCE = 10.0  # a lift that nobody noticed needs evidence beyond doubt ...
MISSED_DEG, MISSED_DPS = 12.0, 8.0  # ... that it stands high up, ...
MISSED_S = (0.8, 4.0)  # ... and since when
MISSED_REST_S = 0.5  # of rest before it: what follows a landing at once is the landing
LIFT_PUSH_N = -2.5  # a lift that takes a hand pulling the body up to be one is somebody getting up
LIFT_SHIFT_MM = 25.0  # sideways before the leg is up: no lift begins with the body that far away
LIFT_DPS = 4.0  # a 2 s lift of 35 deg does 33 at its middle
HOLD_DPS = 9.0  # slower than this is standing still: tremor and breath are below
HOLD_SHARE = 0.3  # ... or than this share of the lift's own fastest
HOLD_MIN_DEG = 5.0  # a leg that stops below this has not been lifted
LOWERING_EVIDENCE = 0.3  # log weight: rather going down than still standing
DOWN_SHARE = 0.05  # of the height held that must be lost: the 95 % crossing is the end of the hold
MIN_DOWN_DEG = 1.2
DROPS_DPS = 30.0  # falling this fast is going down wherever it began
LEVEL_SHARE = 0.2  # a step's share in the height held
FAR_SHARE = 0.2  # of the height held: that low, and ...
FAR_DPS = 8.0  # ... falling, it goes down even if it was never seen to stand
STANDS_DPS = 6.0  # a leg that falls no faster, ...
STANDS_SHARE = 0.8  # ... has never been lower, and is believed to stand, was not going down
AGAIN_DPS = 18.0  # rising faster than this from the way down ...
AGAIN_SHARE = 0.5  # ... below half of the top is the next rep without a rest between
REST_SHARE = 0.07  # of the top: the leg is down; the 5 % crossing, less half a step of travel
STOPPED_DPS = 4.0
STOPPED_SHARE = 0.25  # a leg that stands still this low has been put down
FALSE_START_EVIDENCE = 0.0


class _Rep:
    """What the guards may know besides the motion: this rep so far."""

    __slots__ = ("fastest_dps", "level_deg", "lowest_deg", "top_deg")

    def __init__(self) -> None:
        self.top_deg = 0.0
        self.fastest_dps = 0.0
        self.level_deg = 0.0  # held, or the top on the way to it
        self.lowest_deg = math.inf  # on the way down

    def follow(self, motion: Motion, phase: Phase) -> None:
        self.top_deg = max(self.top_deg, motion.angle_deg)
        self.fastest_dps = max(self.fastest_dps, motion.rate_dps)
        if phase is Phase.HOLD:
            level_deg = self.level_deg or motion.angle_deg
            self.level_deg = level_deg + LEVEL_SHARE * (motion.angle_deg - level_deg)
        elif phase is Phase.UP:
            self.level_deg = self.top_deg
        is_down = phase is Phase.DOWN
        self.lowest_deg = min(self.lowest_deg, motion.angle_deg) if is_down else math.inf


Guard = Callable[[Motion, _Rep], bool]


def _lifts(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001 - every guard has one signature
    return (
        _may_be_lift(motion)
        and _plates_let(motion)
        and motion.evidence > LIFT_EVIDENCE
        and motion.angle_deg > LIFT_DEG
        and motion.rate_dps > LIFT_DPS
        and _rises(motion)
        and (motion.evidence_rise > EVIDENCE_RISE or _rises_again(motion))
    )


def _has_lifted(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001
    least_s, most_s = MISSED_S
    return (
        _may_be_lift(motion)
        and motion.evidence > MISSED_EVIDENCE
        and motion.angle_deg > MISSED_DEG
        and abs(motion.rate_dps) < MISSED_DPS
        and least_s < motion.lifting_s < most_s
    )


def _may_be_lift(motion: Motion) -> bool:
    is_near = abs(motion.front_shift_mm) < LIFT_SHIFT_MM
    return motion.is_moving and motion.push_n > LIFT_PUSH_N and is_near


def _rises(motion: Motion) -> bool:
    """Return whether load and moment have both just risen: arms and settling raise one of them."""
    weight_kg = motion.weight_kg or 0.0
    return (
        motion.over_n > OVER_N_PER_KG * weight_kg
        and motion.rise_n > RISE_N_PER_KG * weight_kg
        and motion.rise_nm > RISE_NM_PER_KG * weight_kg
    )


def _rises_again(motion: Motion) -> bool:
    """Return whether a leg that was believed up already rises as only a new lift does."""
    is_quick = motion.rate_dps > AGAIN_DPS and motion.accel_dps2 > LIFT_AGAIN_DPS2
    return is_quick and motion.rise_nm > AGAIN_NM_PER_KG * (motion.weight_kg or 0.0)


def _plates_let(motion: Motion) -> bool:
    """Return whether plates, where there are some, let this be a lift's begin."""
    if motion.is_leg_off is None:
        return True
    if not motion.is_leg_off:
        return motion.evidence > LIFT_UNSEEN_EVIDENCE
    lift_off_s = motion.t_s - (motion.lift_off_s or 0.0)
    return lift_off_s < LIFT_FRESH_S or motion.lifting_s < LIFT_FRESH_S


def _stands(motion: Motion, rep: _Rep) -> bool:
    slow = max(HOLD_DPS, HOLD_SHARE * rep.fastest_dps)
    return motion.angle_deg > HOLD_MIN_DEG and abs(motion.rate_dps) < slow


def _falls(motion: Motion, rep: _Rep) -> bool:
    lost_deg = rep.level_deg - motion.angle_deg
    is_far = lost_deg > FAR_SHARE * rep.level_deg and motion.rate_dps < -FAR_DPS
    return is_far or motion.rate_dps < -DROPS_DPS or _lowers(motion)


def _lowers(motion: Motion) -> bool:
    least_deg = max(MIN_DOWN_DEG, DOWN_SHARE * motion.held_deg)
    return motion.descent > LOWERING_EVIDENCE and motion.descended_deg > least_deg


def _rests(motion: Motion, rep: _Rep) -> bool:
    if not motion.is_moving or motion.angle_deg < REST_SHARE * rep.top_deg:
        return True
    return motion.rate_dps > -STOPPED_DPS and motion.angle_deg < STOPPED_SHARE * rep.top_deg


def _lifts_again(motion: Motion, rep: _Rep) -> bool:
    is_low = motion.angle_deg < AGAIN_SHARE * rep.top_deg
    is_quick = motion.rate_dps > AGAIN_DPS
    is_strong = motion.rise_nm > AGAIN_NM_PER_KG * (motion.weight_kg or 0.0)
    return is_quick and is_low and is_strong and _rises(motion)


def _stands_after_all(motion: Motion, rep: _Rep) -> bool:
    is_watched = motion.held_deg > 0.0 and motion.descent < 0.0
    is_high = min(motion.angle_deg, rep.lowest_deg) > STANDS_SHARE * rep.top_deg
    is_near = motion.descended_deg < (1.0 - STANDS_SHARE) * motion.held_deg
    return is_watched and is_high and is_near and motion.rate_dps > -STANDS_DPS


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
    Transition(Phase.REST, _lifts, Phase.UP, 0.15),
    Transition(Phase.REST, _has_lifted, Phase.HOLD, MISSED_REST_S),
    Transition(Phase.UP, _was_no_lift, Phase.REST, 0.0),
    Transition(Phase.UP, _stands, Phase.HOLD, 0.25),
    Transition(Phase.UP, _falls, Phase.DOWN, 0.25),
    Transition(Phase.HOLD, _was_no_lift, Phase.REST, 0.0),
    Transition(Phase.HOLD, _falls, Phase.DOWN, 0.0),
    Transition(Phase.DOWN, _lifts_again, Phase.UP, 0.2),
    Transition(Phase.DOWN, _stands_after_all, Phase.HOLD, 0.3),
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
        self._last_top_s = -math.inf

    @property
    def last_top_s(self) -> float:
        """Return when a leg last reached its top, -inf if none has."""
        return self._last_top_s

    def update(self, motion: Motion) -> PhaseStep:
        """Return the phase after this motion."""
        target = self._next(motion)
        changed = target is not self._phase
        if changed:
            self._enter(target, motion)
        self._rep.follow(motion, self._phase)
        return PhaseStep(
            t_s=motion.t_s,
            phase=self._phase,
            changed=changed,
            since_s=self._since_s,
            top_deg=self._rep.top_deg,
            up_s=self._lengths[Phase.UP],
            hold_s=self._lengths[Phase.HOLD],
            down_s=self._lengths[Phase.DOWN],
        )

    def _next(self, motion: Motion) -> Phase:
        if motion.presence is not Presence.LYING:
            return Phase.REST
        if not motion.seen_share:
            return self._phase  # what nothing was measured of decides nothing
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
        dwelt_s = motion.t_s - self._since_s
        # A lift may be noticed at its top, or only on its descent.
        is_rising = self._phase in {Phase.REST, Phase.UP}
        if is_rising and target in {Phase.HOLD, Phase.DOWN}:
            self._last_top_s = motion.t_s
        if target is Phase.UP or self._phase is Phase.REST:
            self._rep = _Rep()
            self._lengths = dict.fromkeys(self._lengths, 0.0)
        elif self._phase is Phase.DOWN and target is Phase.HOLD:
            self._lengths[Phase.HOLD] += dwelt_s  # it stood there all the time
        else:
            self._lengths[self._phase] += dwelt_s
        self._phase = target
        self._since_s = motion.t_s
