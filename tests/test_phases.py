"""The phase machine, row by row and all of it: every phase x every class of motion."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from matfw.estimation.lift_signs import (
    AGAIN_DPS,
    AGAIN_NM_PER_KG,
    DIPPED_N_PER_KG,
    DIPPED_SHARE,
    EVIDENCE_RISE,
    FALL_DEG,
    FALL_DPS,
    FALL_EVIDENCE_RISE,
    FALLING_N_PER_KG,
    LEVER_M,
    LEVER_SPARE_NM_PER_KG,
    LIFT_AGAIN_DPS2,
    LIFT_EVIDENCE,
    LIFT_PUSH_N,
    OVER_N_PER_KG,
    RISE_N_PER_KG,
    RISE_NM_PER_KG,
    UP_DEG,
    UP_EVIDENCE,
)
from matfw.messages import Motion, Phase, PhaseStep, Presence
from matfw.phases import (
    AGAIN_SHARE,
    DIP_SHARE,
    DOWN_SHARE,
    DROPS_DPS,
    FADED_DOWN_EVIDENCE,
    FADED_DOWN_RISE,
    FADED_OVER_N_PER_KG,
    FADED_UP_EVIDENCE,
    FADES_S,
    FAR_DPS,
    FAR_SHARE,
    HELD_EVIDENCE,
    HOLD_DPS,
    HOLD_MIN_DEG,
    LIFT_DEG,
    LIFT_DPS,
    LOST_SHARE,
    LOST_SIGHT_S,
    LOWERING_EVIDENCE,
    MIN_DOWN_DEG,
    MISSED_DEG,
    MISSED_DPS,
    MISSED_EVIDENCE,
    MISSED_REST_S,
    MISSED_S,
    REST_SHARE,
    SLOW_DIP_N_PER_KG,
    STANDS_DPS,
    STANDS_SHARE,
    STOPPED_DPS,
    STOPPED_SHARE,
    TRANSITIONS,
    Phases,
    Transition,
)
from tests.estimation.leg_forces import Lift, judged, legs, noise_scale

STEP_S = 0.05
WEIGHT_KG = 70.0
LONG_S = 5.0  # longer than any dwell


def motion(
    t_s: float = 0.0,
    presence: Presence = Presence.LYING,
    **fields: Any,  # Any: of a Motion
) -> Motion:
    return Motion(t_s=t_s, presence=presence, weight_kg=WEIGHT_KG, **fields)


def rising(share: float = 4.0) -> dict[str, Any]:  # Any: of a Motion
    """Return the onset's features, so many times what a lift must show."""
    limits = {"over_n": OVER_N_PER_KG, "rise_n": RISE_N_PER_KG, "rise_nm": RISE_NM_PER_KG}
    onset = {name: share * limit * WEIGHT_KG for name, limit in limits.items()}
    return {**onset, "evidence_rise": share * EVIDENCE_RISE}


# One motion for each class of input that the guards tell apart, of a leg that has been at 36 deg.
CLASSES: dict[str, dict[str, Any]] = {
    "rests": {"evidence": -10.0},
    "rises": {
        "angle_deg": 12.0,
        "rate_dps": 30.0,
        "evidence": 50.0,
        "is_moving": True,
        **rising(),
    },
    "rises high": {"angle_deg": 36.0, "rate_dps": 30.0, "evidence": 50.0, "is_moving": True},
    "stands high": {
        "angle_deg": 36.0,
        "rate_dps": 0.0,
        "evidence": 50.0,
        "is_moving": True,
        "lifting_s": 2.0,
    },
    "stands after all": {
        "angle_deg": 36.0,
        "evidence": 50.0,
        "is_moving": True,
        "held_deg": 36.0,
        "descent": -0.1,
    },
    "falls": {
        "angle_deg": 30.0,
        "rate_dps": -40.0,
        "force_n": -20.0,
        "evidence": 50.0,
        "is_moving": True,
    },
    "is almost down": {
        "angle_deg": 1.0,
        "rate_dps": -10.0,
        "force_n": -5.0,
        "evidence": 50.0,
        "is_moving": True,
    },
    "falls from rest": {
        "angle_deg": -2.0,
        "rate_dps": -15.0,
        "force_n": -8.0,
        "evidence": 9.0,
        "is_moving": True,
        **{name: -value for name, value in rising().items()},
        "evidence_rise": 12.0,
    },
    "fades": {
        "angle_deg": 12.0,
        "rate_dps": 15.0,
        "evidence": 2.0,
        "evidence_rise": -1.0,
        "is_moving": True,
    },
}
WAY: dict[Phase, tuple[str, ...]] = {  # the classes that lead from rest into each phase
    Phase.REST: (),
    Phase.UP: ("rises", "rises high"),
    Phase.HOLD: ("rises", "rises high", "stands high"),
    Phase.DOWN: ("rises", "rises high", "stands high", "falls"),
}
EXPECTED: dict[tuple[Phase, str], Phase] = {
    **{(phase, name): phase for phase, name in product(Phase, CLASSES)},
    (Phase.REST, "rises"): Phase.UP,
    (Phase.REST, "stands high"): Phase.HOLD,
    (Phase.UP, "falls from rest"): Phase.DOWN,
    (Phase.HOLD, "falls from rest"): Phase.DOWN,
    (Phase.DOWN, "falls from rest"): Phase.REST,
    (Phase.UP, "rests"): Phase.REST,
    (Phase.UP, "stands high"): Phase.HOLD,
    (Phase.UP, "stands after all"): Phase.HOLD,
    (Phase.UP, "falls"): Phase.DOWN,
    (Phase.UP, "is almost down"): Phase.DOWN,
    (Phase.HOLD, "rests"): Phase.REST,
    (Phase.HOLD, "falls"): Phase.DOWN,
    (Phase.HOLD, "is almost down"): Phase.DOWN,
    (Phase.DOWN, "rises"): Phase.UP,
    (Phase.DOWN, "stands after all"): Phase.HOLD,
    (Phase.DOWN, "rests"): Phase.REST,
    (Phase.DOWN, "is almost down"): Phase.REST,
    (Phase.UP, "fades"): Phase.REST,
    (Phase.DOWN, "fades"): Phase.REST,
}


def brought_into(phase: Phase) -> tuple[Phases, float]:
    """Return the machine in a phase, and when it came there."""
    machine, t_s, since_s = Phases(), 0.0, 0.0
    for name in WAY[phase]:
        t_s += LONG_S
        since_s = machine.update(motion(t_s, **CLASSES[name])).since_s
    return machine, since_s


@pytest.mark.parametrize(("phase", "name"), list(product(Phase, CLASSES)))
def test_every_phase_answers_every_class_of_motion(phase: Phase, name: str) -> None:
    machine, since_s = brought_into(phase)
    step = machine.update(motion(since_s + 2.0 * LONG_S, **CLASSES[name]))
    assert step.phase is EXPECTED[phase, name]
    assert step.changed is (step.phase is not phase)


@pytest.mark.parametrize(("phase", "name"), list(product(Phase, CLASSES)))
@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_nobody_lying_still_is_always_rest(phase: Phase, name: str, presence: Presence) -> None:
    machine, since_s = brought_into(phase)
    step = machine.update(motion(since_s, presence, **CLASSES[name]))  # at once: no dwell
    assert step.phase is Phase.REST


FADING = [row for row in TRANSITIONS if row.min_dwell_s == FADES_S]
DWELLS = [row for row in TRANSITIONS if row.min_dwell_s > 0.0 and row.source is Phase.DOWN]


@pytest.mark.parametrize(
    "row", dict.fromkeys([*DWELLS, *FADING]), ids=lambda row: f"{row.source}-{row.target}"
)
def test_a_row_waits_for_its_dwell_and_no_longer(row: Transition) -> None:
    is_fading = row in FADING
    names = [
        name
        for name in CLASSES
        if EXPECTED[row.source, name] is row.target and (name == "fades") is is_fading
    ]
    assert names
    for name in names:
        for late_s, phase in ((-1e-6, row.source), (1e-6, row.target)):
            machine, since_s = brought_into(row.source)
            step = machine.update(motion(since_s + row.min_dwell_s + late_s, **CLASSES[name]))
            assert step.phase is phase


# A lift that is one by very little in every respect; a slow one, so not yet the next rep's hurry.
LIFTS: dict[str, Any] = {
    "angle_deg": 1.01 * LIFT_DEG,
    "rate_dps": 1.01 * LIFT_DPS,
    "evidence": 1.01 * LIFT_EVIDENCE,
    "push_n": 0.99 * LIFT_PUSH_N,
    "is_moving": True,
    **rising(1.01),
}
JUST = (0.99, 1.01)
STANDS: dict[str, Any] = {**CLASSES["stands high"], "angle_deg": 36.0}
TOP_DEG = 36.0


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


def lost_sight_of() -> tuple[Phases, float, float]:
    """Return the machine, when a lift began, and when its hold was taken for rest."""
    machine, began_s, rested_s = Phases(), 1.0, 2.0
    machine.update(motion(began_s, **CLASSES["rises"]))
    assert machine.update(motion(1.5, **CLASSES["stands high"])).phase is Phase.HOLD
    assert machine.update(motion(rested_s, **CLASSES["rests"])).phase is Phase.REST
    return machine, began_s, rested_s


FALLS: dict[str, Any] = {
    "angle_deg": 1.01 * FALL_DEG,
    "rate_dps": 1.01 * FALL_DPS,
    "evidence": 1.01 * LIFT_EVIDENCE,
    "is_moving": True,
    "over_n": -1.01 * OVER_N_PER_KG * WEIGHT_KG,
    "rise_n": -1.01 * RISE_N_PER_KG * WEIGHT_KG,
    "rise_nm": -1.01 * RISE_NM_PER_KG * WEIGHT_KG,
    "evidence_rise": 1.01 * FALL_EVIDENCE_RISE,
}


@pytest.mark.parametrize("field", list(FALLS))
def test_a_leg_that_falls_from_where_it_rests_was_up_and_shows_every_sign_of_it(
    field: str,
) -> None:
    falls = FALLS if field == "is_moving" else {**FALLS, field: 0.98 * FALLS[field]}
    for fields, phase in (
        (FALLS, Phase.DOWN),
        ({**falls, "is_moving": field != "is_moving"}, Phase.REST),
    ):
        machine, _, rested_s = lost_sight_of()
        assert machine.update(motion(rested_s + 1.0, **fields)).phase is phase


@pytest.mark.parametrize(("field", "limit"), [("angle_deg", UP_DEG), ("evidence", UP_EVIDENCE)])
def test_a_leg_that_is_up_beyond_doubt_falls_from_where_it_is(field: str, limit: float) -> None:
    up = {**FALLS, "angle_deg": 2.0 * UP_DEG, "evidence": 2.0 * UP_EVIDENCE}
    for share, phase in zip(JUST, (Phase.REST, Phase.DOWN), strict=True):
        machine, _, rested_s = lost_sight_of()
        fields = {**up, field: share * limit}
        assert machine.update(motion(rested_s + 1.0, **fields)).phase is phase


def test_a_leg_is_lost_sight_of_only_once_it_has_rested_and_not_for_ever() -> None:
    min_s, max_s = LOST_SIGHT_S
    for late_s, phase in ((-1e-6, Phase.REST), (1e-6, Phase.DOWN)):
        machine, began_s, rested_s = lost_sight_of()
        assert machine.update(motion(rested_s + min_s + late_s, **FALLS)).phase is phase
        machine, began_s, rested_s = lost_sight_of()
        assert machine.update(motion(began_s + max_s - late_s, **FALLS)).phase is phase


def test_a_leg_that_has_fallen_unseen_does_not_fall_once_more() -> None:
    machine, _, rested_s = lost_sight_of()
    machine.update(motion(rested_s + 1.0, **FALLS))
    assert machine.update(motion(rested_s + 1.5, **CLASSES["rests"])).phase is Phase.REST
    assert machine.update(motion(rested_s + 2.5, **FALLS)).phase is Phase.REST


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


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("descent", 0.0),
        ("held_deg", 0.0),
        ("rate_dps", -STANDS_DPS),
        ("descended_deg", 1.001 * (1.0 - STANDS_SHARE) * 36.0),
        ("angle_deg", 0.999 * STANDS_SHARE * 36.0),
    ],
)
def test_a_way_down_that_was_none_is_taken_back_only_of_a_leg_that_stands_high(
    field: str, value: float
) -> None:
    assert answered(Phase.DOWN, **CLASSES["stands after all"]) is Phase.HOLD
    assert answered(Phase.DOWN, **{**CLASSES["stands after all"], field: value}) is Phase.DOWN


def test_a_leg_that_has_been_lower_does_not_stand_after_all() -> None:
    machine, down_s = brought_into(Phase.DOWN)
    machine.update(motion(down_s + 0.2, **CLASSES["falls"]))
    lower_deg = 0.99 * STANDS_SHARE * TOP_DEG
    machine.update(motion(down_s + 0.4, **{**CLASSES["falls"], "angle_deg": lower_deg}))
    step = machine.update(motion(down_s + LONG_S, **CLASSES["stands after all"]))
    assert step.phase is Phase.DOWN


def test_a_hold_that_was_interrupted_by_mistake_is_one_hold() -> None:
    machine, down_s = brought_into(Phase.DOWN)
    before = machine.update(motion(down_s, **CLASSES["falls"]))
    again = machine.update(motion(down_s + 0.5, **CLASSES["stands after all"]))
    assert again.phase is Phase.HOLD
    assert not again.begins_rep
    last = machine.update(motion(down_s + 1.5, **CLASSES["falls"]))
    assert last.phase is Phase.DOWN
    assert (last.up_s, last.hold_s, last.down_s) == (before.up_s, before.hold_s + 1.5, 0.0)


def answered(source: Phase, **fields: Any) -> Phase:  # Any: of a Motion
    """Return what a leg that has been at TOP_DEG is in after one more motion."""
    machine, since_s = brought_into(source)
    return machine.update(motion(since_s + LONG_S, **{**STANDS, **fields})).phase


LOST_DEG = max(MIN_DOWN_DEG, DOWN_SHARE * TOP_DEG)
LOWERS = {
    "descent": 2.0 * LOWERING_EVIDENCE, "descended_deg": 2.0 * LOST_DEG, "held_deg": TOP_DEG,
}  # fmt: skip

# A rate that a braked lift overshoots to; its load has been as low all the time.
BRAKED = {"rate_dps": -2.0 * DROPS_DPS, "over_n": -5.0}


@pytest.mark.parametrize(
    ("source", "field", "limit", "answers", "others"),
    [
        (Phase.UP, "angle_deg", HOLD_MIN_DEG, [Phase.UP, Phase.HOLD], {}),
        (Phase.HOLD, "rate_dps", -DROPS_DPS, [Phase.HOLD, Phase.DOWN], {"force_n": -5.0}),
        (Phase.HOLD, "force_n", -5.0, [Phase.HOLD, Phase.DOWN], BRAKED),
        (
            Phase.HOLD, "evidence", HELD_EVIDENCE + rising()["evidence_rise"],
            [Phase.UP, Phase.HOLD], CLASSES["rises"],
        ),
        (
            Phase.HOLD, "rate_dps", -FAR_DPS, [Phase.HOLD, Phase.DOWN],
            {"angle_deg": 20.0, "force_n": -5.0},
        ),
        (
            Phase.HOLD, "angle_deg", TOP_DEG * (1.0 - FAR_SHARE), [Phase.DOWN, Phase.HOLD],
            {"rate_dps": -2.0 * FAR_DPS, "force_n": -5.0},
        ),
        (Phase.HOLD, "descent", LOWERING_EVIDENCE, [Phase.HOLD, Phase.DOWN], LOWERS),
        (Phase.HOLD, "descended_deg", LOST_DEG, [Phase.HOLD, Phase.DOWN], LOWERS),
        (
            Phase.DOWN, "rate_dps", AGAIN_DPS, [Phase.DOWN, Phase.UP],
            {"angle_deg": 12.0, **rising()},
        ),
        (
            Phase.DOWN, "rise_nm", AGAIN_NM_PER_KG * WEIGHT_KG, [Phase.DOWN, Phase.UP],
            {"angle_deg": 12.0, "rate_dps": 2.0 * AGAIN_DPS, "over_n": 6.0, "rise_n": 6.0},
        ),
        (
            Phase.DOWN, "angle_deg", AGAIN_SHARE * TOP_DEG, [Phase.UP, Phase.DOWN],
            {"rate_dps": 2.0 * AGAIN_DPS, **rising(), "evidence_rise": EVIDENCE_RISE},
        ),
        (
            Phase.DOWN, "evidence_rise", EVIDENCE_RISE, [Phase.DOWN, Phase.UP],
            {"angle_deg": 0.9 * TOP_DEG, "rate_dps": 2.0 * AGAIN_DPS, **rising()},
        ),
        (
            Phase.DOWN, "angle_deg", REST_SHARE * TOP_DEG, [Phase.REST, Phase.DOWN],
            {"rate_dps": -20.0},
        ),
        (Phase.DOWN, "angle_deg", STOPPED_SHARE * TOP_DEG, [Phase.REST, Phase.DOWN], {}),
        (Phase.DOWN, "rate_dps", -STOPPED_DPS, [Phase.REST, Phase.DOWN], {"angle_deg": 5.0}),
        (Phase.UP, "evidence", FADED_UP_EVIDENCE, [Phase.REST, Phase.UP], CLASSES["fades"]),
        (Phase.DOWN, "evidence", FADED_DOWN_EVIDENCE, [Phase.REST, Phase.DOWN], CLASSES["fades"]),
        (Phase.DOWN, "evidence_rise", FADED_DOWN_RISE, [Phase.REST, Phase.DOWN], CLASSES["fades"]),
        *(
            (
                Phase.DOWN, "over_n", side * FADED_OVER_N_PER_KG * WEIGHT_KG,
                [Phase.REST, Phase.DOWN], CLASSES["fades"],
            )
            for side in (-1.0, 1.0)
        ),
    ],
)  # fmt: skip
def test_a_phase_ends_just_beyond_its_limit_and_not_just_within(
    source: Phase, field: str, limit: float, answers: list[Phase], others: dict[str, float]
) -> None:
    assert [answered(source, **{**others, field: share * limit}) for share in JUST] == answers


@pytest.mark.parametrize(("rise", "phase"), [(-0.01, Phase.REST), (0.01, Phase.UP)])
def test_a_lift_whose_evidence_still_grows_goes_on(rise: float, phase: Phase) -> None:
    assert answered(Phase.UP, **{**CLASSES["fades"], "evidence_rise": rise}) is phase


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


def dropped(dip_n: float) -> Phases:
    """Return the machine with a leg held at TOP_DEG whose last fall's load dipped by so much."""
    machine = Phases()
    names = ("rises", "rises high", "stands high", "falls", "rests", "rises", "rises high")
    for number, name in enumerate((*names, "stands high")):
        fields = CLASSES[name] | ({"force_n": -dip_n} if name == "falls" else {})
        step = machine.update(motion(LONG_S * number, **fields))
    assert step.phase is Phase.HOLD
    return machine


@pytest.mark.parametrize("dip_n", [10.0, 40.0])
def test_a_leg_falls_once_its_load_dips_as_in_the_last_falls(dip_n: float) -> None:
    spare_n = SLOW_DIP_N_PER_KG * WEIGHT_KG
    asked_n = DIP_SHARE * (dip_n - spare_n)
    for share, phase in zip(JUST, (Phase.HOLD, Phase.DOWN), strict=True):
        fields: dict[str, Any] = {**STANDS, **LOWERS, "force_n": -share * asked_n}
        assert dropped(dip_n).update(motion(LONG_S * 9, **fields)).phase is phase


def test_a_leg_that_was_let_down_slowly_is_asked_for_no_dip() -> None:
    slow_n = 0.99 * SLOW_DIP_N_PER_KG * WEIGHT_KG
    fields: dict[str, Any] = {**STANDS, **LOWERS, "force_n": 1.0}
    assert dropped(slow_n).update(motion(LONG_S * 9, **fields)).phase is Phase.DOWN


def test_a_leg_that_has_lost_much_of_its_height_goes_down_without_a_dip() -> None:
    for share, phase in zip(JUST, (Phase.HOLD, Phase.DOWN), strict=True):
        lost_deg = share * LOST_SHARE * TOP_DEG
        fields: dict[str, Any] = {
            **STANDS,
            **LOWERS,
            "angle_deg": TOP_DEG - lost_deg,
            "force_n": 0.0,
        }
        assert dropped(40.0).update(motion(LONG_S * 9, **fields)).phase is phase


@pytest.mark.parametrize(("share", "phase"), [(0.99, Phase.HOLD), (1.01, Phase.UP)])
def test_a_leg_stands_when_it_is_slow_however_slowly_it_rose(share: float, phase: Phase) -> None:
    machine, since_s = Phases(), 0.0
    since_s = machine.update(motion(0.0, **LIFTS)).since_s
    stands = {**STANDS, "rate_dps": share * HOLD_DPS}
    assert machine.update(motion(since_s + LONG_S, **stands)).phase is phase


@pytest.mark.parametrize("seed", range(6))
def test_a_body_that_only_lies_there_never_begins_a_repetition(seed: int) -> None:
    assert {step.phase for step in judged(noise_scale(60.0, seed)).steps} == {Phase.REST}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("top_deg", [25.0, 36.0, 50.0])
def test_a_lift_goes_once_round_the_ring(top_deg: float, seed: int) -> None:
    lift = Lift(4.0, top_deg)
    span_s = lift.end_s + 3.0
    steps = judged(legs(span_s, lift) + noise_scale(span_s, seed)).steps
    changes = [step for step in steps if step.changed]
    assert [step.phase for step in changes] == [Phase.UP, Phase.HOLD, Phase.DOWN, Phase.REST]
    assert changes[0].t_s == pytest.approx(lift.begin_s + 0.19 * lift.up_s, abs=0.4)


def test_the_table_has_no_row_back_to_its_own_phase_and_leads_out_of_every_phase() -> None:
    assert all(row.source is not row.target for row in TRANSITIONS)
    assert {row.source for row in TRANSITIONS} == set(Phase)
    assert {row.target for row in TRANSITIONS} == set(Phase)


MOTIONS = st.builds(
    motion,
    presence=st.sampled_from([Presence.LYING] * 6 + [Presence.EMPTY, Presence.UNSETTLED]),
    angle_deg=st.floats(-5.0, 80.0),
    rate_dps=st.floats(-200.0, 200.0),
    evidence=st.floats(-40.0, 200.0),
    is_moving=st.booleans(),
    lifting_s=st.floats(0.0, 5.0),
    push_n=st.floats(-30.0, 30.0),
    descent=st.floats(-20.0, 20.0),
    descended_deg=st.floats(-5.0, 20.0),
    over_n=st.floats(-10.0, 10.0),
    rise_n=st.floats(-10.0, 10.0),
    rise_nm=st.floats(-5.0, 5.0),
    evidence_rise=st.floats(-40.0, 40.0),
    held_deg=st.floats(0.0, 60.0),
)


def walked(motions: Iterable[Motion]) -> list[PhaseStep]:
    machine = Phases()
    return [machine.update(each) for each in timed(motions)]


def timed(motions: Iterable[Motion]) -> list[Motion]:
    return [replace(each, t_s=number * STEP_S) for number, each in enumerate(motions)]


@given(st.lists(MOTIONS, min_size=1, max_size=80))
def test_every_change_is_a_row_of_the_table_or_a_body_that_left(motions: list[Motion]) -> None:
    steps = walked(motions)
    rows = {(row.source, row.target) for row in TRANSITIONS}
    for before, after, each in zip(steps, steps[1:], motions[1:], strict=False):
        if after.phase is not before.phase:
            is_gone = each.presence is not Presence.LYING and after.phase is Phase.REST
            assert is_gone or (before.phase, after.phase) in rows
            assert after.changed
            assert after.since_s == after.t_s
        else:
            assert not after.changed


@given(st.lists(MOTIONS, min_size=1, max_size=80))
def test_lengths_and_the_top_are_never_negative_and_start_again_with_each_rep(
    motions: list[Motion],
) -> None:
    steps = walked(motions)
    for step in steps:
        assert min(step.top_deg, step.up_s, step.hold_s, step.down_s) >= 0.0
        if step.changed and step.phase is Phase.UP:
            assert (step.up_s, step.hold_s, step.down_s) == (0.0, 0.0, 0.0)
    for before, after in pairwise(steps):
        if not after.begins_rep:
            assert after.top_deg >= before.top_deg


@given(st.lists(MOTIONS, min_size=1, max_size=40))
def test_after_a_reset_the_same_motions_give_the_same_phases(motions: list[Motion]) -> None:
    machine = Phases()
    first = [machine.update(each) for each in timed(motions)]
    machine.reset()
    assert [machine.update(each) for each in timed(motions)] == first
