"""How much a leg wobbles while it is up, from what a shape leaves of the load."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.refinement.wobble import EDGE_S, MIN_ROWS, MOST_RADPS2, is_up, wobble_n2
from tests.refinement.test_rep_shape import params

CALM_N2, MOMENT_KGM = 0.25, 5.0


def test_a_leg_is_up_between_the_ends_of_its_ways() -> None:
    t_s: Array = np.asarray(np.arange(200) * STEP_S)
    up = t_s[is_up(params(begin_s=1.0, up_s=2.0, hold_s=1.0, down_s=3.0), t_s)]
    assert up[0] == pytest.approx(1.0 + EDGE_S, abs=STEP_S)
    assert up[-1] == pytest.approx(7.0 - EDGE_S, abs=STEP_S)


@pytest.mark.parametrize("sd_n", [0.5, 1.0, 2.0, 3.5])
def test_what_is_more_than_at_rest_is_the_legs(sd_n: float) -> None:
    left_n = sd_n * np.random.default_rng(1).standard_normal(2000)
    assert wobble_n2(left_n, CALM_N2, MOMENT_KGM) == pytest.approx(
        sd_n**2 - CALM_N2, rel=0.1, abs=0.02
    )


def test_a_leg_that_is_calmer_than_at_rest_does_not_wobble() -> None:
    assert wobble_n2(np.full(40, 0.3), CALM_N2, MOMENT_KGM) == 0.0


def test_a_landing_that_no_shape_fits_is_no_wobble() -> None:
    left_n = 0.5 * np.random.default_rng(2).standard_normal(100)
    without = wobble_n2(left_n, 0.0, MOMENT_KGM)
    left_n[50:52] = 60.0
    assert wobble_n2(left_n, 0.0, MOMENT_KGM) < 1.3 * without


def test_of_a_few_rows_nothing_is_known() -> None:
    assert wobble_n2(np.full(MIN_ROWS - 1, 5.0), CALM_N2, MOMENT_KGM) == 0.0
    assert wobble_n2(np.full(MIN_ROWS, 5.0), CALM_N2, MOMENT_KGM) > 0.0


@pytest.mark.parametrize(("share", "expected"), [(0.9, 0.9**2), (1.3, 1.0)])
def test_no_leg_wobbles_by_more_than_real_ones_do(share: float, expected: float) -> None:
    most_n = MOMENT_KGM * MOST_RADPS2
    left_n = np.full(100, share * most_n)
    assert wobble_n2(left_n, 0.0, MOMENT_KGM) == pytest.approx(expected * most_n**2)
