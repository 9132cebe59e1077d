"""What the live bank takes for rest is not learned as noise, or nothing would be found any more."""

from __future__ import annotations

import pytest

from matfw.estimation.anthropometry import leg_constants
from matfw.estimation.leg_model import LegModel
from tests.estimation.leg_forces import Lift, judged, legs, noise_scale, swaying

LIGHT_KG = 45.0
LIGHT = LegModel.of(leg_constants("female", 1.55, LIGHT_KG))
LIFTS = [Lift(6.0 + 9.0 * k, top_deg=34.0) for k in range(10)]
SPAN_S = LIFTS[-1].end_s + 7.0


@pytest.mark.parametrize(("noise", "sway_n", "sway_nm"), [(1.8, 0.8, 0.5), (1.6, 1.0, 0.8)])
def test_a_light_restless_body_is_still_counted_at_its_set_s_end(
    noise: float, sway_n: float, sway_nm: float
) -> None:
    """With what lifts do learned as noise, 5 and 7 of these were found."""
    forces = legs(SPAN_S, *LIFTS, model=LIGHT)
    forces += noise_scale(SPAN_S, 7, noise) + swaying(SPAN_S, 8, sway_n, sway_nm)
    found = judged(forces, model=LIGHT, weight_kg=LIGHT_KG).refined_reps
    missed = [
        lift
        for lift in LIFTS
        if not any(min(x.end_s, lift.end_s) - max(x.start_s, lift.begin_s) > 2.0 for x in found)
    ]
    assert missed == []
