"""The beam's movements: momentum comes of nothing nowhere, nothing pulls, things keep weight."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body, random_person
from tests.accuracy.beam_forms import FORMS, REST_S
from tests.accuracy.movements import BEAM_KINDS, script
from tests.people.movements.contact import STEP_S, Movement
from tests.people.movements.forms import Form, Purpose

OF_A_BODY = [f for f in FORMS if f.purpose is not Purpose.THING and "hand" not in f.name]
NAMES = {form.name for form in FORMS}


def played(name: str, seed: int) -> tuple[Body, Movement]:
    rng = np.random.default_rng(seed)
    body = random_person(rng)
    form = next(form for form in FORMS if form.name == name)
    return body, form.make(body, rng)


@pytest.mark.parametrize("form", OF_A_BODY, ids=lambda form: form.name)
def test_a_movement_from_rest_to_rest_leaves_neither_impulse_nor_moment(
    form: Form,
) -> None:
    body, movement = played(form.name, 1)
    load_n = movement.force_n.sum(axis=1)
    moment_nm = (movement.force_n * movement.x_m).sum(axis=1)
    weight_n = body.mass_kg * GRAVITY_M_S2
    assert load_n[0] == pytest.approx(weight_n, abs=0.1)
    # 0.2 N s move the whole body by 3 mm a second.
    assert STEP_S * float((load_n - weight_n).sum()) == pytest.approx(0.0, abs=0.2)
    assert load_n[-1] == pytest.approx(weight_n, rel=2e-3)
    assert moment_nm[-1] == pytest.approx(moment_nm[0], abs=0.3)
    assert np.ptp(moment_nm) > 0.3  # it does move


def test_a_hand_on_the_floor_takes_weight_off_the_mat_and_one_on_the_mat_none() -> None:
    # Drawn both ways among these seeds; on the mat the sum changes by momentum alone.
    eased: dict[int, list[float]] = {}
    for seed in range(1, 5):
        body, movement = played("beam push_with_hand", seed)
        mean_n = STEP_S * float((body.mass_kg * GRAVITY_M_S2 - movement.force_n.sum(axis=1)).sum())
        eased.setdefault(movement.force_n.shape[1], []).append(mean_n)
    assert sorted(eased) == [12, 13]  # contacts: the hand's is not among them, or is
    assert min(eased[12]) > 1.0
    assert max(map(abs, eased[13])) < 0.2


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_nothing_pulls(form: Form) -> None:
    assert played(form.name, 3)[1].force_n.min() > -1e-3


@pytest.mark.parametrize("seed", range(4))
def test_a_thing_that_falls_brings_its_momentum_and_leaves_its_weight(seed: int) -> None:
    _, movement = played("beam drop_thing", seed)
    load_n = movement.force_n[:, 0]
    weight_n = float(load_n[-20:].mean())
    assert 0.3 * GRAVITY_M_S2 * 0.98 < weight_n < 8.0 * GRAVITY_M_S2 * 1.02
    # From its let-go on it has its weight's impulse, minus nothing: it stands still in the end.
    let_go_s = REST_S + 0.01  # half-way through
    held_s = (len(load_n) - 1) * STEP_S - let_go_s
    assert STEP_S * float(load_n.sum()) == pytest.approx(weight_n * held_s, rel=0.03)


def test_a_thing_taken_away_leaves_nothing() -> None:
    lasts = [float(played("beam lay_thing", seed)[1].force_n[-1, 0]) for seed in range(8)]
    assert min(lasts) == 0.0
    assert max(lasts) > 1.0


@pytest.mark.parametrize("kind", BEAM_KINDS)
def test_people_of_the_beam_move_as_it_does_and_come_and_go_otherwise(kind: str) -> None:
    planned = script(kind, 700_000, 0)
    assert {each.name for each in planned.planned} <= NAMES
    assert planned.planned
    assert not {planned.on.name, planned.up.name} & NAMES
    assert planned.planned[0].at_s >= 0.0
    assert planned.planned[-1].end_s <= planned.plan.lying_s
    assert all(a.end_s <= b.at_s for a, b in pairwise(planned.planned))
