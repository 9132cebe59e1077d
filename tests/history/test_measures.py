"""Figures with their uncertainty: against scipy's, and by what they must be."""

from __future__ import annotations

import random

import pytest
import scipy

from matfw.history import measures
from matfw.history.measures import DoneRep, clean_share, measured
from matfw.history.sides import MIN_REPS, by_side, compared
from matfw.messages import Fault, FaultSeen, Side, Tempo, Verdict
from tests.history.records import record
from tests.store.story import faulty, rep


@pytest.mark.parametrize(("good", "total"), [(0, 4), (3, 15), (15, 15), (44, 90)])
def test_a_share_has_wilsons_interval(good: int, total: int) -> None:
    found = measures.share(good, total)
    theirs = scipy.stats.binomtest(good, total).proportion_ci(0.95, method="wilson")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-4)


@pytest.mark.parametrize("number", [2, 3, 10, 40, 200])
def test_a_mean_has_students_interval(number: int) -> None:
    rng = random.Random(number)
    values = [rng.gauss(2.0, 0.3) for _ in range(number)]
    found = measures.mean(values)
    theirs = scipy.stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert found is not None
    half = (theirs.high - theirs.low) / 2.0
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.02 * half)


def test_two_means_differ_as_welch_says() -> None:
    rng = random.Random(4)
    left = [rng.gauss(1.2, 0.1) for _ in range(8)]
    right = [rng.gauss(1.0, 0.4) for _ in range(20)]
    found = measures.difference_of_means(left, right)
    theirs = scipy.stats.ttest_ind(left, right, equal_var=False).confidence_interval(0.95)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=0.03)


def test_the_difference_of_shares_is_newcombes_own_example() -> None:
    """Stat Med 17:873, table II, 56/70 - 48/80, method 10: 0.0524 to 0.3339."""
    left, right = measures.share(56, 70), measures.share(48, 80)
    assert left is not None
    assert right is not None
    found = measures.difference_of_shares(left, right)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-3)


def test_of_nothing_and_of_one_there_is_no_interval() -> None:
    assert measures.share(0, 0) is None
    assert measures.mean([]) is None
    one = measures.mean([2.0])
    assert one is not None
    assert one.low is None


def test_who_could_not_be_judged_is_in_no_share_and_whose_times_are_noise_in_no_time() -> None:
    off_mat = (FaultSeen(Fault.OFF_MAT, 20.0, "N"),)
    done = [
        DoneRep(x, Tempo())
        for x in (rep(1), rep(2, verdict=Verdict.UNSURE), faulty(3, Fault.KICK),
                  rep(4, verdict=Verdict.FAULT, faults=off_mat, up_s=9.0))
    ]  # fmt: skip
    share = clean_share(done)
    assert share is not None
    assert share.number == 3
    assert share.value == pytest.approx(1.0 / 3.0)
    assert measured(done, "up") == [2.0, 2.0, 2.0]


def test_the_tempo_error_is_the_mean_of_three() -> None:
    assert DoneRep(rep(1, up_s=2.6, hold_s=0.7), Tempo()).tempo_error_s == pytest.approx(0.3)


def test_a_side_that_is_worse_is_found_and_chance_is_not() -> None:
    both = (Side.LEFT, Side.RIGHT)
    even = record(1, sides=both, share=0.9)
    assert not [each.name for each in compared(even) if each.is_clear]
    left, _ = record(2, sides=both, share=1.0).sets
    _, right = record(2, sides=both, share=0.2).sets
    uneven = type(even)(session=even.session, sets=(left, right))
    (found,) = [each for each in compared(uneven) if each.is_clear and each.name == "clean"]
    assert found.difference.value > 0.5


@pytest.mark.parametrize(("reps", "is_compared"), [(MIN_REPS - 1, False), (MIN_REPS, True)])
def test_sides_with_too_few_repetitions_are_not_compared(reps: int, is_compared: bool) -> None:
    assert bool(compared(record(1, sides=(Side.LEFT, Side.RIGHT), reps=reps))) is is_compared


def test_one_side_alone_is_compared_with_nothing() -> None:
    one = record(1, sides=(Side.LEFT,))
    assert list(by_side(one)) == [Side.LEFT]
    assert compared(one) == ()
