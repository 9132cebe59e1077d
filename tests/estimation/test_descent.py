"""The watch over a leg at the top: whether it stands, or has begun its descent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.estimation.descent import (
    MIN_STAND_RAD,
    NOT_TRACKED,
    PREDICT_S,
    SAGS_RADPS,
    SAGS_S,
    DescentDetector,
    Sag,
)
from matfw.estimation.noise import STEP_S
from tests.estimation.leg_forces import (
    MODEL,
    Forces,
    Lift,
    followed,
    hand,
    legs,
    middles_s,
    noise_scale,
)

AT_S = 4.0
CALM = (0.0, 0.0, 0.0)  # a leg that does not tremble
LIFT = Lift(AT_S)
DOWN_S = AT_S + LIFT.up_s + LIFT.hold_s
CROSSED_S = DOWN_S + 0.19 * LIFT.down_s  # a minimum-jerk way has lost 5 % then


def reported_s(segment: Forces) -> float:
    """Return when a lowering is first believed that soon has lost 5 % of the height."""
    for leg, at_s in zip(followed(segment), middles_s(STEP_S * len(segment)), strict=True):
        if leg.descent.evidence > 1.0 and leg.descent.soon_lost_rad > 0.05 * LIFT.top_deg / 57.3:
            return float(at_s)
    return math.inf


@pytest.mark.parametrize("seed", range(6))
def test_the_descent_is_detected_about_when_five_percent_are_lost(seed: int) -> None:
    segment = legs(LIFT.end_s, LIFT) + noise_scale(LIFT.end_s, seed)
    assert reported_s(segment) == pytest.approx(CROSSED_S, abs=0.35)


@pytest.mark.parametrize("seed", range(4))
def test_a_leg_that_stays_up_for_long_is_believed_to_stand(seed: int) -> None:
    lift = Lift(AT_S, hold_s=8.0)
    segment = legs(lift.end_s, lift) + noise_scale(lift.end_s, seed)
    assert reported_s(segment) > AT_S + lift.up_s + lift.hold_s


def test_sway_in_the_moment_alone_is_no_descent() -> None:
    lift = Lift(AT_S, hold_s=4.0)
    t_s = middles_s(lift.end_s)
    sway_nm = 1.5 * np.sin(2.0 * np.pi * 0.3 * (t_s - AT_S - lift.up_s)) * (t_s > AT_S + lift.up_s)
    segment = legs(lift.end_s, lift) + noise_scale(lift.end_s, 1)
    swaying = Forces(segment.angle_rad, segment.force_n, segment.moment_nm + sway_nm)
    assert reported_s(swaying) > AT_S + lift.up_s + lift.hold_s


def test_nothing_is_tracked_at_rest_and_nothing_once_the_leg_is_half_way_down() -> None:
    segment = legs(LIFT.end_s + 2.0, LIFT) + noise_scale(LIFT.end_s + 2.0, 2)
    remote = [leg.descent != NOT_TRACKED for leg in followed(segment)]
    t_s = middles_s(LIFT.end_s + 2.0)
    assert not any(is_ for is_, at_s in zip(remote, t_s, strict=True) if at_s < AT_S)
    assert any(remote)
    assert not any(is_ for is_, at_s in zip(remote, t_s, strict=True) if at_s > LIFT.end_s - 1.0)


def test_a_hand_on_the_mat_is_never_tracked() -> None:
    segment = hand(12.0, 4.0, 12.0, 0.4, 3.0) + noise_scale(12.0, 3)
    assert all(leg.descent == NOT_TRACKED for leg in followed(segment))


@pytest.mark.parametrize(
    ("evidence", "share", "steps", "stands"),
    [
        (0.1, 0.99, round(SAGS_S / STEP_S), True),
        (0.1, -0.99, round(SAGS_S / STEP_S), True),
        (0.1, 0.99, round(SAGS_S / STEP_S) - 1, False),
        (0.1, -1.01, round(SAGS_S / STEP_S), False),
        (0.0, 0.99, round(SAGS_S / STEP_S), False),
    ],
)
def test_a_leg_taken_to_go_down_stands_again_once_it_has_been_slow_for_long_enough(
    evidence: float, share: float, steps: int, stands: bool
) -> None:
    sag = Sag()
    answers = [sag.update(evidence, share * SAGS_RADPS) for _ in range(steps)]
    assert answers[-1] is stands
    assert not any(answers[:-1])


def test_a_leg_that_has_been_fast_again_has_to_be_slow_again() -> None:
    sag = Sag()
    for radps in (*[0.0] * (round(SAGS_S / STEP_S) - 1), -2.0 * SAGS_RADPS):
        assert not sag.update(1.0, radps)
    assert not sag.update(1.0, 0.0)


SAG_S, SAG_DEG = 0.8, 10.0


@pytest.mark.parametrize("seed", range(3))
def test_a_leg_that_sags_and_is_held_lower_stands_again(seed: int) -> None:
    lifts = (
        Lift(AT_S, 44.0 - SAG_DEG, up_s=1.2, hold_s=0.5 + SAG_S + 2.5, down_s=0.7),
        Lift(AT_S, SAG_DEG, up_s=1.2, hold_s=0.5, down_s=SAG_S),
    )
    held_s = AT_S + 1.2 + 0.5 + SAG_S
    segment = legs(held_s + 3.5, *lifts) + noise_scale(held_s + 3.5, seed, 0.5)
    descents = [leg.descent for leg in followed(segment)]
    sags, held = (descents[round(at_s / STEP_S) :] for at_s in (held_s - 0.3, held_s + 1.2))
    assert max(x.evidence for x in sags[:12]) > 0.0  # it did go down
    stands = [x for x in held[:26] if x.held_rad and x.evidence < 0.0]
    assert len(stands) > 4
    assert math.degrees(stands[-1].held_rad) < 42.0


def test_a_leg_that_comes_to_rest_is_forgotten() -> None:
    watch = DescentDetector(MODEL)
    p = tuple((np.eye(5) * 1e-4)[np.triu_indices(5)].tolist())
    rises = (2.0 * MIN_STAND_RAD, 1.0, 0.0, 0.0, 0.0)
    stands = (2.0 * MIN_STAND_RAD, 0.0, 0.0, 0.0, 0.0)
    watch.update((rises, p), (0.0, 0.0), 1.0, CALM)
    watch.update((stands, p), (0.0, 0.0), 1.0, CALM)
    assert watch.update((stands, p), (0.0, 0.0), 1.0, CALM) != NOT_TRACKED
    assert watch.update(None, (0.0, 0.0), 1.0, CALM) == NOT_TRACKED
    assert watch.update((stands, p), (0.0, 0.0), 1.0, CALM) == NOT_TRACKED
    assert PREDICT_S > 0.0
