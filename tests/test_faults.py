"""Faults while they happen: each at its limit, told once, and never of nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from matfw.faults import (
    CLEAR_SHARE,
    CROSSING_SHARE,
    HIP_SETTLE_S,
    OFF_MAT_S,
    PEAK_ACCEL,
    TYPICAL_TRAVEL_DEG,
    Faults,
)
from matfw.messages import (
    Fault,
    FaultSeen,
    Limits,
    Motion,
    Phase,
    PhaseStep,
    Presence,
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
) -> list[FaultSeen]:
    """Return the faults of steps, each a phase and what the motion is like in it."""
    stage = stage or Faults(limits, tempo)
    before, since_s = Phase.REST, 0.0
    found: list[FaultSeen] = []
    for number, (phase, fields) in enumerate(steps):
        t_s = number * STEP_S
        changed = phase is not before
        since_s = t_s if changed else since_s
        before = phase
        step = PhaseStep(t_s, phase, changed, since_s, **(lengths or GOOD))
        found += stage.update(Motion(t_s, presence, **fields), step)  # type: ignore[arg-type]
    return found


def kinds(faults: Sequence[FaultSeen]) -> list[Fault]:
    return [fault.fault for fault in faults]


def hold(shift_mm: float, steps: int = 12) -> list[tuple[Phase, dict[str, float]]]:
    return [(Phase.UP, {}), *[(Phase.HOLD, {"front_shift_mm": shift_mm})] * steps]


KICK_DPS2 = PEAK_ACCEL * TYPICAL_TRAVEL_DEG / LIMITS.kick_up_s**2
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
    assert kinds(seen([(phase, {field: BELOW * limit})])) == []
    [found] = seen([(phase, {field: ABOVE * limit})])
    assert found.fault is fault
    assert found.size == pytest.approx(abs(ABOVE * limit))
    assert kinds(seen([(Phase.REST, {field: 2.0 * limit})])) == []


@pytest.mark.parametrize(
    ("fault", "limit_mm"),
    [(Fault.ROLL_BACK, -LIMITS.roll_back_mm), (Fault.LEG_FORWARD, LIMITS.leg_forward_mm)],
)
def test_hips_are_judged_by_their_mean_at_the_top(fault: Fault, limit_mm: float) -> None:
    assert kinds(seen(hold(BELOW * limit_mm))) == []
    [found] = seen(hold(ABOVE * limit_mm))
    assert (found.fault, found.unit) == (fault, "mm")
    assert found.size == pytest.approx(abs(ABOVE * limit_mm))


def test_hips_are_not_judged_before_they_have_settled() -> None:
    settling = int(HIP_SETTLE_S / STEP_S)
    assert kinds(seen(hold(-100.0, settling - 1))) == []
    assert kinds(seen(hold(-100.0, settling + 2))) == [Fault.ROLL_BACK]


@pytest.mark.parametrize(
    ("fault", "phase", "name", "limit_s"),
    [
        (Fault.RUSHED_UP, Phase.HOLD, "up_s", LIMITS.rushed_up_s),
        (Fault.RUSHED_DOWN, Phase.REST, "down_s", LIMITS.rushed_down_s),
    ],
)
@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_only_a_time_beyond_doubt_is_called_rushed_live_and_it_goes_with_the_tempo(
    fault: Fault, phase: Phase, name: str, limit_s: float, factor: float
) -> None:
    tempo = Tempo(2.0 * factor, 1.0 * factor, 3.0 * factor)
    steps: list[tuple[Phase, dict[str, float]]] = [(Phase.UP, {}), (phase, {})]
    doubt_s = CLEAR_SHARE * CROSSING_SHARE * limit_s * factor
    assert kinds(seen(steps, tempo=tempo, lengths={name: ABOVE * doubt_s})) == []
    assert kinds(seen(steps, tempo=tempo, lengths={name: BELOW * doubt_s})) == [fault]


def test_a_kick_is_not_also_rushed_and_a_drop_is_not_also_rushed() -> None:
    kicked = [(Phase.UP, {"accel_dps2": 2.0 * KICK_DPS2}), (Phase.HOLD, {})]
    assert kinds(seen(kicked, lengths={"up_s": 0.2})) == [Fault.KICK]
    dropped = [(Phase.UP, {}), (Phase.DOWN, {"accel_dps2": -2.0 * DROP_DPS2}), (Phase.REST, {})]
    assert kinds(seen(dropped, lengths={"up_s": 2.0, "down_s": 0.2})) == [Fault.DROP]


def test_a_false_start_has_no_way_down_to_be_rushed() -> None:
    assert kinds(seen([(Phase.UP, {}), (Phase.REST, {})])) == []


def test_a_fault_is_told_once_a_rep_and_again_in_the_next() -> None:
    one = [(Phase.UP, {"angle_deg": 60.0})] * 5 + [(Phase.HOLD, {"angle_deg": 60.0})] * 5
    assert kinds(seen(one)) == [Fault.TOO_HIGH]
    two = [*one, (Phase.DOWN, {}), (Phase.REST, {}), *one]
    assert kinds(seen(two)) == [Fault.TOO_HIGH] * 2


def test_missing_weight_is_off_mat_after_a_while_once_a_spell() -> None:
    light = (Phase.REST, {"force_n": -ABOVE * LIMITS.off_mat_n})
    inside = (Phase.REST, {"force_n": -BELOW * LIMITS.off_mat_n})
    long = int(OFF_MAT_S / STEP_S) + 2
    assert kinds(seen([light] * int(OFF_MAT_S / STEP_S))) == []
    assert kinds(seen([inside] * 10 * long)) == []
    assert kinds(seen([light] * 10 * long)) == [Fault.OFF_MAT]
    assert kinds(seen([*[light] * long, inside, *[light] * long])) == [Fault.OFF_MAT] * 2


@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_nobody_lying_has_no_fault(presence: Presence) -> None:
    awful = {"angle_deg": 90.0, "accel_dps2": 1e4, "force_n": -500.0, "front_shift_mm": -80.0}
    steps = [(phase, awful) for phase in Phase for _ in range(20)]
    assert seen(steps, presence=presence, lengths={"up_s": 0.1, "down_s": 0.1}) == []


def test_the_person_s_own_limits_count() -> None:
    own = replace(LIMITS, too_high_deg=30.0)
    assert kinds(seen([(Phase.UP, {"angle_deg": 31.0})], limits=own)) == [Fault.TOO_HIGH]
    assert kinds(seen([(Phase.UP, {"angle_deg": 31.0})])) == []


def test_after_a_reset_the_same_steps_give_the_same_faults() -> None:
    stage = Faults(LIMITS, Tempo())
    steps = [*hold(-30.0), (Phase.DOWN, {"accel_dps2": -2.0 * DROP_DPS2})]
    first = seen(steps, stage=stage)
    stage.reset()
    assert seen(steps, stage=stage) == first
