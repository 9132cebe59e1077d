"""The repetition's phases, rest -> up -> hold -> down -> rest.

Everything that can change the phase stands in TRANSITIONS. A row is a sentence: from `source`, if
`guard` holds and the source has lasted `min_dwell_s`, go to `target`. Rows are tried in order and
at most one fires a step. Nobody lying still enough to be judged means rest, whatever came before:
getting on and off, sitting up and rolling over cannot look like a repetition.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from matfw.estimation.lift_signs import (
    AGAIN_DPS,
    EVIDENCE_RISE,
    LIFT_EVIDENCE,
    falls_unseen,
    is_fresh,
    may_be_lift,
    plates_let,
    rises,
    rises_strongly,
    speeds_up,
)
from matfw.messages import Motion, Phase, PhaseStep, Presence

LIFT_DEG = 0.8  # of angle over its lowest just now; 5 % of a 30 deg lift is 1.5
LOW_SHARE = 0.1  # a step, that the lowest angle comes back to the angle
MISSED_EVIDENCE = 10.0  # a lift that nobody noticed needs evidence beyond doubt ...
MISSED_DEG, MISSED_DPS = 12.0, 8.0  # ... that it stands high up, ...
MISSED_S = (0.8, 4.0)  # ... and since when
MISSED_REST_S = 0.5  # of rest before it: what follows a landing at once is the landing
FROM_REST_S = 0.6  # of rest, after which what speeds up is no landing
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
# ... has never been lower, and seems to stand, was not going down. Who was never taught
# overshoots by a fifth and sags by another.
STANDS_SHARE = 0.55
# Who lets the leg drop mostly flings it up as well, and it sags before it is held. It is taken to
# fall once the load dips by DIP_SHARE of what it did in this person's last falls, or much is lost.
DIP_SHARE = 0.3
DIP_REPS = 5  # last ones, of which the median counts
DIP_MIN_DEG = 10.0  # a dip goes with the height as well; that of a lower leg is known too badly
SLOW_DIP_N_PER_KG = 0.07  # of a load that dips no more a leg was let down slowly: 5 N for 70 kg
LOST_SHARE = 0.4  # of the height held
# 0.4 s ago, of a leg that is held. Tuning people: 4 and 6 do the same, 9 has 2 more false lifts.
HELD_EVIDENCE = 5.0
AGAIN_SHARE = 0.5  # of the top: below it, or with fresh evidence, a leg that rises lifts again
LOST_SIGHT_S = (0.5, 10.0)  # of rest, at least, and since a lift, at most, that it may be up unseen
REST_SHARE = 0.07  # of the top: the leg is down; the 5 % crossing, less half a step of travel
STOPPED_DPS = 4.0
STOPPED_SHARE = 0.25  # a leg that stands still this low has been put down
FALSE_START_EVIDENCE = 0.0
# A lift's or a landing's phantom height: filters that hold a speed while the load says nothing.
# Their evidence dwindles, where that of a leg on its way grows with the moment. Left in `up` or
# `down` by one, the next lift was no news. Tuning people: for an `up` 1.5 does the same, and 5 has
# one more false one; a `down` of 3 loses one in 180, and one of 8 gives clams a false `up` more.
FADED_UP_EVIDENCE, FADED_DOWN_EVIDENCE = 3.0, 6.0
FADES_S = 0.4  # of `up` or `down` before that
FADED_DOWN_RISE = 1.0  # a descent's evidence stands still at most
FADED_OVER_N_PER_KG = 0.02  # of a load that is the weight: 1.4 N for 70 kg


class _Rep:
    """What the guards may know besides the motion: this rep so far."""

    __slots__ = (
        "began_s",
        "dip_n",
        "fastest_dps",
        "is_unseen",
        "level_deg",
        "low_deg",
        "lowest_deg",
        "top_deg",
        "usual_dip",
    )

    def __init__(
        self,
        began_s: float = -math.inf,
        *,
        is_unseen: bool = False,
        usual_dip: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self.began_s = began_s
        self.is_unseen = is_unseen  # its lift was: it may be none
        self.low_deg = 0.0  # lowest angle just now
        self.top_deg = 0.0
        self.fastest_dps = 0.0
        self.level_deg = 0.0  # held, or the top on the way to it
        self.lowest_deg = math.inf  # in the descent
        self.dip_n = 0.0  # by how much the load has been below the weight in the descent
        self.usual_dip = usual_dip  # of the last ones: N, and N a degree of height

    def follow(self, motion: Motion, phase: Phase) -> None:
        lifted_deg = motion.angle_deg - self.low_deg
        self.low_deg += min(lifted_deg, LOW_SHARE * lifted_deg)
        self.top_deg = max(self.top_deg, motion.angle_deg)
        self.fastest_dps = max(self.fastest_dps, motion.rate_dps)
        if phase is Phase.HOLD:
            level_deg = self.level_deg or motion.angle_deg
            self.level_deg = level_deg + LEVEL_SHARE * (motion.angle_deg - level_deg)
        elif phase is Phase.UP:
            self.level_deg = self.top_deg
        is_down = phase is Phase.DOWN
        if is_down:
            self.dip_n = max(self.dip_n, -motion.force_n)
        self.lowest_deg = min(self.lowest_deg, motion.angle_deg) if is_down else math.inf


Guard = Callable[[Motion, _Rep], bool]


def _lifts(motion: Motion, rep: _Rep) -> bool:
    return _is_over_rest(motion, rep) and _begins_lift(motion)


def _lifts_from_rest(motion: Motion, rep: _Rep) -> bool:
    """Return whether a leg lifts that has rested for long, though it may have seemed up."""
    return _is_over_rest(motion, rep) and _looks_like_lift(motion) and speeds_up(motion)


def _is_over_rest(motion: Motion, rep: _Rep) -> bool:
    # A leg that seemed up before has not always come back to where its rest was.
    return motion.angle_deg > LIFT_DEG + min(rep.low_deg, 0.0)


def _lifts_after_all(motion: Motion, rep: _Rep) -> bool:
    """Return whether a leg that was taken to be held lifts only now.

    Its lift was unseen, or little has lately spoken for it: it came down unseen.
    """
    lately = motion.evidence - motion.evidence_rise
    return (rep.is_unseen or lately < HELD_EVIDENCE) and _begins_lift(motion)


def _begins_lift(motion: Motion) -> bool:
    return _looks_like_lift(motion) and is_fresh(motion)


def _looks_like_lift(motion: Motion) -> bool:
    return (
        may_be_lift(motion)
        and plates_let(motion)
        and motion.evidence > LIFT_EVIDENCE
        and motion.rate_dps > LIFT_DPS
        and rises(motion)
    )


def _has_lifted(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001
    min_s, max_s = MISSED_S
    return (
        may_be_lift(motion)
        and motion.evidence > MISSED_EVIDENCE
        and motion.angle_deg > MISSED_DEG
        and abs(motion.rate_dps) < MISSED_DPS
        and min_s < motion.lifting_s < max_s
    )


def _stands(motion: Motion, rep: _Rep) -> bool:
    slow = max(HOLD_DPS, HOLD_SHARE * rep.fastest_dps)
    return motion.angle_deg > HOLD_MIN_DEG and abs(motion.rate_dps) < slow


def _falls(motion: Motion, rep: _Rep) -> bool:
    lost_deg = rep.level_deg - motion.angle_deg
    is_far = lost_deg > FAR_SHARE * rep.level_deg and motion.rate_dps < -FAR_DPS
    is_quick = is_far or motion.rate_dps < -DROPS_DPS
    # A snapped lift is braked as hard as a leg falls, and the rate overshoots. But the load comes
    # back then, and goes on falling as the leg begins to fall.
    falls = (is_quick and motion.force_n < motion.over_n) or _lowers(motion)
    return falls and (_dips(motion, rep) or lost_deg > LOST_SHARE * rep.level_deg)


def _dips(motion: Motion, rep: _Rep) -> bool:
    """Return whether the load dips as it did when this person's leg came down before."""
    dip_n, dip_n_per_deg = rep.usual_dip
    fallen_n = min(dip_n, dip_n_per_deg * max(rep.top_deg, DIP_MIN_DEG))
    asked_n = DIP_SHARE * (fallen_n - SLOW_DIP_N_PER_KG * (motion.weight_kg or 0.0))
    return asked_n <= 0.0 or motion.force_n < -asked_n


def _lowers(motion: Motion) -> bool:
    min_deg = max(MIN_DOWN_DEG, DOWN_SHARE * motion.held_deg)
    return motion.descent > LOWERING_EVIDENCE and motion.descended_deg > min_deg


def _rests(motion: Motion, rep: _Rep) -> bool:
    if not motion.is_moving or motion.angle_deg < REST_SHARE * rep.top_deg:
        return True
    return motion.rate_dps > -STOPPED_DPS and motion.angle_deg < STOPPED_SHARE * rep.top_deg


def _lifts_again(motion: Motion, rep: _Rep) -> bool:
    is_low = motion.angle_deg < AGAIN_SHARE * rep.top_deg
    is_new = is_low or motion.evidence_rise > EVIDENCE_RISE
    is_quick = motion.rate_dps > AGAIN_DPS
    return is_new and is_quick and rises_strongly(motion) and rises(motion)


def _falls_unseen(motion: Motion, rep: _Rep) -> bool:
    return motion.t_s - rep.began_s < LOST_SIGHT_S[1] and falls_unseen(motion)


def _stands_after_all(motion: Motion, rep: _Rep) -> bool:
    is_watched = motion.held_deg > 0.0 and motion.descent < 0.0
    is_high = min(motion.angle_deg, rep.lowest_deg) > STANDS_SHARE * rep.top_deg
    is_near = motion.descended_deg < (1.0 - STANDS_SHARE) * motion.held_deg
    return is_watched and is_high and is_near and motion.rate_dps > -STANDS_DPS


def _lift_fades(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001
    """Return whether a leg that seems to rise has less and less to show for it."""
    return motion.evidence < FADED_UP_EVIDENCE and motion.evidence_rise < 0.0


def _descent_fades(motion: Motion, rep: _Rep) -> bool:  # noqa: ARG001
    """Return whether the load is back at the weight and little speaks for a leg still up."""
    is_weak = motion.evidence < FADED_DOWN_EVIDENCE and motion.evidence_rise < FADED_DOWN_RISE
    return is_weak and abs(motion.over_n) < FADED_OVER_N_PER_KG * (motion.weight_kg or 0.0)


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
    Transition(Phase.REST, _lifts_from_rest, Phase.UP, FROM_REST_S),
    Transition(Phase.REST, _has_lifted, Phase.HOLD, MISSED_REST_S),
    Transition(Phase.REST, _falls_unseen, Phase.DOWN, LOST_SIGHT_S[0]),
    Transition(Phase.UP, _was_no_lift, Phase.REST, 0.0),
    Transition(Phase.UP, _lift_fades, Phase.REST, FADES_S),
    Transition(Phase.UP, _stands, Phase.HOLD, 0.25),
    Transition(Phase.UP, _falls, Phase.DOWN, 0.25),
    Transition(Phase.HOLD, _was_no_lift, Phase.REST, 0.0),
    Transition(Phase.HOLD, _lifts_after_all, Phase.UP, 0.15),
    Transition(Phase.HOLD, _falls, Phase.DOWN, 0.0),
    Transition(Phase.DOWN, _lifts_again, Phase.UP, 0.2),
    Transition(Phase.DOWN, _stands_after_all, Phase.HOLD, 0.3),
    Transition(Phase.DOWN, _rests, Phase.REST, 0.15),
    Transition(Phase.DOWN, _descent_fades, Phase.REST, FADES_S),
)


_FROM = {phase: [row for row in TRANSITIONS if row.source is phase] for phase in Phase}


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
        self._dips: deque[tuple[float, float]] = deque(maxlen=DIP_REPS)

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
        for row in _FROM[self._phase]:
            if dwelt_s >= row.min_dwell_s and row.guard(motion, self._rep):
                return row.target
        return self._phase

    def _enter(self, target: Phase, motion: Motion) -> None:
        if self._phase is Phase.DOWN and target is not Phase.HOLD:
            dip_n = self._rep.dip_n
            self._dips.append((dip_n, dip_n / max(self._rep.top_deg, DIP_MIN_DEG)))
        dwelt_s = motion.t_s - self._since_s
        # A lift may be noticed at its top, or only on its descent.
        is_rising = self._phase in {Phase.REST, Phase.UP}
        if is_rising and target in {Phase.HOLD, Phase.DOWN}:
            self._last_top_s = motion.t_s
        if target is Phase.UP or self._phase is Phase.REST:
            # A leg that falls from rest ends the rep whose hold was lost sight of.
            began_s = -math.inf if target is Phase.DOWN else motion.t_s
            self._rep = _Rep(
                began_s,
                is_unseen=target is Phase.HOLD,
                usual_dip=self._usual_dip(),
            )
            self._lengths = dict.fromkeys(self._lengths, 0.0)
        elif self._phase is Phase.DOWN and target is Phase.HOLD:
            self._lengths[Phase.HOLD] += dwelt_s  # it stood there all the time
        else:
            self._lengths[self._phase] += dwelt_s
        self._phase = target
        self._since_s = motion.t_s

    def _usual_dip(self) -> tuple[float, float]:
        """Return by how much the load dips as this person's leg comes down: N, N a degree."""
        if not self._dips:
            return 0.0, 0.0
        by_n, by_deg = zip(*self._dips, strict=True)
        return median(by_n), median(by_deg)
