"""A live fault belongs to the repetition it was reported in, margins included, and to one only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.judging.live_faults import AFTER_END_S, BEFORE_START_S, LiveFaults
from matfw.messages import Fault, FaultSeen, RefinedRep

REP = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
)
KICK = FaultSeen(Fault.KICK, 300.0, "deg/s2")


@pytest.mark.parametrize(
    ("at_s", "is_taken"),
    [
        (REP.start_s - 0.601, False),
        (REP.start_s - 0.599, True),
        (REP.end_s + 0.399, True),
        (REP.end_s + 0.401, False),
    ],
)
def test_a_fault_is_taken_up_to_a_margin_around_the_rep(at_s: float, is_taken: bool) -> None:
    assert (BEFORE_START_S, AFTER_END_S) == (0.6, 0.4)
    faults = LiveFaults()
    faults.add(at_s, [KICK])
    assert faults.take(REP) == [KICK] * is_taken


DROP = FaultSeen(Fault.DROP, 300.0, "deg/s2")


def test_what_was_not_sounded_is_known_of_its_repetition_and_of_no_other() -> None:
    later = replace(REP, start_s=REP.end_s + 2.0, end_s=REP.end_s + 7.0)
    faults = LiveFaults()
    faults.add(REP.top_s, [KICK])
    faults.withhold([Fault.KICK])
    faults.add(REP.lower_s, [DROP])
    faults.add(later.start_s, [KICK])
    faults.add(later.end_s, [DROP])
    faults.withhold([Fault.DROP])
    assert (faults.withheld(REP), faults.take(REP)) == (frozenset({Fault.KICK}), [KICK, DROP])
    assert (faults.withheld(later), faults.take(later)) == (frozenset({Fault.DROP}), [KICK, DROP])
    assert faults.withheld(later) == frozenset()


def test_what_was_sounded_once_in_a_repetition_is_not_sounded_again() -> None:
    faults = LiveFaults()
    for is_silent in (True, False):
        faults.add(REP.top_s, [KICK])
        faults.withhold([Fault.KICK] * is_silent)
    assert faults.withheld(REP) == frozenset()


def test_a_fault_is_taken_once_and_one_that_comes_later_waits() -> None:
    faults = LiveFaults()
    faults.add(REP.top_s, [KICK])
    faults.add(REP.end_s + 3.0, [DROP])
    assert faults.take(REP) == [KICK]
    assert faults.take(REP) == []
    later = RefinedRep(
        start_s=REP.end_s + 2.0,
        top_s=REP.end_s + 3.0,
        lower_s=REP.end_s + 4.0,
        end_s=REP.end_s + 5.0,
        up_s=1.0,
        hold_s=1.0,
        down_s=1.0,
        angle_deg=38.0,
        front_shift_mm=0.0,
    )
    assert faults.take(later) == [DROP]
