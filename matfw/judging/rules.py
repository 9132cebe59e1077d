"""The rules of the table of faults: a finished repetition -> how large the fault was, or None.

And what makes a fault doubtful that only the refined times show. Measured on 1211 good and 270
badly timed repetitions of tuning people, calm and restless: without the doubts 12 % and 37 % of
the good ones were given a fault.
"""

from __future__ import annotations

from collections.abc import Callable

from matfw.judging.hip_rules import is_surely_forward, leg_forward, roll_back
from matfw.judging.row import Case, Doubt, Reading, Rule
from matfw.messages import Limits, RefinedRep

POOR_FIT_DEG = 12.0  # a shape that misses the height by more was fitted to something else
SLOW = 1.33  # times the tempo: a movement that slow has swallowed some of the hold
CLOSE_WAY, CLOSE_HOLD = 0.95, 0.85  # shares of their limits: read 0.15-0.3 s off (sd)
# Tuning people of nine kinds: of 14 lifts of 26 deg and more that read as small five are so close,
# of 155 small ones four.
CLOSE_HEIGHT = 0.95
MIN_TOP_S = 0.65  # between the upper crossings; turning round at once takes longer than this
# Variance of the body's noise: over it a hold drowns. Tuning people: over 1.2 9 of 466 good ones of
# restless people, of three simulators, read as short and nothing else, and none of 11 short ones.
RESTLESS = 1.2
# The ends of a hold drown in such a wobble too. Tuning people, seven kinds: of 31 good ones that
# read as short 17 wobble so, of ten short ones two.
WOBBLY_DPS2 = 12.0
# After so long a hold body and moment have settled, and the ways' ends read 1.2 s early: of 118
# good repetitions with holds of 10 and 30 s (three simulators) 22 were called rushed by that.
SETTLED_S = 5.0

# Slow ways are read 0.7-0.8 s off (sd). Tuning people of four kinds at 6-1-6 and 4-1-4: of 66 good
# repetitions none had a way read below this share of its limit, and 26 of 33 did of which a way or
# both took half of what was asked for.
SLOW_SHARE = 0.9

# What speaks against a fault so clearly that no doubt is left. Tuning people of three simulators,
# 280 repetitions. Drops that the live line alone saw: all 5 whole descents (2.7 s at least), none
# of 11 drops and rushed descents (2.5 s at most). Heights that it alone saw: all 4 that were not
# too high (44 deg at most), none of 5 that were (61 deg at least).
LOWERED = 0.87  # of the descent asked for
LONGEST_FALL_S = 1.5  # whatever tempo is asked for; no fall that is played takes over 1.0
# A leg that is jerked off the other one, and then lifted. Tuning people, nine kinds, a kick seen
# live: 84 kicks whose ascent reads 0.94 s at most and one of 3.2 s, 11 good ones of 2.4 s at least.
LONGEST_KICK_S = 1.5
# A way that paused was seen live as the part before or after; its length counts as if it had no
# pause, a quarter too long. 118 good ascents of tuning people read 1.6 of it or more.
IN_PARTS = 1.25  # of the limit
# In all, of what was asked for: a slow way has swallowed the hold. It says nothing of the hold: of
# 1200 good ones of tuning people 33 that read as short do, of 210 short ones five.
LONG = 1.13
LOWER_DEG = 6.0  # under the limit of what is too high
CLOSE_FIT_DEG = 6.0

Value = Callable[[RefinedRep], float]
Limit = Callable[[Limits], float]


def shorter(length: Value, limit: Limit) -> Rule:
    """Return the rule of a movement that must not be shorter than its limit; seconds."""

    def rule(case: Case) -> Reading | None:
        length_s = length(case.rep)
        return Reading(length_s, "s") if length_s < limit(case.limits) else None

    return rule


def close(value: Value, limit: Limit, share: float, name: str) -> Doubt:
    """Return the doubt of what is under its limit by too little to be sure."""
    return Doubt(
        lambda case: value(case.rep) > share * limit(case.limits),
        f"{name} is too close to its limit to be sure",
    )


def slow_way(length: Value, limit: Limit) -> Doubt:
    """Return the doubt of a way that was asked to be slow, and reads as quicker, but not quick."""
    return Doubt(
        lambda case: (
            case.tempo.has_slow_ways and length(case.rep) > SLOW_SHARE * limit(case.limits)
        ),
        "the ends of so slow a way are not known well enough",
    )


def too_high(case: Case) -> Reading | None:
    """Return the height if it is beyond its limit."""
    angle_deg = case.rep.angle_deg
    return Reading(angle_deg, "deg") if angle_deg > case.limits.too_high_deg else None


def too_small(case: Case) -> Reading | None:
    """Return the height if it is short of its limit."""
    angle_deg = case.rep.angle_deg
    return Reading(angle_deg, "deg") if angle_deg < case.limits.too_small_deg else None


def hips_back(case: Case) -> Reading | None:
    """Return how far the hips rolled back; on a known side."""
    x = case.rep
    return roll_back(x.front_shift_mm, x.hip_roll_deg, x.hip_sd_deg, case.limits)


def hips_forward(case: Case) -> Reading | None:
    """Return how far the leg came forward; on a known side."""
    x = case.rep
    return leg_forward(x.front_shift_mm, x.hip_roll_deg, x.hip_sd_deg, case.limits)


def was_lowered(case: Case) -> bool:
    """Return whether a leg that seemed to fall took about as long as asked for.

    At slow tempos a way reads as long as was asked for, whatever it was.
    """
    is_long = case.rep.down_s > max(LOWERED * case.tempo.down_s, LONGEST_FALL_S)
    return is_long and _fits(case) and not case.tempo.has_slow_ways


def was_lifted(case: Case) -> bool:
    """Return whether a leg that seemed to be thrown took at least as long as asked for."""
    is_long = case.rep.up_s > max(case.tempo.up_s, LONGEST_KICK_S)
    return is_long and _fits(case) and not case.tempo.has_slow_ways


def rose_in_parts(case: Case) -> bool:
    """Return whether an ascent that seemed rushed was a part of one that paused, long enough."""
    x = case.rep
    return _is_in_parts(x.up_s, x.paused_up_s, case.limits.rushed_up_s) and _fits(case)


def sank_in_parts(case: Case) -> bool:
    """Return whether a descent that seemed rushed was a part of one that paused, long enough."""
    x = case.rep
    return _is_in_parts(x.down_s, x.paused_down_s, case.limits.rushed_down_s) and _fits(case)


def took_long(case: Case) -> bool:
    """Return whether what reads without a hold took longer in all than one with it.

    At slow tempos ways read as long as was asked for.
    """
    x, tempo = case.rep, case.tempo
    asked_s = tempo.up_s + tempo.hold_s + tempo.down_s
    is_long = x.up_s + x.hold_s + x.down_s > LONG * asked_s
    return is_long and x.fit_error_deg <= POOR_FIT_DEG and not tempo.has_slow_ways


def stayed_lower(case: Case) -> bool:
    """Return whether the top was clearly under the limit; at slow tempos heights read too low."""
    is_lower = case.rep.angle_deg < case.limits.too_high_deg - LOWER_DEG
    return is_lower and _fits(case) and not case.tempo.has_slow_ways


def _is_in_parts(way_s: float, paused_s: float, limit_s: float) -> bool:
    is_long = way_s > IN_PARTS * limit_s
    is_rushed = way_s - paused_s < limit_s  # twice, with a rest between
    return paused_s > 0.0 and is_long and not is_rushed


def _fits(case: Case) -> bool:
    return case.rep.is_fitted and case.rep.fit_error_deg < CLOSE_FIT_DEG


POOR_FIT = Doubt(
    lambda case: case.rep.fit_error_deg > POOR_FIT_DEG,
    "no leg's movement fits what the cells measured",
)
AFTER_LONG_HOLD = Doubt(
    lambda case: case.rep.lower_s - case.rep.top_s > SETTLED_S,
    "in so long a hold the body settles, and the ways' ends are not known well enough",
)
SLOW_TEMPO = Doubt(
    lambda case: case.tempo.has_slow_ways,
    "at so slow a tempo holds and small heights are not known well enough",
)
NOT_SEEN_HIGH = Doubt(lambda _: True, "the leg reads high, but was not seen live to pass the limit")
SLOW_MOVEMENTS = Doubt(
    lambda case: max(case.rep.up_s / case.tempo.up_s, case.rep.down_s / case.tempo.down_s) > SLOW,
    "the leg moved so slowly that the hold's ends cannot be found",
)
TOP_PASSED = "the top passed faster than a leg can turn"
CLOSE_FORWARD = Doubt(
    lambda case: not is_surely_forward(case.rep.front_shift_mm, case.rep.hip_roll_deg, case.limits),
    "the shift forward is too close to its limit to be sure",
)
NO_TURN = Doubt(lambda case: case.rep.lower_s - case.rep.top_s < MIN_TOP_S, TOP_PASSED)
# Low as well: a part of a higher lift was taken for the whole. Tuning people, four simulators: 3 of
# 5 lifts of 31-39 deg that read as small, and none of 18 small ones.
PART_OF_A_LIFT = Doubt(
    lambda case: (
        case.rep.lower_s - case.rep.top_s < MIN_TOP_S <= case.tempo.hold_s  # else it may be quick
    ),
    TOP_PASSED,
)
# Such a part as well. Tuning people, six simulators: of 11 lifts of 31-41 deg that read as small
# five took less, of 154 small ones none.
BRIEF_SHARE = 0.5
BRIEFER_THAN_OTHERS = Doubt(
    lambda case: case.rep.end_s - case.rep.start_s < BRIEF_SHARE * case.rep.usual_s,
    "it was over in half of the others' time, as a part of a higher one is",
)
RESTLESS_BODY = Doubt(
    lambda case: case.rep.noise_scale > RESTLESS, "the body is too restless to time a hold"
)
WOBBLY_LEG = Doubt(
    lambda case: case.rep.wobble_dps2 > WOBBLY_DPS2, "the leg wobbles too much to time a hold"
)
