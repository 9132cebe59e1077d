"""The phase machine, all of it: every phase x every class of motion, whatever comes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from matfw.messages import Motion, Phase, PhaseStep, Presence
from matfw.phases import FADES_S, TRANSITIONS, Phases, Transition
from tests.estimation.leg_forces import Lift, judged, legs, noise_scale
from tests.phase_motions import CLASSES, LONG_S, STEP_S, brought_into, motion

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
