"""Samples that are no load: withheld, never made up, and named where they are too many."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.impulses import (
    ALONE_KG,
    FARTHEST_KG,
    IMPULSE_SAMPLES,
    LEVEL_S,
    REWEIGH_S,
    STEP_KG,
    STEP_MAX_KG,
    STEP_S,
    ZERO_JUMP_KG,
    Impulses,
)
from matfw.messages import Loads

RATE_HZ = 80.0
REST_KG = (20.0, 15.0, 12.0, 18.0)
AT = 100  # the frame in which something happens

Course = Callable[[int], Sequence[float | None]]


def through(course: Course, frames: int = 400, rate_hz: float = RATE_HZ) -> list[Loads]:
    stage = Impulses(len(REST_KG), rate_hz)
    return [
        stage.update(
            Loads(k / rate_hz, tuple(course(k)), tuple(None if x is None else k for x in course(k)))
        )
        for k in range(frames)
    ]


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


def test_a_load_that_stays_is_believed_after_three_samples() -> None:
    out = through(cell_0(during(1000, 1.2)))
    assert withheld(out) == list(range(AT, AT + IMPULSE_SAMPLES))
    assert out[-1].loads_kg[0] == REST_KG[0] + 1.2
    assert not any(loads.unreliable_mask for loads in out)


@pytest.mark.parametrize(("kg", "is_unreliable"), [(0.95, False), (1.05, True), (-3.0, True)])
def test_a_zero_that_jumps_is_unreliable_until_the_body_is_weighed_again(
    kg: float, is_unreliable: bool
) -> None:
    out = through(cell_0(during(1000, kg * ZERO_JUMP_KG)), frames=600)
    unreliable = [loads.t_s for loads in out if loads.unreliable_mask]
    assert bool(unreliable) == is_unreliable
    if unreliable:
        assert {loads.unreliable_mask for loads in out} == {0, 0b1}
        assert unreliable[0] - AT / RATE_HZ < LEVEL_S + 0.1
        assert unreliable[-1] - unreliable[0] == pytest.approx(REWEIGH_S, abs=0.05)


@pytest.mark.parametrize(
    ("kg", "others_share"),
    [
        (lambda k: 4.0 if k >= AT else 0.0, 0.2),
        (lambda k: 4.0 if AT <= k < AT + 8 else 2.0 if k >= AT + 8 else 0.0, 0.0),
        (lambda k: 4.0 + 0.1 * (k - AT) if k >= AT else 0.0, 0.0),
        (lambda k: min(4.0, max(0.0, 0.5 * (k - AT))), 0.0),
    ],
    ids=["another cell too", "two levels", "goes on growing", "a hand that leans"],
)
def test_whoever_loads_a_cell_has_not_moved_its_zero(
    kg: Callable[[int], float], others_share: float
) -> None:
    assert not any(loads.unreliable_mask for loads in through(cell_0(kg, others_share)))


@pytest.mark.parametrize(("share", "is_unreliable"), [(0.05, False), (0.14, True)])
def test_a_cell_of_too_many_impulses_is_unreliable(share: float, is_unreliable: bool) -> None:
    every = round(1.0 / share)
    out = through(cell_0(lambda k: 3.0 if k % every == 3 else 0.0), frames=3200)
    assert any(loads.unreliable_mask for loads in out) == is_unreliable


@pytest.mark.parametrize(
    ("kg", "length_s", "is_taken_off"),
    [
        (-1.2 * STEP_KG, 0.2, True),
        (-0.3, 1.5, True),
        (-0.8 * STEP_KG, 0.2, False),
        (-0.3, 1.5 * STEP_S, False),
        (-0.95 * STEP_MAX_KG, 0.2, True),
        (1.05 * STEP_MAX_KG, 0.2, False),
    ],
)
def test_what_the_buzzer_draws_is_taken_off_all_cells(
    kg: float, length_s: float, is_taken_off: bool
) -> None:
    step = during(round(length_s * RATE_HZ), kg)
    out = through(lambda k: tuple(rest + step(k) for rest in REST_KG), frames=800)
    worst_kg = max(abs((loads.loads_kg[0] or 0.0) - REST_KG[0]) for loads in out)
    assert (worst_kg < 1e-9) == is_taken_off
    assert out[-1].loads_kg == pytest.approx(REST_KG)


def test_a_body_that_bounces_on_all_cells_alike_is_left_alone() -> None:
    def bounce(k: int) -> float:
        return 2.0 * math.sin(0.4 * (k - AT)) if AT <= k < AT + 63 else 0.0

    out = through(lambda k: tuple(rest + bounce(k) for rest in REST_KG))
    for k, loads in enumerate(out):
        # Its first samples, from level, may pass for a step; the swing itself does not.
        if k >= AT + IMPULSE_SAMPLES:
            assert loads.loads_kg[0] == REST_KG[0] + bounce(k)


def test_slow_converters_show_no_impulses() -> None:
    assert withheld(through(cell_0(during(1, 5.0)), rate_hz=10.0)) == []


@given(st.lists(st.none() | st.floats(-50.0, 150.0), min_size=1, max_size=80))
def test_no_value_is_made_up(values: Sequence[float | None]) -> None:
    """Of one cell alone: all cells that step alike are another matter."""
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
