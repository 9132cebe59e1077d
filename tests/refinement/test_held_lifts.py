"""Long holds between quick ways, and a moment that wanders while the leg is up: a fixed seed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from matfw.estimation.leg_model import PUSH_LEVER_M
from matfw.estimation.noise import STEP_S
from matfw.messages import Tempo
from matfw.refinement.held_lifts import HeldLift, held_lifts
from matfw.refinement.moment_levels import Levels, levels
from matfw.refinement.refine import refine
from matfw.refinement.segment import Segment
from matfw.refinement.slow_lifts import slow_lifts
from matfw.refinement.slow_tempo import HOLDS, is_long_hold, longest_s, tempos_near
from matfw.refinement.windows import RepWindow
from tests.refinement.test_slow_lifts import AFTER_S, BEGIN_S, found, window

ASKED = Tempo(3, 30, 3)
END_S = BEGIN_S + 36.0
NEAR_S = 0.8


def shifted(seen: RepWindow, at_s: float, over_s: float, by_nm: float) -> RepWindow:
    """Return a window in which the body settles somewhere else: its moment stays changed."""
    motions = tuple(
        structs.replace(
            m, moment_nm=m.moment_nm + by_nm * min(max((m.t_s - at_s) / over_s, 0.0), 1.0)
        )
        for m in seen.motions
    )
    return replace(seen, motions=motions)


def leaned(seen: RepWindow, at_s: float, for_s: float, push_n: float) -> RepWindow:
    """Return a window in which a hand leans on the mat beside the chest for a while."""
    motions = tuple(
        structs.replace(m, load_n=m.load_n + push_n, moment_nm=m.moment_nm + PUSH_LEVER_M * push_n)
        if at_s < m.t_s < at_s + for_s
        else m
        for m in seen.motions
    )
    return replace(seen, motions=motions)


def held(
    seen: RepWindow, longest_hold_s: float = 39.0, finished_s: float = -math.inf
) -> list[HeldLift]:
    segment = Segment.of(seen, finished_s)
    assert segment is not None
    return held_lifts(segment, seen.tempo, longest_hold_s)


def end_s(lift: HeldLift) -> float:
    return lift.begin_s + lift.tempo.up_s + lift.tempo.hold_s + lift.tempo.down_s


@pytest.mark.parametrize("by_nm", [-5.0, 0.0, 5.0])
def test_lift_is_found_from_end_to_end_wherever_the_body_settles_meanwhile(by_nm: float) -> None:
    ((start_s, stop_s),) = found(shifted(window(ASKED, ASKED), BEGIN_S + 8.0, 4.0, by_nm))
    assert start_s == pytest.approx(BEGIN_S, abs=NEAR_S)
    assert stop_s == pytest.approx(END_S, abs=NEAR_S)


@pytest.mark.parametrize("at_s", [-1.0, 1.5, 12.0, 32.0, 34.5])
def test_lift_is_found_from_end_to_end_whenever_a_hand_leans_on_the_mat(at_s: float) -> None:
    ((start_s, stop_s),) = found(leaned(window(ASKED, ASKED), BEGIN_S + at_s, 3.0, 14.0))
    assert start_s == pytest.approx(BEGIN_S, abs=2.0 * NEAR_S)
    assert stop_s == pytest.approx(END_S, abs=2.0 * NEAR_S)


def test_hand_that_leans_for_long_lifts_nothing() -> None:
    assert held(leaned(window(ASKED, ASKED, until_s=90.0, top_rad=0.0), 20.0, 33.0, 14.0)) == []


def test_hold_that_was_cut_short_waits_for_nobody_who_has_left() -> None:
    seen = window(ASKED, Tempo(3, 12, 3))
    segment = Segment.of(seen, -math.inf)
    assert segment is not None
    assert slow_lifts(segment) == []
    (rep,) = slow_lifts(segment, is_left=True)
    assert rep.end_s == pytest.approx(BEGIN_S + 18.0, abs=NEAR_S)


def test_ways_with_no_leg_held_between_them_are_hands() -> None:
    whole = window(ASKED, ASKED)
    up_again = shifted(whole, BEGIN_S + 3.0, 1.0, 8.0)
    assert found(whole) != []
    assert found(shifted(up_again, BEGIN_S + 32.0, 1.0, -8.0)) == []


def test_moment_that_comes_back_under_a_held_leg_is_no_landing() -> None:
    seen = shifted(window(ASKED, ASKED, until_s=BEGIN_S + 28.0), BEGIN_S + 8.0, 4.0, 6.0)
    assert found(seen) == []
    assert refine(seen) == []


def test_two_quick_lifts_are_not_the_ends_of_a_slow_one() -> None:
    first = window(ASKED, Tempo(2, 1, 3))
    apart = len(first.motions)
    again = tuple(structs.replace(m, t_s=m.t_s + apart * STEP_S) for m in first.motions)
    lifts = held(replace(first, motions=(*first.motions, *again)))
    assert [round(x.begin_s - BEGIN_S) for x in lifts] == [0, round(apart * STEP_S)]
    assert all(x.tempo.hold_s < 3.0 for x in lifts)


def test_hold_that_was_cut_short_waits_until_a_whole_one_would_be_over() -> None:
    done = Tempo(3, 12, 3)
    soon = window(ASKED, done)
    assert found(soon) == []
    late = window(ASKED, done, until_s=BEGIN_S + longest_s(ASKED) + 1.0)
    ((_, stop_s),) = found(late)
    assert stop_s == pytest.approx(BEGIN_S + 18.0, abs=NEAR_S)


def test_what_is_finished_is_no_beginning() -> None:
    whole = window(ASKED, ASKED)
    (lift,) = held(whole)
    (again,) = held(whole, finished_s=lift.begin_s)
    assert again.begin_s == pytest.approx(lift.begin_s)
    late = held(whole, finished_s=lift.begin_s + 1.5)
    assert all(x.begin_s > lift.begin_s + 0.9 for x in late)


def test_hold_is_not_longer_than_the_longest_that_is_looked_for() -> None:
    seen = window(ASKED, ASKED)
    (whole,) = held(seen, 31.0)
    assert end_s(whole) == pytest.approx(END_S, abs=NEAR_S)
    assert all(x.tempo.hold_s < 20.0 for x in held(seen, 20.0))


def test_leg_half_way_down_is_no_lift_yet() -> None:
    assert held(window(ASKED, ASKED, until_s=END_S - 1.5)) == []
    assert len(held(window(ASKED, ASKED, until_s=END_S + 1.6))) == 1


def test_body_that_only_sways_lifts_nothing() -> None:
    assert held(window(ASKED, ASKED, until_s=90.0, top_rad=0.0)) == []


def test_window_of_less_than_two_ways_has_none() -> None:
    assert held(window(ASKED, ASKED, until_s=3.0)) == []


def test_lift_in_a_hole_that_nothing_was_measured_of_is_not_made_up() -> None:
    seen = window(ASKED, ASKED, until_s=90.0, top_rad=0.0)
    motions = tuple(
        structs.replace(m, moment_nm=-8.0, seen_share=0.0) if 10.0 < m.t_s < 60.0 else m
        for m in seen.motions
    )
    assert held(replace(seen, motions=motions)) == []


def test_only_long_holds_between_quick_ways_are_looked_for_by_their_ways() -> None:
    assert is_long_hold(Tempo(3.0, 5.1, 4.5))
    assert not is_long_hold(Tempo(3.0, 5.0, 4.5))
    assert not is_long_hold(Tempo(3.1, 5.1, 4.5))
    assert not is_long_hold(Tempo(3.0, 5.1, 4.6))


def test_slow_ways_are_looked_for_quicker_and_slower_and_long_holds_in_steps() -> None:
    slow = tempos_near(Tempo(6, 1, 6))
    assert {x.up_s for x in slow} == {4.5, 6.0, 7.5}
    assert min(x.hold_s for x in slow) == 0.75
    mixed = tempos_near(Tempo(2, 10, 6))
    assert {x.up_s for x in mixed} == {2.0}
    holds_s = sorted({x.hold_s for x in mixed})
    assert holds_s[0] <= 5.0
    assert holds_s[-1] == pytest.approx(HOLDS[-1] * 10.0)
    assert max(np.diff(holds_s)) <= 1.5


def test_levels_tell_a_leg_that_came_back_from_one_that_is_still_up() -> None:
    assert Levels(0.0, -6.0, 1.0).has_returned
    assert not Levels(0.0, -6.0, -6.0).has_returned
    assert not Levels(0.0, -6.0, -4.0).has_returned
    assert not Levels(0.0, 1.0, 0.0).has_returned
    seen = Segment.of(window(ASKED, ASKED), -math.inf)
    assert seen is not None
    whole = levels(seen, BEGIN_S, BEGIN_S + 3.0, BEGIN_S + 33.0, END_S)
    assert whole is not None
    assert whole.has_returned
    assert levels(seen, BEGIN_S, BEGIN_S + 3.0, END_S, END_S + AFTER_S - 0.5) is None


def test_usual_tempo_has_no_slow_lifts() -> None:
    segment = Segment.of(window(Tempo(), ASKED), -math.inf)
    assert segment is not None
    assert slow_lifts(segment) == []
