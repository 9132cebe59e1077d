"""What somebody did before they were known, as far back as they have been where they now lie."""

from __future__ import annotations

import pytest

from matfw.estimation.earlier import EARLIER_S, EarlierSteps
from matfw.estimation.lying import GONE_SHARE, GONE_STAYS_S, GONE_STEPS, MOVED_MM, Place
from matfw.estimation.noise import STEP_S
from matfw.estimation.step_means import StepMean

HOME = Place(64.0, -120.0, 15.0)
HERE_STEPS = 60


def step(load_kg: float = 64.0, x_mm: float = -120.0, y_mm: float = 15.0) -> StepMean:
    return StepMean(load_kg, load_kg * x_mm, load_kg * y_mm)


def steps(*spans: tuple[StepMean, int]) -> EarlierSteps:
    """Return what was measured: this mean for so many steps, then that one."""
    earlier, number = EarlierSteps(), 0
    for mean, count in spans:
        for _ in range(count):
            earlier.add(number * STEP_S, mean, 1.0)
            number += 1
    return earlier


def test_all_is_returned_of_whoever_was_there_all_the_time() -> None:
    since = steps((step(), HERE_STEPS)).since(HOME)
    assert [each.t_s for each in since] == pytest.approx([k * STEP_S for k in range(HERE_STEPS)])


def test_no_more_is_kept_than_may_be_looked_at() -> None:
    since = steps((step(), 2 * round(EARLIER_S / STEP_S))).since(HOME)
    assert len(since) == round(EARLIER_S / STEP_S)


@pytest.mark.parametrize(
    "elsewhere",
    [
        step(0.0),
        step(64.0 * (1.0 - 1.1 * GONE_SHARE)),
        step(64.0 * (1.0 + 1.1 * GONE_SHARE)),
        step(x_mm=-120.0 + 1.1 * MOVED_MM),
        step(y_mm=15.0 - 1.1 * MOVED_MM),
    ],
)
def test_what_was_done_elsewhere_is_left_out(elsewhere: StepMean) -> None:
    since = steps((step(), 40), (elsewhere, 40), (step(), HERE_STEPS)).since(HOME)
    assert since
    assert all(each.mean == step() for each in since)
    assert len(since) > HERE_STEPS - GONE_STEPS


@pytest.mark.parametrize("share", [0.9, -0.9])
def test_a_body_that_is_hardly_elsewhere_is_there(share: float) -> None:
    swung = step(64.0 * (1.0 + share * GONE_SHARE))
    assert len(steps((swung, 40), (step(), HERE_STEPS)).since(HOME)) == 40 + HERE_STEPS


@pytest.mark.parametrize(("away_s", "is_there"), [(0.5, True), (GONE_STAYS_S + 1.0, False)])
def test_a_leg_thrown_up_is_nobody_coming(away_s: float, is_there: bool) -> None:
    """As of one that lies there: its load swings by a fifth of the weight, and is back."""
    away = (step(64.0 * 1.25), round(away_s / STEP_S))
    since = steps((step(), 40), away, (step(), HERE_STEPS)).since(HOME)
    assert (len(since) == 40 + away[1] + HERE_STEPS) is is_there


def test_a_hole_is_kept_as_one() -> None:
    earlier = steps((step(), 10))
    earlier.add(10 * STEP_S, step(), 0.0)
    assert [each.seen_share for each in earlier.since(HOME)] == [1.0] * 10 + [0.0]


def test_what_is_forgotten_is_not_returned() -> None:
    earlier = steps((step(), HERE_STEPS))
    earlier.forget()
    assert not earlier.since(HOME)
