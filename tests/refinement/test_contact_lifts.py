"""Lifts too small for the curve, between a leg's leaving and its landing as plates saw them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from msgspec import structs

from matfw.estimation.noise import STEP_S
from matfw.messages import RefinedRep
from matfw.refinement.contact_lifts import LONGEST_S, SHORTEST_S, contact_lifts
from matfw.refinement.refine import CONTACT_LOG_ODDS, refine
from matfw.refinement.segment import Segment
from tests.estimation.leg_forces import Lift, hand, legs, noise_scale, segment_from, window_of

SMALL = Lift(5.0, top_deg=12.0)
SPAN_S = SMALL.end_s + 4.0
SEEN_S = (5.1, 10.9)
SCRAP = RefinedRep(
    start_s=5.5,
    top_s=5.8,
    lower_s=6.0,
    end_s=6.3,
    up_s=0.0,
    hold_s=0.0,
    down_s=0.0,
    angle_deg=8.0,
    front_shift_mm=0.0,
)
WHOLE = replace(SCRAP, lower_s=9.0, end_s=10.4)


def segment_of(
    seen_s: tuple[float, float] | None = SEEN_S, finished_s: float = -math.inf
) -> Segment:
    return segment_from(window_of(legs(SPAN_S, SMALL), seen_s=seen_s, noise_scale=0.5), finished_s)


@pytest.mark.parametrize("height_deg", [10.0, 12.0, 14.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_small_lift_that_plates_saw_is_reported(height_deg: float, seed: int) -> None:
    lift = replace(SMALL, top_deg=height_deg)
    segment = legs(SPAN_S, lift) + noise_scale(SPAN_S, seed, 0.7)
    [found] = refine(window_of(segment, noise_scale=0.5, seen_s=SEEN_S))
    assert found.angle_deg == pytest.approx(height_deg, rel=0.35)
    assert found.start_s == pytest.approx(lift.begin_s + 0.4, abs=0.4)
    assert found.end_s == pytest.approx(lift.end_s - 0.6, abs=0.4)
    assert refine(window_of(segment, noise_scale=0.5)) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_leg_made_light_is_not_lifted(seed: int) -> None:
    assert refine(window_of(noise_scale(SPAN_S, seed), seen_s=SEEN_S)) == []


@pytest.mark.parametrize("push_n", [8.0, 14.0])
def test_a_leg_made_light_while_a_hand_pushes_is_not_lifted(push_n: float) -> None:
    segment = hand(SPAN_S, 5.5, push_n, ramp_s=0.4, held_s=2.0) + noise_scale(SPAN_S, 1)
    assert refine(window_of(segment, seen_s=SEEN_S)) == []


def test_a_high_lift_that_plates_saw_is_reported_once() -> None:
    segment = legs(SPAN_S, Lift(5.0)) + noise_scale(SPAN_S, 1)
    [found] = refine(window_of(segment, seen_s=SEEN_S))
    assert found.angle_deg == pytest.approx(36.0, rel=0.1)


def test_a_repetition_that_was_found_is_not_looked_for_again() -> None:
    assert contact_lifts(segment_of(), [WHOLE]) == []


def test_a_scrap_of_it_is_no_reason_not_to_look() -> None:
    assert len(contact_lifts(segment_of(), [SCRAP])) == 1


@pytest.mark.parametrize(("span_s", "lifts"), [
    (0.9 * SHORTEST_S, 0), (SMALL.end_s - SMALL.begin_s, 1), (1.05 * LONGEST_S, 0),
])  # fmt: skip
def test_only_what_lasts_as_long_as_a_lift_is_one(span_s: float, lifts: int) -> None:
    lift = replace(SMALL, begin_s=2.0)
    segment = segment_from(window_of(legs(16.0, lift), seen_s=(2.0, 2.0 + span_s), noise_scale=0.5))
    assert len(contact_lifts(segment, [])) == lifts


def test_a_leg_that_has_not_landed_is_left_to_the_next_look() -> None:
    segment = segment_of(seen_s=(SEEN_S[0], SPAN_S + 1.0))
    assert segment.lift_off_s
    assert contact_lifts(segment, []) == []


def test_a_leg_that_left_again_before_it_landed_is_taken_from_then() -> None:
    window = window_of(legs(SPAN_S, SMALL), seen_s=SEEN_S, noise_scale=0.5)
    early = tuple(
        structs.replace(m, lift_off_s=3.0) if 3.0 <= m.t_s < SEEN_S[0] else m
        for m in window.motions
    )
    segment = segment_from(replace(window, motions=early))
    assert segment.lift_off_s == frozenset({3.0, SEEN_S[0]})
    [found] = contact_lifts(segment, [])
    assert found.start_s == pytest.approx(SMALL.begin_s + 0.4, abs=0.4)


@pytest.mark.parametrize(("finished_s", "lifts"), [(SEEN_S[0] - 0.2, 1), (SEEN_S[0] + 0.2, 0)])
def test_what_left_before_all_was_finished_belongs_to_that(finished_s: float, lifts: int) -> None:
    assert len(contact_lifts(segment_of(finished_s=finished_s), [])) == lifts


def test_a_mat_that_cannot_see_it_has_none() -> None:
    assert contact_lifts(segment_of(seen_s=None), []) == []


def test_a_leg_that_left_with_the_window_s_very_first_row_can_be_tried() -> None:
    """Of the moment before it nothing is known: no row is there to take its level from."""
    segment = legs(10.0, Lift(0.1, top_deg=8.0))
    first_s = 0.5 * STEP_S
    found = refine(window_of(segment, seen_s=(first_s, 6.0)))
    assert all(x.start_s < x.end_s < 7.0 for x in found)


# The leg's own times are 5.4 and 10.4 s.
@pytest.mark.parametrize(("seen_s", "agrees"), [
    ((5.1, 10.9), True), ((4.6, 10.9), True), ((4.0, 10.9), False), ((6.0, 10.9), False),
    ((5.1, 11.5), True), ((5.1, 12.4), False), ((5.1, 9.0), False),
])  # fmt: skip
def test_who_left_and_landed_as_the_leg_did_is_rather_believed(
    seen_s: tuple[float, float], agrees: bool
) -> None:
    segment = legs(SPAN_S, Lift(5.0)) + noise_scale(SPAN_S, 1)
    [alone] = refine(window_of(segment))
    [seen] = refine(window_of(segment, seen_s=seen_s))
    assert (alone.plates_agree, seen.plates_agree) == (False, agrees)
    more = seen.plausibility - alone.plausibility
    if agrees:
        assert more == pytest.approx(CONTACT_LOG_ODDS, abs=0.5)
    else:  # a shape that is held where the leg was not differs from the curve: that counts a little
        assert -2.0 < more < 0.5
