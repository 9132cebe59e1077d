"""What a motion must show for a lift to begin, and for a leg that was lost sight of to fall.

The bank's evidence alone is not enough: arms, settling and landings have it too. What a lift's
start must show besides was chosen on tuning people of two simulations, one of them independent of
the firmware's, and on real untaught people's leg raises. A landing and a hand lack one of it.
"""

from __future__ import annotations

from matfw.messages import Motion

LIFT_EVIDENCE = 2.0  # log weight: moving explains the forces 7 times better than resting, ...
EVIDENCE_RISE = 7.5  # ... and 0.4 s ago by this much less: what seems so for longer is landing
OVER_N_PER_KG = 0.0143  # mean load of 0.2 s over the weight: 1 N for 70 kg; lifts do 2-7
RISE_N_PER_KG = 0.018  # load against 0.5 s ago: 1.25 N for 70 kg; lifts do 2-7
RISE_NM_PER_KG = 0.0045  # moment against 0.5 s ago: 0.46 mm of CoP; lifts do 1.2-6
# A leg's load acts at I/S, 0.5-0.6 m from the hip, a hand's and a shoulder's toward the head. Sway
# is allowed for; 1 of 5 false lifts while people move about lacks this, 1 of 300 true ones.
LEVER_M, LEVER_SPARE_NM_PER_KG = 0.4, 0.0286
# Load 0.5 s ago: 5 N for 70 kg. A leg falls free then, and what raises the load now is its landing.
FALLING_N_PER_KG = -0.0714
# ... or of one that a small leg lands from: 1 N for 70 kg and this share of the load now, without
# what a hand takes. 13 of 16 landings on tuning people had it, and 1 in 40 true lifts.
DIPPED_N_PER_KG, DIPPED_SHARE = 0.0143, 0.14
AGAIN_NM_PER_KG = 0.017  # a leg that was not seen to rest lands as often as it lifts
AGAIN_DPS = 18.0  # rising faster than this is the next lift without a rest between ...
LIFT_AGAIN_DPS2 = 40.0  # ... of a leg that seems up for long only if it speeds up like this
# A leg that has rested may still seem up, by some 4 degrees, and to stand: a body that settles, or
# braces itself, looks so. What speeds up then like this, beyond doubt, is the next lift: of 1650
# lifts of 164 people, 17 kinds, 45 more are in time so, and 14 more movements at rest are lifts.
FROM_REST_DPS, FROM_REST_DPS2 = 8.0, 25.0
FROM_REST_NM_PER_KG, FROM_REST_EVIDENCE = 0.01, 7.0
LIFT_UNSEEN_EVIDENCE = 14.0  # where plates see the leg lie still: they miss one lift in fifty
LIFT_FRESH_S = 0.9  # of a lift and of what plates saw: they are about the same leg
LIFT_PUSH_N = -2.5  # a lift that takes a hand pulling the body up to be one is somebody getting up
LIFT_SHIFT_MM = 25.0  # sideways before the leg is up: no lift begins with the body that far away
FALL_EVIDENCE_RISE = 5.0  # less than a lift's: who has been up must come down
UP_DEG, UP_EVIDENCE = 5.0, 8.0  # ... or a leg that is up beyond doubt, whatever the phase says
FALL_DPS, FALL_DEG = -7.0, -0.6  # below where it seems to rest: so it does not rest there


def may_be_lift(motion: Motion) -> bool:
    """Return whether a leg may be up: the body is where it lay, and no hand pulls it up."""
    is_near = abs(motion.front_shift_mm) < LIFT_SHIFT_MM
    return motion.is_moving and motion.push_n > LIFT_PUSH_N and is_near


def rises(motion: Motion) -> bool:
    """Return whether load and moment have both just increased from rest, and as a leg's do."""
    weight_kg = motion.weight_kg or 0.0
    return (
        motion.over_n > OVER_N_PER_KG * weight_kg
        and motion.rise_n > RISE_N_PER_KG * weight_kg
        and motion.rise_nm > RISE_NM_PER_KG * weight_kg
        and motion.rise_nm > LEVER_M * motion.rise_n - LEVER_SPARE_NM_PER_KG * weight_kg
        and motion.before_n > FALLING_N_PER_KG * weight_kg
        and motion.before_n - min(0.0, motion.push_n)
        > -max(DIPPED_N_PER_KG * weight_kg, DIPPED_SHARE * motion.over_n)
    )


def is_fresh(motion: Motion) -> bool:
    """Return whether the evidence has just come, or a leg that seems up for long rises again."""
    is_quick = motion.rate_dps > AGAIN_DPS and motion.accel_dps2 > LIFT_AGAIN_DPS2
    return motion.evidence_rise > EVIDENCE_RISE or (is_quick and rises_strongly(motion))


def speeds_up(motion: Motion) -> bool:
    """Return whether a leg that seems up though it rests begins to lift."""
    return (
        motion.rate_dps > FROM_REST_DPS
        and motion.accel_dps2 > FROM_REST_DPS2
        and motion.rise_nm > FROM_REST_NM_PER_KG * (motion.weight_kg or 0.0)
        and motion.evidence > FROM_REST_EVIDENCE
    )


def rises_strongly(motion: Motion) -> bool:
    """Return whether the moment has increased as a lift raises it and a landing seldom does."""
    return motion.rise_nm > AGAIN_NM_PER_KG * (motion.weight_kg or 0.0)


def plates_let(motion: Motion) -> bool:
    """Return whether plates, where there are some, let this be a lift's begin."""
    if motion.is_leg_off is None:
        return True
    if not motion.is_leg_off:
        return motion.evidence > LIFT_UNSEEN_EVIDENCE
    lift_off_s = motion.t_s - (motion.lift_off_s or 0.0)
    return lift_off_s < LIFT_FRESH_S or motion.lifting_s < LIFT_FRESH_S


def falls_unseen(motion: Motion) -> bool:
    """Return whether a leg that seems to rest falls, as only one that was up all the time can.

    A small lift that is held for seconds looks like a body that settles, so its hold is lost. Its
    descent is a lift upside down: load and moment fall together, and the angle below its rest.
    """
    weight_kg = motion.weight_kg or 0.0
    return (
        motion.is_moving
        and motion.evidence > LIFT_EVIDENCE
        and motion.evidence_rise > FALL_EVIDENCE_RISE
        and motion.rate_dps < FALL_DPS
        and (motion.angle_deg < FALL_DEG or _is_up(motion))
        and motion.over_n < -OVER_N_PER_KG * weight_kg
        and motion.rise_n < -RISE_N_PER_KG * weight_kg
        and motion.rise_nm < -RISE_NM_PER_KG * weight_kg
    )


def _is_up(motion: Motion) -> bool:
    """Return whether a leg is up beyond doubt, its lift unseen."""
    return motion.angle_deg > UP_DEG and motion.evidence > UP_EVIDENCE
