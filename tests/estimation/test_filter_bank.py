"""The tracker on forces made by the leg's own model, and on forces that no leg made."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from matfw.estimation import filter_bank
from matfw.estimation.filter_bank import (
    FORGOTTEN,
    LEAST_NOISE_END,
    NOISE_SCALE_RANGE,
    NOISE_SCALE_TAU_S,
    USUAL_KGM,
    LegTracker,
    _prune,
)
from matfw.estimation.hypothesis import Hypothesis
from matfw.estimation.leg_model import PUSH_LEVER_M
from matfw.estimation.noise import (
    LIFTING,
    RESTING,
    RESTLESS,
    RESTLESS_N,
    RESTLESS_NM,
    RESTLESS_TAU_S,
    STEP_S,
)
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

REST_S = 4.0
LIFT = Lift(REST_S)
SPAN_S = LIFT.end_s + REST_S
HELD = slice(round((REST_S + 2.0) / STEP_S), round((REST_S + 3.0) / STEP_S))


def row(t_s: float) -> int:
    return round(t_s / STEP_S)


def restless(span_s: float, begin_s: float, end_s: float, seed: int) -> Forces:
    """Return a body that scratches and shifts, as a restless belief has it, and then lies still."""
    rng = np.random.default_rng(seed)
    t_s = middles_s(span_s)
    is_restless = ((t_s >= begin_s) & (t_s < end_s)).astype(float)
    keep = math.exp(-STEP_S / RESTLESS_TAU_S)
    kicks_n = is_restless * RESTLESS_N * math.sqrt(1.0 - keep**2) * rng.standard_normal(len(t_s))
    force_n = np.zeros(len(t_s))
    for k in range(1, len(t_s)):
        force_n[k] = keep * force_n[k - 1] + kicks_n[k]
    steps_nm = is_restless * RESTLESS_NM * math.sqrt(STEP_S) * rng.standard_normal(len(t_s))
    moment_nm = np.cumsum(steps_nm) + PUSH_LEVER_M * force_n
    return Forces(np.zeros(len(t_s)), force_n, moment_nm) + noise_scale(span_s, seed)


@pytest.mark.parametrize("top_deg", [25.0, 36.0, 50.0])
@pytest.mark.parametrize(("up_s", "down_s"), [(2.0, 3.0), (1.2, 1.6)])
def test_a_lift_without_noise_is_followed(top_deg: float, up_s: float, down_s: float) -> None:
    lift = Lift(REST_S, top_deg, up_s, 1.0, down_s)
    segment = legs(lift.end_s + REST_S, lift)
    estimates = followed(segment)
    held = row(REST_S + up_s + 0.5)
    assert max(math.degrees(e.angle_rad) for e in estimates) == pytest.approx(top_deg, rel=0.12)
    assert math.degrees(estimates[held].angle_rad) == pytest.approx(top_deg, rel=0.12)
    assert estimates[held].is_moving
    assert not estimates[-1].is_moving


def test_the_evidence_rises_with_a_lift_and_falls_after_it() -> None:
    estimates = followed(legs(SPAN_S, LIFT))
    assert estimates[row(REST_S - 0.2)].evidence < 0.0
    assert estimates[row(REST_S + 2.5)].evidence > 0.0
    assert estimates[-1].evidence < 0.0


@pytest.mark.parametrize("seed", range(4))
def test_pure_noise_hardly_ever_looks_like_a_lift_and_never_like_a_high_one(seed: int) -> None:
    """A belief may stir for a moment; that no phase and no rep comes of it, see test_phases."""
    estimates = followed(noise_scale(60.0, seed))
    assert sum(e.is_moving for e in estimates) < 0.03 * len(estimates)
    assert max(e.angle_rad for e in estimates) < math.radians(3.0)


@pytest.mark.parametrize("push_n", [4.0, 8.0, 14.0])
def test_a_hand_s_push_is_read(push_n: float) -> None:
    estimates = followed(
        noise_scale(10.0, 5) + hand(10.0, REST_S, push_n, ramp_s=0.35, held_s=1.65)
    )
    assert max(e.push_n for e in estimates) == pytest.approx(push_n, rel=0.4)


@pytest.mark.parametrize("seed", range(4))
def test_a_body_that_moves_about_is_restless_and_then_lies_still_again(seed: int) -> None:
    estimates = followed(restless(20.0, 6.0, 12.0, seed))
    kinds = [e.kind for e in estimates]
    during, after = kinds[row(6.5) : row(11.9)], kinds[row(16.0) :]
    assert [e.is_restless for e in estimates] == [kind == RESTLESS for kind in kinds]
    assert during.count(RESTLESS) > 0.8 * len(during)
    assert after.count(RESTING) > 0.8 * len(after)


def test_a_lift_s_age_counts_from_when_the_leg_left_its_rest() -> None:
    estimates = followed(legs(SPAN_S, LIFT))
    for k in range(HELD.start, HELD.stop):
        assert estimates[k].age_s == pytest.approx(k * STEP_S - REST_S, abs=0.6)
    for before, after in zip(estimates[HELD], estimates[HELD.start + 1 : HELD.stop], strict=False):
        assert after.age_s == pytest.approx(before.age_s + STEP_S, abs=3.0 * STEP_S)


def test_the_noise_scale_of_restless_and_calm_people_is_learned() -> None:
    levels = []
    for size in (0.5, 1.0, 2.0):
        tracker = LegTracker(MODEL)
        followed(noise_scale(5.0 * NOISE_SCALE_TAU_S, 1, size), tracker)
        levels.append(tracker.noise_scale)
    assert levels == sorted(levels)
    assert levels[0] < 1.0 < levels[2]


@pytest.mark.parametrize("size", [0.0, 100.0])
def test_the_noise_scale_is_never_learned_beyond_its_range(size: float) -> None:
    tracker = LegTracker(MODEL)
    low, high = NOISE_SCALE_RANGE
    segment = noise_scale(10.0 * NOISE_SCALE_TAU_S, 1, size)
    for force_n, moment_nm in zip(
        segment.force_n.tolist(), segment.moment_nm.tolist(), strict=True
    ):
        tracker.update(force_n, moment_nm)
        assert low <= tracker.noise_scale <= high


@pytest.mark.parametrize(
    ("size", "end"),
    [(1.3, NOISE_SCALE_RANGE[1]), (1.0, NOISE_SCALE_RANGE[1]), (0.8, 0.512 * NOISE_SCALE_RANGE[1]),
     (0.75, 0.75**3 * NOISE_SCALE_RANGE[1]), (0.7, LEAST_NOISE_END), (0.3, LEAST_NOISE_END)],
)  # fmt: skip
def test_the_smaller_the_leg_the_less_noise_is_believed(size: float, end: float) -> None:
    """size: of the leg's moment, against the usual."""
    tracker = LegTracker(replace(MODEL, moment_kgm=size * USUAL_KGM))
    noise = noise_scale(3.0 * NOISE_SCALE_TAU_S, 1, 3.0)
    learned = []
    for force_n, moment_nm in zip(noise.force_n.tolist(), noise.moment_nm.tolist(), strict=True):
        tracker.update(force_n, moment_nm)
        learned.append(tracker.noise_scale)
    assert max(learned) == pytest.approx(end)


def test_a_lift_teaches_nothing_about_the_noise_scale() -> None:
    tracker = LegTracker(MODEL)
    segment = legs(SPAN_S, LIFT)
    before = None
    for k in range(HELD.stop):
        leg = tracker.update(float(segment.force_n[k]), float(segment.moment_nm[k]))
        if k >= HELD.start:
            assert leg.kind == LIFTING
            assert before in {None, tracker.noise_scale}
            before = tracker.noise_scale


def test_a_shifted_base_keeps_every_estimate() -> None:
    """Telling it that moments are now measured from elsewhere changes nothing but the base."""
    segment = legs(SPAN_S, LIFT)
    shift_nm, at, top = 1.5, row(REST_S - 0.2), row(REST_S + 2.0)
    plain, shifted = LegTracker(MODEL), LegTracker(MODEL)
    for k in range(top + 1):
        f, m = float(segment.force_n[k]), float(segment.moment_nm[k])
        if k == at:
            shifted.shift_base(shift_nm)
        one = plain.update(f, m)
        two = shifted.update(f, m - (shift_nm if k >= at else 0.0))
        assert two.angle_rad == pytest.approx(one.angle_rad, abs=math.radians(1.0))
        assert two.is_moving is one.is_moving
        if k == at:
            assert two.base_nm == pytest.approx(one.base_nm - shift_nm, abs=0.1)


def test_a_hand_taken_as_the_new_rest_leaves_no_push_and_no_leg() -> None:
    """Forces are measured from higher now; moments still are over the rest without the hand."""
    push_n, at, span_s = 12.0, row(6.0), 12.0
    segment = hand(span_s, REST_S, push_n, ramp_s=0.4, held_s=span_s)
    tracker = LegTracker(MODEL)
    after = []
    for k in range(len(segment)):
        if k == at:
            tracker.shift_push(push_n)
        leg = tracker.update(
            float(segment.force_n[k]) - (push_n if k >= at else 0.0), float(segment.moment_nm[k])
        )
        if k >= at:
            after.append(leg)
    assert not any(leg.is_moving for leg in after)
    assert max(abs(leg.push_n) for leg in after) < 0.2 * push_n
    assert after[0].base_nm == pytest.approx(PUSH_LEVER_M * push_n, abs=0.2 * push_n)


def test_a_leg_held_up_is_believed_up_for_the_whole_hold() -> None:
    held = followed(legs(SPAN_S, LIFT))[HELD]
    assert all(e.is_moving for e in held)
    assert min(e.evidence for e in held) > 0.0


def test_after_a_reset_the_same_forces_give_the_same_estimates() -> None:
    segment = legs(SPAN_S, LIFT) + noise_scale(SPAN_S, 2)
    tracker = LegTracker(MODEL)
    first = followed(segment, tracker)
    tracker.reset()
    assert followed(segment, tracker) == first


@pytest.mark.parametrize(("behind", "kept"), [(-0.01, 2), (0.0, 2), (0.01, 1)])
def test_a_hypothesis_far_behind_is_dropped_unless_it_is_the_best_of_its_kind(
    behind: float, kept: int
) -> None:
    best = Hypothesis(RESTING, (0.0, 0.0, 0.0, 0.0, 0.0), (1.0, 0.0, 1.0), 3.0)
    weight = best.weight - FORGOTTEN - behind
    other = Hypothesis(RESTING, (0.0, 0.0, 0.0, 9.0, 9.0), best.p, weight)
    lift = Hypothesis(LIFTING, (0.5, 0.0, 0.0, 0.0, 0.0), (1.0,) * 15, weight - FORGOTTEN)

    carried_on = _prune([lift, other, best])

    assert carried_on == [*[best, other][:kept], lift]


@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_dropped_far_behind_changes_no_estimate(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    forces = legs(SPAN_S, LIFT) + noise_scale(SPAN_S, seed)
    dropped = followed(forces)

    monkeypatch.setattr(filter_bank, "FORGOTTEN", math.inf)

    assert followed(forces) == dropped
