"""When a movement is over, and what its window holds: it and the rest before it, no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matfw.leg_noise import STEP_S
from matfw.leg_tracker import LegTracker
from matfw.messages import Motion, Phase, PhaseStep, Presence
from matfw.rep_windows import (
    LEAD_S,
    LONGEST_S,
    MIN_PEAK_DEG,
    SETTLE_S,
    SHORTEST_S,
    RepWindow,
    RepWindows,
)
from tests.leg_forces import MODEL

REST = Motion(0.0, Presence.LYING, 64.0)
BEGIN_S = 5.0  # of the first movement
HIGH_DEG = 6.0 * MIN_PEAK_DEG
SLACK_S = 2.5 * STEP_S


def up(angle_deg: float = HIGH_DEG) -> Motion:
    return Motion(0.0, Presence.LYING, 64.0, angle_deg, is_moving=True)


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
            self.tracker.update(0.0, 0.0)
            changed = starts is not None and k == 0
            step = PhaseStep(now_s, starts or Phase.REST, changed, now_s)
            window = self.cutter.update(replace(motion, t_s=now_s), step, self.tracker)
            if window is not None:
                self.found.append((now_s, window))
            self.steps += 1
        return self

    @property
    def times_s(self) -> list[float]:
        return [t_s for t_s, _ in self.found]


def test_a_window_comes_once_the_leg_has_rested_long_enough() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 3.0)
    rested_s = played.now_s
    assert played.play(REST, 5.0).times_s == pytest.approx([rested_s + SETTLE_S], abs=SLACK_S)


def test_a_short_touch_of_the_other_leg_does_not_end_the_movement() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0).play(REST, SETTLE_S - 2.0 * STEP_S)
    rested_s = played.play(up(), 2.0).now_s
    [(t_s, window)] = played.play(REST, 5.0).found
    assert t_s == pytest.approx(rested_s + SETTLE_S, abs=SLACK_S)
    assert sum(motion.is_moving for motion in window.motions) == pytest.approx(4.0 / STEP_S)


def test_a_window_has_the_movement_and_the_rest_before_it_row_by_row() -> None:
    [(t_s, window)] = Played().play(REST, BEGIN_S).play(up(), 3.0).play(REST, 5.0).found
    times_s = [motion.t_s for motion in window.motions]
    assert times_s[0] == pytest.approx(BEGIN_S - LEAD_S, abs=SLACK_S)
    assert times_s[-1] == t_s
    assert times_s == sorted(times_s)
    assert len(window.trace.x) == len(window.motions)
    assert window.first == 0


def test_a_window_knows_the_leg_and_how_restless_the_body_is() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 3.0)
    [(_, window)] = played.play(REST, SETTLE_S + SLACK_S).found
    assert window.model == MODEL
    assert window.unrest == pytest.approx(played.tracker.unrest, rel=0.2)


@pytest.mark.parametrize(("share", "windows"), [(0.99, 0), (1.0, 1), (1.01, 1)])
def test_only_a_movement_of_some_height_has_a_window(share: float, windows: int) -> None:
    played = Played().play(REST, BEGIN_S).play(up(share * MIN_PEAK_DEG), 3.0).play(REST, 5.0)
    assert len(played.found) == windows


def test_a_twitch_long_ago_is_no_part_of_the_next_movement() -> None:
    played = Played().play(REST, BEGIN_S).play(up(0.5 * MIN_PEAK_DEG), 0.5).play(REST, 10.0)
    [(_, window)] = played.play(up(), 3.0).play(REST, 5.0).found
    assert window.motions[0].t_s == pytest.approx(BEGIN_S + 10.5 - LEAD_S, abs=SLACK_S)


def test_the_next_lift_without_rest_ends_the_movement_before_it() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0 * SHORTEST_S)
    again_s = played.now_s
    played.play(up(), 2.0, starts=Phase.UP)
    assert played.times_s == pytest.approx([again_s])
    [(_, one), (_, two)] = played.play(REST, 5.0).found
    assert one.motions[-1].t_s == pytest.approx(again_s)
    assert two.motions[two.first].t_s > again_s


def test_a_lift_that_is_told_late_belongs_to_the_next_window_from_its_begin() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0 * SHORTEST_S)
    low_s = played.play(up(1.0), 0.5).now_s
    played.play(up(0.4 * HIGH_DEG), 1.0).play(up(), 2.0, starts=Phase.UP)
    [_, (_, two)] = played.play(REST, 5.0).found
    assert two.motions[two.first].t_s == pytest.approx(low_s, abs=SLACK_S)


def test_the_phase_s_own_start_does_not_end_the_movement_it_starts() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 0.5 * SHORTEST_S)
    assert not played.play(up(), 1.0, starts=Phase.UP).found


def test_what_belonged_to_the_movement_before_is_marked() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0)
    down_s = played.now_s
    played.play(REST, SETTLE_S + 2.0 * STEP_S).play(up(), 2.0).play(REST, 5.0)
    second = played.found[1][1]
    assert second.motions[0].t_s < down_s
    assert not any(motion.is_moving for motion in second.motions[second.first : second.first + 2])
    assert second.motions[second.first].t_s == pytest.approx(down_s, abs=SLACK_S)


def test_a_leg_that_stays_up_is_refined_all_the_same() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), LONGEST_S + 2.0)
    assert played.times_s[:1] == pytest.approx([BEGIN_S + LONGEST_S], abs=SLACK_S)


@pytest.mark.parametrize("presence", [Presence.EMPTY, Presence.UNSETTLED])
def test_a_movement_that_ends_in_getting_up_is_no_rep(presence: Presence) -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0)
    played.play(replace(up(), presence=presence), STEP_S).play(REST, 5.0)
    assert played.found == []
    assert played.cutter.finish(played.tracker) is None


def test_without_a_tracker_there_is_nobody_to_trace() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0)
    step = PhaseStep(played.now_s, Phase.UP, False, 0.0)
    assert played.cutter.update(up(), step, None) is None
    assert played.cutter.finish(played.tracker) is None
    assert played.cutter.finish(None) is None


SCRIPTS: list[tuple[Callable[[Played], Played], bool]] = [
    (lambda played: played, False),
    (lambda played: played.play(up(0.5 * MIN_PEAK_DEG), 2.0), False),
    (lambda played: played.play(up(), 2.0), True),
    (lambda played: played.play(up(), 2.0).play(REST, 0.5 * SETTLE_S), True),
    (lambda played: played.play(up(), 2.0).play(REST, 2.0 * SETTLE_S), False),
]


@pytest.mark.parametrize(("script", "is_cut_off"), SCRIPTS)
def test_the_last_frames_leave_a_window_only_of_a_movement_they_cut_off(
    script: Callable[[Played], Played], is_cut_off: bool
) -> None:
    played = script(Played().play(REST, BEGIN_S))
    assert (played.cutter.finish(played.tracker) is not None) is is_cut_off


def test_after_a_reset_the_movement_under_way_is_forgotten() -> None:
    played = Played().play(REST, BEGIN_S).play(up(), 2.0)
    played.cutter.reset()
    assert played.play(REST, 5.0).found == []
