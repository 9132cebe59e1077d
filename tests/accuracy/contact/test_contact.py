"""The body of contact physics weighs, presses and moves as bodies do, and its truth is its own."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("mujoco", reason="the extra [accuracy] is not installed")

from matfw.estimation.lying import STILL_S
from matfw.layouts import PRESETS
from matfw.messages import Event, Rep
from matfw.service.replay import replay
from tests.accuracy.contact import session
from tests.accuracy.contact.courses import low_passed
from tests.accuracy.contact.doings import Company, Doings, draw_doings
from tests.accuracy.contact.kinds import MOVING
from tests.accuracy.others.plans import Array, Draw
from tests.accuracy.populations import Job, play

G_M_S2 = 9.81
CELLS = PRESETS["core4"].cells
PASSED_HZ = 4.0  # what a heart and a tremor do is quicker


def short(company: Company, rng: Draw) -> Doings:
    """Return what somebody does, without what comes after their second lift."""
    doings = draw_doings(company, rng)
    lifts = doings.lifts[:2]
    leaves_s = lifts[-1].end_s + 2.0
    fidgets = tuple(each for each in doings.fidgets if each[0] < leaves_s - 2.0)
    return replace(doings, lifts=lifts, off_s=(leaves_s, leaves_s + 3.0), fidgets=fidgets)


@pytest.fixture(scope="module")
def some() -> list[session.Session]:
    return [session.record(Company.CLEAN, seed, CELLS, short) for seed in (1000, 1001, 1002)]


def load_n(of: session.Session) -> Array:
    return np.asarray(G_M_S2 * of.recording.loads_kg.sum(axis=1))


def along_nm(of: session.Session) -> Array:
    """Return the load's moment about the deck's middle, positive to the feet."""
    x_m = 1e-3 * np.array([cell.x_mm for cell in of.recording.cells])
    return np.asarray(G_M_S2 * of.recording.loads_kg @ x_m)


def test_somebody_who_lies_still_weighs_what_they_weigh(some: list[session.Session]) -> None:
    for of in some:
        recording, plan = of.recording, of.recording.plan
        t_s, load_kg = recording.t_s, recording.loads_kg.sum(axis=1)
        still = (t_s > plan.on_s[1] + 1.0) & (t_s < plan.lifts[0].at_s - 0.5)
        assert load_kg[still].mean() == pytest.approx(plan.mass_kg, abs=0.3)
        assert 0.01 < load_kg[still].std() < 0.5
        assert load_kg[t_s < plan.on_s[0]] == pytest.approx(0.0, abs=1e-6)
        assert load_kg[-1] == pytest.approx(0.0, abs=1e-6)


def test_a_lift_presses_by_a_few_newtons_to_the_feet_first_and_then_to_the_head(
    some: list[session.Session],
) -> None:
    for of in some:
        t_s = of.recording.t_s
        pressed_n, moment_nm = (low_passed(each, PASSED_HZ) for each in (load_n(of), along_nm(of)))
        for lift in of.recording.plan.lifts:
            top_s = lift.at_s + lift.up_s
            before = (t_s > lift.at_s - 0.8) & (t_s < lift.at_s - 0.2)
            starts = (t_s > lift.at_s - 0.1) & (t_s < lift.at_s + 0.5 * lift.up_s)
            held = (t_s > top_s) & (t_s < top_s + lift.hold_s)
            assert 1.0 < pressed_n[starts].max() - pressed_n[before].mean() < 20.0
            rise_nm = moment_nm - moment_nm[before].mean()
            assert 0.5 < rise_nm[starts].max() < 15.0
            assert -25.0 < rise_nm[held].mean() < -2.0


def test_truth_is_what_the_thigh_did_and_that_about_what_was_meant(
    some: list[session.Session],
) -> None:
    for of in some:
        recording = of.recording
        assert len(recording.truth) == len(recording.plan.lifts) == len(of.doings.lifts) == 2
        for true, done, meant in zip(
            recording.truth, recording.plan.lifts, of.doings.lifts, strict=True
        ):
            within = (recording.t_s > true.start_s) & (recording.t_s < true.end_s)
            highest_deg = recording.excursion_deg[within].max()
            assert true.angle_deg == pytest.approx(highest_deg, abs=0.1)
            assert true.angle_deg == pytest.approx(meant.height_deg, abs=8.0)
            assert (true.onset_s, true.up_s) == (done.at_s, done.up_s)
            assert true.onset_s == pytest.approx(meant.at_s, abs=0.3)
            for was_s, meant_s in (
                (true.up_s, meant.up_s),
                (true.hold_s, meant.hold_s),
                (true.down_s, meant.down_s),
            ):
                assert was_s == pytest.approx(meant_s, abs=0.6)
            assert true.start_s < true.top_s <= true.lower_s < true.end_s


def test_the_same_seed_is_the_same_recording_and_another_another(
    some: list[session.Session],
) -> None:
    again = session.record(Company.CLEAN, 1000, CELLS, short)
    assert np.array_equal(again.recording.loads_kg, some[0].recording.loads_kg)
    assert again.recording.truth == some[0].recording.truth
    assert some[1].recording.plan.mass_kg != some[0].recording.plan.mass_kg


def test_untaught_ones_lift_too_and_let_the_leg_down_fast() -> None:
    untaught = session.record(Company.UNTAUGHT, 1000, CELLS, short).recording.truth
    assert len(untaught) == 2
    assert all(rep.down_s < 1.5 for rep in untaught)


def test_restless_people_waver_more_and_six_cells_carry_as_much() -> None:
    spread_nm = []
    for company in (Company.CLEAN, Company.RESTLESS):
        of = session.record(company, 1003, PRESETS["hex6"].cells, short)
        t_s, plan = of.recording.t_s, of.recording.plan
        still = (t_s > plan.on_s[1] + 2.5) & (t_s < plan.lifts[0].at_s - 0.5)
        assert load_n(of)[still].mean() == pytest.approx(G_M_S2 * plan.mass_kg, abs=3.0)
        spread_nm.append(along_nm(of)[still].std())
    assert spread_nm[1] > 1.3 * spread_nm[0]


def test_hurried_ones_never_lie_still_and_are_counted_all_the_same() -> None:
    played = play(Job("contact_hurried", "core4", 1002, 2))
    rests_s = [two.start_s - one.end_s for one, two in pairwise(played.truth)]
    assert max(rests_s) < STILL_S
    events: list[Event] = []
    replay(played.mat, played.frames, events.append)
    reps = [event for event in events if isinstance(event, Rep)]
    assert len(played.truth) - 2 <= len(reps) <= len(played.truth)


def test_a_child_weighs_as_little_as_children_do_and_lifts_as_high() -> None:
    recording = session.record(Company.CHILD, 1000, CELLS, short).recording
    assert 28.0 <= recording.plan.mass_kg <= 42.0
    assert all(28.0 < rep.angle_deg < 48.0 for rep in recording.truth)


def test_who_only_moves_does_no_repetition() -> None:
    played = play(Job(MOVING, "core4", 1000, 0))
    assert played.truth == ()
    assert len(played.spans) > 5
    assert played.leaves_s is None
    assert 80.0 < played.lying_s < 100.0
