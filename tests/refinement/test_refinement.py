"""What the looks find, reported once: nothing again, nothing early, nothing lost with a look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from msgspec import structs

from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Presence, RefinedRep, Tempo
from matfw.refinement.refine import (
    AGREE_DEG,
    CURVE_LATER_S,
    OVERLAP_S,
    PART_AFTER_S,
    PART_OF_DEG,
    PART_SHARES,
    SHORTEST_REP_S,
    SURE_AFTER_S,
    refine,
)
from matfw.refinement.refinement import (
    LANDED_REST_S,
    NEXT_LOOK_S,
    SAME_END_S,
    SETTLED_LOOKS,
    SLOW_LOOK_S,
    Refinement,
)
from matfw.refinement.windows import AGAIN_S, RepWindow
from tests.estimation.leg_forces import MODEL, Lift, judged, legs, noise_scale, window_of
from tests.refinement.test_refine import MIN_JERK_5_PCT, REST_S, assert_timed, starts_s


@cache
def played(span_s: float, *lifts: Lift) -> tuple[RepWindow, ...]:
    """Return the looks of a slightly restless body's lifts; without the many early ones."""
    windows = judged(legs(span_s, *lifts) + noise_scale(span_s, 1)).windows
    return tuple(window for window in windows if not window.is_early)


FEW = tuple(Lift(REST_S + 9.0 * k) for k in range(4))
WHOLE_S = FEW[-1].end_s + REST_S


def reported(windows: Iterable[RepWindow]) -> list[RefinedRep]:
    refinement = Refinement()
    return [x for window in windows for x in refinement.refine(window)]


EXPECTED_S = [lift.begin_s + MIN_JERK_5_PCT * lift.up_s for lift in FEW]


def test_a_rep_that_the_next_look_finds_again_is_reported_once() -> None:
    windows = played(WHOLE_S, *FEW)
    assert sum(len(refine(window)) for window in windows) > len(FEW)
    assert starts_s(reported(windows)) == pytest.approx(EXPECTED_S, abs=0.4)


def test_the_same_look_twice_tells_nothing_the_second_time() -> None:
    for window in played(WHOLE_S, *FEW):
        refinement = Refinement()
        refinement.refine(window)
        assert refinement.refine(window) == []


@pytest.mark.parametrize("dropped", [0, 1, 2, 3])
def test_a_look_that_was_dropped_is_made_up_for_by_the_next_one(dropped: int) -> None:
    """What a look would have found lies in the later ones as well, as they go back further."""
    windows = played(WHOLE_S, *FEW)
    left = windows[:dropped] + windows[dropped + 1 :]
    assert starts_s(reported(left)) == pytest.approx(EXPECTED_S, abs=0.4)


def test_one_look_may_tell_several_reps() -> None:
    [window] = [w for w in played(WHOLE_S, *FEW) if w.motions[-1].t_s > FEW[1].end_s][:1]
    assert starts_s(Refinement().refine(window)) == pytest.approx(EXPECTED_S[:2], abs=0.4)


def test_a_false_start_finishes_nothing() -> None:
    lift, refinement = Lift(REST_S), Refinement()
    assert refinement.refine(window_of(noise_scale(REST_S, 1))) == []
    segment = legs(lift.end_s + REST_S, lift) + noise_scale(lift.end_s + REST_S, 1)
    [found] = refinement.refine(window_of(segment))
    assert_timed(found, lift, 0.4)


def test_a_look_with_no_room_for_another_repetition_is_not_made() -> None:
    """What is looked at once more after a rest had its one repetition reported the first time."""
    windows = played(FEW[0].end_s + REST_S, FEW[0])
    assert len(windows) > 1
    refinement = Refinement()
    counts = [len(refinement.refine(window)) for window in windows]
    assert sorted(counts, reverse=True) == [1] + [0] * (len(windows) - 1)


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_two_reps_whose_crossings_overlap_a_little_are_both_reported(
    share: float,
) -> None:
    one = at(4.0, 9.0)
    two = at(9.0 - share * OVERLAP_S, 14.0)
    assert reported_of([one], [one, two]) == [one, two]


@pytest.mark.parametrize("off_s", [-0.3, 0.0, 0.3])
def test_a_rep_read_a_little_otherwise_by_the_next_look_is_reported_once(
    off_s: float,
) -> None:
    one, again, two = at(4.0, 9.0), at(4.0 + off_s, 9.0 + off_s), at(12.0, 17.0)
    assert reported_of([one], [again, two]) == [one, two]


def test_a_kick_shorter_than_what_reps_may_share_is_reported_once() -> None:
    kick = at(10.0, 10.0 + 0.9 * OVERLAP_S)
    assert reported_of([kick], [kick]) == [kick]


def at(start_s: float, end_s: float) -> RefinedRep:
    third_s = (end_s - start_s) / 3.0
    return RefinedRep(
        start_s=start_s,
        top_s=start_s + third_s,
        lower_s=end_s - third_s,
        end_s=end_s,
        up_s=2.0,
        hold_s=1.0,
        down_s=3.0,
        angle_deg=38.0,
        front_shift_mm=0.0,
    )


LATE = RepWindow((), MODEL, 1.0, 1e9)


def reported_of(*looks: list[RefinedRep], window: RepWindow = LATE) -> list[RefinedRep]:
    """Return what is reported if these are what successive looks find."""
    answers = iter(looks)
    refinement = Refinement(lambda *_: next(answers))
    return [found for _ in looks for found in refinement.refine(window)]


def early(now_s: float) -> RepWindow:
    last = Motion(t_s=now_s, presence=Presence.LYING)
    return RepWindow((last,), MODEL, 1.0, 1e9, is_early=True)


@pytest.mark.parametrize(("rest_s", "is_reported"), [(0.99, False), (1.01, True)])
def test_an_early_look_reports_only_what_has_rested_for_long_enough(
    rest_s: float, is_reported: bool
) -> None:
    window = early(9.0 + rest_s * SURE_AFTER_S)
    assert bool(reported_of([at(4.0, 9.0)], window=window)) is is_reported


def lowered(
    share: float, later_s: float, *, top_deg: float = 1.01 * PART_OF_DEG, paused_down_s: float = 0.0
) -> RefinedRep:
    """Return one down at 9 s, lowered in a share of what is asked for; the curve has it later."""
    return replace(
        at(4.0, 9.0),
        angle_deg=top_deg,
        down_s=share * Tempo().down_s,
        curve_end_s=9.0 + later_s,
        paused_down_s=paused_down_s,
    )


SHORT, LATER_S = 1.01 * PART_SHARES[0], 1.01 * CURVE_LATER_S


@pytest.mark.parametrize(
    ("rep", "known_s"),
    [
        (lowered(SHORT, LATER_S), PART_AFTER_S),
        (lowered(0.99 * PART_SHARES[1], LATER_S), PART_AFTER_S),
        (lowered(SHORT, 1.4), 1.4 + SURE_AFTER_S),
        (lowered(0.99 * PART_SHARES[0], LATER_S), SURE_AFTER_S),
        (lowered(1.01 * PART_SHARES[1], LATER_S), SURE_AFTER_S),
        (lowered(SHORT, 0.99 * CURVE_LATER_S), SURE_AFTER_S),
        (lowered(SHORT, LATER_S, top_deg=0.99 * PART_OF_DEG), SURE_AFTER_S),
        (lowered(SHORT, LATER_S, paused_down_s=0.4), SURE_AFTER_S),
    ],
    ids=["a part", "a large part", "it goes on", "a fall", "a whole descent",
         "the curve agrees", "a small lift", "both parts"],
)  # fmt: skip
def test_what_may_be_the_first_part_of_a_descent_waits_for_the_second(
    rep: RefinedRep, known_s: float
) -> None:
    for after_s, is_reported in ((known_s - 0.01, False), (known_s + 0.01, True)):
        assert bool(reported_of([rep], window=early(9.0 + after_s))) is is_reported
        assert bool(reported_of([rep], window=resting(0.5, 9.0 + after_s))) is is_reported


def resting(rest_s: float, now_s: float) -> RepWindow:
    last = Motion(t_s=now_s, presence=Presence.LYING)
    return RepWindow((last,), MODEL, 1.0, now_s - rest_s)


@pytest.mark.parametrize(("down_s", "is_reported"), [(0.99, False), (1.01, True)])
def test_a_rest_that_has_just_begun_reports_only_what_has_been_down_for_long_enough(
    down_s: float, is_reported: bool
) -> None:
    window = resting(0.5, 9.0 + down_s * SURE_AFTER_S)
    assert bool(reported_of([at(4.0, 9.0)], window=window)) is is_reported


def test_what_waits_for_more_rest_is_reported_after_it() -> None:
    looks = iter([[at(4.0, 9.0)], [at(4.0, 9.6)]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(resting(0.5, 9.1)) == []
    assert refinement.refine(resting(AGAIN_S, 11.1)) == [at(4.0, 9.6)]


@pytest.mark.parametrize("is_left", [False, True])
def test_where_nothing_more_will_be_known_nothing_waits(is_left: bool) -> None:
    last = replace(resting(0.5 if is_left else AGAIN_S, 9.1), is_left=is_left)
    assert reported_of([at(4.0, 9.0)], window=last) == [at(4.0, 9.0)]


@pytest.mark.parametrize(("off_s", "count"), [(0.9 * SAME_END_S, 1), (1.1 * SAME_END_S, 0)])
def test_what_no_shape_fits_is_reported_early_once_two_looks_see_the_same_end(
    off_s: float, count: int
) -> None:
    first = replace(at(4.0, 9.0), fit_error_deg=2.0 * AGREE_DEG, plausibility=3.0)
    again = replace(first, end_s=9.0 + off_s)
    looks = iter([[first], [again]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(11.0)) == []
    assert refinement.refine(early(11.0 + NEXT_LOOK_S)) == [again][:count]


def test_the_same_end_may_have_been_seen_before_there_was_enough_rest() -> None:
    rep = replace(at(4.0, 9.0), fit_error_deg=2.0 * AGREE_DEG, plausibility=3.0)
    refinement = Refinement(lambda *_: [rep])
    assert refinement.refine(early(9.0 + 0.5 * SURE_AFTER_S)) == []
    assert refinement.refine(early(9.0 + 1.5 * SURE_AFTER_S)) == [rep]


def computed_s(
    answer: Callable[[float], list[RefinedRep]], *before: RepWindow, is_followed: bool = False
) -> list[float]:
    """Return when looks are computed if after others an early one is offered at each step, 2 s."""
    looks_s: list[float] = []

    def look(window: RepWindow, _known_s: float) -> list[RefinedRep]:
        looks_s.append(window.motions[-1].t_s)
        return answer(looks_s[-1])

    refinement = Refinement(look)
    offered = [early(9.0 + k * STEP_S) for k in range(round(2.0 / STEP_S))]
    for window in (*before, *(replace(x, is_followed=is_followed) for x in offered)):
        refinement.refine(window)
    return looks_s[len(before) :]


def test_the_next_early_look_is_when_the_end_that_was_found_is_sure() -> None:
    assert computed_s(lambda _: [at(4.0, 8.9)])[:2] == pytest.approx([9.0, 8.9 + SURE_AFTER_S])
    coming_down = computed_s(lambda now_s: [at(4.0, now_s)])
    assert coming_down == pytest.approx([9.0, 9.45, 9.9, 10.35, 10.8])


def test_looks_that_find_nothing_follow_each_other_and_then_are_fewer() -> None:
    looks_s = computed_s(lambda _: [])
    assert [b - a for a, b in pairwise(looks_s)] == pytest.approx([NEXT_LOOK_S] * 9)
    settled = replace(resting(0.5, 8.9), ended_s=1e9)
    looks_s = computed_s(lambda _: [], settled)
    more = [NEXT_LOOK_S] * (SETTLED_LOOKS - 1)
    assert [b - a for a, b in pairwise(looks_s)] == pytest.approx(
        [*more, *[SLOW_LOOK_S] * len(looks_s[len(more) + 1 :])], abs=STEP_S
    )
    assert len(looks_s) > len(more) + 2


def test_after_the_next_movement_began_only_what_was_found_before_is_finished() -> None:
    """What its ascent looks like from its beginning is a lift of its own now and then."""
    before, other = at(4.0, 9.0), at(9.1, 10.4)
    looks = iter([[before], [before, other]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(9.1)) == []
    followed = replace(early(9.1 + 2.0 * SURE_AFTER_S), is_followed=True)
    assert refinement.refine(followed) == [before]


def test_what_is_found_before_the_lift_that_is_finished_then_is_reported_with_it() -> None:
    """A set's gap is looked into once the lift after it has ended, and never again."""
    in_gap, lift = at(4.0, 9.0), at(13.0, 18.0)
    looks = iter([[lift], [in_gap, lift]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(18.1)) == []
    followed = replace(early(18.1 + 2.0 * SURE_AFTER_S), is_followed=True)
    assert refinement.refine(followed) == [in_gap, lift]


@pytest.mark.parametrize(
    ("is_followed", "since_s"), [(True, 1e9), (False, 9.0 + 0.99 * SHORTEST_REP_S)]
)
def test_where_all_is_known_of_what_looks_are_offered_for_only_a_landing_is_asked_for(
    is_followed: bool, since_s: float
) -> None:
    """Filters may believe in one movement all through the next lift of a low leg."""
    asked: list[RepWindow] = []

    def look(window: RepWindow, _known_s: float) -> list[RefinedRep]:
        asked.append(window)
        return [at(4.0, 9.0)] if len(asked) == 1 else [at(9.9, 12.0)] if window.is_news else []

    refinement = Refinement(look)
    assert refinement.refine(resting(AGAIN_S, 11.5)) == [at(4.0, 9.0)]
    found = [
        (window.motions[-1].t_s, x)
        for k in range(round(4.0 / STEP_S))
        for window in [replace(early(9.5 + k * STEP_S), ended_s=since_s, is_followed=is_followed)]
        for x in refinement.refine(window)
    ]
    looks_s = [window.motions[-1].t_s for window in asked[1:]]
    assert all(x.is_news and not x.is_followed for x in asked[1:])
    assert looks_s[0] == pytest.approx(9.0 + SHORTEST_REP_S + SURE_AFTER_S, abs=STEP_S)
    assert [b - a for a, b in pairwise(looks_s)] == pytest.approx([NEXT_LOOK_S] * len(looks_s[1:]))
    assert [x for _, x in found] == [at(9.9, 12.0)]
    assert found[0][0] == pytest.approx(12.0 + SURE_AFTER_S, abs=NEXT_LOOK_S)


@pytest.mark.parametrize(("rest_s", "is_told"), [(0.9, False), (1.1, True)])
def test_a_look_for_a_landing_believes_no_lift_without_a_rest_before_it(
    rest_s: float, is_told: bool
) -> None:
    """What fills a rest begins as the leg lands; only what comes after it could tell."""
    start_s = 9.0 + rest_s * LANDED_REST_S
    looks = iter([[at(4.0, 9.0)], [at(start_s, 12.0)]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(resting(AGAIN_S, 11.5)) == [at(4.0, 9.0)]
    followed = replace(early(12.0 + 1.1 * SURE_AFTER_S), is_followed=True)
    assert [x.start_s for x in refinement.refine(followed)] == [start_s] * is_told


def test_what_a_look_for_a_landing_does_not_find_sure_changes_no_other_look() -> None:
    before, other = at(4.0, 8.9), at(8.0, 10.4)
    found: dict[bool, list[RefinedRep]] = {False: [before], True: [other]}
    looks: list[float] = []

    def look(window: RepWindow, _known_s: float) -> list[RefinedRep]:
        looks.append(window.motions[-1].t_s)
        return found[window.is_news]

    refinement = Refinement(look)
    assert refinement.refine(early(9.0)) == []
    assert refinement.refine(replace(early(9.05), is_news=True)) == []
    sure_s = 8.9 + 1.01 * SURE_AFTER_S
    assert refinement.refine(early(sure_s)) == [before]
    assert looks == pytest.approx([9.0, 9.05, sure_s])


def test_what_is_not_believed_of_an_ascent_says_nothing_against_its_lift() -> None:
    before = at(4.0, 9.0)
    ghost = replace(at(9.2, 10.4), plausibility=-4.0)
    lift = replace(at(9.2, 14.2), plausibility=1.5)
    looks = iter([[before], [before, ghost], [lift]])
    refinement = Refinement(lambda *_: next(looks))
    assert refinement.refine(early(9.1)) == []
    followed = replace(early(9.1 + 2.0 * SURE_AFTER_S), is_followed=True)
    assert refinement.refine(followed) == [before]
    assert refinement.refine(resting(AGAIN_S, 14.3)) == [lift]


@pytest.mark.parametrize("after_s", [0.0, 0.7])
def test_an_early_look_reports_no_leg_that_has_just_come_down_or_not_yet(after_s: float) -> None:
    lift = Lift(REST_S)
    whole = window_of(legs(lift.end_s + REST_S, lift) + noise_scale(lift.end_s + REST_S, 1))
    end_s = lift.end_s - MIN_JERK_5_PCT * lift.down_s
    motions = tuple(m for m in whole.motions if m.t_s < end_s + after_s)
    found = Refinement().refine(replace(whole, motions=motions, is_early=True))
    assert len(found) == (1 if after_s else 0)


def test_after_getting_up_and_lying_down_again_nothing_is_reported_twice() -> None:
    """The clock goes on: of what was reported before nothing is left in a window after it."""
    [*_, last] = windows = played(FEW[0].end_s + REST_S, FEW[0])
    refinement = Refinement()
    for window in windows:
        refinement.refine(window)
    after_s = last.motions[-1].t_s + 5.0
    again = window_of(legs(FEW[0].end_s + REST_S, FEW[0]) + noise_scale(FEW[0].end_s + REST_S, 1))
    later = replace(
        again,
        motions=tuple(structs.replace(m, t_s=m.t_s + after_s) for m in again.motions),
        ended_s=again.ended_s + after_s,
    )
    [found] = refinement.refine(later)
    assert found.start_s == pytest.approx(EXPECTED_S[0] + after_s, abs=0.4)
    assert refinement.refine(last) == []
