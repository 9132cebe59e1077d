"""When is looked back, and how far; the frames alone decide it, whatever answers come when."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from matfw.estimation.filter_bank import LegTracker
from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep, Presence, Tempo
from matfw.refinement.landing import FIRST_LOOK_S, FOLLOWED_S
from matfw.refinement.windows import (
    AGAIN_S,
    EARLIER_LOOK_S,
    FURTHEST_S,
    HOVERS_S,
    LEAVE_LEAD_S,
    LONGEST_S,
    LOOK_EVERY_S,
    QUIET_S,
    SETTLE_OFF_S,
    SETTLE_S,
    SHORTEST_S,
    WAITS_S,
    RepWindow,
    RepWindows,
    foremost,
)
from tests.estimation.leg_forces import MODEL

REST = Motion(t_s=0.0, presence=Presence.LYING, weight_kg=64.0)
UP = structs.replace(REST, angle_deg=36.0, is_moving=True)
RESTLESS = structs.replace(REST, is_restless=True)
BEGIN_S = 5.0  # of the first movement
SLACK_S = 2.5 * STEP_S


class Played:
    """Windows that come of a script, and when; goes on where it was left."""

    def __init__(self) -> None:
        self.cutter = RepWindows()
        self.tracker = LegTracker(MODEL)
        self.found: list[tuple[float, RepWindow]] = []
        self.steps = 0

    @property
    def now_s(self) -> float:
        return self.steps * STEP_S

    def play(self, motion: Motion, span_s: float, starts: Phase | None = None) -> Played:
        """Take a motion for a span; starts: a phase that begins with its first step."""
        for k in range(round(span_s / STEP_S)):
            now_s = self.now_s
            changed = starts is not None and k == 0
            step = PhaseStep(t_s=now_s, phase=starts or Phase.REST, changed=changed, since_s=now_s)
            window = self.cutter.update(structs.replace(motion, t_s=now_s), step, self.tracker)
            if window is not None:
                self.found.append((now_s, window))
            self.steps += 1
        return self

    @property
    def settled(self) -> list[tuple[float, RepWindow]]:
        """The windows that are no early look at a landing."""
        return [(t_s, window) for t_s, window in self.found if not window.is_early]

    @property
    def times_s(self) -> list[float]:
        return [t_s for t_s, _ in self.settled]


def lain() -> Played:
    return Played().play(REST, BEGIN_S)


def known_after(span_s: float) -> tuple[Played, tuple[Motion, ...]]:
    """Return windows of somebody who is known now, and what they did for a span before."""
    played = Played()
    steps = round(span_s / STEP_S)
    earlier = tuple(structs.replace(REST, t_s=(k - steps) * STEP_S) for k in range(steps))
    rest = PhaseStep(t_s=0.0, phase=Phase.REST, changed=True, since_s=0.0)
    window = played.cutter.update(REST, rest, played.tracker, earlier)
    if window is not None:
        played.found.append((0.0, window))
    played.steps = 1
    return played, earlier


@pytest.mark.parametrize(("longer_s", "is_looked_at"), [(-STEP_S, False), (STEP_S, True)])
def test_what_came_before_somebody_is_known_is_looked_at_at_once_if_it_is_long(
    longer_s: float, is_looked_at: bool
) -> None:
    played, earlier = known_after(EARLIER_LOOK_S + longer_s)
    assert bool(played.found) is is_looked_at
    if is_looked_at:
        assert played.found[0][1].motions == (*earlier, REST)
    played.play(REST, AGAIN_S + STEP_S)
    assert len(played.settled) == 2 * is_looked_at  # once more when they have rested


def test_what_came_before_somebody_is_known_is_part_of_the_next_windows() -> None:
    played, earlier = known_after(EARLIER_LOOK_S - STEP_S)
    played.play(REST, 1.0).play(UP, 4.0, Phase.UP).play(REST, SETTLE_S + SLACK_S)
    assert played.found[-1][1].motions[: len(earlier)] == earlier


def test_what_came_before_somebody_is_known_is_taken_once() -> None:
    """It is said with every motion."""
    played, earlier = known_after(EARLIER_LOOK_S - STEP_S)
    rest = PhaseStep(t_s=STEP_S, phase=Phase.REST, changed=False, since_s=0.0)
    played.cutter.update(structs.replace(REST, t_s=STEP_S), rest, played.tracker, earlier)
    played.steps += 1
    played.play(UP, 4.0, Phase.UP).play(REST, SETTLE_S + SLACK_S)
    times_s = [motion.t_s for motion in played.found[-1][1].motions]
    assert [b - a for a, b in pairwise(times_s)] == pytest.approx([STEP_S] * (len(times_s) - 1))


@pytest.mark.parametrize("motion", [UP, RESTLESS])
@pytest.mark.parametrize("span_s", [STEP_S, 3.0])
def test_a_movement_or_noise_is_refined_after_it_and_once_more_later(
    motion: Motion, span_s: float
) -> None:
    played = lain().play(motion, span_s)
    rested_s = played.now_s
    assert played.play(REST, 20.0).times_s == pytest.approx(
        [rested_s + SETTLE_S, rested_s + AGAIN_S], abs=SLACK_S
    )


def test_a_body_that_only_lies_there_is_never_looked_at() -> None:
    assert lain().play(REST, 3.0 * FURTHEST_S).found == []


def test_a_short_touch_of_the_other_leg_does_not_end_the_movement() -> None:
    played = lain().play(UP, 2.0).play(REST, SETTLE_S - 2.0 * STEP_S)
    rested_s = played.play(UP, 2.0).now_s
    (t_s, window), _ = played.play(REST, 5.0).settled
    assert t_s == pytest.approx(rested_s + SETTLE_S, abs=SLACK_S)
    assert sum(motion.is_moving for motion in window.motions) == pytest.approx(4.0 / STEP_S)


def test_the_second_look_waits_if_the_body_moves_again() -> None:
    played = lain().play(UP, 3.0).play(REST, AGAIN_S - 4.0 * STEP_S).play(UP, 3.0)
    rested_s = played.now_s
    assert played.play(REST, 10.0).times_s[1:] == pytest.approx(
        [rested_s + SETTLE_S, rested_s + AGAIN_S], abs=SLACK_S
    )


def test_a_window_has_all_since_somebody_lay_down_row_by_row() -> None:
    played = lain().play(UP, 3.0).play(REST, 5.0)
    for t_s, window in played.found:
        times_s = [motion.t_s for motion in window.motions]
        assert times_s[0] == 0.0
        assert times_s[-1] == t_s
        assert [b - a for a, b in pairwise(times_s)] == pytest.approx([STEP_S] * (len(times_s) - 1))


@pytest.mark.parametrize("motion", [UP, RESTLESS])
def test_a_window_knows_when_its_movement_was_over(motion: Motion) -> None:
    """In rest; both looks at one movement say the same."""
    played = lain().play(motion, 3.0)
    rested_s = played.now_s
    assert [w.ended_s for _, w in played.play(REST, 5.0).settled] == pytest.approx([rested_s] * 2)
    played.play(motion, 2.0)
    again_s = played.now_s
    assert [w.ended_s for _, w in played.play(REST, 5.0).settled[2:]] == pytest.approx(
        [again_s] * 2
    )


def test_a_movement_that_ends_in_the_next_one_was_over_then() -> None:
    played = lain().play(UP, 2.0 * SHORTEST_S)
    again_s = played.now_s
    [(_, window)] = played.play(UP, 1.0, starts=Phase.UP).settled
    assert window.ended_s == pytest.approx(again_s)


def test_a_movement_that_the_frames_end_cuts_off_was_over_then() -> None:
    played = lain().play(UP, 2.0)
    window = played.cutter.finish(played.tracker)
    assert window is not None
    assert window.ended_s == window.motions[-1].t_s == pytest.approx(played.now_s - STEP_S)


def test_the_movement_before_is_part_of_the_next_look_as_well() -> None:
    played = lain().play(UP, 3.0).play(REST, 6.0).play(UP, 3.0).play(REST, 1.0)
    window = played.found[-1][1]
    assert sum(motion.is_moving for motion in window.motions) == pytest.approx(6.0 / STEP_S)


def test_no_look_goes_back_further_than_what_a_repetition_and_the_next_one_need() -> None:
    played = lain()
    for _ in range(6):
        played.play(UP, 3.0).play(REST, 5.0)
    spans_s = [w.motions[-1].t_s - w.motions[0].t_s for _, w in played.found]
    assert max(spans_s) == pytest.approx(FURTHEST_S, abs=SLACK_S)


def test_a_window_knows_the_leg_and_how_restless_the_body_is() -> None:
    played = lain().play(UP, 3.0)
    played.tracker.noise_scale = 2.34
    (_, window), _ = played.play(REST, 5.0).settled
    assert window.model == MODEL
    assert window.noise_scale == 2.34


def test_the_next_lift_without_rest_ends_the_movement_before_it() -> None:
    played = lain().play(UP, 2.0 * SHORTEST_S)
    again_s = played.now_s
    played.play(UP, 2.0, starts=Phase.UP)
    assert played.times_s == pytest.approx([again_s])
    rested_s = played.now_s
    assert played.play(REST, 2.0).times_s[1:] == pytest.approx([rested_s + SETTLE_S], abs=SLACK_S)


@pytest.mark.parametrize(("share", "looks"), [(0.9, 0), (1.1, 1)])
def test_the_phase_s_own_start_does_not_end_the_movement_it_starts(
    share: float, looks: int
) -> None:
    played = lain().play(UP, share * SHORTEST_S)
    assert len(played.play(UP, 1.0, starts=Phase.UP).settled) == looks


@pytest.mark.parametrize("phase", [Phase.HOLD, Phase.DOWN, Phase.REST])
def test_no_other_phase_ends_a_movement(phase: Phase) -> None:
    played = lain().play(UP, 2.0 * SHORTEST_S)
    assert not played.play(UP, 1.0, starts=phase).settled


def test_a_leg_that_stays_up_is_looked_at_all_the_same() -> None:
    played = lain().play(UP, 2.0 * LONGEST_S + 2.0)
    assert played.times_s == pytest.approx(
        [BEGIN_S + LONGEST_S, BEGIN_S + 2.0 * LONGEST_S], abs=2.0 * SLACK_S
    )


def off(motion: Motion, lift_off_s: float) -> Motion:
    return structs.replace(motion, is_leg_off=True, lift_off_s=lift_off_s)


def test_a_leg_that_plates_see_hover_is_given_longer_to_land() -> None:
    played = lain().play(off(UP, BEGIN_S), 3.0)
    rested_s = played.now_s
    played.play(off(REST, BEGIN_S), 10.0)
    assert played.times_s[0] == pytest.approx(rested_s + SETTLE_OFF_S, abs=SLACK_S)


def test_a_leg_that_landed_is_looked_at_as_soon_as_without_plates() -> None:
    played = lain().play(off(UP, BEGIN_S), 3.0)
    rested_s = played.now_s
    played.play(structs.replace(REST, lift_off_s=BEGIN_S, touch_down_s=rested_s), 10.0)
    assert played.times_s[0] == pytest.approx(rested_s + SETTLE_S, abs=SLACK_S)


def test_a_leg_that_was_off_long_before_it_moved_does_not_hold_a_look_up() -> None:
    """A leg laid down elsewhere stays off for good: it tells nothing of this movement."""
    played = lain().play(off(UP, 0.5), 3.0)
    rested_s = played.now_s
    assert played.play(off(REST, 0.5), 1.0).times_s == pytest.approx(
        [rested_s + SETTLE_S], abs=SLACK_S
    )


def test_a_leg_that_landed_and_was_made_light_again_does_not_hold_a_look_up() -> None:
    played = lain().play(off(UP, BEGIN_S), 3.0)
    touch_down_s = played.now_s
    light = structs.replace(off(UP, touch_down_s + STEP_S), touch_down_s=touch_down_s)
    rested_s = played.play(light, 0.5).now_s
    played.play(structs.replace(light, is_moving=False), 1.0)
    assert played.times_s == pytest.approx([rested_s + SETTLE_S], abs=SLACK_S)


@pytest.mark.parametrize(("hover_s", "looks"), [(0.5 * HOVERS_S, 0), (1.2 * HOVERS_S, 1)])
def test_a_lift_from_hovering_ends_the_one_before_it_a_leg_still_up_does_not(
    hover_s: float, looks: int
) -> None:
    played = lain().play(off(UP, BEGIN_S), 3.0).play(off(REST, BEGIN_S), hover_s)
    assert len(played.play(off(UP, BEGIN_S), 1.0, starts=Phase.UP).found) == looks


def test_a_leg_that_only_plates_saw_is_looked_at_once_it_has_landed() -> None:
    played = lain().play(off(REST, BEGIN_S), 3.0)
    touch_down_s = played.now_s
    played.play(structs.replace(REST, lift_off_s=BEGIN_S, touch_down_s=touch_down_s), 10.0)
    assert played.times_s[:1] == pytest.approx([touch_down_s], abs=SLACK_S)


@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_what_getting_up_ends_is_looked_at_once_up_to_when_the_body_began_to_leave(
    presence: Presence,
) -> None:
    leaving = structs.replace(UP, force_n=-100.0)
    played = lain().play(UP, 2.0)
    leaves_s = played.now_s
    played.play(leaving, 1.0).play(structs.replace(UP, presence=presence), STEP_S)
    [(_, window)] = played.play(REST, 5.0).found
    assert window.is_left
    assert window.ended_s == window.motions[-1].t_s
    assert leaves_s - LEAVE_LEAD_S - SLACK_S < window.ended_s < leaves_s
    assert played.cutter.finish(played.tracker) is None


def test_a_load_that_swings_through_its_rest_while_leaving_is_part_of_it() -> None:
    played = lain().play(UP, 2.0)
    leaves_s = played.now_s
    played.play(structs.replace(UP, force_n=60.0), 0.5).play(UP, QUIET_S - STEP_S)
    played.play(structs.replace(UP, force_n=-100.0), 1.0).play(
        structs.replace(UP, presence=Presence.EMPTY), STEP_S
    )
    [(_, window)] = played.found
    assert window.ended_s < leaves_s


@pytest.mark.parametrize(
    ("rest_s", "looks"), [(AGAIN_S + 1.0, 1), (WAITS_S - 0.2, 1), (WAITS_S + 0.2, 0)]
)
def test_getting_up_is_a_look_as_long_as_what_was_looked_at_may_wait(
    rest_s: float, looks: int
) -> None:
    """For what comes after it; nothing will."""
    played = lain().play(UP, 2.0)
    rested_s = played.now_s
    before = len(played.play(REST, rest_s).found)
    left = played.play(structs.replace(REST, presence=Presence.EMPTY), 1.0).found[before:]
    assert [window.is_left for _, window in left] == [True] * looks
    assert [window.ended_s for _, window in left] == pytest.approx([rested_s] * looks)


def test_a_window_never_reaches_back_before_the_person_lay_down() -> None:
    played = lain().play(UP, 3.0).play(structs.replace(REST, presence=Presence.EMPTY), 2.0)
    again_s = played.now_s
    window = played.play(REST, 3.0).play(UP, 3.0).play(REST, 1.0).found[-1][1]
    assert window.motions[0].t_s == pytest.approx(again_s)


def test_without_a_tracker_there_is_nobody_to_look_at() -> None:
    played = lain().play(UP, 2.0)
    step = PhaseStep(t_s=played.now_s, phase=Phase.UP, changed=False, since_s=0.0)
    window = played.cutter.update(UP, step, None)
    assert window is not None  # of what was gathered while there was one
    assert played.cutter.update(UP, step, None) is None
    assert played.cutter.finish(played.tracker) is None
    assert played.cutter.finish(None) is None


SCRIPTS: list[tuple[Callable[[Played], Played], bool]] = [
    (lambda played: played, False),
    (lambda played: played.play(UP, 2.0), True),
    (lambda played: played.play(RESTLESS, 2.0), True),
    (lambda played: played.play(UP, 2.0).play(REST, 0.5 * SETTLE_S), True),
    (lambda played: played.play(UP, 2.0).play(REST, 2.0 * SETTLE_S), True),  # one more look is due
    (lambda played: played.play(UP, 2.0).play(REST, AGAIN_S + 2.0 * SETTLE_S), True),  # it may wait
    (lambda played: played.play(UP, 2.0).play(REST, WAITS_S - 2.0 * STEP_S), True),
    (lambda played: played.play(UP, 2.0).play(REST, WAITS_S + 2.0 * STEP_S), False),
]


@pytest.mark.parametrize(("script", "is_cut_off"), SCRIPTS)
def test_the_last_frames_leave_a_window_only_of_a_movement_they_cut_off(
    script: Callable[[Played], Played], is_cut_off: bool
) -> None:
    played = script(lain())
    assert (played.cutter.finish(played.tracker) is not None) is is_cut_off


@pytest.mark.parametrize("rest_s", [0.0, 1.0])
def test_after_a_reset_the_movement_and_the_look_that_was_due_are_forgotten(rest_s: float) -> None:
    played = lain().play(UP, 2.0).play(REST, rest_s)
    looks = len(played.found)
    played.cutter.reset()
    assert len(played.play(REST, 5.0).found) == looks


SPANS_S = st.floats(STEP_S, 6.0)
TAKES = st.tuples(
    st.sampled_from([REST, UP, RESTLESS]),
    SPANS_S,
    st.none() | st.sampled_from(list(Phase)),
)


@given(st.lists(TAKES, max_size=8))
@settings(max_examples=40, deadline=None)
def test_every_movement_is_looked_at_and_every_window_ends_now_and_has_no_hole(
    takes: list[tuple[Motion, float, Phase | None]],
) -> None:
    played = Played()
    moved_s = -math.inf
    for motion, span_s, starts in takes:
        looks = len(played.found)
        played.play(motion, span_s, starts)
        if motion is not REST:
            moved_s = played.now_s
        for t_s, window in played.found[looks:]:
            times_s = [m.t_s for m in window.motions]
            assert times_s[-1] == t_s
            assert len(times_s) == pytest.approx((t_s - times_s[0]) / STEP_S + 1.0)
            assert len(times_s) <= FURTHEST_S / STEP_S
            assert window.ended_s <= t_s
        # A look before it is over may take the leg to have landed later than it has.
        ends_s = [window.ended_s for _, window in played.found if not window.is_early]
        assert ends_s == sorted(ends_s)
    played.play(REST, 2.0 * AGAIN_S)
    assert (max(played.times_s, default=-math.inf) > moved_s) or moved_s == -math.inf


LANDED = structs.replace(REST, angle_deg=1.0, is_moving=True)  # the filters do not believe it yet


def test_looks_at_a_landing_begin_before_the_filters_believe_it() -> None:
    played = lain().play(UP, 3.0)
    down_s = played.now_s
    played.play(LANDED, 1.1).play(REST, 5.0)
    early = [(t_s, w.ended_s) for t_s, w in played.found if w.is_early]
    assert early[0][0] == pytest.approx(down_s + FIRST_LOOK_S, abs=SLACK_S)
    before = [ended_s for t_s, ended_s in early if t_s < down_s + 1.1 + SETTLE_S]
    assert before == pytest.approx([down_s] * len(before))
    late = [t_s for t_s, w in played.found if not w.is_early]
    assert late == pytest.approx([down_s + 1.1 + SETTLE_S, down_s + 1.1 + AGAIN_S], abs=SLACK_S)


def test_early_looks_at_a_leg_that_rests_say_when_its_movement_was_over() -> None:
    played = lain().play(UP, 3.0)
    rested_s = played.now_s
    played.play(REST, 5.0)
    assert any(w.is_early and t_s > rested_s + SETTLE_S for t_s, w in played.found)
    assert [w.ended_s for _, w in played.found] == pytest.approx([rested_s] * len(played.found))
    assert played.found[-1][0] == pytest.approx(rested_s + AGAIN_S, abs=SLACK_S)


def test_nobody_looks_early_at_a_body_that_may_be_leaving() -> None:
    played = lain().play(UP, 3.0).play(structs.replace(LANDED, force_n=-100.0), 1.5)
    assert not any(w.is_early for _, w in played.found)


def test_after_a_rest_has_begun_an_end_that_was_found_may_be_known_at_any_step() -> None:
    """Of a movement whose landing nobody noticed, too; the looks that are due come all the same."""
    played = lain().play(structs.replace(UP, angle_deg=0.0), 3.0)
    rested_s = played.now_s
    played.play(REST, 5.0)
    between = [w for t_s, w in played.found if w.is_early]
    assert len(between) == pytest.approx((AGAIN_S - SETTLE_S) / STEP_S, abs=2)
    assert all(w.is_followed for w in between)
    assert [w.ended_s for w in between] == pytest.approx([rested_s] * len(between))
    assert played.times_s == pytest.approx([rested_s + SETTLE_S, rested_s + AGAIN_S], abs=SLACK_S)


def test_after_a_lift_began_the_end_of_the_one_before_is_looked_for_for_a_while() -> None:
    """A landing may pass for an ascent; and the one before may have ended just then."""
    played = lain().play(UP, 2.0 * SHORTEST_S)
    again_s = played.now_s
    played.play(UP, 3.0, starts=Phase.UP)
    followed_s = [t_s for t_s, w in played.found if w.is_followed]
    assert followed_s[0] == pytest.approx(again_s + STEP_S, abs=SLACK_S)
    assert followed_s[-1] == pytest.approx(again_s + FOLLOWED_S, abs=SLACK_S)
    assert all(w.ended_s == pytest.approx(again_s) for _, w in played.found)


def test_looks_where_a_slow_tempo_is_asked_for_are_due_however_many_are_early() -> None:
    played = Played()
    played.cutter.ask(Tempo(up_s=4.0, hold_s=1.0, down_s=6.0))
    played.play(REST, BEGIN_S).play(UP, 8.0).play(LANDED, 9.0)
    due_s = [t_s for t_s in played.times_s if t_s > BEGIN_S]
    assert [b - a for a, b in pairwise(due_s)] == pytest.approx(
        [LOOK_EVERY_S] * (len(due_s) - 1), abs=SLACK_S
    )
    assert len(due_s) >= 4
    assert any(w.is_early for _, w in played.found)


def test_of_a_frame_that_brings_several_windows_the_last_full_one_counts() -> None:
    full, again = (RepWindow((), MODEL, 1.0, ended_s) for ended_s in (1.0, 2.0))
    early, later = (replace(window, is_early=True) for window in (full, again))
    assert foremost([]) is None
    assert foremost([full, early]) is full
    assert foremost([early, full]) is full
    assert foremost([full, again]) is again
    assert foremost([early, later]) is later
