"""Samples that are no load: withheld, never made up, and named where they are too many."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.disturbances.impulses import (
    ALONE_KG,
    FARTHEST_KG,
    GOES_WITH,
    IMPULSE_SAMPLES,
    Impulses,
)
from matfw.messages import Loads
from tests.disturbances import courses
from tests.disturbances.courses import AT, RATE_HZ, REST_KG, Course


def through(course: Course, frames: int = 400, rate_hz: float = RATE_HZ) -> list[Loads]:
    stage = Impulses(len(REST_KG), rate_hz)
    return courses.through(stage.update, course, frames, rate_hz)


def cell_0(kg: Callable[[int], float], others_share: float = 0.0) -> Course:
    """Add to cell 0, and a share of it to cell 1."""
    return lambda k: (REST_KG[0] + kg(k), REST_KG[1] + others_share * kg(k), *REST_KG[2:])


def during(samples: int, kg: float) -> Callable[[int], float]:
    return lambda k: kg if AT <= k < AT + samples else 0.0


def withheld(out: Sequence[Loads]) -> list[int]:
    return [k for k, loads in enumerate(out) if None in loads.loads_kg]


@pytest.mark.parametrize("samples", [1, IMPULSE_SAMPLES])
@pytest.mark.parametrize("kg", [-1.05 * ALONE_KG, 1.05 * ALONE_KG, 50.0])
def test_an_impulse_of_one_cell_is_a_hole_and_no_load(samples: int, kg: float) -> None:
    out = through(cell_0(during(samples, kg)))
    assert withheld(out) == list(range(AT, AT + samples))
    for loads in out[AT : AT + samples]:
        assert loads.loads_kg == (None, *REST_KG[1:])
        assert loads.counts[0] is not None  # what a stuck converter is known by
        assert loads.excused_mask == 0b1
    assert not any(loads.unreliable_mask for loads in out)


@pytest.mark.parametrize(
    ("kg", "others_share"),
    [(0.95 * ALONE_KG, 0.0), (2.0, 0.5), (0.95 * FARTHEST_KG, 0.5)],
    ids=["small", "with a neighbour", "a leg that falls"],
)
def test_what_a_body_may_do_passes(kg: float, others_share: float) -> None:
    assert withheld(through(cell_0(during(2, kg), others_share))) == []


def test_no_cell_moves_so_far_not_even_with_others() -> None:
    out = through(cell_0(during(1, 1.05 * FARTHEST_KG / 0.5), 0.5))
    assert withheld(out) == [AT]


@pytest.mark.parametrize(
    ("shares", "passes"),
    [
        ((1.0, 0.17, 0.17), True),
        ((0.3, 0.45, 0.2), True),
        ((1.0, 0.1, 0.1), False),
        ((1.0, -0.17, -0.17), False),
        ((0.9, 0.9, 0.8), False),
    ],
    ids=["a heel", "a heel at a corner", "two cells alone", "others the other way", "the supply"],
)
def test_what_lands_on_the_whole_deck_passes_however_hard(
    shares: Sequence[float], passes: bool
) -> None:
    kg = during(3, 30.0)
    out = through(lambda k: [x + y * kg(k) for x, y in zip(REST_KG, (1.0, *shares), strict=True)])
    assert (withheld(out) == []) is passes


def test_a_load_that_stays_is_believed_after_six_samples() -> None:
    out = through(cell_0(during(1000, 1.2)))
    assert withheld(out) == list(range(AT, AT + IMPULSE_SAMPLES))
    assert out[-1].loads_kg[0] == REST_KG[0] + 1.2
    assert not any(loads.unreliable_mask for loads in out)


def test_what_the_converters_filter_spreads_is_left_out_whole() -> None:
    spread_kg = [5.0, 10.0, 15.0, 15.0, 10.0, 5.0]  # three samples of 20 kg
    out = through(cell_0(lambda k: spread_kg[k - AT] if 0 <= k - AT < 6 else 0.0))
    assert withheld(out) == list(range(AT, AT + 6))


def with_holes(course: Course, seed: int, lost: float) -> Course:
    rng = random.Random(seed)
    rows = [
        [None if rng.random() < lost else load for load in course(k)]
        for k in range(FRAMES_OF_HOLES)
    ]
    return lambda k: rows[k]


FRAMES_OF_HOLES = 4000


@pytest.mark.parametrize("lost", [0.5, 0.9])
def test_no_cell_is_unreliable_for_what_others_did_across_holes(lost: float) -> None:
    """A leg goes up and down: weight goes from cell to cell, and hardly a sample is read."""

    def leg(k: int) -> Sequence[float]:
        kg = 5.0 * math.sin(2.0 * math.pi * k / 160)
        return tuple(rest + sign * kg for rest, sign in zip(REST_KG, (1, 1, -1, -1), strict=True))

    out = through(with_holes(leg, 1, lost), frames=FRAMES_OF_HOLES)
    assert not any(loads.unreliable_mask for loads in out)


@pytest.mark.parametrize(("others_read", "is_withheld"), [(True, True), (False, False)])
def test_whether_a_cell_jumped_alone_is_known_only_where_all_were_read(
    others_read: bool, is_withheld: bool
) -> None:
    def course(k: int) -> Sequence[float | None]:
        row: list[float | None] = list(cell_0(during(1, 2.0))(k))
        if k == AT and not others_read:
            row[2] = None
        return row

    loads = through(course)[AT]
    assert (loads.loads_kg[0] is None) == is_withheld


@pytest.mark.parametrize(("share", "is_unreliable"), [(0.05, False), (0.14, True)])
def test_a_cell_of_too_many_impulses_is_unreliable(share: float, is_unreliable: bool) -> None:
    every = round(1.0 / share)
    out = through(cell_0(lambda k: 3.0 if k % every == 3 else 0.0), frames=3200)
    assert any(loads.unreliable_mask for loads in out) == is_unreliable


@pytest.mark.parametrize(
    ("others_share", "is_unreliable"),
    [(0.0, True), (0.9 * GOES_WITH, True), (1.1 * GOES_WITH, False), (-1.1 * GOES_WITH, False)],
    ids=["a wire", "a wire beside a body", "an arm that shakes", "on the far side of its fulcrum"],
)
def test_what_goes_with_another_cell_all_the_time_is_no_wire(
    others_share: float, is_unreliable: bool
) -> None:
    hertz, kg = 5.5, 2.5
    out = through(
        cell_0(lambda k: kg * math.sin(2.0 * math.pi * hertz * k / RATE_HZ), others_share), 1600
    )
    assert any(loads.unreliable_mask for loads in out) == is_unreliable


def test_slow_converters_show_no_impulses() -> None:
    assert withheld(through(cell_0(during(1, 5.0)), rate_hz=10.0)) == []


@given(st.lists(st.none() | st.floats(-50.0, 150.0), min_size=1, max_size=80))
def test_no_value_is_made_up(values: Sequence[float | None]) -> None:
    stage = Impulses(2, RATE_HZ)
    for k, value in enumerate(values):
        loads = stage.update(Loads(k / RATE_HZ, (value, 10.0), (None if value is None else k, k)))
        assert loads.loads_kg[0] in {None, value}
        assert loads.loads_kg[1] == 10.0
        assert loads.loads_kg[0] is not None or value is None or loads.excused_mask == 0b1


def test_reset_forgets_everything() -> None:
    stage = Impulses(4, RATE_HZ)
    course = cell_0(during(1000, 3.0))
    frames = [Loads(k / RATE_HZ, tuple(course(k)), (k,) * 4) for k in range(200)]
    first = [stage.update(frame) for frame in frames]
    stage.reset()
    assert [stage.update(frame) for frame in frames] == first
