"""The phase machine on descents: a leg that falls, is let down, or did neither after all."""

from __future__ import annotations

from typing import Any

import pytest

from matfw.estimation.lift_signs import (
    FALL_DEG,
    FALL_DPS,
    FALL_EVIDENCE_RISE,
    LIFT_EVIDENCE,
    OVER_N_PER_KG,
    RISE_N_PER_KG,
    RISE_NM_PER_KG,
    UP_DEG,
    UP_EVIDENCE,
)
from matfw.messages import Phase
from matfw.phases import (
    DIP_SHARE,
    LOST_SHARE,
    LOST_SIGHT_S,
    SLOW_DIP_N_PER_KG,
    STANDS_DPS,
    STANDS_SHARE,
    Phases,
)
from tests.phase_motions import (
    CLASSES,
    JUST,
    LONG_S,
    LOWERS,
    STANDS,
    TOP_DEG,
    WEIGHT_KG,
    answered,
    brought_into,
    motion,
)


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
