"""Forms made of real recordings: scaled to a body, still at both ends, never pulling."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import random_person
from tests.accuracy.movements import RECORDED_KINDS, scene
from tests.accuracy.recorded import FORMS
from tests.people.movements.contact import STEP_S
from tests.people.movements.forms import Form, Purpose

NAMES = {form.name for form in FORMS}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_recorded_piece_begins_and_ends_at_rest_and_never_pulls(form: Form) -> None:
    rng = np.random.default_rng(3)
    body = random_person(rng)
    movement = form.make(body, rng)
    share = movement.force_n.sum(axis=1) / (body.mass_kg * GRAVITY_M_S2)
    first, last = {Purpose.ON: (0.0, 1.0), Purpose.UP: (1.0, 0.0)}.get(form.purpose, (1.0, 1.0))
    assert share[[0, -1]] == pytest.approx([first, last], abs=2e-3)
    assert movement.force_n.min() >= 0.0
    assert share.max() > 1.005
    if form.purpose not in (Purpose.ON, Purpose.UP):
        speed = np.cumsum(share - 1.0) * GRAVITY_M_S2 * STEP_S
        assert speed[-1] == pytest.approx(0.0, abs=1e-6)  # m/s
        assert speed.sum() * STEP_S == pytest.approx(0.0, abs=1e-6)  # m
    again = np.random.default_rng(3)
    assert np.array_equal(movement.force_n, form.make(random_person(again), again).force_n)


@pytest.mark.parametrize("kind", RECORDED_KINDS)
def test_recorded_kinds_are_made_of_recordings_only(kind: str) -> None:
    played = scene(kind, "core4", 700_000, 0)
    assert {span.name for span in played.spans} <= NAMES
    total = played.trace.loads_kg.sum(axis=1)
    assert total[0] == pytest.approx(0.0, abs=0.05)
    middle = (played.trace.t_s > played.trace.lying_from_s) & (
        played.trace.t_s < played.trace.lying_to_s
    )
    assert np.median(total[middle]) == pytest.approx(played.trace.mass_kg, rel=0.01)
