"""What is found is fitted a last time: its height, and what a search has found, whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matfw.estimation.noise import STEP_S
from matfw.messages import RefinedRep, Tempo
from matfw.refinement.curve_lifts import by_strength
from matfw.refinement.final_fit import SAME_S, as_finally_fitted
from matfw.refinement.refine import refine
from matfw.refinement.segment import Segment
from tests.estimation.leg_forces import (
    Forces,
    Lift,
    legs,
    noise_scale,
    segment_from,
    window_of,
)

LIFT = Lift(4.0, top_deg=33.0, up_s=2.2, hold_s=1.2, down_s=2.6)
SPAN_S = LIFT.end_s + 4.0
PEAK = RefinedRep(
    start_s=LIFT.begin_s + 0.4,
    top_s=LIFT.begin_s + 1.8,
    lower_s=LIFT.end_s - 2.2,
    end_s=LIFT.end_s - 0.5,
    up_s=2.2,
    hold_s=1.2,
    down_s=2.6,
    angle_deg=18.0,
    front_shift_mm=0.0,
    plausibility=3.5,
    plates_agree=True,
)
SEARCHED = replace(PEAK, is_searched=True)


def segment_of(*lifts: Lift, forces: Forces | None = None) -> Segment:
    return segment_from(window_of(legs(SPAN_S, *lifts) if forces is None else forces))


def finally_fitted(segment: Segment, *found: RefinedRep) -> list[RefinedRep]:
    return list(as_finally_fitted(segment, found))


def wobbling(seed: int) -> Forces:
    """Return a lift of a leg that wobbles as real people's do."""
    return legs(SPAN_S, LIFT, wobble_seed=seed) + noise_scale(SPAN_S, seed)


def test_a_peaks_height_is_the_mean_of_what_curve_and_shape_read() -> None:
    peak = replace(PEAK, angle_deg=20.0, shape_deg=30.0)
    assert finally_fitted(segment_of(LIFT), peak) == [replace(peak, angle_deg=25.0)]


def test_refinement_reports_that_mean_and_how_much_the_leg_wobbled() -> None:
    [rep] = refine(window_of(wobbling(1)))
    assert rep.shape_deg is not None
    [peak] = by_strength(segment_of(forces=wobbling(1)))[0]
    assert rep.angle_deg == pytest.approx(0.5 * (peak[0].angle_deg + rep.shape_deg), abs=1e-5)
    assert rep.angle_deg == pytest.approx(LIFT.top_deg, abs=3.0)
    assert rep.wobble_dps2 > 10.0


def test_a_peak_that_no_shape_fits_keeps_the_curves_height_and_times() -> None:
    assert finally_fitted(segment_of(LIFT), PEAK) == [PEAK]


def test_what_a_search_reads_low_and_late_is_read_again() -> None:
    late = replace(SEARCHED, end_s=SEARCHED.end_s + 0.4)
    [again] = finally_fitted(segment_of(LIFT), late)
    assert again.angle_deg == pytest.approx(LIFT.top_deg, abs=2.0)
    assert again.end_s == pytest.approx(SEARCHED.end_s, abs=0.15)
    assert again.up_s == pytest.approx(LIFT.up_s, abs=0.3)
    assert (again.plausibility, again.plates_agree) == (late.plausibility, late.plates_agree)


def test_legs_that_wobble_as_real_ones_do_read_as_high_as_they_are() -> None:
    read_deg = [
        finally_fitted(segment_of(forces=wobbling(seed)), SEARCHED)[0].angle_deg
        for seed in range(8)
    ]
    assert np.median(read_deg) == pytest.approx(LIFT.top_deg, abs=4.0)


def test_a_small_lift_stays_small() -> None:
    low = replace(LIFT, top_deg=14.0)
    [again] = finally_fitted(segment_of(low), SEARCHED)
    assert again.angle_deg == pytest.approx(low.top_deg, abs=2.0)


def test_what_no_leg_explains_stays_as_it_is() -> None:
    moved = segment_of(forces=legs(SPAN_S, LIFT) + noise_scale(SPAN_S, seed=2, size=12.0))
    assert finally_fitted(moved, SEARCHED) == [SEARCHED]


def test_a_lift_with_an_arm_stays_as_it_is() -> None:
    """What the arm moved is not in this segment's forces."""
    with_arm = replace(SEARCHED, has_arm=True)
    assert finally_fitted(segment_of(LIFT), with_arm) == [with_arm]


@pytest.mark.parametrize("share", [0.5, 0.9, 1.1, 2.0])
def test_what_fits_further_off_is_another_movement(share: float) -> None:
    early_s = share * SAME_S
    early = replace(SEARCHED, start_s=SEARCHED.start_s - early_s, top_s=SEARCHED.top_s - early_s)
    [x] = finally_fitted(segment_of(LIFT), early)
    is_same = abs(x.start_s - SEARCHED.start_s) < 0.15
    assert is_same == (share < 1.0)
    assert is_same or x == early


def test_slow_tempos_are_left_to_their_own_search() -> None:
    segment = replace(segment_of(LIFT), tempo=Tempo(up_s=5.0, hold_s=1.0, down_s=5.0))
    assert finally_fitted(segment, SEARCHED) == [SEARCHED]


def test_it_never_reaches_into_its_neighbour() -> None:
    ends_early = replace(SEARCHED, end_s=SEARCHED.end_s - 0.5)
    neighbour = replace(PEAK, start_s=ends_early.end_s + 0.1, end_s=SPAN_S)
    assert finally_fitted(segment_of(LIFT), ends_early, neighbour) == [ends_early, neighbour]


def test_its_end_is_not_moved_to_where_no_rest_was_seen_yet() -> None:
    forces = legs(SPAN_S, LIFT)
    steps = round((LIFT.end_s - 0.3) / STEP_S)
    cut = Forces(
        *(series[:steps] for series in (forces.angle_rad, forces.force_n, forces.moment_nm))
    )
    ends_early = replace(SEARCHED, end_s=SEARCHED.end_s - 0.4)
    assert finally_fitted(segment_of(forces=cut), ends_early) == [ends_early]
