"""What has just increased: load, moment and evidence against before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.estimation.onset import BEFORE_STEPS, NOTHING, OnsetFeatures, Rise
from tests.estimation.leg_forces import Forces, Lift, followed, hand, legs, noise_scale

SIZES = st.floats(-50.0, 50.0)


def rises(segment: Forces) -> list[OnsetFeatures]:
    rise = Rise()
    return [
        rise.update(force_n, moment_nm, 0.0)
        for force_n, moment_nm in zip(
            segment.force_n.tolist(), segment.moment_nm.tolist(), strict=True
        )
    ]


def test_a_lift_raises_both_before_it_is_a_fifth_up() -> None:
    begin = round(4.0 / 0.05)
    onset = rises(legs(8.0, Lift(4.0)))[begin + 10]
    assert onset.over_n > 1.0
    assert onset.load_n > 1.0
    assert onset.moment_nm > 0.5


def test_a_hand_raises_the_load_and_never_the_moment_while_it_comes() -> None:
    came = round(4.4 / 0.05)
    seen = rises(hand(8.0, 4.0, 10.0, 0.4, 3.0))[:came]
    assert max(onset.load_n for onset in seen) > 1.0
    assert max(onset.moment_nm for onset in seen) <= 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_evidence_rises_as_a_leg_lifts_and_not_as_it_lands(seed: int) -> None:
    lift = Lift(4.0)
    segment = legs(lift.end_s + 1.0, lift) + noise_scale(lift.end_s + 1.0, seed)
    rise = [leg.onset.evidence for leg in followed(segment)]
    begin, land = round(lift.begin_s / 0.05), round((lift.end_s - 0.5) / 0.05)
    assert max(rise[begin : begin + 15]) > 8.0
    assert max(rise[land : land + 20]) < 4.0


@given(SIZES, SIZES, SIZES)
def test_what_stands_has_no_rise_and_its_load_is_reported_as_it_is(
    force_n: float, moment_nm: float, evidence: float
) -> None:
    rise = Rise()
    for _ in range(30):
        onset = rise.update(force_n, moment_nm, evidence)
    assert onset.over_n == pytest.approx(force_n)
    assert (onset.load_n, onset.moment_nm, onset.evidence) == pytest.approx((0.0,) * 3, abs=1e-9)


def test_a_fall_is_remembered_until_its_landing_is_over() -> None:
    rise = Rise()
    fall, landing = [-20.0] * 12, [30.0] * 3
    onsets = [rise.update(n, 0.0, 0.0) for n in [*[0.0] * 13, *fall, *landing, *[0.0] * 13]]
    landed = 13 + len(fall)
    assert all(onset.before_n < -5.0 for onset in onsets[landed : landed + len(landing)])
    assert onsets[12].before_n == 0.0
    assert onsets[-1].before_n == 0.0


def test_what_was_before_is_the_lower_of_two_steps() -> None:
    rise = Rise()
    for n in (*[-10.0] * 5, *[0.0] * 7):
        rise.update(n, 0.0, 0.0)
    assert [rise.update(0.0, 0.0, 0.0).before_n for _ in range(3)] == [-10.0, -10.0, -8.0]


@given(SIZES, SIZES)
def test_a_new_zero_is_no_rise(force_n: float, moment_nm: float) -> None:
    rise = Rise()
    for _ in range(30):
        rise.update(force_n, moment_nm, 1.0)
    rise.shift(force_n, moment_nm)
    onset = rise.update(0.0, 0.0, 1.0)
    found = (onset.over_n, onset.load_n, onset.moment_nm, onset.evidence, onset.before_n)
    assert found == pytest.approx((0.0,) * 5, abs=1e-9)


def test_nothing_has_increased_before_there_is_a_before() -> None:
    rise = Rise()
    assert {rise.update(9.0, 9.0, 9.0) for _ in range(BEFORE_STEPS[0] - 1)} == {NOTHING}
