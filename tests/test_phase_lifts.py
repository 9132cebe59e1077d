"""The phase machine on lifts: what is one, and what stands up there."""

from __future__ import annotations

from typing import Any

import pytest

from matfw.estimation.lift_signs import (
    AGAIN_DPS,
    AGAIN_NM_PER_KG,
    DIPPED_N_PER_KG,
    DIPPED_SHARE,
    EVIDENCE_RISE,
    FALLING_N_PER_KG,
    FROM_REST_DPS,
    FROM_REST_DPS2,
    FROM_REST_EVIDENCE,
    FROM_REST_NM_PER_KG,
    LEVER_M,
    LEVER_SPARE_NM_PER_KG,
    LIFT_AGAIN_DPS2,
    LIFT_EVIDENCE,
    LIFT_PUSH_N,
    OVER_N_PER_KG,
    RISE_N_PER_KG,
    RISE_NM_PER_KG,
)
from matfw.messages import Phase
from matfw.phases import (
    FADES_S,
    FROM_REST_S,
    HOLD_DPS,
    LIFT_DEG,
    LIFT_DPS,
    MISSED_DEG,
    MISSED_DPS,
    MISSED_EVIDENCE,
    MISSED_REST_S,
    MISSED_S,
    TRANSITIONS,
    Phases,
)
from tests.phase_motions import (
    CLASSES,
    LONG_S,
    STANDS,
    STEP_S,
    WEIGHT_KG,
    answered,
    brought_into,
    motion,
    rising,
)

# A lift that is one by very little in every respect; a slow one, so not yet the next rep's hurry.
LIFTS: dict[str, Any] = {
    "angle_deg": 1.01 * LIFT_DEG,
    "rate_dps": 1.01 * LIFT_DPS,
    "evidence": 1.01 * LIFT_EVIDENCE,
    "push_n": 0.99 * LIFT_PUSH_N,
    "is_moving": True,
    **rising(1.01),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("angle_deg", LIFT_DEG),
        ("rate_dps", LIFT_DPS),
        ("evidence", LIFT_EVIDENCE),
        ("push_n", LIFT_PUSH_N),
        ("is_moving", False),
        ("over_n", OVER_N_PER_KG * WEIGHT_KG),
        ("evidence_rise", EVIDENCE_RISE),
        ("rise_n", RISE_N_PER_KG * WEIGHT_KG),
        ("rise_nm", RISE_NM_PER_KG * WEIGHT_KG),
        ("before_n", 1.01 * FALLING_N_PER_KG * WEIGHT_KG),
    ],
)
def test_a_lift_needs_every_sign_of_one(field: str, value: float) -> None:
    assert Phases().update(motion(**LIFTS)).phase is Phase.UP
    assert Phases().update(motion(**{**LIFTS, field: value})).phase is Phase.REST


@pytest.mark.parametrize(
    ("over_n", "before_n", "push_n"),
    [
        (4.0, -DIPPED_N_PER_KG * WEIGHT_KG, 0.0),
        (12.0, -DIPPED_SHARE * 12.0, 0.0),
        (4.0, -DIPPED_N_PER_KG * WEIGHT_KG - 2.0, -2.0),  # a hand takes it
    ],
)
def test_a_load_that_comes_back_from_a_dip_is_a_landing(
    over_n: float, before_n: float, push_n: float
) -> None:
    lifts = {**LIFTS, "over_n": over_n, "push_n": push_n}
    for more_n, phase in ((-0.01, Phase.REST), (0.01, Phase.UP)):
        assert Phases().update(motion(**{**lifts, "before_n": before_n + more_n})).phase is phase


@pytest.mark.parametrize(
    ("dps", "dps2", "nm", "phase"),
    [
        (1.0, 1.01, 1.01, Phase.REST),
        (1.01, 1.0, 1.01, Phase.REST),
        (1.01, 1.01, 1.0, Phase.REST),
        (1.01, 1.01, 1.01, Phase.UP),
    ],
)
def test_a_leg_believed_up_for_long_lifts_only_if_it_rises_as_only_a_lift_does(
    dps: float, dps2: float, nm: float, phase: Phase
) -> None:
    """A slower one is the last rep, bouncing as it lands."""
    old = {
        **LIFTS,
        "evidence_rise": 0.0,
        "rate_dps": dps * AGAIN_DPS,
        "accel_dps2": dps2 * LIFT_AGAIN_DPS2,
        "rise_nm": nm * AGAIN_NM_PER_KG * WEIGHT_KG,
    }
    assert Phases().update(motion(**old)).phase is phase


@pytest.mark.parametrize("lacks", ["", "rate_dps", "accel_dps2", "rise_nm", "evidence", "rest"])
def test_a_leg_that_has_rested_and_seems_up_lifts_if_it_speeds_up(lacks: str) -> None:
    """A body that settles, or braces itself, looks like a leg a little up: the lift is no news."""
    least = {
        "rate_dps": FROM_REST_DPS,
        "accel_dps2": FROM_REST_DPS2,
        "rise_nm": FROM_REST_NM_PER_KG * WEIGHT_KG,
        "evidence": FROM_REST_EVIDENCE,
    }
    signs = {name: (0.99 if name == lacks else 1.01) * value for name, value in least.items()}
    machine, since_s = brought_into(Phase.DOWN)
    down_s = since_s + LONG_S
    assert machine.update(motion(down_s, **CLASSES["rests"])).phase is Phase.REST
    rested_s = (0.99 if lacks == "rest" else 1.01) * FROM_REST_S
    lifts = motion(down_s + rested_s, **{**LIFTS, "evidence_rise": 0.0, **signs})
    assert machine.update(lifts).phase is (Phase.REST if lacks else Phase.UP)


@pytest.mark.parametrize(("share", "phase"), [(1.01, Phase.UP), (0.99, Phase.REST)])
def test_a_lifts_moment_rises_with_its_load_as_far_from_the_hip_as_a_leg_is(
    share: float, phase: Phase
) -> None:
    """A hand or a shoulder that pushes has its load at the head's end."""
    min_nm = LEVER_M * 30.0 - LEVER_SPARE_NM_PER_KG * WEIGHT_KG
    pushes = {**LIFTS, "over_n": 20.0, "rise_n": 30.0, "rise_nm": share * min_nm}
    assert Phases().update(motion(**pushes)).phase is phase


@pytest.mark.parametrize(("over_deg", "phase"), [(1.01, Phase.UP), (0.99, Phase.REST)])
def test_a_leg_that_did_not_come_back_to_its_rest_lifts_from_where_it_is(
    over_deg: float, phase: Phase
) -> None:
    machine, low_deg = Phases(), -4.0
    for step in range(3):
        machine.update(motion(STEP_S * step, angle_deg=low_deg, is_moving=True))
    lifts = {**LIFTS, "angle_deg": low_deg + over_deg * LIFT_DEG}
    assert machine.update(motion(3.0 * STEP_S, **lifts)).phase is phase


def test_a_leg_lifts_out_of_a_hold_whose_lift_nobody_saw_and_out_of_no_other() -> None:
    row = next(x for x in TRANSITIONS if (x.source, x.target) == (Phase.HOLD, Phase.UP))
    lifts = CLASSES["rises"]
    for late_s, phase in ((-1e-6, Phase.HOLD), (1e-6, Phase.UP)):
        machine = Phases()
        machine.update(motion(LONG_S, **MISSED))
        assert machine.update(motion(LONG_S + row.min_dwell_s + late_s, **lifts)).phase is phase
    assert answered(Phase.HOLD, **{**lifts, "angle_deg": 36.0}) is Phase.HOLD


# A leg that stands up there, and nobody saw it lift.
MISSED: dict[str, Any] = {
    "angle_deg": 1.01 * MISSED_DEG,
    "rate_dps": 0.99 * MISSED_DPS,
    "evidence": 1.01 * MISSED_EVIDENCE,
    "push_n": 0.99 * LIFT_PUSH_N,
    "lifting_s": 1.01 * MISSED_S[0],
    "is_moving": True,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("angle_deg", MISSED_DEG),
        ("rate_dps", MISSED_DPS),
        ("rate_dps", -MISSED_DPS),
        ("evidence", MISSED_EVIDENCE),
        ("push_n", LIFT_PUSH_N),
        ("lifting_s", MISSED_S[0]),
        ("lifting_s", MISSED_S[1]),
        ("is_moving", False),
    ],
)
def test_a_leg_whose_lift_nobody_saw_is_held_and_only_beyond_doubt(
    field: str, value: float
) -> None:
    step = Phases().update(motion(**MISSED))
    assert step.phase is Phase.HOLD
    assert step.begins_rep
    assert Phases().update(motion(**{**MISSED, field: value})).phase is Phase.REST


def test_what_follows_a_landing_at_once_is_no_unseen_lift() -> None:
    machine, since_s = brought_into(Phase.DOWN)
    touch_down_s = machine.update(motion(since_s + LONG_S, **CLASSES["rests"])).since_s
    assert machine.update(motion(touch_down_s + 0.99 * MISSED_REST_S, **MISSED)).phase is Phase.REST
    assert machine.update(motion(touch_down_s + 1.01 * MISSED_REST_S, **MISSED)).phase is Phase.HOLD


def test_the_next_lift_is_reported_though_the_last_landing_left_the_leg_up() -> None:
    machine, since_s = brought_into(Phase.DOWN)
    phantom: dict[str, Any] = {
        "angle_deg": 15.0,
        "rate_dps": 3.0,
        "evidence": 5.0,
        "is_moving": True,
    }
    step = machine.update(motion(since_s + FADES_S + STEP_S, **phantom))
    assert step.phase is Phase.REST
    lift = {**phantom, "rate_dps": 15.0, "evidence": 14.0, **rising(1.5)}
    step = machine.update(motion(step.t_s + 1.0, **lift))
    assert step.changed
    assert step.phase is Phase.UP


@pytest.mark.parametrize(("share", "phase"), [(0.99, Phase.HOLD), (1.01, Phase.UP)])
def test_a_leg_stands_when_it_is_slow_however_slowly_it_rose(share: float, phase: Phase) -> None:
    machine, since_s = Phases(), 0.0
    since_s = machine.update(motion(0.0, **LIFTS)).since_s
    stands = {**STANDS, "rate_dps": share * HOLD_DPS}
    assert machine.update(motion(since_s + LONG_S, **stands)).phase is phase
