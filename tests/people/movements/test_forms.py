"""Every form obeys physics: weight, momentum, pressing contacts, finite rise times, its seed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body, random_person
from matfw.virtual.deck import Array
from tests.people.movements.contact import STEP_S, Movement
from tests.people.movements.forms import FORMS, Form, Purpose, Split, forms

SEEDS = (3, 4)
WEIGHT_SLACK = 2e-5  # of the weight: some 0.01 N, what contacts that were let go still carry
FASTEST_SHARE_PER_S = 20.0  # of the weight: a heel strike takes some 50 ms
FASTEST_MOMENT_M_PER_S = 10.0  # of moment over weight: a quick sit-up makes 6
MAT_HALF_X_M, MAT_HALF_Y_M = 1.2, 0.36  # contacts of the tallest reach a little over an edge

ALL = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
LYING = tuple(form for form in FORMS if form.purpose in (Purpose.SETTLE, Purpose.MOVE))


@cache
def made(form: Form, seed: int) -> tuple[Body, Movement]:
    rng = np.random.default_rng(seed)
    body = random_person(rng)
    return body, form.make(body, rng)


def load_share(form: Form, seed: int) -> tuple[float, Movement, Array]:
    body, movement = made(form, seed)
    weight_n = body.mass_kg * GRAVITY_M_S2
    return weight_n, movement, movement.force_n.sum(axis=1) / weight_n


@ALL
@pytest.mark.parametrize("seed", SEEDS)
def test_no_contact_pulls_and_the_load_changes_within_a_landings_time(
    form: Form, seed: int
) -> None:
    weight_n, movement, _ = load_share(form, seed)
    assert np.isfinite(movement.force_n).all()
    assert movement.force_n.min() >= 0.0
    steps = np.abs(np.diff(movement.force_n, axis=0)) / STEP_S / weight_n
    assert steps.max() < FASTEST_SHARE_PER_S
    for places in (movement.x_m, movement.y_m):
        moment_m = (movement.force_n * places).sum(axis=1) / weight_n
        assert np.abs(np.diff(moment_m)).max() / STEP_S < FASTEST_MOMENT_M_PER_S


@ALL
@pytest.mark.parametrize("seed", SEEDS)
def test_it_begins_and_ends_as_its_purpose_says(form: Form, seed: int) -> None:
    _, movement, share = load_share(form, seed)
    first, last = {Purpose.ON: (0.0, 1.0), Purpose.UP: (1.0, 0.0)}.get(form.purpose, (1.0, 1.0))
    if form.purpose is Purpose.THING:
        assert share[0] == pytest.approx(0.0, abs=WEIGHT_SLACK)
        return
    assert share[0] == pytest.approx(first, abs=WEIGHT_SLACK)
    assert share[-1] == pytest.approx(last, abs=WEIGHT_SLACK)
    ends = movement.force_n[[0, 1, -2, -1]]
    assert np.allclose(ends[0], ends[1], atol=0.5)
    assert np.allclose(ends[2], ends[3], atol=0.5)


@pytest.mark.parametrize("form", LYING, ids=lambda form: form.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_movement_from_rest_to_rest_leaves_no_impulse(form: Form, seed: int) -> None:
    weight_n, movement, share = load_share(form, seed)
    impulse = STEP_S * (share - 1.0).sum()  # in weights times seconds: speed left over g
    assert abs(impulse * GRAVITY_M_S2) < 1e-3  # m/s
    assert np.ptp(movement.force_n, axis=0).max() > 0.005 * weight_n  # something happens at all


@pytest.mark.parametrize("form", LYING, ids=lambda form: form.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_centre_of_pressure_stays_where_the_contacts_are(form: Form, seed: int) -> None:
    _, movement, _ = load_share(form, seed)
    whole = movement.force_n.sum(axis=1)
    for places, half in ((movement.x_m, MAT_HALF_X_M), (movement.y_m, MAT_HALF_Y_M)):
        centre = (movement.force_n * places).sum(axis=1) / whole
        assert (centre >= places.min(axis=1) - 1e-9).all()
        assert (centre <= places.max(axis=1) + 1e-9).all()
        assert np.abs(places).max() < half


@ALL
def test_the_same_seed_gives_the_same_and_another_another(form: Form) -> None:
    rng = np.random.default_rng(SEEDS[0])
    again = form.make(random_person(rng), rng)
    assert np.array_equal(made(form, SEEDS[0])[1].force_n, again.force_n)
    other = made(form, SEEDS[1])[1].force_n
    assert other.shape != again.force_n.shape or not np.array_equal(other, again.force_n)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_purpose_has_forms_of_both_splits_from_two_generators(purpose: Purpose) -> None:
    for split in Split:
        some = forms((purpose,), split)
        assert len({form.generator for form in some}) >= 2, (purpose, split)
    names = [form.name for form in FORMS]
    assert len(set(names)) == len(names)


def test_one_whole_generator_is_held_out() -> None:
    splits = {form.generator: set[Split]() for form in FORMS}
    for form in FORMS:
        splits[form.generator].add(form.split)
    assert splits["submovements"] == {Split.HELD_OUT}
    assert splits["segments"] == splits["transfer"] == set(Split)
