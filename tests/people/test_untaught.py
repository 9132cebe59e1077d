"""Untaught and tiring people: as fast, high and heavy as those measured, and truths that hold."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.messages import Fault
from matfw.virtual.motion_script import RepPlan
from matfw.virtual.person import generate
from tests.people.tiring import Tiring, random_tiring, tired, tiring_session
from tests.people.untaught import THROWN_DEG, untaught_session

CELLS = PRESETS["core4"].cells


def test_manners_cover_what_real_people_do() -> None:
    plans = [untaught_session(np.random.default_rng(seed)) for seed in range(60)]
    heights, tilts, ups, holds, downs = (
        np.array([getattr(rep, name) for plan in plans for rep in plan.reps])
        for name in ("excursion_deg", "hike_deg", "up_s", "hold_s", "down_s")
    )
    for values, low, high in ((heights, 9, 70), (tilts, 2, 14), (ups, 0.6, 2.0), (holds, 0.5, 4.5)):
        assert values.min() < low < high < values.max()
    assert (downs.min(), downs.max()) == pytest.approx((0.55, 1.35), abs=0.05)
    assert sum(max(plan.rests_s) > 15.0 for plan in plans) > 20  # with a pause


def test_moments_follow_the_ways_and_not_the_sag() -> None:
    for seed in range(4):
        plan = untaught_session(np.random.default_rng(seed))
        trace = generate(plan, CELLS, seed, body_noise=0.0)
        for rep, true in zip(plan.reps, trace.truth, strict=True):
            down_from_s = true.onset_s + rep.up_s + rep.hold_s
            assert true.start_s < true.top_s <= true.lower_s < true.end_s
            assert true.onset_s < true.start_s < true.onset_s + 0.5 * rep.up_s
            assert down_from_s - 0.1 < true.lower_s < down_from_s + 0.6 * rep.down_s


def test_heavy_thrower_swings_the_load_by_a_fifth_of_the_weight() -> None:
    swings = []
    for seed in range(60):
        plan = untaught_session(np.random.default_rng(seed))
        if plan.body.mass_kg < 90.0 or plan.reps[0].excursion_deg < THROWN_DEG[0]:
            continue
        trace = generate(plan, CELLS, seed)
        load_n = GRAVITY_M_S2 * trace.loads_kg.sum(axis=1)
        for rep in trace.truth:
            inside = (trace.t_s > rep.onset_s) & (trace.t_s < rep.end_s)
            swings.append(float(np.ptp(load_n[inside])) / (GRAVITY_M_S2 * plan.body.mass_kg))
    assert len(swings) > 20
    assert np.quantile(swings, 0.75) > 0.2


def test_overshoot_flies_over_the_top_and_comes_back() -> None:
    rep = RepPlan(up_s=0.8, hold_s=2.0, down_s=0.8, excursion_deg=40.0, overshoot_deg=4.0)
    plan = tiring_session(np.random.default_rng(0))
    one = type(plan)(side=plan.side, body=plan.body, reps=(rep,), rests_s=(3.0,))
    trace = generate(one, CELLS, 1, body_noise=0.0)
    true = trace.truth[0]
    assert 40.5 < true.angle_deg < 44.5
    held = (trace.t_s > true.onset_s + 1.6) & (trace.t_s < true.lower_s - 0.3)
    assert trace.excursion_deg[held] == pytest.approx(40.0, abs=0.3)
    assert true.top_s < true.onset_s + 1.1


def test_every_second_set_tires_in_two_ways_at_least() -> None:
    plans = [tiring_session(np.random.default_rng(seed)) for seed in range(80)]
    assert 0.35 < np.mean([plan.fatigued for plan in plans]) < 0.65
    for seed in range(40):
        shown = random_tiring(np.random.default_rng(seed))
        signs = (shown.up > 1.0, shown.height < 1.0, shown.down < 1.0, shown.tremor > 1.0)
        assert sum(signs) >= 2


def test_tired_sets_end_otherwise_than_they_began_and_others_do_not() -> None:
    def change(fatigued: bool) -> float:
        plans = [tiring_session(np.random.default_rng(seed)) for seed in range(120)]
        ends = [
            np.mean([rep.down_s for rep in plan.reps[-4:]])
            / np.mean([rep.down_s for rep in plan.reps[:4]])
            for plan in plans
            if plan.fatigued is fatigued
        ]
        return float(np.median(ends))

    assert change(True) < 0.92
    assert change(False) == pytest.approx(1.0, abs=0.05)


def test_first_repetition_is_fresh_and_the_last_one_tired() -> None:
    tiring = Tiring(up=1.5, height=0.8, down=0.6, sag_share=0.1, bend=2.0)
    first, middle, last = (tired(RepPlan(), tiring, progress) for progress in (0.0, 0.5, 1.0))
    assert first == RepPlan()
    assert (last.up_s, last.excursion_deg, last.down_s) == pytest.approx((3.0, 30.4, 1.8))
    assert middle.up_s == pytest.approx(2.25)
    assert last.sag_deg == pytest.approx(3.04)


def test_faults_of_a_plan_are_clear_of_the_limits() -> None:
    reps = [r for s in range(60) for r in untaught_session(np.random.default_rng(s)).reps]
    assert all((Fault.KICK in rep.faults) is (rep.up_s < 0.9) for rep in reps)
    assert all((Fault.DROP in rep.faults) is (rep.down_s < 1.0) for rep in reps)
