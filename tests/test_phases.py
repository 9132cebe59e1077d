"""The phase machine, row by row and all of it: every phase x every class of motion."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.messages import Motion, Phase, PhaseStep, Presence
from matfw.phases import TRANSITIONS, Phases, Transition

STEP_S = 0.05
LONG_S = 5.0  # longer than any dwell


def motion(
    t_s: float = 0.0,
    presence: Presence = Presence.LYING,
    **fields: Any,  # Any: of a Motion
) -> Motion:
    return Motion(t_s, presence, **fields)


# One motion for each class of input that the guards tell apart, of a leg that has been at 36 deg.
CLASSES: dict[str, dict[str, Any]] = {
    "rests": {"evidence": -10.0},
    "rises": {"angle_deg": 12.0, "rate_dps": 30.0, "evidence": 50.0, "is_moving": True},
    "rises high": {"angle_deg": 36.0, "rate_dps": 30.0, "evidence": 50.0, "is_moving": True},
    "stands high": {"angle_deg": 36.0, "rate_dps": 0.0, "evidence": 50.0, "is_moving": True},
    "falls": {"angle_deg": 25.0, "rate_dps": -20.0, "evidence": 50.0, "is_moving": True},
    "is almost down": {"angle_deg": 1.0, "rate_dps": -10.0, "evidence": 50.0, "is_moving": True},
}
WAY: dict[Phase, tuple[str, ...]] = {  # the classes that lead from rest into each phase
    Phase.REST: (),
    Phase.UP: ("rises", "rises high"),
    Phase.HOLD: ("rises", "rises high", "stands high"),
    Phase.DOWN: ("rises", "rises high", "stands high", "falls"),
}
WANTED: dict[tuple[Phase, str], Phase] = {
    **{(phase, name): phase for phase, name in product(Phase, CLASSES)},
    (Phase.REST, "rises"): Phase.UP,
    (Phase.REST, "rises high"): Phase.UP,
    (Phase.UP, "rests"): Phase.REST,
    (Phase.UP, "stands high"): Phase.HOLD,
    (Phase.UP, "falls"): Phase.DOWN,
    (Phase.UP, "is almost down"): Phase.DOWN,
    (Phase.HOLD, "rests"): Phase.REST,
    (Phase.HOLD, "falls"): Phase.DOWN,
    (Phase.HOLD, "is almost down"): Phase.DOWN,
    (Phase.DOWN, "rises"): Phase.UP,
    (Phase.DOWN, "rests"): Phase.REST,
    (Phase.DOWN, "is almost down"): Phase.REST,
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
    assert step.phase is WANTED[phase, name]
    assert step.changed is (step.phase is not phase)


@pytest.mark.parametrize(("phase", "name"), list(product(Phase, CLASSES)))
@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_nobody_lying_still_is_always_rest(phase: Phase, name: str, presence: Presence) -> None:
    machine, since_s = brought_into(phase)
    step = machine.update(motion(since_s, presence, **CLASSES[name]))  # at once: no dwell
    assert step.phase is Phase.REST


DWELLS = [
    row for row in TRANSITIONS if row.min_dwell_s > 0.0 and row.source in {Phase.HOLD, Phase.DOWN}
]


@pytest.mark.parametrize("row", DWELLS, ids=lambda row: f"{row.source}-{row.target}")
def test_a_row_waits_for_its_dwell_and_no_longer(row: Transition) -> None:
    names = [name for name in CLASSES if WANTED[row.source, name] is row.target]
    assert names
    for name in names:
        for late_s, phase in ((-1e-6, row.source), (1e-6, row.target)):
            machine, since_s = brought_into(row.source)
            step = machine.update(motion(since_s + row.min_dwell_s + late_s, **CLASSES[name]))
            assert step.phase is phase


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
)


def walked(motions: Iterable[Motion]) -> list[PhaseStep]:
    machine = Phases()
    steps = []
    for number, each in enumerate(motions):
        steps.append(
            machine.update(
                motion(
                    number * STEP_S, each.presence, angle_deg=each.angle_deg,
                    rate_dps=each.rate_dps, evidence=each.evidence, is_moving=each.is_moving,
                )
            )
        )  # fmt: skip
    return steps


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
def test_lengths_and_the_top_are_never_negative_and_start_anew_with_each_rep(
    motions: list[Motion],
) -> None:
    steps = walked(motions)
    for step in steps:
        assert min(step.top_deg, step.up_s, step.hold_s, step.down_s) >= 0.0
        if step.changed and step.phase is Phase.UP:
            assert (step.up_s, step.hold_s, step.down_s) == (0.0, 0.0, 0.0)
    for before, after in pairwise(steps):
        if not (after.changed and after.phase is Phase.UP):
            assert after.top_deg >= before.top_deg


@given(st.lists(MOTIONS, min_size=1, max_size=40))
def test_after_a_reset_the_same_motions_give_the_same_phases(motions: list[Motion]) -> None:
    machine = Phases()
    timed = [
        motion(k * STEP_S, m.presence, angle_deg=m.angle_deg, rate_dps=m.rate_dps,
               evidence=m.evidence, is_moving=m.is_moving)
        for k, m in enumerate(motions)
    ]  # fmt: skip
    first = [machine.update(each) for each in timed]
    machine.reset()
    assert [machine.update(each) for each in timed] == first
