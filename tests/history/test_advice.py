"""What is reported after a set: how many were clean, what broke most, the one correction."""

from __future__ import annotations

import pytest

from matfw.history.advice import kicks_too_often, summary
from matfw.messages import Fault, Verdict
from tests.store.story import faulty, rep


def test_the_main_fault_and_its_correction_are_reported() -> None:
    done = [rep(1), faulty(2, Fault.ROLL_BACK), faulty(3, Fault.ROLL_BACK, Fault.SHORT_HOLD),
            rep(4, verdict=Verdict.UNSURE)]  # fmt: skip
    assert summary(done).sentence == (
        "1 of 4 clean, 1 unsure; 2 times roll back: stack them, one right above the other."
    )


def test_of_a_tie_the_first_in_the_table_is_reported() -> None:
    done = [faulty(1, Fault.SHORT_HOLD), faulty(2, Fault.LEG_FORWARD)]
    assert summary(done).main_fault is Fault.LEG_FORWARD


def test_without_a_fault_nothing_is_to_be_corrected() -> None:
    assert summary([rep(1), rep(2)]).sentence == "2 of 2 clean."


@pytest.mark.parametrize(("kicks", "is_shorter"), [(4, False), (5, True)])
def test_whoever_kicks_in_a_third_of_repetitions_goes_shorter(kicks: int, is_shorter: bool) -> None:
    done = [faulty(n, Fault.KICK) for n in range(kicks)] + [rep(n) for n in range(15 - kicks)]
    words = summary(done).words
    assert words is not None
    assert ("lift less high" in words.remedy) is is_shorter
    assert kicks_too_often(done) is is_shorter
