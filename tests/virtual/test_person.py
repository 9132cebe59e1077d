"""The virtual person against gravity, its own plan and its own truth."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.messages import Fault, Side
from matfw.virtual.body import make_body, random_person
from matfw.virtual.deck import Array
from matfw.virtual.motion_script import OffMat, RepPlan, SessionPlan
from matfw.virtual.person import generate, generate_from_angle
from matfw.virtual.profiles import Profile
from matfw.virtual.rep_kinds import FAULTY
from matfw.virtual.sessions import KINDS, demo_session, random_session
from matfw.virtual.trace import Trace

CELLS = PRESETS["hex6"].cells


@cache
def someone(kind: str, seed: int) -> tuple[SessionPlan, Trace]:
    """Return somebody's session, without a hand on the floor."""
    plan = replace(random_session(np.random.default_rng(seed), kind), off_mats=())
    return plan, generate(plan, CELLS, seed)


def centre(trace: Trace) -> tuple[Array, Array, Array]:
    """Return newtons, CoP x and CoP y in mm."""
    x, y = (np.array([getattr(c, name) for c in trace.cells]) for name in ("x_mm", "y_mm"))
    load = trace.loads_kg.sum(axis=1)
    safe = np.maximum(load, 1.0)
    return load * GRAVITY_M_S2, trace.loads_kg @ x / safe, trace.loads_kg @ y / safe


def one_rep(rep: RepPlan, **plan: object) -> SessionPlan:
    body = replace(make_body("male", 1.75, 75.0), hike_share=0.0)
    return replace(SessionPlan(Side.LEFT, body, reps=(rep,), rests_s=(3.0,)), **plan)  # type: ignore[arg-type]


def test_every_layout_sees_the_same_total_and_centre() -> None:
    plan = replace(random_session(np.random.default_rng(5), "faults"), get_on_s=5.0)
    one, *others = (
        centre(generate(plan, PRESETS[name].cells, 5)) for name in ("core4", "hex6", "trio8")
    )
    for other in others:
        for a, b in zip(one, other, strict=True):
            assert np.abs(a - b).max() < 1e-6


def test_centre_of_pressure_is_the_centre_of_mass_when_nothing_moves() -> None:
    plan = one_rep(RepPlan(hold_s=4.0), still_s=1.0, place_x_mm=20.0)
    trace = generate(plan, CELLS, 1, body_noise=0.0)
    force, x, _ = centre(trace)
    held = int((trace.truth[0].onset_s + 4.0) * 200)
    rest = int((trace.truth[0].onset_s - 0.5) * 200)
    # From 7.5 degrees under the horizontal to 30.5 over it, S g (cos - cos) off the weight.
    fall = math.cos(math.radians(30.5)) - math.cos(math.radians(7.5))
    expected = 1e3 * plan.body.leg_moment_kgm * fall / 75.0
    assert force[held] == pytest.approx(75.0 * GRAVITY_M_S2, abs=0.05)
    assert x[held] - x[rest] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("kind", ["clean", "faults"])
def test_mean_force_is_the_weight(kind: str) -> None:
    for seed in range(3):
        plan, trace = someone(kind, seed)
        force = centre(trace)[0]
        lying = (trace.t_s > trace.lying_from_s + plan.settle_s) & (trace.t_s < trace.lying_to_s)
        assert force[lying].mean() == pytest.approx(trace.mass_kg * GRAVITY_M_S2, rel=2e-3)


def test_the_mat_is_empty_before_and_after() -> None:
    trace = generate(demo_session(), CELLS, 1)
    assert np.abs(trace.loads_kg[trace.t_s < 1.99]).max() == 0.0
    assert np.abs(trace.loads_kg[trace.t_s > trace.duration_s - 1.99]).max() == 0.0
    assert centre(trace)[0].min() > -1e-6


def test_lying_still_is_as_unquiet_as_real_people() -> None:
    # 26 recordings on a pressure map, its own noise included: x 1.3-3.2 mm sd and 1.2 from second
    # to second, y .31-.87 and .24; force below a standing person's .55 N on a laboratory plate.
    figures = []
    for seed in range(12):
        plan = random_session(np.random.default_rng(seed), "still")
        plan = replace(plan, pushes=(), scratches=(), fidgets=())
        trace = generate(plan, CELLS, seed)
        force, x, y = centre(trace)
        still = trace.t_s > trace.lying_from_s + 2.0 * plan.settle_s
        still &= trace.t_s < trace.lying_to_s - 1.0
        steps = [np.diff(series[still][::200]).std() for series in (x, y)]
        figures.append((x[still].std(), y[still].std(), *steps, force[still].std()))
    x_sd, y_sd, x_step, y_step, force_sd = np.median(figures, axis=0)
    assert 0.8 < x_sd < 3.2
    assert 0.25 < y_sd < 0.87
    assert 0.5 < x_step < 1.4
    assert 0.12 < y_step < 0.40
    assert 0.25 < force_sd < 0.60


def test_the_same_seed_gives_the_same_trace_and_another_does_not() -> None:
    plan = random_session(np.random.default_rng(8), "stress")
    first, second, third = (generate(plan, CELLS, seed, body_noise=2.0) for seed in (1, 1, 2))
    assert np.array_equal(first.loads_kg, second.loads_kg)
    assert first.truth == second.truth
    assert not np.array_equal(first.loads_kg, third.loads_kg)


def test_the_right_side_is_the_mirror_of_the_left() -> None:
    left = random_session(np.random.default_rng(9), "faults")
    left = replace(left, side=Side.LEFT)
    traces = [generate(replace(left, side=side), CELLS, 4) for side in (Side.LEFT, Side.RIGHT)]
    # hex6's cells come in pairs left, right.
    swapped = traces[1].loads_kg[:, [1, 0, 3, 2, 5, 4]]
    assert np.abs(traces[0].loads_kg - swapped).max() < 1e-9
    assert traces[0].truth == traces[1].truth


@pytest.mark.parametrize("kind", KINDS)
def test_truth_is_in_order_and_its_durations_fit(kind: str) -> None:
    for seed in range(3):
        plan, trace = someone(kind, seed)
        truth = trace.truth
        assert len(truth) == len(plan.reps)
        for rep in truth:
            end_s = rep.onset_s + rep.up_s + rep.hold_s + rep.down_s
            assert rep.onset_s < rep.start_s < rep.top_s <= rep.lower_s < rep.end_s < end_s + 0.1
        for before, after in itertools.pairwise(truth):
            assert before.end_s < after.start_s


def test_a_smooth_2_1_3_rep_has_the_contract_s_crossings() -> None:
    rep = generate(one_rep(RepPlan()), CELLS, 1, body_noise=0.0).truth[0]
    assert rep.top_s - rep.start_s == pytest.approx(1.24, abs=0.03)
    assert rep.lower_s - rep.top_s == pytest.approx(1.94, abs=0.05)
    assert rep.end_s - rep.lower_s == pytest.approx(1.87, abs=0.05)
    assert rep.angle_deg == pytest.approx(38.0, abs=0.1)
    assert rep.elevation_deg == pytest.approx(30.5, abs=0.1)


def test_the_demo_has_every_fault_of_a_rep_once_and_good_reps() -> None:
    truth = generate(demo_session(), CELLS, 1).truth
    named = [fault for rep in truth for fault in rep.faults]
    assert sorted(named) == sorted([*(fault for fault, _ in FAULTY), Fault.OFF_MAT])
    assert sum(not rep.faults for rep in truth) == 5


def test_every_fault_turns_up_in_the_faults_sessions() -> None:
    seen: set[Fault] = set()
    for seed in range(30):
        plan = random_session(np.random.default_rng(seed), "faults")
        seen |= {fault for rep in plan.reps for fault in rep.faults}
        seen |= {Fault.BENT_BODY} if abs(plan.bend_deg) >= 8.0 else set()
        seen |= {Fault.OFF_MAT} if plan.off_mats else set()
        seen |= {Fault.FATIGUE} if plan.fatigued else set()
    assert seen == set(Fault)


@pytest.mark.parametrize(("fault", "maker"), FAULTY)
def test_faults_have_the_study_s_sizes(
    fault: Fault, maker: Callable[[RepPlan, np.random.Generator], RepPlan]
) -> None:
    ranges = {
        Fault.ROLL_BACK: ("roll_deg", 8.0, 25.0),
        Fault.LEG_FORWARD: ("forward_deg", 12.0, 28.0),
        Fault.KICK: ("up_s", 0.45, 0.9),
        Fault.DROP: ("down_s", 0.30, 1.0),
        Fault.TOO_HIGH: ("excursion_deg", 55.5, 69.5),
        Fault.TOO_SMALL: ("excursion_deg", 6.0, 14.0),
        Fault.RUSHED_UP: ("up_s", 1.0, 1.35),
        Fault.RUSHED_DOWN: ("down_s", 1.3, 1.9),
        Fault.SHORT_HOLD: ("hold_s", 0.0, 0.4),
    }
    name, low, high = ranges[fault]
    rng = np.random.default_rng(1)
    for _ in range(50):
        assert low <= getattr(maker(RepPlan(), rng), name) <= high


def test_unloading_the_leg_see_saws_the_trunk() -> None:
    plan = one_rep(RepPlan())
    trace = generate(plan, CELLS, 1, body_noise=0.0)
    onset = trace.truth[0].onset_s
    change = trace.loads_kg[int(onset * 200) + 4] - trace.loads_kg[int((onset - 0.6) * 200)]
    head, hip, foot = change.reshape(3, 2).sum(axis=1) * GRAVITY_M_S2
    assert -46.0 < foot < -12.0
    assert head < -12.0
    assert hip > 30.0


def test_a_dropped_leg_lands() -> None:
    falling = RepPlan(down_s=0.6, drop=True, down_profile=Profile("falling", 1.8))
    trace = generate(one_rep(falling), CELLS, 1, body_noise=0.0)
    force = centre(trace)[0] - 75.0 * GRAVITY_M_S2
    low = trace.truth[0].lower_s
    after = (trace.t_s > low) & (trace.t_s < low + 1.2)
    landing = int(force[after].argmax())
    assert force[after][:landing].min() < -18.0
    assert force[after][landing] > 80.0


def test_a_hand_on_the_floor_takes_its_load_off_the_mat() -> None:
    plan = one_rep(RepPlan(), still_s=10.0, off_mats=(OffMat(14.0, 4.0, 20.0),))
    trace = generate(plan, CELLS, 1, body_noise=0.0)
    force = centre(trace)[0]
    middle = int((trace.lying_from_s + 16.0) * 200)
    assert force[middle] == pytest.approx(75.0 * GRAVITY_M_S2 - 20.0, abs=0.1)


def test_a_driven_leg_gives_its_own_humps_as_truth() -> None:
    t_s = np.arange(0.0, 24.0, 0.01)
    angle = 15.0 * (1.0 - np.cos(2.0 * np.pi * t_s / 3.0))
    trace = generate_from_angle(t_s, angle, one_rep(RepPlan()), CELLS, 1)
    begin_s = trace.lying_from_s + 5.0
    assert len(trace.truth) == 8
    for index, rep in enumerate(trace.truth):
        middle = 0.5 * (rep.start_s + rep.end_s) - begin_s
        assert middle == pytest.approx(3.0 * index + 1.5, abs=0.05)
        assert rep.angle_deg == pytest.approx(30.0, abs=1.0)


def test_loads_at_is_linear_between_samples_and_clamped() -> None:
    trace = generate(one_rep(RepPlan()), CELLS, 1)
    middle = trace.loads_at(20.0025)
    between = 0.5 * (trace.loads_kg[4000] + trace.loads_kg[4001])
    assert middle == pytest.approx(tuple(between), abs=1e-9)
    assert trace.loads_at(-5.0) == pytest.approx(tuple(trace.loads_kg[0]))
    assert trace.loads_at(1e6) == pytest.approx(tuple(trace.loads_kg[-1]))


def test_random_people_are_adults_whose_segments_add_up() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        body = random_person(rng)
        assert 50.0 <= body.mass_kg <= 110.0
        assert 1.50 <= body.height_m <= 1.95
        assert 17.5 <= body.mass_kg / body.height_m**2 <= 36.0
        assert sum(body.trunk_kg) + 2.0 * body.leg_mass_kg == pytest.approx(body.mass_kg)


def test_a_session_is_made_fast_enough_for_populations() -> None:
    plan = random_session(np.random.default_rng(2), "faults")
    begin = time.process_time()
    trace = generate(plan, CELLS, 1)
    # 0.1-0.2 s for 147 s; four times that is left to a busy machine.
    assert time.process_time() - begin < 0.8 * trace.duration_s / 150.0


def test_nonsense_plans_are_refused() -> None:
    body = make_body("male", 1.75, 75.0)
    with pytest.raises(ValueError, match="one rest a rep"):
        SessionPlan(Side.LEFT, body, reps=(RepPlan(),))
    with pytest.raises(ValueError, match="left or right"):
        SessionPlan(Side.UNKNOWN, body)
    with pytest.raises(ValueError, match="kind must be"):
        random_session(np.random.default_rng(1), "perfect")
