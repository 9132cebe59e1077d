"""THE TABLE OF FAULTS: one row a fault; the rest of the package iterates over it.

Live judging takes `live`, the verdict `rule` and `doubts`, the cues `cue`, the console `words`.
What else a new fault needs: its name and its limit's field in `messages`, its sound and its lights
in `sounds.earcons`. The order is that in which a repetition's faults are named.

Cues: max_age_s of LIVE is 1.0 s: long enough to wait for one other fault's cue, so that neither of
two faults is lost, and too short to report a leg that dropped 2 s ago; of TEMPO 2 s, within the
next rep's ascent at the tempo asked for; `fatigue` is true for the whole rest. lockout_s of LIVE is
1.5 s: shorter than any rep, so every faulty rep is heard, longer than the tremor of one crossing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matfw.judging import detectors, rules
from matfw.judging.row import About, CueRule, FaultRow, Rank, Words
from matfw.messages import Fault

BENT_S = 2.0  # of lying bent; somebody who is settling is left alone
OFF_MAT_S = 0.7  # of missing weight; a dropped leg lightens the mat for 0.3 s

FAULTS: tuple[FaultRow, ...] = (
    FaultRow(
        fault=Fault.ROLL_BACK,
        about=About.HIPS,
        limits=("roll_back_mm", "roll_back_deg"),
        live=detectors.hips_back,
        rule=rules.hips_back,
        cue=CueRule(93, Rank.LIVE, 0.9, 1.0, 1.5),
        words=Words("roll back", "The hips rolled back", "stack them, one right above the other"),
    ),
    FaultRow(
        fault=Fault.LEG_FORWARD,
        about=About.HIPS,
        limits=("leg_forward_mm",),
        live=detectors.hips_forward,
        rule=rules.hips_forward,
        doubts=(rules.CLOSE_FORWARD,),
        cue=CueRule(92, Rank.LIVE, 0.9, 1.0, 1.5),
        words=Words("leg forward", "The leg drifted forward", "keep it in line with the body"),
    ),
    FaultRow(
        fault=Fault.KICK,
        about=About.TIME,
        limits=("kick_up_s",),
        live=detectors.kick,
        rule=rules.shorter(lambda x: x.up_s, lambda limits: limits.kick_up_s),
        doubts=(rules.POOR_FIT, rules.AFTER_LONG_HOLD),
        rebuttal=rules.was_lifted,
        # A fitted ascent of a restless body may swallow half of the hold. Tuning people: live 2 of
        # 656 good repetitions were called a kick, and 61 of 74 kicks of two other simulators.
        is_sure_live=True,
        cue=CueRule(94, Rank.LIVE, 0.9, 1.0, 1.5),
        words=Words("kick", "The leg was thrown up", "start softly and lift, do not swing"),
    ),
    FaultRow(
        fault=Fault.RUSHED_UP,
        about=About.TIME,
        limits=("rushed_up_s",),
        live=detectors.rushed_up,
        rule=rules.shorter(lambda x: x.up_s, lambda limits: limits.rushed_up_s),
        doubts=(
            rules.POOR_FIT,
            rules.AFTER_LONG_HOLD,
            rules.close(
                lambda x: x.up_s, lambda limits: limits.rushed_up_s, rules.CLOSE_WAY, "the ascent"
            ),
            rules.slow_way(lambda x: x.up_s, lambda limits: limits.rushed_up_s),
        ),
        rebuttal=rules.rose_in_parts,
        sharper=Fault.KICK,
        cue=CueRule(73, Rank.TEMPO, 0.9, 2.0, 1.5),
        words=Words("rushed up", "The leg went up too fast", "take the whole time going up"),
    ),
    FaultRow(
        fault=Fault.DROP,
        about=About.TIME,
        limits=("drop_down_s",),
        live=detectors.drop,
        rule=rules.shorter(lambda x: x.down_s, lambda limits: limits.drop_down_s),
        doubts=(
            rules.POOR_FIT,
            rules.AFTER_LONG_HOLD,
            rules.close(
                lambda x: x.down_s,
                lambda limits: limits.drop_down_s,
                rules.CLOSE_WAY,
                "the descent",
            ),
        ),
        rebuttal=rules.was_lowered,
        cue=CueRule(95, Rank.LIVE, 0.9, 1.0, 1.5),
        words=Words("drop", "The leg fell", "lower it all the way, as slowly as it went up"),
    ),
    FaultRow(
        fault=Fault.RUSHED_DOWN,
        about=About.TIME,
        limits=("rushed_down_s",),
        live=detectors.rushed_down,
        rule=rules.shorter(lambda x: x.down_s, lambda limits: limits.rushed_down_s),
        doubts=(
            rules.POOR_FIT,
            rules.AFTER_LONG_HOLD,
            rules.close(
                lambda x: x.down_s,
                lambda limits: limits.rushed_down_s,
                rules.CLOSE_WAY,
                "the descent",
            ),
            rules.slow_way(lambda x: x.down_s, lambda limits: limits.rushed_down_s),
        ),
        rebuttal=rules.sank_in_parts,
        sharper=Fault.DROP,
        cue=CueRule(74, Rank.TEMPO, 0.9, 2.0, 1.5),
        words=Words("rushed down", "The leg came down too fast", "take the whole time coming down"),
    ),
    FaultRow(
        fault=Fault.TOO_HIGH,
        about=About.HEIGHT,
        limits=("too_high_deg",),
        live=detectors.too_high,
        rule=rules.too_high,
        doubts=(rules.NOT_SEEN_HIGH,),
        rebuttal=rules.stayed_lower,
        cue=CueRule(91, Rank.LIVE, 0.9, 1.0, 1.5),
        words=Words(
            "too high",
            "The leg went too high",
            "stop where the hip stays still",
            "at {too_high_deg} deg or less",
        ),
    ),
    FaultRow(
        # Its forces hardly show when it begins and ends: its times are noise.
        fault=Fault.TOO_SMALL,
        about=About.HEIGHT,
        limits=("too_small_deg",),
        rule=rules.too_small,
        doubts=(
            rules.PART_OF_A_LIFT,
            rules.BRIEFER_THAN_OTHERS,
            rules.SLOW_TEMPO,
            rules.close(
                lambda x: x.angle_deg,
                lambda limits: limits.too_small_deg,
                rules.CLOSE_HEIGHT,
                "the height",
            ),
        ),
        hides_times=True,
        cue=CueRule(75, Rank.TEMPO, 1.0, 2.0, 1.5),
        words=Words(
            "too small",
            "The leg did not rise far enough",
            "lift it higher",
            "to {too_small_deg} deg and more",
        ),
    ),
    FaultRow(
        fault=Fault.SHORT_HOLD,
        about=About.TIME,
        limits=("short_hold_s",),
        rule=rules.shorter(lambda x: x.hold_s, lambda limits: limits.short_hold_s),
        doubts=(
            rules.POOR_FIT,
            rules.close(
                lambda x: x.hold_s, lambda limits: limits.short_hold_s, rules.CLOSE_HOLD, "the hold"
            ),
            rules.SLOW_TEMPO,
            rules.SLOW_MOVEMENTS,
            rules.NO_TURN,
            rules.RESTLESS_BODY,
            rules.WOBBLY_LEG,
        ),
        rebuttal=rules.took_long,
        cue=CueRule(72, Rank.TEMPO, 1.0, 2.0, 1.5),
        words=Words(
            "short hold", "The hold at the top was short", "stay still up there before lowering"
        ),
    ),
    FaultRow(
        # A hand beside the mat drowns a lift's forces, and takes 20 N off one edge, 10 mm of the
        # centre of pressure: no time is judged then, nor hips without a sensor.
        fault=Fault.OFF_MAT,
        about=About.POSTURE,
        limits=("off_mat_n",),
        live=detectors.off_mat,
        lasts_s=OFF_MAT_S,
        hides_times=True,
        cue=CueRule(85, Rank.POSTURE, 1.0, 2.0, 4.0),
        words=Words(
            "off the mat", "Part of the body is off the mat", "move back until all of it is on"
        ),
    ),
    FaultRow(
        fault=Fault.BENT_BODY,
        about=About.POSTURE,
        limits=("bent_body_deg",),
        live=detectors.bent_body,
        lasts_s=BENT_S,
        cue=CueRule(84, Rank.POSTURE, 1.0, 2.0, 4.0),
        words=Words("bent body", "The body is bent", "lie in one line from head to heel"),
    ),
    FaultRow(
        fault=Fault.FATIGUE,
        about=About.SET,
        no_limit="of a whole set, and relative to its first repetitions: workout.fatigue",
        cue=CueRule(71, Rank.TEMPO, 1.6, 6.0, 20.0),
        words=Words(
            "fatigue",
            "The reps are losing range and control",
            "rest, this set has done its work",
        ),
    ),
)

ROWS: Mapping[Fault, FaultRow] = MappingProxyType({row.fault: row for row in FAULTS})
OF_A_LIFT = frozenset(row.fault for row in FAULTS if row.about.is_of_a_lift)
UNTIMED = frozenset(row.fault for row in FAULTS if row.hides_times)
