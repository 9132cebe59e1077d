"""Fidgeting people: arms that fly up while the leg is lifted, as strongly as was seen."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.layouts import PRESETS
from matfw.virtual.motion_script import Fidget, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sessions import random_session
from tests.people.fidgeting import SHARE, fidgeting_session

CELLS = PRESETS["core4"].cells
PLANS = [fidgeting_session(np.random.default_rng(seed)) for seed in range(20)]


def thrown(seed: int) -> tuple[Fidget, ...]:
    """Return what the session has more than the restless one that it comes of."""
    usual = random_session(np.random.default_rng(seed), "stress").fidgets
    return PLANS[seed].fidgets[len(usual) :]


def lifts_s(plan: SessionPlan) -> list[tuple[float, float]]:
    """Return from when to when the leg is up, seconds from lying down."""
    spans, at_s = [], plan.settle_s
    for rest_s, rep in zip(plan.rests_s, plan.reps, strict=True):
        spans.append((at_s + rest_s, at_s + rest_s + rep.total_s))
        at_s = spans[-1][1]
    return spans


def test_every_other_lift_has_an_arm_within_it() -> None:
    for seed, plan in enumerate(PLANS):
        spans = lifts_s(plan)
        for arm in thrown(seed):
            end_s = arm.at_s + arm.duration_s
            assert any(begin_s <= arm.at_s and end_s <= to_s for begin_s, to_s in spans)
    lifts = sum(len(plan.reps) for plan in PLANS)
    arms = sum(len(thrown(seed)) for seed in range(len(PLANS)))
    assert arms / lifts == pytest.approx(SHARE, abs=0.1)


def test_people_and_repetitions_are_those_of_the_restless() -> None:
    for seed, plan in enumerate(PLANS):
        usual = random_session(np.random.default_rng(seed), "stress")
        assert (plan.body, plan.reps, plan.rests_s) == (usual.body, usual.reps, usual.rests_s)


def test_arms_swing_the_load_by_some_ten_newtons_both_ways() -> None:
    plan = PLANS[0]
    alone = SessionPlan(side=plan.side, body=plan.body, still_s=30.0)
    rest = generate(alone, CELLS, 1, body_noise=0.0).loads_kg.sum(axis=1)
    peaks = []
    for arm in (arm for seed in range(len(PLANS)) for arm in thrown(seed)):
        moved = SessionPlan(side=plan.side, body=plan.body, still_s=30.0, fidgets=(
            Fidget(20.0, arm.duration_s, arm.x_mm, arm.y_mm, arm.lift_mm),
        ))  # fmt: skip
        swing = generate(moved, CELLS, 1, body_noise=0.0).loads_kg.sum(axis=1) - rest
        peaks.append(9.81 * np.abs(swing).max())
        if len(peaks) == 8:
            break
    assert 3.0 < min(peaks) < 10.0 < max(peaks) < 45.0
