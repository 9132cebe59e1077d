"""Verdicts: every limit from both sides, and never a clean word where the mat cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.judging.hip_rules import CLOSE_FORWARD_MM
from matfw.judging.reasons import MAY_CANCEL, UNWEIGHED
from matfw.judging.rules import BRIEF_SHARE, MIN_TOP_S, SLOW_SHARE
from matfw.judging.shift_course import USUALLY_LEFT_MM
from matfw.judging.verdicts import MAX_HOLE_S, Conditions
from matfw.judging.verdicts import judge as judge_by
from matfw.messages import CellProblem, Fault, FaultSeen, Limits, RefinedRep, Side, Tempo, Verdict
from matfw.messages.limits import SLOW_DOWN_S, SLOW_UP_S

LIMITS = Limits()
GOOD = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
    shift_left_mm=USUALLY_LEFT_MM,
)
BELOW, ABOVE = 0.999, 1.001
# Just beyond their limits these are named only if they were detected live too.
NEEDS_TELLING = {
    Fault.DROP, Fault.TOO_HIGH, Fault.RUSHED_UP, Fault.RUSHED_DOWN, Fault.SHORT_HOLD,
    Fault.LEG_FORWARD,
}  # fmt: skip


def altered(x: RefinedRep, **fields: Any) -> RefinedRep:
    return replace(x, **fields)


def judge(
    refined_rep: RefinedRep,
    live_faults: Sequence[FaultSeen],
    limits: Limits,
    tempo: Tempo,
    side: Side,
) -> tuple[Verdict, tuple[FaultSeen, ...], str]:
    conditions = Conditions(limits=limits, tempo=tempo, side=side)
    judgement = judge_by(refined_rep, live_faults, conditions)
    return judgement.verdict, judgement.faults, judgement.reason


def faults_of(
    refined_rep: RefinedRep,
    live_faults: Sequence[FaultSeen] = (),
    tempo: Tempo = Tempo(),  # noqa: B008
) -> tuple[Verdict, set[Fault]]:
    verdict, faults, _ = judge(refined_rep, live_faults, LIMITS, tempo, Side.LEFT)
    return verdict, {fault.fault for fault in faults}


def test_a_good_rep_is_clean() -> None:
    assert judge(GOOD, (), LIMITS, Tempo(), Side.LEFT) == (Verdict.CLEAN, (), "")


@pytest.mark.parametrize(
    ("field", "limit", "outside", "fault"),
    [
        ("angle_deg", LIMITS.too_high_deg, ABOVE, Fault.TOO_HIGH),
        ("up_s", LIMITS.rushed_up_s, BELOW, Fault.RUSHED_UP),
        ("up_s", LIMITS.kick_up_s, BELOW, Fault.KICK),
        ("hold_s", LIMITS.short_hold_s, BELOW, Fault.SHORT_HOLD),
        ("down_s", LIMITS.rushed_down_s, BELOW, Fault.RUSHED_DOWN),
        ("down_s", LIMITS.drop_down_s, BELOW, Fault.DROP),
        ("front_shift_mm", -LIMITS.roll_back_mm, ABOVE, Fault.ROLL_BACK),
        ("front_shift_mm", LIMITS.leg_forward_mm, ABOVE, Fault.LEG_FORWARD),
    ],
)
def test_a_rep_has_the_fault_just_beyond_the_limit_and_not_just_within(
    field: str, limit: float, outside: float, fault: Fault
) -> None:
    inside = ABOVE if outside == BELOW else BELOW
    live_faults = [FaultSeen(fault, 0.0, "")] if fault in NEEDS_TELLING else []
    outside_it, inside_it = (altered(GOOD, **{field: side * limit}) for side in (outside, inside))
    assert faults_of(outside_it, live_faults) == (Verdict.FAULT, {fault})
    assert fault not in faults_of(inside_it)[1]


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("up_s", 0.97 * LIMITS.rushed_up_s, Fault.RUSHED_UP),
        ("down_s", 0.97 * LIMITS.rushed_down_s, Fault.RUSHED_DOWN),
        ("hold_s", 0.9 * LIMITS.short_hold_s, Fault.SHORT_HOLD),
        ("angle_deg", LIMITS.too_high_deg + 3.0, Fault.TOO_HIGH),
        ("front_shift_mm", LIMITS.leg_forward_mm + 0.99 * CLOSE_FORWARD_MM, Fault.LEG_FORWARD),
    ],
)
def test_what_is_too_close_to_its_limit_is_unsure_unless_detected_live(
    field: str, value: float, fault: Fault
) -> None:
    close = altered(GOOD, **{field: value})
    verdict, faults, reason = judge(close, (), LIMITS, Tempo(), Side.LEFT)
    assert (verdict, faults) == (Verdict.UNSURE, ())
    assert f"it may be {fault.value}" in reason
    assert faults_of(close, [FaultSeen(fault, 0.0, "")]) == (Verdict.FAULT, {fault})


def test_a_leg_that_came_clearly_forward_or_by_a_sensor_s_account_is_not_too_close() -> None:
    clearly = altered(GOOD, front_shift_mm=LIMITS.leg_forward_mm + 1.01 * CLOSE_FORWARD_MM)
    assert faults_of(clearly) == (Verdict.FAULT, {Fault.LEG_FORWARD})
    seen = altered(GOOD, front_shift_mm=1.01 * LIMITS.leg_forward_mm, hip_roll_deg=0.0)
    assert faults_of(seen) == (Verdict.FAULT, {Fault.LEG_FORWARD})


@pytest.mark.parametrize(
    ("field", "value", "read", "live"),
    [
        ("up_s", 1.2, Fault.RUSHED_UP, Fault.KICK),
        ("down_s", 1.6, Fault.RUSHED_DOWN, Fault.DROP),
    ],
)
def test_a_live_kick_or_drop_takes_the_place_of_a_way_that_reads_as_rushed(
    field: str, value: float, read: Fault, live: Fault
) -> None:
    live_faults = [FaultSeen(live, 300.0, "deg/s2")]
    assert faults_of(altered(GOOD, **{field: value}), live_faults) == (
        Verdict.FAULT,
        {live},
    )
    assert faults_of(altered(GOOD, **{field: value})) == (Verdict.FAULT, {read})
    sure = {live} if live is Fault.KICK else set()
    assert faults_of(GOOD, live_faults)[1] == sure


@pytest.mark.parametrize("up_s", [0.6, 2.0, 4.0])
def test_a_kick_that_was_detected_live_is_named_once_whatever_ascent_is_read(up_s: float) -> None:
    slow = replace(GOOD, up_s=up_s, hold_s=0.1, fit_error_deg=20.0)
    kick = FaultSeen(Fault.KICK, 300.0, "deg/s2")
    verdict, faults, _ = judge(slow, [kick, kick], LIMITS, Tempo(), Side.LEFT)
    assert verdict is Verdict.FAULT
    assert [seen.fault for seen in faults] == [Fault.KICK]
    unlikely = replace(slow, plausibility=0.0)
    assert faults_of(unlikely, [kick])[0] is Verdict.UNSURE


def test_limits_of_time_go_with_the_tempo_asked_for() -> None:
    slow = Tempo(2.9, 1.5, 4.4)
    hasty = replace(GOOD, down_s=2.5)
    assert faults_of(hasty, tempo=slow)[1] == {Fault.RUSHED_UP, Fault.RUSHED_DOWN}
    at_tempo = replace(GOOD, up_s=2.9, hold_s=1.5, down_s=4.4)
    assert faults_of(at_tempo, tempo=slow) == (Verdict.CLEAN, set())
    # A quick tempo that was asked for is no kick.
    quick = Tempo(0.8, 0.5, 1.0)
    as_asked = replace(GOOD, up_s=0.8, hold_s=0.5, down_s=1.0)
    assert faults_of(as_asked, tempo=quick) == (Verdict.CLEAN, set())


@pytest.mark.parametrize(
    ("tempo", "is_slow"),
    [
        (Tempo(SLOW_UP_S, 1.0, SLOW_DOWN_S), False),
        (Tempo(SLOW_UP_S + 0.01, 1.0, SLOW_DOWN_S), True),
        (Tempo(SLOW_UP_S, 1.0, SLOW_DOWN_S + 0.01), True),
    ],
)
def test_where_slow_ways_are_asked_for_only_quick_ones_are_faults(
    tempo: Tempo, is_slow: bool
) -> None:
    """Their ends, the height and the hold are not read well enough."""
    limits = LIMITS.at(tempo)
    asked = replace(GOOD, up_s=tempo.up_s, down_s=tempo.down_s)
    for field, limit_s, fault in (
        ("up_s", limits.rushed_up_s, Fault.RUSHED_UP),
        ("down_s", limits.rushed_down_s, Fault.RUSHED_DOWN),
    ):
        short = altered(asked, **{field: ABOVE * SLOW_SHARE * limit_s})
        shorter = altered(asked, **{field: BELOW * SLOW_SHARE * limit_s})
        assert (fault in faults_of(short, tempo=tempo)[1]) is not is_slow
        assert fault in faults_of(shorter, tempo=tempo)[1]
    for one in (replace(asked, hold_s=0.3), replace(asked, angle_deg=10.0)):
        verdict, faults, reason = judge(one, (), LIMITS, tempo, Side.LEFT)
        assert bool(faults) is not is_slow
        assert ("so slow a tempo" in reason) is is_slow
        assert verdict is (Verdict.UNSURE if is_slow else Verdict.FAULT)


def test_several_faults_are_all_named() -> None:
    bad = replace(GOOD, angle_deg=70.0, up_s=0.5, front_shift_mm=-40.0)
    live_faults = [FaultSeen(Fault.TOO_HIGH, 70.0, "deg")]
    assert faults_of(bad, live_faults)[1] == {Fault.TOO_HIGH, Fault.KICK, Fault.ROLL_BACK}


def test_what_was_named_live_and_is_not_confirmed_makes_the_rep_unsure() -> None:
    live_faults = [FaultSeen(Fault.ROLL_BACK, 20.0, "mm")]
    verdict, faults, reason = judge(GOOD, live_faults, LIMITS, Tempo(), Side.LEFT)
    assert (verdict, faults) == (Verdict.UNSURE, ())
    assert "roll_back" in reason


def test_a_body_that_was_off_the_mat_stays_a_fault() -> None:
    live_faults = [FaultSeen(Fault.OFF_MAT, 25.0, "N")]
    assert faults_of(GOOD, live_faults) == (Verdict.FAULT, {Fault.OFF_MAT})


def test_a_body_that_lay_bent_is_a_fault_and_named_once() -> None:
    bent = FaultSeen(Fault.BENT_BODY, 12.0, "deg")
    verdict, faults, _ = judge(GOOD, [bent, bent], LIMITS, Tempo(), Side.LEFT)
    assert verdict is Verdict.FAULT
    assert [fault.fault for fault in faults] == [Fault.BENT_BODY]


HASTY = replace(GOOD, up_s=1.2, hold_s=0.1, down_s=1.5)


def test_no_time_is_judged_of_a_rep_too_small_to_be_timed() -> None:
    assert faults_of(HASTY)[1] == {Fault.RUSHED_UP, Fault.SHORT_HOLD, Fault.RUSHED_DOWN}
    small = replace(HASTY, angle_deg=0.9 * LIMITS.too_small_deg)
    assert faults_of(small) == (Verdict.FAULT, {Fault.TOO_SMALL})


@pytest.mark.parametrize(
    ("top", "hold_s", "is_named"),
    [(ABOVE, 1.0, True), (BELOW, 1.0, False), (BELOW, BELOW * MIN_TOP_S, True)],
)
def test_a_part_of_a_higher_lift_is_not_called_too_small_nor_timed(
    top: float, hold_s: float, is_named: bool
) -> None:
    """Where a hold was asked for that takes as long as turning the leg round."""
    lower_s = HASTY.top_s + top * MIN_TOP_S
    small = replace(HASTY, angle_deg=0.9 * LIMITS.too_small_deg, lower_s=lower_s)
    verdict, faults, reason = judge(small, (), LIMITS, Tempo(hold_s=hold_s), Side.LEFT)
    if is_named:
        assert [seen.fault for seen in faults] == [Fault.TOO_SMALL]
    else:
        assert (verdict, faults) == (Verdict.UNSURE, ())
        assert "it may be too_small: the top passed faster" in reason


@pytest.mark.parametrize(("share", "is_named"), [(ABOVE, True), (BELOW, False)])
def test_what_is_over_in_half_of_the_others_time_is_not_called_too_small(
    share: float, is_named: bool
) -> None:
    usual_s = (HASTY.end_s - HASTY.start_s) / BRIEF_SHARE
    small = replace(HASTY, angle_deg=0.9 * LIMITS.too_small_deg)
    assert faults_of(replace(small, usual_s=0.0))[1] == {Fault.TOO_SMALL}
    beside = replace(small, usual_s=usual_s / share)
    if is_named:
        assert faults_of(beside) == (Verdict.FAULT, {Fault.TOO_SMALL})
    else:
        verdict, faults, reason = judge(beside, (), LIMITS, Tempo(), Side.LEFT)
        assert (verdict, faults) == (Verdict.UNSURE, ())
        assert "it may be too_small: it was over in half of the others' time" in reason


def test_no_time_is_judged_of_a_rep_that_a_hand_off_the_mat_drowned() -> None:
    live_faults = [FaultSeen(Fault.OFF_MAT, 25.0, "N")]
    assert faults_of(HASTY, live_faults) == (Verdict.FAULT, {Fault.OFF_MAT})


def test_a_hand_off_the_mat_leaves_nothing_to_tell_of_the_hips_without_a_sensor() -> None:
    live_faults = [FaultSeen(Fault.OFF_MAT, 25.0, "N")]
    rolled = replace(GOOD, front_shift_mm=-2.0 * Limits().roll_back_mm)
    assert faults_of(rolled, live_faults) == (Verdict.FAULT, {Fault.OFF_MAT})
    seen = replace(rolled, hip_roll_deg=20.0, hip_sd_deg=1.5)
    assert Fault.ROLL_BACK in faults_of(seen, live_faults)[1]


@pytest.mark.parametrize("shift_mm", [-2.0 * LIMITS.roll_back_mm, 2.0 * LIMITS.leg_forward_mm])
def test_hips_that_moved_on_an_unknown_side_are_unsure(shift_mm: float) -> None:
    moved = replace(GOOD, front_shift_mm=shift_mm)
    verdict, faults, reason = judge(moved, (), LIMITS, Tempo(), Side.UNKNOWN)
    assert (verdict, faults) == (Verdict.UNSURE, ())
    assert "side" in reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (replace(GOOD, up_s=1.2, fit_error_deg=20.0), "no leg's movement"),
        (replace(GOOD, hold_s=0.1, up_s=3.0), "so slowly"),
        (replace(GOOD, hold_s=0.1, down_s=4.5), "so slowly"),
        (replace(GOOD, hold_s=0.1, lower_s=GOOD.top_s + 0.5), "faster than"),
        (replace(GOOD, hold_s=0.1, noise_scale=2.5), "restless"),
        (replace(GOOD, down_s=1.8, lower_s=GOOD.top_s + 5.1), "so long a hold"),
    ],
)
def test_a_time_that_proves_nothing_is_unsure_and_says_why(bad: RefinedRep, reason: str) -> None:
    verdict, faults, why = judge(bad, (), LIMITS, Tempo(), Side.LEFT)
    assert (verdict, faults) == (Verdict.UNSURE, ())
    assert reason in why


def test_what_was_detected_live_needs_no_other_proof() -> None:
    live_faults = [FaultSeen(Fault.DROP, 200.0, "deg/s2")]
    assert faults_of(replace(GOOD, down_s=0.8), live_faults) == (Verdict.FAULT, {Fault.DROP})
    hasty = [FaultSeen(Fault.RUSHED_UP, 1.2, "s")]
    cost_per_step = replace(GOOD, up_s=1.2, fit_error_deg=20.0)
    assert faults_of(cost_per_step, hasty) == (Verdict.FAULT, {Fault.RUSHED_UP})


def test_a_doubtful_time_does_not_hide_a_fault_that_is_sure() -> None:
    both = replace(GOOD, down_s=0.8, angle_deg=10.0, up_s=2.0)
    assert faults_of(both) == (Verdict.FAULT, {Fault.TOO_SMALL})


def test_hips_that_may_cancel_are_unsure_unless_a_sensor_settles_it_or_it_is_switched_off() -> None:
    curved = replace(GOOD, curvature_mm=1.01 * LIMITS.curvature_mm)
    assert judge(curved, (), LIMITS, Tempo(), Side.LEFT) == (Verdict.UNSURE, (), MAY_CANCEL)
    straight = replace(GOOD, curvature_mm=0.99 * LIMITS.curvature_mm)
    assert faults_of(straight)[0] is Verdict.CLEAN
    assert faults_of(replace(curved, hip_roll_deg=0.0, hip_sd_deg=1.5))[0] is Verdict.CLEAN
    off = replace(LIMITS, curvature_mm=0.0)
    assert judge(replace(GOOD, curvature_mm=50.0), (), off, Tempo(), Side.LEFT)[0] is Verdict.CLEAN


EXCURSIONS = st.builds(
    replace,
    st.just(GOOD),
    up_s=st.floats(0.1, 6.0),
    hold_s=st.floats(0.0, 4.0),
    down_s=st.floats(0.1, 8.0),
    angle_deg=st.floats(5.0, 90.0),
    front_shift_mm=st.floats(-60.0, 60.0),
    curvature_mm=st.floats(-10.0, 10.0),
    fit_error_deg=st.floats(0.0, 60.0),
    noise_scale=st.floats(0.4, 6.0),
)


@given(EXCURSIONS, st.sets(st.sampled_from(Fault)), st.sampled_from(Side))
def test_a_verdict_and_its_faults_always_agree(
    refined_rep: RefinedRep, live_faults: set[Fault], side: Side
) -> None:
    reported = [FaultSeen(fault, 1.0, "x") for fault in sorted(live_faults)]
    verdict, faults, reason = judge(refined_rep, reported, LIMITS, Tempo(), side)
    assert (verdict is Verdict.FAULT) is bool(faults)
    assert (verdict is Verdict.UNSURE) is bool(reason)
    assert len({fault.fault for fault in faults}) == len(faults)
    if verdict is Verdict.CLEAN:
        assert LIMITS.too_small_deg <= refined_rep.angle_deg <= LIMITS.too_high_deg
        if side is Side.UNKNOWN:
            assert abs(refined_rep.front_shift_mm) <= LIMITS.leg_forward_mm


@pytest.mark.parametrize(
    ("field", "limit", "share", "fault"),
    [
        ("up_s", LIMITS.rushed_up_s, 0.95, Fault.RUSHED_UP),
        ("down_s", LIMITS.rushed_down_s, 0.95, Fault.RUSHED_DOWN),
        ("hold_s", LIMITS.short_hold_s, 0.85, Fault.SHORT_HOLD),
        ("angle_deg", LIMITS.too_small_deg, 0.95, Fault.TOO_SMALL),
    ],
)
def test_what_is_read_is_sure_up_to_its_share_of_the_limit_and_unsure_beyond(
    field: str, limit: float, share: float, fault: Fault
) -> None:
    """Shares stand here as numbers, so that a changed constant fails."""
    for factor in (BELOW, 1.0):
        sure = altered(GOOD, **{field: factor * share * limit})
        assert faults_of(sure) == (Verdict.FAULT, {fault})
    assert faults_of(altered(GOOD, **{field: ABOVE * share * limit})) == (Verdict.UNSURE, set())


@pytest.mark.parametrize(
    ("field", "at", "is_sure"),
    [
        ("fit_error_deg", 11.99, True),
        ("fit_error_deg", 12.01, False),
        ("noise_scale", 1.199, True),
        ("noise_scale", 1.201, False),
        ("wobble_dps2", 11.99, True),
        ("wobble_dps2", 12.01, False),
        ("lower_s", GOOD.top_s + 0.651, True),
        ("lower_s", GOOD.top_s + 0.649, False),
        ("down_s", 1.329 * Tempo().down_s, True),
        ("down_s", 1.331 * Tempo().down_s, False),
    ],
)
def test_a_short_hold_is_sure_up_to_each_bound_of_its_doubts(
    field: str, at: float, is_sure: bool
) -> None:
    short = altered(GOOD, hold_s=0.1, curvature_mm=0.0, **{field: at})
    expected = {Fault.SHORT_HOLD} if is_sure else set()
    assert faults_of(short)[1] == expected


@pytest.mark.parametrize(
    ("field", "s", "fault"),
    [
        ("up_s", 0.9, Fault.KICK),
        ("up_s", 1.3, Fault.RUSHED_UP),
        ("down_s", 0.9, Fault.DROP),
        ("down_s", 1.9, Fault.RUSHED_DOWN),
    ],
)
def test_the_length_of_a_way_is_not_believed_after_a_long_hold(
    field: str, s: float, fault: Fault
) -> None:
    usual, long = (
        altered(GOOD, lower_s=GOOD.top_s + held_s, **{field: s}) for held_s in (4.999, 5.001)
    )
    assert faults_of(usual) == (Verdict.FAULT, {fault})
    assert faults_of(long) == (Verdict.UNSURE, set())
    assert faults_of(long, [FaultSeen(fault, 0.0, "")])[1] == {fault}


BENT = 1.001 * LIMITS.bent_body_deg


@pytest.mark.parametrize(
    ("conditions", "verdict", "faults", "side", "reason"),
    [
        ({"bend_deg": BELOW * LIMITS.bent_body_deg}, Verdict.CLEAN, [], Side.LEFT, ""),
        ({"bend_deg": BENT}, Verdict.FAULT, [Fault.BENT_BODY], Side.LEFT, ""),
        ({"bend_deg": -BENT}, Verdict.UNSURE, [], Side.UNKNOWN, "not on the left side"),
        ({"broken": {"a": CellProblem.STUCK}}, Verdict.UNSURE, [], Side.LEFT, "a is stuck"),
    ],
)
def test_how_the_body_lies_and_a_broken_cell_have_their_part_in_the_verdict(
    conditions: dict[str, Any], verdict: Verdict, faults: list[Fault], side: Side, reason: str
) -> None:
    known = Conditions(limits=LIMITS, tempo=Tempo(), side=Side.LEFT, **conditions)
    judgement = judge_by(GOOD, (), known)
    assert (judgement.verdict, judgement.side) == (verdict, side)
    assert [seen.fault for seen in judgement.faults] == faults
    assert judgement.unreported == (), "the bend is reported live, when it has lasted"
    assert reason in judgement.reason


def test_a_fault_that_was_seen_live_and_not_sounded_is_to_be_heard_after_all() -> None:
    known = Conditions(limits=LIMITS, tempo=Tempo(), side=Side.LEFT)
    bad = replace(GOOD, up_s=0.5, hold_s=0.1)
    live = [FaultSeen(Fault.KICK, 0.5, "s"), FaultSeen(Fault.LEG_FORWARD, 50.0, "mm")]
    judgement = judge_by(bad, live, known)
    assert judgement.unreported == (Fault.SHORT_HOLD,)
    assert judgement.unheard([]) == (Fault.SHORT_HOLD,)
    assert judgement.unheard([Fault.KICK, Fault.LEG_FORWARD]) == (Fault.KICK, Fault.SHORT_HOLD)


def test_a_doubted_side_and_a_broken_cell_hide_no_fault() -> None:
    small = replace(GOOD, angle_deg=10.0)
    conditions = Conditions(
        limits=LIMITS, tempo=Tempo(), side=Side.LEFT, bend_deg=-BENT,
        broken={"a": CellProblem.LOST},
    )  # fmt: skip
    bent = FaultSeen(Fault.BENT_BODY, -BENT, "deg")
    judgement = judge_by(small, [bent], conditions)
    assert [seen.fault for seen in judgement.faults] == [Fault.TOO_SMALL]


@pytest.mark.parametrize(
    ("field", "sharp", "mild"),
    [("up_s", Fault.KICK, Fault.RUSHED_UP), ("down_s", Fault.DROP, Fault.RUSHED_DOWN)],
)
@pytest.mark.parametrize("live", [(), ("sharp",), ("mild",), ("sharp", "mild")])
@pytest.mark.parametrize("length_s", [0.3, 0.6, 0.9, 1.1, 1.2, 1.4])
def test_a_movement_is_called_fast_by_one_name_alone(
    field: str, sharp: Fault, mild: Fault, live: tuple[str, ...], length_s: float
) -> None:
    """Flung or dropped: the sharper name where something bears it out, else the milder one."""
    seen = [FaultSeen({"sharp": sharp, "mild": mild}[name], 0.0, "") for name in live]
    _, named = faults_of(altered(GOOD, **{field: length_s}), seen)
    assert len(named & {sharp, mild}) == 1
    assert sharp in named or "sharp" not in live


def test_a_short_descent_is_a_drop_also_where_no_fall_was_seen_live() -> None:
    at = LIMITS.drop_down_s
    assert faults_of(replace(GOOD, down_s=0.949 * at)) == (Verdict.FAULT, {Fault.DROP})
    assert faults_of(replace(GOOD, down_s=0.951 * at)) == (Verdict.FAULT, {Fault.RUSHED_DOWN})
    poor = replace(GOOD, down_s=0.8 * at, fit_error_deg=20.0)
    assert faults_of(poor) == (Verdict.UNSURE, set())


def test_of_a_rep_with_a_longer_hole_than_the_longest_judged_nothing_is_sure() -> None:
    kicked = replace(GOOD, up_s=0.5 * LIMITS.kick_up_s)
    for rep, judged in ((GOOD, Verdict.CLEAN), (kicked, Verdict.FAULT)):
        at_limit, beyond = (replace(rep, hole_s=x * MAX_HOLE_S) for x in (1.0, ABOVE))
        assert judge(at_limit, (), LIMITS, Tempo(), Side.LEFT)[0] is judged
        verdict, faults, reason = judge(beyond, (), LIMITS, Tempo(), Side.LEFT)
        assert (verdict, faults) == (Verdict.UNSURE, ())
        assert reason.startswith("nothing was measured")


@pytest.mark.parametrize("up_s", [GOOD.up_s, 0.5 * LIMITS.kick_up_s])
def test_of_a_rep_that_began_before_the_body_was_weighed_nothing_is_judged(up_s: float) -> None:
    rep = replace(GOOD, up_s=up_s, was_unweighed=True)
    verdict, faults, reason = judge(rep, (), LIMITS, Tempo(), Side.LEFT)
    assert (verdict, faults, reason) == (Verdict.UNSURE, (), UNWEIGHED)
