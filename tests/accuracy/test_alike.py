"""Forms that load the mat as a leg raised does: momentum comes of nothing, things keep weight."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import random_person
from matfw.virtual.deck import Array
from tests.accuracy.alike_courses import landing_n
from tests.accuracy.alike_forms import FORMS
from tests.people.movements.contact import STEP_S
from tests.people.movements.forms import Form

BY_NAME = {form.name.removeprefix("alike "): form for form in FORMS}
OF_A_BODY = ("both_legs", "both_feet", "leg_forward", "mat_push", "head_up")
SEEDS = range(6)


def changed(form: Form, seed: int) -> tuple[Array, Array]:
    """Return what a form changes of load and moment."""
    rng = np.random.default_rng(seed)
    movement = form.make(random_person(rng), rng)
    load_n = movement.force_n.sum(axis=1)
    moment_nm = (movement.force_n * movement.x_m).sum(axis=1)
    return load_n - load_n[0], moment_nm - moment_nm[0]


@pytest.mark.parametrize("name", OF_A_BODY)
def test_a_body_that_comes_back_to_rest_leaves_neither_impulse_nor_load(name: str) -> None:
    pressed = set()
    for seed in SEEDS:
        load_n, moment_nm = changed(BY_NAME[name], seed)
        assert load_n[-1] == pytest.approx(0.0, abs=0.1)
        assert moment_nm[-1] == pytest.approx(0.0, abs=0.1)
        assert np.ptp(moment_nm) > 0.3  # it does move
        pressed.add(abs(STEP_S * float(load_n.sum())) < 0.3)  # 0.3 N s: 4 mm a second of a body
    # A hand on something else may bear some of both legs' weight meanwhile; nothing else may.
    assert pressed == {True} or (name == "both_legs" and True in pressed)


def test_what_is_dropped_comes_to_rest_with_its_weight() -> None:
    force_n = landing_n(2.0, 0.2, 8.0, 0.3, 600)
    assert force_n[-1] == pytest.approx(2.0 * GRAVITY_M_S2, rel=0.01)
    assert force_n.max() > 4.0 * GRAVITY_M_S2  # it lands harder than it rests
    # All that it brings along and weighs is borne: m sqrt(2 g h) and m g t.
    brought_ns = 2.0 * np.sqrt(2.0 * GRAVITY_M_S2 * 0.2)
    weighed_ns = 2.0 * GRAVITY_M_S2 * STEP_S * len(force_n)
    assert STEP_S * float(force_n.sum()) == pytest.approx(brought_ns + weighed_ns, rel=0.02)


def test_a_thing_laid_or_dropped_stays_or_is_taken_away() -> None:
    for name in ("laid", "dropped"):
        left_n = [changed(BY_NAME[name], seed)[0][-1] for seed in range(12)]
        assert min(left_n) == pytest.approx(0.0, abs=0.2)
        assert max(left_n) > 1.0
