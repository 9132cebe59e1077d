"""Peaks that stand out of a curve on both sides, and where it crosses shares of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.refinement.peaks import (
    LANDED_SHARE,
    MIN_PEAK_DEG,
    PAUSE_SHARE,
    PROMINENCE_SHARE,
    RISES_AGAIN_DEG,
    WAY_SHARE,
    crossings_s,
    have_pauses,
    peaks,
)
from matfw.refinement.rep_shape import HIGH_SHARE, LOW_SHARE
from tests.estimation.leg_forces import Lift, middles_s

TAIL = 0.6
TOP_DEG = 36.0
WAY = 40  # rows from one turning point to the next


def ways(*turns_deg: float) -> Array:
    """Return a curve that goes from one turning point to the next in straight lines."""
    rows = np.arange((len(turns_deg) - 1) * WAY + 1)
    return np.asarray(np.interp(rows, np.arange(len(turns_deg)) * WAY, turns_deg))


def times_s(curve: Array) -> Array:
    return np.asarray(np.arange(len(curve)) * STEP_S)


def tops_deg(curve: Array, first: int = 0) -> list[float]:
    return [float(curve[top]) for _, top, _ in peaks(curve, first)]


@pytest.mark.parametrize(("share", "found"), [(0.95, 0), (1.05, 1)])
def test_only_a_peak_of_some_height_is_one(share: float, found: int) -> None:
    assert len(peaks(ways(0.0, share * MIN_PEAK_DEG, 0.0, 0.0), 0)) == found


def test_a_peak_has_the_valley_before_it_its_top_and_the_valley_after_it() -> None:
    curve = ways(1.0, 0.0, 30.0, -1.0, 40.0, 0.0)
    assert peaks(curve, 0) == [(WAY, 2 * WAY, 3 * WAY), (3 * WAY, 4 * WAY, 5 * WAY)]


@pytest.mark.parametrize(("share", "found"), [(0.8, [36.0]), (1.2, [36.0, 36.0])])
def test_a_dip_at_the_top_parts_two_repetitions_only_if_it_is_deep(
    share: float, found: list[float]
) -> None:
    dip_deg = TOP_DEG * (1.0 - share * PROMINENCE_SHARE)
    assert tops_deg(ways(0.0, TOP_DEG, dip_deg, TOP_DEG, 0.0)) == found


def test_a_tremble_of_less_than_a_peak_parts_nothing_however_low() -> None:
    dip_deg = 10.0 - 0.8 * MIN_PEAK_DEG
    assert len(peaks(ways(0.0, 10.0, dip_deg, 10.0, 0.0), 0)) == 1


@pytest.mark.parametrize(("share", "found"), [(0.8, 1), (1.2, 0)])
def test_a_leg_that_has_not_come_down_yet_is_no_peak(share: float, found: int) -> None:
    assert len(peaks(ways(0.0, TOP_DEG, share * LANDED_SHARE * TOP_DEG), 0)) == found


@pytest.mark.parametrize(("share", "found"), [(0.8, 0), (1.2, 1)])
def test_a_leg_that_rises_again_from_where_it_hovered_was_down(share: float, found: int) -> None:
    low_deg = 0.5 * TOP_DEG
    assert len(peaks(ways(0.0, TOP_DEG, low_deg, low_deg + share * RISES_AGAIN_DEG), 0)) == found


def test_only_the_last_peak_has_to_have_come_down() -> None:
    low_deg = 0.5 * TOP_DEG
    assert tops_deg(ways(0.0, 30.0, low_deg, TOP_DEG, low_deg)) == [30.0]


def test_what_was_finished_before_is_no_peak_nor_a_part_of_one() -> None:
    curve = ways(0.0, 30.0, 0.0, 40.0, 0.0)
    assert peaks(curve, 2 * WAY + 5) == [(2 * WAY + 5, 3 * WAY, 4 * WAY)]
    assert tops_deg(curve, WAY) == [40.0]


@pytest.mark.parametrize("beyond", [0, 1, 100])
def test_a_window_that_is_all_finished_has_no_peak(beyond: int) -> None:
    curve = ways(0.0, 30.0, 0.0)
    assert peaks(curve, len(curve) - 1 + beyond) == []


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_next_to_no_window_has_no_peak(rows: int) -> None:
    assert peaks(ways(0.0, 30.0)[:rows], 0) == []


CURVES = st.lists(st.floats(-5.0, 90.0), min_size=1, max_size=120).map(np.array)


@given(CURVES, st.integers(0, 130))
def test_peaks_are_in_order_stand_out_and_share_no_more_than_a_valley(
    curve: Array, first: int
) -> None:
    found = peaks(curve, first)
    for left, top, right in found:
        assert first <= left < top < right < len(curve)
        height = curve[top] - max(curve[left], curve[right])
        assert curve[left : right + 1].max() == curve[top]
        assert curve[left : right + 1].min() in {curve[left], curve[right]}
        assert height > 0.0
        assert curve[top] - curve[left] >= MIN_PEAK_DEG
    for (_, _, one), (two, _, _) in pairwise(found):
        assert one == two


# --- crossings ------------------------------------------------------------------------------------


def test_a_straight_ascent_and_descent_is_crossed_at_its_shares() -> None:
    curve = ways(0.0, TOP_DEG, TOP_DEG, 0.0)
    t_s = times_s(curve)
    way_s = WAY * STEP_S
    assert crossings_s(t_s, curve, (0, WAY, 3 * WAY), TAIL) == pytest.approx(
        (
            LOW_SHARE * way_s,
            HIGH_SHARE * way_s,
            way_s * (2.0 + 1.0 - HIGH_SHARE),
            way_s * (2.0 + 1.0 - LOW_SHARE),
        ),
        abs=1e-6,
    )


@pytest.mark.parametrize("lift", [Lift(2.0), Lift(2.0, 20.0, 0.5, 0.0, 0.8), Lift(2.0, 60.0, 3.0)])
def test_a_lift_s_crossings_are_found_between_the_rows(lift: Lift) -> None:
    span_s = lift.end_s + 2.0
    t_s, fine_s = middles_s(span_s), np.arange(0.0, span_s, 1e-3)
    curve, fine = np.degrees(lift.angle_rad(t_s)), np.degrees(lift.angle_rad(fine_s))
    [peak] = peaks(curve, 0)
    low, high = fine_s[fine > LOW_SHARE * fine.max()], fine_s[fine > HIGH_SHARE * fine.max()]
    assert crossings_s(t_s, curve, peak, tail=10.0) == pytest.approx(
        (low[0], high[0], high[-1], low[-1]), abs=0.3 * STEP_S
    )


def test_a_curve_that_hovers_at_either_end_is_timed_by_the_middle_of_its_way() -> None:
    """It creeps through 5 and 95 % long before and after; by a tail of its way, no more."""
    turns = ways(0.0, 0.10 * TOP_DEG, 0.90 * TOP_DEG, TOP_DEG, 0.90 * TOP_DEG, 0.10 * TOP_DEG, 0.0)
    t_s = times_s(turns)
    [peak] = peaks(turns, 0)
    wide, narrow = crossings_s(t_s, turns, peak, 10.0), crossings_s(t_s, turns, peak, 0.1)
    assert narrow[1] - narrow[0] < 0.7 * (wide[1] - wide[0])
    assert narrow[3] - narrow[2] < 0.7 * (wide[3] - wide[2])
    assert wide[0] < narrow[0] < narrow[1] < wide[1] < wide[2] < narrow[2] < narrow[3] < wide[3]


def test_a_way_from_a_valley_that_is_off_the_rest_is_a_share_of_its_own_height() -> None:
    curve = ways(10.0, 30.0, 10.0)
    t_s = times_s(curve)
    start_s, _, _, end_s = crossings_s(t_s, curve, (0, WAY, 2 * WAY), TAIL)
    assert start_s == pytest.approx(LOW_SHARE * WAY * STEP_S, abs=1e-6)
    assert end_s == pytest.approx((2.0 - LOW_SHARE) * WAY * STEP_S, abs=1e-6)


@pytest.mark.parametrize(("top_deg", "is_one"), [(0.1, True), (-0.1, False)])
def test_a_curve_that_stays_below_its_rest_has_no_peak(top_deg: float, is_one: bool) -> None:
    assert bool(peaks(ways(-4.0, top_deg, -4.0), 0)) is is_one


@given(CURVES, st.floats(0.0, 2.0))
def test_crossings_lie_about_their_peak_in_order(curve: Array, tail: float) -> None:
    t_s = times_s(curve)
    for peak in peaks(curve, 0):
        start_s, top_s, lower_s, end_s = crossings_s(t_s, curve, peak, tail)
        left, top, right = (t_s[row] for row in peak)
        assert left <= start_s <= top_s <= top <= lower_s <= end_s <= right


@pytest.mark.parametrize(("pause", "stands"), [(0.95, True), (1.05, False)])
@pytest.mark.parametrize("slower", [1.0, 0.5])
def test_a_way_pauses_where_its_rate_falls_to_about_nothing_between_two_ways(
    pause: float, stands: bool, slower: float
) -> None:
    up = ways(0.0, 30.0, pause * PAUSE_SHARE * slower * 30.0, slower * 30.0, 0.0, -30.0, 0.0)
    for rate in (up, np.radians(up)):
        assert have_pauses(rate, (0, 4 * WAY, 6 * WAY)) == (stands, False)
        assert have_pauses(-rate[::-1], (0, 2 * WAY, 6 * WAY)) == (False, stands)


@pytest.mark.parametrize(("share", "stands"), [(0.95, False), (1.05, True)])
def test_what_is_slow_beside_the_other_way_is_none(share: float, stands: bool) -> None:
    for turns in ((30.0, share * WAY_SHARE * 30.0), (share * WAY_SHARE * 30.0, 30.0)):
        rate = ways(0.0, turns[0], 0.0, turns[1], 0.0, -30.0, 0.0)
        assert have_pauses(rate, (0, 4 * WAY, 6 * WAY)) == (stands, False)


def test_a_descent_that_pauses_is_no_ascent_that_does() -> None:
    rate = ways(0.0, 30.0, 0.0, -20.0, 0.0, -20.0, 0.0)
    assert have_pauses(rate, (0, 2 * WAY, 6 * WAY)) == (False, True)
