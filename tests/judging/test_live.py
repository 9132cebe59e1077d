"""Faults while they happen: each at its limit, reported once, and never of nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from matfw.judging.detectors import (
    CLEAR_KICK_SHARE,
    CLEAR_SHARE,
    CLEAR_SPEED_SHARE,
    CLEAR_UP_SHARE,
    CROSSING_SHARE,
    HIGH_SLOWS_DPS2,
    HIGH_STEPS,
    HIP_SETTLE_S,
    KICK_BELOW_DEG,
    KICK_MAX_PUSH_N,
    LANDED_DPS,
    MAX_OFF_MAT_N,
    MIN_DEG,
    MIN_UP_S,
    PEAK_ACCEL,
    PEAK_SPEED,
    TYPICAL_TRAVEL_DEG,
    UNSURE_ANGLE_DEG,
)
from matfw.judging.faults import BENT_S, OFF_MAT_S
from matfw.judging.hip_rules import CLOSE_FORWARD_MM
from matfw.judging.live import Faults
from matfw.messages import (
    Fault,
    FaultSeen,
    Limits,
    Motion,
    Phase,
    PhaseStep,
    Presence,
    Side,
    Tempo,
)

LIMITS = Limits()
STEP_S = 0.05
GOOD = {"up_s": 2.0, "down_s": 3.0}  # lengths of a rep nobody should complain about
BELOW, ABOVE = 0.999, 1.001  # of a limit: just inside and just outside


def seen(
    steps: Sequence[tuple[Phase, dict[str, float]]],
    *,
    limits: Limits = LIMITS,
    tempo: Tempo = Tempo(),  # noqa: B008 - frozen
    presence: Presence = Presence.LYING,
    lengths: dict[str, float] | None = None,
    stage: Faults | None = None,
    side: Side = Side.LEFT,
    held_s: float = 0.0,
) -> list[FaultSeen]:
    """Return the faults of steps, each a phase and what the motion is like in it.

    held_s: the hold's length as the phases report it once the leg goes down.
    """
    stage = stage or Faults(limits, tempo, side)
    before, since_s = Phase.REST, 0.0
    found: list[FaultSeen] = []
    for number, (phase, fields) in enumerate(steps):
        t_s = number * STEP_S
        changed = phase is not before
        since_s = t_s if changed else since_s
        before = phase
        times = dict(lengths or GOOD)
        if held_s and phase is Phase.DOWN:
            times["hold_s"] = held_s
        step = PhaseStep(t_s=t_s, phase=phase, changed=changed, since_s=since_s, **times)
        found += stage.update(Motion(t_s=t_s, presence=presence, **fields), step)  # type: ignore[arg-type]
    return found


def kinds(faults: Sequence[FaultSeen]) -> list[Fault]:
    return [fault.fault for fault in faults]


def hold(shift_mm: float, steps: int = 12) -> list[tuple[Phase, dict[str, float]]]:
    return [(Phase.UP, {}), *[(Phase.HOLD, {"front_shift_mm": shift_mm})] * steps]


KICK_DPS2 = CLEAR_KICK_SHARE * PEAK_ACCEL * TYPICAL_TRAVEL_DEG / LIMITS.kick_up_s**2
DROP_DPS2 = PEAK_ACCEL * TYPICAL_TRAVEL_DEG / LIMITS.drop_down_s**2


@pytest.mark.parametrize(
    ("fault", "phase", "field", "limit"),
    [
        (Fault.KICK, Phase.UP, "accel_dps2", KICK_DPS2),
        (Fault.DROP, Phase.DOWN, "accel_dps2", -DROP_DPS2),
        (Fault.TOO_HIGH, Phase.UP, "angle_deg", LIMITS.too_high_deg),
        (Fault.TOO_HIGH, Phase.HOLD, "angle_deg", LIMITS.too_high_deg),
    ],
)
def test_a_fault_begins_just_beyond_its_limit_and_only_in_its_phase(
    fault: Fault, phase: Phase, field: str, limit: float
) -> None:
    assert kinds(seen([(phase, {field: BELOW * limit})] * HIGH_STEPS)) == []
    [found] = seen([(phase, {field: ABOVE * limit})] * HIGH_STEPS)
    assert found.fault is fault
    assert found.value == pytest.approx(abs(ABOVE * limit))
    assert kinds(seen([(Phase.REST, {field: 2.0 * limit})])) == []


@pytest.mark.parametrize("tempo", [Tempo(1.0, 0.3, 1.0), Tempo(), Tempo(6.0, 1.0, 6.0)])
@pytest.mark.parametrize(("share", "is_one"), [(BELOW, False), (ABOVE, True)])
def test_a_quick_tempo_that_was_asked_for_is_no_kick_and_no_fall(
    tempo: Tempo, share: float, is_one: bool
) -> None:
    """And a slow one makes none of what is none at the usual tempo."""
    up = min(1.0, tempo.up_s / Tempo().up_s)
    down = min(1.0, tempo.down_s / Tempo().down_s)
    kick = {"accel_dps2": share * KICK_DPS2 / up**2}
    fall = {"accel_dps2": -share * DROP_DPS2 / down**2}
    assert (Fault.KICK in kinds(seen([(Phase.UP, kick)], tempo=tempo))) is is_one
    assert (Fault.DROP in kinds(seen([(Phase.DOWN, fall)], tempo=tempo))) is is_one


TOO_HIGH = {"angle_deg": 1.1 * LIMITS.too_high_deg}


@pytest.mark.parametrize(
    "doubt",
    [
        {"angle_sd_deg": 0.11 * LIMITS.too_high_deg},
        {"accel_dps2": ABOVE * HIGH_SLOWS_DPS2},
    ],
)
def test_a_height_that_is_not_sure_is_not_reported(doubt: dict[str, float]) -> None:
    assert kinds(seen([(Phase.HOLD, TOO_HIGH)] * HIGH_STEPS)) == [Fault.TOO_HIGH]
    assert seen([(Phase.HOLD, TOO_HIGH | doubt)] * HIGH_STEPS) == []


def test_one_step_beyond_the_height_limit_is_not_reported() -> None:
    assert seen([(Phase.HOLD, TOO_HIGH), (Phase.HOLD, {})] * HIGH_STEPS) == []


@pytest.mark.parametrize(("share", "reported"), [(BELOW, [Fault.KICK]), (ABOVE, [])])
def test_a_kick_is_detected_by_its_start(share: float, reported: list[Fault]) -> None:
    way = {"accel_dps2": 2.0 * KICK_DPS2, "angle_deg": share * KICK_BELOW_DEG}
    assert kinds(seen([(Phase.UP, way)])) == reported


@pytest.mark.parametrize(
    ("fault", "limit_mm"),
    [
        (Fault.ROLL_BACK, -LIMITS.roll_back_mm),
        (Fault.LEG_FORWARD, LIMITS.leg_forward_mm + CLOSE_FORWARD_MM),
    ],
)
def test_hips_are_judged_by_their_mean_at_the_top(fault: Fault, limit_mm: float) -> None:
    assert kinds(seen(hold(BELOW * limit_mm))) == []
    [found] = seen(hold(ABOVE * limit_mm))
    assert (found.fault, found.unit) == (fault, "mm")
    assert found.value == pytest.approx(abs(ABOVE * limit_mm))


def test_hips_are_not_judged_before_they_have_settled() -> None:
    settling = int(HIP_SETTLE_S / STEP_S)
    assert kinds(seen(hold(-100.0, settling - 1))) == []
    assert kinds(seen(hold(-100.0, settling + 2))) == [Fault.ROLL_BACK]


Script = list[tuple[Phase, dict[str, float]]]
TRAVEL_DEG = 2.0 * MIN_DEG
TEMPOS = [Tempo(), Tempo(3.0, 1.5, 4.5)]


def up_and_held(
    by_speed_s: float, lifted_s: float, deg: float = TRAVEL_DEG, hand_n: float = 0.0
) -> Script:
    """Return an ascent that its fastest speed says lasted by_speed_s, and the hold's beginning.

    lifted_s: from leaving rest to the hold, as the motion tells it.
    """
    rate_dps = PEAK_SPEED * deg / by_speed_s
    steps = int(HIP_SETTLE_S / STEP_S) + 2
    way: dict[str, float] = {"rate_dps": rate_dps, "angle_deg": deg, "push_n": hand_n}
    held = [{"angle_deg": deg, "lifting_s": lifted_s + k * STEP_S} for k in range(steps)]
    return [(Phase.UP, way), *((Phase.HOLD, each) for each in held)]


def down(by_speed_s: float, deg: float = TRAVEL_DEG) -> Script:
    """Return a descent that its fastest speed says lasted by_speed_s, from a slow ascent."""
    rate_dps = -PEAK_SPEED * deg / by_speed_s
    up = [(phase, fields | {"lifting_s": 60.0}) for phase, fields in up_and_held(60.0, 0.0, deg)]
    return [*up, (Phase.DOWN, {"rate_dps": rate_dps}), (Phase.REST, {})]


@pytest.mark.parametrize("tempo", TEMPOS)
@pytest.mark.parametrize(("speed", "time", "is_rushed"), [
    (BELOW, BELOW, True), (ABOVE, BELOW, False), (BELOW, ABOVE, False), (ABOVE, ABOVE, False),
])  # fmt: skip
def test_an_ascent_is_rushed_live_only_if_speed_and_time_both_say_so(
    tempo: Tempo, speed: float, time: float, is_rushed: bool
) -> None:
    limit_s = LIMITS.rushed_up_s * tempo.up_s / Tempo().up_s
    way = up_and_held(speed * CLEAR_SPEED_SHARE * limit_s, time * CLEAR_UP_SHARE * limit_s)
    found = kinds(seen(way, tempo=tempo))
    assert found == ([Fault.RUSHED_UP] if is_rushed else [])


@pytest.mark.parametrize("tempo", TEMPOS)
@pytest.mark.parametrize(("speed", "time", "is_rushed"), [
    (BELOW, BELOW, True), (ABOVE, BELOW, False), (BELOW, ABOVE, False), (ABOVE, ABOVE, False),
])  # fmt: skip
def test_a_descent_is_rushed_live_only_if_speed_and_time_both_say_so(
    tempo: Tempo, speed: float, time: float, is_rushed: bool
) -> None:
    limit_s = LIMITS.rushed_down_s * tempo.down_s / Tempo().down_s
    lengths = {"up_s": 2.0, "down_s": time * CROSSING_SHARE * limit_s}
    found = kinds(seen(down(speed * CLEAR_SHARE * limit_s), tempo=tempo, lengths=lengths))
    assert found == ([Fault.RUSHED_DOWN] if is_rushed else [])


@pytest.mark.parametrize(("share", "count"), [(BELOW, 0), (ABOVE, 1)])
def test_a_lift_too_small_to_be_timed_is_not_timed(share: float, count: int) -> None:
    deg = share * MIN_DEG
    assert len(seen(up_and_held(0.3, 0.3, deg))) == count
    assert len(seen(down(0.3, deg), lengths={"up_s": 2.0, "down_s": 0.3})) == count


def test_a_kick_is_not_also_rushed_and_a_drop_is_not_also_rushed() -> None:
    kicked: Script = [(Phase.UP, {"accel_dps2": 2.0 * KICK_DPS2}), *up_and_held(0.3, 0.3)]
    assert kinds(seen(kicked)) == [Fault.KICK]
    *way, end = down(0.3)
    dropped: Script = [*way, (Phase.DOWN, {"accel_dps2": -2.0 * DROP_DPS2}), end]
    assert kinds(seen(dropped, lengths={"up_s": 2.0, "down_s": 0.3})) == [Fault.DROP]


@pytest.mark.parametrize(("push_n", "found"), [
    (BELOW * KICK_MAX_PUSH_N, [Fault.KICK]), (-BELOW * KICK_MAX_PUSH_N, [Fault.KICK]),
    (ABOVE * KICK_MAX_PUSH_N, []), (-ABOVE * KICK_MAX_PUSH_N, []),
])  # fmt: skip
def test_a_hand_that_pushes_the_body_up_is_no_kick(push_n: float, found: list[Fault]) -> None:
    kick: Script = [(Phase.UP, {"accel_dps2": 2.0 * KICK_DPS2, "push_n": push_n})]
    assert kinds(seen(kick)) == found


def test_a_false_start_has_no_descent_to_be_rushed() -> None:
    assert kinds(seen(down(0.3), lengths={"up_s": 2.0, "down_s": 0.0})) == []
    assert kinds(seen(down(0.3), lengths={"up_s": 2.0, "down_s": 0.01})) == [Fault.RUSHED_DOWN]


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_body_that_lies_bent_is_reported_after_a_while_once_a_spell(sign: float) -> None:
    bent = (Phase.REST, {"bend_deg": sign * ABOVE * LIMITS.bent_body_deg})
    straight = (Phase.REST, {"bend_deg": sign * BELOW * LIMITS.bent_body_deg})
    long = int(BENT_S / STEP_S) + 2
    assert kinds(seen([bent] * (long - 3))) == []
    assert kinds(seen([straight] * 10 * long)) == []
    assert kinds(seen([bent] * 10 * long)) == [Fault.BENT_BODY]
    assert kinds(seen([*[bent] * long, straight, *[bent] * long])) == [Fault.BENT_BODY] * 2


def test_on_a_mat_that_cannot_see_a_bend_nobody_is_bent() -> None:
    assert kinds(seen([(Phase.REST, {})] * 10 * int(BENT_S / STEP_S))) == []


def test_a_fault_is_reported_once_a_rep_and_again_in_the_next() -> None:
    one = [(Phase.UP, {"angle_deg": 60.0})] * 5 + [(Phase.HOLD, {"angle_deg": 60.0})] * 5
    assert kinds(seen(one)) == [Fault.TOO_HIGH]
    two = [*one, (Phase.DOWN, {}), (Phase.REST, {}), *one]
    assert kinds(seen(two)) == [Fault.TOO_HIGH] * 2


def test_a_rep_whose_lift_was_not_seen_is_a_rep_of_its_own() -> None:
    drops = [(Phase.DOWN, {"accel_dps2": -ABOVE * DROP_DPS2})]
    unseen = [*hold(0.0)[1:], *drops, (Phase.REST, {})]
    lengths = {"up_s": 0.0, "hold_s": 0.0, "down_s": 0.0}
    found = kinds(seen([*unseen, *unseen], lengths=lengths, held_s=1.0))
    assert found == [Fault.DROP] * 2


@pytest.mark.parametrize(("share", "is_one"), [(1.0, False), (ABOVE, True)])
def test_what_goes_up_and_down_faster_than_a_leg_can_is_no_fall(share: float, is_one: bool) -> None:
    """A shove on the mat is taken for a lift for some 0.3 s; so is a fall of what nobody saw up."""
    up_s = 0.3 * share * MIN_UP_S
    lengths = {"up_s": up_s, "hold_s": share * MIN_UP_S - up_s, "down_s": 0.3}
    drops = [(Phase.DOWN, {"accel_dps2": -2.0 * DROP_DPS2})]
    assert kinds(seen(drops, lengths=lengths)) == [Fault.DROP] * is_one
    assert kinds(seen(down(0.3), lengths=lengths)) == [Fault.RUSHED_DOWN] * is_one


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"load_n": -BELOW * MAX_OFF_MAT_N}, [Fault.OFF_MAT]),
        ({"load_n": -MAX_OFF_MAT_N}, []),
        ({"load_n": -2.0 * LIMITS.off_mat_n, "is_restless": True}, []),
    ],
)
def test_who_takes_more_than_a_limb_off_the_mat_or_moves_about_is_getting_up(
    fields: dict[str, float], found: list[Fault]
) -> None:
    assert kinds(seen([(Phase.REST, fields)] * 2 * int(OFF_MAT_S / STEP_S))) == found


def test_missing_weight_is_off_mat_after_a_while_once_a_spell() -> None:
    light = (Phase.REST, {"load_n": -ABOVE * LIMITS.off_mat_n})
    inside = (Phase.REST, {"load_n": -BELOW * LIMITS.off_mat_n})
    long = int(OFF_MAT_S / STEP_S) + 2
    assert kinds(seen([light] * int(OFF_MAT_S / STEP_S))) == []
    assert kinds(seen([inside] * 10 * long)) == []
    assert kinds(seen([light] * 10 * long)) == [Fault.OFF_MAT]
    assert kinds(seen([*[light] * long, inside, *[light] * long])) == [Fault.OFF_MAT] * 2


def test_a_hand_on_the_floor_that_has_become_the_rest_is_still_weight_off_the_mat() -> None:
    settled = (Phase.REST, {"load_n": -ABOVE * LIMITS.off_mat_n, "force_n": 0.0})
    swung = (Phase.REST, {"load_n": 0.0, "force_n": -10.0 * LIMITS.off_mat_n})
    assert kinds(seen([settled] * 2 * int(OFF_MAT_S / STEP_S))) == [Fault.OFF_MAT]
    assert kinds(seen([swung] * 2 * int(OFF_MAT_S / STEP_S))) == []


def test_a_speed_is_not_named_while_the_angle_is_unsure() -> None:
    fast = up_and_held(0.5 * LIMITS.rushed_up_s, 0.5 * LIMITS.rushed_up_s)
    assert kinds(seen(fast)) == [Fault.RUSHED_UP]
    unsure = {"angle_sd_deg": ABOVE * UNSURE_ANGLE_DEG}
    assert seen([(phase, fields | unsure) for phase, fields in fast]) == []


def test_a_leg_that_is_taken_for_down_while_it_falls_fast_was_not_timed() -> None:
    fast = down(0.5 * LIMITS.rushed_down_s)
    quick = {"up_s": 2.0, "down_s": 0.5 * LIMITS.rushed_down_s * CROSSING_SHARE}
    assert kinds(seen(fast, lengths=quick)) == [Fault.RUSHED_DOWN]
    falling = [*fast[:-1], (Phase.REST, {"rate_dps": ABOVE * LANDED_DPS})]
    assert seen(falling, lengths=quick) == []


@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_nobody_lying_has_no_fault(presence: Presence) -> None:
    awful = {"angle_deg": 90.0, "accel_dps2": 1e4, "load_n": -500.0, "front_shift_mm": -80.0}
    steps = [(phase, awful) for phase in Phase for _ in range(20)]
    assert seen(steps, presence=presence, lengths={"up_s": 0.1, "down_s": 0.1}) == []


def test_the_person_s_own_limits_count() -> None:
    own = replace(LIMITS, too_high_deg=30.0)
    high: Script = [(Phase.UP, {"angle_deg": 31.0})] * HIGH_STEPS
    assert kinds(seen(high, limits=own)) == [Fault.TOO_HIGH]
    assert kinds(seen(high)) == []


def test_after_a_reset_the_same_steps_give_the_same_faults() -> None:
    stage = Faults(LIMITS, Tempo(), Side.LEFT)
    steps = [*hold(-30.0), (Phase.DOWN, {"accel_dps2": -2.0 * DROP_DPS2})]
    first = seen(steps, stage=stage)
    stage.reset()
    assert seen(steps, stage=stage) == first


def test_with_the_side_unknown_the_hips_are_not_judged_live() -> None:
    assert seen(hold(-30.0), side=Side.UNKNOWN) == []
    assert kinds(seen(hold(-30.0), side=Side.LEFT)) == [Fault.ROLL_BACK]


@pytest.mark.parametrize(
    ("rate_dps", "is_reported"), [(-34.9, True), (-35.0, False), (-35.1, False)]
)
def test_a_leg_has_landed_above_35_deg_a_second(rate_dps: float, is_reported: bool) -> None:
    *way, _ = down(0.5 * LIMITS.rushed_down_s)
    quick = {"up_s": 2.0, "down_s": 0.5 * LIMITS.rushed_down_s * CROSSING_SHARE}
    found = kinds(seen([*way, (Phase.REST, {"rate_dps": rate_dps})], lengths=quick))
    assert found == [Fault.RUSHED_DOWN] * is_reported


@pytest.mark.parametrize(("angle_deg", "is_reported"), [(24.9, True), (25.0, False), (25.1, False)])
def test_a_kick_is_one_below_25_deg(angle_deg: float, is_reported: bool) -> None:
    kick = {"accel_dps2": 2.0 * KICK_DPS2, "angle_deg": angle_deg}
    assert kinds(seen([(Phase.UP, kick)])) == [Fault.KICK] * is_reported


@pytest.mark.parametrize(
    ("fields", "lasts_s"),
    [({"load_n": -2.0 * LIMITS.off_mat_n}, 0.7), ({"bend_deg": 2.0 * LIMITS.bent_body_deg}, 2.0)],
)
def test_a_posture_is_reported_when_it_has_lasted(fields: dict[str, float], lasts_s: float) -> None:
    steps = round(lasts_s / STEP_S)
    spell = [(Phase.REST, fields)]
    assert seen(spell * (steps - 1)) == []
    assert len(seen(spell * (steps + 2))) == 1
