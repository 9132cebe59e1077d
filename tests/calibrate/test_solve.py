"""Placements -> gains: exact without noise, honest about what is not known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.calibrate.solve import Placement, solve, weighed
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.virtual.deck import Deck

ROUGH = 42_950.0


def placements(
    layout: str, gains: list[float], places: list[tuple[float, float]], weight_kg: float = 10.0,
    *, is_known: bool = False, sigma_counts: float = 40.0,
) -> list[Placement]:  # fmt: skip
    """Return what a weight at each place changes, without noise."""
    deck = Deck.for_layout(PRESETS[layout].cells)
    made = []
    for x, y in places:
        force = np.array([[weight_kg * GRAVITY_M_S2]])
        loads = deck.loads_kg(np.array([x]), np.array([y]), force)[0]
        change = tuple(float(kg * gain) for kg, gain in zip(loads, gains, strict=True))
        place = (x, y) if is_known else None
        made.append(Placement(weight_kg, change, (sigma_counts,) * len(gains), place))
    return made


def corners(layout: str, share: float = 1.0) -> list[tuple[float, float]]:
    return [(share * cell.x_mm, share * cell.y_mm) for cell in PRESETS[layout].cells]


@settings(max_examples=100, deadline=None)
@given(
    layout=st.sampled_from(sorted(PRESETS)),
    shares=st.lists(st.floats(0.25, 4.0), min_size=8, max_size=8),
    signs=st.lists(st.sampled_from([1.0, -1.0]), min_size=8, max_size=8),
    is_known=st.booleans(),
)
def test_without_noise_every_gain_is_exact(
    layout: str, shares: list[float], signs: list[float], is_known: bool
) -> None:
    cells = PRESETS[layout].cells
    signed = [sign * share for sign, share in zip(signs, shares, strict=True)]
    gains = [ROUGH * share for share in signed[: len(cells)]]
    rough = [math.copysign(ROUGH, gain) for gain in gains]
    made = placements(layout, gains, corners(layout), is_known=is_known, sigma_counts=4.0)
    fit = solve(cells, made, rough)
    assert fit.counts_per_kg == pytest.approx(gains, rel=1e-6)
    assert fit.residual_kg == pytest.approx([0.0] * len(cells), abs=1e-6)
    assert fit.is_sound


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_sigma_is_what_the_gains_really_scatter_by(layout: str) -> None:
    cells, rng = PRESETS[layout].cells, np.random.default_rng(1)
    gains = [ROUGH] * len(cells)
    clean = placements(layout, gains, corners(layout), sigma_counts=400.0)
    found = []
    for _ in range(300):
        noisy = [
            Placement(
                p.weight_kg,
                tuple(np.array(p.change_counts) + rng.normal(0, 400.0, len(cells))),
                p.sigma_counts,
            )
            for p in clean
        ]
        fit = solve(cells, noisy, gains)
        found.append(fit.counts_per_kg)
    scatter = np.std(np.array(found) / ROUGH, axis=0)
    assert scatter == pytest.approx(np.array(fit.sigma), rel=0.3)


def test_places_that_are_alike_are_not_sound_and_the_weakest_cell_is_named() -> None:
    cells = PRESETS["core4"].cells
    gains = [ROUGH] * 4
    near_the_middle = [(100.0, 20.0), (100.0, -20.0), (-100.0, 20.0), (-100.0, -20.0)]
    assert not solve(cells, placements("core4", gains, near_the_middle), gains).is_sound
    without_one = [corners("core4")[i] for i in (0, 1, 2, 2)]
    fit = solve(cells, placements("core4", gains, without_one), gains)
    assert not fit.is_sound
    assert cells[fit.weakest].name == "foot_right"


def test_fewer_places_than_cells_leave_something_open() -> None:
    cells, gains = PRESETS["hex6"].cells, [ROUGH] * 6
    fit = solve(cells, placements("hex6", gains, corners("hex6")[:5]), gains)
    assert max(fit.sigma) == math.inf
    assert fit.condition == math.inf


def test_more_places_than_cells_show_a_weight_that_was_not_the_same() -> None:
    cells, gains = PRESETS["core4"].cells, [ROUGH] * 4
    made = placements("core4", gains, [*corners("core4"), (0.0, 0.0)])
    heavier = placements("core4", gains, [(500.0, 0.0)], 10.3)[0]
    wrong = Placement(10.0, heavier.change_counts, heavier.sigma_counts)
    fit = solve(cells, [*made, wrong], gains)
    assert max(map(abs, fit.residual_kg)) > 0.05


def test_what_lies_on_the_mat_is_weighed_where_it_lies() -> None:
    cells, gains = PRESETS["trio8"].cells, [ROUGH] * 8
    (placed,) = placements("trio8", gains, [(-321.0, 123.0)], 12.0)
    assert weighed(cells, gains, placed.change_counts) == pytest.approx((12.0, -321.0, 123.0))
    assert weighed(cells, gains, (0.0,) * 8) == (0.0, 0.0, 0.0)


def test_nothing_at_all_cannot_be_solved() -> None:
    with pytest.raises(ValueError, match="at least one"):
        solve(PRESETS["core4"].cells, [], [ROUGH] * 4)
