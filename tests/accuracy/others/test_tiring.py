"""Others who tire do so by what is named, late, early or with breathers; the fresh do not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.accuracy.others.kinds import TIRING, recorded
from tests.accuracy.others.plans import Plan, leaning, shaking_gain
from tests.accuracy.others.tiring import FRESH, REPS, TIRED, tiring_plan


def plans(is_tired: bool, count: int = 60) -> list[Plan]:
    return [tiring_plan(np.random.default_rng(seed), is_tired) for seed in range(count)]


def losses(plan: Plan) -> list[float]:
    """Return how far ascent, descent, hold and height are lost at the worst, as logarithms."""
    kept = np.log([(1.0 / x.up_s, x.down_s, x.hold_s, x.height_deg) for x in plan.lifts])
    lost: list[float] = (np.median(kept[:3], axis=0) - np.median(kept[-4:], axis=0)).tolist()
    return lost


def test_sets_are_long_and_their_lifts_come_one_after_the_other() -> None:
    for plan in plans(True) + plans(False):
        assert REPS[0] <= len(plan.lifts) < REPS[1]
        assert all(a.end_s + 0.4 < b.at_s for a, b in pairwise(plan.lifts))
        assert plan.lifts[-1].end_s + 2.0 < plan.off_s[0] < plan.off_s[1] < plan.span_s
        assert all(lift.up_s > 1.0 and lift.height_deg > 14.0 for lift in plan.lifts)


def test_the_tired_lose_what_the_fresh_keep() -> None:
    tired, fresh = ([max(losses(plan)) for plan in plans(is_so)] for is_so in (True, False))
    assert np.median(tired) > 0.3
    assert np.median(fresh) < 0.2
    assert [plan.is_tired for plan in plans(True, 2) + plans(False, 2)] == [True] * 2 + [False] * 2
    assert set(TIRED) & set(FRESH) == set()


def test_only_the_tired_sink_shake_more_and_lean_on_a_hand() -> None:
    some = plans(True)
    for plan in plans(False):
        assert all((x.sags_deg, x.leans_n, x.shakes) == (0.0, 0.0, 1.0) for x in plan.lifts)
    shaky = next(plan for plan in some if plan.lifts[-1].leans_n > 1.0)
    t_s = np.arange(0.0, shaky.span_s, 0.01)
    first, last = (x.at_s + x.up_s + 0.2 for x in (shaky.lifts[0], shaky.lifts[-1]))
    gain, taken_n = shaking_gain(t_s, shaky), leaning(t_s, shaky)[:, 0]
    assert np.interp(first, t_s, gain) < 1.6 < np.interp(last, t_s, gain)
    assert np.interp(last, t_s, taken_n) == pytest.approx(-shaky.lifts[-1].leans_n, rel=0.1)
    assert gain[t_s < shaky.lifts[0].at_s] == pytest.approx(1.0)


@pytest.mark.parametrize("kind", TIRING)
def test_what_the_plan_says_is_played(kind: str) -> None:
    played = recorded(kind, "core4", 5)[2]
    assert played.plan.is_tired
    for true, lift in zip(played.truth, played.plan.lifts, strict=True):
        assert true.angle_deg == pytest.approx(lift.height_deg, abs=2.5)
