"""A finished movement seen from its end: its times, its height, and nothing that was not there."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from matfw.anthropometry import leg_constants
from matfw.leg_model import Array, LegModel
from matfw.leg_noise import STEP_S
from matfw.leg_tracker import LegTracker
from matfw.messages import Excursion, Motion, Phase, PhaseStep, Presence
from matfw.refine import refine
from matfw.rep_windows import LONGEST_S, MIN_PEAK_DEG, SETTLE_S, RepWindow, RepWindows

MODEL = LegModel.of(leg_constants("female", 1.68, 64.0))
REST_S = 4.0
TOP_DEG = 36.0
ROUNDING_S = 1e-6


def min_jerk(share: Array) -> Array:
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


def session(*begins_s: float, top_deg: float = TOP_DEG, shift_mm: float = 0.0) -> list[Excursion]:
    """Return what is found in lifts (2-1-3) that begin at these times, in windows as live."""
    return [found for window in windows(*begins_s, top_deg=top_deg, shift_mm=shift_mm)
            for found in refine(window)]  # fmt: skip


def windows(*begins_s: float, top_deg: float = TOP_DEG, shift_mm: float = 0.0) -> list[RepWindow]:
    fine_s = np.arange(0.0, (begins_s[-1] if begins_s else 0.0) + 6.0 + REST_S, STEP_S / 10.0)
    d = np.zeros_like(fine_s)
    for begin_s in begins_s:
        t_s = fine_s - begin_s
        d += math.radians(top_deg) * (min_jerk(t_s / 2.0) - min_jerk((t_s - 3.0) / 3.0))
    w = np.gradient(d, fine_s)
    a = np.gradient(w, fine_s)
    steps = len(d) // 10
    mean = [
        series[: 10 * steps].reshape(-1, 10).mean(axis=1).tolist()
        for series in (MODEL.force_n(d, w, a), MODEL.moment_nm(d, w, a), d)
    ]
    tracker, cut, found = LegTracker(MODEL), RepWindows(), []
    for k, (force_n, moment_nm, true) in enumerate(zip(*mean, strict=True)):
        leg = tracker.update(force_n, moment_nm)
        now_s = (k + 0.5) * STEP_S
        high = true / math.radians(top_deg)
        motion = Motion(
            now_s, Presence.LYING, 64.0, math.degrees(leg.angle_rad), math.degrees(leg.rate_radps),
            front_shift_mm=shift_mm * high, evidence=leg.evidence, is_moving=leg.is_moving,
        )  # fmt: skip
        window = cut.update(motion, PhaseStep(now_s, Phase.REST, False, 0.0), tracker)
        found += [] if window is None else [window]
    last = cut.finish(tracker)
    return [*found, *([] if last is None else [last])]


def test_a_rep_is_found_once_with_its_times_and_its_height() -> None:
    [found] = session(4.0)
    assert found.angle_deg == pytest.approx(TOP_DEG, rel=0.1)
    # 5 and 95 % crossings of a minimum-jerk movement, 19 % and 81 % of its length.
    assert found.start_s == pytest.approx(4.0 + 0.19 * 2.0, abs=0.15)
    assert found.top_s == pytest.approx(4.0 + 0.81 * 2.0, abs=0.15)
    assert found.lower_s == pytest.approx(7.0 + 0.19 * 3.0, abs=0.2)
    assert found.end_s == pytest.approx(7.0 + 0.81 * 3.0, abs=0.25)
    assert found.up_s == pytest.approx(2.0, abs=0.3)
    assert found.hold_s == pytest.approx(1.0, abs=0.35)
    assert found.down_s == pytest.approx(3.0, abs=0.5)


@pytest.mark.parametrize("top_deg", [15.0, 25.0, 36.0, 55.0])
def test_times_are_ordered_and_the_movement_is_longer_than_its_crossings(top_deg: float) -> None:
    for found in session(4.0, top_deg=top_deg):
        assert found.start_s < found.top_s <= found.lower_s < found.end_s
        assert found.up_s >= found.top_s - found.start_s - ROUNDING_S
        assert found.down_s >= found.end_s - found.lower_s - ROUNDING_S
        assert found.hold_s >= 0.0


@pytest.mark.parametrize("rest_s", [0.3, 1.0, 3.0, 8.0])
def test_reps_one_after_the_other_are_all_found_and_none_twice(rest_s: float) -> None:
    begins_s = [4.0 + k * (6.0 + rest_s) for k in range(3)]
    found = session(*begins_s)
    assert [f.start_s for f in found] == pytest.approx([b + 0.38 for b in begins_s], abs=0.4)
    assert all(a.end_s < b.start_s for a, b in pairwise(found))


def test_a_lift_too_small_to_be_told_is_none() -> None:
    assert session(4.0, top_deg=0.4 * MIN_PEAK_DEG) == []
    assert session() == []


@pytest.mark.parametrize("shift_mm", [-20.0, 8.0])
def test_the_hips_are_read_at_the_top_against_the_rest_before(shift_mm: float) -> None:
    [found] = session(4.0, shift_mm=shift_mm)
    assert found.front_shift_mm == pytest.approx(shift_mm, rel=0.15)


def test_a_window_comes_soon_after_the_rep_and_holds_the_rest_before_it() -> None:
    [window] = windows(4.0)
    times = [motion.t_s for motion in window.motions]
    assert times == sorted(times)
    assert times[0] < 4.0
    assert times[-1] < 10.0 + SETTLE_S + 1.5
    assert len(window.trace.x) == len(window.motions)


def test_a_leg_that_stays_up_is_refined_all_the_same() -> None:
    tracker, cut = LegTracker(MODEL), RepWindows()
    for k in range(round((LONGEST_S + 2.0) / STEP_S)):
        tracker.update(0.0, 0.0)
        motion = Motion(k * STEP_S, Presence.LYING, 64.0, 36.0, is_moving=True)
        if cut.update(motion, PhaseStep(k * STEP_S, Phase.HOLD, False, 0.0), tracker):
            assert k * STEP_S == pytest.approx(LONGEST_S, abs=0.2)
            return
    pytest.fail("no window")


@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_a_movement_that_ends_in_getting_up_is_no_rep(presence: Presence) -> None:
    tracker, cut = LegTracker(MODEL), RepWindows()
    moving = Motion(1.0, Presence.LYING, 64.0, 36.0, is_moving=True)
    step = PhaseStep(1.0, Phase.UP, False, 0.0)
    tracker.update(0.0, 0.0)
    assert cut.update(moving, step, tracker) is None
    assert cut.update(replace(moving, presence=presence), step, None) is None
    assert cut.finish(tracker) is None
