"""The fourth simulator: muscles move the leg, foam takes it, and people lift in their manners."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from matfw.messages import Fault
from tests.accuracy.others.driven import excursion, limb_of, pressed
from tests.accuracy.others.idle import carried, noise
from tests.accuracy.others.lumps import borne
from tests.accuracy.others.muscle import G_M_S2, SUNK_RAD, moved_rad
from tests.accuracy.others.plans import Array, Lift, Plan, draw_plan, ramp
from tests.accuracy.others.session import STEP_S
from tests.accuracy.others.various import Manner, aimed_deg, manner_of

PEOPLE = 60
ONE = Lift(3.0, 2.4, 1.2, 3.0, 40.0)
TOP_S, LOWER_S = 5.4, 6.6  # of it
T_S = np.arange(0.0, 14.0, STEP_S)


def plans() -> list[Plan]:
    return [draw_plan(np.random.default_rng(seed)) for seed in range(PEOPLE)]


def somebody(manner: Manner, lift: Lift = ONE) -> Plan:
    """Return somebody of a manner who does one repetition."""
    plan = next(each for each in plans() if manner_of(each) is manner)
    return replace(plan, lifts=(lift,), off_s=(T_S[-1] - 2.0, T_S[-1]))


def aims(manner: Manner) -> list[Array]:
    plan = somebody(manner)
    return [aimed_deg(T_S, plan, np.random.default_rng(seed)) for seed in range(12)]


def slowest_midway(angle_deg: Array, is_up: bool) -> float:
    """Return the slowest speed between a quarter and three quarters of a way, deg/s."""
    speed = np.gradient(angle_deg, STEP_S)
    top = int(np.argmax(angle_deg))
    part = slice(0, top) if is_up else slice(top, None)
    midway = (angle_deg[part] > 0.25 * angle_deg[top]) & (angle_deg[part] < 0.75 * angle_deg[top])
    return float(np.abs(speed[part][midway]).min())


def test_every_manner_is_somebodys() -> None:
    found = Counter(map(manner_of, plans()))
    assert set(found) == set(Manner)
    assert 0.2 < found[Manner.STEPS] / PEOPLE < 0.5


def test_who_raises_in_two_steps_stands_still_midway_and_mostly_so() -> None:
    slow = [slowest_midway(each, True) < 2.0 for each in aims(Manner.STEPS)]
    assert 0.5 < sum(slow) / len(slow) < 1.0
    assert not any(slowest_midway(each, True) < 2.0 for each in aims(Manner.PLAIN))


def test_who_lowers_in_two_parts_stands_still_midway() -> None:
    assert any(slowest_midway(each, False) < 2.0 for each in aims(Manner.PARTS))
    assert not any(slowest_midway(each, True) < 2.0 for each in aims(Manner.PARTS))


def test_who_overshoots_goes_no_higher_than_the_crossings_allow() -> None:
    tops = [each.max() / ONE.height_deg for each in aims(Manner.OVERSHOOTS)]
    assert 1.01 < max(tops) < 1.05


def test_who_pumps_dips_while_the_leg_is_held() -> None:
    held = (TOP_S < T_S) & (LOWER_S > T_S)
    assert min(each[held].min() for each in aims(Manner.PUMPS)) < 0.97 * ONE.height_deg
    assert min(each[held].min() for each in aims(Manner.PLAIN)) > 0.99 * ONE.height_deg


def test_a_faulty_repetition_has_no_manner() -> None:
    flung = replace(ONE, up_s=0.6, faults=(Fault.KICK,))
    plan = somebody(Manner.STEPS, flung)
    for seed in range(12):
        angle = aimed_deg(T_S, plan, np.random.default_rng(seed))
        assert slowest_midway(angle, True) > 20.0


@pytest.mark.parametrize("times_s", [(0.5, 0.3, 0.5), (1.0, 0.0, 1.0), (3.0, 30.0, 3.0)])
@pytest.mark.parametrize("manner", list(Manner))
def test_every_manner_goes_with_every_tempo(
    manner: Manner, times_s: tuple[float, float, float]
) -> None:
    up_s, hold_s, down_s = times_s
    lift = replace(ONE, up_s=up_s, hold_s=hold_s, down_s=down_s)
    t_s = np.arange(0.0, lift.end_s + 3.0, STEP_S)
    plan = replace(somebody(manner), lifts=(lift,))
    for seed in range(6):
        angle = aimed_deg(t_s, plan, np.random.default_rng(seed))
        assert angle.max() == pytest.approx(ONE.height_deg, rel=0.05)
        assert np.abs(angle[(t_s < lift.at_s) | (t_s > lift.end_s)]).max() < 1e-6


def test_a_leg_at_rest_stays_and_a_muscle_moves_it_late_and_not_just_as_aimed() -> None:
    plan = somebody(Manner.PLAIN)
    limb, free = limb_of(plan), np.zeros_like(T_S)
    still = moved_rad(limb, np.zeros_like(T_S), free, np.random.default_rng(1))
    assert np.abs(still[T_S > 2.0] - still[-1]).max() < 1e-4
    assert abs(still[-1]) < 0.2 * SUNK_RAD
    aimed = np.radians(aimed_deg(T_S, plan, np.random.default_rng(1)))
    moved = moved_rad(limb, aimed, free, np.random.default_rng(1))
    off_deg = np.degrees(np.abs(moved - aimed))
    assert 0.1 < off_deg.max() < 5.0


def test_no_muscle_is_stronger_than_it_is() -> None:
    limb = limb_of(somebody(Manner.PLAIN))
    aimed = np.where(T_S > 3.0, np.radians(40.0), 0.0)
    moved = moved_rad(limb, aimed, np.zeros_like(T_S), np.random.default_rng(1))
    turning = limb.inertia_kgm2 * np.gradient(np.gradient(moved, STEP_S), STEP_S)
    lifted = (T_S > 2.5) & (moved > 2.0 * SUNK_RAD)
    assert turning[lifted].max() < limb.strength_nm
    weak = replace(limb, strength_nm=0.5 * G_M_S2 * limb.moment_kgm)
    assert moved_rad(weak, aimed, np.zeros_like(T_S), np.random.default_rng(1)).max() < 0.1


def test_a_leg_that_is_let_go_lands_on_the_other_at_speed() -> None:
    dropped = replace(ONE, down_s=0.6, is_dropped=True, faults=(Fault.DROP,))
    for lift, is_hard in ((dropped, True), (ONE, False)):
        plan = somebody(Manner.PLAIN, lift)
        angle = excursion(T_S, plan, np.random.default_rng(3))
        speed = np.gradient(angle, STEP_S)
        landing = speed[(angle < 4.0) & (lift.end_s - T_S < 1.0)].min()
        assert bool(landing < -60.0) is is_hard


def test_what_the_mat_bears_conserves_momentum_over_a_repetition() -> None:
    """From rest to rest the mat gives no push that is left over, and the moment comes back."""
    for manner in Manner:
        plan = somebody(manner)
        angle = excursion(T_S, plan, np.random.default_rng(2))
        body = pressed(T_S, angle, plan, np.random.default_rng(2))
        weight_n = plan.mass_kg * G_M_S2
        over = body[:, 0] - weight_n
        assert np.abs(over).max() > 3.0
        assert over.sum() * STEP_S == pytest.approx(0.0, abs=0.25)
        # The CoM is up while the leg is: twice the impulse's integral is the leg's moved moment.
        lifted_kgm = np.cumsum(np.cumsum(over)) * STEP_S**2
        limb = limb_of(plan)
        held = (T_S > TOP_S + 0.3) & (T_S < TOP_S + 0.9)
        up = np.sin(limb.rest_rad + np.radians(angle[held])) - np.sin(limb.rest_rad)
        assert lifted_kgm[held].mean() == pytest.approx(limb.moment_kgm * up.mean(), rel=0.1)
        assert body[-100:, 1].mean() == pytest.approx(body[:100, 1].mean(), abs=0.5)


def test_foam_gives_back_less_than_it_took_and_loses_no_load() -> None:
    plan, pushed = somebody(Manner.PLAIN), 30.0 * ramp(T_S, 1.0, 3.0)
    pushed = pushed * (1.0 - ramp(T_S, 5.0, 7.0))
    rng = np.random.default_rng(5)
    found = borne(pushed, np.zeros_like(T_S), plan, 0.84 * plan.mass_kg, rng)
    held = (T_S > 4.0) & (T_S < 4.8)
    assert found[held, 0].mean() == pytest.approx(30.0, rel=0.02)
    assert found[-1, 0] == pytest.approx(0.0, abs=0.1)
    # Slips and creep leave the trunk tilted for a while: the moment is not where it was.
    assert abs(found[int(7.5 / STEP_S), 1] - found[0, 1]) > 1e-4


def test_what_is_carried_elsewhere_weighs_there_and_is_no_push_from_nowhere() -> None:
    gone = ramp(T_S, 2.0, 3.0)
    path = np.stack([0.1 * gone, -0.05 * gone, np.zeros_like(gone)])
    force, along, across = carried(4.0, (-0.3, 0.1, 0.2), path, somebody(Manner.PLAIN))
    assert force.sum() * STEP_S == pytest.approx(0.0, abs=1e-6)
    assert along[-1] == pytest.approx(4.0 * G_M_S2 * 0.1)
    assert across[-1] == pytest.approx(-4.0 * G_M_S2 * 0.05)


def test_idle_people_weigh_what_they_weigh_and_restless_ones_do_more() -> None:
    plan = draw_plan(np.random.default_rng(4))
    t_s = np.arange(0.0, plan.span_s, STEP_S)
    moved = []
    for scale in (1.0, 2.0):
        force, along = noise(t_s, plan, scale, np.random.default_rng(4))[:, :2].T
        assert force.mean() == pytest.approx(0.0, abs=0.05)
        moved.append(np.ptp(along))
    assert moved[1] > 1.3 * moved[0]
