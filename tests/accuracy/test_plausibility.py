"""The score of a leg raise is found by examples of both, and tells them apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matfw.refinement.plausibility import NAMES, PRODUCTS_ABOVE, TABLE, weighed
from matfw.refinement.plausibility_weights import BIAS
from matfw.refinement.refinement import IN_SET_LOG_ODDS
from tests.accuracy.plausibility import (
    ALONE_TIMES,
    IDEAL_LIFTS,
    SMALL_DEG,
    SMALL_TIMES,
    Done,
    Example,
    counts,
    examples,
    fitted,
    ideal_examples,
    is_true,
)
from tests.accuracy.populations import FIRST_SEED, Job
from tests.refinement.test_plausibility import rep_at

SEED = FIRST_SEED["tuning"] + 90


@pytest.fixture(scope="module")
def in_set() -> list[Example]:
    """Return the looks at somebody who also moves between the repetitions of a set."""
    return examples(Job("in_set", "core4", SEED, 0))


@pytest.fixture(scope="module")
def movements(in_set: list[Example]) -> list[Example]:
    return [example for example in in_set if not example.is_true]


@pytest.fixture(scope="module")
def lifts(in_set: list[Example]) -> list[Example]:
    return [example for example in in_set if example.is_true]


def test_virtual_people_show_both(movements: list[Example], lifts: list[Example]) -> None:
    assert lifts
    assert len(movements) > 10
    for example in movements:
        believed = weighed(example.features, BIAS, TABLE, PRODUCTS_ABOVE)
        assert believed < IN_SET_LOG_ODDS, example.form


def test_features_are_numbers_whatever_moved(
    movements: list[Example], lifts: list[Example]
) -> None:
    for example in (*movements, *lifts):
        assert example.features.shape == (len(NAMES),)
        assert np.isfinite(example.features).all()


def test_weights_tell_apart_what_they_were_fitted_to(
    movements: list[Example], lifts: list[Example]
) -> None:
    weights = fitted([*movements, *lifts])
    for example in (*movements, *lifts):
        assert bool(weighed(example.features, *weights) > 0.0) is example.is_true


def test_products_tell_apart_what_no_single_feature_does() -> None:
    signs = [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0)] * 200
    found = [Example("", 0, a * b > 0.0, np.array([a, b])) for a, b in signs]
    weights = fitted(found)
    for example in found:
        assert bool(weighed(example.features, *weights) > 0.0) is example.is_true


def test_weights_found_further_keep_what_no_new_example_speaks_against() -> None:
    old = [Example("", 0, a > 0.0, np.array([a, 0.0])) for a in (1.0, -1.0)] * 400
    new = [Example("", 0, b > 0.0, np.array([0.0, b])) for b in (1.0, -1.0)] * 1000
    bias, table, products = fitted(old)
    table[1, 1] = 1.0  # of the feature that had never varied
    weights = fitted(new, (bias, table, products))
    for example in (*old, *new):
        assert bool(weighed(example.features, *weights) > 0.0) is example.is_true


def test_many_looks_at_one_movement_weigh_as_one() -> None:
    found = [Example("", 0, a > 0.0, np.array([a, 0.5])) for a in (1.0, -0.4, -1.0)] * 100
    often = [replace(found[0], share=0.25)] * 4
    assert fitted([*found[1:], *often])[0] == pytest.approx(fitted(found)[0])


@pytest.mark.parametrize(
    ("start_s", "end_s", "label"),
    [
        (10.0, 15.0, True),
        (11.0, 14.0, True),
        (10.0, 12.4, None),  # a part of it that may be all that is found
        (12.7, 15.1, False),  # what is left of one that was found
        (14.4, 18.0, None),
        (14.9, 18.0, False),
    ],
)
def test_a_late_part_of_a_repetition_is_no_example_of_one(
    start_s: float, end_s: float, label: bool | None
) -> None:
    rep = replace(rep_at(start_s, 0.0), end_s=end_s)
    assert is_true(rep, [Done(0.0, 5.0, 36.0), Done(10.0, 15.0, 36.0)]) is label


@pytest.mark.parametrize(
    ("top_deg", "times"), [(SMALL_DEG - 0.1, SMALL_TIMES), (SMALL_DEG + 0.1, 1.0)]
)
def test_small_lifts_count_more_than_once(top_deg: float, times: float) -> None:
    rep = replace(rep_at(10.0, 0.0), end_s=15.0)
    assert counts("stress", rep, [Done(10.0, 15.0, top_deg), Done(20.0, 25.0, 6.0)]) == times
    assert counts("getting_on", rep, []) == ALONE_TIMES
    assert counts("resting", rep, []) == 1.0


def test_a_body_that_does_not_shake_is_among_the_examples() -> None:
    found = ideal_examples(1)
    tops_deg = {float(example.features[NAMES.index("top_deg")]) for example in found}
    assert sum(example.is_true for example in found) >= IDEAL_LIFTS - 1
    assert max(tops_deg) - min(tops_deg) > 5.0
